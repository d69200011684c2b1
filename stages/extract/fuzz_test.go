package extract

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// FuzzCSV holds the splitter against encoding/csv: whatever that reads as valid
// is read the same here. Reading a whole file never panics and always ends.
func FuzzCSV(f *testing.F) {
	for _, path := range []string{"testdata/orders_79col.csv", "testdata/stock_report_1256.csv", "testdata/orders_12col_reversed.csv"} {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{"a,b\r\n\"c\"\"d\",\"e\r\nf\"\n", "a\n\n\nb", "\"a\"\r\n", "a\r", "\"\"", "a,\"b\"\r", "x\r\ry\n", "sep=;\na;b\n1;2", "\xff\xfea\x00,\x00b\x00\n\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil && errors.Is(err, csv.ErrFieldCount) {
			r := csv.NewReader(bytes.NewReader(b))
			r.FieldsPerRecord = -1
			want, err = r.ReadAll()
		}
		if err == nil && utf8.Valid(b) && len(b) < 30_000 && !strings.Contains(string(b), strings.Repeat("\x00", nulRun)) {
			want = slices.DeleteFunc(want, func(rec []string) bool { return len(rec) == 1 && rec[0] == "" })
			if got := split(t, b); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
		whole(t, b)
	})
}

// split reads records as encoding/csv gives them: without empty lines, with LF
// for CR LF inside quotes.
func split(t *testing.T, b []byte) (out [][]string) {
	t.Helper()
	r := newText(iotestHalf{bytes.NewReader(b)}, ',', false)
	r.buf = make([]byte, 16)
	for {
		l, err := r.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("row %d: %v", l.row, err)
		}
		if len(l.cells) == 1 && l.cells[0] == "" {
			continue
		}
		for i, c := range l.cells {
			l.cells[i] = strings.ReplaceAll(c, "\r\n", "\n")
		}
		out = append(out, l.cells)
	}
}

// iotestHalf reads a few bytes at a time.
type iotestHalf struct{ in io.Reader }

func (h iotestHalf) Read(p []byte) (int, error) { return h.in.Read(p[:(len(p)+1)/2]) }

// whole reads a file as a flow does, with both formats.
func whole(t *testing.T, b []byte) {
	t.Helper()
	for _, o := range []Options{{}, stock, orderOptions, {CodePage: "windows-1256", Header: 2}} {
		o.MaxUnpacked = 4 << 20
		d := pipeline.Drop{Name: "f", Size: int64(len(b))}
		o.Takes(d, bytes.NewReader(b))
		read, rows := o.Extract(t.Context(), d, bytes.NewReader(b))
		n, last := 0, 0
		for row, err := range rows {
			if err != nil {
				if _, ok := errors.AsType[*pipeline.Refused](err); !ok {
					t.Errorf("an error of the machine: %v", err)
				}
				break
			}
			if n++; row.Row <= last || len(row.Cells) != len(row.Header) {
				t.Fatalf("row %d after %d with %d cells of %d", row.Row, last, len(row.Cells), len(row.Header))
			}
			last = row.Row
		}
		if read.Rows != n {
			t.Errorf("%d rows, Reading says %d", n, read.Rows)
		}
	}
}

// FuzzXLSX reads sheets and whole files. A sheet that excelize reads, too, has
// the same texts in it.
func FuzzXLSX(f *testing.F) {
	for _, rows := range []string{
		`<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>1.50</v></c></row>`,
		`<row r="2"><c r="A2" t="inlineStr"><is><t>a &amp; b</t></is></c></row><row r="9"><c t="b"><v>1</v></c></row>`,
		`<row><c t="str"><f>A1</f><v>x</v></c><c t="e"><v>#N/A</v></c><c s="1"><v>46086.5</v></c></row>`,
		`<!-- c --><row r="2" hidden="1"><c r="ZZ2"><f/></c></row>`,
	} {
		f.Add([]byte(rows), uint16(0), byte(0))
	}
	f.Add([]byte(`<row/>`), uint16(900), byte(7))
	f.Fuzz(func(t *testing.T, rows []byte, at uint16, change byte) {
		b := byHand(t, string(rows), nil)
		texts(t, b)
		whole(t, b)
		b[int(at)%len(b)] ^= change
		whole(t, b)
	})
}

// texts compares text cells with excelize's, where both read the sheet.
func texts(t *testing.T, b []byte) {
	t.Helper()
	got, _, err := readBytes(t, Options{}, "f", b)
	if err != nil {
		return
	}
	f, err := excelize.OpenReader(bytes.NewReader(b), excelize.Options{RawCellValue: true, UnzipSizeLimit: 4 << 20, UnzipXMLSizeLimit: 4 << 20})
	if err != nil {
		return
	}
	defer func() { _ = f.Close() }()
	want, err := f.GetRows("S")
	if err != nil {
		return
	}
	for _, row := range got {
		for i, text := range row.Cells {
			if len(row.Faults) > 0 || !strings.ContainsFunc(text, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
				continue // numbers and dates are put into other words here
			}
			other := ""
			if row.Row <= len(want) && i < len(want[row.Row-1]) {
				other = want[row.Row-1][i]
			}
			if text != other {
				t.Errorf("row %d, column %d: got %q, excelize %q", row.Row, i+1, text, other)
			}
		}
	}
}
