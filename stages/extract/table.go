package extract

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// table is a source with its header.
type table struct {
	file    *file
	src     source
	sheet   string
	columns []asked
	strict  bool    // rows have to be as wide as the header: CSV, where cells have no address
	ahead   []line  // read and not yet taken
	found   *headed // the row that is most like the header; nil where there is none
	at      int     // its place in ahead

	width       int                 // of the header
	keys        []int               // places of the required columns, the first of all where there are none
	names       map[string]struct{} // of the header, to notice one that comes again
	pending     []line              // rows that may be footers
	seen        int
	hidden      int // rows of data that are hidden
	firstHidden int
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
	if t.hidden > 0 {
		t.file.note("file.hidden", &place{sheet: t.sheet, row: t.firstHidden}, "rows", strconv.Itoa(t.hidden))
	}
	return nil
}

func (t *table) flush(take func(pipeline.Row) error) error {
	for _, l := range t.pending {
		if l.hidden {
			if t.hidden++; t.hidden == 1 {
				t.firstHidden = l.row
			}
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
			if filled++; filled == 1 {
				first = i
			}
		}
	}
	switch {
	case filled == 0 && len(l.faults) == 0 && len(l.cells) < 2:
		return "empty", nil
	case filled == 0 && len(l.faults) == 0:
		return "empty", t.cut(l)
	case filled > 0 && t.total(l, first, filled):
		return "total", nil
	case len(l.faults) > 0:
		return "", t.cut(l)
	}
	if err := t.cut(l); err != nil {
		return "", err
	}
	for _, key := range t.keys {
		if _, ok := t.names[cellAt(l, key)]; ok {
			return t.again(l)
		}
	}
	if filled == 1 && len(t.keys) > 1 && (first != t.keys[0] || strings.Contains(cellAt(l, first), " ")) {
		return "footer", nil // a code alone is no footer, but a row that lacks the rest
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

func cellAt(l line, col int) string {
	if col < len(l.cells) {
		return strings.TrimSpace(l.cells[col])
	}
	return ""
}

// again tells whether a row is the header once more. A header of another layout
// means that files were joined that do not belong together.
func (t *table) again(l line) (why string, err error) {
	h, mine := match(l.cells, t.columns), t.found
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
		"المجموع العام", "الاجمالى", "اجمالى", "جملة", "الجملة", "count", "عدد الأصناف", "عدد السجلات", "عدد الصفوف"} {
		out[pipeline.Fold(word)] = struct{}{}
	}
	return out
}()

// heads are the words that begin a longer label of a row of totals, folded:
// «إجمالي المجموعة», "Total of warehouse 01", «عدد الأصناف».
var heads = func() (out []string) {
	for _, word := range []string{"total", "grand total", "subtotal", "sub total", "count of", "number of", "no of",
		"إجمالي", "الإجمالي", "مجموع", "المجموع", "جملة", "عدد"} {
		out = append(out, pipeline.Fold(word)+" ")
	}
	return out
}()

// total tells whether a row adds others up: it begins with such a word, and has
// no key of its own.
//
// A longer label counts only in a row that is mostly empty: an item may be
// called Total.
func (t *table) total(l line, first, filled int) bool {
	word := l.cells[first]
	if first != t.keys[0] && cellAt(l, t.keys[0]) != "" || len(word) > 60 {
		return false
	}
	word = strings.TrimSpace(word)
	if c := word[0] | 0x20; c < 0x80 && !strings.ContainsRune("tgscn", rune(c)) {
		return false // no need to fold most of the keys there are
	}
	folded := pipeline.Fold(word)
	if _, ok := totals[folded]; ok {
		return true
	}
	return 2*filled < t.width && slices.ContainsFunc(heads, func(head string) bool { return strings.HasPrefix(folded, head) })
}

// row makes a row of a line that is data.
func (t *table) row(l line) pipeline.Row {
	row := pipeline.Row{Header: t.found.header, Cells: l.cells, Faults: l.faults}
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

// ignore writes down a row that is not data.
func (f *file) ignore(row int, why string) {
	f.read.Ignored = append(f.read.Ignored, pipeline.Ignored{Row: row, Why: why})
}
