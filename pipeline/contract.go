package pipeline

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Contract is the shape of a flow's last good file: what the next one is held
// against. It holds no cell's value.
type Contract struct {
	File      string   `json:"file"` // the name that the file was dropped under
	Day       string   `json:"day"`  // of its arrival, in the shop's zone
	Format    string   `json:"format"`
	CodePage  string   `json:"codePage,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	Rows      int      `json:"rows"`    // of data
	Columns   []Column `json:"columns"` // in the order of the file
}

// A Column is one column of a Contract. Its cells are those of the first rows
// (watched at most).
type Column struct {
	Name   string         `json:"name"`             // its header
	At     int            `json:"at"`               // its place, counted from 0
	Fields []string       `json:"fields,omitempty"` // that read it; none: nobody does
	Seen   int            `json:"seen"`             // rows looked at
	Filled int            `json:"filled"`           // of those, with something in this column
	Types  map[string]int `json:"types,omitempty"`  // how many cells look like what: CellNumber ...

	sample map[string]string // the first cell of each type; never stored
	bad    int               // rows in which a field could not read it; never stored
}

// What a cell looks like. It is a look only: a code of digits is a number, until
// a zero leads it or it is too long for one.
const (
	CellNumber = "number"
	CellDate   = "date"
	CellCode   = "code" // no blanks, and Latin letters or digits: A-1001, 0007, 6221031000027
	CellText   = "text"
	CellEmpty  = "empty"
)

// Type is what most of the column's cells look like; CellEmpty where it has none.
func (c Column) Type() string {
	best := CellEmpty
	for _, t := range []string{CellNumber, CellDate, CellCode, CellText} {
		if c.Types[t] > c.Types[best] {
			best = t
		}
	}
	return best
}

// Asked is a column that a flow's mapping reads: the first of its names that a
// file has.
type Asked struct {
	Names    []string
	Fields   []Field // that are read from it
	Required bool    // a file without it is not for the flow
	Key      string  // what its names stand behind in the mapping: "quantity" or "from"; "" where they stand in an expression
}

// Line is the line of the mapping that would take one more name for the column;
// "" where no line does.
func (a Asked) Line(name string) string {
	if a.Key == "" {
		return ""
	}
	names := make([]string, 0, len(a.Names)+1)
	for _, n := range append(slices.Clip(a.Names), name) {
		names = append(names, yamlText(n))
	}
	return a.Key + ": [" + strings.Join(names, ", ") + "]"
}

// yamlText is a text as it may stand in a list of YAML.
func yamlText(s string) string {
	if s != "" && !strings.ContainsAny(s, ":#,[]{}\"'%&*!|>@`?-=~\\") && (s[0] > '9' || s[0] < '0') {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// watched is how many rows are looked at: enough to know a column by.
const watched = 2000

// A watcher sees what the columns of a file look like while its rows pass by. It
// keeps counts, no rows.
type watcher struct {
	columns []Column
	places  []int // Row.Places
	rows    int
}

// see looks at a row.
func (w *watcher) see(row Row) {
	if w.rows++; w.rows > watched {
		return
	}
	if w.columns == nil {
		w.columns, w.places = columnsOf(row.Header), row.Places
	}
	for i := range min(len(row.Cells), len(w.columns)) {
		c := &w.columns[i]
		c.Seen++
		look := CellType(row.Cells[i])
		if look == CellEmpty {
			continue
		}
		c.Filled++
		if c.Types[look]++; c.Types[look] == 1 {
			c.sample[look] = strings.Clone(row.Cells[i]) // the cell alone: it is part of its row's text
		}
	}
}

// read notes which columns a field could not read in the row seen last.
func (w *watcher) read(r Record) {
	if w.rows > watched {
		return
	}
	last := 0
	for _, v := range r.values {
		if v.Bad && v.Col > 0 && v.Col != last && v.Col <= len(w.columns) {
			w.columns[v.Col-1].bad++
			last = v.Col
		}
	}
}

// columnsOf are the columns of a header, not yet looked at.
func columnsOf(header []string) []Column {
	out := make([]Column, 0, len(header))
	for i, name := range header {
		out = append(out, Column{Name: strings.Clone(name), At: i, Types: map[string]int{}, sample: map[string]string{}})
	}
	return out
}

// contract is the shape of the file whose rows were seen.
func (w *watcher) contract(drop Drop, r Reading, asked []Asked) Contract {
	return Contract{File: drop.Name, Day: drop.Day, Format: r.Format, CodePage: r.CodePage, Delimiter: r.Delimiter, Rows: r.Rows,
		Columns: fed(w.columns, w.places, asked)}
}

// fed says which fields read which column, and leaves out those without a name
// and without a cell. places are those of the columns asked for, where they are
// known; else they are found by name.
func fed(columns []Column, places []int, asked []Asked) []Column {
	for i := range columns {
		columns[i].Fields = nil
	}
	named := byName(columns)
	for i, a := range asked {
		var c *Column
		if len(places) == len(asked) {
			if at := places[i]; at >= 0 && at < len(columns) {
				c = &columns[at]
			}
		} else if n := slices.IndexFunc(a.Names, func(name string) bool { return named[Fold(name)] != nil }); n >= 0 {
			c = named[Fold(a.Names[n])]
		}
		if c == nil {
			continue
		}
		for _, f := range a.Fields {
			c.Fields = append(c.Fields, f.Name)
		}
	}
	return slices.DeleteFunc(columns, func(c Column) bool { return c.Name == "" && c.Filled == 0 })
}

// byName finds columns by their folded names, the first of each.
func byName(columns []Column) map[string]*Column {
	out := make(map[string]*Column, len(columns))
	for i := range columns {
		name := Fold(columns[i].Name)
		if _, twice := out[name]; !twice && name != "" {
			out[name] = &columns[i]
		}
	}
	return out
}

// CellType is what a cell looks like.
func CellType(cell string) string {
	s := Clean(cell)
	switch {
	case s == "":
		return CellEmpty
	case !hasDigit(s):
		return wordType(s)
	case looksDate(s):
		return CellDate
	case looksCode(s):
		return CellCode
	case looksNumber(s):
		return CellNumber
	}
	return wordType(s)
}

// wordType is a code where there is no blank and no letter beyond ASCII.
func wordType(s string) string {
	for _, r := range s {
		if _, digit := Digit(r); r == ' ' || r == '\n' || r >= utf8.RuneSelf && !digit {
			return CellText
		}
	}
	return CellCode
}

func hasDigit(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { _, ok := Digit(r); return ok })
}

