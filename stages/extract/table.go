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
	reopen  func() (tabSource, error) // a second reading of the same source; nil: the file has to be opened anew
	raw     func() (tabSource, error) // the same source as it stands, for its merged cells; nil: it has none
	sheet   string
	columns []asked
	strict  bool    // rows have to be as wide as the header: CSV, where cells have no address
	ahead   []line  // read and not yet taken
	found   *headed // the row that is most like the header; nil where there is none
	at      int     // the place of its last row in ahead

	mergesKnown bool
	merges      []merge // all of the sheet
	headMerges  []merge // those where a header may be
	keyMerges   []merge // those of data that cover the first key column, in order; nil: not looked for yet

	// Since begin:
	width       int      // of the header, without what is not in the file
	header      []string // with it: as rows have it
	virtual     []string
	places      []int               // of the columns asked for, in header
	keys        []int               // places of the required columns, the first of all where there are none
	names       map[string]struct{} // of the header, to notice one that comes again
	fillers     []bool              // columns whose names say nothing
	said        map[string]string   // what titles and header say, and which of the two it is
	styles      []pipeline.Style    // of header's columns; nil: nothing is known
	known       known               // of all rows, before the first is handed on
	sums        *sums               // of the rows handed on; nil: nothing is summed
	groups      groups
	above       []string // the cells of the last row of data
	goesOn      bool     // rows may go on with the one above: one with few cells is no caption
	pending     []line   // rows that may be captions or footers
	signed      bool     // one of them is a footer, or else a row with something wrong
	closed      bool     // the last row that says something is a total, or comes after one
	ended       bool     // the row with which the mapping lets it end was read
	seen        int
	hidden      int // rows of data that are hidden
	firstHidden int
}

func (t *table) next() (line, error) {
	if len(t.ahead) > 0 {
		l := t.ahead[0]
		t.ahead = t.ahead[1:]
		return t.whole(l, nil)
	}
	return t.whole(t.src.next())
}

// whole is a line of which no letter was lost.
func (t *table) whole(l line, err error) (line, error) {
	if err == nil && t.file.lossy.name != "" {
		err = t.checkLost(&l)
	}
	return l, err
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
		if t.ended { // read on, since the file may be cut
			t.below(l)
			continue
		}
		t.ended = t.ends(l)
		if err := t.one(l, take); err != nil {
			return err
		}
	}
	t.resolve("footer")
	if t.file.opt.End != "" && !t.ended {
		return t.file.hold("file.end", nil, "name", t.file.opt.End)
	}
	t.sums.end()
	t.tellMerged()
	if t.hidden > 0 && t.file.opt.Hidden != PolicySkip {
		t.file.note("file.hidden", &place{sheet: t.sheet, row: t.firstHidden}, "rows", strconv.Itoa(t.hidden))
	}
	return nil
}

// ends tells whether a row is the one with which the mapping lets the table end.
func (t *table) ends(l line) bool {
	end := pipeline.Fold(t.file.opt.End)
	return end != "" && slices.ContainsFunc(l.cells, func(c string) bool { return pipeline.Fold(c) == end })
}

// below leaves out what stands below the end.
func (t *table) below(l line) {
	if !empty(l) {
		t.file.ignore(l.row, "footer")
	}
}

// one takes one line.
func (t *table) one(l line, take func(pipeline.Row) error) error {
	why, err := t.sort(l)
	if err == nil && t.ended && why != "total" { // that row itself is no data
		why = "footer"
	}
	if err == nil && (why == "caption" || why == "total") {
		covered, fault := t.covered(l)
		if err = fault; covered {
			why = ""
		}
	}
	switch {
	case err != nil:
		return err
	case why == "empty":
	case why == "page": // a group goes on over it
		t.file.ignore(l.row, "footer")
	case why == "signature" && len(t.pending) < maxPending:
		t.pending, t.signed = append(t.pending, l), true
	case why == "lead":
		if err := t.unsigned(take); err != nil {
			return err
		}
		t.pending = append(t.pending, t.leading(l, t.known.leads[l.row]))
	case why == "caption" && len(t.pending) < maxPending:
		t.pending = append(t.pending, l)
	case why == "total":
		if err := t.unsigned(take); err != nil {
			return err
		}
		t.resolve("group")
		t.file.ignore(l.row, why)
		t.control(l)
		t.closed = true
	case why == "caption", why == "signature": // more of them than any report has captions: they are rows
		t.pending, t.signed = append(t.pending, l), true
		return t.unsigned(take)
	case why != "":
		t.resolve("title") // what stands above a header that comes again, or among titles
		t.file.ignore(l.row, why)
	default:
		if err := t.unsigned(take); err != nil {
			return err
		}
		t.resolve("group")
		t.closed = false
		return t.hand(l, take)
	}
	return nil
}

