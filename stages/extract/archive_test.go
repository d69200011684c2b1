package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"wasl/pipeline"
)

// zipped is a ZIP of files, in the order given: name, content, name, content.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestZip_Parts reads files of several kinds, each with its own header and
// delimiter, in the order of their names.
func TestZip_Parts(t *testing.T) {
	t.Parallel()
	book := made(t, func(f *excelize.File) {
		set(t, f, "Sheet1", map[string]any{"A1": "SKU", "B1": "Qty", "A2": "X-1", "B2": 3})
	})
	arabic := encoded(t, charmap.Windows1256.NewEncoder().Bytes, []byte("Stock\nQty;Name;SKU\n2;زيت زيتون;A-2\n"))
	in := zipped(t, "b/2.csv", string(arabic), "__MACOSX/._1.csv", "junk", "b/", "", "1.csv", "SKU,Qty\nA-1,1\n", ".DS_Store", "\x00\x01", "c.xlsx", string(book))
	rows, read, err := readBytes(t, stock, "shop.zip", in)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s %s %s", r.Origin, cellOf(r, "SKU"), cellOf(r, "Qty")))
	}
	want := []string{"shop.zip/1.csv:2 A-1 1", "shop.zip/b/2.csv:3 A-2 2", "shop.zip/c.xlsx [Sheet1!A2] X-1 3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if read.Format != "zip (csv)" || read.Rows != 3 || read.CodePage != "utf-8" {
		t.Errorf("%+v", read)
	}
	if !slices.Equal(read.Ignored, []pipeline.Ignored{{Part: "b/2.csv", Row: 1, Why: "title"}}) ||
		!slices.Equal(read.Titles, []pipeline.Evidence{{Part: "b/2.csv", Row: 1, Text: "Stock"}}) {
		t.Errorf("what is told of rows: %+v %+v", read.Ignored, read.Titles)
	}
}

// TestZip_Orders joins the parts of one export: an order may be cut by the end of
// a part, and one whose first row is nowhere is noticed.
func TestZip_Orders(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/orders_79col.csv")
	if err != nil {
		t.Fatal(err)
	}
	one := string(b)
	head, body, _ := strings.Cut(one, "\n")
	head += "\n"
	half := strings.Index(body, "\n#1001,,,,") + 1 // the second line of the first order
	if half == 0 {
		t.Fatal("no order of several rows")
	}
	whole, _, err := readBytes(t, orderOptions, "o.csv", []byte(one))
	if err != nil {
		t.Fatal(err)
	}
	in := zipped(t, "orders_export_2.csv", head+body[half:], "orders_export_1.csv", head+body[:half])
	if !orderOptions.Takes(pipeline.Drop{Name: "o.zip", Size: int64(len(in))}, bytes.NewReader(in)) {
		t.Error("not taken")
	}
	rows, _, err := readBytes(t, orderOptions, "o.zip", in)
	if err != nil || len(rows) != len(whole) {
		t.Fatal(len(rows), err)
	}
	for i, r := range rows {
		if d := cmp.Diff(whole[i].Cells, r.Cells); d != "" || len(r.Faults) != len(whole[i].Faults) {
			t.Errorf("row %d: %v %s", i, r.Faults, d)
		}
	}
	// The other way round the second half comes first, and is no orphan.
	in = zipped(t, "1.csv", head+body[half:], "2.csv", head+body[:half])
	rows, _, err = readBytes(t, orderOptions, "o.zip", in)
	if err != nil || len(rows) != len(whole) || len(rows[0].Faults) != 0 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	in = zipped(t, "1.csv", head+body[half:])
	rows, _, err = readBytes(t, orderOptions, "o.zip", in)
	if err != nil || len(rows[0].Faults) != 1 || rows[0].Faults[0].Rule != "row.orphan" {
		t.Errorf("an order without its first row: %v %v", rows[0].Faults, err)
	}
}

func TestZip_Refused(t *testing.T) {
	t.Parallel()
	const good = "SKU,Qty\nA-1,1\n"
	for name, c := range map[string]struct {
		in   []byte
		rule pipeline.Rule
		file string
		hold bool
	}{
		"nothing in it":   {zipped(t, "a/", ""), "file.empty", "f.zip", false},
		"an empty part":   {zipped(t, "1.csv", good, "2.csv", "SKU,Qty\n"), "file.empty", "f.zip/2.csv", false},
		"a picture":       {zipped(t, "1.csv", good, "2.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x01\x00"), "file.unknown", "f.zip/2.png", false},
		"a ZIP in it":     {zipped(t, "1.zip", string(zipped(t, "1.csv", good))), "file.zip", "f.zip/1.zip", false},
		"a cut part":      {zipped(t, "1.csv", good, "2.csv", "SKU,Qty,Price\nA-1,1,2\nA-2,1"), "file.cut", "f.zip/2.csv", true},
		"other columns":   {zipped(t, "1.csv", good, "2.csv", "a,b\n1,2\n"), "column.missing", "f.zip/2.csv", false},
		"unpacks too far": {zipped(t, "1.csv", strings.Repeat(good, 6<<20)), "file.big", "f.zip", false},
		"LibreOffice":     {zipped(t, "mimetype", "x", "content.xml", "<a/>"), "file.zip", "f.zip", false},
		"cut":             {zipped(t, "1.csv", good)[:60], "file.cut", "f.zip", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readBytes(t, stock, "f.zip", c.in)
			if p := refusal(t, err, c.hold); p.Rule != c.rule || p.File != c.file {
				t.Errorf("got %v, want %s of %s", p, c.rule, c.file)
			}
		})
	}
}
