package shopify

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// sentOf is what was sent of an order: by line and in how many fulfilments.
func (h *house) sentOf(name string) string {
	o := h.order(name)
	var out []string
	for _, l := range o.Lines {
		out = append(out, fmt.Sprintf("%s %d/%d", l.SKU, l.Sent, l.Quantity))
	}
	return strings.Join(out, ", ") + fmt.Sprintf(" in %d, %s", o.Fulfilments, o.Fulfilment)
}

// A delivery note becomes a fulfilment at each location; the same note again is
// nothing, also where nobody remembers anything; its tracking may come later.
func TestFulfillments_Sent(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	rows := []row{{"note": "DN-1", "order.id": "1", "sku": "A-1", "quantity": "1", "at": "2026-11-24 07:30"}, {"note": "DN-1", "order.name": "#1001", "sku": "B-1", "quantity": "3"}}
	rows[1]["order.id"] = "1"
	same(t, "plan", h.drop(kindFulfillment, rows...), "DN-1 1 ready fulfillment - > Cairo: 1 × A-1, fulfillment - > Giza: 3 × B-1")
	same(t, "sent", h.sentOf("#1001"), "A-1 1/2, B-1 3/3 in 2, PARTIALLY_FULFILLED")
	h.asANewProcess()
	same(t, "again", h.drop(kindFulfillment, rows...), "DN-1 1 unchanged")
	// Tracking comes later, without the lines; then another number.
	same(t, "tracking", h.drop(kindFulfillment, row{"note": "DN-1", "order.id": "1", "company": "Bosta", "tracking": "77", "url": "https://bosta.co/77"}),
		"DN-1 1 ready tracking - > Bosta 77, tracking - > Bosta 77")
	same(t, "tracking", h.drop(kindFulfillment, row{"note": "DN-1", "order.id": "1", "tracking": "78"}), "DN-1 1 ready tracking Bosta 77 > Bosta 78, tracking Bosta 77 > Bosta 78")
	h.drop(kindFulfillment, row{"note": "DN-2", "order.id": "1", "sku": "A-1", "quantity": "1", "location": h.cairo})
	same(t, "sent", h.sentOf("#1001"), "A-1 2/2, B-1 3/3 in 3, FULFILLED")
	if n := len(h.CallsOf("FulfillmentCreate")); n != 3 {
		t.Errorf("%d fulfilments were asked for", n)
	}
	h.clean(t)
}

func TestFulfillments_NotClear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule string
		before     func(h *house)
		rows       []row
	}{
		{"too much", "fulfil.over", nil, []row{{"sku": "A-1", "quantity": "3"}}},
		{"sent by hand", "fulfil.over", func(h *house) { h.happens("#1001", shopifytest.Step{Do: "fulfil"}) }, []row{{"sku": "A-1", "quantity": "1"}}},
		{"another item", "fulfil.unknown", nil, []row{{"sku": "Z-9", "quantity": "1"}}},
		{"another location", "fulfil.elsewhere", nil, []row{{"sku": "A-1", "quantity": "1", "location": "giza"}}},
		{"on hold", "fulfil.held", func(h *house) { h.happens("#1001", shopifytest.Step{Do: "state", Fulfilment: "ON_HOLD"}) }, []row{{"sku": "A-1", "quantity": "1"}}},
		{"cancelled", "order.cancelled", func(h *house) { h.happens("#1001", shopifytest.Step{Do: "cancel", Reason: "CUSTOMER"}) }, []row{{"sku": "A-1", "quantity": "1"}}},
		{"nothing", "fulfil.empty", nil, []row{{"tracking": "1"}}},
		{"half a piece", "fulfil.quantity", nil, []row{{"sku": "A-1", "quantity": "0.5"}}},
		{"not for the shop", "fulfil.warehouse", nil, []row{{"sku": "A-1", "quantity": "1", "location": "ignore", "warehouse": "09"}}},
		{"two couriers", "fulfil.differs", nil, []row{{"sku": "A-1", "quantity": "1", "tracking": "1"}, {"sku": "B-1", "quantity": "1", "tracking": "2"}}},
		{"changed", "fulfil.changed", func(h *house) {
			h.drop(kindFulfillment, row{"note": "DN", "order.id": "1", "sku": "A-1", "quantity": "2"})
		}, []row{{"sku": "A-1", "quantity": "1"}}},
		{"cancelled by hand", "fulfil.undone", func(h *house) {
			h.drop(kindFulfillment, row{"note": "DN", "order.id": "1", "sku": "A-1", "quantity": "2"})
			h.happens("#1001", shopifytest.Step{Do: "unfulfil"})
		}, []row{{"sku": "A-1", "quantity": "2"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := openOrders(t)
			if c.before != nil {
				c.before(h)
			}
			n := len(h.Mutations())
			for _, r := range c.rows {
				r["note"], r["order.id"] = "DN", "1"
				if r["location"] == "giza" {
					r["location"] = h.giza
				}
			}
			docs, aside := h.wishes(kindFulfillment, c.rows...)
			if len(aside) == 0 {
				h.carry(kindFulfillment, h.ask(pipeline.Question{Kind: kindFulfillment, Docs: docs}))
			}
			same(t, "rule", h.rulesOf("fulfillment/DN"), c.rule)
			for _, why := range h.why["fulfillment/DN"] {
				if strings.Contains(why.Says("en")+why.Fix("ar"), "{") {
					t.Errorf("a fact is missing: %s", why.Says("en"))
				}
			}
			if len(h.Mutations()) != n {
				t.Error("something was sent")
			}
		})
	}
}

