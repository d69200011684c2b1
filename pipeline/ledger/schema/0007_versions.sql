-- Documents that follow others of their key: revisions, cancellations.

-- +goose Up

-- It follows the document of its key that left before it, and says only what
-- has changed since.
ALTER TABLE documents ADD COLUMN revises INTEGER NOT NULL DEFAULT 0 CHECK (revises IN (0, 1));

PRAGMA user_version = 7;
