package shopifytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const sumsDocument = `query($id: ID!) { order(id: $id) { updatedAt edited cancelledAt displayFinancialStatus displayFulfillmentStatus returnStatus
  subtotalPriceSet { shopMoney { amount } presentmentMoney { amount currencyCode } } totalTaxSet { shopMoney { amount } }
  totalPriceSet { shopMoney { amount } } currentTotalPriceSet { shopMoney { amount } } totalReceivedSet { shopMoney { amount } }
  totalRefundedSet { shopMoney { amount } } totalOutstandingSet { shopMoney { amount } }
  lineItems(first: 9) { nodes { quantity currentQuantity discountAllocations { allocatedAmountSet { shopMoney { amount } } } taxLines { rate priceSet { shopMoney { amount } } } } }
  refunds { totalRefundedSet { shopMoney { amount } } transactions(first: 3) { nodes { id } }
    refundLineItems(first: 3) { nodes { quantity restockType subtotalSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } } }
    orderAdjustments(first: 3) { nodes { reason amountSet { shopMoney { amount } } } } }
  agreements(first: 9) { nodes { __typename reason sales(first: 9) { nodes { __typename actionType lineType quantity totalAmount { shopMoney { amount } } } } } } } }`

func readOrder(t *testing.T, s *Server) answer {
	t.Helper()
	a := ask(t, s, sumsDocument, map[string]any{"id": gid("Order", 1)})
	if len(a.Errors) > 0 {
		t.Fatalf("reading: %s", a.raw)
	}
	return a
}

func TestOrder_StandsAtEveryTimeOfItsLife(t *testing.T) {
	t.Parallel()
	clk := &clock{at(0)}
	s := orderShop(t, func(o *Options) { o.Now = clk.now })
	s.PlaceOrder(simple(),
		Step{At: at(10), Do: "pay", Amount: "100", Gateway: "Cash on Delivery (COD)"},
		Step{At: at(20), Do: "edit", Items: []StepItem{{Line: 1, Quantity: 1}}, Add: []OrderLine{{Title: "Bag", SKU: "B", Price: "20"}}},
		Step{At: at(30), Do: "pay"},
		Step{At: at(40), Do: "fulfil"},
		Step{At: at(50), Do: "refund", Items: []StepItem{{SKU: "A-2", Quantity: 1, Restock: "RETURN"}}, Amount: "90"},
	)
	want := []struct {
		minute                                            int
		financial, fulfilment, total, current, left, back string
		agreements                                        int
	}{
		{0, "<nil>", "UNFULFILLED", "832.5", "832.5", "832.5", "0.0", 1},
		{10, "PARTIALLY_PAID", "UNFULFILLED", "832.5", "832.5", "732.5", "0.0", 1},
		{20, "PARTIALLY_PAID", "UNFULFILLED", "852.5", "503.5", "403.5", "0.0", 2},
		{30, "PAID", "UNFULFILLED", "852.5", "503.5", "0.0", "0.0", 2},
		{40, "PAID", "FULFILLED", "852.5", "503.5", "0.0", "0.0", 2},
		{50, "PARTIALLY_REFUNDED", "FULFILLED", "852.5", "413.5", "0.0", "90.0", 3},
	}
	for _, w := range want {
		clk.at = at(w.minute)
		a := readOrder(t, s)
		agreements, _ := a.at("order.agreements.nodes").([]any)
		got := []string{fmt.Sprint(a.at("order.displayFinancialStatus")), fmt.Sprint(a.at("order.displayFulfillmentStatus")),
			sumOf(a, "order.totalPriceSet"), sumOf(a, "order.currentTotalPriceSet"), sumOf(a, "order.totalOutstandingSet"),
			sumOf(a, "order.totalRefundedSet"), fmt.Sprint(len(agreements)), fmt.Sprint(a.at("order.updatedAt"))}
		expect := []string{w.financial, w.fulfilment, w.total, w.current, w.left, w.back, fmt.Sprint(w.agreements), timestamp(at(w.minute))}
		if !slices.Equal(got, expect) {
			t.Errorf("minute %d: got %v, want %v", w.minute, got, expect)
		}
		if snapshot, ok := s.OrderAt("#1001", at(w.minute)); !ok || snapshot.Current != mustCash(w.current).fixed(2) {
			t.Errorf("minute %d: snapshot %+v", w.minute, snapshot)
		}
	}
	a := readOrder(t, s)
	if a.at("order.lineItems.nodes.0.quantity") != 2.0 || a.at("order.lineItems.nodes.0.currentQuantity") != 1.0 {
		t.Errorf("a line that was taken off in part keeps its quantity: %s", a.raw)
	}
	removal, money := "order.refunds.0", "order.refunds.1"
	if a.at(removal+".refundLineItems.nodes.0.restockType") != "CANCEL" || len(a.at(removal+".transactions.nodes").([]any)) != 0 {
		t.Errorf("a removal is a refund without money: %s", a.raw)
	}
	if got := sumOf(a, money+".refundLineItems.nodes.0.subtotalSet") + " " + sumOf(a, money+".refundLineItems.nodes.0.totalTaxSet") + " " +
		sumOf(a, money+".orderAdjustments.nodes.0.amountSet"); got != "99.5 12.22 9.5" {
		t.Errorf("the refund kept 9.50 back: %s", got)
	}
	if got := sumOf(a, "order.lineItems.nodes.0.taxLines.0.priceSet"); got != "85.72" {
		t.Errorf("14 %% lies inside 698.00: %s", got)
	}
}

