package shopify

import (
	"cmp"
	"context"

	"wasl/pipeline"
)

// plan reads the orders that notes speak of, and allots their lines to what the orders
// have left to send. Notes of one order are allotted one after the other, after those
// that are taken back.
func (s fulfilDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	wishes, refs := make([]delivery, len(q.Docs)), make([]orderRef, len(q.Docs))
	for i, doc := range q.Docs {
		w, err := bodyOf[delivery](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		w.shipped = shipped{}
		wishes[i], refs[i] = w, w.Order
	}
	gids, problems, err := s.locate(ctx, q.Docs, refs)
	if err != nil {
		return pipeline.Plan{}, err
	}
	orders, err := s.toSend(ctx, s.patient, gids)
	if err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	for _, cancels := range []bool{true, false} {
		for i, doc := range q.Docs {
			if wishes[i].Cancel != cancels {
				continue
			}
			o := orders[gids[i]]
			if why := cannotSend(doc, wishes[i], o, problems[i]); len(why) > 0 {
				plan.Docs[i] = pipeline.Planned{Doc: doc, Problems: why}
				continue
			}
			h := handling{doc: doc, w: wishes[i], o: o, q: q, lang: s.lang}
			if plan.Docs[i], err = h.planned(); err != nil {
				return pipeline.Plan{}, err
			}
		}
	}
	return plan, nil
}

// cannotSend says why nothing can be said of a note's order.
func cannotSend(doc pipeline.Document, w delivery, o *sending, found *pipeline.Problem) []pipeline.Problem {
	switch {
	case found != nil:
		return []pipeline.Problem{*found}
	case o == nil:
		return []pipeline.Problem{unknownOrder(doc, w.Order)}
	case !o.Notes.readable():
		return []pipeline.Problem{unreadableTicks(doc, o.Name, keyNotes)}
	case !o.whole():
		return []pipeline.Problem{ofOrder(doc, "order.name", o.Name, "fulfil.large", map[string]string{"order": o.Name})}
	}
	return otherOrder(doc, w.Order, o.Name)
}

// handling is one note next to its order.
type handling struct {
	doc  pipeline.Document
	w    delivery
	o    *sending
	q    pipeline.Question
	lang string
}

func (h *handling) held(p ...pipeline.Problem) (pipeline.Planned, error) {
	return pipeline.Planned{Doc: h.doc, Problems: p}, nil
}

// done is the document with what it changes.
func (h *handling) done(changes []pipeline.Change, undo *delivery, rank int) (pipeline.Planned, error) {
	h.w.GID = h.o.ID
	h.doc.Body, h.doc.Changes, h.doc.Undo = packed(h.w), changes, nil
	if undo != nil {
		undo.Note, undo.Order = h.w.Note, orderRef{ID: numberOf(h.o.ID)}
		h.doc.Undo = packed(*undo)
	}
	again := h.q.All && len(h.w.Track) > 0
	return pipeline.Planned{Doc: h.doc, Same: len(changes) == 0 && !again, Rank: rank}, nil
}

func (h *handling) planned() (pipeline.Planned, error) {
	there := h.o.parcels(h.w.Note)
	if h.w.Cancel {
		return h.takeBack(there)
	}
	for _, p := range there {
		if p.cancelled() {
			return h.held(ofOrder(h.doc, "note", h.w.Note, "fulfil.undone", map[string]string{"note": h.w.Note, "name": p.Name}))
		}
	}
	var changes []pipeline.Change
	if len(there) == 0 || h.begun() {
		made, problems := h.sends()
		if len(problems) > 0 {
			return h.held(problems...)
		}
		h.w.Make, changes = true, made
	} else if was, now := h.o.sentBy(h.w.Note).said(), h.w.contents().said(); len(h.w.Lines) > 0 && was != now {
		return h.held(ofOrder(h.doc, "sku", "", "fulfil.changed", map[string]string{"note": h.w.Note, "was": was, "now": now}))
	}
	tracks, undo, problems, err := h.track(there)
	if err != nil || len(problems) > 0 {
		return pipeline.Planned{Doc: h.doc, Problems: problems}, err
	}
	if h.w.Make && len(there) == 0 { // what was begun is not taken back by what was left of it
		undo = &delivery{Cancel: true}
	}
	return h.done(append(changes, tracks...), undo, 1)
}

// begun tells whether a note was sent in part only, because something broke off: its
// ticks say of what else it was to be.
func (h *handling) begun() bool {
	for _, i := range h.o.Notes.of(h.w.Note) {
		if h.o.Notes[i].Is == "" {
			return len(h.w.Lines) > 0
		}
	}
	return false
}

// takeBack is a note that was cancelled.
func (h *handling) takeBack(there []*parcel) (pipeline.Planned, error) {
	var changes []pipeline.Change
	for _, p := range there {
		if p.stands() {
			h.w.Void = append(h.w.Void, p.ID)
			changes = append(changes, pipeline.Change{Field: "fulfillment", Old: p.Name + ": " + p.has(), Mark: pipeline.MarkDelete})
			h.o.reopen(p)
		}
	}
	if len(there) == 0 && h.q.Memo == "" {
		lang := cmp.Or(h.lang, "en")
		return pipeline.Planned{Doc: h.doc, Left: pipeline.Problem{Rule: "fulfil.never", With: map[string]string{"note": h.w.Note}}.Says(lang)}, nil
	}
	return h.done(changes, nil, 0)
}

// reopen gives back to the order what a parcel held, as Shopify will.
func (o *sending) reopen(p *parcel) {
	for _, item := range p.Items.Nodes {
		for _, f := range o.Orders.Nodes {
			for _, l := range f.Lines.Nodes {
				if l.Line.ID == item.Line.ID && f.place() == p.place() {
					l.Left += item.Quantity
					if f.Status == "CLOSED" {
						f.Status = "OPEN"
					}
				}
			}
		}
	}
	p.Status = "CANCELLED"
}

// loads are what a note sends, by location.
func (h *handling) loads() ([]load, []pipeline.Problem) {
	switch {
	case len(h.w.Lines) == 0:
		return nil, []pipeline.Problem{ofOrder(h.doc, "sku", "", "fulfil.empty", map[string]string{"note": h.w.Note})}
	case h.o.Cancelled != nil:
		return nil, []pipeline.Problem{ofOrder(h.doc, "order.name", h.o.Name, "order.cancelled", map[string]string{"order": h.o.Name})}
	}
	return h.o.allot(h.doc, h.w)
}

// sends tells what a note would send.
func (h *handling) sends() (changes []pipeline.Change, problems []pipeline.Problem) {
	loads, problems := h.loads()
	for _, l := range loads {
		changes = append(changes, pipeline.Change{Field: "fulfillment", New: l.name + ": " + l.contents().said()})
	}
	if t := h.w.Tracking; t != nil && len(loads) > 0 {
		changes = append(changes, pipeline.Change{Field: "tracking", New: t.said()})
	}
	return changes, problems
}

// track tells which parcels get another tracking. Undone is what a person has not
// changed since.
func (h *handling) track(there []*parcel) (changes []pipeline.Change, undo *delivery, problems []pipeline.Problem, err error) {
	if h.w.Tracking == nil {
		return nil, nil, nil, nil
	}
	for _, p := range there {
		old := p.tracked()
		want := h.w.Tracking.over(old)
		if want == old && !h.q.All {
			continue
		}
		h.w.Track = append(h.w.Track, p.ID)
		if want == old {
			continue
		}
		if moved, err := h.moved(old); err != nil || moved != nil {
			return nil, nil, moved, err
		}
		changes = append(changes, pipeline.Change{Field: "tracking", Old: old.said(), New: want.said()})
		if old != (tracking{}) {
			undo = &delivery{Tracking: &old}
		}
	}
	return changes, undo, nil, nil
}

// moved tells of a wish that puts a tracking back where the shop shows another one
// than was set then.
func (h *handling) moved(now tracking) ([]pipeline.Problem, error) {
	if h.q.Memo != pipeline.MemoUndo || len(h.doc.Sent) == 0 {
		return nil, nil
	}
	doc := h.doc
	doc.Body = doc.Sent
	sent, err := bodyOf[delivery](doc)
	if err != nil || sent.Tracking == nil || sent.Tracking.over(now) == now {
		return nil, err
	}
	return []pipeline.Problem{ofOrder(h.doc, "tracking", now.Number, "undo.moved",
		map[string]string{"field": "tracking", "sent": sent.Tracking.said(), "now": now.said()})}, nil
}

// contents are all of a note's pieces.
func (w delivery) contents() contents {
	c := contents{}
	for _, l := range w.Lines {
		c[l.SKU] += l.Quantity
	}
	return c
}

// sentBy is what a note became, all parcels together.
func (o *sending) sentBy(no string) contents {
	c := contents{}
	for _, p := range o.parcels(no) {
		for _, i := range p.Items.Nodes {
			c[pipeline.Clean(i.Line.SKU)] += i.Quantity
		}
	}
	return c
}
