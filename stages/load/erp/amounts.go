package erp

import "wasl/pipeline"

// zero is no money.
var zero pipeline.Decimal

// stated are the amounts of an order as the shop's file states them.
type stated struct {
	nets       []pipeline.Decimal // of each line: quantity x price - its discount
	ofLines    pipeline.Decimal   // discounts of the lines together
	discount   pipeline.Decimal
	shipping   pipeline.Decimal
	taxes      pipeline.Decimal
	total      pipeline.Decimal
	subtotal   pipeline.Decimal
	noSubtotal bool // the file has none: only the total is checked
}

// sums are the amounts of an order as they are written.
type sums struct {
	Goods    pipeline.Decimal `json:"goods"`
	Discount pipeline.Decimal `json:"discount"` // beyond that of the lines
	Shipping pipeline.Decimal `json:"shipping"`
	Taxes    pipeline.Decimal `json:"taxes"` // on top of the prices
}

// total is what the parts add up to.
func (s sums) total() pipeline.Decimal {
	return s.Goods.Sub(s.Discount).Add(s.Shipping).Add(s.Taxes)
}

// facts are the amounts for the words of a problem: as the shop states them, and
// what they add up to.
func (a stated) facts(s sums) map[string]string {
	return map[string]string{
		"goods": s.Goods.StringFixed(2), "discount": s.Discount.StringFixed(2), "shipping": s.Shipping.StringFixed(2), "taxes": s.Taxes.StringFixed(2),
		"sum": s.total().StringFixed(2), "total": a.total.StringFixed(2), "subtotal": a.subtotal.StringFixed(2),
	}
}

// explain finds the reading of a shop's amounts under which they add up, to the
// last piastre, and false where there is none. The file has no flag for either
// question, so the arithmetic decides:
//
//   - the discount of the order comes on top of those of its lines, or holds
//     them already;
//   - prices hold the taxes, or the taxes come on top.
//
// The subtotal has to fit as well: net of the order's discount; untouched by it
// where the discount is on the shipping; or without one line, such as a tip.
// (Shopify's order export, shopify.md 9.2: every order of our samples but one,
// edited after payment, adds up exactly in one of these ways.)
func explain(a stated) (sums, bool) {
	goods := zero
	for _, n := range a.nets {
		goods = goods.Add(n)
	}
	plain := sums{Goods: goods, Discount: a.discount, Shipping: a.shipping}
	for _, discount := range []pipeline.Decimal{a.discount, a.discount.Sub(a.ofLines)} {
		if discount.IsNeg() || !a.fits(goods, discount) {
			continue
		}
		for _, taxes := range []pipeline.Decimal{zero, a.taxes} {
			s := sums{Goods: goods, Discount: discount, Shipping: a.shipping, Taxes: taxes}
			if s.total().Equal(a.total) {
				return s, true
			}
		}
	}
	return plain, false
}

// fits tells whether the stated subtotal agrees with a discount of the order.
func (a stated) fits(goods, discount pipeline.Decimal) bool {
	net := goods.Sub(discount)
	if a.noSubtotal || a.subtotal.Equal(net) || a.subtotal.Equal(goods) {
		return true
	}
	for _, n := range a.nets {
		if a.subtotal.Equal(net.Sub(n)) {
			return true
		}
	}
	return false
}

// lineTotal is quantity x price - discount, in piastres: a half goes away from
// zero, as shops and the tax authority round.
func lineTotal(quantity, price, discount pipeline.Decimal) pipeline.Decimal {
	return quantity.Mul(price).RoundHAZ(2).Sub(discount)
}
