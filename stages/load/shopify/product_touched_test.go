package shopify

import (
	"maps"
	"testing"
	"time"

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
