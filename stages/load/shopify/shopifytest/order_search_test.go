package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// found gives the names that a search finds, in the order of the sort key.
func found(t *testing.T, s *Server, query, sortKey string) string {
	t.Helper()
	a := ask(t, s, `query($q: String, $k: OrderSortKeys) { orders(first: 50, query: $q, sortKey: $k) { nodes { name } } }`,
		map[string]any{"q": query, "k": sortKey})
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %s", query, a.raw)
	}
	var names []string
	for _, n := range a.at("orders.nodes").([]any) {
		names = append(names, strings.TrimPrefix(n.(map[string]any)["name"].(string), "#"))
	}
	return strings.Join(names, " ")
}

// searchShop holds #1 to #4, placed an hour apart; #2 is paid and tagged, #3 is cancelled, #4 is a test.
func searchShop(t *testing.T, change ...func(*Options)) *Server {
	t.Helper()
	s := orderShop(t, change...)
	for i := 1; i <= 4; i++ {
		in := Order{ID: gid("Order", i), Name: fmt.Sprintf("#%d", i), At: at(60 * i), Test: i == 4, Lines: []OrderLine{{SKU: "A-1"}}}
		steps := map[int][]Step{
			2: {{At: at(400), Do: "pay", Gateway: "paymob"}, {At: at(410), Do: "tag", Tags: []string{"ERP:posted"}}},
			3: {{At: at(300), Do: "cancel"}},
			1: {{At: at(90), Do: "fulfil"}, {At: at(91), Do: "close"}},
		}[i]
		if i == 1 {
			in.Customer, in.Email, in.PONumber = gid("Customer", 1), "mona@example.com", "PO-9"
		}
		s.PlaceOrder(in, steps...)
	}
	return s
}

