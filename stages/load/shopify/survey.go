package shopify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// How much is read in which way (reference 5.4). A search index lags some seconds
// behind and matches loosely, so what is found is compared exactly.
const (
	mostSearched = 1000 // codes that are searched for one by one; more: the whole shop is read
	perSearch    = 50   // codes in one search
	mostPaged    = 1000 // variants that are read by pages; more: one bulk operation
	perCall      = 250  // ids in one call
	perWhole     = 25   // whole products in one call
)

// survey reads what the shop holds of the codes that documents speak of: item
// codes, SKUs, barcodes; and, with needCodes, of item groups. With needAll, or
// where codes are many or cannot be searched for, the shelf holds the whole shop;
// codes are then only looked up in the match table. nil codes are needAll without
// that. It reads in the way that costs least, and the answer to
// find is the same in each; but for what was made in the shop some seconds ago,
// which a search may not find yet: who would make it goes by our own key.
//
// It only reads, and waits for points and for Shopify's own work next to ctx.
func (s *Sink) survey(ctx context.Context, n need, codes []string, groups ...string) (*shelf, error) {
	h := newShelf(s.cfg.Quantity)
	if n.has(needLevels) {
		if err := s.readPlaces(ctx, h); err != nil {
			return nil, err
		}
	}
	if codes == nil {
		n |= needAll
	}
	w := wanted{distinct(codes), distinct(groups)}
	if err := s.readTable(h, w.codes); err != nil {
		return nil, err
	}
	if !n.has(needAll) && w.len() == 0 {
		return h, nil
	}
	if err := s.read(ctx, h, n, w); err != nil {
		return nil, err
	}
	h.settle()
	return h, nil
}

// read puts on the shelf what is needed of some codes, in the way that costs least.
// A search by our own key is refused where nobody has made the key searchable
// (since 2026-10); then everything is read.
func (s *Sink) read(ctx context.Context, h *shelf, n need, w wanted) error {
	if !n.has(needAll) && w.len() <= mostSearched {
		err := run(ctx, h, s.bySearch(n, w))
		if !n.has(needCodes) || !notSearchable(err) {
			return err
		}
	}
	whole, err := s.whole(ctx)
	if err != nil {
		return err
	}
	return run(ctx, h, whole(n, w))
}

