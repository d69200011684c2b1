package table

import (
	"encoding/json"
	"maps"
	"slices"

	"wasl/pipeline"
)

// fields are the words of an item.
var fields = []pipeline.Field{
	{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code, by which orders name it (SKU)"},
	{Name: "name_ar", Type: pipeline.Text, Help: "name in Arabic"},
	{Name: "name_en", Type: pipeline.Text, Help: "name in English"},
	{Name: "barcode", Type: pipeline.Code, Help: "barcode"},
	{Name: "group", Type: pipeline.Text, Help: "group of items"},
	{Name: "unit", Type: pipeline.Text, Help: "unit, as the tax authority codes it: EA"},
	{Name: "eta_code", Type: pipeline.Code, Help: "the tax authority's code of the item: EGS or GS1"},
	{Name: "eta_type", Type: pipeline.Text, Help: "sort of eta_code: EGS or GS1"},
	{Name: "vat_type", Type: pipeline.Text, Help: "the tax authority's subtype of VAT: V009"},
	{Name: "vat_rate", Type: pipeline.Rate, Help: "VAT in per cent: 14"},
	{Name: "price", Type: pipeline.Amount, Help: "price of one"},
}

// Kinds are the documents that the table takes.
func (s *Sink) Kinds() []pipeline.Kind {
	return []pipeline.Kind{{
		Name:    "table." + s.name,
		Help:    "An item of the item list, kept for looking up: names, tax codes, units.",
		Fields:  fields,
		GroupBy: []string{"code"},
		Build:   s.build,
	}}
}

// build makes one item of the rows that name its code: one row, or several that
// say the same. It is pure.
func (s *Sink) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	first := columns(group[0])
	code := group[0].Text("code")
	doc := pipeline.Document{Key: s.name + "/" + code, Name: code, Words: words(first)}
	if code == "" {
		doc.Key = "" // the row has none: Prepare names it
	}
	body, err := json.Marshal(first)
	if err != nil {
		panic(err) // a map of texts
	}
	doc.Body = body

	var problems []pipeline.Problem
	for _, r := range group[1:] {
		if !maps.Equal(columns(r), first) {
			problems = append(problems, r.Problem("code", "key.twice", map[string]string{"key": code}))
		}
	}
	for _, r := range group {
		if t := r.Text("eta_type"); r.Has("eta_type") && t != "EGS" && t != "GS1" {
			problems = append(problems, r.Problem("eta_type", "item.eta", nil))
		}
	}
	return doc, problems
}

// columns are a row's texts by column; what it does not have is left out.
func columns(r pipeline.Record) map[string]string {
	cols := map[string]string{}
	for _, f := range fields {
		if v := r.Value(f.Name); v.Set {
			cols[f.Name] = plain(f.Type, v)
		}
	}
	return cols
}

// words are what people look for an item by.
func words(cols map[string]string) []string {
	out := []string{cols["code"], cols["barcode"]}
	return slices.DeleteFunc(slices.Compact(out), func(w string) bool { return w == "" })
}
