package shopifytest

import (
	"fmt"
	"time"
)

// refund is what was given back at one time: goods, shipping, money, or some of them.
type refund struct {
	id, note, goodsReturn string
	at                    time.Time
	parts                 []refundPart
	freight               []freightPart
	adjustments           []adjustment
	payments              []string // ids of transactions
	call                  int      // number of the request that made it, 0 for people
}

type refundPart struct {
	part
	id string
}

type freightPart struct {
	id       string
	line     int
	net, tax cash
}

// adjustment is the difference between what goods and shipping come to and the money that was given: below zero when
// more was given.
type adjustment struct {
	id, reason string
	amount     cash
}

// goodsReturn is a return of goods, with or without its refund.
type goodsReturn struct {
	id, name, status string
	at, closed       time.Time
	parts            []part
}

func (o *orderState) refundParts(parts []part) []refundPart {
	out := make([]refundPart, len(parts))
	for i, p := range parts {
		out[i] = refundPart{p, o.newID("RefundLineItem")}
	}
	return out
}

// doReturn takes goods back: their sales are taken back at once, the money follows with a refund.
func (s *Server) doReturn(o *orderState, step Step) error {
	var parts []part
	var sales []sale
	for _, item := range step.Items {
		i, err := o.place(item)
		if err != nil {
			return err
		}
		l := &o.lines[i]
		if sent := l.sent - (l.back - l.removed); item.Quantity < 1 || item.Quantity > sent {
			return fmt.Errorf("%d of line %d cannot come back, %d are out", item.Quantity, i+1, sent)
		}
		p := o.giveBack(i, item.Quantity)
		p.restock, p.where = orElse(item.Restock, "RETURN"), item.Location
		l.returned += item.Quantity
		parts, sales = append(parts, p), append(sales, o.backSale(p))
	}
	if len(parts) == 0 {
		return fmt.Errorf("a return of nothing")
	}
	added, err := s.addLines(o, step.Add)
	if err != nil {
		return err
	}
	o.edited = o.edited || len(added) > 0
	r := goodsReturn{id: o.newID("Return"), status: "OPEN", at: step.At, parts: parts}
	r.name = fmt.Sprintf("%s-R%d", o.spec.Name, len(o.returns)+1)
	o.returns = append(o.returns, r)
	o.returning = "IN_PROGRESS"
	o.agree(agreement{typeName: "ReturnAgreement", reason: "RETURN", at: step.At, goodsReturn: r.id}, append(sales, added...))
	return nil
}

// doRefund gives goods, shipping or money back.
func (s *Server) doRefund(o *orderState, step Step) error {
	r := refund{note: step.Note, at: step.At, call: step.call}
	var sales []sale
	parts, err := o.partsBack(step, &sales)
	if err != nil {
		return err
	}
	if step.Closes {
		closing, err := o.closeReturn(step.At)
		if err != nil {
			return err
		}
		parts, r.goodsReturn = append(parts, closing.parts...), closing.id
	}
	if err := o.freightBack(step.Shipping, &r, &sales); err != nil {
		return err
	}
	value := cash(0)
	for _, p := range parts {
		value += o.value(p)
	}
	for _, f := range r.freight {
		value += f.net + o.onTop(f.tax)
	}
	amount, err := o.moneyBack(step, value)
	if err != nil {
		return err
	}
	r.id = o.newID("Refund")
	r.parts = o.refundParts(parts)
	if difference := value - amount; step.Amount != "" && difference != 0 && amount != 0 {
		r.adjustments = []adjustment{{o.newID("OrderAdjustment"), "REFUND_DISCREPANCY", difference}}
		o.adjusted += difference
		sales = append(sales, sale{typeName: "AdjustmentSale", action: "RETURN", lineType: "ADJUSTMENT", total: difference})
	}
	if amount > 0 {
		o.refundMoney(&r, step, amount)
	}
	o.refunds = append(o.refunds, r)
	o.agree(agreement{typeName: "RefundAgreement", reason: "REFUND", at: step.At, refund: r.id}, sales)
	return nil
}

// refundMoney writes the transaction of a refund.
func (o *orderState) refundMoney(r *refund, step Step, amount cash) {
	rounding, _ := parseMoney(step.Rounding) // checked before
	p := payment{kind: kindRefund, status: statusSuccess, amount: amount, rounding: rounding, at: step.At, gateway: step.Gateway}
	if parent := o.lastPayment(parentOf(kindRefund)); parent != nil {
		p.parent, p.gateway, p.card = parent.id, orElse(step.Gateway, parent.gateway), parent.card
	}
	p = o.pay(p, step.PaymentID)
	r.payments = append(r.payments, p.id)
	o.settleFinancial(p)
}

// moneyBack is how much money goes back. More than was paid is refused, in the words seen live.
func (o *orderState) moneyBack(step Step, value cash) (cash, error) {
	amount, err := parseMoney(step.Amount)
	if err != nil {
		return 0, err
	}
	if _, err := parseMoney(step.Rounding); err != nil {
		return 0, err
	}
	paid := max(o.totals().net(), 0)
	if step.Amount == "" {
		return min(value, paid), nil
	}
	if amount < 0 || amount > paid {
		return 0, overRefund{amount, paid, o.currency}
	}
	return amount, nil
}

