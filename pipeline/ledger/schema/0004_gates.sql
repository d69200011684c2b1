-- What a job would change, who let it go, and what is to be done later.

-- +goose Up

-- The gate of a job: nothing of one that is held leaves.
ALTER TABLE jobs ADD COLUMN gate TEXT NOT NULL DEFAULT '' CHECK (gate IN ('', 'held', 'released', 'dropped'));
-- wasl itself asked for it: it is no file of its flow.
ALTER TABLE jobs ADD COLUMN memo INTEGER NOT NULL DEFAULT 0 CHECK (memo IN (0, 1));
CREATE INDEX jobs_held ON jobs (seq) WHERE gate = 'held';

-- Document.Changes and Document.Undo, as JSON; '' where there is nothing.
ALTER TABLE documents ADD COLUMN changes TEXT NOT NULL DEFAULT '';
ALTER TABLE documents ADD COLUMN undo TEXT NOT NULL DEFAULT '';

-- Who let a held job go, or dropped it.
CREATE TABLE releases (
    id      INTEGER PRIMARY KEY,
    job     INTEGER NOT NULL REFERENCES jobs (seq),
    dropped INTEGER NOT NULL CHECK (dropped IN (0, 1)),
    who     TEXT NOT NULL CHECK (who <> ''),
    why     TEXT NOT NULL CHECK (why <> ''),
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX releases_job ON releases (job, id);

-- What is to be done later: the end of a promotion.
CREATE TABLE bookings (
    id    INTEGER PRIMARY KEY,
    job   INTEGER NOT NULL REFERENCES jobs (seq), -- that booked it
    flow  TEXT NOT NULL,
    space INTEGER NOT NULL,
    key   TEXT NOT NULL,
    word  TEXT NOT NULL,                     -- Booking.Why
    at    INTEGER NOT NULL,                  -- when it is due
    name  TEXT NOT NULL,
    body  TEXT NOT NULL,
    print TEXT NOT NULL,
    words TEXT NOT NULL,
    memo  TEXT NOT NULL DEFAULT ''           -- the drop that does it; '' before
) STRICT;
CREATE UNIQUE INDEX bookings_open ON bookings (space, key, word) WHERE memo = '';
CREATE INDEX bookings_due ON bookings (at) WHERE memo = '';

PRAGMA user_version = 4;
