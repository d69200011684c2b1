package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kinds and states of transactions that sums look at.
const (
	kindSale          = "SALE"
	kindCapture       = "CAPTURE"
	kindAuthorization = "AUTHORIZATION"
	kindVoid          = "VOID"
	kindRefund        = "REFUND"
	statusSuccess     = "SUCCESS"
)

// gatewayShopify is the gateway that pays out.
const gatewayShopify = "shopify_payments"

// payment is a transaction of an order.
type payment struct {
	id, kind, status, gateway, reference, card, parent string
	amount, rounding                                   cash
	at                                                 time.Time
}

func (p payment) went(kinds ...string) bool {
	return p.status == statusSuccess && slices.Contains(kinds, p.kind)
}

// manual says whether people take the money, and not a provider.
func (p payment) manual() bool {
	return !slices.Contains([]string{gatewayShopify, "paypal", "paymob", "bogus", "gift_card", "shop_cash"}, p.gateway)
}

func (s *Server) doPay(o *orderState, step Step) error {
	kind, status := orElse(step.Kind, kindSale), orElse(step.Status, statusSuccess)
	if !slices.Contains([]string{kindSale, kindCapture, kindAuthorization, kindVoid, "CHANGE", "EMV_AUTHORIZATION", "SUGGESTED_REFUND"}, kind) {
		return fmt.Errorf("pay cannot be %s", kind)
	}
	amount, err := parseMoney(step.Amount)
	if err != nil {
		return err
	}
	rounding, err := parseMoney(step.Rounding)
	if err != nil {
		return err
	}
	t := o.totals()
	switch {
	case step.Amount != "":
	case kind == kindCapture:
		amount = min(t.authorized, max(t.outstanding(), 0))
	case kind == kindVoid:
		amount = t.authorized
	default:
		amount = max(t.outstanding(), 0)
	}
	if amount < 0 || kind == kindCapture && amount > t.authorized {
		return fmt.Errorf("%s of %s is not possible", kind, amount.text())
	}
	p := payment{kind: kind, status: status, amount: amount, rounding: rounding, at: step.At, card: step.Card}
	p.gateway = orElse(step.Gateway, orElse(o.spec.Gateway, "manual"))
	if parent := o.lastPayment(parentOf(kind)); parent != nil {
		p.parent, p.gateway = parent.id, orElse(step.Gateway, parent.gateway)
	}
	if !step.processed.IsZero() {
		p.at = step.processed
	}
	o.pay(p, step.PaymentID)
	o.settleFinancial(p)
	return nil
}

// parentOf tells which transactions one of this kind belongs to.
func parentOf(kind string) func(payment) bool {
	return func(p payment) bool {
		switch kind {
		case kindCapture, kindVoid:
			return p.went(kindAuthorization, "EMV_AUTHORIZATION")
		case kindRefund:
			return p.went(kindSale, kindCapture)
		case kindSale:
			return p.kind == kindSale && p.status == "PENDING"
		}
		return false
	}
}

func (o *orderState) lastPayment(want func(payment) bool) *payment {
	for i := len(o.payments) - 1; i >= 0; i-- {
		if want(o.payments[i]) {
			return &o.payments[i]
		}
	}
	return nil
}

func (o *orderState) pay(p payment, reference string) payment {
	p.id = o.newID("OrderTransaction")
	p.reference = orElse(reference, fmt.Sprintf("%s.%d", o.spec.Name, o.counts["OrderTransaction"]))
	o.payments = append(o.payments, p)
	return p
}

// settleFinancial moves displayFinancialStatus. Only money moves it: an order that was paid stays PAID when it is edited
// upwards, and then has something outstanding.
func (o *orderState) settleFinancial(p payment) {
	t := o.totals()
	switch {
	case p.status == "PENDING" && o.financial == "":
		o.financial = "PENDING"
	case p.status != statusSuccess:
	case p.kind == kindAuthorization && t.received == 0:
		o.financial = "AUTHORIZED"
	case p.kind == kindVoid && t.received == 0:
		o.financial = "VOIDED"
	case p.kind == kindRefund && t.refunded >= t.received:
		o.financial = "REFUNDED"
	case t.refunded > 0 && t.received > 0:
		o.financial = "PARTIALLY_REFUNDED"
	case (p.kind == kindSale || p.kind == kindCapture) && t.outstanding() > 0:
		o.financial = "PARTIALLY_PAID"
	case p.kind == kindSale || p.kind == kindCapture:
		o.financial = "PAID"
		if o.paidAt.IsZero() {
			o.paidAt = p.at
		}
	}
}

