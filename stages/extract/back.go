package extract

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A quarantine workbook is what reconcile makes of the rows that were put aside:
// in the columns of their file, with a pipeline.Slip on a hidden sheet. When it
// is dropped again it is read by its slip, not by the mapping's rules for files:
// every row of it is data, its columns are those of the first file, and what was
// told from the whole of that file is not told anew from a few rows.

// Returned tells whether a file is a quarantine workbook that came back, and of
// which job the rows are. It goes by the bytes alone: the workbook may have any
// name, and one without its slip is a file like any other. The job is the zero
// one where the slip was damaged.
func Returned(d pipeline.Drop, r io.ReaderAt) (of pipeline.Job, sha string, ok bool) {
	f := &file{ctx: context.Background(), drop: d, in: r, read: &pipeline.Reading{}}
	b, at := f.slipBook()
	if b == nil {
		return of, "", false
	}
	table, err := b.slipRows(at, pipeline.SlipHead)
	if err != nil || len(table) == 0 || !pipeline.IsSlip(table[0]) {
		return of, "", false
	}
	slip, err := pipeline.ReadSlip(table)
	if err != nil {
		return of, "", true
	}
	return slip.Job, slip.SHA256, true
}

// slipBook opens a workbook that has a sheet of the slip's name; nil for any
// other file. What is wrong with that one is told when it is read.
func (f *file) slipBook() (*book, sheetName) {
	if kind, err := f.look(); err != nil || kind != workbook {
		return nil, sheetName{}
	}
	p, err := f.unzip()
	if err != nil || !p.namesSheet(pipeline.SlipSheet) {
		return nil, sheetName{}
	}
	b := &book{parts: p}
	if err := b.read(); err != nil {
		return nil, sheetName{}
	}
	i := slices.IndexFunc(b.sheets, func(s sheetName) bool { return s.name == pipeline.SlipSheet })
	if i < 0 {
		return nil, sheetName{}
	}
	return b, b.sheets[i]
}

// namesSheet tells whether the workbook's list of sheets has a name, before the
// rest of it, which may be long, is read.
func (p *parts) namesSheet(name string) bool {
	b := &book{parts: p}
	root, err := b.relations("")
	if err != nil {
		return false
	}
	found := false
	for _, r := range root {
		if !strings.HasSuffix(r.kind, "/officeDocument") || !p.has(r.part) {
			continue
		}
		_ = b.each(r.part, func(x *xmlReader, t token) error { // whoever reads it in earnest tells
			if t == tokenStart && string(x.name) == "sheet" {
				given, _ := x.attr("name")
				found = found || given == name
			}
			return nil
		})
	}
	return found
}

// slipRows reads a sheet as rows of text; only the first most of them where that
// is not 0.
func (b *book) slipRows(at sheetName, most int) ([][]string, error) {
	src, err := b.sheet(at)
	if err != nil {
		return nil, err
	}
	defer src.close()
	var out [][]string
	for most == 0 || len(out) < most {
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if l.row != len(out)+1 {
			break // a row was taken out
		}
		out = append(out, l.cells)
	}
	return out, nil
}

// returned reads a quarantine workbook that came back. ok is false where the file
// is none.
func (f *file) returned(emit func(pipeline.Row) bool) (ok bool, err error) {
	b, at := f.slipBook()
	if b == nil {
		return false, nil
	}
	table, err := b.slipRows(at, 0)
	if err != nil {
		return true, err
	}
	if len(table) == 0 || !pipeline.IsSlip(table[0]) {
		return false, nil
	}
	slip, err := pipeline.ReadSlip(table)
	if err != nil || len(table) == pipeline.SlipHead {
		return true, f.hold("quarantine.damaged", &place{sheet: pipeline.SlipSheet})
	}
	r, err := f.pickSheet(b, slip)
	if err != nil {
		return true, err
	}
	if len(r.lines) == 0 {
		return true, f.refuse("file.empty", nil)
	}
	f.read.Format, f.read.Sheet, f.read.HeaderRow, f.read.Corrects = "xlsx", r.sheet, r.headerRow, slip.Job.String()
	if r.hidden > 0 {
		f.note("file.hidden", &place{sheet: r.sheet, row: r.firstHidden}, "rows", strconv.Itoa(r.hidden))
	}
	return true, f.handOn(slip, r, emit)
}

