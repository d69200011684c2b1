package shopifytest

import (
	"encoding/json"
	"strings"
	"time"
)

// orderView writes the objects of one version of an order.
type orderView struct {
	s *Server
	o *orderState
}

// bag is an amount in both currencies. The buyer's is worked out from the shop's, each amount by itself: sums hold in the
// shop's currency, and may miss by the smallest step in the other.
// It is made when it is asked for: an order has some hundred amounts.
func (v orderView) bag(m cash) resolver {
	return func(map[string]any) (any, error) {
		seen := m
		if v.o.presentment != v.o.currency || v.o.rate != rateUnit {
			seen = m.scaled(v.o.rate, rateUnit, stepOf(v.o.presentment))
		}
		return object{"__typename": "MoneyBag", "shopMoney": amountObject(m, v.o.currency),
			"presentmentMoney": amountObject(seen, v.o.presentment)}, nil
	}
}

func amountObject(m cash, currency string) object {
	return object{"__typename": "MoneyV2", "amount": m.text(), "currencyCode": currency}
}

func timeOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return timestamp(t)
}

// orderObject is what can be read of an order. Nothing that is dear to make is made before it is asked for.
func (s *Server) orderObject(o *orderState) object {
	v := orderView{s, o}
	in := o.spec
	out := s.owned(in.ID, object{
		"__typename": "Order", "id": in.ID, "legacyResourceId": legacyID(in.ID), "name": in.Name, "number": numberIn(in.Name),
		"confirmationNumber": confirmation(o.number), "poNumber": orNull(o.poNumber),
		"createdAt": timestamp(in.At), "processedAt": timestamp(in.Processed), "updatedAt": timestamp(o.updated),
		"closedAt": timeOrNull(o.closed), "closed": !o.closed.IsZero(), "cancelledAt": timeOrNull(o.cancelled),
		"cancelReason": orNull(o.cancelReason), "edited": o.edited, "confirmed": true, "test": in.Test, "note": orNull(o.note),
		"tags": tagList(o.tags), "customerLocale": orNull(in.Locale), "sourceName": in.Source, "sourceIdentifier": orNull(in.SourceID),
		"attribution":      object{"__typename": "OrderAttribution", "handle": in.Source, "displayName": sourceTitle(in.Source), "icon": nil},
		"customAttributes": attributeObjects(o.attributes), "currencyCode": o.currency, "presentmentCurrencyCode": o.presentment,
		"displayFinancialStatus": orNull(o.financial), "displayFulfillmentStatus": o.fulfilmentStatus(),
		"returnStatus": orElse(o.returning, "NO_RETURN"), "taxesIncluded": o.included, "taxExempt": in.TaxExempt,
		"dutiesIncluded": in.DutiesIn, "estimatedTaxes": false, "requiresShipping": v.requiresShipping(),
		"statusPageUrl": "https://" + s.opt.Domain + "/orders/" + confirmation(o.number), "merchantEditable": o.closed.IsZero(),
		"discountCodes": v.codes(), "paymentGatewayNames": v.gateways(), "clientIp": nil, "hasTimelineComment": false,
		"billingAddressMatchesShippingAddress": sameAddress(o.billing, o.shipping), "restockable": true,
		"customerAcceptsMarketing": s.acceptsMarketing(o.customer), "canNotifyCustomer": o.email != "" || o.phone != "",
	})
	if codes := v.codes(); len(codes) > 0 {
		out["discountCode"] = codes[0]
	} else {
		out["discountCode"] = nil
	}
	if !o.cancelled.IsZero() {
		out["cancellation"] = object{"__typename": "OrderCancellation", "staffNote": orNull(o.staffNote)}
	} else {
		out["cancellation"] = nil
	}
	v.money(out)
	v.people(out)
	v.parts(out)
	for name, value := range in.Fields {
		if _, lives := map[string]bool{"id": true, "updatedAt": true, "tags": true}[name]; !lives {
			out[name] = value
		}
	}
	return out
}

