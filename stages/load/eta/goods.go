package eta

import (
	"cmp"
	"slices"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// A good is a line of an order as it was ever sold, and what has become of it.
type good struct {
	item                     // with all that was ever ordered of it, and the amounts of that
	id       string          // the shop's own number of the line; "" of shipping and of exports
	from     pipeline.Origin // its row; zero of shipping that has none
	shipping bool
	price    dec   // of one, as the shop states it
	home     int   // the receipt of the order that it is sold by, counted from 0
	sold     share // less what was taken off before the receipt was issued: what the receipt says
	rest     share // less all that was given back: what can still be given back
}

// A share is so much of a line.
type share struct {
	quantity dec
	amounts
}

func (s share) minus(t share) share {
	return share{quantity: s.quantity.Sub(t.quantity), amounts: s.amounts.minus(t.amounts)}
}

// of is the line of a receipt that says a share of it.
func (g good) of(s share) item {
	i := g.item
	i.quantity, i.amounts = s.quantity, s.amounts
	return i
}

// A whole is an order as it was ever sold: its goods and its shipping, and the money in it that is no sale.
type whole struct {
	goods     []good
	inclusive bool              // prices hold VAT
	beside    []pipeline.Beside // of the order's total, what is on no line
	total     dec               // of the goods
}

// rows are those of what a receipt says, line by line.
func (w whole) rows(home int) []pipeline.Origin {
	var all []pipeline.Origin
	for _, g := range w.goods {
		if g.home == home && g.sold.quantity.IsPos() {
			all = append(all, g.from)
		}
	}
	return all
}

// The classes of money that does not leave with a receipt (pipeline.Beside), as reports name them.
const (
	besideTip      = "tip"
	besideDuties   = "duties"
	besideGiftCard = "gift card"
	besideVAT      = "vat on top"
	besideRemoved  = "taken off"
	besideFee      = "fee kept"
	besideMore     = "paid on top"
)

// whole puts an order into the amounts of a receipt, proved against what the shop states.
func (v *validation) whole(shipping item) (whole, bool) {
	o := v.order
	var w whole
	gift := v.giftCards(&w)
	tip := v.tips(&w)
	v.aside(&w, "order.duties", besideDuties, "duties", v.policy.duties)
	if rounding := o.amount("order.rounding"); !rounding.IsZero() && v.policy.rounding == hold {
		v.add(o.problem("order.rounding", "eta.decide", "what", "rounding", "amount", rounding.StringFixed(2), "setting", "rounding"))
	}
	items := v.items()
	if len(v.problems) > 0 {
		return w, false
	}
	d, s, ok := v.deal(items, gift, tip.Add(o.amount("order.duties")))
	if !ok {
		return w, false
	}
	w.inclusive = d.inclusive
	if d.shipping.IsPos() {
		items = append(items, shipping)
	}
	for n, a := range d.lines(s.goods, shipping.rate) {
		g := good{item: items[n], shipping: n == len(v.order.lines)}
		switch {
		case !g.shipping:
			g.id, g.from, g.price = v.order.lines[n].Text("line.id"), v.order.lines[n].Origin, v.order.lines[n].Amount("line.price")
		case len(o.freight) > 0:
			g.from = o.freight[0].Origin
		}
		g.amounts = a
		if a.discount.IsPos() {
			g.discounted = cmp.Or(clean(o.text("order.discount_code"), 50), "خصم")
		}
		g.sold = share{g.quantity, a}
		g.rest = g.sold
		w.goods, w.total = append(w.goods, g), w.total.Add(a.total)
	}
	if d.uncollected {
		if vat := d.vat(s.goods, shipping.rate); vat.IsPos() {
			w.beside = append(w.beside, pipeline.Beside{Class: besideVAT, Amount: o.amount("order.total").Sub(w.total).Sub(sumBeside(w.beside))})
		}
	}
	return w, true
}

// aside keeps an amount of the order off the receipt, or holds the order, as the flow says.
func (v *validation) aside(w *whole, field, class, setting, decided string) {
	amount := v.order.amount(field)
	switch {
	case amount.IsZero():
	case decided == hold:
		v.add(v.order.problem(field, "eta.decide", "what", class, "amount", amount.StringFixed(2), "setting", setting))
	default:
		w.beside = append(w.beside, pipeline.Beside{Class: class, Amount: amount})
	}
}

// giftCards takes the gift cards that are sold off the lines: what they come to after discounts.
func (v *validation) giftCards(w *whole) dec {
	var all dec
	if v.policy.giftCard == asItem {
		return all
	}
	v.order.lines = slices.DeleteFunc(slices.Clone(v.order.lines), func(r pipeline.Record) bool {
		if !r.True("line.gift_card") {
			return false
		}
		paid := statedOf(r)
		all = all.Add(paid)
		if v.policy.giftCard == hold {
			v.add(r.Problem("line.gift_card", "eta.decide", with("what", besideGiftCard, "amount", paid.StringFixed(2), "setting", "gift_card")))
		}
		return true
	})
	if !all.IsZero() {
		w.beside = append(w.beside, pipeline.Beside{Class: besideGiftCard, Amount: all})
	}
	return all
}

// tips takes the tip off: pulled orders state it beside the lines, the admin's export writes it among them, as one
// without a code that Subtotal leaves out (shopify.md 9.2).
func (v *validation) tips(w *whole) dec {
	o := v.order
	if at := v.tipLine(); at >= 0 {
		r := o.lines[at]
		amount := statedOf(r)
		v.order.lines = slices.Delete(slices.Clone(o.lines), at, at+1)
		if v.policy.tip == hold {
			v.add(r.Problem("line.name", "eta.decide", with("what", besideTip, "amount", amount.StringFixed(2), "setting", "tip")))
		}
		w.beside = append(w.beside, pipeline.Beside{Class: besideTip, Amount: amount})
		return amount
	}
	v.aside(w, "order.tip", besideTip, "tip", v.policy.tip)
	return o.amount("order.tip")
}

// tipLine is the line that is a tip; -1 where there is none.
func (v *validation) tipLine() int {
	o := v.order
	if o.rich || !o.has("order.subtotal") || len(o.lines) < 2 {
		return -1
	}
	var net dec
	for _, r := range o.lines {
		net = net.Add(statedOf(r))
	}
	subtotal, discount := o.amount("order.subtotal"), o.amount("order.discount")
	for i, r := range o.lines {
		if own := statedOf(r); r.Text("line.sku") == "" && r.Text("item.code") == "" && own.IsPos() &&
			(subtotal.Equal(net.Sub(own)) || subtotal.Equal(net.Sub(own).Sub(discount))) {
			return i
		}
	}
	return -1
}

// statedOf is what a line comes to after its discounts, as far as the line says them.
func statedOf(r pipeline.Record) dec {
	return r.Amount("line.quantity").Mul(r.Amount("line.price")).RoundHAZ(2).Sub(offOf(r))
}

// offOf is the discount of a line: with its share of the order's, where the shop says how it allocates that.
func offOf(r pipeline.Record) dec {
	if r.Has("line.allocated") {
		return r.Amount("line.allocated")
	}
	return r.Amount("line.discount")
}

// goods puts the figures of the lines beside their rates.
func goods(o order, items []item) []priced {
	all := make([]priced, len(o.lines))
	for i, r := range o.lines {
		all[i] = priced{quantity: r.Amount("line.quantity"), price: r.Amount("line.price"), off: offOf(r), load: items[i].load()}
	}
	return all
}

// sums are the order's figures, without its gift cards and without what else is no sale.
func (v *validation) sums(items []item, gift, beside dec) sums {
	o := v.order
	s := sums{
		goods: goods(o, items), subtotal: o.amount("order.subtotal").Sub(gift), hasSubtotal: o.has("order.subtotal"),
		discount: o.amount("order.discount"), shipping: o.amount("order.shipping"), taxes: o.amount("order.taxes"),
		total: o.amount("order.total").Sub(gift).Sub(beside),
	}
	if !o.rich {
		return s
	}
	s.discount = zero
	for _, g := range s.goods {
		s.discount = s.discount.Add(g.off)
	}
	if len(o.freight) > 0 {
		s.shipping = zero
	}
	for _, r := range o.freight {
		s.shipping, s.discount = s.shipping.Add(r.Amount("line.price")), s.discount.Add(offOf(r))
	}
	return s
}

// deal finds how the order's figures hang together, and whether its tax is the tax of its lines.
func (v *validation) deal(items []item, gift, beside dec) (deal, sums, bool) {
	o := v.order
	s := v.sums(items, gift, beside)
	prices := v.config.Prices
	if included := o.head("order.tax_included").Value("order.tax_included"); included.Set && !s.taxes.IsZero() {
		prices = exclusive
		if included.Bool {
			prices = inclusive
		}
	}
	found := s.deals(prices, v.config.Tolerance)
	if len(found) == 0 {
		v.add(o.problem("order.total", "sum.mismatch", s.facts()...))
		return deal{}, s, false
	}
	rate := *v.config.Shipping.VATRate
	var fits []deal
	for _, d := range found {
		if d.uncollected = !d.inclusive && s.taxes.IsZero() && prices == exclusive; d.uncollected || v.taxFits(d, s, rate) {
			fits = append(fits, d)
		}
	}
	switch {
	case len(fits) == 0:
		v.add(o.problem("order.taxes", "tax.mismatch", "taxes", s.taxes.String(), "computed", found[0].vat(s.goods, rate).RoundHAZ(2).String()))
		return deal{}, s, false
	case len(fits) > 1:
		v.add(o.problem("order.total", "eta.ambiguous", s.facts()...))
		return deal{}, s, false
	}
	d := fits[0]
	if d.shipping.IsPos() && v.config.Shipping.ItemCode == "" {
		v.add(o.problem("order.shipping", "eta.shipping"))
		return deal{}, s, false
	}
	d.stated = o.statedTaxes(d, s.taxes)
	return d, s, true
}

// statedTaxes are the taxes of the lines and of shipping as the shop states them, where it states all of them and
// prices do not hold them; nil otherwise.
func (o order) statedTaxes(d deal, taxes dec) []dec {
	if d.inclusive || d.uncollected || !o.rich {
		return nil
	}
	var out []dec
	var freight, all dec
	for _, r := range o.lines {
		if !r.Has("line.tax") {
			return nil
		}
		out, all = append(out, r.Amount("line.tax")), all.Add(r.Amount("line.tax"))
	}
	for _, r := range o.freight {
		freight = freight.Add(r.Amount("line.tax"))
	}
	if d.shipping.IsPos() {
		out, all = append(out, freight), all.Add(freight)
	}
	if !all.Equal(taxes) {
		return nil
	}
	return out
}

// taxFits holds the tax of the lines against the order's. Shopify rounds line by line, so each line may be a piastre
// off. A shop that has no taxes set up states none: then nothing contradicts prices that include VAT.
func (v *validation) taxFits(d deal, s sums, shippingRate dec) bool {
	if d.inclusive && s.taxes.IsZero() {
		return true
	}
	lines := udecimal.MustFromInt64(int64(len(s.goods)+1), 0)
	return near(d.vat(s.goods, shippingRate), s.taxes, v.config.Tolerance.Mul(lines))
}
