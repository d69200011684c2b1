package shopify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// paidOf is how an order stands: state, received, outstanding.
func (h *house) paidOf(name string) string {
	o := h.order(name)
	return o.Financial + " " + o.Received + " " + o.Outstanding
}

func plus(o *shopifytest.Options) { o.Plus = true }

// What was collected marks orders paid, wholly or in part, and no receipt twice.
func TestPayments_Taken(t *testing.T) {
	t.Parallel()
	h := openOrders(t, plus)
	rows := []row{{"payment.id": "R-1", "order.name": "#1002", "amount": "100.00", "currency": "egp"}, {"payment.id": "R-2", "order.id": "1", "amount": "50", "at": "2026-11-23 10:00"}}
	same(t, "plan", h.drop(kindPayment, rows...), "R-1 #1002 ready outstanding 100.00 EGP > 0.00 EGP\nR-2 1 ready outstanding 350.00 EGP > 300.00 EGP")
	same(t, "#1002", h.paidOf("#1002"), "PAID 100.00 0.00")
	same(t, "#1001", h.paidOf("#1001"), "PARTIALLY_PAID 50.00 300.00")
	h.asANewProcess()
	same(t, "again", h.drop(kindPayment, rows...), "R-1 #1002 unchanged\nR-2 1 unchanged")
	// Two more of one order in one file: the second is all that is left.
	same(t, "rest", h.drop(kindPayment, row{"payment.id": "R-3", "order.id": "1", "amount": "100"}, row{"payment.id": "R-4", "order.id": "1", "amount": "200"}),
		"R-3 1 ready outstanding 300.00 EGP > 200.00 EGP\nR-4 1 ready outstanding 200.00 EGP > 0.00 EGP")
	same(t, "#1001", h.paidOf("#1001"), "PAID 350.00 0.00")
	if n, m := len(h.CallsOf("OrderMarkAsPaid")), len(h.CallsOf("OrderCreateManualPayment")); n != 2 || m != 2 {
		t.Errorf("%d marked, %d in part", n, m)
	}
	if ref := h.docs["payment/R-4"].Ref; !strings.HasPrefix(ref, transactionGID) {
		t.Errorf("R-4 became %q", ref)
	}
	h.clean(t)
}

// Below Plus a part is told and left; what comes after it in the file is not taken for
// the whole.
func TestPayments_PartNotPossible(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.drop(kindPayment, row{"payment.id": "R-1", "order.id": "1", "amount": "300"}, row{"payment.id": "R-2", "order.id": "1", "amount": "50"}, row{"payment.id": "R-3", "order.id": "2", "amount": "100"})
	for _, no := range []string{"R-1", "R-2"} {
		why := h.why["payment/"+no]
		if len(why) != 1 || why[0].Rule != "payment.part" || h.docs["payment/"+no].State != pipeline.Rejected || strings.Contains(why[0].Says("en"), "{") {
			t.Errorf("%s: %+v", no, why)
		}
	}
	same(t, "#1001", h.paidOf("#1001")+", "+h.paidOf("#1002"), "PENDING 0.00 350.00, PAID 100.00 0.00")
	same(t, "whole", h.drop(kindPayment, row{"payment.id": "R-1", "order.id": "1", "amount": "350"}), "R-1 1 ready outstanding 350.00 EGP > 0.00 EGP")
	same(t, "#1001", h.paidOf("#1001"), "PAID 350.00 0.00")
}

func TestPayments_NotClear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, rule string
		before     []shopifytest.Step
		row        row
	}{
		{"too much", "payment.over", nil, row{"amount": "350.01"}},
		{"nothing", "payment.amount", nil, row{"amount": "0"}},
		{"given back", "payment.amount", nil, row{"amount": "-5"}},
		{"another currency", "payment.currency", nil, row{"amount": "350", "currency": "USD"}},
		{"paid already", "payment.paid", []shopifytest.Step{{Do: "pay"}}, row{"amount": "350"}},
		{"cancelled", "order.cancelled", []shopifytest.Step{{Do: "cancel", Reason: "CUSTOMER"}}, row{"amount": "350"}},
		{"refunded", "payment.refunded", []shopifytest.Step{{Do: "pay"}, {Do: "refund", Amount: "350"}}, row{"amount": "350"}},
		{"no order", "order.unknown", nil, row{"amount": "1", "order.id": "77"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := openOrders(t)
			h.happens("#1001", c.before...)
			r := row{"payment.id": "R", "order.id": "1"}
			for name, text := range c.row {
				r[name] = text
			}
			docs, aside := h.wishes(kindPayment, r)
			if len(aside) == 0 {
				h.carry(kindPayment, h.ask(pipeline.Question{Kind: kindPayment, Docs: docs}))
			}
			same(t, "rule", h.rulesOf("payment/R"), c.rule)
			for _, why := range h.why["payment/R"] {
				if strings.Contains(why.Says("en")+why.Fix("ar"), "{") {
					t.Errorf("a fact is missing: %s", why.Says("en"))
				}
			}
			if n := len(h.Mutations()); n > 0 {
				t.Errorf("%d mutations", n)
			}
		})
	}
	h := openOrders(t)
	h.drop(kindPayment, row{"payment.id": "R", "order.id": "2", "amount": "100"})
	h.drop(kindPayment, row{"payment.id": "R", "order.id": "2", "amount": "90"})
	same(t, "changed", h.rulesOf("payment/R"), "payment.changed")
}

