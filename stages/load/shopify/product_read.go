package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

const (
	perNamed   = 50   // products asked for by name in one call
	mostNames  = 1000 // of those; more: the shelf holds the whole shop
	mostShown  = 2000 // products asked one by one whether they are shown; more: one bulk operation
	perPublish = 50   // products in one publicationUpdate (reference 5.1)
)

// readNamesakes finds what stands at the handles of products that are to be made.
func (s *Sink) readNamesakes(ctx context.Context, b *bench) error {
	b.holders = map[string]*product{}
	var handles []string
	for i, w := range b.wishes {
		if b.found[i].product == nil && len(b.problems[i]) == 0 && len(w.Wares) > 0 {
			handles = append(handles, handleOf(w))
		}
	}
	handles = distinct(handles)
	if len(handles) > mostNames {
		for _, p := range b.shelf.products {
			b.holders[p.Handle] = p
		}
		return nil
	}
	for part := range slices.Chunk(handles, perNamed) {
		data := map[string]*product{}
		if _, err := s.door.Read(ctx, productsByName(part, nil), nil, &data); err != nil {
			return err
		}
		for _, p := range data {
			if p != nil {
				b.holders[p.Handle] = p
			}
		}
	}
	return b.lagging(s.now())
}

// indexLag is for how long after a change a search is not believed, and searchAgain
// when it is asked again; some seconds were seen (reference 8.1).
const (
	indexLag    = 2 * time.Minute
	searchAgain = 10 * time.Second
)

// lagging tells where the search that the shop was read by does not show yet what
// stands there under our own key: another look, some seconds later, will.
func (b *bench) lagging(now time.Time) error {
	for i, w := range b.wishes {
		p := b.holders[handleOf(w)]
		if b.found[i].product != nil || len(b.problems[i]) > 0 || p == nil || string(p.ItemGroup) != w.Group {
			continue
		}
		if _, read := b.shelf.products[p.ID]; !read && now.Sub(p.UpdatedAt) < indexLag {
			return &pipeline.Later{Err: fmt.Errorf("shopify: the search does not show yet what was changed just now: %s", p.ID), After: searchAgain}
		}
	}
	return nil
}

// productsByName asks for products by handles and by keys of ours. A search would
// be cheaper, and lags behind.
func productsByName(handles, groups []string) admin.Operation {
	var b strings.Builder
	name := "ProductsByName" + strconv.Itoa(len(handles)+len(groups))
	b.WriteString("query " + name + " {\n")
	for i, handle := range handles {
		fmt.Fprintf(&b, "  h%d: productByIdentifier(identifier: {handle: %s}) { id handle title updatedAt itemGroup: metafield(namespace: %q, key: %q) { value } }\n", i, literal(handle), ownNamespace, keyItemGroup)
	}
	for i, group := range groups {
		fmt.Fprintf(&b, "  g%d: productByIdentifier(identifier: {customId: {namespace: %q, key: %q, value: %s}}) { id handle title }\n", i, ownNamespace, keyItemGroup, literal(group))
	}
	b.WriteString("}")
	return admin.Operation{Name: name, Text: b.String(), Cost: float64(len(handles) + len(groups))}
}

// literal is a text in a document of GraphQL, which takes the marks of JSON.
func literal(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a text
	}
	return string(b)
}

// publications says of products whether they are shown where a flow means.
type publications struct {
	channel string // gid of the publication
	shown   map[string]bool
}

// of is nil where nobody asked about the product.
func (p publications) of(in *product) *bool {
	if in == nil {
		return nil
	}
	if yes, asked := p.shown[in.ID]; asked {
		return &yes
	}
	return nil
}

var publicationsPage = admin.Operation{Name: "Publications", Cost: 60, Text: `query Publications {
  publications(first: 50) { nodes { id catalog { title } channels(first: 10) { nodes { handle } } } }
}`}

// findPublication is the publication that a flow means: the gid of one, or the
// handle of a channel.
func (s *Sink) findPublication(ctx context.Context, given string) (string, error) {
	if strings.HasPrefix(given, "gid://shopify/Publication/") {
		return given, nil
	}
	var data struct {
		Publications struct {
			Nodes []struct {
				ID       string `json:"id"`
				Channels struct {
					Nodes []struct {
						Handle string `json:"handle"`
					} `json:"nodes"`
				} `json:"channels"`
			} `json:"nodes"`
		} `json:"publications"`
	}
	if _, err := s.door.Read(ctx, publicationsPage, nil, &data); err != nil {
		return "", err
	}
	var known []string
	for _, p := range data.Publications.Nodes {
		for _, c := range p.Channels.Nodes {
			if c.Handle == given || strings.ReplaceAll(c.Handle, "-", "_") == strings.ReplaceAll(given, "-", "_") {
				return p.ID, nil
			}
			known = append(known, c.Handle)
		}
	}
	return "", &pipeline.Trouble{Rule: "publication.unknown", With: map[string]string{"given": given, "known": strings.Join(known, ", ")}}
}

