package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"wasl/pipeline"
)

// See stores that somebody has seen what some documents had become after they left: the
// same content is not told again (document.changed), other content is. What was seen
// before stays as it was seen then.
func (l *Ledger) See(ctx context.Context, entries []pipeline.Entry, by, why string) error {
	return l.write(ctx, "see changes", func(tx *txn) error {
		for _, e := range entries {
			if _, err := tx.Exec(`INSERT INTO seen (space, key, print, job, who, why, at) SELECT j.space, ?, ?, j.seq, ?, ?, ?
				FROM jobs j WHERE j.drop_id = ? AND j.flow = ? ON CONFLICT DO NOTHING`,
				e.Key, printOf(e.Document), by, why, nanos(l.now()), e.Job.Drop, e.Job.Flow); err != nil {
				return fmt.Errorf("see the change of %s: %w", e.Key, err)
			}
		}
		return nil
	})
}

// Seen is who has seen the content of a document. ErrNotFound.
func (l *Ledger) Seen(ctx context.Context, e pipeline.Entry) (s pipeline.Seen, err error) {
	var at int64
	err = l.reader.QueryRowContext(ctx, `SELECT s.who, s.why, s.at FROM seen s JOIN jobs j ON j.space = s.space
		WHERE j.drop_id = ? AND j.flow = ? AND s.key = ? AND s.print = ?`, e.Job.Drop, e.Job.Flow, e.Key, printOf(e.Document)).Scan(&s.By, &s.Why, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return s, pipeline.ErrNotFound
	}
	if err != nil {
		return s, fmt.Errorf("who has seen %s: %w", e.Key, err)
	}
	s.At = instant(at)
	return s, nil
}

// overlook does not tell again what somebody has seen: a document that is held because it
// is other than what had left, and for nothing else, is as the one who saw it knows it.
func (f *filing) overlook(w *waiting, j judgement, k known) (judgement, error) {
	other := func(p pipeline.Problem) bool { return !p.Rule.Change() }
	if j.state != pipeline.Held || j.rule != "" && !j.rule.Change() || j.rule == "" && len(w.problems) == 0 || slices.ContainsFunc(w.problems, other) {
		return j, nil
	}
	var who, why string
	err := f.tx.QueryRow(`SELECT who, why FROM seen WHERE space = ? AND key = ? AND print = ?`, f.space, w.doc.Key, printOf(w.doc)).Scan(&who, &why)
	if errors.Is(err, sql.ErrNoRows) {
		return j, nil
	}
	if err != nil {
		return j, fmt.Errorf("who has seen %s: %w", w.doc.Key, err)
	}
	w.problems = nil
	j = judgement{state: pipeline.Unchanged}
	if !k.left() { // of such a part nothing is at the other side
		j.state, w.doc.Left = pipeline.Skipped, fmt.Sprintf("%s: %s", who, why)
	}
	w.doc.State = j.state
	return j, nil
}
