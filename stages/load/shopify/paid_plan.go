package shopify

import (
	"context"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// ordersToPay reads what was paid of orders, and what is open. Both are compared in
// the currency that the buyer saw: in it the order is to be paid.
var ordersToPay = admin.Operation{Name: "OrdersToPay", Cost: 12, Text: `query OrdersToPay($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      id
      name
      cancelledAt
      displayFinancialStatus
      presentmentCurrencyCode
      totalOutstandingSet { presentmentMoney { amount currencyCode } }` + ownValues(keyPayments) + `
      transactions(first: 100) { id kind status gateway amountSet { presentmentMoney { amount currencyCode } } }
    }
  }
}`}

// owing is an order as far as its money is concerned.
type owing struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Cancelled *time.Time    `json:"cancelledAt"`
	Status    string        `json:"displayFinancialStatus"` // "" where it has none
	Currency  string        `json:"presentmentCurrencyCode"`
	Open      seenMoney     `json:"totalOutstandingSet"`
	Receipts  ticks         `json:"payments"`
	Moved     []transaction `json:"transactions"`

	promised pipeline.Decimal // of Open, by receipts that come before
}

// left is what is open beside what receipts before take.
func (o *owing) left() pipeline.Decimal { return o.Open.Money.Amount.Sub(o.promised) }

// seenMoney is an amount in the currency that the buyer saw.
type seenMoney struct {
	Money struct {
		Amount pipeline.Decimal `json:"amount"`
	} `json:"presentmentMoney"`
}

// transaction is money that moved, or was to.
type transaction struct {
	ID      string    `json:"id"`
	Kind    string    `json:"kind"`   // SALE, CAPTURE, REFUND and others
	Status  string    `json:"status"` // SUCCESS, PENDING and others
	Gateway string    `json:"gateway"`
	Amount  seenMoney `json:"amountSet"`
}

// came tells whether it brought money.
func (t transaction) came() bool {
	return t.Status == "SUCCESS" && (t.Kind == "SALE" || t.Kind == "CAPTURE")
}

// perPaying is how many orders are read by one call.
const perPaying = 50

// toPay reads some orders, by gid.
func (s paidDesk) toPay(ctx context.Context, ask asking, gids []string) (map[string]*owing, error) {
	all, err := readOrders[owing](ctx, ask, ordersToPay, gids, perPaying, func(o *owing) string { return o.ID })
	for _, o := range all {
		o.Receipts.claim(o.deeds())
	}
	return all, err
}

// deeds are the order's payments as the ticks know them.
func (o *owing) deeds() (all []deed) {
	for _, t := range o.Moved {
		if t.came() {
			all = append(all, deed{id: numberOf(t.ID), has: o.money(t.Amount.Money.Amount)})
		}
	}
	return all
}

// money is an amount of the order, the same text for the same amount.
func (o *owing) money(d pipeline.Decimal) string { return money(d) + " " + o.Currency }

// taken is the tick of a receipt that became a payment; nil where it did not.
func (o *owing) taken(no string) *tick {
	for _, i := range o.Receipts.of(no) {
		if o.Receipts[i].Is != "" {
			return &o.Receipts[i]
		}
	}
	return nil
}

// plan reads the orders that receipts are for. Receipts of one order are taken one
// after the other.
func (s paidDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	wishes, refs := make([]receipt, len(q.Docs)), make([]orderRef, len(q.Docs))
	for i, doc := range q.Docs {
		w, err := bodyOf[receipt](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		w.GID = ""
		wishes[i], refs[i] = w, w.Order
	}
	gids, problems, err := s.locate(ctx, q.Docs, refs)
	if err != nil {
		return pipeline.Plan{}, err
	}
	orders, err := s.toPay(ctx, s.patient, gids)
	if err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	for i, doc := range q.Docs {
		o := orders[gids[i]]
		switch {
		case problems[i] != nil:
			plan.Docs[i] = pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{*problems[i]}}
		case o == nil:
			plan.Docs[i] = pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{unknownOrder(doc, refs[i])}}
		default:
			plan.Docs[i] = o.planned(doc, wishes[i])
		}
	}
	return plan, nil
}

// planned holds one receipt against its order. A receipt that was taken already is
// nothing to do, whatever is asked: money cannot be collected again.
func (o *owing) planned(doc pipeline.Document, w receipt) pipeline.Planned {
	w.GID = o.ID
	doc.Changes, doc.Undo = nil, nil
	problems := o.refuses(doc, w)
	if len(problems) > 0 {
		return pipeline.Planned{Doc: doc, Problems: problems}
	}
	if o.taken(w.Receipt) != nil {
		doc.Body = packed(w)
		return pipeline.Planned{Doc: doc, Same: true}
	}
	open := o.left()
	o.promised = o.promised.Add(w.Amount)
	doc.Body, doc.Old = packed(w), o.money(open)
	doc.Changes = []pipeline.Change{{Field: "outstanding", Old: o.money(open), New: o.money(o.left())}}
	return pipeline.Planned{Doc: doc}
}

// refuses says why an order cannot be paid so.
func (o *owing) refuses(doc pipeline.Document, w receipt) []pipeline.Problem {
	open := o.left()
	with := map[string]string{"order": o.Name, "receipt": w.Receipt, "amount": money(w.Amount), "open": o.money(open)}
	wrong := func(field, value string, rule pipeline.Rule, facts ...string) []pipeline.Problem {
		for i := 0; i+1 < len(facts); i += 2 {
			with[facts[i]] = facts[i+1]
		}
		return []pipeline.Problem{ofOrder(doc, field, value, rule, with)}
	}
	currency := w.Currency
	if currency == "" {
		currency = o.Currency
	}
	with["amount"] = money(w.Amount) + " " + currency
	if other := otherOrder(doc, w.Order, o.Name); len(other) > 0 {
		return other
	}
	if !o.Receipts.readable() {
		return []pipeline.Problem{unreadableTicks(doc, o.Name, keyPayments)}
	}
	if before := o.taken(w.Receipt); before != nil {
		if now := money(w.Amount) + " " + currency; before.Has != now {
			return wrong("amount", money(w.Amount), "payment.changed", "was", before.Has, "now", now)
		}
		return nil
	}
	switch {
	case currency != o.Currency:
		return wrong("currency", w.Currency, "payment.currency", "given", currency, "currency", o.Currency)
	case o.Cancelled != nil:
		return wrong("order.name", o.Name, "order.cancelled")
	case slices.Contains([]string{"REFUNDED", "PARTIALLY_REFUNDED", "VOIDED", "EXPIRED"}, o.Status):
		return wrong("order.name", o.Name, "payment.refunded", "status", o.Status)
	case !open.IsPos():
		return wrong("order.name", o.Name, "payment.paid", "known", o.paidBy())
	case w.Amount.GreaterThan(open):
		return wrong("amount", money(w.Amount), "payment.over")
	}
	return nil
}

// paidBy tells what paid an order: by which gateway, and which of our receipts.
func (o *owing) paidBy() string {
	var all []string
	for _, t := range o.Moved {
		if !t.came() {
			continue
		}
		by := t.Gateway
		for _, r := range o.Receipts {
			if r.Is == numberOf(t.ID) {
				by = r.No
			}
		}
		all = append(all, o.money(t.Amount.Money.Amount)+" ("+by+")")
	}
	if len(all) == 0 {
		return o.money(o.Open.Money.Amount)
	}
	return strings.Join(all, ", ")
}
