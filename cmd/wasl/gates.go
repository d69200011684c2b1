package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"wasl/pipeline"
)

// mostBooked is how many bookings status lists.
const mostBooked = 10

// gatesAndBookings are what waits for a person, and what for its time.
type gatesAndBookings struct {
	held   []pipeline.Opened
	why    map[pipeline.Job][]pipeline.Problem
	first  []pipeline.Booking
	booked int
}

// readGates asks the ledger for both; nothing waits where no file was ever taken.
func (a *app) readGates(ctx context.Context, c *Config) (g gatesAndBookings, err error) {
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return g, nil
	}
	if err != nil {
		return g, err
	}
	defer func() { _ = l.Shut() }() // it was only read
	if g.held, err = l.Held(ctx); err != nil {
		return g, err
	}
	g.why = map[pipeline.Job][]pipeline.Problem{}
	for _, j := range g.held {
		if g.why[j.Job], err = gateReasons(ctx, l, j.Job); err != nil {
			return g, err
		}
	}
	g.first, g.booked, err = l.Upcoming(ctx, mostBooked)
	return g, err
}

func (a *app) gates(c *Config, g gatesAndBookings) {
	if len(g.held) > 0 {
		fmt.Fprintln(a.out, a.say("status.held", "count", strconv.Itoa(len(g.held))))
		for _, j := range g.held {
			fmt.Fprintln(a.out, a.heldLine(c, j))
			a.reasons(j.Job, g.why[j.Job])
		}
	}
	if g.booked == 0 {
		return
	}
	fmt.Fprintln(a.out, a.say("status.booked", "count", strconv.Itoa(g.booked)))
	t := a.table()
	t.ResetHeaders()
	for _, b := range g.first {
		t.AppendRow([]any{"  " + c.minute(b.At), b.Flow, b.Doc.Name, b.Why})
	}
	t.Render()
	if n := g.booked - len(g.first); n > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.rest", "count", strconv.Itoa(n)))
	}
}

func (a *app) gatesJSON(g gatesAndBookings) {
	for _, j := range g.held {
		line := jobJSON(j)
		line["what"], line["job"], line["since"] = "held", j.Job.String(), j.Drop.Arrived
		a.jsonLine(a.out, line)
		for _, p := range g.why[j.Job] {
			a.jsonLine(a.out, a.gateJSON(j.Job, p))
		}
	}
	for _, b := range g.first {
		a.jsonLine(a.out, map[string]any{"what": "booking", "at": b.At, "flow": b.Flow, "key": b.Doc.Key, "name": b.Doc.Name, "why": b.Why, "job": b.Job.String()})
	}
}
