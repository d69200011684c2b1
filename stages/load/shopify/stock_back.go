package shopify

import (
	"context"
	"encoding/json"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// rules are those of the flow of a batch.
func (s stockDesk) rules(b pipeline.Batch) stockRules {
	return stockRulesOf(s.cfg, b.Settings, s.lang)
}

// anew plans documents again from what the shop holds now: what is as wanted is
// delivered, the rest leaves in a new batch under a new key. Where points run out on
// the way, those that were read by then are settled.
func (s stockDesk) anew(ctx context.Context, b pipeline.Batch, docs []pipeline.Document) (pipeline.Answer, error) {
	rules := s.rules(b)
	var a pipeline.Answer
	for part := range slices.Chunk(docs, BatchSize) {
		now, err := s.readBack(ctx, part)
		if err != nil {
			return a, err
		}
		for _, doc := range part {
			o, err := rules.fromNow(doc, now)
			if err != nil {
				return a, err
			}
			a.Outcomes = append(a.Outcomes, o)
		}
	}
	return a, nil
}

// fromNow is what becomes of a document of which nobody knows whether it was set,
// by what the shop holds now. What is not stocked is zero, as in Plan.
func (r stockRules) fromNow(doc pipeline.Document, now map[spot]level) (pipeline.Outcome, error) {
	w, err := stockOf(doc)
	if err != nil {
		return pipeline.Outcome{}, err
	}
	held := now[w.spot()].of(r.cfg.Quantity)
	if held == w.Quantity {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered}, nil
	}
	w.From = &held
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: w.body()}, nil
}

// readBack reads the balances of documents by id. What is not stocked has no
// entry. It does not wait for points.
func (s *Sink) readBack(ctx context.Context, docs []pipeline.Document) (map[spot]level, error) {
	items := map[string][]string{} // by location
	var order []string
	for _, doc := range docs {
		w, err := stockOf(doc)
		if err != nil {
			return nil, err
		}
		if items[w.Location] == nil {
			order = append(order, w.Location)
		}
		items[w.Location] = append(items[w.Location], w.Item)
	}
	now := map[spot]level{}
	for _, location := range order {
		for part := range slices.Chunk(items[location], perCall) {
			if err := s.readItems(ctx, location, part, now); err != nil {
				return nil, err
			}
		}
	}
	return now, nil
}

func (s *Sink) readItems(ctx context.Context, location string, ids []string, into map[spot]level) error {
	r, err := s.door.Query(ctx, levelsOfItems, map[string]any{"ids": ids, "locationId": location})
	if err != nil {
		return err
	}
	var data itemLevels
	if json.Unmarshal(r.Data, &data) != nil || !data.put(location, len(ids), into) {
		return admin.Unreadable(levelsOfItems, r)
	}
	return nil
}
