package shopifytest

import (
	"fmt"
	"strconv"
	"strings"
)

func (v orderView) line(i int) object {
	l := v.o.lines[i]
	name := l.Title
	if l.Variant != "" {
		name += " - " + l.Variant
	}
	own := cash(0) // off this line alone; order-level and code discounts are left out
	for _, a := range l.allocations {
		if v.o.applications[a.index].explicit {
			own += a.amount
		}
	}
	step := stepOf(v.o.currency)
	gross := l.price * cash(l.quantity)
	return object{
		"__typename": "LineItem", "id": l.id, "name": name, "title": l.Title, "variantTitle": orNull(l.Variant), "sku": orNull(l.SKU),
		"vendor": orNull(l.Vendor), "quantity": l.quantity, "currentQuantity": l.current(), "refundableQuantity": l.current(),
		"nonFulfillableQuantity": l.quantity - l.open(), "unfulfilledQuantity": l.open(), "requiresShipping": l.delivered,
		"taxable": !l.untaxed, "isGiftCard": l.GiftCard, "restockable": true, "merchantEditable": l.sent == 0,
		"customAttributes": attributeObjects(l.Attributes), "originalUnitPriceSet": v.bag(l.price), "originalTotalSet": v.bag(gross),
		"totalDiscountSet": v.bag(own), "discountedTotalSet": v.bag(gross - own),
		"discountedUnitPriceSet":                  v.bag((gross - own).scaled(1, int64(l.quantity), step)),
		"discountedUnitPriceAfterAllDiscountsSet": v.bag(l.net().scaled(1, int64(l.quantity), step)),
		"discountAllocations":                     v.allocations(l.allocations),
		"taxLines":                                firstOf(func() []any { return v.taxObjects(l.taxes) }),
		"duties":                                  v.duties(l),
		"variant": resolver(func(map[string]any) (any, error) {
			if l.variant == nil || v.s.shop.byID[l.variant.ID] != l.variant {
				return nil, nil // never there, or deleted since
			}
			return v.s.variantObject(l.variant), nil
		}),
		"product": resolver(func(map[string]any) (any, error) {
			if l.variant == nil || v.s.shop.product(l.variant.product.id) == nil {
				return nil, nil
			}
			return v.s.productObject(l.variant.product), nil
		}),
	}
}

func (v orderView) allocations(all []allocation) []any {
	return objects(all, func(a allocation) object {
		return object{"__typename": "DiscountAllocation", "allocatedAmountSet": v.bag(a.amount),
			"discountApplication": resolver(func(map[string]any) (any, error) { return v.application(a.index), nil })}
	})
}

func (v orderView) duties(l orderLine) []any {
	if l.duty == 0 {
		return []any{}
	}
	return []any{object{"__typename": "Duty", "id": strings.Replace(l.id, "/LineItem/", "/Duty/", 1), "price": v.bag(l.duty),
		"taxLines": []any{}, "countryCodeOfOrigin": nil, "harmonizedSystemCode": nil}}
}

func (v orderView) freight(i int) object {
	f := v.o.freight[i]
	return object{"__typename": "ShippingLine", "id": f.id, "title": f.Title, "code": orNull(orElse(f.Code, f.Title)), "source": "shopify",
		"carrierIdentifier": orNull(f.Carrier), "isRemoved": f.removed, "custom": false, "originalPriceSet": v.bag(f.price),
		"discountedPriceSet": v.bag(f.net()), "currentDiscountedPriceSet": v.bag(f.net() - f.backNet),
		"discountAllocations": v.allocations(f.allocations), "taxLines": v.taxObjects(f.taxes)}
}

func (v orderView) application(i int) object {
	a := v.o.applications[i]
	out := object{"__typename": a.typeName, "index": i, "allocationMethod": "ACROSS", "targetSelection": "ALL", "targetType": "LINE_ITEM",
		"title": a.title, "code": a.title, "description": orNull(a.description)}
	if a.explicit {
		out["targetSelection"], out["allocationMethod"] = "EXPLICIT", "ACROSS"
	}
	if a.shipping {
		out["targetType"], out["allocationMethod"] = "SHIPPING_LINE", "EACH"
	}
	out["value"] = amountObject(a.amount, v.o.currency)
	if a.percent != "" {
		percent, _ := parseScaled(a.percent, 4) // checked before
		out["value"] = object{"__typename": "PricingPercentageValue", "percentage": ratio(percent * 100)}
	}
	return out
}

