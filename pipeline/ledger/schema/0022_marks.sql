-- Rows of reference tables that are found without a look at the others of their table,
-- and sums over a table that are kept beside it.

-- +goose Up

-- A word by which such rows are found, in order; '' of the others: TableRow.Mark.
ALTER TABLE table_rows ADD COLUMN mark TEXT NOT NULL DEFAULT '';
CREATE INDEX table_marks ON table_rows (tbl, mark, code) WHERE mark <> '';

-- The ERP's answers by what they say and the job that brought them, and of what was
-- written what is not answered.
UPDATE table_rows SET mark = CASE WHEN coalesce(cols ->> '$.spent', '') <> '' THEN 'spent' ELSE cols ->> '$.state' END
        || char(31) || drop_id || char(31) || flow || char(31)
 WHERE tbl = 'erp.answers' AND cols ->> '$.state' IN ('booked', 'refused');
UPDATE table_rows SET mark = 'open'
 WHERE tbl = 'erp.documents'
   AND NOT EXISTS (SELECT 1 FROM table_rows a WHERE a.tbl = 'erp.answers' AND a.code = table_rows.code
                      AND coalesce(a.cols ->> '$.spent', '') = '' AND a.cols ->> '$.state' <> 'pending');

-- What moved on the accounts of gateways: by type, account, currency, day and number.
UPDATE table_rows SET mark = cols ->> '$.type' || char(31) || coalesce(cols ->> '$.account', '') || char(31) || coalesce(cols ->> '$.currency', '')
        || char(31) || coalesce(cols ->> '$.day', '') || char(31) || coalesce(cols ->> '$.number', '')
 WHERE tbl = 'erp.moves';

-- What is kept of a table stands in the table NAME.kept. It is written with the rows that
-- it adds up; a row that goes, or is changed, in any other way takes all of it along: it is
-- added up anew then.
-- +goose StatementBegin
CREATE TRIGGER table_rows_gone AFTER DELETE ON table_rows
BEGIN
    DELETE FROM table_rows WHERE tbl = OLD.tbl || '.kept';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER table_rows_changed AFTER UPDATE OF tbl, code, cols, drop_id ON table_rows
BEGIN
    DELETE FROM table_rows WHERE tbl IN (OLD.tbl || '.kept', NEW.tbl || '.kept');
END;
-- +goose StatementEnd

PRAGMA user_version = 22;
