package shopifytest

import (
	"fmt"
	"slices"
	"strings"
)

// Collection is a collection as a test reads and edits it.
type Collection struct {
	ID, Title, Handle string
	Products          []string // ids of those it holds, in their order
	Published         []string // ids of publications
	HTML              string   // its description
	Key               string   // its wasl.collection
	Tagged            string   // of one made by a condition: what its products are tagged with
	Sources           []string // the titles of its sources
}

// Collections are all collections of now.
func (s *Server) Collections() []Collection {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Collection{}
	for _, c := range s.shop.collections {
		out = append(out, s.collectionView(c))
	}
	return out
}

func (s *Server) collectionView(c *collection) Collection {
	out := Collection{ID: c.id, Title: c.title, Handle: c.handle, Published: sortedKeys(c.published), HTML: c.descriptionHTML,
		Key: text(s.shop.metafields[c.id]["wasl.collection"]["value"])}
	for _, source := range c.sources {
		out.Sources = append(out.Sources, source.title)
		for _, one := range source.conditions {
			out.Tagged = strings.Join(one.values, ",")
		}
	}
	for _, p := range s.shop.members(c) {
		out.Products = append(out.Products, p.id)
	}
	return out
}

// AddCollection makes a collection of the products selected, as a person in the admin does.
func (s *Server) AddCollection(in Collection) Collection {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.shop.newCollection(in.Title, orElse(in.Handle, s.shop.freeCollectionHandle(in.Title)))
	c.sources = []*source{{id: s.shop.newID("CollectionConditionsSource"), title: in.Title, target: "PRODUCTS", selections: in.Products}}
	if in.Tagged != "" {
		c.sources[0].conditions, c.sources[0].match = []condition{{kind: "productTag", relation: "TAGGED_WITH", values: []string{in.Tagged}}}, "ANY"
	}
	s.shop.publish(c.published)
	return s.collectionView(c)
}

// EditCollection changes title and selected products behind the client's back. A collection of several sources keeps
// the products in its first.
func (s *Server) EditCollection(idOrHandle string, edit func(*Collection)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.shop.collection(idOrHandle)
	if c == nil {
		c = s.shop.collectionHandled(idOrHandle)
	}
	if c == nil {
		return fmt.Errorf("shopifytest: no collection %q", idOrHandle)
	}
	view := s.collectionView(c)
	edit(&view)
	w := s.merchant()
	w.collectionFields(c, object{"title": view.Title, "handle": view.Handle})
	for _, id := range view.Products {
		if p := s.shop.product(id); p != nil && !slices.Contains(s.shop.members(c), p) {
			w.join(p, c)
		}
	}
	for _, p := range s.shop.members(c) {
		if !slices.Contains(view.Products, p.id) {
			w.leave(p, c)
		}
	}
	c.updated = s.opt.Now()
	return nil
}
