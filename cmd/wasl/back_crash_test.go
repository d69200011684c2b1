package main

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// killedAtEach plays nights, each killed at another request to the shop, before it was
// done or after, until there are no more requests; what holds then is for judge to say.
// There are at least so many requests, or the night proves nothing.
func killedAtEach(t *testing.T, after bool, least int, begin func(*testing.T) *crashNight, judge func(*crashNight)) {
	t.Helper()
	for at := 1; ; at++ {
		killed := false
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			n := begin(t)
			var fired atomic.Bool
			kill := func() { fired.Store(true); n.kill() }
			fault := shopifytest.KillBefore(kill)
			if after {
				fault = shopifytest.KillAfter(kill)
			}
			n.world.shopify.Fault("any", at, fault)
			code, out := n.wasl("run")
			if killed = fired.Load(); killed != (code == -1) || !killed && code != 0 {
				t.Fatalf("killed: %v, and ends with %d:\n%s", killed, code, out)
			}
			if killed {
				n.again()
			}
			judge(n)
		})
		if !killed {
			if at <= least {
				t.Errorf("only %d requests: the night proves nothing", at-1)
			}
			return
		}
	}
}

// again starts the program until it says that it has done all.
func (n *crashNight) again() {
	n.t.Helper()
	for try := 1; ; try++ {
		code, out := n.wasl("run")
		if code == 0 {
			return
		}
		if try == 3 {
			n.t.Fatalf("after the crash, run ends with %d:\n%s", code, out)
		}
	}
}

// newBackNight is a folder with delivery notes and receipts for money, for two orders of
// a shop that takes parts of what is owed.
func newBackNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.world.eta = startETA()
	n.world.shopify = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", Name: "Nour", ClientID: "client", ClientSecret: "hush-shopify", Plus: true,
		Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}}, Scopes: slices.Concat(shopifytest.DefaultScopes, shopifytest.GoodsScopes, shopifytest.OrderScopes)})
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"#1001", "#1002"} {
		n.world.shopify.PlaceOrder(shopifytest.Order{ID: fmt.Sprintf("gid://shopify/Order/550%d", i+1), Name: name, Gateway: "Cash on Delivery (COD)",
			Lines: []shopifytest.OrderLine{{SKU: "A-1", Price: "100.00", Quantity: 3, Location: "Cairo"}, {SKU: "B-1", Price: "50.00", Quantity: 1, Location: "Alexandria"}}})
	}
	return n
}

// putBack drops the delivery notes and the money.
func (n *crashNight) putBack() {
	n.put("deliveries-1.csv", "Delivery Note,Order,SKU,Qty,Courier,AWB\nDN-1,#1001,A-1,2,Bosta,0077\nDN-1,#1001,B-1,1,Bosta,0077\nDN-2,#1002,A-1,3,,\n")
	n.put("collected-1.csv", "Receipt No,Order,Amount\nR-1,#1001,150\nR-2,#1002,350\n")
}

// judgeBack counts at the other side: each note sent once, each receipt paid once.
func (n *crashNight) judgeBack() {
	n.t.Helper()
	var got []string
	for _, o := range n.world.shopify.Orders(time.Now()) {
		line := fmt.Sprintf("%s got %s, owes %s, payments %d, fulfilments %d:", o.Name, o.Received, o.Outstanding, o.Payments, o.Fulfilments)
		for _, l := range o.Lines {
			line += fmt.Sprintf(" %s %d", l.SKU, l.Sent)
		}
		got = append(got, line)
	}
	want := []string{"#1001 got 150.00, owes 200.00, payments 2, fulfilments 2: A-1 2 B-1 1", "#1002 got 350.00, owes 0.00, payments 2, fulfilments 1: A-1 3 B-1 0"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		n.t.Errorf("the shop holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, v := range n.world.shopify.Judge() {
		n.t.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
}

// TestCrash_Back kills the program at each request by which delivery notes become
// fulfilments and collected money payments, before it was done and after; and at a third
// night the answer to each is lost: one fulfilment a note and place, one payment a
// receipt.
func TestCrash_Back(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some forty nights")
	}
	begin := func(t *testing.T) *crashNight {
		n := newBackNight(t)
		n.putBack()
		return n
	}
	for _, after := range []bool{false, true} {
		t.Run(map[bool]string{false: "before", true: "after"}[after], func(t *testing.T) {
			t.Parallel()
			killedAtEach(t, after, 8, begin, (*crashNight).judgeBack)
		})
	}
	for _, request := range []string{"fulfillmentCreate", "orderMarkAsPaid", "orderCreateManualPayment", "metafieldsSet"} {
		for at := 1; at <= 2; at++ {
			t.Run(fmt.Sprintf("lost/%s/%d", request, at), func(t *testing.T) {
				t.Parallel()
				n := begin(t)
				n.world.shopify.Fault(request, at, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
				n.again()
				n.judgeBack()
			})
		}
	}
}
