package shopify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// priceDesk sets prices: those of variants, and those that a price list fixes.
type priceDesk struct{ *Sink }

// kindPrice is the kind of prices.
const kindPrice = "shopify.price"

// The most documents that leave in one batch, directly and by a bulk operation:
// above some 200 products a bulk operation is cheaper (reference 5.4).
const (
	priceBatch = 250
	priceAbove = 200
	priceBulk  = 100_000
	priceBytes = 60 << 20 // of bodies, whose lines are shorter: an upload takes 100 MB
)

func (s priceDesk) kind() pipeline.Kind {
	k := pipeline.Kind{
		Name:     kindPrice,
		Help:     "the price of an item, its compare-at price and its cost; or its price in a price list",
		Bind:     s.bind,
		Settled:  true,
		Beside:   []string{kindPromotion},
		Batch:    priceBatch,
		Bulk:     pipeline.Bulk{Above: priceAbove, Batch: priceBulk, Bytes: priceBytes},
		Freeze:   func(b pipeline.Batch) ([]byte, error) { return freezePrices(b, priceWriting) },
		Settings: append(priceRules(), pipeline.Setting{Name: "compare", Choices: []string{compareKeep, compareRemove}, Default: compareKeep, Help: "what a missing compare-at price means: keep the shop's, or remove it"}, matchSetting, staleSetting, pipeline.Setting{Name: "create_list", Type: pipeline.Bool, Default: "false", Help: "a price list that the shop lacks is made"}),
		Fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code: our own id in Shopify, or its SKU or barcode there"},
			{Name: "sku", Type: pipeline.Code, Help: "the SKU as it stands in Shopify; the code where there is none"},
			{Name: "barcode", Type: pipeline.Code, Help: "the barcode as it stands in Shopify; the code where there is none"},
			{Name: "price", Type: pipeline.Amount, Required: true, Help: "the price that customers pay"},
			{Name: "compare_at", Type: pipeline.Amount, Help: "the price that is crossed out; 0 takes it away"},
			{Name: "cost", Type: pipeline.Amount, Help: "the unit cost; kept in Shopify, and prices below it are told"},
			{Name: "list", Type: pipeline.Text, Help: "a price list, by its name or gid; empty: the item itself"},
			{Name: "currency", Type: pipeline.Code, Help: "of the amounts: EGP; it has to be that of the shop or the list"},
			{Name: "group", Type: pipeline.Text, Help: "the item's group, for a markup by groups"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
		},
	}
	k.Build = pricing{}.build
	return k
}

// The choices of settings.
const (
	compareKeep   = "keep"
	compareRemove = "remove"
)

// priceRules are the settings by which prices are made of what a file says.
func priceRules() []pipeline.Setting {
	return []pipeline.Setting{
		{Name: "round", Form: "0.25, 0.05, end 0.99, end 9", Help: "prices are rounded to a multiple, or to one with these last digits",
			Fits: func(v string) bool { _, ok := roundingOf(v, ""); return ok }},
		{Name: "direction", Choices: []string{roundNearest, roundUp, roundDown}, Default: roundNearest, Help: "where prices are rounded to; halves go up"},
		{Name: "markup", Form: "12%, -5%, or {Drinks: 10%, \"*\": 5%}", Help: "what is put upon prices, for all items or by their group",
			Fits: func(v string) bool { _, ok := markupOf(v); return ok }},
	}
}

var matchSetting = pipeline.Setting{Name: "match", Form: "[id, match, barcode, sku]", Help: "how items are found in the shop, in this order: our own id, what a person matched, barcode, SKU",
	Fits: func(v string) bool { _, ok := orderOf(v); return ok }}

var staleSetting = pipeline.Setting{Name: "on_stale", Choices: []string{staleERP, staleHold}, Default: staleERP, Help: "who wins when somebody changed it in the shop after the plan: the ERP, or it is held"}

