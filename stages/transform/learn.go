package transform

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"wasl/pipeline"
)

// A Sample is the beginning of a file as it was read.
type Sample struct {
	Name    string // of the file
	Header  []string
	Rows    []pipeline.Row // the first ones
	Reading pipeline.Reading
	Lang    string // of what is written about it: en (also "") or ar
}

// A Guess is a column that probably feeds a field.
type Guess struct {
	Field    string
	Column   string // header text
	Number   int    // of the column, counted from 1
	Score    int    // per cent
	Why      string // in words
	Required bool
	number   bool // the field is an amount, a quantity or a rate
}

// A Fit is how well a file fits a kind.
type Fit struct {
	Kind    string
	Score   int // per cent
	Guesses []Guess
	Missing []string // required fields that no column feeds
}

// learnable says which words of the dictionary feed the fields of a kind, the
// likeliest first.
var learnable = map[string]map[string][]string{
	"table.items": {
		"code": {"item.code"}, "name_ar": {"item.name"}, "name_en": {"item.name.en"}, "barcode": {"item.barcode"},
		"group": {"item.group"}, "unit": {"item.unit"}, "vat_rate": {"tax.rate"}, "price": {"price"}, "colour": {"item.color"}, "size": {"item.size"},
	},
	"shopify.stock": {
		"sku": {"item.code", "item.barcode"}, "quantity": {"quantity.available", "quantity"}, "warehouse": {"warehouse", "branch"}, "name": {"item.name"},
	},
	"table.prices": {
		"code": {"item.code", "item.barcode"}, "price": {"price", "price.wholesale"}, "cost": {"price.cost"}, "currency": {"currency"}, "unit": {"item.unit"},
	},
}

// given are required fields that no column has to feed: the mapping states them.
var given = map[string]bool{"shopify.stock location": true, "table.prices list": true}

// Fits holds a sample against every kind that can be learned, the best first.
// Words are those of the dictionary.
func Fits(s Sample, kinds map[string]pipeline.Kind, words map[string][]string) []Fit {
	var out []Fit
	for name, fields := range learnable {
		if kind, ok := kinds[name]; ok {
			out = append(out, fit(s, kind, fields, words))
		}
	}
	slices.SortFunc(out, func(a, b Fit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// fit finds the likeliest column for each field of a kind; a column feeds one
// field. Required fields count three times, and one that is missing halves all.
func fit(s Sample, kind pipeline.Kind, fields map[string][]string, words map[string][]string) Fit {
	f := Fit{Kind: kind.Name}
	taken := map[int]bool{}
	have, want := 0, 0 // weights times per cent, and weights
	for _, required := range []bool{true, false} {
		for _, field := range kind.Fields {
			names, ok := fields[field.Name]
			if field.Required != required || !ok {
				if field.Required && required && !ok && !given[kind.Name+" "+field.Name] {
					f.Missing = append(f.Missing, field.Name)
				}
				continue
			}
			weight := 1
			if required {
				weight = 3
			}
			want += weight
			g, found := guess(s, field, names, words, taken)
			if !found {
				if required {
					f.Missing = append(f.Missing, field.Name)
				}
				continue
			}
			taken[g.Number] = true
			have += weight * g.Score
			f.Guesses = append(f.Guesses, g)
		}
	}
	// How much of the kind the file has, and how much of the file the kind takes:
	// an item list has prices too, but a price list has no names.
	f.Score = (have/max(want, 1) + 2*100*len(f.Guesses)/max(knownColumns(s, words), 1)) / 3
	f.Score = min(f.Score, 100)
	if len(f.Missing) > 0 {
		f.Score /= 2
	}
	return f
}

// knownColumns counts the columns that any word of the dictionary knows.
func knownColumns(s Sample, words map[string][]string) int {
	n := 0
	for _, header := range s.Header {
		for word, names := range words {
			if score, _ := s.alike(header, word, names); header != "" && score == 100 {
				n++
				break
			}
		}
	}
	return n
}

// guess finds the column that feeds a field.
func guess(s Sample, field pipeline.Field, words []string, dictionary map[string][]string, taken map[int]bool) (Guess, bool) {
	best := Guess{Field: field.Name, Required: field.Required, number: numeric(field.Type)}
	for i, header := range s.Header {
		if header == "" || taken[i+1] {
			continue
		}
		for rank, word := range words {
			score, why := s.alike(header, word, dictionary[word])
			score -= 5 * rank
			if score > 0 && field.Type == pipeline.Quantity && closing(header) {
				score += 10
			}
			if score > 0 && !fitsType(s, i, field.Type) {
				score, why = score/3, why+s.say("unlike")
			}
			if score > best.Score {
				best.Column, best.Number, best.Score, best.Why = header, i+1, score, why
			}
		}
	}
	best.Score = min(best.Score, 100)
	return best, best.Score >= 40
}

// closing tells whether a header is of what is there in the end, where a report
// has what came in and what went out, too.
func closing(header string) bool {
	folded := pipeline.Fold(header)
	for _, word := range []string{"closing", "balance", "available", "on hand", "رصيد", "متاح", "ختامي"} {
		if strings.Contains(folded, pipeline.Fold(word)) {
			return true
		}
	}
	return false
}

// alike says how much a header looks like a name of a word.
func (s Sample) alike(header, word string, names []string) (score int, why string) {
	folded := pipeline.Fold(header)
	for _, name := range names {
		other := pipeline.Fold(name)
		switch {
		case other == folded:
			return 100, s.say("name", word)
		case strings.HasPrefix(folded, other+" ") || strings.HasSuffix(folded, " "+other):
			if score < 75 {
				score, why = 75, s.say("holds", name, word)
			}
		case len([]rune(other)) > 4 && levenshtein.ComputeDistance(folded, other) == 1 && score < 70:
			score, why = 70, s.say("nearly", name, word)
		}
	}
	return score, why
}

// fitsType tells whether most cells of a column can be of a type.
func fitsType(s Sample, col int, t pipeline.Type) bool {
	if t != pipeline.Amount && t != pipeline.Quantity && t != pipeline.Rate {
		return true
	}
	good, seen := 0, 0
	for _, row := range s.Rows {
		if col >= len(row.Cells) || strings.TrimSpace(row.Cells[col]) == "" {
			continue
		}
		seen++
		if strings.ContainsAny(row.Cells[col], "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹") && !strings.ContainsAny(strings.ToLower(row.Cells[col]), "abcdfghijklmnopqrstuvwxyz") {
			good++
		}
	}
	return seen == 0 || 2*good > seen
}
