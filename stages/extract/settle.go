package extract

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// settle takes the best row as the header, or refuses the file.
func (t *table) settle() error {
	if t.found == nil {
		return t.file.refuse("file.empty", nil)
	}
	h := *t.found
	t.file.read.Header = h.header
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
	if len(h.missing) > 0 {
		wrong = append(wrong, t.file.problem("column.missing", at, "columns", list(h.missing), "found", list(some(shown(h.header)))))
	}
	if len(wrong) > 0 {
		return &pipeline.Refused{Problems: wrong} // a guess at other names, by those of the last good file, makes it wait
	}
	t.begin(h)
	return nil
}

// begin prepares the reading of the rows below the header.
func (t *table) begin(h headed) {
	t.width = len(h.header)
	t.header = slices.Clip(slices.Clone(h.header))
	t.places = slices.Clone(h.at)
	for i, c := range t.columns {
		switch {
		case c.virtual != "":
			t.places[i] = len(t.header)
			t.header = append(t.header, c.virtual)
			t.virtual = append(t.virtual, c.virtual)
		case c.Required:
			t.keys = append(t.keys, h.at[i])
		}
		t.goesOn = t.goesOn || c.Fill
		if h.word[i] {
			t.file.read.Words = append(t.file.read.Words, pipeline.Synonym{Asked: c.Names[0], Column: h.header[h.at[i]]})
			t.file.note("column.word", &place{sheet: t.sheet, row: h.row, col: h.at[i] + 1, column: h.header[h.at[i]]},
				"asked", c.Names[0], "found", h.header[h.at[i]])
		}
	}
	if len(t.keys) == 0 {
		t.keys = []int{0}
	}
	t.file.read.Doubled = h.doubled
	t.names = make(map[string]struct{}, t.width)
	t.fillers = make([]bool, t.width)
	for i, name := range h.header {
		if name != "" {
			t.names[name] = struct{}{}
		}
		t.fillers[i] = pipeline.Fold(name) == ""
	}
	t.remember(h)
}

// remember keeps what stands above the header as evidence, and the texts by which
// titles and header are known when they come again.
func (t *table) remember(h headed) {
	t.said = map[string]string{}
	first := t.at - h.tall + 1 // of the header
	for i, l := range t.ahead[:t.at+1] {
		if empty(l) {
			continue
		}
		if text := lineText(l); i < first {
			t.file.ignore(l.row, "title")
			t.file.read.Titles = append(t.file.read.Titles, pipeline.Evidence{Row: l.row, Text: text})
			t.said[text] = "title"
		} else {
			t.said[text] = "header again"
		}
	}
	t.ahead = t.ahead[t.at+1:]
	if n := h.tall; n > 1 {
		t.file.read.HeaderRow, t.file.read.HeaderEnd = h.row-n+1, h.row
	} else {
		t.file.read.HeaderRow = h.row
	}
}

// lineText is all that a row says, in one text.
func lineText(l line) string {
	var out []string
	for _, c := range l.cells {
		if c = pipeline.Clean(c); c != "" {
			out = append(out, c)
		}
	}
	return strings.Join(out, " | ")
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
