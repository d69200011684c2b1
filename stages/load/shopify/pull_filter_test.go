package shopify

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

func TestFilter_Fits(t *testing.T) {
	t.Parallel()
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	var o pulledHead
	if err := json.Unmarshal([]byte(`{"id":"gid://shopify/Order/1","createdAt":"2026-11-30T22:30:00Z","displayFinancialStatus":"PARTIALLY_PAID","displayFulfillmentStatus":"UNFULFILLED",
		"tags":["VIP","b c"],"sourceName":"pos","retailLocation":{"id":"gid://shopify/Location/7","name":"Cairo"},"closedAt":"2026-12-02T00:00:00Z","totalPriceSet":{"shopMoney":{"amount":"5.0"}}}`), &o); err != nil {
		t.Fatal(err)
	}
	bare := pulledHead{CreatedAt: o.CreatedAt}
	free := bare
	free.Total.ShopMoney.Amount = "0.00"
	for _, c := range []struct {
		order  pulledHead
		filter Filter
		want   bool
	}{
		{o, Filter{}, true},
		{o, Filter{Status: []string{"paid", "partially_paid"}}, true}, {o, Filter{Status: []string{"paid"}}, false},
		{o, Filter{Status: []string{"closed", "Unfulfilled"}}, true}, {o, Filter{Status: []string{"open", "unfulfilled"}}, false},
		{o, Filter{Tag: []string{"x", "vip"}}, true}, {o, Filter{Tag: []string{"vi"}}, false}, {o, Filter{Tag: []string{"b"}}, false}, {o, Filter{NotTag: []string{"B C"}}, false},
		{o, Filter{NotTag: []string{"c"}}, true}, {o, Filter{Location: []string{"cairo"}}, true}, {o, Filter{Location: []string{"7"}}, true}, {o, Filter{Location: []string{"gid://shopify/Location/7"}}, true},
		{o, Filter{Location: []string{"Alexandria"}}, false}, {o, Filter{Channel: []string{"POS"}}, true}, {o, Filter{Channel: []string{"web"}}, false},
		{o, Filter{Since: "2026-12-01"}, true}, {o, Filter{Since: "2026-12-02"}, false}, {o, Filter{Before: "2026-12-01"}, false}, {o, Filter{Before: "2026-12-02"}, true}, // the day of Cairo
		{o, Filter{Tag: []string{"vip"}, Channel: []string{"web"}}, false},
		{bare, Filter{Tag: []string{"vip"}}, false}, {bare, Filter{NotTag: []string{"vip"}}, true}, {bare, Filter{Location: []string{"Cairo"}}, false},
		{bare, Filter{Status: []string{"pending"}}, true}, {free, Filter{Status: []string{"paid", "open"}}, true},
	} {
		if got := c.filter.fits(c.order, cairo); got != c.want {
			t.Errorf("%s: %v", c.filter, got)
		}
	}
	if found := (Filter{Status: []string{"payed"}, Since: "x", Before: "2026-12-01"}).Validate(); len(found) != 2 {
		t.Errorf("%v", found)
	}
}

// By pages and by a bulk operation the same orders are left out, the place goes on over
// them, and one that was pulled before is not left out.
func TestPullOrders_Filtered(t *testing.T) {
	t.Parallel()
	s := pullWorld(t, func(o *shopifytest.Options) { o.Unthrottled = true })
	for i := range 30 {
		o := shopifytest.Order{At: s.ago(90 - i), Lines: []shopifytest.OrderLine{{Title: "x", Price: "1"}}}
		o.Source = "web"
		if i%3 == 0 {
			o.Source, o.Tags = "pos", []string{"vip"}
		}
		s.PlaceOrder(o)
	}
	all, err := s.sink(t).OrdersSeen(t.Context(), s.ago(500))
	if err != nil || len(all) != 30 {
		t.Fatal(len(all), err)
	}
	known := all[1].ID // from the web
	for name, above := range map[string]int{"pages": 0, "bulk": 1} {
		p := pullOf(t, s, PullOrders, Want{Since: s.ago(500), above: above, Only: Filter{Channel: []string{"pos"}, Tag: []string{"vip"}}, Known: func(id string) bool { return id == known }})
		_, orders := ordersIn(t, p)
		if p.Count != 11 || len(orders) != 11 || len(p.Left) != 19 || slices.ContainsFunc(p.Left, func(o Seen) bool { return o.ID == known }) {
			t.Errorf("%s: %d orders, %d left out", name, p.Count, len(p.Left))
		}
		if newest := all[len(all)-1].Updated; !p.Newest.Equal(newest) {
			t.Errorf("%s: newest %s, want %s", name, p.Newest, newest)
		}
	}
	var told []int
	for range 30 {
		s.PlaceOrder(shopifytest.Order{At: s.ago(1), Lines: []shopifytest.OrderLine{{Title: "x", Price: "1"}}})
	}
	pullOf(t, s, PullOrders, Want{Since: s.ago(500), Told: func(have, of int) { told = append(told, have, of) }})
	if !slices.Equal(told, []int{50, 60}) {
		t.Errorf("told %v", told)
	}
	p := pullOf(t, s, PullOrders, Want{IDs: []string{all[0].ID, all[2].ID}, Only: Filter{Channel: []string{"pos"}}})
	if p.Count != 1 || len(p.Left) != 1 {
		t.Errorf("by id: %d, %d left out", p.Count, len(p.Left))
	}
}
