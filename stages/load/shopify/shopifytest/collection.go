package shopifytest

import (
	"slices"
	"strings"
	"time"
)

// collection is a list of products, made from its sources.
type collection struct {
	id, title, handle, descriptionHTML, sortOrder, suffix string
	seoTitle, seoDescription                              string
	created, updated                                      time.Time
	sources                                               []*source
	published                                             map[string]time.Time
}

// source gives a collection products: those selected, and those that meet its conditions.
type source struct {
	id, title, description, target, match string
	selections                            []string // ids of products
	conditions                            []condition
}

// condition asks for tags, a type or a vendor.
type condition struct {
	kind     string // productTag, productType, productVendor
	relation string
	all      bool
	values   []string
}

func (c *source) add(id string) bool {
	if slices.Contains(c.selections, id) {
		return false
	}
	c.selections = append(c.selections, id)
	return true
}

func (c *source) remove(id string) bool {
	at := slices.Index(c.selections, id)
	if at >= 0 {
		c.selections = slices.Delete(c.selections, at, at+1)
	}
	return at >= 0
}

// takes says whether the conditions take the product; without conditions they take none.
func (c *source) takes(st *store, p *product) bool {
	hits := 0
	for _, one := range c.conditions {
		if one.met(st, p) {
			hits++
		}
	}
	if c.match == "ANY" {
		return hits > 0
	}
	return hits > 0 && hits == len(c.conditions)
}

func (c condition) met(st *store, p *product) bool {
	have := map[string][]string{"productTag": st.tags[p.id], "productType": {p.kind}, "productVendor": {p.vendor}}[c.kind]
	hits := 0
	for _, want := range c.values {
		if slices.ContainsFunc(have, func(h string) bool { return strings.EqualFold(h, want) }) {
			hits++
		}
	}
	met := hits > 0
	if c.all {
		met = hits == len(c.values)
	}
	return met != strings.HasPrefix(c.relation, "NOT_")
}

// collection finds by id.
func (st *store) collection(id string) *collection {
	return find(st.collections, func(c *collection) bool { return c.id == id })
}

func (st *store) collectionHandled(handle string) *collection {
	return find(st.collections, func(c *collection) bool { return c.handle == handle })
}

func (st *store) newCollection(title, handle string) *collection {
	c := &collection{id: st.newID("Collection"), title: title, handle: handle, sortOrder: "BEST_SELLING", created: st.now(),
		updated: st.now(), published: map[string]time.Time{}}
	st.collections = append(st.collections, c)
	return c
}

func (st *store) freeCollectionHandle(title string) string {
	return freeHandle(orElse(slug(title), "collection"), func(h string) bool { return st.collectionHandled(h) != nil })
}

// members are the products of the collection: selected ones first, in their order.
func (st *store) members(c *collection) []*product {
	var out []*product
	in := map[string]bool{}
	add := func(p *product) {
		if p != nil && !in[p.id] {
			in[p.id] = true
			out = append(out, p)
		}
	}
	for _, source := range c.sources {
		for _, id := range source.selections {
			add(st.product(id))
		}
	}
	for _, source := range c.sources {
		if len(source.conditions) == 0 {
			continue
		}
		for _, p := range st.products {
			if source.takes(st, p) {
				add(p)
			}
		}
	}
	return out
}

func (s *Server) collectionObject(c *collection) object {
	sources := []any{}
	for _, source := range c.sources {
		sources = append(sources, s.sourceObject(source))
	}
	products := func() []*product { return s.shop.members(c) }
	return s.publishable(s.owned(c.id, object{
		"__typename": "Collection", "id": c.id, "legacyResourceId": legacyID(c.id), "title": c.title, "handle": c.handle,
		"descriptionHtml": c.descriptionHTML, "description": plainText(c.descriptionHTML), "sortOrder": c.sortOrder,
		"templateSuffix": orNull(c.suffix), "image": nil, "updatedAt": timestamp(c.updated), "sources": sources,
		"seo": object{"__typename": "SEO", "title": orNull(c.seoTitle), "description": orNull(c.seoDescription)},
		"products": lazy(func() connection {
			return connection{nodes: listed(products(), (*product).productID, s.productObject)}
		}),
		"productsCount": resolver(func(map[string]any) (any, error) { return count(len(products())), nil }),
		"hasProduct": resolver(func(args map[string]any) (any, error) {
			return slices.ContainsFunc(products(), func(p *product) bool { return p.id == args["id"] }), nil
		}),
	}), c.published)
}

func (s *Server) sourceObject(c *source) object {
	return object{
		"__typename": "CollectionConditionsSource", "id": c.id, "title": c.title, "description": orNull(c.description),
		"targetType": c.target, "shareable": false, "app": object{"id": gid("App", 1), "title": "wasl", "handle": "wasl"},
		"inclusion": object{"__typename": "CollectionSourceInclusion", "matchType": orNull(c.match), "conditions": c.conditionObjects(),
			"selections": lazy(func() connection {
				there := slices.DeleteFunc(slices.Clone(c.selections), func(id string) bool { return s.shop.product(id) == nil })
				return connection{nodes: nodesOf(there, func(id string) string { return id }, func(id string) object {
					return object{"__typename": "CollectionInclusionProductSelection", "variantIds": nil,
						"product": resolver(func(map[string]any) (any, error) { return orNil(s.lookUp(id)), nil })}
				})}
			})},
		"products": lazy(func() connection {
			return connection{nodes: listed(s.shop.members(&collection{sources: []*source{c}}), (*product).productID, s.productObject)}
		}),
	}
}

// conditionObjects are the conditions as a client sees that there are any.
func (c *source) conditionObjects() []any {
	out := []any{}
	for _, one := range c.conditions {
		out = append(out, object{"__typename": "CollectionSourceInclusionCondition" + strings.ToUpper(one.kind[:1]) + one.kind[1:]})
	}
	return out
}

// sourceNamed finds a source of any collection by its id.
func (st *store) sourceNamed(id string) *source {
	for _, c := range st.collections {
		if one := c.source(id); one != nil {
			return one
		}
	}
	return nil
}

// join selects the product into the collection, by its first source that has no conditions.
func (w pen) join(p *product, c *collection) {
	at := slices.IndexFunc(c.sources, func(s *source) bool { return len(s.conditions) == 0 })
	if at < 0 {
		c.sources = append(c.sources, &source{id: w.s.shop.newID("CollectionConditionsSource"), title: c.title, target: "PRODUCTS"})
		at = len(c.sources) - 1
	}
	if c.sources[at].add(p.id) {
		w.note("collection", c.id, c.handle, "member", "", p.id)
		c.updated = w.s.opt.Now()
	}
}

// leave takes the product out of every selection of the collection.
func (w pen) leave(p *product, c *collection) {
	for _, source := range c.sources {
		if source.remove(p.id) {
			w.note("collection", c.id, c.handle, "member", p.id, "")
			c.updated = w.s.opt.Now()
		}
	}
}

// collections makes the collections that select the product those given.
func (w pen) collections(p *product, ids []string) {
	for _, c := range w.s.shop.collections {
		if slices.Contains(ids, c.id) {
			w.join(p, c)
		} else {
			w.leave(p, c)
		}
	}
}