// orderOf reads the setting match; nil is the usual order.
func orderOf(text string) ([]string, bool) {
	if text == "" {
		return nil, true
	}
	var order []string
	for step := range strings.SplitSeq(text, ",") {
		step = strings.TrimSpace(step)
		if !slices.Contains(matchOrder, step) {
			return nil, false
		}
		order = append(order, step)
	}
	return order, true
}

// price is the body of a document of shopify.price: what an item is to cost.
// Build fills in what the file says, after the flow's rules; Plan the rest.
type price struct {
	Code       string            `json:"code"`
	SKU        string            `json:"sku,omitempty"`
	Barcode    string            `json:"barcode,omitempty"`
	List       string            `json:"list,omitempty"` // as the file names it
	Price      pipeline.Decimal  `json:"price"`
	Compare    *pipeline.Decimal `json:"compareAt,omitempty"` // nil: nothing is said of it
	Bare       bool              `json:"noCompareAt,omitempty"`
	Cost       *pipeline.Decimal `json:"cost,omitempty"`
	Currency   string            `json:"currency,omitempty"`
	Unfix      bool              `json:"unfix,omitempty"`      // of a list: it has no price of its own (again)
	Aside      bool              `json:"aside,omitempty"`      // only the cost leaves: a promotion shows its own price
	Why        string            `json:"why,omitempty"`        // the flow's rules that made the price
	CompareWhy string            `json:"compareWhy,omitempty"` // and the compare-at price

	Target
	Was *tag `json:"was,omitempty"` // what the shop showed when it was read
}

// A Target is what a price belongs to in the shop, as Plan found it.
type Target struct {
	Variant string `json:"variantId,omitempty"`
	Product string `json:"productId,omitempty"`
	ListID  string `json:"priceListId,omitempty"` // of a list that is there
}

// A tag is what the shop shows for an item, or a list for it.
type tag struct {
	Price   *pipeline.Decimal `json:"price"` // nil: a list has none of its own
	Compare *pipeline.Decimal `json:"compareAt,omitempty"`
	Cost    *pipeline.Decimal `json:"cost,omitempty"`
}

// same compares what customers see.
func (t tag) same(o tag) bool { return alike(t.Price, o.Price) && alike(t.Compare, o.Compare) }

// words is a tag for people: 80.00, crossed out 100.00.
func (t tag) words() string {
	if t.Price == nil {
		return "-"
	}
	if t.Compare == nil {
		return money(*t.Price)
	}
	return money(*t.Price) + " (" + money(*t.Compare) + ")"
}

func (w price) body() json.RawMessage { return packed(w) }

// packed writes a body.
func packed(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, amounts and times
	}
	return b
}

// bodyOf reads a document's body.
func bodyOf[T any](doc pipeline.Document) (T, error) {
	var w T
	if err := json.Unmarshal(doc.Body, &w); err != nil {
		return w, fmt.Errorf("shopify: the body of %s: %w", doc.Key, err)
	}
	return w, nil
}

// pricing are the rules of a flow by which prices are made. The zero pricing
// takes them as they are.
type pricing struct {
	round   rounding
	markup  markup
	compare string
}

// pricingOf reads the settings of a flow, which have passed Check.
func pricingOf(set pipeline.Settings) pricing {
	var p pricing
	p.round, _ = roundingOf(set["round"], set["direction"])
	p.markup, _ = markupOf(set["markup"])
	p.compare = cmp.Or(set["compare"], compareKeep)
	return p
}

// bind is the kind under the settings of a flow.
func (s priceDesk) bind(set pipeline.Settings) pipeline.Kind {
	k := s.kind()
	k.Build = pricingOf(set).build
	return k
}

