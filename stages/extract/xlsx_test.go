package extract

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// made is a workbook of excelize, filled by a test.
func made(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(t testing.TB, f *excelize.File, sheet string, values map[string]any) {
	t.Helper()
	for at, v := range values {
		if err := f.SetCellValue(sheet, at, v); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	relTypes  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	mainSpace = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
)

// byHand is a workbook of one sheet, as XML. more are further parts, or replace
// one of the usual ones.
func byHand(t testing.TB, rows string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels":     `<Relationships><Relationship Id="r1" Type="` + relTypes + `officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<?xml version="1.0"?><workbook ` + mainSpace + `><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relTypes + `worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + relTypes + `styles" Target="/xl/styles.xml"/><Relationship Id="r3" Type="` + relTypes + `sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml": `<styleSheet ` + mainSpace + `><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="000000;@"/></numFmts>` +
			`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="22"/><xf numFmtId="165"/><xf numFmtId="9"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml": `<sst ` + mainSpace + `><si><t>SKU</t></si><si><r><t>Q</t></r><r><t>ty</t></r><rPh sb="0" eb="1"><t>xx</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + mainSpace + `><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>X</t></is></c></row>` +
			rows + `</sheetData></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook_Cells(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ cell, want string }{
		"number":            {`<v>6221031000010</v>`, "6221031000010"},
		"exponent":          {` t="n"|<v>6.22103100001E+12</v>`, "6221031000010"},
		"noise":             {`<v>0.30000000000000004</v>`, "0.3"},
		"too long":          {`<v>622103100001012345</v>`, "622103100001012000 !C cell.precision"},
		"long text":         {` t="str"|<v>622103100001012345</v>`, "622103100001012345"},
		"date":              {` s="1"|<v>46086</v>`, "2026-03-05"},
		"date and time":     {` s="2"|<v>46086.75</v>`, "2026-03-05 18:00:00"},
		"no date":           {` s="1"|<v>-3</v>`, "-3 !C cell.date"},
		"padded":            {` s="3"|<v>123</v>`, "000123"},
		"padded, formula":   {` s="3"|<f>A1</f><v>123</v>`, "000123"},
		"padded, long":      {` s="3"|<v>12345678</v>`, "12345678"},
		"padded, noise":     {` s="3"|<v>12.000000000000001</v>`, "000012"},
		"padded, fraction":  {` s="3"|<v>1.5</v>`, "1.5"},
		"padded, below 0":   {` s="3"|<v>-3</v>`, "-3"},
		"percent":           {` s="4"|<v>0.14</v>`, "14%"},
		"percent, noise":    {` s="4"|<v>0.14499999999999999</v>`, "14.5%"},
		"percent, below 0":  {` s="4"|<v>-0.005</v>`, "-0.5%"},
		"percent, whole":    {` s="4"|<v>1</v>`, "100%"},
		"percent, nothing":  {` s="4"|<v>0</v>`, "0%"},
		"percent, text":     {` s="4" t="str"|<v>0.14</v>`, "0.14"},
		"ISO date":          {` t="d"|<v>2026-03-05T00:00:00</v>`, "2026-03-05"},
		"style of a style":  {` s="0"|<v>46086</v>`, "46086"},
		"true":              {` t="b"|<v>1</v>`, "TRUE"},
		"false":             {` t="b"|<v>0</v>`, "FALSE"},
		"error":             {` t="e"|<v>#N/A</v>`, "#N/A !C cell.error"},
		"error as text":     {` t="str"|<v>#N/A</v>`, "#N/A"},
		"formula":           {`<f>A1+1</f><v>12.5</v>`, "12.5"},
		"formula, no value": {`<f>A1+1</f>`, " !C cell.formula"},
		"formula, empty":    {`<f>A1+1</f><v></v>`, " !C cell.formula"},
		"formula, no text":  {` t="str"|<f>A1</f><v></v>`, ""},
		"formula, error":    {` t="e"|<f>1/0</f><v>#DIV/0!</v>`, "#DIV/0! !C cell.error"},
		"shared formula":    {`<f t="shared" si="0"/>`, " !C cell.formula"},
		"inline":            {` t="inlineStr"|<is><t xml:space="preserve"> a </t></is>`, " a "},
		"inline rich":       {` t="inlineStr"|<is><r><rPr><b/></rPr><t>زيت </t></r><r><t>زيتون</t></r><rPh><t>no</t></rPh></is>`, "زيت زيتون"},
		"entities":          {` t="str"|<v>a &amp;&lt;b&gt; &#1586;&#x64A;</v>`, "a &<b> زي"},
		"escaped letter":    {` t="str"|<v>a_x000A_b_x00zz_</v>`, "a\nb_x00zz_"},
		"CDATA":             {` t="str"|<v><![CDATA[a<b]]></v>`, "a<b"},
		"comment":           {` t="str"|<v>a<!-- > -->b</v>`, "ab"},
		"empty":             {` s="1"|`, ""},
		"leading zero":      {` t="str"|<v>00123</v>`, "00123"},
		"million":           {` t="str"|<v>` + strings.Repeat("x", 40_000) + `</v>`, strings.Repeat("x", 40_000) + " !C cell.long"},
	} {
		attrs, content, ok := strings.Cut(c.cell, "|")
		if !ok {
			attrs, content = "", c.cell
		}
		row := `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2"><v>1</v></c><c r="C2"` + attrs + `>` + content + `</c></row>`
		rows, _, err := readBytes(t, stock, "f.xlsx", byHand(t, row, nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, want := cells(rows), "f.xlsx [S!A2] SKU | 1 | "+c.want+"\n"; got != want {
			t.Errorf("%s: got %.200q, want %.200q", name, got, want)
		}
	}
}

func TestWorkbook_Places(t *testing.T) {
	t.Parallel()
	in := byHand(t, `<row r="3"><c r="B3"><v>1</v></c><c r="D3"><v>beside</v></c></row>`, nil)
	if _, _, err := readBytes(t, stock, "f", in); refusal(t, err, false).Rule != "file.damaged" {
		t.Errorf("a text in a number cell: %v", err)
	}
	in = byHand(t, `<row r="3" hidden="1"><c r="B3"><v>1</v></c><c r="E3" t="str"><v>a remark beside the table</v></c></row>`+
		`<row><c><v>7</v></c><c r="C4"><v>8</v></c></row><row r="6"/><row r="1048576"><c r="A1048576" t="str"><v>A-9</v></c><c><v>3</v></c></row>`, nil)
	rows, read, err := readBytes(t, stock, "f.xlsx", in)
	if err != nil {
		t.Fatal(err)
	}
	want := "f.xlsx [S!A3]  | 1 | \nf.xlsx [S!A4] 7 |  | 8\nf.xlsx [S!A1048576] A-9 | 3 | \n"
	if diff := cmp.Diff(want, cells(rows)); diff != "" {
		t.Error(diff)
	}
	if len(read.Notes) != 1 || read.Notes[0].Rule != "file.hidden" || read.Notes[0].Row != 3 {
		t.Errorf("notes: %v", read.Notes)
	}
}

func TestWorkbook_Refused(t *testing.T) {
	t.Parallel()
	row := `<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row>`
	good := byHand(t, row, nil)
	lie := bytes.Clone(good)
	for name, c := range map[string]struct {
		in   []byte
		rule pipeline.Rule
		hold bool
	}{
		"cut":                     {good[:len(good)-30], "file.cut", false},
		"cut in the middle":       {good[:len(good)/2], "file.cut", false},
		"no sheet part":           {byHand(t, row, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + relTypes + `worksheet" Target="worksheets/none.xml"/></Relationships>`}), "file.cut", false},
		"no shared strings":       {byHand(t, row, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>SKU</t></si></sst>`}), "file.damaged", false},
		"doctype in the sheet":    {byHand(t, row, map[string]string{"xl/worksheets/sheet1.xml": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`}), "file.doctype", false},
		"doctype in another part": {byHand(t, row, map[string]string{"docProps/app.xml": `<?xml version="1.0"?><!DOCTYPE x><a/>`}), "file.doctype", false},
		"unknown entity":          {byHand(t, `<row r="2"><c r="A2" t="str"><v>&a;</v></c></row>`, nil), "file.damaged", false},
		"XML cut":                 {byHand(t, row, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>SKU</v></c><c t="str"><v>Qty</v></c></row><row r="2"><c><v>1</v></c>`}), "file.damaged", false},
		"nesting":                 {byHand(t, `<row r="2"><c r="A2"><v>1</c></v></row>`, nil), "file.damaged", false},
		"rows out of order":       {byHand(t, row+row, nil), "file.damaged", false},
		"cells out of order":      {byHand(t, `<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>2</v></c></row>`, nil), "file.damaged", false},
		"too many columns":        {byHand(t, `<row r="2"><c r="XFE2"><v>1</v></c></row>`, nil), "file.wide", false},
		"unpacks too far":         {byHand(t, row, map[string]string{"xl/media/a.bin": strings.Repeat("a", 65<<20)}), "file.big", false},
		"changed bytes":           {changed(t, row), "file.damaged", false},
		"more than stated":        {lying(lie, "xl/worksheets/sheet1.xml", -5), "file.damaged", false},
		"less than stated":        {lying(bytes.Clone(good), "xl/worksheets/sheet1.xml", 5), "file.cut", false},
		"no workbook":             {byHand(t, row, map[string]string{"_rels/.rels": `<Relationships/>`}), "file.zip", false},
		"empty":                   {byHand(t, "", nil), "file.empty", false},
		"nothing":                 {byHand(t, row, map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData/></worksheet>`}), "file.empty", false},
		"only an error below":     {byHand(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row><c t="str"><v>SKU</v></c></row></sheetData></worksheet>`}), "column.missing", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readBytes(t, stock, "f.xlsx", c.in)
			if p := refusal(t, err, c.hold); p.Rule != c.rule {
				t.Errorf("got %v, want %s", p, c.rule)
			}
		})
	}
	many := map[string]string{}
	for i := range maxParts {
		many[fmt.Sprint("x/", i)] = ""
	}
	_, _, err := readBytes(t, stock, "f.xlsx", byHand(t, row, many))
	if p := refusal(t, err, false); p.Rule != "file.parts" {
		t.Errorf("got %v", p)
	}
}

// changed is a workbook whose sheet is stored, with a digit changed afterwards.
func changed(t *testing.T, row string) []byte {
	b := byHand(t, row, nil)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range z.File {
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		h := &zip.FileHeader{Name: part.Name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(text),
			CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text))}
		to, err := w.CreateRaw(h)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte("<v>2</v>"), []byte("<v>3</v>"), 1)
		if _, err := to.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// lying changes the stated size of a part in the directory.
func lying(b []byte, name string, by int) []byte {
	at := bytes.LastIndex(b, []byte(name)) - 46 + 24
	b[at] = byte(int(b[at]) + by)
	return b
}

func TestWorkbook_Sheets(t *testing.T) {
	t.Parallel()
	in := made(t, func(f *excelize.File) {
		for _, name := range []string{"Old", "Notes", "Stock", "More"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
		}
		set(t, f, "Old", map[string]any{"A1": "SKU", "B1": "Qty", "A2": "OLD", "B2": 1})
		set(t, f, "Notes", map[string]any{"A1": "SKU", "A2": "nothing here"})
		set(t, f, "Stock", map[string]any{"B3": "SKU", "C3": "Qty", "B4": "A-1", "C4": 2.5, "B5": "Total", "C5": 2.5})
		set(t, f, "More", map[string]any{"A1": "SKU", "B1": "Qty", "A2": "A-2", "B2": 9})
		f.SetActiveSheet(2)
		if err := f.SetSheetVisible("Old", false); err != nil {
			t.Fatal(err)
		}
	})
	rows, read, err := readBytes(t, stock, "f.xlsx", in)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cells(rows), "f.xlsx [Stock!A4]  | A-1 | 2.5\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if read.Sheet != "Stock" || read.HeaderRow != 3 || len(read.Ignored) != 1 || read.Ignored[0].Why != "total" || read.Ignored[0].Row != 5 {
		t.Errorf("reading: %+v", read)
	}
	if len(read.Notes) != 1 || read.Notes[0].With["others"] != "More" {
		t.Errorf("notes: %v", read.Notes)
	}
	named := stock
	named.Sheet = "old"
	if rows, _, err = readBytes(t, named, "f.xlsx", in); err != nil || cells(rows) != "f.xlsx [Old!A2] OLD | 1\n" {
		t.Errorf("a sheet by its name: %v %v", rows, err)
	}
	named.Sheet = "Absent"
	_, _, err = readBytes(t, named, "f.xlsx", in)
	if p := refusal(t, err, true); p.Rule != "file.sheet" || !strings.Contains(p.With["found"], "Stock") {
		t.Errorf("got %v", p)
	}
}

func TestWorkbook_Dates(t *testing.T) {
	t.Parallel()
	yes := true
	for _, from1904 := range []bool{false, true} {
		in := made(t, func(f *excelize.File) {
			if from1904 {
				if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
					t.Fatal(err)
				}
			}
			set(t, f, "Sheet1", map[string]any{"A1": "SKU", "B1": "Qty", "C1": "Date", "A2": "A-1", "B2": true,
				"C2": time.Date(2026, 3, 5, 14, 30, 0, 0, time.UTC)})
		})
		rows, _, err := readBytes(t, stock, "f", in)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Join(rows[0].Cells, "|"), "A-1|TRUE|2026-03-05 14:30:00"; got != want {
			t.Errorf("1904 %v: got %s, want %s", from1904, got, want)
		}
	}
}
