package extract

import (
	"errors"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

var stock = Options{Columns: []Column{
	{Names: []string{"SKU", "كود الصنف"}, Required: true},
	{Names: []string{"Qty", "الكمية"}, Required: true},
	{Names: []string{"Price", "السعر"}},
}}

// cells are the rows' numbers and cells, a line a row.
func cells(rows []pipeline.Row) string {
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Origin.String() + " " + strings.Join(r.Cells, " | "))
		for _, f := range r.Faults {
			b.WriteString(" !" + pipeline.ColumnLetters(f.Col) + " " + string(f.Rule))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestText_Ways(t *testing.T) {
	t.Parallel()
	const want = "f:2 A-1 | 12 | زيت\nf:3 A-2 | 30 | a\"b\n"
	text := "SKU,Qty,Name\nA-1,12,زيت\nA-2,30,\"a\"\"b\"\n"
	utf16Of := func(s string, big bool) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			lo, hi := byte(u), byte(u>>8)
			if big {
				lo, hi = hi, lo
			}
			b = append(b, lo, hi)
		}
		return string(b)
	}
	for name, in := range map[string]string{
		"plain":          text,
		"mark":           "\ufeff" + text,
		"CRLF":           strings.ReplaceAll(text, "\n", "\r\n"),
		"CR":             strings.ReplaceAll(text, "\n", "\r"),
		"no end":         strings.TrimSuffix(text, "\n"),
		"CR, no end":     strings.TrimSuffix(strings.ReplaceAll(text, "\n", "\r"), "\r"),
		"tabs":           strings.ReplaceAll(text, ",", "\t"),
		"semicolons":     strings.ReplaceAll(text, ",", ";"),
		"bars":           strings.ReplaceAll(text, ",", "|"),
		"utf-16le mark":  "\xff\xfe" + utf16Of(text, false),
		"utf-16be mark":  "\xfe\xff" + utf16Of(text, true),
		"utf-16be":       utf16Of(text, true),
		"empty rows end": text + "\n,,\n",
		"control Z":      text + "\x1a",
	} {
		rows, _, err := readBytes(t, stock, "f", []byte(in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(want, cells(rows)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestText_Report1256(t *testing.T) {
	t.Parallel()
	rows, read, err := readFile(t, stock, "testdata/stock_report_1256.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := "stock_report_1256.csv:5 A-1 | 6221031000010 | زيت زيتون | 12 | 145.50\n" +
		"stock_report_1256.csv:6 A-2 | 6221031000027 | عسل نحل, 500 جم | 30 | 89.00\n"
	if diff := cmp.Diff(want, cells(rows)); diff != "" {
		t.Error(diff)
	}
	wantRead := pipeline.Reading{Format: "csv", CodePage: "windows-1256", Sample: "تقرير أرصدة المخزون", Delimiter: ",", HeaderRow: 4, Rows: 2, TableEnd: 6, Header: []string{"كود الصنف", "الباركود", "اسم الصنف", "الكمية", "السعر"},
		Titles: []pipeline.Evidence{{Row: 1, Text: "تقرير أرصدة المخزون"}, {Row: 2, Text: "التاريخ: 24/11/2026"}}, Ignored: []pipeline.Ignored{
			{Row: 1, Why: "title"}, {Row: 2, Why: "title"}, {Row: 8, Why: "total"}, {Row: 9, Why: "footer"}}}
	if diff := cmp.Diff(wantRead, read); diff != "" {
		t.Error(diff)
	}
}

// TestText_ArabicLate has its first letter beyond ASCII far behind the beginning.
func TestText_ArabicLate(t *testing.T) {
	t.Parallel()
	pad := strings.Repeat("A-1,12,x\n", 100_000)
	for end, want := range map[string]string{"A-2,1,\xd2\xed\xca\n": "windows-1256", "A-2,1,زيت\n": "utf-8"} {
		rows, read, err := readBytes(t, stock, "f", []byte("SKU,Qty,Name\n"+pad+end))
		if err != nil {
			t.Fatal(err)
		}
		last := rows[len(rows)-1]
		if read.CodePage != want || last.Cells[2] != "زيت" || last.Row != 100_002 {
			t.Errorf("%s: %s, %v", want, read.CodePage, last)
		}
	}
}

func TestText_Refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		rule pipeline.Rule
		row  int
		hold bool
	}{
		"empty":                {"", "file.empty", 0, false},
		"blank":                {" \r\n\n\t", "file.empty", 0, false},
		"header only":          {"SKU,Qty\n", "file.empty", 0, false},
		"header and a total":   {"SKU,Qty\nTotal,0\n", "file.empty", 0, false},
		"cut in a row":         {"SKU,Qty,Price\nA-1,1,2\nA-2,1", "file.cut", 3, true},
		"cut in a blank row":   {"SKU,Qty,Price\nA-1,1,2\n,", "file.cut", 3, true},
		"cut in one cell":      {"SKU,Qty,Price\nA-1,1,2\nA-", "file.cut", 3, true},
		"NULs at the end":      {"SKU,Qty\nA-1,1\nA-2,2\n\x00\x00\x00\x00\x00\x00\x00\x00\x00", "file.cut", 0, true},
		"NULs inside":          {"SKU,Qty\nA-1,1\nA-2," + strings.Repeat("\x00", 20) + "\nA-3,3\n" + strings.Repeat("A-4,4\n", 100), "file.cut", 3, true},
		"open quote":           {"SKU,Qty\nA-1,\"1\nA-2,2\nA-3,3\n", "file.quote", 2, false},
		"open quote, long":     {"SKU,Qty\nA-1,\"1\n" + strings.Repeat("A-2,2\n", 2<<20), "file.quote", 2, false},
		"letter after a quote": {"SKU,Qty\nA-1,\"1\"2\nA-2,2\n", "file.quote", 2, false},
		"web page":             {"<!DOCTYPE html><html>", "file.markup", 0, false},
		"no column":            {"SKU,Count\nA-1,1\n", "column.missing", 1, false},
		"column twice":         {"SKU,Qty,qty\nA-1,1,2\n", "column.twice", 1, false},
		"joined":               {"SKU,Qty,Price\nA-1,1,2\nPrice,SKU,Qty\n2,A-2,1\n", "file.joined", 3, false},
		"UTF-8 and 1256":       {"SKU,Qty,Name\nA-1,1,زيت زيتون\nA-2,2,\xd2\xed\xca\n", "text.mixed", 0, true},
		"neither":              {"SKU,Qty,Name\nA-1,1,\x9c\xd7\xf7\n", "text.unknown", 0, true},
		"garbled":              {"SKU,Qty,Name\nA-1,1,Ø²ÙŠØª Ù?ÙŠØªØ§\n", "text.garbled", 2, true},
		"garbled in 1256":      {"SKU,Qty,Name\nA-1,1,ط²ظٹطھ\nA-2,1,زيت\n", "text.garbled", 2, true},
		"PDF":                  {"%PDF-1.4\n", "file.unknown", 0, false},
		"picture":              {"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x01\x00", "file.unknown", 0, false},
		"half a letter":        {"\xff\xfeS\x00K", "file.cut", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readBytes(t, stock, "f", []byte(c.in))
			p := refusal(t, err, c.hold)
			if p.Rule != c.rule || p.Row != c.row {
				t.Errorf("got %v, want %s in row %d", p, c.rule, c.row)
			}
		})
	}
}

func TestText_Rows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"short row":                {"SKU,Qty,Price\nA-1\nA-2,2,3\n", "f:2 A-1 |  |  ! row.short\nf:3 A-2 | 2 | 3\n"},
		"long row":                 {"SKU,Qty,Price\nA-1,1,2,3\nA-2,2,3,,\n", "f:2 A-1 | 1 | 2 ! row.long\nf:3 A-2 | 2 | 3\n"},
		"line break in quotes":     {"SKU,Qty,Name\nA-1,1,\"a\r\nb\"\nA-2,2,c\n", "f:2 A-1 | 1 | a\r\nb\nf:3 A-2 | 2 | c\n"},
		"bare quote":               {"SKU,Qty,Name\nA-1,1,12\" pipe\n", "f:2 A-1 | 1 | 12\" pipe\n"},
		"NUL in a cell":            {"SKU,Qty,Name\nA-1,1,a\x00b\nA-2,2,c\n", "f:2 A-1 | 1 | a\x00b !C cell.control\nf:3 A-2 | 2 | c\n"},
		"header again":             {"SKU,Qty\nA-1,1\n\nSKU,Qty\nA-2,2\n", "f:2 A-1 | 1\nf:5 A-2 | 2\n"},
		"a total between":          {"SKU,Qty\nA-1,1\nإجمالى: ,1\nA-2,2\n", "f:2 A-1 | 1\nf:4 A-2 | 2\n"},
		"a total behind its key":   {"SKU,Name,Qty\nA-1,x,1\n,Grand Total,1\n", "f:2 A-1 | x | 1\n"},
		"an item called Total":     {"SKU,Name,Qty\nA-1,Total,1\n", "f:2 A-1 | Total | 1\n"},
		"a caption of a group":     {"SKU,Qty\nfirst part,\nA-2,2\n", "f:3 A-2 | 2\n"},
		"a code alone is a row":    {"SKU,Qty\nA-1,1\nA-2,\n", "f:2 A-1 | 1\nf:3 A-2 | \n"},
		"footers":                  {"SKU,Qty\nA-1,1\nprinted by Ali,\n\npage 1,\n", "f:2 A-1 | 1\n"},
		"decimal commas":           {"SKU;Qty;Price\nA-1;1,5;2,3\n", "f:2 A-1 | 1,5 | 2,3\n"},
		"empty ends of the header": {"SKU,Qty,,\nA-1,1,,\n", "f:2 A-1 | 1\n"},
		"sep line":                 {"\"sep=;\"\r\nSKU;Qty\r\nA,1;2\r\n", "f:3 A,1 | 2\n"},
		"title with commas":        {"a, b, c, d\nSKU,Qty\nA-1,1\n", "f:3 A-1 | 1\n"},
		"header folded":            {"«الكميّة» , كود_الصنف\n3,A-1\n", "f:2 3 | A-1\n"},
	} {
		rows, _, err := readBytes(t, stock, "f", []byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if diff := cmp.Diff(c.want, cells(rows)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

func TestText_Stated(t *testing.T) {
	t.Parallel()
	o := Options{CodePage: "windows-1252", Delimiter: "|", Header: 3, Columns: stock.Columns}
	rows, read, err := readBytes(t, o, "f", []byte("SKU|Qty\nx|1\nSKU|Qty\n\xd8|\xe9,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "f:4 Ø | é,1\n"; cells(rows) != want || read.HeaderRow != 3 || read.CodePage != "windows-1252" || len(read.Ignored) != 2 {
		t.Errorf("got %s %+v", cells(rows), read)
	}
	_, _, err = readBytes(t, Options{CodePage: "klingon"}, "f", []byte("a\nb\n"))
	if p := refusal(t, err, true); p.Rule != "text.codepage" {
		t.Errorf("got %v", p)
	}
	_, _, err = readBytes(t, Options{CodePage: "utf-8"}, "f", []byte("a\n\xd2\n"))
	if p := refusal(t, err, true); p.Rule != "text.mixed" {
		t.Errorf("got %v", p)
	}
}

// TestText_Blocks reads records that lie across the splitter's blocks at every
// offset, and records longer than a block.
func TestText_Blocks(t *testing.T) {
	t.Parallel()
	for pad := range 40 {
		head := "SKU,Qty,Name\nP,0," + strings.Repeat("x", 64<<10-40+pad-13-4) + "\n"
		in := head + "A-1,1,\"a\"\"\r\nb\"\r\n\"A-2\",\"2\",c\r\n" + "A-3,3,\"" + strings.Repeat("y\n", 15_000) + "\"\r\n"
		rows, _, err := readBytes(t, stock, "f", []byte(in))
		if err != nil {
			t.Fatal(pad, err)
		}
		if len(rows) != 4 || rows[1].Cells[2] != "a\"\r\nb" || rows[2].Cells[0] != "A-2" || len(rows[3].Cells[2]) != 30_000 || rows[3].Row != 5 {
			t.Fatalf("%d: %d rows, %.80s", pad, len(rows), cells(rows[1:3]))
		}
	}
}

func TestExtract_StopsAndEnds(t *testing.T) {
	t.Parallel()
	in := "SKU,Qty\n" + strings.Repeat("A,1\n", 5000)
	read, seq := stock.Extract(t.Context(), pipeline.Drop{Size: int64(len(in))}, strings.NewReader(in))
	for _, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if read.Rows != 1 {
		t.Errorf("%d rows after a stop", read.Rows)
	}
	_, seq = stock.Extract(t.Context(), pipeline.Drop{Size: int64(len(in)) + 1}, strings.NewReader(in))
	var last error
	for _, err := range seq {
		last = err
	}
	if _, refused := errors.AsType[*pipeline.Refused](last); last == nil || refused {
		t.Errorf("a file shorter than its drop says: got %v, want an error of the machine", last)
	}
}

func TestTakes(t *testing.T) {
	t.Parallel()
	o := Options{Format: FormatOrders}
	for _, path := range glob(t, "testdata", "*.csv") {
		want := !strings.Contains(path, "stock")
		if got := takesFile(t, o, path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
		if !takesFile(t, Options{}, path) {
			t.Errorf("a table does not take %s", path)
		}
	}
	if _, err := os.Stat("testdata/orders_79col.csv"); err != nil {
		t.Fatal(err)
	}
}
