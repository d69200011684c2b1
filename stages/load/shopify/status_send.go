package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// setStatus sets the status of one product, and nothing else of it. Sending it
// twice does no harm.
const setStatus = `mutation ProductStatus($product: ProductUpdateInput!) {
  productUpdate(product: $product) {
    product { id }
    userErrors { field message }
  }
}`

var productStatus = admin.Operation{Name: "ProductStatus", Cost: 11, Text: setStatus}

func statusVariables(w sale) input {
	return input{"product": input{"id": w.Product, "status": w.Status}}
}

// freezeSales writes the lines of a batch that is to leave as a bulk operation,
// a product a line; nothing for one that leaves directly.
func freezeSales(b pipeline.Batch) ([]byte, error) {
	if len(b.Docs) <= saleAbove {
		return nil, nil
	}
	var f bulkFile
	at := map[string]int{}
	for _, doc := range b.Docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return nil, err
		}
		if !w.Set {
			continue
		}
		if i, ok := at[w.Product]; ok {
			f.Docs[i] = append(f.Docs[i], doc.Key)
			continue
		}
		at[w.Product] = len(f.Lines)
		if err := f.add(statusVariables(w), doc.Key); err != nil {
			return nil, err
		}
	}
	if len(f.Lines) == 0 {
		return nil, nil
	}
	return f.freeze()
}

// send sets statuses, one call a product or all by one bulk operation; then what is
// to be shown or hidden goes by fifty a call.
func (s statusDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s statusDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if len(b.Docs) == 0 {
		return pipeline.Answer{}, nil
	}
	stale, err := s.stale(ctx, b)
	if err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err // only read
	}
	if len(b.Request) > 0 {
		return s.sendBulk(ctx, b, stale)
	}
	var a pipeline.Answer
	var done []pipeline.Document
	set := map[string][]admin.UserError{} // by product, of those that were set
	for i, doc := range b.Docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return a, err
		}
		if why, ok := stale[doc.Key]; ok {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{why}})
			continue
		}
		errs, was := set[w.Product]
		if w.Set && !was {
			if errs, err = s.setStatus(ctx, w); err != nil {
				if admin.Certain(err) {
					a.Outcomes = append(a.Outcomes, again(b.Docs[i:i+1])...)
				}
				a.Outcomes = append(a.Outcomes, append(settledOnly(done), again(b.Docs[i+1:])...)...)
				return a, err
			}
			set[w.Product] = errs
		}
		if len(errs) > 0 {
			a.Outcomes = append(a.Outcomes, turnedDown(doc, "status", errs))
			continue
		}
		done = append(done, doc)
	}
	more, err := s.show(ctx, done)
	a.Outcomes = append(a.Outcomes, more...)
	return a, err
}

// stale are the documents whose product somebody has set otherwise since the plan,
// where the flow holds those.
func (s statusDesk) stale(ctx context.Context, b pipeline.Batch) (map[string]pipeline.Problem, error) {
	out := map[string]pipeline.Problem{}
	if b.Settings["on_stale"] != staleHold {
		return out, nil
	}
	bodies := map[string]sale{}
	var ids []string
	for _, doc := range b.Docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return nil, err
		}
		if bodies[doc.Key] = w; w.Set {
			ids = append(ids, w.Product)
		}
	}
	slices.Sort(ids)
	now := map[string]string{}
	for part := range slices.Chunk(slices.Compact(ids), perCall) {
		var data struct {
			Nodes []*product `json:"nodes"`
		}
		if err := s.ask1(ctx, productsStatus, map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		for _, p := range data.Nodes {
			if p != nil {
				now[p.ID] = p.Status
			}
		}
	}
	for _, doc := range b.Docs {
		w := bodies[doc.Key]
		if is := now[w.Product]; w.Set && is != w.Was && is != w.Status {
			out[doc.Key] = wareProblem(doc, nil, "status", "", "product.stale", map[string]string{"field": "status",
				"was": strings.ToLower(w.Was), "now": strings.ToLower(is), "wanted": strings.ToLower(w.Status)})
		}
	}
	return out, nil
}

var productsStatus = admin.Operation{Name: "ProductsStatus", Cost: 2, Text: `query ProductsStatus($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { id status } }
}`}

