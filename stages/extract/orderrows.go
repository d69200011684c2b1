package extract

import (
	"strings"

	"wasl/pipeline"
)

// Whatever brings orders but the admin's own CSV (what was pulled from the API, a
// workbook of Matrixify) is put into its columns, by their names, and into some
// more for what the CSV does not have. Rows of one order stand together; what is of
// the order stands on the first, and Name, Email, Created at and Phone on all.
//
// The column Line type says what a row is: item (also ""), shipping, refund, refund
// item, refund shipping, refund adjustment, transaction or fulfillment. Amounts are
// those of the shop, times are ISO 8601 with their zone, ids are the numbers.

// csvColumns are those of the admin's export (reference 9.2).
const csvColumns = `Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|Subtotal|Shipping|Taxes|Total|` +
	`Discount Code|Discount Amount|Shipping Method|Created at|Lineitem quantity|Lineitem name|Lineitem price|Lineitem compare at price|` +
	`Lineitem sku|Lineitem requires shipping|Lineitem taxable|Lineitem fulfillment status|Billing Name|Billing Street|Billing Address1|` +
	`Billing Address2|Billing Company|Billing City|Billing Zip|Billing Province|Billing Country|Billing Phone|Shipping Name|Shipping Street|` +
	`Shipping Address1|Shipping Address2|Shipping Company|Shipping City|Shipping Zip|Shipping Province|Shipping Country|Shipping Phone|Notes|` +
	`Note Attributes|Cancelled at|Payment Method|Payment Reference|Refunded Amount|Vendor|Outstanding Balance|Employee|Location|Device ID|Id|` +
	`Tags|Risk Level|Source|Lineitem discount|Tax 1 Name|Tax 1 Value|Tax 2 Name|Tax 2 Value|Tax 3 Name|Tax 3 Value|Tax 4 Name|Tax 4 Value|` +
	`Tax 5 Name|Tax 5 Value|Phone|Receipt Number|Duties|Billing Province Name|Shipping Province Name|Payment ID|Payment Terms Name|` +
	`Next Payment Due At|Payment References`

// moreColumns are those that the CSV does not have.
const moreColumns = `Updated at|Processed at|Closed at|Cancel reason|Test|Edited|Taxes included|Tip|Rounding|Current total|Customer id|` +
	`Customer tax id|PO number|Deleted at|Line type|Line id|Lineitem current quantity|Lineitem tax|Lineitem tax rate|Lineitem gift card|` +
	`Lineitem total discount|Refund id|Refund at|Refund note|Refund quantity|Refund amount|Refund tax|Restock|Transaction id|` +
	`Transaction kind|Transaction status|Transaction gateway|Transaction amount|Transaction at|Transaction parent|Transaction reference|` +
	`Fulfillment id|Fulfillment at|Fulfillment status|Tracking company|Tracking number|Fulfilled quantity`

// OrderColumns are the columns of every order that is not read from the admin's CSV.
var OrderColumns = strings.Split(csvColumns+"|"+moreColumns, "|")

// orderColumn is where each of OrderColumns stands.
var orderColumn = func() map[string]int {
	at := make(map[string]int, len(OrderColumns))
	for i, name := range OrderColumns {
		at[name] = i
	}
	return at
}()

// What a row of an order can be.
const (
	lineItem             = "item"
	lineShipping         = "shipping"
	lineRefund           = "refund"
	lineRefundItem       = "refund item"
	lineRefundShipping   = "refund shipping"
	lineRefundAdjustment = "refund adjustment"
	lineTransaction      = "transaction"
	lineFulfillment      = "fulfillment"
)

// orderRow is one row of an order, under OrderColumns.
type orderRow []string

// set fills columns, given in pairs of name and value. A name that is not one of
// OrderColumns is a slip of ours.
func (r orderRow) set(pairs ...string) {
	for i := 0; i+1 < len(pairs); i += 2 {
		at, ok := orderColumn[pairs[i]]
		if !ok {
			panic("extract: no column " + pairs[i])
		}
		r[at] = pairs[i+1]
	}
}

// orderRows are the rows of one order.
type orderRows struct{ rows []orderRow }

// add begins a row of a type.
func (o *orderRows) add(kind string, pairs ...string) orderRow {
	row := make(orderRow, len(OrderColumns))
	row.set("Line type", kind)
	row.set(pairs...)
	o.rows = append(o.rows, row)
	return row
}

// onAll sets columns of every row.
func (o *orderRows) onAll(pairs ...string) {
	for _, row := range o.rows {
		row.set(pairs...)
	}
}

// rowsOut hands on rows that were made of something else than lines of a table,
// numbered as if they stood in one, under a header.
type rowsOut struct {
	file  *file
	sheet string
	row   int // the last number given
	emit  func(pipeline.Row) bool
}

func (f *file) rowsOut(sheet string, emit func(pipeline.Row) bool) *rowsOut {
	f.read.Format, f.read.Sheet, f.read.HeaderRow, f.read.Header = FormatOrders, sheet, 1, OrderColumns
	return &rowsOut{file: f, sheet: sheet, row: 1, emit: emit}
}

// missing refuses the file where the mapping asks for a column that such orders
// never have.
func (o *rowsOut) missing() error {
	h := match(OrderColumns, ask(orderColumns(o.file.opt.Columns)))
	if len(h.missing) == 0 {
		return nil
	}
	return o.file.refuse("column.missing", &place{sheet: o.sheet, row: 1}, "columns", list(h.missing), "found", list(some(OrderColumns)))
}

// orderIDs are the numbers beside the order's own by which lines, refunds and payments are
// known again: of one that lost its last digits the next file would bring a second.
var orderIDs = []string{"Line id", "Refund id", "Transaction id", "Transaction parent", "Fulfillment id"}

// order hands on the rows of one order. An order that was there before in the same
// file is told like one of the CSV.
func (o *rowsOut) order(rows []orderRow, twice bool, faults ...pipeline.Fault) error {
	for i, cells := range rows {
		o.row++
		row := pipeline.Row{Origin: pipeline.Origin{File: o.file.drop.Name, Sheet: o.sheet, Row: o.row}, Header: OrderColumns, Cells: cells}
		if i == 0 {
			row.Faults = append(row.Faults, faults...)
			if twice {
				row.Faults = append(row.Faults, pipeline.Fault{Rule: "row.twice", With: map[string]string{"order": cells[orderColumn["Name"]]}})
			}
		}
		for _, name := range orderIDs {
			if col := orderColumn[name]; exponent(cells[col]) {
				row.Faults = append(row.Faults, pipeline.Fault{Col: col + 1, Rule: "cell.exponent"})
			}
		}
		o.file.read.TableEnd = o.row
		if err := give(row, o.emit); err != nil {
			return err
		}
	}
	return nil
}
