package shopify

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// discountDesk keeps discounts: automatic ones, and those that customers have a
// code for.
type discountDesk struct{ *Sink }

// kindDiscount is the kind of discounts.
const kindDiscount = "shopify.discount"

const (
	discountBatch = 25  // each costs a call of its own, and one more for its further codes
	mostItems     = 250 // of one list in one call (reference 5.1)
)

func (s discountDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindDiscount,
		Help:    "a discount at the cart, automatic or by code: in per cent or an amount, off items, collections or the whole order",
		GroupBy: []string{"title"},
		Build:   s.build,
		Batch:   discountBatch,
		Settings: []pipeline.Setting{
			{Name: "complete", Type: pipeline.Bool, Default: "false", Help: "discounts of ours that the file does not speak of are switched off"},
			matchSetting, staleSetting,
		},
		Fields: []pipeline.Field{
			{Name: "title", Type: pipeline.Text, Required: true, Help: "its title; rows of one title are one discount"},
			{Name: "code", Type: pipeline.Code, Help: "the code that customers enter; a row each for further codes; empty: it is automatic"},
			{Name: "automatic", Type: pipeline.Bool, Help: "yes: it needs no code, whatever stands there"},
			{Name: "percent", Type: pipeline.Rate, Help: "what is taken off, in per cent: 15"},
			{Name: "amount", Type: pipeline.Amount, Help: "or what is taken off as an amount"},
			{Name: "value", Type: pipeline.Amount, Help: "or either of the two, as value_type says; its sign does not count"},
			{Name: "value_type", Type: pipeline.Text, Help: "percentage or fixed_amount, of value"},
			{Name: "each", Type: pipeline.Bool, Help: "yes: the amount is taken off each item"},
			{Name: "sort", Type: pipeline.Text, Help: "Amount Off; discounts of other sorts are left out"},
			{Name: "items", Type: pipeline.Text, Help: "codes of items or of item groups, one or several: A-1, A-2; a row each is the same"},
			{Name: "collections", Type: pipeline.Text, Help: "ids of collections: gid://shopify/Collection/1"},
			{Name: "class", Type: pipeline.Text, Help: "product or order, as Shopify's own export says it"},
			{Name: "starts", Type: pipeline.Time, Help: "when it starts; a day alone: at its first moment; empty: at once"},
			{Name: "ends", Type: pipeline.Time, Help: "when it ends; a day alone: after its last moment; empty: never"},
			{Name: "minimum", Type: pipeline.Amount, Help: "the least that has to be bought"},
			{Name: "minimum_quantity", Type: pipeline.Quantity, Help: "or the least pieces"},
			{Name: "usage_limit", Type: pipeline.Quantity, Help: "how often its codes can be used in all"},
			{Name: "once", Type: pipeline.Bool, Help: "yes: once per customer"},
			{Name: "with_order", Type: pipeline.Bool, Help: "whether it combines with order discounts"},
			{Name: "with_product", Type: pipeline.Bool, Help: "whether it combines with product discounts"},
			{Name: "with_shipping", Type: pipeline.Bool, Help: "whether it combines with shipping discounts"},
			{Name: "active", Type: pipeline.Bool, Help: "no: it is switched off"},
		},
	}
}

// discount is the body of a document of shopify.discount: what is said of one
// discount. What is not said stays as the shop has it. Build fills it in; Plan finds
// the discount and its items.
type discount struct {
	Title    string            `json:"title"`
	Code     string            `json:"code,omitempty"`      // "": automatic
	More     []string          `json:"moreCodes,omitempty"` // further codes
	Percent  *pipeline.Decimal `json:"percent,omitempty"`
	Amount   *pipeline.Decimal `json:"amount,omitempty"`
	Each     bool              `json:"each,omitempty"`
	Starts   *time.Time        `json:"starts,omitempty"`
	Ends     *time.Time        `json:"ends,omitempty"`
	Items    []string          `json:"items,omitempty"`       // codes, or gids of variants and products
	Groups   []string          `json:"collections,omitempty"` // gids
	Whole    bool              `json:"wholeOrder,omitempty"`  // it is off the whole order
	Minimum  *pipeline.Decimal `json:"minimum,omitempty"`
	Pieces   *pipeline.Decimal `json:"minimumQuantity,omitempty"`
	Limit    *int64            `json:"usageLimit,omitempty"`
	Once     *bool             `json:"once,omitempty"`
	Combines map[string]bool   `json:"combines,omitempty"` // orderDiscounts, productDiscounts, shippingDiscounts
	Free     []string          `json:"free,omitempty"`     // of a wish that puts back: what is to have no value again: ends, minimum, usage_limit
	Off      bool              `json:"off,omitempty"`      // it is switched off
	Class    string            `json:"class,omitempty"`

	ID   string   `json:"id,omitempty"`    // gid of the DiscountNode; "": it is to be made
	Gids []string `json:"gids,omitempty"`  // of the items
	Was  string   `json:"state,omitempty"` // what the shop held when it was read, as text
}

// discountKey is the key of a discount.
func discountKey(title string) string { return "discount/" + title }

