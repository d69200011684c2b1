package shopify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
	"wasl/stages/load/shopify/shopifytest"
)

// pullWorld is a shop with orders, whose clock stands at its newest change.
func pullWorld(t *testing.T, change ...func(*shopifytest.Options)) *shop {
	t.Helper()
	opt := shopifytest.Options{Scopes: slices.Concat(shopifytest.OrderScopes, []string{"read_all_orders"}), TaxesIncluded: true, ShopifyPayments: true}
	for _, c := range change {
		c(&opt)
	}
	return open(t, opt)
}

// at is so many minutes before the clock's start.
func (s *shop) ago(minutes int) time.Time {
	return s.clock.now().Add(-time.Duration(minutes) * time.Minute)
}

// place places n orders, a minute apart, the last just now.
func (s *shop) place(n int, steps ...func(i int) []shopifytest.Step) {
	for i := range n {
		var what []shopifytest.Step
		for _, step := range steps {
			what = append(what, step(i)...)
		}
		s.PlaceOrder(shopifytest.Order{At: s.ago(n - i), Gateway: "Cash on Delivery (COD)", Taxes: []shopifytest.OrderTax{{Title: "VAT", Rate: "0.14"}},
			Lines: []shopifytest.OrderLine{{SKU: "A-1", Price: "100"}, {SKU: "A-2", Price: "50", Quantity: 2}}, Freight: []shopifytest.Freight{{Title: "Bosta", Price: "35"}}}, what...)
	}
}

func pullOf(t *testing.T, s *shop, what string, w Want) *Pull {
	t.Helper()
	w.Dir = t.TempDir()
	p, err := s.puller(t).Pull(t.Context(), what, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// puller is a sink that waits by the clock of the shop.
func (s *shop) puller(t *testing.T) *Sink {
	t.Helper()
	sink := s.sink(t)
	address, _ := sink.cfg.address()
	sink.door = admin.New(admin.Config{Shop: sink.cfg.Shop, Address: address, AccessToken: "main", Margin: sink.cfg.Margin}, admin.Deps{Now: s.clock.now,
		Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil },
		Wait:   func(_ context.Context, d time.Duration) error { s.clock.advance(d); return nil }})
	return sink
}

// ordersIn are the orders of a pulled file, by name, after its head.
func ordersIn(t *testing.T, p *Pull) (head map[string]any, orders map[string]map[string]any) {
	t.Helper()
	in := bufio.NewScanner(p.Reader())
	in.Buffer(nil, 16<<20)
	orders = map[string]map[string]any{}
	for in.Scan() {
		var line map[string]any
		if err := json.Unmarshal(in.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, in.Bytes())
		}
		if head == nil {
			head = line
			continue
		}
		name, _ := line["name"].(string)
		if orders[name] != nil {
			t.Errorf("%s stands twice in the file", name)
		}
		orders[name] = line
	}
	if in.Err() != nil {
		t.Fatal(in.Err())
	}
	return head, orders
}

// nodesAt are the nodes at a path of members.
func nodesAt(o map[string]any, path ...string) []any {
	for i, name := range path {
		if i == len(path)-1 {
			if all, ok := o[name].([]any); ok {
				return all
			}
		}
		o, _ = o[name].(map[string]any)
	}
	all, _ := o["nodes"].([]any)
	return all
}