func (v orderView) payment(p payment) object {
	out := object{"__typename": "OrderTransaction", "id": p.id, "kind": p.kind, "status": p.status, "gateway": orNull(p.gateway),
		"formattedGateway": gatewayTitle(p.gateway), "paymentId": p.reference, "accountNumber": nil, "errorCode": nil,
		"test": v.o.spec.Test, "createdAt": timestamp(p.at), "processedAt": timestamp(p.at), "manualPaymentGateway": p.manual(),
		"amountSet": v.bag(p.amount), "amountRoundingSet": nil, "fees": []any{}, "paymentDetails": nil, "parentTransaction": nil,
		"manuallyCapturable": false, "multiCapturable": false, "settlementCurrency": nil, "settlementCurrencyRate": nil, "receiptJson": nil,
		"order": resolver(func(map[string]any) (any, error) { return v.s.orderObject(v.o), nil })}
	if p.rounding != 0 {
		out["amountRoundingSet"] = v.bag(p.rounding)
	}
	if p.status == "FAILURE" || p.status == "ERROR" {
		out["errorCode"] = "CARD_DECLINED"
	}
	if company, number, ok := strings.Cut(p.card, " "); ok {
		out["accountNumber"] = "•••• •••• •••• " + number
		out["paymentDetails"] = object{"__typename": "CardPaymentDetails", "company": company, "number": "•••• •••• •••• " + number,
			"paymentMethodName": "card"}
	}
	if fee := v.s.feeOf(v.o, p); fee != 0 {
		out["fees"] = []any{object{"__typename": "TransactionFee", "id": strings.Replace(p.id, "/OrderTransaction/", "/TransactionFee/", 1),
			"type": "processing_fee", "rate": ratio(feeRate), "amount": amountObject(fee, v.o.currency),
			"taxAmount": amountObject(0, v.o.currency), "flatFee": amountObject(feeFlat, v.o.currency), "flatFeeName": nil, "rateName": nil}}
	}
	for _, parent := range v.o.payments {
		if parent.id == p.parent {
			out["parentTransaction"] = resolver(func(map[string]any) (any, error) { return v.payment(parent), nil })
		}
	}
	return out
}

func (v orderView) refund(r refund) object {
	paid := cash(0)
	var payments []payment
	for _, p := range v.o.payments {
		for _, id := range r.payments {
			if p.id == id {
				payments, paid = append(payments, p), paid+p.amount
			}
		}
	}
	out := object{"__typename": "Refund", "id": r.id, "legacyResourceId": legacyID(r.id), "createdAt": timestamp(r.at),
		"processedAt": timestamp(r.at), "updatedAt": timestamp(r.at), "note": orNull(r.note), "totalRefundedSet": v.bag(paid), "return": nil,
		"order": resolver(func(map[string]any) (any, error) { return v.s.orderObject(v.o), nil }),
		"refundLineItems": lazy(func() connection {
			return connection{nodes: listed(r.parts, func(p refundPart) string { return p.id }, v.refundPart)}
		}),
		"refundShippingLines": lazy(func() connection {
			return connection{nodes: listed(r.freight, func(f freightPart) string { return f.id }, v.freightPart)}
		}),
		"orderAdjustments": lazy(func() connection {
			return connection{nodes: listed(r.adjustments, func(a adjustment) string { return a.id }, v.adjustment)}
		}),
		"transactions": lazy(func() connection {
			return connection{nodes: listed(payments, func(p payment) string { return p.id }, v.payment)}
		})}
	for _, one := range v.o.returns {
		if one.id == r.goodsReturn {
			out["return"] = v.goodsReturn(one)
		}
	}
	return out
}

func (v orderView) refundPart(p refundPart) object {
	l := v.o.lines[p.line]
	out := object{"__typename": "RefundLineItem", "id": p.id, "quantity": p.quantity, "restockType": p.restock, "restocked": p.restocked,
		"priceSet": v.bag(l.price), "subtotalSet": v.bag(p.net), "totalTaxSet": v.bag(p.tax), "location": nil,
		"lineItem": resolver(func(map[string]any) (any, error) { return v.line(p.line), nil })}
	if p.restocked {
		out["location"] = resolver(func(map[string]any) (any, error) { return orNil(v.s.lookUp(v.s.placeNamed(p.where))), nil })
	}
	return out
}

func (v orderView) freightPart(f freightPart) object {
	return object{"__typename": "RefundShippingLine", "id": f.id, "subtotalAmountSet": v.bag(f.net), "taxAmountSet": v.bag(f.tax),
		"shippingLine": resolver(func(map[string]any) (any, error) { return v.freight(f.line), nil })}
}

func (v orderView) adjustment(a adjustment) object {
	return object{"__typename": "OrderAdjustment", "id": a.id, "reason": a.reason, "amountSet": v.bag(a.amount), "taxAmountSet": v.bag(0)}
}

func (v orderView) goodsReturn(r goodsReturn) object {
	total := 0
	for _, p := range r.parts {
		total += p.quantity
	}
	return object{"__typename": "Return", "id": r.id, "name": r.name, "status": r.status, "createdAt": timestamp(r.at),
		"closedAt": timeOrNull(r.closed), "requestApprovedAt": timestamp(r.at), "totalQuantity": total,
		"order": resolver(func(map[string]any) (any, error) { return v.s.orderObject(v.o), nil })}
}

