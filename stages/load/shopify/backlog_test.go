package shopify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// said is a backlog in lines.
func (b Backlog) said() string {
	var out []string
	for _, o := range b.Orders {
		for _, l := range o.Lines {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %d × %s at %s %s", o.Name, o.Paid, l.Left, l.SKU, l.Location, l.Held)))
		}
	}
	for _, n := range b.Stock {
		out = append(out, fmt.Sprintf("%s at %s: open %d, %v %d/%d/%d, short %d", n.SKU, n.Location, n.Open, n.Known, n.Committed, n.OnHand, n.Available, n.Short()))
	}
	return strings.Join(out, "\n")
}

// What is left to send, and of what: sent, closed, cancelled and later orders apart.
func TestBacklog(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.AddVariant(shopifytest.Variant{SKU: "A-1", Product: "Shirt", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 1, Committed: 1}}})
	h.PlaceOrder(shopifytest.Order{ID: orderGID + "6", Name: "#1006", At: h.clock.now().Add(-9 * 24 * time.Hour), Lines: []shopifytest.OrderLine{{SKU: "A-1", Quantity: 2, Location: "Cairo"}}})
	for i, step := range []string{"fulfil", "cancel", "close"} {
		name := fmt.Sprint("#101", i)
		h.PlaceOrder(shopifytest.Order{ID: fmt.Sprint(orderGID, 10+i), Name: name, Lines: []shopifytest.OrderLine{{SKU: "A-1"}}})
		h.happens(name, shopifytest.Step{Do: step, Reason: "CUSTOMER"})
	}
	h.happens("#1001", shopifytest.Step{Do: "fulfil", Items: []shopifytest.StepItem{{Line: 1, Quantity: 1}}}, shopifytest.Step{Do: "state", Fulfilment: "ON_HOLD"})
	b, err := h.sink.Backlog(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "all", b.said(), `#1006  2 × A-1 at Cairo
#1001 PENDING 1 × A-1 at Cairo ON_HOLD
#1001 PENDING 3 × B-1 at Giza ON_HOLD
#1002 PENDING 1 × A-1 at Cairo
A-1 at Cairo: open 4, true 1/2/1, short 2
B-1 at Giza: open 3, false 0/0/0, short 0`)
	b, err = h.sink.Backlog(t.Context(), h.clock.now().Add(-24*time.Hour))
	if err != nil || slices.ContainsFunc(b.Orders, func(o Unsent) bool { return o.Name == "#1006" }) || len(b.Orders) != 2 {
		t.Errorf("%v\n%s", err, b.said())
	}
	h.clean(t)
}

// An order with more lines than are read at once is told, also where what is read of it
// is sent.
func TestBacklog_Large(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	lines := make([]shopifytest.OrderLine, 120)
	for i := range lines {
		lines[i] = shopifytest.OrderLine{SKU: fmt.Sprint("L-", i), Price: "1.00", Location: "Cairo"}
	}
	h.PlaceOrder(shopifytest.Order{ID: orderGID + "20", Name: "#1020", Lines: lines})
	b, err := h.sink.Backlog(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range b.Orders {
		if o.More != (o.Name == "#1020") || o.More && len(o.Lines) != 100 {
			t.Errorf("%s: %d lines, more: %t", o.Name, len(o.Lines), o.More)
		}
	}
	if len(b.Orders) != 3 {
		t.Errorf("%d orders", len(b.Orders))
	}
	h.clean(t)
}

// 1,000 open orders cost pages of ids, and a call for fifty of them.
func TestBacklog_Cost(t *testing.T) {
	if testing.Short() {
		t.Skip("1,000 orders")
	}
	t.Parallel()
	h := openOrders(t)
	h.many(1000)
	b, err := h.sink.Backlog(t.Context(), time.Time{})
	if err != nil || len(b.Orders) != 1002 {
		t.Fatalf("%d orders, %v", len(b.Orders), err)
	}
	t.Logf("%d calls, %.0f points", b.Used.Calls, b.Used.Points)
	if b.Used.Calls > 40 {
		t.Errorf("%d calls", b.Used.Calls)
	}
}
