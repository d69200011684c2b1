package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// wrong gives the messages of the userErrors of the first root field.
func wrong(a answer) string {
	var out []string
	for _, root := range a.Data {
		payload, _ := root.(map[string]any)
		for _, name := range []string{"userErrors", "orderCancelUserErrors"} {
			list, _ := payload[name].([]any)
			for _, e := range list {
				out = append(out, e.(map[string]any)["message"].(string))
			}
		}
	}
	return strings.Join(out, "; ")
}

const (
	markDocument   = `mutation { orderMarkAsPaid(input: {id: "gid://shopify/Order/1"}) { order { displayFinancialStatus } userErrors { field message } } }`
	cancelDocument = `mutation($restock: Boolean!, $refund: Boolean!) { orderCancel(orderId: "gid://shopify/Order/1", reason: CUSTOMER, restock: $restock,
  refundMethod: {originalPaymentMethodsRefund: $refund}) { job { id done } orderCancelUserErrors { code message } } }`
	refundDocument = `mutation($in: RefundInput!, $key: String!) { refundCreate(input: $in) @idempotent(key: $key) {
  refund { id totalRefundedSet { shopMoney { amount } } } userErrors { field message } } }`
)

func TestOrderWrite_OurWritesMoveUpdatedAt(t *testing.T) {
	t.Parallel()
	for name, doc := range map[string]string{
		"tags": `mutation { tagsAdd(id: "gid://shopify/Order/1", tags: ["erp"]) { userErrors { message } } }`,
		"note": `mutation { orderUpdate(input: {id: "gid://shopify/Order/1", note: "x"}) { userErrors { message } } }`,
		"metafield": `mutation { metafieldsSet(metafields: [{ownerId: "gid://shopify/Order/1", namespace: "wasl", key: "erp_doc_no", type: "single_line_text_field", value: "1"}])
  { userErrors { message } } }`,
		"close": `mutation { orderClose(input: {id: "gid://shopify/Order/1"}) { order { closedAt } userErrors { message } } }`,
		"paid":  markDocument,
	} {
		s := orderShop(t)
		s.PlaceOrder(simple())
		a := ask(t, s, doc, nil)
		if o, _ := s.OrderAt("#1001", s.opt.Now()); wrong(a) != "" || len(a.Errors) > 0 || !o.Updated.Equal(s.opt.Now()) {
			t.Errorf("%s: updated %s: %s", name, o.Updated, a.raw)
		}
		if len(s.ChangesOf(gid("Order", 1))) == 0 {
			t.Errorf("%s: nothing is noted", name)
		}
	}
}

func TestOrderWrite_ShippingAddressWorksTaxesOutAgain(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple())
	a := ask(t, s, `mutation { orderUpdate(input: {id: "gid://shopify/Order/1", shippingAddress: {city: "Giza", countryCode: EG}}) { order { totalTaxSet { shopMoney { amount } } }
  userErrors { message } } }`, nil)
	if before, _ := s.OrderAt("#1001", at(0)); before.Tax != "102.24" || sumOf(a, "orderUpdate.order.totalTaxSet") == "102.24" {
		t.Errorf("taxes were %s: %s", before.Tax, a.raw)
	}
	if told := s.JudgeBut(); len(told) != 1 || told[0].Rule != "address-sent" {
		t.Errorf("judged: %v", told)
	}
}

func TestOrderWrite_PaidOnce(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple())
	if a := ask(t, s, markDocument, nil); a.at("orderMarkAsPaid.order.displayFinancialStatus") != "PAID" {
		t.Errorf("got %s", a.raw)
	}
	if a := ask(t, s, markDocument, nil); wrong(a) != "Order cannot be marked as paid." {
		t.Errorf("got %s", a.raw)
	}
}

