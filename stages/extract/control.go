package extract

import (
	"slices"
	"strconv"

	"wasl/pipeline"
)

// currency are the words that may stand beside an amount.
var currency = []string{"جنيه مصري", "جنيهات", "جنيها", "جنيه", "ج.م.", "ج.م", "EGP", "L.E.", "L.E", "E£", "£E", "LE", "SAR", "AED", "KWD", "QAR", "ريال", "درهم", "دينار", "$", "€", "£", "%"}

// sums add up the columns that a total can be held against. The zero pointer sums
// nothing.
type sums struct {
	cols   []summed
	rows   int       // handed on so far
	now    []Decimal // of all rows so far, by column
	marks  []mark    // where a window of rows may begin: the first row, captions, totals
	labels map[string]bool
	open   []int // controls of the last total, of which it is not known yet whether rows come after it
	list   *[]pipeline.Control
}

// Decimal is pipeline's.
type Decimal = pipeline.Decimal

// summed is a column of quantities or amounts.
type summed struct {
	at      int
	name    string
	decimal string
	amount  bool
	some    bool    // of all rows so far: one of them has a number
	low     Decimal // the least of them
	high    Decimal // the greatest
}

type mark struct {
	rows int
	sums []Decimal
}

// mostMarks is how many beginnings of windows are kept: the first, and the last ones.
const mostMarks = 64

// newSums finds the columns to be added up; nil where there are none, or no row
// that may state a total.
func (t *table) newSums() *sums {
	if t.file.opt.Totals == PolicyIgnore || !t.known.totals {
		return nil
	}
	s := &sums{labels: map[string]bool{}, list: &t.file.read.Controls}
	for i, c := range t.columns {
		at := t.found.at[i]
		if at < 0 || c.Type != pipeline.Quantity && c.Type != pipeline.Amount {
			continue
		}
		col := summed{at: at, name: t.found.header[at], decimal: c.Decimal, amount: c.Type == pipeline.Amount}
		if col.decimal == "" && t.styles != nil {
			col.decimal = t.styles[at].Decimal
		}
		if !s.holds(at) {
			s.cols = append(s.cols, col)
		}
	}
	if len(s.cols) == 0 {
		return nil
	}
	s.now = make([]Decimal, len(s.cols))
	s.mark()
	return s
}

func (s *sums) holds(at int) bool {
	for _, c := range s.cols {
		if c.at == at {
			return true
		}
	}
	return false
}

// add takes a row that is handed on.
func (s *sums) add(row pipeline.Row) {
	if s == nil {
		return
	}
	s.rows++
	for i := range s.cols {
		c := &s.cols[i]
		d, ok := c.read(row.Cells[c.at])
		if !ok {
			continue
		}
		s.now[i] = s.now[i].Add(d)
		if !c.some || d.LessThan(c.low) {
			c.low = d
		}
		if !c.some || d.GreaterThan(c.high) {
			c.high = d
		}
		c.some = true
	}
	s.settle("group")
}

// read is the number in a cell. What was written with the other decimal mark, or
// is no number, is a problem of its row, not of the sums.
func (c *summed) read(cell string) (Decimal, bool) {
	text := pipeline.Clean(cell)
	if text == "" {
		return Decimal{}, false
	}
	d, rule := pipeline.ParseNumber(text, c.decimal, nil)
	if rule == pipeline.NotNumber {
		d, rule = pipeline.ParseNumber(text, c.decimal, currency)
	}
	return d, rule == ""
}

func (s *sums) last() mark { return s.marks[len(s.marks)-1] }

// mark notes that a window of rows may begin here.
func (s *sums) mark() {
	if s == nil || len(s.marks) > 0 && s.last().rows == s.rows {
		return
	}
	if len(s.marks) >= mostMarks {
		s.marks = append(s.marks[:1], s.marks[2:]...)
	}
	s.marks = append(s.marks, mark{rows: s.rows, sums: slices.Clone(s.now)})
}

// stated are the numbers of a row of totals, by column.
type stated struct {
	col    int // in sums.cols
	number Decimal
}

func (s *sums) stated(l line) (out []stated) {
	for i := range s.cols {
		if c := &s.cols[i]; c.at < len(l.cells) {
			if d, ok := c.read(l.cells[c.at]); ok {
				out = append(out, stated{i, d})
			}
		}
	}
	return out
}

// since is the sum of a column over the rows behind a mark.
func (s *sums) since(m mark, col int) Decimal { return s.now[col].Sub(m.sums[col]) }

// fits counts the columns whose numbers are the sums of the rows behind a mark.
func (s *sums) fits(m mark, row []stated) (n int) {
	for _, st := range row {
		if s.since(m, st.col).Equal(st.number) {
			n++
		}
	}
	return n
}

