package extract

import (
	"strings"
	"unicode"

	"wasl/pipeline"
)

// Shopify's order export, as measured on real files of 2021 to 2026: one row a
// line item; the first row of an order carries the order, further rows only Name,
// Created at and the Lineitem columns.

// mustHave are the columns without which an order cannot become a document.
var mustHave = []string{"Name", "Created at", "Currency", "Subtotal", "Shipping", "Total", "Lineitem quantity",
	"Lineitem name", "Lineitem price", "Financial Status", "Id"}

// onlyOrders are columns that the export of abandoned checkouts lacks, while
// every order export that was seen, from 75 columns of 2021 on, has some.
var onlyOrders = []string{"Outstanding Balance", "Employee", "Location", "Device ID", "Duties", "Payment ID",
	"Payment Terms Name", "Next Payment Due At", "Payment References"}

// alsoCheckouts are columns at the end of both exports: a file that has them was
// not shortened by hand.
var alsoCheckouts = []string{"Receipt Number", "Billing Province Name", "Shipping Province Name", "Tax 5 Value", "Risk Level"}

// apostrophes are the columns whose values Shopify, or Excel after it, protects
// by an apostrophe in front.
var apostrophes = []string{"Id", "Device ID", "Payment ID", "Phone", "Billing Phone", "Shipping Phone", "Billing Zip", "Shipping Zip"}

// orderColumns are the columns of mustHave, then those that a mapping reads
// besides. One that is in both is asked for once, so that it is missed once.
func orderColumns(mapped []Column) []Column {
	out := make([]Column, 0, len(mustHave)+len(mapped))
	must := make(map[string]bool, len(mustHave))
	for _, name := range mustHave {
		must[pipeline.Fold(name)] = true
		out = append(out, Column{Names: []string{name}, Required: true})
	}
	for _, c := range mapped {
		if len(c.Names) != 1 || !must[pipeline.Fold(c.Names[0])] {
			out = append(out, c)
		}
	}
	return out
}

// likeOrders tells whether a header is of an order export, an abandoned checkouts
// export, or one of them with columns taken out.
func likeOrders(header []string) bool {
	at := places(header)
	for _, name := range []string{"Name", "Lineitem quantity", "Lineitem name", "Financial Status"} {
		if at(name) < 0 {
			return false
		}
	}
	return true
}

// holdsOrders tells whether a file is of orders, in any layout.
func (f *file) holdsOrders() (bool, error) {
	if pulled, err := f.isPulled(); pulled || err != nil {
		return pulled, err
	}
	t, err := f.open()
	if err == nil && t.likeOrders() {
		return true, nil
	}
	return f.matrixify() != nil, err
}

// likeOrders tells whether the table that was found has the admin's layout.
func (t *table) likeOrders() bool { return t.found != nil && likeOrders(t.found.header) }

// places finds columns by their names.
func places(header []string) func(name string) int {
	index := make(map[string]int, len(header))
	for i, h := range header {
		h = pipeline.Fold(h)
		if _, ok := index[h]; !ok {
			index[h] = i
		}
	}
	return func(name string) int {
		if i, ok := index[pipeline.Fold(name)]; ok {
			return i
		}
		return -1
	}
}

// orders reads the rows of an order export.
type orders struct {
	file                    *file
	sheet                   string
	name, id, total, status int
	strip                   []int
	maybeCheckouts          bool
	*seenOrders
}

// seenOrders is what is known of orders, over all parts of an export: Shopify cuts
// a long one into several files.
type seenOrders struct {
	all            *file
	begun, faulted map[string]bool // orders whose first row, and whose loss, was seen
	whole          map[string]bool // orders that have their first row anywhere; nil until it is needed
}

func newSeenOrders(all *file) *seenOrders {
	return &seenOrders{all: all, begun: map[string]bool{}, faulted: map[string]bool{}}
}

