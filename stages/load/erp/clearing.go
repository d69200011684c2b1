package erp

import (
	"cmp"
	"context"
	"errors"
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
// refused by it. Files that arrived after the last day of arrival do not count. It reads
// sums by day, and of what makes them up only what is open, refused or was paid out.
func ClearingOf(ctx context.Context, tables pipeline.Table, want ClearingWant) (Clearing, error) {
	var out Clearing
	refused, err := refusedMoves(ctx, tables)
	if err != nil {
		return out, err
	}
	all, err := accountsOf(ctx, tables, want, refused)
	if err != nil {
		return out, err
	}
	for _, key := range sortedPairs(all) {
		a := all[key]
		a.finish(want)
		if a.Open, err = openOn(ctx, tables, want, refused, a.ClearedAccount); err != nil {
			return out, err
		}
		if a.Closing.IsNeg() && !a.Direct {
			out.Off = append(out.Off, pipeline.Problem{Origin: seeClearing, Field: "payment.account", Rule: "clearing.negative",
				With: map[string]string{"account": a.Account, "amount": a.Closing.Neg().StringFixed(2), "currency": or(a.Currency, "-")}})
		}
		out.Accounts = append(out.Accounts, a.ClearedAccount)
	}
	payouts, err := payoutsOf(ctx, tables, want, refused)
	if err != nil {
		return out, err
	}
	off, err := payoutsOff(ctx, tables, payouts, want.Arrived[1])
	out.Off = append(out.Off, off...)
	return out, err
}

// counts tells whether what a file of some day of arrival booked on a day counts.
func (w ClearingWant) counts(arrived, day string) bool {
	return (w.Arrived[1] == "" || arrived <= w.Arrived[1]) && (w.Days[1] == "" || day <= w.Days[1])
}

// accountsOf adds up the accounts, by account and currency.
func accountsOf(ctx context.Context, tables pipeline.Table, want ClearingWant, refused map[string]pipeline.TableRow) (map[[2]string]*ledgerAccount, error) {
	moves := movesIn(tables)
	cells, err := moves.all(ctx)
	if err != nil {
		return nil, fmt.Errorf("clearing accounts: %w", err)
	}
	for _, row := range refused {
		if err := moves.take(ctx, cells, false, row, true); err != nil {
			return nil, err
		}
	}
	all := map[[2]string]*ledgerAccount{}
	for _, code := range sorted(cells) {
		parts := strings.Split(code, unitSep)
		account, currency, day, arrived, gateway := parts[0], parts[1], parts[2], parts[3], parts[4]
		if cells[code][sumRows].IsZero() || !want.counts(arrived, day) {
			continue
		}
		key := [2]string{account, currency}
		a := all[key]
		if a == nil {
			a = &ledgerAccount{ClearedAccount: ClearedAccount{Account: account, Currency: currency, Gateway: gateway}, days: map[string]*ClearedDay{}}
			all[key] = a
		}
		a.take(day, cells[code], want.Arrived[0] != "" && arrived >= want.Arrived[0])
	}
	return all, nil
}

// openOn are the receipts of an account that are open, oldest first: the newest ones,
// since what is taken off is taken off the oldest.
func openOn(ctx context.Context, tables pipeline.Table, want ClearingWant, refused map[string]pipeline.TableRow, a ClearedAccount) (open []Unsettled, err error) {
	balance := a.Closing
	if a.Direct || !balance.IsPos() {
		return nil, nil
	}
	for row, err := range tables.Marked(ctx, tableMoves, partsOf(typeReceipt, a.Account, a.Currency, ""), true) {
		if err != nil {
			return nil, fmt.Errorf("clearing account %s: %w", a.Account, err)
		}
		if _, is := refused[row.Code]; is || !want.counts(dayOf(row.Job.Drop), row.Cols["day"]) {
			continue
		}
		r := Unsettled{Day: row.Cols["day"], Order: row.Cols["order"], Number: row.Cols["number"]}
		if r.Amount, err = parseDecimal(row.Cols["amount"]); err != nil {
			return nil, fmt.Errorf("clearing account %s: %s: %w", a.Account, row.Code, err)
		}
		if r.Left = r.Amount; r.Left.Cmp(balance) > 0 {
			r.Left = balance
		}
		open = append(open, r)
		if balance = balance.Sub(r.Left); !balance.IsPos() {
			break
		}
	}
	slices.Reverse(open)
	return open, nil
}

// payoutsOf are the payouts that were booked.
func payoutsOf(ctx context.Context, tables pipeline.Table, want ClearingWant, refused map[string]pipeline.TableRow) (out []paidOut, err error) {
	for row, err := range tables.Marked(ctx, tableMoves, partsOf(typePayout, ""), false) {
		if err != nil {
			return nil, fmt.Errorf("payouts: %w", err)
		}
		if _, is := refused[row.Code]; is || !want.counts(dayOf(row.Job.Drop), row.Cols["day"]) {
			continue
		}
		amount, err := parseDecimal(row.Cols["amount"])
		if err != nil {
			return nil, fmt.Errorf("payouts: %s: %w", row.Code, err)
		}
		out = append(out, paidOut{row.Cols["account"], row.Cols["currency"], row.Cols["id"], row.Cols["day"], amount.Neg()})
	}
	return out, nil
}

func sortedPairs[V any](m map[[2]string]V) [][2]string {
	return slices.SortedFunc(maps.Keys(m), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
}

// seeClearing stands for the place of what no single file says: the command that shows
// it whole.
var seeClearing = pipeline.Origin{File: "wasl clearing"}

// refusedMoves are what documents booked that the ERP refused and that were not sent
// again, by their code.
func refusedMoves(ctx context.Context, tables pipeline.Table) (map[string]pipeline.TableRow, error) {
	out := map[string]pipeline.TableRow{}
	for a, err := range tables.Marked(ctx, tableAnswers, partsOf(ackRefused, ""), false) {
		if err != nil {
			return nil, fmt.Errorf("answers of the ERP: %w", err)
		}
		doc, err := tables.Row(ctx, tableDocuments, a.Code)
		if err == nil && isPayment(doc.Cols["type"]) {
			var move pipeline.TableRow
			if move, err = tables.Row(ctx, tableMoves, doc.Cols["key"]); err == nil && move.Cols["number"] == a.Code {
				out[move.Code] = move
			}
		}
		if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			return nil, fmt.Errorf("answers of the ERP: %w", err)
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
	days  map[string]*ClearedDay
	first string // the earliest day that a file of the wanted days booked on
}

// take adds what was booked on a day; wanted: it came in the days asked for.
func (a *ledgerAccount) take(day string, sums cell, wanted bool) {
	d := a.days[day]
	if d == nil {
		d = &ClearedDay{Day: day}
		a.days[day] = d
	}
	a.Direct = a.Direct || !sums[sumDirect].IsZero()
	if wanted && (a.first == "" || day < a.first) {
		a.first = day
	}
	d.Sales = d.Sales.Add(sums[typeReceipt])
	d.Refunds = d.Refunds.Add(sums[typeRefund])
	d.Fees = d.Fees.Add(sums[typeFee])
	d.Settled = d.Settled.Add(sums[typePayout])
	for _, kind := range sorted(sums) {
		switch kind {
		case typeReceipt, typeRefund, typeFee, typePayout, sumRows, sumDirect:
		default:
			d.Adjusted = d.Adjusted.Add(sums[kind])
		}
	}
}

// finish rolls the account forward over its days. Days before the first that is wanted
// are in its opening.
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
}

// paidOut is a payout that was booked.
type paidOut struct {
	account, currency, id, day string
	amount                     pipeline.Decimal
}

// lined is what a gateway's lines say of one payout, or of the payouts of one day.
type lined struct {
	account, currency, id, day string
	net, paid                  pipeline.Decimal
	lines                      pipeline.Decimal // how many
	payouts                    int
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
	cells, err := linesIn(tables).all(ctx)
	if err != nil {
		return nil, fmt.Errorf("lines of payouts: %w", err)
	}
	for _, code := range sorted(cells) {
		parts := strings.Split(code, unitSep)
		account, currency, payout, payday, arrived := parts[0], parts[1], parts[2], parts[3], parts[4]
		if cells[code][sumRows].IsZero() || until != "" && arrived > until {
			continue
		}
		ids[account+"\x00"+payout] = true
		l := at(account, currency, payout, payday)
		l.net, l.lines = l.net.Add(cells[code][sumNet]), l.lines.Add(cells[code][sumRows])
	}
	for _, p := range payouts {
		id := p.id
		if !ids[p.account+"\x00"+id] {
			id = "" // its lines do not say it
		}
		l := at(p.account, p.currency, id, p.day)
		l.paid, l.payouts = l.paid.Add(p.amount), l.payouts+1
	}
	var out []pipeline.Problem
	for _, key := range sorted(all) {
		l := all[key]
		if l.lines.IsZero() || l.net.Equal(l.paid) {
			continue
		}
		with := map[string]string{"account": l.account, "payout": or(l.id, l.day), "paid": l.paid.StringFixed(2), "sum": l.net.StringFixed(2),
			"off": l.paid.Sub(l.net).StringFixed(2), "count": l.lines.String(), "currency": or(l.currency, "-")}
		rule := pipeline.Rule("payout.off")
		if l.payouts == 0 {
			rule = "payout.missing"
		}
		out = append(out, pipeline.Problem{Origin: seeClearing, Field: "payout.id", Rule: rule, With: with})
	}
	return out, nil
}
