package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"wasl/pipeline"
)

// What a batch holds, by the most urgent of its documents.
const (
	unsure   = "unsure"   // sent, and no answer: nothing else leaves before it is asked about
	again    = "again"    // to be sent again
	accepted = "accepted" // to be asked about when due
	final    = "final"    // nothing more
)

// A kept batch is one with its place in the ledger.
type kept struct {
	pipeline.Batch
	seq   int64
	job   int64
	space int64
	kind  string
	holds string
}

const batchCols = `b.seq, b.id, b.lane, b.job, j.drop_id, j.flow, j.kind, j.space, b.request, b.taken, b.due, b.asked, b.tries, b.lost, b.doubt, b.holds`

func scanBatch(row scanner) (kept, error) {
	var b kept
	var taken, due int64
	err := row.Scan(&b.seq, &b.ID, &b.Lane, &b.job, &b.Job.Drop, &b.Job.Flow, &b.kind, &b.space, &b.Request, &taken, &due, &b.Asked, &b.Tries, &b.Lost, &b.Doubt, &b.holds)
	b.Taken, b.Due = instant(taken), instant(due)
	return b, err
}

// firstBatch is the batch of a lane that comes first: one that is unsure or to
// be sent again, else the accepted one that is due earliest. sql.ErrNoRows.
func firstBatch(tx *txn, lane string) (kept, error) {
	return scanBatch(tx.QueryRow(`SELECT `+batchCols+` FROM batches b JOIN jobs j ON j.seq = b.job
		WHERE b.lane = ? AND b.holds <> 'final'
		ORDER BY CASE b.holds WHEN 'unsure' THEN 0 WHEN 'again' THEN 1 ELSE 2 END, b.due, b.seq LIMIT 1`, lane))
}

// openDocs are the documents of a batch that are not final, as they were filed.
// A bulk operation holds a hundred thousand: they are read one after another into
// one list of that length.
func openDocs(tx *txn, b kept, each func(stored)) (docs []pipeline.Document, err error) {
	var n int
	if err := tx.QueryRow(`SELECT count(*) FROM documents d WHERE d.batch = ? AND `+open, b.seq).Scan(&n); err != nil || n == 0 {
		return nil, err
	}
	docs = make([]pipeline.Document, 0, n)
	err = eachDocument(tx, b.kind, func(s stored) error {
		if each != nil {
			each(s)
		}
		docs = append(docs, s.Document)
		return nil
	}, `SELECT `+leavingCols+` FROM documents d WHERE d.batch = ? AND `+open+` ORDER BY d.id`, b.seq)
	return docs, err
}

// Open gives the batch of a lane that comes first.
func (l *Ledger) Open(ctx context.Context, lane string) (b pipeline.Batch, err error) {
	err = l.read(ctx, func(tx *txn) error {
		first, err := firstBatch(tx, lane)
		if errors.Is(err, sql.ErrNoRows) {
			return pipeline.ErrNotFound
		}
		if err != nil {
			return err
		}
		b = first.Batch
		b.Docs, err = openDocs(tx, first, func(s stored) {
			if at := instant(s.sent); s.State == pipeline.Sending && at.After(b.Sent) {
				b.Sent = at
			}
		})
		return err
	})
	if err != nil {
		return pipeline.Batch{}, fmt.Errorf("open batch of lane %s: %w", lane, err)
	}
	return b, nil
}

// Take makes documents sending and returns them as a batch.
func (l *Ledger) Take(ctx context.Context, lane string, now time.Time, rule func(flow string) (pipeline.Flow, bool)) (b pipeline.Batch, err error) {
	err = l.write(ctx, "take from lane "+lane, func(tx *txn) error {
		if err := unlocked(tx, lane); err != nil {
			return err
		}
		first, err := firstBatch(tx, lane)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
		case err == nil && first.holds == unsure:
			// The steps ask before they take. Were one to forget, nothing may
			// overtake what is unsure.
			b, err = pipeline.Batch{Lane: lane}, nil
		case err == nil && first.holds == again:
			b, err = takeAgain(tx, first, now)
		default:
			b, err = l.takeNew(tx, lane, now, rule)
		}
		if err != nil {
			return fmt.Errorf("take from lane %s: %w", lane, err)
		}
		return nil
	})
	if err != nil {
		return pipeline.Batch{}, err
	}
	if len(b.Docs) > 0 && b.Docs[0].Sealed != nil { // before any of it can leave
		err = l.Witness(ctx)
	}
	return b, err
}

// takeAgain takes the ready documents of a batch that was sent before. Its ID,
// its request and the sealed bytes are those of then.
func takeAgain(tx *txn, b kept, now time.Time) (pipeline.Batch, error) {
	var ids []int64
	docs, err := openDocs(tx, b, func(d stored) { ids = append(ids, d.id) })
	if err != nil {
		return pipeline.Batch{}, err
	}
	for i, d := range docs {
		if d.State != pipeline.Ready {
			continue
		}
		d.State = pipeline.Sending
		if _, err := tx.Exec(`UPDATE documents SET state = 'sending', sent = ? WHERE id = ?`, nanos(now), ids[i]); err != nil {
			return pipeline.Batch{}, err
		}
		b.Docs = append(docs[:len(b.Docs)], d)
	}
	b.Tries, b.Asked, b.Due = b.Tries+1, 0, now.UTC()
	_, err = tx.Exec(`UPDATE batches SET tries = ?, asked = 0, due = ?, holds = 'unsure' WHERE seq = ?`, b.Tries, nanos(now), b.seq)
	return b.Batch, err
}

