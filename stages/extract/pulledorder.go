package extract

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// pulledOrder is an order as the API says it. What is not asked for is not here.
type pulledOrder struct {
	ID, LegacyResourceID, Name, Email, Phone, Note, PoNumber, SourceName string
	CreatedAt, ProcessedAt, UpdatedAt, ClosedAt, CancelledAt, DeletedAt  string
	CancelReason, DisplayFinancialStatus, DisplayFulfillmentStatus       string
	CurrencyCode                                                         string
	Edited, Test, TaxesIncluded                                          *bool
	Tags, DiscountCodes, PaymentGatewayNames                             []string
	CustomAttributes                                                     []struct{ Key, Value string }
	SubtotalPriceSet, TotalShippingPriceSet, TotalTaxSet, TotalPriceSet  *bag
	TotalTipReceivedSet, CurrentTotalPriceSet, TotalRefundedSet          *bag
	TotalReceivedSet, TotalOutstandingSet, CurrentTotalDutiesSet         *bag
	TotalCashRoundingAdjustment                                          struct{ PaymentSet *bag }
	TaxLines                                                             []taxLine
	BillingAddress, ShippingAddress                                      *pulledAddress
	Customer                                                             *pulledCustomer
	RetailLocation                                                       *struct{ ID, Name string }
	LineItems                                                            nodes[pulledLine]
	ShippingLines                                                        nodes[pulledFreight]
	Transactions                                                         []pulledMoney
	Refunds                                                              []pulledRefund
	Fulfillments                                                         []pulledParcel
	Agreements                                                           *nodes[struct {
		HappenedAt string
		Sales      nodes[struct{ TotalAmount *bag }]
	}]
}

type nodes[T any] struct{ Nodes []T }

// bag is an amount in the shop's currency and in the buyer's.
type bag struct{ ShopMoney struct{ Amount string } }

type taxLine struct {
	Title    string
	Rate     json.Number
	PriceSet *bag
}

type allocated struct{ AllocatedAmountSet *bag }

type pulledAddress struct {
	Name, Company, Address1, Address2, City, Province, ProvinceCode, Zip, CountryCodeV2, Phone string
}

type pulledCustomer struct {
	ID          string
	TaxSettings struct{ TaxID string }
}

type pulledLine struct {
	ID, Name, SKU, Vendor                  string
	Quantity, CurrentQuantity              int64
	UnfulfilledQuantity                    *int64
	RequiresShipping, Taxable, IsGiftCard  bool
	OriginalUnitPriceSet, TotalDiscountSet *bag
	DiscountAllocations                    []allocated
	TaxLines                               []taxLine
}

type pulledFreight struct {
	ID, Title                            string
	IsRemoved                            bool
	OriginalPriceSet, DiscountedPriceSet *bag
	TaxLines                             []taxLine
}

type pulledMoney struct {
	ID, Kind, Status, Gateway, FormattedGateway, PaymentID, CreatedAt, ProcessedAt string
	ParentTransaction                                                              *struct{ ID string }
	AmountSet                                                                      *bag
}

type pulledRefund struct {
	ID, CreatedAt, ProcessedAt, Note string
	TotalRefundedSet                 *bag
	RefundLineItems                  nodes[struct {
		Quantity                 int64
		RestockType              string
		Restocked                bool
		LineItem                 struct{ ID, SKU string }
		SubtotalSet, TotalTaxSet *bag
	}]
	RefundShippingLines nodes[struct{ SubtotalAmountSet, TaxAmountSet *bag }]
	OrderAdjustments    nodes[struct {
		Reason                  string
		AmountSet, TaxAmountSet *bag
	}]
	Transactions nodes[struct{ ID string }]
}

type pulledParcel struct {
	ID, Status, CreatedAt string
	TrackingInfo          []struct{ Company, Number string }
	FulfillmentLineItems  *nodes[struct {
		Quantity *int64
		LineItem struct{ ID string }
	}]
}

