package erp

import (
	"slices"
	"time"

	"wasl/pipeline"
)

// An entry is what one document books: lines that are in balance.
type entry struct {
	kind  string // receipt, refund, fee, adjustment, payout
	lines []line
	needs string // the setting that a person has to decide; "" for none
}

// The kinds of lines of an entry.
const (
	lineClearing   = "clearing"
	lineReceivable = "receivable"
	lineFees       = "fees"
	lineFeesTax    = "fees_tax"
	lineBank       = "bank"
)

// sides are what lines of an entry are called.
var sides = map[string]string{lineClearing: "حساب وسيط (Clearing)", lineReceivable: "العملاء (Receivable)", lineFees: "رسوم تحصيل (Fees)",
	lineFeesTax: "ضريبة على الرسوم (Tax on fees)",
	lineBank:    "البنك (Bank)", typeAdjustment: "تسوية (Adjustment)", lineRounding: names[lineRounding]}

// booked is a line that debits an account, or credits it where the amount is below
// zero.
func booked(kind, account string, amount pipeline.Decimal) line {
	l := line{Kind: kind, Name: sides[kind], Account: account}
	abs := amount.Abs()
	if amount.IsNeg() {
		l.Credit = &abs
	} else {
		l.Debit = &abs
	}
	return l
}

// balance is what the lines of a kind are debited with less what they are credited
// with.
func balance(lines []line, kind string) pipeline.Decimal {
	sum := zero
	for _, l := range lines {
		if l.Kind == kind {
			sum = sum.Add(amountOf(l.Debit)).Sub(amountOf(l.Credit))
		}
	}
	return sum
}

// receipt books what a customer paid, or got back, and what the gateway kept and paid
// out with it.
func (c cashier) receipt(p payment, kind string, amount pipeline.Decimal) []entry {
	if kind == typeRefund {
		amount = amount.Neg()
	}
	owed := amount.Neg()
	lines := []line{booked(lineClearing, p.account, amount)}
	rounding := p.record.Amount("payment.rounding")
	if !rounding.IsZero() && c.rounding != roundingOrder && kind == typeReceipt {
		owed = owed.Add(rounding)
		lines = append(lines, booked(lineReceivable, c.receivable, owed), booked(lineRounding, c.rounding, rounding.Neg()))
	} else {
		lines = append(lines, booked(lineReceivable, c.receivable, owed))
	}
	out := []entry{{kind: kind, lines: lines}}
	if p.keeps() {
		out = append(out, c.fee(p, p.fee()))
	}
	return append(out, c.settled(p)...)
}

// settled books what is paid out together with it.
func (c cashier) settled(p payment) []entry {
	settled := p.record.Amount("payment.settled")
	if settled.IsZero() {
		return nil
	}
	return []entry{c.payout(p, settled)}
}

// charged books a row charge of a gateway's own list: its fee, and all of it by setting.
func (c cashier) charged(p payment) []entry {
	if !c.all {
		if p.keeps() {
			return []entry{c.fee(p, p.fee())}
		}
		return nil
	}
	if p.amount.IsNeg() {
		return c.receipt(p, typeRefund, p.amount.Neg())
	}
	return c.receipt(p, typeReceipt, p.amount)
}

// fee books what the gateway keeps, and the tax on it.
func (c cashier) fee(p payment, fee pipeline.Decimal) entry {
	out := entry{kind: typeFee, needs: needs(c.fees, "fees"), lines: []line{booked(lineFees, c.fees, fee)}}
	tax := p.record.Amount("payment.fee_tax")
	if !tax.IsZero() {
		out.lines = append(out.lines, booked(lineFeesTax, c.feesTax, tax))
		out.needs = or(out.needs, needs(c.feesTax, "fees_tax"))
	}
	out.lines = append(out.lines, booked(lineClearing, p.account, fee.Add(tax).Neg()))
	return out
}

// keeps tells whether anything is kept of a payment.
func (p payment) keeps() bool {
	return !p.record.Amount("payment.fee").IsZero() || !p.record.Amount("payment.fee_tax").IsZero()
}

// fee is the fee without the tax on it. The tax is beside it, but where the list's own net
// says that it is in it.
func (p payment) fee() pipeline.Decimal {
	fee, tax := p.record.Amount("payment.fee"), p.record.Amount("payment.fee_tax")
	if p.netIs(fee) && !p.netIs(fee.Add(tax)) {
		return fee.Sub(tax)
	}
	return fee
}

// netIs tells whether so much was kept, by what the list says is left.
func (p payment) netIs(kept pipeline.Decimal) bool {
	return p.record.Has("payment.net") && p.record.Amount("payment.net").Equal(p.amount.Sub(kept))
}

// netSum holds what is left against amount, fee and tax, where the list says all of it.
func (p payment) netSum() []pipeline.Problem {
	fee, tax := p.record.Amount("payment.fee"), p.record.Amount("payment.fee_tax")
	if !p.record.Has("payment.net") || p.netIs(fee) || p.netIs(fee.Add(tax)) {
		return nil
	}
	net := p.record.Amount("payment.net")
	return []pipeline.Problem{p.record.Problem("payment.net", "payment.net", map[string]string{"net": net.StringFixed(2), "amount": p.amount.StringFixed(2),
		"fee": fee.StringFixed(2), "vat": tax.StringFixed(2), "off": net.Sub(p.amount.Sub(fee)).StringFixed(2)})}
}

