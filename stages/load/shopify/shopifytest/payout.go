package shopifytest

import (
	"slices"
	"strings"
	"time"
)

// Fees of Shopify Payments here: 2.9 % and 3 units.
const (
	feeRate = 29_000 // millionths
	feeFlat = cash(3 * moneyUnit)
)

// Payout is money that Shopify Payments sends to the bank. It holds all charges and refunds up to Until that no payout
// before it holds.
type Payout struct {
	ID     string    `json:"id,omitempty"`
	At     time.Time `json:"at,omitzero"`      // issuedAt; now when zero
	Until  time.Time `json:"until,omitzero"`   // At when zero
	Status string    `json:"status,omitempty"` // PAID (also when empty), SCHEDULED, FAILED or CANCELED
}

type payout struct {
	Payout
	entries []balanceEntry
}

// balanceEntry is a movement on the balance of Shopify Payments.
type balanceEntry struct {
	order       *orderState
	payment     payment
	amount, fee cash // amount is below zero for a refund
}

func (e balanceEntry) net() cash { return e.amount - e.fee }

// feeOf is what a transaction costs: nothing but for charges through Shopify Payments.
func (s *Server) feeOf(o *orderState, p payment) cash {
	if !s.opt.ShopifyPayments || p.gateway != gatewayShopify || !p.went(kindSale, kindCapture) {
		return 0
	}
	return p.amount.scaled(feeRate, rateUnit, stepOf(o.currency)) + feeFlat
}

// balance are all movements so far, oldest first.
func (s *Server) balance() []balanceEntry {
	var out []balanceEntry
	for _, t := range s.orders.tales {
		o := t.at(s.opt.Now())
		if o == nil {
			continue
		}
		for _, p := range o.payments {
			e := balanceEntry{order: o, payment: p, amount: p.amount, fee: s.feeOf(o, p)}
			switch {
			case p.gateway != gatewayShopify || !p.went(kindSale, kindCapture, kindRefund):
				continue
			case p.kind == kindRefund:
				e.amount = -p.amount
			}
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b balanceEntry) int { return a.payment.at.Compare(b.payment.at) })
	return out
}

// AddPayout issues a payout and gives its id.
func (s *Server) AddPayout(in Payout) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.At.IsZero() {
		in.At = s.opt.Now()
	}
	if in.Until.IsZero() {
		in.Until = in.At
	}
	in.ID, in.Status = orElse(in.ID, s.shop.newID("ShopifyPaymentsPayout")), orElse(in.Status, "PAID")
	p := &payout{Payout: in}
	for _, e := range s.balance() {
		if s.orders.taken[e.payment.id] == nil && !e.payment.at.After(in.Until) {
			p.entries = append(p.entries, e)
			s.orders.taken[e.payment.id] = p
		}
	}
	s.orders.payouts = append(s.orders.payouts, p)
	return in.ID
}

// readAccount is shopifyPaymentsAccount: null where the product is not offered.
func (s *Server) readAccount(map[string]any) (any, error) {
	if !s.opt.ShopifyPayments {
		return nil, nil
	}
	left := cash(0)
	for _, e := range s.balance() {
		if s.orders.taken[e.payment.id] == nil {
			left += e.net()
		}
	}
	return object{"__typename": "ShopifyPaymentsAccount", "id": gid("ShopifyPaymentsAccount", 1), "country": "EG", "activated": true,
		"onboardable": true, "defaultCurrency": s.opt.Currency, "balance": []any{amountObject(left, s.opt.Currency)},
		"payoutStatementDescriptor": nil, "accountOpenerName": nil,
		"payouts":             lazy(s.payoutConnection),
		"balanceTransactions": lazy(s.balanceConnection)}, nil
}

func (s *Server) payoutConnection() connection {
	issued := map[string]string{}
	var nodes []node
	for _, p := range s.orders.payouts {
		if !p.At.After(s.opt.Now()) {
			issued[p.ID] = timestamp(p.At)
			nodes = append(nodes, node{id: p.ID, open: func() object { return s.payoutObject(p) }})
		}
	}
	return connection{nodes: nodes, match: func(n object, t term) (bool, bool) {
		switch t.field {
		case "issued_at":
			return t.holdsTime(text(n["issuedAt"])), true
		case "id":
			return t.holdsID(text(n["id"])), true
		case "status":
			return t.holds(text(n["status"])), true
		}
		return false, false
	}, sortBy: sortsBy("ISSUED_AT", issued)}
}

// sortsBy serves one sort key, by values that are known, and the order of ids.
func sortsBy(key string, values map[string]string) func(string) (func(node) string, bool) {
	return func(asked string) (func(node) string, bool) {
		return func(n node) string {
			if asked == key {
				return values[n.id]
			}
			return ""
		}, asked == key || asked == "ID" || asked == ""
	}
}

// sums are the parts of a payout.
func (p *payout) sums() (charges, chargeFees, refunds, net cash) {
	for _, e := range p.entries {
		if e.amount < 0 {
			refunds += e.amount
		} else {
			charges, chargeFees = charges+e.amount, chargeFees+e.fee
		}
		net += e.net()
	}
	return charges, chargeFees, refunds, net
}

