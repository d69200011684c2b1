package ledger

import (
	"context"
	"fmt"
	"iter"

	"wasl/pipeline"
)

// Job gives one job. ErrNotFound.
func (l *Ledger) Job(ctx context.Context, job pipeline.Job) (j pipeline.Opened, err error) {
	jobs, err := l.jobs(ctx, `j.drop_id = ? AND j.flow = ?`, job.Drop, job.Flow)
	if err == nil && len(jobs) == 0 {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return j, fmt.Errorf("read job %s: %w", job, err)
	}
	return jobs[0], nil
}

// Held are the jobs that a gate holds and that have something to leave, by
// admission: newer files may have brought all of it since.
func (l *Ledger) Held(ctx context.Context) ([]pipeline.Opened, error) {
	return l.jobs(ctx, `j.gate = 'held' AND j.step = 'deliver'`)
}

// Unproved are the jobs that sent balances once more (wasl reupload), of which
// nothing is on its way any more, and whose proof is not kept yet.
func (l *Ledger) Unproved(ctx context.Context) ([]pipeline.Opened, error) {
	return l.jobs(ctx, `j.memo = 1 AND p.source = ? AND j.verdict = '' AND j.gate <> 'dropped' AND j.step IN ('reconcile', 'closed')
		AND NOT EXISTS (SELECT 1 FROM problems n WHERE n.job = j.seq AND n.rule = ?)`,
		pipeline.Memo{Why: pipeline.MemoReupload}.From(), string(proofRule))
}

// proofRule is the note that a proof leaves with its job.
const proofRule pipeline.Rule = "reupload.proof"

func (l *Ledger) jobs(ctx context.Context, where string, args ...any) (jobs []pipeline.Opened, err error) {
	err = l.read(ctx, func(tx *txn) error {
		jobs, err = jobsWhere(tx, where, args...)
		return err
	})
	return jobs, err
}

// EntriesOf are the documents of one job, as filed.
func (l *Ledger) EntriesOf(ctx context.Context, job pipeline.Job) iter.Seq2[pipeline.Entry, error] {
	return pages(ctx, l, func(b pipeline.Books) iter.Seq2[pipeline.Entry, error] {
		return func(yield func(pipeline.Entry, error) bool) {
			tx := b.(books).tx
			found, err := bareJobs(tx, `j.drop_id = ? AND j.flow = ?`, job.Drop, job.Flow)
			if err == nil && len(found) == 0 {
				err = pipeline.ErrNotFound
			}
			if err != nil {
				yield(pipeline.Entry{}, fmt.Errorf("read job %s: %w", job, err))
				return
			}
			entriesIn(ctx, tx, found, all, yield)
		}
	})
}

// ProblemsOf are the problems of one job, as filed.
func (l *Ledger) ProblemsOf(ctx context.Context, job pipeline.Job) (out []pipeline.Noted, err error) {
	err = l.read(ctx, func(tx *txn) error {
		j, err := findJob(tx, job)
		if err != nil {
			return err
		}
		all, err := problemsOf(tx, `n.job = ? ORDER BY n.id`, j.seq)
		if err != nil {
			return err
		}
		for _, n := range all {
			noted, err := books{tx}.place(n, job)
			if err != nil {
				return err
			}
			out = append(out, noted)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is wrong with %s: %w", job, err)
	}
	return out, nil
}

// Note stores what was found out about a job after it was filed: that it was
// proved, and where the proof fails.
func (l *Ledger) Note(ctx context.Context, job pipeline.Job, problems []pipeline.Problem) error {
	return l.write(ctx, "note of "+job.String(), func(tx *txn) error {
		j, err := findJob(tx, job)
		if err == nil {
			err = addProblems(tx, j.seq, 0, problems)
		}
		if err != nil {
			return fmt.Errorf("note of %s: %w", job, err)
		}
		return nil
	})
}

// Upcoming are the first bookings that are still to come, by time, and how many
// there are of all.
func (l *Ledger) Upcoming(ctx context.Context, most int) (first []pipeline.Booking, all int, err error) {
	err = l.read(ctx, func(tx *txn) error {
		if first, err = bookingsOf(tx, inForce+` ORDER BY b.at, b.id LIMIT ?`, most); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM bookings b JOIN jobs j ON j.seq = b.job WHERE ` + inForce).Scan(&all)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("read what is booked: %w", err)
	}
	return first, all, nil
}
