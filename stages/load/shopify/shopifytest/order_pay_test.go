package shopifytest

import (
	"fmt"
	"slices"
	"testing"
)

func TestOrderPay_MoneyMovesTheState(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct {
		steps []Step
		want  string // state, received, outstanding
	}{
		"nothing":         {nil, " 0.00 832.50"},
		"waiting":         {[]Step{{Do: "pay", Status: "PENDING"}}, "PENDING 0.00 832.50"},
		"refused":         {[]Step{{Do: "pay", Status: "FAILURE"}}, " 0.00 832.50"},
		"authorized":      {[]Step{{Do: "pay", Kind: "AUTHORIZATION"}}, "AUTHORIZED 0.00 832.50"},
		"captured part":   {[]Step{{Do: "pay", Kind: "AUTHORIZATION"}, {Do: "pay", Kind: "CAPTURE", Amount: "32.50"}}, "PARTIALLY_PAID 32.50 800.00"},
		"captured":        {[]Step{{Do: "pay", Kind: "AUTHORIZATION"}, {Do: "pay", Kind: "CAPTURE"}}, "PAID 832.50 0.00"},
		"voided":          {[]Step{{Do: "pay", Kind: "AUTHORIZATION"}, {Do: "pay", Kind: "VOID"}}, "VOIDED 0.00 832.50"},
		"suggested":       {[]Step{{Do: "pay"}, {Do: "pay", Kind: "SUGGESTED_REFUND", Amount: "5"}}, "PAID 832.50 0.00"},
		"refunded":        {[]Step{{Do: "pay"}, {Do: "refund", Amount: "832.50"}}, "REFUNDED 832.50 0.00"},
		"tipped after":    {[]Step{{Do: "pay"}, {Do: "tip", Amount: "10"}}, "PAID 832.50 10.00"},
		"goods, no money": {[]Step{{Do: "pay"}, {Do: "refund", Items: []StepItem{{Line: 2, Quantity: 1}}, Amount: "0"}}, "PAID 832.50 -99.50"},
	} {
		s := orderShop(t)
		for i := range one.steps {
			one.steps[i].At = at(i + 1)
		}
		s.PlaceOrder(simple(), one.steps...)
		o, _ := s.OrderAt("#1001", at(99))
		if got := o.Financial + " " + o.Received + " " + o.Outstanding; got != one.want {
			t.Errorf("%s: got %q, want %q", name, got, one.want)
		}
	}
}

func TestOrderPay_CashIsRoundedBesideTheAmount(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	in := simple()
	in.Lines = []OrderLine{{SKU: "Z", Price: "10.03"}}
	in.Freight = nil
	s.PlaceOrder(in, Step{At: at(1), Do: "pay", Gateway: "cash", Rounding: "0.02"})
	a := ask(t, s, `{ order(id: "gid://shopify/Order/1") { totalReceivedSet { shopMoney { amount } } totalCashRoundingAdjustment { paymentSet { shopMoney { amount } } }
  transactions { amountSet { shopMoney { amount } } amountRoundingSet { shopMoney { amount } } } } }`, nil)
	if got := sumOf(a, "order.totalReceivedSet") + " " + sumOf(a, "order.totalCashRoundingAdjustment.paymentSet") + " " +
		sumOf(a, "order.transactions.0.amountSet") + " " + sumOf(a, "order.transactions.0.amountRoundingSet"); got != "10.03 0.02 10.03 0.02" {
		t.Errorf("got %s", got)
	}
}

func TestOrder_DutiesTipsAndGiftCardsStandApart(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	on := false
	s.PlaceOrder(Order{ID: gid("Order", 1), At: at(0), Taxes: vat, TaxesIncluded: &on, Tip: "5",
		Lines: []OrderLine{{SKU: "A", Price: "100", Duty: "7"}, {SKU: "GC", Price: "50", GiftCard: true}}, Freight: []Freight{{Title: "DHL", Price: "10"}}})
	a := readOrder(t, s)
	if got := sumOf(a, "order.subtotalPriceSet") + " " + sumOf(a, "order.totalTaxSet") + " " + sumOf(a, "order.totalPriceSet"); got != "150.0 15.4 187.4" {
		t.Errorf("150 + 10 + 15.40 + 7 + 5: %s", got)
	}
	var lines []string
	for _, sale := range a.at("order.agreements.nodes.0.sales.nodes").([]any) {
		lines = append(lines, fmt.Sprint(sale.(map[string]any)["lineType"]))
	}
	if want := []string{"PRODUCT", "DUTY", "GIFT_CARD", "SHIPPING", "TIP"}; !slices.Equal(lines, want) {
		t.Errorf("got %v, want %v", lines, want)
	}
}

func TestOrder_ClosedReopenedAndDeleted(t *testing.T) {
	t.Parallel()
	clk := &clock{at(0)}
	s := orderShop(t, func(o *Options) { o.Now = clk.now })
	s.PlaceOrder(simple(), Step{At: at(1), Do: "close"}, Step{At: at(2), Do: "reopen"}, Step{At: at(3), Do: "delete"})
	for minute, want := range []string{"open", "closed", "open", "gone"} {
		clk.at = at(minute)
		a := ask(t, s, `{ order(id: "gid://shopify/Order/1") { closed } }`, nil)
		got := map[any]string{true: "closed", false: "open", nil: "gone"}[a.at("order.closed")]
		if got != want || (found(t, s, "", "ID") == "") != (want == "gone") {
			t.Errorf("minute %d: got %s, want %s", minute, got, want)
		}
	}
	if o, ok := s.OrderAt("#1001", at(3)); !ok || !o.Deleted {
		t.Errorf("the story of a deleted order can still be read: %+v", o)
	}
}

// What cannot happen is refused, and the order stays as it was.
func TestOrder_ImpossibleStepsAreRefused(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple())
	before, _ := s.OrderAt("#1001", at(99))
	for _, step := range []Step{
		{Do: "fly"}, {Do: "edit"}, {Do: "pay", Amount: "-1"}, {Do: "pay", Kind: "CAPTURE", Amount: "1"}, {Do: "pay", Amount: "1.0001"},
		{Do: "fulfil", Items: []StepItem{{Line: 1, Quantity: 3}}}, {Do: "fulfil", Items: []StepItem{{Line: 9, Quantity: 1}}},
		{Do: "return", Items: []StepItem{{Line: 1, Quantity: 1}}}, {Do: "refund", Amount: "1"}, {Do: "refund", Items: []StepItem{{Line: 1, Quantity: 3}}},
		{Do: "refund", Shipping: "36"}, {Do: "refund", Closes: true}, {Do: "unfulfil"}, {Do: "change"}, {Do: "tip"}, {At: at(-1), Do: "touch"},
	} {
		if err := s.Tell("#1001", step); err == nil {
			t.Errorf("%+v was taken", step)
		}
	}
	if after, _ := s.OrderAt("#1001", s.opt.Now()); !after.Updated.Equal(before.Updated) || after.Current != before.Current {
		t.Errorf("got %+v", after)
	}
	if err := s.Tell("#9", Step{Do: "touch"}); err == nil {
		t.Error("an order that is not there")
	}
}
