package extract

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"wasl/pipeline"
)

// The other exports of Shopify's admin (reference 9.3). They are tables like others;
// a flow that names one takes only files of its kind, whatever they are called, and
// the apostrophes are taken off by which Shopify protects ids and phones from
// spreadsheets. An id that a spreadsheet has put into scientific form is a fault.
const (
	FormatCustomers    = "shopify.customers"
	FormatTransactions = "shopify.transactions" // of orders
	FormatPayouts      = "shopify.payouts"
	FormatPayments     = "shopify.payments" // what moved on the balance of Shopify Payments
)

// export is one of them: the columns that all of its layouts have and no other file
// has together, those with apostrophes, and those with ids.
type export struct{ signs, strip, ids []string }

var exports = map[string]export{
	FormatCustomers: {
		signs: []string{"First Name", "Last Name", "Email", "Accepts Email Marketing", "Total Spent", "Total Orders"},
		strip: []string{"Customer ID", "Phone", "Zip", "Default Address Phone", "Default Address Zip"},
		ids:   []string{"Customer ID"}},
	FormatTransactions: {
		signs: []string{"Order", "Name", "Kind", "Gateway", "Created At", "Status", "Amount", "Currency"},
		strip: []string{"Order"},
		ids:   []string{"Order", "Transaction ID", "Parent ID"}},
	FormatPayouts: {
		signs: []string{"Payout Date", "Status", "Charges", "Refunds", "Adjustments", "Fees", "Total", "Currency"},
		ids:   []string{"Payout ID"}},
	FormatPayments: {
		signs: []string{"Transaction Date", "Type", "Order", "Payout Status", "Payout Date", "Amount", "Fee", "Net"},
		ids:   []string{"Payout ID", "Checkout"}},
}

// seemsExport tells whether the beginning of a file looks like such an export.
func seemsExport(o Options, e export, d pipeline.Drop, r io.ReaderAt) (found bool, err error) {
	o.Columns = nil
	for _, name := range e.signs {
		o.Columns = append(o.Columns, Column{Names: []string{name}, Required: true})
	}
	o.Format = FormatTable
	f := &file{opt: o, ctx: context.Background(), drop: d, in: r, read: &pipeline.Reading{}}
	err = f.each(func(part *file) error {
		t, err := part.open()
		if err != nil {
			return err
		}
		found = t.found != nil && len(t.found.missing) == 0
		return errStop // the first part speaks for all
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	return found, err
}

// is tells whether a header is of such an export.
func (e export) is(header []string) bool {
	at := places(header)
	return !slices.ContainsFunc(e.signs, func(name string) bool { return at(name) < 0 })
}

// cleaned hands rows on without what is in the way of reading them.
func (e export) cleaned(header []string, take func(pipeline.Row) error) func(pipeline.Row) error {
	at := places(header)
	placed := func(names []string) (out []int) {
		for _, name := range names {
			if i := at(name); i >= 0 {
				out = append(out, i)
			}
		}
		return out
	}
	strip, ids := placed(e.strip), placed(e.ids)
	return func(row pipeline.Row) error {
		for _, i := range strip {
			row.Cells[i] = strings.TrimPrefix(row.Cells[i], "'")
		}
		for _, i := range ids {
			if exponent(row.Cells[i]) && !slices.ContainsFunc(row.Faults, func(f pipeline.Fault) bool { return f.Col == i+1 }) {
				row.Faults = append(row.Faults, pipeline.Fault{Col: i + 1, Rule: "cell.exponent"})
			}
		}
		return take(row)
	}
}
