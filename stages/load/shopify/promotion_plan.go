package shopify

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"wasl/pipeline"
)

// plan reads what the items cost now and says what their promotions change, at this
// moment and at the next one at which something does.
func (s promotionDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	wishes := make([]promotion, len(q.Docs))
	var codes []string
	spoken := map[string]bool{}
	for i, doc := range q.Docs {
		w, err := bodyOf[promotion](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		wishes[i], spoken[doc.Key] = w, true
		codes = append(codes, w.Code, w.SKU, w.Barcode)
	}
	for _, doc := range q.Aside {
		spoken[doc.Key] = true
	}
	var gone []pipeline.Document
	if q.Memo == "" && q.Whole && q.Settings["complete"] == "true" {
		gone = withdrawn(q.Booked, spoken)
	}
	for _, doc := range gone {
		w, err := bodyOf[promotion](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		codes = append(codes, w.Code, w.SKU, w.Barcode)
	}
	b, err := s.board(ctx, q, codes)
	if err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	for i, doc := range q.Docs {
		if plan.Docs[i], err = b.promote(doc, wishes[i], ""); err != nil {
			return pipeline.Plan{}, err
		}
	}
	for _, doc := range gone {
		w, err := bodyOf[promotion](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		w.Periods = nil
		one, err := b.promote(doc, w, "withdrawn")
		if err != nil {
			return pipeline.Plan{}, err
		}
		plan.More = append(plan.More, one)
	}
	return plan, nil
}

// withdrawn are the documents of items that have a promotion booked, of which a
// complete file does not speak.
func withdrawn(booked map[string][]pipeline.Booking, spoken map[string]bool) []pipeline.Document {
	var out []pipeline.Document
	for _, key := range slices.Sorted(maps.Keys(booked)) {
		if spoken[key] || len(booked[key]) == 0 || booked[key][0].Doc.Kind != kindPromotion {
			continue
		}
		doc := booked[key][0].Doc
		out = append(out, pipeline.Document{Key: key, Kind: kindPromotion, Name: doc.Name, Body: doc.Body, Print: doc.Print, Words: doc.Words})
	}
	return out
}

// before is what was booked last for an item: its promotions, and what it costs
// without them where one runs. The zero promotion where nothing is booked.
func before(booked []pipeline.Booking) (last promotion, err error) {
	for _, b := range booked {
		if b.Doc.Kind != kindPromotion {
			continue
		}
		p, err := bodyOf[promotion](b.Doc)
		if err != nil {
			return last, err
		}
		if last.Code == "" || p.Base != nil {
			last = p
		}
	}
	return last, nil
}

// promote says what the promotions of an item make of its price now. why is the
// reason where no row of a file is.
//
// A file is held against what is booked: what it says of a promotion takes the place
// of what was said before; what it does not speak of stays, unless the flow is
// complete. A booking that is due, and a wish that puts back, stand for themselves.
func (b *board) promote(doc pipeline.Document, w promotion, why string) (pipeline.Planned, error) {
	held := func(problems ...pipeline.Problem) (pipeline.Planned, error) {
		return pipeline.Planned{Doc: doc, Problems: problems}, nil
	}
	last, err := before(b.q.Booked[doc.Key])
	if err != nil {
		return pipeline.Planned{}, err
	}
	fresh := w.Base == nil // nothing of it has begun
	switch b.q.Memo {
	case pipeline.MemoUndo:
	case pipeline.MemoBooking:
		if last.Code != "" { // something newer was booked since
			w = last
		}
	default:
		if why == "" && b.q.Settings["complete"] != "true" {
			w.Periods = merged(w.Periods, last.Periods)
		}
		if last.Base != nil {
			w.Base, w.First, w.To = last.Base, last.First, last.To
		}
	}
	w.Periods = toCome(w.Periods, b.now)
	v, problems := b.item(doc, w.Code, w.SKU, w.Barcode, "")
	if v == nil {
		return held(problems...)
	}
	w.Target = Target{Variant: v.ID, Product: v.Product.ID}
	if one, other, found := clash(w.Periods); found && b.q.Settings["overlap"] != overlapLowest {
		return held(wrong(doc, "starts", "", "promotion.overlap", map[string]string{"one": b.span(one), "other": b.span(other)}))
	}
	now := tagOf(v)
	base, applied := now, false
	switch {
	case w.Base == nil || w.To == nil || now.same(*w.Base): // none runs, or somebody has ended it the same way
	case now.same(*w.To):
		base, applied = *w.Base, true
	case b.q.Memo == pipeline.MemoUndo:
		return held(wrong(doc, "price", "", "undo.moved", map[string]string{"sent": w.To.words(), "now": now.words()}))
	default:
		return held(wrong(doc, "price", "", "promotion.moved", map[string]string{"promotion": w.To.words(), "now": now.words(), "before": w.Base.words()}))
	}
	return b.turn(doc, w, turning{now: now, base: base, applied: applied, last: last, fresh: fresh, why: why})
}

// A turning is a moment at which the promotions of an item are looked at.
type turning struct {
	now     tag  // what the shop shows
	base    tag  // what the item costs without a promotion
	applied bool // a promotion of ours is what the shop shows
	last    promotion
	fresh   bool // nothing of it had begun
	why     string
}

// turn makes a document of an item whose price without a promotion is known.
func (b *board) turn(doc pipeline.Document, w promotion, t turning) (pipeline.Planned, error) {
	round, _ := roundingOf(b.q.Settings["round"], b.q.Settings["direction"])
	seen := w.First
	if !t.applied {
		w.First = nil
	}
	to, runs := t.base, false
	if p, ok := inForce(w.Periods, b.now, *t.base.Price, round); ok {
		to, runs = p.tag(t.base, round), true
		if !to.Price.LessThan(*t.base.Price) {
			return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wrong(doc, "price", shown(p.Price), "promotion.higher",
				map[string]string{"price": money(*to.Price), "without": money(*t.base.Price)})}}, nil
		}
	}
	was, first := pure(t.now), pure(t.base)
	w.Was, w.Base, w.To = &was, nil, nil
	if runs {
		w.Base, w.To = &first, &to
		if w.First == nil {
			w.First = &first
		}
	} else {
		target := pure(t.base)
		w.To = &target
	}
	approved := b.q.Memo == pipeline.MemoBooking && (t.applied && !runs || seen != nil && seen.same(t.base))
	doc.Changes = promotionChanges(was, *w.To, t, approved)
	doc.Old = was.words()
	doc.Print = w.print()
	doc.Undo = w.undoing(t, was)
	doc.Then = b.bookings(doc, w, t, runs)
	doc.Body = packed(w)
	planned := pipeline.Planned{Doc: doc, Same: len(doc.Changes) == 0 && !b.q.All}
	var later []pipeline.Change
	if b.q.Memo != pipeline.MemoBooking && (!planned.Same || len(doc.Then) > 0) {
		later = b.scheduled(w, t.base, round)
	}
	next := nextStart(w.Periods, b.now)
	switch {
	case !planned.Same:
		planned.Doc.Changes = append(doc.Changes, later...)
	case !next.IsZero() && (len(later) > 0 || !runs && !t.applied):
		planned.Left = b.says("promotion.scheduled", map[string]string{"starts": b.clock(next), "price": b.foreseen(w, next, t.base, round)})
		planned.Doc.Changes = later
	case runs || t.applied:
	case b.q.Memo == "" && t.why != "":
		planned.Left = b.says("promotion.withdrawn", nil)
	case b.q.Memo == "", b.q.Memo == pipeline.MemoBooking && t.fresh:
		planned.Left = b.says("promotion.over", nil)
	}
	return planned, nil
}

// pure is what customers see of a tag.
func pure(t tag) tag { return tag{Price: t.Price, Compare: t.Compare} }

// print is what is compared to tell a change of what leaves.
func (w promotion) print() string { return w.To.words() }

// promotionChanges are what a turn replaces. What was looked at when the promotion
// was put down, and the end of it, is not weighed again: nobody is there at midnight
// to release it.
func promotionChanges(from, to tag, t turning, approved bool) []pipeline.Change {
	w := price{Why: t.why, CompareWhy: t.why}
	changes := w.changes(pure(from), pure(to), t.now.Cost)
	if !approved {
		return changes
	}
	out := changes[:0]
	for _, c := range changes {
		if c.Mark != pipeline.MarkCost {
			c.Mark, c.Move = "", ""
			out = append(out, c)
		}
	}
	return out
}

// scheduled are the changes that promotions to come will make, for people and the
// gate: what passes it now starts by itself.
func (b *board) scheduled(w promotion, base tag, round rounding) []pipeline.Change {
	var out []pipeline.Change
	for _, p := range w.Periods {
		if p.Starts.After(b.now) {
			out = append(out, promotionChanges(pure(base), p.tag(base, round), turning{now: base, why: "from " + b.clock(p.Starts)}, false)...)
		}
	}
	return out
}

// foreseen is the price that a promotion to come will show, as things stand.
func (b *board) foreseen(w promotion, at time.Time, base tag, round rounding) string {
	p, ok := inForce(w.Periods, at, *base.Price, round)
	if !ok {
		return "-"
	}
	return money(*p.tag(base, round).Price)
}

// undoing is the wish that puts back what a turn replaces. The end of a promotion
// that comes in its time is not put back: it would go on for ever.
func (w promotion) undoing(t turning, was tag) []byte {
	u := promotion{Code: w.Code, SKU: w.SKU, Barcode: w.Barcode, Periods: t.last.Periods}
	switch {
	case !t.applied: // it started: it is ended
		u.Base, u.To = &was, w.To
	case t.last.Code == "":
		return nil
	case w.Base == nil: // it was withdrawn: it goes on
		u.Base, u.To = w.To, w.To
	default: // its price moved: it is as before
		u.Base, u.First, u.To = w.Base, w.First, w.To
	}
	return packed(u)
}

// bookings are what is to be done next for an item, and what was booked before and
// is not to be done. What is booked so already is not booked again.
func (b *board) bookings(doc pipeline.Document, w promotion, t turning, runs bool) []pipeline.Booking {
	word := wordStart
	if runs {
		word = wordEnd
	}
	w.Was = nil
	if !runs {
		first := pure(t.base)
		w.First, w.Base, w.To = &first, nil, nil
	}
	next := pipeline.Booking{At: nextChange(w.Periods, b.now), Why: word,
		Doc: pipeline.Document{Key: promotionKey(w.Code), Name: doc.Name, Body: packed(w), Print: doc.Print, Words: doc.Words}}
	due := !next.At.IsZero()
	var out []pipeline.Booking
	for _, old := range b.q.Booked[doc.Key] {
		switch {
		case old.Doc.Kind != kindPromotion:
		case due && old.Why == word:
			if old.At.Equal(next.At) && bytes.Equal(old.Doc.Body, next.Doc.Body) {
				due = false
			}
		default: // taken back
			old.At = time.Time{}
			out = append(out, old)
		}
	}
	if due {
		out = append(out, next)
	}
	return out
}

// span names a period for people.
func (b *board) span(p period) string {
	name := p.Name
	if name != "" {
		name += " "
	}
	starts := "…"
	if !p.Starts.IsZero() {
		starts = b.clock(p.Starts)
	}
	return name + starts + " – " + b.clock(p.Ends)
}
