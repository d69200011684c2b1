package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// A book is the workbook being written.
type book struct {
	f        *excelize.File
	opt      Options
	from, to string // days of arrival
	styles   [looks]int
	aside    map[asideKey]bool // documents whose rows lie in a workbook of their own
	most     int               // rows of a sheet; what is more goes on a further one
	count    int               // sheets
}

// newBook begins a workbook. Its properties are dated by its last day: the time
// of making would make every copy another.
func newBook(opt Options, from, to string) (*book, error) {
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	b := &book{f: excelize.NewFile(), opt: opt, from: from, to: to, aside: map[asideKey]bool{}, most: 1_000_000}
	if err := b.dress(); err != nil {
		return nil, joinClose(err, b)
	}
	return b, nil
}

func joinClose(err error, b *book) error {
	if closing := b.close(); closing != nil {
		return fmt.Errorf("%w (and %w)", err, closing)
	}
	return err
}

func (b *book) dress() error {
	for l := range looks {
		id, err := b.f.NewStyle(style(l, b.opt.Lang == "ar"))
		if err != nil {
			return fmt.Errorf("style %d: %w", l, err)
		}
		b.styles[l] = id
	}
	if err := b.dated(b.say("title") + " " + b.days()); err != nil {
		return err
	}
	return b.f.SetAppProps(&excelize.AppProperties{Application: "Microsoft Excel", Company: b.opt.Shop, AppVersion: "16.0300"})
}

// dated gives the workbook its title, and the last of its days as its date.
func (b *book) dated(title string) error {
	day := b.to + "T00:00:00Z"
	return b.f.SetDocProps(&excelize.DocProperties{Creator: "wasl", LastModifiedBy: "wasl", Title: title, Created: day, Modified: day})
}

// writeDay writes a workbook about one day, whole or not at all: under a title of the
// table of words, and what fill puts into it.
func writeDay(ctx context.Context, path, day, title string, opt Options, fill func(*book) error) (err error) {
	b, err := newBook(opt, day, day)
	if err != nil {
		return fmt.Errorf("begin %s: %w", filepath.Base(path), err)
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := errors.Join(b.dated(b.say(title)+" "+day), fill(b)); err != nil {
		return fmt.Errorf("fill %s: %w", filepath.Base(path), err)
	}
	if err := save(ctx, path, b.pack); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

// close gives back what the workbook holds, its temporary files included.
func (b *book) close() error { return b.f.Close() }

// pack writes the workbook. excelize would put the whole of it together in
// memory; the archive writes straight to where it belongs.
func (b *book) pack(to io.Writer) error {
	b.f.SetActiveSheet(0)
	b.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newArchive(to) })
	return b.f.Write(io.Discard)
}

func (b *book) say(key string) string { return say(b.opt.Lang, key) }

func (b *book) state(s pipeline.State) string { return State(b.opt.Lang, s) }

// days names the workbook's days of arrival, for people.
func (b *book) days() string {
	if b.from == b.to {
		return b.from
	}
	return b.from + " – " + b.to
}

// A column is one column of a sheet: its header's key in the table of words, and
// its width in characters. The columns from the first unprinted one on are for
// the screen only: they would make the print too small to read.
type column struct {
	key       string
	width     float64
	unprinted bool
}

// A sheet is a sheet of the workbook, written row by row from the top.
type sheet struct {
	b     *book
	key   string // of its name
	name  string
	part  int // 1, 2 ... where it goes on on further sheets
	w     *excelize.StreamWriter
	cols  []column
	row   int  // the last one written
	table bool // a row of headers and rows beneath; else free
	line  []excelize.Cell
	refs  []any
	lines int // of text in the row being put together
}

// sheet begins a sheet that is a table: a frozen row of headers that is printed
// on every page, with filters.
func (b *book) sheet(key string, cols []column) (*sheet, error) {
	s := &sheet{b: b, key: key, cols: cols, table: true}
	return s, s.open()
}

// open begins the sheet, or its continuation.
func (s *sheet) open() error {
	s.part++
	s.row = 0
	s.name = s.b.say("sheet." + s.key)
	if s.part > 1 {
		s.name += " " + strconv.Itoa(s.part)
	}
	f := s.b.f
	if s.b.count++; s.b.count == 1 {
		if err := f.SetSheetName("Sheet1", s.name); err != nil {
			return err
		}
	} else if _, err := f.NewSheet(s.name); err != nil {
		return err
	}
	if err := s.layout(); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(s.name)
	if err != nil {
		return err
	}
	s.w = w
	for i, c := range s.cols {
		if err := w.SetColWidth(i+1, i+1, c.width); err != nil {
			return err
		}
	}
	if !s.table {
		return nil
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	for _, c := range s.cols {
		s.put(head, s.b.say(c.key))
	}
	return s.end(32)
}

// layout is how the sheet is shown and printed: it stands before the rows.
func (s *sheet) layout() error {
	f, yes, no := s.b.f, true, false
	rtl := s.b.opt.Lang == "ar"
	if err := f.SetSheetView(s.name, 0, &excelize.ViewOptions{RightToLeft: &rtl, ShowGridLines: &no}); err != nil {
		return err
	}
	if err := f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	a4, wide, one, any := 9, "landscape", 1, 0
	if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &wide, FitToWidth: &one, FitToHeight: &any}); err != nil {
		return err
	}
	side, edge, foot := 0.4, 0.5, 0.25
	if err := f.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &edge, Bottom: &edge, Header: &foot, Footer: &foot,
	}); err != nil {
		return err
	}
	return f.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&L&8 " + s.b.days() + "&C&8&A&R&8&P / &N"})
}

