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

// render makes the bytes of one file of sales documents.
func (l *layout) render(sales []sale) ([]byte, error) {
	var rows [][]string
	for _, b := range sales {
		rows = append(rows, l.rows(b)...)
	}
	if l.format == "xlsx" {
		return l.workbook(rows)
	}
	return l.encode(l.csv(rows))
}

// csv is the rows as text.
func (l *layout) csv(rows [][]string) string {
	var b strings.Builder
	if l.header {
		names := make([]string, len(l.columns))
		for i, c := range l.columns {
			names[i] = c.name
		}
		l.csvRow(&b, names)
	}
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if cells[i] = cell; l.guard && !l.columns[i].isNumber() {
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
		b, ok := charmap.Windows1256.EncodeRune(r)
		if !ok {
			return nil, fmt.Errorf("encode: %s has no U+%04X", l.codepage, r)
		}
		out = append(out, b)
	}
	return out, nil
}

// lacks finds the first character of a text that the code page does not have.
func (l *layout) lacks(text string) (char string, bad bool) {
	if l.format != "csv" || l.codepage != "windows-1256" {
		return "", false
	}
	for _, r := range text {
		if _, ok := charmap.Windows1256.EncodeRune(r); !ok {
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
	for i, row := range l.rows(b) {
		for j, c := range l.columns {
			char, bad := l.lacks(row[j])
			if !bad || c.field == "" || i >= len(group) {
				continue
			}
			r := group[i]
			if !strings.HasPrefix(c.field, "line.") {
				if r = o.first(c.field); said[c.field] {
					continue
				}
				said[c.field] = true
			}
			problems = append(problems, r.Problem(c.field, "erp.codepage", map[string]string{"char": char, "codepage": l.codepage}))
		}
	}
	return problems
}

// workbook is the rows as a workbook of one sheet. Numbers are written as their
// own digits, never by way of a float; text is inert whatever it begins with.
func (l *layout) workbook(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it lives in memory
	const sheet = "Sheet1"
	at := 0
	put := func(cells []string, numbers bool) error {
		at++
		for i, cell := range cells {
			name := pipeline.ColumnLetters(i+1) + fmt.Sprint(at)
			write := f.SetCellStr
			if numbers && l.columns[i].isNumber() {
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
	names := make([]string, len(l.columns))
	for i, c := range l.columns {
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
