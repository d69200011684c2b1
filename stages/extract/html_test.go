package extract

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"wasl/pipeline"
)

func TestHTML_Rows(t *testing.T) {
	t.Parallel()
	const head = `<html><body><table><tr><th>SKU</th><th>Qty</th><th>Name</th></tr>`
	for name, c := range map[string]struct{ in, want string }{
		"plain":              {head + `<tr><td>A-1</td><td>2</td><td>x</td></tr></table></body></html>`, "2: A-1 | 2 | x"},
		"no ends":            {head + `<TR><TD>A-1<TD>2<TD>x</TABLE>`, "2: A-1 | 2 | x"},
		"no row tag":         {head + `<td>A-1<td>2<td>x</table>`, "2: A-1 | 2 | x"},
		"blanks and breaks":  {head + "<tr><td> A-1\r\n </td><td>2</td><td>a&nbsp;b<br/> c   <b>d</b> &amp; &#1586;&lt;</td></tr></table>", "2: A-1 | 2 | a\u00a0b\nc d & ز<"},
		"colspan":            {head + `<tr><td colspan=2>A-1</td><td>x</td></tr></table>`, "2: A-1 |  | x"},
		"rowspan":            {head + `<tr><td rowspan=2>A-1</td><td>2</td><td>x</td></tr><tr><td>3</td><td>y</td></tr></table>`, "2: A-1 | 2 | x\n3:  | 3 | y"},
		"hidden row":         {head + `<tr style="display: none"><td>A-1</td><td>2</td><td>x</td></tr></table>`, "2: A-1 | 2 | x"},
		"empty rows":         {head + `<tr><td></td></tr><tr><td>A-1</td><td>2</td><td>x</td></tr></table>`, "3: A-1 | 2 | x"},
		"script in a cell":   {head + `<tr><td>A-1<script>var a="<td>9"</script></td><td>2</td><td>x</td></tr></table>`, "2: A-1 | 2 | x"},
		"sections":           {`<table><thead><tr><td>SKU<td>Qty<td>Name</thead><tbody><tr><td>A-1<td>2<td>x</tbody></table>`, "2: A-1 | 2 | x"},
		"zeros, in style":    {head + `<tr><td style='mso-number-format:"00000";color:red'>123</td><td>2</td><td>x</td></tr></table>`, "2: 00123 | 2 | x"},
		"zeros, as text":     {head + `<tr><td style="mso-number-format:'\@'">00123</td><td>2</td><td>x</td></tr></table>`, "2: 00123 | 2 | x"},
		"zeros, by class":    {`<style>.a{color:red} td.b, .c {mso-number-format:000000;}</style>` + head + `<tr><td class="z b">123</td><td>2</td><td>x</td></tr></table>`, "2: 000123 | 2 | x"},
		"number behind text": {head + `<tr><td>A-1</td><td x:num="2.345">2.35</td><td x:num="46086">05/03/2026</td></tr></table>`, "2: A-1 | 2.345 | 05/03/2026"},
		"percent":            {head + `<tr><td>A-1</td><td>14%</td><td x:num="0.1425">14%</td></tr></table>`, "2: A-1 | 14% | 14.25%"},
		"table in a cell":    {`<table><tr><td>Menu</td><td>` + head + `<tr><td>A-1</td><td>2</td><td>x</td></tr></table></td></tr></table>`, "2: A-1 | 2 | x"},
		"second table":       {`<table><tr><td>Stock of today</td></tr></table>` + head + `<tr><td>A-1</td><td>2</td><td>x</td></tr></table>`, "2: A-1 | 2 | x"},
		"UTF-8 named wrong":  {`<meta charset="iso-8859-1">` + head + `<tr><td>A-1</td><td>2</td><td>زيت</td></tr></table>`, "2: A-1 | 2 | زيت"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, read, err := readBytes(t, stock, "f.xls", []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(cellText(rows), "\n")
			if got != c.want+"\n" || read.Format != "html" {
				t.Errorf("%s: got %q, want %q", read.Format, got, c.want)
			}
			if len(read.Notes) == 0 || read.Notes[0].Rule != "file.name" && read.Notes[1].Rule != "file.name" {
				t.Errorf("notes: %v", read.Notes)
			}
		})
	}
}