var shownByID = admin.Operation{Name: "ProductsShown", Cost: 2, Text: `query ProductsShown($ids: [ID!]!, $publication: ID!) {
  nodes(ids: $ids) { ... on Product { id shown: publishedOnPublication(publicationId: $publication) } }
}`}

type shownProduct struct {
	ID    string `json:"id"`
	Shown bool   `json:"shown"`
}

// readPublished asks whether products are shown where a flow means. Where it is to
// be known of none, the publication is found if it is needed all the same.
func (s *Sink) readPublished(ctx context.Context, given string, ids []string, needed bool) (publications, error) {
	p := publications{shown: map[string]bool{}}
	if len(ids) == 0 && !needed {
		return p, nil
	}
	var err error
	if p.channel, err = s.findPublication(ctx, given); err != nil {
		return p, err
	}
	if len(ids) > mostShown {
		wanted := map[string]bool{}
		for _, id := range ids {
			wanted[id] = true
		}
		return p, s.door.BulkRead(ctx, `{ products { edges { node { id shown: publishedOnPublication(publicationId: `+literal(p.channel)+`) } } } }`,
			func(line json.RawMessage) error {
				var one shownProduct
				if err := json.Unmarshal(line, &one); err != nil {
					return fmt.Errorf("shopify: a product of the bulk result cannot be read: %w", err)
				}
				if wanted[one.ID] {
					p.shown[one.ID] = one.Shown
				}
				return nil
			})
	}
	for part := range slices.Chunk(ids, perCall) {
		var data struct {
			Nodes []*shownProduct `json:"nodes"`
		}
		if _, err := s.door.Read(ctx, shownByID, map[string]any{"ids": part, "publication": p.channel}, &data); err != nil {
			return p, err
		}
		for _, one := range data.Nodes {
			if one != nil {
				p.shown[one.ID] = one.Shown
			}
		}
	}
	return p, nil
}

// productsFresh reads products whole, by id, as they are right now.
func productsFresh(n need) admin.Operation {
	name := "ProductsFresh" + n.letters()
	if n.has(needText) {
		name += "T"
	}
	return admin.Operation{Name: name, Cost: 6 + pagePoints(n), Text: `query ` + name + `($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { ` + productFields(n) + ` ` + strings.TrimPrefix(wholeFields(n), "id ") + `
    variants(first: 250) { nodes { ` + variantFields(n) + ` } pageInfo { hasNextPage endCursor } } } }
}`}
}

// freshProduct is a product as it is read right before it is written.
type freshProduct struct {
	product
	Whole variantsPart `json:"variants"`
}

type variantsPart struct {
	Nodes    []*variant     `json:"nodes"`
	PageInfo admin.PageInfo `json:"pageInfo"`
}

// moreVariants reads on where a product has more than 250.
func moreVariants(n need) admin.Operation {
	name := "VariantsOfProduct" + n.letters()
	return admin.Operation{Name: name, Cost: pagePoints(n), Text: `query ` + name + `($id: ID!, $after: String) {
  product(id: $id) { variants(first: 250, after: $after) { nodes { ` + variantFields(n) + ` } pageInfo { hasNextPage endCursor } } }
}`}
}

