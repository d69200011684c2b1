package shopify

import "wasl/pipeline"

// restale says what becomes of documents whose balance was another than the one
// that they were to replace. now is what the shop holds; with cause it could not
// be read, and they are compared again as they are.
func (r stockRules) restale(b pipeline.Batch, stale []pipeline.Document, now map[spot]level, cause error) []pipeline.Outcome {
	whole := cause == nil && r.wasApplied(b, stale, now)
	var out []pipeline.Outcome
	for _, doc := range stale {
		w, err := stockOf(doc)
		switch {
		case err != nil:
			continue // refused has read it already
		case whole:
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered})
		case cause != nil:
			out = append(out, anewAsItIs(doc))
		default:
			held, stocked := now[w.spot()]
			out = append(out, r.decide(doc, w, held.of(r.cfg.Quantity), stocked))
		}
	}
	return out
}

// decide is the policy for one stale balance: read again and tried once more;
// then the ERP wins, which is set without comparing, or a person decides.
func (r stockRules) decide(doc pipeline.Document, w stock, held int64, stocked bool) pipeline.Outcome {
	if held == w.Quantity {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered}
	}
	if w.Stale > 0 && r.cfg.OnStale == staleHold {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{
			wrong(doc, "quantity", pieces(w.Quantity), "stock.stale", map[string]string{
				"was": balance(w.From), "now": balance(&held), "wanted": pieces(w.Quantity)})}}
	}
	next := w
	next.From = &held
	if w.Stale > 0 || !stocked && w.From != nil && *w.From == 0 {
		next.From = nil // also where zero is not what the shop means by not stocked
	}
	next.Stale++
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: next.body()}
}

// wasApplied tells whether an earlier try of this batch, whose answer was lost,
// did its work. A repeated key should answer with the first result, but was seen
// to compare again, and then every row of the batch is stale. A batch is set
// whole or not at all, so one balance that is as wanted speaks for all: what was
// sold since must not be put back.
func (r stockRules) wasApplied(b pipeline.Batch, stale []pipeline.Document, now map[spot]level) bool {
	if b.Tries < 2 || len(stale) < len(b.Docs) {
		return false
	}
	for _, doc := range stale {
		w, err := stockOf(doc)
		if held, ok := now[w.spot()]; err == nil && ok && held.of(r.cfg.Quantity) == w.Quantity {
			return true
		}
	}
	return false
}

// again are the outcomes of documents that are to be sent as they are.
func again(docs []pipeline.Document) []pipeline.Outcome {
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Ready}
	}
	return out
}
