package table

import (
	"encoding/json"
	"maps"
	"slices"

	"wasl/pipeline"
)

// Kinds are the documents that the table takes.
func (s *Sink) Kinds() []pipeline.Kind {
	return []pipeline.Kind{{
		Name:    "table." + s.shelf.name,
		Help:    s.shelf.help,
		Fields:  s.shelf.fields,
		GroupBy: s.shelf.by,
		Build:   s.build,
	}}
}

// build makes one row of a table of the rows that name it: one, or several that
// say the same. It is pure.
func (s *Sink) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	first := s.columns(group[0])
	key := s.shelf.key(first)
	doc := pipeline.Document{Key: s.shelf.name + "/" + key, Name: key, Words: words(first)}
	if key == "" {
		doc.Key = "" // the row has none: Prepare names it
	}
	body, err := json.Marshal(first)
	if err != nil {
		panic(err) // a map of texts
	}
	doc.Body = body

	var problems []pipeline.Problem
	for _, r := range group[1:] {
		if !maps.Equal(s.columns(r), first) {
			problems = append(problems, r.Problem(s.shelf.by[len(s.shelf.by)-1], "key.twice", map[string]string{"key": key}))
		}
	}
	for _, r := range group {
		problems = append(problems, s.wrong(r)...)
	}
	return doc, problems
}

// wrong are the problems of one row: an unknown sort of tax code, a price below
// nothing.
func (s *Sink) wrong(r pipeline.Record) []pipeline.Problem {
	var problems []pipeline.Problem
	if t := r.Text("eta_type"); r.Has("eta_type") && t != "EGS" && t != "GS1" {
		problems = append(problems, r.Problem("eta_type", "item.eta", nil))
	}
	for _, field := range s.shelf.prices {
		if price := r.Amount(field); price.IsNeg() {
			problems = append(problems, r.Problem(field, "price.negative", map[string]string{"price": price.String()}))
		}
	}
	return problems
}

// columns are a row's texts by column; what it does not have is left out. A row of
// a list of codes is also known by its folded text: قطعة and قطعه are one unit.
func (s *Sink) columns(r pipeline.Record) map[string]string {
	cols := map[string]string{}
	for _, f := range s.shelf.fields {
		if v := r.Value(f.Name); v.Set {
			cols[f.Name] = plain(f.Type, v)
		}
	}
	if s.shelf.name == "codes" && cols["list"] != "" {
		cols["folded"] = cols["list"] + "/" + pipeline.Fold(cols["code"])
	}
	return cols
}

// words are what people look for a row by.
func words(cols map[string]string) []string {
	out := []string{cols["code"], cols["barcode"]}
	return slices.DeleteFunc(slices.Compact(out), func(w string) bool { return w == "" })
}
