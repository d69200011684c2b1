package extract

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

const (
	maxColumns = 16384   // as in Excel
	maxLetters = 32767   // of a cell, as in Excel
	maxRecord  = 8 << 20 // bytes; a longer one is an open quote or no table
	nulRun     = 8       // NULs in a row: not a letter gone wrong but bytes never written
)

// Errors of the splitter, which knows no file names. openText puts them into words.
var (
	errQuote = errors.New("a quoted cell is not closed")
	errLong  = errors.New("a row is too long")
	errWide  = errors.New("a row has too many columns")
	errNUL   = errors.New("bytes that were never written")
)

// textReader splits UTF-8 text into records, by RFC 4180. It holds one record.
type textReader struct {
	in     io.Reader
	comma  byte
	cr     bool // CR alone ends a line
	stop   [256]bool
	buf    []byte
	r, w   int // what is read and not yet taken: buf[r:w]
	eof    bool
	row    int
	fields []field
	open   bool     // the record ended with the file
	cells  []string // room for the cells of rows to come
}

// field is where a cell stands, from the beginning of its record.
type field struct {
	from, to int
	doubled  bool // holds "" that mean one
}

func newText(in io.Reader, comma byte, cr bool) *textReader {
	t := &textReader{in: in, comma: comma, cr: cr, buf: make([]byte, 64<<10)}
	t.stop[comma], t.stop['\n'], t.stop['\r'] = true, true, cr
	return t
}

// next gives the next record, io.EOF after the last.
func (t *textReader) next() (line, error) {
	for {
		n, ok, err := t.split(t.buf[t.r:t.w])
		if err != nil {
			t.row++
			return line{row: t.row}, err
		}
		if ok {
			t.row++
			rec := t.buf[t.r : t.r+n]
			t.r += n
			return t.line(rec)
		}
		if t.eof {
			return line{}, io.EOF
		}
		if err := t.fill(); err != nil {
			t.row++
			return line{row: t.row}, err
		}
	}
}

// fill reads on, keeping the record that has begun.
func (t *textReader) fill() error {
	if t.w-t.r >= maxRecord {
		if t.quoted() {
			return errQuote
		}
		return errLong
	}
	if t.w-t.r > len(t.buf)/2 {
		t.buf = append(make([]byte, 0, 2*len(t.buf)), t.buf[t.r:t.w]...)[:2*len(t.buf)]
		t.w, t.r = t.w-t.r, 0
	} else {
		t.w, t.r = copy(t.buf, t.buf[t.r:t.w]), 0
	}
	for t.w < len(t.buf) && !t.eof {
		n, err := t.in.Read(t.buf[t.w:])
		t.w += n
		if errors.Is(err, io.EOF) {
			t.eof = true
		} else if err != nil {
			return err
		}
	}
	return nil
}

// quoted tells whether the record that has begun is inside a quoted cell.
func (t *textReader) quoted() bool {
	return bytes.Count(t.buf[t.r:t.w], []byte{'"'})%2 == 1
}

// split finds the cells of the record at the beginning of b and its length with
// the line end. ok is false where b does not hold all of it.
func (t *textReader) split(b []byte) (n int, ok bool, err error) {
	t.fields, t.open = t.fields[:0], false
	if len(b) == 0 {
		return 0, false, nil
	}
	i := 0
	for {
		if len(t.fields) > maxColumns {
			return 0, false, errWide
		}
		var done bool
		if i < len(b) && b[i] == '"' {
			i, done, ok, err = t.quotedField(b, i)
		} else {
			i, done, ok = t.plainField(b, i)
		}
		if err != nil || !ok || done {
			return i, ok, err
		}
	}
}

// plainField takes a cell without quotes. done says that the record ends with it.
func (t *textReader) plainField(b []byte, from int) (next int, done, ok bool) {
	i := from
	for i < len(b) && !t.stop[b[i]] {
		i++
	}
	if i == len(b) {
		if !t.eof {
			return i, false, false
		}
		t.open = true
		t.fields = append(t.fields, field{from: from, to: trimCR(b, from, i)})
		return i, true, true
	}
	switch b[i] {
	case t.comma:
		t.fields = append(t.fields, field{from: from, to: i})
		return i + 1, false, true
	case '\n':
		t.fields = append(t.fields, field{from: from, to: trimCR(b, from, i)})
		return i + 1, true, true
	}
	t.fields = append(t.fields, field{from: from, to: i})
	return t.afterCR(b, i+1)
}

// quotedField takes a cell in quotes; from is at the opening one.
func (t *textReader) quotedField(b []byte, from int) (next int, done, ok bool, err error) {
	doubled := false
	i := from + 1
	for {
		j := bytes.IndexByte(b[i:], '"')
		switch {
		case j < 0 && t.eof:
			return 0, false, false, errQuote
		case j < 0:
			return 0, false, false, nil
		}
		i += j + 1 // after the quote
		if i < len(b) && b[i] == '"' {
			doubled = true
			i++
			continue
		}
		break
	}
	f := field{from: from + 1, to: i - 1, doubled: doubled}
	if i >= len(b)-1 && !t.eof { // it takes two letters to know CR LF
		return 0, false, false, nil
	}
	t.fields = append(t.fields, f)
	switch {
	case i == len(b), i == len(b)-1 && b[i] == '\r' && !t.cr:
		t.open = true
		return len(b), true, true, nil
	case b[i] == t.comma:
		return i + 1, false, true, nil
	case b[i] == '\n':
		return i + 1, true, true, nil
	case b[i] == '\r' && !t.cr && b[i+1] == '\n':
		return i + 2, true, true, nil
	case b[i] == '\r' && t.cr:
		next, done, ok = t.afterCR(b, i+1)
		return next, done, ok, nil
	}
	return 0, false, false, errQuote
}

