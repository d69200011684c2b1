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

// What the ERP made of orders stands on them: found by id or by name, added to what
// was there, and nothing sent again once it is so.
func TestOrders_WrittenBack(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	rows := []row{
		{"order.id": "1", "order.name": "1001", "doc_no": "INV-7", "tags": "posted, VIP"},
		{"order.id": "1", "order.name": "1001", "eta_uuid": "abc", "eta_status": "Valid", "eta_qr_url": "https://invoicing.eta.gov.eg/r/abc"},
		{"order.name": "#1002", "doc_no": "INV-8", "doc_type": "sale", "note": "gate 3", "po_number": "PO-9"},
		{"order.name": "#1002", "doc_no": "CN-1", "doc_type": "credit"}, {"order.name": "#1002", "doc_no": "CN-2", "doc_type": "Credit"},
	}
	docs, _ := h.wishes(kindOrder, rows[:2]...)
	if len(docs) != 1 || docs[0].Key != "order/1" {
		t.Fatalf("%+v", docs)
	}
	same(t, "plan", h.drop(kindOrder, rows[:2]...)+"\n"+h.drop(kindOrder, rows[2:]...),
		"1001 ready erp_doc_no - > INV-7, eta_uuid - > abc, eta_status - > Valid, eta_qr_url - > https://invoicing.eta.gov.eg/r/abc, tags - > posted\n"+
			"#1002 ready erp_doc_no - > INV-8, erp_credit_no - > CN-1, CN-2, note - > gate 3, po_number - > PO-9")
	same(t, "#1001", h.ink("#1001"), "erp_doc_no=INV-7 eta_uuid=abc eta_status=Valid eta_qr_url=https://invoicing.eta.gov.eg/r/abc [posted vip] ring twice ")
	same(t, "#1002", h.ink("#1002"), "erp_doc_no=INV-8 erp_credit_no=CN-1, CN-2 [] gate 3 PO-9")
	n := len(h.Mutations())
	h.drop(kindOrder, rows[:2]...)
	h.drop(kindOrder, rows[2:]...)
	if len(h.Mutations()) != n {
		t.Errorf("the same again sends %d calls", len(h.Mutations())-n)
	}
	// A credit note more; a revision takes the place of the number.
	h.drop(kindOrder, row{"order.id": "2", "doc_no": "CN-3", "doc_type": "credit"}, row{"order.id": "2", "doc_no": "INV-8R", "doc_type": "revision"})
	same(t, "#1002", h.ink("#1002"), "erp_doc_no=INV-8R erp_credit_no=CN-1, CN-2, CN-3 [] gate 3 PO-9")
	same(t, "refused", h.drop(kindOrder, row{"order.id": "2", "doc_status": "refused", "doc_no": "X"}),
		"2 skipped nothing is said that could be written on the order #1002: a document that the ERP refused has no number:")
	h.clean(t)
}

func TestOrders_Undo(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.drop(kindOrder, row{"order.id": "1", "doc_no": "INV-7"})
	h.drop(kindOrder, row{"order.id": "1", "doc_no": "INV-8", "eta_uuid": "abc", "tags": "posted", "note": "new", "po_number": "P"})
	same(t, "undo", h.undo(kindOrder, "order/1"), "1 ready erp_doc_no INV-8 > INV-7, eta_uuid abc > -, note new > ring twice, po_number P > -, tags posted > -")
	same(t, "after", h.ink("#1001"), "erp_doc_no=INV-7 [vip] ring twice ")
	// What a person changed since is not overwritten.
	h.drop(kindOrder, row{"order.id": "1", "note": "mine"})
	theirs := "theirs"
	if err := h.Tell("#1001", shopifytest.Step{Do: "change", Change: &shopifytest.OrderChange{Note: &theirs}}); err != nil {
		t.Fatal(err)
	}
	h.undo(kindOrder, "order/1")
	same(t, "rules", h.rulesOf("order/1"), "undo.moved")
}

