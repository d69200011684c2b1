package shopify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// goodsNeed is what is read of a shop to compare products with it.
const goodsNeed = needCodes | needDetail | needWhole

// plan reads what the shop has of the items and groups that documents speak of,
// and compares.
func (s productDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	rules := goodsRulesOf(q.Settings)
	b := &bench{rules: rules, all: q.All, lacking: pipeline.Problem{Rule: "product.lacking"}.Says(cmp.Or(s.lang, "en")), undo: q.Memo == pipeline.MemoUndo, docs: q.Docs}
	if err := b.read(); err != nil {
		return pipeline.Plan{}, err
	}
	codes, groups, n := b.wanted()
	began := s.now()
	var err error
	if b.shelf, err = s.survey(ctx, n, codes, groups...); err != nil {
		return pipeline.Plan{}, err
	}
	b.calm = b.shelf.calm(began)
	b.match()
	if err := s.readNamesakes(ctx, b); err != nil {
		return pipeline.Plan{}, err
	}
	if b.sent, err = b.sentBefore(ctx, q); err != nil {
		return pipeline.Plan{}, err
	}
	if b.shown, err = s.readPublished(ctx, rules.publish, b.watched(), b.unveils()); err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	for i := range q.Docs {
		plan.Docs[i] = b.planned(i)
	}
	plan.Notes = b.notes
	return plan, nil
}

// A bench is where documents are held against what was read of a shop.
type bench struct {
	rules   goodsRules
	lacking string // why a product is left out that the shop lacks
	all     bool   // what differs in nothing leaves too
	undo    bool   // the wishes put back what left before
	docs    []pipeline.Document

	wishes   []goods
	found    []matched
	problems [][]pipeline.Problem
	shelf    *shelf
	sent     map[string]bool     // keys of products that the shop lacks, and had from us
	holders  map[string]*product // by handle: of products that are to be made
	shown    publications
	calm     string
	notes    []pipeline.Problem
}

// readingTook is how long the reading of a shop may have taken at most.
const readingTook = 15 * time.Minute

// calm is when anything on the shelf was last changed, where that was not while it
// was read: then what changes later is newer than all of it. Else it is "".
func (h *shelf) calm(began time.Time) string {
	var newest time.Time
	for _, p := range h.products {
		if p.UpdatedAt.After(newest) {
			newest = p.UpdatedAt
		}
	}
	if newest.IsZero() || newest.After(began.Add(-readingTook)) {
		return ""
	}
	return stamp(newest)
}

// read takes the wishes out of the documents.
func (b *bench) read() error {
	b.wishes = make([]goods, len(b.docs))
	for i, doc := range b.docs {
		w, err := bodyOf[goods](doc)
		if err != nil {
			return err
		}
		b.wishes[i] = w.wish()
	}
	return nil
}

// wanted are the codes and groups that the wishes speak of, and what has to be
// read for them: descriptions and weights only where there are any.
func (b *bench) wanted() (codes, groups []string, n need) {
	n = goodsNeed
	codes = []string{}
	for _, w := range b.wishes {
		groups = append(groups, w.Group)
		for _, v := range w.Wares {
			codes = append(codes, v.Code, v.SKU, barcodeOf(&v))
		}
		n |= w.needs()
	}
	return codes, groups, n
}

// needs is what has to be read to compare a wish, beside what always is.
func (w goods) needs() (n need) {
	if w.HTML != nil {
		n |= needText
	}
	if slices.ContainsFunc(w.Wares, func(v ware) bool { return v.Weight != nil }) {
		n |= needWeight
	}
	return n
}

