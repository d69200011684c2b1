package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const productSetDocument = `mutation Set($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(synchronous: true, identifier: $identifier, input: $input) {
    product { id handle status updatedAt title options { name optionValues { name } }
      variants(first: 250) { nodes { id sku price compareAtPrice barcode taxable inventoryPolicy position selectedOptions { name value }
        inventoryItem { id tracked harmonizedSystemCode countryCodeOfOrigin requiresShipping unitCost { amount } } } }
      media(first: 10) { nodes { id alt status } } }
    userErrors { field message code }
  }
}`

type fields = map[string]any

// define makes the definitions of type id that customId needs.
func define(t *testing.T, s *Server) {
	t.Helper()
	for owner, key := range map[string]string{"PRODUCT": "item_group", "PRODUCTVARIANT": "item_code"} {
		a := ask(t, s, `mutation D($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) { userErrors { code field } } }`,
			fields{"d": fields{"name": key, "namespace": "wasl", "key": key, "type": "id", "ownerType": owner}})
		if userErrorCodes(a) != "" {
			t.Fatalf("define: %s", a.raw)
		}
	}
}

func groupOf(code string) fields {
	return fields{"customId": fields{"namespace": "wasl", "key": "item_group", "value": code}}
}

// shirt is an input of productSet with one option and a variant of each size.
func shirt(code string, sizes ...string) fields {
	values, variants := []any{}, []any{}
	for _, size := range sizes {
		values = append(values, fields{"name": size})
		variants = append(variants, fields{"optionValues": []any{fields{"optionName": "Size", "name": size}}, "sku": code + "-" + size,
			"price": "349", "inventoryItem": fields{"tracked": true}})
	}
	return fields{"title": "Shirt " + code, "handle": strings.ToLower(code), "status": "ACTIVE",
		"metafields":     []any{fields{"namespace": "wasl", "key": "item_group", "type": "id", "value": code}},
		"productOptions": []any{fields{"name": "Size", "values": values}}, "variants": variants}
}

func with(in fields, key string, value any) fields {
	out := fields{}
	for k, v := range in {
		out[k] = v
	}
	out[key] = value
	if value == nil {
		delete(out, key)
	}
	return out
}

func setShirt(t *testing.T, s *Server, identifier, in fields) answer {
	t.Helper()
	return ask(t, s, productSetDocument, fields{"identifier": identifier, "input": in})
}

func mustSet(t *testing.T, s *Server, identifier, in fields) Product {
	t.Helper()
	a := setShirt(t, s, identifier, in)
	if len(a.Errors) > 0 || userErrorCodes(a) != "" || a.at("productSet.product.id") == nil {
		t.Fatalf("productSet: %s", a.raw)
	}
	p, _ := s.Product(a.at("productSet.product.id").(string))
	return p
}

func skus(p Product) string {
	var out []string
	for _, v := range p.Variants {
		out = append(out, v.SKU)
	}
	return strings.Join(out, " ")
}

func TestProductSet_CreatesOnceByCustomID(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{Now: c.now})
	define(t, s)
	first := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M", "L"))
	c.advance(1e9)
	again := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M", "L"))
	if again.ID != first.ID || len(s.Products()) != 1 || again.Variants[0].ID != first.Variants[0].ID {
		t.Errorf("a second call made something new: %+v", s.Products())
	}
	if again.UpdatedAt == first.UpdatedAt {
		t.Errorf("updatedAt did not move")
	}
	if len(first.Published) != 0 {
		t.Errorf("a product made by the API is published: %v", first.Published)
	}
	changes := len(s.Changes())
	mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M", "L"))
	if got := s.Changes()[changes:]; len(got) > 0 {
		t.Errorf("the same again changed %v", got)
	}
	a := ask(t, s, operationOr(t, "product_by_identifier"), fields{"identifier": groupOf("IG-1")})
	if a.at("productByIdentifier.id") != first.ID || a.at("productByIdentifier.variants.nodes.1.price") != "349.00" ||
		a.at("productByIdentifier.options.0.optionValues.1.name") != "L" {
		t.Errorf("read back: %s", a.raw)
	}
}

