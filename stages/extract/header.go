package extract

import (
	"errors"
	"io"
	"slices"

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
			t.found, t.at = &h, len(t.ahead)-1
			if h.matched == len(columns) {
				return t, nil
			}
		}
	}
}

func (t *table) better(h headed) bool {
	best := t.found
	if best == nil {
		return true
	}
	if h.required != best.required {
		return h.required > best.required
	}
	return h.matched > best.matched
}

// settle takes the best row as the header, or refuses the file.
func (t *table) settle() error {
	if t.found == nil {
		return t.file.refuse("file.empty", nil)
	}
	h := *t.found
	at := &place{sheet: t.sheet, row: h.row}
	var wrong []pipeline.Problem
	for i := range t.columns {
		if two := h.twice[i]; two >= 0 {
			one := h.at[i]
			wrong = append(wrong, t.file.problem("column.twice",
				&place{sheet: t.sheet, row: h.row, col: two + 1, column: h.header[two]},
				"name", h.header[one], "first", pipeline.ColumnLetters(one+1), "second", pipeline.ColumnLetters(two+1)))
		}
	}
	// Only of missing columns may a person say that they have other names here.
	hold := len(wrong) == 0 && t.file.opt.Format != FormatOrders
	if len(h.missing) > 0 {
		wrong = append(wrong, t.file.problem("column.missing", at, "columns", list(h.missing), "found", list(some(shown(h.header)))))
	}
	if len(wrong) > 0 {
		return &pipeline.Refused{Problems: wrong, Hold: hold}
	}
	t.begin(h)
	return nil
}

// begin prepares the reading of the rows below the header.
func (t *table) begin(h headed) {
	t.width = len(h.header)
	for i, c := range t.columns {
		if c.Required {
			t.keys = append(t.keys, h.at[i])
		}
	}
	if len(t.keys) == 0 {
		t.keys = []int{0}
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

// some are the first of many names: an export of orders has 79 columns, which
// nobody reads in a message.
func some(names []string) []string {
	const most = 20
	if len(names) <= most {
		return names
	}
	return append(slices.Clone(names[:most]), "...")
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
