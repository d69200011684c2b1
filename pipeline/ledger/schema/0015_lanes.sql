-- Documents of one job may leave by several lanes: one a POS of the tax authority.
-- And a state belongs to one environment of the authority.

-- +goose Up

-- The lane by which it is sealed and sent; '' is that of its job.
ALTER TABLE documents ADD COLUMN lane TEXT NOT NULL DEFAULT '';

DROP INDEX documents_open;
CREATE INDEX documents_open ON documents (job, batch, lane, id) WHERE state IN ('ready', 'sending', 'accepted');

-- A lane looks for its documents in all jobs that deliver.
CREATE INDEX jobs_deliver ON jobs (seq) WHERE step = 'deliver';

-- The environment that a state is used with, the newest last; who changed it and why.
-- Kept for ever.
CREATE TABLE environments (
    id          INTEGER PRIMARY KEY,
    sink        TEXT NOT NULL,               -- eta
    environment TEXT NOT NULL,               -- production or preproduction
    taxpayer    TEXT NOT NULL,               -- RIN
    who         TEXT NOT NULL,               -- '' of the first: nobody was asked
    why         TEXT NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

-- A state that was used before: by the space of its newest receipts, eta/ENVIRONMENT/RIN.
INSERT INTO environments (sink, environment, taxpayer, who, why, at)
SELECT 'eta', CASE WHEN s.lane LIKE 'eta/preproduction/%' THEN 'preproduction' ELSE 'production' END,
       substr(s.lane, CASE WHEN s.lane LIKE 'eta/preproduction/%' THEN 19 ELSE 16 END), '', '', CAST(strftime('%s', 'now') AS INTEGER) * 1000000000
FROM spaces s
WHERE s.kind = 'eta.receipt' AND (s.lane LIKE 'eta/preproduction/%' OR s.lane LIKE 'eta/production/%')
  AND EXISTS (SELECT 1 FROM known k WHERE k.space = s.id)
ORDER BY s.id DESC LIMIT 1;

PRAGMA user_version = 15;