// Whatever happens to whichever call, and whoever is killed, with the ledger or
// without: a receipt is taken once, and equal ones are told apart.
func TestPayments_NeverTwice(t *testing.T) {
	t.Parallel()
	for _, kind := range []shopifytest.FaultKind{shopifytest.FaultResetBefore, shopifytest.FaultResetAfter} {
		for n := 1; n <= 6; n++ {
			for _, lost := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, n, lost), func(t *testing.T) {
					t.Parallel()
					h := openOrders(t, plus)
					h.happens("#1001", shopifytest.Step{Do: "pay", Amount: "100"}) // by hand
					rows := []row{{"payment.id": "R-1", "order.id": "1", "amount": "100"}, {"payment.id": "R-2", "order.id": "1", "amount": "100"}}
					p := h.plan(kindPayment, rows...)
					h.Fault("graphql", n, shopifytest.Fault{Kind: kind})
					if lost {
						docs := make([]pipeline.Document, len(p.Docs))
						for i := range p.Docs {
							docs[i] = p.Docs[i].Doc
							docs[i].Kind, docs[i].State = kindPayment, pipeline.Sending
						}
						_, _ = h.sink.Send(t.Context(), pipeline.Batch{ID: "00000000-0000-4000-8000-000000000001", Docs: docs})
						h.asANewProcess()
						h.ClearFaults()
						h.clock.advance(time.Minute)
						p = h.plan(kindPayment, rows...)
					}
					h.carry(kindPayment, p)
					same(t, "paid", h.paidOf("#1001"), "PARTIALLY_PAID 300.00 50.00")
					h.asANewProcess()
					same(t, "again", h.drop(kindPayment, rows...), "R-1 1 unchanged\nR-2 1 unchanged")
				})
			}
		}
	}
}

func TestSink_Payments(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openOrders(t)
		fault := func(n int, f shopifytest.Fault) { h.Fault("OrderMarkAsPaid", n, f) }
		return sinktest.World{
			Sink: h.sink,
			Docs: func(texts []string) []pipeline.Document {
				var rows []row
				h.many(len(texts))
				for i, text := range texts {
					rows = append(rows, row{"payment.id": pipeline.Clean(text), "order.id": fmt.Sprint(1000 + i), "amount": "100"})
				}
				return h.planned(t, kindPayment, rows...)
			},
			Effects: func() []string {
				var out []string
				for _, o := range h.Orders(h.clock.now()) {
					out = append(out, slices.Repeat([]string{o.Name}, o.Payments-1)...)
				}
				return out
			},
			Lose: func() { fault(1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Refuse: func() {
				fault(1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 200,
					Body: `{"data":{"orderMarkAsPaid":{"order":null,"userErrors":[{"field":["id"],"message":"Order cannot be marked as paid."}]}}}`})
			},
			Full: func() { fault(0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { h.ClearFaults(); h.clock.advance(time.Hour) },
		}
	})
}

func TestFaultMatrix_Payments(t *testing.T) {
	t.Parallel()
	faultMatrix{[]string{"OrdersToPay", "MetafieldDefinitionCreate", "MetafieldsSet", "OrderMarkAsPaid", "OrderCreateManualPayment"}, func(t *testing.T) faultJob {
		h := openOrders(t, plus)
		h.many(12)
		var rows []row
		for i := range 12 {
			rows = append(rows, row{"payment.id": fmt.Sprint("R-", i), "order.id": fmt.Sprint(1000 + i), "amount": fmt.Sprint(100 - i%2*40)})
		}
		return h.job(kindPayment, rows, func(t *testing.T) {
			for i := range 12 {
				same(t, fmt.Sprint(i), h.paidOf(fmt.Sprint("#", 2001+i)), []string{"PAID 100.00 0.00", "PARTIALLY_PAID 60.00 40.00"}[i%2])
			}
		})
	}}.run(t)
}