func (v orderView) agreement(a agreement) object {
	out := object{"__typename": a.typeName, "id": a.id, "happenedAt": timestamp(a.at), "reason": a.reason, "app": nil,
		"sales": lazy(func() connection {
			return connection{nodes: listed(a.sales, func(s sale) string { return s.id }, v.sale)}
		})}
	for _, r := range v.o.refunds {
		if r.id == a.refund {
			out["refund"] = resolver(func(map[string]any) (any, error) { return v.refund(r), nil })
		}
	}
	for _, r := range v.o.returns {
		if r.id == a.goodsReturn {
			out["return"] = resolver(func(map[string]any) (any, error) { return v.goodsReturn(r), nil })
		}
	}
	return out
}

func (v orderView) sale(one sale) object {
	out := object{"__typename": one.typeName, "id": one.id, "actionType": one.action, "lineType": one.lineType, "quantity": nil,
		"totalAmount": v.bag(one.total), "totalDiscountAmountBeforeTaxes": v.bag(one.discount),
		"totalDiscountAmountAfterTaxes": v.bag(one.discount), "totalTaxAmount": v.bag(one.tax)}
	if one.quantity != 0 {
		out["quantity"] = one.quantity
	}
	taxes := []any{}
	for i, t := range one.taxes {
		taxes = append(taxes, object{"__typename": "SaleTax", "id": fmt.Sprintf("%s-%d", strings.Replace(one.id, "/"+one.typeName+"/", "/SaleTax/", 1), i+1),
			"amount": v.bag(t.amount), "taxLine": v.taxObjects([]tax{t})[0]})
	}
	out["taxes"] = taxes
	for i, l := range v.o.lines {
		if l.id == one.line {
			out["lineItem"] = resolver(func(map[string]any) (any, error) { return v.line(i), nil })
			if duties := v.duties(l); len(duties) > 0 {
				out["duty"] = duties[0]
			}
		}
	}
	for i, f := range v.o.freight {
		if f.id == one.line {
			out["shippingLine"] = resolver(func(map[string]any) (any, error) { return v.freight(i), nil })
		}
	}
	return out
}

func (v orderView) fulfilment(f fulfilment) object {
	total := 0
	for _, item := range f.items {
		total += item.quantity
	}
	return object{"__typename": "Fulfillment", "id": f.id, "legacyResourceId": legacyID(f.id), "name": f.name, "status": f.status,
		"displayStatus": f.display, "createdAt": timestamp(f.at), "updatedAt": timestamp(f.updated), "totalQuantity": total,
		"requiresShipping": true, "deliveredAt": nil, "estimatedDeliveryAt": nil, "inTransitAt": nil,
		"fulfillmentLineItems": lazy(func() connection {
			return connection{nodes: listed(places(f.items), func(i int) string { return fulfilledID(f, i) }, func(i int) object { return v.fulfilled(f, i) })}
		}),
		"location": resolver(func(map[string]any) (any, error) { return orNil(v.s.lookUp(f.location)), nil }),
		"order":    resolver(func(map[string]any) (any, error) { return v.s.orderObject(v.o), nil }),
		"trackingInfo": firstOf(func() []any {
			return objects(f.tracking, func(t Tracking) object {
				return object{"__typename": "FulfillmentTrackingInfo", "company": orNull(t.Company), "number": orNull(t.Number), "url": orNull(t.URL)}
			})
		})}
}

func fulfilledID(f fulfilment, i int) string {
	return strings.Replace(f.id, "/Fulfillment/", "/FulfillmentLineItem/", 1) + strconv.Itoa(i)
}

func (v orderView) fulfilled(f fulfilment, i int) object {
	item := f.items[i]
	l := v.o.lines[item.line]
	return object{"__typename": "FulfillmentLineItem", "id": fulfilledID(f, i), "quantity": item.quantity,
		"originalTotalSet": v.bag(l.price * cash(item.quantity)),
		"lineItem":         resolver(func(map[string]any) (any, error) { return v.line(item.line), nil })}
}

// numberIn is the number in a name such as "#1001-A"; names are not for parsing, this is what the API gives.
func numberIn(name string) int {
	digits := strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
	if len(digits) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(digits[0])
	return n
}

// confirmation is a code of nine letters and digits.
func confirmation(number int) string {
	return strings.ToUpper(strconv.FormatInt(int64(number)*2_654_435_761%78_364_164_096+78_364_164_096, 36))[:8] + "X"
}

func sourceTitle(source string) string {
	return orElse(map[string]string{"web": "Online Store", "pos": "Point of Sale", "shopify_draft_order": "Draft Orders"}[source], source)
}

// gatewayTitle is how a gateway is called in the admin and in files.
func gatewayTitle(gateway string) string {
	return orElse(map[string]string{gatewayShopify: "Shopify Payments", "paypal": "PayPal Express Checkout", "gift_card": "Gift Card"}[gateway], gateway)
}
