package extract

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"wasl/pipeline"
)

const (
	headerRows = 18 // rows with something in them that are looked at for the header: 15 titles and it
	headerLast = 40 // the row behind which nobody looks for a header any more
	headerTall = 3  // rows that a header may have
)

// Columns that are not in the file: the captions of the groups above a row.
const (
	groupColumn  = "(group)"  // the nearest one
	groupsColumn = "(groups)" // all of them, outermost first, joined by " / "
)

// asked is a Column with its names folded.
type asked struct {
	Column
	folded, also []string
	virtual      string // groupColumn, groupsColumn; "" of a column of the file
}

func ask(columns []Column) []asked {
	out := make([]asked, 0, len(columns))
	for _, c := range columns {
		a := asked{Column: c}
		for _, name := range c.Names {
			if name == groupColumn || name == groupsColumn {
				a.virtual = name
			}
			a.folded = append(a.folded, pipeline.Fold(name))
		}
		for _, name := range c.Also {
			a.also = append(a.also, pipeline.Fold(name))
		}
		out = append(out, a)
	}
	return out
}

// headed is a header held against the columns that are asked for.
type headed struct {
	row, tall int      // its last row, and how many rows it has
	header    []string // cleaned, without empty ones at the end
	at        []int    // for each column its place from 0; -1 where it is missing
	twice     []int    // for each column the place of a second one of the same name; -1 where there is none
	word      []bool   // for each column whether it was found by a synonym only
	doubled   []string // names of several columns
	matched   int
	required  int
	missing   []string // required columns that are not there
}

// match holds a row against the columns.
func match(cells []string, columns []asked) headed {
	return matchNames(joinRows([][]string{cells}, nil), columns)
}

// matchNames holds the names of a header against the columns.
func matchNames(n names, columns []asked) headed {
	h := headed{header: n.shown, at: make([]int, len(columns)), twice: make([]int, len(columns)), word: make([]bool, len(columns)), tall: n.tall}
	by := n.index()
	h.doubled = by.doubled
	for i, c := range columns {
		h.at[i], h.twice[i] = -1, -1
		if c.virtual != "" {
			continue
		}
		if c.Number > 0 {
			if c.Number <= len(h.header) {
				h.at[i] = c.Number - 1
			}
		} else if at, twice, ok := by.find(c.folded); ok {
			h.at[i], h.twice[i] = at, twice
		}
	}
	h.synonyms(by, columns)
	for i, c := range columns {
		switch {
		case c.virtual != "":
		case h.at[i] >= 0:
			if c.Number > 0 {
				continue // there whatever the header says: no sign of it
			}
			h.matched++
			if c.Required {
				h.required++
			}
		case c.Required && c.Number > 0:
			h.missing = append(h.missing, "column "+strconv.Itoa(c.Number))
		case c.Required && len(c.Names) > 0:
			h.missing = append(h.missing, c.Names[0])
		}
	}
	return h
}

// synonyms finds what is not there under any of its own names. A column of the file
// that is read already means something else: a word of the dictionary does not give
// it a second meaning. What is required comes first.
func (h *headed) synonyms(by nameIndex, columns []asked) {
	taken := func(at int) bool {
		for i, c := range columns {
			if c.Number == 0 && h.at[i] == at {
				return true
			}
		}
		return false
	}
	for _, required := range []bool{true, false} {
		for i, c := range columns {
			if c.virtual != "" || c.Number > 0 || c.Required != required || h.at[i] >= 0 {
				continue
			}
			if at, twice, ok := by.find(c.also); ok && twice < 0 && !taken(at) {
				h.at[i], h.word[i] = at, true
			}
		}
	}
}

// find reads the first rows and looks for the header among them.
// raw opens the same source anew, as it stands; nil: it knows nothing of merged cells.
func (f *file) find(src source, sheet string, columns []asked, strict bool, raw func() (tabSource, error)) (*table, error) {
	t := &table{file: f, src: src, sheet: sheet, columns: columns, strict: strict, raw: raw}
	filled := 0
	for {
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			return t, t.bare()
		}
		if err != nil {
			return nil, err
		}
		t.ahead = append(t.ahead, l)
		if l.row > max(headerLast, f.opt.Header) || filled > headerRows && l.row > f.opt.Header {
			return t, t.bare()
		}
		if f.opt.NoHeader || empty(l) {
			continue
		}
		filled++
		if f.opt.Header > 0 && l.row != f.opt.Header {
			continue
		}
		better, err := t.consider(len(t.ahead) - 1)
		if err != nil {
			return nil, err
		}
		if better && t.found.matched == len(columns) {
			return t, t.lengthen()
		}
	}
}

// bare ends the search for a header: the file has none, or its rows are all seen.
func (t *table) bare() error {
	if t.file.opt.NoHeader {
		t.numbered()
		return nil
	}
	return t.lengthen()
}

