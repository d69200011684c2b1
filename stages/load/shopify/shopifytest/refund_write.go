package shopifytest

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"
)

// createRefund is refundCreate: with a key, and never more than was paid.
func (s *Server) createRefund(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		key, err := idempotencyKey(x, field)
		if err != nil {
			return nil, err
		}
		x.req.call.Key = key
		in := args["input"].(object)
		if err := refundServed(s, in); err != nil {
			return nil, err
		}
		a, answer := s.claim(x, field.Name, key)
		if answer != nil {
			if _, known := answer["refund"]; !known {
				answer["refund"] = nil
			}
			return answer, nil
		}
		x.hold()
		result := s.applyRefund(x, in)
		s.settle(a, result, nil)
		return result, nil
	}
}

// refundServed refuses what the stand-in would have to leave out.
func refundServed(s *Server, in object) error {
	switch {
	case length(in["refundMethods"]) > 0:
		return notServed("RefundInput.refundMethods")
	case length(in["refundDuties"]) > 0:
		return notServed("RefundInput.refundDuties")
	case in["allowOverRefunding"] == true:
		return notServed("RefundInput.allowOverRefunding")
	case in["currency"] != nil && text(in["currency"]) != s.opt.Currency:
		return notServed("RefundInput.currency of another currency")
	}
	return nil
}

func (s *Server) applyRefund(x *execution, in object) object {
	refuse := func(message string, path ...string) object {
		errs := []any{userError(message, "", path...)}
		s.record.userErrors(x.req.call, errs)
		return object{"refund": nil, "order": nil, "userErrors": errs}
	}
	id := text(in["orderId"])
	o := s.order(id)
	if o == nil {
		return refuse("Order does not exist", "orderId")
	}
	step, message, path := o.refundStep(in)
	if message != "" {
		return refuse(message, path...)
	}
	if err := s.happens(x.pen(), id, step); err != nil {
		var over overRefund
		if errors.As(err, &over) {
			return refuse(over.Error())
		}
		return refuse(plainly(err), "refundLineItems")
	}
	o = s.order(id)
	v := orderView{s, o}
	return object{"refund": v.refund(o.refunds[len(o.refunds)-1]), "order": s.orderObject(o), "userErrors": []any{}}
}

// refundStep reads the input. Without transactions no money moves.
func (o *orderState) refundStep(in object) (step Step, message string, path []string) {
	step = Step{Do: "refund", Note: text(in["note"]), Amount: "0"}
	items, _ := in["refundLineItems"].([]any)
	for i, entry := range items {
		item := entry.(object)
		line := o.lineWithID(text(item["lineItemId"]))
		if line < 0 {
			return step, "Line item does not exist", []string{"refundLineItems", itoa(i), "lineItemId"}
		}
		n, _ := toInt(item["quantity"])
		if n < 1 || n > o.lines[line].current() {
			return step, "Quantity cannot refund more items than were purchased", []string{"refundLineItems", itoa(i), "quantity"}
		}
		step.Items = append(step.Items, StepItem{Line: line + 1, Quantity: n, Restock: text(item["restockType"]), Location: text(item["locationId"])})
	}
	if shipping, given := in["shipping"].(object); given {
		step.Shipping = text(shipping["amount"])
		if amount, err := parseMoney(step.Shipping); err != nil || amount == 0 {
			step.Shipping = ""
		}
		if shipping["fullRefund"] == true {
			step.Shipping = "all"
		}
	}
	sum := cash(0)
	transactions, _ := in["transactions"].([]any)
	for i, entry := range transactions {
		one := entry.(object)
		amount, err := parseMoney(text(one["amount"]))
		if err != nil || text(one["kind"]) != kindRefund {
			return step, "Transaction is invalid", []string{"transactions", itoa(i)}
		}
		if parent := text(one["parentId"]); parent != "" && o.lastPayment(func(p payment) bool { return p.id == parent }) == nil {
			return step, "Parent transaction does not exist", []string{"transactions", itoa(i), "parentId"}
		}
		sum += amount
		step.Gateway = text(one["gateway"])
	}
	if sum != 0 {
		step.Amount = sum.fixed(3)
	}
	return step, "", nil
}

func (o *orderState) lineWithID(id string) int {
	for i, l := range o.lines {
		if l.id == id {
			return i
		}
	}
	return -1
}
