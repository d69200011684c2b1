package erp

import "wasl/pipeline"

// fields are the words of a sales order: what a mapping supplies. Those of the
// order itself may stand on one row of it only, as in Shopify's export. Rows of
// another line.kind than item have no quantity and no price.
var fields = []pipeline.Field{
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order, which never changes"},
	{Name: "order.name", Type: pipeline.Code, Required: true, Help: "the order's number as people say it, such as #1042; rows of one name are one order"},
	{Name: "order.created", Type: pipeline.Time, Required: true, Sparse: true, Help: "when it was placed; its day is the order's day"},
	{Name: "order.updated", Type: pipeline.Time, Help: "when it changed last: tells which of two files is the later one"},
	{Name: "order.paid", Type: pipeline.Time, Help: "when it was paid"},
	{Name: "order.closed", Type: pipeline.Time, Help: "when it was closed"},
	{Name: "order.status", Type: pipeline.Text, Help: "financial status, such as paid"},
	{Name: "order.cancelled", Type: pipeline.Time, Help: "when it was cancelled"},
	{Name: "order.cancel_reason", Type: pipeline.Text, Help: "why it was cancelled"},
	{Name: "order.deleted", Type: pipeline.Time, Help: "when it was deleted"},
	{Name: "order.test", Type: pipeline.Bool, Help: "a test order: left out"},
	{Name: "order.edited", Type: pipeline.Bool, Help: "its lines were changed after it was placed"},
	{Name: "order.currency", Type: pipeline.Text, Help: "ISO code, such as EGP"},
	{Name: "order.subtotal", Type: pipeline.Amount, Help: "lines less discounts, as the shop states it"},
	{Name: "order.discount", Type: pipeline.Amount, Help: "discount as the shop states it; it may hold that of the lines"},
	{Name: "order.discount_code", Type: pipeline.Text, Help: "the code that gave the discount"},
	{Name: "order.shipping", Type: pipeline.Amount, Help: "shipping charged"},
	{Name: "order.shipping_method", Type: pipeline.Text, Help: "how it is shipped"},
	{Name: "order.taxes", Type: pipeline.Amount, Help: "taxes, whether or not the prices hold them"},
	{Name: "order.tax_included", Type: pipeline.Bool, Help: "prices hold the taxes; where it is not known, the sums decide"},
	{Name: "order.tip", Type: pipeline.Amount, Help: "given by the customer on top"},
	{Name: "order.duties", Type: pipeline.Amount, Help: "charged at the border, on top"},
	{Name: "order.rounding", Type: pipeline.Amount, Help: "what cash was rounded by; below zero where the customer paid less"},
	{Name: "order.total", Type: pipeline.Amount, Help: "what the customer pays: the control total"},
	{Name: "order.current_total", Type: pipeline.Amount, Help: "the total after edits, returns and refunds"},
	{Name: "order.refunded", Type: pipeline.Amount, Help: "paid back"},
	{Name: "order.outstanding", Type: pipeline.Amount, Help: "not yet paid"},
	{Name: "order.payment", Type: pipeline.Text, Help: "payment method"},
	{Name: "order.note", Type: pipeline.Text, Help: "the customer's note"},
	{Name: "order.tags", Type: pipeline.Text, Help: "the shop's tags"},
	{Name: "order.source", Type: pipeline.Text, Help: "the sales channel: web, pos ..."},
	{Name: "order.location", Type: pipeline.Text, Help: "where it was sold, of a sale at the till"},
	{Name: "order.po", Type: pipeline.Text, Help: "the customer's own number of the order"},
	{Name: "order.tax1", Type: pipeline.Text, Help: "the first of its taxes by name and rate: VAT 14%"},
	{Name: "order.tax1_amount", Type: pipeline.Amount, Help: "what it comes to"},
	{Name: "order.tax2", Type: pipeline.Text, Help: "the second"},
	{Name: "order.tax2_amount", Type: pipeline.Amount, Help: "what it comes to"},
	{Name: "order.tax3", Type: pipeline.Text, Help: "the third"},
	{Name: "order.tax3_amount", Type: pipeline.Amount, Help: "what it comes to"},
	{Name: "order.tax4", Type: pipeline.Text, Help: "the fourth"},
	{Name: "order.tax4_amount", Type: pipeline.Amount, Help: "what it comes to"},
	{Name: "order.tax5", Type: pipeline.Text, Help: "the fifth"},
	{Name: "order.tax5_amount", Type: pipeline.Amount, Help: "what it comes to"},
	{Name: "customer.id", Type: pipeline.Code, Help: "the shop's own number of the customer"},
	{Name: "customer.name", Type: pipeline.Text, Help: "the customer"},
	{Name: "customer.tax_no", Type: pipeline.Text, Help: "the customer's tax registration number"},
	{Name: "customer.phone", Type: pipeline.Text, Help: "the customer's phone"},
	{Name: "customer.email", Type: pipeline.Text, Help: "the customer's mail address"},
	{Name: "customer.address", Type: pipeline.Text, Help: "street and house"},
	{Name: "customer.city", Type: pipeline.Text, Help: "city"},
	{Name: "customer.governorate", Type: pipeline.Text, Help: "governorate"},
	{Name: "line.kind", Type: pipeline.Text, Help: "what the row is: item (also where it is empty), shipping, refund, refund item, refund shipping, refund adjustment, transaction, fulfillment"},
	{Name: "line.id", Type: pipeline.Code, Help: "the shop's own number of the line"},
	{Name: "line.sku", Type: pipeline.Code, Help: "the item's code"},
	{Name: "line.name", Type: pipeline.Text, Help: "the item's name"},
	{Name: "line.quantity", Type: pipeline.Quantity, Required: true, Sparse: true, Help: "how many were ordered, ever"},
	{Name: "line.current", Type: pipeline.Quantity, Help: "how many of them are left after edits, returns and refunds"},
	{Name: "line.price", Type: pipeline.Amount, Required: true, Sparse: true, Help: "price of one, before any discount"},
	{Name: "line.discount", Type: pipeline.Amount, Help: "discount on the whole line"},
	{Name: "line.allocated", Type: pipeline.Amount, Help: "discount on the whole line with its share of the order's"},
	{Name: "line.tax", Type: pipeline.Amount, Help: "tax of the whole line"},
	{Name: "line.tax_rate", Type: pipeline.Text, Help: "per cent; several joined by +"},
	{Name: "line.gift_card", Type: pipeline.Bool, Help: "a gift card that is sold: money owed, no revenue"},
	{Name: "refund.id", Type: pipeline.Code, Help: "the shop's own number of the refund"},
	{Name: "refund.at", Type: pipeline.Time, Help: "when it was made; its day is the credit note's day"},
	{Name: "refund.note", Type: pipeline.Text, Help: "why, as the shop wrote it"},
	{Name: "refund.quantity", Type: pipeline.Quantity, Help: "how many came back"},
	{Name: "refund.amount", Type: pipeline.Amount, Help: "of an item or shipping its value; of an adjustment the difference, below zero where more was paid back; of the refund itself the money"},
	{Name: "refund.tax", Type: pipeline.Amount, Help: "tax of it"},
	{Name: "refund.restock", Type: pipeline.Text, Help: "cancel, return, no_restock or legacy_restock"},
	{Name: "payment.id", Type: pipeline.Code, Help: "the shop's own number of the transaction"},
	{Name: "payment.kind", Type: pipeline.Text, Help: "sale, capture, refund ..."},
	{Name: "payment.status", Type: pipeline.Text, Help: "only success counts"},
	{Name: "payment.gateway", Type: pipeline.Text, Help: "who takes the money"},
	{Name: "payment.amount", Type: pipeline.Amount, Help: "how much"},
	{Name: "payment.at", Type: pipeline.Time, Help: "when"},
	{Name: "payment.reference", Type: pipeline.Text, Help: "the gateway's own number of it"},
	{Name: "fulfillment.id", Type: pipeline.Code, Help: "the shop's own number of the delivery"},
	{Name: "fulfillment.at", Type: pipeline.Time, Help: "when it was sent"},
	{Name: "fulfillment.status", Type: pipeline.Text, Help: "success, cancelled ..."},
	{Name: "fulfillment.company", Type: pipeline.Text, Help: "the courier"},
	{Name: "fulfillment.tracking", Type: pipeline.Text, Help: "the parcel's number"},
	{Name: "fulfillment.quantity", Type: pipeline.Quantity, Help: "how many of the line"},
}

