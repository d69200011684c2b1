package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

// saidMost is how much is kept of what the other side said.
const saidMost = 64 << 10

// Settle stores what became of a batch, and what was said.
func (l *Ledger) Settle(ctx context.Context, b pipeline.Batch, a pipeline.Answer, due time.Time) (p pipeline.Progress, err error) {
	err = l.write(ctx, "settle batch "+b.ID, func(tx *txn) error {
		if p, err = settleBatch(tx, b, a, nanos(due), nanos(l.now())); err != nil {
			return fmt.Errorf("settle batch %s: %w", b.ID, err)
		}
		return nil
	})
	if err != nil {
		return pipeline.Progress{}, err
	}
	return p, nil
}

func settleBatch(tx *txn, given pipeline.Batch, a pipeline.Answer, due, now int64) (pipeline.Progress, error) {
	p := pipeline.Progress{Lane: given.Lane, Job: given.Job, States: map[pipeline.State]int{}}
	var b kept
	err := tx.QueryRow(`SELECT b.seq, b.job, j.space FROM batches b JOIN jobs j ON j.seq = b.job WHERE b.id = ?`, given.ID).Scan(&b.seq, &b.job, &b.space)
	if errors.Is(err, sql.ErrNoRows) {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return p, err
	}
	docs, err := unsettled(tx, b.seq)
	if err != nil {
		return p, err
	}
	outcomes := make(map[string]int, len(a.Outcomes))
	for i, o := range a.Outcomes {
		outcomes[o.Key] = i
	}
	var m missing
	for _, doc := range docs {
		i, told := outcomes[doc.key]
		if doc.state == pipeline.Sending {
			m.count(told, a.Outcomes, i)
		}
		if !told {
			continue
		}
		o := a.Outcomes[i]
		if err := settleDoc(tx, b.space, doc, o, now); err != nil {
			return p, fmt.Errorf("document %s: %w", doc.key, err)
		}
		p.States[o.State]++
	}
	if err := m.store(tx, b.seq, given); err != nil {
		return p, err
	}
	if err := storeSaid(tx, b.seq, a.Said, now); err != nil {
		return p, err
	}
	if p.Waiting, err = closeBatch(tx, b.seq, given.Asked, due); err != nil {
		return p, err
	}
	if a.News { // not final: the index of open batches is used only where the question says so
		if _, err := tx.Exec(`UPDATE batches SET due = ?1 WHERE lane = ?2 AND holds = ?3 AND holds <> 'final' AND due > ?1`, now, given.Lane, accepted); err != nil {
			return p, err
		}
	}
	return p, moveOn(tx, b.job)
}

// missing counts what an answer says of the documents that are being sent.
type missing struct {
	untold  int // nothing
	again   int // they are to be sent again
	settled int // what became of them
}

func (m *missing) count(told bool, outcomes []pipeline.Outcome, i int) {
	switch {
	case !told || outcomes[i].State == pipeline.Sending:
		m.untold++
	case outcomes[i].State == pipeline.Ready:
		m.again++
	default:
		m.settled++
	}
}

// store keeps how often a batch left without an answer, also where it is found so after a
// crash; and how many documents were lost again in a piece of it.
func (m missing) store(tx *txn, batch int64, given pipeline.Batch) error {
	lost, doubt := given.Lost, given.Doubt
	switch sent := given.Asked == 0; {
	case sent && m.untold > 0:
		lost++
	case sent:
		doubt = max(0, doubt-m.settled)
	case m.again > 0 && lost > 1:
		doubt = max(doubt, m.again)
	case m.again > 0:
		lost = 1
	}
	if lost == given.Lost && doubt == given.Doubt {
		return nil
	}
	_, err := tx.Exec(`UPDATE batches SET lost = ?, doubt = ? WHERE seq = ?`, lost, doubt, batch)
	return err
}

// leaving is what is to be known of a document whose outcome is stored: a batch
// holds a hundred thousand of them.
type leaving struct {
	id, job int64
	key     string
	state   pipeline.State
	sealed  bool
}

// unsettled are the documents of a batch that are not final, as they were filed.
func unsettled(tx *txn, batch int64) ([]leaving, error) {
	rows, err := tx.Query(`SELECT d.id, d.job, d.key, d.state, d.sealed IS NOT NULL FROM documents d WHERE d.batch = ? AND `+open+` ORDER BY d.id`, batch)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []leaving
	same := sameTexts{}
	for rows.Next() {
		var l leaving
		if err := rows.Scan(&l.id, &l.job, &l.key, &l.state, &l.sealed); err != nil {
			return nil, err
		}
		l.state = pipeline.State(same.of(string(l.state)))
		out = append(out, l)
	}
	return out, rows.Err()
}

// settleDoc stores an outcome of a document that is not final.
func settleDoc(tx *txn, space int64, doc leaving, o pipeline.Outcome, now int64) error {
	switch o.State {
	case pipeline.Ready, pipeline.Sending, pipeline.Accepted, pipeline.Delivered, pipeline.Rejected,
		pipeline.Parked, pipeline.Held, pipeline.Unchanged:
	default:
		return fmt.Errorf("an outcome cannot be %q", o.State)
	}
	if o.State == pipeline.Sending {
		o.State = doc.state // nothing new is known of it
	}
	settled := int64(0)
	if o.State.Final() {
		settled = now
	}
	if _, err := tx.Exec(`UPDATE documents SET state = ?1, settled = ?2,
		ref = CASE ?3 WHEN '' THEN ref ELSE ?3 END, ticket = CASE ?4 WHEN '' THEN ticket ELSE ?4 END WHERE id = ?5`,
		string(o.State), settled, o.Ref, o.Ticket, doc.id); err != nil {
		return err
	}
	if err := addProblems(tx, doc.job, doc.id, o.Why); err != nil {
		return err
	}
	// What is sealed keeps its bytes, whatever is planned: they may have been seen.
	if o.State == pipeline.Ready && o.Body != nil && !doc.sealed {
		return planAnew(tx, space, doc, o.Body, now)
	}
	return markOutcome(tx, space, doc, o.State, now)
}

