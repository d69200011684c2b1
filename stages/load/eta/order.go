package eta

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// An order is the rows of one order, by what they are. What is of the order stands on its first row only.
type order struct {
	group   []pipeline.Record
	lines   []pipeline.Record // items
	freight []pipeline.Record // shipping
	moneys  []pipeline.Record // transactions
	parcels []pipeline.Record // fulfilments
	refunds []refund          // in the order of their times
	unknown []pipeline.Record // rows of a kind that nobody knows
	rich    bool              // rows say what they are: it was pulled, not exported
}

// A refund is what was given back at one time: goods, shipping, money, or some of them.
type refund struct {
	id       string
	at       time.Time
	first    pipeline.Record
	items    []pipeline.Record
	shipping []pipeline.Record
	adjusted []pipeline.Record
	money    *dec // what was paid back; nil: the file does not say
}

// The kinds of rows (line.kind), as stages/extract writes them.
const (
	rowItem        = "item"
	rowShipping    = "shipping"
	rowRefund      = "refund"
	rowTransaction = "transaction"
	rowFulfillment = "fulfillment"
)

// kindOf is what a row is.
func kindOf(r pipeline.Record) string {
	return cmp.Or(strings.ToLower(strings.TrimSpace(r.Text("line.kind"))), rowItem)
}

func newOrder(group []pipeline.Record) order {
	o := order{group: group}
	for _, r := range group {
		o.rich = o.rich || r.Has("line.kind")
		switch kind := kindOf(r); {
		case kind == rowItem:
			o.lines = append(o.lines, r)
		case kind == rowShipping:
			o.freight = append(o.freight, r)
		case kind == rowTransaction:
			o.moneys = append(o.moneys, r)
		case kind == rowFulfillment:
			o.parcels = append(o.parcels, r)
		case strings.HasPrefix(kind, rowRefund):
			o.refund(kind, r)
		default:
			o.unknown = append(o.unknown, r)
		}
	}
	for i := range o.refunds {
		if o.refunds[i].money == nil {
			o.refunds[i].money = o.paidBack(o.refunds[i].at)
		}
	}
	slices.SortStableFunc(o.refunds, func(a, b refund) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) })
	return o
}

// refund puts a row of a refund to the others of it.
func (o *order) refund(kind string, r pipeline.Record) {
	id := r.Text("refund.id")
	i := slices.IndexFunc(o.refunds, func(f refund) bool { return f.id == id })
	if i < 0 {
		i = len(o.refunds)
		o.refunds = append(o.refunds, refund{id: id, first: r})
	}
	f := &o.refunds[i]
	if at := r.Value("refund.at"); at.Set {
		f.at = at.Time
	}
	switch kind {
	case "refund":
		if r.Has("refund.amount") {
			money := r.Amount("refund.amount")
			f.money = &money
		}
	case "refund item":
		f.items = append(f.items, r)
	case "refund shipping":
		f.shipping = append(f.shipping, r)
	case "refund adjustment":
		f.adjusted = append(f.adjusted, r)
	default:
		o.unknown = append(o.unknown, r)
	}
}

// sameTime is how far a refund and its payment may lie apart: Shopify writes them one after the other.
const sameTime = time.Minute

// paidBack is the money of the payments that belong to a refund by their time; nil where the file has no payments.
func (o order) paidBack(at time.Time) *dec {
	if len(o.moneys) == 0 {
		return nil
	}
	var sum dec
	for _, p := range o.moneys {
		if counts(p) && moneyKind(p) == "refund" && p.Date("payment.at").Sub(at).Abs() <= sameTime {
			sum = sum.Add(p.Amount("payment.amount"))
		}
	}
	return &sum
}

// counts tells whether a payment went through.
func counts(p pipeline.Record) bool { return strings.EqualFold(p.Text("payment.status"), "success") }

func moneyKind(p pipeline.Record) string { return strings.ToLower(p.Text("payment.kind")) }

// head is the first record that has a field; the first row where none has it, so that a problem has a place.
func (o order) head(field string) pipeline.Record {
	for _, r := range o.group {
		if r.Has(field) {
			return r
		}
	}
	return o.group[0]
}

func (o order) has(field string) bool       { return o.head(field).Has(field) }
func (o order) text(field string) string    { return o.head(field).Text(field) }
func (o order) amount(field string) dec     { return o.head(field).Amount(field) }
func (o order) time(field string) time.Time { return o.head(field).Date(field) }
func (o order) id() string                  { return cmp.Or(o.text("order.id"), o.text("order.name")) }

func (o order) problem(field string, rule pipeline.Rule, facts ...string) pipeline.Problem {
	return o.head(field).Problem(field, rule, with(facts...))
}

// status is the financial status in one way of writing; "" where nothing is said.
func (o order) status() string { return pipeline.Fold(o.text("order.status")) }

// astray finds rows of another order under the same name, and rows that are nothing we know.
func (o order) astray() []pipeline.Problem {
	id := o.text("order.id")
	for _, r := range o.group {
		if r.Has("order.id") && r.Text("order.id") != id {
			return []pipeline.Problem{r.Problem("order.id", "key.twice", with("key", o.text("order.name")))}
		}
	}
	var problems []pipeline.Problem
	for _, r := range o.unknown {
		problems = append(problems, r.Problem("line.kind", "sale.kind", nil))
	}
	return problems
}
