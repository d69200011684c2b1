package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

// Status is how things stand, for people.
type Status struct {
	Install string        // this installation
	Program string        // that wrote last
	Newest  pipeline.Drop // the newest drop; zero where there is none
	Lanes   []LaneStatus  // by name
	Chains  []Chain       // by name
}

// LaneStatus is how things stand in one lane.
type LaneStatus struct {
	Lane   string
	Jobs   map[pipeline.Step]int  // that are not closed
	States map[pipeline.State]int // documents of those jobs
	Error  pipeline.Failure       // of the last failure, where the lane waits for it
	Failed pipeline.Job           // in which it happened
	Tries  int                    // failures in a row
	Until  time.Time              // nothing is done before; zero: it does not wait
	Oldest time.Time              // when the oldest document left whose answer is still out; zero: none
	Newest pipeline.Drop          // the newest drop with a job here
}

// A Chain is where a chain of sealed documents stands.
type Chain struct {
	Name  string
	Head  string
	Count int64 // documents sealed so far
}

// Status says how things stand, as of one moment.
func (l *Ledger) Status(ctx context.Context) (s Status, err error) {
	s.Install, s.Program = l.install, l.program
	err = l.read(ctx, func(tx *txn) error {
		s.Newest, err = scanDrop(tx.QueryRow(`SELECT ` + dropCols + ` FROM drops p ORDER BY p.seq DESC LIMIT 1`))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if s.Chains, err = chains(tx); err != nil {
			return err
		}
		names, err := laneNames(tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			lane, err := laneStatus(tx, name)
			if err != nil {
				return err
			}
			s.Lanes = append(s.Lanes, lane)
		}
		return countOpen(tx, s.Lanes)
	})
	if err != nil {
		return Status{}, fmt.Errorf("read how things stand: %w", err)
	}
	return s, nil
}

// laneNames are the lanes that ever had a job, by name.
func laneNames(tx *txn) (names []string, err error) {
	rows, err := tx.Query(`SELECT lane FROM jobs WHERE lane <> '' UNION SELECT lane FROM lanes UNION SELECT lane FROM batches WHERE holds <> 'final'
		UNION SELECT d.lane FROM documents d WHERE d.lane <> '' AND ` + open + ` ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// laneStatus is how things stand in a lane, but for what countOpen counts.
func laneStatus(tx *txn, name string) (LaneStatus, error) {
	s := LaneStatus{Lane: name}
	var until, oldest int64
	err := tx.QueryRow(`SELECT error, drop_id, flow, tries, until FROM lanes WHERE lane = ?`, name).
		Scan(&s.Error, &s.Failed.Drop, &s.Failed.Flow, &s.Tries, &until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	s.Until = instant(until)
	if err := tx.QueryRow(`SELECT coalesce(min(d.sent), 0) FROM batches b JOIN documents d ON d.batch = b.seq
		WHERE b.lane = ? AND b.holds <> 'final' AND d.sent > 0 AND `+open, name).Scan(&oldest); err != nil {
		return s, err
	}
	s.Oldest = instant(oldest)
	s.Newest, err = scanDrop(tx.QueryRow(`SELECT `+dropCols+` FROM drops p
		WHERE p.seq = (SELECT max(drop_seq) FROM jobs WHERE lane = ?)`, name))
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return s, err
}

// countOpen counts the jobs that are not closed, by lane, and their documents. What
// leaves by another lane than its job's is counted there, with the jobs that have some
// of it. All lanes are counted at once, since each may have some of every job.
func countOpen(tx *txn, lanes []LaneStatus) error {
	at := make(map[string]*LaneStatus, len(lanes))
	for i := range lanes {
		lanes[i].Jobs, lanes[i].States = map[pipeline.Step]int{}, map[pipeline.State]int{}
		at[lanes[i].Lane] = &lanes[i]
	}
	type share struct {
		lane string
		job  int64
	}
	seen := map[share]bool{}
	rows, err := tx.Query(`SELECT j.seq, j.step, j.lane, CASE coalesce(d.lane, '') WHEN '' THEN j.lane ELSE d.lane END, coalesce(d.state, ''), count(d.id)
		FROM jobs j LEFT JOIN documents d ON d.id BETWEEN j.first_doc AND j.last_doc
		WHERE j.step <> 'closed' GROUP BY j.seq, d.lane, d.state`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var job int64
		var step pipeline.Step
		var home, lane string
		var state pipeline.State
		var n int
		if err := rows.Scan(&job, &step, &home, &lane, &state, &n); err != nil {
			return err
		}
		for _, in := range []string{home, lane} {
			if s := at[in]; s != nil && !seen[share{in, job}] {
				seen[share{in, job}] = true
				s.Jobs[step]++
			}
		}
		if s := at[lane]; s != nil && n > 0 {
			s.States[state] += n
		}
	}
	return rows.Err()
}

func chains(tx *txn) (out []Chain, err error) {
	rows, err := tx.Query(`SELECT name, head, count FROM chains ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var c Chain
		if err := rows.Scan(&c.Name, &c.Head, &c.Count); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
