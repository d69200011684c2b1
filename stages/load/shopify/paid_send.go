package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

var (
	markAsPaid = admin.Operation{Name: "OrderMarkAsPaid", Cost: 10, Text: `mutation OrderMarkAsPaid($input: OrderMarkAsPaidInput!) {
  orderMarkAsPaid(input: $input) {
    order { id transactions(first: 100) { id kind status gateway amountSet { presentmentMoney { amount currencyCode } } } }
    userErrors { field message }
  }
}`}
	payByHand = admin.Operation{Name: "OrderCreateManualPayment", Cost: 10, Text: `mutation OrderCreateManualPayment($id: ID!, $amount: MoneyInput, $paymentMethodName: String, $processedAt: DateTime) {
  orderCreateManualPayment(id: $id, amount: $amount, paymentMethodName: $paymentMethodName, processedAt: $processedAt) {
    order { id transactions(first: 100) { id kind status gateway amountSet { presentmentMoney { amount currencyCode } } } }
    userErrors { field message code }
  }
}`}
)

// handMethod is what the admin shows a part payment as.
const handMethod = "Cash on Delivery"

// send takes receipts, one after the other.
func (s paidDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

// collected is a receipt that is being taken.
type collected struct {
	doc pipeline.Document
	w   receipt
	o   *owing
}

func (s paidDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	all, err := s.open(ctx, b.Docs)
	if err != nil {
		a.Outcomes = again(b.Docs)
		return a, err // nothing was taken
	}
	var due []*collected
	for _, c := range all {
		if o, ready := c.ready(); ready {
			due = append(due, c)
		} else {
			a.Outcomes = append(a.Outcomes, o)
		}
	}
	if err := s.writeTicks(ctx, keyPayments, intended(due)); err != nil {
		a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
		return a, err // nothing was taken
	}
	for _, c := range due {
		o, err := s.take(ctx, c)
		if err != nil {
			a.Outcomes = append(a.Outcomes, untried(b.Docs, a.Outcomes, err)...)
			return a, err
		}
		a.Outcomes = append(a.Outcomes, o)
	}
	return a, s.writeTicks(ctx, keyPayments, receiptsOf(due))
}

// open reads the orders of receipts as they are right now.
func (s paidDesk) open(ctx context.Context, docs []pipeline.Document) (all []*collected, err error) {
	var gids []string
	for _, doc := range docs {
		w, err := bodyOf[receipt](doc)
		if err != nil {
			return nil, err
		}
		all, gids = append(all, &collected{doc: doc, w: w}), append(gids, w.GID)
	}
	orders, err := s.toPay(ctx, s.prompt, gids)
	for _, c := range all {
		c.o = orders[c.w.GID]
	}
	return all, err
}

// ready tells whether a receipt is still to be taken; where it is not, what became of
// it. What the receipts before it take of the same order is taken off already.
func (c *collected) ready() (pipeline.Outcome, bool) {
	o := pipeline.Outcome{Key: c.doc.Key, State: pipeline.Rejected}
	if c.o == nil {
		o.Why = []pipeline.Problem{unknownOrder(c.doc, c.w.Order)}
		return o, false
	}
	if o.Why = c.o.refuses(c.doc, c.w); len(o.Why) > 0 {
		return o, false
	}
	if before := c.o.taken(c.w.Receipt); before != nil {
		return pipeline.Outcome{Key: c.doc.Key, State: pipeline.Delivered, Ref: transactionGID + before.Is}, false
	}
	c.o.promised = c.o.promised.Add(c.w.Amount)
	return o, true
}

const transactionGID = "gid://shopify/OrderTransaction/"

// intended are the ticks of what is about to be taken.
func intended(due []*collected) map[string]ticks {
	for _, c := range due {
		after := newest(c.o.deeds())
		c.o.Receipts = append(c.o.Receipts.without(c.w.Receipt), tick{No: c.w.Receipt, Has: c.o.money(c.w.Amount), After: after})
	}
	return receiptsOf(due)
}

func receiptsOf(due []*collected) map[string]ticks {
	of := map[string]ticks{}
	for _, c := range due {
		of[c.o.ID] = c.o.Receipts
	}
	return of
}

// take takes one receipt: all that is open by marking the order as paid, a part by a
// payment of its amount. Which of the two it is, is seen only now: a receipt before it
// may have been refused.
func (s paidDesk) take(ctx context.Context, c *collected) (pipeline.Outcome, error) {
	op, root, vars := markAsPaid, "orderMarkAsPaid", input{"input": input{"id": c.o.ID}}
	open := c.o.Open.Money.Amount
	part := open.GreaterThan(c.w.Amount)
	if part {
		op, root, vars = payByHand, "orderCreateManualPayment", input{"id": c.o.ID, "paymentMethodName": handMethod,
			"amount": input{"amount": money(c.w.Amount), "currencyCode": c.o.Currency}}
		if c.w.At != nil && !c.w.At.After(s.now()) {
			vars["processedAt"] = c.w.At.Format(time.RFC3339)
		}
	}
	o := pipeline.Outcome{Key: c.doc.Key, State: pipeline.Rejected}
	r, err := s.door.Query(ctx, op, vars)
	// The rights to the order are there: its fields were read and our tick was written a
	// moment ago. So what is denied is the part, and nothing was taken.
	if denied, ok := errors.AsType[*pipeline.Trouble](err); ok && part && denied.Rule == "shopify.scope" {
		o.Why = []pipeline.Problem{ofOrder(c.doc, "amount", money(c.w.Amount), "payment.part",
			map[string]string{"order": c.o.Name, "amount": c.o.money(c.w.Amount), "open": c.o.money(open)})}
		c.o.Receipts = c.o.Receipts.without(c.w.Receipt)
		return o, nil
	}
	if err != nil {
		return o, s.calledOnce(err, c.doc)
	}
	errs, ok := refusalsIn(r.Data, root)
	if !ok {
		return o, s.calledOnce(admin.Unreadable(op, r), c.doc)
	}
	if len(errs) > 0 {
		for _, e := range errs {
			if e.Code == "ORDER_IS_TEMPORARILY_UNAVAILABLE" {
				return o, &pipeline.Later{Err: s.door.Refused(r, e)}
			}
			o.Why = append(o.Why, ofOrder(c.doc, "amount", money(c.w.Amount), "shopify.refused", e.Facts()))
		}
		c.o.Receipts = c.o.Receipts.without(c.w.Receipt)
		return o, nil
	}
	var data map[string]struct {
		Order *owing `json:"order"`
	}
	if json.Unmarshal(r.Data, &data) == nil && data[root].Order != nil {
		c.o.Moved = data[root].Order.Moved
		c.o.Receipts.claim(c.o.deeds())
	}
	c.o.Open.Money.Amount = open.Sub(c.w.Amount)
	o.State = pipeline.Delivered
	if t := c.o.taken(c.w.Receipt); t != nil {
		o.Ref = transactionGID + t.Is
	}
	return o, nil
}

// ask says what became of receipts whose answer was lost, by what the shop has. Those
// of which it has nothing are ready again, once nothing can still come.
func (s paidDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.asked(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s paidDesk) asked(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	all, err := s.open(ctx, unsure(b.Docs))
	if err != nil {
		return pipeline.Answer{}, err
	}
	var a pipeline.Answer
	for _, c := range all {
		o := pipeline.Outcome{Key: c.doc.Key, State: pipeline.Ready}
		if c.o != nil {
			if t := c.o.taken(c.w.Receipt); t != nil {
				o.State, o.Ref = pipeline.Delivered, transactionGID+t.Is
			}
		}
		if o.State == pipeline.Ready && s.doubtful(b, c.doc) {
			a.Again = createSettles
			continue
		}
		a.Outcomes = append(a.Outcomes, o)
	}
	return a, nil
}
