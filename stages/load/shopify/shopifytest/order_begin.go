package shopifytest

import (
	"fmt"
	"strings"
)

// beginOrder makes the first version of an order, with its agreement.
func (s *Server) beginOrder(in Order) (*orderState, error) {
	if in.At.IsZero() {
		in.At = s.opt.Now()
	}
	if in.Processed.IsZero() {
		in.Processed = in.At
	}
	in.ID = orElse(in.ID, s.shop.newID("Order"))
	in.Name = orElse(in.Name, fmt.Sprintf("#%d", s.orders.serial))
	in.Source = orElse(in.Source, "web")
	o := &orderState{spec: in, number: idNumber(in.ID), updated: in.At, note: in.Note, poNumber: in.PONumber, email: in.Email,
		phone: in.Phone, customer: in.Customer, tags: tidyTags(in.Tags), attributes: in.Attributes, billing: in.Billing,
		shipping: in.Shipping, included: s.opt.TaxesIncluded, currency: s.opt.Currency,
		presentment: orElse(in.Currency, s.opt.Currency), counts: map[string]int{}}
	if in.TaxesIncluded != nil {
		o.included = *in.TaxesIncluded
	}
	if o.customer != "" && s.orders.customerNamed(o.customer) == nil {
		return nil, fmt.Errorf("shopifytest: no customer %q", o.customer)
	}
	var err error
	if o.rate, err = parseScaled(orElse(in.Rate, "1"), 6); err != nil {
		return nil, err
	}
	for _, line := range in.Lines {
		if err := s.addLine(o, line); err != nil {
			return nil, err
		}
	}
	if err := o.addFreight(); err != nil {
		return nil, err
	}
	for _, d := range in.Discounts {
		if err := o.addDiscount(d); err != nil {
			return nil, err
		}
	}
	if o.tip, err = parseMoney(in.Tip); err != nil {
		return nil, err
	}
	return o, s.settleBeginning(o)
}

// settleBeginning works out the taxes, and what follows from the amounts.
func (s *Server) settleBeginning(o *orderState) error {
	for i := range o.lines {
		if err := o.taxLine(&o.lines[i]); err != nil {
			return err
		}
	}
	for i := range o.freight {
		if err := o.taxFreight(&o.freight[i]); err != nil {
			return err
		}
	}
	var sales []sale
	for _, l := range o.lines {
		sales = append(sales, o.lineSale(l)...)
	}
	for _, f := range o.freight {
		sales = append(sales, o.freightSale(f))
	}
	if o.tip != 0 {
		sales = append(sales, sale{typeName: "TipSale", action: "ORDER", lineType: "TIP", quantity: 1, total: o.tip})
	}
	o.agree(agreement{typeName: "OrderAgreement", reason: "ORDER", at: o.spec.At}, sales)
	if o.spec.Gateway != "" {
		return s.doPay(o, Step{At: o.spec.Processed, Do: "pay", Status: "PENDING", Gateway: o.spec.Gateway})
	}
	return nil
}

// addLine puts a line on the order, without taxes. What it does not say is taken from the variant with its SKU.
func (s *Server) addLine(o *orderState, in OrderLine) error {
	if v := s.shop.sku(in.SKU); v != nil && in.SKU != "" {
		in = fromVariant(in, v)
	}
	in.Title = orElse(in.Title, orElse(in.SKU, "Item"))
	if in.Quantity == 0 {
		in.Quantity = 1
	}
	price, err := parseMoney(orElse(in.Price, "0"))
	if err != nil {
		return err
	}
	duty, err := parseMoney(in.Duty)
	if err != nil {
		return err
	}
	discount, err := parseMoney(in.Discount)
	if err != nil {
		return err
	}
	l := orderLine{OrderLine: in, variant: s.shop.sku(in.SKU), price: price, duty: duty, quantity: in.Quantity,
		untaxed: in.Untaxed || in.GiftCard, delivered: !in.NoShipping && !in.GiftCard}
	l.id = orElse(in.ID, o.newID("LineItem"))
	if price < 0 || in.Quantity < 0 || discount < 0 || discount > l.net() {
		return fmt.Errorf("shopifytest: line %q cannot have this price, quantity or discount", in.SKU)
	}
	if discount > 0 {
		o.applications = append(o.applications, discountUse{typeName: "ManualDiscountApplication", title: "Discount", amount: discount, explicit: true})
		l.allocations = []allocation{{len(o.applications) - 1, discount}}
	}
	o.lines = append(o.lines, l)
	return nil
}

