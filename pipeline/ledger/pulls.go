package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Pulled is a thing of a shop that was in a file that was dropped, or that a filter
// left out of it.
type Pulled struct {
	ID, Name         string
	Created, Updated time.Time
	Gone             bool   // the shop no longer has it
	Left             string // the filter that left it out; "": it was in a file
}

// PullPlace is how far what was pulled goes: the newest change that was seen, and
// when that was written down. Both are zero where nothing was ever pulled.
func (l *Ledger) PullPlace(ctx context.Context, shop, what string) (place, at time.Time, err error) {
	var p, a int64
	err = l.reader.QueryRowContext(ctx, `SELECT place, at FROM pulls WHERE shop = ? AND what = ?`, shop, what).Scan(&p, &a)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return place, at, fmt.Errorf("the place of pulling %s: %w", what, err)
	}
	return instant(p), instant(a), nil
}

// KeepPull writes down what a dropped file had in it and how far it goes. A zero
// place leaves the place where it is. An older version never replaces a newer one, and
// nothing that was in a file becomes left out.
func (l *Ledger) KeepPull(ctx context.Context, shop, what string, place time.Time, had []Pulled) error {
	return l.write(ctx, "keep what was pulled", func(tx *txn) error {
		for _, p := range had {
			_, err := tx.Exec(`INSERT INTO pulled (shop, what, id, name, created, updated, gone, left_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET name = excluded.name, updated = excluded.updated, gone = excluded.gone, left_by = excluded.left_by
				WHERE excluded.updated >= updated AND (excluded.left_by = '' OR left_by <> '')`,
				shop, what, p.ID, p.Name, nanos(p.Created), nanos(p.Updated), p.Gone, p.Left)
			if err != nil {
				return fmt.Errorf("keep %s: %w", p.Name, err)
			}
		}
		if place.IsZero() {
			return nil
		}
		_, err := tx.Exec(`INSERT INTO pulls (shop, what, place, at) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET place = max(place, excluded.place), at = excluded.at`, shop, what, nanos(place), nanos(l.now()))
		return err
	})
}

// PulledSince are the things that were in files and had changed at a time or later,
// by id.
func (l *Ledger) PulledSince(ctx context.Context, shop, what string, since time.Time) (out map[string]Pulled, err error) {
	out = map[string]Pulled{}
	rows, err := l.reader.QueryContext(ctx, `SELECT id, name, created, updated, gone, left_by FROM pulled WHERE shop = ? AND what = ? AND updated >= ?`, shop, what, nanos(since))
	if err != nil {
		return nil, fmt.Errorf("what was pulled: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var p Pulled
		var created, updated int64
		if err := rows.Scan(&p.ID, &p.Name, &created, &updated, &p.Gone, &p.Left); err != nil {
			return nil, fmt.Errorf("what was pulled: %w", err)
		}
		p.Created, p.Updated = instant(created), instant(updated)
		out[p.ID] = p
	}
	return out, rows.Err()
}

// WasPulled tells whether a thing was in a file before.
func (l *Ledger) WasPulled(ctx context.Context, shop, what, id string) (bool, error) {
	var n int
	err := l.reader.QueryRowContext(ctx, `SELECT count(*) FROM pulled WHERE shop = ? AND what = ? AND id = ? AND left_by = ''`, shop, what, id).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("whether %s was pulled: %w", id, err)
	}
	return n > 0, nil
}
