package shopify

import (
	"context"
	"strings"

	"wasl/pipeline"
)

// plan finds the discounts that documents speak of, and compares.
func (s discountDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	wishes := make([]discount, len(q.Docs))
	var codes []string
	for i, doc := range q.Docs {
		w, err := bodyOf[discount](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		wishes[i] = w
		for _, item := range w.Items {
			if !strings.HasPrefix(item, "gid://") {
				codes = append(codes, item)
			}
		}
	}
	b, err := s.board(ctx, q, codes)
	if err != nil {
		return pipeline.Plan{}, err
	}
	all, err := s.glance(ctx, s.patient)
	if err != nil {
		return pipeline.Plan{}, err
	}
	hits := make([][]offer, len(wishes))
	var ids []string
	for i, w := range wishes {
		if hits[i], err = s.findOffer(ctx, s.patient, w, all); err != nil {
			return pipeline.Plan{}, err
		}
		for _, o := range hits[i] {
			ids = append(ids, o.ID)
		}
	}
	whole, err := s.offers(ctx, s.patient, distinct(ids))
	if err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	spoken := map[string]bool{}
	for i, doc := range q.Docs {
		spoken[doc.Key] = true
		for j, o := range hits[i] {
			spoken[o.ID] = true
			if there, ok := whole[o.ID]; ok {
				hits[i][j] = there
			}
		}
		if len(hits[i]) == 1 {
			if err := s.readCodes(ctx, s.patient, wishes[i], &hits[i][0]); err != nil {
				return pipeline.Plan{}, err
			}
		}
		if plan.Docs[i], err = b.discount(doc, wishes[i], hits[i]); err != nil {
			return pipeline.Plan{}, err
		}
	}
	for _, doc := range q.Aside {
		spoken[doc.Key] = true
	}
	if q.Memo == "" && q.Whole && q.Settings["complete"] == "true" {
		plan.More, err = b.unspoken(all, spoken)
	}
	return plan, err
}

// unspoken are the discounts of ours that run, and of which a complete file does
// not speak: they are switched off.
func (b *board) unspoken(all []offer, spoken map[string]bool) ([]pipeline.Planned, error) {
	var out []pipeline.Planned
	for _, o := range all {
		key := discountKey(pipeline.Clean(o.Title))
		if !o.Ours || o.Status == "EXPIRED" || spoken[o.ID] || spoken[key] {
			continue
		}
		spoken[key] = true
		w := discount{Title: pipeline.Clean(o.Title), Off: true}
		if len(o.Codes) > 0 {
			w.Code = o.Codes[0]
		}
		one, err := b.discount(pipeline.Document{Key: key, Name: w.Title, Body: packed(w), Print: string(packed(w)), Words: []string{w.Title}}, w, []offer{o})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// discount holds one document against the shop.
func (b *board) discount(doc pipeline.Document, w discount, hits []offer) (pipeline.Planned, error) {
	held := func(problems ...pipeline.Problem) (pipeline.Planned, error) {
		return pipeline.Planned{Doc: doc, Problems: problems}, nil
	}
	if len(hits) > 1 {
		var names []string
		for _, o := range hits {
			names = append(names, o.called())
		}
		return held(wrong(doc, "title", w.Title, "discount.several", map[string]string{"title": w.Title, "candidates": strings.Join(names, ", ")}))
	}
	gids, problems := b.scope(doc, w)
	if len(problems) > 0 {
		return held(problems...)
	}
	w.Gids, w.ID, w.Was = gids, "", ""
	if len(hits) == 0 {
		return b.newDiscount(doc, w)
	}
	o := hits[0]
	if moved, err := b.discountMoved(doc, o); err != nil || len(moved) > 0 {
		return pipeline.Planned{Doc: doc, Problems: moved}, err
	}
	a := w.compare(o)
	switch {
	case a.empty():
	case !o.basic() || (o.Type == typeCode) == w.automatic(), !o.Ours:
		return held(wrong(doc, "title", w.Title, "discount.taken", map[string]string{"title": w.Title, "other": o.called()}))
	}
	w.ID, w.Was = o.ID, o.state()
	doc.Changes, doc.Undo, doc.Body = a.changes, packed(a.undo), packed(w)
	return pipeline.Planned{Doc: doc, Same: a.empty() && (!b.q.All || !o.Ours)}, nil
}

// newDiscount is one that the shop lacks.
func (b *board) newDiscount(doc pipeline.Document, w discount) (pipeline.Planned, error) {
	doc.Body = packed(w)
	switch {
	case b.q.Memo == pipeline.MemoUndo:
		return pipeline.Planned{Doc: doc, Same: true}, nil // nothing of it is there
	case w.Off || w.Ends != nil && !w.Ends.After(b.now):
		return pipeline.Planned{Doc: doc, Left: b.says("discount.over", nil)}, nil
	case w.Class == "product" && len(w.Gids)+len(w.Groups) == 0:
		return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wrong(doc, "items", "", "discount.items", nil)}}, nil
	}
	a := w.compare(offer{Combines: map[string]bool{}, Status: "ACTIVE"})
	doc.Changes = append([]pipeline.Change{{Field: "status", New: "ACTIVE"}}, a.changes...)
	doc.Undo = packed(discount{Title: w.Title, Code: w.Code, Off: true})
	return pipeline.Planned{Doc: doc}, nil
}

// scope are the gids of the items that a discount is off: variants by their codes,
// or else products by the code of their group.
func (b *board) scope(doc pipeline.Document, w discount) (gids []string, problems []pipeline.Problem) {
	for _, item := range w.Items {
		if strings.HasPrefix(item, "gid://") {
			gids = append(gids, item)
			continue
		}
		v, _, found := b.find(item, item, item, b.order)
		switch group := b.groups[item]; {
		case v != nil:
			gids = append(gids, v.ID)
		case group != nil:
			gids = append(gids, group.ID)
		default:
			rule, facts := pipeline.Rule("price.unknown"), map[string]string{"code": item}
			if len(found) > 0 {
				rule, facts["candidates"] = "price.ambiguous", candidates(found)
			}
			problems = append(problems, wrong(doc, "items", item, rule, facts))
		}
	}
	return distinct(gids), problems
}

// discountMoved says of a wish that puts something back whether the shop still has
// what was set then.
func (b *board) discountMoved(doc pipeline.Document, o offer) ([]pipeline.Problem, error) {
	if b.q.Memo != pipeline.MemoUndo || len(doc.Sent) == 0 {
		return nil, nil
	}
	sent := doc
	sent.Body = doc.Sent
	was, err := bodyOf[discount](sent)
	if err != nil {
		return nil, err
	}
	var problems []pipeline.Problem
	for _, c := range was.compare(o).changes {
		problems = append(problems, wrong(doc, c.Field, "", "undo.moved", map[string]string{"sent": c.New, "now": c.Old}))
	}
	return problems, nil
}