// mostDigits is how many digits without a mark are still an amount, and no code.
const mostDigits = 11

// looksCode tells a row of digits that nobody counts with: with a leading zero,
// or too long.
func looksCode(s string) bool {
	n, zero := 0, false
	for _, r := range s {
		d, ok := Digit(r)
		if !ok {
			return false
		}
		if n++; n == 1 {
			zero = d == 0
		}
	}
	return zero && n > 1 || n > mostDigits
}

// numberWords may stand beside a number, longer ones first.
var numberWords = []string{"جنيه", "ج.م.", "ج.م", "L.E.", "EGP", "USD", "EUR", "SAR", "AED", "L.E", "LE", "%", "٪", "£", "$", "€"}

func looksNumber(s string) bool {
	for _, mark := range []string{"", ","} {
		if _, fault := ParseNumber(s, mark, numberWords); fault == "" {
			return true
		}
	}
	return false
}

// looksDate tells a day, in any order of its parts, with a time behind it or not:
// three numbers with the same mark between them, one of which may be a year.
func looksDate(s string) bool {
	day, rest, _ := strings.Cut(strings.Replace(s, "T", " ", 1), " ")
	if rest != "" && !hasDigit(rest[:min(len(rest), 4)]) {
		return false
	}
	for _, mark := range []string{"-", "/", "."} {
		parts := strings.Split(day, mark)
		if len(parts) != 3 {
			continue
		}
		digits := 0
		for _, p := range parts {
			n := utf8.RuneCountInString(p)
			if n == 0 || n > 4 || n == 3 || strings.ContainsFunc(p, func(r rune) bool { _, ok := Digit(r); return !ok }) {
				return false
			}
			digits += n
		}
		return digits >= 4 && digits <= 8
	}
	return false
}