// A pull brings what changed since, each order once and whole, and says what it is.
func TestPullOrders_BringsWhatChanged(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	s.place(60)
	if err := s.Tell("#1003", shopifytest.Step{At: s.ago(1), Do: "pay"},
		shopifytest.Step{At: s.ago(0), Do: "refund", Items: []shopifytest.StepItem{{Line: 2, Quantity: 1, Restock: "RETURN"}}, Note: "torn"}); err != nil {
		t.Fatal(err)
	}
	p := pullOf(t, s, PullOrders, Want{Since: s.ago(10)})
	head, orders := ordersIn(t, p)
	if p.Count != 11 || len(orders) != 11 || len(p.Orders) != 11 || !p.Newest.Equal(s.ago(0).Truncate(time.Second)) {
		t.Fatalf("%d orders, %d in the file, newest %s", p.Count, len(orders), p.Newest)
	}
	if head["wasl"] != "orders" || head["version"] != 1.0 || head["shop"] != "wasl-test.myshopify.com" || head["orders"] != 11.0 {
		t.Errorf("head: %v", head)
	}
	torn := orders["#1003"]
	if lines := nodesAt(torn, "refunds"); len(lines) != 1 || len(nodesAt(lines[0].(map[string]any), "refundLineItems")) != 1 {
		t.Errorf("the refund has no lines: %v", torn["refunds"])
	}
	if _, paged := torn["lineItems"].(map[string]any)["pageInfo"]; paged || len(nodesAt(torn, "lineItems")) != 2 {
		t.Errorf("lines: %v", torn["lineItems"])
	}
	if len(p.Missing) > 0 {
		t.Errorf("missing: %v", p.Missing)
	}
	if empty := pullOf(t, s, PullOrders, Want{Since: s.ago(-5)}); empty.Count != 0 {
		t.Errorf("nothing has changed, yet %d came", empty.Count)
	}
	if bad := s.Judge(); len(bad) > 0 {
		t.Errorf("judged: %v", bad)
	}
}

// Many orders come by one bulk operation, and say the same as by pages.
func TestPullOrders_BulkSaysWhatPagesSay(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) { o.Unthrottled = true })
	s.place(mostByPage+1, func(i int) []shopifytest.Step {
		switch i % 20 {
		case 0:
			return []shopifytest.Step{{At: s.ago(0), Do: "pay"}, {At: s.ago(0), Do: "refund", Items: []shopifytest.StepItem{{Line: 1, Quantity: 1, Restock: "NO_RESTOCK"}}}}
		case 1:
			return []shopifytest.Step{{At: s.ago(0), Do: "fulfil", Tracking: []shopifytest.Tracking{{Company: "Bosta", Number: "T"}}}}
		}
		return nil
	})
	bulk := pullOf(t, s, PullOrders, Want{})
	if n := len(s.CallsOf("WaslOrdersPage")); n > 0 || bulk.Count != mostByPage+1 {
		t.Fatalf("%d pages were read, %d orders came", n, bulk.Count)
	}
	_, many := ordersIn(t, bulk)
	_, few := ordersIn(t, pullOf(t, s, PullOrders, Want{Since: s.ago(200)}))
	if len(few) < 200 {
		t.Fatalf("%d orders by pages", len(few))
	}
	for name, want := range few {
		strip(many[name])
		strip(want)
		if diff := cmp.Diff(want, many[name]); diff != "" {
			t.Fatalf("%s: -page +bulk\n%s", name, diff)
		}
	}
}

// strip takes out what only the way of reading puts in.
func strip(o map[string]any) {
	for _, value := range o {
		one, _ := value.(map[string]any)
		delete(one, "pageInfo")
		all, _ := one["nodes"].([]any)
		for _, node := range all {
			if n, ok := node.(map[string]any); ok {
				delete(n, "__parentId")
			}
		}
	}
}

// Floor of reference 5.4: one bulk operation and its polls, and the detail of the tenth
// that has refunds, 50 at a time; no waiting for points.
func TestPullOrders_CostsNoMoreThanTheFloor(t *testing.T) {
	if testing.Short() {
		t.Skip("5,000 orders")
	}
	t.Parallel()
	s := pullWorld(t)
	s.place(5000, func(i int) []shopifytest.Step {
		if i%10 > 0 {
			return nil
		}
		return []shopifytest.Step{{At: s.ago(0), Do: "pay"}, {At: s.ago(0), Do: "refund", Items: []shopifytest.StepItem{{Line: 1, Quantity: 1}}}}
	})
	p := pullOf(t, s, PullOrders, Want{})
	polls := len(s.CallsOf("BulkOperationStatus"))
	t.Logf("%d orders: %d calls (%d polls), %.0f points, %s waited", p.Count, p.Used.Calls, polls, p.Used.Points, p.Used.Waited)
	if p.Count != 5000 {
		t.Errorf("%d orders", p.Count)
	}
	if most := 1.25 * (3 + 10); float64(p.Used.Calls-polls) > most {
		t.Errorf("%d calls beside polls, more than %.1f", p.Used.Calls-polls, most)
	}
	if most := 1.25 * (60 + 1510); p.Used.Points > most {
		t.Errorf("%.0f points, more than %.0f", p.Used.Points, most)
	}
}

