package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// report is what a mapping asks of the stock reports of these tests.
var report = Options{Columns: []Column{
	{Names: []string{"كود الصنف", "Code"}, Required: true, Type: pipeline.Code},
	{Names: []string{"الكمية", "Qty"}, Required: true, Type: pipeline.Quantity},
	{Names: []string{"اسم الصنف", "Name"}},
	{Names: []string{"القيمة", "Value"}, Type: pipeline.Amount},
	{Names: []string{"(group)"}},
	{Names: []string{"(groups)"}},
}}

// told is a Reading as a person would want it: header, ignored rows, controls,
// styles, notes.
func told(r pipeline.Reading) string {
	var b strings.Builder
	fmt.Fprintf(&b, "header %d-%d to %d:", r.HeaderRow, r.HeaderEnd, r.TableEnd)
	for _, i := range r.Ignored {
		fmt.Fprintf(&b, " %d %s", i.Row, i.Why)
	}
	for _, c := range r.Controls {
		fmt.Fprintf(&b, "\n%d %s %s %s: %s of %s", c.Row, c.Scope, c.Label, c.Column, c.Sum, c.Stated)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n%s %s", n.Origin, n.Rule)
	}
	return b.String()
}

func TestReport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, rows, read string }{
		"groups with subtotals": {`شركة النور
تقرير المخزون

كود الصنف,اسم الصنف,الكمية,القيمة
,زيوت,,
A-1,زيت,2,20.50
A-2,سمن,3,30
إجمالي زيوت,,5,50.50
,سكر,,
B-1,سكر,10,"1,000.00"
إجمالي سكر,,10,"1,000.00"
الإجمالي العام,,15,1050.50
طبع في 25/11/2026,,,
`, `f:6 A-1 | زيت | 2 | 20.50 | زيوت | زيوت
f:7 A-2 | سمن | 3 | 30 | زيوت | زيوت
f:10 B-1 | سكر | 10 | 1,000.00 | سكر | سكر
`, `header 4-0 to 10: 1 title 2 title 5 group 8 total 9 group 11 total 12 total 13 footer
8 group إجمالي زيوت الكمية: 5 of 5
8 group إجمالي زيوت القيمة: 50.5 of 50.5
11 group إجمالي سكر الكمية: 10 of 10
11 group إجمالي سكر القيمة: 1000 of 1000
12 total الإجمالي العام الكمية: 15 of 15
12 total الإجمالي العام القيمة: 1050.5 of 1050.5`},

		"a total without a label": {`Code,Name,Qty,Value
A-1,oil,2,20
A-2,fat,3,30
,,5,50
`, `f:2 A-1 | oil | 2 | 20 |  | 
f:3 A-2 | fat | 3 | 30 |  | 
`, `header 1-0 to 3: 4 total
4 total  Qty: 5 of 5
4 total  Value: 50 of 50`},

		"numbers without a code that are no sums are a row": {`Code,Name,Qty,Value
A-1,oil,2,20
,,3,30
`, `f:2 A-1 | oil | 2 | 20 |  | 
f:3  |  | 3 | 30 |  | 
`, `header 1-0 to 3:`},

		"a total that differs": {`Code,Name,Qty,Value
A-1,oil,2,20
A-2,fat,3,30
Total,,6,50
`, `f:2 A-1 | oil | 2 | 20 |  | 
f:3 A-2 | fat | 3 | 30 |  | 
`, `header 1-0 to 3: 4 total
4 total Total Qty: 5 of 6
4 total Total Value: 50 of 50
f:4 [Qty] total.differs`},

		"items that are called totals": {`Code,Name,Qty,Value
T-1,Total cleaner,2,20
T-2,Total,3,30
TOTAL,Grand Total shampoo,1,5
,Total without code,4,8
Total,,10,63
`, `f:2 T-1 | Total cleaner | 2 | 20 |  | 
f:3 T-2 | Total | 3 | 30 |  | 
f:4 TOTAL | Grand Total shampoo | 1 | 5 |  | 
f:5  | Total without code | 4 | 8 |  | 
`, `header 1-0 to 5: 6 total
6 total Total Qty: 10 of 10
6 total Total Value: 63 of 63`},

		"pages": {`Report,,,
Code,Name,Qty,Value
A-1,oil,2,20
منقول,,2,20
Report,,,
Code,Name,Qty,Value
ما قبله,,2,20
A-2,fat,3,30
إجمالي الصفحة,,3,30
Grand Total,,5,50
`, `f:3 A-1 | oil | 2 | 20 |  | 
f:8 A-2 | fat | 3 | 30 |  | 
`, `header 2-0 to 8: 1 title 4 total 5 title 6 header again 7 total 9 total 10 total
4 total منقول Qty: 2 of 2
4 total منقول Value: 20 of 20
7 total ما قبله Qty: 2 of 2
7 total ما قبله Value: 20 of 20
9 group إجمالي الصفحة Qty: 3 of 3
9 group إجمالي الصفحة Value: 30 of 30
10 total Grand Total Qty: 5 of 5
10 total Grand Total Value: 50 of 50`},

		"nested groups": {`Code,Name,Qty,Value
,Food,,
,Oils,,
A-1,oil,2,20
,Sugar,,
A-2,sugar,1,5
,Home,,
,Soap,,
A-3,soap,1,5
`, `f:4 A-1 | oil | 2 | 20 | Oils | Food / Oils
f:6 A-2 | sugar | 1 | 5 | Sugar | Food / Sugar
f:9 A-3 | soap | 1 | 5 | Soap | Home / Soap
`, `header 1-0 to 9: 2 group 3 group 5 group 7 group 8 group`},

		"an average is no total": {`Code,Name,Qty,Value
A-1,oil,2,10
A-2,fat,3,30
Total,,5,20
`, `f:2 A-1 | oil | 2 | 10 |  | 
f:3 A-2 | fat | 3 | 30 |  | 
`, `header 1-0 to 3: 4 total
4 total Total Qty: 5 of 5`},

		"three rows of header": {`x,,,,,
Item,,Stock,,,
Code,Name,In,,Out,
,,Qty,Value,Qty,Value
A-1,oil,2,20,1,10
`, `f:5 A-1 | oil | 2 | 20 | 1 | 10 |  | 
`, `header 2-4 to 5: 1 title`},

		"fillers and numbers of columns": {`!,Code,!,Name,Qty,Value,-
1,2,3,4,5,6,7
!,A-1,!,oil,2,20,-
!,,!,Oils,,,-
!,A-2,!,oil,2,20,-
`, `f:3 ! | A-1 | ! | oil | 2 | 20 | - |  | 
f:5 ! | A-2 | ! | oil | 2 | 20 | - | Oils | Oils
`, `header 1-0 to 5: 2 column numbers 4 group`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := report
			if strings.HasPrefix(name, "three") {
				o.Columns = append([]Column{{Names: []string{"Stock In Qty"}, Required: true, Type: pipeline.Quantity},
					{Names: []string{"Code"}, Required: true}}, report.Columns[4:]...)
			}
			rows, read, err := readBytes(t, o, "f", []byte(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.rows, cells(rows)); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.read, told(read)); diff != "" {
				t.Errorf("reading (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReport_OneWordGroups tells captions of one word from codes that lack the rest,
// by the totals that name them, or as all codes have digits and they have none.
func TestReport_OneWordGroups(t *testing.T) {
	t.Parallel()
	o := Options{Columns: []Column{
		{Names: []string{"Code"}, Required: true, Type: pipeline.Code},
		{Names: []string{"Qty"}, Required: true, Type: pipeline.Quantity},
		{Names: []string{"Name"}, Required: true},
		{Names: []string{"(group)"}},
	}}
	for name, c := range map[string]struct{ in, want string }{
		"totals stand in the column of names": {"Code,Name,Qty\nSoap,,\nA-1,oil,2\n,Page total,2\nPaper,,\nB-1,pad,1\n,Grand total,3\n",
			"f:3 A-1 | oil | 2 | Soap\nf:6 B-1 | pad | 1 | Paper\n"},
		"totals there name them": {"Code,Name,Qty\nSoap,,\nAAA,oil,2\n,Total Soap,2\nPaper,,\nBBB,pad,1\n,Paper Total,1\n",
			"f:3 AAA | oil | 2 | Soap\nf:6 BBB | pad | 1 | Paper\n"},
	} {
		rows, _, err := readBytes(t, o, "f", []byte(c.in))
		if err != nil || cells(rows) != c.want {
			t.Errorf("%s: %v\n%s", name, err, cells(rows))
		}
	}
}

func TestStyles(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]pipeline.Style{
		"1.5 2":                                 {Decimal: "."},
		"1,5 2":                                 {Decimal: ","},
		"1.234,56":                              {Decimal: ","},
		"1,234.56":                              {Decimal: "."},
		"1,234":                                 {Decimal: "?"},
		"1.234 2.500":                           {Decimal: "?"},
		"1,234 0,500":                           {Decimal: ","},
		"1,234,567 1,234":                       {Decimal: "."},
		"12 7":                                  {},
		"1,5 1,6 1.5":                           {Decimal: ","},
		"EGP1.50":                               {Decimal: "."},
		"date 25/11/2026":                       {Dates: "dmy"},
		"date 11/25/2026":                       {Dates: "mdy"},
		"date 2026-11-25":                       {Dates: "ymd"},
		"date ٢٥/١١/٢٠٢٦":                       {Dates: "dmy"},
		"date 11/11/2026":                       {Dates: "dmy"},
		"date 3/4/26 13/4/26":                   {Dates: "dmy"},
		"date 25/11/2026 26/11/2026 11/27/2026": {Dates: "dmy"},
	} {
		typ, list := pipeline.Amount, strings.Fields(in)
		if list[0] == "date" {
			typ, list = pipeline.Date, list[1:]
		}
		text := "Code;X\n"
		for _, cell := range list {
			text += "A;" + cell + "\n"
		}
		rows, read, err := readBytes(t, Options{Columns: []Column{{Names: []string{"Code"}, Required: true}, {Names: []string{"X"}, Type: typ}}}, "f", []byte(text))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := read.Styles["X"]; got != want || rows[0].Styles[1] != want {
			t.Errorf("%s: got %+v, want %+v", in, got, want)
		}
	}
}

func TestStyles_Ambiguous(t *testing.T) {
	t.Parallel()
	in := []byte("Code,X\nA,11/11/2026\nB,3-4-2026 15:04\n")
	o := Options{Columns: []Column{{Names: []string{"Code"}, Required: true}, {Names: []string{"X"}, Type: pipeline.Date}}}
	_, _, err := readBytes(t, o, "f", in)
	p := refusal(t, err, true)
	if p.Rule != "date.ambiguous" || p.Row != 3 || p.Value != "3-4-2026 15:04" || p.With["dayfirst"] != "2-1-2006 15:04" {
		t.Errorf("got %v %v", p, p.With)
	}
	o.Columns[1].Pinned = true
	if rows, _, err := readBytes(t, o, "f", in); err != nil || len(rows) != 2 {
		t.Errorf("pinned: %v", err)
	}
}

// TestStyles_Torn holds a column whose dates stand against each other, but not for a
// slip of the pen, nor where no date can be read in two ways.
func TestStyles_Torn(t *testing.T) {
	t.Parallel()
	o := Options{Columns: []Column{{Names: []string{"Code"}, Required: true}, {Names: []string{"X"}, Type: pipeline.Date}}}
	in := "Code,X\nA,25/11/2026\nB,11/26/2026\n"
	if _, _, err := readBytes(t, o, "f", []byte(in)); err != nil {
		t.Errorf("without doubtful dates: %v", err)
	}
	in += "C,03/04/2026\n"
	_, _, err := readBytes(t, o, "f", []byte(in))
	if p := refusal(t, err, true); p.Rule != "date.torn" || p.Row != 4 || p.Value != "03/04/2026" || p.With["monthfirst"] != "1/2/2006" {
		t.Errorf("got %v %v", p, p.With)
	}
	in += strings.Repeat("D,25/11/2026\n", slips)
	if rows, _, err := readBytes(t, o, "f", []byte(in)); err != nil || rows[0].Styles[1].Dates != "dmy" {
		t.Errorf("a slip: %v", err)
	}
	o.Columns[1].Pinned = true
	if _, _, err := readBytes(t, o, "f", []byte(strings.ReplaceAll(in, "D,", "D,1"))); err != nil {
		t.Errorf("pinned: %v", err)
	}
}

func TestHeader_ByNumberAndWord(t *testing.T) {
	t.Parallel()
	o := Options{NoHeader: true, Columns: []Column{{Names: []string{"column 1"}, Number: 1, Required: true}, {Names: []string{"column 3"}, Number: 3, Required: true, Type: pipeline.Quantity}}}
	rows, read, err := readBytes(t, o, "f", []byte("kidswear\nK-1,red shirt,2\nK-2,blue shirt,3\nTotal,,5\n"))
	if want := "f:2 K-1 | red shirt | 2\nf:3 K-2 | blue shirt | 3\n"; err != nil || cells(rows) != want || len(read.Controls) != 1 || rows[0].Header[2] != "column 3" {
		t.Errorf("got %s%+v %v", cells(rows), read, err)
	}
	o = Options{Columns: []Column{{Names: []string{"الرقم"}, Also: []string{"Item No", "Part"}, Required: true}, {Names: []string{"column 2"}, Number: 2, Required: true}}}
	rows, read, err = readBytes(t, o, "f", []byte("Part,Qty,Qty\nK-1,1,2\n"))
	if err != nil || rows[0].Places[0] != 0 || rows[0].Places[1] != 1 || len(read.Words) != 1 || read.Notes[0].Rule != "column.word" || read.Doubled[0] != "Qty" {
		t.Errorf("got %+v %v", read, err)
	}
	_, _, err = readBytes(t, o, "f", []byte("Part,Item No\nK-1,1\n"))
	if err != nil {
		t.Errorf("the first synonym that is there: %v", err)
	}
	// What a column means already is not also something else by the dictionary, and
	// what is required chooses first.
	o = Options{Columns: []Column{{Names: []string{"Type"}, Also: []string{"Group"}}, {Names: []string{"Model"}, Also: []string{"Group"}, Required: true}, {Names: []string{"Code"}}}}
	rows, read, err = readBytes(t, o, "f", []byte("Code,Group\nK-1,G-1\n"))
	if err != nil || fmt.Sprint(rows[0].Places) != "[-1 1 0]" || len(read.Words) != 1 {
		t.Errorf("got %v %+v %v", rows, read, err)
	}
}

func TestPolicies(t *testing.T) {
	t.Parallel()
	hidden := byHand(t, `<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row><row r="3" hidden="1"><c r="A3"><v>2</v></c><c r="B3"><v>2</v></c></row>`, nil)
	for policy, want := range map[string]string{"": "1 | 2 | 2 | 2 | ", PolicyReport: "", PolicySkip: "", PolicyHold: ""} {
		_ = want
		o := stock
		o.Hidden = policy
		rows, read, err := readBytes(t, o, "f.xlsx", hidden)
		switch {
		case policy == PolicyHold:
			if p := refusal(t, err, true); p.Rule != "file.concealed" || p.Row != 3 {
				t.Errorf("hold: %v", p)
			}
		case policy == PolicySkip:
			if err != nil || len(rows) != 1 || len(read.Ignored) != 1 || read.Ignored[0].Why != "hidden" || len(read.Notes) != 0 {
				t.Errorf("skip: %+v %v", read, err)
			}
		default:
			if err != nil || len(rows) != 2 || len(read.Notes) != 1 {
				t.Errorf("%q: %+v %v", policy, read, err)
			}
		}
	}
	differs := []byte("Code,Qty\nA,2\nTotal,3\n")
	o := report
	o.Totals = PolicyHold
	_, _, err := readBytes(t, o, "f", differs)
	if p := refusal(t, err, true); p.Rule != "total.differs" || p.With["off"] != "1" || p.Col != 2 {
		t.Errorf("hold: %v %v", p, p.With)
	}
	o.Totals = PolicyIgnore
	if rows, read, err := readBytes(t, o, "f", differs); err != nil || len(rows) != 1 || len(read.Notes)+len(read.Controls) > 0 {
		t.Errorf("ignore: %+v %v", read, err)
	}
}

// TestReport_Workbook reads a report with merged captions and the workbook's own
// numbers and dates, which no style of its texts may turn into others.
func TestReport_Workbook(t *testing.T) {
	t.Parallel()
	in := made(t, func(f *excelize.File) {
		set(t, f, "Sheet1", map[string]any{"A1": "شركة النور", "A3": "كود الصنف", "B3": "اسم الصنف", "C3": "الكمية", "E3": "القيمة",
			"C4": "رصيد", "D4": "محجوز", "A5": "زيوت", "A6": "A-1", "B6": "زيت", "C6": 1.234, "D6": 0, "E6": "1.250,50",
			"A7": "A-2", "B7": "سمن", "C7": 2, "D7": 1, "E7": "12,50", "A8": "الإجمالي", "C8": 3.234, "D8": 1, "E8": "1.263,00"})
		for from, to := range map[string]string{"A1": "E1", "A3": "A4", "B3": "B4", "C3": "D3", "E3": "E4", "A5": "E5"} {
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				t.Fatal(err)
			}
		}
	})
	o := Options{Columns: []Column{{Names: []string{"كود الصنف"}, Required: true, Type: pipeline.Code}, {Names: []string{"الكمية رصيد"}, Required: true, Type: pipeline.Quantity},
		{Names: []string{"القيمة"}, Required: true, Type: pipeline.Amount}, {Names: []string{"(group)"}}}}
	rows, read, err := readBytes(t, o, "f.xlsx", in)
	if err != nil {
		t.Fatal(err)
	}
	want := "f.xlsx [Sheet1!A6] A-1 | زيت | 1.234 | 0 | 1.250,50 | زيوت\nf.xlsx [Sheet1!A7] A-2 | سمن | 2 | 1 | 12,50 | زيوت\n"
	if diff := cmp.Diff(want, cells(rows)); diff != "" {
		t.Error(diff)
	}
	const wantRead = `header 3-4 to 7: 1 title 5 group 8 total
8 total الإجمالي الكمية رصيد: 3.234 of 3.234
8 total الإجمالي القيمة: 1263 of 1263`
	if diff := cmp.Diff(wantRead, told(read)); diff != "" {
		t.Error(diff)
	}
	if got := rows[0].Styles[2].Decimal + rows[0].Styles[4].Decimal; got != ".," {
		t.Errorf("styles: %q", got)
	}
}