func mustCash(text string) cash {
	m, err := parseMoney(text)
	if err != nil {
		panic(err)
	}
	return m
}

func TestOrder_MoneyComesInTwoCurrencies(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	in := simple()
	in.Currency, in.Rate = "KWD", "0.006123"
	s.PlaceOrder(in)
	a := readOrder(t, s)
	if got := fmt.Sprint(a.at("order.subtotalPriceSet")); got != "map[presentmentMoney:map[amount:4.883 currencyCode:KWD] shopMoney:map[amount:797.5]]" {
		t.Errorf("got %s", got)
	}
}

func TestOrder_ReturnsAndExchangesStandInTheLedger(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple(), Step{At: at(1), Do: "pay"}, Step{At: at(2), Do: "fulfil"},
		Step{At: at(3), Do: "return", Items: []StepItem{{Line: 1, Quantity: 1}}, Add: []OrderLine{{SKU: "A-2"}}},
		Step{At: at(4), Do: "refund", Closes: true, Amount: "249.50"})
	a := readOrder(t, s)
	var got []string
	for _, entry := range a.at("order.agreements.nodes").([]any) {
		one := entry.(map[string]any)
		line := one["__typename"].(string)
		for _, sale := range one["sales"].(map[string]any)["nodes"].([]any) {
			m := sale.(map[string]any)
			line += fmt.Sprintf(" %v%v:%v", m["lineType"], m["quantity"], m["totalAmount"].(map[string]any)["shopMoney"].(map[string]any)["amount"])
		}
		got = append(got, line)
	}
	want := []string{"OrderAgreement PRODUCT2:698.0 PRODUCT1:99.5 SHIPPING1:35.0", "ReturnAgreement PRODUCT-1:-349.0 PRODUCT1:99.5",
		"RefundAgreement ADJUSTMENT<nil>:99.5"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if a.at("order.returnStatus") != "RETURNED" || a.at("order.edited") != true {
		t.Errorf("states: %s", a.raw)
	}
}

func TestOrder_PaidOrderEditedUpwardsStaysPaid(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple(), Step{At: at(1), Do: "pay"}, Step{At: at(2), Do: "edit", Items: []StepItem{{Line: 2, Quantity: 3}}})
	a := readOrder(t, s)
	if a.at("order.displayFinancialStatus") != "PAID" || sumOf(a, "order.totalOutstandingSet") != "199.0" {
		t.Errorf("got %s", a.raw)
	}
}

func TestOrder_CancelledNeedsNoFulfilment(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	in := simple()
	in.Gateway = "Cash on Delivery (COD)"
	s.PlaceOrder(in, Step{At: at(1), Do: "cancel", Reason: "CUSTOMER"})
	a := readOrder(t, s)
	if a.at("order.displayFulfillmentStatus") != "FULFILLMENT_NOT_REQUIRED" || a.at("order.displayFinancialStatus") != "VOIDED" ||
		len(a.at("order.refunds").([]any)) != 0 {
		t.Errorf("an unpaid order has no refund: %s", a.raw)
	}
}

func TestOrder_StatesOfTheEnumsCanBeShown(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple())
	for name, enum := range map[string]string{"financial": "OrderDisplayFinancialStatus", "fulfilment": "OrderDisplayFulfillmentStatus",
		"returning": "OrderReturnStatus"} {
		for _, value := range loadedSchema().Types[enum].EnumValues {
			step := Step{Do: "state"}
			switch name {
			case "financial":
				step.Financial = value.Name
			case "fulfilment":
				step.Fulfilment = value.Name
			case "returning":
				step.Returning = value.Name
			}
			if err := s.Tell("#1001", step); err != nil {
				t.Fatal(err)
			}
			if a := readOrder(t, s); !strings.Contains(a.raw, `"`+value.Name+`"`) {
				t.Errorf("%s is not shown: %s", value.Name, a.raw)
			}
		}
	}
	if err := s.Tell("#1001", Step{Do: "state", Financial: "SOMEHOW"}); err == nil {
		t.Error("a state that is none was taken")
	}
}

