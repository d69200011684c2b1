package erp

import (
	"slices"

	"wasl/pipeline"
)

// A whole is an order as it was ordered, less what was taken off it before it was
// sent. Its amounts are proved against what the shop states.
type whole struct {
	position
	money         pipeline.Decimal // its total as the shop states it
	stated        pipeline.Decimal // the order's total before anything was taken off or given back
	ordered       pipeline.Decimal // pieces, ever
	byID          map[string]line  // as they were ordered
	sold          map[string]pipeline.Decimal
	shippingRate  string
	onTop, spread bool
	refunds       []pipeline.Refund // those that are given back, not taken off
	taken         position          // what was taken off: below zero
	readable      bool              // every line could be read
}

// whole puts the order into amounts, and checks that they add up to what the file
// states: the lines to the subtotal, all together to the total.
func (d desk) whole(o order) (whole, []pipeline.Problem) {
	w := whole{byID: map[string]line{}, sold: map[string]pipeline.Decimal{}, readable: true}
	var problems []pipeline.Problem
	a := o.statedAmounts(d.tax)
	for _, r := range o.items {
		l := itemLine(r)
		for _, field := range []string{"line.quantity", "line.price"} {
			if v := r.Value(field); v.Bad {
				w.readable = false // that is a problem already
			} else if !v.Set {
				w.readable = false
				problems = append(problems, r.Problem(field, "field.missing", nil))
			}
		}
		if l.Kind == lineGiftCard {
			problems = append(problems, d.mark(&l, d.giftCard, r, "line.gift_card")...)
		}
		w.Lines = append(w.Lines, l)
		a.nets = append(a.nets, l.Total)
		a.ofLines = a.ofLines.Add(l.Discount)
	}
	shipping, ofShipping := o.shippingLines()
	if o.kinds {
		a.pulled, a.ofShipping, a.discount = true, ofShipping, ofShipping
		for _, l := range w.Lines {
			a.discount = a.discount.Add(l.Allocated)
		}
		if len(o.shipping) > 0 {
			a.shipping = zero
			for _, l := range shipping {
				a.shipping = a.shipping.Add(l.Price)
				w.shippingRate = l.Rate
			}
		}
	}
	found, explained := explain(a)
	w.onTop = a.tax == "excluded" || found.Taxes.IsPos()
	problems = append(problems, o.judge(a, found, explained, w.readable)...)
	w.stated = a.total
	w.Sums = found
	w.Sums.Goods, w.Sums.Duties = zero, zero
	w.tipAmong(o, a, found, d)
	for _, l := range w.Lines {
		if l.Kind != lineTip {
			w.ordered = w.ordered.Add(l.Quantity)
		}
	}
	problems = append(problems, d.beside(&w, o)...)
	w.allocate(o, a, found, d.policy)
	w.Rates = o.byRate(w.Lines, shipping)
	taxLines(w.Lines, w.Sums.Shipping, a.taxes, w.Rates, w.onTop)
	for _, l := range w.Lines {
		w.Sums.of(l)
	}
	w.money = a.total.Add(w.Sums.Rounding)
	for i, r := range o.items {
		if id := r.Text("line.id"); id != "" {
			w.byID[id] = w.Lines[i]
		}
	}
	problems = append(problems, d.takeOff(o, &w)...)
	return w, problems
}

// statedAmounts are the amounts as the file states them.
func (o order) statedAmounts(tax string) stated {
	a := stated{
		discount: o.amount("order.discount"), shipping: o.amount("order.shipping"), taxes: o.amount("order.taxes"),
		more:  o.amount("order.tip").Add(o.amount("order.duties")),
		total: o.amount("order.total"), subtotal: o.amount("order.subtotal"), noSubtotal: !o.has("order.subtotal"),
	}
	switch included := o.first("order.tax_included").Value("order.tax_included"); {
	case included.Set && included.Bool:
		a.tax = "included"
	case included.Set:
		a.tax = "excluded"
	case tax != "auto":
		a.tax = tax
	}
	return a
}