func TestOrders_NotClear(t *testing.T) {
	t.Parallel()
	h := openOrders(t)
	h.PlaceOrder(shopifytest.Order{ID: orderGID + "3", Name: "#1002", Lines: []shopifytest.OrderLine{{Title: "X", Price: "1"}}})
	for _, c := range []struct {
		row  row
		rule string
	}{
		{row{"doc_no": "I"}, "order.nameless"},
		{row{"order.id": "5.5E+12", "doc_no": "I"}, "order.id"},
		{row{"order.id": "77", "doc_no": "I"}, "order.unknown"},
		{row{"order.name": "#100", "doc_no": "I"}, "order.unknown"},
		{row{"order.name": "#1002", "doc_no": "I"}, "order.several"},
		{row{"order.id": "1", "order.name": "#1002", "doc_no": "I"}, "order.other"},
		{row{"order.id": "1", "doc_no": "I", "doc_type": "quote"}, "order.doctype"},
		{row{"order.id": "1", "eta_qr_url": "eta/abc"}, "order.link"},
		{row{"order.id": "1", "tags": "a tag that is much longer than what Shopify takes"}, "order.tag"},
	} {
		docs, aside := h.wishes(kindOrder, c.row)
		if len(aside) == 0 {
			h.carry(kindOrder, h.ask(pipeline.Question{Kind: kindOrder, Docs: docs}))
			aside = docs
		}
		same(t, fmt.Sprint(c.row), h.rulesOf(aside[0].Key), c.rule)
	}
	h.drop(kindOrder, row{"order.id": "1", "doc_no": "I"}, row{"order.name": "#1001", "doc_no": "J"})
	same(t, "twice", h.rulesOf("order/1")+" "+h.rulesOf("order/#1001"), "order.twice order.twice")
	if n := len(h.Mutations()); n > 0 {
		t.Errorf("%d mutations", n)
	}
}

// Shopify refuses one of many: it alone is rejected, with its row; with on_stale: hold
// so is what somebody has changed since the plan.
func TestOrders_Refused(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, orderAbove + 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			h := openOrders(t)
			h.set = pipeline.Settings{"on_stale": "hold"}
			h.many(n)
			var rows []row
			for i := range n {
				rows = append(rows, row{"order.id": fmt.Sprint(1000 + i), "doc_no": fmt.Sprint("INV-", i), "tags": "posted", "note": "n"})
			}
			p := h.plan(kindOrder, rows...)
			theirs := "theirs"
			for _, step := range []struct {
				order string
				step  shopifytest.Step
			}{{"#2003", shopifytest.Step{Do: "delete"}}, {"#2005", shopifytest.Step{Do: "change", Change: &shopifytest.OrderChange{Note: &theirs}}}} {
				if err := h.Tell(step.order, step.step); err != nil {
					t.Fatal(err)
				}
			}
			h.carry(kindOrder, p)
			same(t, "rules", h.rulesOf("order/1002")+" "+h.rulesOf("order/1004"), "order.unknown product.stale")
			for _, name := range []string{"#2001", "#2004", fmt.Sprint("#", 2000+n)} {
				if o := h.order(name); o.Metafields["wasl.erp_doc_no"] == "" || !slices.Equal(o.Tags, []string{"posted"}) || o.Note != "n" {
					t.Errorf("%s: %+v, %+v", name, o, h.why)
				}
			}
			same(t, "theirs", h.ink("#2005"), "[] theirs ")
			h.clean(t)
		})
	}
}

func TestOrders_RefusedByShopify(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, orderAbove + 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			h := openOrders(t)
			h.many(n)
			var rows []row
			for i := range n {
				rows = append(rows, row{"order.id": fmt.Sprint(1000 + i), "doc_no": fmt.Sprint("INV-", i), "eta_uuid": "u"})
			}
			p := h.plan(kindOrder, rows...)
			if err := h.Tell("#2003", shopifytest.Step{Do: "delete"}); err != nil {
				t.Fatal(err)
			}
			h.carry(kindOrder, p)
			if why := h.why["order/1002"]; len(why) == 0 || why[0].Rule != "shopify.refused" || why[0].Row != 4 || why[0].Field != keyDocNo || why[0].Value != "INV-2" {
				t.Errorf("%+v", why)
			}
			for i := range n {
				if key := fmt.Sprint("order/", 1000+i); i != 2 && h.docs[key].State != pipeline.Delivered {
					t.Errorf("%s is %s: %+v", key, h.docs[key].State, h.why[key])
				}
			}
		})
	}
}

