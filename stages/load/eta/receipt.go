package eta

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

var one = udecimal.MustParse("1")

// A receipt is what Build fills in; the order of its members on the wire is that of append.
type receipt struct {
	number, order string // receiptNumber, sOrderNameCode
	buyerID, name string // "" of a person who is not named
	items         []item
	payment       string
	totals        totals
}

// An item is one line.
type item struct {
	internalCode, description, itemType, itemCode, unit string
	vatType                                             string
	rate, quantity                                      dec
	discounted                                          string // what the discount is called
	amounts
}

// totals are the sums over the lines.
type totals struct{ sales, discount, net, tax, total dec }

// issuer makes receipts of one POS, or of that of the registry which an order takes. It is pure: settings and a zone.
type issuer struct {
	config Config // with defaults; of one POS
	zone   *time.Location

	points []Point // of the registry
	usual  string  // the POS of orders that name none; "" there is no such
	home   string  // the lane of the flow
}

// build is Kind.Build: an order becomes a receipt, without its time and its place in the chain. A document is returned
// also with problems; then it says as much as is known of the order.
func (s issuer) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	o := newOrder(group)
	doc := s.label(o)
	if doc.Day != "" && doc.Day < s.config.Start {
		early := o.problem("order.created", "eta.early", "start", s.config.Start)
		doc.Left = early.Says("en") + " / " + early.Says("ar")
		return doc, nil
	}
	r, problems := s.receipt(o)
	if len(problems) > 0 {
		return doc, problems
	}
	doc.Body = r.append(make([]byte, 0, 1024+320*len(r.items)), s.config)
	doc.Out = r.totals.total
	text, err := canonical(s.content(r))
	if err != nil {
		panic(err) // our own writer's JSON
	}
	doc.Print = string(text)
	return doc, nil
}

// label is what is known of an order whatever its problems: key, name, day, money, words.
func (s issuer) label(o order) pipeline.Document {
	doc := pipeline.Document{Name: o.text("order.name"), Money: o.amount("order.total"), Currency: strings.ToUpper(o.text("order.currency"))}
	if id := cmp.Or(o.text("order.id"), doc.Name); id != "" {
		doc.Key = "sale/" + id
	}
	doc.Day = s.day(o)
	if id := o.text("order.id"); id != "" {
		doc.Words = append(doc.Words, id)
	}
	for _, r := range o.lines {
		if sku := r.Text("line.sku"); sku != "" && !slices.Contains(doc.Words, sku) {
			doc.Words = append(doc.Words, sku)
		}
		doc.From = append(doc.From, r.Origin)
	}
	return doc
}

// day is the day of the money, in the shop's zone; "" where it is not known.
func (s issuer) day(o order) string {
	created := o.head("order.created").Date("order.created")
	if created.IsZero() {
		return ""
	}
	return created.In(s.zone).Format(time.DateOnly)
}

// receipt fills in and verifies a receipt.
func (s issuer) receipt(o order) (receipt, []pipeline.Problem) {
	v := &validation{config: s.config, zone: s.zone, order: o, day: s.day(o)}
	v.sale()
	items := v.items()
	payment := v.payment()
	if len(v.problems) > 0 {
		return receipt{}, v.problems
	}
	deal, ok := v.deal(items)
	if !ok {
		return receipt{}, v.problems
	}
	r := receipt{
		number: receiptNumber(o.text("order.id"), o.text("order.name")), payment: payment,
		order: clean(o.text("order.name"), 200), items: items,
	}
	if deal.shipping.IsPos() {
		r.items = append(r.items, s.shipping())
	}
	for i, a := range deal.lines(goods(o, items), *s.config.Shipping.VATRate) {
		r.items[i].amounts = a
		if a.discount.IsPos() {
			r.items[i].discounted = cmp.Or(clean(o.text("order.discount_code"), 50), "خصم")
		}
	}
	r.totals = total(r.items)
	if !r.totals.total.LessThan(s.config.threshold(v.day)) {
		r.buyerID, r.name = v.buyer(r.totals.total)
	}
	v.verify(r)
	return r, v.problems
}

// shipping is the article that the order's shipping is filed as.
func (s issuer) shipping() item {
	c := s.config.Shipping
	return item{
		internalCode: clean(c.InternalCode, 50), description: clean(c.Name, 500), itemType: c.ItemType, itemCode: c.ItemCode,
		unit: c.Unit, vatType: c.VATType, rate: *c.VATRate, quantity: one,
	}
}

// goods puts the figures of the lines beside their rates.
func goods(o order, items []item) []priced {
	all := make([]priced, len(o.lines))
	for i, r := range o.lines {
		all[i] = priced{quantity: r.Amount("line.quantity"), price: r.Amount("line.price"), off: r.Amount("line.discount"), rate: items[i].rate}
	}
	return all
}

func total(items []item) totals {
	var t totals
	for _, i := range items {
		t.sales, t.discount = t.sales.Add(i.totalSale), t.discount.Add(i.discount)
		t.net, t.tax, t.total = t.net.Add(i.netSale), t.tax.Add(i.tax), t.total.Add(i.total)
	}
	return t
}

