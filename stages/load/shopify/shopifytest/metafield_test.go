package shopifytest

import (
	"fmt"
	"slices"
	"testing"
)

func TestDefinition_CreatedOnce(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	doc := operation(t, "metafield_definition_create")
	vars := map[string]any{"definition": map[string]any{"name": "ERP item group", "namespace": "wasl", "key": "item_group", "type": "id",
		"ownerType": "PRODUCT", "capabilities": map[string]any{"uniqueValues": map[string]any{"enabled": true}}}}
	a := ask(t, s, doc, vars)
	if a.at("metafieldDefinitionCreate.createdDefinition.capabilities.uniqueValues.enabled") != true {
		t.Fatalf("got %s", a.raw)
	}
	if got := userErrorCodes(ask(t, s, doc, vars)); got != "TAKEN definition.key" {
		t.Errorf("again: got %q", got)
	}
	a = ask(t, s, operation(t, "metafield_definitions"), map[string]any{"ownerType": "PRODUCT", "namespace": "wasl", "first": 50})
	if a.at("metafieldDefinitions.nodes.0.key") != "item_group" || a.at("metafieldDefinitions.nodes.0.type.name") != "id" {
		t.Errorf("read back: %s", a.raw)
	}
}

func TestMetafields_AllOrNone(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.AddOrder(map[string]any{"id": "gid://shopify/Order/1"})
	doc := operation(t, "metafields_set")
	field := func(owner, key, kind, value string) map[string]any {
		return map[string]any{"ownerId": owner, "namespace": "wasl", "key": key, "type": kind, "value": value}
	}
	set := func(fields ...map[string]any) answer { return ask(t, s, doc, map[string]any{"metafields": fields}) }

	good := field("gid://shopify/Order/1", "erp_doc_no", "single_line_text_field", "SI-1")
	if a := set(good, field("gid://shopify/Order/1", "eta_qr_url", "url", "no address")); userErrorCodes(a) != "INVALID_VALUE metafields.1.value" {
		t.Errorf("one bad: %s", a.raw)
	}
	if a := set(good, field("gid://shopify/Order/2", "erp_doc_no", "single_line_text_field", "x")); userErrorCodes(a) != "INVALID metafields.1.ownerId" {
		t.Errorf("no owner: %s", a.raw)
	}
	if got := s.Metafield("gid://shopify/Order/1", "wasl", "erp_doc_no"); got != "" {
		t.Errorf("got %q written by a refused call", got)
	}
	var many []map[string]any
	for i := range 26 {
		many = append(many, field("gid://shopify/Order/1", fmt.Sprintf("key_%d", i), "single_line_text_field", "x"))
	}
	if a := set(many...); userErrorCodes(a) != "LESS_THAN_OR_EQUAL_TO metafields" {
		t.Errorf("26: %s", a.raw)
	}
	if a := set(many[:25]...); userErrorCodes(a) != "" {
		t.Errorf("25: %s", a.raw)
	}
	if a := set(good); userErrorCodes(a) != "" || s.Metafield("gid://shopify/Order/1", "wasl", "erp_doc_no") != "SI-1" {
		t.Errorf("good: %s", a.raw)
	}
	stale := field("gid://shopify/Order/1", "erp_doc_no", "single_line_text_field", "SI-2")
	stale["compareDigest"] = "other"
	if a := set(stale); userErrorCodes(a) != "STALE_OBJECT metafields.0.compareDigest" {
		t.Errorf("stale: %s", a.raw)
	}
}

func TestTags_AreAddedOnce(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.AddOrder(map[string]any{"id": "gid://shopify/Order/1", "tags": []any{"web"}})
	doc := operation(t, "tags_add")
	for range 2 {
		a := ask(t, s, doc, map[string]any{"id": "gid://shopify/Order/1", "tags": []string{"erp:posted", "WEB"}})
		if userErrorCodes(a) != "" || a.at("tagsAdd.node.id") != "gid://shopify/Order/1" {
			t.Fatalf("got %s", a.raw)
		}
	}
	if got := s.Tags("gid://shopify/Order/1"); !slices.Equal(got, []string{"erp:posted", "web"}) {
		t.Errorf("got %v", got)
	}
	if a := ask(t, s, doc, map[string]any{"id": "gid://shopify/Order/2", "tags": []string{"x"}}); userErrorCodes(a) != "id" {
		t.Errorf("no such order: %s", a.raw)
	}
}
