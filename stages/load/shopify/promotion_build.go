package shopify

import (
	"time"

	"wasl/pipeline"
)

// promotionDesk reduces prices for a time, and puts them back.
type promotionDesk struct{ *Sink }

// What becomes of promotions of one item that overlap.
const (
	overlapHold   = "hold"
	overlapLowest = "lowest"
)

func (s promotionDesk) kind() pipeline.Kind {
	rules := priceRules()[:2]
	return pipeline.Kind{
		Name:    kindPromotion,
		Help:    "the reductions of an item for a time: the price goes down when they start, and back when they end",
		GroupBy: []string{"code"},
		Settled: true,
		Build:   s.build,
		Batch:   priceBatch,
		Bulk:    pipeline.Bulk{Above: priceAbove, Batch: priceBulk, Bytes: priceBytes},
		Freeze:  func(b pipeline.Batch) ([]byte, error) { return freezePrices(b, promotionWriting) },
		Settings: append(rules,
			pipeline.Setting{Name: "overlap", Choices: []string{overlapHold, overlapLowest}, Default: overlapHold, Help: "promotions of one item at the same time: a person decides, or the lowest price counts"},
			pipeline.Setting{Name: "complete", Type: pipeline.Bool, Default: "false", Help: "promotions that the file does not speak of are withdrawn: their prices go back"},
			matchSetting),
		Fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code: our own id in Shopify, or its SKU or barcode there"},
			{Name: "sku", Type: pipeline.Code, Help: "the SKU as it stands in Shopify; the code where there is none"},
			{Name: "barcode", Type: pipeline.Code, Help: "the barcode as it stands in Shopify; the code where there is none"},
			{Name: "price", Type: pipeline.Amount, Help: "the price while the promotion runs"},
			{Name: "percent", Type: pipeline.Rate, Help: "or what is taken off, in per cent: 15"},
			{Name: "starts", Type: pipeline.Time, Help: "when it starts; a day alone: at its first moment; empty: at once"},
			{Name: "ends", Type: pipeline.Time, Required: true, Help: "when it ends; a day alone: after its last moment"},
			{Name: "compare", Type: pipeline.Bool, Help: "no: the old price is not crossed out"},
			{Name: "promotion", Type: pipeline.Text, Help: "its name, by which a later file changes it; empty: it is known by its start"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
		},
	}
}

// build makes the document of one item: each of its rows is one promotion.
func (s promotionDesk) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	w := promotion{Code: r.Text("code")}
	doc := pipeline.Document{Name: w.Code}
	if w.Code == "" {
		return doc, nil // Map has told so
	}
	doc.Key = promotionKey(w.Code)
	var problems []pipeline.Problem
	for _, r := range group {
		doc.From = append(doc.From, r.At("price"))
		if w.SKU == "" {
			w.SKU = r.Text("sku")
		}
		if w.Barcode == "" {
			w.Barcode = r.Text("barcode")
		}
		p, wrong := periodOf(r, s.place())
		w.Periods = append(w.Periods, p)
		problems = append(problems, wrong...)
	}
	doc.Words = distinct([]string{w.Code, w.SKU, w.Barcode})
	if len(problems) > 0 || len(w.Periods) == 0 {
		return doc, problems
	}
	doc.Body = packed(w)
	doc.Print = string(doc.Body)
	return doc, nil
}

// promotionKey is the key of all promotions of an item.
func promotionKey(code string) string { return "promotion/" + keyPart(code) }

// place is the shop's zone; a Sink that was never opened has none.
func (s *Sink) place() *time.Location {
	if s == nil || s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// periodOf reads one row.
func periodOf(r pipeline.Record, zone *time.Location) (period, []pipeline.Problem) {
	p := period{Name: r.Text("promotion"), Plain: r.Has("compare") && !r.True("compare")}
	var problems []pipeline.Problem
	told := func(field string, rule pipeline.Rule, with map[string]string) {
		problems = append(problems, r.Problem(field, rule, with))
	}
	bad := r.Value("price").Bad || r.Value("percent").Bad
	switch price, percent := r.Amount("price"), r.Amount("percent"); {
	case bad:
	case r.Has("price") == r.Has("percent"):
		told("price", "promotion.value", nil)
	case r.Has("price") && price.IsNeg():
		told("price", "price.minus", nil)
	case r.Has("price") && !price.RoundHAZ(2).Equal(price):
		told("price", "price.decimals", nil)
	case r.Has("price"):
		p.Price = &price
	case !percent.IsPos() || !percent.LessThan(hundred):
		told("percent", "promotion.percent", nil)
	default:
		p.Percent = &percent
	}
	if r.Has("starts") {
		p.Starts = r.Date("starts").UTC()
		if dayOnly(r.Text("starts")) {
			p.Starts = firstMoment(p.Starts, zone)
		}
	}
	if !r.Has("ends") || r.Value("starts").Bad {
		return p, problems // Map has told so
	}
	p.Ends = r.Date("ends").UTC()
	if dayOnly(r.Text("ends")) {
		p.Ends = dayAfter(p.Ends, zone)
	}
	if !p.Ends.After(p.Starts) {
		told("ends", "promotion.order", map[string]string{"starts": r.Text("starts"), "ends": r.Text("ends")})
	}
	return p, problems
}