// ---- the cells of a row, from the first on; end writes it ----

// put adds a cell.
func (s *sheet) put(l look, value any) {
	s.line = append(s.line, excelize.Cell{StyleID: s.b.styles[l], Value: value})
}

// formula adds a cell with a formula and the value that it has.
func (s *sheet) formula(l look, formula string, value any) {
	s.line = append(s.line, excelize.Cell{StyleID: s.b.styles[l], Formula: formula, Value: value})
}

// skip leaves n cells out: nothing is there, not even lines.
func (s *sheet) skip(n int) {
	for range n {
		s.line = append(s.line, excelize.Cell{})
	}
}

// text adds a text; "" leaves the cell empty.
func (s *sheet) text(v string) { s.styled(plain, v) }

func (s *sheet) styled(l look, v string) {
	if v == "" {
		s.put(l, nil)
		return
	}
	s.put(l, v)
}

// words adds a text of as many lines as it needs. How high they make the row is
// estimated: not every spreadsheet finds it by itself.
func (s *sheet) words(v string) {
	width := max(1, int(s.cols[len(s.line)].width*1.1)-2) // letters are smaller than the standard ones, by which columns are measured
	lines := 0
	for line := range strings.Lines(v) {
		lines += 1 + (utf8.RuneCountInString(line)-1)/width
	}
	s.lines = max(s.lines, lines)
	s.styled(wrapped, v)
}

// money adds an amount: as a number where a spreadsheet keeps all its digits.
func (s *sheet) money(l look, d pipeline.Decimal) {
	f, ok := exact(d)
	if !ok {
		s.put(plain, d.String())
		return
	}
	s.put(l, f)
}

// date adds a day of the calendar, written 2026-11-25, as a date.
func (s *sheet) date(v string) {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		s.text(v)
		return
	}
	s.put(day, t)
}

// time adds an instant, as the shop's clocks show it; the zero time is empty.
func (s *sheet) time(t time.Time) {
	if t.IsZero() {
		s.put(moment, nil)
		return
	}
	s.put(moment, clock(t, s.b.opt.Zone))
}

// state adds a state in words and in colour; "" leaves the cell empty.
func (s *sheet) state(v pipeline.State) {
	if v == "" {
		s.put(plain, nil)
		return
	}
	s.put(stateLook(v), s.b.state(v))
}

// lineHeight is that of a line of text, in points.
const lineHeight = 13.5

// end writes the row; a height of zero is that of its text. A table
// that is full goes on on a further sheet.
func (s *sheet) end(height float64) error {
	if s.table && s.row >= s.b.most {
		line, lines := s.line, s.lines
		s.line, s.refs, s.lines = nil, nil, 0
		if err := s.close(s.row); err != nil {
			return err
		}
		if err := s.open(); err != nil {
			return err
		}
		s.line, s.lines = line, lines
	}
	s.row++
	s.refs = s.refs[:0]
	for i := range s.line {
		if c := &s.line[i]; c.StyleID == 0 && c.Value == nil {
			s.refs = append(s.refs, nil)
		} else {
			s.refs = append(s.refs, c)
		}
	}
	s.line = s.line[:0]
	if height == 0 && s.lines > 1 {
		height = min(lineHeight*float64(s.lines)+2, excelize.MaxRowHeight)
	}
	s.lines = 0
	var opts []excelize.RowOpts
	if height > 0 {
		opts = append(opts, excelize.RowOpts{Height: height})
	}
	return s.w.SetRow("A"+strconv.Itoa(s.row), s.refs, opts...)
}

// remark writes a row that is a sentence.
func (s *sheet) remark(text string) error {
	s.put(note, text)
	return s.end(0)
}

// close ends the sheet. Rows to last are data: they are filtered, and their
// identifiers are meant to be text.
func (s *sheet) close(last int) error {
	if s.table {
		end := pipeline.ColumnLetters(len(s.cols))
		if err := s.b.f.AutoFilter(s.name, "A1:"+end+strconv.Itoa(max(last, 2)), nil); err != nil {
			return err
		}
		if err := s.b.f.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name,
		}); err != nil {
			return err
		}
		if err := s.printed(); err != nil {
			return err
		}
	}
	end := pipeline.ColumnLetters(max(len(s.cols), 1))
	if err := s.b.f.AddIgnoredErrors(s.name, "A1:"+end+strconv.Itoa(max(s.row, 1)), excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	return s.w.Flush()
}

// printed says which columns are printed, where that is not all of them.
func (s *sheet) printed() error {
	n := slices.IndexFunc(s.cols, func(c column) bool { return c.unprinted })
	if n < 0 {
		return nil
	}
	return s.b.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", Scope: s.name,
		RefersTo: "'" + s.name + "'!$A$1:$" + pipeline.ColumnLetters(n) + "$" + strconv.Itoa(max(s.row, 1)),
	})
}

// cell names a place: C12.
func cell(col, row int) string { return pipeline.ColumnLetters(col) + strconv.Itoa(row) }

// span names a run of cells of a column: F$10:F$12.
func span(col, first, last int) string {
	c := pipeline.ColumnLetters(col)
	return fmt.Sprintf("%s$%d:%s$%d", c, first, c, last)
}
