package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

func wishes(tx *txn, flow string) ([]Wish, error) {
	rows, err := tx.Query(`SELECT `+documentCols+`, j.drop_id, j.flow, j.kind, j.gate, j.memo, d.prev, k.gone_at, k.print FROM known k
		JOIN documents d ON d.id = k.newest JOIN jobs j ON j.seq = d.job
		WHERE k.space IN (SELECT DISTINCT space FROM jobs WHERE flow = ? AND space <> 0) ORDER BY k.key`, flow)
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
		for !w.says() && w.prev != 0 {
			if w, err = wishBefore(tx, w); err != nil {
				return nil, err
			}
		}
		if w.says() && w.Job.Flow == flow {
			w.Same = bytes.Equal(w.print, printOf(w.Document))
			out = append(out, w.Wish)
		}
	}
	return out, rows.Err()
}

// A wished document is a Wish with its place in the ledger.
type wished struct {
	Wish
	memo  bool // wasl itself asked for it
	prev  int64
	print []byte // of what was delivered last
}

// says tells whether the document says what the ERP wants: its file does, it could
// be built, and nobody dropped its job.
func (w wished) says() bool {
	return !w.memo && len(w.Body) > 0 && w.State != pipeline.Held && w.State != pipeline.Parked && w.Gate != pipeline.GateDropped
}

func scanWish(row scanner) (w wished, err error) {
	var kind string
	var goneAt int64
	s, err := scanDocument(row, &w.Job.Drop, &w.Job.Flow, &kind, &w.Gate, &w.memo, &w.prev, &goneAt, &w.print)
	w.Document, w.Settled, w.Delivered = s.Document, instant(s.settled), instant(goneAt)
	w.Kind = kind
	return w, err
}

// wishBefore is the document filed before under the same key.
func wishBefore(tx *txn, w wished) (wished, error) {
	before, err := scanWish(tx.QueryRow(`SELECT `+documentCols+`, j.drop_id, j.flow, j.kind, j.gate, j.memo, d.prev, 0, x''
		FROM documents d JOIN jobs j ON j.seq = d.job WHERE d.id = ?`, w.prev))
	before.Delivered, before.print = w.Delivered, w.print
	return before, err
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
