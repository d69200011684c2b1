package shopify

import (
	"fmt"
	"time"

	"wasl/pipeline"
)

// PullTimes are times of day of the shop at which something is pulled: payouts:
// ["07:00"]. A time that passes while nobody watches is made up for once, afterwards.
type PullTimes struct {
	Orders       []string `yaml:"orders"`
	Customers    []string `yaml:"customers"`
	Transactions []string `yaml:"transactions"`
	Payouts      []string `yaml:"payouts"`
	Stock        []string `yaml:"stock"`
}

func (p PullTimes) of(what string) []string {
	return map[string][]string{PullOrders: p.Orders, PullCustomers: p.Customers, PullTransactions: p.Transactions,
		PullPayouts: p.Payouts, PullStock: p.Stock}[what]
}

// Scheduled tells whether something is pulled by the clock at all.
func (p Pulls) Scheduled(what string) bool { return p.Every(what) > 0 || len(p.At.of(what)) > 0 }

// Next is when something is to be pulled that was pulled last at a time, and whether
// it is at all. What was never pulled, or not since the program began, is due at once
// where it goes by an interval, and at its next time of day else. In quiet hours
// nothing is due. It is pure.
func (p Pulls) Next(what string, last, began time.Time, zone *time.Location) (next time.Time, ok bool) {
	sooner := func(t time.Time) {
		if !ok || t.Before(next) {
			next, ok = t, true
		}
	}
	if every := p.Every(what); every > 0 {
		if last.Before(began) {
			sooner(began)
		} else {
			sooner(last.Add(every))
		}
	}
	if last.IsZero() {
		last = began
	}
	for _, text := range p.At.of(what) {
		if minutes, ok := timeOfDay(text); ok {
			sooner(after(last, minutes, zone))
		}
	}
	return p.loud(next, zone), ok
}

// loud is a time itself, or the end of the quiet hours that it falls into.
func (p Pulls) loud(t time.Time, zone *time.Location) time.Time {
	from, to, ok := hours(p.Quiet)
	if !ok || t.IsZero() {
		return t
	}
	at := t.In(zone)
	now := at.Hour()*60 + at.Minute()
	if from <= to && (now < from || now >= to) || from > to && now < from && now >= to {
		return t
	}
	return after(t, to, zone)
}

// after is the first moment later than t at which the clocks of a zone show a time of
// day. A time that a day lacks, for the clocks are put forward, is the one an hour on.
func after(t time.Time, minutes int, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	for ; ; d++ {
		if at := time.Date(y, m, d, minutes/60, minutes%60, 0, 0, zone); at.After(t) {
			return at
		}
	}
}

// timeOfDay reads 07:30, in minutes.
func timeOfDay(text string) (minutes int, ok bool) {
	t, err := time.Parse("15:04", text)
	return t.Hour()*60 + t.Minute(), err == nil && len(text) == len("15:04")
}

// hours reads 22:00-06:00, in minutes.
func hours(text string) (from, to int, ok bool) {
	if len(text) != len("15:04-15:04") || text[5] != '-' {
		return 0, 0, false
	}
	from, okFrom := timeOfDay(text[:5])
	to, okTo := timeOfDay(text[6:])
	return from, to, okFrom && okTo && from != to
}

func (p Pulls) validateTimes() (found []pipeline.Finding) {
	for _, what := range PullKinds {
		for i, text := range p.At.of(what) {
			if _, ok := timeOfDay(text); !ok {
				found = append(found, pipeline.Finding{Path: fmt.Sprintf("pull.at.%s[%d]", what, i), Rule: "mapping.clock", With: map[string]string{"given": text}})
			}
		}
	}
	if _, _, ok := hours(p.Quiet); p.Quiet != "" && !ok {
		found = append(found, pipeline.Finding{Path: "pull.quiet", Rule: "pull.quiet", With: map[string]string{"given": p.Quiet}})
	}
	return found
}
