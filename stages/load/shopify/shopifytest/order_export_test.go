package shopifytest

import (
	"encoding/csv"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func readRows(t *testing.T, text string) (header []string, rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return all[0], rows
}

func exportShop(t *testing.T) *Server {
	t.Helper()
	s := orderShop(t, func(o *Options) { o.ShopifyPayments = true })
	in := simple()
	in.Gateway = "Cash on Delivery (COD)"
	in.Lines[1].Discount = "9.50"
	in.Discounts = []OrderDiscount{{Kind: "code", Title: "SUMMER", Amount: "50"}, {Kind: "automatic", Title: "Free shipping", Percent: "100", Shipping: true}}
	in.Tip, in.Note, in.Tags = "5", "knock,\n\"twice\"", []string{"web", "vip"}
	in.Attributes = append(in.Attributes, Attribute{"utm", "fb"})
	s.PlaceOrder(in, Step{At: at(10), Do: "pay", Amount: "100", PaymentID: "r1"}, Step{At: at(20), Do: "pay", Gateway: gatewayShopify, Card: "Visa 4242", PaymentID: "r2"},
		Step{At: at(30), Do: "fulfil", Items: []StepItem{{Line: 1, Quantity: 2}}},
		Step{At: at(40), Do: "refund", Items: []StepItem{{Line: 1, Quantity: 1, Restock: "RETURN"}}, Amount: "300"})
	s.PlaceOrder(Order{Name: "#1002", At: at(60), Taxes: vat, TaxesIncluded: new(bool), Lines: []OrderLine{{Title: "Box", Price: "100"}}},
		Step{At: at(70), Do: "cancel"})
	s.AddPayout(Payout{Until: at(30)})
	return s
}

// What the admin writes is what the API says of the same orders.
func TestOrderExport_SaysWhatTheAPISays(t *testing.T) {
	t.Parallel()
	s := exportShop(t)
	header, rows := readRows(t, s.ExportOrders())
	if len(header) != 79 || len(rows) != 4 {
		t.Fatalf("%d columns, %d rows", len(header), len(rows))
	}
	first, second, tip := rows[1], rows[2], rows[3]
	o, _ := s.OrderAt("#1001", s.opt.Now())
	for column, want := range map[string]string{
		"Name": "#1001", "Email": "mona@example.com", "Financial Status": "partially_refunded", "Paid at": "2026-11-20 11:20:00 +0200",
		"Fulfillment Status": "partial", "Fulfilled at": "", "Accepts Marketing": "no", "Currency": "EGP", "Subtotal": o.Subtotal, "Shipping": "35.00",
		"Taxes": o.Tax, "Total": o.Total, "Discount Code": "SUMMER", "Discount Amount": "85.00", "Shipping Method": "Bosta",
		"Created at": "2026-11-20 11:00:00 +0200", "Lineitem quantity": "2", "Lineitem name": "Shirt - M", "Lineitem price": "349.00",
		"Lineitem sku": "A-1", "Lineitem fulfillment status": "fulfilled", "Lineitem discount": "0.00", "Billing Name": "Mona Adel",
		"Billing Street": "1 Nile St, Flat 3", "Billing Zip": "'11511", "Billing Province": "C", "Billing Country": "EG", "Shipping Phone": "+201001234567",
		"Notes": "knock,\n\"twice\"", "Note Attributes": "governorate: القاهرة\nutm: fb", "Payment Method": "Cash on Delivery (COD) + Shopify Payments",
		"Payment Reference": "r1", "Payment ID": "#1001.1 + r1 + r2", "Refunded Amount": o.Refunded, "Outstanding Balance": o.Outstanding,
		"Id": "1", "Tags": "vip, web", "Source": "web", "Tax 1 Name": "VAT 14%", "Tax 1 Value": o.Tax, "Billing Province Name": "Cairo",
	} {
		if first[column] != want {
			t.Errorf("%s: got %q, want %q", column, first[column], want)
		}
	}
	if second["Lineitem discount"] != "9.50" || second["Name"] != "#1001" || second["Total"] != "" || second["Id"] != "" || second["Vendor"] == "" ||
		second["Created at"] != first["Created at"] {
		t.Errorf("second row: %v", second)
	}
	if tip["Lineitem name"] != "Tip" || tip["Lineitem fulfillment status"] != "not_eligible" {
		t.Errorf("tip: %v", tip)
	}
	if rows[0]["Financial Status"] != "pending" || rows[0]["Outstanding Balance"] != "114.00" || rows[0]["Cancelled at"] == "" ||
		rows[0]["Fulfillment Status"] != "unfulfilled" || rows[0]["Taxes"] != "14.00" {
		t.Errorf("newest first, cancelled and unpaid: %v", rows[0])
	}
	if !strings.Contains(s.ExportOrders("#1002"), `,"",0.00,"",`) {
		t.Errorf("no code and no shipping are empty quotes: %s", s.ExportOrders("#1002"))
	}
}

// The rules of section 9.2 that hold for nearly every real order hold here: the subtotal from the lines, the total from its
// parts, the taxes from their columns.
func TestOrderExport_AddsUpAsRealFilesDo(t *testing.T) {
	t.Parallel()
	s := exportShop(t)
	_, rows := readRows(t, s.ExportOrders())
	sums := map[string]*big.Rat{}
	add := func(name, what, amount string, factor int64) {
		if amount == "" {
			return
		}
		r, ok := new(big.Rat).SetString(amount)
		if !ok {
			t.Fatalf("%q is no amount", amount)
		}
		if sums[name+what] == nil {
			sums[name+what] = new(big.Rat)
		}
		sums[name+what].Add(sums[name+what], r.Mul(r, big.NewRat(factor, 1)))
	}
	for _, row := range rows {
		quantity, _ := new(big.Int).SetString(row["Lineitem quantity"], 10)
		if row["Lineitem name"] != "Tip" {
			add(row["Name"], "lines", row["Lineitem price"], quantity.Int64())
			add(row["Name"], "lines", row["Lineitem discount"], -1)
		} else {
			add(row["Name"], "tip", row["Lineitem price"], 1)
		}
		for _, column := range []string{"Subtotal", "Total", "Taxes", "Tax 1 Value"} {
			add(row["Name"], column, row[column], 1)
		}
	}
	for name, off := range map[string]int64{"#1001": 50, "#1002": 0} {
		lines := new(big.Rat).Sub(sums[name+"lines"], big.NewRat(off, 1))
		if lines.Cmp(sums[name+"Subtotal"]) != 0 || sums[name+"Taxes"].Cmp(sums[name+"Tax 1 Value"]) != 0 {
			t.Errorf("%s: lines %s, subtotal %s", name, lines.FloatString(2), sums[name+"Subtotal"].FloatString(2))
		}
	}
	if got := new(big.Rat).Sub(sums["#1001Total"], sums["#1001Subtotal"]); got.FloatString(2) != "5.00" {
		t.Errorf("free shipping leaves the tip alone: %s", got.FloatString(2))
	}
	if got := new(big.Rat).Sub(sums["#1002Total"], sums["#1002Subtotal"]); got.FloatString(2) != "14.00" {
		t.Errorf("tax on top: %s", got.FloatString(2))
	}
}

// The header is that of the real files.
func TestOrderExport_HasTheColumnsOfRealFiles(t *testing.T) {
	t.Parallel()
	samples := filepath.Join(sharedOperations, "..", "samples")
	s := exportShop(t)
	for path, text := range map[string]string{"orders/pkr_drafts_cod_voided_79col.csv": s.ExportOrders(),
		"transactions/order_transactions_excel_mangled_9col.csv": s.ExportTransactions(),
		"payouts/payment_transactions_16col.csv":                 s.ExportPaymentTransactions()} {
		raw, err := os.ReadFile(filepath.Join(samples, path))
		if err != nil {
			t.Skipf("the reference texts are not beside the project: %v", err)
		}
		want, _, _ := strings.Cut(strings.TrimPrefix(string(raw), "\ufeff"), "\n")
		if got, _, _ := strings.Cut(text, "\n"); got != strings.TrimSpace(want) {
			t.Errorf("%s:\ngot  %s\nwant %s", path, got, want)
		}
	}
}

func TestPayoutExport_HoldsEveryMovement(t *testing.T) {
	t.Parallel()
	s := exportShop(t)
	_, moved := readRows(t, s.ExportTransactions())
	var got []string
	for _, row := range moved {
		got = append(got, row["Name"]+" "+row["Kind"]+" "+row["Gateway"]+" "+row["Amount"]+" "+row["Card Type"])
	}
	o, _ := s.OrderAt("#1001", s.opt.Now())
	rest := (mustCash(o.Received) - mustCash("100")).fixed(2)
	if want := []string{"#1001 sale Cash on Delivery (COD) 100.00 ", "#1001 sale shopify_payments " + rest + " visa", "#1001 refund shopify_payments 300.00 visa"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	_, balance := readRows(t, s.ExportPaymentTransactions())
	if len(balance) != 2 || balance[0]["Type"] != "refund" || balance[0]["Amount"] != "-300.00" || balance[0]["Payout Status"] != "pending" ||
		balance[1]["Payout Status"] != "paid" || balance[1]["Payout Date"] != "2026-11-24" {
		t.Errorf("balance: %v", balance)
	}
	_, payouts := readRows(t, s.ExportPayouts())
	if len(payouts) != 1 || payouts[0]["Charges"] != rest || payouts[0]["Total"] != balance[1]["Net"] {
		t.Errorf("payouts: %v", payouts)
	}
	header, customers := readRows(t, s.ExportCustomers())
	if len(header) != 20 || customers[0]["Customer ID"] != "'1" || customers[0]["Total Orders"] != "1" ||
		customers[0]["Default Address Phone"] != "'+201001234567" || customers[0]["Total Spent"] != (mustCash(o.Received)-mustCash(o.Refunded)).fixed(2) {
		t.Errorf("customers: %v", fmt.Sprint(customers))
	}
}