// fresh reads products right before they are written, without waiting: the shelf
// holds those that are still there, whole.
func (s *Sink) fresh(ctx context.Context, n need, ids []string) (*shelf, error) {
	h := newShelf(s.cfg.Quantity)
	for part := range slices.Chunk(ids, perWhole) {
		var data struct {
			Nodes []*freshProduct `json:"nodes"`
		}
		if err := s.ask1(ctx, productsFresh(n), map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		for _, p := range data.Nodes {
			if p != nil && p.ID != "" {
				if err := s.freshen(ctx, h, n, p); err != nil {
					return nil, err
				}
			}
		}
	}
	h.settle()
	return h, nil
}

func (s *Sink) freshen(ctx context.Context, h *shelf, n need, p *freshProduct) error {
	at := h.under(&p.product)
	for part := p.Whole; ; {
		for _, v := range part.Nodes {
			v.Product = at
			h.add(v)
		}
		if !part.PageInfo.HasNextPage {
			return nil
		}
		var data struct {
			Product *struct {
				Variants variantsPart `json:"variants"`
			} `json:"product"`
		}
		if err := s.ask1(ctx, moreVariants(n), map[string]any{"id": p.ID, "after": part.PageInfo.EndCursor}, &data); err != nil {
			return err
		}
		if data.Product == nil {
			return nil // deleted a moment ago
		}
		part = data.Product.Variants
	}
}

// ask1 asks once, without waiting, and decodes the data.
func (s *Sink) ask1(ctx context.Context, op admin.Operation, vars, into any) error {
	r, err := s.door.Query(ctx, op, vars)
	if err != nil {
		return err
	}
	if json.Unmarshal(r.Data, into) != nil {
		return admin.Unreadable(op, r)
	}
	return nil
}

var (
	productsLast = admin.Operation{Name: "ProductsLast", Cost: 13, Text: `query ProductsLast {
  products(first: 250, sortKey: UPDATED_AT, reverse: true) { nodes { id updatedAt } }
}`}
	productsTouched = admin.Operation{Name: "ProductsTouched", Cost: 2, Text: `query ProductsTouched($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { id updatedAt } }
}`}
)

// touched are those of some products that have changed since they were seen. seen
// is their updatedAt by id, as bodies keep it. It does not wait.
//
// Where the shop was calm when they were read, calm says since when, and the page of what was changed last
// tells it all, unless it is full of newer ones; else each product is asked for. The
// page comes from an index that lags some seconds behind, which is less than an
// operation takes to begin.
func (s *Sink) touched(ctx context.Context, seen map[string]string, calm string) (map[string]bool, error) {
	newest, err := time.Parse(time.RFC3339Nano, calm)
	if len(seen) == 0 || err != nil {
		return s.touchedByID(ctx, seen)
	}
	var data struct {
		Products struct {
			Nodes []*product `json:"nodes"`
		} `json:"products"`
	}
	if err := s.ask1(ctx, productsLast, nil, &data); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, p := range data.Products.Nodes {
		if !p.UpdatedAt.After(newest) {
			return out, nil
		}
		if _, ours := seen[p.ID]; ours {
			out[p.ID] = true
		}
	}
	if len(seen) > mostTouched {
		return s.touchedSince(ctx, seen, newest)
	}
	return s.touchedByID(ctx, seen)
}

// mostTouched is how many products are asked for by id: 250 a call, two points
// each. A question of the whole shop costs some thirteen, and a few seconds.
const mostTouched = 2500

// touchedSince asks in bulk for what was changed since the shop was calm: where an
// earlier batch of the same job has just changed thousands, no page tells whether
// these are ours. It waits for the answer, which the lane could not do better: the
// operation that follows would not start before.
func (s *Sink) touchedSince(ctx context.Context, seen map[string]string, calm time.Time) (map[string]bool, error) {
	query := fmt.Sprintf(`{ products(query: "updated_at:>='%s'") { edges { node { id updatedAt } } } }`, calm.UTC().Format(time.RFC3339))
	out := map[string]bool{}
	err := s.door.BulkRead(ctx, query, func(line json.RawMessage) error {
		var p product
		if err := json.Unmarshal(line, &p); err != nil {
			return err
		}
		if was, ours := seen[p.ID]; ours && stamp(p.UpdatedAt) != was {
			out[p.ID] = true
		}
		return nil
	})
	return out, err
}

// touchedByID asks for each of the products.
func (s *Sink) touchedByID(ctx context.Context, seen map[string]string) (map[string]bool, error) {
	out := map[string]bool{}
	for part := range slices.Chunk(slices.SortedFunc(maps.Keys(seen), older), perCall) {
		var data struct {
			Nodes []*product `json:"nodes"`
		}
		if err := s.ask1(ctx, productsTouched, map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		is := map[string]string{}
		for _, p := range data.Nodes {
			if p != nil {
				is[p.ID] = stamp(p.UpdatedAt)
			}
		}
		for _, id := range part {
			if is[id] != seen[id] {
				out[id] = true
			}
		}
	}
	return out, nil
}

// stamp is an instant as bodies keep it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
