package extract

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// webReader takes the rows of all tables out of a page, in the order in which they
// end. Tags that are left out, as HTML allows, are put in place; a table inside a
// cell is a table of its own. A cell over several columns or rows stands in the
// first of them, as a merged cell of a workbook does.
type webReader struct {
	z      *html.Tokenizer
	open   []*webOpen
	tables int
	ready  []webRow
	within string // title, style or script, whose text is no cell's
	titled []byte
	pads   map[string]form // classes whose number format is zeros
	merges map[int][]merge // by table, cells over several columns or rows; nil: they are not wanted
}

type webRow struct {
	table int
	line  line
}

// webOpen is a table that has begun.
type webOpen struct {
	number int
	row    int // the row that is open, or was last
	inRow  bool
	line   line
	width  int
	until  [maxSpans]int // by column, the last row that a cell above reaches into
	cell   webCell
}

// webCell is a cell that has begun.
type webCell struct {
	open       bool
	col        int // from 0
	cols, rows int
	pad        form
	number     string // what Excel wrote as the cell's value
	text       []byte
}

// title is the page's title.
func (r *webReader) title() string {
	t := strings.Join(strings.Fields(string(r.titled)), " ")
	return strings.ToValidUTF8(t[:min(len(t), 200)], "")
}

// next gives the number of a table and a row of it that has something in it,
// io.EOF after the last.
func (r *webReader) next() (int, line, error) {
	for len(r.ready) == 0 {
		switch r.z.Next() {
		case html.ErrorToken:
			switch err := r.z.Err(); {
			case err != io.EOF:
				return 0, line{}, err
			case len(r.open) > 0:
				return 0, line{}, errWebCut
			}
			return 0, line{}, io.EOF
		case html.TextToken:
			r.text(r.z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			if err := r.begin(); err != nil {
				return 0, line{}, err
			}
		case html.EndTagToken:
			name, _ := r.z.TagName()
			if err := r.end(string(name)); err != nil {
				return 0, line{}, err
			}
		}
	}
	row := r.ready[0]
	r.ready = r.ready[1:]
	return row.table, row.line, nil
}

// top is the innermost table that is open; nil where none is.
func (r *webReader) top() *webOpen {
	if len(r.open) == 0 {
		return nil
	}
	return r.open[len(r.open)-1]
}

func (r *webReader) text(b []byte) {
	switch t := r.top(); {
	case r.within == "title" && len(r.titled) == 0:
		r.titled = append(r.titled, b[:min(len(b), 4096)]...)
	case r.within == "style":
		learnPads(r.pads, string(b))
	case r.within == "" && t != nil && t.cell.open:
		t.cell.text = append(t.cell.text, b...)
	}
}

func (r *webReader) begin() error {
	name, more := r.z.TagName()
	t := r.top()
	switch tag := string(name); tag {
	case "table":
		if len(r.open) == maxNested {
			return errNested
		}
		r.tables++
		r.open = append(r.open, &webOpen{number: r.tables})
	case "tr":
		if t != nil {
			r.endRow(t)
			attrs := r.attributes(more)
			t.beginRow(hides(attrs["style"]))
		}
	case "td", "th":
		if t != nil {
			return r.beginCell(t, r.attributes(more))
		}
	case "thead", "tbody", "tfoot":
		if t != nil {
			r.endRow(t)
		}
	case "br", "p", "div", "li":
		if t != nil && t.cell.open {
			blank := byte(' ')
			if tag == "br" {
				blank = '\v' // a new line, once blanks have been drawn together
			}
			t.cell.text = append(t.cell.text, blank)
		}
	case "title", "style", "script":
		r.within = tag
	}
	return nil
}

func (r *webReader) end(name string) error {
	t := r.top()
	if name == r.within {
		r.within = ""
	}
	if t == nil {
		return nil
	}
	switch name {
	case "td", "th":
		return t.endCell()
	case "tr", "thead", "tbody", "tfoot":
		r.endRow(t)
	case "table":
		r.endRow(t)
		r.open = r.open[:len(r.open)-1]
	}
	return nil
}

func (r *webReader) attributes(more bool) map[string]string {
	out := map[string]string{}
	for more {
		var key, value []byte
		key, value, more = r.z.TagAttr()
		out[string(key)] = string(value)
	}
	return out
}

// beginRow begins a row, also for a cell that stands in none.
func (t *webOpen) beginRow(hidden bool) {
	t.row++
	t.inRow = true
	t.line = line{row: t.row, hidden: hidden}
	t.cell = webCell{}
}

// beginCell begins a cell in the first column that no cell from above reaches into.
func (r *webReader) beginCell(t *webOpen, attrs map[string]string) error {
	if !t.inRow {
		t.beginRow(false)
	}
	if err := t.endCell(); err != nil {
		return err
	}
	c := &t.cell
	*c = webCell{open: true, col: c.col + c.cols, text: c.text[:0], cols: span(attrs["colspan"], maxColumns), rows: span(attrs["rowspan"], 1<<16),
		number: attrs["x:num"], pad: r.padOf(attrs)}
	for c.col < maxSpans && t.until[c.col] >= t.row {
		c.col++
	}
	if c.col+c.cols > maxColumns {
		return errWide
	}
	if r.merges != nil && c.rows+c.cols > 2 {
		r.merges[t.number] = append(r.merges[t.number], merge{row: t.row, lastRow: t.row + c.rows - 1, col: c.col, lastCol: c.col + c.cols - 1})
	}
	if c.rows > 1 {
		for i := c.col; i < min(c.col+c.cols, maxSpans); i++ {
			t.until[i] = t.row + c.rows - 1
		}
	}
	return nil
}

func span(s string, most int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 1
	}
	return min(max(n, 1), most)
}

