package shopify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// A writing is what a document sets of one variant, or of a list for it.
type writing struct {
	doc pipeline.Document
	Target
	list, currency string // of a price in a list; list is its name
	was, to        tag    // what was there when it was planned, and what is to be
	compare, cost  bool   // what is set beside the price
	prices         bool   // false: only the cost is
}

// priceWriting is the writing of a document of shopify.price.
func priceWriting(doc pipeline.Document) (writing, error) {
	w, err := bodyOf[price](doc)
	if err != nil {
		return writing{}, err
	}
	if w.Variant == "" || w.Was == nil {
		return writing{}, fmt.Errorf("%w: %s", errNoBody, doc.Key)
	}
	return writing{doc: doc, Target: w.Target, list: w.List, currency: w.Currency, was: *w.Was, to: w.wants(*w.Was),
		compare: w.Bare || w.Compare != nil, cost: w.Cost != nil && w.List == "", prices: !w.Aside}, nil
}

// writer reads what a document of its kind sets.
type writer func(pipeline.Document) (writing, error)

func writingsOf(docs []pipeline.Document, of writer) ([]writing, error) {
	all := make([]writing, len(docs))
	for i, doc := range docs {
		var err error
		if all[i], err = of(doc); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// variantPrices is the input of one variant. A compare-at price of null is taken
// away; one that is left out stays.
func (w writing) variantPrices() map[string]any {
	in := map[string]any{"id": w.Variant}
	if w.prices {
		in["price"] = money(*w.to.Price)
		if w.compare {
			in["compareAtPrice"] = orNull(w.to.Compare)
		}
	}
	if w.cost {
		in["inventoryItem"] = map[string]any{"cost": money(*w.to.Cost)}
	}
	return in
}

// orNull is an amount as it is sent; null where there is none.
func orNull(d *pipeline.Decimal) any {
	if d == nil {
		return nil
	}
	return money(*d)
}

// grouped puts writings together that leave in one call, in the order in which the
// first of each comes.
func grouped(all []writing, by func(writing) string) [][]writing {
	at := map[string]int{}
	var out [][]writing
	for _, w := range all {
		i, ok := at[by(w)]
		if !ok {
			i = len(out)
			at[by(w)] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], w)
	}
	return out
}

func byProduct(w writing) string { return w.Product }
func byList(w writing) string    { return cmp.Or(w.ListID, "new "+pipeline.Fold(w.list)+" "+w.currency) }

// ofLists splits prices of lists from those of variants.
func ofLists(all []writing) (lists, variants []writing) {
	for _, w := range all {
		if w.list != "" {
			lists = append(lists, w)
		} else {
			variants = append(variants, w)
		}
	}
	return lists, variants
}

// freezePrices writes the lines of a batch that is to leave as a bulk operation, a
// product a line; nothing for one that leaves directly.
func freezePrices(b pipeline.Batch, of writer) ([]byte, error) {
	if len(b.Docs) <= priceAbove {
		return nil, nil
	}
	all, err := writingsOf(b.Docs, of)
	if err != nil {
		return nil, err
	}
	_, variants := ofLists(all)
	var file bulkFile
	for _, group := range grouped(variants, byProduct) {
		vars, keys := productPrices(group)
		if err := file.add(vars, keys...); err != nil {
			return nil, err
		}
	}
	if len(file.Lines) == 0 {
		return nil, nil
	}
	return file.freeze()
}

// productPrices are the variables of updatePrices, and the documents they are of.
func productPrices(group []writing) (vars map[string]any, keys []string) {
	var inputs []map[string]any
	for _, w := range group {
		inputs, keys = append(inputs, w.variantPrices()), append(keys, w.doc.Key)
	}
	return map[string]any{"productId": group[0].Product, "variants": inputs}, keys
}

// send sets the prices of a batch: those of lists in calls of their own, those of
// variants by a call a product, or all at once by a bulk operation.
func (s priceDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	all, err := writingsOf(b.Docs, priceWriting)
	if err != nil {
		return pipeline.Answer{}, err
	}
	a, err := s.write(ctx, b, all, b.Settings["on_stale"] == staleHold)
	a.Said = said.All()
	return a, err
}

// write sets prices. What it was not tried for is ready again, where an error ends
// it before.
func (s *Sink) write(ctx context.Context, b pipeline.Batch, all []writing, hold bool) (pipeline.Answer, error) {
	var a pipeline.Answer
	lists, variants := ofLists(all)
	var err error
	for _, group := range grouped(lists, byList) {
		for len(group) > 0 && err == nil {
			part := group[:min(len(group), perCall)]
			group = group[len(part):]
			err = s.writeList(ctx, part, &a)
		}
	}
	if hold && err == nil {
		var stale []pipeline.Outcome
		variants, stale, err = s.unmoved(ctx, variants)
		a.Outcomes = append(a.Outcomes, stale...)
		if len(stale) > 0 && len(b.Request) > 0 {
			// The frozen lines hold what was just refused: the rest leaves in a new batch.
			for _, w := range variants {
				a.Outcomes = append(a.Outcomes, anewAsItIs(w.doc))
			}
			variants = nil
		}
	}
	switch {
	case err != nil || len(variants) == 0:
	case len(b.Request) > 0:
		var started pipeline.Answer
		started, err = s.startBulk(ctx, batchOf(b, variants), updatePrices.Text)
		a.Outcomes, a.Again = append(a.Outcomes, started.Outcomes...), started.Again
		return a, err
	default:
		for _, group := range grouped(variants, byProduct) {
			if err = s.writeProduct(ctx, group, &a); err != nil {
				break
			}
		}
	}
	if err != nil {
		a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
	}
	return a, err
}

// batchOf is a batch with some of its documents only.
func batchOf(b pipeline.Batch, some []writing) pipeline.Batch {
	b.Docs = nil
	for _, w := range some {
		b.Docs = append(b.Docs, w.doc)
	}
	return b
}

// doubtful is the error of a call after which some documents may be set or not.
type doubtful struct {
	error
	keys []string
}

func (d doubtful) Unwrap() error { return d.error }

// called wraps the error of a call for some documents.
func called(err error, docs []writing) error {
	if err == nil || admin.Certain(err) {
		return err
	}
	d := doubtful{error: err}
	for _, w := range docs {
		d.keys = append(d.keys, w.doc.Key)
	}
	return d
}

// untried are the outcomes of documents that were certainly not sent. Those of a
// call whose answer was lost stay as they are, to be asked about.
func untried(docs []pipeline.Document, done []pipeline.Outcome, err error) []pipeline.Outcome {
	known := map[string]bool{}
	for _, o := range done {
		known[o.Key] = true
	}
	if d, ok := err.(doubtful); ok {
		for _, key := range d.keys {
			known[key] = true
		}
	}
	var out []pipeline.Outcome
	for _, doc := range docs {
		if !known[doc.Key] {
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
		}
	}
	return out
}

// writeProduct sets prices of one product's variants.
func (s *Sink) writeProduct(ctx context.Context, group []writing, a *pipeline.Answer) error {
	vars, _ := productPrices(group)
	r, err := s.door.Query(ctx, updatePrices, vars)
	if err != nil {
		return called(err, group)
	}
	docs := make([]pipeline.Document, len(group))
	for i, w := range group {
		docs[i] = w.doc
	}
	out, ok := settlePrices(docs, r.Data)
	if !ok {
		return called(admin.Unreadable(updatePrices, r), group)
	}
	a.Outcomes = append(a.Outcomes, out...)
	return nil
}

// settlePrices reads an answer to updatePrices: what is named in it is refused, the
// rest is set.
func settlePrices(docs []pipeline.Document, data json.RawMessage) ([]pipeline.Outcome, bool) {
	var d struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"productVariantsBulkUpdate"`
	}
	if json.Unmarshal(data, &d) != nil || d.Update == nil {
		return nil, false
	}
	return refusals(docs, d.Update.UserErrors, "variants"), true
}

// refusals are the outcomes of documents that left in a list of the input: those
// that an error names are rejected. An error that names none is of all of them.
func refusals(docs []pipeline.Document, errs []admin.UserError, list string) []pipeline.Outcome {
	why := make([][]pipeline.Problem, len(docs))
	for _, e := range errs {
		row, ok := e.Row(list)
		for i, doc := range docs {
			if !ok || row == i {
				why[i] = append(why[i], refusal(doc, e))
			}
		}
	}
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered}
		if len(why[i]) > 0 {
			out[i].State, out[i].Why = pipeline.Rejected, why[i]
		}
	}
	return out
}

// refusal traces an error to the cell that it speaks of.
func refusal(doc pipeline.Document, e admin.UserError) pipeline.Problem {
	field := fieldPrice
	if len(e.Field) > 0 {
		switch e.Field[len(e.Field)-1] {
		case "compareAtPrice":
			field = fieldCompare
		case "cost", "inventoryItem":
			field = fieldCost
		}
	}
	p := pipeline.Problem{Field: field, Rule: "shopify.refused", With: e.Facts()}
	if n := len(doc.From); n > 0 { // price, then compare_at and cost where the file has them
		p.Origin = doc.From[map[string]int{fieldPrice: 0, fieldCompare: min(1, n-1), fieldCost: n - 1}[field]]
	}
	if w, err := bodyOf[price](doc); err == nil && doc.Kind != kindPromotion {
		p.Value = map[string]string{fieldPrice: money(w.Price), fieldCompare: shown(w.Compare), fieldCost: shown(w.Cost)}[field]
	}
	return p
}

// ask says what became of prices whose answer was lost: setting them again is the
// same. Those of a bulk operation are settled by its result.
func (s priceDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.asked(ctx, b, priceWriting)
	a.Said = said.All()
	return a, err
}

func (s *Sink) asked(ctx context.Context, b pipeline.Batch, of writer) (pipeline.Answer, error) {
	if len(b.Request) == 0 {
		return pipeline.Answer{Outcomes: again(unsure(b.Docs))}, nil
	}
	all, err := writingsOf(b.Docs, of)
	if err != nil {
		return pipeline.Answer{}, err
	}
	lists, variants := ofLists(all)
	var a pipeline.Answer
	if len(variants) > 0 {
		a, err = s.askBulk(ctx, batchOf(b, variants), func(docs []pipeline.Document, data json.RawMessage) []pipeline.Outcome {
			out, ok := settlePrices(docs, data)
			if !ok {
				for _, doc := range docs {
					out = append(out, anewAsItIs(doc))
				}
			}
			return out
		})
	}
	a.Outcomes = append(a.Outcomes, again(unsure(batchOf(b, lists).Docs))...)
	return a, err
}

// unsure are the documents of which nobody knows whether they arrived.
func unsure(docs []pipeline.Document) []pipeline.Document {
	var out []pipeline.Document
	for _, doc := range docs {
		if doc.State == pipeline.Sending {
			out = append(out, doc)
		}
	}
	return out
}
