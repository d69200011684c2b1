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
	p.Media = append(p.Media, w.Media.Nodes...)
	for _, v := range w.Variants.Nodes {
		v.Product = p
		h.add(v)
	}
	if !w.Variants.PageInfo.HasNextPage {
		return nil
	}
	return s.findVariants(ctx, h, n, "product_id:"+w.ID[strings.LastIndexByte(w.ID, '/')+1:])
}

// bulkWhole reads what belongs to all products by one bulk operation. Pictures
// come as lines of their own, in their order.
func (s *Sink) bulkWhole(ctx context.Context, h *shelf, n need) error {
	if !n.has(needWhole | needText | needMedia) {
		return nil
	}
	pictures := map[string][]media{}
	ask := s.door.BulkRead
	if n.has(needMedia) {
		ask = s.door.BulkReadInOrder
	}
	err := ask(ctx, bulkProducts(n), func(line json.RawMessage) error {
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
		if l.Parent != "" {
			pictures[l.Parent] = append(pictures[l.Parent], picture)
			return nil
		}
		if p := h.products[l.ID]; p != nil {
			p.Options, p.HTML = l.Options, l.HTML
		}
		return nil
	})
	for id, list := range pictures {
		if p := h.products[id]; p != nil && err == nil {
			p.Media = list
		}
	}
	return err
}
