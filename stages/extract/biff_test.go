package extract

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// cellText is rows as a reader would write them down: the cells between bars, and
// what is wrong with them.
func cellText(rows []pipeline.Row) string {
	var b strings.Builder
	for i, r := range rows {
		if i == 0 {
			fmt.Fprintf(&b, "header: %s\n", strings.Join(r.Header, " | "))
		}
		fmt.Fprintf(&b, "%d: %s", r.Row, strings.Join(r.Cells, " | "))
		for _, f := range r.Faults {
			fmt.Fprintf(&b, " !%s %s", pipeline.ColumnLetters(f.Col), f.Rule)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

var arabicStock = Options{Columns: []Column{{Names: []string{"كود الصنف"}, Required: true}, {Names: []string{"اسم الصنف"}, Required: true},
	{Names: []string{"الكمية"}, Required: true}}}

// TestXLS_Reports reads files that LibreOffice wrote, and compares their cells
// with the text beside each.
func TestXLS_Reports(t *testing.T) {
	t.Parallel()
	paths := glob(t, "testdata/reports/xls", "*.xls")
	if len(paths) < 3 {
		t.Fatalf("%d files", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			rows, read, err := readFile(t, arabicStock, path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".xls") + ".txt")
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s, sheet %s\n%s", read.Format, read.Sheet, cellText(rows))
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
		})
	}
}

// one8 is a workbook of Excel 97 with the header SKU, Qty, X and a second row.
func one8(t testing.TB, row func(w *records)) []byte {
	t.Helper()
	return inOLE(t, "Workbook", book8(func(w *records) {
		w.add(recFormat, 164, 10, wide("dd/mm/yyyy"))
		w.add(recFormat, 165, 6, wide("000000"))
		for _, format := range []int{0, 164, 22, 165, 14} {
			w.add(recXF, 0, format, 0, 0)
		}
		w.add(recSST, uint32(2), uint32(2), 3, byte(0), "SKU", 4, byte(8|1), 2, wide("زيتX")[1:], uint32(0), uint32(0))
	}, []string{"S"}, 0, func(w *records, _ int) {
		w.add(recLabelSST, 0, 0, 0, uint32(0))
		w.add(recLabel, 0, 1, 0, 3, byte(0), "Qty")
		w.add(recLabel, 0, 2, 0, 1, byte(0), "X")
		row(w)
	}))
}

func TestXLS_Cells(t *testing.T) {
	t.Parallel()
	formula := func(w *records, result any, flags int) { w.add(recFormula, 1, 2, 0, result, flags, uint32(0), 0) }
	special := func(kind, value byte) []byte { return []byte{kind, 0, value, 0, 0, 0, 0xff, 0xff} }
	for name, c := range map[string]struct {
		write func(w *records)
		want  string
	}{
		"number":           {func(w *records) { w.add(recNumber, 1, 2, 0, 6221031000010.0) }, "6221031000010"},
		"too long":         {func(w *records) { w.add(recNumber, 1, 2, 0, 622103100001012345.0) }, "622103100001012000 !C cell.precision"},
		"noise":            {func(w *records) { w.add(recNumber, 1, 2, 0, 0.1+0.2) }, "0.3"},
		"RK whole":         {func(w *records) { w.add(recRK, 1, 2, 0, uint32(0xffffff92)) }, "-28"},
		"RK hundredths":    {func(w *records) { w.add(recRK, 1, 2, 0, uint32(12345<<2|3)) }, "123.45"},
		"RK floating":      {func(w *records) { w.add(recRK, 1, 2, 0, uint32(0x3ff80000)) }, "1.5"},
		"MULRK":            {func(w *records) { w.add(recMulRK, 1, 1, 0, uint32(5<<2|2), 3, uint32(7<<2|2), 2) }, "000007"},
		"date":             {func(w *records) { w.add(recNumber, 1, 2, 1, 46086.0) }, "2026-03-05"},
		"date built in":    {func(w *records) { w.add(recRK, 1, 2, 4, uint32(46086<<2|2)) }, "2026-03-05"},
		"date and time":    {func(w *records) { w.add(recNumber, 1, 2, 2, 46086.75) }, "2026-03-05 18:00:00"},
		"no date":          {func(w *records) { w.add(recNumber, 1, 2, 1, -3.0) }, "-3 !C cell.date"},
		"padded":           {func(w *records) { w.add(recNumber, 1, 2, 3, 123.0) }, "000123"},
		"no such style":    {func(w *records) { w.add(recNumber, 1, 2, 99, 46086.0) }, "46086"},
		"shared, rich":     {func(w *records) { w.add(recLabelSST, 1, 2, 0, uint32(1)) }, "زيتX"},
		"label":            {func(w *records) { w.add(recLabel, 1, 2, 0, 5, wide("00123")) }, "00123"},
		"label, aside":     {func(w *records) { w.add(recLabel, 1, 2, 0, 2, byte(4), uint32(3), "ab", "xyz") }, "ab"},
		"beyond the BMP":   {func(w *records) { w.add(recLabel, 1, 2, 0, 2, wide("😀")) }, "😀"},
		"rich label":       {func(w *records) { w.add(recRString, 1, 2, 0, 2, wide("زي"), 1, uint32(0)) }, "زي"},
		"true":             {func(w *records) { w.add(recBoolErr, 1, 2, 0, byte(1), byte(0)) }, "TRUE"},
		"error":            {func(w *records) { w.add(recBoolErr, 1, 2, 0, byte(0x2a), byte(1)) }, "#N/A !C cell.error"},
		"unknown error":    {func(w *records) { w.add(recBoolErr, 1, 2, 0, byte(0x2b), byte(1)) }, "#43 !C cell.error"},
		"formula":          {func(w *records) { formula(w, 12.5, 0) }, "12.5"},
		"formula, zero":    {func(w *records) { formula(w, 0.0, 0) }, "0"},
		"formula, unsaved": {func(w *records) { formula(w, 0.0, 3) }, " !C cell.formula"},
		"formula, text": {func(w *records) {
			formula(w, special(0, 0), 0)
			w.add(recShared, 0)
			w.add(recString, 3, wide("زيت"))
		}, "زيت"},
		"formula, lost text":  {func(w *records) { formula(w, special(0, 0), 0) }, " !C cell.formula"},
		"formula, true":       {func(w *records) { formula(w, special(1, 1), 0) }, "TRUE"},
		"formula, error":      {func(w *records) { formula(w, special(2, 7), 0) }, "#DIV/0! !C cell.error"},
		"formula, empty text": {func(w *records) { formula(w, special(3, 0), 0) }, ""},
		"written twice": {func(w *records) {
			w.add(recNumber, 1, 2, 0, 1.0)
			w.add(recNumber, 1, 2, 0, 2.0)
		}, "2"},
		"a chart inside": {func(w *records) {
			w.add(recBOF, 0x0600, 0x20, 0, 0, uint32(0), uint32(0))
			w.add(recNumber, 1, 2, 0, 1.0)
			w.add(recEOF)
			w.add(recNumber, 1, 2, 0, 2.0)
		}, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := one8(t, func(w *records) {
				c.write(w)
				w.add(recLabel, 1, 0, 0, 1, byte(0), "A") // out of order
			})
			rows, _, err := readBytes(t, stock, "f.xls", in)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
			got := rows[0].Cells[2]
			for _, f := range rows[0].Faults {
				got += fmt.Sprintf(" !%s %s", pipeline.ColumnLetters(f.Col), f.Rule)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestXLS_Continued splits the shared strings in the middle of letters, of a
// letter's width, and between strings.
func TestXLS_Continued(t *testing.T) {
	t.Parallel()
	name := "زيت زيتون"
	all := wide(name)
	for cut := 1; cut < len(all); cut += 2 {
		in := inOLE(t, "Workbook", book8(func(w *records) {
			w.add(recSST, uint32(3), uint32(3), 3, byte(0), "SKU", units(name), all[:cut])
			rest := all[cut:]
			if cut+8 < len(all) { // letters of one width, then of the other
				w.add(recContinue, byte(1), rest[:4])
				rest = rest[4:]
			}
			w.add(recContinue, byte(1), rest)
			w.add(recContinue, 4, byte(0), "na")
			w.add(recContinue, byte(0), "me")
		}, []string{"S"}, 0, func(w *records, _ int) {
			w.add(recLabelSST, 0, 0, 0, uint32(0))
			w.add(recLabelSST, 0, 1, 0, uint32(2))
			w.add(recLabelSST, 1, 1, 0, uint32(1))
		}))
		rows, _, err := readBytes(t, Options{}, "f.xls", in)
		if err != nil || len(rows) != 1 || cellOf(rows[0], "name") != name {
			t.Errorf("cut at %d: %v %v", cut, rows, err)
		}
	}
}

func TestXLS_Sheets(t *testing.T) {
	t.Parallel()
	in := inOLE(t, "Workbook", book8(func(w *records) { w.add(recDateMode, 1); w.add(recXF, 0, 14) }, []string{"قديم", "المخزون", "Other"}, 1, func(w *records, sheet int) {
		w.add(recRow, 0, 0, 2, 0, 0, 0, uint32(0))
		w.add(recRow, 1, 0, 2, 0, 0, 0, uint32(0x20))
		w.add(recLabel, 0, 0, 1, 3, byte(0), "SKU")
		if sheet < 2 {
			w.add(recLabel, 0, 1, 1, 3, byte(0), "Qty")
		}
		w.add(recNumber, 1, 0, 1, float64(sheet))
		w.add(recNumber, 1, 1, 0, 44624.0)
	}))
	rows, read, err := readBytes(t, stock, "f.xls", in)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if read.Sheet != "المخزون" || rows[0].Cells[0] != "1" || rows[0].Cells[1] != "2026-03-05" {
		t.Errorf("%+v %q", read, rows[0].Cells)
	}
	if len(read.Notes) != 1 || read.Notes[0].Rule != "file.hidden" || read.Notes[0].Row != 2 {
		t.Errorf("notes: %v", read.Notes)
	}
	o := stock
	o.Sheet = "قديم"
	if rows, _, err := readBytes(t, o, "f.xls", in); err != nil || rows[0].Cells[0] != "0" {
		t.Errorf("the hidden sheet, by its name: %v %v", rows, err)
	}
}

// old is a workbook of Excel before 97, with names in bytes of a code page.
func old(version int, page *bytePage, stated int) []byte {
	enc := func(s string) []byte { return bytesIn(page, s) }
	w := &records{}
	kinds := map[int]int{2: recBOF2, 3: recBOF3, 4: recBOF4, 5: recBOF}
	bof := func(sub int) { w.add(kinds[version], 0x0500, sub, 0, 0) }
	place := 0
	if version == 5 {
		bof(subGlobals)
	} else {
		bof(subSheet)
	}
	if stated > 0 {
		w.add(recCodePage, stated)
	}
	switch version {
	case 2, 3:
		for _, f := range []string{"General", "dd/mm/yyyy", "00000"} {
			w.add(recFormat2, byte(len(f)), f)
		}
	case 4:
		for _, f := range []string{"General", "dd/mm/yyyy", "00000"} {
			w.add(recFormat, 0, byte(len(f)), f)
		}
	case 5:
		w.add(recFormat, 1, byte(10), "dd/mm/yyyy")
		w.add(recFormat, 2, byte(5), "00000")
	}
	for i := range 3 {
		switch version {
		case 3:
			w.add(recXF3, byte(0), byte(i), 0, 0, 0, 0, 0)
		case 4:
			w.add(recXF4, byte(0), byte(i), 0, 0, 0, 0, 0)
		case 5:
			w.add(recXF, 0, i, 0, 0, 0, 0, 0, 0)
		}
	}
	if version == 5 {
		name := enc("المخزون")
		place = w.add(recBoundSheet, uint32(0), byte(0), byte(0), byte(len(name)), name)
		w.add(recEOF)
		binary.LittleEndian.PutUint32(w.b[place+4:], uint32(len(w.b)))
		bof(subSheet)
	}
	text := func(row, col int, s string) {
		if b := enc(s); version == 2 {
			w.add(recLabel2, row, col, byte(0), byte(0), byte(0), byte(len(b)), b)
		} else {
			w.add(recLabel, row, col, 0, len(b), b)
		}
	}
	number := func(row, col, style int, v float64) {
		switch {
		case version == 2 && v == float64(int(v)) && v < 1000:
			w.add(recInteger2, row, col, byte(0), byte(style), byte(0), int(v))
		case version == 2:
			w.add(recNumber2, row, col, byte(0), byte(style), byte(0), v)
		default:
			w.add(recNumber, row, col, style, v)
		}
	}
	for i, name := range []string{"كود الصنف", "اسم الصنف", "الكمية", "تاريخ", "رمز"} {
		text(0, i, name)
	}
	for row := 1; row < 3; row++ {
		number(row, 0, 2, float64(row))
		text(row, 1, "زيت زيتون بكر ممتاز")
		number(row, 2, 0, 12.5)
		number(row, 3, 1, 46086)
		formula := map[int]int{2: recFormula, 3: recFormula3, 4: recFormula4, 5: recFormula}[version]
		result := []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}
		raw := enc("شاي")
		if version == 2 {
			w.add(formula, row, 4, byte(0), byte(0), byte(0), result, byte(0), byte(0))
			w.add(recString2, byte(len(raw)), raw)
		} else {
			w.add(formula, row, 4, 0, result, 0, 0, 0)
			w.add(recString, len(raw), raw)
		}
	}
	w.add(recEOF)
	return w.b
}

func bytesIn(page *bytePage, s string) (out []byte) {
	for _, r := range s {
		for i, l := range page.letters {
			if l == string(r) {
				out = append(out, byte(i))
				break
			}
		}
	}
	return out
}

// TestXLS_BeforeExcel97 reads each version, with the code page stated, stated
// wrongly, and not stated.
func TestXLS_BeforeExcel97(t *testing.T) {
	t.Parallel()
	const want = "1: 00001 | زيت زيتون بكر ممتاز | 12.5 | 2026-03-05 | شاي\n"
	for _, version := range []int{2, 3, 4, 5} {
		for page, stated := range map[*bytePage][]int{windows1256: {1256, 1252, 0}, cp720: {720, 0}, iso88596: {0}} {
			for _, n := range stated {
				for _, ole := range []bool{false, true} {
					in := old(version, page, n)
					if ole {
						in = inOLE(t, "Book", in)
					}
					rows, read, err := readBytes(t, arabicStock, "f.xls", in)
					if err != nil || len(rows) != 2 || read.CodePage != page.name {
						t.Errorf("version %d, %s stated as %d: %d rows in %s, %v", version, page.name, n, len(rows), read.CodePage, err)
						continue
					}
					if got := cellText(rows); !strings.Contains(strings.ReplaceAll(got, "2: 00001", "1: 00001"), want) {
						t.Errorf("version %d, %s: got %s", version, page.name, got)
					}
				}
			}
		}
	}
}

func TestXLS_Refused(t *testing.T) {
	t.Parallel()
	good := one8(t, func(w *records) { w.add(recNumber, 1, 0, 0, 1.0) })
	plain := old(2, windows1256, 1256)
	circle := append([]byte{}, good...)
	fat := 512 + 4*3 // the second sector of the stream points to the first of it
	binary.LittleEndian.PutUint32(circle[fat:], 2)
	row := func(write func(w *records)) []byte { return one8(t, write) }
	for name, c := range map[string]struct {
		in   []byte
		rule pipeline.Rule
	}{
		"cut container":       {good[:len(good)-600], "file.cut"},
		"only the head":       {good[:512], "file.cut"},
		"cut stream":          {plain[:len(plain)-1], "file.cut"},
		"no end":              {plain[:len(plain)-4], "file.cut"},
		"circle":              {circle, "file.cut"},
		"length beyond end":   {append(append([]byte{}, plain[:len(plain)-4]...), 4, 2, 0xff, 0xff, 0), "file.cut"},
		"no such string":      {row(func(w *records) { w.add(recLabelSST, 1, 0, 0, uint32(9)) }), "file.damaged"},
		"no letters":          {row(func(w *records) { w.add(recLabel, 1, 0, 0, 900, byte(0), "x") }), "file.damaged"},
		"short cell":          {row(func(w *records) { w.add(recNumber, 1, 0) }), "file.damaged"},
		"short number":        {row(func(w *records) { w.add(recNumber, 1, 0, 0, uint32(0)) }), "file.damaged"},
		"MULRK without order": {row(func(w *records) { w.add(recMulRK, 1, 0, 0, 0) }), "file.damaged"},
		"password":            {inOLE(t, "Workbook", book8(func(w *records) { w.add(recFilePass, 1, 1, 1) }, []string{"S"}, 0, func(*records, int) {})), "file.password"},
		"more strings than bytes": {inOLE(t, "Workbook", book8(func(w *records) { w.add(recSST, uint32(9), uint32(0xfffffff), 1) }, []string{"S"}, 0, func(*records, int) {})),
			"file.damaged"},
		"another container": {inOLE(t, "WordDocument", good), "file.unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readBytes(t, Options{}, "f.xls", c.in)
			if p := refusal(t, err, false); p.Rule != c.rule {
				t.Errorf("got %v, want %s", p, c.rule)
			}
		})
	}
}

func TestXLS_CodePageUnclear(t *testing.T) {
	t.Parallel()
	w := &records{}
	w.add(recBOF2, 2, subSheet)
	for i, s := range []string{"SKU", "Qty", "\xb0\xb1\xb2\x81\x8d\xa1"} {
		w.add(recLabel2, 0, i, byte(0), byte(0), byte(0), byte(len(s)), s)
		w.add(recInteger2, 1, i, byte(0), byte(0), byte(0), 7)
	}
	w.add(recEOF)
	_, _, err := readBytes(t, stock, "f.xls", w.b)
	if p := refusal(t, err, true); p.Rule != "text.unknown" {
		t.Errorf("got %v", p)
	}
	o := stock
	o.CodePage = "cp720"
	if rows, read, err := readBytes(t, o, "f.xls", w.b); err != nil || len(rows) != 1 || read.CodePage != "cp720" {
		t.Errorf("stated: %v %v %v", rows, read, err)
	}
}
