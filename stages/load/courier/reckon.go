package courier

import (
	"cmp"
	"slices"

	"wasl/pipeline"
)

// How a line of a sheet stands to its order.
const (
	Matched   = "matched"   // it brings what the order owes, or the rest of it
	Short     = "short"     // less
	Partly    = "partly"    // less, as a part of the goods came back
	Over      = "over"      // more
	Twice     = "twice"     // the order was settled by another line before
	Returned  = "returned"  // the parcel came back
	Prepaid   = "prepaid"   // nothing was to be collected, and nothing was
	Card      = "card"      // the order was paid by other means
	Cancelled = "cancelled" // the order was cancelled
	Foreign   = "foreign"   // in another currency than the order's
	Differs   = "differs"   // it names one order, and the parcel of another
	Awaits    = "awaits"    // its order is not known yet
	Unclear   = "unclear"   // a parcel came back, and money was collected for it
)

// Classes are all of them, in the order in which reports count them.
var Classes = []string{Matched, Prepaid, Returned, Short, Partly, Over, Twice, Card, Cancelled, Foreign, Differs, Unclear, Awaits}

// How an order stands that is to be paid on delivery.
const (
	StateUnsent    = "unsent"
	StateOpen      = "open"
	StateShort     = "short"
	StateSettled   = "settled"
	StateReturned  = "returned"
	StateCancelled = "cancelled"
)

// A Match is a line of a sheet with what became of it.
type Match struct {
	Line
	Class   string
	Name    string       // of its order; "" where it is not known
	Owed    decimal      // by the order before it
	Off     decimal      // what it brings less what was owed; below zero where it is short
	First   bool         // nothing was collected for the order before
	Brought pipeline.Job // the job that brought its order last
	Counts  bool         // its money was taken off what the order owes
	Closed  bool         // the order owes nothing any more, so a line that was short is no matter
	Before  string       // of one that is twice: the sheet that settled the order
	Other   string       // of one that differs: the order of its parcel
	Method  string       // of the order
	Has     string       // the order's currency
	In      string       // the line's
	Handed  *Handed      // what was handed on of it to the ERP, or else to the shop; nil: nothing
}

// Came tells whether the line or its order came in some days of arrival.
func (m Match) Came(from, to string) bool {
	within := func(day string) bool { return day != "" && day >= from && day <= to }
	return within(m.Arrived) || within(dayOf(m.Brought.Drop))
}

// A Debt is an order that a courier collects, as it stands.
type Debt struct {
	Order
	Courier   string
	State     string
	Collected decimal
	Tolerated decimal // it was off by so much, and matched; below zero where less came
	Back      []back  // what was taken off, or put on again, since its parcel came back
	Left      decimal // that he owes
	matches   []int   // of Reckoning.Matches
}

// back is so much that is not owed any more from a day on, or is again (below zero).
type back struct {
	day    string
	amount decimal
}

// A Reckoning is how everything stands.
type Reckoning struct {
	Matches []Match // in the order in which the lines came
	Debts   []Debt  // orders that a courier collects, by day of sending, then name
}

// Reckon holds the lines of sheets against orders. It is pure. What was handed on comes
// first, so that a line that came later never takes its place.
func Reckon(b Books, c Config) Reckoning {
	x := newIndex(b, c)
	handed := map[string]*Handed{}
	for i := range b.Handed {
		if h := &b.Handed[i]; h.Kind != kindPayout && (handed[h.Key] == nil || h.To == ToERP) {
			handed[h.Key] = h
		}
	}
	out := Reckoning{Matches: make([]Match, len(b.Lines))}
	for _, first := range []bool{true, false} {
		for i, line := range b.Lines {
			if h := handed[line.Key]; (h != nil) == first {
				out.Matches[i] = x.match(i, line, h)
			}
		}
	}
	for _, d := range x.debts {
		d.finish(c, out.Matches)
		if d.COD {
			out.Debts = append(out.Debts, *d)
		}
	}
	slices.SortStableFunc(out.Debts, func(a, b Debt) int { return cmp.Or(cmp.Compare(a.Sent, b.Sent), cmp.Compare(a.Name, b.Name)) })
	return out
}

// index finds orders by what sheets call them.
type index struct {
	cfg     Config
	debts   []*Debt
	names   map[string]*Debt // and numbers
	parcels map[string]*Debt
}

func newIndex(b Books, c Config) *index {
	x := &index{cfg: c, names: map[string]*Debt{}, parcels: map[string]*Debt{}}
	for _, o := range b.Orders {
		d := &Debt{Order: o, Courier: o.Company}
		x.debts = append(x.debts, d)
		x.names[plainName(o.Name)] = d
		if o.ID != "" {
			x.names[o.ID] = d
		}
		for _, number := range o.Tracking {
			x.parcels[plainName(number)] = d
		}
	}
	for _, h := range b.Handed {
		if d := x.names[plainName(h.Order)]; d != nil && d.Open && h.Kind == kindSale && h.To == ToShop {
			d.Expected = d.Expected.Add(h.Amount) // we have marked it paid ourselves
		}
	}
	return x
}

