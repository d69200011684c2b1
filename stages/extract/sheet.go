package extract

import (
	"errors"
	"io"
	"strconv"

	"wasl/pipeline"
)

const maxRows = 1048576 // of a sheet, as in Excel

// sheet is a worksheet as a source. It holds one row.
type sheet struct {
	book *book
	name string
	part string
	x    *xmlReader
	in   io.Closer
	row  int
	cell cell

	width  int // of the widest row so far
	merges []merge
}

// cell is a cell as it is written.
type cell struct {
	col     int
	kind    []byte // s, str, inlineStr, b, e, d; n or empty for a number
	style   int
	formula bool
	valued  bool // it has a v element
	value   []byte
	inline  []byte
}

func (b *book) sheet(s sheetName) (*sheet, error) {
	x, in, err := b.open(s.part)
	if err != nil {
		return nil, err
	}
	return &sheet{book: b, name: s.name, part: s.part, x: x, in: in}, nil
}

func (s *sheet) close() {
	if s.in != nil {
		_ = s.in.Close() // it was only read
		s.in = nil
	}
}

// next gives the next row that the sheet has, io.EOF after the last. The part is
// read to its end: what comes after the rows may show that it is damaged.
func (s *sheet) next() (line, error) {
	if s.in == nil {
		return line{}, io.EOF
	}
	for {
		t, err := s.x.next()
		switch {
		case errors.Is(err, io.EOF):
			s.close()
			return line{}, io.EOF
		case err != nil:
			return line{}, s.fail(err)
		case t == tokenStart && string(s.x.name) == "row":
			l, err := s.line()
			if err != nil {
				return l, s.fail(err)
			}
			return l, nil
		case t == tokenStart && string(s.x.name) == "mergeCell":
			ref, _ := s.x.attr("ref")
			if m, ok := parseMerge(ref); ok {
				s.merges = append(s.merges, m)
			}
		}
	}
}

// merged are the sheet's merged cells, which stand behind its rows.
func (s *sheet) merged() ([]merge, bool) { return s.merges, s.in == nil }

func (s *sheet) fail(err error) error {
	s.close()
	if errors.Is(err, errWide) {
		return s.book.file.refuse("file.wide", &place{sheet: s.name, row: s.row}, "limit", strconv.Itoa(maxColumns))
	}
	return s.book.file.damage(err, s.part)
}

// line reads a row whose tag was just read.
func (s *sheet) line() (line, error) {
	row := s.row + 1
	if r, ok := s.x.attr("r"); ok {
		row = atoi(r)
	}
	if row <= s.row || row > maxRows {
		return line{}, errXML // rows stand in their order
	}
	s.row = row
	hidden, _ := s.x.attr("hidden")
	l := line{row: row, hidden: hidden == "1" || hidden == "true"}
	s.cell.col = 0
	for {
		t, err := s.x.next()
		switch {
		case err != nil:
			return l, cutOff(err)
		case t == tokenEnd && string(s.x.name) == "row":
			return l, nil
		case t == tokenStart && string(s.x.name) == "c":
			if err := s.readCell(); err != nil {
				return l, err
			}
			if err := s.put(&l); err != nil {
				return l, err
			}
		}
	}
}

// readCell reads a cell whose tag was just read.
func (s *sheet) readCell() error {
	c := &s.cell
	before := c.col
	*c = cell{col: before + 1, kind: c.kind[:0], value: c.value[:0], inline: c.inline[:0]}
	for rest, more := s.x.attrs, true; more; {
		var name, value []byte
		name, value, rest, more = nextAttr(rest)
		switch string(name) {
		case "r":
			c.col = column(value)
		case "t":
			c.kind = append(c.kind, value...)
		case "s":
			c.style = max(0, atoi(string(value)))
		}
	}
	if c.col <= before { // cells stand in their order
		return errXML
	}
	if c.col > maxColumns {
		return errWide
	}
	return s.content()
}

// content reads what a cell holds, to the cell's end.
func (s *sheet) content() error {
	c := &s.cell
	rich, inValue := richText{}, false
	for {
		t, err := s.x.next()
		if err != nil {
			return cutOff(err)
		}
		if t == tokenText {
			if inValue {
				c.value = append(c.value, s.x.text...)
			}
			c.inline = rich.add(c.inline, s.x, t)
			continue
		}
		switch string(s.x.name) {
		case "c":
			if t == tokenEnd {
				return nil
			}
			return errXML
		case "v":
			inValue, c.valued = t == tokenStart, true
		case "f":
			c.formula = true
		default:
			c.inline = rich.add(c.inline, s.x, t)
		}
	}
}

// column is the number of the column of a cell reference, 0 where it is none: AB12.
func column(ref []byte) int {
	n := 0
	for i, c := range ref {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if i == 0 || c < '1' || c > '9' {
				return 0
			}
			return n
		}
		if n = n*26 + int(c|0x20-'a') + 1; n > maxColumns {
			return n
		}
	}
	return 0
}

// put places the cell's text, or its fault, in the row.
func (s *sheet) put(l *line) error {
	text, fault, err := s.text()
	if err != nil {
		return err
	}
	l.put(s.cell.col, text, fault, &s.width)
	if kind := string(s.cell.kind); kind == "" || kind == "n" {
		l.keep(s.cell.col)
	}
	return nil
}

// text is what the cell says.
func (s *sheet) text() (string, *pipeline.Fault, error) {
	c := &s.cell
	value := string(c.value)
	kind := string(c.kind)
	if c.formula && (!c.valued || value == "" && kind != "str") {
		return "", &pipeline.Fault{Rule: "cell.formula"}, nil
	}
	switch kind {
	case "s":
		if !c.valued {
			return "", nil, nil
		}
		text, ok := s.book.shared.at(atoi(value))
		if !ok {
			return "", nil, errXML
		}
		return text, nil, nil
	case "inlineStr":
		if len(c.inline) == 0 {
			return unescape(value), nil, nil
		}
		return unescape(string(c.inline)), nil, nil
	case "str":
		return unescape(value), nil, nil
	case "b":
		return truth(value)
	case "e":
		return value, &pipeline.Fault{Rule: "cell.error", With: map[string]string{"error": value}}, nil
	case "d":
		if text, ok := isoText(value); ok {
			return text, nil, nil
		}
		return value, &pipeline.Fault{Rule: "cell.date"}, nil
	case "", "n":
		return s.number(value)
	}
	return "", nil, errXML
}

func truth(value string) (string, *pipeline.Fault, error) {
	switch value {
	case "1", "true":
		return "TRUE", nil, nil
	case "0", "false":
		return "FALSE", nil, nil
	case "":
		return "", nil, nil
	}
	return "", nil, errXML
}

func (s *sheet) number(value string) (string, *pipeline.Fault, error) {
	if value == "" {
		return "", nil, nil
	}
	f := formNumber
	if s.cell.style < len(s.book.forms) {
		f = s.book.forms[s.cell.style]
	}
	text, fault, ok := stored(value, f, s.book.from1904)
	if !ok {
		return "", nil, errXML
	}
	return text, fault, nil
}