// operationOr reads a shared document; without the reference the test is skipped.
func operationOr(t *testing.T, name string) string { t.Helper(); return operation(t, name) }

func TestProductSet_CustomIDNeedsADefinition(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := setShirt(t, s, groupOf("IG-1"), shirt("IG-1", "M"))
	if a.code() != "NOT_FOUND" || !strings.HasPrefix(a.Errors[0].Message, "Metafield definition of type 'id' is required when using custom ids") {
		t.Errorf("productSet: %s", a.raw)
	}
	a = ask(t, s, `query Q($i: ProductIdentifierInput!) { productByIdentifier(identifier: $i) { id } }`, fields{"i": groupOf("IG-1")})
	if a.code() != "NOT_FOUND" || len(s.Products()) != 0 {
		t.Errorf("productByIdentifier: %s", a.raw)
	}
}

func TestProductSet_ListsReplaceAndAbsentOnesStay(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	in := with(with(shirt("IG-1", "S", "M", "L"), "tags", []string{"erp", "summer"}), "files",
		[]any{fields{"originalSource": "https://example.com/a.jpg"}, fields{"originalSource": "https://example.com/b.jpg"}})
	p := mustSet(t, s, groupOf("IG-1"), in)
	only := fields{"title": "Another", "metafields": in["metafields"]}
	if q := mustSet(t, s, groupOf("IG-1"), only); skus(q) != "IG-1-S IG-1-M IG-1-L" || len(q.Tags) != 2 || len(q.Media) != 2 || q.Title != "Another" {
		t.Errorf("absent lists changed: %+v", q)
	}
	q := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "L", "M"))
	if skus(q) != "IG-1-L IG-1-M" || q.Variants[1].ID != p.Variants[1].ID {
		t.Errorf("the variant left out stays, or the others are new: %s", skus(q))
	}
	if _, there := s.Variant("IG-1-S"); there {
		t.Errorf("the variant left out is still there")
	}
	if q.Options[0].Values[0] != "L" || len(q.Options[0].Values) != 2 {
		t.Errorf("options: %v", q.Options)
	}
	empty := with(with(fields{"metafields": in["metafields"]}, "tags", []string{}), "files", []any{})
	if q := mustSet(t, s, groupOf("IG-1"), empty); len(q.Tags) != 0 || len(q.Media) != 0 || skus(q) != "IG-1-L IG-1-M" {
		t.Errorf("empty lists empty: %+v", q)
	}
}

func TestProductSet_RenamesAnOptionValueByVariantID(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	p := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M"))
	in := shirt("IG-1", "Medium")
	if q := mustSet(t, s, groupOf("IG-1"), in); q.Variants[0].ID == p.Variants[0].ID {
		t.Errorf("other option values without an id are another variant")
	}
	p = mustSet(t, s, groupOf("IG-1"), in)
	in = shirt("IG-1", "Mid")
	in["variants"].([]any)[0].(fields)["id"] = p.Variants[0].ID
	if q := mustSet(t, s, groupOf("IG-1"), in); q.Variants[0].ID != p.Variants[0].ID || q.Variants[0].Title != "Mid" {
		t.Errorf("by id: %+v", q.Variants)
	}
}

