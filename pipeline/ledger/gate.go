package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wasl/pipeline"
)

// weigh says what is known of the last good file of the flow of a job that is
// being filed.
func (f *filing) weigh() (w pipeline.Weighed, err error) {
	var flow string
	if err := f.tx.QueryRow(`SELECT flow FROM jobs WHERE seq = ?`, f.job).Scan(&flow); err != nil {
		return w, err
	}
	if w.Rows, err = rowsBefore(f.tx, flow); err != nil {
		return w, err
	}
	var first, last int64
	err = f.tx.QueryRow(`SELECT first_doc, last_doc FROM jobs WHERE flow = ? AND seq < ? AND space = ? AND `+goodFile+`
		ORDER BY seq DESC LIMIT 1`, flow, f.job, f.space).Scan(&first, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return w, nil
	}
	if err != nil {
		return w, err
	}
	// What the last file spoke of, and no document of this job does. What the plan
	// added of itself (no rows) was not in it, nor does a row that could not say
	// what it is of (key row:12) name anything that could be missing.
	err = f.tx.QueryRow(`SELECT count(*), count(*) FILTER (WHERE k.newest < ?) FROM documents d
		JOIN known k ON k.space = ? AND k.key = d.key WHERE d.id BETWEEN ? AND ? AND d.rows > 0 AND d.key NOT GLOB 'row:*'`,
		f.first, f.space, first, last).Scan(&w.Before, &w.Missing)
	return w, err
}

// goodFile are the jobs that were files of their flow and could be used. One that
// a gate holds is none: half a file, held on Monday, would be what the next half
// is held against on Tuesday, and that one would pass.
const goodFile = `verdict = '' AND step <> 'prepare' AND corrects = 0 AND memo = 0 AND gate IN ('', 'released')`

// brake asks the gate of a job whose documents are filed, and holds the job
// where it says so. A job of which nothing would leave, now or later, is not held.
func (f *filing) brake() error {
	if f.rules.Gate == nil || f.made.Documents[pipeline.Ready] == 0 && !f.books {
		return nil
	}
	var w pipeline.Weighed
	if !f.memo && f.asOf == f.job { // else it is no whole file of its flow: nothing can be missing in it
		var err error
		if w, err = f.weigh(); err != nil {
			return err
		}
	}
	if err := f.tx.QueryRow(`SELECT planned FROM jobs WHERE seq = ?`, f.job).Scan(&w.Plan); err != nil {
		return err
	}
	over := f.rules.Gate(w)
	if len(over) == 0 {
		return nil
	}
	f.made.Held = true
	f.made.Problems += len(over)
	if _, err := f.tx.Exec(`UPDATE jobs SET gate = 'held' WHERE seq = ?`, f.job); err != nil {
		return err
	}
	return addProblems(f.tx, f.job, 0, over)
}

// overtake takes out what jobs that the gate holds have booked with documents that
// this job brings anew: their documents give way, and so does what would follow
// from them. Nobody could cancel it, for no planner sees what is held.
func (f *filing) overtake() error {
	rows, err := f.tx.Query(`DELETE FROM bookings WHERE memo = '' AND id IN (
		SELECT b.id FROM jobs j JOIN bookings b ON b.job = j.seq JOIN documents d ON d.id = b.doc
			JOIN known k ON k.space = j.space AND k.key = d.key JOIN documents n ON n.id = k.newest
		WHERE j.gate = 'held' AND j.space = ?1 AND j.seq <> ?2 AND n.job = ?2 AND n.state IN ('ready', 'unchanged', 'skipped'))
		RETURNING job`, f.space, f.job)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var job int64
		if err := rows.Scan(&job); err != nil {
			return err
		}
		f.moved[job] = true
	}
	return rows.Err()
}

// Release stores that somebody let a held job go, or dropped it: its documents are
// parked then and what it booked is forgotten. What it superseded stays so: the
// next file brings it. A job of which the gate holds nothing, because it never did,
// somebody decided before, or newer files brought all of it since, is ErrNotHeld;
// one that is not there, ErrNotFound.
func (l *Ledger) Release(ctx context.Context, r pipeline.Release) error {
	return l.write(ctx, "release job "+r.Job.String(), func(tx *txn) error {
		if err := release(tx, r, nanos(l.now())); err != nil {
			return fmt.Errorf("release job %s: %w", r.Job, err)
		}
		return nil
	})
}

// ErrNotHeld is returned where a job is to be released that nothing holds.
var ErrNotHeld = errors.New("the gate does not hold it")

func release(tx *txn, r pipeline.Release, now int64) error {
	j, err := findJob(tx, r.Job)
	if err != nil {
		return err
	}
	gate := pipeline.GateReleased
	if r.Drop {
		gate = pipeline.GateDropped
	}
	done, err := tx.Exec(`UPDATE jobs SET gate = ? WHERE seq = ? AND gate = 'held' AND step = 'deliver'`, gate, j.seq)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotHeld)
	}
	if _, err := tx.Exec(`INSERT INTO releases (job, dropped, who, why, at) VALUES (?, ?, ?, ?, ?)`, j.seq, r.Drop, r.By, r.Why, now); err != nil {
		return err
	}
	if err := requested(tx, r.Request, r.Job, now); err != nil {
		return err
	}
	if r.Drop {
		if err := dropJob(tx, j.seq, now); err != nil {
			return err
		}
	}
	return moveOn(tx, j.seq) // one that only books has nothing more to wait for
}

// dropJob takes out what a job would have sent, and what it booked. Nothing of it
// has left, so what is known of what left stays as it is: the same file, dropped
// again, is planned again.
func dropJob(tx *txn, job, now int64) error {
	if _, err := tx.Exec(`UPDATE known SET waiting = 0 WHERE waiting <> 0 AND (space, key) IN
		(SELECT j.space, d.key FROM documents d JOIN jobs j ON j.seq = d.job WHERE d.job = ? AND d.state = 'ready' AND d.batch IS NULL)
		AND waiting IN (SELECT id FROM documents WHERE job = ? AND state = 'ready')`, job, job); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE documents SET state = 'parked', settled = ? WHERE job = ? AND state = 'ready' AND batch IS NULL`, now, job); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM bookings WHERE job = ? AND memo = ''`, job)
	return err
}
