package shopify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wasl/pipeline"
)

// plan reads what the shop has of the items that documents speak of, and what it
// holds of them at the locations that are ours, and compares documents with that.
func (s stockDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	c := &count{rules: stockRulesOf(s.cfg, q.Settings, s.lang), q: q}
	n, err := s.stockNeed(ctx, c)
	if err != nil {
		return pipeline.Plan{}, err
	}
	if c.shelf, err = s.survey(ctx, n, stockCodes(q.Docs)); err != nil {
		return pipeline.Plan{}, err
	}
	c.quantity = c.rules.cfg.Quantity
	var plan pipeline.Plan
	plan.More, plan.Notes = c.unspoken(q.Docs)
	take := q.Take
	if take == nil {
		plan.Docs = make([]pipeline.Planned, len(q.Docs))
		take = func(i int, planned pipeline.Planned) { plan.Docs[i] = planned }
	}
	c.compare(q.Docs, take)
	return plan, nil
}

// stockNeed is what has to be read. The whole shop where the file is to be all there
// is, or may well be: then what it lacks is told. Our own id is only looked for where
// the shop has a definition of it, without which nobody carries it, and a search by
// it would be refused.
func (s stockDesk) stockNeed(ctx context.Context, c *count) (need, error) {
	n := needLevels | needBare
	if len(c.q.Docs)+len(c.q.Aside) == 0 {
		return n, nil
	}
	codes := len(distinct(stockCodes(c.q.Docs)))
	file := c.q.Whole && c.q.Memo == ""
	switch {
	case file && c.rules.complete, codes > mostSearched:
		n |= needAll
	case file && codes > perSearch:
		var data struct {
			Count struct {
				Count int `json:"count"`
			} `json:"productVariantsCount"`
		}
		if _, err := s.door.Read(ctx, variantsCount, nil, &data); err != nil {
			return 0, err
		}
		if data.Count.Count <= min(mostPaged, 4*codes) {
			n |= needAll
		}
	}
	c.whole = n.has(needAll)
	if c.rules.match != nil && !slices.Contains(c.rules.match, byOwnID) {
		return n, nil
	}
	if !c.whole {
		defined, err := s.defined(ctx, "PRODUCTVARIANT")
		if err != nil || !defined {
			return n, err
		}
	}
	return n | needCodes, nil
}

// stockCodes are the codes of documents of stock: none of no document, which is
// not the same as nil.
func stockCodes(docs []pipeline.Document) []string {
	all := make([]string, 0, len(docs))
	for _, doc := range docs {
		if w, err := stockOf(doc); err == nil {
			all = append(all, w.SKU, w.Barcode)
		}
	}
	return all
}

// count is a stocktaking: documents held against the shelf.
type count struct {
	*shelf
	rules stockRules
	q     pipeline.Question
	whole bool // the shelf holds the whole shop
}

// compare holds documents against the shelf, and gives on what it makes of each,
// after which it does not look at that one again. It is pure. Two documents that mean
// the same item of the shop are both held: nobody can know which is right.
func (c *count) compare(docs []pipeline.Document, take func(i int, planned pipeline.Planned)) {
	twins := c.twins(docs)
	for i, doc := range docs {
		if _, is := twins[i]; !is {
			take(i, c.one(doc))
		}
	}
	said := make(map[int]pipeline.Planned, len(twins)) // before one of them is given on
	for i, other := range twins {
		p := c.twice(docs[i], docs[other])
		if i < other { // the first keeps what is wrong with it anyhow
			if own := c.one(docs[i]); len(own.Problems) > 0 {
				p = own
			}
		}
		said[i] = p
	}
	for _, i := range slices.Sorted(maps.Keys(said)) {
		take(i, said[i])
	}
}

// twins are the documents that mean an item at a location which another one means
// too, each with the first other.
func (c *count) twins(docs []pipeline.Document) map[int]int {
	first := make(map[spot]int32, len(docs))
	twins := map[int]int{}
	for i, doc := range docs {
		want, v, left := c.meant(doc)
		if left != nil {
			continue
		}
		at := spot{v.Item.ID, want.Location}
		j, twice := first[at]
		if !twice {
			first[at] = int32(i)
			continue
		}
		twins[i] = int(j)
		if _, told := twins[int(j)]; !told {
			twins[int(j)] = i
		}
	}
	return twins
}

func (c *count) twice(doc, other pipeline.Document) pipeline.Planned {
	w, _ := stockOf(doc) // meant has read it
	return c.held(doc, "sku", w.SKU, "stock.same", map[string]string{"sku": w.SKU, "other": other.Name})
}

// one holds a document against the shelf. An item that is not stocked at the location
// counts as zero there: setting zero changes nothing, and anything else is set from
// zero, which stocks it (since 2026-10 at any location).
func (c *count) one(doc pipeline.Document) pipeline.Planned {
	doc.Changes, doc.Undo = nil, nil
	want, v, left := c.meant(doc)
	if left != nil {
		return left(doc)
	}
	want = want.wish()
	want.Item = v.Item.ID
	return c.against(doc, want)
}

