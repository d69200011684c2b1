package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"wasl/pipeline"
)

// goodFiles is how many of a flow's last good files Past tells the rows of.
const goodFiles = 7

// Past is what is known of a flow when a drop is to be prepared for it.
func (l *Ledger) Past(ctx context.Context, flow string, drop pipeline.Drop) (p pipeline.Past, err error) {
	err = l.read(ctx, func(tx *txn) error {
		var shape string
		err := tx.QueryRow(`SELECT shape FROM contracts WHERE flow = ?`, flow).Scan(&shape)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := fromJSON(shape, &p.Last); err != nil {
			return err
		}
		if p.Rows, err = rowsBefore(tx, flow); err != nil {
			return err
		}
		id, again := strings.CutPrefix(drop.From, pipeline.RetryFrom)
		if !again {
			return nil
		}
		var at int64
		err = tx.QueryRow(`SELECT drop_id, who, why, at FROM consents WHERE drop_id = ? ORDER BY id DESC LIMIT 1`, id).
			Scan(&p.Consent.Drop, &p.Consent.By, &p.Consent.Why, &at)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		p.Consent.At = instant(at)
		return err
	})
	if err != nil {
		return pipeline.Past{}, fmt.Errorf("read what came for %s before: %w", flow, err)
	}
	return p, nil
}

// rowsBefore are the rows of a flow's last good files, the newest first. Rows that
// come back corrected are no file of the flow.
func rowsBefore(tx *txn, flow string) (out []int, err error) {
	rows, err := tx.Query(`SELECT rows FROM jobs WHERE flow = ? AND `+goodFile+` ORDER BY seq DESC LIMIT ?`, flow, goodFiles)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var n int
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// keepContract makes the shape of a job's file that which the next one is held
// against.
func keepContract(tx *txn, job, at int64, c *pipeline.Contract) error {
	if c == nil {
		return nil
	}
	shape, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO contracts (flow, job, at, shape) SELECT flow, seq, ?, ? FROM jobs WHERE seq = ?
		ON CONFLICT (flow) DO UPDATE SET job = excluded.job, at = excluded.at, shape = excluded.shape`, at, string(shape), job)
	return err
}

// Agree stores that somebody agreed to take a drop as it is. ErrNotFound.
func (l *Ledger) Agree(ctx context.Context, c pipeline.Consent) error {
	return l.write(ctx, "agree to "+c.Drop, func(tx *txn) error {
		var id string
		err := tx.QueryRow(`SELECT id FROM drops WHERE id = ?`, c.Drop).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			err = pipeline.ErrNotFound
		}
		if err == nil {
			// What is asked once more after a crash is the same consent.
			_, err = tx.Exec(`INSERT INTO consents (drop_id, who, why, at) SELECT ?1, ?2, ?3, ?4
				WHERE NOT EXISTS (SELECT 1 FROM consents WHERE drop_id = ?1 AND who = ?2 AND why = ?3)`, id, c.By, c.Why, nanos(l.now()))
		}
		if err != nil {
			return fmt.Errorf("agree to drop %s: %w", c.Drop, err)
		}
		return nil
	})
}

// Came are the files that came for a flow since a time, in the order in which
// they came. One that was taken once more is the same file: it came when it came
// first, and stands as it stands now.
func (l *Ledger) Came(ctx context.Context, flow string, since time.Time) (out []pipeline.Came, err error) {
	err = l.read(ctx, func(tx *txn) error {
		rows, err := tx.Query(`SELECT p.id, p.name, p.source, p.arrived, j.verdict, j.rows, coalesce((SELECT CAST(n.facts ->> '$.limit' AS INTEGER)
				FROM problems n WHERE n.job = j.seq AND n.doc = 0 AND n.rule = 'expect.small' AND j.verdict = 'held'), 0)
			FROM jobs j JOIN drops p ON p.seq = j.drop_seq WHERE j.flow = ? AND j.corrects = 0 AND j.memo = 0 AND p.arrived >= ? ORDER BY j.seq`, flow, nanos(since))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err has told
		place := map[string]int{}
		for rows.Next() {
			var c pipeline.Came
			var source string
			var arrived int64
			if err := rows.Scan(&c.Drop, &c.File, &source, &arrived, &c.Verdict, &c.Rows, &c.Least); err != nil {
				return err
			}
			c.At = instant(arrived)
			first, again := strings.CutPrefix(source, pipeline.RetryFrom)
			at, known := place[first]
			switch {
			case again && known:
				place[c.Drop] = at
				c.Drop, c.File, c.At = out[at].Drop, out[at].File, out[at].At
				out[at] = c
			case !again: // else it came before that time
				place[c.Drop] = len(out)
				out = append(out, c)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read what came for %s: %w", flow, err)
	}
	return out, nil
}

// Lapsed stores lapses, and gives back those that were not known yet: they are
// to be told.
func (l *Ledger) Lapsed(ctx context.Context, lapses []pipeline.Lapse) (fresh []pipeline.Lapse, err error) {
	if len(lapses) == 0 {
		return nil, nil
	}
	err = l.write(ctx, "store what did not come", func(tx *txn) error {
		fresh = nil
		for _, p := range lapses {
			done, err := tx.Exec(`INSERT INTO lapses (flow, day, what, due, drop_id, file, at, rows, least) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO NOTHING`, p.Flow, p.Day, p.What, nanos(p.Due), p.Drop, p.File, nanos(p.At), p.Rows, p.Least)
			if err != nil {
				return fmt.Errorf("store that a file of %s did not come as it should: %w", p.Flow, err)
			}
			n, err := done.RowsAffected()
			if err != nil {
				return err
			}
			if n > 0 {
				fresh = append(fresh, p)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// Lapses are the lapses of some days, by day and flow. A file that came late is
// not told as missing beside.
func (l *Ledger) Lapses(ctx context.Context, from, to string) (out []pipeline.Lapse, err error) {
	err = l.Snapshot(ctx, func(b pipeline.Books) error {
		out, err = b.(books).Lapses(ctx, from, to)
		return err
	})
	return out, err
}

func (b books) Lapses(_ context.Context, from, to string) (out []pipeline.Lapse, err error) {
	rows, err := b.tx.Query(`SELECT flow, day, what, due, drop_id, file, at, rows, least FROM lapses p
		WHERE day BETWEEN ? AND ? AND NOT (what = 'missing' AND EXISTS (SELECT 1 FROM lapses q WHERE q.flow = p.flow AND q.day = p.day AND q.what = 'late'))
		ORDER BY day, flow, what`, from, to)
	if err != nil {
		return nil, fmt.Errorf("read lapses: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var p pipeline.Lapse
		var due, at int64
		if err := rows.Scan(&p.Flow, &p.Day, &p.What, &due, &p.Drop, &p.File, &at, &p.Rows, &p.Least); err != nil {
			return nil, fmt.Errorf("read lapses: %w", err)
		}
		p.Due, p.At = instant(due), instant(at)
		out = append(out, p)
	}
	return out, rows.Err()
}