// agree tells whether a row's numbers are all sums of the rows above it, from one
// mark on, and are not all zero.
func (s *sums) agree(l line) bool {
	if s == nil || s.rows == 0 {
		return false
	}
	row := s.stated(l)
	some := false
	for _, st := range row {
		some = some || !st.number.IsZero()
	}
	if !some {
		return false
	}
	for i := len(s.marks) - 1; i >= 0; i-- {
		if s.marks[i].rows < s.rows && s.fits(s.marks[i], row) == len(row) {
			return true
		}
	}
	return false
}

// unlabelled tells whether a row without a key holds nothing but numbers, of which
// those that are asked for are the sums of rows above. In place of the key the
// number of these rows may stand.
func (t *table) unlabelled(l line) bool {
	if t.sums == nil || len(l.faults) > 0 {
		return false
	}
	if key := cellAt(l, t.keys[0]); key != "" && !t.countsRows(key, l) {
		return false
	}
	for i, c := range l.cells {
		if blank(c) || number(c) || i < len(t.fillers) && t.fillers[i] && filler(c) {
			continue
		}
		return false
	}
	return t.sums.agree(l)
}

// countsRows tells whether a key is the number of the rows above it, and no item's:
// a text that is asked for is not there.
func (t *table) countsRows(key string, l line) bool {
	return t.sums.rows > 1 && key == strconv.Itoa(t.sums.rows) && t.nameless(l)
}

// control holds a row of totals against the rows read.
func (t *table) control(l line) {
	s := t.sums
	if s == nil {
		return
	}
	lab := label{}
	for _, c := range l.cells {
		if lab = labelOf(c); lab.kind != noLabel {
			break
		}
	}
	row := s.stated(l)
	if lab.kind == countLabel || len(row) == 0 {
		return
	}
	s.settle("group")
	at, sure := s.window(lab, row)
	m := s.marks[at]
	for _, st := range row {
		sum := s.since(m, st.col)
		if !sum.Equal(st.number) && s.average(st, row, m) {
			continue
		}
		scope := "group"
		if at == 0 {
			scope = "total"
		}
		if at == 0 && !sure {
			s.open = append(s.open, len(*s.list))
		}
		*s.list = append(*s.list, pipeline.Control{Row: l.row, Label: lab.text, Column: s.cols[st.col].name, Scope: scope, Stated: st.number, Sum: sum})
	}
	s.labels[lab.text] = true
	s.mark()
}

// window is the mark from which on a total counts. A grand total counts from the
// first row. Others count from the last mark from which they agree; where they
// agree from none, from the last one that has rows behind it, and a total that
// says no more than so, the first of its name or right behind another total, from
// the first row. sure: it is of all rows, whatever comes after it.
func (s *sums) window(lab label, row []stated) (at int, sure bool) {
	if lab.kind == grandLabel {
		return 0, true
	}
	best, most := -1, 0
	for i := len(s.marks) - 1; i >= 0; i-- {
		if n := s.fits(s.marks[i], row); n > most && s.marks[i].rows < s.rows {
			best, most = i, n
		}
	}
	if best >= 0 {
		return best, false
	}
	last := len(s.marks) - 1
	if s.marks[last].rows == s.rows || !lab.long && !s.labels[lab.text] {
		return 0, false
	}
	return last, false
}

// average tells whether what stands in a column of amounts is no sum of it but lies
// among its values, while another column of the row agrees: a mean price.
func (s *sums) average(st stated, row []stated, m mark) bool {
	c := s.cols[st.col]
	return c.amount && s.fits(m, row) > 0 && s.rows-m.rows > 1 && !st.number.LessThan(c.low) && !st.number.GreaterThan(c.high)
}

// settle gives the controls whose scope was open theirs.
func (s *sums) settle(scope string) {
	for _, i := range s.open {
		(*s.list)[i].Scope = scope
	}
	s.open = s.open[:0]
}

func (s *sums) end() {
	if s != nil {
		s.settle("total")
	}
}

// controlled tells of the totals that differ, or holds the file for them.
func (f *file) controlled(t *table) error {
	var wrong []pipeline.Problem
	for _, c := range f.read.Controls {
		if c.Off().IsZero() {
			continue
		}
		col := 0
		for _, s := range t.sums.cols {
			if s.name == c.Column {
				col = s.at + 1
			}
		}
		wrong = append(wrong, f.problem("total.differs", &place{sheet: t.sheet, row: c.Row, col: col, column: c.Column, value: c.Stated.String()},
			"label", c.Label, "stated", c.Stated.String(), "sum", c.Sum.String(), "off", c.Off().String()))
	}
	switch {
	case len(wrong) == 0:
		return nil
	case f.opt.Totals == PolicyHold:
		return &pipeline.Refused{Problems: wrong, Hold: true}
	}
	f.read.Notes = append(f.read.Notes, wrong...)
	return nil
}
