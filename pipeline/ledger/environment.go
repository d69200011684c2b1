package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

// An Environment is what a state is used with, at a sink that has several: production
// or preproduction of the tax authority, and for which taxpayer.
type Environment struct {
	Sink     string
	Name     string
	Taxpayer string
	Who      string // who changed to it; "" of the first, which nobody was asked about
	Why      string
	At       time.Time
}

// Environment is the one that a state is used with now. ErrNotFound where it was
// never used.
func (l *Ledger) Environment(ctx context.Context, sink string) (e Environment, err error) {
	all, err := l.Environments(ctx, sink)
	if err != nil {
		return Environment{}, err
	}
	if len(all) == 0 {
		return Environment{}, pipeline.ErrNotFound
	}
	return all[len(all)-1], nil
}

// Environments are all that a state was ever used with, the newest last.
func (l *Ledger) Environments(ctx context.Context, sink string) (all []Environment, err error) {
	err = l.read(ctx, func(tx *txn) error {
		rows, err := tx.Query(`SELECT sink, environment, taxpayer, who, why, at FROM environments WHERE sink = ? ORDER BY id`, sink)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err has told
		for rows.Next() {
			var e Environment
			var at int64
			if err := rows.Scan(&e.Sink, &e.Name, &e.Taxpayer, &e.Who, &e.Why, &at); err != nil {
				return err
			}
			e.At = instant(at)
			all = append(all, e)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("read the environments of %s: %w", sink, err)
	}
	return all, nil
}

// BindEnvironment says with what a state is used, the first time it is; a state that
// is bound stays as it is. As long as nothing was issued, a taxpayer that was written
// wrong may be corrected.
func (l *Ledger) BindEnvironment(ctx context.Context, e Environment) error {
	return l.write(ctx, "bind the environment of "+e.Sink, func(tx *txn) error {
		_, err := tx.Exec(`INSERT INTO environments (sink, environment, taxpayer, who, why, at)
			SELECT ?1, ?2, ?3, '', '', ?4 WHERE NOT EXISTS (SELECT 1 FROM environments WHERE sink = ?1)`, e.Sink, e.Name, e.Taxpayer, nanos(l.now()))
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE environments SET taxpayer = ?3 WHERE sink = ?1 AND environment = ?2 AND taxpayer <> ?3
			AND id = (SELECT max(id) FROM environments WHERE sink = ?1)
			AND NOT EXISTS (SELECT 1 FROM batches b JOIN jobs j ON j.seq = b.job JOIN spaces s ON s.id = j.space WHERE s.lane LIKE ?1 || '/%')`,
			e.Sink, e.Name, e.Taxpayer)
		return err
	})
}

// ErrUnfinished is returned where an environment cannot be left: documents are under
// way there.
var ErrUnfinished = errors.New("documents are under way")

// SwitchEnvironment leads a state to another environment, in whose lanes nothing has
// been issued by the one before: chains and keys are named by their environment, and
// what was filed in one is not known in the other. What is not final yet in the lanes
// of the old one (those that begin with old) is parked where it was only tried out,
// and stands in the way otherwise: then nothing changes: ErrUnfinished,
// and how many there are.
func (l *Ledger) SwitchEnvironment(ctx context.Context, to Environment, old string, tried bool) (parked int, err error) {
	err = l.write(ctx, "change the environment of "+to.Sink, func(tx *txn) error {
		const ofOld = ` FROM documents d JOIN jobs j ON j.seq = d.job LEFT JOIN spaces s ON s.id = j.space
			WHERE j.step = 'deliver' AND substr(s.lane, 1, length(?)) = ? AND ` + open
		if err := tx.QueryRow(`SELECT count(*)`+ofOld, old, old).Scan(&parked); err != nil {
			return err
		}
		if parked > 0 && !tried {
			return ErrUnfinished
		}
		if err := parkAll(tx, ofOld, old, nanos(l.now())); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO environments (sink, environment, taxpayer, who, why, at) VALUES (?, ?, ?, ?, ?, ?)`,
			to.Sink, to.Name, to.Taxpayer, to.Who, to.Why, nanos(l.now()))
		return err
	})
	return parked, err
}

// parkAll parks the open documents of a query, and moves their jobs on.
func parkAll(tx *txn, of, old string, now int64) error {
	jobs, err := numbers(tx, `SELECT DISTINCT d.job`+of, old, old)
	if err != nil {
		return err
	}
	batches, err := numbers(tx, `SELECT DISTINCT d.batch`+of+` AND d.batch IS NOT NULL`, old, old)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE known SET waiting = 0 WHERE (space, key) IN (SELECT j.space, d.key`+of+`)`, old, old); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE documents SET state = 'parked', settled = ? WHERE id IN (SELECT d.id`+of+`)`, now, old, old); err != nil {
		return err
	}
	for _, b := range batches {
		if _, err := tx.Exec(`UPDATE batches SET holds = 'final' WHERE seq = ?`, b); err != nil {
			return err
		}
	}
	for _, job := range jobs {
		if err := moveOn(tx, job); err != nil {
			return err
		}
	}
	return nil
}

func numbers(tx *txn, query string, args ...any) (out []int64, err error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var n sql.NullInt64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n.Int64)
	}
	return out, rows.Err()
}
