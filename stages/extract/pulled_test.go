package extract

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

const pulledFile = `{"wasl":"orders","version":1,"shop":"x.myshopify.com","orders":2}
{"id":"gid://shopify/Order/11","legacyResourceId":"11","name":"#1001","email":"m@example.com","createdAt":"2026-11-20T09:00:00Z","updatedAt":"2026-11-21T10:00:00Z","test":false,"edited":false,"taxesIncluded":true,"currencyCode":"EGP","displayFinancialStatus":"PARTIALLY_REFUNDED","displayFulfillmentStatus":"FULFILLED","tags":["a","b"],"discountCodes":["TEN"],"paymentGatewayNames":["shopify_payments"],"customAttributes":[{"key":"city","value":"طنطا"}],"subtotalPriceSet":{"shopMoney":{"amount":"180.0"}},"totalShippingPriceSet":{"shopMoney":{"amount":"30.0"}},"totalTaxSet":{"shopMoney":{"amount":"25.79"}},"totalPriceSet":{"shopMoney":{"amount":"215.0"}},"totalTipReceivedSet":{"shopMoney":{"amount":"5.0"}},"currentTotalPriceSet":{"shopMoney":{"amount":"125.0"}},"totalRefundedSet":{"shopMoney":{"amount":"90.0"}},"totalReceivedSet":{"shopMoney":{"amount":"215.0"}},"totalOutstandingSet":{"shopMoney":{"amount":"0.0"}},"taxLines":[{"title":"VAT","rate":0.14,"priceSet":{"shopMoney":{"amount":"25.79"}}}],"customer":{"id":"gid://shopify/Customer/7","taxSettings":{"taxId":"123-456-789"}},"billingAddress":null,"shippingAddress":{"name":"منى","address1":"1 St","address2":"Flat 2","city":"Tanta","provinceCode":"GH","province":"Gharbia","zip":"31511","countryCodeV2":"EG","phone":"+20100"},"lineItems":{"nodes":[{"id":"gid://shopify/LineItem/111","name":"Tea","sku":"A-1","quantity":2,"currentQuantity":1,"unfulfilledQuantity":0,"requiresShipping":true,"taxable":true,"isGiftCard":false,"originalUnitPriceSet":{"shopMoney":{"amount":"100.0"}},"totalDiscountSet":{"shopMoney":{"amount":"0.0"}},"discountAllocations":[{"allocatedAmountSet":{"shopMoney":{"amount":"20.0"}}}],"taxLines":[{"title":"VAT","rate":0.14,"priceSet":{"shopMoney":{"amount":"22.11"}}},{"title":"T","rate":0.005,"priceSet":{"shopMoney":{"amount":"0.5"}}}]}]},"shippingLines":{"nodes":[{"id":"gid://shopify/ShippingLine/5","title":"Bosta","originalPriceSet":{"shopMoney":{"amount":"30.0"}},"discountedPriceSet":{"shopMoney":{"amount":"30.0"}},"taxLines":[]}]},"transactions":[{"id":"gid://shopify/OrderTransaction/21","kind":"SALE","status":"SUCCESS","gateway":"shopify_payments","formattedGateway":"Shopify Payments","paymentId":"r1","processedAt":"2026-11-20T09:05:00Z","amountSet":{"shopMoney":{"amount":"215.0"}},"parentTransaction":null},{"id":"gid://shopify/OrderTransaction/22","kind":"REFUND","status":"SUCCESS","gateway":"shopify_payments","formattedGateway":"Shopify Payments","paymentId":"r2","processedAt":"2026-11-21T10:00:00Z","amountSet":{"shopMoney":{"amount":"90.0"}},"parentTransaction":{"id":"gid://shopify/OrderTransaction/21"}}],"refunds":[{"id":"gid://shopify/Refund/31","createdAt":"2026-11-21T10:00:00Z","note":"torn","totalRefundedSet":{"shopMoney":{"amount":"90.0"}},"refundLineItems":{"nodes":[{"quantity":1,"restockType":"RETURN","restocked":true,"lineItem":{"id":"gid://shopify/LineItem/111","sku":"A-1"},"subtotalSet":{"shopMoney":{"amount":"90.0"}},"totalTaxSet":{"shopMoney":{"amount":"11.05"}}}]},"refundShippingLines":{"nodes":[]},"orderAdjustments":{"nodes":[]},"transactions":{"nodes":[{"id":"gid://shopify/OrderTransaction/22"}]}}],"fulfillments":[{"id":"gid://shopify/Fulfillment/41","status":"SUCCESS","createdAt":"2026-11-20T12:00:00Z","trackingInfo":[{"company":"Bosta","number":"T1"}],"fulfillmentLineItems":{"nodes":[{"quantity":2,"lineItem":{"id":"gid://shopify/LineItem/111"}}]}}]}
{"id":"gid://shopify/Order/12","name":"#1002","createdAt":"2026-11-22T09:00:00Z","totalPriceSet":{"shopMoney":{"amount":"0.0"}},"lineItems":{"nodes":[]}}
`

