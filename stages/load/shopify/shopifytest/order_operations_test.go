package shopifytest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// exampleOrders holds what the examples of the operations name: order 1 with its parts, two more, a payout.
func exampleOrders(t *testing.T, name string) *Server {
	t.Helper()
	s := orderShop(t, func(o *Options) { o.Plus, o.ShopifyPayments = true, true })
	in := simple()
	in.At = at(60 * 24 * 2)
	paid := Step{At: at(60*24*2 + 5), Do: "pay", Gateway: "Cash on Delivery (COD)"}
	sent := Step{At: at(60*24*2 + 9), Do: "fulfil", Items: []StepItem{{Line: 1, Quantity: 1}}, Tracking: []Tracking{{Company: "Bosta", Number: "1"}}}
	steps := []Step{paid, sent}
	switch name {
	case "order_mark_as_paid", "order_create_manual_payment", "order_cancel", "fulfillment_create":
		steps = nil
	}
	s.PlaceOrder(in, steps...)
	s.PlaceOrder(Order{ID: gid("Order", 2), At: at(10), Lines: []OrderLine{{SKU: "A-2"}}}, Step{At: at(60 * 24 * 3), Do: "pay", Gateway: gatewayShopify, Card: "Visa 4242"},
		Step{At: at(60*24*3 + 1), Do: "refund", Amount: "10"})
	s.AddPayout(Payout{})
	return s
}

// Every operation about orders, payments and customers, with its example: valid, served, without a userError, nothing
// deprecated in it, and at the cost of the table. Of an abstract type the dearest counts (section 5.2): that makes 195 points of
// order_agreements, as section 8.3 says; the table adds all of its fragments up to 243.
func TestOrderOperations_AreServedWithTheirExamples(t *testing.T) {
	t.Parallel()
	operation(t, "shop_info") // skips without the reference
	raw, err := os.ReadFile(filepath.Join(sharedOperations, "variables.json"))
	if err != nil {
		t.Fatal(err)
	}
	var examples map[string]map[string]any
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatal(err)
	}
	costs := map[string]int{"orders_ids_page": 13, "orders_sync_page": 296, "orders_by_ids": 151, "orders_page": 606, "order_by_id": 69,
		"order_agreements": 195, "order_update": 10, "tags_add": 10, "metafields_set": 10, "order_cancel": 10, "order_close": 10,
		"order_mark_as_paid": 10, "order_create_manual_payment": 10, "refund_create": 20, "fulfillment_orders": 95, "fulfillment_create": 11,
		"fulfillment_tracking_update": 50, "fulfillment_cancel": 10, "customers_page": 101, "customer_set": 10, "payouts": 0,
		"balance_transactions": 36, "tender_transactions": 24, "job_status": 1, "access_scopes": 3}
	for name, cost := range costs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := exampleOrders(t, name)
			a := ask(t, s, operation(t, name), examples[name])
			if len(a.Errors) > 0 || userErrorCodes(a) != "" || strings.Contains(a.raw, `"orderCancelUserErrors":[{`) {
				t.Errorf("got %q: %.600s", userErrorCodes(a), a.raw)
			}
			if got := s.NotImplemented(); len(got) > 0 {
				t.Errorf("not implemented: %v", got)
			}
			if got := s.Deprecated(); len(got) > 0 {
				t.Errorf("deprecated: %v", got)
			}
			if got := a.Extensions.Cost.Requested; cost != 0 && got != cost {
				t.Errorf("costs %d, want %d", got, cost)
			}
			if strings.HasPrefix(name, "orders_") && !strings.Contains(a.raw, `"name":"#1001"`) {
				t.Errorf("the order is missing: %.300s", a.raw)
			}
		})
	}
	for _, name := range []string{"bulk_query_orders", "bulk_query_customers"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := exampleOrders(t, name)
			lines := bulkRows(t, s, operation(t, name))
			if want := map[string]int{"bulk_query_orders": 6, "bulk_query_customers": 1}[name]; len(lines) != want {
				t.Errorf("got %d lines, want %d: %v", len(lines), want, lines)
			}
			if got := append(s.NotImplemented(), s.Deprecated()...); len(got) > 0 {
				t.Errorf("not implemented or deprecated: %v", got)
			}
		})
	}
}

// bulkRows runs a bulk query and gives the lines of its result.
func bulkRows(t *testing.T, s *Server, query string) []string {
	t.Helper()
	a := ask(t, s, `mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id } userErrors { field message } } }`,
		map[string]any{"q": query})
	id, _ := a.at("bulkOperationRunQuery.bulkOperation.id").(string)
	if id == "" {
		t.Fatalf("not accepted: %s", a.raw)
	}
	for range 5 {
		a = ask(t, s, `query($id: ID!) { bulkOperation(id: $id) { status url errorCode } }`, map[string]any{"id": id})
		if url, ok := a.at("bulkOperation.url").(string); ok {
			resp, err := client.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var lines []string
			decoder := json.NewDecoder(resp.Body)
			for decoder.More() {
				var line json.RawMessage
				if err := decoder.Decode(&line); err != nil {
					t.Fatal(err)
				}
				lines = append(lines, string(line))
			}
			return slices.Clip(lines)
		}
	}
	t.Fatalf("no result: %s", a.raw)
	return nil
}