// happens lets something happen to an order in the shop.
func (h *house) happens(order string, steps ...shopifytest.Step) {
	h.t.Helper()
	if err := h.Tell(order, steps...); err != nil {
		h.t.Fatal(err)
	}
}

// Notes of one file share what is left of an order; what one of them takes back is
// there for another.
func TestFulfillments_ShareWhatIsLeft(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.drop(kindFulfillment, row{"note": "DN-1", "order.id": "1", "sku": "B-1", "quantity": "2"}, row{"note": "DN-2", "order.id": "1", "sku": "B-1", "quantity": "2"})
	same(t, "second", h.rulesOf("fulfillment/DN-2"), "fulfil.over")
	same(t, "sent", h.sentOf("#1001"), "A-1 0/2, B-1 2/3 in 1, PARTIALLY_FULFILLED")
	same(t, "plan", h.drop(kindFulfillment, row{"note": "DN-3", "order.id": "1", "sku": "B-1", "quantity": "3"}, row{"note": "DN-1", "order.id": "1", "cancelled": "yes"}),
		"DN-3 1 ready fulfillment - > Giza: 3 × B-1\nDN-1 1 ready fulfillment #1001.1: 2 × B-1 > - [delete]")
	same(t, "sent", h.sentOf("#1001"), "A-1 0/2, B-1 3/3 in 2, PARTIALLY_FULFILLED")
	same(t, "never", h.drop(kindFulfillment, row{"note": "DN-9", "order.id": "1", "cancelled": "yes"}),
		"DN-9 1 skipped the delivery note DN-9 is cancelled, and nothing was ever sent by it:")
	same(t, "again", h.drop(kindFulfillment, row{"note": "DN-1", "order.id": "1", "cancelled": "yes"}), "DN-1 1 unchanged")
	h.clean(t)
}

func TestFulfillments_Undo(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.drop(kindFulfillment, row{"note": "DN-1", "order.id": "2", "sku": "A-1", "quantity": "1", "tracking": "5"})
	same(t, "undo", h.undo(kindFulfillment, "fulfillment/DN-1"), "DN-1 2 ready fulfillment #1002.1: 1 × A-1 > - [delete]")
	same(t, "sent", h.sentOf("#1002"), "A-1 0/1 in 1, UNFULFILLED")
}

// Whatever happens to whichever call, and whoever is killed: a note is sent once.
// Equal notes of one order are told apart, and what a person had sent is not taken
// for theirs.
func TestFulfillments_NeverTwice(t *testing.T) {
	t.Parallel()
	for _, kind := range []shopifytest.FaultKind{shopifytest.FaultResetBefore, shopifytest.FaultResetAfter} {
		for n := 1; n <= 6; n++ {
			for _, lost := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, n, lost), func(t *testing.T) {
					t.Parallel()
					h := openOrders(t)
					h.PlaceOrder(shopifytest.Order{ID: orderGID + "5", Name: "#1005", Lines: []shopifytest.OrderLine{{SKU: "A-1", Price: "1.00", Quantity: 9}}})
					h.happens("#1005", shopifytest.Step{Do: "fulfil", Items: []shopifytest.StepItem{{Line: 1, Quantity: 2}}}) // by hand
					rows := []row{{"note": "DN-1", "order.id": "5", "sku": "A-1", "quantity": "2"}, {"note": "DN-2", "order.id": "5", "sku": "A-1", "quantity": "2"}}
					p := h.plan(kindFulfillment, rows...)
					h.Fault("graphql", n, shopifytest.Fault{Kind: kind})
					if lost { // the ledger: what was under way is only in the file
						docs := make([]pipeline.Document, len(p.Docs))
						for i := range p.Docs {
							docs[i] = p.Docs[i].Doc
							docs[i].Kind, docs[i].State = kindFulfillment, pipeline.Sending
						}
						_, _ = h.sink.Send(t.Context(), pipeline.Batch{ID: "00000000-0000-4000-8000-000000000001", Docs: docs})
						h.asANewProcess()
						h.ClearFaults()
						h.clock.advance(time.Minute)
						p = h.plan(kindFulfillment, rows...)
					}
					h.carry(kindFulfillment, p)
					same(t, "sent", h.sentOf("#1005"), "A-1 6/9 in 3, PARTIALLY_FULFILLED")
					h.asANewProcess()
					same(t, "again", h.drop(kindFulfillment, rows...), "DN-1 5 unchanged\nDN-2 5 unchanged")
				})
			}
		}
	}
}