// flatten makes the rows of an order of what the API said of it.
func flatten(text []byte) ([]orderRow, error) {
	var o pulledOrder
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, err
	}
	if o.Name == "" {
		return nil, errors.New("an order without a name")
	}
	out := &orderRows{}
	for i := range o.LineItems.Nodes {
		o.item(out, &o.LineItems.Nodes[i])
	}
	for _, s := range o.ShippingLines.Nodes {
		s.row(out)
	}
	for _, r := range o.Refunds {
		r.rows(out)
	}
	for _, t := range o.Transactions {
		t.row(out, o.refundOf(t.ID))
	}
	for _, p := range o.Fulfillments {
		p.rows(out, &o)
	}
	if len(out.rows) == 0 {
		out.add(lineItem)
	}
	out.onAll("Name", o.Name, "Email", o.Email, "Created at", o.CreatedAt, "Phone", o.Phone)
	o.first(out.rows[0])
	return out.rows, nil
}

// first fills what is of the order.
func (o *pulledOrder) first(row orderRow) {
	row.set("Id", o.number(), "Financial Status", o.financial(), "Paid at", o.paidAt(), "Fulfillment Status", o.fulfillment(),
		"Fulfilled at", o.fulfilledAt(), "Currency", o.CurrencyCode, "Subtotal", o.SubtotalPriceSet.text(), "Shipping", o.shipping(),
		"Taxes", o.TotalTaxSet.text(), "Total", o.TotalPriceSet.text(), "Discount Code", o.discountCode(), "Discount Amount", o.discount().String(),
		"Shipping Method", o.method(), "Notes", o.Note, "Note Attributes", o.attributes(), "Cancelled at", o.CancelledAt,
		"Payment Method", o.gateways(), "Refunded Amount", o.TotalRefundedSet.text(), "Outstanding Balance", o.outstanding(),
		"Tags", strings.Join(o.Tags, ", "), "Source", o.SourceName, "Duties", o.CurrentTotalDutiesSet.text())
	row.set("Updated at", o.UpdatedAt, "Processed at", o.ProcessedAt, "Closed at", o.ClosedAt, "Cancel reason", strings.ToLower(o.CancelReason),
		"Test", truthOf(o.Test), "Edited", truthOf(o.Edited), "Taxes included", truthOf(o.TaxesIncluded), "Tip", o.TotalTipReceivedSet.text(),
		"Rounding", o.TotalCashRoundingAdjustment.PaymentSet.text(), "Current total", o.CurrentTotalPriceSet.text(),
		"PO number", o.PoNumber, "Deleted at", o.DeletedAt)
	if o.RetailLocation != nil {
		row.set("Location", orElse(o.RetailLocation.Name, numberOf(o.RetailLocation.ID)))
	}
	if o.Customer != nil {
		row.set("Customer id", numberOf(o.Customer.ID), "Customer tax id", o.Customer.TaxSettings.TaxID)
	}
	for i, t := range o.TaxLines {
		if n := strconv.Itoa(i + 1); i < 5 {
			row.set("Tax "+n+" Name", t.name(), "Tax "+n+" Value", t.PriceSet.text())
		}
	}
	o.BillingAddress.fill(row, "Billing")
	o.ShippingAddress.fill(row, "Shipping")
	o.references(row)
}

func (a *pulledAddress) fill(row orderRow, which string) {
	if a == nil {
		return
	}
	street := a.Address1
	if street != "" && a.Address2 != "" {
		street += ", "
	}
	row.set(which+" Name", a.Name, which+" Street", street+a.Address2, which+" Address1", a.Address1, which+" Address2", a.Address2,
		which+" Company", a.Company, which+" City", a.City, which+" Zip", a.Zip, which+" Province", a.ProvinceCode,
		which+" Country", a.CountryCodeV2, which+" Phone", a.Phone, which+" Province Name", a.Province)
}

// item adds the row of a line.
func (o *pulledOrder) item(out *orderRows, l *pulledLine) {
	all := pipeline.Decimal{}
	for _, a := range l.DiscountAllocations {
		all = all.Add(a.AllocatedAmountSet.amount())
	}
	tax, rate := taxesOf(l.TaxLines)
	out.add(lineItem, "Line id", numberOf(l.ID), "Lineitem quantity", digitsOf(l.Quantity), "Lineitem name", l.Name,
		"Lineitem price", l.OriginalUnitPriceSet.text(), "Lineitem sku", l.SKU, "Lineitem requires shipping", strconv.FormatBool(l.RequiresShipping),
		"Lineitem taxable", strconv.FormatBool(l.Taxable), "Lineitem fulfillment status", o.lineStatus(l), "Vendor", l.Vendor,
		"Lineitem discount", l.TotalDiscountSet.text(), "Lineitem current quantity", digitsOf(l.CurrentQuantity),
		"Lineitem tax", tax, "Lineitem tax rate", rate, "Lineitem gift card", truthOf(&l.IsGiftCard), "Lineitem total discount", all.String())
}

