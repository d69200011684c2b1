package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// goods is a shop with the definitions of wasl and product "ig-1" in sizes M and L, made by hand.
func goods(t *testing.T, opt Options) (*Server, Product) {
	t.Helper()
	if opt.Scopes == nil {
		opt.Scopes = append(slices.Clone(DefaultScopes), GoodsScopes...)
	}
	opt.Unthrottled = true
	s := start(t, opt)
	define(t, s)
	p := s.AddProduct(Product{Title: "Shirt", Handle: "ig-1", Tags: []string{"erp", "red"}, Options: []Option{{"Size", []string{"M", "L"}}},
		Variants: []Variant{{SKU: "A-M", Barcode: "622", Price: "100.00", Options: []string{"M"}, Stock: map[string]Levels{"Cairo": {Available: 5}}},
			{SKU: "A-L", Price: "110.00", CompareAtPrice: "150.00", Options: []string{"L"}, Stock: map[string]Levels{"Cairo": {Available: 3}}}},
		Metafields: map[string]string{"wasl.item_group": "IG-1"}})
	return s, p
}

const updateDocument = `mutation U($productId: ID!, $variants: [ProductVariantsBulkInput!]!, $partial: Boolean) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: $partial) {
    product { id } productVariants { id price compareAtPrice sku } userErrors { field message code } } }`

func TestVariantsUpdate_PartialOrNothing(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	m, l := p.Variants[0].ID, p.Variants[1].ID
	update := func(partial bool, variants ...any) answer {
		return ask(t, s, updateDocument, fields{"productId": p.ID, "variants": variants, "partial": partial})
	}
	good, bad := fields{"id": m, "price": "99.9"}, fields{"id": l, "price": "-1.00"}
	a := update(false, good, bad)
	if v, _ := s.Variant(m); userErrorCodes(a) != "GREATER_THAN_OR_EQUAL_TO variants.1.price" || a.at("productVariantsBulkUpdate.productVariants") != nil || v.Price != "100.00" {
		t.Errorf("all or nothing: %s", a.raw)
	}
	a = update(true, good, bad)
	if v, _ := s.Variant(m); userErrorCodes(a) != "GREATER_THAN_OR_EQUAL_TO variants.1.price" || v.Price != "99.90" ||
		a.at("productVariantsBulkUpdate.productVariants.1.price") != "110.00" {
		t.Errorf("partial: %s", a.raw)
	}
	update(true, fields{"id": l, "compareAtPrice": nil, "inventoryItem": fields{"sku": "A-LL"}})
	if v, _ := s.Variant(l); v.CompareAtPrice != "" || v.SKU != "A-LL" || v.Price != "110.00" {
		t.Errorf("null removes, absent keeps: %+v", v)
	}
	for _, c := range []struct {
		in   fields
		want string
	}{
		{fields{"price": "1"}, "PRODUCT_VARIANT_ID_MISSING variants.0"},
		{fields{"id": "gid://shopify/ProductVariant/1", "price": "1"}, "PRODUCT_VARIANT_DOES_NOT_EXIST variants.0.id"},
		{fields{"id": m, "inventoryQuantities": []any{fields{"locationId": s.Locations()[0].ID, "availableQuantity": 1}}},
			"NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE variants.0.inventoryQuantities"},
		{fields{"id": m, "compareAtPrice": "1000000000000000000", "price": "-1"},
			"INVALID_INPUT variants.0.compareAtPrice; GREATER_THAN_OR_EQUAL_TO variants.0.price"},
		{fields{"id": m, "optionValues": []any{fields{"optionName": "Size", "name": "L"}}}, "VARIANT_ALREADY_EXISTS variants.0"},
		{fields{"id": m, "optionValues": []any{fields{"optionName": "Colour", "name": "L"}}}, "OPTION_DOES_NOT_EXIST variants.0.optionValues.0.optionName"},
	} {
		if got := userErrorCodes(update(true, c.in)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.in, got, c.want)
		}
	}
	if got := userErrorCodes(ask(t, s, updateDocument, fields{"productId": gid("Product", 1), "variants": []any{good}})); got != "PRODUCT_DOES_NOT_EXIST productId" {
		t.Errorf("no product: %q", got)
	}
	if a := update(true, fields{"id": m, "price": "1,5"}); a.code() != "INVALID_VARIABLE" {
		t.Errorf("no amount: %s", a.raw)
	}
}