// By pages a pull waits for its points, and asks for no more than the bucket holds.
func TestPullOrders_WaitsForPoints(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	s.place(1500)
	p := pullOf(t, s, PullOrders, Want{Since: s.ago(5000)})
	t.Logf("%d orders by pages: %d calls, %.0f points, %s waited", p.Count, p.Used.Calls, p.Used.Points, p.Used.Waited)
	if p.Count != 1500 || p.Used.Waited == 0 || len(s.CallsOf("WaslOrdersPage")) != 30 {
		t.Errorf("%d orders, %d pages, %s waited", p.Count, len(s.CallsOf("WaslOrdersPage")), p.Used.Waited)
	}
	if bad := s.Judge(); len(bad) > 0 {
		t.Errorf("judged: %v", bad)
	}
}

// A page that takes too long is asked for again at half its size.
func TestPullOrders_PagesAreHalved(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) { o.Unthrottled = true })
	s.place(60)
	s.Fault("WaslOrdersPage", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 504})
	if p := pullOf(t, s, PullOrders, Want{Since: s.ago(5000)}); p.Count != 60 || len(s.CallsOf("WaslOrdersPage")) != 4 {
		t.Errorf("%d orders in %d pages", p.Count, len(s.CallsOf("WaslOrdersPage")))
	}
}

// An order that has more lines than a page holds comes whole, and so do its refunds
// and parcels; one that was edited has its signed ledger.
func TestPullOrders_LongOrdersAreWhole(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	var lines []shopifytest.OrderLine
	var back []shopifytest.StepItem
	for i := range 320 {
		lines = append(lines, shopifytest.OrderLine{Title: fmt.Sprint("L", i), Price: "1", Quantity: 2})
		back = append(back, shopifytest.StepItem{Line: i + 1, Quantity: 1, Restock: "RETURN"})
	}
	s.PlaceOrder(shopifytest.Order{Name: "#LONG", At: s.ago(9), Lines: lines}, shopifytest.Step{At: s.ago(8), Do: "pay"},
		shopifytest.Step{At: s.ago(7), Do: "fulfil"}, shopifytest.Step{At: s.ago(6), Do: "refund", Items: back},
		shopifytest.Step{At: s.ago(5), Do: "edit", Add: []shopifytest.OrderLine{{Title: "more", Price: "5"}}})
	_, orders := ordersIn(t, pullOf(t, s, PullOrders, Want{Since: s.ago(60)}))
	o := orders["#LONG"]
	if n := len(nodesAt(o, "lineItems")); n != 321 {
		t.Errorf("%d lines", n)
	}
	if n := len(nodesAt(nodesAt(o, "refunds")[0].(map[string]any), "refundLineItems")); n != 320 {
		t.Errorf("%d lines of the refund", n)
	}
	if n := len(nodesAt(nodesAt(o, "fulfillments")[0].(map[string]any), "fulfillmentLineItems")); n != 320 {
		t.Errorf("%d lines of the parcel", n)
	}
	if n := len(nodesAt(o, "agreements")); n < 2 {
		t.Errorf("%d agreements", n)
	}
	if o["name"] != "#LONG" {
		t.Errorf("name %v", o["name"])
	}
}

// What the index does not know yet is not lost: the next pull begins before the newest
// change that was seen.
func TestPullOrders_IndexLag(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	s.place(5)
	s.PlaceOrder(shopifytest.Order{Name: "#LATE", At: s.ago(0).Add(-3 * time.Second), Lines: []shopifytest.OrderLine{{Title: "x", Price: "1"}}})
	s.SetIndexLag(10 * time.Second)
	first := pullOf(t, s, PullOrders, Want{Since: s.ago(60)})
	if _, orders := ordersIn(t, first); orders["#LATE"] != nil {
		t.Fatal("the index was to be behind")
	}
	s.clock.advance(20 * time.Second)
	_, orders := ordersIn(t, pullOf(t, s, PullOrders, Want{Since: first.Newest.Add(-Overlap)}))
	if orders["#LATE"] == nil {
		t.Error("the late order is lost")
	}
}

