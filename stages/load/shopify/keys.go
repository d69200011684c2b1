package shopify

import (
	"context"
	"fmt"
	"sync"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// A keyring remembers which of our keys the shop has a definition of. The zero
// keyring knows of none.
type keyring struct {
	mu   sync.Mutex
	have map[string]bool // PRODUCT/item_group
}

// keyNames are our keys by the owner of each, as merchants see them.
var keyNames = map[string]struct{ key, name string }{
	"PRODUCT":        {keyItemGroup, "ERP item group"},
	"PRODUCTVARIANT": {keyItemCode, "ERP item code"},
	"COLLECTION":     {keyCollection, "ERP group"},
}

var makeDefinition = admin.Operation{Name: "MetafieldDefinitionCreate", Cost: 15, Text: `mutation MetafieldDefinitionCreate($definition: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $definition) {
    createdDefinition { id }
    userErrors { field message code }
  }
}`}

// define makes the definition of one of our keys, once for a shop. One that is
// there already is as good: the shop answers TAKEN. Without it there is no asking
// for customId, and a search by the key would be refused.
func (s *Sink) define(ctx context.Context, owner string) error {
	k := keyNames[owner]
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if s.keys.have[owner+"/"+k.key] {
		return nil
	}
	enabled := map[string]bool{"enabled": true}
	var data struct {
		Create *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"metafieldDefinitionCreate"`
	}
	r, err := s.door.Query(ctx, makeDefinition, map[string]any{"definition": map[string]any{"name": k.name, "namespace": ownNamespace, "key": k.key,
		"ownerType": owner, "type": "id", "capabilities": map[string]any{"uniqueValues": enabled, "adminFilterable": enabled}}})
	if err != nil {
		return fmt.Errorf("define %s.%s: %w", ownNamespace, k.key, err)
	}
	if err := decoded(makeDefinition, r, &data); err != nil || data.Create == nil {
		return admin.Unreadable(makeDefinition, r)
	}
	for _, e := range data.Create.UserErrors {
		if e.Code != "TAKEN" {
			return s.door.Refused(r, e)
		}
	}
	s.keys.add(owner + "/" + k.key)
	return nil
}

// add notes that the shop has one. The lock is held.
func (k *keyring) add(key string) {
	if k.have == nil {
		k.have = map[string]bool{}
	}
	k.have[key] = true
}

// definitionOf tells whether the shop has a definition of one of our keys.
var definitionOf = admin.Operation{Name: "MetafieldDefinitionOf", Cost: 4, Text: `query MetafieldDefinitionOf($owner: MetafieldOwnerType!, $namespace: String!, $key: String!) {
  metafieldDefinitions(first: 1, ownerType: $owner, namespace: $namespace, key: $key) { nodes { id } }
}`}

// defined tells whether the shop has a definition of our key of an owner. It waits.
func (s *Sink) defined(ctx context.Context, owner string) (bool, error) {
	k := keyNames[owner]
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if s.keys.have[owner+"/"+k.key] {
		return true, nil
	}
	var data struct {
		Definitions struct {
			Nodes []struct{} `json:"nodes"`
		} `json:"metafieldDefinitions"`
	}
	vars := map[string]any{"owner": owner, "namespace": ownNamespace, "key": k.key}
	if _, err := s.door.Read(ctx, definitionOf, vars, &data); err != nil || len(data.Definitions.Nodes) == 0 {
		return false, err
	}
	s.keys.add(owner + "/" + k.key)
	return true, nil
}

// defineGoods makes the keys of products and variants.
func (s *Sink) defineGoods(ctx context.Context) error {
	for _, owner := range []string{"PRODUCT", "PRODUCTVARIANT"} {
		if err := s.define(ctx, owner); err != nil {
			return err
		}
	}
	return nil
}

var setKeys = admin.Operation{Name: "MetafieldsSet", Cost: 10, Text: `mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    userErrors { field message code }
  }
}`}

// perKeys is what metafieldsSet takes in one call, all or none of it.
const perKeys = 25

// writeKeys puts our keys on what was in the shop before us. The refusals are by
// their place in the list; then nothing was written.
func (s *Sink) writeKeys(ctx context.Context, keys []ownKey) (map[int][]admin.UserError, error) {
	list := make([]any, len(keys))
	for i, k := range keys {
		in := ownField(k.Key, k.Value)
		in["ownerId"] = k.Owner
		list[i] = in
	}
	var data struct {
		Set *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"metafieldsSet"`
	}
	r, err := s.door.Query(ctx, setKeys, map[string]any{"metafields": list})
	if err != nil {
		return nil, err
	}
	if err := decoded(setKeys, r, &data); err != nil || data.Set == nil {
		return nil, admin.Unreadable(setKeys, r)
	}
	return s.byPlace(r, data.Set.UserErrors, "metafields", len(keys))
}

// byPlace sorts refusals by their place in a list of the input. One without a place
// is about the call and not about the data in it.
func (s *Sink) byPlace(r admin.Reply, errs []admin.UserError, list string, n int) (map[int][]admin.UserError, error) {
	var by map[int][]admin.UserError
	for _, e := range errs {
		i, ok := e.Row(list)
		if !ok || i < 0 || i >= n {
			return nil, s.door.Refused(r, e)
		}
		if by == nil {
			by = map[int][]admin.UserError{}
		}
		by[i] = append(by[i], e)
	}
	return by, nil
}

// turnedDown is the outcome of a document that Shopify refused, at its first row.
func turnedDown(doc pipeline.Document, field string, errs []admin.UserError) pipeline.Outcome {
	o := pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected}
	for _, e := range errs {
		o.Why = append(o.Why, wareProblem(doc, nil, field, "", "shopify.refused", e.Facts()))
	}
	return o
}