// build makes the document of one discount of all its rows.
func (s discountDesk) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	w := discount{Title: r.Text("title"), Class: strings.ToLower(r.Text("class"))}
	doc := pipeline.Document{Name: w.Title}
	if w.Title == "" {
		return doc, nil // Map has told so
	}
	doc.Key = discountKey(w.Title)
	if sort := pipeline.Fold(r.Text("sort")); sort != "" && !strings.Contains(sort, "amount") && !strings.Contains(sort, "basic") {
		doc.Left = (&board{lang: s.lang}).says("discount.sort", map[string]string{"sort": r.Text("sort")})
	}
	var codes []string
	for _, r := range group {
		doc.From = append(doc.From, r.At("title"))
		if code := r.Text("code"); code != "" && !r.True("automatic") && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
		w.Items = append(w.Items, listed(r.Text("items"))...)
		w.Groups = append(w.Groups, listed(r.Text("collections"))...)
	}
	if len(codes) > 0 {
		w.Code, w.More = codes[0], codes[1:]
	}
	doc.Words = append([]string{w.Title}, codes...)
	w.Whole = len(w.Items)+len(w.Groups) == 0 && w.Class == "order"
	problems := append(w.value(r), w.terms(r, s.place())...)
	if len(w.Items) > 0 && len(w.Groups) > 0 {
		problems = append(problems, r.Problem("items", "discount.items", nil))
	}
	if len(w.Items) > mostItems || len(w.Groups) > mostItems {
		problems = append(problems, r.Problem("items", "discount.many", nil))
	}
	if len(problems) > 0 {
		return doc, problems
	}
	doc.Body = packed(w)
	doc.Print = string(doc.Body)
	return doc, nil
}

// listed are the parts of a cell that may hold several.
func listed(text string) []string {
	var out []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;|،؛\n", r) }) {
		if part = pipeline.Clean(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// value reads what is taken off.
func (w *discount) value(r pipeline.Record) []pipeline.Problem {
	given := 0
	for _, field := range []string{"percent", "amount", "value"} {
		if r.Value(field).Bad {
			return nil // Map has told so
		}
		if r.Has(field) {
			given++
		}
	}
	if given != 1 {
		return []pipeline.Problem{r.Problem("percent", "discount.value", nil)}
	}
	w.Each = r.True("each")
	percent, amount := r.Has("percent"), r.Has("amount")
	field, d := "percent", r.Amount("percent")
	switch {
	case amount:
		field, d = "amount", r.Amount("amount")
	case !percent:
		field, d = "value", r.Amount("value").Abs()
		switch pipeline.Fold(r.Text("value_type")) {
		case "percentage", "percent", "%":
			percent = true
		case "fixed_amount", "fixed amount", "amount":
		default:
			return []pipeline.Problem{r.Problem("value_type", "discount.type", nil)}
		}
	}
	if !d.IsPos() || percent && d.GreaterThan(hundred) {
		return []pipeline.Problem{r.Problem(field, "discount.off", nil)}
	}
	if percent {
		w.Percent = &d
	} else {
		d = d.RoundHAZ(2)
		w.Amount = &d
	}
	return nil
}

// terms reads when it counts, and for whom.
func (w *discount) terms(r pipeline.Record, zone *time.Location) []pipeline.Problem {
	var problems []pipeline.Problem
	if r.Has("starts") {
		at := r.Date("starts").UTC()
		if dayOnly(r.Text("starts")) {
			at = firstMoment(at, zone)
		}
		w.Starts = &at
	}
	if r.Has("ends") {
		at := r.Date("ends").UTC()
		if dayOnly(r.Text("ends")) {
			at = dayAfter(at, zone)
		}
		w.Ends = &at
	}
	if w.Starts != nil && w.Ends != nil && !w.Ends.After(*w.Starts) {
		problems = append(problems, r.Problem("ends", "promotion.order", map[string]string{"starts": r.Text("starts"), "ends": r.Text("ends")}))
	}
	if minimum := r.Amount("minimum"); minimum.IsPos() {
		w.Minimum = &minimum
	}
	if pieces := r.Amount("minimum_quantity"); pieces.IsPos() {
		pieces = pieces.Ceil()
		w.Pieces = &pieces
	}
	if w.Minimum != nil && w.Pieces != nil {
		problems = append(problems, r.Problem("minimum_quantity", "discount.minimum", nil))
	}
	if r.Has("usage_limit") {
		limit, err := r.Amount("usage_limit").Int64()
		if err != nil || limit < 1 {
			problems = append(problems, r.Problem("usage_limit", "discount.limit", nil))
		}
		w.Limit = &limit
	}
	if r.Has("once") {
		once := r.True("once")
		w.Once = &once
	}
	for field, name := range map[string]string{"with_order": "orderDiscounts", "with_product": "productDiscounts", "with_shipping": "shippingDiscounts"} {
		if r.Has(field) {
			if w.Combines == nil {
				w.Combines = map[string]bool{}
			}
			w.Combines[name] = r.True(field)
		}
	}
	w.Off = r.Has("active") && !r.True("active")
	return problems
}

// automatic tells whether it needs no code.
func (w discount) automatic() bool { return w.Code == "" }

// fraction is a share as Shopify has it: 0.15 of 15 %, as a number.
func fraction(percent pipeline.Decimal) json.Number {
	return json.Number(percent.Mul(piastre).String())
}

// percentOff is the other way round.
func percentOff(n json.Number) (pipeline.Decimal, bool) {
	d, err := udecimal.Parse(n.String())
	return d.Mul(hundred), err == nil
}
