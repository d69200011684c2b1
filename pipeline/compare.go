package pipeline

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
)

// A change is one way in which a file is not like the last good one.
type change struct {
	Problem
	holds bool // what the flow reads of the file is doubtful: it waits for a person
}

// A comparison holds a file against the last good one of its flow.
type comparison struct {
	last, now Contract
	at        Origin // of the header
	asked     []Asked
	joined    bool // several rows make a document, and only the first has all of it
	fields    map[string]Field
	out       []change
}

// against is how a file differs from the last good one: first what holds it,
// then what is only worth telling. Nothing where there is no last one.
func (c Contract) against(last Contract, at Origin, asked []Asked, joined bool) []change {
	if len(last.Columns) == 0 {
		return nil
	}
	at.Col, at.Column = 0, ""
	k := &comparison{last: last, now: c, at: at, asked: asked, joined: joined, fields: map[string]Field{}}
	for _, a := range asked {
		for _, f := range a.Fields {
			f.Required = f.Required || a.Required
			k.fields[f.Name] = f
		}
	}
	k.cells()
	k.names()
	k.order()
	k.form()
	slices.SortStableFunc(k.out, func(a, b change) int { return cmp.Compare(rank(a), rank(b)) })
	return k.out
}

// rank puts what holds the file before what is only told.
func rank(c change) int {
	if c.holds {
		return 0
	}
	return 1
}

// tell adds a change; facts are pairs.
func (k *comparison) tell(holds bool, rule Rule, col *Column, value string, facts ...string) {
	p := Problem{Origin: k.at, Rule: rule, Value: value, With: map[string]string{"file": k.last.File, "day": k.last.Day}}
	if col != nil {
		p.Col, p.Column, p.Field = col.At+1, col.Name, strings.Join(col.Fields, ", ")
	}
	for i := 0; i+1 < len(facts); i += 2 {
		p.With[facts[i]] = facts[i+1]
	}
	k.out = append(k.out, change{p, holds})
}

// ---- the cells of columns that both have ----

// cells compares what the cells of each column look like.
func (k *comparison) cells() {
	last := byName(k.last.Columns)
	for i := range k.now.Columns {
		c := &k.now.Columns[i]
		was := last[Fold(c.Name)]
		if was == nil || was.Filled == 0 || c.Seen == 0 {
			continue
		}
		k.column(c, was)
	}
}

// column compares the cells of one column: what is empty in most rows now, what
// is of another kind in most of them.
func (k *comparison) column(c, was *Column) {
	facts := func(count int, now string) []string {
		return []string{"was", was.Type(), "now", now, "count", strconv.Itoa(count), "rows", strconv.Itoa(c.Seen)}
	}
	empty, full, rows := c.Seen-c.Filled, was.Filled == was.Seen, c.Seen
	emptied := 2*empty > rows
	if k.joined {
		emptied, full, rows = c.Filled == 0, true, c.Filled
	}
	matters := full && k.matters(*c, *was)
	if other, example := k.strange(*c, *was); matters && 2*other > rows {
		k.tell(true, "contract.retyped", c, example, facts(other, c.Type())...)
		return
	}
	now, count := c.Type(), c.Types[c.Type()]
	switch {
	case emptied && matters:
		k.tell(true, "contract.emptied", c, "", facts(empty, CellEmpty)...)
	case was.Filled < fewRows:
		// too few to tell anything by
	case c.Filled == 0 && full && !k.joined:
		k.tell(false, "contract.type", c, "", facts(empty, CellEmpty)...)
	case c.Filled >= fewRows && far(was.Type(), now) && was.mostly(was.Type()) && c.mostly(now):
		k.tell(false, "contract.type", c, c.sample[now], facts(count, now)...)
	}
}

// mostly tells whether nine in ten of the cells look like one thing.
func (c Column) mostly(t string) bool { return 10*c.Types[t] >= 9*c.Filled }

// fewRows is a file that tells nothing about columns that may be left empty.
const fewRows = 3

// matters tells whether a column is one whose change holds the file: a field
// reads it. Of a field that may be empty the last file must have had enough rows
// to be one that never is; where only the first row of a document has all of it,
// as in Shopify's export, nobody can tell that of any.
func (k *comparison) matters(c, was Column) bool {
	for _, name := range c.Fields {
		f := k.fields[name]
		if f.Required || was.Seen >= fewRows && !k.joined {
			return true
		}
	}
	return false
}

// strange is how many cells of a column are not what its fields take, though
// those of the last file were, and the first of them.
func (k *comparison) strange(c, was Column) (most int, example string) {
	for _, name := range c.Fields {
		fits := fitting(k.fields[name].Type, was.Type())
		if fits == nil || !was.mostly(was.Type()) {
			continue
		}
		n, first := 0, ""
		for _, t := range []string{CellText, CellCode, CellDate, CellNumber} {
			if !slices.Contains(fits, t) && c.Types[t] > 0 {
				n += c.Types[t]
				first = cmp.Or(first, c.sample[t])
			}
		}
		if fits[0] != CellText && len(fits) == 1 {
			n = min(n, c.bad) // the mapping may know better what to make of them
		}
		if n > most {
			most, example = n, first
		}
	}
	return most, example
}

// fitting are the looks that a field of a type may have where its cells had one
// before; nil: any.
func fitting(t Type, was string) []string {
	switch {
	case t == Amount || t == Quantity || t == Rate:
		if was == CellNumber {
			return []string{CellNumber}
		}
	case t == Date || t == Time:
		if was == CellDate {
			return []string{CellDate}
		}
	case t.Identifier() && (was == CellNumber || was == CellCode):
		return []string{CellNumber, CellCode}
	case t == Text && was == CellText:
		return []string{CellText, CellCode}
	}
	return nil
}

