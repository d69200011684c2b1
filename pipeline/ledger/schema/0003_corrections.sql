-- Rows that were put aside, corrected and dropped again.

-- +goose Up

-- The job that first brought the rows of a job: 0, it did itself; -1, one that is
-- not known here.
ALTER TABLE jobs ADD COLUMN corrects INTEGER NOT NULL DEFAULT 0;

-- Origin.Was, as JSON; '' where there is none.
ALTER TABLE problems ADD COLUMN was TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 3;
