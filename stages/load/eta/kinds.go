package eta

import (
	"cmp"
	"slices"

	"wasl/pipeline"
)

// KindReceipt is the name of the kind of receipts.
const KindReceipt = "eta.receipt"

// Kinds are the sorts of document that the authority takes from wasl.
func (s *Sink) Kinds() []pipeline.Kind { return []pipeline.Kind{s.kind(nil)} }

// kind is that of receipts under the settings of a flow. A document is the sale receipt of an order (key sale/ID); its
// parts are the returns (key return/ID/REFUND), each a document of its own that waits for its sale, and sales of goods that
// were added later (key more/ID/2, see added.go), which wait for it, too.
func (s *Sink) kind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindReceipt,
		Help:     "receipts of the Egyptian Tax Authority: a sale receipt for each order, and a return for each of its refunds",
		Fields:   fields,
		GroupBy:  []string{"order.name"},
		Once:     true,
		Joined:   true,
		Traced:   true,
		Space:    "eta/" + s.config.Environment + "/" + s.config.Seller.RIN, // a sale has one receipt, whichever POS issues it
		Settings: slices.Concat(settings, pointSettings, []pipeline.Setting{resultsSetting}),
		Bind:     s.kind,
		Await:    true,
		Within:   within,
		Fits:     fitsSale,
		Revise:   revise,
		Older:    older,
		Chain:    s.chain,
		Called:   called,
		Wary:     wary,
	}
	i := s.issuer
	i.policy = policyOf(k, set)
	i.usual = cmp.Or(set.Of(k, "pos"), i.usual)
	k.Build, k.Seal = i.atPoint(issuer.examined), s.byTheirClock(i.seal)
	k.After = func(group []pipeline.Record, left []pipeline.Document) (pipeline.Document, []pipeline.Problem) {
		return i.atPoint(i.after(left))(group)
	}
	return k
}

