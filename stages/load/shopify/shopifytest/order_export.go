package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// orderColumns are the 79 columns of the admin's export of orders.
var orderColumns = columns(`Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,
Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,
Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,
Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,
Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,
Shipping Province,Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,
Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,
Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,
Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References`)

func columns(text string) []string { return strings.Split(strings.ReplaceAll(text, "\n", ""), ",") }

// row is one row of a file: column -> value. quotedEmpty is an empty cell in quotes, as some columns have.
type exportRow map[string]string

const quotedEmpty = "\x00"

// csvText writes rows as the admin does: comma, LF, no BOM, quotes where needed.
func csvText(header []string, rows []exportRow) string {
	var b strings.Builder
	b.WriteString(strings.Join(header, ",") + "\n")
	for _, row := range rows {
		for i, column := range header {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(csvCell(row[column]))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func csvCell(value string) string {
	switch {
	case value == quotedEmpty:
		return `""`
	case strings.ContainsAny(value, ",\"\n\r") || strings.HasPrefix(value, " "):
		return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	}
	return value
}

func orQuoted(value string) string { return orElse(value, quotedEmpty) }

// ExportOrders is the admin's CSV file of the orders named, by id or name; of all that are not deleted when none is. The
// newest stands first. The files of the admin know no limit of 60 days and no protected data.
func (s *Server) ExportOrders(names ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []exportRow
	for _, o := range s.exported(names) {
		rows = append(rows, orderExport{s, o, placesOf(o.currency)}.rows()...)
	}
	return csvText(orderColumns, rows)
}

// exported are the orders of a file as they stand, newest first.
func (s *Server) exported(names []string) []*orderState {
	var out []*orderState
	for _, t := range s.orders.tales {
		o := t.at(s.opt.Now())
		if o == nil || o.deleted || len(names) > 0 && !slices.Contains(names, t.id) && !slices.Contains(names, o.spec.Name) {
			continue
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b *orderState) int { return b.spec.At.Compare(a.spec.At) })
	return out
}

// orderExport writes the rows of one order.
type orderExport struct {
	s      *Server
	o      *orderState
	places int
}

func (e orderExport) rows() []exportRow {
	var out []exportRow
	for _, l := range e.o.lines {
		out = append(out, e.lineRow(l))
	}
	if e.o.tip != 0 { // stands among the lines, and not in Subtotal
		out = append(out, exportRow{"Lineitem quantity": "1", "Lineitem name": "Tip", "Lineitem price": e.amount(e.o.tip),
			"Lineitem compare at price": quotedEmpty, "Lineitem sku": quotedEmpty, "Lineitem requires shipping": "false",
			"Lineitem taxable": "false", "Lineitem fulfillment status": "not_eligible", "Lineitem discount": e.amount(0)})
	}
	if len(out) == 0 {
		out = []exportRow{{}}
	}
	for _, row := range out {
		row["Name"], row["Email"], row["Created at"] = e.o.spec.Name, e.o.email, e.time(e.o.spec.At)
		row["Phone"] = filePhone(e.o.phone)
	}
	e.first(out[0])
	return out
}

func (e orderExport) amount(m cash) string { return m.fixed(e.places) }

// time writes a time in the zone of the shop, "" for none.
func (e orderExport) time(t time.Time) string { return e.s.fileTime(t) }

func (s *Server) fileTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone, err := time.LoadLocation(s.opt.Zone)
	if err != nil {
		zone = time.FixedZone("", 7200) // no zone data on this machine: Cairo in winter
	}
	return t.In(zone).Format("2006-01-02 15:04:05 -0700")
}

func (e orderExport) lineRow(l orderLine) exportRow {
	name := l.Title
	if l.Variant != "" {
		name += " - " + l.Variant
	}
	own := cash(0)
	for _, a := range l.allocations {
		if e.o.applications[a.index].explicit {
			own += a.amount
		}
	}
	compare := ""
	if m, err := parseMoney(l.Compare); err == nil && l.Compare != "" {
		compare = e.amount(m)
	}
	return exportRow{"Lineitem quantity": itoa(l.quantity), "Lineitem name": name, "Lineitem price": e.amount(l.price),
		"Lineitem compare at price": compare, "Lineitem sku": l.SKU, "Lineitem requires shipping": fmt.Sprint(l.delivered),
		"Lineitem taxable": fmt.Sprint(!l.untaxed), "Lineitem fulfillment status": l.fileStatus(), "Vendor": l.Vendor,
		"Lineitem discount": e.amount(own)}
}

func (l orderLine) fileStatus() string {
	switch {
	case l.GiftCard:
		return "not_eligible"
	case l.sent > 0 && l.open() == 0:
		return "fulfilled"
	case l.sent > 0:
		return "partial"
	case l.restocked > 0 && l.current() == 0:
		return "restocked"
	}
	return "pending"
}

// first adds what stands on the first row alone.
func (e orderExport) first(row exportRow) {
	o, t := e.o, e.o.totals()
	method := ""
	if len(o.freight) > 0 {
		method = o.freight[0].Title
	}
	codes := (orderView{e.s, o}).codes()
	code := quotedEmpty
	if len(codes) > 0 {
		code = text(codes[0])
	} else if orderLevel := e.orderDiscount(); orderLevel != 0 {
		code = "AUTOMATIC DISCOUNTS"
	}
	for column, value := range map[string]string{
		"Financial Status": e.financial(t), "Paid at": e.time(o.paidAt), "Fulfillment Status": fileFulfilment(o),
		"Fulfilled at": e.time(o.fulfilledAt), "Accepts Marketing": yesNo(e.s.acceptsMarketing(o.customer)), "Currency": o.currency,
		"Subtotal": e.amount(t.subtotal), "Shipping": e.amount(e.shipping()), "Taxes": e.amount(t.tax), "Total": e.amount(t.total),
		"Discount Code": code, "Discount Amount": e.amount(e.orderDiscount()), "Shipping Method": orQuoted(method),
		"Notes": o.note, "Note Attributes": orQuoted(attributeText(o.attributes)), "Cancelled at": e.time(o.cancelled),
		"Refunded Amount": e.amount(t.refunded), "Outstanding Balance": e.amount(e.outstanding(t)), "Employee": o.spec.Employee,
		"Location": o.spec.Place, "Id": legacyID(o.spec.ID), "Tags": orQuoted(strings.Join(o.tags, ", ")), "Risk Level": "Low",
		"Source": o.spec.Source, "Receipt Number": o.spec.Receipt,
	} {
		row[column] = value
	}
	if o.spec.Place != "" {
		row["Device ID"] = "2"
	}
	if t.duties != 0 {
		row["Duties"] = e.amount(t.duties)
	}
	for i, one := range o.taxLines(false) {
		if i < 5 {
			row[fmt.Sprintf("Tax %d Name", i+1)] = one.fileName()
			row[fmt.Sprintf("Tax %d Value", i+1)] = e.amount(one.amount)
		}
	}
	fileAddress(row, "Billing", o.billing)
	fileAddress(row, "Shipping", o.shipping)
	e.payments(row)
}

// shipping is what shipping cost before a discount off it: that stands in Discount Amount, and Subtotal is untouched.
func (e orderExport) shipping() (sum cash) {
	for _, f := range e.o.freight {
		sum += f.price
	}
	return sum
}

// orderDiscount is what was taken off that is no discount of one line.
func (e orderExport) orderDiscount() (sum cash) {
	for _, l := range e.o.lines {
		for _, a := range l.allocations {
			if !e.o.applications[a.index].explicit {
				sum += a.amount
			}
		}
	}
	for _, f := range e.o.freight {
		sum += allocated(f.allocations)
	}
	return sum
}

// financial is the state as files write it: what costs nothing is paid, what nobody paid is pending.
func (e orderExport) financial(t totals) string {
	switch {
	case e.o.financial != "":
		return strings.ToLower(e.o.financial)
	case t.total == 0:
		return "paid"
	}
	return "pending"
}

// outstanding keeps the total of an order that came to nothing.
func (e orderExport) outstanding(t totals) cash {
	if t.received == 0 && (!e.o.cancelled.IsZero() || e.o.financial == "VOIDED" || e.o.financial == "EXPIRED") {
		return t.total
	}
	return t.outstanding()
}

func fileFulfilment(o *orderState) string {
	switch o.fulfilmentStatus() {
	case "FULFILLED":
		return "fulfilled"
	case "PARTIALLY_FULFILLED":
		return "partial"
	case "RESTOCKED":
		return "restocked"
	}
	left, restocked := 0, 0
	for _, l := range o.lines {
		left, restocked = left+l.current(), restocked+l.restocked
	}
	if left == 0 && restocked > 0 {
		return "restocked" // cancelled, and the goods are back
	}
	return "unfulfilled"
}

// fileName carries the rate: VAT 14%.
func (t tax) fileName() string {
	percent := strings.TrimSuffix(ratio(t.rate*100).String(), ".0")
	return t.title + " " + percent + "%"
}

// payments are the columns about money: references of all transactions, and of those that count.
func (e orderExport) payments(row exportRow) {
	var methods, all, taken, received []string
	for _, p := range e.o.payments {
		all = append(all, p.reference)
		if p.kind == kindSale && p.status == "PENDING" || p.went(kindSale, kindCapture, kindAuthorization) {
			taken = append(taken, p.reference)
		}
		if p.went(kindSale, kindCapture) {
			received = append(received, p.reference)
		}
	}
	for _, gateway := range e.o.gatewayNames() {
		methods = append(methods, gatewayTitle(gateway))
	}
	row["Payment Method"], row["Payment References"] = orQuoted(strings.Join(methods, " + ")), strings.Join(all, " + ")
	row["Payment ID"], row["Payment Reference"] = strings.Join(taken, " + "), quotedEmpty
	if len(received) > 0 {
		row["Payment Reference"] = received[0]
	}
}

func fileAddress(row exportRow, kind string, a *Address) {
	if a == nil {
		return
	}
	for column, value := range map[string]string{"Name": a.name(), "Street": strings.Join(nonEmpty(a.Address1, a.Address2), ", "),
		"Address1": a.Address1, "Address2": a.Address2, "Company": a.Company, "City": a.City, "Zip": fileZip(a.Zip), "Province": a.Code,
		"Country": a.country(), "Phone": filePhone(a.Phone), "Province Name": a.Province} {
		row[kind+" "+column] = value
	}
}

// fileZip puts an apostrophe before a zip of digits, so that a spreadsheet keeps it as text.
func fileZip(zip string) string {
	if zip != "" && strings.Trim(zip, "0123456789") == "" {
		return "'" + zip
	}
	return zip
}

// filePhone does so with a number that has a plus and blanks.
func filePhone(phone string) string {
	if strings.HasPrefix(phone, "+") && strings.Contains(phone, " ") {
		return "'" + phone
	}
	return phone
}

func yesNo(is bool) string { return map[bool]string{true: "yes", false: "no"}[is] }
