package shopify

import (
	"context"
	"slices"

	"wasl/pipeline"
)

// A renewed document is one that was held against the shop once more, right before
// it is sent; outcome is set where it is not to be sent.
type renewed struct {
	doc     pipeline.Document
	body    goods
	outcome *pipeline.Outcome
}

// anew holds documents against what the shop has right now. It does not wait.
//
// A product that is to be made is looked for by our key and by its handle first: an
// earlier try may have made it, and its answer was lost.
func (s productDesk) anew(ctx context.Context, set pipeline.Settings, docs []pipeline.Document) ([]renewed, error) {
	rules := goodsRulesOf(set)
	out := make([]renewed, len(docs))
	var ids, handles, groups []string
	n := goodsNeed
	for i, doc := range docs {
		w, err := bodyOf[goods](doc)
		if err != nil {
			return nil, err
		}
		out[i] = renewed{doc: doc, body: w}
		n |= w.needs()
		if w.Product != "" {
			ids = append(ids, w.Product)
		} else {
			handles, groups = append(handles, handleOf(w)), append(groups, w.Group)
		}
	}
	holders := map[string]*product{}
	if len(groups) > 0 {
		data := map[string]*product{}
		op := productsByName(handles, groups)
		if err := s.ask1(ctx, op, nil, &data); err != nil {
			return nil, err
		}
		for name, p := range data {
			if p == nil {
				continue
			}
			if name[0] == 'g' {
				ids = append(ids, p.ID)
			} else {
				holders[p.Handle] = p
			}
		}
	}
	slices.Sort(ids)
	h, err := s.fresh(ctx, n, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].renew(rules, h, holders)
	}
	return out, nil
}

// renew compares once more. What was approved is what is applied: where the shop
// changed since, the flow's on_stale decides, and what somebody added is kept.
func (r *renewed) renew(rules goodsRules, h *shelf, holders map[string]*product) {
	rejected := func(v *ware, field string, rule pipeline.Rule, with map[string]string) {
		r.outcome = &pipeline.Outcome{Key: r.doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{wareProblem(r.doc, v, field, "", rule, with)}}
	}
	old, w := r.body, r.body
	w.Wares = slices.Clone(w.Wares)
	m := h.pinned(&w)
	facts := map[string]string{"group": w.Group}
	switch other := holders[handleOf(w)]; {
	case m.product == nil && old.Product != "":
		rejected(nil, "group", "product.unknown", facts)
		return
	case m.product == nil && other != nil:
		facts["handle"], facts["candidates"] = handleOf(w), named([]*product{other})
		rejected(nil, "handle", "product.handle", facts)
		return
	}
	l, rule, with, at := m.lay(&w)
	if rule != "" {
		rejected(at, "option1", rule, with)
		return
	}
	c := rules.compare(w, m, l, nil)
	if field, was, now, wanted := staleIn(r.doc.Changes, c.changes); field != "" && rules.stale == staleHold && old.Product != "" {
		rejected(nil, field, "product.stale", map[string]string{"field": field, "was": was, "now": now, "wanted": wanted})
		return
	}
	if len(c.changes) == 0 && len(r.doc.Changes) == 0 {
		c.touched = len(l.wares) > 0 // everything is to leave once more
	}
	w.made = made{Set: c.line(), Keys: c.keys, Show: old.Show, Channel: old.Channel}
	if m.product != nil {
		w.Product, w.Seen = m.product.ID, stamp(m.product.UpdatedAt)
	}
	r.body = w
	r.doc.Body = packed(w)
}

// pinned finds again what a plan has found: the variants that it named, and those
// that carry the code by now.
func (h *shelf) pinned(w *goods) matched {
	m := matched{variants: make([]*variant, len(w.Wares)), product: h.groups[w.Group]}
	if w.Product != "" {
		m.product = h.products[w.Product]
	}
	if m.product == nil {
		return m
	}
	used := map[string]bool{}
	for i := range w.Wares {
		v := &w.Wares[i]
		found := h.variants[v.Variant]
		if own := h.byCode[v.Code]; found == nil && len(own) == 1 {
			found = own[0]
		}
		if found == nil || found.Product != m.product {
			v.Variant = ""
			continue
		}
		m.variants[i], v.Variant, used[found.ID] = found, found.ID, true
	}
	for _, v := range m.product.Variants {
		if !used[v.ID] {
			m.rest = append(m.rest, v)
		}
	}
	return m
}

// staleIn is the first value that a fresh comparison replaces and that was another,
// or none to be replaced, when the plan was approved. Tags are added to whatever is
// there.
func staleIn(approved, fresh []pipeline.Change) (field, was, now, wanted string) {
	for _, c := range fresh {
		i := slices.IndexFunc(approved, func(a pipeline.Change) bool { return a.Field == c.Field })
		switch {
		case c.Field == "tags", c.Field == "published":
		case i < 0:
			return c.Field, c.New, c.Old, c.New
		case approved[i].Old != c.Old:
			return c.Field, approved[i].Old, c.Old, c.New
		}
	}
	return "", "", "", ""
}
