package courier

import (
	"strings"

	"wasl/pipeline"
)

// The kinds that this room takes.
const (
	KindPrefix     = "courier."
	KindOrder      = "courier.order"
	KindRemittance = "courier.remittance"
)

// orderFields are the words of what is to be collected for an order. Those of the order
// may stand on its first row only.
var orderFields = []pipeline.Field{
	{Name: "order.name", Type: pipeline.Code, Required: true, Help: "the order, such as #1042; rows of one name are one order"},
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order, which never changes"},
	{Name: "order.created", Type: pipeline.Time, Required: true, Sparse: true, Help: "when it was placed"},
	{Name: "order.updated", Type: pipeline.Time, Help: "when it changed last: tells which of two files is the later one"},
	{Name: "order.fulfilled", Type: pipeline.Time, Help: "when it was sent: from then on the courier owes"},
	{Name: "order.cancelled", Type: pipeline.Time, Help: "when it was cancelled"},
	{Name: "order.test", Type: pipeline.Bool, Help: "a test order: left out"},
	{Name: "order.status", Type: pipeline.Text, Help: "financial status, such as pending"},
	{Name: "order.payment", Type: pipeline.Text, Help: "payment methods, joined by +"},
	{Name: "order.currency", Type: pipeline.Text, Help: "ISO code, such as EGP"},
	{Name: "order.total", Type: pipeline.Amount, Required: true, Sparse: true, Help: "what the customer pays"},
	{Name: "order.current_total", Type: pipeline.Amount, Help: "the total after edits, returns and refunds"},
	{Name: "order.outstanding", Type: pipeline.Amount, Help: "not yet paid: counts where the file has no payments"},
	{Name: "payment.kind", Type: pipeline.Text, Help: "of a row that is a payment: sale, capture, refund ..."},
	{Name: "payment.status", Type: pipeline.Text, Help: "only success counts"},
	{Name: "payment.gateway", Type: pipeline.Text, Help: "who took the money"},
	{Name: "payment.amount", Type: pipeline.Amount, Help: "how much"},
	{Name: "fulfillment.at", Type: pipeline.Time, Help: "when a parcel was sent"},
	{Name: "fulfillment.status", Type: pipeline.Text, Help: "success, cancelled ..."},
	{Name: "fulfillment.tracking", Type: pipeline.Text, Help: "the parcel's number (AWB); several joined by +"},
	{Name: "fulfillment.company", Type: pipeline.Text, Help: "the courier"},
}

var orderSettings = []pipeline.Setting{
	{Name: "cod", Type: pipeline.Text, Form: "names by commas", Default: "Cash on Delivery (COD),cash_on_delivery,Cash on Delivery,COD,الدفع عند الاستلام",
		Help: "payment methods that a courier collects"},
}

// remitFields are the words of a line of a courier's sheet.
var remitFields = []pipeline.Field{
	{Name: "remit.courier", Type: pipeline.Text, Help: "who: Bosta; else the one that wasl.yaml names as courier.default"},
	{Name: "remit.sheet", Type: pipeline.Code, Help: "the sheet's own number; a line is told from that of another sheet by it, or else by its day, or else by its file"},
	{Name: "remit.day", Type: pipeline.Date, Help: "the day of the sheet, or on which it is paid out"},
	{Name: "remit.collected_at", Type: pipeline.Date, Help: "the day on which the customer paid, or the parcel came back"},
	{Name: "remit.tracking", Type: pipeline.Code, Help: "the parcel's number (AWB)"},
	{Name: "order.name", Type: pipeline.Code, Help: "the order; couriers may write 1042 for #1042"},
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order"},
	{Name: "remit.reference", Type: pipeline.Code, Help: "what the courier was given as a reference: an order or a parcel"},
	{Name: "remit.status", Type: pipeline.Text, Help: "delivered (also empty), partly, returned, refused or pending: map: gives it"},
	{Name: "remit.expected", Type: pipeline.Amount, Help: "what the courier says that he was to collect"},
	{Name: "remit.amount", Type: pipeline.Amount, Required: true, Help: "what he collected, before his fees"},
	{Name: "remit.fee", Type: pipeline.Amount, Help: "what he keeps, without the tax on it"},
	{Name: "remit.vat", Type: pipeline.Amount, Help: "the tax on his fee"},
	{Name: "remit.net", Type: pipeline.Amount, Help: "what he pays for the line: held against the others"},
	{Name: "remit.currency", Type: pipeline.Text, Help: "ISO code; else the order's"},
	{Name: "remit.payout", Type: pipeline.Amount, Help: "what he pays for the whole sheet: held against the sum of its lines"},
}

// The statuses of a line.
const (
	statusDelivered = "delivered"
	statusPartly    = "partly"
	statusReturned  = "returned"
	statusRefused   = "refused"
	statusPending   = "pending"
)

var statuses = []string{statusDelivered, statusPartly, statusReturned, statusRefused, statusPending}

// Kinds are the documents that this room takes.
func (s *Sink) Kinds() []pipeline.Kind {
	return []pipeline.Kind{s.orderKind(nil), s.remitKind()}
}

func (s *Sink) orderKind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{Name: KindOrder, Help: "What a courier is to collect for an order: kept, and held against couriers' sheets.",
		Fields: orderFields, GroupBy: []string{"order.name"}, Space: "courier.order", Settings: orderSettings, Bind: s.orderKind, Older: olderOrder}
	cod := map[string]bool{}
	for word := range strings.SplitSeq(set.Of(k, "cod"), ",") {
		if word = pipeline.Fold(word); word != "" {
			cod[word] = true
		}
	}
	k.Build = func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) { return s.buildOrder(cod, group) }
	return k
}

func (s *Sink) remitKind() pipeline.Kind {
	return pipeline.Kind{Name: KindRemittance, Help: "A line of a courier's sheet: what he collected for a parcel, what he keeps of it and what he pays.",
		Fields: remitFields, Once: true, Space: "courier.remittance", Build: s.buildRemittance, Revise: reviseRemittance}
}