// facts are the cells of a row that hold something.
func factsOf(row pipeline.Row, but ...string) map[string]string {
	out := map[string]string{}
	for i, cell := range row.Cells {
		if cell != "" {
			out[row.Header[i]] = cell
		}
	}
	for _, name := range but {
		delete(out, name)
	}
	return out
}

func TestPulled_IsFlattenedToTheOneLayout(t *testing.T) {
	t.Parallel()
	rows, read, err := readBytes(t, orderOptions, "orders-20261121T100000Z.jsonl", []byte(pulledFile))
	if err != nil {
		t.Fatal(err)
	}
	if read.Format != FormatOrders || len(rows) != 8 {
		t.Fatalf("%d rows, %+v", len(rows), read)
	}
	common := []string{"Name", "Email", "Created at"}
	want := []map[string]string{
		{"Name": "#1001", "Email": "m@example.com", "Created at": "2026-11-20T09:00:00Z", "Financial Status": "partially_refunded", "Paid at": "2026-11-20T09:05:00Z",
			"Fulfillment Status": "fulfilled", "Fulfilled at": "2026-11-20T12:00:00Z", "Currency": "EGP", "Subtotal": "180.0", "Shipping": "30",
			"Taxes": "25.79", "Total": "215.0", "Discount Code": "TEN", "Discount Amount": "20", "Shipping Method": "Bosta", "Lineitem quantity": "2",
			"Lineitem name": "Tea", "Lineitem price": "100.0", "Lineitem sku": "A-1", "Lineitem requires shipping": "true", "Lineitem taxable": "true",
			"Lineitem fulfillment status": "fulfilled", "Lineitem discount": "0.0", "Shipping Name": "منى", "Shipping Street": "1 St, Flat 2",
			"Shipping Address1": "1 St", "Shipping Address2": "Flat 2", "Shipping City": "Tanta", "Shipping Zip": "31511", "Shipping Province": "GH",
			"Shipping Province Name": "Gharbia", "Shipping Country": "EG", "Shipping Phone": "+20100", "Note Attributes": "city: طنطا",
			"Payment Method": "Shopify Payments", "Payment Reference": "r1", "Payment References": "r1 + r2", "Payment ID": "r1",
			"Refunded Amount": "90.0", "Outstanding Balance": "0.0", "Id": "11", "Tags": "a, b", "Tax 1 Name": "VAT 14%", "Tax 1 Value": "25.79",
			"Updated at": "2026-11-21T10:00:00Z", "Test": "FALSE", "Edited": "FALSE", "Taxes included": "TRUE", "Tip": "5.0", "Current total": "125.0",
			"Customer id": "7", "Customer tax id": "123-456-789", "Line type": "item", "Line id": "111", "Lineitem current quantity": "1",
			"Lineitem tax": "22.61", "Lineitem tax rate": "14+0.5", "Lineitem gift card": "FALSE", "Lineitem total discount": "20"},
		{"Line type": "shipping", "Line id": "5", "Lineitem name": "Bosta", "Lineitem quantity": "1", "Lineitem current quantity": "1", "Lineitem price": "30.0",
			"Lineitem discount": "0", "Lineitem total discount": "0", "Lineitem tax": "0"},
		{"Line type": "refund", "Refund id": "31", "Refund at": "2026-11-21T10:00:00Z", "Refund note": "torn", "Refund amount": "90.0"},
		{"Line type": "refund item", "Refund id": "31", "Refund at": "2026-11-21T10:00:00Z", "Refund note": "torn", "Line id": "111", "Lineitem sku": "A-1",
			"Refund quantity": "1", "Refund amount": "90.0", "Refund tax": "11.05", "Restock": "return"},
		{"Line type": "transaction", "Transaction id": "21", "Transaction kind": "sale", "Transaction status": "success", "Transaction gateway": "shopify_payments",
			"Transaction amount": "215.0", "Transaction at": "2026-11-20T09:05:00Z", "Transaction reference": "r1"},
		{"Line type": "transaction", "Transaction id": "22", "Transaction kind": "refund", "Transaction status": "success", "Transaction gateway": "shopify_payments",
			"Transaction amount": "90.0", "Transaction at": "2026-11-21T10:00:00Z", "Transaction parent": "21", "Transaction reference": "r2", "Refund id": "31"},
		{"Line type": "fulfillment", "Fulfillment id": "41", "Fulfillment at": "2026-11-20T12:00:00Z", "Fulfillment status": "success",
			"Tracking company": "Bosta", "Tracking number": "T1", "Line id": "111", "Fulfilled quantity": "2"},
		{"Name": "#1002", "Id": "12", "Created at": "2026-11-22T09:00:00Z", "Financial Status": "paid", "Total": "0.0", "Discount Amount": "0", "Line type": "item"},
	}
	for i, row := range rows {
		if row.Row != i+2 {
			t.Errorf("row %d has the number %d", i, row.Row)
		}
		but := common
		if want[i]["Name"] != "" {
			but = nil
		}
		if diff := cmp.Diff(want[i], factsOf(row, but...)); diff != "" {
			t.Errorf("row %d: -want +got\n%s", i, diff)
		}
	}
}

