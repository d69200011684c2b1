package shopify

import (
	"context"
	"encoding/json"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

var setProduct = admin.Operation{Name: "ProductSet", Cost: 12, Text: setGoods}

// send makes products what they are to be. First those that need productSet, one
// call each or all by one bulk operation; what is left of a document after that,
// whether it is shown and our keys on what was there before us, goes by fifty and
// twenty-five a call.
func (s productDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s productDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if len(b.Docs) == 0 {
		return pipeline.Answer{}, nil
	}
	set, rest, err := settersOf(b.Docs)
	if err != nil {
		return pipeline.Answer{}, err
	}
	if err := s.defineGoods(ctx); err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err // whatever became of it, no document was touched
	}
	switch {
	case len(set) == 0:
		return s.after(ctx, rest)
	case len(b.Request) > 0:
		return s.sendBulk(ctx, b, set, rest)
	}
	a, done, err := s.setAll(ctx, b, set)
	if err != nil {
		a.Outcomes = append(a.Outcomes, leftOver(done)...)
		a.Outcomes = append(a.Outcomes, again(rest)...)
		return a, err
	}
	more, err := s.after(ctx, append(done, rest...))
	a.Outcomes = append(a.Outcomes, more.Outcomes...)
	return a, err
}

// settersOf are the documents that need productSet, and those that do not.
func settersOf(docs []pipeline.Document) (set, rest []pipeline.Document, err error) {
	for _, doc := range docs {
		w, err := bodyOf[goods](doc)
		if err != nil {
			return nil, nil, err
		}
		if len(w.Set) > 0 {
			set = append(set, doc)
		} else {
			rest = append(rest, doc)
		}
	}
	return set, rest, nil
}

// leftOver are the outcomes of documents of which productSet is done and something
// else is left: they leave again, for that alone.
func leftOver(docs []pipeline.Document) []pipeline.Outcome {
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body}
	}
	return out
}

// setAll sets products one by one. Each is read again right before, whole, because
// a list replaces: what somebody has added since the plan stays. done are those
// that were set, of which something may be left to do.
func (s productDesk) setAll(ctx context.Context, b pipeline.Batch, docs []pipeline.Document) (a pipeline.Answer, done []pipeline.Document, err error) {
	again0, err := s.anew(ctx, b.Settings, docs)
	if err != nil {
		return pipeline.Answer{Outcomes: again(docs)}, nil, err // only read
	}
	for i, one := range again0 {
		if one.outcome != nil {
			a.Outcomes = append(a.Outcomes, *one.outcome)
			continue
		}
		if len(one.body.Set) > 0 {
			id, errs, err := s.setOne(ctx, one.body.Set)
			switch {
			case err != nil:
				if admin.Certain(err) {
					a.Outcomes = append(a.Outcomes, again(docs[i:i+1])...)
				}
				a.Outcomes = append(a.Outcomes, again(docs[i+1:])...)
				return a, done, err
			case len(errs) > 0:
				a.Outcomes = append(a.Outcomes, refusedGoods(one.doc, one.body, errs))
				continue
			}
			one.body.Product = id
		}
		one.body.Set = nil
		one.doc.Body = packed(one.body)
		done = append(done, one.doc)
	}
	return a, done, nil
}

// setOne sets one product and gives its id.
func (s *Sink) setOne(ctx context.Context, line json.RawMessage) (id string, errs []admin.UserError, err error) {
	r, err := s.door.Query(ctx, setProduct, line)
	if err != nil {
		return "", nil, err
	}
	id, errs, ok := productWasSet(r.Data)
	if !ok {
		return "", nil, admin.Unreadable(setProduct, r)
	}
	return id, errs, nil
}

// productWasSet reads what productSet answers.
func productWasSet(text json.RawMessage) (id string, errs []admin.UserError, ok bool) {
	var data struct {
		Set *struct {
			Product *struct {
				ID string `json:"id"`
			} `json:"product"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"productSet"`
	}
	if json.Unmarshal(text, &data) != nil || data.Set == nil || data.Set.Product == nil && len(data.Set.UserErrors) == 0 {
		return "", nil, false
	}
	if data.Set.Product != nil {
		id = data.Set.Product.ID
	}
	return id, data.Set.UserErrors, true
}

// refusedGoods is the outcome of a product that Shopify refused, traced to the rows
// of the variants that it names.
func refusedGoods(doc pipeline.Document, w goods, errs []admin.UserError) pipeline.Outcome {
	o := pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected}
	var line struct {
		Input struct {
			Variants []struct {
				ID  string `json:"id"`
				SKU string `json:"sku"`
			} `json:"variants"`
		} `json:"input"`
	}
	_ = json.Unmarshal(w.Set, &line) // our own bytes
	for _, e := range errs {
		field, value := "group", w.Group
		var at *ware
		if i, ok := e.Row("variants"); ok && i >= 0 && i < len(line.Input.Variants) {
			for j, v := range w.Wares {
				if v.Variant != "" && v.Variant == line.Input.Variants[i].ID || v.Variant == "" && v.SKU == line.Input.Variants[i].SKU {
					at, field, value = &w.Wares[j], "code", v.Code
				}
			}
		}
		if len(e.Field) > 0 {
			if own := fieldNamed(e.Field[len(e.Field)-1]); own != "" {
				field = own
				if own != "code" {
					value = ""
				}
			}
		}
		o.Why = append(o.Why, wareProblem(doc, at, field, value, "shopify.refused", e.Facts()))
	}
	return o
}

