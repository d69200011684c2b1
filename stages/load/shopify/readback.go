package shopify

import (
	"context"
	"encoding/json"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// anew plans documents again from what the shop holds now: what is as wanted is
// delivered, the rest leaves in a new batch under a new key.
func (s *Sink) anew(ctx context.Context, docs []pipeline.Document) (pipeline.Answer, error) {
	now, err := s.readBack(ctx, docs)
	var a pipeline.Answer
	if err != nil {
		return a, err
	}
	for _, doc := range docs {
		w, err := stockOf(doc)
		if err != nil {
			return a, err
		}
		held := now[w.spot()].of(s.cfg.Quantity) // zero where it is not stocked, as in Plan
		if held == w.Quantity {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered})
			continue
		}
		w.From = &held
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: w.body()})
	}
	return a, nil
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
		if err := s.readItems(ctx, location, items[location], now); err != nil {
			return nil, err
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
