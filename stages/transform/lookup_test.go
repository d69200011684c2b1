package transform

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shelves are reference tables of an item list, prices and code lists.
func shelves(t *testing.T) Deps {
	d := deps(t)
	var w world
	w.tables(map[string]map[string]map[string]string{
		"items": {
			"A-1001": {"code": "A-1001", "barcode": "6221031000010", "name_ar": "شاي", "unit": "EA"},
			"A-1002": {"code": "A-1002", "barcode": "6221031000027", "name_ar": "بن"},
			"A-1003": {"code": "A-1003", "barcode": "6221031000027"},
			"123":    {"code": "123", "barcode": "8940000000002"},
		},
		"prices": {"retail/A-1001": {"list": "retail", "code": "A-1001", "price": "14.5"}},
		"codes":  {"units/قطعة": {"list": "units", "code": "قطعة", "value": "EA"}, "units/كرتونة": {"list": "units", "code": "كرتونة", "value": "CT"}},
	})
	d.Lookup, d.Find, d.Near = w.lookup, w.find, w.near
	return d
}

func TestLookup_Ways(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
fields:
  label:  {from: K, lookup: [{table: items, by: code}, {table: items, by: barcode}], take: name_ar, optional: true}
  code:   {from: B, lookup: items, by: barcode, take: code, optional: true}
  amount: {from: P, lookup: {table: prices, list: retail}, take: price, optional: true}
  third:  {from: Q, optional: true}
`, shelves(t))
	if want := []string{"items", "prices"}; !slices.Equal(m.Tables(), want) {
		t.Errorf("tables %v, want %v", m.Tables(), want)
	}
	for _, c := range []struct{ column, cell, field, want string }{
		{"K", "A-1001", "label", "شاي"}, {"K", "6221031000010", "label", "شاي"}, {"K", "٦٢٢١٠٣١٠٠٠٠١٠", "label", "شاي"},
		{"B", "6221031000010", "code", "A-1001"}, {"P", "A-1001", "amount", "14.5"},
		{"K", "6221031000027", "label", "!lookup.several table=items by=barcode code=6221031000027 found=A-1002, A-1003"},
		{"K", "A-1004", "label", "!lookup.missing table=items, items.barcode code=A-1004 near=A-1001, A-1002, A-1003"},
		{"K", "0A1001", "label", "!lookup.missing table=items, items.barcode code=0A1001 near=A-1001"},
		{"K", "00123", "label", "!lookup.missing table=items, items.barcode code=00123 near=123"},
		{"K", "X-1001", "label", "!lookup.missing table=items, items.barcode code=X-1001 near=A-1001, A-1002, A-1003"},
		{"K", "nothing like it", "label", "!lookup.missing table=items, items.barcode code=nothing like it near=-"},
		{"P", "A-1002", "amount", "!lookup.missing table=prices/retail code=A-1002 near=A-1001"},
		{"B", "6221031000011", "code", "!lookup.missing table=items.barcode code=6221031000011 near=6221031000010, 6221031000027"},
		{"B", "6.22103E+12", "code", "!code.exponent near=6221031000010, 6221031000027"},
		{"K", "8.9E+12", "label", "!code.exponent near=8940000000002"},
		{"K", "1.5E+12", "label", "!code.exponent near=-"},
	} {
		record, problems := m.Map(row(c.column, c.cell))
		got := ""
		if v := record.Value(c.field); v.Set {
			got = plainText(m.shape.Fields()[m.shape.Index(c.field)].Type, v)
		}
		for _, p := range problems {
			got += "!" + string(p.Rule)
			for _, name := range []string{"table", "by", "code", "found", "near"} {
				if fact, ok := p.With[name]; ok {
					got += " " + name + "=" + fact
				}
			}
			if strings.Contains(p.Says("en")+p.Says("ar")+p.Fix("ar"), "{") {
				t.Errorf("words with a hole: %s", p.Says("en"))
			}
		}
		if got != c.want {
			t.Errorf("%s %q: %s, want %s", c.column, c.cell, got, c.want)
		}
	}
}

// TestMap_List: a list of the table codes is a value map that a file brings.
func TestMap_List(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
fields:
  label: {from: U, map: {table: codes, list: units}}
  code:  {from: V, map: {table: codes, list: units}, other: EA, optional: true}
`, shelves(t))
	record, problems := m.Map(row("U", "قطعه", "V", "?"))
	if problems != nil || record.Text("label") != "EA" || record.Text("code") != "EA" || !slices.Equal(m.Tables(), []string{"codes"}) {
		t.Errorf("got %q %q %v %v", record.Text("label"), record.Text("code"), problems, m.Tables())
	}
	if _, problems = m.Map(row("U", "طن")); len(problems) != 1 || problems[0].Rule != "map.unknown" || problems[0].With["known"] != "قطعة, كرتونة" {
		t.Errorf("a unit that is not in the list: %v", problems)
	}
}

