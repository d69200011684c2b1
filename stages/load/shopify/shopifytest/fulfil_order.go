package shopifytest

// fulfilmentOrder is what one location has to send of an order. It follows from the lines.
type fulfilmentOrder struct {
	id, status, location string
	lines                []int // places of lines
}

// fulfilmentOrders groups the lines by the location that is to send them, in the order of the lines.
func (s *Server) fulfilmentOrders(o *orderState) []fulfilmentOrder {
	var out []fulfilmentOrder
	at := map[string]int{}
	for i, l := range o.lines {
		where := s.placeNamed(l.Location)
		if _, seen := at[where]; !seen {
			at[where] = len(out)
			out = append(out, fulfilmentOrder{id: gid("FulfillmentOrder", (o.number-1)*partsPerOrder+len(out)+1), location: where})
		}
		out[at[where]].lines = append(out[at[where]].lines, i)
	}
	for i := range out {
		out[i].status = o.fulfilmentOrderStatus(out[i])
	}
	return out
}

func (o *orderState) fulfilmentOrderStatus(f fulfilmentOrder) string {
	open, sent := 0, 0
	for _, i := range f.lines {
		open, sent = open+o.lines[i].open(), sent+o.lines[i].sent
	}
	switch {
	case !o.cancelled.IsZero():
		return "CANCELLED"
	case open == 0:
		return "CLOSED"
	case o.fulfilment == "ON_HOLD" || o.fulfilment == "SCHEDULED":
		return o.fulfilment
	case sent > 0:
		return "IN_PROGRESS"
	}
	return "OPEN"
}

// fulfilmentLineID is the id of the line of a fulfilment order that stands for a line of the order.
func (o *orderState) fulfilmentLineID(line int) string {
	return gid("FulfillmentOrderLineItem", (o.number-1)*partsPerOrder+line+1)
}

func (v orderView) fulfilmentOrder(f fulfilmentOrder) object {
	o := v.o
	place := v.s.shop.location(f.location)
	return object{"__typename": "FulfillmentOrder", "id": f.id, "status": f.status, "requestStatus": "UNSUBMITTED", "orderId": o.spec.ID,
		"orderName": o.spec.Name, "orderProcessedAt": timestamp(o.spec.Processed), "createdAt": timestamp(o.spec.At),
		"updatedAt": timestamp(o.updated), "fulfillAt": nil, "fulfillBy": nil,
		"order": resolver(func(map[string]any) (any, error) { return v.s.orderObject(o), nil }),
		"assignedLocation": object{"__typename": "FulfillmentOrderAssignedLocation", "name": place.Name, "countryCode": "EG",
			"city": orElse(place.City, place.Name), "address1": "1 Tahrir Square", "address2": nil, "phone": nil, "province": "Cairo", "zip": "11511",
			"location": resolver(func(map[string]any) (any, error) { return orNil(v.s.lookUp(f.location)), nil })},
		"lineItems": lazy(func() connection {
			return connection{nodes: listed(f.lines, o.fulfilmentLineID, v.fulfilmentLine)}
		})}
}

func (v orderView) fulfilmentLine(i int) object {
	l := v.o.lines[i]
	remaining := l.open()
	if !v.o.cancelled.IsZero() {
		remaining = 0
	}
	return object{"__typename": "FulfillmentOrderLineItem", "id": v.o.fulfilmentLineID(i), "remainingQuantity": remaining,
		"totalQuantity": l.quantity - l.removed, "sku": orNull(l.SKU), "productTitle": l.Title, "variantTitle": orNull(l.Variant),
		"vendor": orNull(l.Vendor), "requiresShipping": l.delivered, "inventoryItemId": nil,
		"lineItem": resolver(func(map[string]any) (any, error) { return v.line(i), nil })}
}
