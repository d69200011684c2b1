package shopify

import (
	"context"
	"time"

	"wasl/pipeline"
)

// board is what prices and promotions are held against: the shop as it was read,
// and what is booked.
type board struct {
	*shelf
	order    []string // in which items are matched; nil: the usual one
	lists    []*priceList
	create   bool   // lists that the shop lacks are made
	currency string // of the shop
	lang     string
	zone     *time.Location
	now      time.Time
	q        pipeline.Question

	running map[string]pipeline.Booking // ends of promotions, by variant
	taken   map[string]string           // variant and list -> the document that speaks of it
}

// plan reads the prices of the items that documents speak of, and compares.
func (s priceDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	wishes := make([]price, len(q.Docs))
	var codes, lists []string
	paid := false // some amount says its currency
	for i, doc := range q.Docs {
		w, err := bodyOf[price](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		wishes[i] = w
		codes = append(codes, w.Code, w.SKU, w.Barcode)
		if w.List != "" {
			lists = append(lists, w.List)
		}
		paid = paid || w.Currency != ""
	}
	b, err := s.board(ctx, q, codes)
	if err != nil {
		return pipeline.Plan{}, err
	}
	b.create = q.Settings["create_list"] == "true"
	if lists = distinct(lists); len(lists) > 0 {
		if b.lists, err = s.readLists(ctx, lists); err != nil {
			return pipeline.Plan{}, err
		}
	}
	if paid || len(lists) > 0 {
		if b.currency, err = s.shopCurrency(ctx); err != nil {
			return pipeline.Plan{}, err
		}
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	for i, doc := range q.Docs {
		if plan.Docs[i], err = b.price(doc, wishes[i]); err != nil {
			return pipeline.Plan{}, err
		}
	}
	return plan, nil
}

// board reads what is known of some codes.
func (s *Sink) board(ctx context.Context, q pipeline.Question, codes []string) (*board, error) {
	b := &board{lang: s.lang, zone: s.zone, now: s.now(), q: q, running: map[string]pipeline.Booking{}, taken: map[string]string{}}
	b.order, _ = orderOf(q.Settings["match"])
	for _, booked := range q.Booked {
		for _, one := range booked {
			if one.Doc.Kind != kindPromotion || one.Why != wordEnd {
				continue
			}
			p, err := bodyOf[promotion](one.Doc)
			if err != nil {
				return nil, err
			}
			b.running[p.Variant] = one
		}
	}
	if codes = distinct(codes); len(codes) == 0 {
		b.shelf = newShelf(s.cfg.Quantity)
		return b, nil
	}
	var err error
	b.shelf, err = s.survey(ctx, needCodes|needDetail, codes)
	return b, err
}

// shopCurrency is the shop's own currency.
func (s *Sink) shopCurrency(ctx context.Context) (string, error) {
	var data struct {
		Shop struct {
			Currency string `json:"currencyCode"`
		} `json:"shop"`
	}
	_, err := s.door.Read(ctx, shopInfo, nil, &data)
	return data.Shop.Currency, err
}

// item finds the variant of a document, which nothing else in the file speaks of.
func (b *board) item(doc pipeline.Document, code, sku, barcode, list string) (*variant, []pipeline.Problem) {
	or := func(text string) string {
		if text == "" {
			return code
		}
		return text
	}
	v, by, found := b.find(code, or(sku), or(barcode), b.order)
	facts := map[string]string{"code": code}
	if v == nil {
		rule := pipeline.Rule("price.unknown")
		if len(found) > 0 {
			facts["candidates"] = candidates(found)
			if rule = "price.ambiguous"; by == byNear {
				rule = "price.near"
			}
		}
		return nil, []pipeline.Problem{wrong(doc, "code", code, rule, facts)}
	}
	at := v.ID + "@" + list
	if other, twice := b.taken[at]; twice {
		facts["other"] = other
		return nil, []pipeline.Problem{wrong(doc, "code", code, "price.twice", facts)}
	}
	b.taken[at] = doc.Name
	return v, nil
}

// tagOf is what the shop shows of a variant.
func tagOf(v *variant) tag {
	t := tag{Price: &v.Price, Compare: v.CompareAt}
	if v.Item.Cost != nil {
		t.Cost = &v.Item.Cost.Amount
	}
	return t
}

// price holds one document against the shop. It is pure but for what the board
// remembers of items that were spoken of.
func (b *board) price(doc pipeline.Document, w price) (pipeline.Planned, error) {
	held := func(problems ...pipeline.Problem) (pipeline.Planned, error) {
		return pipeline.Planned{Doc: doc, Problems: problems}, nil
	}
	v, problems := b.item(doc, w.Code, w.SKU, w.Barcode, w.List)
	if v == nil {
		return held(problems...)
	}
	now := tagOf(v)
	w.Target = Target{Variant: v.ID, Product: v.Product.ID}
	switch {
	case w.List != "":
		l, problems := b.listOf(doc, w)
		if len(problems) > 0 {
			return held(problems...)
		}
		fixed := tag{}
		if l != nil {
			w.ListID, w.Currency, fixed = l.ID, l.Currency, l.fixed[v.ID]
		} else if w.Currency == "" {
			w.Currency = b.currency
		}
		fixed.Cost = now.Cost
		now = fixed
	case w.Currency != "" && w.Currency != b.currency:
		return held(wrong(doc, "currency", w.Currency, "price.currency", map[string]string{"given": w.Currency, "known": b.currency}))
	}
	w.Was = &now
	seen, promoted, err := b.beneath(w, now)
	if err != nil {
		return pipeline.Planned{}, err
	}
	if problem, moved, err := b.movedSince(doc, seen); err != nil || moved {
		return pipeline.Planned{Doc: doc, Problems: problem}, err
	}
	to := w.wants(seen)
	doc.Changes = w.changes(seen, to, b.costOf(w, now))
	doc.Old = seen.words()
	doc.Undo = w.undo(seen, to)
	planned := pipeline.Planned{Same: len(doc.Changes) == 0 && !b.q.All}
	w.Aside = false
	if promoted != nil && !to.same(seen) {
		return b.retarget(doc, w, *promoted, to)
	}
	if w.Aside = promoted != nil; w.Aside && w.Cost == nil {
		planned.Same = true // the promotion's price stays, whatever is asked for
	}
	doc.Body = w.body()
	planned.Doc = doc
	return planned, nil
}

// costOf is what an item costs by the file, or else in the shop; nil where nobody knows.
func (b *board) costOf(w price, now tag) *pipeline.Decimal {
	if w.Cost != nil {
		return w.Cost
	}
	return now.Cost
}

// beneath is what an item costs apart from a promotion that runs for it, and the
// end that is booked for that; nil where none runs, or where the shop no longer
// shows its price: then somebody has ended it by hand.
func (b *board) beneath(w price, now tag) (tag, *pipeline.Booking, error) {
	booked, runs := b.running[w.Variant]
	if !runs || w.List != "" {
		return now, nil, nil
	}
	p, err := bodyOf[promotion](booked.Doc)
	if err != nil || p.Base == nil || p.To == nil || !now.same(*p.To) {
		return now, nil, err
	}
	base := *p.Base
	base.Cost = now.Cost
	return base, &booked, nil
}

// retarget keeps a new price for the end of the promotion that runs: the promotion
// is neither ended nor changed by it. A new cost leaves at once.
func (b *board) retarget(doc pipeline.Document, w price, booked pipeline.Booking, to tag) (pipeline.Planned, error) {
	p, err := bodyOf[promotion](booked.Doc)
	if err != nil {
		return pipeline.Planned{}, err
	}
	p.Base = &tag{Price: to.Price, Compare: to.Compare}
	booked.Doc.Body = packed(p)
	doc.Then = []pipeline.Booking{booked}
	until := b.clock(booked.At)
	for i := range doc.Changes {
		if c := &doc.Changes[i]; c.Field != fieldCost {
			c.Why = "promotion until " + until
		}
	}
	// Putting it back would mean to book anew: the next price file does.
	doc.Undo = nil
	w.Aside = true
	doc.Body = w.body()
	planned := pipeline.Planned{Doc: doc}
	if !alike(to.Cost, w.Was.Cost) {
		return planned, nil
	}
	planned.Left = b.says("price.promotion", map[string]string{"price": money(*to.Price), "until": until})
	return planned, nil
}

// movedSince says of a wish that puts something back whether the shop still shows
// what was set then. What somebody changed since is left alone.
func (b *board) movedSince(doc pipeline.Document, now tag) ([]pipeline.Problem, bool, error) {
	if b.q.Memo != pipeline.MemoUndo || len(doc.Sent) == 0 {
		return nil, false, nil
	}
	sent := doc
	sent.Body = doc.Sent
	was, err := bodyOf[price](sent)
	if err != nil {
		return nil, false, err
	}
	before := tag{}
	if was.Was != nil {
		before = *was.Was
	}
	if set := was.wants(before); !set.same(now) {
		return []pipeline.Problem{wrong(doc, "price", "", "undo.moved", map[string]string{"sent": set.words(), "now": now.words()})}, true, nil
	}
	return nil, false, nil
}

// says puts a rule into words in the shop's language: why a document is left out.
func (b *board) says(rule pipeline.Rule, with map[string]string) string {
	lang := b.lang
	if lang == "" {
		lang = "en"
	}
	return pipeline.Problem{Rule: rule, With: with}.Says(lang)
}

// clock is a moment for people, as the shop's clocks show it.
func (b *board) clock(t time.Time) string {
	zone := b.zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04")
}

// The fields of changes of prices.
const (
	fieldPrice   = "price"
	fieldCompare = "compare_at"
	fieldCost    = "cost"
	fieldList    = "list"
)

// changes are what a document replaces, and what the gate is to know of it.
func (w price) changes(from, to tag, cost *pipeline.Decimal) []pipeline.Change {
	var out []pipeline.Change
	if w.List != "" && w.ListID == "" {
		out = append(out, pipeline.Change{Field: fieldList, New: w.List, Why: "create_list"})
	}
	below := to.Price != nil && cost != nil && to.Price.LessThan(*cost)
	if !alike(from.Price, to.Price) {
		out = append(out, priceChange(from.Price, to.Price, w.Why))
	}
	if !alike(from.Compare, to.Compare) {
		out = append(out, pipeline.Change{Field: fieldCompare, Old: shown(from.Compare), New: shown(to.Compare), Why: w.CompareWhy})
	}
	if !alike(from.Cost, to.Cost) {
		out = append(out, pipeline.Change{Field: fieldCost, Old: shown(from.Cost), New: shown(to.Cost)})
	}
	if below && len(out) > 0 {
		out = append(out, pipeline.Change{Field: "below_cost", Old: shown(cost), New: shown(to.Price), Mark: pipeline.MarkCost})
	}
	return out
}

// priceChange is the move of a price. One that comes or goes moves by nothing that
// could be counted.
func priceChange(from, to *pipeline.Decimal, why string) pipeline.Change {
	c := pipeline.Change{Field: fieldPrice, Old: shown(from), New: shown(to), Why: why}
	if from != nil && to != nil {
		c.Mark, c.Move = pipeline.MarkPrice, moveOf(*from, *to)
	}
	return c
}

// undo is the wish that puts back what a document replaces. A cost that was not
// there before stays: Shopify cannot be told to forget it by a price.
func (w price) undo(from, to tag) []byte {
	u := price{Code: w.Code, SKU: w.SKU, Barcode: w.Barcode, List: w.List, Currency: w.Currency}
	if from.Price == nil {
		u.Unfix = true
		return u.body()
	}
	u.Price, u.Compare, u.Bare = *from.Price, from.Compare, from.Compare == nil
	if !alike(from.Cost, to.Cost) {
		u.Cost = from.Cost
	}
	return u.body()
}
