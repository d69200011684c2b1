package shopifytest

import "time"

// agreement is one entry of the ledger of an order: what was sold, or given back, at one time. It never changes.
type agreement struct {
	id, typeName, reason string
	at                   time.Time
	sales                []sale
	refund, goodsReturn  string // id of what it belongs to
}

// sale is one signed entry: above zero sold, below zero given back. total is after taxes and discounts.
type sale struct {
	id, typeName, action, lineType string
	quantity                       int // 0 for none
	total, discount, tax           cash
	taxes                          []tax
	line                           string // id of the line or shipping line
}

// agree writes an agreement with the sales given.
func (o *orderState) agree(a agreement, sales []sale) {
	a.id = o.newID(a.typeName)
	for i := range sales {
		sales[i].id = o.newID(sales[i].typeName)
	}
	a.sales = sales
	o.agreements = append(o.agreements, a)
}

// lineSale is the sale of a whole line as it stands, and that of its duty.
func (o *orderState) lineSale(l orderLine) []sale {
	out := sale{typeName: "ProductSale", action: "ORDER", lineType: "PRODUCT", quantity: l.quantity, line: l.id, taxes: l.taxes,
		total: l.net() + o.onTop(l.tax()), discount: allocated(l.allocations), tax: l.tax()}
	if l.GiftCard {
		out.typeName, out.lineType = "GiftCardSale", "GIFT_CARD"
	}
	if l.duty == 0 || o.spec.DutiesIn {
		return []sale{out}
	}
	return []sale{out, {typeName: "DutySale", action: "ORDER", lineType: "DUTY", total: l.duty, line: l.id}}
}

func (o *orderState) freightSale(f freightLine) sale {
	return sale{typeName: "ShippingLineSale", action: "ORDER", lineType: "SHIPPING", quantity: 1, line: f.id, taxes: f.taxes,
		total: f.net() + o.onTop(taxSum(f.taxes)), discount: allocated(f.allocations), tax: taxSum(f.taxes)}
}

// part is so much of a line: what it cost, and the taxes on it.
type part struct {
	line            int // place of the line
	quantity        int
	net, tax        cash
	taxes           []tax
	discount        cash
	restock, where  string
	restocked, sent bool
}

// value is what the part came to for the buyer.
func (o *orderState) value(p part) cash { return p.net + o.onTop(p.tax) }

// giveBack takes so many units off a line: their share of what is left of it, all of it with the last unit.
func (o *orderState) giveBack(line, quantity int) part {
	l := &o.lines[line]
	left, step := int64(l.current()), stepOf(o.currency)
	p := part{line: line, quantity: quantity, net: (l.net() - l.backNet).scaled(int64(quantity), left, step)}
	p.tax = (l.tax() - l.backTax).scaled(int64(quantity), left, step)
	p.discount = allocated(l.allocations).scaled(int64(quantity), int64(l.quantity), step)
	p.taxes = splitTax(l.taxes, p.tax, step)
	l.back, l.backNet, l.backTax = l.back+quantity, l.backNet+p.net, l.backTax+p.tax
	return p
}

// splitTax gives each tax its share of an amount.
func splitTax(taxes []tax, amount, step cash) []tax {
	weights := make([]cash, len(taxes))
	for i, t := range taxes {
		weights[i] = t.amount
	}
	out := make([]tax, len(taxes))
	for i, share := range sharesOf(amount, weights, step) {
		out[i] = tax{title: taxes[i].title, rate: taxes[i].rate, amount: share}
	}
	return out
}

// backSale is the sale that takes a part back.
func (o *orderState) backSale(p part) sale {
	l := o.lines[p.line]
	out := sale{typeName: "ProductSale", action: "RETURN", lineType: "PRODUCT", quantity: -p.quantity, line: l.id,
		total: -o.value(p), discount: -p.discount, tax: -p.tax, taxes: negative(p.taxes)}
	if l.GiftCard {
		out.typeName, out.lineType = "GiftCardSale", "GIFT_CARD"
	}
	return out
}

func negative(taxes []tax) []tax {
	out := make([]tax, len(taxes))
	for i, t := range taxes {
		out[i] = tax{title: t.title, rate: t.rate, amount: -t.amount}
	}
	return out
}
