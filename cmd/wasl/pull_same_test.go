package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/extract"
	"wasl/stages/load/shopify"
	"wasl/stages/load/shopify/shopifytest"
)

// onlyFiles are the columns of the admin's export that the API does not say.
var onlyFiles = []string{"Accepts Marketing", "Lineitem compare at price", "Employee", "Location", "Device ID", "Risk Level",
	"Receipt Number", "Payment Terms Name", "Next Payment Due At"}

// The same orders, as the admin exports them and as they are pulled, are the same
// rows: what both can say is equal, and what only one can say is absent in the other.
func TestPull_SaysWhatTheExportSays(t *testing.T) {
	t.Parallel()
	for _, included := range []bool{true, false} {
		for seed := range uint64(8) {
			t.Run(fmt.Sprint("included ", included, ", seed ", seed), func(t *testing.T) {
				t.Parallel()
				shop := shopifytest.New(shopifytest.Options{TaxesIncluded: included, Unthrottled: true, Zone: "Africa/Cairo",
					Scopes: append(slices.Clone(shopifytest.OrderScopes), "read_all_orders")})
				t.Cleanup(shop.Close)
				tellStories(shop, rand.New(rand.NewPCG(seed, 7)), 40)
				sink, err := shopify.New(shopify.Config{Shop: "wasl-test.myshopify.com", BaseURL: shop.URL(), AccessToken: "main"}, shopify.Deps{
					Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil }})
				if err != nil {
					t.Fatal(err)
				}
				p, err := sink.Pull(t.Context(), shopify.PullOrders, shopify.Want{Dir: t.TempDir()})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = p.Close() })
				text, err := io.ReadAll(p.Reader())
				if err != nil {
					t.Fatal(err)
				}
				exported, pulled := ordersOf(t, "orders_export.csv", []byte(shop.ExportOrders())), ordersOf(t, p.Name, text)
				if len(exported) != 40 || len(pulled) != 40 {
					t.Fatalf("%d orders exported, %d pulled", len(exported), len(pulled))
				}
				for name, want := range exported {
					sameOrder(t, name, want, pulled[name])
				}
			})
		}
	}
}

// ordersOf are the rows of a file, by order.
func ordersOf(t *testing.T, name string, b []byte) map[string][]pipeline.Row {
	t.Helper()
	out := map[string][]pipeline.Row{}
	_, rows := extract.Options{Format: extract.FormatOrders}.Extract(t.Context(), pipeline.Drop{Name: name, Size: int64(len(b))}, bytes.NewReader(b))
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if len(row.Faults) > 0 {
			t.Fatalf("%s row %d: %v", name, row.Row, row.Faults)
		}
		order := at(row, "Name")
		out[order] = append(out[order], row)
	}
	return out
}

func at(row pipeline.Row, column string) string {
	if i := slices.Index(row.Header, column); i >= 0 {
		return row.Cells[i]
	}
	return ""
}

// sameOrder holds the lines of an order against each other. A tip is a line of the
// file, and a column of what was pulled.
func sameOrder(t *testing.T, name string, exported, pulled []pipeline.Row) {
	t.Helper()
	tip := ""
	exported = slices.DeleteFunc(slices.Clone(exported), func(r pipeline.Row) bool {
		if at(r, "Lineitem name") == "Tip" {
			tip = at(r, "Lineitem price")
			return true
		}
		return false
	})
	if len(pulled) == 0 {
		t.Errorf("%s was not pulled", name)
		return
	}
	if got := plainValue("Tip", at(pulled[0], "Tip")); got != plainValue("Tip", tip) && !(tip == "" && got == "0") {
		t.Errorf("%s: a tip of %s was pulled, %s exported", name, got, tip)
	}
	items := slices.DeleteFunc(slices.Clone(pulled), func(r pipeline.Row) bool { return at(r, "Line type") != "item" })
	if len(items) != len(exported) {
		t.Errorf("%s: %d lines were pulled, %d exported", name, len(items), len(exported))
		return
	}
	for i, want := range exported {
		for col, column := range want.Header {
			e, p := plainValue(column, want.Cells[col]), plainValue(column, at(items[i], column))
			if slices.Contains(onlyFiles, column) {
				if p != "" {
					t.Errorf("%s line %d, %s: pulled %q, which the API does not say", name, i+1, column, p)
				}
				continue
			}
			if e != p && !(column == "Fulfilled at" && p == "") { // the file keeps it where more was ordered since
				t.Errorf("%s line %d, %s: exported %q, pulled %q", name, i+1, column, e, p)
			}
		}
	}
}

// plainValue is a value as a mapping would read it: times as instants, amounts
// without idle zeros.
func plainValue(column, value string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	if d, rule := pipeline.ParseNumber(value, ".", nil); rule == "" && !strings.Contains(column, "Phone") && !strings.Contains(column, "Zip") {
		return d.String()
	}
	return value
}