// A returning is the sheet of a quarantine workbook that came back, its cells in
// the columns of the first file.
type returning struct {
	sheet     string
	headerRow int
	at        []int // for each column of the slip its place in the sheet; -1 where it has none
	missing   []string
	lines     []line

	hidden, firstHidden int
}

// pickSheet reads the visible sheet that has the columns of the slip; further
// ones are the user's own.
func (f *file) pickSheet(b *book, slip pipeline.Slip) (returning, error) {
	best := returning{at: nil, missing: shown(slip.Header)}
	for _, s := range b.sheets {
		if s.hidden || s.name == pipeline.SlipSheet {
			continue
		}
		r, err := f.readReturning(b, s, slip)
		if err != nil {
			return r, err
		}
		if r.at != nil && len(r.missing) == 0 {
			return r, nil
		}
		if r.at != nil && len(r.missing) < len(best.missing) {
			best = r
		}
	}
	return best, f.hold("quarantine.columns", &place{sheet: best.sheet, row: best.headerRow}, "columns", list(some(best.missing)))
}

func (f *file) readReturning(b *book, s sheetName, slip pipeline.Slip) (returning, error) {
	r := returning{sheet: s.name}
	src, err := b.sheet(s)
	if err != nil {
		return r, err
	}
	defer src.close()
	for n := 0; ; n++ {
		if n%1024 == 0 && f.ctx.Err() != nil {
			return r, f.ctx.Err()
		}
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if r.at == nil || len(r.missing) > 0 {
			if l.row > headerRows {
				return r, nil
			}
			at, missing := columnsAt(slip.Header, l.cells)
			if r.at == nil || len(missing) < len(r.missing) {
				r.at, r.missing, r.headerRow = at, missing, l.row
			}
			continue
		}
		if l = r.pick(l); !empty(l) {
			r.lines = append(r.lines, l)
			if l.hidden {
				if r.hidden++; r.hidden == 1 {
					r.firstHidden = l.row
				}
			}
		}
	}
}

// columnsAt finds the columns of a header in a row. Of two of one name the first
// stands for the first. One without a name is where it was, or nowhere.
func columnsAt(header, cells []string) (at []int, missing []string) {
	places := map[string][]int{}
	for i, c := range cells {
		name := pipeline.Fold(c)
		places[name] = append(places[name], i)
	}
	at = make([]int, len(header))
	for i, h := range header {
		name := pipeline.Fold(h)
		switch found := places[name]; {
		case name == "" && i < len(cells) && blank(cells[i]):
			at[i] = i
		case name == "":
			at[i] = -1
		case len(found) == 0:
			at[i], missing = -1, append(missing, h)
		default:
			at[i], places[name] = found[0], found[1:]
		}
	}
	return at, missing
}

// pick puts the cells of a line in the columns of the first file. What else is on
// the sheet, such as what we wrote beside them, is none of its cells.
func (r *returning) pick(l line) line {
	out := line{row: l.row, hidden: l.hidden, cells: make([]string, len(r.at))}
	for i, from := range r.at {
		if from < 0 {
			continue
		}
		if from < len(l.cells) {
			out.cells[i] = l.cells[from]
			if from < 64 && l.stored&(1<<from) != 0 {
				out.keep(i + 1)
			}
		}
		for _, fault := range l.faults {
			if fault.Col == from+1 {
				fault.Col = i + 1
				out.faults = append(out.faults, fault)
			}
		}
	}
	return out
}

