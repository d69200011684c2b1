package transform

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// TestParse_Findings: everything that is wrong is said at once, with its place.
func TestParse_Findings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", ``, `m.yaml:1:1: the mapping cannot be read; write flow:, files:, to: and fields:
`},
		{"no YAML", "flow: [a\nto: b", `m.yaml:2:1: this is not YAML: ',' or ']' must be specified; look at the indentation, the colons and the quotes in this line and the one before
`},
		{"nothing marked so", "flow: x\nfiles: x\nto: all\nfields: *mine\n", `m.yaml:4:1: fields is missing; write fields: and the kind's fields, one a line
m.yaml:4:10: this is not YAML: nothing above is marked &mine; look at the indentation, the colons and the quotes in this line and the one before
`},
		{"all kinds of slips", `flow: ERP stock
flies: x
files: ["[x", "a/b"]
format: tabel
header: first
to: shopify.stock
fields:
  skuu: Item Code
  sku: Item Code
  sku: Code
  quantity: {from: Qty, as: bool, decimal: ";", lokup: items}
  location: {from: Warehouse, map: shopify.location}
  name: {from: Name, value: x}
skip:
  - when: 'sku == "x"'
`, `m.yaml:1:7: "ERP stock" is not the name of a flow; write small letters, digits and hyphens, such as erp-stock
m.yaml:2:1: there is no key flies here; did you mean files?
m.yaml:3:8: "[x" is not a pattern of file names; write a name with * for any letters, such as stock*.csv, without a folder
m.yaml:3:8: "a/b" is not a pattern of file names; write a name with * for any letters, such as stock*.csv, without a folder
m.yaml:4:9: format is "tabel"; write one of: table shopify.orders shopify.customers shopify.transactions shopify.payouts shopify.payments csv xlsx xls html xml
m.yaml:5:9: header cannot be read; write the number of a row counted from 1, two of them such as 9-11, or none
m.yaml:8:3: there is no field skuu; did you mean sku?
m.yaml:10:3: sku stands here twice; keep one of the two
m.yaml:11:29: quantity is of the type quantity and cannot hold a bool; write as: quantity, or leave it out
m.yaml:11:44: fields.quantity.decimal is ";"; write one of: . ,
m.yaml:11:49: there is no key lokup here; did you mean lookup?
m.yaml:12:36: wasl.yaml has no list shopify.location; did you mean shopify.locations?
m.yaml:13:3: name needs one source; write exactly one of from:, value: and expr:
m.yaml:15:5: why is missing; write why: and the reason that reports show: {en: ..., ar: ...}
`},
		{"what is missing", "about: x\nto: shopify.stock\nfields: {sku: A}\n", `m.yaml:1:1: flow is missing; write flow: and a name such as erp-stock
m.yaml:1:1: files is missing; write files: and patterns such as ["stock*.csv"]
m.yaml:3:1: shopify.stock needs the field location, which this mapping does not supply; add location: and the header of its column
m.yaml:3:1: shopify.stock needs the field quantity, which this mapping does not supply; add quantity: and the header of its column
`},
		{"no such kind", "flow: x\nfiles: x\nto: shopify.stok\nfields: {}\n", `m.yaml:3:5: there is no kind of document shopify.stok; did you mean shopify.stock? wasl kinds lists them
`},
		{"lookups, layouts, defaults", `flow: x
files: x
to: all
fields:
  label: {from: A, lookup: item, take: name}
  code: {from: A, lookup: items, take: eta_cod}
  amount: {from: A, default: much}
  quantity: {from: A, take: x, other: "1"}
  date: {from: A, layout: [02/01, 2006-01-02]}
  time: {from: A, zone: Africa/Kairo}
  bool: {value: perhaps}
  rate: {from: }
  other: [A, {b: c}]
`, `m.yaml:5:28: there is no table item; did you mean items?
m.yaml:6:40: the table items has no column eta_cod; did you mean eta_code?
m.yaml:7:30: "much" cannot be read as amount; write it as a cell would hold it
m.yaml:8:23: take: stands without lookup:; write both, or neither
m.yaml:8:32: other: stands without map:; write both, or neither
m.yaml:9:27: the layout "02/01" does not say year, month and day; write how 2 January 2006, 15:04:05, looks: 02/01/2006 15:04:05
m.yaml:10:25: there is no time zone "Africa/Kairo"; write a name such as Africa/Cairo
m.yaml:11:17: "perhaps" cannot be read as bool; write it as a cell would hold it
m.yaml:12:10: fields.rate.from cannot be read; write a text, or a list of texts
m.yaml:13:15: there is no key b here; did you mean word?
`},
		{"expressions", `flow: x
files: x
to: all
fields:
  amount: {expr: 'quantity * pric'}
  quantity: {expr: "amount +"}
  rate: {expr: 'col(text)'}
  label: {expr: 'amount > 1'}
  other: {expr: 'third + 1'}
  third: {expr: 'other + 1'}
  date: {expr: 'now()'}
  bool:
    expr: |
      amount > 1
      and amunt < 5
skip:
  - when: 'amount + 1'
    why: x
  - when: 'has(time) or col("A") == ""'
    why: x