// orders prepares the reading of an order export, or refuses it.
func (f *file) orders(t *table) (*orders, error) {
	h := t.found
	at := places(h.header)
	some := func(names []string) (n int) {
		for _, name := range names {
			if at(name) >= 0 {
				n++
			}
		}
		return n
	}
	o := &orders{file: f, sheet: t.sheet, name: at("Name"), id: at("Id"), total: at("Total"), status: at("Financial Status"),
		maybeCheckouts: some(onlyOrders) == 0, seenOrders: f.seen}
	if o.maybeCheckouts && some(alsoCheckouts) == len(alsoCheckouts) {
		return nil, f.refuse("shopify.checkouts", &place{sheet: t.sheet, row: h.row})
	}
	for _, name := range apostrophes {
		if i := at(name); i >= 0 {
			o.strip = append(o.strip, i)
		}
	}
	return o, nil
}

// add hands on a row, with what is wrong with its place in its order.
func (o *orders) add(row pipeline.Row, emit func(pipeline.Row) bool) error {
	for _, i := range o.strip {
		row.Cells[i] = strings.TrimPrefix(row.Cells[i], "'")
	}
	id, rule := orderID(row.Cells[o.id])
	if row.Cells[o.id] = id; rule != "" {
		row.Faults = append(row.Faults, pipeline.Fault{Col: o.id + 1, Rule: rule})
	}
	name := row.Cells[o.name]
	switch first := !blank(row.Cells[o.total]); {
	case first && o.maybeCheckouts && blank(row.Cells[o.status]):
		// Columns were taken out by hand, but an order always has a status.
		return o.file.refuse("shopify.checkouts", &place{sheet: o.sheet, row: row.Row})
	case blank(name): // of no order: the flow says so, of the cell
	case first && o.begun[name]:
		row.Faults = append(row.Faults, pipeline.Fault{Rule: "row.twice", With: map[string]string{"order": name}})
	case first:
		o.begun[strings.Clone(name)] = true // the name alone: it is part of its row's text
	case !o.begun[name] && !o.faulted[name]:
		lost, err := o.lost(name)
		if err != nil {
			return err
		}
		if o.faulted[strings.Clone(name)] = true; lost {
			row.Faults = append(row.Faults, pipeline.Fault{Rule: "row.orphan", With: map[string]string{"order": name}})
		}
	}
	return give(row, emit)
}

// lost tells whether no row of the file has the total of an order. Only a file
// that was sorted or filtered needs it; then all of the file is read once more.
func (o *orders) lost(name string) (bool, error) {
	if o.whole == nil {
		o.whole = map[string]bool{}
		err := o.all.again().each(func(part *file) error {
			t, err := part.open()
			if err == nil {
				err = t.settle()
			}
			if err != nil {
				return err
			}
			at := places(t.found.header)
			name, total := at("Name"), at("Total")
			return t.each(func(row pipeline.Row) error {
				if !blank(row.Cells[total]) {
					o.whole[strings.Clone(row.Cells[name])] = true
				}
				return nil
			})
		})
		if err != nil {
			return false, err
		}
	}
	return !o.whole[name], nil
}

// orderID is the number of an order as Shopify writes it, whatever a program has made of it on its way: 5501.0, since the
// column has gaps and was taken for one of decimals, or gid://shopify/Order/5501. Each order is filed once under it, so two
// ways of writing one are one; what looks like a number and is none for certain is a fault, and so is what has no digit at
// all: nan, None, #REF!. Other texts stay as they are.
func orderID(text string) (string, pipeline.Rule) {
	if exponent(text) {
		return text, "cell.exponent"
	}
	id := strings.TrimPrefix(strings.TrimSpace(text), "gid://shopify/Order/")
	if whole, zeros, ok := strings.Cut(id, "."); ok && whole != "" && zeros != "" && strings.Trim(zeros, "0") == "" {
		id = whole
	}
	if id != "" && !strings.ContainsFunc(id, unicode.IsDigit) {
		return text, "cell.orderid"
	}
	if numeric := id != "" && strings.Trim(id, "0123456789.,' \u00a0") == ""; !numeric {
		return text, ""
	}
	if strings.Trim(id, "0123456789") != "" || id[0] == '0' {
		return text, "cell.orderid"
	}
	return id, ""
}

// exponent tells whether a number was put into scientific form by a spreadsheet:
// 9.23E+11. Its last digits are gone.
func exponent(s string) bool {
	i := strings.IndexAny(s, "eE")
	if i < 1 {
		return false
	}
	for j, c := range []byte(s) {
		if j != i && (c < '0' || c > '9') && c != '.' && c != ',' && c != '+' && c != '-' {
			return false
		}
	}
	return i < len(s)-1
}
