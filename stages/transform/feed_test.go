package transform

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// stockKinds are enough of a kind to read a feed against.
var stockKinds = map[string]pipeline.Kind{"shopify.stock": {Name: "shopify.stock", Fields: []pipeline.Field{
	{Name: "sku", Type: pipeline.Code, Required: true}, {Name: "quantity", Type: pipeline.Quantity, Required: true},
	{Name: "warehouse", Type: pipeline.Code}, {Name: "name"}}}}

func parseFeed(t *testing.T, more, fields string) (*Mapping, []string) {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	text := "flow: stock\nfiles: [\"stock*\"]\nto: shopify.stock\n" + more + "fields:\n  sku: [Code, كود]\n" + fields
	m, found := Parse("stock.yaml", []byte(text), Deps{Kinds: stockKinds, Zone: zone})
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("%d:%d %s", f.Line, f.Col, f.Rule))
	}
	return m, out
}

const quantityField = "  quantity: {from: [Qty, الكمية]}\n"

func TestParse_Expect(t *testing.T) {
	t.Parallel()
	m, found := parseFeed(t, `contract: hold
expect: {days: [sun, Mon, thu], by: 06:30, zone: Asia/Riyadh, rows: 100, median: 50%}
`, quantityField)
	if m == nil {
		t.Fatal(found)
	}
	e := m.Expect
	if m.Contract != "hold" || e.Days != [7]bool{true, true, false, false, true} || e.By != 6*time.Hour+30*time.Minute ||
		e.Zone.String() != "Asia/Riyadh" || e.Rows != 100 || e.Median != 50 {
		t.Errorf("%s %+v", m.Contract, e)
	}
	m, found = parseFeed(t, "expect: {days: daily}\n", quantityField)
	if m == nil {
		t.Fatal(found)
	}
	if e := m.Expect; e.Days != [7]bool{true, true, true, true, true, true, true} || e.By != 24*time.Hour || e.Zone.String() != "Africa/Cairo" || m.Contract != "" {
		t.Errorf("%+v", e)
	}
	if m, _ := parseFeed(t, "", quantityField); m.Expect.Scheduled() || m.Expect.Least([]int{5}) != 0 {
		t.Errorf("nothing is said, and %+v is expected", m.Expect)
	}
}

func TestParse_ExpectFindings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"contract: maybe\n":                                 "4:11 config.choice",
		"expect: {days: [sun, friday]}\n":                   "4:16 mapping.day",
		"expect: {days: [sun, sun]}\n":                      "4:16 mapping.twice",
		"expect: {days: daily, by: 25:00}\n":                "4:27 mapping.clock",
		"expect: {days: daily, by: \"6\"}\n":                "4:27 mapping.clock",
		"expect: {by: 06:00}\n":                             "4:10 mapping.needs",
		"expect: {days: daily, zone: Cairo}\n":              "4:29 config.zone",
		"expect: {rows: none}\n":                            "4:16 yaml.type",
		"expect: {rows: 0}\n":                               "4:16 yaml.type",
		"expect: {median: 50}\n":                            "4:18 mapping.share",
		"expect: {median: 150%}\n":                          "4:18 mapping.share",
		"expect: {}\n":                                      "4:1 mapping.nothing",
		"expect: {row: 3}\n":                                "4:10 mapping.key",
		"expect: {days: daily, at: 06:00, median: x}\n":     "4:23 mapping.key 4:42 mapping.share",
		"expect: soon\n":                                    "4:9 yaml.type",
		"contract: hold\nexpect: {days: daily, by: \"\"}\n": "5:27 mapping.clock",
	} {
		m, found := parseFeed(t, text, quantityField)
		if got := strings.Join(found, " "); m != nil || got != want {
			t.Errorf("%s got  %s\nwant %s", text, got, want)
		}
	}
}

func TestAsked(t *testing.T) {
	t.Parallel()
	m, found := parseFeed(t, "", quantityField+`  warehouse: {expr: 'col("Store") + col("Code")'}
  name: {from: Name, optional: true}
`)
	if m == nil {
		t.Fatal(found)
	}
	var got []string
	for _, a := range m.Asked() {
		fields := ""
		for _, f := range a.Fields {
			fields += " " + f.Name
		}
		got = append(got, fmt.Sprintf("%v%s %v %s", a.Names, fields, a.Required, a.Line("New")))
	}
	want := []string{
		"[Code كود] sku true sku: [Code, كود, New]",
		"[Qty الكمية] quantity true from: [Qty, الكمية, New]",
		"[Store] warehouse true ",
		"[Code] warehouse true ",
		"[Name] name false from: [Name, New]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