func run(ctx context.Context, h *shelf, steps []step) error {
	for _, step := range steps {
		if err := step(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// wanted is what a survey is asked for.
type wanted struct{ codes, groups []string }

func (w wanted) len() int { return len(w.codes) + len(w.groups) }

// distinct are codes as they are compared, each once; nil where there are none.
func distinct(codes []string) []string {
	var out []string
	for _, code := range codes {
		if code = pipeline.Clean(code); code != "" {
			out = append(out, code)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readTable looks up what a person has said which variant a code means.
func (s *Sink) readTable(h *shelf, codes []string) error {
	if s.match == nil {
		return nil
	}
	for _, code := range codes {
		id, ok, err := s.match(code)
		if err != nil {
			return fmt.Errorf("shopify: the match table: %w", err)
		}
		if ok {
			h.table[code] = id
		}
	}
	return nil
}

// a way is a way to read the shop: steps in their order.
type way func(n need, w wanted) []step

type step func(ctx context.Context, h *shelf) error

// whole is the cheaper way to read the whole shop.
func (s *Sink) whole(ctx context.Context) (way, error) {
	var data struct {
		Count struct {
			Count int `json:"count"`
		} `json:"productVariantsCount"`
	}
	if _, err := s.door.Read(ctx, variantsCount, nil, &data); err != nil {
		return nil, err
	}
	if data.Count.Count <= mostPaged {
		return s.byPages, nil
	}
	return s.byBulk, nil
}

// bySearch asks for the codes, and for what hangs on what was found.
func (s *Sink) bySearch(n need, w wanted) []step {
	return []step{
		func(ctx context.Context, h *shelf) error { return s.searchVariants(ctx, h, n, w.codes) },
		func(ctx context.Context, h *shelf) error { return s.searchProducts(ctx, h, n, w.groups) },
		func(ctx context.Context, h *shelf) error { return s.readTabled(ctx, h, n) },
		func(ctx context.Context, h *shelf) error { return s.readWhole(ctx, h, n) },
		func(ctx context.Context, h *shelf) error { return s.readLevelsByID(ctx, h, n) },
	}
}

// byPages reads the whole shop, page by page.
func (s *Sink) byPages(n need, _ wanted) []step {
	return []step{
		func(ctx context.Context, h *shelf) error { return s.readVariants(ctx, h, n) },
		func(ctx context.Context, h *shelf) error { return s.readWhole(ctx, h, n) },
		func(ctx context.Context, h *shelf) error { return s.readLevels(ctx, h, n) },
	}
}

// notSearchable tells whether Shopify refuses a search as it is.
func notSearchable(err error) bool {
	if _, later := errors.AsType[*pipeline.Later](err); later {
		return false
	}
	refused, ok := errors.AsType[*pipeline.Trouble](err)
	return ok && refused.Rule == "shopify.request"
}

// searchVariants puts on the shelf what has one of the codes, and what nearly has.
func (s *Sink) searchVariants(ctx context.Context, h *shelf, n need, codes []string) error {
	for part := range slices.Chunk(codes, perSearch) {
		if err := s.findVariants(ctx, h, n, searchFor(part, n.has(needCodes))); err != nil {
			return err
		}
	}
	return nil
}

// searchFor is a search for any of some codes. Case does not count in searches;
// blanks and marks do, so that a code is asked for without them too.
func searchFor(codes []string, byCode bool) string {
	var terms []string
	for _, code := range codes {
		spellings := []string{code}
		if bare := nearly(code); bare != "" && bare != strings.ToLower(code) {
			spellings = append(spellings, bare)
		}
		for _, spelling := range spellings {
			terms = append(terms, "sku:"+quoted(spelling), "barcode:"+quoted(spelling))
		}
		if byCode {
			terms = append(terms, "metafields."+ownNamespace+"."+keyItemCode+":"+quoted(code))
		}
	}
	return strings.Join(terms, " OR ")
}

// quoted is a value in a search, whatever is in it.
func quoted(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}

// findVariants reads all that a search finds.
func (s *Sink) findVariants(ctx context.Context, h *shelf, n need, query string) error {
	op := variantsFound(n)
	return s.door.Pages(ctx, op, func(first int, after *string) (admin.PageInfo, error) {
		return s.variantsPage(ctx, h, op, map[string]any{"first": first, "after": after, "query": query})
	})
}

// readVariants reads all variants of the shop.
func (s *Sink) readVariants(ctx context.Context, h *shelf, n need) error {
	op := variantsPage(n)
	return s.door.Pages(ctx, op, func(first int, after *string) (admin.PageInfo, error) {
		return s.variantsPage(ctx, h, op, map[string]any{"first": first, "after": after})
	})
}

func (s *Sink) variantsPage(ctx context.Context, h *shelf, op admin.Operation, vars map[string]any) (admin.PageInfo, error) {
	var data struct {
		Variants struct {
			Nodes    []*variant     `json:"nodes"`
			PageInfo admin.PageInfo `json:"pageInfo"`
		} `json:"productVariants"`
	}
	_, err := s.door.Read(ctx, op, vars, &data)
	if err == nil {
		for _, v := range data.Variants.Nodes {
			h.add(v)
		}
	}
	return data.Variants.PageInfo, err
}

// searchProducts puts on the shelf the products of item groups that are not there
// by one of their variants.
func (s *Sink) searchProducts(ctx context.Context, h *shelf, n need, groups []string) error {
	if !n.has(needCodes) {
		return nil
	}
	missing := slices.DeleteFunc(slices.Clone(groups), func(group string) bool { return h.groups[group] != nil })
	op := productsFound(n)
	for part := range slices.Chunk(missing, perSearch) {
		var terms []string
		for _, group := range part {
			terms = append(terms, "metafields."+ownNamespace+"."+keyItemGroup+":"+quoted(group))
		}
		err := s.door.Pages(ctx, op, func(first int, after *string) (admin.PageInfo, error) {
			var data struct {
				Products struct {
					Nodes    []*product     `json:"nodes"`
					PageInfo admin.PageInfo `json:"pageInfo"`
				} `json:"products"`
			}
			_, err := s.door.Read(ctx, op, map[string]any{"first": first, "after": after, "query": strings.Join(terms, " OR ")}, &data)
			for _, p := range data.Products.Nodes {
				h.under(p)
			}
			return data.Products.PageInfo, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readTabled reads what the match table names and no search has found.
func (s *Sink) readTabled(ctx context.Context, h *shelf, n need) error {
	var ids []string
	for _, id := range h.table {
		if h.variants[id] == nil && strings.HasPrefix(id, variantPrefix) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for part := range slices.Chunk(slices.Compact(ids), perCall) {
		var data struct {
			Nodes []*variant `json:"nodes"`
		}
		if _, err := s.door.Read(ctx, variantsByID(n), map[string]any{"ids": part}, &data); err != nil {
			return err
		}
		for _, v := range data.Nodes {
			if v != nil {
				h.add(v)
			}
		}
	}
	return nil
}