// overRefund is a refund of more than was paid.
type overRefund struct {
	amount, paid cash
	currency     string
}

func (e overRefund) Error() string {
	places := placesOf(e.currency)
	return fmt.Sprintf("Refund amount %s %s is greater than net payment received %s %s", e.amount.fixed(places), e.currency,
		e.paid.fixed(places), e.currency)
}

func (o *orderState) partsBack(step Step, sales *[]sale) (parts []part, err error) {
	for _, item := range step.Items {
		i, err := o.place(item)
		if err != nil {
			return nil, err
		}
		if l := o.lines[i]; item.Quantity < 1 || item.Quantity > l.current() {
			return nil, fmt.Errorf("%d of line %d cannot be refunded, %d are left", item.Quantity, i+1, l.current())
		}
		p := o.giveBack(i, item.Quantity)
		p.restock, p.where = orElse(item.Restock, "NO_RESTOCK"), item.Location
		o.settleGoods(i, &p)
		parts, *sales = append(parts, p), append(*sales, o.backSale(p))
	}
	return parts, nil
}

func (o *orderState) closeReturn(at time.Time) (goodsReturn, error) {
	if len(o.returns) == 0 || o.returns[len(o.returns)-1].status != "OPEN" {
		return goodsReturn{}, fmt.Errorf("no return is open")
	}
	r := &o.returns[len(o.returns)-1]
	r.status, r.closed = "CLOSED", at
	o.returning = "RETURNED"
	for i := range r.parts {
		r.parts[i].restocked = r.parts[i].restock != "NO_RESTOCK"
		if r.parts[i].restocked {
			o.lines[r.parts[i].line].restocked += r.parts[i].quantity
		}
	}
	return *r, nil
}

// freightBack gives shipping back: an amount of what it cost without tax on top, or all that is left.
func (o *orderState) freightBack(shipping string, r *refund, sales *[]sale) error {
	if shipping == "" || shipping == "0" {
		return nil
	}
	left := cash(0)
	for _, f := range o.freight {
		left += f.net() - f.backNet
	}
	amount, err := parseMoney(shipping)
	if shipping == "all" {
		amount, err = left, nil
	}
	if err != nil {
		return err
	}
	if amount < 0 || amount > left {
		return fmt.Errorf("shipping of %s cannot be refunded, %s is left", amount.text(), left.text())
	}
	step := stepOf(o.currency)
	for i := range o.freight {
		f := &o.freight[i]
		rest := f.net() - f.backNet
		net := min(amount, rest)
		if net == 0 {
			continue
		}
		amount -= net
		back := (taxSum(f.taxes) - f.backTax).scaled(int64(net), int64(rest), step)
		f.backNet, f.backTax = f.backNet+net, f.backTax+back
		r.freight = append(r.freight, freightPart{id: o.newID("RefundShippingLine"), line: i, net: net, tax: back})
		*sales = append(*sales, sale{typeName: "ShippingLineSale", action: "RETURN", lineType: "SHIPPING", line: f.id,
			total: -(net + o.onTop(back)), tax: -back, taxes: negative(splitTax(f.taxes, back, step))})
	}
	return nil
}

// doCancel ends an order. Money goes back only when asked for; without money and restocking no refund stands beside it.
func (s *Server) doCancel(o *orderState, step Step) error {
	if message := o.cancelFault(); message != "" {
		return fmt.Errorf("%s", message)
	}
	o.cancelled, o.cancelReason, o.staffNote = step.At, orElse(step.Reason, "OTHER"), step.Note
	t := o.totals()
	back := Step{At: step.At, Do: "refund", Amount: "0", Note: step.Note}
	if step.Refund && t.net() > 0 {
		back.Amount, back.Shipping = t.net().fixed(3), "all"
	}
	for i, l := range o.lines {
		if l.current() > 0 && (step.Restock || back.Amount != "0") {
			restock := map[bool]string{true: "CANCEL", false: "NO_RESTOCK"}[step.Restock]
			back.Items = append(back.Items, StepItem{Line: i + 1, Quantity: l.current(), Restock: restock})
		}
	}
	if len(back.Items) > 0 || back.Amount != "0" {
		if err := s.doRefund(o, back); err != nil {
			return err
		}
	}
	if t.received == 0 {
		o.voidPending(step.At)
	}
	return nil
}

// voidPending ends what waited for its money.
func (o *orderState) voidPending(at time.Time) {
	held := o.lastPayment(parentOf(kindVoid))
	if held == nil {
		held = o.lastPayment(parentOf(kindSale))
	}
	if held == nil {
		return
	}
	o.pay(payment{kind: kindVoid, status: statusSuccess, amount: held.amount, gateway: held.gateway, parent: held.id, at: at}, held.reference)
	o.financial = "VOIDED"
}

// cancelFault says why the order cannot be cancelled, "" when it can.
func (o *orderState) cancelFault() string {
	switch {
	case !o.cancelled.IsZero():
		return "Order has already been cancelled"
	case len(o.returns) > 0:
		return "Cannot cancel an order with returns"
	}
	for _, l := range o.lines {
		if l.sent > 0 {
			return "Cannot cancel a fulfilled order"
		}
	}
	return ""
}