// tellStories places orders to which things happen at random. What cannot happen
// does not.
func tellStories(s *shopifytest.Server, r *rand.Rand, n int) {
	s.AddVariant(shopifytest.Variant{SKU: "A-1", Price: "349.00"})
	s.AddCustomer(shopifytest.Customer{ID: "gid://shopify/Customer/1", FirstName: "منى", Email: "m@example.com", TaxID: "123-456-789"})
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	begin := time.Now().Add(-48 * time.Hour).Truncate(time.Second)
	for i := range n {
		o := shopifytest.Order{Name: fmt.Sprintf("#R%d", i), At: begin.Add(time.Duration(i) * time.Minute), Email: pick("", "b@example.com"), Phone: pick("", "+20 100 000 0001"),
			Note: pick("", "ring,\n\"twice\""), Tags: []string{"web", pick("cod", "vip")}, Gateway: pick("", "Cash on Delivery (COD)", "paymob"),
			Tip: pick("", "", "5"), Test: r.IntN(9) == 0, Source: pick("web", "pos"), Attributes: []shopifytest.Attribute{{Key: "city", Value: "طنطا"}}}
		if r.IntN(2) == 0 {
			o.Customer = "gid://shopify/Customer/1"
		}
		if r.IntN(4) > 0 {
			o.Taxes = []shopifytest.OrderTax{{Title: "VAT", Rate: "0.14"}}
			o.Shipping = &shopifytest.Address{FirstName: "Mona", LastName: "Adel", Company: pick("", "Nour"), Address1: "1 St", Address2: pick("", "Flat 2"), City: "Tanta",
				Province: "Gharbia", Code: "GH", Zip: "31511", Phone: pick("", "+201001234567")}
			o.Billing = o.Shipping
		}
		for range 1 + r.IntN(4) {
			o.Lines = append(o.Lines, shopifytest.OrderLine{SKU: pick("", "A-1"), Title: pick("Tea", "شاي, أخضر"), Price: pick("10", "99.95", "0.35"), Quantity: 1 + r.IntN(3),
				Discount: pick("", "", "0.25"), Untaxed: r.IntN(5) == 0, GiftCard: r.IntN(12) == 0, NoShipping: r.IntN(6) == 0, Vendor: pick("", "Nour")})
		}
		if r.IntN(3) > 0 {
			o.Freight = append(o.Freight, shopifytest.Freight{Title: "Bosta", Price: pick("35", "0", "12.5")})
		}
		switch r.IntN(5) {
		case 0:
			o.Discounts = []shopifytest.OrderDiscount{{Kind: "code", Title: "TEN", Percent: "10"}}
		case 1:
			o.Discounts = []shopifytest.OrderDiscount{{Kind: "automatic", Title: "Spring", Amount: "1"}, {Kind: "automatic", Title: "Free shipping", Percent: "100", Shipping: true}}
		}
		id := s.PlaceOrder(o)
		for k := range 1 + r.IntN(5) {
			step := randomStep(r, pick)
			step.At = o.At.Add(time.Duration(k+1) * time.Hour)
			_ = s.Tell(id, step) // what cannot happen does not
		}
	}
}

func randomStep(r *rand.Rand, pick func(...string) string) shopifytest.Step {
	item := shopifytest.StepItem{Line: 1 + r.IntN(2), Quantity: 1}
	switch r.IntN(12) {
	case 0, 1, 2:
		return shopifytest.Step{Do: "pay", Gateway: pick("", "paymob", "shopify_payments"), Amount: pick("", "", "5"), PaymentID: pick("", "ref-1")}
	case 3:
		return shopifytest.Step{Do: "pay", Kind: pick("AUTHORIZATION", "CAPTURE", "VOID"), Status: pick("SUCCESS", "FAILURE", "PENDING")}
	case 4:
		return shopifytest.Step{Do: "fulfil", Tracking: []shopifytest.Tracking{{Company: "Bosta", Number: "T1"}}}
	case 5:
		return shopifytest.Step{Do: "fulfil", Items: []shopifytest.StepItem{item}}
	case 6:
		item.Restock = pick("RETURN", "CANCEL", "NO_RESTOCK")
		return shopifytest.Step{Do: "refund", Items: []shopifytest.StepItem{item}, Amount: pick("", "0", "1"), Shipping: pick("", "all")}
	case 7:
		return shopifytest.Step{Do: "edit", Items: []shopifytest.StepItem{{Line: 1, Quantity: r.IntN(3)}}}
	case 8:
		return shopifytest.Step{Do: "cancel", Reason: "CUSTOMER", Refund: r.IntN(2) == 0, Restock: r.IntN(2) == 0}
	case 9:
		return shopifytest.Step{Do: pick("close", "touch", "unfulfil")}
	case 10:
		return shopifytest.Step{Do: "edit", Add: []shopifytest.OrderLine{{Title: "more", Price: "3"}}}
	}
	return shopifytest.Step{Do: "return", Items: []shopifytest.StepItem{item}}
}
