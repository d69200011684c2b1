package extract

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode"

	"wasl/pipeline"
)

// Formats that a mapping can state. Further ones are the kinds of files as they stand
// in Reading.Format, csv, xlsx, xls, html and xml: a table, and a file whose bytes are
// of another kind is held.
const (
	FormatTable  = "table"          // rows under a header, in CSV or a workbook
	FormatOrders = "shopify.orders" // the order export of Shopify's admin
)

// Policies that a mapping can state.
const (
	PolicyReport = "report" // read on, and tell
	PolicySkip   = "skip"   // leave out, and tell in Reading.Ignored
	PolicyHold   = "hold"   // the file waits for a person
	PolicyIgnore = "ignore" // read on, and say nothing
)

// How much a ZIP may unpack to, all parts together. A workbook's sheets are read
// row by row and never held: it may unpack to more, where it is not packed as
// tightly as no honest one is.
const (
	defaultUnpacked = 64 << 20
	mostUnpacked    = 256 << 20
	mostRatio       = 200
)

// A Column is what a mapping asks for: a column under any of the names, the first
// that is there. Names are compared by pipeline.Fold.
type Column struct {
	Names    []string
	Number   int      // counted from 1: the column wherever it stands, whatever it is called; 0: by its names
	Also     []string // synonyms, tried where none of the names is there; one that fits is told
	Required bool
	Type     pipeline.Type // of the field that it feeds
	Pinned   bool          // the mapping pins the layout of its dates, or its decimal mark
	Decimal  string        // the mark that it pins: "." or ","; "" where it pins none
	Fill     bool          // the mapping fills it down: rows in which it is empty go on with the row above
}

// Options say how a flow's files are read. The zero value reads any table whose
// header is its first row.
type Options struct {
	Format      string   // FormatTable (also ""), FormatOrders, one of the other exports, or a kind of file
	Sheet       string   // of a workbook; "" = the first visible one in which the header is found
	Header      int      // last row of the header, counted from 1; 0 = found among the first rows
	HeaderTall  int      // rows that it has; 0 = found, one to three
	NoHeader    bool     // the file has none: columns go by their numbers, column 1, column 2
	End         string   // a cell of the row with which the table ends says this; "" = it ends where the rows do
	Hidden      string   // what becomes of hidden rows: PolicyReport (also ""), PolicySkip or PolicyHold
	Totals      string   // what becomes of totals that differ: PolicyReport (also ""), PolicyHold or PolicyIgnore
	CodePage    string   // a name of the WHATWG Encoding Standard; "" = decided by the bytes
	Delimiter   string   // one ASCII character, or tab; "" = decided by the first lines
	Columns     []Column // what the mapping asks for
	MaxUnpacked int64    // bytes of all parts of a ZIP; 0 = 64 MiB, and 256 MiB for a workbook that is packed no tighter than 1 to 200
}