// row adds the row of shipping. Its price is the one before discounts.
func (s pulledFreight) row(out *orderRows) {
	tax, rate := taxesOf(s.TaxLines)
	off := s.OriginalPriceSet.amount().Sub(s.DiscountedPriceSet.amount()).String()
	current := "1"
	if s.IsRemoved {
		current = "0"
	}
	out.add(lineShipping, "Line id", numberOf(s.ID), "Lineitem name", s.Title, "Lineitem quantity", "1", "Lineitem current quantity", current,
		"Lineitem price", s.OriginalPriceSet.text(), "Lineitem discount", off, "Lineitem total discount", off,
		"Lineitem tax", tax, "Lineitem tax rate", rate)
}

// rows adds the rows of a refund: itself, with the money that was given back, and
// what it was for.
func (r pulledRefund) rows(out *orderRows) {
	id, at := numberOf(r.ID), orElse(r.ProcessedAt, r.CreatedAt)
	add := func(kind string, pairs ...string) {
		out.add(kind, pairs...).set("Refund id", id, "Refund at", at, "Refund note", r.Note)
	}
	add(lineRefund, "Refund amount", r.TotalRefundedSet.text())
	for _, l := range r.RefundLineItems.Nodes {
		add(lineRefundItem, "Line id", numberOf(l.LineItem.ID), "Lineitem sku", l.LineItem.SKU, "Refund quantity", digitsOf(l.Quantity),
			"Refund amount", l.SubtotalSet.text(), "Refund tax", l.TotalTaxSet.text(), "Restock", strings.ToLower(l.RestockType))
	}
	for _, s := range r.RefundShippingLines.Nodes {
		add(lineRefundShipping, "Refund amount", s.SubtotalAmountSet.text(), "Refund tax", s.TaxAmountSet.text())
	}
	for _, a := range r.OrderAdjustments.Nodes {
		add(lineRefundAdjustment, "Lineitem name", strings.ToLower(a.Reason), "Refund amount", a.AmountSet.text(), "Refund tax", a.TaxAmountSet.text())
	}
}

// refundOf is the number of the refund that a transaction belongs to.
func (o *pulledOrder) refundOf(transaction string) string {
	for _, r := range o.Refunds {
		for _, t := range r.Transactions.Nodes {
			if t.ID == transaction {
				return numberOf(r.ID)
			}
		}
	}
	return ""
}

func (t pulledMoney) row(out *orderRows, refund string) {
	parent := ""
	if t.ParentTransaction != nil {
		parent = numberOf(t.ParentTransaction.ID)
	}
	out.add(lineTransaction, "Transaction id", numberOf(t.ID), "Transaction kind", strings.ToLower(t.Kind), "Transaction status", strings.ToLower(t.Status),
		"Transaction gateway", t.Gateway, "Transaction amount", t.AmountSet.text(), "Transaction at", orElse(t.ProcessedAt, t.CreatedAt),
		"Transaction parent", parent, "Transaction reference", t.PaymentID, "Refund id", refund)
}

// rows adds the rows of a fulfilment, one for each line in it. Where its lines were
// not asked for it is the only one that counts, and has all that was sent.
func (p pulledParcel) rows(out *orderRows, o *pulledOrder) {
	var companies, numbers []string
	for _, t := range p.TrackingInfo {
		companies, numbers = append(companies, t.Company), append(numbers, t.Number)
	}
	add := func(line string, quantity int64) {
		out.add(lineFulfillment, "Fulfillment id", numberOf(p.ID), "Fulfillment at", p.CreatedAt, "Fulfillment status", strings.ToLower(p.Status),
			"Tracking company", joined(companies, " + "), "Tracking number", joined(numbers, " + "),
			"Line id", numberOf(line), "Fulfilled quantity", digitsOf(quantity))
	}
	if p.FulfillmentLineItems != nil {
		for _, l := range p.FulfillmentLineItems.Nodes {
			if l.Quantity != nil {
				add(l.LineItem.ID, *l.Quantity)
			}
		}
		return
	}
	for _, l := range o.LineItems.Nodes {
		if n := l.sent(); n > 0 {
			add(l.ID, n)
		}
	}
}
