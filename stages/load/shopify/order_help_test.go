package shopify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// openOrders is a house whose shop has orders: #1001 of two A-1 from Cairo and three
// B-1 from Giza, to be paid in cash (2 × 100.00 + 3 × 50.00 = 350.00); #1002 of one A-1.
func openOrders(t testing.TB, change ...func(*shopifytest.Options)) *house {
	t.Helper()
	opt := shopifytest.Options{Zone: "Africa/Cairo", Scopes: slices.Concat(shopifytest.OrderScopes, shopifytest.GoodsScopes), BucketSize: 100_000}
	for _, f := range change {
		f(&opt)
	}
	c := newClock()
	opt.Now, opt.Locations = c.now, []shopifytest.Location{{Name: "Cairo"}, {Name: "Giza"}}
	s := &shop{Server: shopifytest.New(opt), clock: c}
	t.Cleanup(func() { s.Server.Close() })
	s.cairo, s.giza = s.Locations()[0].ID, s.Locations()[1].ID
	h := &house{shop: s, booked: map[string]pipeline.Booking{}, docs: map[string]*pipeline.Document{}, why: map[string][]pipeline.Problem{}, left: map[string]pipeline.Document{}}
	h.t, _ = t.(*testing.T)
	h.PlaceOrder(shopifytest.Order{ID: orderGID + "1", Name: "#1001", Tags: []string{"vip"}, Note: "ring twice", Gateway: "Cash on Delivery (COD)",
		Lines: []shopifytest.OrderLine{{SKU: "A-1", Title: "Shirt", Price: "100.00", Quantity: 2, Location: "Cairo"}, {SKU: "B-1", Title: "Hat", Price: "50.00", Quantity: 3, Location: "Giza"}}})
	h.PlaceOrder(shopifytest.Order{ID: orderGID + "2", Name: "#1002", Gateway: "Cash on Delivery (COD)",
		Lines: []shopifytest.OrderLine{{SKU: "A-1", Title: "Shirt", Price: "100.00", Location: "Cairo"}}})
	h.sink = s.quick(t)
	return h
}

// order is one order of the shop as it stands.
func (h *house) order(name string) shopifytest.OrderSnapshot {
	h.t.Helper()
	for _, o := range h.Orders(h.clock.now()) {
		if o.Name == name {
			return o
		}
	}
	h.t.Fatalf("no order %s", name)
	return shopifytest.OrderSnapshot{}
}

// ink is what an order carries of ours, in a line.
func (h *house) ink(name string) string {
	o := h.order(name)
	var out []string
	for _, key := range writable {
		if v := o.Metafields["wasl."+key]; v != "" {
			out = append(out, key+"="+v)
		}
	}
	return strings.Join(append(out, "["+strings.Join(o.Tags, " ")+"]", o.Note, o.PONumber), " ")
}

// rulesOf are the rules of what is wrong with a document.
func (h *house) rulesOf(key string) string { return strings.Join(rulesIn(h.why[key]), " ") }

// asANewProcess forgets what no ledger knows.
func (h *house) asANewProcess() { h.sink = h.quick(h.t) }

// many places n further orders, #2001 and so on, of one A-1 each.
func (h *house) many(n int) {
	for i := range n {
		h.PlaceOrder(shopifytest.Order{ID: fmt.Sprint(orderGID, 1000+i), Name: fmt.Sprint("#", 2001+i), Gateway: "Cash on Delivery (COD)",
			Lines: []shopifytest.OrderLine{{SKU: "A-1", Title: "Shirt", Price: "100.00", Location: "Cairo"}}})
	}
}
