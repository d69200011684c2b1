-- What a filter of a pull left out on purpose is not missing.

-- +goose Up

-- The filter, as the settings said it then; '' where the thing was in a file. Under
-- another filter it counts as not pulled.
ALTER TABLE pulled ADD COLUMN left_by TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 13;
