package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// Erase takes a person out of the ledger, in one transaction: bodies, versions and words of
// their documents, problems, answers, requests, readings, tables. What is sealed stays, with
// its requests and answers. days are further days whose workbooks hold the person. After it
// the tombstone says no more who it was.
func (l *Ledger) Erase(ctx context.Context, id int64, p pipeline.Person, days []string) (f Forgotten, err error) {
	err = l.write(ctx, "erase a customer", func(tx *txn) error {
		h, err := holdingOf(ctx, tx, p)
		if err != nil {
			return fmt.Errorf("erase a customer: %w", err)
		}
		e := &eraser{tx: tx, p: p, jobs: map[int64]bool{}, batches: map[int64]bool{}}
		if err := e.all(h); err != nil {
			return fmt.Errorf("erase a customer: %w", err)
		}
		mine, err := e.days()
		if err != nil {
			return fmt.Errorf("erase a customer: %w", err)
		}
		days = append(days, mine...)
		slices.Sort(days)
		list, err := toJSON(slices.Compact(days))
		if err != nil {
			return err
		}
		if len(h.papers) == 0 {
			h.Until = 0
		}
		_, err = tx.Exec(`UPDATE forgotten SET step = 'erased', person = '', days = ?, documents = ?, rows = ?, papers = ?, until = ?,
			newest = (SELECT coalesce(max(id), 0) FROM documents) WHERE id = ? AND step = 'open'`, list, len(h.docs), e.rows, len(h.papers), h.Until, id)
		if err != nil {
			return err
		}
		f, err = scanForgotten(tx.QueryRow(`SELECT `+forgottenCols+` FROM forgotten WHERE id = ?`, id))
		return err
	})
	return f, err
}

// An eraser takes one person out of the tables.
type eraser struct {
	tx      *txn
	p       pipeline.Person
	jobs    map[int64]bool // with documents of the person
	batches map[int64]bool // likewise; those of papers apart
	rows    int            // that changed, documents apart
}

