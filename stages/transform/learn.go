package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
}

// A Guess is a column that probably feeds a field.
type Guess struct {
	Field    string
	Column   string // header text
	Number   int    // of the column, counted from 1
	Score    int    // per cent
	Why      string // in words
	Required bool
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
			if score, _ := alike(header, word, names); header != "" && score == 100 {
				n++
				break
			}
		}
	}
	return n
}

// guess finds the column that feeds a field.
func guess(s Sample, field pipeline.Field, words []string, dictionary map[string][]string, taken map[int]bool) (Guess, bool) {
	best := Guess{Field: field.Name, Required: field.Required}
	for i, header := range s.Header {
		if header == "" || taken[i+1] {
			continue
		}
		for rank, word := range words {
			score, why := alike(header, word, dictionary[word])
			score -= 5 * rank
			if score > 0 && field.Type == pipeline.Quantity && closing(header) {
				score += 10
			}
			if score > 0 && !fitsType(s, i, field.Type) {
				score, why = score/3, why+"; but its cells do not look like it"
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
func alike(header, word string, names []string) (score int, why string) {
	folded := pipeline.Fold(header)
	for _, name := range names {
		other := pipeline.Fold(name)
		switch {
		case other == folded:
			return 100, "a name of " + word
		case strings.HasPrefix(folded, other+" ") || strings.HasSuffix(folded, " "+other):
			if score < 75 {
				score, why = 75, fmt.Sprintf("holds %q, a name of %s", name, word)
			}
		case len([]rune(other)) > 4 && levenshtein.ComputeDistance(folded, other) == 1 && score < 70:
			score, why = 70, fmt.Sprintf("nearly %q, a name of %s", name, word)
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

// Learn writes the mapping of a fit, with every guess and its score as comments.
// locations are the warehouses that the settings know, for stock.
func Learn(s Sample, fits []Fit, flow string, files []string, locations map[string]string) string {
	best := fits[0]
	var b strings.Builder
	fmt.Fprintf(&b, "# Learned from %s: %s\n", oneLine(s.Name), readingWords(s))
	fmt.Fprintf(&b, "# It fits %s with %d %%", best.Kind, best.Score)
	for _, f := range fits[1:] {
		fmt.Fprintf(&b, ", %s with %d %%", f.Kind, f.Score)
	}
	b.WriteString(".\n# Look through it, then put it into mappings/. Behind each line stands how sure the\n# guess is; what is below 100 % wants your eye.\n")
	fmt.Fprintf(&b, "flow: %s\nfiles: [%s]\nto: %s\n\nfields:\n", flow, quoteList(files), best.Kind)
	for _, g := range best.Guesses {
		fmt.Fprintf(&b, "  %-12s %s # %d %%: %s%s\n", g.Field+":", ruleFor(s, best.Kind, g), g.Score, oneLine(g.Why), samples(s, g.Number))
	}
	for _, name := range best.Missing {
		fmt.Fprintf(&b, "  # %s: no column looks like it; it is required\n", name)
	}
	b.WriteString(stated(s, best, locations))
	b.WriteString(firstExample(s, best))
	unused := unusedColumns(s, best)
	if len(unused) > 0 {
		fmt.Fprintf(&b, "\n# Columns that nothing reads: %s\n", oneLine(strings.Join(unused, ", ")))
	}
	return b.String()
}

// ruleFor is the right side of a field's line.
func ruleFor(s Sample, kind string, g Guess) string {
	from := source(s, g)
	more := ""
	if s.Reading.Styles[g.Column].Decimal == "," {
		more += ", decimal: \",\""
	}
	if kind == "table.items" && g.Field == "unit" {
		more += fmt.Sprintf(", map: {%s}", unitMap(s, g.Number))
	}
	if g.Required && continued(s, g.Number) {
		more += ", fill: down"
	}
	if !g.Required {
		more += ", optional: true"
	}
	if more == "" {
		return from
	}
	return fmt.Sprintf("{from: %s%s}", from, more)
}

// source names a column: by its header, or by its place where another column is
// called the same.
func source(s Sample, g Guess) string {
	for i, header := range s.Header {
		if i+1 != g.Number && pipeline.Fold(header) == pipeline.Fold(g.Column) {
			return "column " + pipeline.ColumnLetters(g.Number)
		}
	}
	return "[" + quote(g.Column) + "]"
}

// continued tells whether rows without this cell go on with the row above: they
// lack their other texts, too, but hold a number.
func continued(s Sample, col int) bool {
	rows := 0
	for i, row := range s.Rows {
		if col > len(row.Cells) || strings.TrimSpace(row.Cells[col-1]) != "" {
			continue
		}
		number := slices.ContainsFunc(row.Cells, func(cell string) bool {
			_, fault := pipeline.ParseNumber(pipeline.Clean(cell), "", percentWords)
			return strings.TrimSpace(cell) != "" && fault == ""
		})
		switch {
		case i == 0:
			return false
		case number:
			rows++
		}
	}
	return rows > 0
}

// stated are the fields that no column feeds.
func stated(s Sample, f Fit, locations map[string]string) string {
	switch f.Kind {
	case "shopify.stock":
		for _, g := range f.Guesses {
			if g.Field == "warehouse" {
				return fmt.Sprintf("  %-12s {from: [%s], map: shopify.locations} # the warehouses stand in wasl.yaml\n", "location:", strings.Trim(source(s, g), "[]"))
			}
		}
		gid, which := "gid://shopify/Location/1", "REPLACE it: wasl check --online lists the locations"
		for _, code := range sortedKeys(locations) {
			gid, which = locations[code], "the first of wasl.yaml; the file names no warehouse"
			break
		}
		return fmt.Sprintf("  %-12s {value: %q} # %s\n", "location:", gid, which)
	case "table.prices":
		return fmt.Sprintf("  %-12s {value: retail} # the name of this price list\n", "list:")
	}
	return ""
}

// firstExample is the first row as an example of the mapping: what stands in its
// code column is the code.
func firstExample(s Sample, f Fit) string {
	whole := slices.IndexFunc(s.Rows, func(row pipeline.Row) bool {
		return !slices.ContainsFunc(f.Guesses, func(g Guess) bool {
			return g.Number > len(row.Cells) || strings.TrimSpace(row.Cells[g.Number-1]) == "" || strings.HasPrefix(source(s, g), "column")
		})
	})
	if whole < 0 || len(f.Guesses) == 0 || len(f.Missing) > 0 {
		return ""
	}
	var cells []string
	code, extra := "", ""
	for _, g := range f.Guesses {
		cell := s.Rows[whole].Cells[g.Number-1]
		cells = append(cells, quote(g.Column)+": "+quote(cell))
		switch {
		case code == "" && (g.Field == "code" || g.Field == "sku"):
			code = g.Field + ": " + quote(pipeline.Clean(cell))
		case g.Field == "warehouse":
			extra = fmt.Sprintf("\n    maps:  {shopify.locations: {%s: gid://shopify/Location/1}}", quote(cell))
		}
	}
	return fmt.Sprintf("\nexamples:\n  - row:   {%s}%s\n    gives: {%s}\n", strings.Join(cells, ", "), extra, code)
}

// unitMap maps the units that the sample has; what the tax authority calls them
// is for somebody to say where it is not known.
func unitMap(s Sample, col int) string {
	known := map[string]string{"قطعه": "EA", "حبه": "EA", "عدد": "EA", "pcs": "EA", "pc": "EA", "piece": "EA", "each": "EA", "ea": "EA", "وحده": "EA",
		"كيلو": "KGM", "كجم": "KGM", "kg": "KGM", "kgm": "KGM", "لتر": "LTR", "ltr": "LTR", "l": "LTR", "متر": "M", "m": "M", "علبه": "BOX", "box": "BOX",
		"كرتونه": "CT", "كرتون": "CT", "ctn": "CT", "carton": "CT", "طقم": "SET", "set": "SET", "دسته": "DZN", "dozen": "DZN", "زوج": "PR"}
	var pairs []string
	seen := map[string]bool{}
	for _, row := range s.Rows {
		if col > len(row.Cells) {
			continue
		}
		unit := pipeline.Clean(row.Cells[col-1])
		if unit == "" || seen[unit] {
			continue
		}
		seen[unit] = true
		pairs = append(pairs, quote(unit)+": "+cmp.Or(known[pipeline.Fold(unit)], "EA"))
	}
	if len(pairs) == 0 {
		return "EA: EA"
	}
	return strings.Join(pairs, ", ")
}

// samples are the first cells of a column, for people.
func samples(s Sample, col int) string {
	var out []string
	filled := 0
	for _, row := range s.Rows {
		if col <= len(row.Cells) && strings.TrimSpace(row.Cells[col-1]) != "" {
			filled++
			if len(out) < 2 {
				out = append(out, oneLine(row.Cells[col-1]))
			}
		}
	}
	if len(out) == 0 {
		return "; always empty"
	}
	return fmt.Sprintf("; %d of %d filled, such as %s", filled, len(s.Rows), strings.Join(out, ", "))
}

func unusedColumns(s Sample, f Fit) []string {
	used := map[int]bool{}
	for _, g := range f.Guesses {
		used[g.Number] = true
	}
	var out []string
	for i, header := range s.Header {
		if header != "" && !used[i+1] {
			out = append(out, header)
		}
	}
	return out
}

// readingWords says how the sample was read.
func readingWords(s Sample) string {
	r := s.Reading
	parts := []string{r.Format}
	for _, p := range []string{r.CodePage, r.Delimiter, r.Sheet} {
		if p == "\t" {
			p = "tab"
		}
		if p != "" {
			parts = append(parts, oneLine(p))
		}
	}
	if r.HeaderRow > 0 {
		parts = append(parts, "header in row "+strconv.Itoa(r.HeaderRow))
	}
	return strings.Join(parts, ", ")
}

// quote writes a text as YAML takes it, whatever stands in it.
func quote(s string) string {
	return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD"))
}

func quoteList(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = quote(t)
	}
	return strings.Join(out, ", ")
}

// oneLine keeps a comment a comment.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "..."
	}
	return s
}
