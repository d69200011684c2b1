package shopify

import (
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// paidDesk marks orders as paid for money that was collected, such as cash on
// delivery. See ticks for how no receipt is taken twice. What cannot be taken as it
// is, is told and never rounded.
type paidDesk struct{ *Sink }

// kindPayment is the kind of money that was collected.
const kindPayment = "shopify.payment"

// paidBatch is how many receipts are sent as one batch.
const paidBatch = 25

// receipt is the body of a document of shopify.payment: money that was collected for
// one order.
type receipt struct {
	Receipt  string           `json:"receipt"`
	Order    orderRef         `json:"order"`
	Amount   pipeline.Decimal `json:"amount"`
	Currency string           `json:"currency,omitempty"` // "": the order's
	At       *time.Time       `json:"at,omitempty"`

	GID string `json:"orderId,omitempty"` // what Plan adds
}

func (s paidDesk) scopes() []string { return []string{"read_orders", "write_orders"} }

func (s paidDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindPayment,
		Help:    "money that was collected for an order, such as cash on delivery",
		Settled: true,
		Build:   buildReceipt,
		Batch:   paidBatch,
		Fields: append(slices.Clone(orderFields),
			pipeline.Field{Name: "payment.id", Type: pipeline.Code, Required: true, Help: "the ERP's number of the receipt: taken once, for one order"},
			pipeline.Field{Name: "amount", Type: pipeline.Amount, Required: true, Help: "what was collected, in the currency in which the order is to be paid"},
			pipeline.Field{Name: "currency", Type: pipeline.Code, Help: "its currency, compared with the order's"},
			pipeline.Field{Name: "at", Type: pipeline.Time, Help: "when it was collected; Shopify keeps it of a part only"},
		),
	}
}

// buildReceipt makes the document of one receipt.
func buildReceipt(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	ref, problems := orderRefOf(r)
	w := receipt{Receipt: oneLine(r.Text("payment.id")), Order: ref, Amount: r.Amount("amount"), Currency: strings.ToUpper(oneLine(r.Text("currency")))}
	doc := pipeline.Document{Name: strings.TrimSpace(w.Receipt + " " + ref.said()), Words: distinct(append(ref.words(), w.Receipt)),
		Money: w.Amount, Out: w.Amount, Currency: w.Currency, From: []pipeline.Origin{r.At("amount")}}
	if r.Has("at") {
		when := r.Date("at").UTC()
		w.At, doc.Day = &when, when.Format(time.DateOnly)
	}
	if w.Receipt == "" {
		return doc, problems // Map has told so
	}
	doc.Key = "payment/" + w.Receipt
	if r.Has("amount") && !w.Amount.IsPos() {
		problems = append(problems, r.Problem("amount", "payment.amount", map[string]string{"given": r.Text("amount")}))
	}
	if len(problems) == 0 {
		doc.Body = packed(w)
		doc.Print = string(doc.Body)
	}
	return doc, problems
}