// money are the sums, and what follows from them.
func (v orderView) money(out object) {
	t := v.o.totals()
	for name, amount := range map[string]cash{
		"subtotalPriceSet": t.subtotal, "totalDiscountsSet": t.discounts, "totalShippingPriceSet": t.shipping, "totalTaxSet": t.tax,
		"totalTipReceivedSet": t.tip, "totalPriceSet": t.total, "originalTotalPriceSet": v.originalTotal(),
		"currentSubtotalPriceSet": t.currentSubtotal, "currentTotalDiscountsSet": t.currentDiscounts,
		"currentShippingPriceSet": t.currentShipping, "currentTotalTaxSet": t.currentTax, "currentTotalPriceSet": t.currentTotal,
		"totalReceivedSet": t.received, "totalRefundedSet": t.refunded, "totalRefundedShippingSet": t.refundedShipping,
		"totalOutstandingSet": t.outstanding(), "netPaymentSet": t.net(), "totalCapturableSet": t.authorized,
		"refundDiscrepancySet": v.o.adjusted,
	} {
		out[name] = v.bag(amount)
	}
	out["originalTotalDutiesSet"], out["currentTotalDutiesSet"] = nil, nil
	if t.duties != 0 {
		out["originalTotalDutiesSet"], out["currentTotalDutiesSet"] = v.bag(t.duties), v.bag(t.duties)
	}
	out["currentTotalAdditionalFeesSet"], out["originalTotalAdditionalFeesSet"], out["additionalFees"] = nil, nil, []any{}
	out["totalCashRoundingAdjustment"] = object{"__typename": "CashRoundingAdjustment", "paymentSet": v.bag(t.roundedIn), "refundSet": v.bag(t.roundedOut)}
	out["taxLines"], out["currentTaxLines"] = v.taxObjects(v.o.taxLines(false)), v.taxObjects(v.o.taxLines(true))
	out["fullyPaid"] = t.outstanding() <= 0 && t.received > 0 || t.total == 0
	out["unpaid"] = t.received == 0 && t.total > 0
	out["canMarkAsPaid"] = v.o.markFault() == ""
	out["capturable"] = t.authorized > 0
	out["refundable"] = t.net() > 0
	out["fulfillable"] = v.fulfillable()
	ordered, current := 0, 0
	for _, l := range v.o.lines {
		ordered, current = ordered+l.quantity, current+l.current()
	}
	out["subtotalLineItemsQuantity"], out["currentSubtotalLineItemsQuantity"] = ordered, current
}

// originalTotal is what the first agreement came to.
func (v orderView) originalTotal() (sum cash) {
	for _, one := range v.o.agreements[0].sales {
		sum += one.total
	}
	return sum
}

func (v orderView) fulfillable() bool {
	for _, l := range v.o.lines {
		if l.open() > 0 && v.o.cancelled.IsZero() {
			return true
		}
	}
	return false
}

func (v orderView) requiresShipping() bool {
	for _, l := range v.o.lines {
		if l.delivered {
			return true
		}
	}
	return false
}

// people is what level 2 of protected data hides.
func (v orderView) people(out object) {
	s, o := v.s, v.o
	out["email"], out["phone"] = s.personal("email", orNull(o.email)), s.personal("phone", orNull(o.phone))
	out["billingAddress"], out["shippingAddress"] = s.addressOrNull(o.billing, o.number), s.addressOrNull(o.shipping, o.number)
	out["displayAddress"] = out["shippingAddress"]
	out["retailLocation"] = resolver(func(map[string]any) (any, error) {
		l := s.shop.location(o.spec.Place)
		if o.spec.Place == "" || l == nil {
			return nil, nil
		}
		return orNil(s.lookUp(l.ID)), nil
	})
	out["customer"] = resolver(func(map[string]any) (any, error) {
		if c := s.orders.customerNamed(o.customer); c != nil {
			return s.customerObject(c), nil
		}
		return nil, nil
	})
}

