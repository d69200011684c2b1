package shopifytest

import (
	"fmt"
	"slices"
	"testing"
)

func TestProductSet_MetafieldsCollectionsAndPositions(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	note := fields{"namespace": "wasl", "key": "note", "type": "single_line_text_field", "value": "x"}
	summer, sale := s.AddCollection(Collection{Title: "Summer"}), s.AddCollection(Collection{Title: "Sale"})
	in := shirt("IG-1", "M", "L")
	key := in["metafields"].([]any)[0]
	in["metafields"], in["collections"] = []any{key, note}, []string{summer.ID}
	in["variants"].([]any)[0].(fields)["position"], in["variants"].([]any)[1].(fields)["position"] = 2, 1
	q := mustSet(t, s, groupOf("IG-1"), in)
	if q.ID != p.ID || skus(q) != "IG-1-L IG-1-M" {
		t.Errorf("positions order the variants: %s", skus(q))
	}
	if q.Metafields["wasl.note"] != "x" || members(s.Collections()[0]) != p.ID {
		t.Errorf("set: %v, %+v", q.Metafields, s.Collections())
	}
	in["metafields"], in["collections"] = []any{key}, []string{sale.ID}
	q = mustSet(t, s, groupOf("IG-1"), in)
	if _, stays := q.Metafields["wasl.note"]; stays || members(s.Collections()[0]) != "" || members(s.Collections()[1]) != p.ID {
		t.Errorf("replaced: %v, %+v", q.Metafields, s.Collections())
	}
	ask(t, s, operation(t, "product_update"), fields{"product": fields{"id": p.ID, "collectionsToLeave": []string{sale.ID},
		"metafields": []any{note}}})
	if q, _ := s.Product(p.ID); len(q.Metafields) != 2 || members(s.Collections()[1]) != "" {
		t.Errorf("productUpdate adds metafields and leaves the collection: %v, %+v", q.Metafields, s.Collections())
	}
}

func TestKey_OfADeletedProductIsFree(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	s.DeleteProduct(p.ID)
	if q := mustSet(t, s, groupOf("IG-1"), shirt("IG-1", "M")); q.ID == p.ID {
		t.Errorf("the deleted product is back")
	}
}

func TestCollection_ConditionsOfAnyAndAll(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	hat := s.AddProduct(Product{Title: "Hat", Type: "Hats", Tags: []string{"erp"}})
	condition := func(kind, value string) fields {
		return fields{kind: fields{"matchType": "ANY", "relation": map[string]string{"productTag": "TAGGED_WITH", "productType": "EQUALS"}[kind], "values": []string{value}}}
	}
	create := func(match string) string {
		a := ask(t, s, operation(t, "collection_create"), fields{"collection": fields{"title": match, "sources": []any{fields{"source": fields{
			"title": match, "inclusion": fields{"matchType": match, "conditions": []any{condition("productTag", "erp"), condition("productType", "Hats")}}}}}}})
		if userErrorCodes(a) != "" || len(a.Errors) > 0 {
			t.Fatal(a.raw)
		}
		all := s.Collections()
		return members(all[len(all)-1])
	}
	if got := create("ANY"); got != p.ID+" "+hat.ID {
		t.Errorf("any: %s", got)
	}
	if got := create("ALL"); got != hat.ID {
		t.Errorf("all: %s", got)
	}
}

func TestDefinition_256OfAnOwner(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	create := func(owner, key string) string {
		return userErrorCodes(ask(t, s, operation(t, "metafield_definition_create"), fields{"definition": fields{"name": "x", "namespace": "wasl",
			"key": key, "type": "single_line_text_field", "ownerType": owner}}))
	}
	for i := range 256 {
		if got := create("PRODUCT", fmt.Sprintf("key_%d", i)); got != "" {
			t.Fatalf("%d: %q", i, got)
		}
	}
	if got := create("PRODUCT", "one_more"); got != "RESOURCE_TYPE_LIMIT_EXCEEDED definition.ownerType" {
		t.Errorf("257: %q", got)
	}
	if got := create("ORDER", "one_more"); got != "" {
		t.Errorf("another owner: %q", got)
	}
}

func TestToggle_KeepsWhatIsStillToCome(t *testing.T) {
	t.Parallel()
	for want, levels := range map[string]Levels{"INCOMING_INVENTORY_AT_LOCATION": {Incoming: 1}, "RESERVED_INVENTORY_AT_LOCATION": {Reserved: 1}} {
		s := start(t, Options{Locations: []Location{{Name: "Cairo"}, {Name: "Giza"}}})
		v := s.AddVariant(Variant{SKU: "A-1", Stock: map[string]Levels{"Cairo": levels, "Giza": {}}})
		a := ask(t, s, operation(t, "inventory_bulk_toggle_activation"), fields{"inventoryItemId": v.ItemID,
			"updates": []any{fields{"locationId": s.Locations()[0].ID, "activate": false}}})
		if got := userErrorCodes(a); got != want+" inventoryItemUpdates.0.locationId" {
			t.Errorf("got %q, want %s", got, want)
		}
	}
}

func TestMerchant_TagsAndMetafields(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	if err := s.EditProduct(p.ID, func(p *Product) {
		p.Tags = []string{"z", "a"}
		p.Metafields = map[string]string{"wasl.other": "1"}
	}); err != nil {
		t.Fatal(err)
	}
	got, _ := s.Product(p.ID)
	if !slices.Equal(got.Tags, []string{"a", "z"}) || len(got.Metafields) != 1 || got.Metafields["wasl.other"] != "1" {
		t.Errorf("got %+v", got)
	}
}