// find gives the order of a line, and the one that its parcel is of where that is another.
func (x *index) find(r Remittance) (d, other *Debt) {
	look := func(in map[string]*Debt, text string) *Debt {
		if text == "" {
			return nil
		}
		return in[plainName(text)]
	}
	for _, found := range []*Debt{look(x.names, r.OrderID), look(x.names, r.Order), look(x.parcels, r.Tracking), look(x.names, r.Reference), look(x.parcels, r.Reference)} {
		switch {
		case d == nil:
			d = found
		case found != nil && found != d && other == nil:
			other = found
		}
	}
	return d, other
}

// match holds a line against its order. handed is what was handed on of it, nil where
// nothing was.
func (x *index) match(at int, line Line, handed *Handed) Match {
	m := Match{Line: line, Class: Awaits, Handed: handed, In: x.cfg.currency(line.Currency, "")}
	d, other := x.find(line.Remittance)
	if d == nil {
		return m
	}
	m.Name, m.Method, m.Has, m.Owed = d.Name, d.Method, d.Currency, d.Expected.Sub(d.Collected)
	m.First, m.Brought = d.Collected.IsZero(), d.Job
	m.Off, m.In = line.Amount.Sub(m.Owed), x.cfg.currency(line.Currency, d.Currency)
	m.Class = x.class(d, line.Remittance, m.Off, m.Owed)
	if other != nil {
		m.Class, m.Other = Differs, other.Name
	}
	d.matches = append(d.matches, at)
	m.Counts = slices.Contains([]string{Matched, Short, Partly}, m.Class) || handed != nil && handed.Kind == kindSale
	if m.Counts || d.Courier == "" {
		d.Courier = line.Courier // who brings the money has had the parcel
	}
	if m.Counts {
		d.Collected = d.Collected.Add(line.Amount)
		if m.Class == Matched {
			d.Tolerated = d.Tolerated.Add(m.Off)
		}
	}
	return m
}

// class says how a line stands to its order. off is what it brings less what is owed.
func (x *index) class(d *Debt, r Remittance, off, owed decimal) string {
	tolerated := !off.Abs().GreaterThan(x.cfg.Tolerance)
	switch {
	case r.back() && r.Amount.IsZero():
		return Returned
	case r.back():
		return Unclear
	case r.Currency != "" && d.Currency != "" && r.Currency != d.Currency:
		return Foreign
	case !d.COD && r.Amount.IsZero():
		return Prepaid
	case !d.COD:
		return Card
	case d.Cancelled != "" && d.Cancelled <= r.At && r.Amount.IsPos(): // else it was collected, and cancelled since
		return Cancelled
	case d.Collected.IsPos() && r.Amount.IsPos() && !owed.GreaterThan(x.cfg.Tolerance):
		return Twice
	case tolerated:
		return Matched
	case off.IsPos():
		return Over
	case r.Status == statusPartly:
		return Partly
	}
	return Short
}

// finish says how an order stands, once all its lines are known.
func (d *Debt) finish(c Config, all []Match) {
	d.Courier = c.courier(d.Courier)
	first, returned, brought, short := "", "", "", false
	for _, i := range d.matches {
		m := all[i]
		if first == "" || m.At < first {
			first = m.At
		}
		short = short || m.Class == Short || m.Class == Partly
		switch {
		case m.Class == Returned:
			returned = max(returned, m.At)
		case m.Counts && m.Amount.IsPos():
			brought = max(brought, m.At)
		}
	}
	if d.Sent == "" && d.Cancelled == "" {
		d.Sent = first // the courier has had it, whatever the shop says
	}
	d.Left = d.Expected.Sub(d.Collected).Add(d.Tolerated)
	switch {
	case returned != "" && returned <= brought: // it came back, and was delivered after all
		off := d.Expected.Sub(d.collectedBefore(returned, all))
		d.Back = append(d.Back, back{returned, off}, back{brought, off.Neg()})
	case returned != "":
		d.end(StateReturned, returned)
	case d.Cancelled != "":
		d.end(StateCancelled, max(d.Cancelled, d.Sent))
	}
	switch {
	case d.State != "":
	case !d.Left.IsPos():
		d.State = StateSettled
	case short:
		d.State = StateShort
	case d.Sent == "":
		d.State = StateUnsent
	default:
		d.State = StateOpen
	}
	for _, i := range d.matches {
		all[i].Closed = !d.Left.IsPos()
		if all[i].Class == Twice {
			all[i].Before = d.settledBy(all)
		}
	}
}

// end takes what is left off what is owed.
func (d *Debt) end(state, day string) {
	if !d.Left.IsPos() {
		return // all of it was collected before
	}
	d.State, d.Back, d.Left = state, append(d.Back, back{day, d.Left}), zero
}

// collectedBefore is what was collected before a day.
func (d *Debt) collectedBefore(day string, all []Match) decimal {
	sum := zero
	for _, i := range d.matches {
		if all[i].Counts && all[i].At < day {
			sum = sum.Add(all[i].Amount)
		}
	}
	return sum
}

// settledBy is the sheet that brought the money of an order.
func (d *Debt) settledBy(all []Match) string {
	for _, i := range d.matches {
		if all[i].Counts && all[i].Amount.IsPos() {
			return all[i].Sheet
		}
	}
	return "-"
}