// Extract reads a drop of d.Size bytes. The Reading is filled while the rows are
// taken. The rows end with an error where the file cannot be used: a
// *pipeline.Refused where the file is the reason. They can be taken once.
func (o Options) Extract(ctx context.Context, d pipeline.Drop, r io.ReaderAt) (*pipeline.Reading, iter.Seq2[pipeline.Row, error]) {
	read := &pipeline.Reading{}
	return read, func(yield func(pipeline.Row, error) bool) {
		f := &file{opt: o, ctx: ctx, drop: d, in: r, read: read}
		err := f.rows(func(row pipeline.Row) bool {
			read.Rows++
			return yield(row, nil)
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(pipeline.Row{}, err)
		}
	}
}

// Takes tells whether a drop is meant for this format, by its header. A table
// takes every file. A file that cannot be read at all is taken, so that its
// reason is told.
func (o Options) Takes(d pipeline.Drop, r io.ReaderAt) bool {
	export, known := exports[o.Format]
	var found bool
	var err error
	switch {
	case known:
		found, err = seemsExport(o, export, d, r)
	case o.Format == FormatOrders:
		found, err = seemsOrders(o, d, r)
	default:
		return true
	}
	if err != nil {
		_, ok := errors.AsType[*pipeline.Refused](err)
		return ok
	}
	return found
}

// IsOrders tells whether a file is an order export of Shopify beyond doubt: one that
// cannot be read as such is none.
func IsOrders(d pipeline.Drop, r io.ReaderAt) bool {
	found, err := seemsOrders(Options{Format: FormatOrders}, d, r)
	return err == nil && found
}

// seemsOrders tells whether the beginning of a file looks like an order export.
func seemsOrders(o Options, d pipeline.Drop, r io.ReaderAt) (bool, error) {
	f := &file{opt: o, ctx: context.Background(), drop: d, in: r, read: &pipeline.Reading{}}
	found := false
	err := f.each(func(part *file) (err error) {
		if found, err = part.holdsOrders(); err != nil {
			return err
		}
		return errStop // the first part speaks for all
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return found, err
}

// errStop ends the reading because whoever takes the rows wants no more.
var errStop = errors.New("no more rows wanted")

// file is one reading of one drop.
type file struct {
	opt  Options
	ctx  context.Context // of this one reading, which is one call
	drop pipeline.Drop
	in   io.ReaderAt
	read *pipeline.Reading
	part bool        // of a ZIP
	seen *seenOrders // of an order export, all of its parts

	lossy lossy // the code page
}

// A source gives the lines of a file or sheet in their order, then io.EOF.
type source interface{ next() (line, error) }

// A line is a row before it is known what it means. Its strings may be kept.
type line struct {
	row    int
	cells  []string
	faults []pipeline.Fault
	open   bool // the file ends in it, without a line end
	hidden bool
	stored uint64 // by column, the first one in the lowest bit: cells that are a workbook's own numbers
}

// keep says that the cell of a column is a number of the workbook's own.
func (l *line) keep(col int) {
	if col <= 64 {
		l.stored |= 1 << (col - 1)
	}
}

// one reads one table: what is it, where is it, which rows are data.
func (f *file) one(emit func(pipeline.Row) bool) error {
	if f.opt.Format == FormatOrders {
		pulled, err := f.isPulled()
		if err != nil {
			return err
		}
		if pulled {
			return f.pulled(emit)
		}
	}
	t, err := f.open()
	if f.opt.Format == FormatOrders && (err != nil || !t.likeOrders()) {
		if m := f.matrixify(); m != nil {
			return f.matrixified(m, emit)
		}
	}
	if err != nil {
		return err
	}
	export, known := exports[f.opt.Format]
	if want := f.opt.Format; want != "" && want != FormatTable && want != FormatOrders && !known && want != f.read.Format {
		return f.hold("file.kind", nil, "is", f.read.Format, "want", want)
	}
	if err := t.settle(); err != nil {
		return err
	}
	if known && !export.is(t.header) {
		return f.hold("file.kind", nil, "is", f.read.Format, "want", f.opt.Format)
	}
	f.describe(t)
	if f.opt.Format != FormatOrders {
		if err := t.survey(); err != nil {
			return err
		}
		t.sums = t.newSums()
	}
	if f.opt.Format == FormatOrders {
		orders, err := f.orders(t)
		if err != nil {
			return err
		}
		err = t.each(func(row pipeline.Row) error { return orders.add(row, emit) })
		if err != nil {
			return err
		}
	} else {
		take := func(row pipeline.Row) error { return give(row, emit) }
		if known {
			take = export.cleaned(t.header, take)
		}
		if err := t.each(take); err != nil {
			return err
		}
	}
	if f.read.Rows == 0 {
		return f.refuse("file.empty", nil)
	}
	return f.controlled(t)
}

func give(row pipeline.Row, emit func(pipeline.Row) bool) error {
	if !emit(row) {
		return errStop
	}
	return nil
}

// describe puts into the Reading what was decided about the file.
func (f *file) describe(t *table) {
	f.read.Sheet = t.sheet
	if f.opt.Format == FormatOrders {
		f.read.Format = FormatOrders
	}
	if _, known := exports[f.opt.Format]; known {
		f.read.Format = f.opt.Format
	}
}

// open finds out what the file is and reads the lines in which its header is
// looked for.
func (f *file) open() (*table, error) {
	kind, err := f.look()
	if err != nil {
		return nil, err
	}
	switch kind {
	case nothing:
		return nil, f.refuse("file.empty", nil)
	case markup:
		return f.openMarkup()
	case container:
		return f.openContainer()
	case bare:
		return f.openBare()
	case workbook:
		return f.openWorkbook()
	}
	return f.openText()
}

// columns are what the header is recognised by.
func (f *file) columns() []asked {
	if f.opt.Format == FormatOrders {
		return ask(orderColumns(f.opt.Columns))
	}
	return ask(f.opt.Columns)
}

// refuse makes the error of a file that is not to be used. facts are pairs.
func (f *file) refuse(rule pipeline.Rule, at *place, facts ...string) error {
	return pipeline.Refuse(f.problem(rule, at, facts...))
}

// hold makes the error of a file that waits for a person. facts are pairs.
func (f *file) hold(rule pipeline.Rule, at *place, facts ...string) error {
	return pipeline.Hold(f.problem(rule, at, facts...))
}

// note tells of something that is no reason to put a row aside.
func (f *file) note(rule pipeline.Rule, at *place, facts ...string) {
	f.read.Notes = append(f.read.Notes, f.problem(rule, at, facts...))
}

// place is where in a file; nil means all of it.
type place struct {
	sheet    string
	row, col int
	column   string
	value    string
}

func (f *file) problem(rule pipeline.Rule, at *place, facts ...string) pipeline.Problem {
	p := pipeline.Problem{Origin: pipeline.Origin{File: f.drop.Name}, Rule: rule, With: pairs(facts)}
	if at != nil {
		p.Sheet, p.Row, p.Col, p.Column, p.Value = at.sheet, at.row, at.col, at.column, at.value
	}
	return p
}

func pairs(facts []string) map[string]string {
	if len(facts) == 0 {
		return nil
	}
	with := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		with[facts[i]] = facts[i+1]
	}
	return with
}

// blank tells whether a cell holds nothing that can be seen, as pipeline.Clean
// would leave nothing of it. It looks no further than the first letter.
func blank(s string) bool {
	for i, r := range s {
		switch {
		case r <= ' ', r == 0x7f:
		case r < 0x7f, unicode.IsLetter(r):
			return false
		default:
			return pipeline.Clean(s[i:]) == ""
		}
	}
	return true
}

// list joins names for showing.
func list(names []string) string { return strings.Join(names, ", ") }
