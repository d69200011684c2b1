-- Customers who were forgotten: what is left of them, so that they are known again.

-- +goose Up

-- Each is a tombstone. While step is open, person says who it is; afterwards nobody can
-- tell from it.
CREATE TABLE forgotten (
    id        INTEGER PRIMARY KEY,
    at        INTEGER NOT NULL,
    who       TEXT NOT NULL,                 -- asked for it; '': not said
    why       TEXT NOT NULL,
    step      TEXT NOT NULL CHECK (step IN ('open', 'erased', 'done')),
    person    TEXT NOT NULL,                 -- pipeline.Person while it is open; '' then
    days      TEXT NOT NULL DEFAULT '[]',    -- whose workbooks are to be written again
    newest    INTEGER NOT NULL DEFAULT 0,    -- the last document that was filed before
    files     INTEGER NOT NULL DEFAULT 0,    -- from which something was taken out
    whole     INTEGER NOT NULL DEFAULT 0,    -- of them, taken out whole
    documents INTEGER NOT NULL DEFAULT 0,
    rows      INTEGER NOT NULL DEFAULT 0,    -- further rows of the ledger
    papers    INTEGER NOT NULL DEFAULT 0,    -- sealed documents, which are kept by law
    until     INTEGER NOT NULL DEFAULT 0,    -- when the last of those may go
    CHECK (step = 'open' OR person = '')
) STRICT;
CREATE INDEX forgotten_open ON forgotten (id) WHERE step <> 'done';

-- By what they are known again: keyed hashes; the key lies in the state folder.
CREATE TABLE forgotten_marks (
    mark      BLOB NOT NULL,
    forgotten INTEGER NOT NULL REFERENCES forgotten (id),
    PRIMARY KEY (mark, forgotten)
) STRICT, WITHOUT ROWID;

-- What is sealed never changes again. Of documents that are numbered only, the ERP's, what
-- is personal in the body is taken out with the customer; a paper stays as it left.
DROP TRIGGER documents_sealed;
-- +goose StatementBegin
CREATE TRIGGER documents_sealed BEFORE UPDATE OF sealed, body ON documents
WHEN OLD.sealed IS NOT NULL AND (NEW.sealed IS NOT OLD.sealed OR NEW.body <> OLD.body AND NOT (
       EXISTS (SELECT 1 FROM forgotten WHERE step = 'open')
       AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.seq = OLD.job AND j.kind LIKE 'eta.%')))
BEGIN
    SELECT RAISE(ABORT, 'a sealed document cannot be changed');
END;
-- +goose StatementEnd

PRAGMA user_version = 17;
