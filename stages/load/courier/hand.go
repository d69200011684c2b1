package courier

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// What is handed on.
const (
	kindSale   = "sale"   // what was collected for an order, with what the courier keeps of it
	kindFee    = "fee"    // what he keeps of a parcel for which nothing was collected
	kindPayout = "payout" // what he pays for a whole sheet
)

// handed is what of a line is to be handed on to the ERP; Kind is "" where nothing is.
func (m Match) handed() Handed {
	h := Handed{To: ToERP, Key: m.Key, Courier: m.Courier, Sheet: m.Sheet, Order: m.Name, OrderID: m.OrderID, At: or(m.At, m.Arrived), Currency: m.In,
		Number: numberOf(m.Courier, m.Sheet, or(m.Name, m.parcel())), Amount: m.Amount, Fee: m.Fee, VAT: m.VAT}
	switch {
	case m.Amount.IsPos():
		h.Kind = kindSale
	case m.Fee.IsPos() || m.VAT.IsPos():
		h.Kind = kindFee
	}
	if m.Payout == nil {
		h.Paid = m.Net()
	}
	return h
}

// numberOf is the number of a receipt: Bosta-77-1042.
func numberOf(parts ...string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(strings.Join(parts, "-")), "-"), "#", "")
}

// handable tells whether a line matches so that it may be handed on. Of one that was
// handed on before nothing more is.
func (c Config) handable(m Match) bool {
	switch m.Class {
	case Matched, Returned, Prepaid:
		return true
	case Short, Partly:
		return c.Short != shortHold || m.Closed
	}
	return false
}

// ToHand is what of a reckoning is still to be handed on to one of the targets, in the
// order in which it came. taken tells of the orders that somebody else marks as paid,
// which the shop is not told of again. It is pure.
func ToHand(r Reckoning, handed []Handed, c Config, to string, taken func(order string) bool) []Handed {
	gone, numbers := map[string]bool{}, map[string]bool{}
	for _, h := range handed {
		numbers[h.To+"/"+h.Number] = true
		gone[h.To+"/"+payoutOr(h.Kind)+"/"+h.Key] = true
	}
	var out []Handed
	for _, m := range r.Matches {
		h := m.handed()
		h.To = to
		if gone[to+"/"+payoutOr(h.Kind)+"/"+h.Key] || h.Kind == "" || !c.handable(m) || to != ToERP && (h.Kind != kindSale || taken(m.Name)) {
			continue
		}
		if numbers[to+"/"+h.Number] { // another parcel of the order, in the same sheet
			h.Number = numberOf(h.Number, m.parcel())
		}
		numbers[to+"/"+h.Number] = true
		out = append(out, h)
	}
	if to != ToERP {
		return out
	}
	for _, s := range r.Sheets() {
		h := Handed{To: ToERP, Kind: kindPayout, Key: payoutKey(s), Courier: s.Courier, Sheet: s.Sheet, At: or(s.Day, s.First.Arrived), Amount: s.Net(), Currency: s.Currency,
			Number: numberOf(s.Courier, s.Sheet, "PAYOUT")}
		if s.Said != nil && s.agrees() && !s.Net().IsZero() && !gone[to+"/payout/"+h.Key] {
			out = append(out, h)
		}
	}
	return out
}

func payoutKey(s Sheet) string { return pipeline.Fold(s.Courier) + "/" + plainName(s.Sheet) }

// payoutOr tells payouts from lines: a line is handed on once, as whatever.
func payoutOr(kind string) string {
	if kind == kindPayout {
		return kindPayout
	}
	return "line"
}

// FileOf is the name of the next file for a target: courier-payments-000007.csv.
func FileOf(to string, handed []Handed) string {
	last := 0
	for _, h := range handed {
		if digits, ok := strings.CutPrefix(h.File, prefixes[to]); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(digits, ".csv")) // ours
			last = max(last, n)
		}
	}
	return fmt.Sprintf("%s%06d.csv", prefixes[to], last+1)
}

var prefixes = map[string]string{ToERP: "courier-payments-", ToShop: "courier-collected-"}

// Keep stores what is handed on, before its file is dropped, and again once it was. Who
// was stopped between the two finds it, and drops the same file.
func Keep(ctx context.Context, tables pipeline.Table, all []Handed) error {
	var rows []pipeline.TableRow
	for _, h := range all {
		rows = append(rows, pipeline.TableRow{Code: h.To + "/" + payoutOr(h.Kind) + "/" + h.Key, Cols: map[string]string{"body": string(mustJSON(h))}})
	}
	if err := tables.Put(ctx, tableHanded, rows); err != nil {
		return fmt.Errorf("keep what is handed on of couriers: %w", err)
	}
	return nil
}

// Undropped are the files for a target that are to be dropped still, oldest first, with
// their content, which follows from what was kept.
func Undropped(handed []Handed, to string) []Bundle {
	by := map[string][]Handed{}
	for _, h := range handed {
		if !h.Dropped && h.To == to {
			by[h.File] = append(by[h.File], h)
		}
	}
	var out []Bundle
	for _, name := range sorted(by) {
		all := by[name]
		slices.SortStableFunc(all, func(a, b Handed) int { return strings.Compare(a.Number, b.Number) })
		out = append(out, Bundle{Name: name, Of: all, Text: textOf(all)})
	}
	return out
}