// fieldNamed is our word for a field of the API; "" where we have none.
func fieldNamed(name string) string {
	return map[string]string{"title": "title", "descriptionHtml": "description", "vendor": "vendor", "productType": "type", "handle": "handle",
		"status": "status", "tags": "tags", "sku": "sku", "barcode": "barcode", "price": "price", "compareAtPrice": "compare_at", "cost": "cost",
		"harmonizedSystemCode": "hs_code", "countryCodeOfOrigin": "origin"}[name]
}

// after does what is left of documents whose product is set: it is shown or hidden,
// and what was there before us gets our keys. Both may be sent twice.
func (s productDesk) after(ctx context.Context, docs []pipeline.Document) (pipeline.Answer, error) {
	var a pipeline.Answer
	var shows []showing
	var bare []pipeline.Document
	for _, doc := range docs {
		w, err := bodyOf[goods](doc)
		if err != nil {
			return a, err
		}
		if w.Show != nil && w.Product != "" {
			shows = append(shows, showing{doc, w.Product, w.Channel, *w.Show})
		} else {
			bare = append(bare, doc)
		}
	}
	done, out, err := s.publish(ctx, shows)
	a.Outcomes = append(a.Outcomes, out...)
	if err != nil {
		a.Outcomes = append(a.Outcomes, leftOver(append(done, bare...))...)
		return a, err
	}
	out, err = s.keyAll(ctx, append(bare, done...))
	a.Outcomes = append(a.Outcomes, out...)
	return a, err
}

// keyAll puts our keys on what documents name. A document whose keys do not fit
// into a call goes in several.
func (s productDesk) keyAll(ctx context.Context, docs []pipeline.Document) (out []pipeline.Outcome, err error) {
	delivered := func(doc pipeline.Document, w goods) {
		out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: w.Product})
	}
	var keys []ownKey
	var whose []int
	bodies := make([]goods, len(docs))
	for i, doc := range docs {
		if bodies[i], err = bodyOf[goods](doc); err != nil {
			return out, err
		}
		for _, k := range bodies[i].Keys {
			keys, whose = append(keys, k), append(whose, i)
		}
		if len(bodies[i].Keys) == 0 {
			delivered(doc, bodies[i])
		}
	}
	for from := 0; from < len(keys); {
		to := min(from+perKeys, len(keys))
		bad, err := s.writeKeys(ctx, keys[from:to])
		if err != nil || len(bad) > 0 {
			return append(out, s.unkeyed(docs[whose[from]:], bodies[whose[from]:], whose[from], whose[from:], bad)...), err
		}
		for i := from; i < to; i++ {
			if i+1 == len(keys) || whose[i+1] != whose[i] {
				delivered(docs[whose[i]], bodies[whose[i]])
			}
		}
		from = to
	}
	return out, nil
}

// unkeyed are the outcomes of documents whose keys are not, or not all, written:
// those that are wrong in themselves are rejected, the rest leave once more.
func (s productDesk) unkeyed(docs []pipeline.Document, bodies []goods, first int, whose []int, bad map[int][]admin.UserError) (out []pipeline.Outcome) {
	wrong := map[int][]admin.UserError{}
	for i, errs := range bad {
		wrong[whose[i]] = append(wrong[whose[i]], errs...)
	}
	for i, doc := range docs {
		switch errs := wrong[first+i]; {
		case len(bodies[i].Keys) == 0: // delivered
		case len(errs) > 0:
			out = append(out, turnedDown(doc, "code", errs))
		default:
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body})
		}
	}
	return out
}

// ask says what became of a batch whose answer was lost, or of what a bulk
// operation works on. Sending products directly begins with reading them, so that
// what has arrived is seen there.
func (s productDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a := pipeline.Answer{}
	var err error
	if len(b.Request) > 0 {
		a, err = s.askBulk(ctx, b, settleGoods)
	} else {
		for _, doc := range b.Docs {
			if doc.State == pipeline.Sending {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
			}
		}
	}
	a.Said = said.All()
	return a, err
}

// decoded reads the data of a reply.
func decoded(op admin.Operation, r admin.Reply, into any) error {
	if json.Unmarshal(r.Data, into) != nil {
		return admin.Unreadable(op, r)
	}
	return nil
}