// fields are those of the orders of every sink, then what the item master knows of a line, then what only receipts ask
// for. Rows of another line.kind than item have no quantity and no price.
var fields = []pipeline.Field{
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order, never used twice; the sale is filed once under it"},
	{Name: "order.name", Type: pipeline.Code, Required: true, Help: "what people call the order: #1042"},
	{Name: "order.created", Type: pipeline.Time, Required: true, Sparse: true, Help: "when it was placed; its day is the day of the money"},
	{Name: "order.updated", Type: pipeline.Time, Help: "when it changed last: tells which of two files is the later one"},
	{Name: "order.paid", Type: pipeline.Time, Help: "when it was paid"},
	{Name: "order.fulfilled", Type: pipeline.Time, Help: "when all of it was sent"},
	{Name: "order.delivered", Type: pipeline.Time, Help: "when it reached the buyer; Shopify does not say it"},
	{Name: "order.status", Type: pipeline.Text, Help: "financial status: paid, pending, refunded, voided, ..."},
	{Name: "order.cancelled", Type: pipeline.Time, Help: "when it was cancelled"},
	{Name: "order.deleted", Type: pipeline.Time, Help: "when it was deleted"},
	{Name: "order.test", Type: pipeline.Bool, Help: "a test order: never filed"},
	{Name: "order.edited", Type: pipeline.Bool, Help: "its lines were changed after it was placed"},
	{Name: "order.currency", Type: pipeline.Text, Help: "EGP where empty"},
	{Name: "order.subtotal", Type: pipeline.Amount, Help: "the goods after discounts"},
	{Name: "order.discount", Type: pipeline.Amount, Help: "the order's discount; what it is on is worked out from the sums, or said by line.allocated"},
	{Name: "order.discount_code", Type: pipeline.Text, Help: "named on the receipt beside the discount"},
	{Name: "order.shipping", Type: pipeline.Amount, Help: "shipping before discounts; becomes a line of the receipt"},
	{Name: "order.shipping_method", Type: pipeline.Text},
	{Name: "order.taxes", Type: pipeline.Amount, Help: "the order's tax; checked against the VAT of the lines where it is not zero"},
	{Name: "order.tax_included", Type: pipeline.Bool, Help: "prices hold the tax; where it is not known, the setting prices or the sums decide"},
	{Name: "order.tip", Type: pipeline.Amount, Help: "given by the customer on top; see the setting tip"},
	{Name: "order.duties", Type: pipeline.Amount, Help: "charged at the border, on top; see the setting duties"},
	{Name: "order.rounding", Type: pipeline.Amount, Help: "what cash was rounded by; see the setting rounding"},
	{Name: "order.total", Type: pipeline.Amount, Help: "what the customer pays; the receipt adds up to it, less what is no sale"},
	{Name: "order.current_total", Type: pipeline.Amount, Help: "the total after edits, returns and refunds"},
	{Name: "order.refunded", Type: pipeline.Amount, Help: "paid back; of a file that does not say what for, its return is held"},
	{Name: "order.outstanding", Type: pipeline.Amount},
	{Name: "order.payment", Type: pipeline.Text, Help: "payment gateways, joined by +"},
	{Name: "order.note", Type: pipeline.Text},
	{Name: "order.tags", Type: pipeline.Text},
	{Name: "order.source", Type: pipeline.Text},
	{Name: "order.location", Type: pipeline.Text, Help: "where it was sold, of a sale at the till; never sent"},
	{Name: "order.pos", Type: pipeline.Text, Help: "the POS that issues it, by its name in eta.registry; map it from the source or the location with a value map; the flow's or the default one where empty"},
	{Name: "customer.id", Type: pipeline.Code, Help: "national ID, 14 digits, where buyer.id is not mapped; needed from EGP 150,000, else not sent"},
	{Name: "customer.name", Type: pipeline.Text, Help: "needed from EGP 150,000, else not sent"},
	{Name: "customer.tax_no", Type: pipeline.Text, Help: "tax registration number: the buyer is a business; see the setting business"},
	{Name: "customer.phone", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.email", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.address", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.city", Type: pipeline.Text, Help: "never sent"},
	{Name: "customer.governorate", Type: pipeline.Text, Help: "never sent"},
	{Name: "line.kind", Type: pipeline.Text, Help: "what the row is: item (also where it is empty), shipping, refund, refund item, refund shipping, refund adjustment, transaction, fulfillment"},
	{Name: "line.id", Type: pipeline.Code, Help: "the shop's own number of the line"},
	{Name: "line.sku", Type: pipeline.Code, Help: "our own code of the article"},
	{Name: "line.name", Type: pipeline.Text},
	{Name: "line.quantity", Type: pipeline.Quantity, Required: true, Sparse: true, Help: "how many were ordered, ever; more than 0"},
	{Name: "line.current", Type: pipeline.Quantity, Help: "how many of them are left after edits, returns and refunds"},
	{Name: "line.price", Type: pipeline.Amount, Required: true, Sparse: true, Help: "of one unit, before any discount"},
	{Name: "line.discount", Type: pipeline.Amount, Help: "of the whole line"},
	{Name: "line.allocated", Type: pipeline.Amount, Help: "discount of the whole line with its share of the order's, as the shop allocates it"},
	{Name: "line.tax", Type: pipeline.Amount, Help: "tax of the whole line"},
	{Name: "line.tax_rate", Type: pipeline.Text, Help: "per cent; several joined by +"},
	{Name: "line.gift_card", Type: pipeline.Bool, Help: "a gift card that is sold; see the setting gift_card"},
	{Name: "refund.id", Type: pipeline.Code, Help: "the shop's own number of the refund; its return is filed once under it"},
	{Name: "refund.at", Type: pipeline.Time, Help: "when it was made; its day is the day of the return's money"},
	{Name: "refund.note", Type: pipeline.Text},
	{Name: "refund.quantity", Type: pipeline.Quantity, Help: "how many came back"},
	{Name: "refund.amount", Type: pipeline.Amount, Help: "of an item or shipping its value; of an adjustment the difference, below zero where more was paid back; of the refund itself the money"},
	{Name: "refund.tax", Type: pipeline.Amount, Help: "tax of it"},
	{Name: "refund.restock", Type: pipeline.Text, Help: "cancel, return, no_restock or legacy_restock"},
	{Name: "payment.id", Type: pipeline.Code},
	{Name: "payment.kind", Type: pipeline.Text, Help: "sale, capture, refund, change ..."},
	{Name: "payment.status", Type: pipeline.Text, Help: "only success counts"},
	{Name: "payment.gateway", Type: pipeline.Text, Help: "who takes the money"},
	{Name: "payment.amount", Type: pipeline.Amount},
	{Name: "payment.at", Type: pipeline.Time},
	{Name: "payment.reference", Type: pipeline.Text},
	{Name: "fulfillment.id", Type: pipeline.Code},
	{Name: "fulfillment.at", Type: pipeline.Time},
	{Name: "fulfillment.status", Type: pipeline.Text, Help: "success, cancelled ..."},
	{Name: "fulfillment.quantity", Type: pipeline.Quantity, Help: "how many of the line were sent"},
	{Name: "item.code", Type: pipeline.Code, Help: "EGS or GS1 code, from the item master"},
	{Name: "item.type", Type: pipeline.Text, Help: "EGS or GS1; told from the code where empty"},
	{Name: "item.unit", Type: pipeline.Text, Help: "ETA's unit code; EA where empty"},
	{Name: "item.name", Type: pipeline.Text, Help: "named on the receipt; line.name where empty"},
	{Name: "item.vat_type", Type: pipeline.Text, Help: "ETA's VAT subtype, such as V009"},
	{Name: "item.vat_rate", Type: pipeline.Rate, Help: "per cent: 14; 0 with an exempt subtype"},
	{Name: "item.taxes", Type: pipeline.Text, Help: "further taxes of the article beside VAT, each with its rate in per cent or its amount for one unit: Tbl01 10 + OF02 0.25"},
	{Name: "order.code", Type: pipeline.Text, Help: "sOrderNameCode: the order's reference on the receipt; order.name where empty"},
	{Name: "order.delivery_mode", Type: pipeline.Text, Help: "FC, TO or TC; with the types SR and SC"},
	{Name: "order.exchange_rate", Type: pipeline.Amount, Help: "EGP for one of the order's currency; see the setting foreign"},
	{Name: "order.gross_weight", Type: pipeline.Quantity, Help: "kilograms"},
	{Name: "order.net_weight", Type: pipeline.Quantity, Help: "kilograms"},
	{Name: "order.no_receipt", Type: pipeline.Text, Help: "the sale has no receipt in the system and gets none: B (sold before adoption) or I (international); its refunds are returns without reference"},
	{Name: "buyer.type", Type: pipeline.Text, Help: "P person, B business in Egypt, F foreigner; P where empty"},
	{Name: "buyer.id", Type: pipeline.Code, Help: "national ID (P), tax registration number (B), passport (F)"},
	{Name: "buyer.name", Type: pipeline.Text, Help: "customer.name where empty; sent with B and F, and from EGP 150,000 on"},
	{Name: "buyer.mobile", Type: pipeline.Text, Help: "sent where it is mapped: map it only where you want it sent"},
	{Name: "buyer.payment", Type: pipeline.Text, Help: "card or transaction reference, sent where it is mapped; never a full card number"},
	{Name: "contractor.name", Type: pipeline.Text, Help: "with the payment codes CC and VC"},
	{Name: "contractor.amount", Type: pipeline.Amount},
	{Name: "contractor.rate", Type: pipeline.Rate},
	{Name: "beneficiary.amount", Type: pipeline.Amount},
	{Name: "beneficiary.rate", Type: pipeline.Rate},
}
