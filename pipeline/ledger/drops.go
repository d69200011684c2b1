package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// The verdicts on a whole file.
const (
	refusedVerdict   = "refused"
	heldVerdict      = "held"
	unclaimedVerdict = "unclaimed"
)

// Drop gives an admitted drop.
func (l *Ledger) Drop(ctx context.Context, id string) (d pipeline.Drop, err error) {
	d, err = scanDrop(l.reader.QueryRowContext(ctx, `SELECT `+dropCols+` FROM drops p WHERE p.id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return pipeline.Drop{}, fmt.Errorf("drop %s: %w", id, err)
	}
	return d, nil
}

// dropCols are the columns that scanDrop reads, of drops p.
const dropCols = `p.id, p.sha256, p.name, p.size, p.arrived, p.day, p.twin, p.source`

func scanDrop(row scanner, more ...any) (d pipeline.Drop, err error) {
	var arrived int64
	err = row.Scan(append([]any{&d.ID, &d.SHA256, &d.Name, &d.Size, &arrived, &d.Day, &d.Twin, &d.From}, more...)...)
	d.Arrived = instant(arrived)
	return d, err
}

// Admit makes a drop of an arrival, and its jobs.
func (l *Ledger) Admit(ctx context.Context, a pipeline.Arrival) (d pipeline.Drop, fresh bool, err error) {
	err = l.write(ctx, "admit "+a.Name, func(tx *txn) error {
		d, err = scanDrop(tx.QueryRow(`SELECT `+dropCols+` FROM drops p
			WHERE p.inbox = ? AND p.path = ? AND p.original <> 'placed' AND p.file_id = ? AND p.size = ? AND p.mod_time = ?
			ORDER BY p.seq DESC LIMIT 1`, a.Inbox, a.Path, a.FileID, a.Size, nanos(a.ModTime)))
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		fresh = true
		d, err = admit(tx, a, false)
		return err
	})
	if err != nil {
		return pipeline.Drop{}, false, fmt.Errorf("admit %s: %w", a.Name, err)
	}
	return d, fresh, nil
}

// admit makes the drop and its jobs. Whoever writes into an inbox cannot write a
// memo: only what wasl itself admits as one may come from one.
func admit(tx *txn, a pipeline.Arrival, memo bool) (pipeline.Drop, error) {
	d := pipeline.Drop{SHA256: a.SHA256, Name: a.Name, Size: a.Size, Arrived: a.Arrived.UTC(), Day: a.Day, From: a.From}
	if d.IsMemo() != memo {
		return d, fmt.Errorf("from %q: a memo comes only from wasl itself", a.From)
	}
	err := tx.QueryRow(`SELECT id FROM drops WHERE sha256 = ? ORDER BY seq DESC LIMIT 1`, a.SHA256).Scan(&d.Twin)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return d, err
	}
	if d.ID, err = nextID(tx, a.Day); err != nil {
		return d, err
	}
	unused := len(a.Claims) == 0
	made, err := tx.Exec(`INSERT INTO drops (id, sha256, name, folded, size, arrived, day, twin, source, inbox, path, file_id, mod_time, unused)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, d.ID, d.SHA256, d.Name, pipeline.Fold(d.Name), d.Size, nanos(d.Arrived),
		d.Day, d.Twin, d.From, a.Inbox, a.Path, a.FileID, nanos(a.ModTime), unused)
	if err != nil {
		return d, err
	}
	seq, err := made.LastInsertId()
	if err != nil {
		return d, err
	}
	if err := requested(tx, a.Request, only(d, a.Claims), nanos(d.Arrived)); err != nil {
		return d, err
	}
	for _, c := range a.Claims {
		needs, err := json.Marshal(append([]string{}, c.Needs...))
		if err != nil {
			return d, err
		}
		corrects, err := corrected(tx, c)
		if err != nil {
			return d, err
		}
		if _, err := tx.Exec(`INSERT INTO jobs (drop_seq, drop_id, flow, kind, lane, needs, day, step, corrects, planned)
			VALUES (?, ?, ?, ?, ?, ?, ?, 'prepare', ?, ?)`,
			seq, d.ID, c.Flow, c.Kind, c.Lane, string(needs), d.Day, corrects, a.Plan); err != nil {
			return d, err
		}
	}
	if !unused {
		return d, nil
	}
	made, err = tx.Exec(`INSERT INTO jobs (drop_seq, drop_id, flow, kind, lane, day, step, verdict) VALUES (?, ?, '', '', '', ?, 'reconcile', ?)`,
		seq, d.ID, d.Day, unclaimedVerdict)
	if err != nil {
		return d, err
	}
	job, err := made.LastInsertId()
	if err != nil {
		return d, err
	}
	return d, addProblems(tx, job, 0, []pipeline.Problem{{Origin: pipeline.Origin{File: a.Name}, Rule: "drop.unclaimed",
		With: map[string]string{"patterns": a.Patterns}}})
}

// only is the job of a drop that has one alone; its Flow is "" where it has more,
// or none.
func only(d pipeline.Drop, claims []pipeline.Claim) pipeline.Job {
	job := pipeline.Job{Drop: d.ID}
	if len(claims) == 1 {
		job.Flow = claims[0].Flow
	}
	return job
}

// nextID numbers the drops of a day: 20261124-0007.
func nextID(tx *txn, day string) (string, error) {
	var last string
	err := tx.QueryRow(`SELECT id FROM drops WHERE day = ? ORDER BY seq DESC LIMIT 1`, day).Scan(&last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", err
	}
	n := 0
	if _, number, ok := strings.Cut(last, "-"); ok {
		if n, err = strconv.Atoi(number); err != nil {
			return "", fmt.Errorf("number after drop %s: %w", last, err)
		}
	}
	return fmt.Sprintf("%s-%04d", strings.ReplaceAll(day, "-", ""), n+1), nil
}

// Placed stores where the original of a drop is now.
func (l *Ledger) Placed(ctx context.Context, drop, place string) error {
	return l.original(ctx, drop, "placed", place)
}

// Stays stores that the original of a drop could not be moved.
func (l *Ledger) Stays(ctx context.Context, drop string) error {
	return l.original(ctx, drop, "stays", "")
}

func (l *Ledger) original(ctx context.Context, drop, state, place string) error {
	return l.write(ctx, "place "+drop, func(tx *txn) error {
		done, err := tx.Exec(`UPDATE drops SET original = ?, place = ? WHERE id = ?`, state, place, drop)
		if err != nil {
			return fmt.Errorf("place %s: %w", drop, err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return fmt.Errorf("place %s: %w", drop, errors.Join(err, pipeline.ErrNotFound))
		}
		return nil
	})
}

// Rejects are the drops of which nothing is to be used and whose original is
// not in rejected/, oldest first.
func (l *Ledger) Rejects(ctx context.Context) (out []pipeline.Reject, err error) {
	err = l.read(ctx, func(tx *txn) error {
		seqs, err := rejects(tx, &out)
		if err != nil {
			return err
		}
		for i, seq := range seqs {
			why, err := problemsOf(tx, `n.job IN (SELECT seq FROM jobs WHERE drop_seq = ?) ORDER BY n.id`, seq)
			if err != nil {
				return err
			}
			for _, n := range why {
				out[i].Why = append(out[i].Why, n.Problem)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for rejected drops: %w", err)
	}
	return out, nil
}

func rejects(tx *txn, out *[]pipeline.Reject) (seqs []int64, err error) {
	rows, err := tx.Query(`SELECT ` + dropCols + `, p.seq, CASE p.original WHEN 'waits' THEN p.path ELSE p.place END
		FROM drops p WHERE p.unused = 1 AND substr(p.place, 1, 8) <> 'rejected' ORDER BY p.seq`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var r pipeline.Reject
		var seq int64
		if r.Drop, err = scanDrop(rows, &seq, &r.Place); err != nil {
			return nil, err
		}
		*out, seqs = append(*out, r), append(seqs, seq)
	}
	return seqs, rows.Err()
}