// TestHTML_Long reads more rows than are kept of each table, and the right table.
func TestHTML_Long(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, sku := range []string{"old", "SKU"} {
		fmt.Fprintf(&b, "<table><tr><td>%s<td>Qty", sku)
		for i := range 100 {
			fmt.Fprintf(&b, "<tr><td>%s-%d<td>%d", sku, i, i)
		}
		b.WriteString("</table>")
	}
	rows, read, err := readBytes(t, stock, "f.htm", []byte(b.String()))
	if err != nil || len(rows) != 100 || read.Sheet != "table 2" {
		t.Fatalf("%d rows of %q, %v", len(rows), read.Sheet, err)
	}
	for i, r := range rows {
		if want := fmt.Sprintf("SKU-%d", i); r.Cells[0] != want || r.Row != i+2 {
			t.Errorf("row %d: %q, want %q", r.Row, r.Cells[0], want)
		}
	}
}

func TestHTML_CodePages(t *testing.T) {
	t.Parallel()
	page := func(charset string) []byte {
		return []byte(`<html><head><meta http-equiv=Content-Type content="text/html; charset=` + charset + `"></head><body><table><tr><td>SKU<td>Qty<td>Name<tr><td>A-1<td>2<td>زيت زيتون</table>`)
	}
	for name, in := range map[string][]byte{
		"windows-1256, stated":         encoded(t, charmap.Windows1256.NewEncoder().Bytes, page("windows-1256")),
		"windows-1256, stated as 1252": encoded(t, charmap.Windows1256.NewEncoder().Bytes, page("iso-8859-1")),
		"windows-1256, stated as UTF8": encoded(t, charmap.Windows1256.NewEncoder().Bytes, page("utf-8")),
		"iso-8859-6":                   encoded(t, charmap.ISO8859_6.NewEncoder().Bytes, page("iso-8859-6")),
		"utf-16":                       encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes, page("utf-16")),
		"utf-16, no mark":              encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().Bytes, page("x")),
	} {
		rows, _, err := readBytes(t, stock, "f.xls", in)
		if err != nil || len(rows) != 1 || rows[0].Cells[2] != "زيت زيتون" {
			t.Errorf("%s: %v %v", name, rows, err)
		}
	}
}

func TestHTML_Refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		rule  pipeline.Rule
		value string
		hold  bool
	}{
		"error page": {`<!DOCTYPE html><html><head><title>500 Internal
 Server Error</title></head><body><h1>Oh</h1></body></html>`, "file.markup", "500 Internal Server Error", false},
		"error page with a table": {`<html><title>Login</title><table><tr><td>Name<td><input></table>`, "file.markup", "Login", false},
		"cut":                     {`<table><tr><td>SKU<td>Qty<tr><td>A-1<td>2</td></tr>`, "file.cut", "", true},
		"cut in a tag":            {`<table><tr><td>SKU<td>Qty<tr><td>A-1<td>2</td></t`, "file.cut", "", true},
		"too deep":                {strings.Repeat("<table><tr><td>", maxNested+1), "file.damaged", "", false},
		"too wide":                {`<table><tr>` + strings.Repeat("<td colspan=16384>x", 2) + `</table>`, "file.wide", "", false},
		"too many tables":         {strings.Repeat("<table><tr><td>x</table>", maxParts+1), "file.parts", "", false},
		"other XML":               {`<?xml version="1.0"?><a/>`, "file.markup", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readBytes(t, stock, "f.xls", []byte(c.in))
			if p := refusal(t, err, c.hold); p.Rule != c.rule || p.Value != c.value {
				t.Errorf("got %v, want %s of %q", p, c.rule, c.value)
			}
		})
	}
}