func TestOrderWrite_PartPaymentIsForPlus(t *testing.T) {
	t.Parallel()
	doc := `mutation($amount: MoneyInput) { orderCreateManualPayment(id: "gid://shopify/Order/1", amount: $amount, paymentMethodName: "Courier")
  { order { displayFinancialStatus } userErrors { code message } } }`
	amount := func(text, currency string) map[string]any {
		return map[string]any{"amount": map[string]any{"amount": text, "currencyCode": currency}}
	}
	s := orderShop(t)
	s.PlaceOrder(simple())
	if a := ask(t, s, doc, amount("100", "EGP")); a.code() != "ACCESS_DENIED" {
		t.Errorf("not on Plus: %s", a.raw)
	}
	s = orderShop(t, func(o *Options) { o.Plus = true })
	s.PlaceOrder(simple())
	for _, one := range []struct{ amount, currency, want string }{
		{"833", "EGP", "AMOUNT_EXCEEDS_BALANCE"}, {"0", "EGP", "AMOUNT_NOT_POSITIVE"}, {"1", "USD", "CURRENCY_MISMATCH"}, {"100", "EGP", ""}} {
		if a := ask(t, s, doc, amount(one.amount, one.currency)); !strings.HasPrefix(userErrorCodes(a), one.want) || len(a.Errors) > 0 {
			t.Errorf("%v: %s", one, a.raw)
		}
	}
	if o, _ := s.OrderAt("#1001", s.opt.Now()); o.Financial != "PARTIALLY_PAID" || o.Outstanding != "732.50" {
		t.Errorf("got %+v", o)
	}
	if a := ask(t, s, doc, nil); a.at("orderCreateManualPayment.order.displayFinancialStatus") != "PAID" {
		t.Errorf("the rest: %s", a.raw)
	}
}

func TestOrderWrite_CancelIsAJob(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple(), Step{At: at(1), Do: "pay"})
	a := ask(t, s, cancelDocument, map[string]any{"restock": true, "refund": true})
	id := a.at("orderCancel.job.id")
	if id == nil || a.at("orderCancel.job.done") != false {
		t.Fatalf("got %s", a.raw)
	}
	var done any
	for range 3 {
		done = ask(t, s, `query($id: ID!) { job(id: $id) { done } }`, map[string]any{"id": id}).at("job.done")
	}
	o, _ := s.OrderAt("#1001", s.opt.Now())
	if done != true || !o.Cancelled || o.Financial != "REFUNDED" || o.Refunded != "832.50" || o.Current != "0.00" || o.Lines[0].Current != 0 {
		t.Errorf("done %v: %+v", done, o)
	}
	if a := ask(t, s, cancelDocument, map[string]any{"restock": true, "refund": false}); wrong(a) != "Order has already been cancelled" {
		t.Errorf("twice: %s", a.raw)
	}
}