func TestOrderSearch_ByFields(t *testing.T) {
	t.Parallel()
	s := searchShop(t)
	for query, want := range map[string]string{
		"updated_at:>='2026-11-20T14:00:00Z'":                                    "2 3",
		"updated_at:>'2026-11-20T14:00:00Z'":                                     "2",
		"updated_at:>=2026-11-20T14:00:00Z":                                      "1 2 3 4",
		"created_at:>='2026-11-20T11:00:00Z' created_at:<'2026-11-20T13:00:00Z'": "2 3",
		"created_at:2026-11-20":                                                  "1 2 3 4",
		"processed_at:<'2026-11-20T10:30:00Z'":                                   "1",
		"name:3":                                                                 "3",
		"name:'#3'":                                                              "3",
		"id:>=3":                                                                 "3 4",
		"tag:erp:posted":                                                         "2",
		"tag_not:'ERP:posted'":                                                   "1 3 4",
		"financial_status:paid":                                                  "2",
		"financial_status:paid,voided":                                           "2",
		"fulfillment_status:shipped":                                             "1",
		"status:open":                                                            "2 4",
		"status:cancelled":                                                       "3",
		"status:closed":                                                          "1",
		"status:any":                                                             "1 2 3 4",
		"test:true":                                                              "4",
		"-test:true status:open":                                                 "2",
		"gateway:paymob":                                                         "2",
		"email:mona@example.com OR po_number:nothing":                            "1",
		"po_number:PO-9":                                                         "1",
		"customer_id:1":                                                          "1",
		"sku:A-1 current_total_price:>=349":                                      "1 2 3 4",
		"return_status:no_return name:1":                                         "1",
	} {
		if got := found(t, s, query, "ID"); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if got := found(t, s, "", "UPDATED_AT"); got != "1 4 3 2" {
		t.Errorf("sorted by the last change: %s", got)
	}
	told := s.Judge()
	if !slices.ContainsFunc(told, func(v Violation) bool { return v.Rule == "unquoted-time" }) || len(told) != 1 {
		t.Errorf("the time without quotes alone is judged: %v", told)
	}
}

func TestOrderSearch_IndexIsBehind(t *testing.T) {
	t.Parallel()
	clk := newClock()
	s := searchShop(t, func(o *Options) { o.Now, o.IndexLag = clk.now, 10*time.Second })
	since := "updated_at:>='" + timestamp(clk.at) + "'"
	if err := s.Tell("#2", Step{Do: "touch"}); err != nil {
		t.Fatal(err)
	}
	s.PlaceOrder(Order{Name: "#5", Lines: []OrderLine{{SKU: "A-1"}}})
	clk.advance(9 * time.Second)
	if got := found(t, s, since, "UPDATED_AT"); got != "" {
		t.Errorf("nine seconds later: %q", got)
	}
	if a := ask(t, s, `{ order(id: "gid://shopify/Order/2") { updatedAt } }`, nil); a.at("order.updatedAt") != "2026-11-24T06:00:00Z" {
		t.Errorf("by its id the order is read as it is: %s", a.raw)
	}
	clk.advance(time.Second)
	if got := found(t, s, since, "UPDATED_AT"); got != "2 5" {
		t.Errorf("ten seconds later: %q", got)
	}
}

func TestOrderSearch_ChangeBetweenPagesIsMetAgain(t *testing.T) {
	t.Parallel()
	clk := newClock()
	s := searchShop(t, func(o *Options) { o.Now = clk.now })
	page := func(after any) (names []string, cursor any) {
		a := ask(t, s, `query($after: String) { orders(first: 2, after: $after, sortKey: UPDATED_AT) { nodes { name } pageInfo { endCursor hasNextPage } } }`,
			map[string]any{"after": after})
		for _, n := range a.at("orders.nodes").([]any) {
			names = append(names, n.(map[string]any)["name"].(string))
		}
		return names, a.at("orders.pageInfo.endCursor")
	}
	first, cursor := page(nil)
	if err := s.Tell("#4", Step{Do: "touch"}); err != nil { // the last of the first page moves to the end
		t.Fatal(err)
	}
	second, cursor := page(cursor)
	third, _ := page(cursor)
	if got := fmt.Sprint(first, second, third); got != "[#1 #4] [#3 #2] [#4]" {
		t.Errorf("got %s", got)
	}
}

func TestOrderSearch_PagesBackwardsAndReversed(t *testing.T) {
	t.Parallel()
	s := searchShop(t)
	var got []string
	var after any
	for range 3 {
		a := ask(t, s, `query($after: String) { orders(first: 2, after: $after, sortKey: CREATED_AT, reverse: true) { nodes { name } pageInfo { endCursor hasNextPage } } }`,
			map[string]any{"after": after})
		for _, n := range a.at("orders.nodes").([]any) {
			got = append(got, n.(map[string]any)["name"].(string))
		}
		if a.at("orders.pageInfo.hasNextPage") != true {
			break
		}
		after = a.at("orders.pageInfo.endCursor")
	}
	if want := []string{"#4", "#3", "#2", "#1"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOrderSearch_EndsAtTheLimitOfCursors(t *testing.T) {
	t.Parallel()
	s := searchShop(t, func(o *Options) { o.MaxPaged = 3 })
	a := ask(t, s, `{ orders(first: 3) { pageInfo { endCursor } } }`, nil)
	a = ask(t, s, `query($c: String) { orders(first: 3, after: $c) { nodes { id } } }`, map[string]any{"c": a.at("orders.pageInfo.endCursor")})
	if a.code() != "BAD_REQUEST" {
		t.Errorf("got %s", a.raw)
	}
}

func TestOrderSearch_OldOrdersAreSilentlyMissing(t *testing.T) {
	t.Parallel()
	old := Order{ID: gid("Order", 9), Name: "#9", At: newClock().at.Add(-61 * 24 * time.Hour), Lines: []OrderLine{{SKU: "A-1"}}}
	for _, all := range []bool{false, true} {
		s := searchShop(t, func(o *Options) {
			if all {
				o.Scopes = append(o.Scopes, allTime)
			}
		})
		s.PlaceOrder(old)
		if err := s.Tell("#9", Step{Do: "touch"}); err != nil {
			t.Fatal(err)
		}
		a := ask(t, s, `{ order(id: "gid://shopify/Order/9") { name } }`, nil)
		if got := found(t, s, "", "ID"); strings.Contains(got, "9") != all || (a.at("order.name") == "#9") != all || len(a.Errors) > 0 {
			t.Errorf("read_all_orders %t: %q, %s", all, got, a.raw)
		}
	}
}

func TestOrderSearch_CustomersByWholeDays(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	s.AddCustomer(Customer{ID: gid("Customer", 2), FirstName: "Omar", At: time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)})
	for query, want := range map[string]int{"updated_at:>='2026-11-21T23:30:00Z'": 1, "updated_at:>='2026-11-22'": 0, "updated_at:>='2026-11-19'": 2,
		"updated_at:<'2026-11-21T23:30:00Z'": 1} {
		a := ask(t, s, `query($q: String) { customers(first: 9, query: $q, sortKey: UPDATED_AT) { nodes { id } } }`, map[string]any{"q": query})
		if got := len(a.at("customers.nodes").([]any)); got != want {
			t.Errorf("%s: got %d, want %d: %s", query, got, want, a.raw)
		}
	}
	s.PlaceOrder(Order{At: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC), Customer: gid("Customer", 2), Lines: []OrderLine{{SKU: "A-1"}}}, Step{Do: "pay"})
	a := ask(t, s, `{ customers(first: 9, query: "updated_at:>='2026-11-23'") { nodes { numberOfOrders amountSpent { amount } lastOrder { name } } } }`, nil)
	if got := fmt.Sprint(a.at("customers.nodes")); got != "[map[amountSpent:map[amount:349.0] lastOrder:map[name:#1001] numberOfOrders:1]]" {
		t.Errorf("an order moves its customer: %s", got)
	}
}