// setStatus sets the status of one product.
func (s statusDesk) setStatus(ctx context.Context, w sale) ([]admin.UserError, error) {
	r, err := s.door.Query(ctx, productStatus, statusVariables(w))
	if err != nil {
		return nil, err
	}
	errs, ok := statusWasSet(r.Data)
	if !ok {
		return nil, admin.Unreadable(productStatus, r)
	}
	return errs, nil
}

func statusWasSet(text json.RawMessage) ([]admin.UserError, bool) {
	var data struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"productUpdate"`
	}
	if json.Unmarshal(text, &data) != nil || data.Update == nil {
		return nil, false
	}
	return data.Update.UserErrors, true
}

// settledOnly are documents whose status is set: those with something to show leave
// again for that alone.
func settledOnly(docs []pipeline.Document) []pipeline.Outcome {
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		w, err := bodyOf[sale](doc)
		if err != nil || w.Show == nil {
			out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: w.Product}
			continue
		}
		w.Set = false
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: packed(w)}
	}
	return out
}

// show shows or hides the products of documents, each once.
func (s statusDesk) show(ctx context.Context, docs []pipeline.Document) (out []pipeline.Outcome, err error) {
	var shows []showing
	also := map[string][]pipeline.Document{} // further documents of a product
	for _, doc := range docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return out, err
		}
		first := !slices.ContainsFunc(shows, func(o showing) bool { return o.product == w.Product })
		switch {
		case w.Show == nil:
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: w.Product})
		case first:
			w.Set = false
			doc.Body = packed(w)
			shows = append(shows, showing{doc, w.Product, w.Channel, *w.Show})
		default:
			also[w.Product] = append(also[w.Product], doc)
		}
	}
	done, more, err := s.publish(ctx, shows)
	out = append(out, more...)
	through := map[string]bool{}
	for _, doc := range done {
		w, _ := bodyOf[sale](doc) // read before
		through[w.Product] = true
		out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: w.Product})
	}
	for id, all := range also {
		for _, doc := range all {
			if through[id] {
				out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: id})
			} else {
				out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body})
			}
		}
	}
	return out, err
}

// sendBulk starts the operation of a batch. What has nothing to set leaves after
// it; where something is stale, everything else leaves in another batch.
func (s statusDesk) sendBulk(ctx context.Context, b pipeline.Batch, stale map[string]pipeline.Problem) (pipeline.Answer, error) {
	var set, rest []pipeline.Document
	for _, doc := range b.Docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return pipeline.Answer{}, err
		}
		if w.Set {
			set = append(set, doc)
		} else {
			rest = append(rest, doc)
		}
	}
	if len(stale) > 0 {
		var a pipeline.Answer
		for _, doc := range b.Docs {
			o := anewAsItIs(doc)
			if why, ok := stale[doc.Key]; ok {
				o = pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{why}}
			}
			a.Outcomes = append(a.Outcomes, o)
		}
		return a, nil
	}
	b.Docs = set
	a, err := s.startBulk(ctx, b, setStatus)
	if len(a.Outcomes) > 0 || err == nil {
		a.Outcomes = append(a.Outcomes, leftOver(rest)...)
	}
	return a, err
}

// ask says what became of a batch whose answer was lost, or of what a bulk
// operation works on. Setting a status twice does no harm.
func (s statusDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if len(b.Request) == 0 {
		var a pipeline.Answer
		for _, doc := range b.Docs {
			if doc.State == pipeline.Sending {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
			}
		}
		return a, nil
	}
	ctx, said := admin.Listen(ctx)
	a, err := s.askBulk(ctx, b, settleSales)
	a.Said = said.All()
	return a, err
}

// settleSales says what became of the documents of a line.
func settleSales(docs []pipeline.Document, data json.RawMessage) (out []pipeline.Outcome) {
	errs, ok := statusWasSet(data)
	for _, doc := range docs {
		switch {
		case !ok:
			out = append(out, anewAsItIs(doc))
		case len(errs) > 0:
			out = append(out, turnedDown(doc, "status", errs))
		case len(doc.Body) > 0:
			out = append(out, settledOnly([]pipeline.Document{doc})...)
		}
	}
	return out
}