// What writing back on 5,000 orders costs.
func TestOrders_Cost(t *testing.T) {
	if testing.Short() {
		t.Skip("5,000 orders")
	}
	t.Parallel()
	for name, tags := range map[string]string{"four fields": "", "four fields and a tag": "posted"} {
		t.Run(name, func(t *testing.T) {
			h := openOrders(t)
			h.many(5_000)
			var rows []row
			for i := range 5_000 {
				rows = append(rows, row{"order.name": fmt.Sprint("#", 2001+i), "doc_no": fmt.Sprint("INV-", i), "eta_uuid": fmt.Sprint("u", i), "eta_status": "Valid",
					"eta_qr_url": fmt.Sprint("https://invoicing.eta.gov.eg/r/", i), "tags": tags})
			}
			p := h.plan(kindOrder, rows...)
			plan := h.sink.door.Used()
			h.carry(kindOrder, p)
			all := h.sink.door.Used()
			t.Logf("plan: %d calls, %.0f points; sending: %d calls, %.0f points", plan.Calls, plan.Points, all.Calls-plan.Calls, all.Points-plan.Points)
			if sent := all.Points - plan.Points; sent > 300 {
				t.Errorf("sending costs %.0f points", sent)
			}
			if o := h.order("#7000"); o.Metafields["wasl.eta_status"] != "Valid" || tags != "" && len(o.Tags) != 1 {
				t.Errorf("%+v", o)
			}
		})
	}
}

func TestSink_Orders(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openOrders(t)
		fault := func(n int, f shopifytest.Fault) { h.Fault("MetafieldsSet", n, f) }
		return sinktest.World{
			Sink: h.sink, Freeze: h.kindOf(kindOrder).Freeze, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []row
				h.many(len(texts))
				for i, text := range texts {
					no := []rune(pipeline.Clean(text))
					rows = append(rows, row{"order.id": fmt.Sprint(1000 + i), "doc_no": fmt.Sprint(i, string(no[:min(len(no), 200)]))})
				}
				return h.planned(t, kindOrder, rows...)
			},
			Effects: func() []string {
				var out []string
				for _, o := range h.Orders(h.clock.now()) {
					for range h.ChangesOf(o.ID) {
						out = append(out, o.Name)
					}
				}
				return out
			},
			Lose: func() { fault(1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full: func() { fault(0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { h.ClearFaults(); h.clock.advance(time.Minute) },
		}
	})
}

func TestPlanner_Orders(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := openOrders(t)
		return h.planWorld(kindOrder, func(round int) []row {
			return []row{{"order.id": "1", "doc_no": fmt.Sprint("INV-", round), "note": fmt.Sprint("n", round), "tags": fmt.Sprint("t", round)},
				{"order.id": "2", "doc_no": fmt.Sprint("INV-2", round), "eta_uuid": fmt.Sprint("u", round)}}
		}, func() {
			for _, gid := range []string{"1", "2"} {
				w := writeback{inked: inked{GID: orderGID + gid, Set: map[string]string{keyDocNo: "by hand"}}}
				if _, err := h.sink.door.Query(t.Context(), setOrderFields, input{"metafields": settingFields(w)}); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}

func TestFaultMatrix_Orders(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]faultMatrix{
		"directly": {[]string{"OrdersNamed", "OrdersHeld", "MetafieldDefinitionCreate", "MetafieldsSet", "TagsAdd", "OrderUpdate"},
			func(t *testing.T) faultJob { return orderJob(t, 20, row{"tags": "posted", "note": "n"}) }},
		"in bulk": {[]string{"StagedUploadsCreate", "upload", "BulkOperationRunMutation", "BulkOperationStatus", "download"},
			func(t *testing.T) faultJob { return orderJob(t, orderAbove+1, nil) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.run(t)
		})
	}
}

// orderJob writes back a number on n orders, and something more.
func orderJob(t *testing.T, n int, more row) faultJob {
	h := openOrders(t)
	h.many(n)
	var rows []row
	for i := range n {
		r := row{"order.name": fmt.Sprint("#", 2001+i), "doc_no": fmt.Sprint("INV-", i)}
		maps.Copy(r, more)
		rows = append(rows, r)
	}
	j := h.job(kindOrder, rows, func(t *testing.T) {
		for i := range n {
			if o := h.order(fmt.Sprint("#", 2001+i)); o.Metafields["wasl.erp_doc_no"] != fmt.Sprint("INV-", i) || strings.Join(o.Tags, ",") != more["tags"] || o.Note != more["note"] {
				t.Errorf("%s carries %s", o.Name, h.ink(o.Name))
			}
		}
	})
	j.without = []string{"download"}
	return j
}