// meant is what a document wants, and of which item, at a place of ours; or how it
// is left, where nothing is to be set.
func (c *count) meant(doc pipeline.Document) (want stock, v *variant, left func(pipeline.Document) pipeline.Planned) {
	held := func(field, value string, rule pipeline.Rule, with map[string]string) func(pipeline.Document) pipeline.Planned {
		return func(doc pipeline.Document) pipeline.Planned { return c.held(doc, field, value, rule, with) }
	}
	want, err := stockOf(doc)
	if err != nil {
		return want, nil, held("quantity", "", "stock.quantity", map[string]string{"sku": doc.Name})
	}
	if p, ok := c.places[want.Location]; !ok || !p.ours {
		return want, nil, held("location", want.Location, "stock.location", map[string]string{"location": want.Location, "known": c.ours()})
	} else if !p.Active {
		return want, nil, held("location", want.Location, "stock.closed", map[string]string{"location": p.Name})
	}
	v, problem := c.item(want)
	if problem != nil {
		return want, nil, held("sku", want.SKU, problem.Rule, problem.With)
	}
	reason := c.notCounted(v)
	facts := map[string]string{"sku": want.SKU}
	switch {
	case reason == "":
		return want, v, nil
	case reason == "stock.untracked" && c.rules.untracked == untrackedHold:
		return want, nil, held("sku", want.SKU, reason, facts)
	}
	return want, nil, func(doc pipeline.Document) pipeline.Planned {
		return pipeline.Planned{Doc: doc, Left: c.rules.says(reason, facts)}
	}
}

// item finds what a wish means.
func (c *count) item(w stock) (*variant, *pipeline.Problem) {
	barcode := w.Barcode
	if barcode == "" {
		barcode = w.SKU
	}
	v, by, others := c.find(w.SKU, w.SKU, barcode, c.rules.match)
	with := map[string]string{"sku": w.SKU}
	switch {
	case v != nil:
		return v, nil
	case by == byNear:
		with["near"] = others[0].SKU
		return nil, &pipeline.Problem{Rule: "stock.near", With: with}
	case len(others) == 0:
		return nil, &pipeline.Problem{Rule: "stock.unknown", With: with}
	}
	with["candidates"] = candidates(others)
	return nil, &pipeline.Problem{Rule: "stock.ambiguous", With: with}
}

// notCounted is why the shop's balance of an item is not to be set; "" where it is.
func (c *count) notCounted(v *variant) pipeline.Rule {
	switch {
	case v.Bundle:
		return "stock.bundle"
	case !v.Item.Tracked:
		return "stock.untracked"
	}
	return ""
}

// against says what a wish would replace, how to put it back, and when it leaves:
// what goes to zero first, so that nothing is sold that is not there; in a re-upload
// last. What a person or another app has changed since is not put back.
func (c *count) against(doc pipeline.Document, want stock) pipeline.Planned {
	holds := c.levels[want.spot()].of(c.quantity)
	again := c.q.Memo == pipeline.MemoReupload
	want.From, want.Blind = &holds, again && c.rules.cfg.OnStale == staleERP
	doc.Body, doc.Old = want.body(), pieces(holds)
	p := pipeline.Planned{Doc: doc, Same: holds == want.Quantity}
	if want.Quantity == 0 {
		p.Rank = -1
		if again {
			p.Rank = 1
		}
	}
	if p.Same {
		p.Same = !c.q.All
		return p
	}
	if c.q.Memo == pipeline.MemoUndo && len(doc.Sent) > 0 {
		sent, err := stockOf(pipeline.Document{Key: doc.Key, Body: doc.Sent})
		if err == nil && sent.Quantity != holds {
			p.Problems = []pipeline.Problem{wrong(doc, "quantity", "", "undo.moved", map[string]string{"sent": pieces(sent.Quantity), "now": doc.Old})}
			return p
		}
	}
	change := pipeline.Change{Field: "quantity", Old: doc.Old, New: pieces(want.Quantity), Why: want.Why}
	if want.Quantity == 0 {
		change.Mark = pipeline.MarkZero
	}
	p.Doc.Changes = []pipeline.Change{change}
	p.Doc.Undo = stock{SKU: want.SKU, Barcode: want.Barcode, Location: want.Location, Quantity: holds}.body()
	return p
}

func (h *shelf) held(doc pipeline.Document, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Planned {
	return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wrong(doc, field, value, rule, with)}}
}

// ours lists the locations whose stock we keep, for people; where the shop has
// none of them, those that it has.
func (h *shelf) ours() string {
	var ours, active []string
	for _, p := range h.places {
		name := p.Name + " (" + p.ID + ")"
		if p.ours {
			ours = append(ours, name)
		}
		if p.Active {
			active = append(active, name)
		}
	}
	if len(ours) == 0 {
		ours = active
	}
	slices.Sort(ours)
	return strings.Join(ours, ", ")
}

// candidates names variants as the admin does: by product and number.
func candidates(found []*variant) string {
	names := make([]string, len(found))
	for i, v := range found {
		names[i] = v.handle() + " (" + v.ID + ")"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
