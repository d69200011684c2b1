-- Papers: legal documents that were sealed, kept as they left; what was made of them,
-- and whether this ledger is as new as the world.

-- +goose Up

-- What was made of a job's papers, once: copies, a file of results.
CREATE TABLE handed (
    what TEXT NOT NULL,
    job  INTEGER NOT NULL REFERENCES jobs (seq),
    file TEXT NOT NULL,                      -- '' where nothing was to be made
    at   INTEGER NOT NULL,
    PRIMARY KEY (what, job)
) STRICT, WITHOUT ROWID;

-- Who asked for a paper that replaces a refused one, and why. Kept for ever.
CREATE TABLE reissues (
    id  INTEGER PRIMARY KEY,
    ref TEXT NOT NULL,                       -- of the refused one
    key TEXT NOT NULL,
    who TEXT NOT NULL CHECK (who <> ''),
    why TEXT NOT NULL CHECK (why <> ''),
    at  INTEGER NOT NULL
) STRICT;
CREATE INDEX reissues_key ON reissues (key, id);

-- Lanes in which nothing is sealed and nothing sent, because the ledger may be older
-- than the world. until is 0 as long as one is locked.
CREATE TABLE locks (
    id    INTEGER PRIMARY KEY,
    lane  TEXT NOT NULL,
    why   TEXT NOT NULL CHECK (why <> ''),
    since INTEGER NOT NULL,
    until INTEGER NOT NULL DEFAULT 0,
    how   TEXT NOT NULL DEFAULT ''           -- why it could be opened again
) STRICT;
CREATE UNIQUE INDEX locks_lane ON locks (lane) WHERE until = 0;

-- Papers and what was said about them are kept for five years at least, whatever asks
-- for room: 1826 days.
-- +goose StatementBegin
CREATE TRIGGER documents_kept BEFORE DELETE ON documents
WHEN OLD.sealed IS NOT NULL AND OLD.sent > (CAST(strftime('%s', 'now') AS INTEGER) - 1826 * 86400) * 1000000000
BEGIN
    SELECT RAISE(ABORT, 'a sealed document is kept for five years');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER said_kept BEFORE DELETE ON said
WHEN OLD.at > (CAST(strftime('%s', 'now') AS INTEGER) - 1826 * 86400) * 1000000000
    AND EXISTS (SELECT 1 FROM documents d WHERE d.batch = OLD.batch AND d.sealed IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'what was said about a sealed document is kept for five years');
END;
-- +goose StatementEnd

PRAGMA user_version = 16;
