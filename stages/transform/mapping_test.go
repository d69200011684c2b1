package transform

import (
	"errors"
	"testing"

	"wasl/pipeline"
)

// said is a row's problems, by rule.
func said(problems []pipeline.Problem) string {
	var s string
	for _, p := range problems {
		s += p.String() + "\n"
	}
	return s
}

const stock = `
flow: stock
files: ["stock*"]
to: shopify.stock
fields:
  sku: [كود الصنف, Item Code]
  quantity: [الكمية, Qty]
  location: {from: [المخزن, Warehouse], map: {"01": gid://1, Main Store: gid://2}}
  warehouse: [المخزن, Warehouse]
  name: {from: الاسم, optional: true, default: بلا اسم}
`

func TestMap(t *testing.T) {
	t.Parallel()
	m := mustParse(t, stock, deps(t))
	record, problems := m.Map(row("Qty", "7", "item_code", "A-1", "WAREHOUSE", "main-store"))
	if len(problems) > 0 || record.Text("sku") != "A-1" || record.Amount("quantity").String() != "7" || record.Text("location") != "gid://2" ||
		record.Text("warehouse") != "main-store" || record.Text("name") != "بلا اسم" || record.At("quantity").String() != "f.csv:2 [Qty]" {
		t.Errorf("got %+v, %v", record, problems)
	}
	// Another header, another place.
	if record, _ = m.Map(row("كود الصنف", "B-2", "الكميّة", "٨", "المخزن", "01")); record.Text("sku") != "B-2" || record.Amount("quantity").String() != "8" {
		t.Errorf("got %+v", record)
	}
	_, problems = m.Map(row("Item Code", "", "Qty", "x", "Warehouse", "07"))
	want := "f.csv:2 [Item Code]: sku is empty (field.missing)\n" +
		"f.csv:2 [Qty] \"x\": not a quantity (quantity.format)\n" +
		"f.csv:2 [Warehouse] \"07\": \"07\" is not in the list for location (map.unknown)\n"
	if got := said(problems); got != want {
		t.Errorf("problems:\n%swant\n%s", got, want)
	}
	if got := problems[2].Fix("en"); got != "write one of 01, Main Store; or add it to the list, which stands in the mapping or in wasl.yaml" {
		t.Errorf("fix: %s", got)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	m := mustParse(t, stock, deps(t))
	var got string
	for _, c := range m.Columns() {
		got += c.Names[0]
		if c.Required {
			got += "!"
		}
		got += " "
	}
	if want := "كود الصنف! الكمية! المخزن! الاسم "; got != want {
		t.Errorf("columns %q, want %q", got, want)
	}
}

func TestMap_Faults(t *testing.T) {
	t.Parallel()
	m := mustParse(t, stock, deps(t))
	r := row("Item Code", "A-1", "Qty", "", "Warehouse", "01", "Unread", "")
	r.Faults = []pipeline.Fault{{Col: 2, Rule: "cell.error", With: map[string]string{"code": "#REF!"}}, {Col: 4, Rule: "cell.error"}}
	record, problems := m.Map(r)
	if len(problems) != 1 || problems[0].Rule != "cell.error" || problems[0].With["code"] != "#REF!" || problems[0].Col != 2 || record.Has("quantity") || !record.Value("quantity").Bad {
		t.Errorf("a fault of a cell that is asked for: %v", problems)
	}
	r.Faults = []pipeline.Fault{{Rule: "row.short"}}
	record, problems = m.Map(r)
	if len(problems) != 1 || problems[0].Rule != "row.short" || problems[0].Col != 0 || record.Text("sku") != "A-1" {
		t.Errorf("a fault of the row: %v", problems)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	d := deps(t)
	asked := 0
	d.Lookup = func(table, code string) (map[string]string, bool, error) {
		asked++
		switch code {
		case "A-1":
			return map[string]string{"unit": "EA", "vat_rate": "14"}, true, nil
		case "broken":
			return nil, false, errors.New("disk")
		}
		return nil, false, nil
	}
	m := mustParse(t, `
flow: x
files: x
to: all
fields:
  label: {from: A, lookup: items, take: unit}
  rate: {from: A, lookup: items, take: vat_rate}
  code: {from: A, lookup: items, take: eta_code, default: none}
  other: {from: A, lookup: items, take: price}
`, d)
	if got := m.Tables(); len(got) != 1 || got[0] != "items" {
		t.Errorf("tables %v", got)
	}
	record, problems := m.Map(row("A", "A-1"))
	if record.Text("label") != "EA" || record.Amount("rate").String() != "14" || record.Text("code") != "none" {
		t.Errorf("got %+v", record)
	}
	if len(problems) != 1 || problems[0].Rule != "lookup.empty" || problems[0].With["take"] != "price" || problems[0].Value != "A-1" {
		t.Errorf("a row without the column: %v", problems)
	}
	if asked != 1 {
		t.Errorf("looked up %d times for one row", asked)
	}
	for code, rule := range map[string]pipeline.Rule{"A-2": "lookup.missing", "broken": "lookup.failed", "6E+12": "code.exponent"} {
		record, problems = m.Map(row("A", code))
		if len(problems) == 0 || problems[0].Rule != rule || record.Has("rate") || !record.Value("rate").Bad || rule != "code.exponent" && len(problems) != 1 {
			t.Errorf("%s: %v, want one %s", code, problems, rule)
		}
	}
	if _, problems = m.Map(row("A", "")); len(problems) != 0 {
		t.Errorf("nothing to look up: %v", problems)
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
fields:
  code: {from: A, strip: [SKU-, "#"], trim: "*", upper: true}
  label: {from: A, map: {x1: "", y: why}, other: rest}
  rate: {from: R, fraction: true}
  quantity: {value: "3"}
  amount: {from: A2, optional: true, required: true, default: "5"}
`, deps(t))
	record, problems := m.Map(row("A", "SKU-*x1* #", "R", "0.14"))
	if len(problems) > 0 || record.Text("code") != "X1" || record.Text("label") != "rest" || record.Amount("rate").String() != "14" ||
		record.Amount("quantity").String() != "3" || record.Amount("amount").String() != "5" {
		t.Errorf("got %+v, %v", record, problems)
	}
	if record, _ = m.Map(row("A", "X1", "R", "14%")); record.Amount("rate").String() != "14" { // as a workbook shows it
		t.Errorf("a cell with the sign: %s", record.Amount("rate"))
	}
	if record, _ = m.Map(row("A", "X1", "R", "")); record.Has("label") || record.Has("rate") {
		t.Errorf("got %+v", record)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "flow: x\nfiles: [\"Stock_*.CSV\", \"*رصيد المخازن*\", \"أصناف?.xlsx\"]\nto: all\nfields: {label: A}\n", deps(t))
	for name, want := range map[string]bool{
		"stock_1.csv": true, "STOCK_.csv": true, "stock-1.csv": false, "xstock_1.csv": false, "تقرير رصيد المخازن 24.xlsx": true, "رصيد  المخازن": false,
		"اصناف١.xlsx": true, "اصناف12.xlsx": false, "": false,
	} {
		if got := m.Match(name); got != want {
			t.Errorf("Match(%q) = %v", name, got)
		}
	}
}

// BenchmarkMap maps rows of six plain fields.
func BenchmarkMap(b *testing.B) {
	m := mustParse(b, `
flow: x
files: x
to: shopify.stock
fields: {sku: Code, quantity: Qty, location: {from: Store, map: {"01": gid://shopify/Location/1}}, warehouse: Store, name: Name}
`, deps(b))
	items := mustParse(b, `
flow: x
files: x
to: table.items
fields: {code: Code, name_ar: Name, barcode: Barcode, group: Group, price: Price, vat_rate: VAT}
`, deps(b))
	orders := mustParse(b, `
flow: x
files: x
to: erp.order
fields:
  order.name: Name
  order.created: Created at
  line.quantity: Qty
  line.price: Price
  customer.name: {expr: 'first(col("Shipping Name"), col("Billing Name"))'}
  order.subtotal: {expr: 'line.quantity * line.price'}
`, deps(b))
	for name, run := range map[string]struct {
		m   *Mapping
		row pipeline.Row
	}{
		"stock":  {m, row("Code", "A-1001", "Qty", "1250", "Store", "01", "Name", "شاي العروسة ٢٥٠ جم")},
		"items":  {items, row("Code", "A-1001", "Name", "شاي العروسة ٢٥٠ جم", "Barcode", "6221234567890", "Group", "مشروبات", "Price", "114.50", "VAT", "14")},
		"orders": {orders, row("Name", "#1001", "Created at", "2026-11-23 13:05:22 +0200", "Qty", "2", "Price", "12.50", "Shipping Name", "", "Billing Name", "Mona")},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, problems := run.m.Map(run.row); len(problems) > 0 {
					b.Fatal(problems)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
