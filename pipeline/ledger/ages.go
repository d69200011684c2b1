package ledger

import (
	"context"
	"fmt"
	"time"

	"wasl/pipeline"
)

// An Aged is a document that the other side has not taken yet.
type Aged struct {
	Lane   string
	Key    string
	Name   string
	Ref    string    // "" before it is sealed
	Sealed bool      // it was issued
	Since  time.Time // when it was issued, or else when its file arrived
}

// Unaccepted are the documents of some lanes that the other side has not taken yet,
// since before a moment, the oldest first. What a gate holds is not among them: that
// waits for a person.
func (l *Ledger) Unaccepted(ctx context.Context, lanes []string, before time.Time) (out []Aged, err error) {
	err = l.read(ctx, func(tx *txn) error {
		for _, lane := range lanes {
			some, err := unaccepted(tx, lane, nanos(before))
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what is not accepted: %w", err)
	}
	return out, nil
}

func unaccepted(tx *txn, lane string, before int64) (out []Aged, err error) {
	rows, err := tx.Query(`SELECT d.key, d.name, d.ref, d.sealed IS NOT NULL, coalesce(b.taken, p.arrived) AS since
		FROM jobs j JOIN drops p ON p.seq = j.drop_seq JOIN documents d ON d.job = j.seq LEFT JOIN batches b ON b.seq = d.batch
		WHERE j.step = 'deliver' AND j.gate IN ('', 'released') AND `+open+` AND d.state IN (?, ?) AND `+leaves+` AND since < ? ORDER BY since, d.id`,
		string(pipeline.Ready), string(pipeline.Sending), lane, lane, before)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		a := Aged{Lane: lane}
		var since int64
		if err := rows.Scan(&a.Key, &a.Name, &a.Ref, &a.Sealed, &since); err != nil {
			return nil, err
		}
		a.Since = instant(since)
		out = append(out, a)
	}
	return out, rows.Err()
}