// markOutcome notes under a key what became of the document that left.
func markOutcome(tx *txn, space int64, doc leaving, state pipeline.State, now int64) error {
	switch state {
	case pipeline.Accepted, pipeline.Rejected:
		_, err := tx.Exec(`UPDATE known SET gone_state = ? WHERE space = ? AND key = ? AND gone = ?`, string(state), space, doc.key, doc.id)
		if err != nil || state == pipeline.Accepted {
			return err
		}
		return orphans(tx, space, doc, now)
	case pipeline.Delivered, pipeline.Unchanged:
		_, err := tx.Exec(`UPDATE known SET gone_state = 'delivered', print = gone_print WHERE space = ? AND key = ? AND gone = ?`, space, doc.key, doc.id)
		return err
	case pipeline.Parked:
		return forget(tx, space, doc)
	}
	// Ready again and sending: it is on its way. Held after it left: nobody knows
	// whether it arrived, so it counts as on its way, and never leaves by itself.
	return nil
}

// planAnew gives a document another body, out of its batch. Where a newer one
// of its key waits already, that one is what the other side should hold.
func planAnew(tx *txn, space int64, doc leaving, body json.RawMessage, now int64) error {
	k, err := knownOf(tx, space, doc.key)
	if err != nil {
		return err
	}
	if err := forget(tx, space, doc); err != nil {
		return err
	}
	if k.waiting != 0 {
		_, err := tx.Exec(`UPDATE documents SET state = 'superseded', settled = ?, batch = NULL WHERE id = ?`, now, doc.id)
		return err
	}
	if _, err := tx.Exec(`UPDATE documents SET body = ?, batch = NULL WHERE id = ?`, string(body), doc.id); err != nil {
		return err
	}
	_, err = tx.Exec(`UPDATE known SET waiting = ? WHERE space = ? AND key = ?`, doc.id, space, doc.key)
	return err
}

// forget notes under a key that a document did not leave after all: what left
// before it is the last again.
func forget(tx *txn, space int64, doc leaving) error {
	var before int64
	if err := tx.QueryRow(`SELECT before FROM documents WHERE id = ?`, doc.id).Scan(&before); err != nil {
		return err
	}
	if before == 0 {
		_, err := tx.Exec(`UPDATE known SET gone = 0, gone_state = '', gone_print = x'', gone_at = 0
			WHERE space = ? AND key = ? AND gone = ?`, space, doc.key, doc.id)
		return err
	}
	old, err := scanDocument(tx.QueryRow(`SELECT `+documentCols+` FROM documents d WHERE d.id = ?`, before))
	if err != nil {
		return err
	}
	state := old.State
	switch state {
	case pipeline.Unchanged:
		state = pipeline.Delivered // the other side said that it was so already
	case pipeline.Held, pipeline.Ready:
		state = pipeline.Sending
	}
	_, err = tx.Exec(`UPDATE known SET gone = ?, gone_state = ?, gone_print = ?, gone_at = ? WHERE space = ? AND key = ? AND gone = ?`,
		old.id, string(state), printOf(old.Document), old.sent, space, doc.key, doc.id)
	return err
}

// closeBatch stores when a batch is due and what it still holds.
func closeBatch(tx *txn, batch int64, asked int, due int64) (waiting int, err error) {
	var sending, ready int
	if err := tx.QueryRow(`SELECT count(*), count(*) FILTER (WHERE d.state = 'sending'), count(*) FILTER (WHERE d.state = 'ready')
		FROM documents d WHERE d.batch = ? AND `+open, batch).Scan(&waiting, &sending, &ready); err != nil {
		return 0, err
	}
	holds := accepted
	switch {
	case waiting == 0:
		holds = final
	case sending > 0:
		holds = unsure
	case ready > 0:
		holds = again
	}
	_, err = tx.Exec(`UPDATE batches SET holds = ?, asked = ?, due = ? WHERE seq = ?`, holds, asked, due, batch)
	return waiting, err
}

func storeSaid(tx *txn, batch int64, said []pipeline.Said, now int64) error {
	for _, s := range said {
		at := nanos(s.At)
		if at == 0 {
			at = now
		}
		body := s.Body[:min(len(s.Body), saidMost)]
		if _, err := tx.Exec(`INSERT INTO said (batch, at, what, status, name, body) VALUES (?, ?, ?, ?, ?, ?)`,
			batch, at, s.What, s.Status, s.ID, notNil(body)); err != nil {
			return err
		}
	}
	return nil
}

// Said is what the other side said about a batch, in order.
func (l *Ledger) Said(ctx context.Context, batch string) (out []pipeline.Said, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT s.at, s.what, s.status, s.name, s.body FROM said s
		JOIN batches b ON b.seq = s.batch WHERE b.id = ? ORDER BY s.id`, batch)
	if err != nil {
		return nil, fmt.Errorf("what was said about batch %s: %w", batch, err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var s pipeline.Said
		var at int64
		if err := rows.Scan(&at, &s.What, &s.Status, &s.ID, &s.Body); err != nil {
			return nil, fmt.Errorf("what was said about batch %s: %w", batch, err)
		}
		s.At = instant(at)
		out = append(out, s)
	}
	return out, rows.Err()
}
