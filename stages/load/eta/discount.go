package eta

import (
	"slices"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// dec is short for the decimals of the sums.
type dec = pipeline.Decimal

var (
	zero    = dec{}
	piastre = udecimal.MustParse("0.01")
	hundred = udecimal.MustParse("100")
)

// sums are an order's figures as its export states them.
type sums struct {
	goods                            []priced
	subtotal                         dec
	hasSubtotal                      bool
	discount, shipping, taxes, total dec
}

// priced is a line of an order before it is a line of a receipt.
type priced struct {
	quantity, price, off dec // off: the discount of this line alone
	load                 load
}

// before is the line before any discount, in piastres as Shopify rounds it.
func (p priced) before() dec { return p.quantity.Mul(p.price).RoundHAZ(2) }

// A deal is how the figures of an order hang together: what is paid for each line and for shipping, before and after
// discounts. With VAT in the prices these sums include it; else taxes is what comes on top of them.
type deal struct {
	inclusive       bool
	before, after   []dec // one a line
	shipping        dec   // before discounts
	shippingCharged dec   // after
	taxes           dec   // of the order; zero where the prices include it
	stated          []dec // the tax of each line and of shipping, where the shop states it and prices do not include it
	uncollected     bool  // the shop collects no tax, and its prices are before VAT: VAT comes on top of what was paid
}

// deals finds every way in which the figures hang together (shopify.md 9.2). The export does not say whether prices
// include VAT, whether Discount Amount repeats the discounts of the lines, nor whether it is on goods or on shipping:
// the arithmetic does. None: the figures do not add up. Two: they add up with VAT inside and with VAT on top.
func (s sums) deals(prices string, tolerance dec) []deal {
	var found []deal
	for _, inside := range []bool{true, false} {
		if prices == inclusive && !inside || prices == exclusive && inside {
			continue
		}
		if prices == auto && !inside && s.taxes.IsZero() {
			continue // a shop without taxes set up: its prices are what customers pay
		}
		for _, subtotal := range s.subtotals() {
			if d, ok := s.deal(inside, subtotal, tolerance); ok {
				found = append(found, d)
				break
			}
		}
	}
	return found
}

// subtotals are the values that Subtotal may have: the one stated, or those that a discount on all, on the lines
// twice, or on shipping leaves.
func (s sums) subtotals() []dec {
	if s.hasSubtotal {
		return []dec{s.subtotal}
	}
	gross, off := s.gross()
	return []dec{gross.Sub(off).Sub(s.discount), gross.Sub(s.discount), gross.Sub(off)}
}

// gross is all lines before discounts, and the discounts of the lines alone.
func (s sums) gross() (gross, off dec) {
	for _, g := range s.goods {
		gross, off = gross.Add(g.before()), off.Add(g.off)
	}
	return gross, off
}

// deal tells whether the figures hang together with this subtotal, and how.
func (s sums) deal(inside bool, subtotal, tolerance dec) (deal, bool) {
	taxes := s.taxes
	if inside {
		taxes = zero
	}
	gross, off := s.gross()
	onGoods := gross.Sub(off).Sub(subtotal)                                    // of the order's discount, on goods
	onShipping := subtotal.Add(s.shipping).Add(taxes).Sub(s.total)             // and on shipping
	apart, within := onGoods.Add(onShipping), onGoods.Add(onShipping).Add(off) // Discount Amount without, and with, that of the lines
	switch {
	case !near(apart, s.discount, tolerance) && !near(within, s.discount, tolerance):
		return deal{}, false
	case onGoods.LessThan(tolerance.Neg()), onShipping.LessThan(tolerance.Neg()), onShipping.GreaterThan(s.shipping.Add(tolerance)):
		return deal{}, false
	}
	d := deal{inclusive: inside, taxes: taxes, shipping: s.shipping}
	d.shippingCharged = s.total.Sub(subtotal).Sub(taxes)
	if d.shippingCharged.GreaterThan(d.shipping) || d.shipping.IsZero() { // by a piastre at most: it goes to the goods
		subtotal = subtotal.Add(d.shippingCharged).Sub(d.shipping)
		d.shippingCharged = d.shipping
	}
	if d.shippingCharged.IsNeg() {
		subtotal, d.shippingCharged = subtotal.Add(d.shippingCharged), zero
	}
	return s.spreadOver(d, subtotal)
}

// spreadOver shares what the order's discount takes off the goods among the lines, so that they add up to subtotal.
func (s sums) spreadOver(d deal, subtotal dec) (deal, bool) {
	own := make([]dec, len(s.goods)) // after the line's own discount
	var left dec
	for i, g := range s.goods {
		own[i] = g.before().Sub(g.off)
		if own[i].IsNeg() || g.off.IsNeg() {
			return deal{}, false
		}
		left = left.Add(own[i])
	}
	shares := spread(left.Sub(subtotal), own)
	for i, g := range s.goods {
		after := own[i].Sub(shares[i])
		if after.IsNeg() {
			return deal{}, false
		}
		d.after = append(d.after, after)
		d.before = append(d.before, udecimal.Max(g.before(), after.Add(g.off))) // a piastre of rounding on top raises the price
	}
	return d, true
}

// spread shares an amount in proportion to weights by largest remainder, in piastres: the shares add up to it exactly.
// What is less than a piastre, or below zero, falls to the largest weight.
func spread(amount dec, weights []dec) []dec {
	shares := make([]dec, len(weights))
	if len(weights) == 0 || amount.IsZero() {
		return shares
	}
	var whole dec
	largest := 0
	for i, w := range weights {
		whole = whole.Add(w)
		if w.GreaterThan(weights[largest]) {
			largest = i
		}
	}
	if amount.IsNeg() || !whole.IsPos() {
		shares[largest] = amount
		return shares
	}
	rest := make([]dec, len(weights))
	order := make([]int, len(weights))
	left := amount
	for i, w := range weights {
		exact := amount.Mul(w).MustDiv(whole)
		shares[i] = exact.Trunc(2)
		rest[i], order[i] = exact.Sub(shares[i]), i
		left = left.Sub(shares[i])
	}
	slices.SortStableFunc(order, func(a, b int) int { return rest[b].Cmp(rest[a]) })
	for _, i := range order {
		if left.LessThan(piastre) {
			break
		}
		shares[i], left = shares[i].Add(piastre), left.Sub(piastre)
	}
	shares[largest] = shares[largest].Add(left)
	return shares
}

func near(a, b, tolerance dec) bool { return !a.Sub(b).Abs().GreaterThan(tolerance) }
