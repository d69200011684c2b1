-- What is known of a flow's files: their shape, who agreed to one that differs,
-- and which expected ones did not come as they should.

-- +goose Up

-- The shape of each flow's last good file.
CREATE TABLE contracts (
    flow  TEXT PRIMARY KEY,
    job   INTEGER NOT NULL REFERENCES jobs (seq),
    at    INTEGER NOT NULL,
    shape TEXT NOT NULL                      -- pipeline.Contract
) STRICT, WITHOUT ROWID;

-- Drops that somebody agreed to take as they are.
CREATE TABLE consents (
    id      INTEGER PRIMARY KEY,
    drop_id TEXT NOT NULL REFERENCES drops (id),
    who     TEXT NOT NULL CHECK (who <> ''),
    why     TEXT NOT NULL CHECK (why <> ''),
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX consents_drop ON consents (drop_id, id);

-- Expected files that did not come as they should, each told once.
CREATE TABLE lapses (
    flow    TEXT NOT NULL,
    day     TEXT NOT NULL,                   -- for which the file was expected, by the flow's clock
    what    TEXT NOT NULL CHECK (what IN ('missing', 'late', 'small')),
    due     INTEGER NOT NULL,
    drop_id TEXT NOT NULL,                   -- '' where nothing came
    file    TEXT NOT NULL,
    at      INTEGER NOT NULL,                -- when it came
    rows    INTEGER NOT NULL,
    least   INTEGER NOT NULL,
    PRIMARY KEY (flow, day, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX lapses_day ON lapses (day, flow);

-- The last files of a flow, without a look at those of all others.
CREATE INDEX jobs_flow ON jobs (flow, seq);

PRAGMA user_version = 2;
