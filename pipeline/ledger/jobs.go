package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"wasl/pipeline"
)

// A filable job is what File needs to know of one.
type filable struct {
	seq      int64
	dropSeq  int64
	prepared string // what Prepare answered; "" before
	memo     bool   // wasl itself asked for it
	corrects int64  // the job that first brought its rows; 0: it did itself; -1: one that is not known here
}

func findJob(tx *txn, job pipeline.Job) (filable, error) {
	var f filable
	err := tx.QueryRow(`SELECT seq, drop_seq, prepared, memo, corrects FROM jobs WHERE drop_id = ? AND flow = ?`, job.Drop, job.Flow).
		Scan(&f.seq, &f.dropSeq, &f.prepared, &f.memo, &f.corrects)
	if errors.Is(err, sql.ErrNoRows) {
		err = pipeline.ErrNotFound
	}
	return f, err
}

// Refuse stores that a job's file is not to be used as data. A job that was
// prepared before stays as it is.
func (l *Ledger) Refuse(ctx context.Context, job pipeline.Job, why *pipeline.Refused, reading pipeline.Reading) error {
	return l.write(ctx, "refuse job "+job.String(), func(tx *txn) error {
		if err := refuse(tx, job, why, reading); err != nil {
			return fmt.Errorf("refuse job %s: %w", job, err)
		}
		return nil
	})
}

func refuse(tx *txn, job pipeline.Job, why *pipeline.Refused, reading pipeline.Reading) error {
	j, err := findJob(tx, job)
	if err != nil || j.prepared != "" {
		return err
	}
	verdict := refusedVerdict
	if why.Hold {
		verdict = heldVerdict
	}
	if err := addProblems(tx, j.seq, 0, why.Problems); err != nil {
		return err
	}
	made := pipeline.Prepared{Rows: reading.Rows, Problems: len(why.Problems), Refused: true}
	if err := storePrepared(tx, j.seq, made, reading); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE jobs SET step = 'reconcile', verdict = ? WHERE seq = ?`, verdict, j.seq); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE drops SET unused = 1 WHERE seq = ?
		AND NOT EXISTS (SELECT 1 FROM jobs WHERE drop_seq = drops.seq AND verdict <> ?)`, j.dropSeq, refusedVerdict)
	return err
}

// storePrepared stores what Prepare will answer from now on.
func storePrepared(tx *txn, job int64, made pipeline.Prepared, reading pipeline.Reading) error {
	answer, err := json.Marshal(made)
	if err != nil {
		return err
	}
	read, err := json.Marshal(reading)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE jobs SET prepared = ?, reading = ?, rows = ? WHERE seq = ?`, string(answer), string(read), reading.Rows, job)
	return err
}

// Route leads the jobs that are still to be prepared to where their flows lead
// now: a setting that names a lane may have changed since they were admitted.
// What was prepared was made for its own lane, and stays there.
func (l *Ledger) Route(ctx context.Context, flows []pipeline.Claim) error {
	return l.write(ctx, "route the jobs", func(tx *txn) error {
		for _, c := range flows {
			needs, err := json.Marshal(append([]string{}, c.Needs...))
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`UPDATE jobs SET lane = ?1, kind = ?2, needs = ?3 WHERE flow = ?4 AND step = 'prepare'
				AND (lane <> ?1 OR kind <> ?2 OR needs <> ?3)`, c.Lane, c.Kind, string(needs), c.Flow); err != nil {
				return fmt.Errorf("route the jobs of %s: %w", c.Flow, err)
			}
		}
		_, err := tx.Exec(`DELETE FROM lanes WHERE lane NOT IN (SELECT lane FROM jobs WHERE step IN ('prepare', 'deliver'))
			AND lane NOT IN (SELECT d.lane FROM documents d WHERE ` + open + `)`)
		return err
	})
}

// moveOn moves a job that has nothing left to deliver on to be reconciled. One that
// the gate holds stays as long as it would book something: that is for a person
// to let go, too.
func moveOn(tx *txn, job int64) error {
	_, err := tx.Exec(`UPDATE jobs SET step = 'reconcile' WHERE seq = ? AND step = 'deliver'
		AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.job = jobs.seq AND `+open+`)
		AND NOT (gate = 'held' AND EXISTS (SELECT 1 FROM bookings b WHERE b.job = jobs.seq))`, job)
	return err
}

// Close stores that the jobs of a day that wait for the workbook have it.
func (l *Ledger) Close(ctx context.Context, jobs []pipeline.Job, report string) error {
	return l.write(ctx, "close jobs", func(tx *txn) error {
		for _, job := range jobs {
			if _, err := tx.Exec(`UPDATE jobs SET step = 'closed', report = ? WHERE drop_id = ? AND flow = ? AND step = 'reconcile'`,
				report, job.Drop, job.Flow); err != nil {
				return fmt.Errorf("close job %s: %w", job, err)
			}
		}
		return nil
	})
}

// Days are the days of arrival that hold a job that is not closed, oldest first.
func (l *Ledger) Days(ctx context.Context) (days []string, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT DISTINCT day FROM jobs WHERE step <> 'closed' ORDER BY day`)
	if err != nil {
		return nil, fmt.Errorf("look for open days: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var day string
		if err := rows.Scan(&day); err != nil {
			return nil, fmt.Errorf("look for open days: %w", err)
		}
		days = append(days, day)
	}
	return days, rows.Err()
}

// Unreported are the jobs of a day that only wait for the workbook, by admission.
func (l *Ledger) Unreported(ctx context.Context, day string) (jobs []pipeline.Job, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT drop_id, flow FROM jobs WHERE step <> 'closed' AND day = ? AND step = 'reconcile' ORDER BY seq`, day)
	if err != nil {
		return nil, fmt.Errorf("look for jobs of %s: %w", day, err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var job pipeline.Job
		if err := rows.Scan(&job.Drop, &job.Flow); err != nil {
			return nil, fmt.Errorf("look for jobs of %s: %w", day, err)
		}
		jobs = append(jobs, job)
	}
	return jobs, rows.Err()
}