func fromVariant(in OrderLine, v *variant) OrderLine {
	in.Title = orElse(in.Title, v.product.title)
	in.Vendor, in.Price, in.Compare = orElse(in.Vendor, v.product.vendor), orElse(in.Price, v.Price), orElse(in.Compare, v.CompareAtPrice)
	if title := v.title(); title != "Default Title" {
		in.Variant = orElse(in.Variant, title)
	}
	in.Untaxed, in.NoShipping = in.Untaxed || v.Untaxed, in.NoShipping || v.NoShipping
	return in
}

func (o *orderState) addFreight() error {
	for _, in := range o.spec.Freight {
		price, err := parseMoney(in.Price)
		if err != nil {
			return err
		}
		o.freight = append(o.freight, freightLine{Freight: in, id: o.newID("ShippingLine"), price: price})
	}
	return nil
}

// addDiscount spreads a discount over all lines by what they cost, or over the shipping.
func (o *orderState) addDiscount(in OrderDiscount) error {
	kinds := map[string]string{"code": "DiscountCodeApplication", "automatic": "AutomaticDiscountApplication",
		"manual": "ManualDiscountApplication", "script": "ScriptDiscountApplication"}
	use := discountUse{typeName: kinds[in.Kind], title: in.Title, description: in.Description, percent: in.Percent, shipping: in.Shipping}
	if use.typeName == "" {
		return fmt.Errorf("shopifytest: %q is no kind of discount", in.Kind)
	}
	var weights []cash
	base := cash(0)
	for _, l := range o.lines {
		weights = append(weights, l.net())
	}
	if in.Shipping {
		weights = nil
		for _, f := range o.freight {
			weights = append(weights, f.net())
		}
	}
	for _, w := range weights {
		base += w
	}
	amount, err := parseMoney(in.Amount)
	if err != nil {
		return err
	}
	if in.Percent != "" {
		percent, err := parseScaled(in.Percent, 4)
		if err != nil {
			return err
		}
		amount = base.scaled(percent, 1_000_000, stepOf(o.currency))
	}
	amount = min(amount, base)
	use.amount = amount
	o.applications = append(o.applications, use)
	for i, share := range sharesOf(amount, weights, stepOf(o.currency)) {
		given := allocation{len(o.applications) - 1, share}
		switch {
		case share == 0:
		case in.Shipping:
			o.freight[i].allocations = append(o.freight[i].allocations, given)
		default:
			o.lines[i].allocations = append(o.lines[i].allocations, given)
		}
	}
	return nil
}

func (o *orderState) taxLine(l *orderLine) (err error) {
	if l.untaxed || o.spec.TaxExempt {
		return nil
	}
	l.taxes, err = o.taxesOf(l.Taxes, l.net())
	return err
}

func (o *orderState) taxFreight(f *freightLine) (err error) {
	if f.Untaxed || o.spec.TaxExempt {
		return nil
	}
	f.taxes, err = o.taxesOf(f.Taxes, f.net())
	return err
}

// taxesOf are the taxes on an amount: those given, or those of the order.
func (o *orderState) taxesOf(given []OrderTax, net cash) ([]tax, error) {
	if given == nil {
		given = o.spec.Taxes
	}
	rates, all := make([]int64, len(given)), int64(0)
	for i, t := range given {
		rate, err := parseScaled(t.Rate, 6)
		if err != nil {
			return nil, err
		}
		rates[i], all = rate, all+rate
	}
	var out []tax
	for i, t := range given {
		amount := net.scaled(rates[i], rateUnit, stepOf(o.currency))
		if o.included { // several taxes lie in one price side by side
			amount = net.scaled(rates[i], rateUnit+all, stepOf(o.currency))
		}
		out = append(out, tax{title: strings.TrimSpace(t.Title), rate: rates[i], amount: amount})
	}
	return out, nil
}
