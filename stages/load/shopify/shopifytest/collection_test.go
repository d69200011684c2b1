package shopifytest

import (
	"slices"
	"strings"
	"testing"
)

func members(c Collection) string { return strings.Join(c.Products, " ") }

func TestCollection_OfSources(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	hat := s.AddProduct(Product{Title: "Hat", Tags: []string{"summer"}})
	selected := func(ids ...string) []any {
		out := []any{}
		for _, id := range ids {
			out = append(out, fields{"productId": id})
		}
		return out
	}
	source := func(title string, inclusion fields) fields {
		return fields{"source": fields{"title": title, "targetType": "PRODUCTS", "inclusion": inclusion}}
	}
	a := ask(t, s, operation(t, "collection_create"), fields{"collection": fields{"title": "Summer 26", "sources": []any{source("erp", fields{"selections": selected(p.ID)})}}})
	id, sourceID := text(a.at("collectionCreate.collection.id")), a.at("collectionCreate.collection.sources.0.id")
	if got := s.Collections(); userErrorCodes(a) != "" || len(got) != 1 || members(got[0]) != p.ID || got[0].Handle != "summer-26" || len(got[0].Published) != 0 {
		t.Fatalf("created: %s %+v", a.raw, got)
	}
	update := func(in fields) answer {
		in["id"] = id
		return ask(t, s, operation(t, "collection_update"), fields{"collection": in})
	}
	change := func(inclusion fields) fields {
		return fields{"sourcesToUpdate": []any{fields{"condition": fields{"id": sourceID, "inclusion": inclusion}}}}
	}
	a = update(change(fields{"selectionsToAdd": selected(hat.ID), "selectionsToRemove": selected(p.ID)}))
	if got := s.Collections()[0]; userErrorCodes(a) != "" || members(got) != hat.ID || a.at("collectionUpdate.job.id") == nil {
		t.Errorf("changed: %s", a.raw)
	}
	changes := len(s.Changes())
	if a := update(change(fields{"selectionsToAdd": selected(hat.ID), "selectionsToRemove": selected(p.ID)})); userErrorCodes(a) != "" || len(s.Changes()) != changes {
		t.Errorf("the same again: %s", a.raw)
	}
	if a := update(change(fields{"selectionsToAdd": selected(hat.ID, gid("Product", 1))})); userErrorCodes(a) != "collection.sourcesToUpdate.0.condition.inclusion.selectionsToAdd.1.productId" {
		t.Errorf("no product: %s", a.raw)
	}
	if a := update(fields{"sourcesToDelete": []string{gid("CollectionConditionsSource", 1)}}); userErrorCodes(a) != "collection.sourcesToDelete.0" {
		t.Errorf("no source: %s", a.raw)
	}
	update(fields{"title": "Winter", "sourcesToDelete": []any{sourceID}, "sourcesToCreate": []any{source("tagged", fields{"matchType": "ALL", "conditions": []any{
		fields{"productTag": fields{"matchType": "ANY", "relation": "TAGGED_WITH", "values": []string{"ERP"}}}}})}})
	if got := s.Collections()[0]; members(got) != p.ID || got.Title != "Winter" {
		t.Errorf("by tag: %+v", got)
	}
	a = ask(t, s, operation(t, "collection_by_identifier"), fields{"identifier": fields{"handle": "summer-26"}, "firstProducts": 5})
	if a.at("collectionByIdentifier.products.nodes.0.handle") != "ig-1" || a.at("collectionByIdentifier.sources.0.inclusion.matchType") != "ALL" {
		t.Errorf("read back: %s", a.raw)
	}
	if got := s.NotImplemented(); len(got) > 0 {
		t.Errorf("not implemented: %v", got)
	}
}