// judge says what is wrong with an order's amounts.
func (o order) judge(a stated, found sums, explained, readable bool) []pipeline.Problem {
	switch total := o.first("order.total"); {
	case !readable, !o.has("order.name"): // what could not be read is a problem already
	case !total.Has("order.total"):
		return []pipeline.Problem{total.Problem("order.total", "erp.total", nil)}
	case explained:
	case found.total().Equal(a.total):
		return []pipeline.Problem{o.first("order.subtotal").Problem("order.subtotal", "erp.subtotal", a.facts(found))}
	default:
		return []pipeline.Problem{total.Problem("order.total", "erp.sums", a.facts(found))}
	}
	return nil
}

// itemLine is the line of a row, with the discount on the line itself. Of the
// discount with its share of the order's, the share is kept beside it.
func itemLine(r pipeline.Record) line {
	l := line{Kind: lineItem, SKU: r.Text("line.sku"), Name: r.Text("line.name"),
		Quantity: r.Amount("line.quantity"), Price: r.Amount("line.price"), Discount: r.Amount("line.discount")}
	if r.True("line.gift_card") {
		l.Kind = lineGiftCard
	}
	if r.Has("line.allocated") {
		l.Allocated = r.Amount("line.allocated").Sub(l.Discount)
	}
	l.Total = lineTotal(l.Quantity, l.Price, l.Discount)
	if r.Has("line.tax") {
		tax := r.Amount("line.tax")
		l.Tax, l.Rate = &tax, r.Text("line.tax_rate")
	}
	return l
}

// shippingLines are those that a pulled order has, and the discount on them.
func (o order) shippingLines() (lines []line, discount pipeline.Decimal) {
	for _, r := range o.shipping {
		l := itemLine(r)
		discount = discount.Add(l.Discount).Add(l.Allocated)
		lines = append(lines, l)
	}
	return lines, discount
}

// mark gives a line that is no ordinary item the code that the flow says, or holds
// the order.
func (d desk) mark(l *line, code string, r pipeline.Record, field string) []pipeline.Problem {
	switch code {
	case hold:
		return []pipeline.Problem{r.Problem(field, "sale.decide", map[string]string{"what": l.Kind, "amount": l.Total.StringFixed(2), "setting": l.Kind})}
	case asItem:
		l.Kind = lineItem
	default:
		l.SKU = code
	}
	return nil
}

// tipAmong finds a tip among the lines of the admin's export: the line without a
// code that the subtotal leaves out.
func (w *whole) tipAmong(o order, a stated, found sums, d desk) {
	net := zero
	for _, n := range a.nets {
		net = net.Add(n)
	}
	goods := net
	net = net.Sub(found.Discount)
	if o.kinds || a.noSubtotal || a.subtotal.Equal(net) || a.subtotal.Equal(goods) {
		return
	}
	if i := a.outside(net); i >= 0 && w.Lines[i].SKU == "" && d.tip != hold {
		w.Lines[i].Kind, w.Lines[i].SKU = lineTip, d.tip
	}
}

// beside adds the lines of what is no goods: tip, duties and cash rounding.
func (d desk) beside(w *whole, o order) []pipeline.Problem {
	var problems []pipeline.Problem
	for _, x := range []struct{ kind, field, code string }{
		{lineTip, "order.tip", d.tip}, {lineDuties, "order.duties", d.duties}, {lineRounding, "order.rounding", d.rounding},
	} {
		amount := o.amount(x.field)
		if amount.IsZero() || x.code == noLine && x.kind == lineRounding {
			continue
		}
		l := extraLine(x.kind, x.code, amount)
		problems = append(problems, d.mark(&l, x.code, o.first(x.field), x.field)...)
		w.Lines = append(w.Lines, l)
	}
	return problems
}

