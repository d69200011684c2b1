package erp

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/quagmt/udecimal"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"wasl/pipeline"
)

// render makes the bytes of one file of the lines of sales documents.
func (l *layout) render(sales []sale) ([]byte, error) {
	var rows [][]string
	for _, b := range sales {
		rows = append(rows, l.rows(b)...)
	}
	if l.template != nil {
		return l.fill(sales, rows)
	}
	return l.table(l.columns, rows)
}

// table makes the bytes of one file of rows.
func (l *layout) table(columns []column, rows [][]string) ([]byte, error) {
	if l.format == "xlsx" {
		return l.workbook(columns, rows)
	}
	return l.encode(l.csv(columns, rows))
}

// csv is the rows as text.
func (l *layout) csv(columns []column, rows [][]string) string {
	var b strings.Builder
	if l.header {
		names := make([]string, len(columns))
		for i, c := range columns {
			names[i] = c.name
		}
		l.csvRow(&b, names)
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = cell; l.guard && !columns[i].isNumber() {
				cells[i] = guarded(cell)
			}
		}
		l.csvRow(&b, cells)
	}
	return b.String()
}

func (l *layout) csvRow(b *strings.Builder, cells []string) {
	for i, cell := range cells {
		if i > 0 {
			b.WriteString(l.delimiter)
		}
		if l.quoteAll || strings.ContainsAny(cell, "\"\r\n"+l.delimiter) || strings.TrimSpace(cell) != cell {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		b.WriteString(cell)
	}
	b.WriteString(l.newline)
}

// guarded keeps a spreadsheet from running a text as a formula: for files that
// people open. An ERP that imports a file gets its text untouched. (OWASP's
// list, with the full-width twins.)
func guarded(text string) string {
	if r, _ := utf8.DecodeRuneInString(text); strings.ContainsRune("=+-@\t\r＝＋－＠", r) && text != "" {
		return "'" + text
	}
	return text
}

// encode puts text into the layout's code page. What the page lacks was a
// problem of the document already; here it is an error, never a question mark.
func (l *layout) encode(text string) ([]byte, error) {
	switch l.codepage {
	case "utf-8":
		return []byte(text), nil
	case "utf-8-bom":
		return append([]byte("\ufeff"), text...), nil
	}
	out := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := pages[l.codepage].EncodeRune(r)
		if !ok {
			return nil, fmt.Errorf("encode: %s has no U+%04X", l.codepage, r)
		}
		out = append(out, b)
	}
	return out, nil
}

// pages are the code pages of one byte a letter.
var pages = map[string]*charmap.Charmap{"windows-1256": charmap.Windows1256, "windows-1252": charmap.Windows1252, "iso-8859-6": charmap.ISO8859_6}

// lacks finds the first character of a text that the code page does not have.
func (l *layout) lacks(text string) (char string, bad bool) {
	page := pages[l.codepage]
	if l.format != "csv" || page == nil {
		return "", false
	}
	for _, r := range text {
		if _, ok := page.EncodeRune(r); !ok {
			return fmt.Sprintf("%c (U+%04X)", r, r), true
		}
	}
	return "", false
}

// unwritable finds cells with characters that the code page does not have, so
// that the document is held before anything of it is written.
func (l *layout) unwritable(b sale, group []pipeline.Record, o ordered) []pipeline.Problem {
	var problems []pipeline.Problem
	said := map[string]bool{}
	for _, c := range l.cells(b) {
		char, bad := l.lacks(c.text)
		if !bad || c.field == "" || c.row >= len(group) {
			continue
		}
		r := group[c.row]
		if !strings.HasPrefix(c.field, "line.") {
			if r = o.first(c.field); said[c.field] {
				continue
			}
			said[c.field] = true
		}
		problems = append(problems, r.Problem(c.field, "erp.codepage", map[string]string{"char": char, "codepage": l.codepage}))
	}
	return problems
}

// workbook is the rows as a workbook of one sheet. Numbers are written as their
// own digits, never by way of a float; text is inert whatever it begins with.
func (l *layout) workbook(columns []column, rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it lives in memory
	const sheet = "Sheet1"
	at := 0
	put := func(cells []string, numbers bool) error {
		at++
		for i, cell := range cells {
			name := pipeline.ColumnLetters(i+1) + fmt.Sprint(at)
			write := f.SetCellStr
			if numbers && columns[i].isNumber() {
				write = f.SetCellDefault
			}
			if cell == "" {
				continue
			}
			if err := write(sheet, name, cell); err != nil {
				return fmt.Errorf("cell %s: %w", name, err)
			}
		}
		return nil
	}
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
		if c.width > 0 {
			letters := pipeline.ColumnLetters(i + 1)
			if err := f.SetColWidth(sheet, letters, letters, c.width); err != nil {
				return nil, fmt.Errorf("column %s: %w", letters, err)
			}
		}
	}
	if l.header {
		rows = append([][]string{names}, rows...)
	}
	for i, row := range rows {
		if err := put(row, !l.header || i > 0); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}

func parseDecimal(text string) (pipeline.Decimal, error) { return udecimal.Parse(text) }
