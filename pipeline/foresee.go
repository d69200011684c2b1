package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// collected is what Prepare makes of a file whose sink plans: it is held against
// the other side before anything of it is filed, because that takes time, and no
// transaction waits for another machine. A large job is 100,000 documents of half a
// kilobyte and more each, so that each is held once: the list of those that are asked
// about is the one that is filed.
type collected struct {
	ready []Document // that could be built; then what was planned of them
	aside []Document // the others
	notes []note     // of all, as they came
	loose []Problem
}

// note is what is known of a document beside it.
type note struct {
	at       int  // in ready, or in aside
	aside    bool // where it is
	rows     int
	problems []Problem
	rank     int // Planned.Rank
}

// Document takes a document.
func (c *collected) Document(doc Document, rows int, problems []Problem) error {
	if doc.State == Ready {
		c.put(doc, note{rows: rows, problems: problems})
		return nil
	}
	c.notes = append(c.notes, note{at: len(c.aside), aside: true, rows: rows, problems: problems})
	c.aside = append(c.aside, doc)
	return nil
}

// put adds one that is, or was, ready.
func (c *collected) put(doc Document, n note) {
	n.at = len(c.ready)
	c.notes, c.ready = append(c.notes, n), append(c.ready, doc)
}

// doc is the document of a note.
func (c *collected) doc(n note) *Document {
	if n.aside {
		return &c.aside[n.at]
	}
	return &c.ready[n.at]
}

// Problem takes a problem of no document.
func (c *collected) Problem(p Problem) error {
	c.loose = append(c.loose, p)
	return nil
}

// file hands everything on, what is to leave first in front.
func (c *collected) file(to Filing) error {
	slices.SortStableFunc(c.notes, func(a, b note) int { return cmp.Compare(a.rank, b.rank) })
	for _, n := range c.notes {
		doc := c.doc(n)
		if err := to.Document(*doc, n.rows, n.problems); err != nil {
			return err
		}
	}
	for _, p := range c.loose {
		if err := to.Problem(p); err != nil {
			return err
		}
	}
	return nil
}

// ahead reads a job's file to its end and holds what it makes of it against the
// other side.
func (p *preparing) ahead(ctx context.Context, drop Drop, file File, planner Planner) (*collected, error) {
	c := &collected{}
	q := Question{Job: p.job, Kind: p.flow.Kind.Name, Settings: p.flow.Settings}
	var err error
	if drop.IsMemo() {
		err = p.recall(file, c, &q)
	} else {
		_, err = p.fill(ctx, drop, file, c)
		q.Whole = p.whole()
	}
	if err != nil {
		return nil, err
	}
	kind := p.flow.Kind
	q.Delivered = func(ctx context.Context, keys []string) (map[string]bool, error) {
		return p.steps.Ledger.Delivered(ctx, kind.Name, cmp.Or(kind.Space, p.flow.Lane), keys)
	}
	q.Named = func(ctx context.Context, words []string) ([]Document, error) {
		return p.steps.Ledger.Named(ctx, kind.Name, cmp.Or(kind.Space, p.flow.Lane), words)
	}
	if q.Booked, err = p.booked(ctx); err != nil {
		return nil, err
	}
	if err := c.plan(ctx, planner, q); err != nil {
		return nil, fmt.Errorf("read what %s holds now: %w", p.flow.Lane, err)
	}
	p.weigh(c)
	return c, nil
}

// plan asks what the documents would change, and makes each of them what the plan
// says of it.
func (c *collected) plan(ctx context.Context, planner Planner, q Question) error {
	q.Docs, q.Aside = c.ready, c.aside
	of := make([]int, len(c.ready)) // the note of each that is asked about
	for i, n := range c.notes {
		if !n.aside {
			of[n.at] = i
		}
	}
	taken := 0
	q.Take = func(i int, planned Planned) {
		c.take(of[i], planned)
		taken++
	}
	plan, err := planner.Plan(ctx, q)
	if err != nil {
		return err
	}
	if taken+len(plan.Docs) != len(q.Docs) || taken > 0 && len(plan.Docs) > 0 {
		return fmt.Errorf("%d documents were planned of %d", taken+len(plan.Docs), len(q.Docs))
	}
	for i, planned := range plan.Docs {
		c.take(of[i], planned)
	}
	for _, planned := range plan.More {
		planned.Doc.Kind, planned.Doc.State = q.Kind, Ready
		c.put(Document{}, note{})
		c.take(len(c.notes)-1, planned)
	}
	c.loose = append(c.loose, plan.Notes...)
	return nil
}

// whole tells whether what the file does not speak of was not in it: it has rows,
// each says of what it is, its own totals agree, and it is not a workbook of some
// rows that were put aside and come back.
func (p *preparing) whole() bool {
	r := p.reading()
	return r.Rows > 0 && p.astray == 0 && r.Corrects == "" && !slices.ContainsFunc(r.Controls, func(c Control) bool { return !c.Off().IsZero() })
}

// booked are the bookings of the flow's kind and of those beside it.
func (p *preparing) booked(ctx context.Context) (map[string][]Booking, error) {
	kind := p.flow.Kind
	all, err := p.steps.Ledger.Booked(ctx, kind.Name, cmp.Or(kind.Space, p.flow.Lane))
	if err != nil {
		return nil, err
	}
	for _, beside := range kind.Beside {
		more, err := p.steps.Ledger.Booked(ctx, beside, p.flow.Lane)
		if err != nil {
			return nil, err
		}
		for key, bookings := range more {
			all[key] = append(all[key], bookings...)
		}
	}
	return all, nil
}

// take makes a document what the plan says of it.
func (c *collected) take(i int, planned Planned) {
	n := &c.notes[i]
	n.problems, n.rank = planned.Problems, planned.Rank
	doc := c.doc(*n)
	*doc = planned.Doc
	switch {
	case len(planned.Problems) > 0:
		doc.State = Held
	case planned.Left != "":
		doc.State, doc.Left = Skipped, planned.Left
	case planned.Same:
		doc.State = Unchanged
	}
}

// weigh counts what the gate looks at.
func (p *preparing) weigh(c *collected) {
	p.load.rows = p.reading().Rows
	for _, n := range c.notes {
		switch doc := c.doc(n); doc.State {
		case Ready:
			p.load.documents++
			p.load.count(*doc)
		case Unchanged, Skipped:
			if len(doc.Then) > 0 { // it will change something by itself: now is the time to look at it
				p.load.count(*doc)
			} else if doc.State == Skipped {
				continue
			}
			p.load.documents++
		}
	}
}

// recall reads the wishes of a memo.
func (p *preparing) recall(file File, to Filing, q *Question) error {
	m, err := ReadMemo(io.NewSectionReader(file, 0, file.Size()))
	if err != nil {
		return err
	}
	if m.Flow != p.flow.Name {
		return fmt.Errorf("a memo of %s came to %s", m.Flow, p.flow.Name)
	}
	q.Memo, q.All, p.hold = m.Why, m.All, m.Hold
	p.read = &Reading{Format: "wasl", Rows: len(m.Docs)}
	for _, line := range m.Docs {
		doc := Document{Key: line.Key, Kind: p.flow.Kind.Name, Name: line.Name, Body: line.Body, Print: line.Print,
			Words: line.Words, From: line.From, Sent: line.Sent, State: Ready}
		if err := to.Document(doc, 1, nil); err != nil {
			return err
		}
	}
	return nil
}

// errNoPlan is the error of a memo for a sink that cannot plan.
var errNoPlan = errors.New("only a flow whose changes can be foreseen can take a memo")
