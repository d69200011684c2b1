-- What commands ask of a wasl that holds the state folder, and plans that outlive
-- the command that asked for them.

-- +goose Up

-- A request of state/requests that was done, stored with its effect: found again
-- after a crash, it is answered and not done once more. Kept for ever.
CREATE TABLE requests (
    id      TEXT PRIMARY KEY CHECK (id <> ''), -- its file's name
    drop_id TEXT NOT NULL,                     -- of the job that it made or decided
    flow    TEXT NOT NULL,                     -- '' where it made a drop of any jobs
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only its plan was asked for when its file was taken, or before it was read: its
-- gate holds it whenever it is read, and whoever reads it.
ALTER TABLE jobs ADD COLUMN planned INTEGER NOT NULL DEFAULT 0 CHECK (planned IN (0, 1));

PRAGMA user_version = 8;