// allocate lays the discount on the order on its lines: as the shop says, or else
// by the lines' values. It is written there only where the flow wants it so.
func (w *whole) allocate(o order, a stated, found sums, p policy) {
	goods := zero
	var weights []pipeline.Decimal
	for _, l := range w.Lines {
		weight := zero
		if l.Kind == lineItem || l.Kind == lineGiftCard {
			weight = l.Total
		}
		goods, weights = goods.Add(weight), append(weights, weight)
	}
	ofShipping := a.offShipping(goods, found.Discount)
	onGoods := found.Discount.Sub(ofShipping)
	if !o.kinds && onGoods.IsPos() {
		for i, part := range spread(onGoods, weights) {
			w.Lines[i].Allocated = part
		}
		w.spread = true
	}
	if !p.spread {
		return
	}
	for i := range w.Lines {
		l := &w.Lines[i]
		l.Discount, l.Total = l.Discount.Add(l.Allocated), l.Total.Sub(l.Allocated)
	}
	w.Sums.Shipping, w.Sums.Discount = w.Sums.Shipping.Sub(ofShipping), w.Sums.Discount.Sub(ofShipping).Sub(onGoods)
}

// takeOff takes off what was taken off the order before it was sent, and keeps the
// refunds that are none of that.
func (d desk) takeOff(o order, w *whole) []pipeline.Problem {
	var problems []pipeline.Problem
	for _, r := range o.refunds {
		if !d.takenOff(o, r) {
			w.refunds = append(w.refunds, r)
			continue
		}
		p, wrong := d.given(o, *w, r)
		problems = append(problems, wrong...)
		w.taken = w.taken.plus(p)
		w.money = w.money.Add(p.Sums.total())
	}
	w.position = w.position.plus(w.taken)
	return problems
}

// credited are the refunds that become credit notes of their own. What is given
// back when an order ends, or after that, belongs to its end: the cancellation takes
// all of it back.
func (w whole) credited(o order, over string) []pipeline.Refund {
	end := o.ended()
	if over == "" || end.IsZero() {
		return w.refunds
	}
	return slices.DeleteFunc(slices.Clone(w.refunds), func(r pipeline.Refund) bool { return !r.At.Before(end) })
}

// problems are what is wrong with the order as it is after all that was given back:
// more of a line than was sold, or another total than the shop's. No page of Shopify's
// says whether its current total goes down by what was paid back for no goods, or not
// paid back of what they cost (shopify.md 8.2, 8.3): both are taken.
func (w whole) problems(o order) []pipeline.Problem {
	var out []pipeline.Problem
	back := map[string]pipeline.Decimal{}
	now, beyond := w.stated, zero
	for _, r := range o.refunds {
		for _, item := range r.Items {
			id := item.Text("line.id")
			back[id] = back[id].Add(item.Amount("refund.quantity"))
			if l, ok := w.byID[id]; ok && back[id].Cmp(l.Quantity) > 0 {
				out = append(out, item.Problem("refund.quantity", "sale.back", map[string]string{"sold": l.Quantity.String(), "back": back[id].String()}))
			}
		}
		now, beyond = now.Sub(w.worth(r)), beyond.Add(w.adjustment(r))
	}
	for _, r := range o.items { // goods on their way back have left the total, and are in no refund yet
		if id := r.Text("line.id"); r.Has("line.current") && r.Amount("line.quantity").Sub(r.Amount("line.current")).Cmp(back[id]) > 0 {
			return out
		}
	}
	current := o.first("order.current_total")
	is := current.Amount("order.current_total")
	if w.readable && o.kinds && current.Has("order.current_total") && len(out) == 0 && !now.Equal(is) && !now.Sub(beyond).Equal(is) {
		out = append(out, current.Problem("order.current_total", "sale.current", map[string]string{"total": w.stated.StringFixed(2),
			"back": w.stated.Sub(now).StringFixed(2), "sum": now.StringFixed(2), "current": is.StringFixed(2), "off": now.Sub(is).StringFixed(2)}))
	}
	return out
}

// worth is what a refund takes off the order's total.
func (w whole) worth(r pipeline.Refund) pipeline.Decimal {
	sum := w.adjustment(r).Neg()
	for _, x := range slices.Concat(r.Items, r.Shipping) {
		sum = sum.Add(x.Amount("refund.amount"))
		if w.onTop {
			sum = sum.Add(x.Amount("refund.tax"))
		}
	}
	return sum
}
