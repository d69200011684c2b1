package eta

import (
	"cmp"
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
	refunds []pipeline.Refund // in the order of their times
	unknown []pipeline.Record // rows of a kind that nobody knows
	rich    bool              // rows say what they are: it was pulled, not exported
}

// The kinds of rows (line.kind), as stages/extract writes them.
const (
	rowItem        = "item"
	rowShipping    = "shipping"
	rowRefund      = "refund"
	rowTransaction = "transaction"
	rowFulfillment = "fulfillment"
)

func newOrder(group []pipeline.Record) order {
	o := order{group: group}
	for _, r := range group {
		o.rich = o.rich || r.Has("line.kind")
		switch kind := pipeline.RowKind(r); {
		case kind == rowItem:
			o.lines = append(o.lines, r)
		case kind == rowShipping:
			o.freight = append(o.freight, r)
		case kind == rowTransaction:
			o.moneys = append(o.moneys, r)
		case kind == rowFulfillment:
			o.parcels = append(o.parcels, r)
		case pipeline.RefundRow(kind): // see pipeline.Refunds
		default:
			o.unknown = append(o.unknown, r)
		}
	}
	o.refunds = pipeline.Refunds(group)
	return o
}

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
