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
// transaction waits for another machine.
type collected struct {
	docs  []planning
	loose []Problem
}

// Document takes a document.
func (c *collected) Document(doc Document, rows int, problems []Problem) error {
	c.docs = append(c.docs, planning{doc: doc, rows: rows, problems: problems})
	return nil
}

// Problem takes a problem of no document.
func (c *collected) Problem(p Problem) error {
	c.loose = append(c.loose, p)
	return nil
}

// file hands everything on, what is to leave first in front.
func (c *collected) file(to Filing) error {
	slices.SortStableFunc(c.docs, func(a, b planning) int { return cmp.Compare(a.rank, b.rank) })
	for _, w := range c.docs {
		if err := to.Document(w.doc, w.rows, w.problems); err != nil {
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
	if q.Booked, err = p.booked(ctx); err != nil {
		return nil, err
	}
	at := c.ask(&q)
	plan, err := planner.Plan(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("read what %s holds now: %w", p.flow.Lane, err)
	}
	if len(plan.Docs) != len(q.Docs) {
		return nil, fmt.Errorf("%s planned %d documents of %d", p.flow.Lane, len(plan.Docs), len(q.Docs))
	}
	for i, planned := range plan.Docs {
		c.docs[at[i]].take(planned)
	}
	for _, planned := range plan.More {
		planned.Doc.Kind, planned.Doc.State = p.flow.Kind.Name, Ready
		w := planning{}
		w.take(planned)
		c.docs = append(c.docs, w)
	}
	c.loose = append(c.loose, plan.Notes...)
	p.weigh(c)
	return c, nil
}

// whole tells whether what the file does not speak of was not in it: it has rows,
// each says of what it is, its own totals agree, and it is not a workbook of some
// rows that were put aside and come back.
func (p *preparing) whole() bool {
	r := p.reading()
	return r.Rows > 0 && p.astray == 0 && r.Corrects == "" && !slices.ContainsFunc(r.Controls, func(c Control) bool { return !c.Off().IsZero() })
}

// ask puts the documents into a question, and says which of them its Docs are.
func (c *collected) ask(q *Question) (at []int) {
	for i, w := range c.docs {
		if w.doc.State == Ready {
			q.Docs, at = append(q.Docs, w.doc), append(at, i)
		} else {
			q.Aside = append(q.Aside, w.doc)
		}
	}
	return at
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
func (w *planning) take(planned Planned) {
	w.doc, w.problems, w.rank = planned.Doc, planned.Problems, planned.Rank
	switch {
	case len(planned.Problems) > 0:
		w.doc.State = Held
	case planned.Left != "":
		w.doc.State, w.doc.Left = Skipped, planned.Left
	case planned.Same:
		w.doc.State = Unchanged
	}
}

// weigh counts what the gate looks at.
func (p *preparing) weigh(c *collected) {
	p.load.rows = p.reading().Rows
	for _, w := range c.docs {
		switch w.doc.State {
		case Ready:
			p.load.documents++
			p.load.count(w.doc)
		case Unchanged, Skipped:
			if len(w.doc.Then) > 0 { // it will change something by itself: now is the time to look at it
				p.load.count(w.doc)
			} else if w.doc.State == Skipped {
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
