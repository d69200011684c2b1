package shopify

import (
	"context"
	"encoding/json"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// unmoved reads what variants show right now, and rejects those that somebody has
// changed since the plan: what was approved is exactly what is applied. What shows
// already what it is to is no change.
func (s *Sink) unmoved(ctx context.Context, all []writing) (left []writing, stale []pipeline.Outcome, err error) {
	now, err := s.readPrices(ctx, all)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range all {
		held, there := now[w.Variant]
		switch {
		case !there:
			stale = append(stale, w.rejected("price.gone", map[string]string{"id": w.Variant}))
		case !w.prices, held.same(w.was), held.same(w.to):
			left = append(left, w)
		default:
			stale = append(stale, w.rejected("price.stale", map[string]string{
				"was": w.was.words(), "now": held.words(), "wanted": w.to.words()}))
		}
	}
	return left, stale, nil
}

func (w writing) rejected(rule pipeline.Rule, with map[string]string) pipeline.Outcome {
	return pipeline.Outcome{Key: w.doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{wrong(w.doc, "", "", rule, with)}}
}

// readPrices reads what variants show, by id.
func (s *Sink) readPrices(ctx context.Context, all []writing) (map[string]tag, error) {
	now := map[string]tag{}
	for from := 0; from < len(all); from += perCall {
		var ids []string
		for _, w := range all[from:min(from+perCall, len(all))] {
			ids = append(ids, w.Variant)
		}
		r, err := s.door.Query(ctx, pricesOf, map[string]any{"ids": ids})
		if err != nil {
			return nil, err
		}
		var data struct {
			Nodes []*variant `json:"nodes"`
		}
		if json.Unmarshal(r.Data, &data) != nil || len(data.Nodes) != len(ids) {
			return nil, admin.Unreadable(pricesOf, r)
		}
		for _, v := range data.Nodes {
			if v != nil && v.ID != "" {
				now[v.ID] = tagOf(v)
			}
		}
	}
	return now, nil
}
