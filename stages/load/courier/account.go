package courier

import (
	"maps"
	"slices"
	"time"
)

// An Account is what a courier owes in one currency, day by day.
type Account struct {
	Courier, Currency string
	Days              []Day
}

// A Day is one of an account. Closing is Opening with Shipped, Collected, Returned and
// Tolerated, and the Opening of the next day; what takes off is below zero. Short is so
// much of Closing as is owed for parcels that were delivered. Unmatched was brought in
// sheets and is not taken off anything; with what was collected it is Fees, VAT and Paid
// together.
type Day struct {
	Day                                                                                          string
	Opening, Shipped, Collected, Returned, Tolerated, Closing, Fees, VAT, Paid, Short, Unmatched decimal
}

// Accounts rolls each courier's account forward, over the days on which something moved.
func (r Reckoning) Accounts() []Account {
	b := accounts{}
	for _, d := range r.Debts {
		if d.Sent == "" {
			continue
		}
		key := [2]string{d.Courier, d.Currency}
		one := b.at(key, d.Sent)
		one.Shipped = one.Shipped.Add(d.Expected)
		for _, back := range d.Back {
			one := b.at(key, back.day)
			one.Returned = one.Returned.Sub(back.amount)
		}
		for _, i := range d.matches {
			if m := r.Matches[i]; d.State == StateShort && (m.Class == Short || m.Class == Partly) {
				one := b.at(key, m.At)
				one.Short = one.Short.Add(d.Left)
				break
			}
		}
		for _, i := range d.matches {
			if m := r.Matches[i]; m.Counts {
				one := b.at(key, m.At)
				one.Collected = one.Collected.Sub(m.Amount)
				if m.Class == Matched {
					one.Tolerated = one.Tolerated.Add(m.Off)
				}
			}
		}
	}
	for _, m := range r.Matches {
		one := b.at([2]string{m.Courier, m.In}, m.At)
		one.Fees, one.VAT, one.Paid = one.Fees.Add(m.Fee), one.VAT.Add(m.VAT), one.Paid.Add(m.Net())
		if !m.Counts {
			one.Unmatched = one.Unmatched.Add(m.Amount)
		}
	}
	return b.roll()
}

// accounts are being added up: by courier and currency, then by day.
type accounts map[[2]string]map[string]*Day

func (a accounts) at(key [2]string, day string) *Day {
	if a[key] == nil {
		a[key] = map[string]*Day{}
	}
	if a[key][day] == nil {
		a[key][day] = &Day{Day: day}
	}
	return a[key][day]
}

func (a accounts) roll() []Account {
	var out []Account
	for _, key := range slices.SortedFunc(maps.Keys(a), func(x, y [2]string) int { return slices.Compare(x[:], y[:]) }) {
		one := Account{Courier: key[0], Currency: key[1]}
		balance, short := zero, zero
		for _, day := range sorted(a[key]) {
			d := a[key][day]
			d.Opening = balance
			balance = balance.Add(d.Shipped).Add(d.Collected).Add(d.Returned).Add(d.Tolerated)
			short = short.Add(d.Short)
			d.Closing, d.Short = balance, short
			one.Days = append(one.Days, *d)
		}
		out = append(out, one)
	}
	return out
}

// An Owed is an order that was sent and for which a courier owes still.
type Owed struct {
	Debt
	Days int    // since it was sent
	Age  string // one of Config.AgeNames
}

// Owing are the orders that couriers owe for on a day, the oldest first.
func (r Reckoning) Owing(c Config, on string) []Owed {
	var out []Owed
	names := c.AgeNames()
	for _, d := range r.Debts {
		if !d.Left.IsPos() || d.State != StateOpen && d.State != StateShort {
			continue
		}
		days := daysBetween(d.Sent, on)
		out = append(out, Owed{Debt: d, Days: days, Age: names[c.ageOf(days)]})
	}
	return out
}

// daysBetween counts days of the calendar; none where one is none.
func daysBetween(from, to string) int {
	a, err := time.Parse(time.DateOnly, from)
	b, wrong := time.Parse(time.DateOnly, to)
	if err != nil || wrong != nil {
		return 0
	}
	return max(0, int(b.Sub(a)/(24*time.Hour)))
}
