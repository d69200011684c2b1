package shopifytest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// goodsShop holds what the examples of the operations name: products 1 and 2, variants and items 1 and 2, picture 1,
// collection 1, locations 1 and 2, order 1.
func goodsShop(t *testing.T) *Server {
	t.Helper()
	s := start(t, Options{Scopes: append(slices.Clone(DefaultScopes), GoodsScopes...), Unthrottled: true,
		Locations: []Location{{ID: gid("Location", 1), Name: "Cairo"}, {ID: gid("Location", 2), Name: "Giza"}}})
	define(t, s)
	for i := 1; i <= 2; i++ {
		in := Product{ID: gid("Product", i), Title: "Shirt", Options: []Option{{Name: "Size", Values: []string{"M"}}}}
		if i == 1 {
			in.Variants = []Variant{{ID: gid("ProductVariant", 1), ItemID: gid("InventoryItem", 1), SKU: "A-1", Options: []string{"M"},
				Stock: map[string]Levels{"Cairo": {Available: 5}}},
				{ID: gid("ProductVariant", 2), ItemID: gid("InventoryItem", 2), SKU: "A-2", Options: []string{"S"},
					Stock: map[string]Levels{"Cairo": {Available: 4}}}}
		}
		s.AddProduct(in)
	}
	s.AddOrder(map[string]any{"id": gid("Order", 1), "tags": []any{}})
	now := s.opt.Now()
	f := &file{id: gid("MediaImage", 1), source: "https://example.com/1.jpg", name: "1.jpg", status: fileReady, created: now, updated: now}
	s.shop.files, s.shop.byFile[f.id] = []*file{f}, f
	s.shop.product(gid("Product", 1)).media = []*file{f}
	s.shop.collections = []*collection{{id: gid("Collection", 1), title: "Summer", handle: "winter", published: map[string]time.Time{},
		sources: []*source{{id: gid("CollectionConditionsSource", 1), title: "erp", target: "PRODUCTS", selections: []string{gid("Product", 1)}}}}}
	return s
}

// Every operation about goods, with its example: valid, served, without a userError, and nothing deprecated in it.
func TestOperations_AreServedWithTheirExamples(t *testing.T) {
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
	paths, err := filepath.Glob(filepath.Join(sharedOperations, "*.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	served := 0
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".graphql")
		goods := slices.ContainsFunc([]string{"product_", "collection_", "file_", "inventory_", "publi", "job_", "metafield", "tags_",
			"variants_", "bulk_inner_", "locations", "shop_info", "access_scopes"}, func(p string) bool { return strings.HasPrefix(name, p) })
		if !goods {
			continue
		}
		served++
		t.Run(name, func(t *testing.T) {
			s := goodsShop(t)
			vars := examples[name]
			if name == "metafield_definition_create" {
				vars["definition"].(map[string]any)["key"] = "another_key" // item_group is defined already
			}
			a := ask(t, s, operation(t, name), vars)
			want := ""
			switch name {
			case "inventory_deactivate": // the example names a level that is not there
				want = "inventoryLevelId"
			}
			if len(a.Errors) > 0 || userErrorCodes(a) != want {
				t.Errorf("got %q, want %q: %.600s", userErrorCodes(a), want, a.raw)
			}
			if got := s.NotImplemented(); len(got) > 0 {
				t.Errorf("not implemented: %v", got)
			}
			if got := s.Deprecated(); len(got) > 0 {
				t.Errorf("deprecated: %v", got)
			}
		})
	}
	if served < 45 {
		t.Errorf("got %d operations, want 45 or more", served)
	}
}