// far tells whether two looks differ by more than what codes and names may do
// from one day to the next.
func far(was, now string) bool {
	near := func(a, b string) bool { return was == a && now == b || was == b && now == a }
	return was != now && was != CellEmpty && !near(CellNumber, CellCode) && !near(CellCode, CellText)
}

// ---- names ----

// names finds columns that are new, gone, or renamed.
func (k *comparison) names() {
	gone, added := missing(k.last.Columns, k.now.Columns), missing(k.now.Columns, k.last.Columns)
	for _, g := range guesses(k.last.Columns, k.now.Columns, gone, added) {
		gone = slices.DeleteFunc(gone, func(c *Column) bool { return c == g.was })
		added = slices.DeleteFunc(added, func(c *Column) bool { return c == g.now })
		line := ""
		if len(g.now.Fields) == 0 {
			line = lineFor(k.asked, *g.was, g.now.Name)
		}
		rule := Rule("contract.named")
		if line != "" {
			rule = "contract.renamed"
		}
		k.tell(false, rule, g.now, "", "was", g.was.Name, "now", g.now.Name, "line", line)
	}
	if len(added) > 0 {
		k.tell(false, "contract.added", nil, "", "columns", namesOf(added))
	}
	if len(gone) > 0 {
		k.tell(false, "contract.gone", nil, "", "columns", namesOf(gone))
	}
}

// missing are the columns of one list whose names the other lacks.
func missing(of, in []Column) (out []*Column) {
	have := byName(in)
	for i := range of {
		if name := Fold(of[i].Name); name != "" && have[name] == nil {
			out = append(out, &of[i])
		}
	}
	return out
}

func namesOf(columns []*Column) string {
	const most = 20
	var out []string
	for _, c := range columns[:min(len(columns), most)] {
		out = append(out, c.Name)
	}
	if len(columns) > most {
		out = append(out, "...")
	}
	return strings.Join(out, ", ")
}

// lineFor is the mapping's line that would take a new name for a column.
func lineFor(asked []Asked, was Column, now string) string {
	for _, a := range asked {
		if slices.ContainsFunc(a.Names, func(n string) bool { return Fold(n) == Fold(was.Name) }) {
			if line := a.Line(now); line != "" {
				return line
			}
		}
	}
	return ""
}

// A guess is that a column was renamed.
type guess struct {
	was, now *Column
	score    int // of 200; above likely it is offered
}

// likely is where a guess begins to be worth offering: half alike by name, or at
// the same place and with the same kind of cells.
const likely = 50

// guesses pairs columns that are gone with new ones, the best pairs first, each
// column once.
func guesses(last, now []Column, gone, added []*Column) (out []guess) {
	var all []guess
	for _, was := range gone {
		for _, is := range added {
			if score := alike(last, now, was, is); score >= likely {
				all = append(all, guess{was, is, score})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
	used := map[*Column]bool{}
	for _, g := range all {
		if !used[g.was] && !used[g.now] {
			used[g.was], used[g.now] = true, true
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b guess) int { return cmp.Compare(a.now.At, b.now.At) })
	return out
}

// alike scores two columns: by name up to 100, by place 30, by cells 20. Where
// the cells are not known the place counts for both.
func alike(last, now []Column, was, is *Column) int {
	a, b := Fold(was.Name), Fold(is.Name)
	longest := max(len([]rune(a)), len([]rune(b)), 1)
	score := 100 - 100*levenshtein.ComputeDistance(a, b)/longest
	if strings.Contains(" "+a+" ", " "+b+" ") || strings.Contains(" "+b+" ", " "+a+" ") {
		score = max(score, 80)
	}
	place := was.At == is.At || before(last, was) == before(now, is) && before(now, is) != ""
	known := is.Seen > 0
	if place {
		score += 30
	}
	if known && was.Type() == is.Type() || !known && place {
		score += 20
	}
	if known && was.Filled > 0 && is.Filled > 0 && far(was.Type(), is.Type()) {
		score -= 40
	}
	return score
}

// before is the folded name of the column before another.
func before(columns []Column, c *Column) string {
	name := ""
	for i := range columns {
		if columns[i].At == c.At {
			return name
		}
		name = Fold(columns[i].Name)
	}
	return name
}

// ---- order and form ----

// order tells that the columns which both have stand in another order.
func (k *comparison) order() {
	if !slices.Equal(common(k.last.Columns, k.now.Columns), common(k.now.Columns, k.last.Columns)) {
		k.tell(false, "contract.order", nil, "")
	}
}

// common are the folded names of one list that the other has too, in order.
func common(of, in []Column) (out []string) {
	have := byName(in)
	for _, c := range of {
		if name := Fold(c.Name); have[name] != nil && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// form tells of another format, code page or delimiter.
func (k *comparison) form() {
	for _, f := range []struct {
		rule     Rule
		was, now string
	}{
		{"contract.format", k.last.Format, k.now.Format},
		{"contract.codepage", k.last.CodePage, k.now.CodePage},
		{"contract.delimiter", strings.ReplaceAll(k.last.Delimiter, "\t", "tab"), strings.ReplaceAll(k.now.Delimiter, "\t", "tab")},
	} {
		if f.was != f.now && f.was != "" && f.now != "" {
			k.tell(false, f.rule, nil, "", "was", f.was, "now", f.now)
		}
	}
}
