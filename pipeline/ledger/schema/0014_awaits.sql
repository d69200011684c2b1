-- Documents that wait for another one, and money that does not leave.

-- +goose Up

-- The key of the document that it follows, of the same kind and space: it may not
-- leave before that one has been delivered. '' where it waits for nothing.
ALTER TABLE documents ADD COLUMN awaits TEXT NOT NULL DEFAULT '';

-- Of its control total, what does not leave, by class: a JSON list, '' where all of
-- it leaves.
ALTER TABLE documents ADD COLUMN beside TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 14;
