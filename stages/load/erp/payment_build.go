package erp

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A payment is one row of money that moved, read.
type payment struct {
	record   pipeline.Record
	kind     string // as the file says, in small letters
	id       string
	at       time.Time
	amount   pipeline.Decimal
	currency string
	account  string
}

// moneyIn, moneyOut and noMoney are kinds of transactions by what they do.
var (
	moneyIn  = map[string]bool{"sale": true, "capture": true}
	moneyOut = map[string]bool{"refund": true, "change": true}
	noMoney  = map[string]string{
		"authorization": "an authorization: no money moved yet / تفويض دون تحصيل", "emv_authorization": "an authorization: no money moved yet / تفويض دون تحصيل",
		"void": "a void: no money moved / إلغاء تفويض دون تحصيل", "suggested_refund": "only a suggestion of Shopify / اقتراح من Shopify فقط",
	}
	settledStatus = map[string]bool{"success": true, "paid": true, "": true}
	openStatus    = map[string]string{
		"pending": "not through yet / لم يكتمل بعد", "scheduled": "not paid out yet / لم يُحوّل بعد", "in_transit": "not paid out yet / لم يُحوّل بعد",
		"awaiting_response": "not through yet / لم يكتمل بعد", "failure": "it failed / لم ينجح", "failed": "it failed / لم ينجح", "error": "it failed / لم ينجح",
		"canceled": "it was cancelled / أُلغي", "cancelled": "it was cancelled / أُلغي", "unknown": "not through yet / لم يكتمل بعد",
	}
)

// build makes the document of the payments of a group: nearly always one. Of those that
// are the same to the second, each with a number of its own is a part of the first;
// where they have no numbers it cannot be told whether they are one, and they are held.
// It is pure.
//
// The key is made of what a payment says (order, kind, gateway, second, amount) and
// not of its number: the admin's export has none, and what it brought has to be known
// again when the same is pulled. Where two sources do not say quite the same of it,
// metPayments finds the key.
func (c cashier) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	sorted := slices.Clone(group)
	slices.SortStableFunc(sorted, func(a, b pipeline.Record) int { return strings.Compare(a.Text("payment.id"), b.Text("payment.id")) })
	var first pipeline.Document
	var problems []pipeline.Problem
	ids := map[string]bool{}
	count := 0
	for _, r := range sorted {
		if kind := r.Value("payment.kind"); strings.TrimSpace(kind.Text) == "" && !kind.Bad {
			continue
		}
		if id := r.Text("payment.id"); id != "" {
			if ids[id] {
				continue // the same row once more, as in parts of an export that overlap
			}
			ids[id] = true
		}
		if count++; count > 1 && r.Text("payment.id") == "" {
			continue
		}
		doc, wrong := c.one(r, count)
		problems = append(problems, wrong...)
		if count == 1 {
			first = doc
			continue
		}
		more := doc.Parts
		doc.Parts = nil
		first.Parts = append(append(first.Parts, doc), more...)
	}
	if count > 1 && len(ids) < count && first.Left == "" {
		problems = append(problems, sorted[0].Problem("payment.amount", "payment.alike", map[string]string{"count": strconv.Itoa(count)}))
	}
	if count == 0 {
		r := group[0]
		return pipeline.Document{Key: "no-payment/" + r.Text("payment.group"), Name: r.Text("order.name"), Left: "no payment / ليس دفعة", Body: mustJSON(sale{})}, nil
	}
	return first, problems
}