`, `m.yaml:5:30: the expression is wrong here: there is no field pric, and a text stands in quotes: "pric"; correct it; numbers, texts in quotes, field names, col("Header") and has(field) may stand in it
m.yaml:6:28: the expression is wrong here: unexpected token EOF; correct it; numbers, texts in quotes, field names, col("Header") and has(field) may stand in it
m.yaml:7:17: the expression is wrong here: col takes the header of a column in quotes: col("Item Code"); correct it; numbers, texts in quotes, field names, col("Header") and has(field) may stand in it
m.yaml:8:17: the expression gives bool, where text is wanted; change the expression
m.yaml:9:3: other is computed from itself; use another field, or col()
m.yaml:11:17: the expression is wrong here: there is no field now, and a text stands in quotes: "now"; correct it; numbers, texts in quotes, field names, col("Header") and has(field) may stand in it
m.yaml:15:11: there is no field amunt; did you mean amount?
m.yaml:17:11: the expression gives number, where bool is wanted; change the expression
m.yaml:19:11: the expression is wrong here: a document has no columns: put col() into a field, and name that; correct it; numbers, texts in quotes, field names, col("Header") and has(field) may stand in it
`},
		{"examples", `flow: x
files: x
to: all
fields:
  label: A
examples:
  - row: {B: x}
    gives: {label: x}
  - row: {A: x}
    gives: {labl: x}
  - row: {A: x}
    problem: amount.fromat
  - gives: {label: x}
  - row: {A: x}
    tabels: {}
`, `m.yaml:7:11: no field reads a column B; did you mean A?
m.yaml:10:13: there is no field labl; did you mean label?
m.yaml:12:14: there is no rule amount.fromat; did you mean amount.format? wasl rules lists them
m.yaml:13:5: row is missing; write row: and the cells of a row by their headers
m.yaml:14:5: gives is missing; write gives: and what the row gives, or problem: and a rule, or skip: true
m.yaml:15:5: there is no key tabels here; did you mean tables?
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, found := Parse("m.yaml", []byte(c.text), deps(t))
			if m != nil {
				t.Error("a mapping with findings is made")
			}
			if diff := cmp.Diff(c.want, lines(found)); diff != "" {
				t.Errorf("findings (- want, + got):\n%s", diff)
			}
			for _, f := range found {
				if !f.Rule.Known() || strings.Contains(f.In("ar"), "{") && !strings.Contains(f.In("ar"), "{en:") {
					t.Errorf("%s lacks words: %s", f.Rule, f.In("ar"))
				}
			}
		})
	}
}

// TestCheck: an example that does not hold is told with what was got and what
// was wanted.
func TestCheck(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `flow: x
files: x
to: all
fields:
  label: {from: A, optional: true}
  amount: {from: B, optional: true}
  code: {from: A, lookup: items, take: unit, optional: true}
skip:
  - when: 'label == "out"'
    why: {en: out it is, ar: مستبعد}
examples:
  - row: {A: x, B: 12.50}
    tables: {items: {x: {unit: EA}}}
    gives: {label: x, amount: 12.5, code: EA}
  - row: {A: x, B: "7"}
    tables: {items: {x: {unit: EA}}}
    gives: {label: y, amount: "8"}
  - row: {B: much}
    gives: {amount: "1"}
  - row: {B: "1"}
    problem: amount.format
  - row: {A: out}
    tables: &t {items: {out: {unit: EA}}}
    gives: {label: out}
  - row: {B: "1"}
    skip: true
  - row: {A: out}
    tables: *t
    skip: another reason
  - row: {A: out}
    tables: *t
    skip: مستبعد
  - row: {A: x}
    problem: lookup.missing
  - rows: [{B: ""}, {B: "2"}]
    gives: {amount: null}
`, deps(t))
	want := `m.yaml:17:20: example: label is "x", not "y"; correct the field or the example
m.yaml:17:31: example: amount is "7", not "8"; correct the field or the example
m.yaml:18:5: example: a problem that it does not name: amount.format, of amount "much"; correct the mapping, or write problem: amount.format
m.yaml:21:14: example: the problem amount.format does not occur; correct the mapping or the example
m.yaml:22:5: example: it is left out: out it is; correct the skip:, or say skip: true in the example
m.yaml:26:5: example: it is not left out; correct the skip: or the example
m.yaml:29:11: example: skip is "out it is", not "another reason"; correct the field or the example
`
	if diff := cmp.Diff(want, lines(m.Check())); diff != "" {
		t.Errorf("findings (- want, + got):\n%s", diff)
	}
	if n := len(m.Examples()); n != 10 {
		t.Errorf("%d examples, want 10", n)
	}
}

// FuzzParse: whatever is written, Parse ends, and either makes a mapping or says
// where it is wrong; a mapping maps any row.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"erp-items", "erp-stock", "shopify-orders-to-erp", "shopify-orders-to-eta"} {
		if text, err := os.ReadFile("../../mappings/" + name + ".yaml"); err == nil {
			f.Add(text)
		}
	}
	f.Add([]byte("flow: x\nfiles: x\nto: all\nfields: {amount: {expr: 'col(\"A\") + text(quantity)'}, quantity: A}\n"))
	f.Add([]byte("a: &a [*a, *a]\nto: *a\n"))
	f.Add([]byte("fields: {<<: {a: b}}\n? [x]\n: y\n"))
	d := deps(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, found := Parse("m.yaml", text, d)
		if (m == nil) != (len(found) > 0) {
			t.Fatalf("mapping %v with %d findings", m != nil, len(found))
		}
		for _, at := range found {
			if at.Line < 1 || at.Col < 1 || !at.Rule.Known() {
				t.Fatalf("finding without a place or words: %+v", at)
			}
		}
		if m != nil {
			m.Check()
			r := pipeline.Row{Header: []string{"A"}, Cells: []string{"1"}}
			record, _ := m.Map(r)
			m.Skip([]pipeline.Record{record})
		}
	})
}
