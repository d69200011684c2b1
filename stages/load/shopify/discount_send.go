package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// codesPage reads all codes of a discount.
var codesPage = admin.Operation{Name: "DiscountCodes", Cost: 16, Text: `query DiscountCodes($ids: [ID!]!, $first: Int!, $after: String) {
  nodes(ids: $ids) {
    ... on DiscountNode { discount { ... on DiscountCodeBasic { codes(first: $first, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } } } } }
  }
}`}

// readCodes completes the codes of an offer where a wish has further ones and the
// first page may not hold all.
func (s *Sink) readCodes(ctx context.Context, ask asking, w discount, o *offer) error {
	if len(w.More) == 0 || len(o.Codes) < admin.PageSize {
		return nil
	}
	o.Codes = nil
	var after *string
	for {
		var data struct {
			Nodes []struct {
				Discount struct {
					Codes struct {
						Nodes []struct {
							Code string `json:"code"`
						} `json:"nodes"`
						PageInfo admin.PageInfo `json:"pageInfo"`
					} `json:"codes"`
				} `json:"discount"`
			} `json:"nodes"`
		}
		if err := ask(ctx, codesPage, map[string]any{"ids": []string{o.ID}, "first": admin.PageSize, "after": after}, &data); err != nil {
			return err
		}
		if len(data.Nodes) != 1 {
			return fmt.Errorf("shopify: %s was there a moment ago", o.ID)
		}
		codes := data.Nodes[0].Discount.Codes
		for _, n := range codes.Nodes {
			o.Codes = append(o.Codes, n.Code)
		}
		if !codes.PageInfo.HasNextPage || after != nil && *after == codes.PageInfo.EndCursor {
			return nil
		}
		after = &codes.PageInfo.EndCursor
	}
}

// send sets discounts one by one, each as it differs from what the shop has at that
// moment: what somebody added meanwhile stays, and one that was made by a call whose
// answer was lost is found again and not made twice.
func (s discountDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.setAll(ctx, b)
	a.Said = said.All()
	if err != nil {
		a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
	}
	return a, err
}

func (s discountDesk) setAll(ctx context.Context, b pipeline.Batch) (a pipeline.Answer, err error) {
	var ids []string
	fresh := false
	wishes := make([]discount, len(b.Docs))
	for i, doc := range b.Docs {
		if wishes[i], err = bodyOf[discount](doc); err != nil {
			return a, err
		}
		if fresh = fresh || wishes[i].ID == ""; wishes[i].ID != "" {
			ids = append(ids, wishes[i].ID)
		}
	}
	if fresh { // ask first: it may have been made by now
		all, err := s.glance(ctx, s.prompt)
		if err != nil {
			return a, err
		}
		for i := range wishes {
			if w := &wishes[i]; w.ID == "" {
				hits, err := s.findOffer(ctx, s.prompt, *w, all)
				if err != nil {
					return a, err
				}
				if len(hits) > 0 {
					w.ID = hits[0].ID
					ids = append(ids, w.ID)
				}
			}
		}
	}
	whole, err := s.offers(ctx, s.prompt, ids)
	if err != nil {
		return a, err
	}
	for i, doc := range b.Docs {
		o, err := s.set(ctx, doc, wishes[i], whole, b.Settings["on_stale"] == staleHold)
		if err != nil {
			return a, called(err, []writing{{doc: doc}})
		}
		if a.Outcomes = append(a.Outcomes, o); o.State == pipeline.Accepted {
			a.Again = bulkFirst
		}
	}
	return a, nil
}