// append writes the receipt in the documented order (eta-ereceipt.md section 3). What issuance fixes is there and
// empty, first in the header: seal fills it in by position.
func (r receipt) append(b []byte, c Config) []byte {
	w := &writer{b: append(b, '{')}
	w.open("header")
	w.text("dateTimeIssued", "")
	w.text("receiptNumber", r.number)
	w.text("uuid", "")
	w.text("previousUUID", "")
	w.text("currency", "EGP")
	w.optional("sOrderNameCode", r.order)
	w.optional("orderdeliveryMode", deliveryMode(c.ReceiptType))
	w.close()
	w.open("documentType")
	w.text("receiptType", c.ReceiptType)
	w.text("typeVersion", "1.2")
	w.close()
	c.Seller.append(w, c.POS.Serial)
	r.appendContent(w)
	w.close()
	return w.b
}

// content is what was sold, alone: what a repeated order is compared by.
func (s issuer) content(r receipt) []byte {
	w := &writer{b: []byte{'{'}}
	w.text("receiptNumber", r.number)
	r.appendContent(w)
	w.close()
	return w.b
}

// deliveryMode is mandatory with the types of retail shops and restaurants; FC is its default.
func deliveryMode(receiptType string) string {
	if receiptType == "SR" || receiptType == "SC" {
		return "FC"
	}
	return ""
}

func (r receipt) appendContent(w *writer) {
	w.open("buyer")
	w.text("type", "P")
	w.optional("id", r.buyerID)
	w.optional("name", r.name)
	w.close()
	w.list("itemData")
	for _, i := range r.items {
		i.append(w)
	}
	w.endList()
	w.number("totalSales", r.totals.sales)
	w.number("totalCommercialDiscount", r.totals.discount)
	w.number("totalItemsDiscount", zero)
	w.number("netAmount", r.totals.net)
	w.number("feesAmount", zero)
	w.number("totalAmount", r.totals.total)
	w.list("taxTotals")
	w.element()
	w.text("taxType", "T1")
	w.number("amount", r.totals.tax)
	w.close()
	w.endList()
	w.text("paymentMethod", r.payment)
	w.number("adjustment", zero)
}

func (i item) append(w *writer) {
	w.element()
	w.text("internalCode", i.internalCode)
	w.text("description", i.description)
	w.text("itemType", i.itemType)
	w.text("itemCode", i.itemCode)
	w.text("unitType", i.unit)
	w.number("quantity", i.quantity)
	w.number("unitPrice", i.unitPrice)
	w.number("netSale", i.netSale)
	w.number("totalSale", i.totalSale)
	w.number("total", i.total)
	if i.discount.IsPos() {
		w.list("commercialDiscountData")
		w.element()
		w.number("amount", i.discount)
		w.text("description", i.discounted)
		w.close()
		w.endList()
	}
	w.list("taxableItems")
	w.element()
	w.text("taxType", "T1")
	w.number("amount", i.tax)
	w.text("subType", i.vatType)
	w.number("rate", i.rate)
	w.close()
	w.endList()
	w.close()
}

func (s Seller) append(w *writer, serial string) {
	a := s.Address
	w.open("seller")
	w.text("rin", s.RIN)
	w.text("companyTradeName", clean(s.TradeName, 200))
	w.text("branchCode", s.BranchCode)
	w.open("branchAddress")
	w.text("country", a.Country)
	w.text("governate", clean(a.Governate, 100))
	w.text("regionCity", clean(a.RegionCity, 100))
	w.text("street", clean(a.Street, 200))
	w.text("buildingNumber", clean(a.BuildingNumber, 100))
	w.optional("postalCode", clean(a.PostalCode, 30))
	w.optional("floor", clean(a.Floor, 100))
	w.optional("room", clean(a.Room, 100))
	w.optional("landmark", clean(a.Landmark, 500))
	w.optional("additionalInformation", clean(a.AdditionalInformation, 500))
	w.close()
	w.text("deviceSerialNumber", serial)
	w.optional("syndicateLicenseNumber", clean(s.SyndicateLicense, 30))
	w.text("activityCode", s.ActivityCode)
	w.close()
}

// order is the records of one order.
type order struct{ lines []pipeline.Record }

func newOrder(group []pipeline.Record) order { return order{lines: group} }

// head is the first record that has a field: Shopify states the order on its first row only. The first row where none
// has it, so that a problem has a place.
func (o order) head(field string) pipeline.Record {
	for _, r := range o.lines {
		if r.Has(field) {
			return r
		}
	}
	return o.lines[0]
}

func (o order) has(field string) bool    { return o.head(field).Has(field) }
func (o order) text(field string) string { return o.head(field).Text(field) }
func (o order) amount(field string) dec  { return o.head(field).Amount(field) }

func (o order) problem(field string, rule pipeline.Rule, facts ...string) pipeline.Problem {
	return o.head(field).Problem(field, rule, with(facts...))
}

// clean makes text that every reading of the serialization rules agrees on (section 4, certainty): NFC, no control or
// direction marks, no quote and no backslash, at most limit characters.
func clean(s string, limit int) string {
	s = pipeline.Clean(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '″'
		case r == '\\':
			return '/'
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(cut(strings.TrimSpace(s), limit))
}

// with makes facts of names and values in turn.
func with(facts ...string) map[string]string {
	if len(facts) == 0 {
		return nil
	}
	m := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		m[facts[i]] = facts[i+1]
	}
	return m
}
