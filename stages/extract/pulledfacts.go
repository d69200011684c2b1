package extract

import (
	"strings"

	"wasl/pipeline"
)

// What the admin's CSV says of an order in one cell and the API does not say at all
// is worked out here, as the admin does it (reference 9.2).

// number is the order's number in the column Id.
func (o *pulledOrder) number() string { return orElse(o.LegacyResourceID, numberOf(o.ID)) }

// financial is the state in the words of files. Without any transaction there is
// none: then what costs nothing is paid, and what nobody paid is pending.
func (o *pulledOrder) financial() string {
	switch {
	case o.DisplayFinancialStatus != "":
		return strings.ToLower(o.DisplayFinancialStatus)
	case o.TotalPriceSet == nil:
		return ""
	case o.TotalPriceSet.amount().IsZero():
		return "paid"
	}
	return "pending"
}

// fulfillment is the state in the words of files.
func (o *pulledOrder) fulfillment() string {
	switch o.DisplayFulfillmentStatus {
	case "":
		return ""
	case "FULFILLED":
		return "fulfilled"
	case "PARTIALLY_FULFILLED":
		return "partial"
	case "RESTOCKED":
		return "restocked"
	}
	if o.left() == 0 && o.restocked("") {
		return "restocked" // cancelled, and the goods are back
	}
	return "unfulfilled"
}

// left is how many pieces the order has now.
func (o *pulledOrder) left() (n int64) {
	for _, l := range o.LineItems.Nodes {
		n += l.CurrentQuantity
	}
	return n
}

// restocked tells whether goods of a line, or of any, went back on the shelf.
func (o *pulledOrder) restocked(line string) bool {
	for _, r := range o.Refunds {
		for _, l := range r.RefundLineItems.Nodes {
			if l.Restocked && (line == "" || line == l.LineItem.ID) {
				return true
			}
		}
	}
	return false
}

// lineStatus is the state of a line in the words of files.
func (o *pulledOrder) lineStatus(l *pulledLine) string {
	switch {
	case l.IsGiftCard:
		return "not_eligible"
	case l.UnfulfilledQuantity == nil:
		return ""
	}
	sent := l.sent()
	if parcels, known := o.sentOf(l.ID); known {
		sent = parcels
	}
	switch {
	case sent > 0 && *l.UnfulfilledQuantity == 0:
		return "fulfilled"
	case sent > 0:
		return "partial"
	case l.CurrentQuantity == 0 && o.restocked(l.ID):
		return "restocked"
	}
	return "pending"
}

// sent is how many pieces of a line were sent where nothing of it was taken off.
func (l *pulledLine) sent() int64 {
	if l.UnfulfilledQuantity == nil {
		return 0
	}
	return l.Quantity - *l.UnfulfilledQuantity
}

// sentOf is how many pieces of a line are in the fulfilments that count; known is
// false where their lines were not asked for.
func (o *pulledOrder) sentOf(line string) (n int64, known bool) {
	known = true
	some := false
	for _, p := range o.Fulfillments {
		if p.Status == "CANCELLED" {
			continue
		}
		some = true
		if p.FulfillmentLineItems == nil {
			known = false
			continue
		}
		for _, l := range p.FulfillmentLineItems.Nodes {
			if l.LineItem.ID == line && l.Quantity != nil {
				n += *l.Quantity
			}
		}
	}
	return n, known && (some || len(o.Refunds) > 0 || o.Edited != nil && *o.Edited)
}

// paidAt is when the order was paid for the first time: with that payment nothing was
// left of what it cost at that moment.
func (o *pulledOrder) paidAt() string {
	came := pipeline.Decimal{}
	for _, t := range o.Transactions {
		at := orElse(t.ProcessedAt, t.CreatedAt)
		switch {
		case t.came():
			if came = came.Add(t.AmountSet.amount()); !came.LessThan(o.cost(at)) {
				return at
			}
		case t.Kind == "REFUND" && t.Status == "SUCCESS":
			return "" // from now on it is partially refunded, whatever comes in
		}
	}
	return ""
}

// cost is what the order came to at a time: the sum of its sales until then, where
// they were asked for (it was edited, or goods came back); otherwise its total without
// what had been taken back.
func (o *pulledOrder) cost(at string) pipeline.Decimal {
	if o.Agreements != nil {
		sum := pipeline.Decimal{}
		for _, a := range o.Agreements.Nodes {
			if a.HappenedAt > at {
				continue
			}
			for _, s := range a.Sales.Nodes {
				sum = sum.Add(s.TotalAmount.amount())
			}
		}
		return sum
	}
	sum := o.TotalPriceSet.amount()
	for _, r := range o.Refunds {
		if orElse(r.ProcessedAt, r.CreatedAt) < at {
			sum = sum.Sub(r.worth(o.TaxesIncluded != nil && *o.TaxesIncluded))
		}
	}
	return sum
}

