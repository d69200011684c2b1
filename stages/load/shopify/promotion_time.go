package shopify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// runs tells whether a period is in force at a moment.
func (p period) runs(at time.Time) bool { return !at.Before(p.Starts) && at.Before(p.Ends) }

// same tells whether two periods are one promotion, of which a newer file may say
// something else: they have the same name, or, where one has none, the same start.
func (p period) same(o period) bool {
	if p.Name != "" && o.Name != "" {
		return pipeline.Fold(p.Name) == pipeline.Fold(o.Name)
	}
	return p.Starts.Equal(o.Starts)
}

// overlaps tells whether there is a moment at which both are in force.
func (p period) overlaps(o period) bool { return p.Starts.Before(o.Ends) && o.Starts.Before(p.Ends) }

// off is the price of a period for an item that costs so much without it.
func (p period) off(base pipeline.Decimal, round rounding) pipeline.Decimal {
	if p.Price != nil {
		return *p.Price
	}
	reduced := base.Sub(shareOf(base, *p.Percent))
	if round.step.IsZero() {
		return reduced.RoundHAZ(2)
	}
	return round.of(reduced)
}

// tag is what an item shows in a period: its price, and the one without it crossed
// out.
func (p period) tag(base tag, round rounding) tag {
	price := p.off(*base.Price, round)
	t := tag{Price: &price, Compare: base.Price}
	if p.Plain {
		t.Compare = base.Compare
	}
	return t
}

// inForce is the period that counts at a moment: of several the one with the lowest
// price.
func inForce(periods []period, at time.Time, base pipeline.Decimal, round rounding) (period, bool) {
	var best period
	found := false
	for _, p := range periods {
		if p.runs(at) && (!found || p.off(base, round).LessThan(best.off(base, round))) {
			best, found = p, true
		}
	}
	return best, found
}

// nextChange is the next moment at which another period may be in force; zero where
// there is none.
func nextChange(periods []period, at time.Time) (next time.Time) {
	for _, p := range periods {
		for _, t := range []time.Time{p.Starts, p.Ends} {
			if t.After(at) && (next.IsZero() || t.Before(next)) {
				next = t
			}
		}
	}
	return next
}

// nextStart is when the next period starts; zero where none is to come.
func nextStart(periods []period, at time.Time) (next time.Time) {
	for _, p := range periods {
		if p.Starts.After(at) && (next.IsZero() || p.Starts.Before(next)) {
			next = p.Starts
		}
	}
	return next
}

// toCome are the periods that are not over, in order.
func toCome(periods []period, at time.Time) []period {
	var out []period
	for _, p := range periods {
		if p.Ends.After(at) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b period) int {
		return cmp.Or(a.Starts.Compare(b.Starts), a.Ends.Compare(b.Ends), strings.Compare(a.Name, b.Name))
	})
	return out
}

// merged are the periods of a file with those of before that it does not speak of.
func merged(file, before []period) []period {
	out := slices.Clone(file)
	for _, p := range before {
		if !slices.ContainsFunc(file, p.same) {
			out = append(out, p)
		}
	}
	return out
}

// clash are two periods that are in force at the same time.
func clash(periods []period) (a, b period, found bool) {
	for i, a := range periods {
		for _, b := range periods[i+1:] {
			if a.overlaps(b) {
				return a, b, true
			}
		}
	}
	return a, b, false
}

// dayOnly tells whether a cell says a day and no time of it: times have a colon,
// days have none.
func dayOnly(text string) bool { return !strings.Contains(text, ":") }

// firstMoment is when the day of a moment begins in a zone. A day whose midnight
// the change to summer time skips begins an hour later; one whose first hour comes
// twice begins with the first of the two.
func firstMoment(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	at := time.Date(y, m, d, 0, 0, 0, 0, zone)
	for at.Day() != d {
		at = at.Add(time.Hour)
	}
	if twin := at.Add(-time.Hour); twin.Day() == d {
		at = twin
	}
	return at.UTC()
}

// dayAfter is when the day after that of a moment begins: it is the end of the day,
// which has 23, 24 or 25 hours.
func dayAfter(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return firstMoment(time.Date(y, m, d+1, 12, 0, 0, 0, zone), zone)
}
