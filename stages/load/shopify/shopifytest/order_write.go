package shopifytest

import (
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// orderWrite is a mutation of one order: check gives userErrors or the step to be done.
type orderWrite struct {
	payload string // name of the field that gives the object
	id      func(args map[string]any) string
	step    func(s *Server, o *orderState, args map[string]any) (Step, []any, error)
	result  func(s *Server, o *orderState) object
}

// inputID is the id in the argument input.
func inputID(args map[string]any) string {
	in, _ := args["input"].(object)
	return text(in["id"])
}

func argumentID(name string) func(map[string]any) string {
	return func(args map[string]any) string { return text(args[name]) }
}

// run is the mutation: an order that is not there is a userError, and what is done moves updatedAt.
func (w orderWrite) run(s *Server, x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		refuse := func(errs []any) (any, error) {
			s.record.userErrors(x.req.call, errs)
			return object{w.payload: nil, "userErrors": errs}, nil
		}
		id := w.id(args)
		o := s.order(id)
		if o == nil {
			return refuse([]any{userError("Order does not exist", "ORDER_NOT_FOUND", "id")})
		}
		step, errs, err := w.step(s, o, args)
		if err != nil {
			return nil, err
		}
		if len(errs) > 0 {
			return refuse(errs)
		}
		if step.Change != nil && step.Change.Shipping != nil {
			s.record.note("address-sent", x.req.call, "a shipping address was sent with %s: the taxes are worked out again", o.spec.Name)
		}
		if err := s.happens(x.pen(), id, step); err != nil {
			return refuse([]any{userError(plainly(err), "INVALID", "id")})
		}
		if w.result != nil {
			return object{w.payload: w.result(s, s.order(id)), "userErrors": []any{}}, nil
		}
		return object{w.payload: s.orderObject(s.order(id)), "userErrors": []any{}}, nil
	}
}

// plainly is what is wrong, without where it was found.
func plainly(err error) string {
	message := err.Error()
	return message[strings.LastIndex(message, ": ")+1:]
}

// happens lets a step happen to an order now, and notes what moved.
func (s *Server) happens(w pen, id string, step Step) error {
	t := s.orders.byNumber[idNumber(id)]
	step.At, step.call = s.opt.Now(), w.call
	before := t.at(step.At)
	if err := s.tell(t, step); err != nil {
		return err
	}
	w.order(before, t.at(step.At))
	return nil
}

// order notes what moved of an order.
func (w pen) order(before, after *orderState) {
	was, is := before.totals(), after.totals()
	for _, one := range []struct{ field, from, to string }{
		{"note", before.note, after.note}, {"poNumber", before.poNumber, after.poNumber},
		{"tags", strings.Join(before.tags, ", "), strings.Join(after.tags, ", ")},
		{"displayFinancialStatus", before.financial, after.financial},
		{"displayFulfillmentStatus", before.fulfilmentStatus(), after.fulfilmentStatus()},
		{"totalReceivedSet", was.received.text(), is.received.text()}, {"totalRefundedSet", was.refunded.text(), is.refunded.text()},
		{"totalTaxSet", was.tax.text(), is.tax.text()}, {"currentTotalPriceSet", was.currentTotal.text(), is.currentTotal.text()},
		{"cancelReason", before.cancelReason, after.cancelReason}, {"customAttributes", attributeText(before.attributes), attributeText(after.attributes)},
		{"closed", closedWord(before), closedWord(after)},
	} {
		w.note("order", after.spec.ID, after.spec.Name, one.field, one.from, one.to)
	}
}

func closedWord(o *orderState) string {
	return map[bool]string{true: "false", false: "true"}[o.closed.IsZero()]
}

// attributeText writes attributes one a line, as the Note Attributes of files are.
func attributeText(all []Attribute) string {
	lines := make([]string, len(all))
	for i, a := range all {
		lines[i] = a.Key + ": " + a.Value
	}
	return strings.Join(lines, "\n")
}

// markFault says why an order cannot be marked as paid, "" when it can.
func (o *orderState) markFault() string {
	if o.totals().outstanding() <= 0 || !o.cancelled.IsZero() || o.financial == "VOIDED" || o.financial == "EXPIRED" {
		return "Order cannot be marked as paid."
	}
	return ""
}

// orderMutations are the writes of orders, customers and parcels.
func (s *Server) orderMutations(x *execution, out object) object {
	for name, w := range map[string]orderWrite{
		"orderUpdate": {payload: "order", id: inputID, step: (*Server).updateOrder},
		"orderClose": {payload: "order", id: inputID, step: func(*Server, *orderState, map[string]any) (Step, []any, error) {
			return Step{Do: "close"}, nil, nil
		}},
		"orderOpen": {payload: "order", id: inputID, step: func(*Server, *orderState, map[string]any) (Step, []any, error) {
			return Step{Do: "reopen"}, nil, nil
		}},
		"orderMarkAsPaid":          {payload: "order", id: inputID, step: (*Server).markAsPaid},
		"orderCreateManualPayment": {payload: "order", id: argumentID("id"), step: (*Server).payByHand},
	} {
		out[name] = w.run(s, x)
	}
	out["orderCancel"] = s.cancelOrder(x)
	out["refundCreate"] = s.createRefund(x)
	out["fulfillmentCreate"] = s.createFulfilment(x)
	out["fulfillmentCancel"] = s.changeFulfilment(x, "id", "unfulfil")
	out["fulfillmentTrackingInfoUpdate"] = s.changeFulfilment(x, "fulfillmentId", "track")
	out["customerSet"] = s.setCustomer(x)
	return out
}

