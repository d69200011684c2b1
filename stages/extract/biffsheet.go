package extract

import (
	"io"
	"slices"
	"strconv"

	"wasl/pipeline"
)

// biffSheet is a sheet of a workbook before Excel 2007 as a source. It knows where
// its cells stand and reads them row by row.
type biffSheet struct {
	book   *biffBook
	name   string
	cells  []biffCell
	hidden map[uint16]bool
	merges []merge
	width  int
}

// biffCell is where a cell stands: its record, for MULRK the one that holds it.
type biffCell struct {
	row, col uint16
	at       uint32
}

// sheet finds the cells of a sheet. They may be written in any order.
func (b *biffBook) sheet(at biffSheetAt) (*biffSheet, error) {
	s := &biffSheet{book: b, name: at.text, hidden: map[uint16]bool{}}
	sorted := true
	put := func(row, col, at int) {
		c := biffCell{uint16(row), uint16(col), uint32(at)}
		if n := len(s.cells); n > 0 && compareCells(s.cells[n-1], c) > 0 {
			sorted = false
		}
		s.cells = append(s.cells, c)
	}
	err := b.s.substream(at.at, false, func(r record) error {
		switch r.kind {
		case recRow:
			if r.u32(12)&0x20 != 0 {
				s.hidden[uint16(r.u16(0))] = true
			}
		case recMerged:
			for i := range r.u16(0) {
				if at := 2 + 8*i; len(r.body) >= at+8 {
					s.merges = append(s.merges, merge{row: r.u16(at) + 1, lastRow: r.u16(at+2) + 1, col: r.u16(at + 4), lastCol: r.u16(at + 6)})
				}
			}
		case recMulRK:
			n := (len(r.body) - 6) / 6
			if len(r.body) < 12 || len(r.body) != 6+6*n {
				return errBIFF
			}
			for i := range n {
				put(r.u16(0), r.u16(2)+i, r.at)
			}
		case recInteger2, recNumber2, recLabel2, recBoolErr2, recFormula, recFormula3, recFormula4,
			recNumber, recLabel, recBoolErr, recRK, recRString, recLabelSST:
			if len(r.body) < 7 {
				return errBIFF
			}
			put(r.u16(0), r.u16(2), r.at)
		}
		return nil
	})
	if err != nil {
		return nil, b.file.damageBIFF(err)
	}
	if !sorted {
		slices.SortStableFunc(s.cells, compareCells)
	}
	return s, nil
}

func compareCells(a, b biffCell) int {
	if a.row != b.row {
		return int(a.row) - int(b.row)
	}
	return int(a.col) - int(b.col)
}

func (s *biffSheet) close() { s.cells = nil }

// merged are the sheet's merged cells; before Excel 97 there are none.
func (s *biffSheet) merged() ([]merge, bool) { return s.merges, true }

// next gives the next row that has a cell, io.EOF after the last.
func (s *biffSheet) next() (line, error) {
	if len(s.cells) == 0 {
		return line{}, io.EOF
	}
	row := s.cells[0].row
	l := line{row: int(row) + 1, hidden: s.hidden[row]}
	for len(s.cells) > 0 && s.cells[0].row == row {
		c := s.cells[0]
		s.cells = s.cells[1:]
		if len(s.cells) > 0 && compareCells(s.cells[0], c) == 0 {
			continue // written twice: what was written last counts
		}
		text, fault, err := s.cell(c)
		if err != nil {
			return l, s.book.file.damageBIFF(err)
		}
		l.put(int(c.col)+1, text, fault, &s.width)
		if s.isNumber(c) {
			l.keep(int(c.col) + 1)
		}
	}
	return l, nil
}

// isNumber tells whether a cell holds a number of the workbook's own.
func (s *biffSheet) isNumber(c biffCell) bool {
	r, err := s.book.s.record(int(c.at))
	if err != nil {
		return false
	}
	switch r.kind {
	case recMulRK, recRK, recNumber, recNumber2, recInteger2:
		return true
	case recFormula, recFormula3, recFormula4:
		n, _ := s.head(r)
		return len(r.body) >= n+8 && (r.body[n+6] != 0xff || r.body[n+7] != 0xff)
	}
	return false
}

// cell is what a cell says.
func (s *biffSheet) cell(c biffCell) (string, *pipeline.Fault, error) {
	r, err := s.book.s.record(int(c.at))
	if err != nil {
		return "", nil, err
	}
	switch r.kind {
	case recMulRK:
		i := 4 + 6*(int(c.col)-r.u16(2))
		return s.number(rk(r.u32(i+2)), s.book.form(r.u16(i)))
	case recRK:
		return s.number(rk(r.u32(6)), s.book.form(r.u16(4)))
	case recNumber, recNumber2, recInteger2:
		return s.plain(r)
	case recBoolErr, recBoolErr2:
		return s.truth(r)
	case recLabelSST:
		i := int(r.u32(6))
		if len(r.body) < 10 || i >= len(s.book.shared) {
			return "", nil, errBIFF
		}
		return s.book.shared[i], nil, nil
	case recLabel, recRString, recLabel2:
		return s.label(r)
	}
	return s.formula(r)
}