// set makes one discount what its wish says.
func (s discountDesk) set(ctx context.Context, doc pipeline.Document, w discount, whole map[string]offer, hold bool) (pipeline.Outcome, error) {
	refused := func(rule pipeline.Rule, with map[string]string) (pipeline.Outcome, error) {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{wrong(doc, "title", w.Title, rule, with)}}, nil
	}
	if w.ID == "" {
		return s.make(ctx, doc, w)
	}
	o, there := whole[w.ID]
	if !there {
		return refused("discount.gone", map[string]string{"title": w.Title, "id": w.ID})
	}
	if err := s.readCodes(ctx, s.prompt, w, &o); err != nil {
		return pipeline.Outcome{}, err
	}
	alter := w.compare(o)
	switch {
	case alter.empty():
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: o.gid()}, nil
	case !o.Ours || !o.basic():
		return refused("discount.taken", map[string]string{"title": w.Title, "other": o.called()})
	case hold && w.Was != "" && o.state() != w.Was:
		return refused("discount.stale", map[string]string{"title": w.Title})
	case alter.stop:
		return s.call(ctx, doc, w, pickOp(o.Type, stopAutomatic, stopCode), map[string]any{"id": o.gid()}, nil)
	case len(alter.input) == 0:
		return s.add(ctx, doc, o.gid(), alter.codes)
	}
	return s.call(ctx, doc, w, pickOp(o.Type, updateAutomatic, updateCode), map[string]any{"id": o.gid(), "discount": alter.input}, alter.codes)
}

func pickOp(kind string, automatic, code admin.Operation) admin.Operation {
	if kind == typeCode {
		return code
	}
	return automatic
}

// make makes a discount that the shop certainly lacks.
func (s discountDesk) make(ctx context.Context, doc pipeline.Document, w discount) (pipeline.Outcome, error) {
	op := createCode
	if w.automatic() {
		op = createAutomatic
	}
	return s.call(ctx, doc, w, op, map[string]any{"discount": w.creation(s.now())}, w.More)
}

// call makes one call for a discount, and then adds its further codes.
func (s discountDesk) call(ctx context.Context, doc pipeline.Document, w discount, op admin.Operation, vars any, codes []string) (pipeline.Outcome, error) {
	r, err := s.door.Query(ctx, op, vars)
	if err != nil {
		return pipeline.Outcome{}, err
	}
	var data struct {
		Done *struct {
			Node *struct {
				ID string `json:"id"`
			} `json:"node"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"done"`
	}
	if json.Unmarshal(r.Data, &data) != nil || data.Done == nil || data.Done.Node == nil && len(data.Done.UserErrors) == 0 {
		return pipeline.Outcome{}, admin.Unreadable(op, r)
	}
	if errs := data.Done.UserErrors; len(errs) > 0 {
		return s.refusal(ctx, doc, w, errs)
	}
	if len(codes) > 0 {
		return s.add(ctx, doc, data.Done.Node.ID, codes)
	}
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: data.Done.Node.ID}, nil
}

// refusal says why Shopify does not take a discount. A code that is in use is named
// with the discount that has it.
func (s discountDesk) refusal(ctx context.Context, doc pipeline.Document, w discount, errs []admin.UserError) (pipeline.Outcome, error) {
	out := pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected}
	for _, e := range errs {
		switch e.Code {
		case "INTERNAL_ERROR":
			return out, &pipeline.Later{Err: fmt.Errorf("shopify: %s: %s", doc.Key, e.Code)}
		case "TAKEN", "IMPLICIT_DUPLICATE":
			other := w.Code
			if all, err := s.glance(ctx, s.prompt); err == nil {
				if hits, err := s.findOffer(ctx, s.prompt, w, all); err == nil && len(hits) > 0 {
					other = hits[0].called()
				}
			}
			out.Why = append(out.Why, wrong(doc, "code", w.Code, "discount.taken", map[string]string{"title": w.Title, "other": other}))
		default:
			out.Why = append(out.Why, wrong(doc, discountField(e.Field), "", "shopify.refused", e.Facts()))
		}
	}
	return out, nil
}

// discountField is our word for what an error is about.
func discountField(path []string) string {
	words := map[string]string{"title": "title", "code": "code", "startsAt": "starts", "endsAt": "ends", "percentage": "percent", "amount": "amount",
		"usageLimit": "usage_limit", "minimumRequirement": "minimum", "collections": "collections", "items": "items", "appliesOncePerCustomer": "once"}
	for _, part := range slices.Backward(path) {
		if w := words[part]; w != "" {
			return w
		}
	}
	return "title"
}

