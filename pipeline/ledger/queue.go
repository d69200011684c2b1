package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

// needWait is how long a job waits before it looks again at the lanes it needs.
const needWait = 50 * time.Millisecond

// Next is what a lane should do now.
func (l *Ledger) Next(ctx context.Context, lane string, now time.Time) (due pipeline.Due, err error) {
	err = l.read(ctx, func(tx *txn) error {
		due, err = l.next(tx, lane, now)
		return err
	})
	if err != nil {
		return pipeline.Due{}, fmt.Errorf("what lane %s should do: %w", lane, err)
	}
	return due, nil
}

func (l *Ledger) next(tx *txn, lane string, now time.Time) (due pipeline.Due, err error) {
	var until int64
	err = tx.QueryRow(`SELECT until, tries, error FROM lanes WHERE lane = ?`, lane).Scan(&until, &due.Tries, &due.Error)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return due, err
	}
	if wait := instant(until).Sub(now); until != 0 && wait > 0 {
		due.Wait = wait
		return due, nil
	}
	job, blocked, err := unprepared(tx, lane)
	if err != nil {
		return due, err
	}
	if job != (pipeline.Job{}) {
		due.Job, due.Step = job, pipeline.StepPrepare
		return due, nil
	}
	wait, some, err := l.delivery(tx, lane, now)
	switch {
	case err != nil:
		return due, err
	case some && wait <= 0:
		due.Step = pipeline.StepDeliver
	case some && blocked:
		due.Wait = min(wait, needWait)
	case some:
		due.Wait = wait
	case blocked:
		due.Wait = needWait
	}
	return due, nil
}

// unprepared is the lane's oldest job to be prepared that nothing stands in the
// way of; blocked tells that there is one that something does. A job that needs
// its own lane waits for what came before it. One that the gate holds is waited
// for by nobody: it may lie there for days.
func unprepared(tx *txn, lane string) (job pipeline.Job, blocked bool, err error) {
	err = tx.QueryRow(`SELECT j.drop_id, j.flow FROM jobs j WHERE j.lane = ?1 AND j.step = 'prepare'
		AND NOT EXISTS (SELECT 1 FROM json_each(j.needs) n JOIN jobs o ON o.lane = n.value
			WHERE o.step IN ('prepare', 'deliver') AND o.gate <> 'held' AND (o.lane <> ?1 OR o.seq < j.seq))
		ORDER BY j.seq LIMIT 1`, lane).Scan(&job.Drop, &job.Flow)
	if !errors.Is(err, sql.ErrNoRows) {
		return job, false, err
	}
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM jobs WHERE lane = ? AND step = 'prepare')`, lane).Scan(&blocked)
	return job, blocked, err
}

// delivery tells whether a lane has something to deliver, and in what time. A
// batch that is unsure or to be sent again comes before everything else.
func (l *Ledger) delivery(tx *txn, lane string, now time.Time) (wait time.Duration, some bool, err error) {
	b, err := firstBatch(tx, lane)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, false, err
	}
	if err == nil {
		some, wait = true, b.Due.Sub(now)
		if b.holds != accepted || wait <= 0 {
			return wait, true, nil
		}
	}
	jobs, err := readyJobs(tx, lane)
	if err != nil {
		return 0, false, err
	}
	for _, j := range jobs {
		if !l.isPassed(inLane{lane, j.job}) {
			return 0, true, nil
		}
	}
	return wait, some, nil
}

// Fail stores that a step could not be done, and makes the lane wait.
func (l *Ledger) Fail(ctx context.Context, lane string, job pipeline.Job, cause error, again time.Time) error {
	return l.write(ctx, "store the failure of lane "+lane, func(tx *txn) error {
		_, err := tx.Exec(`INSERT INTO lanes (lane, until, tries, error, drop_id, flow) VALUES (?, ?, 1, ?, ?, ?)
			ON CONFLICT DO UPDATE SET until = excluded.until, tries = tries + 1, error = excluded.error,
				drop_id = excluded.drop_id, flow = excluded.flow`, lane, nanos(again), pipeline.FailureOf(cause), job.Drop, job.Flow)
		if err != nil {
			return fmt.Errorf("store the failure of lane %s: %w", lane, err)
		}
		return nil
	})
}

// Done forgets the lane's failures.
func (l *Ledger) Done(ctx context.Context, lane string) error {
	return l.write(ctx, "forget the failures of lane "+lane, func(tx *txn) error {
		if _, err := tx.Exec(`DELETE FROM lanes WHERE lane = ?`, lane); err != nil {
			return fmt.Errorf("forget the failures of lane %s: %w", lane, err)
		}
		return nil
	})
}