// worth is what was taken back: goods and shipping with their tax, and differences.
func (r pulledRefund) worth(included bool) pipeline.Decimal {
	sum := pipeline.Decimal{}
	add := func(net, tax *bag) {
		if sum = sum.Add(net.amount()); !included {
			sum = sum.Add(tax.amount())
		}
	}
	for _, l := range r.RefundLineItems.Nodes {
		add(l.SubtotalSet, l.TotalTaxSet)
	}
	for _, s := range r.RefundShippingLines.Nodes {
		add(s.SubtotalAmountSet, s.TaxAmountSet)
	}
	for _, a := range r.OrderAdjustments.Nodes {
		sum = sum.Sub(a.AmountSet.amount())
	}
	return sum
}

// came tells whether a transaction brought money.
func (t pulledMoney) came() bool {
	return t.Status == "SUCCESS" && (t.Kind == "SALE" || t.Kind == "CAPTURE")
}

// fulfilledAt is when the last parcel of a fulfilled order was made. Where the order
// is fulfilled because the rest of it was taken off, nobody says when.
func (o *pulledOrder) fulfilledAt() (at string) {
	if o.DisplayFulfillmentStatus != "FULFILLED" {
		return ""
	}
	for i := range o.LineItems.Nodes {
		l := &o.LineItems.Nodes[i]
		if sent, known := o.sentOf(l.ID); known && sent != l.Quantity {
			return ""
		}
	}
	for _, p := range o.Fulfillments {
		if p.Status != "CANCELLED" {
			at = max(at, p.CreatedAt)
		}
	}
	return at
}

// shipping is what shipping cost before discounts: that is what files say, and they
// have the discount in Discount Amount.
func (o *pulledOrder) shipping() string {
	if o.TotalShippingPriceSet == nil {
		return ""
	}
	sum := pipeline.Decimal{}
	for _, s := range o.ShippingLines.Nodes {
		sum = sum.Add(s.OriginalPriceSet.amount())
	}
	return sum.String()
}

func (o *pulledOrder) method() string {
	if len(o.ShippingLines.Nodes) == 0 {
		return ""
	}
	return o.ShippingLines.Nodes[0].Title
}

// discount is what was taken off that is no discount of one line.
func (o *pulledOrder) discount() pipeline.Decimal {
	sum := pipeline.Decimal{}
	for _, l := range o.LineItems.Nodes {
		for _, a := range l.DiscountAllocations {
			sum = sum.Add(a.AllocatedAmountSet.amount())
		}
		sum = sum.Sub(l.TotalDiscountSet.amount())
	}
	for _, s := range o.ShippingLines.Nodes {
		sum = sum.Add(s.OriginalPriceSet.amount()).Sub(s.DiscountedPriceSet.amount())
	}
	return sum
}

func (o *pulledOrder) discountCode() string {
	switch {
	case len(o.DiscountCodes) > 0:
		return o.DiscountCodes[0]
	case !o.discount().IsZero():
		return "AUTOMATIC DISCOUNTS"
	}
	return ""
}

func (o *pulledOrder) attributes() string {
	var out []string
	for _, a := range o.CustomAttributes {
		out = append(out, a.Key+": "+a.Value)
	}
	return strings.Join(out, "\n")
}

// gateways are the names that files show, joined as there.
func (o *pulledOrder) gateways() string {
	var out []string
	for _, name := range o.PaymentGatewayNames {
		for _, t := range o.Transactions {
			if t.Gateway == name && t.FormattedGateway != "" {
				name = t.FormattedGateway
				break
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, " + ")
}

// outstanding keeps the total of an order that came to nothing.
func (o *pulledOrder) outstanding() string {
	nothing := o.CancelledAt != "" || o.DisplayFinancialStatus == "VOIDED" || o.DisplayFinancialStatus == "EXPIRED"
	if nothing && o.TotalReceivedSet != nil && o.TotalReceivedSet.amount().IsZero() {
		return o.TotalPriceSet.text()
	}
	return o.TotalOutstandingSet.text()
}

// references are those of the transactions: all, those that count, and the first
// that brought money.
func (o *pulledOrder) references(row orderRow) {
	var all, taken, came []string
	for _, t := range o.Transactions {
		all = append(all, t.PaymentID)
		if t.came() || t.Kind == "SALE" && t.Status == "PENDING" || t.Kind == "AUTHORIZATION" && t.Status == "SUCCESS" {
			taken = append(taken, t.PaymentID)
		}
		if t.came() {
			came = append(came, t.PaymentID)
		}
	}
	row.set("Payment References", joined(all, " + "), "Payment ID", joined(taken, " + "))
	if len(came) > 0 {
		row.set("Payment Reference", came[0])
	}
}
