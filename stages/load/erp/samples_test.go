package erp

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// shipped makes the sink of a layout that wasl brings along.
func shipped(t *testing.T, name string) *Sink {
	t.Helper()
	file := "../../../mappings/erp/" + name
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, findings, err := New(Config{}, text, file, Deps{Dir: t.TempDir(), Zone: cairo})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	return s
}

func samplesOf(t *testing.T, s *Sink) map[string]string {
	t.Helper()
	samples, err := s.Samples()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range samples {
		out[f.Name] = f.Text
	}
	return out
}

// TestShippedLayouts writes the same order by each layout that wasl brings along.
func TestShippedLayouts(t *testing.T) {
	t.Parallel()
	tests := map[string]map[string]string{
		"sales-flat-1256.yaml": {"SALES-20261123-0001-000000000000.csv": "نوع المستند;رقم المستند;المستند الأصلي;التاريخ;كود العميل;اسم العميل;الهاتف;المحافظة;طريقة الدفع;العملة;مسلسل;كود الصنف;اسم الصنف;الكمية;السعر;الخصم;الإجمالي\r\n" +
			"sale;#1042;;23/11/2026;7001;منى علي;+201001234567;القاهرة;cash on delivery;EGP;1;A-1001;زيت زيتون;2;125.00;0.00;250.00\r\n" +
			"sale;#1042;;23/11/2026;7001;منى علي;+201001234567;القاهرة;cash on delivery;EGP;2;A-1002;سكر;3;25.00;0.00;75.00\r\n" +
			"sale;#1042;;23/11/2026;7001;منى علي;+201001234567;القاهرة;cash on delivery;EGP;3;SHIPPING;شحن;1;50.00;0.00;50.00\r\n"},
		"sales-header-lines.yaml": {
			"SL-SI-000001.csv": "DocNo,LineNo,ItemCode,ItemName,Quantity,Price,Discount,Total\r\n" +
				"SI-000001,1,A-1001,زيت زيتون,2,125.00,0.00,250.00\r\nSI-000001,2,A-1002,سكر,3,25.00,0.00,75.00\r\nSI-000001,3,SHIPPING,Shipping,1,50.00,0.00,50.00\r\n",
			"SH-SI-000001.csv": "DocNo,DocType,ShopNo,Of,Reason,Date,CustomerCode,CustomerName,Phone,TaxNo,Governorate,Payment,Currency,Goods,Discount,Shipping,Taxes,Total\r\n" +
				"SI-000001,sale,#1042,,,2026-11-23,7001,منى علي,+201001234567,,القاهرة,cash on delivery,EGP,325.00,0.00,50.00,0.00,375.00\r\n",
			"SH-SI-000001.csv.done": ""},
	}
	for name, want := range tests {
		if diff := cmp.Diff(want, samplesOf(t, shipped(t, name))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// bookOf opens the workbook of a document of some lines.
func bookOf(t *testing.T, s *Sink, rows string) *excelize.File {
	t.Helper()
	doc, problems := s.Kinds()[0].Build(orders(t, rows))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	files, err := s.files(batchOf(t, s, doc))
	if err != nil {
		t.Fatal(err)
	}
	if out := os.Getenv("ERP_KEEP"); out != "" { // to look at it
		_ = os.WriteFile(out+"/"+files[0].Name, files[0].Data, 0o644)
	}
	f, err := excelize.OpenReader(bytes.NewReader(files[0].Data))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestTemplate fills a template in: few lines, and more than it has rows for. Its
// formulas hold for all of them, and what stands below moves down.
func TestTemplate(t *testing.T) {
	t.Parallel()
	s := shipped(t, "sales-template.yaml")
	const sheet = "فاتورة"
	rows := "order.name|order.created|customer.name|order.total|line.sku|line.name|line.quantity|line.price|line.discount\n"
	few := rows + "#7|2026-11-23 23:30:00 +0200|=HYPERLINK(1)|34|A|سكر|3|10|1\n#7||||B|=1+1|1|5|"
	many := rows + "#8|2026-11-23 13:05:22 +0200|منى|130|A|سكر|1|10|\n" + strings.Repeat("#8||||B|شاي|1|10|\n", 12)
	tests := map[string]struct {
		text  string
		cells map[string]string
		sum   string // formula of the total
	}{
		"few": {few, map[string]string{"C4": "#7", "F4": "46349.9791666667", "C5": "=HYPERLINK(1)", "C9": "سكر", "G9": "29", "C10": "=1+1", "G10": "5",
			"G18": "0", "F19": "إجمالي البنود", "G19": "34", "G20": "34.00", "G21": "0", "A1": "فاتورة مبيعات"}, "SUM(G9:G18)"},
		"many": {many, map[string]string{"C4": "#8", "A21": "13", "C21": "شاي", "G21": "10", "F22": "إجمالي البنود", "G22": "130", "G23": "130.00", "G24": "0"}, "SUM(G9:G21)"},
	}
	for name, test := range tests {
		f := bookOf(t, s, test.text)
		got := map[string]string{}
		for at := range test.cells {
			got[at], _ = f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		}
		if diff := cmp.Diff(test.cells, got); diff != "" {
			t.Errorf("%s: cells (-want +got):\n%s", name, diff)
		}
		at := map[string]string{"few": "G19", "many": "G22"}[name]
		if got, _ := f.GetCellFormula(sheet, at); got != test.sum {
			t.Errorf("%s: %s is %q", name, at, got)
		}
		for _, at := range []string{"C5", "C10"} {
			if formula, _ := f.GetCellFormula(sheet, at); formula != "" {
				t.Errorf("%s: a text became the formula %q", name, formula)
			}
		}
		first, _ := f.GetCellStyle(sheet, "G9")
		last, _ := f.GetCellStyle(sheet, map[string]string{"few": "G18", "many": "G21"}[name])
		if first == 0 || first != last {
			t.Errorf("%s: styles %d and %d", name, first, last)
		}
	}
}

// TestNumbers gives numbers as the ledger would: one after another, by type, and the
// number of a refused document once more.
func TestNumbers(t *testing.T) {
	t.Parallel()
	s := shipped(t, "sales-header-lines.yaml")
	k := s.Kinds()[0]
	body := func(kind string) pipeline.Document {
		return pipeline.Document{Key: "order/1", Body: mustJSON(sale{Doc: told{Type: kind}})}
	}
	tests := []struct {
		kind string
		link pipeline.Link
		want string // reference, head, chain
	}{
		{"", pipeline.Link{}, "SI-000001 1 erp/number/SI-"},
		{typeSale, pipeline.Link{Head: "41"}, "SI-000042 42 erp/number/SI-"},
		{typeCredit, pipeline.Link{Head: "9999999"}, "CN-10000000 10000000 erp/number/CN-"},
		{typeSale, pipeline.Link{Head: "50", Old: mustJSON(sealedNumber{"SI-000042", "erp/number/SI-"})}, "SI-000042 50 erp/number/SI-"},
		{typeRevision, pipeline.Link{Head: "3", Old: mustJSON(sealedNumber{"SI-000042", "erp/number/SI-"})}, "SR-000004 4 erp/number/SR-"},
	}
	for _, test := range tests {
		sealed, ref, head, err := k.Seal(body(test.kind), test.link, time.Time{})
		got := ref + " " + head + " " + k.Chain(body(test.kind))
		if err != nil || got != test.want || numberIn(sealed).Serial != ref {
			t.Errorf("%s after %q: %s, want %s, %v", test.kind, test.link.Head, got, test.want, err)
		}
	}
	for prefix, want := range map[string]int{"SI-": 1, "CN-": 1, "RV-": 0} { // another layout's counter may begin elsewhere
		if got := s.Start(prefix); got != want {
			t.Errorf("numbers %s begin at %d, want %d", prefix, got, want)
		}
	}
	if _, _, _, err := k.Seal(body(""), pipeline.Link{Head: "x"}, time.Time{}); err == nil {
		t.Error("a head that is no number is no error")
	}
}

// TestByType puts types of documents into folders and files of their own, also of one batch.
func TestByType(t *testing.T) {
	t.Parallel()
	layout := strings.ReplaceAll(small, "{number}", "{batch}") + "per: batch\nby_type: {credit: {folder: returns/new}, cancellation: {name: 'X-{batch}.csv'}}\n"
	s := sinkOf(t, layout)
	docs := []pipeline.Document{}
	for i, kind := range []string{"", typeCredit, typeCancel, typeRevision} {
		docs = append(docs, pipeline.Document{Key: "order/" + string(rune('1'+i)), Body: mustJSON(sale{Doc: told{Type: kind}})})
	}
	files, err := s.render(batchOf(t, s, docs...))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Dir+"/"+f.Name+" "+strings.Join(f.Keys, ","))
	}
	want := []string{"/SO-7b0c5a526c0e.csv order/1,order/4", "returns/new/SO-7b0c5a526c0e.csv order/2", "/X-7b0c5a526c0e.csv order/3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	a, err := s.Send(t.Context(), batchOf(t, s, docs...))
	if err != nil || len(a.Outcomes) != 4 {
		t.Fatal(a.Outcomes, err)
	}
	if _, err := os.Stat(s.cfg.Folder + "/returns/new/SO-7b0c5a526c0e.csv"); err != nil {
		t.Error(err)
	}
}

// TestParseLayout_More finds what is wrong in the larger sections, each at its place.
func TestParseLayout_More(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		small + "documents: {name: 'SO-{number}.csv', columns: [{name: A, field: order.name}]}\n":                            "7:19 erp.samename",
		small + "documents: {name: 'H-{number}.csv', columns: [{name: A, field: order.total}]}\n":                            "7:12 erp.link",
		small + "documents: {name: 'H-{number}.csv', columns: [{name: A, field: order.name}, {name: B, field: line.sku}]}\n": "7:12 erp.lineword",
		small + "by_type: {credit: {folder: ../out}}\n":                                                                      "7:28 yaml.type",
		small + "by_type: {refund: {folder: out}}\n":                                                                         "7:11 config.unknown",
		small + "by_type: {credit: {prefix: CN-}}\n":                                                                         "7:10 erp.nocounter",
		small + "number: {prefix: SI-, by: type}\n":                                                                          "7:9 erp.prefix",
		small + "number: {width: 0}\n":                                                                                       "7:17 yaml.type",
		small + "template: {file: none.xlsx}\n":                                                                              "7:18 erp.template",
		"name: 'S-{serial}.csv'\ncolumns: [{name: A, field: order.name}]\n":                                                  "1:7 erp.hole 1:7 erp.name",
		small + "  - {name: S, field: doc.serial}\n":                                                                         "3:3 erp.nocounter",
	}
	for text, want := range tests {
		_, findings := parseLayout("l.yaml", []byte(strings.TrimPrefix(text, "\n")), cairo)
		var got []string
		for _, f := range findings {
			got = append(got, strings.TrimPrefix(f.In("en"), "l.yaml:"))
			if !f.Rule.Known() {
				t.Errorf("rule %s is not in the table", f.Rule)
			}
		}
		where := ""
		for _, f := range findings {
			where += " " + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Col) + " " + string(f.Rule)
		}
		if strings.TrimSpace(where) != want {
			t.Errorf("%s\n%v\nwant %s, got %s", text, got, want, where)
		}
	}
}

func TestParseLayout_Template(t *testing.T) {
	t.Parallel()
	head := "format: xlsx\nname: 'I-{number}.xlsx'\n"
	tests := map[string]string{
		"template: {file: sales-template.xlsx, sheet: x, lines: lines}\n":                                  "erp.template.sheet",
		"template: {file: sales-template.xlsx, lines: rows}\n":                                             "erp.template.lines",
		"template: {file: sales-template.xlsx, lines: A9:G9}\n":                                            "erp.template.lines",
		"template: {file: sales-template.xlsx, lines: A9:G18, cells: {nobody: order.name}}\n":              "erp.template.cell",
		"template: {file: sales-template.xlsx, lines: A9:G18, cells: {B2: line.sku}}\n":                    "erp.lineword",
		"template: {file: sales-template.yaml, lines: A9:G18}\n":                                           "erp.template",
		"per: batch\ntemplate: {file: sales-template.xlsx, lines: A9:G18, cells: {B2: order.name}}\n":      "erp.hole erp.name erp.template.batch",
		"template: {file: sales-template.xlsx, lines: A9:G18, cells: {B2: order.name, stated: sum.total}}": "",
	}
	for text, want := range tests {
		_, findings := parseLayout("../../../mappings/erp/l.yaml", []byte(head+text), cairo)
		var got []string
		for _, f := range findings {
			got = append(got, string(f.Rule))
			if !f.Rule.Known() || f.Line == 0 {
				t.Errorf("finding %+v", f)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", text, findings, want)
		}
	}
}
