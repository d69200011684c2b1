package shopify

import (
	"slices"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// wrongs are the ways in which a call goes wrong.
var wrongs = map[string]shopifytest.Fault{
	"throttled": {Kind: shopifytest.FaultThrottled}, "reset before": {Kind: shopifytest.FaultResetBefore}, "reset after": {Kind: shopifytest.FaultResetAfter},
	"half": {Kind: shopifytest.FaultHalf}, "truncated": {Kind: shopifytest.FaultTruncated}, "empty": {Kind: shopifytest.FaultEmpty},
	"401": {Kind: shopifytest.FaultStatus, Status: 401}, "429": {Kind: shopifytest.FaultStatus, Status: 429, RetryAfter: "2.0"},
	"500 after": {Kind: shopifytest.FaultStatus, Status: 500, AfterWork: true}, "502": {Kind: shopifytest.FaultStatus, Status: 502},
	"503": {Kind: shopifytest.FaultStatus, Status: 503}, "504 after": {Kind: shopifytest.FaultStatus, Status: 504, AfterWork: true},
	"423": {Kind: shopifytest.FaultStatus, Status: 423}, "402": {Kind: shopifytest.FaultStatus, Status: 402},
}

// Every call of sending products goes wrong once in every way: in the end the shop
// has each product once, whole, with our keys, and nothing is left to do.
func TestProducts_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	rows := append(slices.Clone(shirt), line{"group": "G-2", "code": "C-1", "title": "Cup", "price": "5"}, line{"group": "G-3", "code": "D-1", "title": "Dish", "price": "6"})
	for _, op := range []string{"MetafieldDefinitionCreate", "ProductsByName4", "ProductsFreshCDW", "ProductSet", "PublicationUpdate", "MetafieldsSet"} {
		for name, fault := range wrongs {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := goodsShop(t)
				s.AddProduct(shopifytest.Product{Title: "Old", Handle: "old", Options: []shopifytest.Option{{Name: "Color"}},
					Variants: []shopifytest.Variant{{SKU: "A-1R", Price: "9.00", Options: []string{"Red"}}}})
				l := newGoodsLane(t, s, pipeline.Settings{"new_status": "active"})
				planned := l.plan(rows...)
				s.Fault(op, 1, fault)
				if l.send(planned); len(l.errs) == 0 {
					t.Error("nothing went wrong")
				}
				for _, group := range []string{"G-1", "G-2", "G-3"} {
					l.want(group, pipeline.Delivered)
				}
				ours := 0
				for _, p := range s.Products() {
					if p.Metafields["wasl.item_group"] == "" {
						continue
					}
					ours++
					for _, v := range p.Variants {
						if v.Metafields["wasl.item_code"] != v.SKU || len(p.Published) != 1 {
							t.Errorf("%s: %+v", p.Handle, p)
						}
					}
				}
				if ours != 3 {
					t.Errorf("%d products of ours, want 3", ours)
				}
				n := len(s.Mutations())
				if l.run(rows...); len(s.Mutations()) != n {
					t.Errorf("nothing differs, and something was sent: %v", s.wrote()[n:])
				}
				s.clean(t, "throttled")
			})
		}
	}
}

// The same for holds and releases.
func TestHolds_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	rows := []line{{"code": "K-1", "status": "draft"}, {"code": "K-2", "status": "active"}, {"code": "K-3", "published": "false"}}
	for _, op := range []string{"ProductStatus", "PublicationUpdate", "ProductsStatus"} {
		for name, fault := range wrongs {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				s := goodsShop(t)
				for code, status := range map[string]string{"K-1": "ACTIVE", "K-2": "DRAFT", "K-3": "ACTIVE"} {
					p := shopifytest.Product{Title: code, Handle: code, Status: status, Variants: []shopifytest.Variant{{SKU: code}}}
					if code == "K-2" {
						p.Published = []string{}
					}
					s.AddProduct(p)
				}
				sink, set := s.quick(t), pipeline.Settings{"on_stale": "hold"}
				planned := holds(t, sink, set, rows...)
				s.Fault(op, 1, fault)
				sendHolds(t, s, sink, set, planned)
				for handle, want := range map[string]string{"K-1": "DRAFT 1", "K-2": "ACTIVE 1", "K-3": "ACTIVE 0"} {
					if got := status(t, s, handle); got != want {
						t.Errorf("%s is %s, want %s", handle, got, want)
					}
				}
				n := len(s.Mutations())
				if sendHolds(t, s, sink, set, holds(t, sink, set, rows...)); len(s.Mutations()) != n {
					t.Error("nothing differs, and something was sent")
				}
			})
		}
	}
}
