package erp

import "wasl/pipeline"

// fields are the words of a sales order: what a mapping supplies. Those of the
// order itself may stand on one row of it only, as in Shopify's export.
var fields = []pipeline.Field{
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order, which never changes"},
	{Name: "order.name", Type: pipeline.Code, Required: true, Help: "the order's number as people say it, such as #1042; rows of one name are one order"},
	{Name: "order.created", Type: pipeline.Time, Required: true, Help: "when it was placed; its day is the order's day"},
	{Name: "order.paid", Type: pipeline.Time, Help: "when it was paid"},
	{Name: "order.status", Type: pipeline.Text, Help: "financial status, such as paid"},
	{Name: "order.cancelled", Type: pipeline.Time, Help: "when it was cancelled"},
	{Name: "order.currency", Type: pipeline.Text, Help: "ISO code, such as EGP"},
	{Name: "order.subtotal", Type: pipeline.Amount, Help: "lines less discounts, as the shop states it"},
	{Name: "order.discount", Type: pipeline.Amount, Help: "discount as the shop states it; it may hold that of the lines"},
	{Name: "order.discount_code", Type: pipeline.Text, Help: "the code that gave the discount"},
	{Name: "order.shipping", Type: pipeline.Amount, Help: "shipping charged"},
	{Name: "order.shipping_method", Type: pipeline.Text, Help: "how it is shipped"},
	{Name: "order.taxes", Type: pipeline.Amount, Help: "taxes, whether or not the prices hold them"},
	{Name: "order.total", Type: pipeline.Amount, Help: "what the customer pays: the control total"},
	{Name: "order.refunded", Type: pipeline.Amount, Help: "paid back"},
	{Name: "order.outstanding", Type: pipeline.Amount, Help: "not yet paid"},
	{Name: "order.payment", Type: pipeline.Text, Help: "payment method"},
	{Name: "order.note", Type: pipeline.Text, Help: "the customer's note"},
	{Name: "order.tags", Type: pipeline.Text, Help: "the shop's tags"},
	{Name: "order.source", Type: pipeline.Text, Help: "web, pos ..."},
	{Name: "customer.name", Type: pipeline.Text, Help: "the customer"},
	{Name: "customer.phone", Type: pipeline.Text, Help: "the customer's phone"},
	{Name: "customer.email", Type: pipeline.Text, Help: "the customer's mail address"},
	{Name: "customer.address", Type: pipeline.Text, Help: "street and house"},
	{Name: "customer.city", Type: pipeline.Text, Help: "city"},
	{Name: "customer.governorate", Type: pipeline.Text, Help: "governorate"},
	{Name: "line.sku", Type: pipeline.Code, Help: "the item's code"},
	{Name: "line.name", Type: pipeline.Text, Help: "the item's name"},
	{Name: "line.quantity", Type: pipeline.Quantity, Required: true, Help: "how many"},
	{Name: "line.price", Type: pipeline.Amount, Required: true, Help: "price of one, before any discount"},
	{Name: "line.discount", Type: pipeline.Amount, Help: "discount on the whole line"},
}

// computed are the words that a layout may use besides: what this room works out.
var computed = []pipeline.Field{
	{Name: "line.kind", Type: pipeline.Text, Help: "item, shipping, discount or taxes"},
	{Name: "line.number", Type: pipeline.Quantity, Help: "1, 2, 3 ... within the order"},
	{Name: "line.total", Type: pipeline.Amount, Help: "quantity x price - discount"},
	{Name: "sum.goods", Type: pipeline.Amount, Help: "totals of the item lines"},
	{Name: "sum.discount", Type: pipeline.Amount, Help: "discount on the order beyond that of its lines"},
	{Name: "sum.shipping", Type: pipeline.Amount, Help: "shipping charged"},
	{Name: "sum.taxes", Type: pipeline.Amount, Help: "taxes that come on top of the prices"},
	{Name: "sum.total", Type: pipeline.Amount, Help: "goods - discount + shipping + taxes"},
}

// types are the types of all words that a layout may use.
var types = func() map[string]pipeline.Type {
	all := map[string]pipeline.Type{}
	for _, f := range fields {
		all[f.Name] = f.Type
	}
	for _, f := range computed {
		all[f.Name] = f.Type
	}
	return all
}()

// Kinds are the documents that the ERP's folder takes.
func (s *Sink) Kinds() []pipeline.Kind {
	return []pipeline.Kind{{
		Name:    "erp.order",
		Help:    "A sales order, written into a file that the ERP imports.",
		Fields:  fields,
		GroupBy: []string{"order.name"},
		Once:    true,
		Joined:  true,
		Space:   "erp", // an order is booked once, also when the import folder has moved
		Build:   s.build,
		Freeze:  s.freeze,
	}}
}
