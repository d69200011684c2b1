package shopify

import (
	"cmp"
	"context"
	"fmt"

	"wasl/pipeline"
)

// A Match is what the shop has of an item, for a person to look at.
type Match struct {
	Code, Name, Barcode string // of the ERP

	By         string   // the step that found it: id, match, barcode, sku; "" where nothing did
	Product    string   // its title and handle
	Variant    string   // gid
	Candidates []string // where there is a choice: each one's product, SKU and gid
}

// Matches says what the shop has of the items of documents, one each, in their
// order. It only reads.
func (s *Sink) Matches(ctx context.Context, docs []pipeline.Document, set pipeline.Settings) ([]Match, error) {
	order, _ := orderOf(set["match"])
	items, err := itemsOf(docs)
	if err != nil {
		return nil, err
	}
	codes := []string{}
	for _, v := range items {
		codes = append(codes, v.Code, v.SKU, barcodeOf(&v.ware))
	}
	h, err := s.survey(ctx, needCodes, codes)
	if err != nil {
		return nil, err
	}
	out := make([]Match, len(items))
	for i, v := range items {
		found, by, hits := h.find(v.Code, v.SKU, cmp.Or(barcodeOf(&v.ware), v.Code), h.steps(v.Code, order))
		m := Match{Code: v.Code, Name: v.name, Barcode: barcodeOf(&v.ware)}
		switch {
		case found != nil:
			m.By, m.Product, m.Variant = by, productTitle(found), found.ID
		default:
			for _, other := range h.strangers(by, hits, v.Code) {
				m.Candidates = append(m.Candidates, productTitle(other)+" · "+other.SKU+" · "+other.ID)
			}
		}
		out[i] = m
	}
	return out, nil
}

func productTitle(v *variant) string {
	if v.Product == nil {
		return ""
	}
	return v.Product.Title + " (" + v.Product.Handle + ")"
}

// anItem is an item of a document, with its name.
type anItem struct {
	ware
	name string
}

// itemsOf are the items that documents speak of, each once.
func itemsOf(docs []pipeline.Document) ([]anItem, error) {
	var out []anItem
	seen := map[string]bool{}
	add := func(v ware, name string) {
		if v.Code != "" && !seen[v.Code] {
			seen[v.Code] = true
			out = append(out, anItem{v, name})
		}
	}
	for _, doc := range docs {
		if len(doc.Body) == 0 {
			continue // it could not be built
		}
		switch doc.Kind {
		case kindProduct:
			w, err := bodyOf[goods](doc)
			if err != nil {
				return nil, err
			}
			name := w.Group
			if w.Title != nil {
				name = *w.Title
			}
			for _, v := range w.Wares {
				add(v, name)
			}
		default:
			w, err := bodyOf[struct {
				Code, SKU string
				Barcode   *string
			}](doc)
			if err != nil {
				return nil, fmt.Errorf("match %s: %w", doc.Key, err)
			}
			if w.Code == "" {
				w.Code = w.SKU
			}
			if w.SKU == "" {
				w.SKU = w.Code
			}
			add(ware{Code: w.Code, SKU: w.SKU, Barcode: w.Barcode}, doc.Name)
		}
	}
	return out, nil
}
