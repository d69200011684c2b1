package extract

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// headerRows is how many rows are looked at for the header.
const headerRows = 16

// asked is a Column with its names folded.
type asked struct {
	Column
	folded []string
}

func ask(columns []Column) []asked {
	out := make([]asked, 0, len(columns))
	for _, c := range columns {
		a := asked{Column: c}
		for _, name := range c.Names {
			a.folded = append(a.folded, pipeline.Fold(name))
		}
		out = append(out, a)
	}
	return out
}

// headed is a row held against the columns that are asked for.
type headed struct {
	row      int
	header   []string // cleaned, without empty ones at the end
	at       []int    // for each column its place from 0; -1 where it is missing
	twice    []int    // for each column the place of a second one of the same name; -1 where there is none
	matched  int
	required int
	missing  []string // required columns that are not there
}

// match holds a row against the columns.
func match(cells []string, columns []asked) headed {
	h := headed{at: make([]int, len(columns)), twice: make([]int, len(columns))}
	first, second := map[string]int{}, map[string]int{}
	for i, c := range cells {
		c = pipeline.Clean(c)
		h.header = append(h.header, c)
		if c == "" {
			continue
		}
		folded := pipeline.Fold(c)
		if _, ok := first[folded]; !ok {
			first[folded] = i
		} else if _, ok := second[folded]; !ok {
			second[folded] = i
		}
	}
	for len(h.header) > 0 && h.header[len(h.header)-1] == "" {
		h.header = h.header[:len(h.header)-1]
	}
	for i, c := range columns {
		h.at[i], h.twice[i] = -1, -1
		for _, name := range c.folded {
			place, ok := first[name]
			if !ok {
				continue
			}
			h.at[i] = place
			if other, ok := second[name]; ok {
				h.twice[i] = other
			}
			break
		}
		switch {
		case h.at[i] >= 0:
			h.matched++
			if c.Required {
				h.required++
			}
		case c.Required && len(c.Names) > 0:
			h.missing = append(h.missing, c.Names[0])
		}
	}
	return h
}

// table is a source with its header.
type table struct {
	file    *file
	src     source
	sheet   string
	columns []asked
	strict  bool     // rows have to be as wide as the header: CSV, where cells have no address
	ahead   []line   // read and not yet taken
	found   []headed // of ahead, those rows that can be the header, best first; at most one
	at      int      // of the header in ahead

	width   int                 // of the header
	key     int                 // place of the first column that is required; 0 where none is
	names   map[string]struct{} // of the header, to notice one that comes again
	pending []line              // rows that may be footers
	seen    int
	hidden  []int // rows that are hidden
}

func (t *table) best() headed {
	if len(t.found) == 0 {
		return headed{}
	}
	return t.found[0]
}

// find reads the first rows and looks for the header among them.
func (f *file) find(src source, sheet string, columns []asked, strict bool) (*table, error) {
	t := &table{file: f, src: src, sheet: sheet, columns: columns, strict: strict}
	rows := max(headerRows, f.opt.Header)
	for {
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		t.ahead = append(t.ahead, l)
		if l.row > rows {
			return t, nil
		}
		if f.opt.Header > 0 && l.row != f.opt.Header || empty(l) {
			continue
		}
		if h := match(l.cells, columns); t.better(h) {
			h.row = l.row
			t.found, t.at = []headed{h}, len(t.ahead)-1
			if h.matched == len(columns) {
				return t, nil
			}
		}
	}
}

func (t *table) better(h headed) bool {
	if len(t.found) == 0 {
		return true
	}
	best := t.found[0]
	if h.required != best.required {
		return h.required > best.required
	}
	return h.matched > best.matched
}

