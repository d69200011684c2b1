package erp

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

const arabic = `
codepage: windows-1256
delimiter: ";"
newline: crlf
decimal: ","
name: SO-{day}-{number}.csv
shipping: {as: line, sku: SHIP, name: شحن}
columns:
  - {name: رقم, field: order.name}
  - {name: تاريخ, field: order.created, format: 02/01/2006 15:04}
  - {name: العميل, field: customer.name}
  - {name: صنف, field: line.sku}
  - {name: اسم, field: line.name}
  - {name: كمية, field: line.quantity}
  - {name: إجمالي, field: line.total}
  - {name: فرع, value: "01"}
`

// cp1256 is what this test holds windows-1256 to be, apart from the library
// that writes it: the letters that the test needs, from the code page's table.
var cp1256 = map[byte]rune{
	0xC3: 'أ', 0xC5: 'إ', 0xC7: 'ا', 0xC8: 'ب', 0xC9: 'ة', 0xCA: 'ت', 0xCC: 'ج', 0xCD: 'ح', 0xCE: 'خ', 0xCF: 'د',
	0xD1: 'ر', 0xD2: 'ز', 0xD3: 'س', 0xD4: 'ش', 0xD5: 'ص', 0xDA: 'ع', 0xDD: 'ف', 0xDE: 'ق', 0xDF: 'ك', 0xE1: 'ل', 0xE3: 'م',
	0xE4: 'ن', 0xE6: 'و', 0xEC: 'ى', 0xED: 'ي',
}

func TestFile_Windows1256(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, arabic)
	doc, problems := s.Kinds()[0].Build(orders(t, `
order.name|order.id|order.created|customer.name|order.shipping|order.total|order.currency|line.sku|line.name|line.quantity|line.price|line.discount
#1042|5001|2026-11-23 23:30:00 +0200|أحمد علي|50|203.95|egp|00123|زيت زيتون; كبير|1.5|100.005|1.06
#1042||2026-11-23 23:30:00 +0200||||||سكر|1|5.00|`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	files, err := s.files(batchOf(t, s, doc))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var text strings.Builder
	for _, b := range files[0].Data {
		r, ok := cp1256[b]
		if !ok {
			r = rune(b)
		}
		if b >= 0x80 && !ok {
			t.Errorf("byte %#x is not expected", b)
		}
		text.WriteRune(r)
	}
	want := "رقم;تاريخ;العميل;صنف;اسم;كمية;إجمالي;فرع\r\n" +
		"#1042;23/11/2026 23:30;أحمد علي;00123;\"زيت زيتون; كبير\";1,5;148,95;01\r\n" +
		"#1042;23/11/2026 23:30;أحمد علي;;سكر;1;5,00;01\r\n" +
		"#1042;23/11/2026 23:30;أحمد علي;SHIP;شحن;1;50,00;01\r\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if files[0].Name != "SO-2026-11-23-1042.csv" {
		t.Errorf("file name %q", files[0].Name)
	}
	if doc.Key != "order/5001" || doc.Day != "2026-11-23" || doc.Currency != "EGP" ||
		doc.Money.String() != "203.95" || doc.Out.String() != "203.95" {
		t.Errorf("key %q, day %q, currency %q, money %s, out %s", doc.Key, doc.Day, doc.Currency, doc.Money, doc.Out)
	}
	if diff := cmp.Diff([]string{"00123", "5001"}, doc.Words); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}

func TestBuild_CodePageLacksALetter(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, arabic)
	_, problems := s.Kinds()[0].Build(orders(t, `
order.name|order.created|customer.name|order.total|line.sku|line.name|line.quantity|line.price
#1|2026-11-23 13:05:22 +0200|علی|30|A|١ كيلو|1|10
#1|2026-11-23 13:05:22 +0200||||سكر|1|10
#1|2026-11-23 13:05:22 +0200||||☂|1|10`))
	var got []string
	for _, p := range problems {
		got = append(got, p.Origin.String()+" "+string(p.Rule)+" "+p.With["char"])
	}
	want := []string{
		"orders.csv:2 [customer.name] erp.codepage ی (U+06CC)",
		"orders.csv:2 [line.name] erp.codepage ١ (U+0661)",
		"orders.csv:4 [line.name] erp.codepage ☂ (U+2602)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestBuild_Sums(t *testing.T) {
	t.Parallel()
	const head = "order.name|order.created|order.subtotal|order.discount|order.shipping|order.taxes|order.total|line.sku|line.quantity|line.price|line.discount\n"
	const first, next = "#1|2026-11-23 13:05:22 +0200|", "#1|2026-11-23 13:05:22 +0200||||||"
	tests := map[string]struct{ rows, sums string }{
		"plain":                            {first + "30|0|0|3.68|30|A|2|10|\n" + next + "B|1|10|", ""},
		"discount on the order":            {first + "27|3|50|0|77|A|3|10|", ""},
		"discounts of both, apart":         {first + "25|3|0|0|25|A|3|10|2", ""},
		"the order's holds that of a line": {first + "27|3|0|0|27|A|3|10|2", ""},
		"discount on the shipping":         {first + "30|50|50|0|30|A|3|10|", ""},
		"tip outside the subtotal":         {first + "30|0|0|0|33.85|A|3|10|\n" + next + "|1|3.85|", ""},
		"taxes on top":                     {first + "30|0|10|5.60|45.60|A|3|10|", ""},
		"no subtotal":                      {first + "|3|0|0|27|A|3|10|", ""},
		"a row is missing":                 {first + "50|0|0|0|50|A|3|10|", "the order's sums do not add up: goods 30.00 - discount 0.00 + shipping 0.00 + taxes 0.00 = 30.00, but its total is 50.00"},
		"a piastre off":                    {first + "30|0|0|0|30.01|A|3|10|", "the order's sums do not add up: goods 30.00 - discount 0.00 + shipping 0.00 + taxes 0.00 = 30.00, but its total is 30.01"},
		"the subtotal of another order":    {first + "99|0|0|0|30|A|3|10|", "the order's subtotal is 99.00, but its lines are 30.00 and its discount 0.00"},
		"rows twice":                       {first + "30|0|0|0|30|A|3|10|\n" + first + "30|0|0|0|30|A|3|10|", "the order's sums do not add up: goods 60.00 - discount 0.00 + shipping 0.00 + taxes 0.00 = 60.00, but its total is 30.00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, problems := sinkOf(t, small).Kinds()[0].Build(orders(t, head+test.rows))
			if test.sums == "" {
				if len(problems) > 0 || !doc.Money.Equal(doc.Out) {
					t.Errorf("money %s, out %s, %v", doc.Money, doc.Out, problems)
				}
				return
			}
			if len(problems) != 1 || problems[0].Says("en") != test.sums {
				t.Errorf("problems %v", problems)
			}
		})
	}
}

