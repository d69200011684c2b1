package shopifytest

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// createFulfilment is fulfillmentCreate: lines of one order at one location leave.
func (s *Server) createFulfilment(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		refuse := func(message string, path ...string) (any, error) {
			errs := []any{userError(message, "", path...)}
			s.record.userErrors(x.req.call, errs)
			return object{"fulfillment": nil, "userErrors": errs}, nil
		}
		in := args["fulfillment"].(object)
		groups, _ := in["lineItemsByFulfillmentOrder"].([]any)
		step := Step{Do: "fulfil", Tracking: trackingFrom(in["trackingInfo"])}
		var o *orderState
		for _, entry := range groups {
			group := entry.(object)
			id := text(group["fulfillmentOrderId"])
			owner := s.order(s.orderIDOf(id))
			if owner == nil {
				return refuse("Fulfillment order does not exist.", "fulfillment")
			}
			if o != nil && o != owner {
				return refuse("All fulfillment orders must belong to the same order.", "fulfillment")
			}
			o = owner
			message := s.fill(&step, o, id, group)
			if message != "" {
				return refuse(message, "fulfillment")
			}
		}
		if o == nil {
			return refuse("Fulfillment order line items by fulfillment order cannot be empty", "fulfillment")
		}
		if err := s.happens(x.pen(), o.spec.ID, step); err != nil {
			return refuse("Invalid fulfillment order line item quantity requested.", "fulfillment")
		}
		o = s.order(o.spec.ID)
		v := orderView{s, o}
		return object{"fulfillment": v.fulfilment(o.fulfilments[len(o.fulfilments)-1]), "userErrors": []any{}}, nil
	}
}

// fill adds what one fulfilment order sends; without lines that is all it has left.
func (s *Server) fill(step *Step, o *orderState, id string, group object) (message string) {
	for _, f := range s.fulfilmentOrders(o) {
		if f.id != id {
			continue
		}
		switch {
		case f.status != "OPEN" && f.status != "IN_PROGRESS":
			return "Fulfillment order " + legacyID(id) + " has an unfulfillable status= " + f.status + "."
		case step.Location != "" && step.Location != f.location:
			return "All fulfillment orders must have the same assigned location."
		}
		step.Location = f.location
		wanted, given := group["fulfillmentOrderLineItems"].([]any)
		for _, i := range f.lines {
			quantity := o.lines[i].open()
			if given {
				quantity = 0
			}
			for _, entry := range wanted {
				if line := entry.(object); text(line["id"]) == o.fulfilmentLineID(i) {
					quantity, _ = toInt(line["quantity"])
				}
			}
			if quantity != 0 {
				step.Items = append(step.Items, StepItem{Line: i + 1, Quantity: quantity})
			}
		}
		if len(step.Items) == 0 {
			return "Fulfillment order line item does not exist."
		}
		return ""
	}
	return "Fulfillment order does not exist."
}

// orderIDOf is the id of the order that a part belongs to, "" for none.
func (s *Server) orderIDOf(part string) string {
	if t := s.orders.byNumber[orderOfPart(part)]; t != nil {
		return t.id
	}
	return ""
}

func trackingFrom(value any) []Tracking {
	in, given := value.(object)
	if !given {
		return nil
	}
	out := []Tracking{{Company: text(in["company"]), Number: text(in["number"]), URL: text(in["url"])}}
	numbers, _ := in["numbers"].([]any)
	urls, _ := in["urls"].([]any)
	for i, number := range numbers {
		one := Tracking{Company: text(in["company"]), Number: text(number)}
		if i < len(urls) {
			one.URL = text(urls[i])
		}
		if i == 0 {
			out = nil
		}
		out = append(out, one)
	}
	return out
}

// changeFulfilment is fulfillmentCancel or fulfillmentTrackingInfoUpdate.
func (s *Server) changeFulfilment(x *execution, argument, do string) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		id := text(args[argument])
		refuse := func(message string) (any, error) {
			errs := []any{userError(message, "", argument)}
			s.record.userErrors(x.req.call, errs)
			return object{"fulfillment": nil, "userErrors": errs}, nil
		}
		o := s.order(s.orderIDOf(id))
		if o == nil {
			return refuse("Fulfillment does not exist.")
		}
		step := Step{Do: do, ids: []string{id}, Tracking: trackingFrom(args["trackingInfoInput"])}
		if err := s.happens(x.pen(), o.spec.ID, step); err != nil {
			return refuse("Fulfillment does not exist, or is cancelled.")
		}
		o = s.order(o.spec.ID)
		v := orderView{s, o}
		for _, f := range o.fulfilments {
			if f.id == id {
				return object{"fulfillment": v.fulfilment(f), "userErrors": []any{}}, nil
			}
		}
		return refuse("Fulfillment does not exist.")
	}
}
