package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wasl/pipeline"
)

// Requested tells whether a request was done, and which job it made or decided;
// of one that made a drop of any jobs, only Drop is known. The answer of "" is no.
func (l *Ledger) Requested(ctx context.Context, id string) (job pipeline.Job, done bool, err error) {
	err = l.reader.QueryRowContext(ctx, `SELECT drop_id, flow FROM requests WHERE id = ?`, id).Scan(&job.Drop, &job.Flow)
	if errors.Is(err, sql.ErrNoRows) {
		return job, false, nil
	}
	if err != nil {
		return job, false, fmt.Errorf("look for request %s: %w", id, err)
	}
	return job, true, nil
}

// requested stores that a request is done, in the transaction of its effect. One
// that was done before is an error, and takes the effect back with it.
func requested(tx *txn, id string, job pipeline.Job, at int64) error {
	if id == "" {
		return nil
	}
	if _, err := tx.Exec(`INSERT INTO requests (id, drop_id, flow, at) VALUES (?, ?, ?, ?)`, id, job.Drop, job.Flow, at); err != nil {
		return fmt.Errorf("request %s: %w", id, err)
	}
	return nil
}

// OnlyPlan stores that of all that is not read yet only the plan is asked for:
// gates hold it, whoever reads it and whenever. Of what arrives later the
// Arrival says so.
func (l *Ledger) OnlyPlan(ctx context.Context) error {
	return l.write(ctx, "hold what is not read", func(tx *txn) error {
		if _, err := tx.Exec(`UPDATE jobs SET planned = 1 WHERE step = 'prepare' AND planned = 0`); err != nil {
			return fmt.Errorf("hold what is not read: %w", err)
		}
		return nil
	})
}