// head is the length of what stands before a cell's value: row, column and style;
// and its number format.
func (s *biffSheet) head(r record) (n int, f form) {
	if s.book.version == 2 { // three bytes of attributes
		return 7, s.book.formOf(int(r.body[5] & 0x3f))
	}
	return 6, s.book.form(r.u16(4))
}

func (s *biffSheet) plain(r record) (string, *pipeline.Fault, error) {
	n, f := s.head(r)
	switch {
	case r.kind == recInteger2 && len(r.body) >= n+2:
		return s.number(float64(r.u16(n)), f)
	case r.kind != recInteger2 && len(r.body) >= n+8:
		return s.number(r.float(n), f)
	}
	return "", nil, errBIFF
}

func (s *biffSheet) number(v float64, f form) (string, *pipeline.Fault, error) {
	text, fault, ok := stored(strconv.FormatFloat(v, 'g', -1, 64), f, s.book.from1904)
	if !ok {
		return "", nil, errBIFF
	}
	return text, fault, nil
}

// rk is a number in four bytes: 30 bits of a whole one or of a floating one,
// perhaps in hundredths.
func rk(raw uint32) float64 {
	v := float64(int32(raw) >> 2)
	if raw&2 == 0 {
		v = floatOf(uint64(raw&^3) << 32)
	}
	if raw&1 != 0 {
		v /= 100
	}
	return v
}

func (s *biffSheet) truth(r record) (string, *pipeline.Fault, error) {
	n, _ := s.head(r)
	if len(r.body) < n+2 {
		return "", nil, errBIFF
	}
	if r.body[n+1] == 0 {
		return truthText(r.body[n])
	}
	return errorText(r.body[n])
}

func truthText(b byte) (string, *pipeline.Fault, error) {
	if b != 0 {
		return "TRUE", nil, nil
	}
	return "FALSE", nil, nil
}

// biffErrors are the errors that a cell may hold.
var biffErrors = map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}

var biffErrorNames = func() map[string]bool {
	out := map[string]bool{}
	for _, name := range biffErrors {
		out[name] = true
	}
	return out
}()

func errorText(code byte) (string, *pipeline.Fault, error) {
	text, ok := biffErrors[code]
	if !ok {
		text = "#" + strconv.Itoa(int(code))
	}
	return text, &pipeline.Fault{Rule: "cell.error", With: map[string]string{"error": text}}, nil
}

func (s *biffSheet) label(r record) (string, *pipeline.Fault, error) {
	if s.book.version == 8 {
		text, err := s.book.s.pieces(r, 8).unicode(nil, r.u16(6))
		return string(text), nil, err
	}
	raw, ok := s.book.rawText(r)
	if !ok {
		return "", nil, errBIFF
	}
	return s.book.decode(raw), nil, nil
}

// unsaved are the flags of a formula that is computed when the file is opened:
// with zero as its result they show that a program wrote it which computes nothing.
const unsaved = 3

// formula is the saved result of a formula.
func (s *biffSheet) formula(r record) (string, *pipeline.Fault, error) {
	n, f := s.head(r)
	if len(r.body) < n+8 {
		return "", nil, errBIFF
	}
	v := r.body[n : n+8]
	if v[6] != 0xff || v[7] != 0xff {
		flags := r.u16(n + 8)
		if s.book.version == 2 && len(r.body) > n+8 {
			flags = int(r.body[n+8])
		}
		if value := r.float(n); value != 0 || flags&unsaved != unsaved {
			return s.number(value, f)
		}
		return "", &pipeline.Fault{Rule: "cell.formula"}, nil
	}
	switch v[0] {
	case 0:
		return s.result(r)
	case 1:
		return truthText(v[2])
	case 2:
		return errorText(v[2])
	}
	return "", nil, nil // an empty text
}

// result is the text of a formula, in the STRING record behind it. Between the
// two there may be one that says which formula it shares with others.
func (s *biffSheet) result(r record) (string, *pipeline.Fault, error) {
	for range 3 {
		var err error
		if r, err = s.book.s.record(r.end()); err != nil {
			return "", nil, err
		}
		switch {
		case r.kind == recShared || r.kind == recShared5 || r.kind == recArray || r.kind == recTable:
		case r.kind != recString && r.kind != recString2:
			return "", &pipeline.Fault{Rule: "cell.formula"}, nil
		case s.book.version == 8:
			text, err := s.book.s.pieces(r, 2).unicode(nil, r.u16(0))
			return string(text), nil, err
		default:
			raw, ok := s.book.rawText(r)
			if !ok {
				return "", nil, errBIFF
			}
			return s.book.decode(raw), nil, nil
		}
	}
	return "", &pipeline.Fault{Rule: "cell.formula"}, nil
}
