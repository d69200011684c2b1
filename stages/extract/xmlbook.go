package extract

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// xmlBook tells whether XML is a workbook of Excel 2002 and 2003, "XML Spreadsheet".
func xmlBook(head []byte) bool {
	head = bytes.ReplaceAll(head, []byte{0}, nil)
	return bytes.Contains(head, []byte("urn:schemas-microsoft-com:office:spreadsheet")) && bytes.Contains(head, []byte("Workbook")) &&
		!bytes.Contains(bytes.ToLower(head), []byte("<html"))
}

// openXMLBook reads a workbook that is one XML file, and finds the sheet with the
// header. Its sheets lie one after another: each is read from the beginning.
func (f *file) openXMLBook() (*table, error) {
	page, err := f.codePage()
	if err != nil {
		return nil, err
	}
	f.reads(page)
	b := &xmlFile{file: f, page: page, forms: map[string]form{}}
	sheets, err := b.sheets()
	if err != nil {
		return nil, f.damage(err, "XML")
	}
	f.read.Format = "xml"
	f.misnamed("xml")
	return f.findTab(sheets)
}

// xmlFile is a workbook in one XML file.
type xmlFile struct {
	file  *file
	page  codePage
	forms map[string]form // number formats of styles, by their ids
}

func (b *xmlFile) reader() *xmlReader { return newXML(b.page.reader(b.file.in, b.file.drop.Size)) }

// sheets reads the file once: names of sheets, formats of styles, and whether it
// is whole.
func (b *xmlFile) sheets() ([]tab, error) {
	x, style := b.reader(), ""
	var out []tab
	for n := 0; ; n++ {
		if n%4096 == 0 && b.file.ctx.Err() != nil {
			return nil, b.file.ctx.Err()
		}
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if t != tokenStart {
			continue
		}
		switch string(x.name) {
		case "Style":
			style, _ = x.attr("ID")
		case "NumberFormat":
			code, _ := x.attr("Format")
			b.forms[style] = xmlForm(code)
		case "Worksheet":
			name, _ := x.attr("Name")
			number := len(out)
			out = append(out, tab{name: name, open: func() (tabSource, error) { return b.open(number, name) }})
		case "Visible": // of the sheet's options
			if len(out) > 0 {
				out[len(out)-1].hidden = true // SheetHidden or SheetVeryHidden stand in it; it is left out otherwise
			}
		}
		if len(out) > maxParts {
			return nil, errXML
		}
	}
	if len(out) == 0 {
		return nil, errXML
	}
	return out, nil
}

// xmlForm reads a number format, which may be a name of one.
func xmlForm(code string) form {
	switch code {
	case "Percent":
		return formPercent
	case "General Date":
		return formDateTime
	case "Short Date", "Medium Date", "Long Date":
		return formDate
	case "Short Time", "Medium Time", "Long Time":
		return formTime
	}
	return formOf(code)
}

// open goes to the beginning of a sheet.
func (b *xmlFile) open(number int, name string) (tabSource, error) {
	s := &xmlSheet{book: b, name: name, x: b.reader()}
	for seen := -1; seen < number; {
		t, err := s.x.next()
		if err != nil {
			return nil, b.file.damage(cutOff(err), "XML")
		}
		if t == tokenStart && string(s.x.name) == "Worksheet" {
			seen++
		}
	}
	return s, nil
}

// xmlSheet is a sheet as a source.
type xmlSheet struct {
	book  *xmlFile
	name  string
	x     *xmlReader
	row   int
	width int
	done  bool // its end was read

	merges []merge
}

func (s *xmlSheet) close() {}

// merged are the cells merged in the rows read so far.
func (s *xmlSheet) merged() ([]merge, bool) { return s.merges, s.done }

// next gives the next row that has something in it, io.EOF after the sheet.
func (s *xmlSheet) next() (line, error) {
	if s.done {
		return line{}, io.EOF
	}
	l, err := s.line()
	if errors.Is(err, errWide) {
		return l, s.book.file.refuse("file.wide", &place{sheet: s.name, row: s.row}, "limit", strconv.Itoa(maxColumns))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return l, s.book.file.damage(err, "XML")
	}
	return l, err
}