// consider holds a row against the columns, alone and as the last one of a header
// of several rows. A taller header has to know more columns: what stands above a
// header is a title until it is needed.
func (t *table) consider(at int) (better bool, err error) {
	for tall := 1; tall <= headerTall && at-tall+1 >= 0; tall++ {
		l := t.ahead[at-tall+1]
		if tall > 1 && (l.row != t.ahead[at].row-tall+1 || empty(l) || t.file.opt.HeaderTall > 0 && tall > t.file.opt.HeaderTall) {
			break
		}
		if t.file.opt.HeaderTall > 0 && tall != t.file.opt.HeaderTall {
			continue
		}
		joined, err := t.flatten(at, tall)
		if err != nil {
			return false, err
		}
		if h := matchNames(joined, t.columns); t.better(h) {
			h.row = t.ahead[at].row
			t.found, t.at, better = &h, at, true
		}
	}
	return better, nil
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

// lengthen takes rows below the header into it that only say more about its
// columns, or into which its cells are merged. What the columns were found by stays.
func (t *table) lengthen() error {
	if t.found == nil || t.file.opt.Header > 0 || len(t.columns) == 0 {
		return nil
	}
	for t.found.tall < headerTall {
		l, ok, err := t.peek(t.at + 1)
		if err != nil || !ok {
			return err
		}
		if l.row != t.found.row+1 {
			return nil
		}
		if below, err := t.reaches(l); err != nil || !below && !t.continues(l) {
			return err
		}
		joined, err := t.flatten(t.at+1, t.found.tall+1)
		if err != nil {
			return err
		}
		t.rename(joined)
		t.found.row, t.found.tall, t.at = l.row, t.found.tall+1, t.at+1
	}
	return nil
}

// rename gives the columns the names of a taller header. A caption that stood for
// one column may turn out to stand over several: then the mapping has to say which.
func (t *table) rename(n names) {
	taller := matchNames(n, t.columns)
	for i, at := range t.found.at {
		switch {
		case taller.at[i] >= 0:
			t.found.at[i], t.found.twice[i], t.found.word[i] = taller.at[i], taller.twice[i], taller.word[i]
		case at >= 0 && !n.alone[at]:
			t.found.twice[i] = at + 1
		}
	}
	t.found.header, t.found.doubled = n.shown, taller.doubled
}

// peek is a line ahead, read when it has to be.
func (t *table) peek(at int) (line, bool, error) {
	for len(t.ahead) <= at {
		l, err := t.src.next()
		if errors.Is(err, io.EOF) {
			return line{}, false, nil
		}
		if err != nil {
			return line{}, false, err
		}
		t.ahead = append(t.ahead, l)
	}
	return t.ahead[at], true, nil
}

// continues tells whether a row below the header names what is under its captions:
// it has no number, two names or more of which one is under no caption of its own,
// and below a required column it has nothing, or the first of several names.
func (t *table) continues(l line) bool {
	capped := func(i int) bool { return i < len(t.found.header) && t.found.header[i] != "" }
	said := func(i int) bool { return i < len(l.cells) && !blank(l.cells[i]) }
	named, under := 0, false
	for i, c := range l.cells {
		if blank(c) {
			continue
		}
		if strings.ContainsFunc(c, isDigit) || filler(pipeline.Clean(c)) {
			return false
		}
		named++
		under = under || i > 0 && !capped(i) && said(i-1)
	}
	free := false
	for i, c := range t.columns {
		at := t.found.at[i]
		switch {
		case !c.Required || at < 0:
		case !said(at):
			free = true
		case capped(at+1) || !said(at+1):
			return false
		}
	}
	return named > 1 && under && free && len(l.faults) == 0
}

func isDigit(r rune) bool {
	_, ok := pipeline.Digit(r)
	return ok
}

// numbered makes the header of a file without one: column 1, column 2. The data
// begins with the first row that has all columns that are required.
func (t *table) numbered() {
	width := 0
	for at, l := range t.ahead {
		width = max(width, len(l.cells))
		if t.found != nil || !t.full(l) {
			continue
		}
		t.found, t.at = &headed{}, at-1
	}
	if t.found == nil {
		return
	}
	cells := make([]string, width)
	for i := range cells {
		cells[i] = "column " + strconv.Itoa(i+1)
	}
	h := match(cells, t.columns)
	h.tall, h.matched = 0, 0
	for _, at := range h.at {
		if at >= 0 {
			h.matched++
		}
	}
	*t.found = h
}

// full tells whether a row has something in every column that is required.
func (t *table) full(l line) bool {
	if empty(l) {
		return false
	}
	for _, c := range t.columns {
		if c.Required && c.Number > 0 && (c.Number > len(l.cells) || blank(l.cells[c.Number-1])) {
			return false
		}
	}
	return true
}
