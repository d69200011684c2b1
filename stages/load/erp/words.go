package erp

import (
	"strconv"
	"strings"

	"wasl/pipeline"
)

// told is a cell about the document itself.
func (l *layout) told(c column, b sale) string {
	switch c.field {
	case "doc.type":
		return b.kind()
	case "doc.number":
		return b.number()
	case "doc.of":
		return b.Doc.Of
	case "doc.revision":
		return strconv.Itoa(b.Doc.Revision)
	case "doc.reason":
		return b.Doc.Reason
	case "doc.note":
		return b.Doc.Note
	case "doc.changed":
		return strings.Join(b.Doc.Changed, ", ")
	case "doc.at":
		if !b.Doc.At.IsZero() {
			return l.moment(c, b.Doc.At)
		}
		c.field = "order.created"
		return l.cell(c, b, line{}, 0)
	}
	switch { // doc.allocation
	case b.Spread:
		return "spread"
	case b.After != nil && b.After.Detailed:
		return "stated"
	}
	return ""
}

// broken is a cell about a line's or the order's money in its parts; mine is false
// where it is none of those.
func (l *layout) broken(c column, b sale, x line) (text string, mine bool) {
	tax, known := x.taxed()
	switch c.field {
	case "line.account":
		return x.Account, true
	case "line.debit":
		return l.optional(c, x.Debit), true
	case "line.credit":
		return l.optional(c, x.Credit), true
	case "line.allocated":
		return l.number(c.kind, x.Allocated), true
	case "line.tax_rate":
		return x.Rate, true
	case "line.tax", "line.net", "line.gross":
		if !known {
			return "", true
		}
		net, gross := x.bothWays(b, tax)
		return l.number(c.kind, map[string]pipeline.Decimal{"line.tax": tax, "line.net": net, "line.gross": gross}[c.field]), true
	case "sum.tip":
		return l.number(c.kind, b.Sums.Tip), true
	case "sum.duties":
		return l.number(c.kind, b.Sums.Duties), true
	case "sum.rounding":
		return l.number(c.kind, b.Sums.Rounding), true
	case "sum.gift_cards":
		return l.number(c.kind, b.Sums.GiftCards), true
	case "sum.refunded":
		return l.number(c.kind, b.Sums.Refunded), true
	case "sum.paid", "sum.gift_card":
		switch {
		case b.Paid == nil:
			return "", true
		case c.field == "sum.paid":
			return l.number(c.kind, *b.Paid), true
		}
		return l.number(c.kind, b.GiftCard), true
	}
	if n, ok := strings.CutPrefix(c.field, "sum.tax."); ok {
		if r, ok := b.rate(n); ok {
			return l.number(c.kind, r.Tax), true
		}
		return "", true
	}
	if n, ok := strings.CutPrefix(c.field, "sum.tax_rate."); ok {
		r, _ := b.rate(n)
		return r.Rate, true
	}
	return "", false
}

// optional is an amount that a line need not have.
func (l *layout) optional(c column, d *pipeline.Decimal) string {
	if d == nil {
		return ""
	}
	return l.number(c.kind, *d)
}

// taxed is the tax of a line, and whether it is known. What stands beside the goods
// and is no shipping has none.
func (x line) taxed() (pipeline.Decimal, bool) {
	switch x.Kind {
	case lineTip, lineDuties, lineRounding, lineRefund, lineGiftCard:
		return amountOf(x.Tax), true
	}
	return amountOf(x.Tax), x.Tax != nil
}

// bothWays is what a line costs without its tax and with it, after all discounts.
func (x line) bothWays(b sale, tax pipeline.Decimal) (net, gross pipeline.Decimal) {
	paid := x.Total
	if !x.Allocated.IsZero() && b.apart() {
		paid = paid.Sub(x.Allocated)
	}
	if b.OnTop {
		return paid, paid.Add(tax)
	}
	return paid.Sub(tax), paid
}

// apart tells whether the discount on the order stands apart from the lines.
func (b sale) apart() bool { return !b.Sums.Discount.IsZero() }

// rate is the n-th of the order's taxes, counted from 1.
func (b sale) rate(n string) (rated, bool) {
	i, err := strconv.Atoi(n)
	if err != nil || i < 1 || i > len(b.Rates) {
		return rated{}, false
	}
	return b.Rates[i-1], true
}

// unwritten finds a cell of a document that the layout's code page cannot write.
func (l *layout) unwritten(b sale, doc pipeline.Document) (pipeline.Problem, bool) {
	field, with, bad := l.lacking(b)
	if !bad {
		return pipeline.Problem{}, false
	}
	return problemOf(doc, field, "erp.codepage", with), true
}

// lacking is the word of the first cell of a document that the layout's code page cannot
// write, and the facts of the problem.
func (l *layout) lacking(b sale) (field string, with map[string]string, bad bool) {
	for _, c := range l.cells(b) {
		if char, bad := l.lacks(c.text); bad && c.field != "" {
			return c.field, map[string]string{"char": char, "codepage": l.codepage}, true
		}
	}
	return "", nil, false
}