func TestVariantsCreate_StrategiesAndRefusals(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	doc := operation(t, "product_variants_bulk_create")
	create := func(id, strategy string, variants ...any) answer {
		return ask(t, s, doc, fields{"productId": id, "variants": variants, "strategy": strategy})
	}
	xl := fields{"optionValues": []any{fields{"optionName": "Size", "name": "XL"}}, "price": "1", "inventoryItem": fields{"sku": "A-XL", "tracked": true},
		"inventoryQuantities": []any{fields{"locationId": s.Locations()[0].ID, "availableQuantity": 3}}}
	if a := create(p.ID, "DEFAULT", xl); userErrorCodes(a) != "" || a.at("productVariantsBulkCreate.productVariants.0.sku") != "A-XL" || available(t, s, "A-XL") != 3 {
		t.Fatalf("created: %s", a.raw)
	}
	for _, c := range []struct {
		in   fields
		want string
	}{
		{xl, "VARIANT_ALREADY_EXISTS variants.0"},
		{fields{"price": "1"}, "NEED_TO_ADD_OPTION_VALUES variants.0"},
		{fields{"optionValues": []any{fields{"optionName": "Colour", "name": "x"}}}, "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS variants.0.optionValues.0.optionName"},
		{with(with(xl, "optionValues", []any{fields{"optionName": "Size", "name": "S"}}), "inventoryQuantities",
			[]any{fields{"locationId": gid("Location", 1), "availableQuantity": 3}}), "TRACKED_VARIANT_LOCATION_NOT_FOUND variants.0.inventoryQuantities"},
	} {
		if got := userErrorCodes(create(p.ID, "DEFAULT", c.in)); got != c.want {
			t.Errorf("%v: got %q, want %q", c.in, got, c.want)
		}
	}
	single := mustSet(t, s, nil, fields{"title": "Single"})
	create(single.ID, "DEFAULT", fields{"optionValues": []any{fields{"optionName": "Title", "name": "One"}}, "inventoryItem": fields{"sku": "S-1"}})
	if got, _ := s.Product(single.ID); skus(got) != "S-1" {
		t.Errorf("the default variant stays: %q", skus(got))
	}
	del := func(id string, ids ...string) string {
		return userErrorCodes(ask(t, s, operation(t, "product_variants_bulk_delete"), fields{"productId": id, "variantsIds": ids}))
	}
	now, _ := s.Product(single.ID)
	if got := del(single.ID, now.Variants[0].ID); got != "CANNOT_DELETE_LAST_VARIANT variantsIds" {
		t.Errorf("the last one: %q", got)
	}
	if got := del(p.ID, now.Variants[0].ID); got != "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT variantsIds.0" {
		t.Errorf("of another: %q", got)
	}
	if got := del(p.ID, p.Variants[0].ID); got != "" || !strings.HasPrefix(s.CatalogueTable(), "ig-1 | ACTIVE | Shirt | L") {
		t.Errorf("deleted: %q\n%s", got, s.CatalogueTable())
	}
}

func TestProductCreate_UpdateAndDelete(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, p := goods(t, Options{Now: c.now})
	a := ask(t, s, operation(t, "product_create"), fields{"product": fields{"title": "Shirt"}, "media": []any{fields{"originalSource": "https://example.com/a.jpg", "mediaContentType": "IMAGE"}}})
	made, _ := s.Product(text(a.at("productCreate.product.id")))
	if userErrorCodes(a) != "" || made.Handle != "shirt" || made.Status != "ACTIVE" || len(made.Published) != 0 || len(made.Media) != 1 || !made.Variants[0].Untracked {
		t.Errorf("created: %+v", made)
	}
	if a := ask(t, s, operation(t, "product_create"), fields{"product": fields{"title": "x", "handle": "IG 1"}}); userErrorCodes(a) != "input.handle" {
		t.Errorf("handle taken: %s", a.raw)
	}
	c.advance(time.Minute)
	a = ask(t, s, operation(t, "product_update"), fields{"product": fields{"id": p.ID, "status": "DRAFT", "tags": []string{"b", "a", "B"}},
		"media": []any{fields{"originalSource": "https://example.com/b.jpg", "mediaContentType": "IMAGE"}}})
	got, _ := s.Product(p.ID)
	if userErrorCodes(a) != "" || got.Status != "DRAFT" || !slices.Equal(got.Tags, []string{"a", "b"}) || len(got.Media) != 1 || got.UpdatedAt == p.UpdatedAt || got.Title != "Shirt" {
		t.Errorf("updated: %+v", got)
	}
	if a := ask(t, s, operation(t, "product_status_update"), fields{"id": gid("Product", 1), "status": "DRAFT"}); userErrorCodes(a) != "id" {
		t.Errorf("no product: %s", a.raw)
	}
	if a := ask(t, s, operation(t, "product_delete"), fields{"input": fields{"id": p.ID}}); a.at("productDelete.deletedProductId") != p.ID {
		t.Errorf("deleted: %s", a.raw)
	}
	if _, there := s.Variant("A-M"); there || len(s.Products()) != 1 {
		t.Errorf("something is left: %s", s.CatalogueTable())
	}
	if a := ask(t, s, operation(t, "product_by_identifier"), fields{"identifier": groupOf("IG-1")}); len(a.Errors) > 0 || a.at("productByIdentifier") != nil {
		t.Errorf("a deleted product is found by its key: %s", a.raw)
	}
}

