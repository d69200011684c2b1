package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"wasl/pipeline"
)

// forgetKeyName is the file of the key under which the marks of forgotten customers are
// hashed: without it nobody can try out telephones against them.
const forgetKeyName = "wasl.forget"

// keptFor is how long sealed documents are kept: the trigger documents_kept holds it.
const keptFor = 1826 * 24 * time.Hour

// The steps of forgetting somebody.
const (
	ForgetOpen   = "open"   // files are being gone through; Person says who it is
	ForgetErased = "erased" // the ledger has nothing of them; workbooks and free pages may
	ForgetDone   = "done"
)

// A Forgotten is the tombstone of a customer, or, while it is open, the order to forget one.
type Forgotten struct {
	ID        int64           `json:"id"`
	At        time.Time       `json:"at"`
	By        string          `json:"by,omitempty"`
	Why       string          `json:"why,omitempty"`
	Step      string          `json:"step"`
	Person    pipeline.Person `json:"-"`
	Days      []string        `json:"-"`
	Files     int             `json:"files"`
	Whole     int             `json:"whole"`
	Documents int             `json:"documents"`
	Rows      int             `json:"rows"`
	Papers    int             `json:"papers"`
	Until     time.Time       `json:"until,omitzero"`
}

const forgottenCols = `id, at, who, why, step, person, days, files, whole, documents, rows, papers, until`

func scanForgotten(row scanner) (f Forgotten, err error) {
	var at, until int64
	var person, days string
	if err := row.Scan(&f.ID, &at, &f.By, &f.Why, &f.Step, &person, &days, &f.Files, &f.Whole, &f.Documents, &f.Rows, &f.Papers, &until); err != nil {
		return f, err
	}
	f.At, f.Until = instant(at), instant(until)
	if person != "" {
		err = json.Unmarshal([]byte(person), &f.Person)
	}
	return f, errors.Join(err, fromJSON(days, &f.Days))
}

// Forget orders that a customer is forgotten: from now on it is done, whatever happens.
func (l *Ledger) Forget(ctx context.Context, p pipeline.Person, by, why string) (f Forgotten, err error) {
	key, err := l.forgetKey(true)
	if err != nil {
		return f, err
	}
	person, err := json.Marshal(p)
	if err != nil {
		return f, fmt.Errorf("forget a customer: %w", err)
	}
	f = Forgotten{At: l.now().UTC(), By: by, Why: why, Step: ForgetOpen, Person: p}
	err = l.write(ctx, "forget a customer", func(tx *txn) error {
		done, err := tx.Exec(`INSERT INTO forgotten (at, who, why, step, person) VALUES (?, ?, ?, 'open', ?)`, nanos(f.At), by, why, string(person))
		if err == nil {
			f.ID, err = done.LastInsertId()
		}
		for _, mark := range p.Marks() {
			if err == nil {
				_, err = tx.Exec(`INSERT INTO forgotten_marks (mark, forgotten) VALUES (?, ?) ON CONFLICT DO NOTHING`, markOf(key, mark), f.ID)
			}
		}
		return err
	})
	if err != nil {
		return f, fmt.Errorf("forget a customer: %w", err)
	}
	return f, nil
}

// Unforgotten are the orders to forget somebody that are not done yet, oldest first.
func (l *Ledger) Unforgotten(ctx context.Context) ([]Forgotten, error) {
	return l.forgotten(ctx, `SELECT `+forgottenCols+` FROM forgotten WHERE step <> 'done' ORDER BY id`)
}

// Tombstones are all that were forgotten, oldest first.
func (l *Ledger) Tombstones(ctx context.Context) ([]Forgotten, error) {
	return l.forgotten(ctx, `SELECT `+forgottenCols+` FROM forgotten ORDER BY id`)
}

// TombstonesOf are those of a person, oldest first.
func (l *Ledger) TombstonesOf(ctx context.Context, p pipeline.Person) (out []Forgotten, err error) {
	key, err := l.forgetKey(false)
	if err != nil || key == nil {
		return nil, err
	}
	for _, mark := range p.Marks() {
		found, err := l.forgotten(ctx, `SELECT `+forgottenCols+` FROM forgotten WHERE id IN (SELECT forgotten FROM forgotten_marks WHERE mark = ?) ORDER BY id`, markOf(key, mark))
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if !slices.ContainsFunc(out, func(o Forgotten) bool { return o.ID == f.ID }) {
				out = append(out, f)
			}
		}
	}
	return out, nil
}