// unsigned hands on the rows that wait, where one of them is no caption and data
// comes after it.
func (t *table) unsigned(take func(pipeline.Row) error) error {
	if !t.signed {
		return nil
	}
	waiting := t.pending
	t.pending, t.signed = nil, false
	for _, l := range waiting {
		if err := t.hand(l, take); err != nil {
			return err
		}
	}
	return nil
}

// resolve says what the captions were that are waiting: groups where data or
// their total comes after them, else footers or titles.
func (t *table) resolve(why string) {
	if len(t.pending) == 0 {
		return
	}
	if why == "group" {
		t.groups.open(t.pending)
		t.sums.mark()
	}
	for _, l := range t.pending {
		t.file.ignore(l.row, why)
	}
	t.pending, t.signed = t.pending[:0], false
}

// hand hands on a row of data.
func (t *table) hand(l line, take func(pipeline.Row) error) error {
	if l.hidden {
		switch t.file.opt.Hidden {
		case PolicySkip:
			t.file.ignore(l.row, "hidden")
			return nil
		case PolicyHold:
			return t.file.hold("file.concealed", &place{sheet: t.sheet, row: l.row})
		}
		if t.hidden++; t.hidden == 1 {
			t.firstHidden = l.row
		}
	}
	row := t.row(l)
	t.sums.add(row)
	t.file.read.TableEnd, t.above = l.row, row.Cells
	return take(row)
}

// sort tells why a row is not data; "" where it is. A caption is one only where
// data comes after it.
func (t *table) sort(l line) (why string, err error) {
	filled, first := t.filled(l)
	_, leads := t.known.leads[l.row]
	switch {
	case leads && len(l.faults) == 0:
		return "lead", nil
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
	if why, err := t.recurs(l, filled); why != "" || err != nil {
		return why, err
	}
	switch {
	case t.beside(l):
		return "continued", nil
	case filled == 1 && pageLine(l.cells[first]):
		return "page", nil
	case t.caption(l, first, filled):
		return "caption", nil
	case t.signature(l):
		return "signature", nil
	}
	return "", nil
}

// filled counts the cells that say something, and finds the first of them. A row
// of fillers alone is a line below the header, or above a total.
func (t *table) filled(l line) (filled, first int) {
	first = -1
	some, fillers := 0, 0
	for i, c := range l.cells {
		if blank(c) {
			continue
		}
		some++
		if filler(c) {
			if fillers++; i < len(t.fillers) && t.fillers[i] {
				continue
			}
		}
		if filled++; filled == 1 {
			first = i
		}
	}
	if some > 1 && some == fillers {
		return 0, -1
	}
	return filled, first
}

// beside tells whether a row that goes on with the one above it holds nothing that
// is asked for: further tags of a product, say.
func (t *table) beside(l line) bool {
	if !t.goesOn {
		return false
	}
	for _, at := range t.found.at {
		if at >= 0 && cellAt(l, at) != "" {
			return false
		}
	}
	return true
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

// recurs tells whether a row is a title or of the header once more, as reports
// have them at the top of each page, or only numbers the columns. A header of
// another layout means that files were joined that do not belong together.
func (t *table) recurs(l line, filled int) (why string, err error) {
	if filled >= 5 && l.row == t.found.row+1 && counts(l) {
		return "column numbers", nil
	}
	named := false
	for _, key := range t.keys {
		if _, ok := t.names[cellAt(l, key)]; ok {
			named = true
		}
	}
	if !named && filled > 1 && cellAt(l, t.keys[0]) != "" {
		return "", nil // most rows end here
	}
	if why := t.said[lineText(l)]; why != "" {
		return why, nil
	}
	if !named || t.found.tall != 1 {
		return "", nil
	}
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

// counts tells whether a row numbers its columns: 1, 2, 3, 4, 5.
func counts(l line) bool {
	n := 0
	for _, c := range l.cells {
		if c = pipeline.Clean(c); c == "" {
			continue
		}
		if n++; c != strconv.Itoa(n) {
			return false
		}
	}
	return true
}

// row makes a row of a line that is data.
func (t *table) row(l line) pipeline.Row {
	row := pipeline.Row{Header: t.header, Cells: l.cells, Faults: l.faults, Styles: t.styles}
	if t.file.opt.Format != FormatOrders {
		row.Places = t.places
	}
	row.Origin = pipeline.Origin{File: t.file.drop.Name, Sheet: t.sheet, Row: l.row}
	n := len(l.cells)
	switch {
	case n < t.width:
		row.Cells = append(make([]string, 0, len(t.header)), l.cells...)[:t.width]
		if t.strict {
			row.Faults = append(row.Faults, ragged("row.short", n, t.width))
		}
	case n > t.width:
		if t.strict && !allBlank(l.cells[t.width:]) {
			row.Faults = append(row.Faults, ragged("row.long", n, t.width))
		}
		row.Cells = l.cells[:t.width:t.width]
	}
	for _, name := range t.virtual {
		row.Cells = append(row.Cells, t.groups.name(name))
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
