package erp

import (
	"strings"

	"wasl/pipeline"
)

// ordered is the group of records of one order. Fields of the order stand on
// its first row only, so each is taken from the first record that has it.
type ordered struct{ group []pipeline.Record }

func (o ordered) first(field string) pipeline.Record {
	for _, r := range o.group {
		if r.Has(field) {
			return r
		}
	}
	return o.group[0]
}

func (o ordered) has(field string) bool                { return o.first(field).Has(field) }
func (o ordered) text(field string) string             { return o.first(field).Text(field) }
func (o ordered) amount(field string) pipeline.Decimal { return o.first(field).Amount(field) }

// An order is the rows of one order, by what they are.
type order struct {
	ordered
	items    []pipeline.Record
	shipping []pipeline.Record
	payments []pipeline.Record
	refunds  []pipeline.Refund
	unknown  []pipeline.Record // rows of a kind that we do not know
	kinds    bool              // rows say what they are
}

// readOrder parts the rows of an order by what they are.
func readOrder(group []pipeline.Record) order {
	o := order{ordered: ordered{group}}
	for _, r := range group {
		o.kinds = o.kinds || r.Has("line.kind") || r.Has("line.id")
		switch kind := pipeline.RowKind(r); {
		case kind == lineItem:
			o.items = append(o.items, r)
		case kind == "shipping":
			o.shipping = append(o.shipping, r)
		case kind == "transaction":
			o.payments = append(o.payments, r)
		case kind == "fulfillment", pipeline.RefundRow(kind): // see pipeline.Refunds
		default:
			o.unknown = append(o.unknown, r)
		}
	}
	o.refunds = pipeline.Refunds(group)
	return o
}

// detailed tells whether the file says what refunds are of, as pulled orders do.
func (o order) detailed() bool { return o.kinds }

// kept are the fields that the body keeps: the order's and its customer's.
func (o order) kept() map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		part, _, _ := strings.Cut(f.Name, ".")
		if v := o.first(f.Name).Value(f.Name); v.Set && (part == "order" || part == "customer") {
			out[f.Name] = plain(f.Type, v)
		}
	}
	return out
}

// paid is the money received less the money paid back, where the file has the
// payments, and how much of it was paid by gift cards.
func (o order) paid() (all *pipeline.Decimal, giftCard pipeline.Decimal) {
	if len(o.payments) == 0 {
		return nil, zero
	}
	sum := zero
	for _, p := range o.payments {
		amount := p.Amount("payment.amount")
		switch kind := strings.ToLower(p.Text("payment.kind")); {
		case !pipeline.WentThrough(p):
			continue
		case kind == "refund":
			amount = amount.Neg()
		case kind != "sale" && kind != "capture":
			continue
		}
		sum = sum.Add(amount)
		if strings.EqualFold(p.Text("payment.gateway"), "gift_card") {
			giftCard = giftCard.Add(amount)
		}
	}
	return &sum, giftCard
}

// astray finds rows of another order under the same name, files of two shops that
// were put together, and rows that are nothing we know.
func (o order) astray() []pipeline.Problem {
	id := o.text("order.id")
	for _, r := range o.group {
		if r.Has("order.id") && r.Text("order.id") != id {
			return []pipeline.Problem{r.Problem("order.id", "key.twice", map[string]string{"key": o.text("order.name")})}
		}
	}
	var problems []pipeline.Problem
	for _, r := range o.unknown {
		problems = append(problems, r.Problem("line.kind", "sale.kind", nil))
	}
	return problems
}

// rowsOf are the rows of which the lines of a body were made, one after another,
// as far as each line has one of its own.
func (o order) rowsOf(b sale) []pipeline.Record {
	if len(o.items) <= len(b.Lines) {
		return o.items
	}
	return o.items[:len(b.Lines)]
}

// words are further words under which people look for the order. The
// customer's are not among them.
func (o order) words(id string) []string {
	words := []string{id}
	for _, r := range o.items {
		words = append(words, r.Text("line.sku"))
	}
	return wordsOf(words...)
}