// add adds further codes, 250 a call. Shopify does it later: the calls' names are
// what to ask by.
func (s discountDesk) add(ctx context.Context, doc pipeline.Document, id string, codes []string) (pipeline.Outcome, error) {
	var tickets []string
	for part := range slices.Chunk(codes, perCall) {
		in := make([]map[string]string, len(part))
		for i, code := range part {
			in[i] = map[string]string{"code": code}
		}
		r, err := s.door.Query(ctx, addCodes, map[string]any{"discountId": id, "codes": in})
		if err != nil {
			return pipeline.Outcome{}, err
		}
		var data struct {
			Add *struct {
				Creation *struct {
					ID string `json:"id"`
				} `json:"bulkCreation"`
				UserErrors []admin.UserError `json:"userErrors"`
			} `json:"discountRedeemCodeBulkAdd"`
		}
		if json.Unmarshal(r.Data, &data) != nil || data.Add == nil {
			return pipeline.Outcome{}, admin.Unreadable(addCodes, r)
		}
		for _, e := range data.Add.UserErrors {
			return pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Ref: id, Why: []pipeline.Problem{wrong(doc, "code", "", "shopify.refused", e.Facts())}}, nil
		}
		if data.Add.Creation != nil {
			tickets = append(tickets, data.Add.Creation.ID)
		}
	}
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Accepted, Ref: id, Ticket: strings.Join(tickets, " ")}, nil
}

// ask says what became of discounts whose answer was lost, which is found out when
// they are sent again, and of further codes that are being added.
func (s discountDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a := pipeline.Answer{Outcomes: again(unsure(b.Docs))}
	var err error
	for _, doc := range b.Docs {
		if doc.State != pipeline.Accepted || err != nil {
			continue
		}
		var o pipeline.Outcome
		if o, err = s.added(ctx, doc); o.State != "" {
			a.Outcomes = append(a.Outcomes, o)
		} else {
			a.Again = max(bulkPause(b.Asked), time.Second)
		}
	}
	a.Said = said.All()
	return a, err
}

// added says what became of further codes; no state while Shopify still works on
// them. A code that could not be added because it is there already is no failure.
func (s discountDesk) added(ctx context.Context, doc pipeline.Document) (pipeline.Outcome, error) {
	out := pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered}
	var failed []pipeline.Problem
	for ticket := range strings.FieldsSeq(doc.Ticket) {
		var data struct {
			Creation *struct {
				Done  bool `json:"done"`
				Codes struct {
					Nodes []struct {
						Code   string            `json:"code"`
						Errors []admin.UserError `json:"errors"`
					} `json:"nodes"`
				} `json:"codes"`
			} `json:"discountRedeemCodeBulkCreation"`
		}
		if err := s.prompt(ctx, addedCodes, map[string]any{"id": ticket}, &data); err != nil {
			return pipeline.Outcome{}, err
		}
		if data.Creation == nil {
			continue // Shopify has forgotten it: the next file tells what is lacking
		}
		if !data.Creation.Done {
			return pipeline.Outcome{}, nil
		}
		for _, c := range data.Creation.Codes.Nodes {
			if len(c.Errors) > 0 {
				failed = append(failed, wrong(doc, "code", c.Code, "discount.code", map[string]string{"code": c.Code, "said": c.Errors[0].Facts()["said"]}))
			}
		}
	}
	if len(failed) == 0 {
		return out, nil
	}
	id := "gid://shopify/DiscountNode" + doc.Ref[max(strings.LastIndexByte(doc.Ref, '/'), 0):]
	have, err := s.offers(ctx, s.prompt, []string{id})
	if err != nil {
		return pipeline.Outcome{}, err
	}
	for _, p := range failed {
		if !slices.ContainsFunc(have[id].Codes, func(code string) bool { return strings.EqualFold(code, p.Value) }) {
			out.State, out.Why = pipeline.Rejected, append(out.Why, p)
		}
	}
	return out, nil
}
