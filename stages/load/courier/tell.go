package courier

import (
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// told are the rules of lines by what became of them.
var told = map[string]pipeline.Rule{
	Short: "courier.short", Partly: "courier.partly", Over: "courier.over", Twice: "courier.twice", Card: "courier.card", Cancelled: "courier.cancelled",
	Foreign: "courier.currency", Differs: "courier.differs", Unclear: "courier.unclear", Awaits: "courier.awaits",
}

// Wrong says what does not match of a line, with the difference; none where all is well.
func (m Match) Wrong() []pipeline.Problem {
	var out []pipeline.Problem
	with := map[string]string{"courier": m.Courier, "sheet": m.Sheet, "order": or(m.Name, or(m.Remittance.Order, or(m.Reference, "-"))), "parcel": or(m.Tracking, "-"), "amount": m.Amount.StringFixed(2),
		"currency": m.In, "owed": m.Owed.StringFixed(2), "off": m.Off.Abs().StringFixed(2), "before": or(m.Before, "-"),
		"method": or(m.Method, "-"), "other": or(m.Other, "-"), "has": or(m.Has, "-")}
	say := func(rule pipeline.Rule) {
		out = append(out, pipeline.Problem{Origin: m.From, Field: "remit.amount", Value: m.Amount.StringFixed(2), Rule: rule, With: with})
	}
	if h := m.Handed; h != nil && !(h.Amount.Equal(m.Amount) && h.Fee.Equal(m.Fee) && h.VAT.Equal(m.VAT)) {
		with["was"], with["now"] = sums(h.Amount, h.Fee.Add(h.VAT)), sums(m.Amount, m.Fee.Add(m.VAT))
		say("courier.changed")
		return out
	}
	rested := m.Closed && (m.Class == Short || m.Class == Partly) // another line brought the rest
	if stated := m.Expected; stated != nil && m.First && !rested && slices.Contains([]string{Matched, Short, Partly, Over}, m.Class) && !stated.Equal(m.Owed) {
		with["stated"] = stated.StringFixed(2)
		say("courier.expected")
	}
	switch rule, ok := told[m.Class]; {
	case !ok || rested:
	case m.Handed != nil && m.Class != Short && m.Class != Partly:
		with["was"] = m.Handed.Number
		say("courier.since")
	default:
		say(rule)
	}
	return out
}

// sums are what was collected and what was kept of it, for people.
func sums(amount, fees decimal) string { return amount.StringFixed(2) + " - " + fees.StringFixed(2) }

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// A Sheet is a courier's sheet, added up.
type Sheet struct {
	Courier, Sheet, Currency, Day string
	Lines                         int
	Amount, Fees, VAT             decimal
	Said                          *decimal // what he pays for it, as he says; nil: he does not
	Mixed                         bool     // its lines do not all say the same of that
	First                         Match
}

// Net is what the bank should get for it.
func (s Sheet) Net() decimal { return s.Amount.Sub(s.Fees).Sub(s.VAT) }

// agrees tells whether he pays what his lines come to.
func (s Sheet) agrees() bool { return s.Said == nil || !s.Mixed && s.Said.Equal(s.Net()) }

// Sheets adds up the lines of each sheet, in the order in which they came.
func (r Reckoning) Sheets() []Sheet {
	var out []Sheet
	at := map[string]int{}
	for _, m := range r.Matches {
		key := m.Courier + "\x00" + plainName(m.Sheet)
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, Sheet{Courier: m.Courier, Sheet: m.Sheet, First: m})
		}
		s := &out[i]
		s.Lines++
		s.Day, s.Currency = max(s.Day, or(m.Day, m.At)), or(s.Currency, m.In)
		s.Amount, s.Fees, s.VAT = s.Amount.Add(m.Amount), s.Fees.Add(m.Fee), s.VAT.Add(m.VAT)
		switch {
		case m.Payout == nil:
		case s.Said == nil:
			s.Said = m.Payout
		case !s.Said.Equal(*m.Payout):
			s.Mixed = true
		}
	}
	return out
}

// Wrong says where a sheet's payout is not the sum of its lines. paid is what was
// handed on as its payout, nil where nothing was.
func (s Sheet) Wrong(paid *Handed) []pipeline.Problem {
	off := paid != nil && !paid.Amount.Equal(s.Net())
	if s.agrees() && !off {
		return nil
	}
	said := s.Net()
	if s.Said != nil {
		said = *s.Said
	}
	with := map[string]string{"courier": s.Courier, "sheet": s.Sheet, "paid": said.StringFixed(2), "sum": s.Net().StringFixed(2), "currency": s.Currency,
		"off": said.Sub(s.Net()).StringFixed(2), "count": fmt.Sprint(s.Lines)}
	rule := pipeline.Rule("courier.payout")
	if s.agrees() {
		rule, with["paid"], with["off"] = "courier.repaid", paid.Amount.StringFixed(2), paid.Amount.Sub(s.Net()).StringFixed(2)
	}
	return []pipeline.Problem{{Origin: s.First.From, Field: "remit.payout", Value: said.StringFixed(2), Rule: rule, With: with}}
}

// Wrong is all that does not match of lines that are wanted, in the order in which they
// came; nil wants all.
func (r Reckoning) Wrong(handed []Handed, wanted func(Match) bool) []pipeline.Problem {
	var out []pipeline.Problem
	touched := map[string]bool{}
	for _, m := range r.Matches {
		if wanted == nil || wanted(m) {
			out = append(out, m.Wrong()...)
			touched[m.Courier+"\x00"+plainName(m.Sheet)] = true
		}
	}
	for _, s := range r.Sheets() {
		if key := s.Courier + "\x00" + plainName(s.Sheet); touched[key] {
			i := slices.IndexFunc(handed, func(h Handed) bool {
				return h.Kind == kindPayout && h.To == ToERP && h.Courier == s.Courier && strings.EqualFold(h.Sheet, s.Sheet)
			})
			var paid *Handed
			if i >= 0 {
				paid = &handed[i]
			}
			out = append(out, s.Wrong(paid)...)
		}
	}
	return out
}
