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
	more       pipeline.Decimal // tips and duties that are no lines
	total      pipeline.Decimal
	subtotal   pipeline.Decimal
	noSubtotal bool // the file has none: only the total is checked
	pulled     bool // the shop says what of the discount is off the shipping
	ofShipping pipeline.Decimal
	tax        string // included or excluded where it is known; "": the sums decide
}

// sums are the amounts of an order as they are written.
type sums struct {
	Goods     pipeline.Decimal `json:"goods"`
	Discount  pipeline.Decimal `json:"discount"` // beyond that of the lines
	Shipping  pipeline.Decimal `json:"shipping"`
	Taxes     pipeline.Decimal `json:"taxes"` // on top of the prices
	Tip       pipeline.Decimal `json:"tip,omitzero"`
	Duties    pipeline.Decimal `json:"duties,omitzero"`
	Rounding  pipeline.Decimal `json:"rounding,omitzero"`
	GiftCards pipeline.Decimal `json:"giftCards,omitzero"` // sold
	Refunded  pipeline.Decimal `json:"refunded,omitzero"`  // paid back without saying what for
}

// total is what the parts add up to.
func (s sums) total() pipeline.Decimal {
	return s.Goods.Sub(s.Discount).Add(s.Shipping).Add(s.Taxes).Add(s.beside())
}

// beside is what lines of their own come to that are no goods.
func (s sums) beside() pipeline.Decimal {
	return s.Tip.Add(s.Duties).Add(s.Rounding).Add(s.GiftCards).Sub(s.Refunded)
}

func (s sums) minus(o sums) sums {
	return sums{Goods: s.Goods.Sub(o.Goods), Discount: s.Discount.Sub(o.Discount), Shipping: s.Shipping.Sub(o.Shipping),
		Taxes: s.Taxes.Sub(o.Taxes), Tip: s.Tip.Sub(o.Tip), Duties: s.Duties.Sub(o.Duties), Rounding: s.Rounding.Sub(o.Rounding),
		GiftCards: s.GiftCards.Sub(o.GiftCards), Refunded: s.Refunded.Sub(o.Refunded)}
}

func (s sums) isZero() bool {
	for _, d := range []pipeline.Decimal{s.Goods, s.Discount, s.Shipping, s.Taxes, s.Tip, s.Duties, s.Rounding, s.GiftCards, s.Refunded} {
		if !d.IsZero() {
			return false
		}
	}
	return true
}

// of adds the total of a line to the sum of its kind.
func (s *sums) of(l line) {
	switch l.Kind {
	case lineTip:
		s.Tip = s.Tip.Add(l.Total)
	case lineDuties:
		s.Duties = s.Duties.Add(l.Total)
	case lineRounding:
		s.Rounding = s.Rounding.Add(l.Total)
	case lineGiftCard:
		s.GiftCards = s.GiftCards.Add(l.Total)
	case lineRefund:
		s.Refunded = s.Refunded.Sub(l.Total)
	default:
		s.Goods = s.Goods.Add(l.Total)
	}
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
// last piastre, and false where there is none. The admin's export has no flag for
// either question, so the arithmetic decides where a file or a setting does not:
//
//   - the discount of the order comes on top of those of its lines, or holds
//     them already;
//   - prices hold the taxes, or the taxes come on top.
//
// The subtotal has to fit as well: net of the order's discount; untouched by what of
// it is on the shipping; or without one line, such as a tip.
// (Shopify's order export, shopify.md 9.2: every order of our samples but one,
// edited after payment, adds up exactly in one of these ways.)
func explain(a stated) (sums, bool) {
	goods := zero
	for _, n := range a.nets {
		goods = goods.Add(n)
	}
	plain := sums{Goods: goods, Discount: a.discount, Shipping: a.shipping, Duties: a.more}
	if a.tax == "excluded" {
		plain.Taxes = a.taxes
	}
	for _, discount := range []pipeline.Decimal{a.discount, a.discount.Sub(a.ofLines)} {
		if discount.IsNeg() || !a.fits(goods, discount) {
			continue
		}
		for _, taxes := range a.onTop() {
			s := sums{Goods: goods, Discount: discount, Shipping: a.shipping, Taxes: taxes, Duties: a.more}
			if s.total().Equal(a.total) {
				return s, true
			}
		}
	}
	return plain, false
}

// onTop are the amounts of tax that may come on top of the prices.
func (a stated) onTop() []pipeline.Decimal {
	switch a.tax {
	case "included":
		return []pipeline.Decimal{zero}
	case "excluded":
		return []pipeline.Decimal{a.taxes}
	}
	return []pipeline.Decimal{zero, a.taxes}
}

// fits tells whether the stated subtotal agrees with a discount of the order.
func (a stated) fits(goods, discount pipeline.Decimal) bool {
	net := goods.Sub(discount)
	return a.noSubtotal || a.subtotal.Equal(net) || a.subtotal.Equal(goods) ||
		a.subtotal.Equal(net.Add(a.offShipping(goods, discount))) || a.outside(net) >= 0
}

// offShipping is what of the order's discount is off the shipping and not off the
// goods. A pulled order says it. In a file it is what the subtotal leaves out of the
// discount: all of it, or, where free shipping meets a code on the goods, a part that
// is no more than the shipping costs.
func (a stated) offShipping(goods, discount pipeline.Decimal) pipeline.Decimal {
	if a.pulled {
		return a.ofShipping
	}
	rest := a.subtotal.Sub(goods.Sub(discount))
	if a.noSubtotal || !rest.IsPos() || rest.Cmp(discount) > 0 || rest.Cmp(a.shipping) > 0 && !rest.Equal(discount) {
		return zero
	}
	return rest
}

// outside is the line that the subtotal leaves out, -1 where there is none: the
// shop's export writes a tip among the lines, and leaves it out of the subtotal.
func (a stated) outside(net pipeline.Decimal) int {
	for i, n := range a.nets {
		if a.subtotal.Equal(net.Sub(n)) {
			return i
		}
	}
	return -1
}

// lineTotal is quantity x price - discount, in piastres: a half goes away from
// zero, as shops and the tax authority round.
func lineTotal(quantity, price, discount pipeline.Decimal) pipeline.Decimal {
	return quantity.Mul(price).RoundHAZ(2).Sub(discount)
}