func TestSink_Fulfillments(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openOrders(t)
		fault := func(n int, f shopifytest.Fault) { h.Fault("FulfillmentCreate", n, f) }
		return sinktest.World{
			Sink: h.sink,
			Docs: func(texts []string) []pipeline.Document {
				var rows []row
				h.many(len(texts))
				for i, text := range texts {
					rows = append(rows, row{"note": pipeline.Clean(text), "order.id": fmt.Sprint(1000 + i), "sku": "A-1", "quantity": "1"})
				}
				return h.planned(t, kindFulfillment, rows...)
			},
			Effects: func() []string {
				var out []string
				for _, o := range h.Orders(h.clock.now()) {
					out = append(out, slices.Repeat([]string{o.Name}, o.Fulfilments)...)
				}
				return out
			},
			Lose:   func() { fault(1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Refuse: func() { h.refuseFulfillment() },
			Full:   func() { fault(0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend:   func() { h.ClearFaults(); h.clock.advance(time.Hour) },
		}
	})
}

func (h *house) refuseFulfillment() {
	h.Fault("FulfillmentCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 200,
		Body: `{"data":{"fulfillmentCreate":{"fulfillment":null,"userErrors":[{"field":["fulfillment"],"message":"Fulfillment order has an unfulfillable status"}]}}}`})
}

func TestPlanner_Fulfillments(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := openOrders(t)
		return h.planWorld(kindFulfillment, func(round int) []row {
			return []row{{"note": "DN-1", "order.id": "1", "sku": "A-1", "quantity": "1", "company": "Bosta", "tracking": fmt.Sprint("T", round)},
				{"note": "DN-2", "order.id": "2", "sku": "A-1", "quantity": "1", "tracking": fmt.Sprint("U", round)}}
		}, func() {
			for _, order := range []string{"#1001", "#1002"} {
				h.happens(order, shopifytest.Step{Do: "track", Tracking: []shopifytest.Tracking{{Number: "by hand"}}})
			}
		})
	})
}

func TestFaultMatrix_Fulfillments(t *testing.T) {
	t.Parallel()
	faultMatrix{[]string{"OrdersToSend", "MetafieldDefinitionCreate", "MetafieldsSet", "FulfillmentCreate", "FulfillmentTrackingUpdate", "FulfillmentCancel"}, func(t *testing.T) faultJob {
		h := openOrders(t)
		h.many(12)
		h.drop(kindFulfillment, row{"note": "OLD", "order.id": "1", "sku": "A-1", "quantity": "1"}, row{"note": "GONE", "order.id": "2", "sku": "A-1", "quantity": "1"})
		h.asANewProcess()
		rows := []row{{"note": "OLD", "order.id": "1", "tracking": "77"}, {"note": "GONE", "order.id": "2", "cancelled": "yes"}}
		for i := range 12 {
			rows = append(rows, row{"note": fmt.Sprint("DN-", i), "order.id": fmt.Sprint(1000 + i), "sku": "A-1", "quantity": "1"})
		}
		j := h.job(kindFulfillment, rows, func(t *testing.T) {
			want := map[string]string{"#1001": "A-1 1/2, B-1 0/3 in 1, PARTIALLY_FULFILLED", "#1002": "A-1 0/1 in 1, UNFULFILLED"}
			for i := range 12 {
				want[fmt.Sprint("#", 2001+i)] = "A-1 1/1 in 1, FULFILLED"
			}
			for _, name := range slices.Sorted(maps.Keys(want)) {
				same(t, name, h.sentOf(name), want[name])
			}
		})
		return j
	}}.run(t)
}

// What a night of 500 delivery notes, and of 500 receipts, costs.
func TestFulfillments_Cost(t *testing.T) {
	if testing.Short() {
		t.Skip("500 orders")
	}
	t.Parallel()
	for kind, most := range map[string]int{kindFulfillment: 640, kindPayment: 640} {
		h := openOrders(t)
		h.many(500)
		var rows []row
		for i := range 500 {
			rows = append(rows, row{"note": fmt.Sprint("DN-", i), "payment.id": fmt.Sprint("R-", i), "order.id": fmt.Sprint(1000 + i), "sku": "A-1", "quantity": "1", "amount": "100"})
		}
		for _, r := range rows {
			for _, other := range map[string][]string{kindFulfillment: {"payment.id", "amount"}, kindPayment: {"note", "sku", "quantity"}}[kind] {
				delete(r, other)
			}
		}
		p := h.plan(kind, rows...)
		plan := h.sink.door.Used()
		h.carry(kind, p)
		all := h.sink.door.Used()
		t.Logf("%s: plan %d calls, %.0f points; sending %d calls, %.0f points", kind, plan.Calls, plan.Points, all.Calls-plan.Calls, all.Points-plan.Points)
		if all.Calls > most {
			t.Errorf("%s takes %d calls, more than %d", kind, all.Calls, most)
		}
	}
}
