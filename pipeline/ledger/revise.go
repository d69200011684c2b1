package ledger

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"wasl/pipeline"
)

// revise makes of a document whose key has left before what follows that: the
// next version of it, or nothing where nothing of interest changed.
func (f *filing) revise(w *waiting, k known) error {
	says := w.doc.State == pipeline.Ready || w.doc.State == pipeline.Skipped
	if f.rules.Revise == nil || !says || !k.left() || k.brought == f.job {
		return nil
	}
	if w.doc.State == pipeline.Ready && bytes.Equal(k.gonePrint, printOf(w.doc)) {
		return nil // judge finds it unchanged
	}
	last, err := f.lastOf(&k)
	if err != nil {
		return fmt.Errorf("the last version of %s: %w", w.doc.Key, err)
	}
	next, problems := f.rules.Revise(last, w.doc)
	next.Key, next.Kind, next.From = w.doc.Key, w.doc.Kind, w.doc.From
	w.doc = next
	w.problems = append(w.problems, problems...)
	if len(problems) > 0 && w.doc.State == pipeline.Ready {
		w.doc.State = pipeline.Held
	}
	w.revised = w.doc.State == pipeline.Ready
	return nil
}

// outside settles a document that is none its flow is for. One that has left is followed
// to its end, whatever became of its tags or its age: with a problem it is held. Of the
// others a problem is nobody's business.
func (f *filing) outside(w *waiting, k known) {
	switch {
	case !w.doc.Outside:
	case f.rules.Revise == nil || !k.left():
		w.problems = nil
	case len(w.problems) > 0:
		w.doc.State, w.doc.Left = pipeline.Held, ""
	case k.brought != f.job:
		w.doc.State, w.doc.Left = pipeline.Ready, ""
	}
}

// since is the newest document of a key that came after the one that left, and
// changed nothing.
func (f *filing) since(k known) ([]pipeline.Document, error) {
	for id := k.newest; id > k.gone; {
		d, prev, err := f.filed(id)
		if err != nil {
			return nil, err
		}
		if d != nil && d.State == pipeline.Unchanged {
			return []pipeline.Document{d.Document}, nil
		}
		id = prev
	}
	return nil, nil
}

// filed is a document as it was filed, and the one of its key before it. The document
// is nil where it is of this chunk, and not stored yet.
func (f *filing) filed(id int64) (doc *stored, prev int64, err error) {
	d, err := scanDocument(f.tx.QueryRow(`SELECT `+documentCols+`, d.prev FROM documents d WHERE d.id = ?`, id), &prev)
	if errors.Is(err, sql.ErrNoRows) {
		for _, w := range f.chunk {
			if w.id == id {
				return nil, w.prev, nil
			}
		}
		return nil, 0, nil
	}
	return &d, prev, err
}

// late tells whether a document says what was so before the newest of its key: an
// older export that comes after a newer one. Of the one that is held against it, it
// is not asked whether it left. What was superseded or changed nothing may be late
// itself: then what came before that is asked, too.
func (f *filing) late(w *waiting, k known) (bool, error) {
	switch {
	case f.rules.Older == nil, w.doc.State == pipeline.Unchanged, k.brought == f.job, f.asOf != f.job:
		return false, nil
	case w.doc.State == pipeline.Ready && k.left() && k.waiting == 0 && bytes.Equal(k.gonePrint, printOf(w.doc)):
		return false, nil // judge finds it unchanged
	}
	for id := k.newest; id != 0; {
		last, prev, err := f.filed(id)
		if err != nil {
			return false, fmt.Errorf("the newest of %s: %w", w.doc.Key, err)
		}
		if last == nil {
			return false, nil
		}
		older := last.State != pipeline.Superseded && f.rules.Older(last.Document, w.doc)
		if !older && (last.State == pipeline.Superseded || last.State == pipeline.Unchanged) {
			id = prev // what changed nothing may be old itself: it is held against what came before it, too
			continue
		}
		f.behind[w.doc.Key] = older
		return older, nil
	}
	return false, nil
}