// A file that was cut, changed or made by a newer program waits for a person.
func TestPulled_WhatIsNotWholeIsHeld(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(pulledFile, "\n")
	for name, c := range map[string]struct {
		text string
		rule pipeline.Rule
	}{
		"a line less":     {lines[0] + lines[1], "pulled.cut"},
		"half a line":     {lines[0] + lines[1][:500], "pulled.broken"},
		"no order":        {lines[0] + "{}\n" + lines[2], "pulled.broken"},
		"a newer version": {strings.Replace(pulledFile, `"version":1`, `"version":2`, 1), "pulled.version"},
	} {
		_, _, err := readBytes(t, orderOptions, "orders.jsonl", []byte(c.text))
		if p := refusal(t, err, true); p.Rule != c.rule {
			t.Errorf("%s: got %s, want %s", name, p.Rule, c.rule)
		}
	}
}

// An order that stands twice in the file, and one in two parts of a ZIP.
func TestPulled_AnOrderTwiceIsTold(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(pulledFile, "\n")
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"a.jsonl", "b.jsonl"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(pulledFile)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"orders.jsonl": []byte(strings.Replace(lines[0], `"orders":2`, `"orders":3`, 1) + lines[1] + lines[2] + lines[2]),
		"orders.zip": packed.Bytes()} {
		rows, _, err := readBytes(t, orderOptions, name, b)
		if err != nil {
			t.Fatal(err)
		}
		if last := rows[len(rows)-1]; len(last.Faults) != 1 || last.Faults[0].Rule != "row.twice" {
			t.Errorf("%s: %+v", name, last.Faults)
		}
		if len(rows[0].Faults) > 0 {
			t.Errorf("%s: %+v", name, rows[0].Faults)
		}
		if !orderOptions.Takes(pipeline.Drop{Name: name, Size: int64(len(b))}, bytes.NewReader(b)) {
			t.Errorf("%s is not taken", name)
		}
	}
}

func TestPulled_AColumnThatOrdersNeverHave(t *testing.T) {
	t.Parallel()
	o := Options{Format: FormatOrders, Columns: []Column{{Names: []string{"Route"}, Required: true}, {Names: []string{"Updated at"}, Required: true}}}
	_, _, err := readBytes(t, o, "orders.jsonl", []byte(pulledFile))
	if p := refusal(t, err, false); p.Rule != "column.missing" || p.With["columns"] != "Route" {
		t.Errorf("got %v", p)
	}
}
