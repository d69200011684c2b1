package transform

import (
	"slices"

	"wasl/pipeline"
)

// An unpivot makes rows of columns: a file with a column for each warehouse becomes
// one with a row for each.
//
//	unpivot:
//	  but: [Handle, Title, SKU]    # all other columns become rows; or columns: [Cairo, Giza]
//	  name: Location               # the column that then says which one it was
//	  value: Available             # the column that then holds its cell
//	  skip: [not stocked]          # a cell that says so makes no row, like an empty one
//
// A file that has the column of that name is long already: its rows stay as they
// are, but for those whose cell is to be skipped, where skip: is given.
type unpivot struct {
	columns, but []string // folded; one of them is empty
	name, value  string
	skip         []string // folded
}

// unpivotKeys are what unpivot: may say.
var unpivotKeys = []string{"columns", "but", "name", "value", "skip"}

// unpivot reads unpivot:.
func (d *draft) unpivot(key pair) {
	if key.val == nil {
		return
	}
	u := &unpivot{}
	at := map[string]pair{}
	for _, k := range d.pairs(key.val, "unpivot", unpivotKeys) {
		at[k.key] = k
		path := "unpivot." + k.key
		switch k.key {
		case "columns":
			u.columns = folded(d.texts(k, path))
		case "but":
			u.but = folded(d.texts(k, path))
		case "skip":
			u.skip = folded(d.texts(k, path))
		case "name":
			u.name = d.text(k, path)
		case "value":
			u.value = d.text(k, path)
		}
	}
	for _, name := range []string{"name", "value"} {
		d.needsIn(at, key, "unpivot", name, "what the column is called that it makes")
	}
	if len(u.columns) == 0 {
		d.needsIn(at, key, "unpivot", "but", "the columns that stay, or columns: and those that become rows")
	}
	d.m.wide = u
}

// needsIn sees that a key is there within another.
func (d *draft) needsIn(at map[string]pair, within pair, path, key, want string) {
	if _, ok := at[key]; !ok {
		d.wrong(within.at, path, "mapping.none", "name", key, "want", want)
	}
}

func folded(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = pipeline.Fold(text)
	}
	return out
}

// makes tells whether a column of these names is one that it makes: a file need not
// have it.
func (u *unpivot) makes(names []string) bool {
	return u != nil && (hasName(names, u.name) || hasName(names, u.value))
}

// takes tells whether a column becomes rows.
func (u *unpivot) takes(header string) bool {
	header = pipeline.Fold(header)
	if len(u.columns) > 0 {
		return slices.Contains(u.columns, header)
	}
	return header != "" && !slices.Contains(u.but, header)
}

// widened makes the rows of one file.
type widened struct {
	m    *Mapping
	more int // rows that it made beyond those that it was given

	of     []string // the header that the rest was made for
	cols   []int    // that become rows
	header []string // with the two columns that are made
	places []int
	styles []pipeline.Style
}

// rows are the rows that a row becomes, in the order of its columns.
func (w *widened) rows(row pipeline.Row) []pipeline.Row {
	u := w.m.wide
	if u == nil || row.Was != nil { // what came back was one of several rows already
		return []pipeline.Row{row}
	}
	if hasName(row.Header, u.name) {
		if w.skipped(row) {
			w.more--
			return nil
		}
		return []pipeline.Row{row}
	}
	if w.header == nil || !same(w.of, row.Header) {
		w.begin(row)
	}
	if slices.ContainsFunc(row.Faults, func(f pipeline.Fault) bool { return f.Col == 0 }) {
		return []pipeline.Row{row} // it is a fault as a whole
	}
	var out []pipeline.Row
	for _, col := range w.cols {
		if one, ok := w.row(row, col); ok {
			out = append(out, one)
		}
	}
	w.more += len(out) - 1
	return out
}

// skipped tells whether a row of a file that is long already is to be skipped.
func (w *widened) skipped(row pipeline.Row) bool {
	if len(w.m.wide.skip) == 0 {
		return false
	}
	cols, _ := w.m.places(row)
	for i, s := range w.m.sources {
		if hasName(s.Names, w.m.wide.value) && cols[i] >= 0 && cols[i] < len(row.Cells) {
			return w.says(row, cols[i])
		}
	}
	return false
}

// says tells whether a cell says that there is nothing to be made of it.
func (w *widened) says(row pipeline.Row, col int) bool {
	if slices.ContainsFunc(row.Faults, func(f pipeline.Fault) bool { return f.Col == col+1 }) {
		return false
	}
	said := pipeline.Fold(row.Cells[col])
	return said == "" || slices.Contains(w.m.wide.skip, said)
}

// begin finds the columns of a header.
func (w *widened) begin(row pipeline.Row) {
	u := w.m.wide
	w.of, w.cols = row.Header, nil
	for i, h := range row.Header {
		if u.takes(h) {
			w.cols = append(w.cols, i)
		}
	}
	n := len(row.Header)
	w.header = append(slices.Clone(row.Header), u.name, u.value)
	w.places = nil
	if row.Places != nil {
		w.places = slices.Clone(row.Places)
		for i, c := range w.m.Columns() {
			switch {
			case i >= len(w.places):
			case hasName(c.Names, u.name):
				w.places[i] = n
			case hasName(c.Names, u.value):
				w.places[i] = n + 1
			}
		}
	}
	w.styles = nil
	if row.Styles != nil {
		w.styles = append(slices.Clone(row.Styles), pipeline.Style{}, pipeline.Style{})
	}
}

// row is the row of one column; false where it makes none.
func (w *widened) row(row pipeline.Row, col int) (pipeline.Row, bool) {
	if w.says(row, col) {
		return row, false
	}
	cell, n := row.Cells[col], len(row.Header)
	faults := slices.Clone(row.Faults)
	for i, f := range faults {
		if f.Col == col+1 {
			faults[i].Col = n + 2
		}
	}
	row.Origin.Of = row.Header[col]
	cells := make([]string, 0, n+2)
	cells = append(append(cells, row.Cells...), row.Header[col], cell)
	for _, i := range w.cols {
		cells[i] = "" // it stands in rows of their own, where somebody may have to correct it
	}
	row.Cells = cells
	row.Header, row.Places, row.Styles, row.Faults = w.header, w.places, w.styles, faults
	return row, true
}
