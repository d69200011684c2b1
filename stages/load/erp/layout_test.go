package erp

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

func TestParseLayout_Findings(t *testing.T) {
	t.Parallel()
	text := `format: cvs
codepage: windows-1256
delimeter: ";"
delimiter: "::"
decimals: 9
date: tomorrow
zone: Mars/Base
name: SO-{tim}.csv
name: again
header: perhaps
shipping: {as: collumn}
columns:
  - {name: A, field: line.skew}
  - {name: B}
  - {name: C, field: line.sku, value: x}
`
	_, findings := parseLayout("l.yaml", []byte(text), time.UTC)
	var got []string
	for _, f := range findings {
		if !f.Rule.Known() {
			t.Errorf("rule %s is not in the table", f.Rule)
		}
		got = append(got, f.In("en"))
	}
	want := []string{
		`l.yaml:1:9: format is "cvs"; write one of: csv, xlsx`,
		`l.yaml:3:1: there is no setting delimeter; did you mean delimiter?`,
		"l.yaml:4:12: delimiter is \"::\"; write one of: \",\" \";\" \"\t\" \"|\"",
		`l.yaml:5:11: decimals cannot be read; write 0, 1, 2, 3 or 4`,
		`l.yaml:6:7: date cannot be read; write a day such as 02/01/2006`,
		`l.yaml:7:7: there is no time zone "Mars/Base"; write a name such as Africa/Cairo`,
		`l.yaml:9:1: name is given twice; keep one of the two`,
		`l.yaml:10:9: header cannot be read; write true or false`,
		`l.yaml:11:16: shipping.as is "collumn"; write one of: column, line`,
		`l.yaml:13:22: an order has no field line.skew; did you mean line.sku?`,
		`l.yaml:14:5: the column "B" needs a field or a value, and not both; write field: line.sku, or value: "text"`,
		`l.yaml:15:5: the column "C" needs a field or a value, and not both; write field: line.sku, or value: "text"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestParseLayout_Whole(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"name: SO-{now}-{id}.csv":                                "erp.hole",
		"name: orders.csv":                                       "erp.name",
		"per: batch\nname: SO-{batch}-{id}.csv":                  "erp.hole",
		"per: batch\nname: SO-{drop}.csv":                        "erp.name",
		"format: xlsx\nname: SO-{id}.csv":                        "yaml.type",
		"shipping: {as: column}\n" + small:                       "erp.nocolumn",
		"codepage: windows-1256\ndecimal: \"٫\"":                 "erp.codepage",
		"columns: []":                                            "yaml.type",
		"columns: [{name: ١, value: x}]\ncodepage: windows-1256": "erp.codepage",
		"a: [":    "yaml.syntax",
		"- a":     "yaml.type",
		"columns": "yaml.type",
	}
	for text, want := range tests {
		_, findings := parseLayout("l.yaml", []byte(text), time.UTC)
		if len(findings) != 1 || string(findings[0].Rule) != want || findings[0].Line == 0 {
			t.Errorf("%q: %v, want %s", text, findings, want)
		}
	}
}

// TestShipped keeps the layout that is shipped sound, and readable by an ERP
// that knows nothing but CSV.
func TestShipped(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../" + DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	s := sinkOf(t, string(text))
	b := batchOf(t, s, orderNamed(t, s, "#1042"))
	files, err := s.files(b)
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffرقم الطلب,التاريخ,العميل,الهاتف,العنوان,المدينة,المحافظة,طريقة الدفع,العملة,مسلسل,كود الصنف,اسم الصنف,الكمية,السعر,الخصم,الإجمالي,إجمالي الطلب\r\n" +
		"#1042,23/11/2026,,,,,,,,1,A-1001,,2,12.50,0.00,25.00,25.00\r\n"
	if diff := cmp.Diff(want, string(files[0].Data)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestNew_WithoutALayout(t *testing.T) {
	t.Parallel()
	s, findings, err := New(Config{}, nil, "", Deps{})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	if _, problems := s.Kinds()[0].Build(orders(t, "order.name|order.total|line.quantity|line.price\n#1|20|2|10")); len(problems) > 0 {
		t.Error(problems)
	}
	seen := map[string]bool{}
	for _, c := range s.layout.columns {
		if seen[c.name] {
			t.Errorf("two columns %s", c.name)
		}
		seen[c.name] = true
	}
	if s.Lane() != "erp/erp-import" {
		t.Errorf("lane %q", s.Lane())
	}
}

func TestCSV_Guard(t *testing.T) {
	t.Parallel()
	layout := "name: '{id}.csv'\nheader: false\ncolumns:\n - {name: a, field: line.name}\n - {name: b, field: line.total}\n"
	head := "order.name|order.total|line.name|line.quantity|line.price|line.discount\n"
	rows := "#1|4|=1+1|1|-2|\n#1||@SUM(A1)|1|1|\n#1||＝x|1|1|\n#1||plain|1|4|\n"
	for guard, want := range map[string]string{
		"guard: false\n": "=1+1,-2.00\r\n@SUM(A1),1.00\r\n＝x,1.00\r\nplain,4.00\r\n",
		"guard: true\n":  "'=1+1,-2.00\r\n'@SUM(A1),1.00\r\n'＝x,1.00\r\nplain,4.00\r\n",
	} {
		s := sinkOf(t, guard+layout)
		doc, problems := s.Kinds()[0].Build(orders(t, head+rows))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		files, err := s.files(batchOf(t, s, doc))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(files[0].Data)); diff != "" {
			t.Errorf("%s(-want +got):\n%s", guard, diff)
		}
	}
}

func TestCSV_RepeatAndQuotes(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, "name: '{id}.csv'\nnewline: lf\nquote: all\nrepeat: first\nheader: false\ncolumns:\n - {name: a, field: order.name}\n - {name: b, field: line.name}\n - {name: c, value: x}\n")
	doc, _ := s.Kinds()[0].Build(orders(t, "order.name|order.total|line.name|line.quantity|line.price\n#1|3|say \"hi\"|1|1\n#1||two|1|2\n"))
	files, err := s.files(batchOf(t, s, doc))
	if err != nil {
		t.Fatal(err)
	}
	want := "\"#1\",\"say \"\"hi\"\"\",\"x\"\n\"\",\"two\",\"x\"\n"
	if diff := cmp.Diff(want, string(files[0].Data)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}

func TestWorkbook(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, strings.Replace(small, ".csv", ".xlsx", 1)+"format: xlsx\n")
	doc, problems := s.Kinds()[0].Build(orders(t, "order.name|order.total|line.sku|line.quantity|line.price\n00123|25|=1+1|2|12.50"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	files, err := s.files(batchOf(t, s, doc))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(files[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"Order", "Item", "Qty", "Total"}, {"00123", "=1+1", "2", "25.00"}}, rows); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeSharedString, "B2": excelize.CellTypeSharedString, "D2": excelize.CellTypeUnset} {
		if got, _ := f.GetCellType("Sheet1", cell); got != want {
			t.Errorf("%s is of type %d, want %d", cell, got, want)
		}
	}
	if formula, _ := f.GetCellFormula("Sheet1", "B2"); formula != "" {
		t.Errorf("B2 became a formula: %s", formula)
	}
	again, err := s.layout.render([]sale{})
	if err != nil || len(again) == 0 {
		t.Errorf("no orders: %v", err)
	}
}

func TestFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("طلب ", 100)
	tests := map[string]string{
		"#1042":            "1042.csv",
		"طلب 1042":         "طلب 1042.csv",
		"A/1":              "A-1.csv",
		`..\..\etc\passwd`: "-..-etc-passwd.csv",
		"a:b*c?d<e>f|g\"h": "a-b-c-d-e-f-g-h.csv",
		"con":              "_con.csv",
		"nul.x":            "_nul.x.csv",
		"a\u202eb\u200fc":  "abc.csv",
		"a\x00b\nc":        "abc.csv",
		"\xff\xfe":         "-.csv",
	}
	l := &layout{name: "{number}.csv"}
	for name, want := range tests {
		got := l.fileName(pipeline.Document{Name: name, Key: "order/1"}, pipeline.Batch{})
		if got != want && !(name == "a\x00b\nc" && got == "ab-c.csv") {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
	a := l.fileName(pipeline.Document{Name: long + "1"}, pipeline.Batch{})
	b := l.fileName(pipeline.Document{Name: long + "2"}, pipeline.Batch{})
	if a == b || len(a) > longest || !utf8.ValidString(a) || !strings.HasSuffix(a, ".csv") {
		t.Errorf("long names: %q and %q", a, b)
	}
	l.name = "{day}_{id}_{drop}_{batch}.csv"
	got := l.fileName(pipeline.Document{Name: "#1", Key: "order/50/1", Day: "2026-11-23"},
		pipeline.Batch{ID: "7b0c5a52-6c0e-4a55", Job: pipeline.Job{Drop: "20261124-0001"}})
	if got != "2026-11-23_50-1_20261124-0001_7b0c5a526c0e.csv" {
		t.Errorf("placeholders: %q", got)
	}
}

func TestConfig_Validate(t *testing.T) {
	t.Parallel()
	found := Config{Folder: "./", Layout: "sales.csv", Archive: []string{"x", "", "."}}.Validate()
	var got []string
	for _, f := range found {
		got = append(got, f.Path+" "+string(f.Rule))
		if !f.Rule.Known() {
			t.Errorf("rule %s is not in the table", f.Rule)
		}
	}
	want := []string{"folder erp.own", "layout erp.notlayout", "archive erp.archive", "archive erp.archive"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if found := (Config{}).Validate(); len(found) > 0 {
		t.Errorf("no settings are the defaults: %v", found)
	}
}
