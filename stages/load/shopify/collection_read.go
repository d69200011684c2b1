package shopify

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wasl/stages/load/shopify/admin"
)

// keyCollection is our key of a collection.
const keyCollection = "collection"

// rack is a collection as the shop has it.
type rack struct {
	ID      string   `json:"id"`
	Handle  string   `json:"handle"`
	Title   string   `json:"title"`
	HTML    string   `json:"descriptionHtml"` // read by id
	Key     own      `json:"key"`
	Sources []source `json:"sources"` // read by id
	Shown   *bool    `json:"shown"`   // read by id, where a publication was named
}

// source gives a collection products: those selected, and those that meet its
// conditions.
type source struct {
	Type      string `json:"__typename"`
	ID        string `json:"id"`
	Title     string `json:"title"`
	Target    string `json:"targetType"`
	Inclusion struct {
		Conditions []struct{} `json:"conditions"`
		Selections selections `json:"selections"`
	} `json:"inclusion"`
}

type selections struct {
	Nodes    []selection    `json:"nodes"`
	PageInfo admin.PageInfo `json:"pageInfo"`
}

type selection struct {
	Product *product `json:"product"`
}

// plain tells whether a source only selects products.
func (s source) plain() bool {
	return s.Type == "CollectionConditionsSource" && s.Target == "PRODUCTS" && len(s.Inclusion.Conditions) == 0
}

// ruled tells whether products get into a collection by something else than being
// selected.
func (r *rack) ruled() bool {
	return slices.ContainsFunc(r.Sources, func(s source) bool { return !s.plain() })
}

// ours is our source of a collection; nil where it has none.
func (r *rack) ours() *source {
	for i, s := range r.Sources {
		if s.plain() && s.Title == ownSource {
			return &r.Sources[i]
		}
	}
	return nil
}

// holds are the products that sources select, by gid; by whom are the sources.
func (r *rack) holds() (in map[string]*product, by map[string][]string) {
	in, by = map[string]*product{}, map[string][]string{}
	for _, s := range r.Sources {
		if !s.plain() {
			continue
		}
		for _, n := range s.Inclusion.Selections.Nodes {
			if n.Product != nil {
				in[n.Product.ID], by[n.Product.ID] = n.Product, append(by[n.Product.ID], s.ID)
			}
		}
	}
	return in, by
}

// racksNamed names collections as the admin does: by handle and number.
func racksNamed(racks []*rack) string {
	names := make([]string, len(racks))
	for i, r := range racks {
		names[i] = r.Title + " (" + r.Handle + ", " + r.ID + ")"
	}
	return strings.Join(names, ", ")
}

const collectionKeyField = `key: metafield(namespace: "` + ownNamespace + `", key: "` + keyCollection + `") { value }`

// collectionsPage reads what every collection is known by. It is no search, and so
// misses nothing that was made a moment ago.
var collectionsPage = admin.Operation{Name: "CollectionsPage", Cost: 24, Text: `query CollectionsPage($first: Int!, $after: String) {
  collections(first: $first, after: $after, sortKey: ID) { nodes { id handle title ` + collectionKeyField + ` } pageInfo { hasNextPage endCursor } }
}`}

const selectionsField = `{ nodes { product { id handle title itemGroup: metafield(namespace: "` + ownNamespace + `", key: "` + keyItemGroup + `") { value } } } pageInfo { hasNextPage endCursor } }`

// collectionsByID reads collections with what their sources select, and whether they
// are shown where shown is set.
func collectionsByID(shown bool) admin.Operation {
	name, vars, more := "CollectionsByID", "", ""
	if shown {
		name, vars, more = "CollectionsByIDP", ", $publication: ID!", " shown: publishedOnPublication(publicationId: $publication)"
	}
	return admin.Operation{Name: name, Cost: 44, Text: `query ` + name + `($ids: [ID!]!` + vars + `) {
  nodes(ids: $ids) { ... on Collection {
    id handle title descriptionHtml ` + collectionKeyField + more + `
    sources { __typename id title ... on CollectionConditionsSource { targetType inclusion { conditions { __typename } selections(first: 250) ` + selectionsField + ` } } }
  } }
}`}
}