// parts are the lists.
func (v orderView) parts(out object) {
	o := v.o
	out["lineItems"] = lazy(func() connection {
		return connection{nodes: listed(places(o.lines), func(i int) string { return o.lines[i].id }, v.line)}
	})
	out["nonFulfillableLineItems"] = lazy(func() connection {
		var closed []int
		for i, l := range o.lines {
			if l.open() == 0 {
				closed = append(closed, i)
			}
		}
		return connection{nodes: listed(closed, func(i int) string { return o.lines[i].id }, v.line)}
	})
	out["shippingLines"] = resolver(func(args map[string]any) (any, error) {
		var shown []int
		for i, f := range o.freight {
			if !f.removed || args["includeRemovals"] == true {
				shown = append(shown, i)
			}
		}
		return connection{nodes: listed(shown, func(i int) string { return o.freight[i].id }, v.freight)}, nil
	})
	out["shippingLine"] = resolver(func(map[string]any) (any, error) {
		if len(o.freight) == 0 {
			return nil, nil
		}
		return v.freight(0), nil
	})
	out["discountApplications"] = lazy(func() connection {
		return connection{nodes: listed(places(o.applications), func(i int) string { return gid("DiscountApplication", i+1) }, v.application)}
	})
	out["transactions"] = firstOf(func() []any { return objects(o.payments, v.payment) })
	out["refunds"] = firstOf(func() []any { return objects(o.refunds, v.refund) })
	out["fulfillments"] = firstOf(func() []any { return objects(o.fulfilments, v.fulfilment) })
	out["transactionsCount"] = counted(func() int { return len(o.payments) })
	out["fulfillmentsCount"] = counted(func() int { return len(o.fulfilments) })
	out["agreements"] = lazy(func() connection {
		return connection{nodes: listed(o.agreements, func(a agreement) string { return a.id }, v.agreement)}
	})
	out["localizedFields"] = lazy(func() connection {
		return connection{nodes: listed(o.spec.Localized, func(a Attribute) string { return a.Key }, localizedObject)}
	})
	out["fulfillmentOrders"] = lazy(func() connection {
		all := v.s.fulfilmentOrders(o)
		return connection{nodes: listed(all, func(f fulfilmentOrder) string { return f.id }, v.fulfilmentOrder)}
	})
}

func places[T any](all []T) []int {
	out := make([]int, len(all))
	for i := range all {
		out[i] = i
	}
	return out
}

func objects[T any](all []T, open func(T) object) []any {
	out := make([]any, len(all))
	for i, one := range all {
		out[i] = open(one)
	}
	return out
}

// firstOf is a plain list with the argument first.
func firstOf(all func() []any) resolver {
	return func(args map[string]any) (any, error) {
		out := all()
		if n, given := toInt(args["first"]); given && n < len(out) {
			out = out[:n]
		}
		return out, nil
	}
}

func attributeObjects(all []Attribute) []any {
	return objects(all, func(a Attribute) object {
		return object{"__typename": "Attribute", "key": a.Key, "value": orNull(a.Value)}
	})
}

func localizedObject(a Attribute) object {
	country := "EG"
	if at := strings.LastIndexByte(a.Key, '_'); at >= 0 && len(a.Key)-at == 3 {
		country = a.Key[at+1:]
	}
	return object{"__typename": "LocalizedField", "key": a.Key, "value": a.Value, "countryCode": country, "purpose": "TAX", "title": a.Key}
}

func (v orderView) taxObjects(all []tax) []any {
	return objects(all, func(t tax) object {
		return object{"__typename": "TaxLine", "title": t.title, "rate": ratio(t.rate), "ratePercentage": ratio(t.rate * 100),
			"source": "Shopify", "channelLiable": false, "priceSet": v.bag(t.amount)}
	})
}

// ratio writes millionths as a JSON number.
func ratio(millionths int64) json.Number {
	text := cash(millionths / 1000).fixed(3)
	if rest := millionths % 1000; rest != 0 {
		text = cash(millionths/1000).fixed(3) + strings.TrimPrefix(cash(1000+rest).fixed(3), "1.")
	}
	if text = strings.TrimRight(text, "0"); strings.HasSuffix(text, ".") {
		text += "0"
	}
	return json.Number(text)
}

func (v orderView) codes() []any {
	out := []any{}
	for _, a := range v.o.applications {
		if a.typeName == "DiscountCodeApplication" {
			out = append(out, a.title)
		}
	}
	return out
}

func (v orderView) gateways() []any {
	out := []any{}
	for _, name := range v.o.gatewayNames() {
		out = append(out, name)
	}
	return out
}

func (o *orderState) gatewayNames() (out []string) {
	seen := map[string]bool{}
	for _, p := range o.payments {
		if p.kind != kindVoid && p.gateway != "" && !seen[p.gateway] {
			seen[p.gateway] = true
			out = append(out, p.gateway)
		}
	}
	return out
}