func (c cashier) payout(p payment, amount pipeline.Decimal) entry {
	bank := or(p.record.Text("payment.bank"), c.bank)
	return entry{kind: typePayout, needs: needs(bank, "bank"), lines: []line{booked(lineBank, bank, amount), booked(lineClearing, p.account, amount.Neg())}}
}

// adjusted books what a gateway put right: below zero it was taken from us.
func (c cashier) adjusted(p payment) entry {
	return entry{kind: typeAdjustment, needs: needs(c.adjustment, "adjustment"),
		lines: []line{booked(lineClearing, p.account, p.amount), booked(typeAdjustment, c.adjustment, p.amount.Neg())}}
}

func needs(account, setting string) string {
	if account == hold || account == "" {
		return setting
	}
	return ""
}

// document is the document of an entry. of is that of the payment, as far as it is
// known; i counts the payment's entries.
func (c cashier) document(of pipeline.Document, p payment, e entry, i int) (pipeline.Document, []pipeline.Problem) {
	r, doc := p.record, of
	doc.Parts = nil
	if doc.Key != "" && i > 0 {
		doc.Key += "/" + e.kind
	}
	number := numbered[e.kind] + or(p.id, shortOf(of.Key))
	if i > 0 && e.kind == typePayout {
		number += "-P"
	}
	b := sale{Order: payKept(r), Doc: told{Type: e.kind, Number: number, Of: r.Text("payment.parent"), Note: r.Text("payment.note"), At: p.at}}
	if e.kind == typeFee {
		b.Doc.Of = p.id
	}
	b.Lines = e.lines
	b.Order["payment.account"], b.Direct = p.account, c.direct[p.account]
	doc.Name, doc.From = number, []pipeline.Origin{r.Origin}
	doc.Out = balance(e.lines, lineClearing)
	doc.Money = doc.Out
	doc.Words = wordsOf(r.Text("order.name"), r.Text("order.id"), p.id, r.Text("payment.reference"), p.account)
	doc.Print = string(mustJSON(struct{ ID, Amount, Currency string }{p.id, doc.Out.String(), p.currency}))
	doc.Body = mustJSON(b)
	var problems []pipeline.Problem
	if e.needs != "" {
		problems = append(problems, r.Problem("payment.amount", "payment.decide", map[string]string{"amount": doc.Out.Abs().StringFixed(2), "what": e.kind, "setting": e.needs}))
	}
	if field, with, bad := c.layout.lacking(b); bad {
		problems = append(problems, r.Problem(field, "erp.codepage", with))
	}
	return doc, problems
}

// payKept are the fields of a payment that its body keeps.
func payKept(r pipeline.Record) map[string]string {
	out := map[string]string{}
	for _, f := range payFields {
		if v := r.Value(f.Name); v.Set && f.Name != "payment.group" {
			out[f.Name] = plain(f.Type, v)
		}
	}
	return out
}

// wordsOf are those that are not empty, each once.
func wordsOf(all ...string) []string {
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(w string) bool { return w == "" })
}

// revisePayment says what follows a payment that was booked: nothing, where the file
// says the same with more or fewer words. Money does not change once it has moved:
// what is different is told, and nothing is booked. It is pure.
func revisePayment(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
	if next.State == pipeline.Skipped {
		return next, nil
	}
	was, err := readSale(last.Body)
	is, wrong := readSale(next.Body)
	if err != nil || wrong != nil {
		return next, []pipeline.Problem{problemOf(next, "payment.id", "sale.body", nil)}
	}
	one, other := was.Order["payment.id"], is.Order["payment.id"]
	switch {
	case one != "" && other != "" && one != other:
		return next, []pipeline.Problem{problemOf(next, "payment.id", "payment.twin", map[string]string{"one": one, "other": other})}
	case !last.Out.Equal(next.Out) || last.Currency != next.Currency:
		return next, []pipeline.Problem{problemOf(next, "payment.amount", "money.changed",
			map[string]string{"number": last.Name, "was": last.Out.Abs().StringFixed(2), "now": next.Out.Abs().StringFixed(2)})}
	}
	same := next
	same.State, same.Left = pipeline.Unchanged, ""
	return same, nil
}

// samplePayment are the records of a payment that is no real one, with its fee.
func samplePayment() []pipeline.Record {
	return sampleRecords(payFields, map[string]string{"payment.group": "1", "payment.kind": "sale", "payment.id": "389404469", "payment.status": "success",
		"payment.gateway": "paymob", "payment.account": "CLR-PAYMOB", "payment.at": time.Date(2026, 11, 23, 11, 5, 22, 0, time.UTC).Format(time.RFC3339),
		"payment.amount": "375", "payment.fee": "9.75", "payment.currency": "EGP", "order.name": "#1042", "order.id": "5400000001042"})
}

// sampleSettings are those of the sample.
var sampleSettings = pipeline.Settings{"fees": "FEES", "bank": "BANK"}
