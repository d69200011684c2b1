-- What somebody has seen of changes of what had left already: the same change is not told
-- a second time.

-- +goose Up

CREATE TABLE seen (
    id    INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES spaces (id),
    key   TEXT NOT NULL,
    print BLOB NOT NULL,                     -- of the document as it had become
    job   INTEGER NOT NULL REFERENCES jobs (seq), -- that had brought it
    who   TEXT NOT NULL CHECK (who <> ''),
    why   TEXT NOT NULL CHECK (why <> ''),
    at    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX seen_print ON seen (space, key, print);

PRAGMA user_version = 19;