// selectionsPage reads on where a source selects more than 250.
var selectionsPage = admin.Operation{Name: "SelectionsPage", Cost: 38, Text: `query SelectionsPage($id: ID!, $after: String) {
  node(id: $id) { ... on CollectionConditionsSource { inclusion { selections(first: 250, after: $after) ` + selectionsField + ` } } }
}`}

// collectionsByKey asks for collections by our key, as they are right now.
func collectionsByKey(codes []string) admin.Operation {
	var b strings.Builder
	name := "CollectionsByKey" + strconv.Itoa(len(codes))
	b.WriteString("query " + name + " {\n")
	for i, code := range codes {
		fmt.Fprintf(&b, "  c%d: collectionByIdentifier(identifier: {customId: {namespace: %q, key: %q, value: %s}}) { id }\n", i, ownNamespace, keyCollection, literal(code))
	}
	b.WriteString("}")
	return admin.Operation{Name: name, Text: b.String(), Cost: float64(len(codes))}
}

// productsCalled reads what products are called.
var productsCalled = admin.Operation{Name: "ProductsCalled", Cost: 3, Text: `query ProductsCalled($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { id handle title itemGroup: metafield(namespace: "` + ownNamespace + `", key: "` + keyItemGroup + `") { value } } }
}`}

// readCollections reads what all collections of the shop are known by.
func (s *Sink) readCollections(ctx context.Context) (all []*rack, err error) {
	err = s.door.Pages(ctx, collectionsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Collections struct {
				Nodes    []*rack        `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"collections"`
		}
		_, err := s.door.Read(ctx, collectionsPage, map[string]any{"first": first, "after": after}, &data)
		all = append(all, data.Collections.Nodes...)
		return data.Collections.PageInfo, err
	})
	return all, err
}

// racks reads collections whole, by id. Those that are gone are not in the answer.
func (s *Sink) racks(ctx context.Context, ask asking, ids []string, publication string) (map[string]*rack, error) {
	out := map[string]*rack{}
	op := collectionsByID(publication != "")
	for part := range slices.Chunk(distinct(ids), perCollection) {
		vars := map[string]any{"ids": part}
		if publication != "" {
			vars["publication"] = publication
		}
		var data struct {
			Nodes []*rack `json:"nodes"`
		}
		if err := ask(ctx, op, vars, &data); err != nil {
			return nil, err
		}
		for _, r := range data.Nodes {
			if r == nil || r.ID == "" {
				continue
			}
			if err := s.readOn(ctx, ask, r); err != nil {
				return nil, err
			}
			out[r.ID] = r
		}
	}
	return out, nil
}

// readOn reads what else the sources of a collection select.
func (s *Sink) readOn(ctx context.Context, ask asking, r *rack) error {
	for i := range r.Sources {
		all := &r.Sources[i].Inclusion.Selections
		for all.PageInfo.HasNextPage {
			var data struct {
				Node *source `json:"node"`
			}
			if err := ask(ctx, selectionsPage, map[string]any{"id": r.Sources[i].ID, "after": all.PageInfo.EndCursor}, &data); err != nil {
				return err
			}
			if data.Node == nil {
				break // deleted a moment ago
			}
			more := data.Node.Inclusion.Selections
			all.Nodes, all.PageInfo = append(all.Nodes, more.Nodes...), more.PageInfo
		}
	}
	return nil
}

// keyed are the ids of collections by our keys, as they are right now. It does not
// wait. What a lost answer has made is found so.
func (s *Sink) keyed(ctx context.Context, codes []string) (map[string]string, error) {
	out := map[string]string{}
	for part := range slices.Chunk(distinct(codes), perNamed) {
		data := map[string]*rack{}
		if err := s.ask1(ctx, collectionsByKey(part), nil, &data); err != nil {
			return nil, err
		}
		for i, code := range part {
			if r := data["c"+strconv.Itoa(i)]; r != nil {
				out[code] = r.ID
			}
		}
	}
	return out, nil
}

// productsNow are products by gid, for what they are called; none for one that is
// gone.
func (s *Sink) productsNow(ctx context.Context, ids []string) (map[string]*product, error) {
	out := map[string]*product{}
	for part := range slices.Chunk(distinct(ids), perCall) {
		var data struct {
			Nodes []*product `json:"nodes"`
		}
		if err := s.patient(ctx, productsCalled, map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		for _, p := range data.Nodes {
			if p != nil && p.ID != "" {
				out[p.ID] = p
			}
		}
	}
	return out, nil
}
