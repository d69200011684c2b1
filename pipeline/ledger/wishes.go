package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Wish is what the ERP said last of a key, and what is known of it.
type Wish struct {
	pipeline.Document
	Job       pipeline.Job
	Gate      string    // of its job: GateOpen ...
	Settled   time.Time // when it became final; zero: not yet
	Delivered time.Time // when a document of this key last left; zero: never
	Same      bool      // what left last and arrived says the same
}

// Wishes are the newest documents of all keys of a flow, by key: what the ERP
// wants the other side to hold. Those that could not be built are not among
// them, nor what somebody dropped, nor what memos say (to put back, to do what was
// booked): that is not the ERP's word. What it said before takes their place.
func (l *Ledger) Wishes(ctx context.Context, flow string) (out []Wish, err error) {
	err = l.read(ctx, func(tx *txn) error {
		out, err = wishes(tx, flow)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what %s wants: %w", flow, err)
	}
	return out, nil
}

// spoken tells whether a document d of a job j says what the ERP wants: its file
// does, it could be built, and nobody dropped its job.
const spoken = `(d.body <> '' AND d.state NOT IN ('held', 'parked') AND j.memo = 0 AND j.gate <> 'dropped')`

// wishes goes back from the newest document of each key to the one that counts.
func wishes(tx *txn, flow string) ([]Wish, error) {
	rows, err := tx.Query(`WITH RECURSIVE line(key, id, gone_at, print) AS (
			SELECT k.key, k.newest, k.gone_at, k.print FROM known k
				WHERE k.space IN (SELECT DISTINCT space FROM jobs WHERE flow = ?1 AND space <> 0)
			UNION ALL
			SELECT l.key, d.prev, l.gone_at, l.print FROM line l JOIN documents d ON d.id = l.id JOIN jobs j ON j.seq = d.job
				WHERE d.prev <> 0 AND NOT `+spoken+`)
		SELECT `+documentCols+`, j.drop_id, j.flow, j.kind, j.gate, l.gone_at, l.print
		FROM line l JOIN documents d ON d.id = l.id JOIN jobs j ON j.seq = d.job
		WHERE `+spoken+` AND j.flow = ?1`, flow)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []Wish
	for rows.Next() {
		w, err := scanWish(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	slices.SortStableFunc(out, func(a, b Wish) int { return strings.Compare(a.Key, b.Key) })
	return out, rows.Err()
}

func scanWish(row scanner) (w Wish, err error) {
	var kind string
	var goneAt int64
	var print []byte // of what was delivered last
	s, err := scanDocument(row, &w.Job.Drop, &w.Job.Flow, &kind, &w.Gate, &goneAt, &print)
	w.Document, w.Settled, w.Delivered = s.Document, instant(s.settled), instant(goneAt)
	w.Kind = kind
	w.Same = bytes.Equal(print, printOf(w.Document))
	return w, err
}

// Delivered tells which of some keys of a kind and space have been delivered.
func (l *Ledger) Delivered(ctx context.Context, kind, space string, keys []string) (map[string]bool, error) {
	out := make(map[string]bool, len(keys))
	err := l.read(ctx, func(tx *txn) error {
		for part := range slices.Chunk(keys, chunkSize) {
			args := []any{kind, space}
			for _, key := range part {
				args = append(args, key)
			}
			rows, err := tx.Query(`SELECT k.key FROM known k JOIN spaces s ON s.id = k.space
				WHERE s.kind = ? AND s.lane = ? AND k.print <> x'' AND k.key IN `+places(len(part), 1), args...)
			if err != nil {
				return err
			}
			for rows.Next() {
				var key string
				if err := rows.Scan(&key); err != nil {
					return errors.Join(err, rows.Close())
				}
				out[key] = true
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what of %s was delivered: %w", kind, err)
	}
	return out, nil
}

// Undoable are the documents of a job that changed something and can be put
// back, as they left. ErrNotFound where the ledger has no such job.
func (l *Ledger) Undoable(ctx context.Context, job pipeline.Job) (docs []pipeline.Document, lost int, err error) {
	err = l.read(ctx, func(tx *txn) error {
		j, err := findJob(tx, job)
		if err != nil {
			return err
		}
		all, err := documentsOf(tx, "", `SELECT `+documentCols+` FROM documents d WHERE d.job = ? AND d.state = 'delivered' ORDER BY d.id`, j.seq)
		for _, d := range all {
			if d.Undo == nil {
				lost++
				continue
			}
			docs = append(docs, d.Document)
		}
		return err
	})
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		err = fmt.Errorf("read what %s changed: %w", job, err)
	}
	return docs, lost, err
}