func TestProductSet_KeepsEveryField(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	in := shirt("IG-1", "M")
	v := in["variants"].([]any)[0].(fields)
	v["compareAtPrice"], v["barcode"], v["taxable"], v["inventoryPolicy"] = "449.5", "622", false, "CONTINUE"
	v["inventoryItem"] = fields{"tracked": true, "cost": "180.00", "harmonizedSystemCode": "610910", "countryCodeOfOrigin": "EG",
		"requiresShipping": false, "measurement": fields{"weight": fields{"value": 250.5, "unit": "GRAMS"}}}
	v["metafields"] = []any{fields{"namespace": "wasl", "key": "item_code", "type": "id", "value": "IG-1-M"}}
	v["inventoryQuantities"] = []any{fields{"locationId": s.Locations()[0].ID, "name": "available", "quantity": 7}}
	got := mustSet(t, s, groupOf("IG-1"), in).Variants[0]
	want := Variant{SKU: "IG-1-M", Barcode: "622", Price: "349.00", CompareAtPrice: "449.50", Untaxed: true, Policy: "CONTINUE",
		Cost: "180.00", HSCode: "610910", Origin: "EG", NoShipping: true, Weight: "250.5 GRAMS"}
	if got.SKU != want.SKU || got.Barcode != want.Barcode || got.Price != want.Price || got.CompareAtPrice != want.CompareAtPrice ||
		got.Untaxed != want.Untaxed || got.Policy != want.Policy || got.Cost != want.Cost || got.HSCode != want.HSCode ||
		got.Origin != want.Origin || got.NoShipping != want.NoShipping || got.Weight != want.Weight || got.Untracked {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Metafields["wasl.item_code"] != "IG-1-M" || available(t, s, "IG-1-M") != 7 {
		t.Errorf("metafields %v, %d available", got.Metafields, available(t, s, "IG-1-M"))
	}
	v["compareAtPrice"], v["inventoryQuantities"] = nil, nil
	delete(v, "inventoryQuantities")
	if got := mustSet(t, s, groupOf("IG-1"), in).Variants[0]; got.CompareAtPrice != "" {
		t.Errorf("null leaves the compare-at price %s", got.CompareAtPrice)
	}
}

func TestProductSet_Handles(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	mustSet(t, s, nil, fields{"title": "قميص قطن"})
	if q := mustSet(t, s, nil, fields{"title": "قميص قطن"}); q.Handle != "قميص-قطن-1" || skus(q) != "" || q.Variants[0].Title != "Default Title" {
		t.Errorf("a generated handle gets a suffix: %+v", q)
	}
	if q := mustSet(t, s, nil, fields{"title": "قميص  قطن!"}); q.Handle != "قميص-قطن-2" {
		t.Errorf("got %s", q.Handle)
	}
	if a := setShirt(t, s, nil, fields{"title": "x", "handle": "قميص-قطن"}); userErrorCodes(a) != "HANDLE_NOT_UNIQUE input.handle" {
		t.Errorf("a handle given and taken: %s", a.raw)
	}
	if q := mustSet(t, s, fields{"handle": "ig-1"}, shirt("IG-1", "M")); q.Handle != "ig-1" {
		t.Errorf("by handle: %s", q.Handle)
	}
	if q := mustSet(t, s, fields{"handle": "ig-1"}, shirt("IG-1", "L")); skus(q) != "IG-1-L" || len(s.Products()) != 4 {
		t.Errorf("by handle again: %s", skus(q))
	}
}

func TestProductSet_Refusals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	held := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M", "L"))
	mustSet(t, s, groupOf("IG-2"), shirt("IG-2", "M"))
	before := s.CatalogueTable()
	variant := func(change func(fields)) fields {
		in := shirt("IG-1", "M", "L")
		change(in["variants"].([]any)[1].(fields))
		return in
	}
	options := func(names ...string) []any {
		out := []any{}
		for _, name := range names {
			out = append(out, fields{"name": name, "values": []any{fields{"name": "x"}}})
		}
		return out
	}
	file := []any{fields{"originalSource": "https://example.com/a.jpg"}}
	many := []string{}
	for i := range 101 {
		many = append(many, fmt.Sprint(i))
	}
	good := shirt("IG-1", "M", "L")
	for _, c := range []struct {
		name       string
		identifier fields
		in         fields
		want       string
	}{
		{"id and identifier", groupOf("IG-1"), with(good, "id", held.ID), "ID_NOT_ALLOWED input"},
		{"no such id", fields{"id": "gid://shopify/Product/1"}, good, "PRODUCT_DOES_NOT_EXIST identifier.id"},
		{"handle not in input", fields{"handle": "ig-1"}, with(good, "handle", nil), "MISSING_FIELD_REQUIRED input"},
		{"another handle", fields{"handle": "ig-1"}, with(good, "handle", "ig-9"), "INPUT_MISMATCH input"},
		{"another custom id", groupOf("IG-9"), good, "METAFIELD_MISMATCH input"},
		{"custom id without metafields", groupOf("IG-9"), with(good, "metafields", nil), "MISSING_FIELD_REQUIRED input"},
		{"options alone", groupOf("IG-1"), with(good, "variants", nil), "VARIANTS_INPUT_MISSING input.variants"},
		{"variants alone", groupOf("IG-1"), with(good, "productOptions", nil), "PRODUCT_OPTIONS_INPUT_MISSING input.productOptions"},
		{"four options", groupOf("IG-1"), with(good, "productOptions", options("A", "B", "C", "D")), "OPTIONS_OVER_LIMIT input.productOptions"},
		{"option twice", groupOf("IG-1"), with(good, "productOptions", options("A", "a")), "DUPLICATED_OPTION_NAME input.productOptions.1.name"},
		{"slash in option", groupOf("IG-1"), with(good, "productOptions", options("A / B")), "input.productOptions.0.name"},
		{"101 values", groupOf("IG-1"), shirt("IG-1", many...), "OPTION_VALUES_OVER_LIMIT input.productOptions.0.values"},
		{"variant twice", groupOf("IG-1"), variant(func(v fields) { v["optionValues"] = []any{fields{"optionName": "Size", "name": "M"}} }), "input.variants.1"},
		{"value unknown", groupOf("IG-1"), variant(func(v fields) { v["optionValues"] = []any{fields{"optionName": "Size", "name": "XL"}} }),
			"OPTION_VALUE_DOES_NOT_EXIST input.variants.1.optionValues.0.name"},
		{"option unknown", groupOf("IG-1"), variant(func(v fields) { v["optionValues"] = []any{fields{"optionName": "Colour", "name": "M"}} }),
			"OPTION_DOES_NOT_EXIST input.variants.1.optionValues.0.optionName"},
		{"value missing", groupOf("IG-1"), variant(func(v fields) { v["optionValues"] = []any{} }), "input.variants.1"},
		{"variant of another product", groupOf("IG-1"), variant(func(v fields) { v["id"] = "gid://shopify/ProductVariant/1" }),
			"PRODUCT_VARIANT_DOES_NOT_EXIST input.variants.1.id"},
		{"negative price", groupOf("IG-1"), variant(func(v fields) { v["price"] = "-1" }), "input.variants.1.price"},
		{"file of a variant not in files", groupOf("IG-1"), variant(func(v fields) { v["file"] = file[0] }), "INVALID_INPUT input.variants.1.file"},
		{"bad picture", groupOf("IG-1"), with(good, "files", []any{fields{"originalSource": "C:\\a.jpg"}}), "input.files.0"},
		{"unknown file", groupOf("IG-1"), with(good, "files", []any{fields{"id": "gid://shopify/MediaImage/1"}}), "input.files.0"},
		{"empty title", groupOf("IG-1"), with(good, "title", " "), "input.title"},
		{"key of another", fields{"id": held.ID}, with(good, "metafields", shirt("IG-2")["metafields"]), "CAPABILITY_VIOLATION input.metafields.0.value"},
		{"not stocked there", groupOf("IG-1"), variant(func(v fields) {
			v["inventoryQuantities"] = []any{fields{"locationId": s.Locations()[0].ID, "name": "available", "quantity": 1}}
		}), "input.variants.1.inventoryQuantities.0.locationId"},
	} {
		if a := setShirt(t, s, c.identifier, c.in); userErrorCodes(a) != c.want || a.at("productSet.product") != nil {
			t.Errorf("%s: got %q, want %q: %s", c.name, userErrorCodes(a), c.want, a.raw)
		}
	}
	if after := s.CatalogueTable(); after != before {
		t.Errorf("a refused call changed the shop: %s", after)
	}
	a := setShirt(t, s, groupOf("IG-1"), variant(func(v fields) { v["optionValues"] = []any{fields{"optionName": "Size", "name": "M"}} }))
	if got := a.at("productSet.userErrors.0.message"); got != "The variant 'M' already exists. Please change at least one option value." || a.at("productSet.userErrors.0.code") != nil {
		t.Errorf("live text, null code: %s", a.raw)
	}
}