func (s *Server) doTip(o *orderState, step Step) error {
	amount, err := parseMoney(step.Amount)
	if err != nil {
		return err
	}
	if amount <= 0 {
		return fmt.Errorf("a tip of %q", step.Amount)
	}
	o.tip += amount
	o.agree(agreement{typeName: "OrderEditAgreement", reason: "ORDER_EDIT", at: step.At},
		[]sale{{typeName: "TipSale", action: "ORDER", lineType: "TIP", quantity: 1, total: amount}})
	return nil
}

func (s *Server) doTag(o *orderState, step Step) error {
	for _, tag := range step.Tags {
		tag = strings.TrimSpace(tag)
		o.tags = slices.DeleteFunc(o.tags, func(have string) bool { return step.Do == "untag" && strings.EqualFold(have, tag) })
		if step.Do == "tag" {
			o.tags = append(o.tags, tag)
		}
	}
	o.tags = tidyTags(o.tags)
	return nil
}

func (s *Server) doChange(o *orderState, step Step) error {
	c := step.Change
	if c == nil {
		return fmt.Errorf("nothing to change")
	}
	for _, one := range []struct {
		at *string
		to *string
	}{{&o.note, c.Note}, {&o.poNumber, c.PONumber}, {&o.email, c.Email}, {&o.phone, c.Phone}, {&o.customer, c.Customer}} {
		if one.to != nil {
			*one.at = *one.to
		}
	}
	if o.customer != "" && s.orders.customerNamed(o.customer) == nil {
		return fmt.Errorf("no customer %q", o.customer)
	}
	if c.Attributes != nil {
		o.attributes = c.Attributes
	}
	if c.Tags != nil {
		o.tags = tidyTags(c.Tags)
	}
	if c.Shipping != nil {
		o.shipping = c.Shipping
	}
	if c.Retax {
		return o.retax(step.At)
	}
	return nil
}

// retax works the taxes of lines out again that nothing was given back of, as a change of the shipping address does
// since 2026-10. The stand-in has no tax tables: the taxes come out at nothing, so that who sends an address is seen.
func (o *orderState) retax(at time.Time) error {
	var sales []sale
	for i := range o.lines {
		l := &o.lines[i]
		if l.back > 0 || len(l.taxes) == 0 {
			continue
		}
		old := l.taxes
		l.taxes = make([]tax, len(old))
		for k, t := range old {
			l.taxes[k] = tax{title: t.title, rate: 0}
		}
		sales = append(sales, sale{typeName: "ProductSale", action: "UPDATE", lineType: "PRODUCT", line: l.id,
			total: -o.onTop(taxSum(old)), tax: -taxSum(old), taxes: negative(old)})
	}
	if len(sales) > 0 {
		o.agree(agreement{typeName: "OrderEditAgreement", reason: "ORDER_EDIT", at: at}, sales)
	}
	return nil
}

// doState shows states that follow from nothing the story tells: ON_HOLD, SCHEDULED, EXPIRED and the like.
func (s *Server) doState(o *orderState, step Step) error {
	for _, one := range []struct {
		at       *string
		to, enum string
	}{{&o.financial, step.Financial, "OrderDisplayFinancialStatus"}, {&o.fulfilment, step.Fulfilment, "OrderDisplayFulfillmentStatus"},
		{&o.returning, step.Returning, "OrderReturnStatus"}} {
		switch {
		case one.to == "":
		case one.to == "none":
			*one.at = ""
		case loadedSchema().Types[one.enum].EnumValues.ForName(one.to) == nil:
			return fmt.Errorf("%q is no %s", one.to, one.enum)
		default:
			*one.at = one.to
		}
	}
	return nil
}