func (s *xmlSheet) line() (line, error) {
	for {
		t, err := s.x.next()
		switch {
		case err != nil:
			return line{}, cutOff(err)
		case t == tokenEnd && string(s.x.name) == "Worksheet":
			s.done = true
			return line{}, io.EOF
		case t != tokenStart || string(s.x.name) != "Row":
			continue
		}
		row := s.row + 1
		if v, ok := s.x.attr("Index"); ok {
			row = atoi(v)
		}
		if row <= s.row || row > maxRows {
			return line{}, errXML
		}
		hidden, _ := s.x.attr("Hidden")
		l := line{row: row, hidden: hidden == "1"}
		s.row = row
		if v, ok := s.x.attr("Span"); ok { // further rows like this one, empty
			s.row += max(0, atoi(v))
		}
		if err := s.cells(&l); err != nil {
			return l, err
		}
		if !empty(l) {
			return l, nil
		}
	}
}

// cells reads a row whose tag was just read.
func (s *xmlSheet) cells(l *line) error {
	col := 0
	for {
		t, err := s.x.next()
		switch {
		case err != nil:
			return cutOff(err)
		case t == tokenEnd && string(s.x.name) == "Row":
			return nil
		case t != tokenStart || string(s.x.name) != "Cell":
			continue
		}
		at := col + 1
		if v, ok := s.x.attr("Index"); ok {
			at = atoi(v)
		}
		if at <= col {
			return errXML
		}
		col = at
		if v, ok := s.x.attr("MergeAcross"); ok {
			col += max(0, atoi(v))
		}
		if col > maxColumns {
			return errWide
		}
		down := 0
		if v, ok := s.x.attr("MergeDown"); ok {
			down = max(0, atoi(v))
		}
		if down > 0 || col > at {
			s.merges = append(s.merges, merge{row: l.row, lastRow: l.row + down, col: at - 1, lastCol: col - 1})
		}
		if err := s.cell(l, at); err != nil {
			return err
		}
	}
}

// cell reads a cell whose tag was just read.
func (s *xmlSheet) cell(l *line, col int) error {
	style, _ := s.x.attr("StyleID")
	_, formula := s.x.attr("Formula")
	kind, text, inData, aside := "", []byte(nil), 0, false
	for {
		t, err := s.x.next()
		if err != nil {
			return cutOff(err)
		}
		name := string(s.x.name)
		switch {
		case t == tokenText:
			if inData > 0 {
				text = append(text, s.x.text...)
			}
		case name == "Comment":
			aside = t == tokenStart
		case t == tokenStart && !aside && (name == "Data" || inData > 0): // rich text has elements in it
			if inData++; inData == 1 {
				kind, _ = s.x.attr("Type")
			}
		case t == tokenEnd && inData > 0:
			inData--
		case t == tokenEnd && name == "Cell":
			value, fault, err := s.value(kind, string(text), s.book.forms[style], formula)
			if err != nil {
				return err
			}
			l.put(col, value, fault, &s.width)
			if kind == "Number" {
				l.keep(col)
			}
			return nil
		}
	}
}

// value is what a cell says.
func (s *xmlSheet) value(kind, text string, f form, formula bool) (string, *pipeline.Fault, error) {
	if _, bad := biffErrorNames[text]; bad && formula { // LibreOffice calls it a text
		kind = "Error"
	}
	if formula && kind == "" {
		return "", &pipeline.Fault{Rule: "cell.formula"}, nil
	}
	switch kind {
	case "Number":
		value, fault, ok := stored(strings.TrimSpace(text), f, false)
		if !ok {
			return "", nil, errXML
		}
		return value, fault, nil
	case "Boolean":
		return truth(text)
	case "Error":
		return text, &pipeline.Fault{Rule: "cell.error", With: map[string]string{"error": text}}, nil
	case "DateTime":
		return dateTime(text, f)
	}
	return text, nil, nil
}

// dateTime reads 2026-03-05T00:00:00.000; a time alone stands on the last day of
// 1899.
func dateTime(text string, f form) (string, *pipeline.Fault, error) {
	t, err := time.Parse("2006-01-02T15:04:05.999", text)
	if err != nil {
		if value, ok := isoText(text); ok {
			return value, nil, nil
		}
		return text, &pipeline.Fault{Rule: "cell.date"}, nil
	}
	t = t.Round(time.Second)
	switch {
	case t.Year() < 1900 && f == formTime:
		return t.Format(time.TimeOnly), nil, nil
	case t.Year() < 1900:
		return text, &pipeline.Fault{Rule: "cell.date"}, nil
	case t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0:
		return t.Format(time.DateOnly), nil, nil
	}
	return t.Format(time.DateTime), nil, nil
}