func TestProductSet_Sizes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	define(t, s)
	in := fields{"title": "Big", "productOptions": []any{fields{"name": "A", "values": []any{}}, fields{"name": "B", "values": []any{}}}}
	variants := []any{}
	values := [2][]any{}
	for i := range 64 {
		values[0] = append(values[0], fields{"name": fmt.Sprint(i)})
	}
	for j := range 32 {
		values[1] = append(values[1], fields{"name": fmt.Sprint(j)})
	}
	for i := range 2048 {
		variants = append(variants, fields{"optionValues": []any{fields{"optionName": "A", "name": fmt.Sprint(i / 32)}, fields{"optionName": "B", "name": fmt.Sprint(i % 32)}}})
	}
	for i, list := range values {
		in["productOptions"].([]any)[i].(fields)["values"] = list
	}
	doc := `mutation M($input: ProductSetInput!) { productSet(input: $input) { product { id } userErrors { code field message } } }`
	if a := ask(t, s, doc, fields{"input": with(in, "variants", variants)}); userErrorCodes(a) != "" || len(s.Products()) != 1 {
		t.Errorf("2048: %.300s", a.raw)
	}
	if a := ask(t, s, doc, fields{"input": with(in, "variants", append(variants, variants[0]))}); a.code() != "MAX_INPUT_SIZE_EXCEEDED" {
		t.Errorf("2049: %.300s", a.raw)
	}
	files := slices.Repeat([]any{fields{"originalSource": "https://example.com/a.jpg"}}, 251)
	if a := ask(t, s, doc, fields{"input": fields{"title": "x", "files": files}}); a.code() != "MAX_INPUT_SIZE_EXCEEDED" {
		t.Errorf("251 files: %.300s", a.raw)
	}
}

