-- Papers are found by what they are called; and a batch knows how often its answer was lost.

-- +goose Up

-- How often it left and nobody knew what became of it: what is sent again after that
-- goes in smaller pieces.
ALTER TABLE batches ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;
ALTER TABLE batches ADD COLUMN doubt INTEGER NOT NULL DEFAULT 0; -- of those to be sent again, the first ones: they were in a piece that was lost as well
CREATE INDEX batches_taken ON batches (taken);
CREATE INDEX batches_lane ON batches (lane, seq);

-- Of a sealed document, by Kind.Called: its number, and the reference of the refused one
-- that it replaces; '' where it has none.
ALTER TABLE documents ADD COLUMN number TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
CREATE INDEX documents_number ON documents (number) WHERE number <> '';
CREATE INDEX documents_replaces ON documents (replaces) WHERE replaces <> '';

-- The receipts that were sealed before: all that were, of this kind, are JSON.
UPDATE documents SET
    number = coalesce(CAST(sealed AS TEXT) ->> '$.header.receiptNumber', ''),
    replaces = coalesce(CAST(sealed AS TEXT) ->> '$.header.referenceOldUUID', '')
WHERE sealed IS NOT NULL AND batch IS NOT NULL AND json_valid(CAST(sealed AS TEXT))
  AND job IN (SELECT seq FROM jobs WHERE kind = 'eta.receipt');

PRAGMA user_version = 21;