func (s *Server) payoutObject(p *payout) object {
	charges, fees, refunds, net := p.sums()
	in := func(m cash) object { return amountObject(m, s.opt.Currency) }
	kind := "DEPOSIT"
	if net < 0 {
		kind = "WITHDRAWAL"
	}
	return object{"__typename": "ShopifyPaymentsPayout", "id": p.ID, "legacyResourceId": legacyID(p.ID), "issuedAt": timestamp(p.At),
		"status": p.Status, "transactionType": kind, "externalTraceId": nil, "net": in(net), "gross": in(charges + refunds),
		"summary": object{"__typename": "ShopifyPaymentsPayoutSummary", "chargesGross": in(charges), "chargesFee": in(fees),
			"refundsFeeGross": in(refunds), "refundsFee": in(0), "adjustmentsGross": in(0), "adjustmentsFee": in(0),
			"reservedFundsGross": in(0), "reservedFundsFee": in(0), "advanceFees": in(0), "advanceGross": in(0),
			"retriedPayoutsFee": in(0), "retriedPayoutsGross": in(0), "usdcRebateCreditAmount": in(0)}}
}

func (e balanceEntry) id() string {
	return strings.Replace(e.payment.id, "/OrderTransaction/", "/ShopifyPaymentsBalanceTransaction/", 1)
}

func (s *Server) balanceConnection() connection {
	processed := map[string]string{}
	all := s.balance()
	for _, e := range all {
		processed[e.id()] = timestamp(e.payment.at)
	}
	return connection{nodes: nodesOf(all, balanceEntry.id, s.balanceObject), match: func(n object, t term) (bool, bool) {
		switch t.field {
		case "processed_at":
			return t.holdsTime(text(n["transactionDate"])), true
		case "payout_date":
			p, _ := n[indexKey].(*payout)
			return p != nil && t.holdsDay(p.At), true
		case "payments_transfer_id", "payout_id":
			p, _ := n[indexKey].(*payout)
			return p != nil && t.holdsID(p.ID), true
		case "id":
			return t.holdsID(text(n["id"])), true
		case "transaction_type":
			return t.holds(text(n["type"])), true
		}
		return false, false
	}, sortBy: sortsBy("PROCESSED_AT", processed)}
}

func (s *Server) balanceObject(e balanceEntry) object {
	in := func(m cash) object { return amountObject(m, s.opt.Currency) }
	kind := "CHARGE"
	if e.amount < 0 {
		kind = "REFUND"
	}
	out := object{"__typename": "ShopifyPaymentsBalanceTransaction", "id": e.id(), "type": kind, "sourceType": kind,
		"sourceId": legacyID(e.payment.id), "sourceOrderTransactionId": legacyID(e.payment.id), "transactionDate": timestamp(e.payment.at),
		"test": e.order.spec.Test, "amount": in(e.amount), "fee": in(e.fee), "net": in(e.net()), "adjustmentReason": nil,
		"associatedOrder":  object{"__typename": "ShopifyPaymentsAssociatedOrder", "id": e.order.spec.ID, "name": e.order.spec.Name},
		"associatedPayout": object{"__typename": "ShopifyPaymentsBalanceTransactionAssociatedPayout", "id": nil, "status": "PENDING"}}
	if p := s.orders.taken[e.payment.id]; p != nil {
		out[indexKey] = p
		out["associatedPayout"] = object{"__typename": "ShopifyPaymentsBalanceTransactionAssociatedPayout", "id": p.ID, "status": p.Status}
	}
	return out
}

// tenderConnection are the movements of money of every gateway: above zero received, below zero given back.
func (s *Server) tenderConnection() connection {
	var nodes []node
	for _, t := range s.orders.tales {
		o := t.at(s.opt.Now())
		if o == nil || !s.visible(t) {
			continue
		}
		for _, p := range o.payments {
			if p.went(kindSale, kindCapture, kindRefund) && p.amount != 0 {
				nodes = append(nodes, node{id: strings.Replace(p.id, "/OrderTransaction/", "/TenderTransaction/", 1),
					open: func() object { return s.tenderObject(o, p) }})
			}
		}
	}
	return connection{nodes: nodes, limit: s.opt.MaxPaged, match: func(n object, t term) (bool, bool) {
		switch t.field {
		case "processed_at":
			at, _ := time.Parse(time.RFC3339, text(n["processedAt"])) // written by us
			return t.holdsMoment(at), true
		case "id":
			return t.holdsID(text(n["id"])), true
		case "test":
			return t.holds(map[any]string{true: "true", false: "false"}[n["test"]]), true
		}
		return false, false
	}}
}

func (s *Server) tenderObject(o *orderState, p payment) object {
	amount := p.amount
	if p.kind == kindRefund {
		amount = -amount
	}
	method := "other"
	switch {
	case p.card != "":
		method = "credit_card"
	case strings.Contains(strings.ToLower(p.gateway), "cash"):
		method = "cash"
	}
	return object{"__typename": "TenderTransaction", "id": strings.Replace(p.id, "/OrderTransaction/", "/TenderTransaction/", 1),
		"paymentMethod": method, "processedAt": timestamp(p.at), "remoteReference": orNull(p.reference), "test": o.spec.Test,
		"amount": amountObject(amount, o.currency),
		"order":  resolver(func(map[string]any) (any, error) { return orNil(s.lookUp(o.spec.ID)), nil })}
}
