-- What was asked of a shop and dropped as a file: how far it goes, and what was in it.

-- +goose Up

-- The newest change that was seen. It moves when the file has been dropped, never
-- before: what is pulled twice does no harm.
CREATE TABLE pulls (
    shop  TEXT NOT NULL,
    what  TEXT NOT NULL,                     -- orders, customers, and checks of them
    place INTEGER NOT NULL,
    at    INTEGER NOT NULL,                  -- our clock when it moved
    PRIMARY KEY (shop, what)
) STRICT, WITHOUT ROWID;

-- The newest version of each thing that was in a file.
CREATE TABLE pulled (
    shop    TEXT NOT NULL,
    what    TEXT NOT NULL,
    id      TEXT NOT NULL,
    name    TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    gone    INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)), -- the shop no longer has it, and a file said so
    PRIMARY KEY (shop, what, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pulled_updated ON pulled (shop, what, updated);

PRAGMA user_version = 9;