// updateOrder is orderUpdate. A shipping address works the taxes of an order out again that is not sent (2026-07-30).
func (s *Server) updateOrder(o *orderState, args map[string]any) (Step, []any, error) {
	in := args["input"].(object)
	c := &OrderChange{}
	for name, at := range map[string]**string{"note": &c.Note, "poNumber": &c.PONumber, "email": &c.Email, "phone": &c.Phone} {
		if value, given := in[name]; given {
			written := text(value)
			*at = &written
		}
	}
	if list, given := in["customAttributes"].([]any); given {
		c.Attributes = []Attribute{}
		for _, entry := range list {
			pair := entry.(object)
			c.Attributes = append(c.Attributes, Attribute{text(pair["key"]), text(pair["value"])})
		}
	}
	if list, given := in["tags"].([]any); given {
		c.Tags = []string{}
		for _, tag := range list {
			c.Tags = append(c.Tags, text(tag))
		}
	}
	if address, given := in["shippingAddress"].(object); given {
		c.Shipping = addressFrom(address)
		c.Retax = o.fulfilmentStatus() == "UNFULFILLED"
	}
	if errs := s.checkOwned(o.spec.ID, in); len(errs) > 0 {
		return Step{}, errs, nil
	}
	list, _ := in["metafields"].([]any)
	for _, entry := range list {
		field := entry.(object)
		field["ownerId"] = o.spec.ID
		s.writeMetafield(field)
	}
	return Step{Do: "change", Change: c}, nil, nil
}

// checkOwned checks the metafields of an input against their definitions.
func (s *Server) checkOwned(owner string, in object) (errs []any) {
	list, _ := in["metafields"].([]any)
	for i, entry := range list {
		if field, message, code := s.metafieldFault(ownerTypes[idType(owner)], owner, entry.(object)); code != "" {
			errs = append(errs, userError(message, code, "input", "metafields", itoa(i), field))
		}
	}
	return errs
}

func addressFrom(in object) *Address {
	return &Address{FirstName: text(in["firstName"]), LastName: text(in["lastName"]), Company: text(in["company"]),
		Address1: text(in["address1"]), Address2: text(in["address2"]), City: text(in["city"]), Code: text(in["provinceCode"]),
		Province: text(in["province"]), Zip: text(in["zip"]), Country: text(in["countryCode"]), Phone: text(in["phone"])}
}

func (s *Server) markAsPaid(o *orderState, _ map[string]any) (Step, []any, error) {
	if message := o.markFault(); message != "" {
		return Step{}, []any{userError(message, "INVALID", "id")}, nil
	}
	return Step{Do: "pay"}, nil, nil
}

// payByHand is orderCreateManualPayment. A part payment is for shops on Plus (live).
func (s *Server) payByHand(o *orderState, args map[string]any) (Step, []any, error) {
	step := Step{Do: "pay", Gateway: text(args["paymentMethodName"])}
	if at := text(args["processedAt"]); at != "" {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil || when.After(s.opt.Now()) {
			return Step{}, []any{userError("The processed at is invalid.", "PROCESSED_AT_INVALID", "processedAt")}, nil
		}
		step.processed = when
	}
	left := o.totals().outstanding()
	if given, is := args["amount"].(object); is {
		if !s.opt.Plus {
			return Step{}, nil, &fieldError{code: "ACCESS_DENIED", message: "Access denied for orderCreateManualPayment field. " +
				"Required access: `write_orders` access scope. Also: The shop must be on the Shopify Plus plan to use the amount argument."}
		}
		amount, err := parseMoney(text(given["amount"]))
		switch {
		case err != nil || amount <= 0:
			return Step{}, []any{userError("The amount must be positive.", "AMOUNT_NOT_POSITIVE", "amount")}, nil
		case text(given["currencyCode"]) != o.presentment:
			return Step{}, []any{userError("The currency does not match the order's.", "CURRENCY_MISMATCH", "amount", "currencyCode")}, nil
		case amount > left:
			return Step{}, []any{userError("The amount exceeds the balance.", "AMOUNT_EXCEEDS_BALANCE", "amount")}, nil
		}
		step.Amount = text(given["amount"])
	}
	if o.markFault() != "" {
		return Step{}, []any{userError("The amount exceeds the balance.", "AMOUNT_EXCEEDS_BALANCE", "id")}, nil
	}
	return step, nil, nil
}

// cancelOrder is orderCancel: checked at once, done by a job.
func (s *Server) cancelOrder(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		refuse := func(message, code string) (any, error) {
			e := userError(message, code, "orderId")
			s.record.userErrors(x.req.call, []any{e})
			return object{"job": nil, "orderCancelUserErrors": []any{e}, "userErrors": []any{e}}, nil
		}
		id := text(args["orderId"])
		o := s.order(id)
		if o == nil {
			return refuse("Order does not exist", "NOT_FOUND")
		}
		if message := o.cancelFault(); message != "" {
			return refuse(message, "INVALID")
		}
		step := Step{Do: "cancel", Reason: text(args["reason"]), Note: text(args["staffNote"]), Restock: args["restock"] == true,
			Refund: args["refund"] == true}
		if method, given := args["refundMethod"].(object); given {
			step.Refund = method["originalPaymentMethodsRefund"] == true
		}
		w := x.pen()
		job := s.startJob(w, func() { _ = s.happens(w, id, step) }) // what changed meanwhile may forbid it
		return object{"job": job, "orderCancelUserErrors": []any{}, "userErrors": []any{}}, nil
	}
}