// computed are the words that a layout may use besides: what this room works out.
var computed = []pipeline.Field{
	{Name: "line.kind", Type: pipeline.Text, Help: "item, gift_card, tip, duties, rounding, refund, shipping, discount or taxes"},
	{Name: "line.number", Type: pipeline.Quantity, Help: "1, 2, 3 ... within the order"},
	{Name: "line.total", Type: pipeline.Amount, Help: "quantity x price - discount"},
	{Name: "line.allocated", Type: pipeline.Amount, Help: "its share of the discount on the order"},
	{Name: "line.net", Type: pipeline.Amount, Help: "what it costs after all discounts, without tax; empty where its tax is not known"},
	{Name: "line.tax", Type: pipeline.Amount, Help: "its tax; empty where it is not known"},
	{Name: "line.tax_rate", Type: pipeline.Text, Help: "per cent; several joined by +; empty where it is not known"},
	{Name: "line.gross", Type: pipeline.Amount, Help: "what it costs after all discounts, with tax; empty where its tax is not known"},
	{Name: "sum.goods", Type: pipeline.Amount, Help: "totals of the item lines"},
	{Name: "sum.discount", Type: pipeline.Amount, Help: "discount on the order beyond that of its lines"},
	{Name: "sum.shipping", Type: pipeline.Amount, Help: "shipping charged"},
	{Name: "sum.taxes", Type: pipeline.Amount, Help: "taxes that come on top of the prices"},
	{Name: "sum.tip", Type: pipeline.Amount, Help: "tips"},
	{Name: "sum.duties", Type: pipeline.Amount, Help: "duties"},
	{Name: "sum.rounding", Type: pipeline.Amount, Help: "cash rounding"},
	{Name: "sum.gift_cards", Type: pipeline.Amount, Help: "gift cards sold"},
	{Name: "sum.refunded", Type: pipeline.Amount, Help: "paid back without saying what for"},
	{Name: "sum.total", Type: pipeline.Amount, Help: "goods + gift cards - discount + shipping + taxes + tip + duties + rounding - refunded"},
	{Name: "sum.tax_rate.1", Type: pipeline.Text, Help: "per cent of the first tax"},
	{Name: "sum.tax.1", Type: pipeline.Amount, Help: "the first tax, whether prices hold it or not"},
	{Name: "sum.tax_rate.2", Type: pipeline.Text, Help: "per cent of the second tax"},
	{Name: "sum.tax.2", Type: pipeline.Amount, Help: "the second"},
	{Name: "sum.tax_rate.3", Type: pipeline.Text, Help: "per cent of the third tax"},
	{Name: "sum.tax.3", Type: pipeline.Amount, Help: "the third"},
	{Name: "sum.paid", Type: pipeline.Amount, Help: "money received less money paid back, where transactions are known"},
	{Name: "sum.gift_card", Type: pipeline.Amount, Help: "of it, paid by gift cards"},
	{Name: "doc.type", Type: pipeline.Text, Help: "sale, revision, cancellation or credit"},
	{Name: "doc.number", Type: pipeline.Text, Help: "#1042, its revisions #1042-R1, its cancellation #1042-C2, its credit notes #1042-CN1"},
	{Name: "doc.serial", Type: pipeline.Text, Help: "the number that the layout's own counter gives the document: number"},
	{Name: "doc.of", Type: pipeline.Text, Help: "the sale's number; empty for the sale itself"},
	{Name: "doc.revision", Type: pipeline.Quantity, Help: "which version of the sale it is: 0 for the first"},
	{Name: "doc.reason", Type: pipeline.Text, Help: "edited, reopened, cancelled, voided, expired, deleted, refunded, detailed"},
	{Name: "doc.note", Type: pipeline.Text, Help: "of a credit note or cancellation: what the shop says about it"},
	{Name: "doc.changed", Type: pipeline.Text, Help: "of a revision: what changed"},
	{Name: "doc.at", Type: pipeline.Time, Help: "when it came about: of a credit note the refund, of a cancellation the cancellation"},
	{Name: "doc.allocation", Type: pipeline.Text, Help: "stated where the shop says how the order's discount lies on its lines, spread where it was spread by value"},
}

// KindOrder is the kind of sales documents.
const KindOrder = "erp.order"

// Kinds are the documents that the ERP's folder takes.
func (s *Sink) Kinds() []pipeline.Kind {
	return []pipeline.Kind{s.kind(nil), s.ackKind(nil)}
}

// kind is that of sales documents under the settings of a flow.
func (s *Sink) kind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindOrder,
		Help:     "A sales order, its changes and its credit notes, written into files that the ERP imports.",
		Fields:   fields,
		GroupBy:  []string{"order.name"},
		Once:     true,
		Joined:   true,
		People:   true,
		Space:    "erp", // an order is booked once, also when the import folder has moved
		Settings: settings,
		Bind:     s.kind,
		Freeze:   s.freeze,
	}
	d := desk{Sink: s, policy: policyOf(k, set)}
	k.Build, k.Revise, k.Older = d.build, d.revise, older
	if s.layout != nil && s.layout.counter != nil {
		k.Chain, k.Seal = s.layout.chain, s.layout.seal
	}
	return k
}
