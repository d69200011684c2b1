package pipeline

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Refund is what was given back of an order at one time: goods, shipping, money, or
// some of them. The rows of an order, as stages/extract writes them, say what they are
// in the field line.kind; those of a refund go by refund.id.
type Refund struct {
	ID       string
	At       time.Time
	Note     string
	First    Record   // where it is said
	Items    []Record // rows "refund item"
	Shipping []Record // rows "refund shipping"
	Adjusted []Record // rows "refund adjustment"
	Money    *Decimal // what was paid back; nil: the file does not say
}

// RowKind is what a row of an order is; item, where it does not say.
func RowKind(r Record) string {
	return cmp.Or(strings.ToLower(strings.TrimSpace(r.Text("line.kind"))), "item")
}

// RefundRow tells whether a row of that kind is one of a refund.
func RefundRow(kind string) bool {
	return kind == "refund" || kind == "refund item" || kind == "refund shipping" || kind == "refund adjustment"
}

// Refunds are those of an order, in the order of their times. Where the row of one does
// not say how much was paid back, the payments of that time do.
func Refunds(order []Record) []Refund {
	at := map[string]int{}
	var out []Refund
	for _, r := range order {
		kind := RowKind(r)
		if !strings.HasPrefix(kind, "refund") {
			continue
		}
		id := r.Text("refund.id")
		i, known := at[id]
		if !known {
			i = len(out)
			at[id] = i
			out = append(out, Refund{ID: id, First: r})
		}
		out[i].take(kind, r)
	}
	for i := range out {
		if out[i].Money == nil {
			out[i].Money = paidBack(order, out[i].At)
		}
	}
	slices.SortStableFunc(out, func(a, b Refund) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID, b.ID)) })
	return out
}

// take puts a row of the refund to the others.
func (f *Refund) take(kind string, r Record) {
	if when := r.Value("refund.at"); when.Set {
		f.At = when.Time
	}
	f.Note = cmp.Or(f.Note, r.Text("refund.note"))
	switch kind {
	case "refund":
		if r.Has("refund.amount") {
			money := r.Amount("refund.amount")
			f.Money = &money
		}
	case "refund item":
		f.Items = append(f.Items, r)
	case "refund shipping":
		f.Shipping = append(f.Shipping, r)
	case "refund adjustment":
		f.Adjusted = append(f.Adjusted, r)
	}
}

// sameTime is how far a refund and its payment may lie apart: Shopify writes them
// one after the other.
const sameTime = time.Minute

// paidBack is the money of the payments that belong to a refund by their time; nil
// where the file has no payments.
func paidBack(order []Record, at time.Time) *Decimal {
	var sum Decimal
	some := false
	for _, p := range order {
		if RowKind(p) != "transaction" {
			continue
		}
		some = true
		if WentThrough(p) && strings.EqualFold(p.Text("payment.kind"), "refund") && p.Date("payment.at").Sub(at).Abs() <= sameTime {
			sum = sum.Add(p.Amount("payment.amount"))
		}
	}
	if !some {
		return nil
	}
	return &sum
}

// WentThrough tells whether a payment did: a suggested refund never does.
func WentThrough(payment Record) bool {
	return strings.EqualFold(payment.Text("payment.status"), "success")
}
