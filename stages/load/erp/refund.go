package erp

import (
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// takenOff tells whether a refund is goods that were taken off the order before
// they were sent, without money: an edit of the order, which Shopify writes as a
// refund.
func (d desk) takenOff(o order, r pipeline.Refund) bool {
	if d.removalCredit || len(r.Items) == 0 || len(r.Shipping) > 0 || len(r.Adjusted) > 0 || r.Money == nil || !r.Money.IsZero() {
		return false
	}
	for _, item := range r.Items {
		if restock := strings.ToLower(item.Text("refund.restock")); restock != "cancel" && restock != "no_restock" {
			return false
		}
	}
	return true
}

// given is what a refund gives back, as amounts below zero, and what of it cannot
// be told.
func (d desk) given(o order, w whole, r pipeline.Refund) (position, []pipeline.Problem) {
	var p position
	var problems []pipeline.Problem
	taxes := zero
	for _, item := range r.Items {
		l, ok := w.byID[item.Text("line.id")]
		if !ok {
			problems = append(problems, item.Problem("line.id", "sale.refund_line", map[string]string{"refund": r.ID}))
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
	for _, s := range r.Shipping {
		p.Sums.Shipping = p.Sums.Shipping.Sub(s.Amount("refund.amount"))
		taxes = taxes.Add(s.Amount("refund.tax"))
		p.Rates = minusRates(p.Rates, ratesOf(s.Amount("refund.tax"), w.shippingRate))
	}
	if w.onTop {
		p.Sums.Taxes = taxes.Neg()
	}
	if amount := w.adjustment(r); !amount.IsZero() {
		if d.refund == hold {
			problems = append(problems, r.First.Problem("refund.amount", "sale.amount_refund",
				map[string]string{"refund": r.ID, "amount": amount.Neg().StringFixed(2)}))
		}
		l := extraLine(lineRefund, d.refund, amount)
		p.Lines = append(p.Lines, l)
		p.Sums.of(l)
	}
	if r.Money != nil && r.Money.Cmp(p.Sums.total().Neg()) > 0 {
		problems = append(problems, r.First.Problem("refund.amount", "sale.refund", map[string]string{"refund": r.ID,
			"paid": r.Money.StringFixed(2), "value": p.Sums.total().Neg().StringFixed(2), "off": r.Money.Add(p.Sums.total()).StringFixed(2)}))
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
func (w whole) adjustment(r pipeline.Refund) pipeline.Decimal {
	amount := zero
	for _, a := range r.Adjusted {
		amount = amount.Add(a.Amount("refund.amount"))
		if w.onTop {
			amount = amount.Add(a.Amount("refund.tax"))
		}
	}
	if len(r.Items) == 0 && len(r.Shipping) == 0 && len(r.Adjusted) == 0 && r.Money != nil {
		return r.Money.Neg()
	}
	return amount
}

// creditNote is the document of a refund. The number counts an order's credit notes.
func (d desk) creditNote(o order, of pipeline.Document, b sale, r pipeline.Refund, p position, number int) pipeline.Document {
	b.position, b.After, b.Spread = p, nil, false
	b.Lines = append(b.Lines, d.layout.extra(p.Sums)...)
	b.Doc = told{Type: typeCredit, Number: of.Name + "-CN" + strconv.Itoa(number), Of: of.Name, Reason: "refunded", Note: r.Note, At: r.At}
	doc := pipeline.Document{Key: of.Key + "/refund/" + r.ID, Name: b.Doc.Number, Day: of.Day, Money: p.Sums.total(), Out: d.layout.written(b),
		Currency: of.Currency, Words: append([]string{of.Name, r.ID}, of.Words...), Print: string(mustJSON(p)), Body: mustJSON(b)}
	if !r.At.IsZero() {
		doc.Day = r.At.In(d.zone).Format(time.DateOnly)
	}
	for _, record := range o.group {
		if record.Text("refund.id") == r.ID {
			doc.From = append(doc.From, record.Origin)
		}
	}
	return doc
}
