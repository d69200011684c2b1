package eta

import "time"

// A receipt is a document of the authority, version 1.2, without what issuance fixes: all members of eta-ereceipt.md
// section 3 that wasl ever writes. Texts are cleaned and within their limits; what has nothing to say is zero, and is
// left out. The order of the members on the wire is that of append.
type receipt struct {
	kind     string // receiptType: s, r, RWR, SR ...
	number   string // receiptNumber
	order    string // sOrderNameCode
	currency string // "" is EGP
	rate     dec    // exchangeRate: EGP for one of the currency; zero of EGP
	delivery string // orderdeliveryMode
	gross    dec    // grossWeight, kilograms
	net      dec    // netWeight, kilograms
	refers   bool   // a return with reference: issuance fills in the sale's uuid, its seller and its buyer
	reason   string // documentUseReason: B or I, of a return without reference
	sold     time.Time

	buyer       buyer
	items       []item
	payment     string
	contractor  party
	beneficiary party
	totals      totals
}

// A buyer is as the receipt names him: "P" alone where nobody has to be named.
type buyer struct{ kind, id, name, mobile, payment string }

// A party is a contractor (with the payment codes CC and VC) or a beneficiary, who has no name.
type party struct {
	name         string
	amount, rate dec
	set          bool
}

// An item is one line.
type item struct {
	internalCode, description, itemType, itemCode, unit string
	vatType                                             string
	rate, quantity                                      dec
	others                                              []levy // taxes beside VAT
	discounted                                          string // what the discount is called
	amounts
}

// totals are the sums over the lines.
type totals struct {
	sales, discount, net, total dec
	taxes                       []taxTotal // in the order in which lines have them; T1 first
}

// A taxTotal is what a tax comes to over all lines.
type taxTotal struct {
	kind   string
	amount dec
}

func (t *totals) add(kind string, amount dec) {
	for i := range t.taxes {
		if t.taxes[i].kind == kind {
			t.taxes[i].amount = t.taxes[i].amount.Add(amount)
			return
		}
	}
	t.taxes = append(t.taxes, taxTotal{kind, amount})
}

func total(items []item) totals {
	var t totals
	for _, i := range items {
		t.sales, t.discount = t.sales.Add(i.totalSale), t.discount.Add(i.discount)
		t.net, t.total = t.net.Add(i.netSale), t.total.Add(i.total)
		vat, others := i.split()
		t.add("T1", vat)
		for n, amount := range others {
			t.add(i.others[n].kind, amount)
		}
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
	if r.refers {
		w.text("referenceUUID", "")
	}
	r.appendHeader(w)
	w.close()
	w.open("documentType")
	w.text("receiptType", r.kind)
	w.text("typeVersion", "1.2")
	w.close()
	c.Seller.append(w, c.POS.Serial)
	r.appendContent(w)
	w.close()
	return w.b
}

// appendHeader writes the rest of the header: what is of the receipt alone, wherever and whenever it is issued.
func (r receipt) appendHeader(w *writer) {
	currency := r.currency
	if currency == "" {
		currency = pound
	}
	w.text("currency", currency)
	w.positive("exchangeRate", r.rate)
	w.optional("sOrderNameCode", r.order)
	w.optional("orderdeliveryMode", r.delivery)
	w.positive("grossWeight", r.gross)
	w.positive("netWeight", r.net)
	w.optional("documentUseReason", r.reason)
	if !r.sold.IsZero() {
		w.text("salesIssuedDateTime", r.sold.UTC().Format(timeForm))
	}
}

// appendContent writes what was sold, to whom, and how it was paid.
func (r receipt) appendContent(w *writer) {
	w.open("buyer")
	w.text("type", r.buyer.kind)
	w.optional("id", r.buyer.id)
	w.optional("name", r.buyer.name)
	w.optional("mobileNumber", r.buyer.mobile)
	w.optional("paymentNumber", r.buyer.payment)
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
	for _, t := range r.totals.taxes {
		w.element()
		w.text("taxType", t.kind)
		w.number("amount", t.amount)
		w.close()
	}
	w.endList()
	w.text("paymentMethod", r.payment)
	w.number("adjustment", zero)
	r.contractor.append(w, "contractor")
	r.beneficiary.append(w, "beneficiary")
}

func (p party) append(w *writer, name string) {
	if !p.set {
		return
	}
	w.open(name)
	w.optional("name", p.name)
	w.number("amount", p.amount)
	w.number("rate", p.rate)
	w.close()
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
	vat, others := i.split()
	w.taxable("T1", i.vatType, vat, i.rate)
	for n, o := range i.others {
		rate := o.value
		if o.fixed {
			rate = zero
		}
		w.taxable(o.kind, o.subtype, others[n], rate)
	}
	w.endList()
	w.close()
}

func (w *writer) taxable(kind, subtype string, amount, rate dec) {
	w.element()
	w.text("taxType", kind)
	w.number("amount", amount)
	w.text("subType", subtype)
	w.number("rate", rate)
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

// pound is the currency that needs no rate.
const pound = "EGP"

// saleType is a type of sales as the tables write it: s for S, whose case is UNVERIFIED.
func saleType(kind string) string {
	if kind == "S" {
		return "s"
	}
	return kind
}

// returnOf is the type of returns of a type of sales: r of s, R of S, RR of SR. (Codes: receipt_types.)
func returnOf(sale string) string {
	if sale == "s" {
		return "r"
	}
	return "R" + sale[1:]
}

// withoutReference is the type of returns of sales that have no receipt in the system.
const withoutReference = "RWR"
