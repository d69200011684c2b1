package shopify

import (
	"context"
	"encoding/json"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

var (
	createFulfillment = admin.Operation{Name: "FulfillmentCreate", Cost: 11, Text: `mutation FulfillmentCreate($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id }
    userErrors { field message }
  }
}`}
	cancelFulfillment = admin.Operation{Name: "FulfillmentCancel", Cost: 10, Text: `mutation FulfillmentCancel($id: ID!) {
  fulfillmentCancel(id: $id) {
    fulfillment { id }
    userErrors { field message }
  }
}`}
	trackFulfillment = admin.Operation{Name: "FulfillmentTrackingUpdate", Cost: 50, Text: `mutation FulfillmentTrackingUpdate($fulfillmentId: ID!, $trackingInfoInput: FulfillmentTrackingInput!, $notifyCustomer: Boolean = false) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $fulfillmentId, trackingInfoInput: $trackingInfoInput, notifyCustomer: $notifyCustomer) {
    fulfillment { id }
    userErrors { field message }
  }
}`}
)

// ask says what became of notes whose answer was lost, by what the shop has. Those of
// which it has nothing are ready again, once nothing can still come.
func (s fulfilDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.asked(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s fulfilDesk) asked(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	b.Docs = unsure(b.Docs)
	bills, err := s.open(ctx, b.Docs, &a)
	if err != nil {
		return pipeline.Answer{}, err
	}
	for _, bill := range bills {
		switch {
		case bill.arrived():
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: bill.doc.Key, State: pipeline.Delivered, Ref: bill.ref})
		case s.doubtful(b, bill.doc):
			a.Again = createSettles
		default:
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: bill.doc.Key, State: pipeline.Ready})
		}
	}
	return a, nil
}

// arrived tells whether all of a note is done.
func (b *waybill) arrived() bool {
	there := b.o.parcels(b.w.Note)
	if len(there) > 0 {
		b.ref = there[0].ID
	}
	h := handling{doc: b.doc, w: b.w, o: b.o}
	done := !b.w.Make || len(there) > 0 && !h.begun()
	for _, p := range b.o.Sent {
		if slices.Contains(b.w.Void, p.ID) && p.stands() {
			done = false
		}
		if slices.Contains(b.w.Track, p.ID) && b.w.Tracking != nil && b.w.Tracking.over(p.tracked()) != p.tracked() {
			done = false
		}
	}
	return done
}

// send makes, marks and takes back fulfilments.
func (s fulfilDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

// waybill is a note that is being sent.
type waybill struct {
	doc   pipeline.Document
	w     delivery
	o     *sending
	loads []load
	ref   string // gid of the first fulfilment that was made, or is there
}

func (s fulfilDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	bills, err := s.open(ctx, b.Docs, &a)
	if err != nil {
		a.Outcomes = again(b.Docs)
		return a, err // nothing was made
	}
	if err := s.void(ctx, bills, &a); err != nil {
		a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
		return a, err
	}
	bills = s.load(bills, &a)
	if err := s.intend(ctx, bills); err != nil {
		a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
		return a, err // nothing was made
	}
	var broke error
	for _, bill := range bills {
		if broke = s.ship(ctx, bill, &a); broke != nil {
			a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, broke)...)
			break
		}
	}
	if broke != nil {
		return a, broke
	}
	return a, s.writeTicks(ctx, keyNotes, ticksOf(bills))
}

// open reads the orders of notes as they are right now.
func (s fulfilDesk) open(ctx context.Context, docs []pipeline.Document, a *pipeline.Answer) (bills []*waybill, err error) {
	var gids []string
	for _, doc := range docs {
		w, err := bodyOf[delivery](doc)
		if err != nil {
			return nil, err
		}
		bills, gids = append(bills, &waybill{doc: doc, w: w}), append(gids, w.GID)
	}
	orders, err := s.toSend(ctx, s.prompt, gids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(bills, func(b *waybill) bool {
		b.o = orders[b.w.GID]
		why := cannotSend(b.doc, b.w, b.o, nil)
		if len(why) > 0 {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: b.doc.Key, State: pipeline.Rejected, Why: why})
		}
		return len(why) > 0
	}), nil
}

// void takes back what cancelled notes had sent. What was taken back already is as
// it is to be. What is left to send of the orders is read anew then.
func (s fulfilDesk) void(ctx context.Context, bills []*waybill, a *pipeline.Answer) error {
	var stale []string
	for _, b := range bills {
		if !b.w.Cancel {
			continue
		}
		o := pipeline.Outcome{Key: b.doc.Key, State: pipeline.Delivered}
		for _, p := range b.o.Sent {
			if !slices.Contains(b.w.Void, p.ID) || !p.stands() {
				continue
			}
			errs, err := s.change(ctx, cancelFulfillment, "fulfillmentCancel", input{"id": p.ID})
			if err != nil {
				return calledFor(err, b.doc)
			}
			for _, e := range errs {
				o.State, o.Why = pipeline.Rejected, append(o.Why, ofOrder(b.doc, "note", b.w.Note, "shopify.refused", e.Facts()))
			}
			stale = append(stale, b.o.ID)
		}
		a.Outcomes = append(a.Outcomes, o)
	}
	if len(stale) == 0 || !slices.ContainsFunc(bills, func(b *waybill) bool { return !b.w.Cancel }) {
		return nil
	}
	orders, err := s.toSend(ctx, s.prompt, stale)
	for _, b := range bills {
		if fresh := orders[b.o.ID]; fresh != nil {
			b.o = fresh
		}
	}
	return err
}

