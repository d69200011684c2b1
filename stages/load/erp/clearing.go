package erp

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"wasl/pipeline"
)

// A Clearing is how the accounts between gateways and the bank stand: what was booked
// on each, day by day, and what the gateway still owes.
type Clearing struct {
	Accounts []ClearedAccount
	Off      []pipeline.Problem // payouts that do not match their lines, and more paid out than came in
}

// A ClearedAccount is one account in one currency.
type ClearedAccount struct {
	Account, Gateway, Currency string
	Direct                     bool // nobody pays out what it holds
	Days                       []ClearedDay
	Closing                    pipeline.Decimal
	Open                       []Unsettled // oldest first; together they are Closing, where that is above zero
}

// A ClearedDay is what moved on a day. Closing is Opening with all the others, and the
// Opening of the next day. Refunds, Fees and Settled are below zero.
type ClearedDay struct {
	Day                                                       string
	Opening, Sales, Refunds, Fees, Adjusted, Settled, Closing pipeline.Decimal
}

// An Unsettled receipt is money that the gateway has not paid out, as far as is known:
// payouts, refunds and fees are taken off the oldest receipts first.
type Unsettled struct {
	Day, Order, Number string
	Amount             pipeline.Decimal // of the receipt
	Left               pipeline.Decimal // of it
}

// ClearingWant says what of the accounts is wanted.
type ClearingWant struct {
	Arrived [2]string // days of arrival: the first day shown is the earliest that a file of these days booked on; both "": all days
	Days    [2]string // the first and the last day shown, where they are said
}

// ClearingOf reads how the accounts stand, from what was written to the ERP and not
// refused by it. Files that arrived after the last day of arrival do not count.
func ClearingOf(ctx context.Context, tables pipeline.Table, want ClearingWant) (Clearing, error) {
	var out Clearing
	refused, err := refusedNumbers(ctx, tables)
	if err != nil {
		return out, err
	}
	all := map[[2]string]*ledgerAccount{}
	var payouts []paidOut
	for row, err := range tables.Rows(ctx, tableMoves) {
		if err != nil {
			return out, fmt.Errorf("clearing accounts: %w", err)
		}
		arrived := dayOf(row.Job.Drop)
		if want.Arrived[1] != "" && arrived > want.Arrived[1] || want.Days[1] != "" && row.Cols["day"] > want.Days[1] || refused[row.Cols["number"]] {
			continue
		}
		key := [2]string{row.Cols["account"], row.Cols["currency"]}
		a := all[key]
		if a == nil {
			a = &ledgerAccount{ClearedAccount: ClearedAccount{Account: key[0], Currency: key[1], Gateway: row.Cols["gateway"]}, days: map[string]*ClearedDay{}}
			all[key] = a
		}
		amount, err := parseDecimal(row.Cols["amount"])
		if err != nil {
			return out, fmt.Errorf("clearing account %s: %s: %w", key[0], row.Code, err)
		}
		a.take(row, amount, want.Arrived[0] != "" && arrived >= want.Arrived[0])
		if row.Cols["type"] == typePayout {
			payouts = append(payouts, paidOut{row.Cols["account"], row.Cols["currency"], row.Cols["id"], row.Cols["day"], row.Cols["number"], amount.Neg()})
		}
	}
	for _, key := range sortedPairs(all) {
		a := all[key]
		a.finish(want)
		if a.Closing.IsNeg() && !a.Direct {
			out.Off = append(out.Off, pipeline.Problem{Origin: seeClearing, Field: "payment.account", Rule: "clearing.negative",
				With: map[string]string{"account": a.Account, "amount": a.Closing.Neg().StringFixed(2), "currency": or(a.Currency, "-")}})
		}
		out.Accounts = append(out.Accounts, a.ClearedAccount)
	}
	off, err := payoutsOff(ctx, tables, payouts, want.Arrived[1])
	out.Off = append(out.Off, off...)
	return out, err
}

