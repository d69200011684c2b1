package eta

import (
	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// take takes a quantity out of what is left of a line, at the sale's price of one. value is what the shop states that
// it came to (with VAT where prices hold it, else without), tax the tax that comes on top of it; nil where it says
// nothing: then it is its share. The last of a line is what is left of it, to the last decimal: so all returns of a
// sale together are the sale.
func (g *good) take(quantity dec, value, tax *dec, inclusive bool) (share, pipeline.Rule) {
	if !quantity.IsPos() || quantity.GreaterThan(g.rest.quantity) {
		return share{}, "eta.back"
	}
	all, left := g.total, g.rest.total
	if !inclusive {
		all, left = g.netSale, g.rest.netSale
	}
	part := left
	if last := quantity.Equal(g.rest.quantity); !last {
		part = udecimal.Min(left, all.Mul(quantity).MustDiv(g.quantity).RoundHAZ(2))
	}
	if value != nil {
		if !near(*value, part, piastre.Mul(quantity.Add(one))) {
			return share{}, "eta.worth"
		}
		part = udecimal.Min(left, *value)
	}
	s := g.rest
	if quantity.LessThan(g.rest.quantity) {
		s = g.part(quantity, part, tax, inclusive)
	} else if s.totalSale.LessThan(s.netSale) { // a residue of a fifth decimal: a discount is never below zero
		s.totalSale, s.discount = s.netSale, zero
	}
	g.rest = g.rest.minus(s)
	return s, ""
}

// part is a share of a line that comes to so much.
func (g *good) part(quantity, value dec, tax *dec, inclusive bool) share {
	s := share{quantity: quantity, amounts: amounts{unitPrice: g.unitPrice}}
	if inclusive {
		s.total = value
		s.netSale = g.load().net(value, quantity)
		s.netSale = udecimal.Min(g.rest.netSale, udecimal.Max(s.netSale, value.Sub(g.rest.tax))) // neither part of it is more than is left
		s.tax = s.total.Sub(s.netSale)
	} else {
		s.netSale = value
		s.tax = round5(g.tax.Mul(quantity).MustDiv(g.quantity)) // its share of what was rounded for the whole line
		if tax != nil && near(*tax, g.load().on(value, quantity), piastre) && !tax.IsNeg() {
			s.tax = *tax
		}
		s.tax = udecimal.Min(s.tax, g.rest.tax)
		s.total = s.netSale.Add(s.tax)
	}
	s.totalSale = s.netSale
	if g.discount.IsPos() {
		s.totalSale = udecimal.Max(s.netSale, udecimal.Min(g.rest.totalSale, round5(g.unitPrice.Mul(quantity))))
	}
	s.discount = s.totalSale.Sub(s.netSale)
	return s
}

// takeValue takes so much money out of a line of shipping, which has no pieces: the quantity is the part of one.
func (g *good) takeValue(value dec, tax *dec, inclusive bool) (share, pipeline.Rule) {
	all, left := g.total, g.rest.total
	if !inclusive {
		all, left = g.netSale, g.rest.netSale
	}
	switch {
	case !value.IsPos(), value.GreaterThan(left.Add(piastre)), !all.IsPos():
		return share{}, "eta.back"
	case near(value, left, piastre):
		return g.take(g.rest.quantity, nil, nil, inclusive)
	}
	quantity := udecimal.Min(round5(value.MustDiv(all).Mul(g.quantity)), g.rest.quantity)
	s := g.part(quantity, value, tax, inclusive)
	g.rest = g.rest.minus(s)
	return s, ""
}
