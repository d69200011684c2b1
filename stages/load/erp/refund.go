package erp

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A refund is what was given back at one time: goods, shipping, money, or some of
// them.
type refund struct {
	id       string
	at       time.Time
	note     string
	first    pipeline.Record // where it is said
	items    []pipeline.Record
	shipping []pipeline.Record
	adjusted []pipeline.Record
	money    *pipeline.Decimal // what was paid back; nil: the file does not say
}

// sameTime is how far a refund and its payment may lie apart: Shopify writes them
// one after the other.
const sameTime = time.Minute

// refundsOf are an order's refunds, in the order of their times.
func (o order) refundsOf() []refund {
	at := map[string]int{}
	var out []refund
	for _, r := range o.group {
		kind := kindOf(r)
		if !strings.HasPrefix(kind, "refund") {
			continue
		}
		id := r.Text("refund.id")
		i, known := at[id]
		if !known {
			i = len(out)
			at[id] = i
			out = append(out, refund{id: id, first: r})
		}
		f := &out[i]
		if when := r.Value("refund.at"); when.Set {
			f.at = when.Time
		}
		f.note = or(f.note, r.Text("refund.note"))
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
		}
	}
	for i := range out {
		if out[i].money == nil {
			out[i].money = o.paidBack(out[i].at)
		}
	}
	slices.SortStableFunc(out, func(a, b refund) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) })
	return out
}

// paidBack is the money of the payments that belong to a refund by their time; nil
// where the file has no payments.
func (o order) paidBack(at time.Time) *pipeline.Decimal {
	if len(o.payments) == 0 {
		return nil
	}
	sum := zero
	for _, p := range o.payments {
		apart := p.Date("payment.at").Sub(at).Abs()
		if counts(p) && strings.EqualFold(p.Text("payment.kind"), "refund") && apart <= sameTime {
			sum = sum.Add(p.Amount("payment.amount"))
		}
	}
	return &sum
}

// counts tells whether a payment went through: a suggested refund never does.
func counts(p pipeline.Record) bool { return strings.EqualFold(p.Text("payment.status"), "success") }

// takenOff tells whether a refund is goods that were taken off the order before
// they were sent, without money: an edit of the order, which Shopify writes as a
// refund.
func (d desk) takenOff(o order, r refund) bool {
	if d.removalCredit || len(r.items) == 0 || len(r.shipping) > 0 || len(r.adjusted) > 0 || r.money == nil || !r.money.IsZero() {
		return false
	}
	for _, item := range r.items {
		if restock := strings.ToLower(item.Text("refund.restock")); restock != "cancel" && restock != "no_restock" {
			return false
		}
	}
	return true
}

// given is what a refund gives back, as amounts below zero, and what of it cannot
// be told.
func (d desk) given(o order, w whole, r refund) (position, []pipeline.Problem) {
	var p position
	var problems []pipeline.Problem
	taxes := zero
	for _, item := range r.items {
		l, ok := w.byID[item.Text("line.id")]
		if !ok {
			problems = append(problems, item.Problem("line.id", "sale.refund_line", map[string]string{"refund": r.id}))
			continue
		}
		tax := item.Amount("refund.tax")
		back, ordered := l.back(item.Amount("refund.quantity"), item.Amount("refund.amount"), tax, !d.spread)
		p.Lines = append(p.Lines, back)
		p.Sums.of(back)
		p.Sums.Discount = p.Sums.Discount.Sub(ordered)
		taxes = taxes.Add(tax)
		p.Rates = minusRates(p.Rates, ratesOf(tax, l.Rate))
	}
	for _, s := range r.shipping {
		p.Sums.Shipping = p.Sums.Shipping.Sub(s.Amount("refund.amount"))
		taxes = taxes.Add(s.Amount("refund.tax"))
		p.Rates = minusRates(p.Rates, ratesOf(s.Amount("refund.tax"), w.shippingRate))
	}
	if w.onTop {
		p.Sums.Taxes = taxes.Neg()
	}
	if amount := w.adjustment(r); !amount.IsZero() {
		if d.refund == hold {
			problems = append(problems, r.first.Problem("refund.amount", "sale.amount_refund",
				map[string]string{"refund": r.id, "amount": amount.Neg().StringFixed(2)}))
		}
		l := extraLine(lineRefund, d.refund, amount)
		p.Lines = append(p.Lines, l)
		p.Sums.of(l)
	}
	if r.money != nil && r.money.Cmp(p.Sums.total().Neg()) > 0 {
		problems = append(problems, r.first.Problem("refund.amount", "sale.refund", map[string]string{"refund": r.id,
			"paid": r.money.StringFixed(2), "value": p.Sums.total().Neg().StringFixed(2), "off": r.money.Add(p.Sums.total()).StringFixed(2)}))
	}
	return p, problems
}

// back is so much of a line as it goes back for an amount after all discounts. Where
// the discount on the order stands apart from the lines (apart), the line goes back
// as it was written, and its share of that discount with it.
func (l line) back(quantity, amount, tax pipeline.Decimal, apart bool) (_ line, discount pipeline.Decimal) {
	allocated := share(l.Allocated, quantity, l.Quantity)
	if apart {
		discount = allocated
	}
	total := amount.Add(discount)
	l.Discount = total.Sub(quantity.Mul(l.Price).RoundHAZ(2))
	l.Quantity, l.Total, l.Allocated = quantity.Neg(), total.Neg(), allocated.Neg()
	tax = tax.Neg()
	l.Tax = &tax
	return l, discount
}

func ratesOf(tax pipeline.Decimal, rates string) []rated {
	if tax.IsZero() || rates == "" {
		return nil
	}
	var out []rated
	for i, part := range taxParts(tax, rates) {
		out = append(out, rated{Rate: strings.Split(rates, "+")[i], Tax: part})
	}
	return out
}

// adjustment is the money of a refund that belongs to no goods and no shipping:
// below zero where more was paid back than those are worth. A refund of money
// alone may say no more than how much.
func (w whole) adjustment(r refund) pipeline.Decimal {
	amount := zero
	for _, a := range r.adjusted {
		amount = amount.Add(a.Amount("refund.amount"))
		if w.onTop {
			amount = amount.Add(a.Amount("refund.tax"))
		}
	}
	if len(r.items) == 0 && len(r.shipping) == 0 && len(r.adjusted) == 0 && r.money != nil {
		return r.money.Neg()
	}
	return amount
}

// creditNote is the document of a refund. The number counts an order's credit notes.
func (d desk) creditNote(o order, of pipeline.Document, b sale, r refund, p position, number int) pipeline.Document {
	b.position, b.After, b.Spread = p, nil, false
	b.Lines = append(b.Lines, d.layout.extra(p.Sums)...)
	b.Doc = told{Type: typeCredit, Number: of.Name + "-CN" + strconv.Itoa(number), Of: of.Name, Reason: "refunded", Note: r.note, At: r.at}
	doc := pipeline.Document{Key: of.Key + "/refund/" + r.id, Name: b.Doc.Number, Day: of.Day, Money: p.Sums.total(), Out: d.layout.written(b),
		Currency: of.Currency, Words: append([]string{of.Name, r.id}, of.Words...), Print: string(mustJSON(p)), Body: mustJSON(b)}
	if !r.at.IsZero() {
		doc.Day = r.at.In(d.zone).Format(time.DateOnly)
	}
	for _, record := range o.group {
		if record.Text("refund.id") == r.id {
			doc.From = append(doc.From, record.Origin)
		}
	}
	return doc
}
