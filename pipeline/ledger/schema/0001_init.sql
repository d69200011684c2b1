-- The ledger of wasl. Times are nanoseconds since 1970 in UTC, 0 for "never":
-- they compare as numbers and come back exactly. Amounts are decimal text.
-- Lists and maps are JSON.

-- +goose Up

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One arrival of one file each.
CREATE TABLE drops (
    seq      INTEGER PRIMARY KEY,            -- order of admission
    id       TEXT NOT NULL UNIQUE,           -- 20261124-0007
    sha256   TEXT NOT NULL,
    name     TEXT NOT NULL,                  -- as it was dropped
    folded   TEXT NOT NULL,                  -- the name as people may type it
    size     INTEGER NOT NULL,
    arrived  INTEGER NOT NULL,
    day      TEXT NOT NULL,                  -- of arrived, in the shop's zone
    twin     TEXT NOT NULL DEFAULT '',
    source   TEXT NOT NULL DEFAULT '',       -- Drop.From
    inbox    TEXT NOT NULL,
    path     TEXT NOT NULL,
    file_id  TEXT NOT NULL,
    mod_time INTEGER NOT NULL,
    original TEXT NOT NULL DEFAULT 'waits' CHECK (original IN ('waits', 'placed', 'stays')),
    place    TEXT NOT NULL DEFAULT '',       -- where the original is, once placed
    unused   INTEGER NOT NULL DEFAULT 0 CHECK (unused IN (0, 1)) -- nothing of it is to be used
) STRICT;
CREATE INDEX drops_seen ON drops (inbox, path) WHERE original <> 'placed';
CREATE INDEX drops_content ON drops (sha256);
CREATE INDEX drops_day ON drops (day);
CREATE INDEX drops_name ON drops (folded);
CREATE INDEX drops_unused ON drops (seq) WHERE unused = 1;

-- Within the space of a kind a key names one thing at the other side.
CREATE TABLE spaces (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,                      -- Kind.Space, or else the lane
    UNIQUE (kind, lane)
) STRICT;

-- One drop on one flow each. A drop that no flow takes has one without a flow,
-- so that its day is reported as any other.
CREATE TABLE jobs (
    seq       INTEGER PRIMARY KEY,           -- order of admission
    drop_seq  INTEGER NOT NULL REFERENCES drops (seq),
    drop_id   TEXT NOT NULL,
    flow      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    lane      TEXT NOT NULL,
    space     INTEGER NOT NULL DEFAULT 0,    -- of kind and lane, once it is prepared
    needs     TEXT NOT NULL DEFAULT '[]',
    day       TEXT NOT NULL,                 -- of its drop
    step      TEXT NOT NULL CHECK (step IN ('prepare', 'deliver', 'reconcile', 'closed')),
    verdict   TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'refused', 'held', 'unclaimed')),
    prepared  TEXT NOT NULL DEFAULT '',      -- what Prepare answered; '' before
    reading   TEXT NOT NULL DEFAULT '{}',
    rows      INTEGER NOT NULL DEFAULT 0,
    first_doc INTEGER NOT NULL DEFAULT 0,    -- its documents have the ids from first to last
    last_doc  INTEGER NOT NULL DEFAULT -1,
    report    TEXT NOT NULL DEFAULT '',
    UNIQUE (drop_id, flow)
) STRICT;
CREATE INDEX jobs_lane ON jobs (lane, step, seq) WHERE step IN ('prepare', 'deliver');
CREATE INDEX jobs_open ON jobs (day, step, seq) WHERE step <> 'closed';
CREATE INDEX jobs_day ON jobs (day, seq);
CREATE INDEX jobs_drop ON jobs (drop_seq);

CREATE TABLE batches (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,            -- a UUID, fixed before anything is sent
    lane    TEXT NOT NULL,
    job     INTEGER NOT NULL REFERENCES jobs (seq),
    request BLOB,
    taken   INTEGER NOT NULL,
    due     INTEGER NOT NULL,
    asked   INTEGER NOT NULL DEFAULT 0,
    tries   INTEGER NOT NULL DEFAULT 1,
    holds   TEXT NOT NULL CHECK (holds IN ('unsure', 'again', 'accepted', 'final')) -- the most urgent of its documents
) STRICT;
CREATE INDEX batches_open ON batches (lane, holds, due) WHERE holds <> 'final';

-- Documents, in the order in which they were filed. No index takes in those
-- that never leave: three years of unchanged stock cost nothing on the way in.
CREATE TABLE documents (
    id       INTEGER PRIMARY KEY,
    job      INTEGER NOT NULL REFERENCES jobs (seq),
    key      TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('ready', 'sending', 'accepted', 'delivered', 'rejected',
                 'parked', 'unchanged', 'superseded', 'held', 'skipped')),
    body     TEXT NOT NULL,
    origins  TEXT NOT NULL,
    name     TEXT NOT NULL,
    day      TEXT NOT NULL,
    money    TEXT NOT NULL,
    out      TEXT NOT NULL,
    currency TEXT NOT NULL,
    print    TEXT NOT NULL,
    old      TEXT NOT NULL,
    words    TEXT NOT NULL,
    why_left TEXT NOT NULL,                  -- Document.Left
    rows     INTEGER NOT NULL,
    problems INTEGER NOT NULL,
    prev     INTEGER NOT NULL,               -- the document filed before under the same key; 0: none
    before   INTEGER NOT NULL DEFAULT 0,     -- the document of the same key that left before it; 0: none
    batch    INTEGER REFERENCES batches (seq),
    sealed   BLOB,
    ref      TEXT NOT NULL DEFAULT '',
    ticket   TEXT NOT NULL DEFAULT '',
    sent     INTEGER NOT NULL DEFAULT 0,
    settled  INTEGER NOT NULL DEFAULT 0,
    CHECK (batch IS NOT NULL OR state NOT IN ('sending', 'accepted', 'delivered', 'rejected'))
) STRICT;
CREATE INDEX documents_open ON documents (job, batch, id) WHERE state IN ('ready', 'sending', 'accepted');
CREATE INDEX documents_batch ON documents (batch, id) WHERE batch IS NOT NULL;
CREATE INDEX documents_ref ON documents (ref) WHERE ref <> '';

