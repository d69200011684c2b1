package erp

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// revise makes of an order that has left what follows that: a revision of what
// changed, a cancellation, or nothing. It is pure.
//
// All documents of one order key add up to where the order stands (state): the
// sale says it whole, each further one the difference to the one before. What its
// refunds give back are credit notes of their own, which come on top of that. So
// the books end the same whichever of its versions the ERP was told.
func (d desk) revise(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
	was, err := readSale(last.Body)
	is, wrong := readSale(next.Body)
	if err != nil || wrong != nil {
		return next, []pipeline.Problem{problemOf(next, "order.id", "sale.body", nil)}
	}
	if is.kind() == typeCredit && is.After == nil {
		return next, []pipeline.Problem{problemOf(next, "refund.id", "sale.credit", map[string]string{"number": is.Doc.Number})}
	}
	if next.State == pipeline.Skipped && is.After.Over == "" {
		return next, nil // the flow leaves it out, and the order goes on
	}
	unchanged := next
	unchanged.State, unchanged.Left = pipeline.Unchanged, ""
	from, to := was.state(), is.state()
	seen := was // what came of the order last, and changed nothing
	for _, d := range last.Parts {
		b, err := readSale(d.Body)
		if err != nil || b.Order == nil {
			continue
		}
		if later, known := after(was, b); later && known {
			seen = b
		}
	}
	switch later, known := after(seen, is); {
	case !known:
		return next, []pipeline.Problem{problemOf(next, "order.id", "sale.order", nil)}
	case !later:
		return unchanged, nil
	}
	known := seen.state()
	stub := has(is, "order.total") == 0 // it is gone: no more than its name is said
	switch ended := to.Over != "" && to.Over != overRefunded; {
	case stub, known.Detailed && !to.Detailed && ended && sameFacts(seen, is, "order.refunded"):
		to.Credited, to.Refunds, to.Detailed, to.Ordered = known.Credited, known.Refunds, known.Detailed, known.Ordered
		to.position, to.Money = position{}.minus(known.Credited), known.Refunds.Neg()
	case known.Detailed && !to.Detailed:
		if alike(from, to, zero) || alike(from, to, known.Refunds) || from.Sums.total().Add(known.Refunds).IsZero() && to.Over == overRefunded {
			return unchanged, nil
		}
		return next, []pipeline.Problem{problemOf(next, "order.id", "sale.detail", nil)}
	case known.Detailed != to.Detailed, was.After == nil:
		if from.Over == to.Over && alike(from, to, zero) {
			return unchanged, nil
		}
	}
	if stub {
		is.Order = overlaid(was.Order, is.Order)
		next.Currency = or(next.Currency, last.Currency)
	}
	change := to.position.minus(from.position)
	if len(change.Lines) == 0 && change.Sums.isZero() {
		return unchanged, nil
	}
	return d.version(next, is, from, to, change)
}

// overlaid are the fields of an order with what is said of them now.
func overlaid(was, is map[string]string) map[string]string {
	out := maps.Clone(was)
	maps.Copy(out, is)
	return out
}

// version is the next version of an order's document.
func (d desk) version(next pipeline.Document, is sale, from, to state, change position) (pipeline.Document, []pipeline.Problem) {
	name := is.Order["order.name"]
	to.Revision = from.Revision + 1
	is.Doc = told{Type: typeRevision, Of: name, Revision: to.Revision, Reason: reason(from, to), Changed: changed(change)}
	letter := "-R"
	is.position, next.Money = change, to.Money.Sub(from.Money)
	switch {
	case to.Over == overRefunded, to.Over == "" && onlyRefunded(change):
		is.Doc.Type, is.Doc.Reason = typeCredit, overRefunded
	case to.Over != "" && d.credit:
		is.Doc.Type, is.Doc.Note = typeCredit, is.Order["order.cancel_reason"]
	case to.Over != "":
		is.Doc.Type, is.Doc.Note = typeCancel, is.Order["order.cancel_reason"]
		letter = "-C"
	case d.full:
		is.position, next.Money = to.position, to.Money
	}
	is.Doc.Number = name + letter + strconv.Itoa(to.Revision)
	next.Name = is.Doc.Number
	if at := is.at(to.Over); !at.IsZero() {
		is.Doc.At, next.Day = at, at.In(d.zone).Format(time.DateOnly)
	}
	is.Lines = append(slices.Clone(is.Lines), d.layout.extra(is.Sums)...)
	is.After = &to
	next.State, next.Left = pipeline.Ready, ""
	next.Out, next.Body = d.layout.written(is), mustJSON(is)
	next.Words = append([]string{name}, next.Words...)
	if p, bad := d.layout.unwritten(is, next); bad {
		return next, []pipeline.Problem{p}
	}
	return next, nil
}

// at is when the last thing happened that the version tells of.
func (b sale) at(over string) time.Time {
	fields := []string{"order.updated"}
	switch over {
	case overCancelled:
		fields = []string{"order.cancelled"}
	case overDeleted:
		fields = []string{"order.deleted", "order.updated"}
	}
	for _, f := range fields {
		if at, err := time.Parse(time.RFC3339, b.Order[f]); err == nil {
			return at
		}
	}
	return time.Time{}
}

