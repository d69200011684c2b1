package transform

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// TestColumns_OfReports holds what a mapping says of its columns: by names, by number, by a
// word of the dictionary, and what their cells are read as.
func TestColumns_OfReports(t *testing.T) {
	t.Parallel()
	d := deps(t)
	d.Columns = map[string][]string{"item.code": {"كود الصنف", "Item Code"}, "quantity": {"الكمية", "Qty"}, "twice": {"X", "الرصيد"}, "other": {"الرصيد"}}
	m := mustParse(t, `
flow: f
files: ["*"]
to: shopify.stock
header: none
totals: hold
hidden: skip
fields:
  sku: 3
  quantity: {from: column D, decimal: ","}
  location: {value: gid://shopify/Location/1}
  warehouse: (group)
`, d)
	want := []Column{{Names: []string{"column 3"}, Number: 3, Required: true, Type: pipeline.Text},
		{Names: []string{"column 4"}, Number: 4, Required: true, Type: pipeline.Quantity, Pinned: true, Decimal: ","}, {Names: []string{"(group)"}, Required: true}}
	if diff := cmp.Diff(want, m.Columns()); diff != "" {
		t.Error(diff)
	}
	if !m.NoHeader || m.Totals != "hold" || m.Hidden != "skip" {
		t.Errorf("got %+v", m)
	}
	m = mustParse(t, `
flow: f
files: ["*"]
to: shopify.stock
header: 9-11
format: xlsx
end: Grand Total
unpacked: 512
fields:
  sku: {from: [Art, {word: item.code}]}
  quantity: Qty
  location: {value: gid://shopify/Location/1}
  name: الرصيد
`, d)
	if diff := cmp.Diff([]string{"Art", "كود الصنف", "Item Code"}, m.Columns()[0].Names); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"الكمية"}, m.Columns()[1].Also); diff != "" {
		t.Error(diff)
	}
	if m.Columns()[2].Also != nil || m.Header != 11 || m.HeaderTall != 3 || m.Format != "xlsx" || m.End != "Grand Total" || m.Unpacked != 512 {
		t.Errorf("a name of two words is helped by neither: %+v", m.Columns()[2])
	}
}

// TestMap_Places reads the cells where extract has found them, and by the styles
// that it told from the whole column.
func TestMap_Places(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: f
files: ["*"]
to: shopify.stock
fields:
  sku: Code
  quantity: Qty
  location: {value: gid://shopify/Location/1}
`, deps(t))
	row := pipeline.Row{Header: []string{"Qty", "Stock Code", "Stock Qty"}, Cells: []string{"9", "A-1", "1.250,5"}, Places: []int{1, 2},
		Styles: []pipeline.Style{{}, {}, {Decimal: ","}}}
	record, problems := m.Map(row)
	if got := record.Text("sku") + " " + record.Amount("quantity").String(); got != "A-1 1250.5" || len(problems) > 0 {
		t.Errorf("got %s %v", got, problems)
	}
	row.Cells = []string{"9", "A-1", "12,5"}
	if record, problems := m.Map(row); record.Amount("quantity").String() != "12.5" || len(problems) > 0 {
		t.Errorf("got %s %v", record.Amount("quantity"), problems)
	}
}