// afterCR ends a record behind a CR that ends lines, and an LF that belongs to it.
func (t *textReader) afterCR(b []byte, i int) (next int, done, ok bool) {
	if i == len(b) && !t.eof {
		return 0, false, false
	}
	if i < len(b) && b[i] == '\n' {
		i++
	}
	return i, true, true
}

func trimCR(b []byte, from, to int) int {
	if to > from && b[to-1] == '\r' {
		return to - 1
	}
	return to
}

// line makes a line of the record that was split last.
func (t *textReader) line(rec []byte) (line, error) {
	l := line{row: t.row, open: t.open}
	n := len(t.fields)
	if len(t.cells) < n {
		t.cells = make([]string, max(n, 1024))
	}
	l.cells, t.cells = t.cells[:n:n], t.cells[n:]
	s := string(rec)
	for i, f := range t.fields {
		l.cells[i] = s[f.from:f.to]
		if f.doubled {
			l.cells[i] = strings.ReplaceAll(l.cells[i], `""`, `"`)
		}
	}
	if strings.IndexByte(s, 0) >= 0 {
		if strings.Contains(s, strings.Repeat("\x00", nulRun)) {
			return l, errNUL
		}
		l.faults = append(l.faults, nulCells(l.cells)...)
	}
	if len(s) > maxLetters {
		l.faults = append(l.faults, longCells(l.cells)...)
	}
	return l, nil
}

func nulCells(cells []string) (faults []pipeline.Fault) {
	for i, c := range cells {
		if strings.IndexByte(c, 0) >= 0 {
			faults = append(faults, pipeline.Fault{Col: i + 1, Rule: "cell.control"})
		}
	}
	return faults
}

func longCells(cells []string) (faults []pipeline.Fault) {
	for i, c := range cells {
		if len(c) <= maxLetters {
			continue
		}
		if n := utf8.RuneCountInString(c); n > maxLetters {
			faults = append(faults, pipeline.Fault{Col: i + 1, Rule: "cell.long",
				With: map[string]string{"letters": strconv.Itoa(n), "limit": strconv.Itoa(maxLetters)}})
		}
	}
	return faults
}

// openText prepares a text for reading and finds its header.
func (f *file) openText() (*table, error) {
	if err := f.ended(); err != nil {
		return nil, err
	}
	page, err := f.codePage()
	if err != nil {
		return nil, err
	}
	f.reads(page)
	if strings.HasPrefix(page.name, "utf-16") && f.drop.Size%2 == 1 {
		return nil, f.hold("file.cut", nil, "end", "UTF-16")
	}
	sample, all, err := f.sample(page)
	if err != nil {
		return nil, err
	}
	if guessed := page.page != nil || page.skip == 0 && page.enc != nil; guessed && f.opt.CodePage == "" {
		f.read.Sample = sampleOf(string(sample))
	}
	columns := f.columns()
	cr, sep := crOnly(sample), sepLine(sample)
	comma := sep
	if d := f.opt.Delimiter; strings.EqualFold(d, "tab") || d == `\t` {
		comma = '\t'
	} else if d != "" {
		comma = d[0]
	} else if comma == 0 {
		comma = delimiter(sample, all, cr, columns)
	}
	f.read.Format, f.read.CodePage, f.read.Delimiter = "csv", page.name, string(rune(comma))
	f.misnamed("csv")
	source := func(of *file) func() (tabSource, error) {
		return func() (tabSource, error) {
			return &textSource{file: of, text: newText(page.reader(f.in, f.drop.Size), comma, cr), sep: sep != 0}, nil
		}
	}
	src, err := f.mend("", source(f), source(f.again()))
	if err != nil {
		return nil, err
	}
	return f.find(src, "", columns, true, nil)
}

// sampleBytes is how much decoded text is looked at for delimiter and line ends.
const sampleBytes = 256 << 10

// sample gives the beginning of the text, and whether that is all.
func (f *file) sample(page codePage) (b []byte, all bool, err error) {
	b = make([]byte, sampleBytes)
	n, err := io.ReadFull(page.reader(f.in, f.drop.Size), b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return b[:n], true, nil
	}
	return b[:n], false, err
}

// ended refuses a text whose last bytes were never written: the room for them was
// made, and the copy was not finished.
func (f *file) ended() error {
	tail, err := f.bytes(max(0, f.drop.Size-nulRun), nulRun)
	if err == nil && len(bytes.TrimRight(tail, "\x00")) == 0 {
		err = f.hold("file.cut", nil, "end", "NUL")
	}
	return err
}

// textSource is a text as a source, its errors as refusals.
type textSource struct {
	file *file
	text *textReader
	sep  bool // the first line is sep=
}

func (s *textSource) close() {}

func (s *textSource) next() (line, error) {
	l, err := s.text.next()
	if err == nil && s.sep && l.row == 1 {
		s.file.ignore(1, "sep line")
		l, err = s.text.next()
	}
	at := &place{row: l.row}
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return l, err
	case errors.Is(err, errQuote):
		return l, s.file.refuse("file.quote", at)
	case errors.Is(err, errLong):
		return l, s.file.refuse("file.long", at, "limit", strconv.Itoa(maxRecord>>20))
	case errors.Is(err, errWide):
		return l, s.file.refuse("file.wide", at, "limit", strconv.Itoa(maxColumns))
	case errors.Is(err, errNUL):
		return l, s.file.hold("file.cut", at, "end", "NUL")
	}
	return l, err
}
