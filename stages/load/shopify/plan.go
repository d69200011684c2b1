package shopify

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// plan reads what the shop has of the items that documents speak of, and what it
// holds of them at the locations that are ours, and compares documents with that.
func (s stockDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	h, err := s.survey(ctx, needLevels, skus(q.Docs))
	if err != nil {
		return pipeline.Plan{}, err
	}
	docs := h.compare(q.Docs)
	for i := range docs {
		docs[i] = replacing(docs[i], q)
	}
	return pipeline.Plan{Docs: docs}, nil
}

// replacing says what a document that was held against the shelf would replace,
// how to put it back, and when it leaves: what goes to zero first, so that nothing
// is sold that is not there; in a re-upload last. What a person or another app has
// changed since is not put back.
func replacing(p pipeline.Planned, q pipeline.Question) pipeline.Planned {
	p.Doc.Changes, p.Doc.Undo = nil, nil
	want, err := stockOf(p.Doc)
	if err != nil || len(p.Problems) > 0 || want.From == nil {
		return p
	}
	if want.Quantity == 0 {
		p.Rank = -1
		if q.Memo == pipeline.MemoReupload {
			p.Rank = 1
		}
	}
	if p.Same {
		p.Same = !q.All
		return p
	}
	change := pipeline.Change{Field: "quantity", Old: p.Doc.Old, New: strconv.FormatInt(want.Quantity, 10)}
	if want.Quantity == 0 {
		change.Mark = pipeline.MarkZero
	}
	if q.Memo == pipeline.MemoUndo && len(p.Doc.Sent) > 0 {
		sent, err := stockOf(pipeline.Document{Key: p.Doc.Key, Body: p.Doc.Sent})
		if err == nil && sent.Quantity != *want.From {
			p.Problems = []pipeline.Problem{wrong(p.Doc, "quantity", "", "undo.moved", map[string]string{
				"sent": strconv.FormatInt(sent.Quantity, 10), "now": p.Doc.Old})}
			return p
		}
	}
	p.Doc.Changes = []pipeline.Change{change}
	p.Doc.Undo = stock{SKU: want.SKU, Location: want.Location, Quantity: *want.From}.body()
	return p
}

// skus are those of documents of stock.
func skus(docs []pipeline.Document) []string {
	all := make([]string, 0, len(docs))
	for _, doc := range docs {
		if w, err := stockOf(doc); err == nil {
			all = append(all, w.SKU)
		}
	}
	return all
}

// compare holds documents against the shelf. It is pure.
func (h *shelf) compare(docs []pipeline.Document) []pipeline.Planned {
	out := make([]pipeline.Planned, len(docs))
	for i, doc := range docs {
		out[i] = h.one(doc)
	}
	return out
}

// one holds a document against the shelf. An item that is not stocked at the
// location counts as zero there: setting zero changes nothing, and anything else
// is set from zero, which stocks it (since 2026-10 at any location).
func (h *shelf) one(doc pipeline.Document) pipeline.Planned {
	want, err := stockOf(doc)
	if err != nil {
		return h.held(doc, "quantity", "", "stock.quantity", map[string]string{"sku": doc.Name})
	}
	if p, ok := h.places[want.Location]; !ok || !p.ours {
		return h.held(doc, "location", want.Location, "stock.location", map[string]string{"location": want.Location, "known": h.ours()})
	} else if !p.Active {
		return h.held(doc, "location", want.Location, "stock.closed", map[string]string{"location": p.Name})
	}
	v, by, others := h.find("", want.SKU, "", []string{bySKU})
	sku := map[string]string{"sku": want.SKU}
	switch {
	case by == byNear:
		sku["near"] = others[0].SKU
		return h.held(doc, "sku", want.SKU, "stock.near", sku)
	case by == "":
		return h.held(doc, "sku", want.SKU, "stock.unknown", sku)
	case v == nil:
		sku["candidates"] = candidates(others)
		return h.held(doc, "sku", want.SKU, "stock.ambiguous", sku)
	case !v.Item.Tracked:
		return h.held(doc, "sku", want.SKU, "stock.untracked", sku)
	}
	want.Item = v.Item.ID
	holds := h.levels[want.spot()].of(h.quantity)
	want.From = &holds
	doc.Body = want.body()
	doc.Old = strconv.FormatInt(holds, 10)
	return pipeline.Planned{Doc: doc, Same: holds == want.Quantity}
}

func (h *shelf) held(doc pipeline.Document, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Planned {
	return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wrong(doc, field, value, rule, with)}}
}

// ours lists the locations whose stock we keep, for people; where the shop has
// none of them, those that it has.
func (h *shelf) ours() string {
	var ours, active []string
	for _, p := range h.places {
		name := p.Name + " (" + p.ID + ")"
		if p.ours {
			ours = append(ours, name)
		}
		if p.Active {
			active = append(active, name)
		}
	}
	if len(ours) == 0 {
		ours = active
	}
	slices.Sort(ours)
	return strings.Join(ours, ", ")
}

// candidates names variants as the admin does: by product and number.
func candidates(found []*variant) string {
	names := make([]string, len(found))
	for i, v := range found {
		names[i] = v.Product.Handle + " (" + v.ID + ")"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
