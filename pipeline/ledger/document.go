package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// documentCols are the columns that scanDocument reads, of documents d.
const documentCols = `d.id, d.job, d.key, d.state, d.body, d.origins, d.name, d.day, d.money, d.out, d.currency,
	d.print, d.old, d.words, d.why_left, d.rows, d.sealed, d.ref, d.ticket, d.sent, d.settled, d.changes, d.undo, d.awaits, d.beside, d.lane`

// leavingCols are those of a document on its way: without what only people read of
// it, which a sink has no use for.
const leavingCols = `d.id, d.job, d.key, d.state, d.body, d.origins, d.name, d.day, d.money, d.out, d.currency,
	d.print, '', '', d.why_left, d.rows, d.sealed, d.ref, d.ticket, d.sent, d.settled, '', '', d.awaits, '', d.lane`

// open are the states of documents that are not final. It is spelled as in the
// index documents_open, which SQLite uses only for the very same words.
const open = `d.state IN ('ready', 'sending', 'accepted')`

// arrived is what is so of a document d, of job j, that waits for no other one: what
// it follows has been delivered.
const arrived = `(d.awaits = '' OR EXISTS (SELECT 1 FROM known k WHERE k.space = j.space AND k.key = d.awaits AND k.gone_state = 'delivered'))`

// leaves is what is so of a document d, of job j, that leaves by a lane: its own where
// it has one, else that of its job. It takes the lane twice.
const leaves = `d.lane = CASE j.lane WHEN ? THEN '' ELSE ? END`

// A stored document is one with its place in the ledger.
type stored struct {
	pipeline.Document
	id, job       int64
	rows          int
	sent, settled int64
}

// scanner is a row of sql.Row or sql.Rows.
type scanner interface{ Scan(dest ...any) error }

func scanDocument(row scanner, more ...any) (stored, error) {
	var s stored
	var body, origins, money, out, words, changes, undo, beside string
	dest := append([]any{&s.id, &s.job, &s.Key, &s.State, &body, &origins, &s.Name, &s.Day, &money, &out, &s.Currency,
		&s.Print, &s.Old, &words, &s.Left, &s.rows, &s.Sealed, &s.Ref, &s.Ticket, &s.sent, &s.settled, &changes, &undo, &s.Of, &beside, &s.Lane}, more...)
	if err := row.Scan(dest...); err != nil {
		return stored{}, err
	}
	if body != "" {
		s.Body = json.RawMessage(body)
	}
	if undo != "" {
		s.Undo = json.RawMessage(undo)
	}
	var err error
	if s.Money, err = parseDecimal(money); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	if s.Out, err = parseDecimal(out); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	if err := fromJSON(origins, &s.From); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	if err := fromJSON(words, &s.Words); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	if err := fromJSON(changes, &s.Changes); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	if err := fromJSON(beside, &s.Beside); err != nil {
		return stored{}, fmt.Errorf("document %d: %w", s.id, err)
	}
	return s, nil
}

// documentsOf reads documents by a query that selects documentCols. What the
// kind is called is not in the row.
func documentsOf(tx *txn, kind, query string, args ...any) (out []stored, err error) {
	err = eachDocument(tx, kind, func(s stored) error {
		out = append(out, s)
		return nil
	}, query, args...)
	return out, err
}

// eachDocument reads documents as documentsOf does, one after another.
func eachDocument(tx *txn, kind string, each func(stored) error, query string, args ...any) error {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	same := sameTexts{}
	for rows.Next() {
		s, err := scanDocument(rows)
		if err != nil {
			return err
		}
		s.Kind = kind
		for i := range s.From {
			o := &s.From[i]
			o.File, o.Sheet, o.Column = same.of(o.File), same.of(o.Sheet), same.of(o.Column)
		}
		s.Ref, s.Ticket, s.State = same.of(s.Ref), same.of(s.Ticket), pipeline.State(same.of(string(s.State)))
		if err := each(s); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sameTexts keeps texts that come again and again once: the names of files, columns
// and states. It forgets them where there are many, which is where they differ.
type sameTexts map[string]string

func (t sameTexts) of(text string) string {
	if text == "" {
		return ""
	}
	if kept, ok := t[text]; ok {
		return kept
	}
	if len(t) >= 256 {
		clear(t)
	}
	t[text] = text
	return text
}

// printOf is what a document is compared by: 16 bytes of the hash of its print.
func printOf(doc pipeline.Document) []byte {
	var sum [sha256.Size]byte
	if doc.Print != "" {
		sum = sha256.Sum256([]byte(doc.Print))
	} else {
		sum = sha256.Sum256(doc.Body)
	}
	return sum[:16]
}

func decimalText(d pipeline.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func parseDecimal(text string) (pipeline.Decimal, error) {
	if text == "" {
		return pipeline.Decimal{}, nil
	}
	return udecimal.Parse(text)
}

// toJSON is a list or a map as text, "" where there is nothing in it.
func toJSON[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func fromJSON(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}