func TestOrderWrite_CancelIsRefused(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]Step{
		"fulfilled": {{At: at(1), Do: "fulfil"}},
		"returned":  {{At: at(1), Do: "fulfil"}, {At: at(2), Do: "return", Items: []StepItem{{Line: 1, Quantity: 1}}}},
	} {
		s := orderShop(t)
		s.PlaceOrder(simple(), steps...)
		if a := ask(t, s, cancelDocument, map[string]any{"restock": false, "refund": false}); wrong(a) == "" {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	s := orderShop(t)
	if a := ask(t, s, cancelDocument, map[string]any{"restock": false, "refund": false}); !strings.Contains(a.raw, "NOT_FOUND") {
		t.Errorf("no order: %s", a.raw)
	}
}

func TestRefund_HasAKeyAndAnEnd(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.PlaceOrder(simple(), Step{At: at(1), Do: "pay"})
	in := func(note, amount string, quantity int) map[string]any {
		return map[string]any{"orderId": gid("Order", 1), "note": note, "transactions": []any{map[string]any{"orderId": gid("Order", 1), "gateway": "manual",
			"kind": "REFUND", "amount": amount, "parentId": gid("OrderTransaction", 1)}},
			"refundLineItems": []any{map[string]any{"lineItemId": gid("LineItem", 1), "quantity": quantity, "restockType": "NO_RESTOCK"}}}
	}
	first := ask(t, s, refundDocument, map[string]any{"in": in("CN-1", "349.00", 1), "key": "a"})
	again := ask(t, s, refundDocument, map[string]any{"in": in("CN-1", "349.00", 1), "key": "a"})
	if id := first.at("refundCreate.refund.id"); id == nil || again.at("refundCreate.refund.id") != id {
		t.Errorf("one key, one refund: %s %s", first.raw, again.raw)
	}
	for _, one := range []struct {
		key, amount string
		quantity    int
		want        string
	}{
		{"b", "483.51", 1, "Refund amount 483.51 EGP is greater than net payment received 483.50 EGP"},
		{"c", "1.00", 2, "Quantity cannot refund more items than were purchased"},
	} {
		if a := ask(t, s, refundDocument, map[string]any{"in": in("CN-2", one.amount, one.quantity), "key": one.key}); wrong(a) != one.want {
			t.Errorf("got %q, want %q: %s", wrong(a), one.want, a.raw)
		}
	}
	if a := ask(t, s, strings.Replace(refundDocument, "@idempotent(key: $key)", "", 1), map[string]any{"in": in("CN-3", "1.00", 1), "key": "d"}); len(a.Errors) == 0 {
		t.Errorf("without a key: %s", a.raw)
	}
	if o, _ := s.OrderAt("#1001", s.opt.Now()); o.Refunded != "349.00" || o.Refunds != 1 || o.Lines[0].Current != 1 {
		t.Errorf("got %+v", o)
	}
	ask(t, s, refundDocument, map[string]any{"in": in("CN-1", "349.00", 1), "key": "e"})
	if !slices.ContainsFunc(s.Judge(), func(v Violation) bool { return v.Rule == "refund-twice" }) {
		t.Error("a refund that was made twice is not judged")
	}
}

func TestFulfilment_ComesAndGoes(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	in := simple()
	in.Lines[1].Location = "Giza"
	s.PlaceOrder(in)
	create := func(group string) answer {
		return ask(t, s, `mutation { fulfillmentCreate(fulfillment: {lineItemsByFulfillmentOrder: [`+group+`], trackingInfo: {company: "Bosta", number: "1"}})
  { fulfillment { id status trackingInfo { number } } userErrors { message } } }`, nil)
	}
	one := func(order, line, quantity int) string {
		return fmt.Sprintf(`{fulfillmentOrderId: "gid://shopify/FulfillmentOrder/%d", fulfillmentOrderLineItems: [{id: "gid://shopify/FulfillmentOrderLineItem/%d", quantity: %d}]}`,
			order, line, quantity)
	}
	if a := create(one(1, 1, 1) + one(2, 2, 1)); !strings.Contains(wrong(a), "same assigned location") {
		t.Errorf("two places: %s", a.raw)
	}
	if a := create(one(1, 1, 3)); wrong(a) != "Invalid fulfillment order line item quantity requested." {
		t.Errorf("too many: %s", a.raw)
	}
	a := create(one(1, 1, 1))
	id := a.at("fulfillmentCreate.fulfillment.id")
	if id == nil || a.at("fulfillmentCreate.fulfillment.trackingInfo.0.number") != "1" {
		t.Fatalf("got %s", a.raw)
	}
	if a := create(`{fulfillmentOrderId: "gid://shopify/FulfillmentOrder/2"}`); wrong(a) != "" {
		t.Errorf("all of the second: %s", a.raw)
	}
	a = ask(t, s, `{ order(id: "gid://shopify/Order/1") { displayFulfillmentStatus fulfillmentOrders(first: 5) { nodes { status lineItems(first: 5) { nodes { remainingQuantity } } } } } }`, nil)
	if got := fmt.Sprintln(a.at("order.displayFulfillmentStatus"), a.at("order.fulfillmentOrders.nodes.0.status"), a.at("order.fulfillmentOrders.nodes.1.status"),
		a.at("order.fulfillmentOrders.nodes.0.lineItems.nodes.0.remainingQuantity")); got != "PARTIALLY_FULFILLED IN_PROGRESS CLOSED 1\n" {
		t.Errorf("got %s", got)
	}
	a = ask(t, s, `mutation($id: ID!) { fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: {number: "2"}) { fulfillment { trackingInfo { number } } userErrors { message } } }`,
		map[string]any{"id": id})
	if a.at("fulfillmentTrackingInfoUpdate.fulfillment.trackingInfo.0.number") != "2" || a.Extensions.Cost.Requested < 50 {
		t.Errorf("tracking: %s", a.raw)
	}
	for i, want := range []string{"", "Fulfillment does not exist, or is cancelled."} {
		a = ask(t, s, `mutation($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { status } userErrors { message } } }`, map[string]any{"id": id})
		if wrong(a) != want {
			t.Errorf("cancelled %d times: %s", i+1, a.raw)
		}
	}
}

func TestCustomer_SetFindsByItsIdentifier(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	set := func(identifier, input string) answer {
		return ask(t, s, `mutation { customerSet(identifier: `+identifier+`, input: `+input+`) { customer { id firstName tags } userErrors { field message code } } }`, nil)
	}
	if a := set(`{phone: "+201001234567"}`, `{phone: "+201001234567", firstName: "Muna", tags: ["erp"]}`); a.at("customerSet.customer.id") != gid("Customer", 1) ||
		fmt.Sprint(a.at("customerSet.customer.tags")) != "[erp]" {
		t.Errorf("changed: %s", a.raw)
	}
	for _, one := range []struct{ identifier, input, want string }{
		{`{id: "gid://shopify/Customer/9"}`, `{firstName: "X"}`, "NOT_FOUND identifier.id"},
		{`{phone: "+201111111111"}`, `{phone: "+202222222222"}`, "INPUT_MISMATCH input"},
		{`{phone: "+201111111111"}`, `{phone: "+201111111111", email: "mona@example.com"}`, "TAKEN input.email"},
		{`{phone: "0100"}`, `{phone: "0100"}`, "INVALID input.phone"},
		{`{phone: "+201111111111"}`, `{phone: "+201111111111", firstName: "New"}`, ""},
	} {
		if a := set(one.identifier, one.input); userErrorCodes(a) != one.want || len(a.Errors) > 0 {
			t.Errorf("%s %s: got %q, want %q: %s", one.identifier, one.input, userErrorCodes(a), one.want, a.raw)
		}
	}
	if len(s.orders.customers) != 2 {
		t.Errorf("got %d customers, want 2", len(s.orders.customers))
	}
}

func TestPayout_OnlyWhereItIsOffered(t *testing.T) {
	t.Parallel()
	doc := `{ shopifyPaymentsAccount { payouts(first: 9, query: "issued_at:>='2026-11-01'") { nodes { net { amount } summary { chargesGross { amount } chargesFee { amount } refundsFeeGross { amount } } } } } }`
	without := orderShop(t)
	if a := ask(t, without, doc, nil); len(a.Errors) > 0 || a.at("shopifyPaymentsAccount") != nil {
		t.Errorf("not offered: %s", a.raw)
	}
	denied := orderShop(t, func(o *Options) { o.Scopes = DefaultScopes })
	if a := ask(t, denied, doc, nil); a.code() != "ACCESS_DENIED" {
		t.Errorf("without the scope: %s", a.raw)
	}
	s := orderShop(t, func(o *Options) { o.ShopifyPayments = true })
	s.PlaceOrder(simple(), Step{At: at(1), Do: "pay", Gateway: gatewayShopify, Card: "Visa 4242"}, Step{At: at(2), Do: "refund", Amount: "100"})
	s.AddPayout(Payout{})
	s.AddPayout(Payout{})
	a := ask(t, s, doc, nil)
	if got := fmt.Sprint(a.at("shopifyPaymentsAccount.payouts.nodes.0")); got !=
		"map[net:map[amount:705.36] summary:map[chargesFee:map[amount:27.14] chargesGross:map[amount:832.5] refundsFeeGross:map[amount:-100.0]]]" {
		t.Errorf("got %s", got)
	}
	if a.at("shopifyPaymentsAccount.payouts.nodes.1.net.amount") != "0.0" {
		t.Errorf("money was paid out twice: %s", a.raw)
	}
	a = ask(t, s, `{ tenderTransactions(first: 9, query: "processed_at:>='2026-11-01'") { nodes { amount { amount } paymentMethod order { name } } } }`, nil)
	if got := fmt.Sprint(a.at("tenderTransactions.nodes")); got !=
		"[map[amount:map[amount:832.5] order:map[name:#1001] paymentMethod:credit_card] map[amount:map[amount:-100.0] order:map[name:#1001] paymentMethod:credit_card]]" {
		t.Errorf("got %s", got)
	}
}