// load allots what notes still have to send. Those that are sent already have only
// their tracking left.
func (s fulfilDesk) load(bills []*waybill, a *pipeline.Answer) (out []*waybill) {
	for _, b := range bills {
		if b.w.Cancel {
			continue
		}
		if there := b.o.parcels(b.w.Note); len(there) > 0 {
			b.ref = there[0].ID
		}
		h := handling{doc: b.doc, w: b.w, o: b.o}
		if b.w.Make && (b.ref == "" || h.begun()) {
			var why []pipeline.Problem
			if b.loads, why = h.loads(); len(why) > 0 {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: b.doc.Key, State: pipeline.Rejected, Why: why})
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// intend writes the ticks of what is about to be made.
func (s fulfilDesk) intend(ctx context.Context, bills []*waybill) error {
	of := map[string]ticks{}
	for _, b := range bills {
		if len(b.loads) == 0 {
			continue
		}
		after := newest(b.o.deeds())
		b.o.Notes = b.o.Notes.without(b.w.Note)
		for _, l := range b.loads {
			b.o.Notes = append(b.o.Notes, tick{No: b.w.Note, At: numberOf(l.place), Has: l.contents().said(), After: after})
		}
	}
	for _, b := range bills {
		if len(b.loads) > 0 {
			of[b.o.ID] = b.o.Notes
		}
	}
	return s.writeTicks(ctx, keyNotes, of)
}

// ticksOf are the ticks of the orders for which something was made.
func ticksOf(bills []*waybill) map[string]ticks {
	of := map[string]ticks{}
	for _, b := range bills {
		if len(b.loads) > 0 {
			of[b.o.ID] = b.o.Notes
		}
	}
	return of
}

// ship makes the fulfilments of a note, and gives those that are there their tracking.
func (s fulfilDesk) ship(ctx context.Context, b *waybill, a *pipeline.Answer) error {
	for _, l := range b.loads {
		id, errs, err := s.create(ctx, b.w, l)
		if err != nil {
			return s.calledOnce(err, b.doc)
		}
		if len(errs) > 0 {
			b.o.Notes = b.o.Notes.without(b.w.Note)
			a.Outcomes = append(a.Outcomes, b.refused(errs))
			return nil
		}
		for _, i := range b.o.Notes.of(b.w.Note) {
			if t := &b.o.Notes[i]; t.Is == "" && t.At == numberOf(l.place) && t.Has == l.contents().said() {
				t.Is = numberOf(id)
				break
			}
		}
		if b.ref == "" {
			b.ref = id
		}
	}
	for _, p := range b.o.Sent {
		if !slices.Contains(b.w.Track, p.ID) || !p.stands() || b.w.Tracking == nil {
			continue
		}
		errs, err := s.change(ctx, trackFulfillment, "fulfillmentTrackingInfoUpdate",
			input{"fulfillmentId": p.ID, "trackingInfoInput": b.w.Tracking.over(p.tracked()).input(), "notifyCustomer": b.w.Notify})
		if err != nil {
			return calledFor(err, b.doc)
		}
		if len(errs) > 0 {
			a.Outcomes = append(a.Outcomes, b.refused(errs))
			return nil
		}
	}
	a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: b.doc.Key, State: pipeline.Delivered, Ref: b.ref})
	return nil
}

func (b *waybill) refused(errs []admin.UserError) pipeline.Outcome {
	o := pipeline.Outcome{Key: b.doc.Key, State: pipeline.Rejected}
	for _, e := range errs {
		o.Why = append(o.Why, ofOrder(b.doc, "note", b.w.Note, "shopify.refused", e.Facts()))
	}
	return o
}

func (t tracking) input() input {
	in := input{}
	for name, value := range map[string]string{"company": t.Company, "number": t.Number, "url": t.URL} {
		if value != "" {
			in[name] = value
		}
	}
	return in
}

// create makes one fulfilment.
func (s fulfilDesk) create(ctx context.Context, w delivery, l load) (id string, errs []admin.UserError, err error) {
	var from []any
	at := map[string]int{}
	for _, one := range l.lines {
		i, seen := at[one.from]
		if !seen {
			i, at[one.from] = len(from), len(from)
			from = append(from, input{"fulfillmentOrderId": one.from, "fulfillmentOrderLineItems": []any{}})
		}
		group := from[i].(input)
		group["fulfillmentOrderLineItems"] = append(group["fulfillmentOrderLineItems"].([]any), input{"id": one.line, "quantity": one.n})
	}
	in := input{"lineItemsByFulfillmentOrder": from, "notifyCustomer": w.Notify}
	if w.Tracking != nil {
		in["trackingInfo"] = w.Tracking.input()
	}
	r, err := s.door.Query(ctx, createFulfillment, input{"fulfillment": in})
	if err != nil {
		return "", nil, err
	}
	var data struct {
		Create *struct {
			Fulfillment *struct {
				ID string `json:"id"`
			} `json:"fulfillment"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"fulfillmentCreate"`
	}
	if json.Unmarshal(r.Data, &data) != nil || data.Create == nil || data.Create.Fulfillment == nil && len(data.Create.UserErrors) == 0 {
		return "", nil, admin.Unreadable(createFulfillment, r)
	}
	if len(data.Create.UserErrors) > 0 {
		return "", data.Create.UserErrors, nil
	}
	return data.Create.Fulfillment.ID, nil, nil
}

// change is one call about a fulfilment that is there. It may be repeated.
func (s *Sink) change(ctx context.Context, op admin.Operation, root string, vars input) ([]admin.UserError, error) {
	r, err := s.door.Query(ctx, op, vars)
	if err != nil {
		return nil, err
	}
	errs, ok := refusalsIn(r.Data, root)
	if !ok {
		return nil, admin.Unreadable(op, r)
	}
	return errs, nil
}
