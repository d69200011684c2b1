package transform

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// learnWords are the comments of a mapping that was learned, in English and in
// Arabic, as package fmt takes them.
var learnWords = map[string][2]string{
	"learned":    {"Learned from %s: %s", "مستخلص من %s: %s"},
	"fits":       {"It fits %s with %d %%", "يناسب %s بنسبة %d %%"},
	"fits too":   {", %s with %d %%", "، و%s بنسبة %d %%"},
	"look":       {"Look through it, then put it into mappings/. Behind each line stands how sure the", "راجعه ثم ضعه في mappings/. وبعد كل سطر نسبة الثقة في التخمين،"},
	"sure":       {"guess is; what is below 100 %% wants your eye.", "وما كان أقل من 100 %% يحتاج إلى مراجعتك."},
	"missing":    {"no column looks like it; it is required", "لا يوجد عمود يشبهه، وهو مطلوب"},
	"unused":     {"Columns that nothing reads", "أعمدة لا يقرؤها شيء"},
	"warehouses": {"the warehouses stand in wasl.yaml", "المخازن مذكورة في wasl.yaml"},
	"replace":    {"REPLACE it: wasl check --online lists the locations", "استبدله: الأمر wasl check --online يسرد المواقع"},
	"first":      {"the first of wasl.yaml; the file names no warehouse", "أول موقع في wasl.yaml؛ الملف لا يذكر مخزنًا"},
	"list":       {"the name of this price list", "اسم قائمة الأسعار هذه"},
	"empty":      {"; always empty", "؛ فارغ دائمًا"},
	"filled":     {"; %d of %d filled, such as %s", "؛ المملوء %d من %d، مثل %s"},
	"header":     {"header in row %d", "رؤوس الأعمدة في الصف %d"},
	"name":       {"a name of %s", "من أسماء %s"},
	"holds":      {"holds %q, a name of %s", "فيه %q من أسماء %s"},
	"nearly":     {"nearly %q, a name of %s", "يقارب %q من أسماء %s"},
	"unlike":     {"; but its cells do not look like it", "؛ لكن خلاياه لا تبدو كذلك"},
}

// say is one of learnWords in the language of the sample.
func (s Sample) say(key string, facts ...any) string {
	words := learnWords[key][0]
	if s.Lang == "ar" {
		words = learnWords[key][1]
	}
	return fmt.Sprintf(words, facts...)
}

// Learn writes the mapping of a fit, with every guess and its score as comments.
// locations are the warehouses that the settings know, for stock.
func Learn(s Sample, fits []Fit, flow string, files []string, locations map[string]string) string {
	best := fits[0]
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n# %s", s.say("learned", oneLine(s.Name), readingWords(s)), s.say("fits", best.Kind, best.Score))
	for _, f := range fits[1:] {
		b.WriteString(s.say("fits too", f.Kind, f.Score))
	}
	fmt.Fprintf(&b, ".\n# %s\n# %s\n", s.say("look"), s.say("sure"))
	fmt.Fprintf(&b, "flow: %s\nfiles: [%s]\nto: %s\n\nfields:\n", flow, quoteList(files), best.Kind)
	for _, g := range best.Guesses {
		fmt.Fprintf(&b, "  %-12s %s # %d %%: %s%s\n", g.Field+":", ruleFor(s, best.Kind, g), g.Score, oneLine(g.Why), samples(s, g.Number))
	}
	for _, name := range best.Missing {
		fmt.Fprintf(&b, "  # %s: %s\n", name, s.say("missing"))
	}
	b.WriteString(stated(s, best, locations))
	b.WriteString(firstExample(s, best))
	unused := unusedColumns(s, best)
	if len(unused) > 0 {
		fmt.Fprintf(&b, "\n# %s: %s\n", s.say("unused"), oneLine(strings.Join(unused, ", ")))
	}
	return b.String()
}

// ruleFor is the right side of a field's line.
func ruleFor(s Sample, kind string, g Guess) string {
	from := source(s, g)
	more := ""
	if s.Reading.Styles[g.Column].Decimal == "," || s.comma(g) {
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
				return fmt.Sprintf("  %-12s {from: [%s], map: shopify.locations} # %s\n", "location:", strings.Trim(source(s, g), "[]"), s.say("warehouses"))
			}
		}
		gid, which := "gid://shopify/Location/1", s.say("replace")
		for _, code := range sortedKeys(locations) {
			gid, which = locations[code], s.say("first")
			break
		}
		return fmt.Sprintf("  %-12s {value: %q} # %s\n", "location:", gid, which)
	case "table.prices":
		return fmt.Sprintf("  %-12s {value: retail} # %s\n", "list:", s.say("list"))
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
		return s.say("empty")
	}
	return s.say("filled", filled, len(s.Rows), strings.Join(out, ", "))
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
		parts = append(parts, s.say("header", r.HeaderRow))
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

// comma tells whether the numbers of a field need a comma as their decimal mark: the
// column's name is none of the dictionary's, so that nobody has looked at all of it.
func (s Sample) comma(g Guess) bool {
	if !g.number {
		return false
	}
	needed := false
	for _, row := range s.Rows {
		if g.Number > len(row.Cells) {
			continue
		}
		text := pipeline.Clean(row.Cells[g.Number-1])
		if _, rule := pipeline.ParseNumber(text, ",", nil); text != "" && rule != "" {
			return false
		}
		_, rule := pipeline.ParseNumber(text, "", nil)
		needed = needed || rule == "number.comma"
	}
	return needed
}
