-- What the gate holds follows what came after it, and goes one way only.

-- +goose Up

-- The document that a booking came with: what a newer file brings while the gate
-- holds it, it books no more. 0: booked before this was kept.
ALTER TABLE bookings ADD COLUMN doc INTEGER NOT NULL DEFAULT 0;
CREATE INDEX bookings_job ON bookings (job);

-- A gate closes while its job is being filed, and a person opens it once.
-- +goose StatementBegin
CREATE TRIGGER jobs_gate BEFORE UPDATE OF gate ON jobs
WHEN OLD.gate <> NEW.gate AND NOT (
       OLD.gate = ''     AND NEW.gate = 'held' AND OLD.step = 'prepare'
    OR OLD.gate = 'held' AND NEW.gate IN ('released', 'dropped') AND OLD.step = 'deliver')
BEGIN
    SELECT RAISE(ABORT, 'a gate cannot change in this way');
END;
-- +goose StatementEnd

-- What a job is, a file or a memo, is said when it is admitted.
-- +goose StatementBegin
CREATE TRIGGER jobs_memo BEFORE UPDATE OF memo ON jobs
WHEN OLD.memo <> NEW.memo AND NOT (OLD.memo = 0 AND OLD.step = 'prepare')
BEGIN
    SELECT RAISE(ABORT, 'a memo stays one, and a file too');
END;
-- +goose StatementEnd

PRAGMA user_version = 6;