// An order that changes while pages are read comes once, in its newest version.
func TestPullOrders_ChangesBetweenPages(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) { o.Unthrottled = true })
	s.place(120)
	note := "changed meanwhile"
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	between := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ModifyResponse: func(*http.Response) error {
		if len(s.CallsOf("WaslOrdersPage")) == 1 {
			return s.Tell("#1002", shopifytest.Step{At: s.clock.now(), Do: "change", Change: &shopifytest.OrderChange{Note: &note}})
		}
		return nil
	}})
	defer between.Close()
	sink := s.sink(t, func(c *Config) { c.BaseURL = between.URL })
	p, err := sink.Pull(t.Context(), PullOrders, Want{Since: s.ago(500), Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	_, orders := ordersIn(t, p)
	if len(orders) != 120 || orders["#1002"]["note"] != note {
		t.Errorf("%d orders, note %v", len(orders), orders["#1002"]["note"])
	}
}

// A search ends at 25,000 orders: before that the next one begins where it got to.
func TestPullOrders_MoreThanACursorReaches(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) { o.Unthrottled, o.MaxPaged = true, mostInSearch+200 })
	for i := range mostInSearch + 600 {
		s.AddOrder(map[string]any{"id": fmt.Sprintf("gid://shopify/Order/%d", i+1), "name": fmt.Sprint("#", i), "updatedAt": s.ago(30000 - i).UTC().Format(time.RFC3339)})
	}
	seen, err := s.sink(t).OrdersSeen(t.Context(), s.ago(40000))
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) != mostInSearch+600 {
		t.Errorf("%d of %d orders were seen", len(seen), mostInSearch+600)
	}
}

// What the app may not see is said once, and the rest comes.
func TestPullOrders_WithoutSomeRights(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) {
		o.People, o.Scopes = shopifytest.PeopleDenied, shopifytest.OrderScopes
	})
	s.place(70)
	p := pullOf(t, s, PullOrders, Want{})
	_, orders := ordersIn(t, p)
	var rules []string
	for _, m := range p.Missing {
		rules = append(rules, string(m.Rule))
	}
	slices.Sort(rules)
	if len(orders) != 70 || !slices.Equal(slices.Compact(rules), []string{"pull.part", "pull.sixty"}) || len(rules) > 4 {
		t.Errorf("%d orders, missing %v", len(orders), rules)
	}
	none := pullWorld(t, func(o *shopifytest.Options) { o.Scopes = []string{"read_products"} })
	if _, err := none.sink(t).Pull(t.Context(), PullOrders, Want{Since: s.ago(9), Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "read_orders") {
		t.Errorf("without read_orders: %v", err)
	}
}

// Orders that are asked for by id, and those that are gone.
func TestPullOrders_ByIDAndGone(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	s.place(3)
	seen, err := s.sink(t).OrdersSeen(t.Context(), s.ago(60))
	if err != nil || len(seen) != 3 {
		t.Fatal(seen, err)
	}
	if err := s.Tell("#1003", shopifytest.Step{Do: "delete"}); err != nil {
		t.Fatal(err)
	}
	gone, err := s.sink(t).OrdersGone(t.Context(), seen)
	if err != nil || len(gone) != 1 || gone[0].Name != "#1003" {
		t.Fatal(gone, err)
	}
	_, orders := ordersIn(t, pullOf(t, s, PullOrders, Want{IDs: []string{seen[0].ID}, Gone: gone}))
	if len(orders) != 2 || orders["#1003"]["deletedAt"] == nil || orders["#1001"]["lineItems"] == nil {
		t.Errorf("got %v", orders)
	}
}

func rowsIn(t *testing.T, p *Pull) (rows []map[string]string) {
	t.Helper()
	b, err := io.ReadAll(p.Reader())
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	if len(rows) != p.Count {
		t.Errorf("%d rows, said to be %d", len(rows), p.Count)
	}
	return rows
}