// follow says what becomes of a part: a document that follows another one, whose
// key it names. It leaves only where that one has left or is to leave.
func (f *filing) follow(w *waiting, keys map[string]*known) error {
	of := keys[w.doc.Of]
	gone := of != nil && (of.left() || of.waiting != 0)
	switch {
	case w.doc.Of == "":
		return nil
	case w.doc.State == pipeline.Held && !gone && w.doc.Left != "": // nothing is to be told of it
		w.doc.State, w.problems = pipeline.Skipped, nil
		return nil
	case w.doc.State != pipeline.Ready && !w.doc.Within:
		return nil
	}
	if w.doc.Within {
		switch within, err := f.within(w.doc, of); {
		case err != nil:
			return err
		case within, f.behind[w.doc.Of]: // of a late file, the newest one says what is taken back
			w.doc.State, w.problems = pipeline.Skipped, nil
			return nil
		case w.doc.State != pipeline.Ready:
			return nil
		}
	}
	switch {
	case gone:
		w.doc.Left = ""
		return f.fits(w, of)
	case w.doc.Left != "":
		w.doc.State = pipeline.Skipped
	case f.behind[w.doc.Of]: // the newest one says whether it leaves
		w.doc.State = pipeline.Skipped
	default:
		w.doc.State = pipeline.Held
		p := pipeline.Problem{Rule: "part.held", With: map[string]string{"key": w.doc.Name}}
		if len(w.doc.From) > 0 {
			p.Origin = w.doc.From[0]
		}
		w.problems = append(w.problems, p)
	}
	return nil
}

// within tells whether what a part takes back is not there to be taken back, by what
// has left of the document that it follows, and what came of that since.
func (f *filing) within(part pipeline.Document, of *known) (bool, error) {
	if f.rules.Within == nil {
		return false, nil
	}
	left, err := f.lastOf(of)
	if err != nil {
		return false, err
	}
	return f.rules.Within(left, part), nil
}

// fits holds a part that was made of more than what has left.
func (f *filing) fits(w *waiting, of *known) error {
	if f.rules.Fits == nil || !of.left() {
		return nil
	}
	left, err := f.lastOf(of)
	if err != nil {
		return err
	}
	if wrong := f.rules.Fits(left, w.doc); len(wrong) > 0 {
		w.doc.State, w.problems = pipeline.Held, append(w.problems, wrong...)
	}
	return nil
}

// lastOf is the document of a key that left last, and what came of it since; one without
// a key where none has left.
func (f *filing) lastOf(of *known) (left pipeline.Document, err error) {
	if of == nil || !of.left() {
		return left, nil
	}
	last, err := scanDocument(f.tx.QueryRow(`SELECT `+documentCols+` FROM documents d WHERE d.id = ?`, of.gone))
	if err != nil {
		return left, err
	}
	left = last.Document
	left.Kind = f.rules.Kind
	left.Parts, err = f.since(*of)
	return left, err
}

// Left is what left last, or may have left, under keys and those below them.
func (f *filing) Left(keys []string) (left []pipeline.Document, err error) {
	type gone struct {
		id  int64
		doc pipeline.Document
	}
	var all []gone
	for _, key := range keys {
		rows, err := f.tx.Query(`SELECT `+documentCols+` FROM known k JOIN documents d ON d.id = k.gone
			WHERE k.space = ? AND (k.key = ? OR k.key > ? AND k.key < ?) AND k.gone_state IN ('sending', 'accepted', 'delivered')`,
			f.space, key, key+"/", key+"0") // 0 comes next after /
		if err != nil {
			return nil, fmt.Errorf("what left of %s: %w", key, err)
		}
		for rows.Next() {
			d, err := scanDocument(rows)
			if err != nil {
				return nil, errors.Join(err, rows.Close())
			}
			all = append(all, gone{d.id, d.Document})
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return nil, fmt.Errorf("what left of %s: %w", key, err)
		}
	}
	slices.SortFunc(all, func(a, b gone) int { return cmp.Compare(a.id, b.id) })
	for _, g := range all {
		g.doc.Kind = f.rules.Kind
		left = append(left, g.doc)
	}
	return left, nil
}

// orphans holds the next version of a document that the other side refused: it
// follows something that is not there.
func orphans(tx *txn, space int64, doc leaving, now int64) error {
	k, err := knownOf(tx, space, doc.key)
	if err != nil || k.waiting == 0 {
		return err
	}
	next, err := scanDocument(tx.QueryRow(`SELECT `+documentCols+` FROM documents d WHERE d.id = ? AND d.revises = 1`, k.waiting))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE documents SET state = 'held', settled = ? WHERE id = ?`, now, next.id); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE known SET waiting = 0 WHERE space = ? AND key = ?`, space, doc.key); err != nil {
		return err
	}
	p := pipeline.Problem{Rule: "revision.orphan", With: map[string]string{"key": next.Name}}
	if len(next.From) > 0 {
		p.Origin = next.From[0]
	}
	if err := addProblems(tx, next.job, next.id, []pipeline.Problem{p}); err != nil {
		return err
	}
	return moveOn(tx, next.job)
}
