package shopifytest

import (
	"fmt"
	"slices"
	"testing"
)

func TestRead_ShopAndAccess(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Currency: "EGP", TaxesIncluded: true})
	a := ask(t, s, operation(t, "shop_info"), nil)
	if len(a.Errors) > 0 || a.at("shop.currencyCode") != "EGP" || a.at("shop.ianaTimezone") != "Africa/Cairo" || a.at("shop.taxesIncluded") != true {
		t.Errorf("shop: %s", a.raw)
	}
	if a := ask(t, s, operation(t, "access_scopes"), nil); a.at("currentAppInstallation.accessScopes.0.handle") != "read_products" {
		t.Errorf("scopes: %s", a.raw)
	}
	if a := ask(t, s, operation(t, "public_api_versions"), nil); a.at("publicApiVersions.3.handle") != "2026-10" || a.at("publicApiVersions.3.supported") != true {
		t.Errorf("versions: %s", a.raw)
	}
	if a := ask(t, s, operation(t, "publications"), map[string]any{"first": 5}); a.at("publications.nodes.0.channels.nodes.0.handle") != "online_store" {
		t.Errorf("publications: %s", a.raw)
	}
	if v := s.Judge(); len(v) > 0 {
		t.Errorf("got violations %v", v)
	}
}

func TestRead_Locations(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Locations: []Location{{Name: "Cairo"}, {Name: "Giza", Inactive: true}}})
	a := ask(t, s, operation(t, "locations"), map[string]any{"first": 250})
	if a.at("locations.nodes.1.name") != "Giza" || a.at("locations.nodes.1.isActive") != false || a.at("locations.nodes.0.address.city") != "Cairo" {
		t.Errorf("got %s", a.raw)
	}
	if a := ask(t, s, `{ locations(first: 5) { nodes { name } } }`, nil); a.at("locations.nodes.1") != nil {
		t.Errorf("inactive ones are left out unless asked for: %s", a.raw)
	}
}

// readSKUs reads all variants by pages and gives the SKUs in their order.
func readSKUs(t *testing.T, s *Server, doc string, size int, query string) []string {
	t.Helper()
	var out []string
	vars := map[string]any{"first": size, "query": query}
	for {
		a := ask(t, s, doc, vars)
		if len(a.Errors) > 0 {
			t.Fatalf("%s", a.raw)
		}
		nodes, _ := a.at("productVariants.nodes").([]any)
		for _, n := range nodes {
			sku, _ := n.(map[string]any)["sku"].(string)
			out = append(out, sku)
		}
		if a.at("productVariants.pageInfo.hasNextPage") != true {
			return out
		}
		vars["after"] = a.at("productVariants.pageInfo.endCursor")
	}
}

func TestRead_VariantsByPages(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	var want []string
	for i := range 23 {
		want = append(want, s.AddSKU(fmt.Sprintf("S-%02d", i), i).SKU)
	}
	doc := operation(t, "variants_page")
	for _, size := range []int{1, 5, 23, 250} {
		if got := readSKUs(t, s, doc, size, ""); !slices.Equal(got, want) {
			t.Errorf("pages of %d: got %v", size, got)
		}
	}
}

