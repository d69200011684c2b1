package erp

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// excelDate is the format of a date that is a date to the workbook, shown as its
// cell is formatted.
const excelDate = "excel"

// A template is a workbook of the merchant's own that is filled in: what stands in
// it otherwise, its formulas and its styles stay.
type template struct {
	file   string // beside the layout
	sheet  string
	lines  string            // where lines go: A8:G17, or a name of the workbook
	cells  map[string]column // by cell or name
	order  []string          // of cells, as in the layout
	places []place           // of the cells, in that order

	data        []byte
	first, last place // of the lines
}

// A place is a cell, counted from 1.
type place struct{ col, row int }

func (p place) String() string { return pipeline.ColumnLetters(p.col) + strconv.Itoa(p.row) }

// open reads the workbook. Limits keep a small file from becoming a large one.
func (t *template) open() (*excelize.File, error) {
	return excelize.OpenReader(bytes.NewReader(t.data), excelize.Options{UnzipSizeLimit: 64 << 20, UnzipXMLSizeLimit: 64 << 20})
}

// placeOf finds a cell or a range by its address or by a name of the workbook.
func placeOf(book *excelize.File, sheet, text string) (from, to place, ok bool) {
	for _, n := range book.GetDefinedName() {
		if strings.EqualFold(n.Name, text) && (n.Scope == "Workbook" || n.Scope == sheet) {
			at, cells, found := strings.Cut(n.RefersTo, "!")
			if !found || strings.Trim(at, "='") != sheet {
				return from, to, false
			}
			text = cells
		}
	}
	first, last, ranged := strings.Cut(strings.ReplaceAll(text, "$", ""), ":")
	if !ranged {
		last = first
	}
	var err, wrong error
	from.col, from.row, err = excelize.CellNameToCoordinates(first)
	to.col, to.row, wrong = excelize.CellNameToCoordinates(last)
	return from, to, err == nil && wrong == nil && from.col <= to.col && from.row <= to.row
}

// fill fills the template in: the cells of the document, and its lines. Where there
// are more lines than rows, the last row but one is repeated, with its formulas and
// styles, so that sums over the rows grow with them.
func (l *layout) fill(sales []sale, rows [][]string) ([]byte, error) {
	t := l.template
	book, err := t.open()
	if err != nil {
		return nil, fmt.Errorf("read template %s: %w", t.file, err)
	}
	defer func() { _ = book.Close() }() // it lives in memory
	added := len(rows) - (t.last.row - t.first.row + 1)
	for range added {
		if err := book.DuplicateRow(t.sheet, t.last.row-1); err != nil {
			return nil, fmt.Errorf("template %s: one more row: %w", t.file, err)
		}
	}
	for i, row := range rows {
		col := t.first.col - 1
		for j, c := range l.columns {
			if col++; c.at != "" {
				col, _, _ = excelize.CellNameToCoordinates(c.at + "1") // checked when it was read
			}
			if err := t.put(book, place{col, t.first.row + i}, c, row[j]); err != nil {
				return nil, err
			}
		}
	}
	for i, at := range t.order {
		where := t.places[i]
		if where.row > t.last.row {
			where.row += max(added, 0)
		}
		if c := t.cells[at]; len(sales) > 0 {
			if err := t.put(book, where, c, l.cell(c, sales[0], line{}, 0)); err != nil {
				return nil, err
			}
		}
	}
	return t.bytes(book)
}

// put writes one cell: numbers by their own digits, never by way of a float; text
// is inert whatever it begins with. An empty text leaves the cell as it is.
func (t *template) put(book *excelize.File, at place, c column, text string) error {
	if text == "" {
		return nil
	}
	write := book.SetCellStr
	if c.isNumber() {
		write = book.SetCellDefault
	}
	if err := write(t.sheet, at.String(), text); err != nil {
		return fmt.Errorf("template %s: cell %s: %w", t.file, at, err)
	}
	return nil
}

// bytes closes a filled workbook. Formulas are worked out for importers that only
// read saved results; a spreadsheet works them out itself.
func (t *template) bytes(book *excelize.File) ([]byte, error) {
	rows, err := book.GetRows(t.sheet)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", t.file, err)
	}
	for i, row := range rows {
		for j := range row {
			cell := place{j + 1, i + 1}.String()
			formula, err := book.GetCellFormula(t.sheet, cell)
			if err != nil || formula == "" {
				continue
			}
			value, err := book.CalcCellValue(t.sheet, cell, excelize.Options{RawCellValue: true})
			if err != nil {
				continue // a function that is not known here: the spreadsheet knows it
			}
			if err = book.SetCellDefault(t.sheet, cell, value); err == nil {
				err = book.SetCellFormula(t.sheet, cell, formula)
			}
			if err != nil {
				return nil, fmt.Errorf("template %s: formula in %s: %w", t.file, cell, err)
			}
		}
	}
	wide := 1
	for _, row := range rows {
		wide = max(wide, len(row))
	}
	if err := book.SetSheetDimension(t.sheet, "A1:"+place{wide, max(len(rows), 1)}.String()); err != nil {
		return nil, fmt.Errorf("template %s: %w", t.file, err)
	}
	all := true
	if err := book.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &all}); err != nil {
		return nil, fmt.Errorf("template %s: %w", t.file, err)
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write template %s: %w", t.file, err)
	}
	return out.Bytes(), nil
}

// serialDay is a time as workbooks count it: days since 1899-12-30, to the second.
// A day is kept as its midnight in UTC, whatever the zone.
func serialDay(at time.Time, kind pipeline.Type) string {
	if kind == pipeline.Date {
		at = at.UTC()
	}
	wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC)
	seconds := int64(wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / time.Second)
	day := pipeline.Decimal{}.Add64(uint64(max(seconds, 0)))
	text, err := day.Div(pipeline.Decimal{}.Add64(86400))
	if err != nil {
		return ""
	}
	return text.RoundHAZ(10).String()
}