// one is the document of one payment; n counts those that are alike.
func (c cashier) one(r pipeline.Record, n int) (pipeline.Document, []pipeline.Problem) {
	p := payment{record: r, kind: strings.ToLower(strings.TrimSpace(r.Text("payment.kind"))), id: r.Text("payment.id"), at: r.Date("payment.at"),
		amount: r.Amount("payment.amount"), currency: strings.ToUpper(r.Text("payment.currency")), account: r.Text("payment.account")}
	doc := pipeline.Document{Key: c.payKey(p, n), Name: or(r.Text("order.name"), p.kind), Currency: p.currency, Money: p.amount, Out: p.amount, Body: mustJSON(sale{})}
	if !p.at.IsZero() {
		doc.Day = p.at.In(c.zone).Format(time.DateOnly)
	}
	if doc.Left = c.leaves(p); doc.Left != "" {
		return doc, nil
	}
	problems := c.wrong(p)
	var entries []entry
	switch {
	case moneyIn[p.kind]:
		entries = c.receipt(p, typeReceipt, p.amount)
	case moneyOut[p.kind]:
		entries = c.receipt(p, typeRefund, p.amount)
	case p.kind == "charge":
		entries = c.charged(p)
		problems = append(problems, p.netSum()...)
	case p.kind == typeFee:
		entries = append([]entry{c.fee(p, p.amount)}, c.settled(p)...)
	case p.kind == typePayout:
		entries = []entry{c.payout(p, p.amount)}
		problems = append(problems, payoutSum(p)...)
	case p.kind == typeAdjustment:
		entries = []entry{c.adjusted(p)}
		if p.keeps() {
			entries = append(entries, c.fee(p, p.fee()))
		}
		problems = append(problems, p.netSum()...)
	default:
		return doc, append(problems, r.Problem("payment.kind", "payment.kind", nil))
	}
	if len(entries) == 0 {
		if off := p.netSum(); len(off) > 0 {
			return doc, off
		}
		doc.Left = "booked by the shop's transaction, and nothing was kept of it / تُسجَّل من معاملة المتجر ولا رسوم عليها"
		return doc, nil
	}
	for i, e := range entries {
		d, wrong := c.document(doc, p, e, i)
		problems = append(problems, wrong...)
		if i == 0 {
			doc = d
			continue
		}
		doc.Parts = append(doc.Parts, d)
	}
	return doc, problems
}

// payKey is what a payment is known by, whichever file it comes from. Of several that
// say the same, each is counted.
func (s *Sink) payKey(p payment, n int) string {
	if p.at.IsZero() || p.kind == "" {
		return "" // it cannot be told: Prepare names it by its row
	}
	gateway := pipeline.Fold(p.record.Text("payment.gateway"))
	key := strings.Join([]string{"payment", plainName(p.record.Text("order.name")), p.kind, gateway, p.at.UTC().Format("20060102T150405Z"), p.amount.Abs().String()}, "/")
	if n > 1 {
		key += "/" + strconv.Itoa(n)
	}
	return s.cfg.ofShop(key)
}

// leaves says why a row moves no money; "" where it does.
func (c cashier) leaves(p payment) string {
	status := strings.ToLower(strings.TrimSpace(p.record.Text("payment.status")))
	switch {
	case p.record.True("payment.test"):
		return "a test / تجريبية"
	case noMoney[p.kind] != "":
		return noMoney[p.kind]
	case p.kind == "change" && c.ignoreChange:
		return "change: the till's sales are without it / باقٍ نقدي لا تشمله مبيعات الصندوق"
	}
	return openStatus[status]
}

// wrong are the problems that any payment may have.
func (c cashier) wrong(p payment) []pipeline.Problem {
	var problems []pipeline.Problem
	r := p.record
	for _, field := range []string{"payment.at", "payment.amount", "payment.account"} {
		if v := r.Value(field); !v.Set && !v.Bad {
			problems = append(problems, r.Problem(field, "field.missing", nil))
		}
	}
	if status := strings.ToLower(strings.TrimSpace(r.Text("payment.status"))); !settledStatus[status] {
		problems = append(problems, r.Problem("payment.status", "payment.status", nil))
	}
	if c.currency != "" && p.currency != c.currency {
		problems = append(problems, r.Problem("payment.currency", "money.currency", map[string]string{"given": or(p.currency, "-"), "want": c.currency}))
	}
	if p.kind != typeAdjustment && p.kind != typePayout && p.kind != "charge" && p.amount.IsNeg() {
		problems = append(problems, r.Problem("payment.amount", "payment.negative", map[string]string{"amount": p.amount.StringFixed(2)}))
	}
	return problems
}

// payoutSum holds a payout against its own parts, where the file states them.
func payoutSum(p payment) []pipeline.Problem {
	r, sum := p.record, zero
	parts := []string{"payout.charges", "payout.refunds", "payout.adjustments", "payout.reserved", "payout.retried"}
	if !r.Has("payout.charges") {
		return nil
	}
	for _, field := range parts {
		sum = sum.Add(r.Amount(field))
	}
	sum = sum.Sub(r.Amount("payout.fees").Abs())
	if sum.Equal(p.amount) {
		return nil
	}
	return []pipeline.Problem{r.Problem("payment.amount", "payout.sum", map[string]string{"total": p.amount.StringFixed(2), "sum": sum.StringFixed(2), "off": p.amount.Sub(sum).StringFixed(2)})}
}