// TestNearest_Large: of many keys the nearest are found at a small cost, wherever
// the slip is.
func TestNearest_Large(t *testing.T) {
	t.Parallel()
	var keys []string
	for i := range 50_000 {
		keys = append(keys, fmt.Sprintf("K-%07d", i*37))
	}
	w := &world{near: func(string, string, string) []string { return keys }, keys: &nearestKeys{tables: map[string]*keyOrder{}}}
	for missing, want := range map[string]string{"K-0037003": "K-0037000", "X-0037000": "K-0037000", "K0037000": "K-0037000", "KK-0037000": "K-0037000"} {
		if got := w.nearest([]way{{table: "items"}}, missing); !slices.Contains(got, want) {
			t.Errorf("near %s: %v, want %s", missing, got, want)
		}
	}
	if n := len(w.order(way{table: "items"}).around("K-0999999")); n > 6*window {
		t.Errorf("%d keys were compared with one", n)
	}
}

// TestExpr_Choice: when and cond.
func TestExpr_Choice(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
fields:
  quantity: {from: Q, optional: true}
  label: {expr: 'when(has(quantity), "stock", "none")'}
  code:  {expr: 'cond(col("U") in ["kg", "KGM"], "KGM", col("U") == "", "EA", upper(col("U")))'}
  amount: {expr: 'when(quantity > 10, quantity * 0.9, quantity / (quantity - 10))', optional: true}
`, deps(t))
	for _, c := range []struct{ q, u, label, code, amount string }{
		{"20", "kg", "stock", "KGM", "18"}, {"", "", "none", "EA", ""}, {"5", "box", "stock", "BOX", "-1"},
	} {
		record, problems := m.Map(row("Q", c.q, "U", c.u))
		amount := ""
		if record.Has("amount") {
			amount = record.Amount("amount").String()
		}
		if problems != nil || record.Text("label") != c.label || record.Text("code") != c.code || amount != c.amount {
			t.Errorf("%+v: %q %q %q %v", c, record.Text("label"), record.Text("code"), amount, problems)
		}
	}
	for _, text := range []string{`when(true, 1)`, `cond(true, 1)`, `cond(true, 1, false, 2)`, `when(quantity, 1, 2)`, `when(true, 1, "a")`, `when()`} {
		_, found := Parse("m.yaml", []byte("flow: x\nfiles: x\nto: all\nfields:\n  quantity: B\n  amount: {expr: '"+text+"'}\n"), deps(t))
		if len(found) == 0 || found[0].Line != 6 {
			t.Errorf("%s: %s", text, lines(found))
		}
	}
}

// TestFindings_New: what is wrong with the newer keys is told where it stands.
func TestFindings_New(t *testing.T) {
	t.Parallel()
	_, found := Parse("m.yaml", []byte(`flow: x
files: x
to: all
split:
  - {pattern: '(?<a>x)'}
  - {from: N, pattern: '(x'}
  - {from: N, pattern: 'x'}
  - {from: N, pattern: '(?<b>x)', optinal: true}
fields:
  label:    {from: A, lookup: [{table: items, by: barcod}, {table: price}], take: unit}
  code:     {from: A, lookup: prices, take: price}
  amount:   {from: A, round: many, by: barcode}
  quantity: {from: A, lookup: {table: items, list: x}, take: code}
  date:     {from: A, as: serials, pivot: 0}
  bool:     {from: A, round: 2, fill: up}
  other:    {value: "1", fill: down}
  third:    {from: A, map: {table: code, list: x}, empty: []}
`), deps(t))
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Col, f.Rule))
		if !f.Rule.Known() || strings.Contains(f.In("en")+f.In("ar"), "{name}") {
			t.Errorf("%s", f.In("en"))
		}
	}
	want := []string{"5:5 mapping.none", "6:24 mapping.split", "7:24 mapping.split", "8:35 mapping.key", "10:51 mapping.take", "10:68 mapping.table",
		"11:31 mapping.list", "12:30 yaml.type", "12:36 mapping.needs", "13:39 mapping.nolist", "14:27 config.choice", "14:43 yaml.type", "15:23 mapping.numeric", "15:39 config.choice",
		"16:26 mapping.needs", "17:36 mapping.table", "17:59 yaml.type"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("findings:\n%s\nwant:\n%s\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), lines(found))
	}
}
