package shopifytest

// lookUpOrder gives the order, the part of an order or the customer with the id, or nil.
func (s *Server) lookUpOrder(id string) object {
	switch kind := idType(id); kind {
	case "Order":
		if o := s.order(id); o != nil {
			return s.orderObject(o)
		}
	case "Customer":
		if c := s.orders.customerNamed(id); c != nil {
			return s.customerObject(c)
		}
	case "Refund", "Fulfillment", "FulfillmentOrder", "Return", "LineItem", "OrderTransaction":
		if o := s.order(s.orderIDOf(id)); o != nil {
			return orderView{s, o}.part(kind, id)
		}
	}
	return nil
}

// part gives a part of the order by its id.
func (v orderView) part(kind, id string) object {
	switch kind {
	case "Refund":
		return openOne(v.o.refunds, func(r refund) bool { return r.id == id }, v.refund)
	case "Fulfillment":
		return openOne(v.o.fulfilments, func(f fulfilment) bool { return f.id == id }, v.fulfilment)
	case "FulfillmentOrder":
		return openOne(v.s.fulfilmentOrders(v.o), func(f fulfilmentOrder) bool { return f.id == id }, v.fulfilmentOrder)
	case "Return":
		return openOne(v.o.returns, func(r goodsReturn) bool { return r.id == id }, v.goodsReturn)
	case "OrderTransaction":
		return openOne(v.o.payments, func(p payment) bool { return p.id == id }, v.payment)
	}
	if i := v.o.lineWithID(id); i >= 0 {
		return v.line(i)
	}
	return nil
}

func openOne[T any](all []T, want func(T) bool, open func(T) object) object {
	for _, one := range all {
		if want(one) {
			return open(one)
		}
	}
	return nil
}