// match finds what is meant by each wish. A variant that several wishes mean, or a
// product of several groups, is a problem of all of them.
func (b *bench) match() {
	b.found, b.problems = make([]matched, len(b.docs)), make([][]pipeline.Problem, len(b.docs))
	users := map[string][]int{}
	for i := range b.wishes {
		b.found[i], b.problems[i] = b.shelf.match(&b.wishes[i], b.docs[i], b.rules.order)
		if p := b.found[i].product; p != nil {
			users[p.ID] = append(users[p.ID], i)
		}
	}
	for id, all := range users {
		if len(all) < 2 {
			continue
		}
		var groups []string
		for _, i := range all {
			groups = append(groups, b.wishes[i].Group)
		}
		for _, i := range all {
			b.problems[i] = append(b.problems[i], wareProblem(b.docs[i], nil, "group", b.wishes[i].Group, "product.groups",
				map[string]string{"groups": fmt.Sprint(groups), "candidates": named([]*product{b.shelf.products[id]})}))
		}
	}
}

// sentBefore are the keys of products that the shop lacks though they were sent to
// it: somebody has deleted them there, and knows why.
func (b *bench) sentBefore(ctx context.Context, q pipeline.Question) (map[string]bool, error) {
	if q.Delivered == nil || q.Settings["gone"] == goneMake {
		return nil, nil
	}
	var keys []string
	for i, doc := range b.docs {
		if b.found[i].product == nil && len(b.problems[i]) == 0 {
			keys = append(keys, doc.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return q.Delivered(ctx, keys)
}

// watched are the products of which it has to be known whether they are shown.
func (b *bench) watched() []string {
	ids := []string{}
	for i, w := range b.wishes {
		p := b.found[i].product
		if p != nil && (w.Published != nil || w.Status == "ACTIVE" && p.Status != "ACTIVE") {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// unveils tells whether a product that is to be made is to be shown.
func (b *bench) unveils() bool {
	for i, w := range b.wishes {
		active := w.Status == "ACTIVE" || w.Status == "" && b.rules.fresh == "ACTIVE"
		if b.found[i].product == nil && (w.Published != nil && *w.Published || w.Published == nil && active) {
			return true
		}
	}
	return false
}

// planned is what would become of one document.
func (b *bench) planned(i int) pipeline.Planned {
	doc, w, m := b.docs[i], b.wishes[i], b.found[i]
	if len(b.problems[i]) > 0 {
		return pipeline.Planned{Doc: doc, Problems: b.problems[i]}
	}
	held := func(v *ware, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Planned {
		return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wareProblem(doc, v, field, value, rule, with)}}
	}
	if m.product == nil {
		switch {
		case b.undo || len(w.Wares) == 0 || b.rules.create == createHold:
			return held(nil, "group", w.Group, "product.unknown", map[string]string{"group": w.Group})
		case b.rules.create == createNo:
			return pipeline.Planned{Doc: doc, Left: b.lacking}
		}
		if b.sent[doc.Key] {
			return held(nil, "group", w.Group, "product.deleted", map[string]string{"group": w.Group})
		}
		if other := b.holders[handleOf(w)]; other != nil {
			return held(nil, "handle", handleOf(w), "product.handle",
				map[string]string{"group": w.Group, "handle": handleOf(w), "candidates": named([]*product{other})})
		}
	}
	l, rule, with, at := m.lay(&w)
	if rule != "" {
		return held(at, "option1", "", rule, with)
	}
	if missing := m.missing(); len(missing) > 0 && b.rules.missing != "" && !b.undo {
		p := wareProblem(doc, nil, "code", "", "product.missing", map[string]string{"group": w.Group, "candidates": candidates(missing)})
		if b.rules.missing == missingHold {
			return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{p}}
		}
		b.notes = append(b.notes, p)
	}
	c := b.rules.compare(w, m, l, b.shown.of(m.product))
	if b.undo {
		if moved := movedOn(doc, c); len(moved) > 0 {
			return pipeline.Planned{Doc: doc, Problems: moved}
		}
	}
	return b.filled(doc, w, c)
}

// missing are the variants of ours of which the ERP does not speak any more.
func (m *matched) missing() []*variant {
	return slices.DeleteFunc(slices.Clone(m.rest), func(v *variant) bool { return v.ItemCode == "" })
}

// filled is a document with what was found out.
func (b *bench) filled(doc pipeline.Document, w goods, c *comparing) pipeline.Planned {
	w.made = made{Set: c.line(), Keys: c.keys, Show: c.show}
	if p := c.have.product; p != nil {
		w.Product, w.Seen = p.ID, stamp(p.UpdatedAt)
		w.Calm = b.calm
	}
	if c.show != nil {
		w.Channel = b.shown.channel
	}
	doc.Body, doc.Changes, doc.Undo = packed(w), c.changes, c.back()
	doc.Old = ""
	if len(c.changes) == 1 {
		doc.Old = c.changes[0].Old
	}
	same := len(c.changes) == 0
	if same && b.all && w.Set == nil {
		c.touched = len(c.lay.wares) > 0
		w.Set = c.line()
		same = w.Set == nil
		doc.Body = packed(w)
	}
	return pipeline.Planned{Doc: doc, Same: same}
}

// back is the wish that puts back what changes; nil where nothing of it can be.
func (c *comparing) back() json.RawMessage {
	u := c.undo
	if u.Title == nil && u.HTML == nil && u.Vendor == nil && u.Type == nil && len(u.Tags)+len(u.Untag)+len(u.Wares) == 0 && u.Status == "" && u.Published == nil {
		return nil
	}
	if len(u.Options) > 0 { // values are told of all or none
		for i := range u.Wares {
			if len(u.Wares[i].Values) == 0 {
				at := slices.IndexFunc(c.wish.Wares, func(v ware) bool { return v.Code == u.Wares[i].Code })
				u.Wares[i].Values = valuesOf(c.have.variants[at], c.have.product)
			}
		}
	}
	return packed(u)
}

// movedOn are the values that an undo would put back, and that are no longer what
// left then: somebody has changed them since, and they are not overwritten.
func movedOn(doc pipeline.Document, c *comparing) []pipeline.Problem {
	var sent goods
	if len(doc.Sent) == 0 || json.Unmarshal(doc.Sent, &sent) != nil {
		return nil
	}
	left := leftThen(sent)
	var moved []pipeline.Problem
	for _, ch := range c.changes {
		if then, ok := left[ch.Field]; ok && then != ch.Old {
			moved = append(moved, wareProblem(doc, nil, ch.Field, "", "undo.moved",
				map[string]string{"field": ch.Field, "sent": then, "now": ch.Old}))
		}
	}
	return moved
}

// leftThen are the values of a wish that left, as changes name and write them.
func leftThen(w goods) map[string]string {
	out := map[string]string{}
	text := func(field string, t *string) {
		if t != nil {
			out[field] = *t
		}
	}
	for field, t := range map[string]*string{"title": w.Title, "description": w.HTML, "vendor": w.Vendor, "type": w.Type} {
		if t != nil {
			out[field] = brief(*t)
		}
	}
	if status := cmp.Or(w.Status, w.freshStatus()); status != "" {
		out["status"] = strings.ToLower(status)
	}
	if w.Published != nil {
		out["published"] = strconv.FormatBool(*w.Published)
	}
	for _, v := range w.Wares {
		text("barcode "+v.Code, v.Barcode)
		if v.Price != nil {
			out["price "+v.Code] = money(*v.Price)
		}
		if v.Compare != nil {
			out["compare at "+v.Code] = amountShown(*v.Compare)
		}
		if v.Cost != nil {
			out["cost "+v.Code] = amountShown(*v.Cost)
		}
		if v.Taxable != nil {
			out["taxable "+v.Code] = strconv.FormatBool(*v.Taxable)
		}
		if v.Tracked != nil {
			out["tracked "+v.Code] = strconv.FormatBool(*v.Tracked)
		}
	}
	return out
}

// freshStatus is what a product was made with; "" where it was not made.
func (w goods) freshStatus() string {
	var line struct {
		Input struct {
			Status string `json:"status"`
		} `json:"input"`
	}
	if w.Product != "" || json.Unmarshal(w.Set, &line) != nil {
		return ""
	}
	return line.Input.Status
}