func TestRead_Search(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.AddVariant(Variant{SKU: "A-1", Barcode: "622"})
	s.AddVariant(Variant{SKU: "A-2", Barcode: "623"})
	s.AddVariant(Variant{SKU: "it's \"5\" \\ x"})
	s.AddVariant(Variant{SKU: "B (1)"})
	doc := operation(t, "variants_page")
	for query, want := range map[string][]string{
		`sku:'A-1'`:                     {"A-1"},
		`sku:"a-1"`:                     {"A-1"},
		`sku:'A-1' OR sku:'A-2'`:        {"A-1", "A-2"},
		`barcode:623`:                   {"A-2"},
		`sku:A-*`:                       {"A-1", "A-2"},
		`sku:A-* -barcode:622`:          {"A-2"},
		`sku:A-* AND NOT barcode:'622'`: {"A-2"},
		`(sku:'A-1' OR sku:'B (1)') AND barcode:622`: {"A-1"},
		`sku:'it\'s "5" \\ x'`:                       {"it's \"5\" \\ x"},
		`sku:'B (1)'`:                                {"B (1)"},
		`sku:'none'`:                                 nil,
	} {
		if got := readSKUs(t, s, doc, 50, query); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if v := s.Judge(); len(v) > 0 {
		t.Fatalf("got violations %v", v)
	}
	a := ask(t, s, doc, map[string]any{"first": 50, "query": "colour:red"})
	if len(a.at("productVariants.nodes").([]any)) != 4 || len(a.Extensions.Search) != 1 {
		t.Errorf("an unknown field is ignored with a warning: %s", a.raw)
	}
	if v := s.Judge(); len(v) != 1 || v[0].Rule != "search-field" {
		t.Errorf("got %v, want one search-field", v)
	}
}

func TestRead_Inventory(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Locations: []Location{{Name: "Cairo"}, {Name: "Giza"}}})
	v := s.AddVariant(Variant{SKU: "A-1", Stock: map[string]Levels{
		"Cairo": {Available: 5, Committed: 2, Reserved: 1, Damaged: 1}, "Giza": {Available: -1}}})
	cairo := s.shop.location("Cairo").ID
	a := ask(t, s, operation(t, "inventory_levels_at_location"), map[string]any{"locationId": cairo, "first": 10})
	if len(a.Errors) > 0 || a.at("location.inventoryLevels.nodes.0.quantities.1.quantity") != 9.0 || a.at("location.inventoryLevels.nodes.0.item.sku") != "A-1" {
		t.Errorf("on_hand is available + committed + unavailable: %s", a.raw)
	}
	a = ask(t, s, `query N($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on ProductVariant { sku inventoryItem { id } }
	  ... on InventoryItem { lv: inventoryLevels(first: 5) { edges { cursor node { quantities(names: ["available"]) { quantity } } } } } } }`,
		map[string]any{"ids": []string{v.ID, v.ItemID, "gid://shopify/ProductVariant/1"}})
	if a.at("nodes.0.sku") != "A-1" || a.at("nodes.1.__typename") != "InventoryItem" || a.at("nodes.2") != nil ||
		a.at("nodes.1.lv.edges.1.node.quantities.0.quantity") != -1.0 {
		t.Errorf("nodes: %s", a.raw)
	}
	if a := ask(t, s, `query P($id: ID!) { productVariant(id: $id) { id } }`, map[string]any{"id": v.ItemID}); a.code() != "RESOURCE_NOT_FOUND" {
		t.Errorf("an id of another type: %s", a.raw)
	}
}

func TestRead_PageRules(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for doc, want := range map[string]string{
		`{ locations { nodes { id } } }`:                             "you must provide one of first or last",
		`{ locations(first: 1, last: 1) { nodes { id } } }`:          "providing both first and last is not supported",
		`{ locations(first: 251) { nodes { id } } }`:                 "first cannot exceed 250",
		`{ locations(first: 1, after: "rubbish") { nodes { id } } }`: "Invalid cursor for current pagination sort.",
	} {
		if a := ask(t, s, doc, nil); a.code() != "BAD_REQUEST" || a.Errors[0].Message != want || a.Data != nil {
			t.Errorf("%s: got %s, want %q", doc, a.raw, want)
		}
	}
}

func TestRead_NotImplementedIsNoSuccess(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := ask(t, s, `{ pendingOrdersCount { count } }`, nil)
	if a.code() != "INTERNAL_SERVER_ERROR" || a.Errors[0].Message != "not implemented by the stand-in: QueryRoot.pendingOrdersCount" {
		t.Errorf("got %s", a.raw)
	}
	if got := s.NotImplemented(); !slices.Equal(got, []string{"QueryRoot.pendingOrdersCount"}) {
		t.Errorf("got %v", got)
	}
}

func TestRead_DeprecatedIsNoted(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	ask(t, s, `{ locations(first: 1) { nodes { id isPrimary } } }`, nil)
	if got := s.Deprecated(); !slices.Equal(got, []string{"Location.isPrimary"}) {
		t.Errorf("got %v, want Location.isPrimary", got)
	}
}

func TestRead_Orders(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	vars := map[string]any{"first": 10, "query": "updated_at:>='2026-11-01T00:00:00Z'"}
	doc := operation(t, "orders_ids_page")
	if a := ask(t, s, doc, vars); len(a.Errors) > 0 || len(a.at("orders.nodes").([]any)) != 0 {
		t.Errorf("no orders: %s", a.raw)
	}
	for i, day := range []string{"2026-10-31", "2026-11-02"} {
		s.AddOrder(map[string]any{"id": gid("Order", i+1), "name": fmt.Sprintf("#%d", 1001+i), "updatedAt": day + "T10:00:00Z",
			"cancelledAt": nil, "displayFinancialStatus": "PAID",
			"currentTotalPriceSet": map[string]any{"shopMoney": map[string]any{"amount": "10.0", "currencyCode": "EGP"}}})
	}
	if a := ask(t, s, doc, vars); a.at("orders.nodes.0.name") != "#1002" || a.at("orders.nodes.1") != nil {
		t.Errorf("orders since: %s", a.raw)
	}
}
