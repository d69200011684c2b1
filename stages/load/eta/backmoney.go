package eta

import (
	"slices"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// adjustment is the money of a refund beyond its goods: below zero where less was paid back than they are worth.
func (b *backing) adjustment(r pipeline.Refund) dec {
	var sum dec
	for _, row := range r.Adjusted {
		sum = sum.Sub(row.Amount("refund.amount"))
		if !b.whole.inclusive {
			sum = sum.Sub(row.Amount("refund.tax"))
		}
	}
	return sum
}

// settled tells whether money that was paid back without goods and without an adjustment takes nothing off what the
// order is worth: it settles what was taken off before. The order's current total says it.
func (b *backing) settled() bool {
	current := b.order.head("order.current_total").Value("order.current_total")
	if !current.Set {
		return false
	}
	var money dec
	for _, r := range b.order.refunds {
		if len(r.Items)+len(r.Shipping)+len(r.Adjusted) == 0 && r.Money != nil {
			money = money.Add(*r.Money)
		}
	}
	return money.IsPos() && near(b.current(), current.Dec, zero)
}

// current is what the order is worth after its refunds of goods, and after what was taken off it, by the file's own
// figures.
func (b *backing) current() dec {
	now := b.order.amount("order.total")
	worth := func(r pipeline.Record) dec {
		if b.whole.inclusive {
			return r.Amount("refund.amount")
		}
		return r.Amount("refund.amount").Add(r.Amount("refund.tax"))
	}
	for _, r := range b.order.refunds {
		for _, row := range slices.Concat(r.Items, r.Shipping) {
			now = now.Sub(worth(row))
		}
		now = now.Sub(b.adjustment(r))
	}
	return now
}

// money deals with the money of a refund that is not what its goods are worth. It gives what was paid on top of them,
// where a person is to decide on it.
func (b *backing) money(g *giving, r pipeline.Refund, settled bool) (more dec) {
	more = b.adjustment(r)
	if len(r.Items)+len(r.Shipping)+len(r.Adjusted) == 0 && r.Money != nil && !settled {
		more = *r.Money
	}
	switch {
	case more.IsNeg(): // a fee was kept: the goods came back all the same
		g.beside = besides(g.beside, pipeline.Beside{Class: besideFee, Amount: more.Neg()})
		g.worth = g.worth.Add(more)
		return zero
	case more.IsPos() && len(g.shares) == 0 && len(g.problems) == 0:
		return more
	case more.IsPos() && b.policy.amountRefund == leave:
		g.beside = besides(g.beside, pipeline.Beside{Class: besideMore, Amount: more.Neg()})
		g.worth = g.worth.Add(more)
		return zero
	}
	return more
}

// amountOnly is money that was paid back for no goods: held, or a line of an article of its own.
func (b *backing) amountOnly(r pipeline.Refund, name string, amount dec) giving {
	g := giving{id: r.ID + "/amount", name: name + "-A", at: r.At, first: r.First, rows: b.rowsOf(r.ID), worth: amount}
	switch {
	case b.cancelledBy(r):
		b.settle(&g, amount)
	case b.policy.amountRefund == leave:
		g.worth = zero // in the report of the sale: nothing is filed
	case b.policy.amountRefund == hold:
		g.problems = append(g.problems, r.First.Problem("refund.amount", "eta.amountrefund", with("refund", r.ID, "amount", amount.StringFixed(2))))
	default:
		b.allowance(&g, amount)
	}
	return g
}

// cancelledBy tells whether money was paid back for an order that had been cancelled, and the flow lets it speak for itself.
func (b *backing) cancelledBy(r pipeline.Refund) bool {
	return b.policy.cancelRefund == cancelSettle && b.order.has("order.cancelled") && !r.At.Before(b.order.time("order.cancelled"))
}

// owe notes what goods that came back are worth more than was paid back with them. What was taken off before anything
// was paid is owed by nobody.
func (b *backing) owe(g giving, r pipeline.Refund) {
	unpaid := b.order.has("order.paid") && r.At.Before(b.order.time("order.paid"))
	if len(g.shares) > 0 && r.Money != nil && !unpaid {
		b.owed = b.owed.Add(g.worth).Sub(*r.Money)
	}
}

// settle says what money is for that is paid back for no goods once an order was cancelled, when nothing of it is a sale
// any more: first it pays for goods whose return was made without money; what is more takes back what is left of the
// lines.
func (b *backing) settle(g *giving, amount dec) {
	paid := udecimal.Max(zero, udecimal.Min(b.owed, amount))
	b.owed, amount = b.owed.Sub(paid), amount.Sub(paid)
	g.worth = amount
	if amount.IsPos() {
		b.allowance(g, amount)
	}
}

// left is what has not been given back of the sale.
func (b *backing) left() dec {
	var all dec
	for _, g := range b.whole.goods {
		all = all.Add(g.rest.total)
	}
	return all
}

// allowance lays money that was paid back for no goods on what is left of the lines, by what is left of each. Prices
// hold VAT in it, as it was paid.
func (b *backing) allowance(g *giving, amount dec) {
	if left := b.left(); amount.GreaterThan(left) {
		g.problems = append(g.problems, g.first.Problem("refund.amount", "eta.back", with("sku", g.id, "left", left.StringFixed(2), "back", amount.StringFixed(2), "amount", left.StringFixed(2))))
		return
	}
	weights := make([]dec, len(b.whole.goods))
	for i, good := range b.whole.goods {
		weights[i] = good.rest.total
	}
	for i, part := range spread(amount, weights) {
		if !part.IsPos() {
			continue
		}
		s, rule := b.whole.goods[i].takeValue(part, nil, true)
		if rule != "" {
			g.problems = append(g.problems, g.first.Problem("refund.amount", rule, with("sku", b.whole.goods[i].internalCode, "left", weights[i].StringFixed(2), "back", part.StringFixed(2), "amount", weights[i].StringFixed(2))))
			continue
		}
		g.shares = append(g.shares, given{good: i, share: s})
	}
}