func TestRead_ProductSearches(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, p := goods(t, Options{Now: c.now})
	c.advance(time.Hour)
	s.AddProduct(Product{Title: "Hat", Handle: "hat", Status: "DRAFT", Vendor: "O'Neil \"x\"", Tags: []string{"blue sky"}, Variants: []Variant{{SKU: "it's (1)", Barcode: "7"}},
		Metafields: map[string]string{"wasl.season": "summer"}})
	doc := `query Q($q: String) { products(first: 10, query: $q) { nodes { handle } } }`
	found := func(q string) string {
		a := ask(t, s, doc, fields{"q": q})
		var out []string
		nodes, _ := a.at("products.nodes").([]any)
		for _, n := range nodes {
			out = append(out, n.(map[string]any)["handle"].(string))
		}
		return strings.Join(append(out, a.code()), " ")
	}
	for q, want := range map[string]string{
		`status:active`:                            "ig-1 ",
		`status:DRAFT OR status:ACTIVE`:            "ig-1 hat ",
		`tag:'blue sky'`:                           "hat ",
		`tag:red AND status:draft`:                 "",
		`handle:hat`:                               "hat ",
		`handle:'ig-1' OR handle:"hat"`:            "ig-1 hat ",
		`id:` + fmt.Sprint(idNumber(p.ID)):         "ig-1 ",
		`sku:'A-M'`:                                "ig-1 ",
		`sku:'it\'s (1)'`:                          "hat ",
		`barcode:7`:                                "hat ",
		`vendor:'O\'Neil "x"'`:                     "hat ",
		`updated_at:>'2026-11-24T06:00:00Z'`:       "hat ",
		`updated_at:>='2026-11-24T06:00:00Z'`:      "ig-1 hat ",
		`updated_at:<='2026-11-24T08:00:00+02:00'`: "ig-1 ",
		`-tag:red`:                                 "hat ",
		`metafields.wasl.season:summer`:            "BAD_REQUEST",
	} {
		if got := found(q); got != want {
			t.Errorf("%s: got %q, want %q", q, got, want)
		}
	}
	a := ask(t, s, operation(t, "metafield_definition_create"), fields{"definition": fields{"name": "Season", "namespace": "wasl", "key": "season",
		"type": "single_line_text_field", "ownerType": "PRODUCT", "capabilities": fields{"adminFilterable": fields{"enabled": true}}}})
	if got := found(`metafields.wasl.season:summer`); got != "hat " {
		t.Errorf("a metafield that can be filtered by: %q %s", got, a.raw)
	}
}

func TestPublishing(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	online := gid("Publication", 1)
	pos := s.AddPublication("Point of Sale", "pos")
	shown := func() any {
		a := ask(t, s, `query Q($id: ID!) { product(id: $id) { publishedAt resourcePublications(first: 5) { nodes { isPublished publication { id } } } } }`, fields{"id": p.ID})
		if len(a.Errors) > 0 {
			t.Fatal(a.raw)
		}
		nodes := a.at("product.resourcePublications.nodes").([]any)
		return len(nodes)
	}
	one := func(name, publication string) answer {
		return ask(t, s, operation(t, name), fields{"id": p.ID, "input": []any{fields{"publicationId": publication}}})
	}
	if a := one("publishable_publish", pos); userErrorCodes(a) != "" || a.at("publishablePublish.publishable.resourcePublicationsCount.count") != 2.0 || shown() != 2 {
		t.Errorf("published: %s", a.raw)
	}
	if a := one("publishable_unpublish", online); a.at("publishableUnpublish.publishable.resourcePublicationsCount.count") != 1.0 {
		t.Errorf("unpublished: %s", a.raw)
	}
	if a := one("publishable_publish", gid("Publication", 9)); userErrorCodes(a) != "input.0.publicationId" || a.at("publishablePublish.userErrors.0.message") != "Publication does not exist or is not publishable" {
		t.Errorf("no publication: %s", a.raw)
	}
	update := func(id string, add ...string) answer {
		return ask(t, s, operation(t, "publication_update"), fields{"id": id, "input": fields{"publishablesToAdd": add}})
	}
	many := slices.Repeat([]string{p.ID}, 51)
	for want, a := range map[string]answer{
		"PUBLICATION_UPDATE_LIMIT_EXCEEDED input.publishablesToAdd.51": update(online, many...),
		"INVALID_PUBLISHABLE_ID input.publishablesToAdd.1":             update(online, p.ID, gid("Product", 1)),
		"PUBLICATION_NOT_FOUND id":                                     update(gid("Publication", 9), p.ID),
	} {
		if userErrorCodes(a) != want {
			t.Errorf("got %s, want %q", a.raw, want)
		}
	}
	if shown() != 1 {
		t.Errorf("a refused call published")
	}
	s.LockPublication(1)
	if a := update(online, p.ID); userErrorCodes(a) != "PUBLICATION_LOCKED id" {
		t.Errorf("locked: %s", a.raw)
	}
	if a := update(online, many[:50]...); userErrorCodes(a) != "" || shown() != 2 {
		t.Errorf("fifty: %s", a.raw)
	}
}
