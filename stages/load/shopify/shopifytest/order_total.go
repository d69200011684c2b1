package shopifytest

// totals are the sums of an order in the shop's currency. Plain ones are before returns, current ones after edits,
// returns and refunds; with taxesIncluded the net amounts hold their tax.
type totals struct {
	subtotal, discounts, shipping, tax, duties, tip, total cash
	currentSubtotal, currentDiscounts, currentShipping     cash
	currentTax, currentTotal                               cash
	received, refunded, refundedShipping                   cash
	roundedIn, roundedOut                                  cash // cash rounding of payments and refunds
	authorized                                             cash // not captured
}

func (t totals) net() cash         { return t.received - t.refunded }
func (t totals) outstanding() cash { return t.currentTotal - t.net() }

// totals adds the order up (section 8.2).
func (o *orderState) totals() totals {
	t := totals{tip: o.tip}
	backTax := cash(0)
	for _, l := range o.lines {
		t.subtotal += l.net()
		t.tax += l.tax()
		t.discounts += allocated(l.allocations)
		t.duties += l.duty
		t.currentSubtotal += l.net() - l.backNet
		backTax += l.backTax
		if l.quantity > 0 {
			t.currentDiscounts += allocated(l.allocations).scaled(int64(l.current()), int64(l.quantity), stepOf(o.currency))
		}
	}
	for _, f := range o.freight {
		t.shipping += f.net()
		t.tax += taxSum(f.taxes)
		t.discounts += allocated(f.allocations)
		t.currentDiscounts += allocated(f.allocations)
		t.currentShipping += f.net() - f.backNet
		t.refundedShipping += f.backNet + o.onTop(f.backTax)
		backTax += f.backTax
	}
	t.currentTax = t.tax - backTax
	duties := t.duties
	if o.spec.DutiesIn {
		duties = 0
	}
	t.total = t.subtotal + t.shipping + o.onTop(t.tax) + duties + t.tip
	t.currentTotal = t.currentSubtotal + t.currentShipping + o.onTop(t.currentTax) + duties + t.tip + o.adjusted
	o.addPayments(&t)
	return t
}

// onTop is the tax that comes on top of net amounts: none where it is inside them.
func (o *orderState) onTop(tax cash) cash {
	if o.included {
		return 0
	}
	return tax
}

// addPayments adds up what went through: only SUCCESS counts, and SUGGESTED_REFUND never.
func (o *orderState) addPayments(t *totals) {
	for _, p := range o.payments {
		if p.status != statusSuccess {
			continue
		}
		switch p.kind {
		case kindSale, kindCapture:
			t.received += p.amount
			t.roundedIn += p.rounding
			if p.kind == kindCapture {
				t.authorized -= p.amount
			}
		case kindRefund:
			t.refunded += p.amount
			t.roundedOut += p.rounding
		case kindAuthorization:
			t.authorized += p.amount
		case kindVoid:
			t.authorized = 0
		}
	}
	t.authorized = max(t.authorized, 0)
}

// taxLines are the taxes of lines and shipping, put together by title and rate.
func (o *orderState) taxLines(current bool) []tax {
	var out []tax
	add := func(taxes []tax, net, backNet cash) {
		for _, one := range taxes {
			amount := one.amount
			if current && net != 0 {
				amount -= one.amount.scaled(int64(backNet), int64(net), stepOf(o.currency))
			}
			at := -1
			for i := range out {
				if out[i].title == one.title && out[i].rate == one.rate {
					at = i
				}
			}
			if at < 0 {
				out = append(out, tax{title: one.title, rate: one.rate})
				at = len(out) - 1
			}
			out[at].amount += amount
		}
	}
	for _, l := range o.lines {
		add(l.taxes, l.net(), l.backNet)
	}
	for _, f := range o.freight {
		add(f.taxes, f.net(), f.backNet)
	}
	return out
}

// fulfilmentStatus is displayFulfillmentStatus. A cancelled order needs none (section 11, point 10).
func (o *orderState) fulfilmentStatus() string {
	sent, open, restocked := 0, 0, 0
	for _, l := range o.lines {
		sent += l.sent
		open += l.open()
		restocked += l.restocked
	}
	switch {
	case o.fulfilment != "":
		return o.fulfilment
	case sent > 0 && open == 0:
		return "FULFILLED"
	case sent > 0:
		return "PARTIALLY_FULFILLED"
	case !o.cancelled.IsZero():
		return "FULFILLMENT_NOT_REQUIRED"
	case open == 0 && restocked > 0:
		return "RESTOCKED"
	case open == 0:
		return "FULFILLMENT_NOT_REQUIRED"
	}
	return "UNFULFILLED"
}