func (l *Ledger) forgotten(ctx context.Context, query string, args ...any) (out []Forgotten, err error) {
	rows, err := l.reader.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read who was forgotten: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		f, err := scanForgotten(rows)
		if err != nil {
			return nil, fmt.Errorf("read who was forgotten: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// CountForgotten stores from how many files somebody was taken out so far.
func (l *Ledger) CountForgotten(ctx context.Context, id int64, files, whole int) error {
	return l.write(ctx, "count the files", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE forgotten SET files = files + ?, whole = whole + ? WHERE id = ? AND step = 'open'`, files, whole, id)
		return err
	})
}

// Sweep takes what was erased out of the free pages of the ledger's file, out of its log,
// and out of its copies: one of today takes the place of those of before. Then the
// tombstone is done.
func (l *Ledger) SweepForgotten(ctx context.Context, id int64) error {
	if l.writer == nil {
		return errors.New("sweep the ledger: it is open for reading only")
	}
	if _, err := l.writer.ExecContext(ctx, `VACUUM`); err != nil {
		return fmt.Errorf("sweep the ledger: %w", l.explain(err))
	}
	if err := l.newCopy(ctx); err != nil {
		return fmt.Errorf("make a copy of the ledger in place of those of before: %w", l.explain(err))
	}
	err := l.write(ctx, "end forgetting", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE forgotten SET step = 'done' WHERE id = ? AND step = 'erased'`, id)
		return err
	})
	if err != nil {
		return err
	}
	return l.truncateLog(ctx)
}

// truncateLog brings all of the log into the ledger's file, and empties it.
func (l *Ledger) truncateLog(ctx context.Context) error {
	var busy, log, moved int
	if err := l.writer.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("empty the ledger's log: %w", l.explain(err))
	}
	if busy != 0 {
		return &pipeline.Later{Err: errors.New("empty the ledger's log: somebody is reading it")}
	}
	return nil
}

// newCopy puts one copy of today in the place of the copies of before, where there are any.
func (l *Ledger) newCopy(ctx context.Context) error {
	folder := filepath.Join(l.dir, backupsDir)
	old, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(old) == 0 {
		return err
	}
	have, err := version(ctx, l.writer)
	if err != nil {
		return err
	}
	// A second order within the second would find a file of that name.
	at := l.now()
	for slices.Contains(old, backupName(folder, have, at)) {
		at = at.Add(time.Second)
	}
	if err := backup(ctx, l.writer, l.dir, have, at); err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return pipeline.SyncFolder(folder)
}

// forgetKey is the key of marks; nil where there is none, and none is to be made.
func (l *Ledger) forgetKey(create bool) ([]byte, error) {
	path := filepath.Join(l.dir, forgetKeyName)
	key, err := os.ReadFile(path)
	switch {
	case err == nil && len(key) == sha256.Size:
		return key, nil
	case err == nil:
		return nil, fmt.Errorf("%s is no key: it has %d bytes, not %d", path, len(key), sha256.Size)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read the key of tombstones: %w", err)
	case !create:
		return nil, nil
	}
	key = make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails
	err = pipeline.WriteWhole(path, 0o600, func(w io.Writer) error {
		_, err := w.Write(key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make the key of tombstones: %w", err)
	}
	return key, nil
}

// markOf is a mark as it is stored.
func markOf(key []byte, mark string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(mark)) // a hash takes everything
	return h.Sum(nil)
}

// buried is the newest tombstone of somebody; nil where there is none.
func buried(tx *txn, key []byte, t pipeline.Traits) (*Forgotten, int64, error) {
	for _, mark := range t.Marks() {
		var id, newest int64
		err := tx.QueryRow(`SELECT f.id, f.newest FROM forgotten_marks m JOIN forgotten f ON f.id = m.forgotten WHERE m.mark = ? AND f.step <> 'open' ORDER BY f.id DESC LIMIT 1`,
			markOf(key, mark)).Scan(&id, &newest)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		f, err := scanForgotten(tx.QueryRow(`SELECT `+forgottenCols+` FROM forgotten WHERE id = ?`, id))
		return &f, newest, err
	}
	return nil, 0, nil
}