// settle takes the best row as the header, or refuses the file.
func (t *table) settle() error {
	if len(t.found) == 0 {
		return t.file.refuse("file.empty", nil)
	}
	h := t.best()
	at := &place{sheet: t.sheet, row: h.row}
	if len(h.missing) > 0 {
		with := []string{"columns", list(h.missing), "found", list(shown(h.header))}
		if t.file.opt.Format == FormatOrders {
			return t.file.refuse("column.missing", at, with...)
		}
		return t.file.hold("column.missing", at, with...)
	}
	var wrong []pipeline.Problem
	for i := range t.columns {
		if two := h.twice[i]; two >= 0 {
			one := h.at[i]
			wrong = append(wrong, t.file.problem("column.twice",
				&place{sheet: t.sheet, row: h.row, col: two + 1, column: h.header[two]},
				"name", h.header[one], "first", pipeline.ColumnLetters(one+1), "second", pipeline.ColumnLetters(two+1)))
		}
	}
	if len(wrong) > 0 {
		return &pipeline.Refused{Problems: wrong}
	}
	t.begin(h)
	return nil
}

// begin prepares the reading of the rows below the header.
func (t *table) begin(h headed) {
	t.width, t.key = len(h.header), 0
	for i, c := range t.columns {
		if c.Required {
			t.key = h.at[i]
			break
		}
	}
	t.names = make(map[string]struct{}, t.width)
	for _, name := range h.header {
		if name != "" {
			t.names[name] = struct{}{}
		}
	}
	for _, l := range t.ahead[:t.at] {
		if !empty(l) {
			t.file.ignore(l.row, "title")
		}
	}
	t.ahead = t.ahead[t.at+1:]
}

func (t *table) next() (line, error) {
	if len(t.ahead) > 0 {
		l := t.ahead[0]
		t.ahead = t.ahead[1:]
		return l, nil
	}
	return t.src.next()
}

// maxPending is how many rows with a single cell are kept back until it is known
// whether data comes after them.
const maxPending = 1000

// each hands on the rows that are data, in their order.
func (t *table) each(take func(pipeline.Row) error) error {
	for {
		l, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if t.seen++; t.seen%1024 == 0 && t.file.ctx.Err() != nil {
			return t.file.ctx.Err()
		}
		switch why, err := t.sort(l); {
		case err != nil:
			return err
		case why == "", why == "footer" && len(t.pending) >= maxPending:
			t.pending = append(t.pending, l)
			if err := t.flush(take); err != nil {
				return err
			}
		case why == "footer":
			t.pending = append(t.pending, l)
		case why != "empty":
			t.file.ignore(l.row, why)
		}
	}
	for _, l := range t.pending {
		t.file.ignore(l.row, "footer")
	}
	if n := len(t.hidden); n > 0 {
		t.file.note("file.hidden", &place{sheet: t.sheet, row: t.hidden[0]}, "rows", strconv.Itoa(n))
	}
	return nil
}

func (t *table) flush(take func(pipeline.Row) error) error {
	for _, l := range t.pending {
		if l.hidden {
			t.hidden = append(t.hidden, l.row)
		}
		if err := take(t.row(l)); err != nil {
			return err
		}
	}
	t.pending = t.pending[:0]
	return nil
}

// sort tells why a row is not data; "" where it is. A footer is one only if no
// data comes after it.
func (t *table) sort(l line) (why string, err error) {
	filled, first := 0, -1
	for i, c := range l.cells {
		if !blank(c) {
			if filled++; first < 0 {
				first = i
			}
		}
	}
	switch {
	case filled == 0 && len(l.faults) == 0:
		return "empty", nil
	case filled > 0 && t.total(l, first):
		return "total", nil
	case len(l.faults) > 0:
		return "", t.cut(l)
	}
	if err := t.cut(l); err != nil {
		return "", err
	}
	if _, ok := t.names[t.keyCell(l)]; ok {
		return t.again(l)
	}
	if filled == 1 && t.requires() > 1 {
		return "footer", nil
	}
	return "", nil
}

