package shopifytest

import (
	"fmt"
	"strconv"
)

// discountObject is a discount as it can be read.
func (s *Server) discountObject(d *discount) object {
	out := object{
		"__typename": d.kind.typename, "id": d.id(), "title": d.title, "status": s.discountStatus(d), "startsAt": timestamp(d.starts), "endsAt": nil,
		"createdAt": timestamp(d.created), "updatedAt": timestamp(d.updated), "asyncUsageCount": 0, "usageCount": 0,
		"discountClasses": []any{d.class()}, "discountClass": d.class(), "recurringCycleLimit": 0, "tags": d.tags,
		"summary": d.summary(), "shortSummary": d.summary(), "combinesWith": d.combinesObject(), "context": d.contextObject(),
		"customerGets": s.selectionObject(d.gets, "DiscountCustomerGets"), "minimumRequirement": d.minimumObject(s.opt.Currency),
	}
	if !d.ends.IsZero() {
		out["endsAt"] = timestamp(d.ends)
	}
	switch d.kind {
	case automaticBxgy:
		out["customerBuys"], out["usesPerOrderLimit"] = s.selectionObject(d.buys, "DiscountCustomerBuys"), wholeOrNil(d.perOrder)
	case codeBasic:
		out["usageLimit"], out["appliesOncePerCustomer"], out["hasTimelineComment"], out["totalSales"] = d.usage, d.once, false, nil
		out["codesCount"] = object{"count": len(d.codes), "precision": "EXACT"}
		out["codes"] = resolver(func(map[string]any) (any, error) {
			s.runCreations()
			var nodes []node
			for _, c := range d.codes {
				nodes = append(nodes, fixed(object{"__typename": "DiscountRedeemCode", "id": c.id, "code": c.code, "asyncUsageCount": 0,
					"createdBy": object{"id": gid("App", 1), "title": "wasl", "handle": "wasl"}})...)
			}
			return connection{nodes: nodes, match: func(n object, t term) (bool, bool) { return t.holds(text(n["code"])), t.field == "" }}, nil
		})
	}
	return out
}

func wholeOrNil(v any) any {
	if n, err := strconv.Atoi(text(v)); err == nil {
		return n
	}
	return nil
}

// class is PRODUCT for what is taken off items and ORDER for what is taken off the whole.
func (d *discount) class() string {
	if d.gets.all && d.kind != automaticBxgy {
		return "ORDER"
	}
	return "PRODUCT"
}

// summary says in words what the discount does. The real words are longer; nobody should read them.
func (d *discount) summary() string {
	items := "all products"
	if n := len(d.gets.products) + len(d.gets.variants) + len(d.gets.collections); n > 0 {
		items = fmt.Sprintf("%d products", n)
	}
	return valueText(d.gets.value) + " off " + items
}

func (d *discount) combinesObject() object {
	out := object{"orderDiscounts": false, "productDiscounts": false, "shippingDiscounts": false, "productDiscountsWithTagsOnSameCartLine": nil}
	for name := range out {
		if v, given := d.combines[name].(bool); given {
			out[name] = v
		}
	}
	return out
}

func (d *discount) contextObject() object {
	if _, limited := d.context["all"]; d.context != nil && !limited {
		return object{"__typename": "DiscountCustomers"}
	}
	return object{"__typename": "DiscountBuyerSelectionAll", "all": "ALL"}
}

func (d *discount) minimumObject(currency string) any {
	if q, given := d.minimum["quantity"].(object); given {
		return object{"__typename": "DiscountMinimumQuantity", "greaterThanOrEqualToQuantity": q["greaterThanOrEqualToQuantity"]}
	}
	if total, given := d.minimum["subtotal"].(object); given {
		return object{"__typename": "DiscountMinimumSubtotal", "greaterThanOrEqualToSubtotal": money(text(total["greaterThanOrEqualToSubtotal"]), currency)}
	}
	return nil
}

// selectionObject is customerGets or customerBuys.
func (s *Server) selectionObject(sel selection, kind string) object {
	return object{"__typename": kind, "appliesOnOneTimePurchase": true, "appliesOnSubscription": false, "isOneTimePurchase": true,
		"isSubscription": false, "items": s.itemsObject(sel), "value": s.valueObject(sel.value)}
}

func (s *Server) itemsObject(sel selection) object {
	list := func(ids []string) connection {
		var nodes []node
		for _, id := range ids {
			if o := s.lookUp(id); o != nil { // what was deleted is not there any more
				nodes = append(nodes, fixed(o)...)
			}
		}
		return connection{nodes: nodes}
	}
	switch {
	case sel.all:
		return object{"__typename": "AllDiscountItems", "allItems": true}
	case len(sel.collections) > 0:
		return object{"__typename": "DiscountCollections", "collections": list(sel.collections)}
	}
	return object{"__typename": "DiscountProducts", "products": list(sel.products), "productVariants": list(sel.variants)}
}

func (s *Server) valueObject(value object) object {
	currency := s.opt.Currency
	if amount, given := value["discountAmount"].(object); given {
		return object{"__typename": "DiscountAmount", "amount": money(text(amount["amount"]), currency), "appliesOnEachItem": amount["appliesOnEachItem"] == true}
	}
	if q, given := value["discountOnQuantity"].(object); given {
		effect, _ := q["effect"].(object)
		return object{"__typename": "DiscountOnQuantity", "quantity": object{"__typename": "DiscountQuantity", "quantity": q["quantity"]}, "effect": s.valueObject(effect)}
	}
	if quantity := text(value["quantity"]); quantity != "" {
		return object{"__typename": "DiscountQuantity", "quantity": quantity}
	}
	if amount := text(value["amount"]); amount != "" {
		if _, effect := value["percentage"]; !effect {
			return object{"__typename": "DiscountAmount", "amount": money(amount, currency), "appliesOnEachItem": true}
		}
	}
	return object{"__typename": "DiscountPercentage", "percentage": number(value["percentage"])}
}