-- The states as drawn in pipeline/document.go: what is final stays as it is.
-- +goose StatementBegin
CREATE TRIGGER documents_states BEFORE UPDATE OF state ON documents
WHEN OLD.state <> NEW.state AND NOT (
       OLD.state = 'ready'    AND NEW.state NOT IN ('skipped')
    OR OLD.state = 'sending'  AND NEW.state NOT IN ('skipped')
    OR OLD.state = 'accepted' AND NEW.state NOT IN ('superseded', 'skipped', 'sending'))
BEGIN
    SELECT RAISE(ABORT, 'a document cannot change its state in this way');
END;
-- +goose StatementEnd

-- What is sealed never changes again.
-- +goose StatementBegin
CREATE TRIGGER documents_sealed BEFORE UPDATE OF sealed, body ON documents
WHEN OLD.sealed IS NOT NULL AND (NEW.sealed IS NOT OLD.sealed OR NEW.body <> OLD.body)
BEGIN
    SELECT RAISE(ABORT, 'a sealed document cannot be changed');
END;
-- +goose StatementEnd

-- What is known of a key, for ever: one row however many nights it came.
CREATE TABLE known (
    space      INTEGER NOT NULL,
    key        TEXT NOT NULL,
    newest     INTEGER NOT NULL,             -- the document filed last; documents.prev leads back
    brought    INTEGER NOT NULL,             -- the job that filed it last, skipped ones apart
    job        INTEGER NOT NULL,             -- the newest job that had something to say: ready or unchanged
    waiting    INTEGER NOT NULL,             -- the document that is ready and in no batch; 0: none
    gone       INTEGER NOT NULL,             -- the document that left last; 0: none
    gone_state TEXT NOT NULL CHECK (gone_state IN ('', 'sending', 'accepted', 'delivered', 'rejected')),
    gone_print BLOB NOT NULL,                -- 16 bytes of SHA-256
    gone_at    INTEGER NOT NULL,
    print      BLOB NOT NULL,                -- of the document delivered last; empty: none
    found      INTEGER NOT NULL,             -- hash of its words, to file them once
    PRIMARY KEY (space, key)
) STRICT, WITHOUT ROWID;

-- Under what people look for a document: folded.
CREATE TABLE words (
    word  TEXT NOT NULL,
    space INTEGER NOT NULL,
    key   TEXT NOT NULL,
    PRIMARY KEY (word, space, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE problems (
    id     INTEGER PRIMARY KEY,
    job    INTEGER NOT NULL REFERENCES jobs (seq),
    doc    INTEGER NOT NULL,                 -- 0: of no document
    file   TEXT NOT NULL,
    sheet  TEXT NOT NULL,
    row    INTEGER NOT NULL,
    col    INTEGER NOT NULL,
    header TEXT NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    rule   TEXT NOT NULL,
    facts  TEXT NOT NULL                     -- Problem.With; '' where empty
) STRICT;
CREATE INDEX problems_job ON problems (job, doc, id);

-- The heads of chains. A head moves in the transaction that seals.
CREATE TABLE chains (
    name  TEXT PRIMARY KEY,
    head  TEXT NOT NULL,
    count INTEGER NOT NULL                   -- documents sealed so far
) STRICT, WITHOUT ROWID;

-- What the other side said, kept for ever.
CREATE TABLE said (
    id     INTEGER PRIMARY KEY,
    batch  INTEGER NOT NULL REFERENCES batches (seq),
    at     INTEGER NOT NULL,
    what   TEXT NOT NULL,
    status INTEGER NOT NULL,
    name   TEXT NOT NULL,                    -- Said.ID
    body   BLOB NOT NULL
) STRICT;
CREATE INDEX said_batch ON said (batch, id);

CREATE TABLE lanes (
    lane  TEXT PRIMARY KEY,
    until INTEGER NOT NULL,                  -- nothing is due before
    tries INTEGER NOT NULL,                  -- failures in a row
    error TEXT NOT NULL,
    drop_id TEXT NOT NULL,
    flow    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Our own reference tables.
CREATE TABLE table_rows (
    tbl  TEXT NOT NULL,
    code TEXT NOT NULL,
    cols TEXT NOT NULL,
    drop_id TEXT NOT NULL,
    flow    TEXT NOT NULL,
    PRIMARY KEY (tbl, code)
) STRICT, WITHOUT ROWID;

-- For people who look with a tool.
CREATE VIEW items AS
SELECT code,
       cols ->> '$.name_ar'  AS name_ar,
       cols ->> '$.name_en'  AS name_en,
       cols ->> '$.barcode'  AS barcode,
       cols ->> '$."group"'  AS "group",
       cols ->> '$.unit'     AS unit,
       cols ->> '$.eta_code' AS eta_code,
       cols ->> '$.eta_type' AS eta_type,
       cols ->> '$.vat_type' AS vat_type,
       cols ->> '$.vat_rate' AS vat_rate,
       cols ->> '$.price'    AS price,
       drop_id, flow
FROM table_rows WHERE tbl = 'items';

PRAGMA application_id = 2002875244; -- "wasl"
PRAGMA user_version = 1;