// reason says why there is another version, in one word.
func reason(from, to state) string {
	switch {
	case to.Over != "":
		return to.Over
	case from.Over != "":
		return "reopened"
	case to.Detailed && !from.Detailed && !to.Sums.Refunded.Equal(from.Sums.Refunded):
		return "detailed"
	}
	return "edited"
}

// changed names what a difference is in.
func changed(p position) []string {
	var out []string
	for _, l := range p.Lines {
		word := l.Kind
		switch {
		case l.Kind != lineItem:
		case l.Quantity.IsZero():
			word = "price"
		default:
			word = "quantity"
		}
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	for _, x := range []struct {
		word   string
		amount pipeline.Decimal
	}{{"discount", p.Sums.Discount}, {"shipping", p.Sums.Shipping}, {"taxes", p.Sums.Taxes}} {
		if !x.amount.IsZero() {
			out = append(out, x.word)
		}
	}
	return out
}

// onlyRefunded tells whether nothing changed but money paid back without saying
// what for.
func onlyRefunded(p position) bool {
	return p.Sums.Refunded.IsPos() && p.Sums.total().Equal(p.Sums.Refunded.Neg()) &&
		!slices.ContainsFunc(p.Lines, func(l line) bool { return l.Kind != lineRefund })
}

// alike tells whether two states are the same sale, where the files do not write
// their discounts and their taxes alike: the same pieces, and the same total once so
// much was paid back of the first.
func alike(a, b state, back pipeline.Decimal) bool {
	pieces := func(s state) map[string]string {
		sums := map[string]pipeline.Decimal{}
		for _, l := range s.Lines {
			if l.Kind == lineItem || l.Kind == lineGiftCard {
				key := or(l.SKU, l.Name)
				sums[key] = sums[key].Add(l.Quantity)
			}
		}
		out := map[string]string{}
		for key, n := range sums {
			out[key] = plainNumber(n)
		}
		return out
	}
	pa, pb := pieces(a), pieces(b)
	if len(pa) != len(pb) || !a.Sums.total().Add(back).Equal(b.Sums.total()) {
		return false
	}
	for key, n := range pa {
		if pb[key] != n {
			return false
		}
	}
	return true
}

// older tells whether a file says what was so before what another one said: by the
// order's own time of change, or, where one of them has none, by what can only
// grow. It is asked of whatever came last of an order, whether it left or not.
func older(last, next pipeline.Document) bool {
	was, err := readSale(last.Body)
	is, wrong := readSale(next.Body)
	if err != nil || wrong != nil || was.Order == nil || is.Order == nil {
		return false
	}
	later, known := after(was, is)
	return known && (!later || saysLess(was, is))
}

// saysLess tells whether a file says of an order what another one said with more
// detail.
func saysLess(was, is sale) bool {
	if was.After == nil || is.After == nil || !was.After.Detailed || is.After.Detailed || has(is, "order.updated") == 1 {
		return false
	}
	for _, field := range []string{"order.paid", "order.cancelled", "order.deleted"} {
		if has(was, field) != has(is, field) {
			return false
		}
	}
	return final(was) == final(is) && sameFacts(was, is, "order.refunded") && sameFacts(was, is, "order.total") &&
		was.After.Ordered.Equal(is.After.Ordered)
}

// after tells whether a state of an order is as new as another, or newer. It is
// not known where what can only grow went back in one place and grew in another.
func after(was, is sale) (later, known bool) {
	a, errA := time.Parse(time.RFC3339, was.Order["order.updated"])
	b, errB := time.Parse(time.RFC3339, is.Order["order.updated"])
	if errA == nil && errB == nil {
		return !b.Before(a), true
	}
	grew, shrank := false, false
	see := func(c int) { grew, shrank = grew || c > 0, shrank || c < 0 }
	for _, field := range []string{"order.paid", "order.cancelled", "order.deleted"} {
		see(has(is, field) - has(was, field))
	}
	see(final(is) - final(was))
	see(amountIn(is, "order.refunded").Cmp(amountIn(was, "order.refunded")))
	if was.After != nil && is.After != nil {
		see(is.After.Ordered.Cmp(was.After.Ordered))
	}
	return !shrank, !(grew && shrank)
}

func has(b sale, field string) int {
	if b.Order[field] != "" {
		return 1
	}
	return 0
}

// final is 1 for a status after which money is no longer waited for.
func final(b sale) int {
	switch strings.ToLower(b.Order["order.status"]) {
	case "pending", "authorized", "":
		return 0
	}
	return 1
}

func amountIn(b sale, field string) pipeline.Decimal {
	d, err := parseDecimal(b.Order[field])
	if err != nil {
		return zero
	}
	return d
}

// sameFacts tells whether two files state the same amount.
func sameFacts(was, is sale, field string) bool {
	return amountIn(was, field).Equal(amountIn(is, field))
}

// problemOf is a problem of a document as a whole.
func problemOf(doc pipeline.Document, field string, rule pipeline.Rule, with map[string]string) pipeline.Problem {
	if with == nil {
		with = map[string]string{}
	}
	with["key"] = or(doc.Name, doc.Key)
	p := pipeline.Problem{Field: field, Rule: rule, With: with}
	if len(doc.From) > 0 {
		p.Origin = doc.From[0]
	}
	return p
}
