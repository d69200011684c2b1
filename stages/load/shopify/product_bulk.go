package shopify

import (
	"context"
	"encoding/json"
	"strconv"

	"wasl/pipeline"
)

// mostRenewed is how many products one sending reads again that changed since they
// were planned. A shop in which all of them did is worked through by and by.
const mostRenewed = 250

// freezeGoods writes the lines of a batch that is to leave as a bulk operation, a
// product a line; nothing for one that leaves directly, or has nothing to set.
func freezeGoods(b pipeline.Batch) ([]byte, error) {
	if len(b.Docs) <= goodsBatch {
		return nil, nil
	}
	var f bulkFile
	for _, doc := range b.Docs {
		w, err := bodyOf[goods](doc)
		if err != nil {
			return nil, err
		}
		if len(w.Set) == 0 {
			continue
		}
		if err := f.add(w.Set, doc.Key); err != nil {
			return nil, err
		}
	}
	if len(f.Lines) == 0 {
		return nil, nil
	}
	return f.freeze()
}

// sendBulk starts the operation of a batch, unless a product of it was changed
// since it was planned: then those are held against the shop again, and everything
// leaves in another batch. What needs no productSet leaves after the others.
func (s productDesk) sendBulk(ctx context.Context, b pipeline.Batch, set, rest []pipeline.Document) (pipeline.Answer, error) {
	seen, calm := map[string]string{}, ""
	for _, doc := range set {
		if w, err := bodyOf[goods](doc); err == nil && w.Product != "" {
			seen[w.Product] = w.Seen
			if len(seen) == 1 || w.Calm < calm {
				calm = w.Calm
			}
		}
	}
	moved, err := s.touched(ctx, seen, calm)
	if err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err // only read
	}
	if err := s.madeMeanwhile(ctx, set, moved); err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err // only read
	}
	if len(moved) > 0 {
		return s.renewBulk(ctx, b, set, rest, moved)
	}
	b.Docs = set
	a, err := s.startBulk(ctx, b, setGoods)
	if len(a.Outcomes) > 0 || err == nil {
		a.Outcomes = append(a.Outcomes, leftOver(rest)...)
	}
	return a, err
}

// madeMeanwhile adds the keys of documents whose product is to be made, and is there
// by now: an earlier try has made it, or the search that the plan went by lagged
// behind. Where they are many, the plan has read the whole shop and no search.
func (s productDesk) madeMeanwhile(ctx context.Context, docs []pipeline.Document, moved map[string]bool) error {
	var groups, keys []string
	for _, doc := range docs {
		if w, err := bodyOf[goods](doc); err == nil && w.Product == "" {
			groups, keys = append(groups, w.Group), append(keys, doc.Key)
		}
	}
	if len(groups) > mostNames {
		return nil
	}
	for from := 0; from < len(groups); from += perNamed {
		to := min(from+perNamed, len(groups))
		data := map[string]*product{}
		if err := s.ask1(ctx, productsByName(nil, groups[from:to]), nil, &data); err != nil {
			return err
		}
		for name, p := range data {
			if i, err := strconv.Atoi(name[1:]); p != nil && err == nil {
				moved[keys[from+i]] = true
			}
		}
	}
	return nil
}

// renewBulk plans again what moved, as much as one sending may read.
func (s productDesk) renewBulk(ctx context.Context, b pipeline.Batch, set, rest []pipeline.Document, moved map[string]bool) (pipeline.Answer, error) {
	var old, keep []pipeline.Document
	for _, doc := range set {
		if w, err := bodyOf[goods](doc); err == nil && (moved[w.Product] || moved[doc.Key]) && len(old) < mostRenewed {
			old = append(old, doc)
		} else {
			keep = append(keep, doc)
		}
	}
	fresh, err := s.anew(ctx, b.Settings, old)
	if err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err
	}
	var a pipeline.Answer
	for _, one := range fresh {
		switch {
		case one.outcome != nil:
			a.Outcomes = append(a.Outcomes, *one.outcome)
		case len(one.body.Set) == 0 && len(one.body.Keys) == 0 && one.body.Show == nil:
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: one.doc.Key, State: pipeline.Delivered, Ref: one.body.Product})
		default:
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: one.doc.Key, State: pipeline.Ready, Body: one.doc.Body})
		}
	}
	a.Outcomes = append(a.Outcomes, leftOver(append(keep, rest...))...)
	return a, nil
}

// settleGoods says what became of the product of a line.
func settleGoods(docs []pipeline.Document, data json.RawMessage) []pipeline.Outcome {
	doc := docs[0]
	w, err := bodyOf[goods](doc)
	id, errs, ok := productWasSet(data)
	switch {
	case err != nil || !ok:
		return []pipeline.Outcome{anewAsItIs(doc)}
	case len(errs) > 0:
		return []pipeline.Outcome{refusedGoods(doc, w, errs)}
	}
	w.Product, w.Set = id, nil
	if len(w.Keys) > 0 || w.Show != nil {
		return []pipeline.Outcome{{Key: doc.Key, State: pipeline.Ready, Ref: id, Body: packed(w)}}
	}
	return []pipeline.Outcome{{Key: doc.Key, State: pipeline.Delivered, Ref: id}}
}