func TestCollection_HandlesKeysAndHand(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	create := func(in fields) answer {
		return ask(t, s, operation(t, "collection_create"), fields{"collection": in})
	}
	for range 2 {
		create(fields{"title": "Summer"})
	}
	if got := s.Collections(); got[0].Handle != "summer" || got[1].Handle != "summer-1" {
		t.Errorf("got %+v", got)
	}
	if v := s.JudgeBut(); len(v) != 1 || v[0].Rule != "collection-twice" {
		t.Errorf("got %v", v)
	}
	if a := create(fields{"title": "x", "handle": "summer"}); userErrorCodes(a) != "handle" {
		t.Errorf("taken: %s", a.raw)
	}
	key := fields{"customId": fields{"namespace": "wasl", "key": "category", "value": "C-1"}}
	if a := ask(t, s, operation(t, "collection_by_identifier"), fields{"identifier": key}); a.code() != "NOT_FOUND" {
		t.Errorf("no definition: %s", a.raw)
	}
	ask(t, s, operation(t, "metafield_definition_create"), fields{"definition": fields{"name": "c", "namespace": "wasl", "key": "category", "type": "id", "ownerType": "COLLECTION"}})
	create(fields{"title": "By key", "metafields": []any{fields{"namespace": "wasl", "key": "category", "type": "id", "value": "C-1"}}})
	if a := ask(t, s, operation(t, "collection_by_identifier"), fields{"identifier": key}); a.at("collectionByIdentifier.title") != "By key" {
		t.Errorf("by key: %s", a.raw)
	}
	ask(t, s, operation(t, "product_update"), fields{"product": fields{"id": p.ID, "collectionsToJoin": []string{s.Collections()[0].ID}}})
	if got := s.Collections()[0]; members(got) != p.ID {
		t.Errorf("joined: %+v", got)
	}
	if err := s.EditCollection("summer", func(c *Collection) { c.Title, c.Products = "Sale", nil }); err != nil {
		t.Fatal(err)
	}
	if got := s.Collections()[0]; got.Title != "Sale" || members(got) != "" {
		t.Errorf("by hand: %+v", got)
	}
	made := s.AddCollection(Collection{Title: "Hand", Products: []string{p.ID}})
	if members(made) != p.ID || !slices.Equal(made.Published, []string{gid("Publication", 1)}) {
		t.Errorf("added: %+v", made)
	}
	s.DeleteProduct("ig-1")
	if got := s.Collections(); members(got[len(got)-1]) != "" {
		t.Errorf("a deleted product stays a member: %+v", got)
	}
}

// What a source selects can be read, page by page, and that it has conditions.
func TestCollection_SourcesCanBeRead(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	shirt, hat := s.AddProduct(Product{Title: "Shirt"}), s.AddProduct(Product{Title: "Hat"})
	plain := s.AddCollection(Collection{Title: "Plain", Products: []string{shirt.ID, hat.ID}})
	rule := s.AddCollection(Collection{Title: "Rule", Tagged: "new"})
	const sources = `sources { id title ... on CollectionConditionsSource { inclusion { conditions { __typename } selections(first: 1) { nodes { product { id } } pageInfo { hasNextPage endCursor } } } } }`
	a := ask(t, s, `query Q($a: ID!, $b: ID!) { a: collection(id: $a) { `+sources+` } b: collection(id: $b) { `+sources+` } }`, fields{"a": plain.ID, "b": rule.ID})
	selections := "a.sources.0.inclusion.selections."
	if a.at(selections+"nodes.0.product.id") != shirt.ID || a.at(selections+"pageInfo.hasNextPage") != true {
		t.Errorf("the first page: %v", a.at("a"))
	}
	if got := a.at("b.sources.0.inclusion.conditions.0.__typename"); got != "CollectionSourceInclusionConditionProductTag" || s.Collections()[1].Tagged != "new" {
		t.Errorf("conditions: %v", a.at("b"))
	}
	more := ask(t, s, `query M($id: ID!, $after: String) { node(id: $id) { ... on CollectionConditionsSource { inclusion { selections(first: 1, after: $after) { nodes { product { id } } pageInfo { hasNextPage } } } } } }`,
		fields{"id": a.at("a.sources.0.id"), "after": a.at(selections + "pageInfo.endCursor")})
	if got := more.at("node.inclusion.selections.nodes.0.product.id"); got != hat.ID {
		t.Errorf("the second page: %v", got)
	}
	s.DeleteProduct("hat")
	if a := ask(t, s, `query Q($a: ID!) { a: collection(id: $a) { `+sources+` } }`, fields{"a": plain.ID}); a.at(selections+"pageInfo.hasNextPage") != false {
		t.Errorf("what is gone is selected no more: %v", a.at("a"))
	}
}