func sortedPairs[V any](m map[[2]string]V) [][2]string {
	return slices.SortedFunc(maps.Keys(m), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
}

// seeClearing stands for the place of what no single file says: the command that shows
// it whole.
var seeClearing = pipeline.Origin{File: "wasl clearing"}

// refusedNumbers are the documents that the ERP refused and that were not sent again.
func refusedNumbers(ctx context.Context, tables pipeline.Table) (map[string]bool, error) {
	out := map[string]bool{}
	for row, err := range tables.Rows(ctx, tableAnswers) {
		if err != nil {
			return nil, fmt.Errorf("answers of the ERP: %w", err)
		}
		if row.Cols["state"] == ackRefused && row.Cols["spent"] == "" {
			out[row.Code] = true
		}
	}
	return out, nil
}

// dayOf is the day of arrival in the name of an arrival: 2026-11-25 of 20261125-0002.
func dayOf(drop string) string {
	if len(drop) < 8 {
		return ""
	}
	return drop[:4] + "-" + drop[4:6] + "-" + drop[6:8]
}

// A ledgerAccount is an account being added up.
type ledgerAccount struct {
	ClearedAccount
	days     map[string]*ClearedDay
	first    string // the earliest day that a file of the wanted days booked on
	receipts []Unsettled
}

// take adds what a document booked on the account; wanted: it came in the days asked for.
func (a *ledgerAccount) take(row pipeline.TableRow, amount pipeline.Decimal, wanted bool) {
	on := row.Cols["day"]
	d := a.days[on]
	if d == nil {
		d = &ClearedDay{Day: on}
		a.days[on] = d
	}
	a.Direct = a.Direct || row.Cols["direct"] != ""
	if wanted && (a.first == "" || on < a.first) {
		a.first = on
	}
	switch row.Cols["type"] {
	case typeReceipt:
		d.Sales = d.Sales.Add(amount)
		a.receipts = append(a.receipts, Unsettled{Day: on, Order: row.Cols["order"], Number: row.Cols["number"], Amount: amount})
	case typeRefund:
		d.Refunds = d.Refunds.Add(amount)
	case typeFee:
		d.Fees = d.Fees.Add(amount)
	case typePayout:
		d.Settled = d.Settled.Add(amount)
	default:
		d.Adjusted = d.Adjusted.Add(amount)
	}
}

// finish rolls the account forward over its days, and finds what is open. Days before
// the first that is wanted are in its opening.
func (a *ledgerAccount) finish(want ClearingWant) {
	from := cmp.Or(want.Days[0], a.first)
	if want.Arrived[0] != "" && a.first == "" {
		from = "9999" // nothing came: only where it stands
	}
	balance := zero
	for _, on := range sorted(a.days) {
		d := a.days[on]
		d.Opening = balance
		balance = balance.Add(d.Sales).Add(d.Refunds).Add(d.Fees).Add(d.Adjusted).Add(d.Settled)
		d.Closing = balance
		if on >= from {
			a.Days = append(a.Days, *d)
		}
	}
	a.Closing = balance
	if a.Direct || !balance.IsPos() {
		return
	}
	slices.SortStableFunc(a.receipts, func(x, y Unsettled) int {
		return cmp.Or(strings.Compare(x.Day, y.Day), strings.Compare(x.Number, y.Number))
	})
	for _, r := range slices.Backward(a.receipts) { // the newest are open: what is taken off is taken off the oldest
		if r.Left = r.Amount; r.Left.Cmp(balance) > 0 {
			r.Left = balance
		}
		a.Open = append(a.Open, r)
		if balance = balance.Sub(r.Left); !balance.IsPos() {
			break
		}
	}
	slices.Reverse(a.Open)
}

// paidOut is a payout that was booked.
type paidOut struct {
	account, currency, id, day, number string
	amount                             pipeline.Decimal
}

// lined is what a gateway's lines say of one payout, or of the payouts of one day.
type lined struct {
	account, currency, id, day string
	net, paid                  pipeline.Decimal
	lines, payouts             int
	numbers                    []string
}

// payoutsOff holds payouts against the gateway's own lines: by number, where both have
// it, or else by day. What has lines on one side only is told where the gateway says
// that it was paid.
func payoutsOff(ctx context.Context, tables pipeline.Table, payouts []paidOut, until string) ([]pipeline.Problem, error) {
	known := map[string]bool{} // numbers that payouts have
	for _, p := range payouts {
		if p.id != "" {
			known[p.account+"\x00"+p.id] = true
		}
	}
	all := map[string]*lined{}
	at := func(account, currency, id, day string) *lined {
		key := account + "\x00" + currency + "\x00id\x00" + id
		if !known[account+"\x00"+id] {
			key, id = account+"\x00"+currency+"\x00day\x00"+day, ""
		}
		if all[key] == nil {
			all[key] = &lined{account: account, currency: currency, id: id, day: day}
		}
		return all[key]
	}
	ids := map[string]bool{} // numbers that lines have
	for row, err := range tables.Rows(ctx, tableSettled) {
		if err != nil {
			return nil, fmt.Errorf("lines of payouts: %w", err)
		}
		c := row.Cols
		if until != "" && dayOf(row.Job.Drop) > until || c["status"] != "paid" && c["status"] != "" || c["payout"] == "" && c["payday"] == "" {
			continue // it waits to be paid out
		}
		net, err := parseDecimal(c["net"])
		if err != nil {
			return nil, fmt.Errorf("line %s of a payout: %w", row.Code, err)
		}
		ids[c["account"]+"\x00"+c["payout"]] = true
		l := at(c["account"], c["currency"], c["payout"], c["payday"])
		l.net, l.lines = l.net.Add(net), l.lines+1
	}
	for _, p := range payouts {
		id := p.id
		if !ids[p.account+"\x00"+id] {
			id = "" // its lines do not say it
		}
		l := at(p.account, p.currency, id, p.day)
		l.paid, l.payouts, l.numbers = l.paid.Add(p.amount), l.payouts+1, append(l.numbers, p.number)
	}
	var out []pipeline.Problem
	for _, key := range sorted(all) {
		l := all[key]
		if l.lines == 0 || l.net.Equal(l.paid) {
			continue
		}
		with := map[string]string{"account": l.account, "payout": or(l.id, l.day), "paid": l.paid.StringFixed(2), "sum": l.net.StringFixed(2),
			"off": l.paid.Sub(l.net).StringFixed(2), "count": fmt.Sprint(l.lines), "currency": or(l.currency, "-")}
		rule := pipeline.Rule("payout.off")
		if l.payouts == 0 {
			rule = "payout.missing"
		}
		out = append(out, pipeline.Problem{Origin: seeClearing, Field: "payout.id", Rule: rule, With: with})
	}
	return out, nil
}