func TestOrder_WhatAPersonDidLaterComesAfterWhatTheAPIDid(t *testing.T) {
	t.Parallel()
	clk := newClock()
	s := orderShop(t, func(o *Options) { o.Now = clk.now })
	s.PlaceOrder(simple(), Step{At: clk.at.Add(time.Hour), Do: "edit", Items: []StepItem{{Line: 1, Quantity: 1}}})
	ask(t, s, `mutation { orderMarkAsPaid(input: {id: "gid://shopify/Order/1"}) { order { id } userErrors { message } } }`, nil)
	if now, _ := s.OrderAt("#1001", clk.at); now.Received != "832.50" || now.Current != "832.50" {
		t.Errorf("now: %+v", now)
	}
	if later, _ := s.OrderAt("#1001", clk.at.Add(2*time.Hour)); later.Received != "832.50" || later.Outstanding != "-349.00" {
		t.Errorf("later: %+v", later)
	}
}

func TestOrder_PeopleCanBeHidden(t *testing.T) {
	t.Parallel()
	doc := `{ order(id: "gid://shopify/Order/1") { name email customer { id firstName defaultEmailAddress { emailAddress } } shippingAddress { name city } } }`
	for people, want := range map[string]string{
		PeopleShown:  "mona@example.com Mona Mona Adel errors 0",
		PeopleNull:   "<nil> <nil> <nil> errors 0",
		PeopleDenied: "<nil> <nil> <nil> errors 4",
	} {
		s := orderShop(t, func(o *Options) { o.People = people })
		s.PlaceOrder(simple())
		a := ask(t, s, doc, nil)
		got := fmt.Sprintf("%v %v %v errors %d", a.at("order.email"), a.at("order.customer.firstName"), a.at("order.shippingAddress.name"), len(a.Errors))
		if got != want || a.at("order.name") != "#1001" || a.at("order.shippingAddress.city") != "Cairo" || len(a.Errors) > 0 && a.code() != "ACCESS_DENIED" {
			t.Errorf("%q: got %s, want %s: %s", people, got, want, a.raw)
		}
	}
}

func TestOrder_CanBeToldByAnotherProcess(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	send := func(path, body string) (int, string) {
		a, err := post(t, s.URL()+"/_standin/"+path, "", "application/json", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return a.status, a.raw
	}
	status, raw := send("order", `{"order":{"name":"#7","at":"2026-11-20T09:00:00Z","taxes":[{"title":"VAT","rate":"0.14"}],"lines":[{"sku":"A-1","quantity":2}]},
		"steps":[{"at":"2026-11-20T10:00:00Z","do":"pay"}]} {"order":{"name":"#8","lines":[{"sku":"Z","price":"5"}]}}`)
	var ids []string
	if err := json.Unmarshal([]byte(raw), &ids); err != nil || status != 200 || len(ids) != 2 {
		t.Fatalf("%d %s", status, raw)
	}
	if status, raw := send("steps", `{"order":"#7","steps":[{"do":"refund","amount":"10"}]}`); status != 200 {
		t.Errorf("%d %s", status, raw)
	}
	if status, raw := send("steps", `{"order":"#7","steps":[{"do":"refund","amount":"10000"}]}`); status != 400 || !strings.Contains(raw, "greater than net payment received 688.00 EGP") {
		t.Errorf("%d %s", status, raw)
	}
	if status, _ := send("order", `{"order":{"lines":[{"skew":"A-1"}]}}`); status != 400 {
		t.Errorf("a field that is none was taken: %d", status)
	}
	if want := "#7 | PARTIALLY_REFUNDED | UNFULFILLED | total 698.00 | current 688.00 | received 698.00 | refunded 10.00 | outstanding 0.00\n" +
		"#8 | - | UNFULFILLED | total 5.00 | current 5.00 | received 0.00 | refunded 0.00 | outstanding 5.00\n"; s.OrderTable() != want {
		t.Errorf("got %s", s.OrderTable())
	}
	resp, err := client.Get(s.URL() + "/_standin/orders?at=2026-11-20T10:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []OrderSnapshot
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil || len(all) != 1 || all[0].Refunded != "0.00" || all[0].Received != "698.00" {
		t.Errorf("at ten: %+v %v", all, err)
	}
}
