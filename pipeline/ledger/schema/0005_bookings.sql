-- A booking gives way only to one that counts: several of one key may be open,
-- while the gate holds a job that would book anew.

-- +goose Up

DROP INDEX bookings_open;
CREATE INDEX bookings_key ON bookings (space, key, word, id);

PRAGMA user_version = 5;