// What is pulled beside orders says what the admin's own files say.
func TestPullTables_SayWhatTheAdminsFilesSay(t *testing.T) {
	t.Parallel()
	s := pullWorld(t)
	s.AddCustomer(shopifytest.Customer{ID: "gid://shopify/Customer/1", FirstName: "Mona", Email: "m@example.com", Phone: "+201001234567", Marketing: true, TaxID: "123",
		At: s.ago(3000), Addresses: []shopifytest.Address{{Address1: "1 St", City: "Tanta", Code: "GH", Zip: "31511", Phone: "+201001234567"}}})
	s.PlaceOrder(shopifytest.Order{Name: "#1", At: s.ago(90), Customer: "gid://shopify/Customer/1", Lines: []shopifytest.OrderLine{{Title: "x", Price: "100"}}},
		shopifytest.Step{At: s.ago(80), Do: "pay", Gateway: "shopify_payments", Card: "Visa 4242"},
		shopifytest.Step{At: s.ago(70), Do: "refund", Amount: "30"})
	s.AddPayout(shopifytest.Payout{Until: s.ago(75)})
	exported := func(text string) (rows []map[string]string) {
		all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cells := range all[1:] {
			row := map[string]string{}
			for i, name := range all[0] {
				row[name] = strings.TrimPrefix(cells[i], "'")
			}
			rows = append(rows, row)
		}
		return rows
	}
	for what, text := range map[string]string{PullCustomers: s.ExportCustomers(), PullTransactions: s.ExportTransactions()} {
		want, got := exported(text), rowsIn(t, pullOf(t, s, what, Want{Since: s.ago(2000)}))
		if len(want) != len(got) || len(got) == 0 {
			t.Fatalf("%s: %d rows, the admin's file has %d", what, len(got), len(want))
		}
		for i, row := range want {
			for name, value := range row {
				if sameValue(value) != sameValue(got[i][name]) {
					t.Errorf("%s, row %d, %s: pulled %q, exported %q", what, i+1, name, got[i][name], value)
				}
			}
		}
	}
	payouts := pullOf(t, s, PullPayouts, Want{Since: s.ago(2000)})
	for name, c := range map[string]struct {
		pull *Pull
		text string
	}{"payouts": {payouts, s.ExportPayouts()}, "payments": {payouts.Next, s.ExportPaymentTransactions()}} {
		want, got := exported(c.text), rowsIn(t, c.pull)
		if len(want) != len(got) || len(got) == 0 {
			t.Fatalf("%s: %d rows, the admin's file has %d", name, len(got), len(want))
		}
		slices.Reverse(want) // the newest first
		for i, row := range want {
			for column, value := range row {
				pulled := got[i][column]
				if sameValue(value) != sameValue(pulled) && pulled != "" && value != "0.00" {
					t.Errorf("%s, row %d, %s: pulled %q, exported %q", name, i+1, column, pulled, value)
				}
			}
		}
	}
	stock := rowsIn(t, pullOf(t, s, PullStock, Want{}))
	i := slices.IndexFunc(stock, func(row map[string]string) bool { return row["SKU"] == "B-1" && row["Location"] == "Cairo" })
	if i < 0 || stock[i]["Available"] != "7" || stock[i]["Committed"] != "2" {
		t.Errorf("stock: %v", stock)
	}
}

// sameValue is a value as it is compared: times as instants, numbers without idle zeros.
func sameValue(value string) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at.UTC().Format(time.RFC3339)
		}
	}
	if strings.Contains(value, ".") && strings.Trim(value, "-0123456789.") == "" {
		return strings.TrimRight(strings.TrimRight(value, "0"), ".")
	}
	return value
}

// Where Shopify Payments is not offered there are no payouts: that is said, and is no
// failure.
func TestPullPayouts_NotOffered(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*shopifytest.Options){
		"no account": func(o *shopifytest.Options) { o.ShopifyPayments = false },
		"no right":   func(o *shopifytest.Options) { o.Scopes = []string{"read_orders"} },
	} {
		s := pullWorld(t, change)
		p := pullOf(t, s, PullPayouts, Want{})
		if p.Count != 0 || len(p.Missing) != 1 || p.Missing[0].Rule != "pull.payouts" {
			t.Errorf("%s: %d rows, %v", name, p.Count, p.Missing)
		}
	}
}