func (e *eraser) all(h Holding) error {
	for _, d := range h.docs {
		e.jobs[d.job] = true
		if d.batch != 0 {
			e.batches[d.batch] = true
		}
		if err := e.document(d); err != nil {
			return fmt.Errorf("document %d: %w", d.id, err)
		}
	}
	for _, d := range h.papers {
		e.jobs[d.job] = true
		delete(e.batches, d.batch)
		if err := e.beside(d); err != nil {
			return fmt.Errorf("document %d: %w", d.id, err)
		}
	}
	for _, do := range []func() error{e.sent, e.readings, e.listed, e.booked, e.scattered} {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

// document empties what is personal of a document. Its key, its amounts, and the hashes by
// which it is known again stay.
func (e *eraser) document(d holder) error {
	var print, changes, undo, old, left string
	if err := e.tx.QueryRow(`SELECT print, changes, undo, old, why_left FROM documents WHERE id = ?`, d.id).Scan(&print, &changes, &undo, &old, &left); err != nil {
		return err
	}
	changes, err := e.changes(changes)
	if err != nil {
		return err
	}
	old, _ = e.p.Mask(old)
	left, _ = e.p.Mask(left)
	if _, err := e.tx.Exec(`UPDATE documents SET body = ?, print = ?, changes = ?, undo = ?, old = ?, why_left = ? WHERE id = ?`,
		string(e.p.BlankJSON(d.body)), e.text(print), changes, e.text(undo), old, left, d.id); err != nil {
		return err
	}
	return e.beside(d)
}

// text is a text of ours without the person: JSON, or words.
func (e *eraser) text(text string) string {
	if json.Valid([]byte(text)) {
		return string(e.p.BlankJSON([]byte(text)))
	}
	masked, _ := e.p.Mask(text)
	return masked
}

// changes are what a document replaced, without values of the person.
func (e *eraser) changes(text string) (string, error) {
	var list []pipeline.Change
	if err := fromJSON(text, &list); err != nil {
		return "", err
	}
	for i := range list {
		c := &list[i]
		if strings.HasPrefix(c.Field, "customer.") || strings.HasPrefix(c.Field, "buyer.") || e.p.Known(c.Old) || e.p.Known(c.New) {
			c.Old, c.New = "", ""
		}
	}
	return toJSON(list)
}

// beside takes the person out of what stands beside a document: its words, and its
// problems.
func (e *eraser) beside(d holder) error {
	var text string
	if err := e.tx.QueryRow(`SELECT words FROM documents WHERE id = ?`, d.id).Scan(&text); err != nil {
		return err
	}
	var words []string
	if err := fromJSON(text, &words); err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(words), e.theirs)
	for _, w := range words {
		if e.theirs(w) {
			if _, err := e.tx.Exec(`DELETE FROM words WHERE word = ? AND key = ?`, pipeline.Fold(w), d.key); err != nil {
				return err
			}
			e.rows++
		}
	}
	list, err := toJSON(left)
	if err != nil {
		return err
	}
	if _, err := e.tx.Exec(`UPDATE documents SET words = ? WHERE id = ?`, list, d.id); err != nil {
		return err
	}
	return e.problems(`doc = ?`, true, d.id)
}

// theirs tells whether a word by which a document is found is of the person: a mail, a
// telephone, the mark of a place.
func (e *eraser) theirs(word string) bool {
	return e.p.Known(word) || strings.HasPrefix(word, "place ")
}

// problems empties the values of problems. own: they are of the person's documents.
func (e *eraser) problems(where string, own bool, args ...any) error {
	type row struct {
		id                         int64
		header, field, value, fact string
	}
	rows, err := e.tx.Query(`SELECT id, header, field, value, facts FROM problems WHERE `+where, args...)
	if err != nil {
		return err
	}
	var all []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.id, &r.header, &r.field, &r.value, &r.fact); err != nil {
			return err
		}
		all = append(all, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, r := range all {
		value, facts := r.value, r.fact
		switch {
		case own && (strings.HasPrefix(r.field, "customer.") || strings.HasPrefix(r.field, "buyer.") || pipeline.Personal(r.header)), e.p.Known(value):
			value = ""
		default:
			value, _ = e.p.Mask(value)
		}
		var with map[string]string
		if err := fromJSON(facts, &with); err != nil {
			return err
		}
		for name, text := range with {
			if name != "key" && name != "customer" && name != "other" {
				with[name], _ = e.p.Mask(text)
			}
		}
		if len(with) > 0 {
			text, err := json.Marshal(with)
			if err != nil {
				return err
			}
			facts = string(text)
		}
		if value == r.value && facts == r.fact {
			continue
		}
		e.rows++
		if _, err := e.tx.Exec(`UPDATE problems SET value = ?, facts = ? WHERE id = ?`, value, facts, r.id); err != nil {
			return err
		}
	}
	return nil
}

// sent empties the frozen requests of batches, which are final and are never sent again,
// and takes the person out of the answers to them.
func (e *eraser) sent() error {
	for batch := range e.batches {
		var paper bool
		if err := e.tx.QueryRow(`SELECT j.kind LIKE 'eta.%' FROM batches b JOIN jobs j ON j.seq = b.job WHERE b.seq = ?`, batch).Scan(&paper); err != nil {
			return err
		}
		if paper {
			continue // kept with what it was the request of
		}
		if _, err := e.tx.Exec(`UPDATE batches SET request = NULL WHERE seq = ?`, batch); err != nil {
			return err
		}
		if err := e.column("said", "body", `batch = ?`, e.p, batch); err != nil {
			return err
		}
	}
	return nil
}

// readings takes the person out of what was noted about the files with their documents.
func (e *eraser) readings() error {
	for job := range e.jobs {
		if err := e.column("jobs", "reading", `seq = ?`, e.p, job); err != nil {
			return err
		}
		if err := e.problems(`job = ?`, false, job); err != nil {
			return err
		}
	}
	return nil
}

// listed empties the person's row of the ERP's list.
func (e *eraser) listed() error {
	becomes := map[string][]byte{}
	err := eachListed(e.tx, func(code string, cols []byte, t pipeline.Traits) {
		if e.p.Owns(t) {
			becomes[code] = e.p.BlankJSON(cols, "customer")
		}
	})
	for code, cols := range becomes {
		if err == nil {
			e.rows++
			_, err = e.tx.Exec(`UPDATE table_rows SET cols = ? WHERE tbl = ? AND code = ?`, string(cols), tableOfCustomers, code)
		}
	}
	return err
}

// booked takes the person out of what is booked for later.
func (e *eraser) booked() error {
	for _, col := range []string{"body", "print", "words"} {
		if err := e.column("bookings", col, `true`, e.p.Contacts()); err != nil {
			return err
		}
	}
	return nil
}

// scattered takes mails and telephones of the person out of wherever else they stand.
func (e *eraser) scattered() error {
	for _, at := range [][2]string{{"drops", "name"}, {"drops", "folded"}, {"jobs", "reading"}, {"problems", "value"}, {"problems", "facts"}, {"problems", "header"},
		{"lanes", "error"}, {"consents", "why"}, {"releases", "why"}, {"reissues", "why"}, {"seen", "why"}, {"lapses", "file"}, {"contracts", "shape"}, {"pulled", "name"},
		{"table_rows", "cols"}, {"documents", "origins"}, {"documents", "name"}} {
		if err := e.column(at[0], at[1], `true`, e.p.Contacts()); err != nil {
			return err
		}
	}
	if err := e.column("forgotten", "why", `step = 'open'`, e.p); err != nil {
		return err
	}
	alone := e.p.Contacts()
	for _, word := range append(slices.Clone(alone.Emails), alone.Phones...) {
		done, err := e.tx.Exec(`DELETE FROM words WHERE word = ?`, pipeline.Fold(word))
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		e.rows += int(n)
	}
	return nil
}

// column masks the texts of a column that hold something of a person.
func (e *eraser) column(table, col, where string, p pipeline.Person, args ...any) error {
	rows, err := e.tx.Query(`SELECT DISTINCT CAST(`+col+` AS TEXT) FROM `+table+` WHERE `+where+` AND length(`+col+`) > 3`, args...)
	if err != nil {
		return err
	}
	becomes := map[string]string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if masked, hit := p.Mask(text); hit {
			becomes[text] = masked
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	as := "?"
	if table == "said" {
		as = "CAST(? AS BLOB)"
	}
	for text, masked := range becomes {
		e.rows++
		if _, err := e.tx.Exec(`UPDATE `+table+` SET `+col+` = `+as+` WHERE `+where+` AND CAST(`+col+` AS TEXT) = ?`, append(append([]any{masked}, args...), text)...); err != nil {
			return err
		}
	}
	return nil
}

// days are those on which the files with the person's documents came.
func (e *eraser) days() (out []string, err error) {
	for job := range e.jobs {
		var day string
		if err := e.tx.QueryRow(`SELECT day FROM jobs WHERE seq = ?`, job).Scan(&day); err != nil {
			return nil, err
		}
		out = append(out, day)
	}
	return out, nil
}