func TestProductSet_AsyncIsPolled(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	define(t, s)
	set := func(in fields) answer {
		return ask(t, s, operation(t, "product_set_async"), fields{"identifier": groupOf("IG-1"), "input": in})
	}
	poll := func(id any) answer { return ask(t, s, operation(t, "product_operation"), fields{"id": id}) }
	a := set(shirt("IG-1", "M"))
	id := a.at("productSet.productSetOperation.id")
	if a.at("productSet.product") != nil || a.at("productSet.productSetOperation.status") != "CREATED" || len(s.Products()) != 0 {
		t.Fatalf("answer: %s", a.raw)
	}
	if a := poll(id); a.at("productOperation.status") != "ACTIVE" || len(s.Products()) != 0 {
		t.Errorf("first poll: %s", a.raw)
	}
	if a := poll(id); a.at("productOperation.status") != "COMPLETE" || a.at("productOperation.product.handle") != "ig-1" {
		t.Errorf("second poll: %s", a.raw)
	}
	a = set(with(shirt("IG-1", "M"), "variants", nil))
	id = a.at("productSet.productSetOperation.id")
	poll(id)
	if a := poll(id); a.at("productOperation.status") != "COMPLETE" || a.at("productOperation.userErrors.0.code") != "VARIANTS_INPUT_MISSING" {
		t.Errorf("errors come with the operation: %s", a.raw)
	}
}
