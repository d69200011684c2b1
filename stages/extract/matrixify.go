package extract

import (
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// Workbooks of Matrixify (and StoreRobo) have one row a line, a shipping, a
// discount, a transaction, a refund or a fulfilment, told by Line: Type (reference
// 9.4). No real one was to be had: this follows its documentation.

// matrixifyColumns are what such a sheet is known by.
var matrixifyColumns = []Column{{Names: []string{"Name"}, Required: true}, {Names: []string{"Line: Type"}, Required: true}}

// matrixify opens a file as such a workbook; nil where it is none.
func (f *file) matrixify() *table {
	g := *f
	g.read = &pipeline.Reading{}
	g.opt.Format, g.opt.Columns = FormatTable, matrixifyColumns
	t, err := g.open()
	if err != nil || t.found == nil || len(t.found.missing) > 0 || t.settle() != nil {
		return nil
	}
	return t
}

// matrixified reads the orders of such a sheet.
func (f *file) matrixified(t *table, emit func(pipeline.Row) bool) error {
	*f.read = pipeline.Reading{Rows: f.read.Rows, CodePage: t.file.read.CodePage, Delimiter: t.file.read.Delimiter, Notes: t.file.read.Notes}
	out := f.rowsOut(t.sheet, emit)
	if err := out.missing(); err != nil {
		return err
	}
	m := &matrixOrder{}
	end := func() error {
		if m.name == "" {
			return nil
		}
		rows, twice := m.flatten(), f.seen.begun[m.name]
		f.seen.begun[strings.Clone(m.name)] = true
		return out.order(rows, twice, m.faults...)
	}
	err := t.each(func(row pipeline.Row) error {
		r := matrixRow{at: places(row.Header), cells: row.Cells}
		if name := r.get("Name"); name != m.name {
			if err := end(); err != nil {
				return err
			}
			m = &matrixOrder{name: name}
		}
		if _, rule := orderID(r.get("ID")); rule != "" {
			m.faults = append(m.faults, pipeline.Fault{Col: orderColumn["Id"] + 1, Rule: rule})
		}
		for _, fault := range row.Faults {
			m.faults = append(m.faults, pipeline.Fault{Rule: fault.Rule, With: fault.With}) // of the whole row: its cell has another place here
		}
		m.rows = append(m.rows, r)
		return nil
	})
	if err != nil {
		return err
	}
	return end()
}

// matrixRow is a row of the sheet.
type matrixRow struct {
	at    func(name string) int
	cells []string
}

func (r matrixRow) get(column string) string {
	if i := r.at(column); i >= 0 {
		return strings.TrimPrefix(pipeline.Clean(r.cells[i]), "'")
	}
	return ""
}

// id is a number of Shopify's, as it writes it. What is wrong with an order's is told of the order.
func (r matrixRow) id(column string) string {
	id, _ := orderID(r.get(column))
	return id
}

// size is an amount or a quantity without its sign: what is taken away is written
// below zero. What is no number stays as it is, for the mapping to say so.
func (r matrixRow) size(column string) string {
	text := r.get(column)
	if d, rule := pipeline.ParseNumber(text, "", nil); rule == "" {
		return d.Abs().String()
	}
	return text
}

// matrixOrder are the rows of one order. What is of the order stands on the first
// or is repeated.
type matrixOrder struct {
	name   string
	rows   []matrixRow
	faults []pipeline.Fault
}

func (m *matrixOrder) get(column string) string {
	for _, r := range m.rows {
		if text := r.get(column); text != "" {
			return text
		}
	}
	return ""
}

// sum adds up a column over the rows of a type.
func (m *matrixOrder) sum(kind, column string) pipeline.Decimal {
	sum := pipeline.Decimal{}
	for _, r := range m.rows {
		if pipeline.Fold(r.get("Line: Type")) == kind {
			if d, rule := pipeline.ParseNumber(r.get(column), "", nil); rule == "" {
				sum = sum.Add(d.Abs())
			}
		}
	}
	return sum
}

func (m *matrixOrder) flatten() []orderRow {
	out := &orderRows{}
	for _, r := range m.rows {
		r.row(out)
	}
	if len(out.rows) == 0 {
		out.add(lineItem)
	}
	slices.SortStableFunc(out.rows, func(a, b orderRow) int { return rankOf(a) - rankOf(b) })
	out.onAll("Name", m.name, "Email", orElse(m.get("Email"), m.get("Customer: Email")), "Created at", m.get("Created At"), "Phone", m.get("Phone"))
	m.first(out.rows[0])
	return out.rows
}

// rankOf puts items first: what is of the order stands on one of them.
func rankOf(row orderRow) int {
	switch row[orderColumn["Line type"]] {
	case lineItem:
		return 0
	case lineShipping:
		return 1
	}
	return 2
}

// row adds what a row of the sheet is.
func (r matrixRow) row(out *orderRows) {
	tax, rates := r.taxes()
	refund := []string{"Refund id", r.id("Refund: ID"), "Refund at", r.get("Refund: Created At"), "Refund note", r.get("Refund: Note")}
	switch pipeline.Fold(r.get("Line: Type")) {
	case pipeline.Fold("Line Item"):
		own, share := r.size("Line: Discount"), r.size("Line: Discount Allocation")
		out.add(lineItem, "Line id", r.id("Line: ID"), "Lineitem name", orElse(r.get("Line: Name"), r.get("Line: Title")),
			"Lineitem sku", r.get("Line: SKU"), "Lineitem quantity", r.get("Line: Quantity"), "Lineitem price", r.get("Line: Price"),
			"Lineitem discount", own, "Lineitem total discount", added(own, share), "Lineitem requires shipping", strings.ToLower(r.get("Line: Requires Shipping")),
			"Lineitem taxable", strings.ToLower(r.get("Line: Taxable")), "Lineitem gift card", r.get("Line: Gift Card"), "Vendor", r.get("Line: Vendor"),
			"Lineitem fulfillment status", r.get("Line: Fulfillment Status"), "Lineitem tax", tax, "Lineitem tax rate", rates)
	case pipeline.Fold("Shipping Line"):
		off := r.size("Line: Discount")
		out.add(lineShipping, "Line id", r.id("Line: ID"), "Lineitem name", orElse(r.get("Line: Title"), r.get("Line: Name")),
			"Lineitem quantity", "1", "Lineitem price", r.get("Line: Price"), "Lineitem discount", off, "Lineitem total discount", off,
			"Lineitem tax", tax, "Lineitem tax rate", rates)
	case pipeline.Fold("Refund Line"):
		out.add(lineRefundItem, append(refund, "Line id", r.id("Line: ID"), "Lineitem sku", r.get("Line: SKU"), "Refund quantity", r.size("Line: Quantity"),
			"Refund amount", r.size("Line: Total"), "Refund tax", r.size("Line: Tax Total"),
			"Restock", strings.ToLower(r.get("Refund: Restock Type")))...)
	case pipeline.Fold("Refund Shipping"):
		out.add(lineRefundShipping, append(refund, "Refund amount", orElse(r.size("Line: Total"), r.size("Line: Price")), "Refund tax", r.size("Line: Tax Total"))...)
	case pipeline.Fold("Refund Adjustment"):
		out.add(lineRefundAdjustment, append(refund, "Lineitem name", r.get("Refund Adjustment: Reason"),
			"Refund amount", orElse(r.get("Refund Adjustment: Amount"), r.get("Line: Total")), "Refund tax", r.get("Refund Adjustment: Tax"))...)
	case pipeline.Fold("Transaction"):
		out.add(lineTransaction, "Transaction id", r.id("Transaction: ID"), "Transaction kind", strings.ToLower(r.get("Transaction: Kind")),
			"Transaction status", strings.ToLower(r.get("Transaction: Status")), "Transaction gateway", r.get("Transaction: Gateway"),
			"Transaction amount", r.size("Transaction: Amount"), "Transaction at", r.get("Transaction: Processed At"),
			"Transaction parent", r.id("Transaction: Parent ID"), "Transaction reference", r.get("Transaction: Authorization"), "Refund id", r.id("Refund: ID"))
	case pipeline.Fold("Fulfillment Line"):
		out.add(lineFulfillment, "Fulfillment id", r.id("Fulfillment: ID"), "Fulfillment at", r.get("Fulfillment: Created At"),
			"Fulfillment status", strings.ToLower(r.get("Fulfillment: Status")), "Tracking company", r.get("Fulfillment: Tracking Company"),
			"Tracking number", r.get("Fulfillment: Tracking Number"), "Line id", r.id("Line: ID"), "Fulfilled quantity", r.size("Line: Quantity"))
	}
}

// taxes are the sum of a row's taxes and their rates in per cent, joined by +.
func (r matrixRow) taxes() (sum, rates string) {
	var all []string
	total := ""
	for i := 1; r.at("Line: Tax "+strconv.Itoa(i)+" Price") >= 0; i++ {
		n := "Line: Tax " + strconv.Itoa(i)
		if price := r.size(n + " Price"); price != "" {
			total = added(total, price)
			if percent, ok := percentOf(r.get(n + " Rate")); ok {
				all = append(all, percent)
			}
		}
	}
	return orElse(total, r.size("Line: Tax Total")), strings.Join(all, "+")
}

// first fills what is of the order.
func (m *matrixOrder) first(row orderRow) {
	shipping, discount := m.sum("shipping line", "Line: Price"), m.sum("discount", "Line: Discount")
	id, _ := orderID(m.get("ID")) // what is wrong with it was told
	row.set("Id", id, "Financial Status", strings.ToLower(m.get("Payment: Status")), "Fulfillment Status", orElse(strings.ToLower(m.get("Order Fulfillment Status")), "unfulfilled"),
		"Currency", m.get("Currency"), "Subtotal", m.get("Price: Subtotal"), "Shipping", orElse(m.get("Price: Total Shipping"), shipping.String()),
		"Taxes", m.get("Tax: Total"), "Total", m.get("Price: Total"), "Discount Code", m.code(), "Discount Amount", discount.String(),
		"Notes", m.get("Note"), "Note Attributes", m.get("Additional Details"), "Cancelled at", m.get("Cancelled At"), "Tags", m.get("Tags"), "Source", m.get("Source"),
		"Location", m.get("Physical Location"), "Refunded Amount", m.get("Price: Total Refund"), "Outstanding Balance", m.get("Price: Total Outstanding"))
	row.set("Updated at", m.get("Updated At"), "Processed at", m.get("Processed At"), "Closed at", m.get("Closed At"), "Cancel reason", strings.ToLower(m.get("Cancel: Reason")),
		"Test", m.get("Test"), "Taxes included", m.get("Tax: Included"), "Current total", m.get("Price: Current Total"), "Customer id", m.get("Customer: ID"), "PO number", m.get("PO Number"))
	for i := 1; i <= 5; i++ {
		n := strconv.Itoa(i)
		if price := m.get("Tax " + n + ": Price"); price != "" {
			name := m.get("Tax " + n + ": Title")
			if percent, ok := percentOf(m.get("Tax " + n + ": Rate")); ok {
				name += " " + percent + "%"
			}
			row.set("Tax "+n+" Name", name, "Tax "+n+" Value", price)
		}
	}
	m.people(row)
	m.money(row)
}

func (m *matrixOrder) people(row orderRow) {
	for _, which := range []string{"Billing", "Shipping"} {
		get := func(column string) string { return m.get(which + ": " + column) }
		row.set(which+" Name", joined([]string{get("First Name"), get("Last Name")}, " "), which+" Street", joined([]string{get("Address 1"), get("Address 2")}, ", "),
			which+" Address1", get("Address 1"), which+" Address2", get("Address 2"), which+" Company", get("Company"), which+" City", get("City"),
			which+" Zip", get("Zip"), which+" Province", get("Province Code"), which+" Province Name", get("Province"),
			which+" Country", orElse(get("Country Code"), get("Country")), which+" Phone", get("Phone"))
	}
}

// money is what transactions say of the order.
func (m *matrixOrder) money(row orderRow) {
	var gateways, references []string
	for _, r := range m.rows {
		if pipeline.Fold(r.get("Line: Type")) != "transaction" {
			if row[orderColumn["Shipping Method"]] == "" && pipeline.Fold(r.get("Line: Type")) == "shipping line" {
				row.set("Shipping Method", r.get("Line: Title"))
			}
			continue
		}
		if g := r.get("Transaction: Gateway"); g != "" && !slices.Contains(gateways, g) {
			gateways = append(gateways, g)
		}
		references = append(references, r.get("Transaction: Authorization"))
		came := slices.Contains([]string{"sale", "capture"}, strings.ToLower(r.get("Transaction: Kind"))) && strings.EqualFold(r.get("Transaction: Status"), "success")
		if came && m.paid() {
			row.set("Paid at", r.get("Transaction: Processed At"))
		}
	}
	row.set("Payment Method", strings.Join(gateways, " + "), "Payment References", joined(references, " + "))
}

func (m *matrixOrder) paid() bool {
	return slices.Contains([]string{"paid", "partially_refunded", "refunded"}, strings.ToLower(m.get("Payment: Status")))
}

func (m *matrixOrder) code() string {
	for _, r := range m.rows {
		if pipeline.Fold(r.get("Line: Type")) == "discount" {
			return orElse(r.get("Line: Name"), r.get("Line: Title"))
		}
	}
	return ""
}

// added is the sum of two amounts as texts; the first where the second is none.
func added(a, b string) string {
	x, bad := pipeline.ParseNumber(a, "", nil)
	y, none := pipeline.ParseNumber(b, "", nil)
	switch {
	case none != "":
		return a
	case bad != "":
		return b
	}
	return x.Add(y).String()
}
