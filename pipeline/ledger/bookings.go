package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"wasl/pipeline"
)

// never is when a booking is due that only takes the place of another.
const never = math.MaxInt64

// book stores what is to be done later because of a document. A booking of the
// same key and word gives way as soon as it counts: while the gate holds the job,
// or where somebody drops it, the older one stays in force.
func (f *filing) book(id int64, doc pipeline.Document) error {
	for _, b := range doc.Then {
		words, err := toJSON(b.Doc.Words)
		if err != nil {
			return err
		}
		at := int64(never)
		if !b.At.IsZero() {
			at = nanos(b.At)
			f.books = true
		}
		// One that the ledger gave keeps its flow and its kind.
		from, owner := `SELECT flow, ? AS space FROM jobs WHERE seq = ?`, []any{f.space, f.job}
		if b.ID != 0 {
			from, owner = `SELECT flow, space FROM bookings WHERE id = ?`, []any{b.ID}
		}
		if _, err := f.tx.Exec(`INSERT INTO bookings (flow, space, job, doc, key, word, at, name, body, print, words)
			SELECT o.flow, o.space, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM (`+from+`) o`,
			append([]any{f.job, id, b.Doc.Key, b.Why, at, b.Doc.Name, string(b.Doc.Body), b.Doc.Print, words}, owner...)...); err != nil {
			return err
		}
	}
	return nil
}

// inForce are the bookings that count: of jobs that the gate does not hold, and
// that no later one has taken the place of.
const inForce = `b.memo = '' AND j.gate IN ('', 'released') AND b.at < 9223372036854775807
	AND NOT EXISTS (SELECT 1 FROM bookings n JOIN jobs m ON m.seq = n.job WHERE n.space = b.space AND n.key = b.key AND n.word = b.word
		AND n.id > b.id AND m.gate IN ('', 'released'))`

const bookingCols = `b.id, b.flow, j.drop_id, b.key, b.word, b.at, b.name, b.body, b.print, b.words, s.kind`

func bookingsOf(tx *txn, where string, args ...any) ([]pipeline.Booking, error) {
	rows, err := tx.Query(`SELECT `+bookingCols+` FROM bookings b JOIN jobs j ON j.seq = b.job JOIN spaces s ON s.id = b.space WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []pipeline.Booking
	for rows.Next() {
		var b pipeline.Booking
		var at int64
		var body, words string
		if err := rows.Scan(&b.ID, &b.Flow, &b.Job.Drop, &b.Doc.Key, &b.Why, &at, &b.Doc.Name, &body, &b.Doc.Print, &words, &b.Doc.Kind); err != nil {
			return nil, err
		}
		b.At, b.Job.Flow, b.Doc.Body = instant(at), b.Flow, json.RawMessage(body)
		if err := fromJSON(words, &b.Doc.Words); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Booked are the bookings of a kind and space that are still to come, by key.
func (l *Ledger) Booked(ctx context.Context, kind, space string) (out map[string][]pipeline.Booking, err error) {
	err = l.read(ctx, func(tx *txn) error {
		all, err := bookingsOf(tx, inForce+` AND s.kind = ? AND s.lane = ? ORDER BY b.at, b.id`, kind, space)
		if err != nil {
			return err
		}
		out = make(map[string][]pipeline.Booking, len(all))
		for _, b := range all {
			out[b.Doc.Key] = append(out[b.Doc.Key], b)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is booked for %s: %w", kind, err)
	}
	return out, nil
}

// Due are the bookings whose time has come, by flow and then by time.
func (l *Ledger) Due(ctx context.Context, now time.Time) (out []pipeline.Booking, err error) {
	err = l.read(ctx, func(tx *txn) error {
		out, err = bookingsOf(tx, inForce+` AND b.at <= ? ORDER BY b.flow, b.at, b.id`, nanos(now))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what is due: %w", err)
	}
	return out, nil
}

// NextDue is when the next booking is due; zero where none is to come.
func (l *Ledger) NextDue(ctx context.Context) (at time.Time, err error) {
	var n sql.NullInt64
	if err := l.reader.QueryRowContext(ctx, `SELECT min(b.at) FROM bookings b JOIN jobs j ON j.seq = b.job WHERE `+inForce).Scan(&n); err != nil {
		return at, fmt.Errorf("read what is due next: %w", err)
	}
	if !n.Valid {
		return at, nil
	}
	return instant(n.Int64), nil
}

// AdmitMemo makes a drop and its one job of a memo that lies in the vault, and
// stores that it does these bookings: all of it, or nothing. One that is not in
// force any more, because a memo that was admitted before does it or a newer file
// booked something else, makes it ErrNotFound.
func (l *Ledger) AdmitMemo(ctx context.Context, a pipeline.Arrival, bookings []int64) (d pipeline.Drop, err error) {
	err = l.write(ctx, "admit "+a.Name, func(tx *txn) error {
		if d, err = admit(tx, a, true); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE jobs SET memo = 1 WHERE drop_id = ?`, d.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE drops SET original = 'placed', place = '' WHERE id = ?`, d.ID); err != nil {
			return err
		}
		for _, id := range bookings {
			done, err := tx.Exec(`UPDATE bookings SET memo = ?1 WHERE id = ?2
				AND EXISTS (SELECT 1 FROM bookings b JOIN jobs j ON j.seq = b.job WHERE b.id = ?2 AND `+inForce+`)`, d.ID, id)
			if err != nil {
				return err
			}
			if n, err := done.RowsAffected(); err != nil || n == 0 {
				return errors.Join(err, pipeline.ErrNotFound)
			}
		}
		return nil
	})
	if err != nil {
		return pipeline.Drop{}, fmt.Errorf("admit %s: %w", a.Name, err)
	}
	return d, nil
}