// takeNew makes a batch of the oldest ready documents of the lane's oldest job
// that has some.
func (l *Ledger) takeNew(tx *txn, lane string, now time.Time, rule func(flow string) (pipeline.Flow, bool)) (pipeline.Batch, error) {
	jobs, err := readyJobs(tx, lane)
	if err != nil {
		return pipeline.Batch{}, err
	}
	for _, b := range jobs {
		flow, ok := rule(b.Job.Flow)
		ok = ok && !slices.Contains(flow.Closed, lane)
		l.pass(inLane{lane, b.job}, !ok)
		if !ok {
			continue
		}
		p := picking{tx: tx, flow: flow, batch: b, now: now, heads: map[string]Chain{}}
		marks, err := p.pick()
		if err != nil {
			return pipeline.Batch{}, err
		}
		if len(marks) > 0 {
			return p.store(marks)
		}
		if err := moveOn(tx, b.job); err != nil { // all of it is held now
			return pipeline.Batch{}, err
		}
	}
	return pipeline.Batch{Lane: lane}, nil
}

// readyJobs are the jobs of a lane that have something to take, as batches yet
// to be filled.
func readyJobs(tx *txn, lane string) ([]kept, error) {
	rows, err := tx.Query(`SELECT j.seq, j.drop_id, j.flow, j.kind, j.space FROM jobs j WHERE j.step = 'deliver' AND j.gate IN ('', 'released')
		AND EXISTS (SELECT 1 FROM documents d WHERE d.job = j.seq AND d.batch IS NULL AND `+open+` AND `+leaves+` AND `+arrived+`) ORDER BY j.seq`, lane, lane)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []kept
	for rows.Next() {
		b := kept{Batch: pipeline.Batch{Lane: lane}}
		if err := rows.Scan(&b.job, &b.Job.Drop, &b.Job.Flow, &b.kind, &b.space); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// store freezes and stores a new batch with its documents, as being sent.
func (p *picking) store(marks []picked) (pipeline.Batch, error) {
	b := p.batch
	id, err := uuid.NewV7()
	if err != nil {
		return pipeline.Batch{}, err
	}
	b.ID, b.Taken, b.Due, b.Tries = id.String(), p.now.UTC(), p.now.UTC(), 1
	if p.flow.Kind.Freeze != nil {
		if b.Request, err = p.flow.Kind.Freeze(b.Batch); err != nil {
			return pipeline.Batch{}, fmt.Errorf("freeze the request of %s: %w", b.Job, err)
		}
	}
	made, err := p.tx.Exec(`INSERT INTO batches (id, lane, job, request, taken, due, holds) VALUES (?, ?, ?, ?, ?, ?, 'unsure')`,
		b.ID, b.Lane, b.job, b.Request, nanos(b.Taken), nanos(b.Due))
	if err != nil {
		return pipeline.Batch{}, err
	}
	if b.seq, err = made.LastInsertId(); err != nil {
		return pipeline.Batch{}, err
	}
	for i, m := range marks {
		d := b.Docs[i]
		number, replaces := called(p.flow.Kind, d.Sealed)
		if _, err := p.tx.Exec(`UPDATE documents SET state = 'sending', batch = ?, sealed = ?, ref = ?, sent = ?, before = ?, number = ?, replaces = ? WHERE id = ?`,
			b.seq, d.Sealed, d.Ref, nanos(p.now), m.before, number, replaces, m.id); err != nil {
			return pipeline.Batch{}, err
		}
		if err := markSending(p.tx, b.space, m.id, d, nanos(p.now)); err != nil {
			return pipeline.Batch{}, err
		}
	}
	return b.Batch, p.moveHeads()
}

// called is what a sealed document is looked for by.
func called(kind pipeline.Kind, sealed []byte) (number, replaces string) {
	if kind.Called == nil || len(sealed) == 0 {
		return "", ""
	}
	return kind.Called(sealed)
}

// markSending notes that the key of a document is on its way.
func markSending(tx *txn, space, id int64, doc pipeline.Document, at int64) error {
	_, err := tx.Exec(`UPDATE known SET waiting = CASE waiting WHEN ?1 THEN 0 ELSE waiting END,
		gone = ?1, gone_state = 'sending', gone_print = ?2, gone_at = ?3 WHERE space = ?4 AND key = ?5`,
		id, printOf(doc), at, space, doc.Key)
	return err
}

// inLane is a job as one of the lanes sees it by which its documents leave.
type inLane struct {
	lane string
	job  int64
}

// pass remembers the jobs whose flow is gone, or closed in a lane, for as long as the
// process lives: Next, which knows no flows, would call for them for ever.
func (l *Ledger) pass(job inLane, gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if gone {
		l.passed[job] = true
	} else {
		delete(l.passed, job)
	}
}

func (l *Ledger) isPassed(job inLane) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passed[job]
}
