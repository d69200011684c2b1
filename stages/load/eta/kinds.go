package eta

import (
	"cmp"

	"wasl/pipeline"
)

// The limits of one submission (eta-ereceipt.md section 6), for the Flow. Bytes are of the sealed receipts; what the
// request adds around 500 of them is less than the room that is left to the authority's 1,500,000.
const (
	MaxReceipts = 500
	MaxBytes    = 1_490_000
)

// KindReceipt is the name of the kind of sale receipts.
const KindReceipt = "eta.receipt"

// Kinds are the sorts of document that the authority takes from wasl.
func (s *Sink) Kinds() []pipeline.Kind { return []pipeline.Kind{s.kind(nil)} }

// kind is that of receipts under the settings of a flow.
func (s *Sink) kind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindReceipt,
		Help:     "a sale receipt of the Egyptian Tax Authority, one for each order",
		Fields:   fields,
		GroupBy:  []string{"order.name"},
		Once:     true,
		Joined:   true,
		Space:    "eta/" + s.config.Environment + "/" + s.config.Seller.RIN, // a sale has one receipt, whichever POS issues it
		Settings: pointSettings,
		Bind:     s.kind,
		Chain:    s.chain,
	}
	i := s.issuer
	i.usual = cmp.Or(set.Of(k, "pos"), i.usual)
	k.Build, k.Seal = i.atPoint(issuer.build), i.seal
	return k
}

// fields are those of the orders of every sink, then what the item master knows of a line.
var fields = []pipeline.Field{
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order, never used twice; the sale is filed once under it"},
	{Name: "order.name", Type: pipeline.Code, Required: true, Help: "what people call the order: #1042"},
	{Name: "order.created", Type: pipeline.Time, Required: true, Help: "when it was placed; its day is the day of the money"},
	{Name: "order.paid", Type: pipeline.Time, Help: "when it was paid"},
	{Name: "order.status", Type: pipeline.Text, Help: "financial status: paid, pending, refunded, voided, ..."},
	{Name: "order.cancelled", Type: pipeline.Time, Help: "when it was cancelled"},
	{Name: "order.currency", Type: pipeline.Text, Help: "EGP; other currencies are held"},
	{Name: "order.subtotal", Type: pipeline.Amount, Help: "the goods after discounts"},
	{Name: "order.discount", Type: pipeline.Amount, Help: "the order's discount; what it is on is worked out from the sums"},
	{Name: "order.discount_code", Type: pipeline.Text, Help: "named on the receipt beside the discount"},
	{Name: "order.shipping", Type: pipeline.Amount, Help: "shipping before discounts; becomes a line of the receipt"},
	{Name: "order.shipping_method", Type: pipeline.Text},
	{Name: "order.taxes", Type: pipeline.Amount, Help: "the order's tax; checked against the VAT of the lines where it is not zero"},
	{Name: "order.total", Type: pipeline.Amount, Help: "what the customer pays; the receipt adds up to it"},
	{Name: "order.refunded", Type: pipeline.Amount, Help: "not used: the receipt is of the whole sale"},
	{Name: "order.outstanding", Type: pipeline.Amount},
	{Name: "order.payment", Type: pipeline.Text, Help: "payment gateways, joined by +"},
	{Name: "order.note", Type: pipeline.Text},
	{Name: "order.tags", Type: pipeline.Text},
	{Name: "order.source", Type: pipeline.Text},
	{Name: "order.pos", Type: pipeline.Text, Help: "the POS that issues it, by its name in eta.registry; map it from the source or the location with a value map; the flow's or the default one where empty"},
	{Name: "customer.id", Type: pipeline.Code, Help: "national ID, 14 digits; needed from EGP 150,000, else not sent"},
	{Name: "customer.name", Type: pipeline.Text, Help: "needed from EGP 150,000, else not sent"},
	{Name: "customer.phone", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.email", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.address", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.city", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.governorate", Type: pipeline.Text, Help: "never sent"},
	{Name: "line.sku", Type: pipeline.Code, Help: "our own code of the article"},
	{Name: "line.name", Type: pipeline.Text},
	{Name: "line.quantity", Type: pipeline.Quantity, Required: true, Help: "more than 0"},
	{Name: "line.price", Type: pipeline.Amount, Required: true, Help: "of one unit, before any discount"},
	{Name: "line.discount", Type: pipeline.Amount, Help: "of the whole line"},
	{Name: "item.code", Type: pipeline.Code, Help: "EGS or GS1 code, from the item master"},
	{Name: "item.type", Type: pipeline.Text, Help: "EGS or GS1; told from the code where empty"},
	{Name: "item.unit", Type: pipeline.Text, Help: "ETA's unit code; EA where empty"},
	{Name: "item.name", Type: pipeline.Text, Help: "named on the receipt; line.name where empty"},
	{Name: "item.vat_type", Type: pipeline.Text, Help: "ETA's VAT subtype, such as V009"},
	{Name: "item.vat_rate", Type: pipeline.Rate, Help: "per cent: 14; 0 with an exempt subtype"},
}
