package eta

// The amounts of a receipt, by eta-ereceipt.md sections 9 and 11. Every stored amount is rounded half up to five
// decimals, the most that the authority takes.

// round5 rounds half up; no amount here is below zero.
func round5(d dec) dec { return d.RoundHAZ(5) }

// amounts are those of one line.
type amounts struct {
	unitPrice, totalSale, discount, netSale, tax, total dec // tax: all of them
}

// minus is what is left of a line without a part of it, at the same price of one.
func (a amounts) minus(b amounts) amounts {
	return amounts{unitPrice: a.unitPrice, totalSale: a.totalSale.Sub(b.totalSale), discount: a.discount.Sub(b.discount),
		netSale: a.netSale.Sub(b.netSale), tax: a.tax.Sub(b.tax), total: a.total.Sub(b.total)}
}

// plus is a line together with another part of it.
func (a amounts) plus(b amounts) amounts {
	return amounts{unitPrice: a.unitPrice, totalSale: a.totalSale.Add(b.totalSale), discount: a.discount.Add(b.discount),
		netSale: a.netSale.Add(b.netSale), tax: a.tax.Add(b.tax), total: a.total.Add(b.total)}
}

// withVAT takes the line apart from what was paid for it, taxes included: total is that sum exactly.
func withVAT(quantity, before, after dec, on load) amounts {
	var a amounts
	a.netSale = on.net(after, quantity)
	a.totalSale = a.netSale
	if !before.Equal(after) {
		a.totalSale = on.net(before, quantity)
	}
	a.tax = after.Sub(a.netSale)
	a.total = after
	return a.priced(quantity)
}

// withoutVAT puts the line together from what it costs before VAT and its share of the order's tax.
func withoutVAT(quantity, before, after, tax dec) amounts {
	a := amounts{totalSale: round5(before), netSale: round5(after), tax: tax}
	a.total = a.netSale.Add(tax)
	return a.priced(quantity)
}

func (a amounts) priced(quantity dec) amounts {
	a.discount = a.totalSale.Sub(a.netSale)
	a.unitPrice = round5(a.totalSale.MustDiv(quantity))
	return a
}

// lines are the amounts of the goods of a deal, and of its shipping where it has any.
func (d deal) lines(goods []priced, shippingRate dec) []amounts {
	quantities, loads := make([]dec, 0, len(goods)+1), make([]load, 0, len(goods)+1)
	for _, g := range goods {
		quantities, loads = append(quantities, g.quantity), append(loads, g.load)
	}
	before, after := d.before, d.after
	if d.shipping.IsPos() {
		quantities, loads = append(quantities, one), append(loads, load{vat: shippingRate})
		before, after = append(before, d.shipping), append(after, d.shippingCharged)
	}
	all := make([]amounts, len(after))
	taxes := d.stated
	switch exact := computed(after, quantities, loads); {
	case d.inclusive || taxes != nil:
	case d.uncollected:
		for _, tax := range exact {
			taxes = append(taxes, tax.RoundHAZ(2))
		}
	default:
		taxes = shareTax(d.taxes, exact)
	}
	for i := range after {
		if d.inclusive {
			all[i] = withVAT(quantities[i], before[i], after[i], loads[i])
		} else {
			all[i] = withoutVAT(quantities[i], before[i], after[i], taxes[i])
		}
	}
	return all
}

// computed are the taxes of each line by what it is taxed with, on sums before them.
func computed(after, quantities []dec, loads []load) []dec {
	taxes := make([]dec, len(after))
	for i := range after {
		taxes[i] = loads[i].on(after[i], quantities[i])
	}
	return taxes
}

// shareTax shares the tax of an order among its lines as a till that rounds line by line does: each to the piastre, then
// a piastre more or less where the rounding was closest, so that they add up. No line leaves its formula by more than a
// piastre and none without tax gets any; what cannot be shared so is left, and verify finds the sum short.
func shareTax(tax dec, computed []dec) []dec {
	shares := make([]dec, len(computed))
	left := tax
	for i, c := range computed {
		shares[i] = c.RoundHAZ(2)
		left = left.Sub(shares[i])
	}
	step := piastre
	if left.IsNeg() {
		step = piastre.Neg()
	}
	for !left.Abs().LessThan(piastre) {
		best := -1
		var closest dec
		for i, c := range computed {
			moved := shares[i].Add(step)
			off := moved.Sub(c).Abs()
			if c.IsZero() || moved.IsNeg() || off.GreaterThan(piastre) || best >= 0 && !off.LessThan(closest) {
				continue
			}
			best, closest = i, off
		}
		if best < 0 {
			break
		}
		shares[best], left = shares[best].Add(step), left.Sub(step)
	}
	return shares
}

// vat is the tax by the rates of the lines, to be held against what the order states.
func (d deal) vat(goods []priced, shippingRate dec) dec {
	var all dec
	if !d.inclusive {
		loads, quantities := make([]load, 0, len(goods)+1), make([]dec, 0, len(goods)+1)
		for _, g := range goods {
			loads, quantities = append(loads, g.load), append(quantities, g.quantity)
		}
		for _, tax := range computed(append(append([]dec{}, d.after...), d.shippingCharged), append(quantities, one), append(loads, load{vat: shippingRate})) {
			all = all.Add(tax)
		}
		return all
	}
	for _, a := range d.lines(goods, shippingRate) {
		all = all.Add(a.tax)
	}
	return all
}

// ---- the formulas, from a filled line back to its amounts ----

// A tax of a line, as the formulas need it.
type tax struct {
	kind   string // T1..T20
	rate   dec    // per cent; not of the fixed ones
	fixed  bool   // an amount
	amount dec    // of the fixed ones
}

// formula is what a line's amounts must be, each from what it follows from.
type formula struct {
	totalSale, netSale, total dec
	taxes                     map[string]dec
}

// fixed are the taxes of an amount instead of a rate.
var fixed = map[string]bool{"T3": true, "T6": true, "T14": true}

// inBase are the taxes that T1 and T2 are charged on.
var inBase = []string{"T3", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12"}

// line computes the formulas of section 9 for one line.
func line(quantity, unitPrice, commercial, itemDiscount, valueDifference dec, taxes []tax) formula {
	f := formula{taxes: make(map[string]dec, len(taxes))}
	f.totalSale = round5(quantity.Mul(unitPrice))
	f.netSale = f.totalSale.Sub(commercial)
	rates := make(map[string]dec, len(taxes))
	for _, t := range taxes {
		rates[t.kind] = t.rate
		switch {
		case t.fixed || fixed[t.kind]:
			f.taxes[t.kind] = t.amount
		case t.kind == "T4":
			f.taxes[t.kind] = percentOf(f.netSale.Sub(itemDiscount), t.rate)
		case t.kind != "T1" && t.kind != "T2":
			f.taxes[t.kind] = percentOf(f.netSale, t.rate)
		}
	}
	base := f.netSale.Add(valueDifference)
	for _, kind := range inBase {
		base = base.Add(f.taxes[kind])
	}
	if rate, ok := rates["T2"]; ok {
		f.taxes["T2"] = percentOf(base, rate)
	}
	if rate, ok := rates["T1"]; ok {
		f.taxes["T1"] = percentOf(base.Add(f.taxes["T2"]), rate)
	}
	f.total = f.netSale.Sub(itemDiscount)
	for kind, amount := range f.taxes {
		if kind == "T4" {
			amount = amount.Neg()
		}
		f.total = f.total.Add(amount)
	}
	return f
}

func percentOf(base, rate dec) dec { return round5(base.Mul(rate).MustDiv(hundred)) }