// TestBuild_Parts keeps what leaves in line with what is stated, whichever way
// the parts are written.
func TestBuild_Parts(t *testing.T) {
	t.Parallel()
	columns := "name: SO-{id}.csv\nshipping: {as: column}\ndiscount: {as: column}\ntaxes: {as: column}\ncolumns:\n" +
		"  - {name: a, field: sum.shipping}\n  - {name: b, field: sum.discount}\n  - {name: c, field: sum.taxes}\n  - {name: d, field: line.total}\n"
	for _, layout := range []string{small, columns} {
		s := sinkOf(t, layout)
		doc, problems := s.Kinds()[0].Build(orders(t, `
order.name|order.created|order.subtotal|order.discount|order.shipping|order.taxes|order.total|line.sku|line.quantity|line.price
#1|2026-11-23 13:05:22 +0200|27|3|10|5.18|42.18|A|3|10`))
		if len(problems) > 0 || doc.Out.String() != "42.18" {
			t.Errorf("out %s, %v", doc.Out, problems)
		}
		var body sale
		if err := json.Unmarshal(doc.Body, &body); err != nil {
			t.Fatal(err)
		}
		if s.layout.written(body).String() != "42.18" {
			t.Errorf("the body adds up to %s", s.layout.written(body))
		}
	}
}

func TestBuild_WithProblems(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, small)
	unread := orders(t, "order.name|order.total|line.sku|line.quantity|line.price\n#1|30|A|3|")
	shape := pipeline.NewShape(fields)
	unread[0].Put(shape.Index("line.price"), pipeline.Value{Bad: true})
	doc, problems := s.Kinds()[0].Build(unread)
	if len(problems) > 0 || doc.Name != "#1" || doc.Money.String() != "30" || doc.Key != "order/#1" {
		t.Errorf("a price that could not be read is a problem already: %v, %+v", problems, doc)
	}
	_, problems = s.Kinds()[0].Build(orders(t, "order.name|line.sku|line.quantity|line.price\n#1|A|3|10"))
	if len(problems) != 1 || problems[0].Rule != "erp.total" {
		t.Errorf("an order without a total: %v", problems)
	}
	_, problems = s.Kinds()[0].Build(orders(t, "order.name|line.sku|line.quantity|line.price\n|A|3|10"))
	if len(problems) > 0 {
		t.Errorf("a row of no order has no total to miss: %v", problems)
	}
	_, problems = s.Kinds()[0].Build(orders(t, "order.name|order.id|order.total|line.sku|line.quantity|line.price\n#1|7|20|A|1|10\n#1|8||B|1|10"))
	if len(problems) != 1 || problems[0].Rule != "key.twice" || problems[0].Row != 3 {
		t.Errorf("two orders of one name: %v", problems)
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	const head = "order.name|order.status|order.note|order.total|line.sku|line.name|line.quantity|line.price\n"
	build := func(layout, row string) string {
		doc, _ := sinkOf(t, layout).Kinds()[0].Build(orders(t, head+row))
		return doc.Print
	}
	base := build(small, "#1|pending||20|A|Oil|2|10")
	if got := build(small+"header: false\n", "#1|paid|ring twice|20|A|Oil, large|2|10"); got != base {
		t.Errorf("status, note and layout count as a change:\n%s\n%s", base, got)
	}
	if got := build(small, "#1|pending||20|A|Oil|1|20"); got == base {
		t.Error("another quantity does not count as a change")
	}
}
