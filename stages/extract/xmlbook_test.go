package extract

import (
	"strings"
	"testing"

	"wasl/pipeline"
)

func xml2003(styles, sheets string) []byte {
	return []byte(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` +
		`<Styles>` + styles + `</Styles>` + sheets + `</Workbook>`)
}

func TestXMLBook_Cells(t *testing.T) {
	t.Parallel()
	styles := `<Style ss:ID="d"><NumberFormat ss:Format="Short Date"/></Style><Style ss:ID="z"><NumberFormat ss:Format="00000"/></Style><Style ss:ID="t"><NumberFormat ss:Format="Short Time"/></Style>`
	for name, c := range map[string]struct{ cell, want string }{
		"number":         {`<Cell><Data ss:Type="Number">6.22103100001E12</Data></Cell>`, "6221031000010"},
		"zeros":          {`<Cell ss:StyleID="z"><Data ss:Type="Number">123</Data></Cell>`, "00123"},
		"day number":     {`<Cell ss:StyleID="d"><Data ss:Type="Number">46086</Data></Cell>`, "2026-03-05"},
		"date":           {`<Cell ss:StyleID="d"><Data ss:Type="DateTime">2026-03-05T00:00:00.000</Data></Cell>`, "2026-03-05"},
		"time":           {`<Cell ss:StyleID="t"><Data ss:Type="DateTime">1899-12-31T18:30:00.000</Data></Cell>`, "18:30:00"},
		"no date":        {`<Cell ss:StyleID="d"><Data ss:Type="DateTime">soon</Data></Cell>`, "soon !C cell.date"},
		"text":           {`<Cell><Data ss:Type="String">a &amp; &#10;زيت</Data></Cell>`, "a & \nزيت"},
		"rich text":      {`<Cell><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><B>a</B><Font>b</Font></ss:Data></Cell>`, "ab"},
		"comment beside": {`<Cell><Data ss:Type="String">a</Data><Comment><ss:Data>no</ss:Data></Comment></Cell>`, "a"},
		"true":           {`<Cell><Data ss:Type="Boolean">1</Data></Cell>`, "TRUE"},
		"error":          {`<Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell>`, "#DIV/0! !C cell.error"},
		"formula":        {`<Cell ss:Formula="=RC1"><Data ss:Type="Number">3</Data></Cell>`, "3"},
		"unsaved":        {`<Cell ss:Formula="=RC1"/>`, " !C cell.formula"},
		"precision":      {`<Cell><Data ss:Type="Number">622103100001012345</Data></Cell>`, "622103100001012000 !C cell.precision"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := xml2003(styles, `<Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">SKU</Data></Cell><Cell><Data ss:Type="String">Qty</Data></Cell><Cell><Data ss:Type="String">X</Data></Cell></Row>`+
				`<Row ss:Index="4"><Cell ss:MergeAcross="1"><Data ss:Type="String">A</Data></Cell>`+c.cell+`</Row></Table></Worksheet>`)
			rows, _, err := readBytes(t, stock, "f.xml", in)
			if err != nil || len(rows) != 1 || rows[0].Row != 4 {
				t.Fatal(rows, err)
			}
			got := rows[0].Cells[2]
			for _, f := range rows[0].Faults {
				got += " !" + pipeline.ColumnLetters(f.Col) + " " + string(f.Rule)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestXMLBook_Refused(t *testing.T) {
	t.Parallel()
	good := string(xml2003("", `<Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">SKU</Data></Cell><Cell><Data ss:Type="String">Qty</Data></Cell></Row><Row><Cell><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet>`))
	for name, c := range map[string]struct {
		in   string
		rule pipeline.Rule
	}{
		"cut":          {good[:len(good)-20], "file.damaged"},
		"doctype":      {strings.Replace(good, "<Workbook", `<!DOCTYPE x [<!ENTITY a "b">]><Workbook`, 1), "file.doctype"},
		"deep":         {strings.Replace(good, "<Styles>", "<Styles>"+strings.Repeat("<a>", maxDepth), 1), "file.damaged"},
		"out of order": {strings.Replace(good, "<Row><Cell><Data ss:Type=\"N", "<Row ss:Index=\"1\"><Cell><Data ss:Type=\"N", 1), "file.damaged"},
		"too wide":     {strings.Replace(good, "<Row><Cell><Data ss:Type=\"N", "<Row><Cell ss:Index=\"20000\"><Data ss:Type=\"N", 1), "file.wide"},
		"no sheet":     {string(xml2003("", "")), "file.damaged"},
	} {
		_, _, err := readBytes(t, stock, "f.xls", []byte(c.in))
		if p := refusal(t, err, false); p.Rule != c.rule {
			t.Errorf("%s: got %v, want %s", name, p, c.rule)
		}
	}
}
