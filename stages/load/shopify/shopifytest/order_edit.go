package shopifytest

import "fmt"

// place finds a line of the order, counted from 1 or by its SKU.
func (o *orderState) place(in StepItem) (int, error) {
	if in.Line > 0 && in.Line <= len(o.lines) {
		return in.Line - 1, nil
	}
	for i, l := range o.lines {
		if in.Line == 0 && in.SKU != "" && l.SKU == in.SKU {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no line %d %s", in.Line, in.SKU)
}

// doEdit changes what was ordered. A line that is taken off keeps its quantity and drops its currentQuantity; a refund
// without money speaks of it.
func (s *Server) doEdit(o *orderState, step Step) error {
	var sales []sale
	var removed []part
	for _, item := range step.Items {
		i, err := o.place(item)
		if err != nil {
			return err
		}
		switch l := &o.lines[i]; {
		case item.Discount != "":
			given, err := o.discountLine(i, item.Discount)
			if err != nil {
				return err
			}
			sales = append(sales, given)
		case item.Quantity > l.current():
			sales = append(sales, o.raise(i, item.Quantity-l.current()))
		case item.Quantity < l.current():
			p, err := o.takeOff(i, l.current()-item.Quantity, item)
			if err != nil {
				return err
			}
			removed, sales = append(removed, p), append(sales, o.backSale(p))
		}
	}
	added, err := s.addLines(o, step.Add)
	if err != nil {
		return err
	}
	if sales = append(sales, added...); len(sales) == 0 {
		return fmt.Errorf("an edit that changes nothing")
	}
	if len(removed) > 0 {
		o.refunds = append(o.refunds, refund{id: o.newID("Refund"), at: step.At, parts: o.refundParts(removed)})
	}
	o.edited = true
	o.agree(agreement{typeName: "OrderEditAgreement", reason: "ORDER_EDIT", at: step.At}, sales)
	return nil
}

// addLines puts lines on an order that stands, with their sales.
func (s *Server) addLines(o *orderState, lines []OrderLine) (out []sale, err error) {
	for _, line := range lines {
		if err := s.addLine(o, line); err != nil {
			return nil, err
		}
		l := &o.lines[len(o.lines)-1]
		if err := o.taxLine(l); err != nil {
			return nil, err
		}
		out = append(out, o.lineSale(*l)...)
	}
	return out, nil
}

// raise orders more of a line at its price.
func (o *orderState) raise(line, quantity int) sale {
	l := &o.lines[line]
	more := l.price * cash(quantity)
	l.quantity += quantity
	return o.moveTaxes(line, more, sale{action: "ORDER", quantity: quantity})
}

// discountLine takes an amount off what a line still costs.
func (o *orderState) discountLine(line int, amount string) (sale, error) {
	l := &o.lines[line]
	off, err := parseMoney(amount)
	if err != nil {
		return sale{}, err
	}
	if off <= 0 || off > l.net()-l.backNet {
		return sale{}, fmt.Errorf("a discount of %s off line %d", amount, line+1)
	}
	o.applications = append(o.applications, discountUse{typeName: "ManualDiscountApplication", title: "Discount", amount: off, explicit: true})
	l.allocations = append(append([]allocation(nil), l.allocations...), allocation{len(o.applications) - 1, off})
	return o.moveTaxes(line, -off, sale{action: "UPDATE", discount: off}), nil
}

// moveTaxes lets the taxes of a line follow a change of its net, and finishes the sale of that change.
func (o *orderState) moveTaxes(line int, net cash, out sale) sale {
	l := &o.lines[line]
	all, step := int64(0), stepOf(o.currency)
	for _, t := range l.taxes {
		all += t.rate
	}
	if !o.included {
		all = 0
	}
	moved, free := make([]tax, len(l.taxes)), l.tax()-l.backTax
	for i, t := range l.taxes {
		change := net.scaled(t.rate, rateUnit+all, step)
		if change < -free { // what was given back keeps the tax that was given back with it
			change = -free
		}
		free += change
		moved[i] = tax{title: t.title, rate: t.rate, amount: t.amount + change}
		out.taxes = append(out.taxes, tax{title: t.title, rate: t.rate, amount: change})
		out.tax += change
	}
	l.taxes = moved
	out.typeName, out.lineType, out.line, out.total = "ProductSale", "PRODUCT", l.id, net+o.onTop(out.tax)
	if l.GiftCard {
		out.typeName, out.lineType = "GiftCardSale", "GIFT_CARD"
	}
	return out
}

// takeOff gives units back that were not sent.
func (o *orderState) takeOff(line, quantity int, item StepItem) (part, error) {
	l := &o.lines[line]
	if quantity > l.open() {
		return part{}, fmt.Errorf("only %d of line %d were not sent", l.open(), line+1)
	}
	p := o.giveBack(line, quantity)
	p.restock, p.where = orElse(item.Restock, "CANCEL"), item.Location
	o.settleGoods(line, &p)
	return p, nil
}

// settleGoods says where the units of a part come from: of a return those that were sent come first, of a cancellation
// those that were not.
func (o *orderState) settleGoods(line int, p *part) {
	l := &o.lines[line]
	sent := l.sent - (l.back - p.quantity - l.removed) // sent and not given back before
	unsent := l.open()
	fromOpen := max(p.quantity-sent, 0)
	if p.restock == "CANCEL" {
		fromOpen = min(p.quantity, unsent)
	}
	l.removed += fromOpen
	p.restocked = p.restock != "NO_RESTOCK"
	if p.restocked {
		l.restocked += p.quantity
	}
}
