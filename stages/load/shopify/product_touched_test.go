package shopify

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// What thousands of products have changed since they were read is told by one
// question in bulk where the page of last changes is full of others; by id where
// they are few. Both tell the same.
func TestTouched(t *testing.T) {
	t.Parallel()
	for name, ours := range map[string]int{"few by id": 300, "thousands in bulk": mostTouched + 100} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := goodsShop(t)
			sink := s.quick(t)
			s.Fill(ours+400, 1)
			calm := s.clock.now()
			seen := map[string]string{}
			products := s.Products()
			for _, p := range products[:ours] {
				at, err := time.Parse(time.RFC3339, p.UpdatedAt)
				if err != nil {
					t.Fatal(err)
				}
				seen[p.ID] = stamp(at)
			}
			s.clock.advance(time.Hour)
			edit := func(p shopifytest.Product) {
				if err := s.EditProduct(p.ID, func(p *shopifytest.Product) { p.Title += "!" }); err != nil {
					t.Fatal(err)
				}
			}
			edit(products[7])
			s.clock.advance(time.Minute)
			for _, p := range products[ours:] { // others', after it: the page is full of them
				edit(p)
			}
			n := len(s.Calls())
			got, err := sink.touched(t.Context(), seen, stamp(calm))
			if err != nil || !maps.Equal(got, map[string]bool{products[7].ID: true}) {
				t.Errorf("got %v, %v; want %s alone", got, err, products[7].ID)
			}
			calls := s.counted(n)
			if bulk := calls["BulkOperationRunQuery"] == 1; bulk != (ours > mostTouched) || calls["ProductsTouched"] > 2 {
				t.Errorf("calls %v", calls)
			}
		})
	}
}

// What was sent and is gone from the shop was deleted there by somebody: it is not
// made once more before somebody says so.
func TestProducts_DeletedByHand(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	l := newGoodsLane(t, s, nil)
	l.run(shirt...)
	s.DeleteProduct("g-1")
	docs, _ := buildProducts(t, nil, append(slices.Clone(shirt), line{"group": "G-2", "code": "NEW", "price": "5"})...)
	sent := func(_ context.Context, keys []string) (map[string]bool, error) {
		if !slices.Equal(keys, []string{"product/G-1", "product/G-2"}) {
			t.Errorf("asked for %v", keys)
		}
		return map[string]bool{"product/G-1": true}, nil
	}
	plan := l.ask(pipeline.Question{Docs: docs, Delivered: sent})
	if len(plan[0].Problems) != 1 || plan[0].Problems[0].Rule != "product.deleted" || len(plan[1].Problems) > 0 {
		t.Errorf("%v, %v", plan[0].Problems, plan[1].Problems)
	}
	l.set = pipeline.Settings{"gone": goneMake}
	if plan := l.ask(pipeline.Question{Docs: docs, Delivered: sent}); len(plan[0].Problems) > 0 {
		t.Errorf("%v", plan[0].Problems)
	}
}

// A search lags behind: what stands at the handle of a product that is to be made,
// under our own key and changed just now, is that product, and time will show it.
func TestProducts_SearchLags(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	w := goods{Group: "G-1", Wares: []ware{{Code: "A"}}}
	of := func(p *product, read bool) *bench {
		b := &bench{wishes: []goods{w}, found: make([]matched, 1), problems: make([][]pipeline.Problem, 1),
			holders: map[string]*product{handleOf(w): p}, shelf: &shelf{products: map[string]*product{}}}
		if read {
			b.shelf.products[p.ID] = p
		}
		return b
	}
	for name, c := range map[string]struct {
		p     product
		read  bool
		later bool
	}{
		"ours, just now":       {product{ID: "1", ItemGroup: "G-1", UpdatedAt: now.Add(-5 * time.Second)}, false, true},
		"ours, long ago":       {product{ID: "1", ItemGroup: "G-1", UpdatedAt: now.Add(-time.Hour)}, false, false},
		"another's":            {product{ID: "1", ItemGroup: "G-9", UpdatedAt: now}, false, false},
		"on the shelf, too":    {product{ID: "1", ItemGroup: "G-1", UpdatedAt: now}, true, false},
		"a merchant's by hand": {product{ID: "1", UpdatedAt: now}, false, false},
	} {
		err := of(&c.p, c.read).lagging(now)
		if later, ok := errors.AsType[*pipeline.Later](err); ok != c.later || ok && later.After != searchAgain {
			t.Errorf("%s: %v", name, err)
		}
	}
}
