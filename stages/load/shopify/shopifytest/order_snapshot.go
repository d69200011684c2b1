package shopifytest

import (
	"fmt"
	"time"
)

// OrderSnapshot is an order as it stood at one time. Amounts are in the shop's currency.
type OrderSnapshot struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Created     time.Time `json:"created"`
	Updated     time.Time `json:"updated"`
	Closed      bool      `json:"closed,omitempty"`
	Cancelled   bool      `json:"cancelled,omitempty"`
	Deleted     bool      `json:"deleted,omitempty"`
	Edited      bool      `json:"edited,omitempty"`
	Test        bool      `json:"test,omitempty"`
	Financial   string    `json:"financial,omitempty"`
	Fulfilment  string    `json:"fulfilment"`
	Returning   string    `json:"returning,omitempty"`
	Note        string    `json:"note,omitempty"`
	PONumber    string    `json:"po_number,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	Subtotal    string    `json:"subtotal"`
	Discounts   string    `json:"discounts"`
	Shipping    string    `json:"shipping"`
	Tax         string    `json:"tax"`
	Total       string    `json:"total"`
	Current     string    `json:"current_total"`
	CurrentTax  string    `json:"current_tax"`
	Received    string    `json:"received"`
	Refunded    string    `json:"refunded"`
	Outstanding string    `json:"outstanding"`

	Lines       []LineSnapshot      `json:"lines"`
	Attributes  []Attribute         `json:"attributes,omitempty"`
	Refunds     int                 `json:"refunds"`
	Returns     int                 `json:"returns"`
	Fulfilments int                 `json:"fulfilments"`
	Payments    int                 `json:"payments"`
	Agreements  []AgreementSnapshot `json:"agreements"`
	Metafields  map[string]string   `json:"metafields,omitempty"` // as they are now, whatever the time
}

// LineSnapshot is a line of it.
type LineSnapshot struct {
	ID       string `json:"id"`
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Current  int    `json:"current"`
	Sent     int    `json:"sent"`
	Price    string `json:"price"`
	Net      string `json:"net"` // of all that was ordered
	Tax      string `json:"tax"`
}

// AgreementSnapshot is one entry of its ledger.
type AgreementSnapshot struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Total  string    `json:"total"`
	Tax    string    `json:"tax"`
	Sales  int       `json:"sales"`
}

// OrderAt is the order, given by id or name, as it stood at the time; now when that is zero. ok is false before it was
// placed.
func (s *Server) OrderAt(order string, when time.Time) (snapshot OrderSnapshot, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if when.IsZero() {
		when = s.opt.Now()
	}
	t := s.orders.named(order)
	if t == nil || t.at(when) == nil {
		return OrderSnapshot{}, false
	}
	return s.snapshot(t.at(when)), true
}

// Orders are all orders as they stood at the time, deleted ones too; now when it is zero.
func (s *Server) Orders(when time.Time) []OrderSnapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	if when.IsZero() {
		when = s.opt.Now()
	}
	out := []OrderSnapshot{}
	for _, t := range s.orders.tales {
		if o := t.at(when); o != nil {
			out = append(out, s.snapshot(o))
		}
	}
	return out
}

func (s *Server) snapshot(o *orderState) OrderSnapshot {
	t, places := o.totals(), placesOf(o.currency)
	out := OrderSnapshot{ID: o.spec.ID, Name: o.spec.Name, Created: o.spec.At, Updated: o.updated, Closed: !o.closed.IsZero(),
		Cancelled: !o.cancelled.IsZero(), Deleted: o.deleted, Edited: o.edited, Test: o.spec.Test, Financial: o.financial,
		Fulfilment: o.fulfilmentStatus(), Returning: o.returning, Note: o.note, PONumber: o.poNumber, Tags: o.tags,
		Subtotal: t.subtotal.fixed(places), Discounts: t.discounts.fixed(places), Shipping: t.shipping.fixed(places), Tax: t.tax.fixed(places),
		Total: t.total.fixed(places), Current: t.currentTotal.fixed(places), CurrentTax: t.currentTax.fixed(places),
		Received: t.received.fixed(places), Refunded: t.refunded.fixed(places), Outstanding: t.outstanding().fixed(places),
		Attributes: o.attributes, Refunds: len(o.refunds), Returns: len(o.returns), Fulfilments: len(o.fulfilments),
		Payments: len(o.payments), Metafields: s.shop.metafieldValues(o.spec.ID), Lines: []LineSnapshot{}}
	for _, l := range o.lines {
		out.Lines = append(out.Lines, LineSnapshot{ID: l.id, SKU: l.SKU, Quantity: l.quantity, Current: l.current(), Sent: l.sent,
			Price: l.price.fixed(places), Net: l.net().fixed(places), Tax: l.tax().fixed(places)})
	}
	for _, a := range o.agreements {
		total, tax := cash(0), cash(0)
		for _, one := range a.sales {
			total, tax = total+one.total, tax+one.tax
		}
		out.Agreements = append(out.Agreements, AgreementSnapshot{At: a.at, Reason: a.reason, Total: total.fixed(places), Tax: tax.fixed(places),
			Sales: len(a.sales)})
	}
	return out
}

// OrderTable is the state of now as text, one line an order, for comparing with what is expected.
func (s *Server) OrderTable() string {
	out := ""
	for _, o := range s.Orders(time.Time{}) {
		out += fmt.Sprintf("%s | %s | %s | total %s | current %s | received %s | refunded %s | outstanding %s\n", o.Name,
			orElse(o.Financial, "-"), o.Fulfilment, o.Total, o.Current, o.Received, o.Refunded, o.Outstanding)
	}
	return out
}