// cut refuses a file that ends in the middle of a row.
func (t *table) cut(l line) error {
	if !t.strict || !l.open || len(l.cells) >= t.width {
		return nil
	}
	return t.file.hold("file.cut", &place{row: l.row}, "end",
		strconv.Itoa(len(l.cells))+"/"+strconv.Itoa(t.width))
}

func (t *table) requires() (n int) {
	for _, c := range t.columns {
		if c.Required {
			n++
		}
	}
	return n
}

func (t *table) keyCell(l line) string {
	if t.key < len(l.cells) {
		return strings.TrimSpace(l.cells[t.key])
	}
	return ""
}

// again tells whether a row is the header once more. A header of another layout
// means that files were joined that do not belong together.
func (t *table) again(l line) (why string, err error) {
	h, mine := match(l.cells, t.columns), t.best()
	same := 0
	for i, name := range h.header {
		if i < len(mine.header) && name == mine.header[i] && name != "" {
			same++
		}
	}
	switch {
	case len(h.header) == len(mine.header) && same == len(shown(mine.header)):
		return "header again", nil
	case len(t.columns) > 1 && len(h.missing) == 0 && h.matched > len(t.columns)/2:
		return "", t.file.refuse("file.joined", &place{sheet: t.sheet, row: l.row})
	}
	return "", nil
}

// totals are the words with which a row of totals begins, folded.
var totals = func() map[string]struct{} {
	out := map[string]struct{}{}
	for _, word := range []string{"total", "totals", "grand total", "sub total", "subtotal", "sum", "total general",
		"الإجمالي", "إجمالي", "الإجمالي العام", "إجمالي عام", "الإجمالي الكلي", "المجموع", "مجموع", "المجموع الكلي",
		"المجموع العام", "الاجمالى", "اجمالى", "جملة", "الجملة"} {
		out[pipeline.Fold(word)] = struct{}{}
	}
	return out
}()

// total tells whether a row adds others up: it begins with such a word, and has
// no key of its own.
func (t *table) total(l line, first int) bool {
	word := l.cells[first]
	if first != t.key && t.keyCell(l) != "" || len(word) > 60 {
		return false
	}
	word = strings.TrimSpace(word)
	if c := word[0] | 0x20; c < 0x80 && c != 't' && c != 'g' && c != 's' {
		return false // no need to fold most of the keys there are
	}
	_, ok := totals[pipeline.Fold(word)]
	return ok
}

// row makes a row of a line that is data.
func (t *table) row(l line) pipeline.Row {
	row := pipeline.Row{Header: t.best().header, Cells: l.cells, Faults: l.faults}
	row.Origin = pipeline.Origin{File: t.file.drop.Name, Sheet: t.sheet, Row: l.row}
	n := len(l.cells)
	switch {
	case n < t.width:
		row.Cells = append(make([]string, 0, t.width), l.cells...)[:t.width]
		if t.strict {
			row.Faults = append(row.Faults, ragged("row.short", n, t.width))
		}
	case n > t.width:
		if t.strict && !allBlank(l.cells[t.width:]) {
			row.Faults = append(row.Faults, ragged("row.long", n, t.width))
		}
		row.Cells = l.cells[:t.width:t.width]
	}
	return row
}

func ragged(rule pipeline.Rule, have, want int) pipeline.Fault {
	return pipeline.Fault{Rule: rule, With: map[string]string{"have": strconv.Itoa(have), "want": strconv.Itoa(want)}}
}

func empty(l line) bool { return len(l.faults) == 0 && allBlank(l.cells) }

func allBlank(cells []string) bool {
	for _, c := range cells {
		if !blank(c) {
			return false
		}
	}
	return true
}

func shown(header []string) []string {
	out := make([]string, 0, len(header))
	for _, name := range header {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}

// ignore writes down a row that is not data.
func (f *file) ignore(row int, why string) {
	f.read.Ignored = append(f.read.Ignored, pipeline.Ignored{Row: row, Why: why})
}
