package eta

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// An Ours is a receipt of the ledger, to be held against what the authority holds.
type Ours struct {
	Paper
	Name  string // of the order
	State pipeline.State
	Sent  time.Time
	Taken bool // it was refused by validation, so the authority keeps it as invalid; false: it was not taken at all
}

// A Difference is a receipt about which the ledger and the authority do not agree, and what to do.
type Difference struct {
	Class  string `json:"class"` // there, missing, total, status, time, number, pos
	UUID   string `json:"uuid"`
	Number string `json:"number"`
	Order  string `json:"order,omitempty"`
	POS    string `json:"pos,omitempty"`
	Issued time.Time
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
	pipeline.Problem
}

// A TieOut is what came of holding the two against each other.
type TieOut struct {
	Same   int            // receipts that are equal on both sides
	SameOf map[string]int // the same, by POS
	Others int            // receipts of other devices of the taxpayer, which are not ours to judge
	Diffs  []Difference
}

// freshness is how long a receipt that was accepted may not show in the lists yet.
const freshness = 15 * time.Minute

// Tie holds the ledger's receipts of a span against those that the authority holds. serials are the devices that this
// wasl issues for: what others issued is counted and not listed. The differences come by POS, then by issue. It is pure.
func Tie(ours []Ours, theirs []Held, serials []string, now time.Time) TieOut {
	t := TieOut{SameOf: map[string]int{}}
	there := make(map[string]Held, len(theirs))
	for _, h := range theirs {
		there[h.UUID] = h
	}
	here := make(map[string]bool, len(ours))
	for _, o := range ours {
		here[o.UUID] = true
		h, ok := there[o.UUID]
		diffs := []Difference{}
		if ok {
			diffs = o.against(h)
		} else if o.absent(now) {
			diffs = append(diffs, o.difference("missing", cmp.Or(statusOf(o), "Submitted"), "-", "eta.tie.missing"))
		} else {
			continue
		}
		if len(diffs) == 0 {
			t.Same++
			t.SameOf[o.POS]++
		}
		t.Diffs = append(t.Diffs, diffs...)
	}
	told := map[string]bool{} // several POS may be shown the same receipts
	for _, h := range theirs {
		switch {
		case here[h.UUID], told[h.UUID]:
		case h.POS != "" && !slices.Contains(serials, h.POS):
			t.Others++
			told[h.UUID] = true
		default:
			told[h.UUID] = true
			total := "-"
			if h.Totalled {
				total = h.Total.String()
			}
			t.Diffs = append(t.Diffs, Difference{Class: "there", UUID: h.UUID, Number: h.Number, POS: h.POS, Issued: h.Issued,
				Ours: "-", Theirs: cmp.Or(h.Status, "-") + " " + total, Problem: pipeline.Problem{Rule: "eta.tie.there",
					With: with("number", cmp.Or(h.Number, h.UUID), "serial", cmp.Or(h.POS, "-"), "total", total, "status", cmp.Or(h.Status, "-"))}})
		}
	}
	slices.SortStableFunc(t.Diffs, func(a, b Difference) int {
		return cmp.Or(strings.Compare(a.POS, b.POS), a.Issued.Compare(b.Issued), strings.Compare(a.UUID, b.UUID))
	})
	return t
}

// absent tells whether a receipt should be at the authority, so that it is missing there. What is being sent, or was
// refused before it was taken, need not be.
func (o Ours) absent(now time.Time) bool {
	switch o.State {
	case pipeline.Delivered:
		return true
	case pipeline.Accepted:
		return now.Sub(o.Sent) > freshness
	case pipeline.Rejected:
		return o.Taken
	}
	return false
}

// against lists in what a receipt differs from what the authority shows of it. What its list does not say is not
// compared; a time is compared to the second, a total by its value.
func (o Ours) against(h Held) (diffs []Difference) {
	if total, ok := readAmount(string(o.Total)); ok && h.Totalled && !total.Equal(h.Total) {
		diffs = append(diffs, o.difference("total", total.String(), h.Total.String(), "eta.tie.total"))
	}
	if want := statusOf(o); want != "" && h.Status != "" && !strings.EqualFold(want, h.Status) {
		diffs = append(diffs, o.difference("status", want, h.Status, "eta.tie.status"))
	}
	if !h.Issued.IsZero() && !h.Issued.Truncate(time.Second).Equal(o.Issued) {
		diffs = append(diffs, o.difference("time", o.Issued.Format(timeForm), h.Issued.Format(timeForm), "eta.tie.time"))
	}
	if h.Number != "" && h.Number != o.Number {
		diffs = append(diffs, o.difference("number", o.Number, h.Number, "eta.tie.number"))
	}
	if h.POS != "" && h.POS != o.POS {
		diffs = append(diffs, o.difference("pos", o.POS, h.POS, "eta.tie.pos"))
	}
	return diffs
}

// statusOf is what the ledger believes the authority shows; "" where that is still open.
func statusOf(o Ours) string {
	switch o.State {
	case pipeline.Delivered:
		return "Valid"
	case pipeline.Rejected, pipeline.Parked:
		return "Invalid"
	}
	return ""
}

func (o Ours) difference(class, ours, theirs string, rule pipeline.Rule) Difference {
	return Difference{Class: class, UUID: o.UUID, Number: o.Number, Order: cmp.Or(o.Name, o.Order), POS: o.POS, Issued: o.Issued, Ours: ours, Theirs: theirs,
		Problem: pipeline.Problem{Rule: rule, With: with("number", o.Number, "order", cmp.Or(o.Name, o.Order, "-"), "ours", ours, "theirs", theirs)}}
}