// handOn hands on the rows, each with the place where it stood at first. What
// could not be read in it then still cannot where nothing was done about it.
func (f *file) handOn(slip pipeline.Slip, r returning, emit func(pipeline.Row) bool) error {
	give, err := f.giver(slip, r, emit)
	if err != nil {
		return err
	}
	if f.opt.Format == FormatOrders || len(slip.Places) != len(f.opt.Columns) {
		slip.Places = nil // the mapping asks for other columns now
	}
	f.comma(slip, r.lines)
	which := matchLines(slip.Lines, r.lines)
	for i, l := range r.lines {
		row := pipeline.Row{Header: slip.Header, Cells: l.cells, Faults: l.faults, Styles: slip.Styles, Places: slip.Places,
			Origin: pipeline.Origin{File: f.drop.Name, Sheet: r.sheet, Row: l.row}}
		if which[i] < 0 {
			row.Faults = append(row.Faults, pipeline.Fault{Rule: "quarantine.row"})
		} else {
			old := slip.Lines[which[i]]
			row.Was = &pipeline.Origin{File: cmp.Or(old.File, slip.File), Sheet: cmp.Or(old.Sheet, slip.Sheet), Row: old.Row}
			row.Faults = append(row.Faults, lasting(old, l)...)
		}
		if err := give(row); err != nil {
			return err
		}
	}
	return nil
}

// comma puts a comma into numbers that somebody typed as such, in the columns that
// have one: a number of a workbook's own has a point, whatever the texts beside it
// have.
func (f *file) comma(slip pipeline.Slip, lines []line) {
	commas := make([]bool, len(slip.Header))
	for i, style := range slip.Styles {
		commas[i] = style.Decimal == ","
	}
	for i, at := range slip.Places {
		if pinned := f.opt.Columns[i].Decimal; at >= 0 && pinned != "" {
			commas[at] = pinned == ","
		}
	}
	for _, l := range lines {
		for i, text := range l.cells {
			if commas[i] && i < 64 && l.stored&(1<<i) != 0 {
				l.cells[i] = strings.Replace(text, ".", ",", 1)
			}
		}
	}
}

// giver is the last step before a row leaves the room: that of an order export
// looks at the place of a row in its order.
func (f *file) giver(slip pipeline.Slip, r returning, emit func(pipeline.Row) bool) (func(pipeline.Row) error, error) {
	if f.opt.Format != FormatOrders {
		return func(row pipeline.Row) error { return give(row, emit) }, nil
	}
	f.seen = newSeenOrders(f)
	orders, err := f.orders(&table{file: f, sheet: r.sheet, found: &headed{row: r.headerRow, header: slip.Header}})
	if err != nil {
		return nil, err
	}
	orders.whole = map[string]bool{}
	for _, l := range r.lines {
		if !blank(l.cells[orders.total]) {
			orders.whole[l.cells[orders.name]] = true
		}
	}
	return func(row pipeline.Row) error { return orders.add(row, emit) }, nil
}

// lasting are the faults of a row that were not mended: of a cell, if it is as it
// was; of the whole row, if all of its cells are.
func lasting(old pipeline.SlipLine, l line) []pipeline.Fault {
	var out []pipeline.Fault
	for _, fault := range old.Faults {
		switch fault.Rule {
		case "row.orphan", "row.twice", "cell.exponent", "cell.orderid":
			continue // told anew by the reader of orders
		}
		if fault.Col == 0 && alike(old, l) == len(old.Prints) ||
			fault.Col > 0 && fault.Col <= len(l.cells) && pipeline.CellPrint(l.cells[fault.Col-1]) == old.Prints[fault.Col-1] {
			out = append(out, fault)
		}
	}
	return out
}

// alike is how many cells of a row are as they were.
func alike(old pipeline.SlipLine, l line) (n int) {
	for i, c := range l.cells {
		if pipeline.CellPrint(c) == old.Prints[i] {
			n++
		}
	}
	return n
}