// build makes the document of one price.
func (p pricing) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	w := price{Code: r.Text("code"), SKU: r.Text("sku"), Barcode: r.Text("barcode"), List: r.Text("list"), Currency: strings.ToUpper(r.Text("currency"))}
	doc := pipeline.Document{Name: w.Code, From: []pipeline.Origin{r.At("price")}}
	for _, field := range []string{"compare_at", "cost"} {
		if r.Has(field) {
			doc.From = append(doc.From, r.At(field))
		}
	}
	if w.Code == "" {
		return doc, nil // Map has told so
	}
	doc.Key, doc.Words = "price/"+keyPart(w.Code), distinct([]string{w.Code, w.SKU, w.Barcode})
	if w.List != "" {
		doc.Key += "@" + w.List
		doc.Name += " @ " + w.List
	}
	if !r.Has("price") {
		return doc, nil // likewise
	}
	var problems []pipeline.Problem
	made := func(field string) *pipeline.Decimal {
		d, why, rule, with := p.made(r.Amount(field), r.Text("group"))
		if rule != "" {
			problems = append(problems, r.Problem(field, rule, with))
		}
		if w.CompareWhy = why; field == "price" {
			w.Why, w.CompareWhy = why, ""
		}
		return &d
	}
	w.Price = *made("price")
	switch {
	case r.Value("compare_at").Bad:
		return doc, problems // Map has told so
	case r.Has("compare_at") && r.Amount("compare_at").IsZero(), !r.Has("compare_at") && p.compare == compareRemove:
		w.Bare = true
	case r.Has("compare_at"):
		w.Compare = made("compare_at")
	}
	if r.Has("cost") {
		cost := r.Amount("cost").RoundHAZ(2)
		w.Cost = &cost
		if cost.IsNeg() {
			problems = append(problems, r.Problem("cost", "price.minus", nil))
		}
	}
	if len(problems) > 0 {
		return doc, problems
	}
	doc.Print = w.print()
	doc.Body = w.body()
	return doc, nil
}

// made is a price after the rules of the flow, and which they were.
func (p pricing) made(given pipeline.Decimal, group string) (d pipeline.Decimal, why string, rule pipeline.Rule, with map[string]string) {
	d = given
	if d.IsNeg() {
		return d, "", "price.minus", nil
	}
	var rules []string
	if !p.markup.none() {
		share, ok := p.markup.of(group)
		if !ok {
			return d, "", "price.markup", map[string]string{"group": cmp.Or(group, "-"), "known": p.markup.known()}
		}
		if d = raised(d, share); !share.IsZero() {
			rules = append(rules, "markup "+share.String()+"%")
		}
	}
	switch {
	case !p.round.step.IsZero():
		if rounded := p.round.of(d); !rounded.Equal(d) {
			rules = append(rules, "round "+p.round.text)
			d = rounded
		}
	case !p.markup.none():
		d = d.RoundHAZ(2)
	case !d.RoundHAZ(2).Equal(d):
		return d, "", "price.decimals", nil
	}
	if len(rules) > 0 {
		why = money(given) + ": " + strings.Join(rules, ", ")
	}
	return d, why, "", nil
}

// keyPart is a code as part of a key, in which @ stands before the list.
func keyPart(code string) string {
	return strings.NewReplacer("%", "%25", "@", "%40").Replace(code)
}

// print is what is compared to tell a change of the wish.
func (w price) print() string {
	compare := shown(w.Compare)
	if w.Bare {
		compare = "-"
	}
	if w.Unfix {
		return "unfix"
	}
	return strings.Join([]string{money(w.Price), compare, shown(w.Cost), w.Currency}, "|")
}

// wants is what an item is to show: what the wish says, and of what it does not
// speak, what is there.
func (w price) wants(now tag) tag {
	if w.Unfix {
		return tag{Cost: now.Cost}
	}
	to := tag{Price: &w.Price, Compare: now.Compare, Cost: now.Cost}
	if w.Bare {
		to.Compare = nil
	}
	if w.Compare != nil {
		to.Compare = w.Compare
	}
	if w.Cost != nil && w.List == "" {
		to.Cost = w.Cost
	}
	return to
}
