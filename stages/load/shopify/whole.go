package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wasl/stages/load/shopify/admin"
)

// wholeProduct is a product as it is read one by one.
type wholeProduct struct {
	ID       string   `json:"id"`
	Options  []option `json:"options"`
	HTML     string   `json:"descriptionHtml"`
	Variants struct {
		Nodes    []*variant     `json:"nodes"`
		PageInfo admin.PageInfo `json:"pageInfo"`
	} `json:"variants"`
	Media struct {
		Nodes []media `json:"nodes"`
	} `json:"media"`
}

// readWhole reads what belongs to the products on the shelf.
func (s *Sink) readWhole(ctx context.Context, h *shelf, n need) error {
	if !n.has(needWhole | needText | needMedia) {
		return nil
	}
	ids := slices.SortedFunc(maps.Keys(h.products), older)
	for part := range slices.Chunk(ids, perWhole) {
		var data struct {
			Nodes []*wholeProduct `json:"nodes"`
		}
		if _, err := s.door.Read(ctx, productsWhole(n), map[string]any{"ids": part}, &data); err != nil {
			return err
		}
		for _, w := range data.Nodes {
			if w == nil || h.products[w.ID] == nil {
				continue // deleted a moment ago
			}
			if err := s.complete(ctx, h, n, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete puts on the shelf what was read of one product; variants beyond the
// first 250 are searched for.
func (s *Sink) complete(ctx context.Context, h *shelf, n need, w *wholeProduct) error {
	p := h.products[w.ID]
	p.Options, p.HTML = w.Options, w.HTML
	p.Media = append([]media(nil), w.Media.Nodes...)
	for _, v := range w.Variants.Nodes {
		v.Product = p
		h.add(v)
	}
	if !w.Variants.PageInfo.HasNextPage {
		return nil
	}
	return s.findVariants(ctx, h, n, "product_id:"+w.ID[strings.LastIndexByte(w.ID, '/')+1:])
}

// takeProducts takes the lines of bulkProducts, for the products on the shelf.
// Pictures come as lines of their own, in their order.
func takeProducts(h *shelf) func(json.RawMessage) error {
	return func(line json.RawMessage) error {
		var l struct {
			ID      string   `json:"id"`
			Parent  string   `json:"__parentId"` // "" where the line is a product
			Options []option `json:"options"`
			HTML    string   `json:"descriptionHtml"`
		}
		var picture media
		if err := errors.Join(json.Unmarshal(line, &l), json.Unmarshal(line, &picture)); err != nil {
			return fmt.Errorf("shopify: a product of the bulk result cannot be read: %w", err)
		}
		if p := h.products[l.Parent]; p != nil {
			p.Media = append(p.Media, picture)
		} else if p := h.products[l.ID]; p != nil {
			p.Options, p.HTML = l.Options, l.HTML
		}
		return nil
	}
}