// endCell puts the text of the cell that is open, if there is one, into its row.
func (t *webOpen) endCell() error {
	c := &t.cell
	if !c.open {
		return nil
	}
	c.open = false
	text, stored := c.value()
	t.line.put(c.col+1, text, nil, &t.width)
	if stored {
		t.line.keep(c.col + 1)
	}
	return nil
}

// endRow hands on the row that is open, if it has something in it.
func (r *webReader) endRow(t *webOpen) {
	if !t.inRow {
		return
	}
	_ = t.endCell() // it has no errors where a cell ends
	t.inRow = false
	if !empty(t.line) {
		r.ready = append(r.ready, webRow{t.number, t.line})
	}
	t.line, t.cell = line{}, webCell{text: t.cell.text[:0]}
}

// value is what a cell says: its text, with blanks drawn together, unless Excel
// wrote the number itself beside a number that is shown rounded. stored says that
// it is such a number.
func (c *webCell) value() (text string, stored bool) {
	text = squeeze(string(c.text))
	if c.number != "" && likeNumber(text) {
		if plain, exact, ok := plainNumber(c.number); ok && exact {
			return c.pad.pad(plain), true
		}
	}
	if rate, ok := strings.CutSuffix(text, "%"); ok && c.number != "" && likeNumber(rate) {
		if plain, exact, ok := plainNumber(c.number); ok && exact {
			return percent(plain), true
		}
	}
	return c.pad.pad(text), false
}

// squeeze draws blanks together, as a browser does. A line break stays one.
func squeeze(s string) string {
	lines := strings.Split(s, "\v")
	for i, l := range lines {
		lines[i] = strings.Join(strings.FieldsFunc(l, func(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' }), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// likeNumber tells whether a text is digits with marks that numbers have.
func likeNumber(s string) bool {
	digit := false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case !strings.ContainsRune(".,-() \u00a0", r):
			return false
		}
	}
	return digit && strings.Count(s, "-") < 2
}

// hides tells whether a style hides what it is of.
func hides(style string) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(style), " ", ""), "display:none")
}
