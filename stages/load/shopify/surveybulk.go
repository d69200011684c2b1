package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// part is a question of the whole shop.
type part struct {
	query   string
	inOrder bool
	take    func(h *shelf) func(line json.RawMessage) error // each line of the answer
	pages   step                                            // the same, where bulk operations are refused

	asked admin.Asked
	err   error
}

// byBulk reads the whole shop by bulk operations, all at once, and page by page
// what Shopify does not let them read.
func (s *Sink) byBulk(n need, w wanted) []step {
	pages := s.byPages(n, w)
	parts := []*part{{query: bulkVariants(n), take: takeVariants(n), pages: pages[0]}}
	if n.has(needWhole | needText | needMedia) {
		parts = append(parts, &part{query: bulkProducts(n), inOrder: n.has(needMedia), take: takeProducts, pages: pages[1]})
	}
	if n.has(needLevels) {
		parts = append(parts, &part{query: bulkLevels, take: takeLevels, pages: pages[2]})
	}
	steps := []step{func(ctx context.Context, _ *shelf) error {
		for _, p := range parts {
			if p.asked, p.err = s.door.BulkAsk(ctx, p.query, p.inOrder); p.err != nil && !notInBulk(p.err) {
				return p.err
			}
		}
		return nil
	}}
	for _, p := range parts {
		steps = append(steps, func(ctx context.Context, h *shelf) error {
			err := p.err
			if err == nil {
				err = s.door.BulkAnswer(ctx, p.asked, p.take(h))
			}
			if notInBulk(err) {
				return p.pages(ctx, h)
			}
			return err
		})
	}
	return steps
}

// notInBulk tells whether Shopify refuses a bulk operation for good.
func notInBulk(err error) bool {
	if _, later := errors.AsType[*pipeline.Later](err); later {
		return false
	}
	refused, ok := errors.AsType[*pipeline.Trouble](err)
	return ok && (refused.Rule == "shopify.bulk" || refused.Rule == "shopify.scope" || refused.Rule == "shopify.request" || refused.Rule == "shopify.file")
}

// takeVariants takes the lines of bulkVariants, of which needBare leaves most where
// it is: a shop has 100,000 and more.
func takeVariants(n need) func(h *shelf) func(json.RawMessage) error {
	return func(h *shelf) func(json.RawMessage) error {
		return func(line json.RawMessage) error {
			v, err := variantOf(line, n.has(needBare))
			if err != nil {
				return fmt.Errorf("shopify: a variant of the bulk result cannot be read: %w", err)
			}
			h.add(v)
			return nil
		}
	}
}

func variantOf(line json.RawMessage, bare bool) (*variant, error) {
	var v variant
	if !bare {
		err := json.Unmarshal(line, &v)
		return &v, err
	}
	var few struct {
		ID       string `json:"id"`
		SKU      string `json:"sku"`
		Barcode  string `json:"barcode"`
		ItemCode own    `json:"itemCode"`
		Bundle   bool   `json:"requiresComponents"`
		Item     struct {
			ID      string `json:"id"`
			Tracked bool   `json:"tracked"`
		} `json:"inventoryItem"`
		Product struct {
			Handle string `json:"handle"`
		} `json:"product"`
	}
	err := json.Unmarshal(line, &few)
	v.ID, v.SKU, v.Barcode, v.ItemCode, v.Bundle, v.of = few.ID, few.SKU, few.Barcode, few.ItemCode, few.Bundle, few.Product.Handle
	v.Item.ID, v.Item.Tracked = few.Item.ID, few.Item.Tracked
	return &v, err
}
