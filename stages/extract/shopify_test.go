package extract

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

var orderOptions = Options{Format: FormatOrders, Columns: []Column{{Names: []string{"Lineitem sku"}, Required: true}, {Names: []string{"Notes"}}}}

func TestOrders_Headers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"orders_79col.csv", "orders_75col_2021.csv", "orders_12col_reversed.csv"} {
		rows, read, err := readFile(t, orderOptions, "testdata/"+name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, r := range rows {
			got = append(got, strings.Join([]string{cellOf(r, "Name"), cellOf(r, "Id"), cellOf(r, "Total"), cellOf(r, "Lineitem name")}, " "))
			if len(r.Faults) > 0 {
				t.Errorf("%s: %v", name, r.Faults)
			}
		}
		want := []string{"#1001 5455635380001 350.00 زيت زيتون", "#1001   عسل \"نحل\"", "#1002 5455635380002 80.50 Tea, green"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
		if read.Format != FormatOrders || read.Rows != 3 {
			t.Errorf("%s: %+v", name, read)
		}
	}
}

func TestOrders_Apostrophes(t *testing.T) {
	t.Parallel()
	rows, _, err := readFile(t, orderOptions, "testdata/orders_79col.csv")
	if err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string]string{"Billing Zip": "11511", "Billing Phone": "+20 100 000 0001", "Notes": "اتصل قبل الوصول\nالدور الثالث"} {
		if got := cellOf(rows[0], column); got != want {
			t.Errorf("%s: got %q, want %q", column, got, want)
		}
	}
}

func TestOrders_Refused(t *testing.T) {
	t.Parallel()
	_, _, err := readFile(t, orderOptions, "testdata/checkouts_70col.csv")
	if p := refusal(t, err, false); p.Rule != "shopify.checkouts" {
		t.Errorf("got %v", p)
	}
	_, _, err = readFile(t, orderOptions, "testdata/orders_no_amounts.csv")
	if p := refusal(t, err, false); p.Rule != "column.missing" || p.With["columns"] != "Subtotal, Shipping, Total, Lineitem price, Id" {
		t.Errorf("got %v", p)
	}
	// What the mapping reads as well is missed once all the same.
	mapped := orderOptions
	mapped.Columns = []Column{{Names: []string{"Total"}, Required: true}, {Names: []string{"Route"}, Required: true}, {Names: []string{"id"}}}
	_, _, err = readFile(t, mapped, "testdata/orders_no_amounts.csv")
	if p := refusal(t, err, false); p.With["columns"] != "Subtotal, Shipping, Total, Lineitem price, Id, Route" {
		t.Errorf("got %v", p)
	}
	// Checkouts with columns taken out: no order is without a status.
	b, err := os.ReadFile("testdata/orders_12col_reversed.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = readBytes(t, orderOptions, "f", []byte(strings.ReplaceAll(string(b), ",paid,", ",,")))
	if p := refusal(t, err, false); p.Rule != "shopify.checkouts" || p.Row != 2 {
		t.Errorf("got %v", p)
	}
}

// TestOrders_Mixed reads what becomes of an export in a spreadsheet.
func TestOrders_Mixed(t *testing.T) {
	t.Parallel()
	const header = "Name,Created at,Currency,Subtotal,Shipping,Total,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Financial Status,Id,Duties\n"
	order := func(name, id string) string { return name + ",d,EGP,1,0,1,1,x,1,s,paid," + id + ",\n" }
	line := func(name string) string { return name + ",d,,,,,1,y,1,s,,,\n" }
	in := header + line("#3") + order("#1", "1") + line("#1") + line("#2") + line("#2") +
		header + order("#3", "9.23E+11") + "\n" + order("#1", "1") + line("#3") +
		line("") + order("", "4") + order("", "5") // of no order, and so neither parted from one nor twice
	rows, read, err := readBytes(t, orderOptions, "f", []byte(in))
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]pipeline.Rule{}
	for _, r := range rows {
		for _, f := range r.Faults {
			got[r.Row] = f.Rule
		}
	}
	want := map[int]pipeline.Rule{5: "row.orphan", 8: "cell.exponent", 10: "row.twice"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]pipeline.Ignored{{Row: 7, Why: "header again"}}, read.Ignored); diff != "" {
		t.Error(diff)
	}
	if len(rows) != 11 {
		t.Errorf("%d rows", len(rows))
	}
}
