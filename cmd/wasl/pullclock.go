package main

import (
	"context"
	"errors"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify"
)

// clock pulls what the settings name, by the clock: as often as they say where a
// watch stays, and once at the start of a run.
type clock struct {
	house *house
	shop  *shopify.Sink
	next  map[string]time.Time // when each thing is due
	told  map[string]bool      // what was said already, also what went wrong
}

// clockOf is the clock of a house; nil where no shop is switched on.
func (h *house) clockOf() *clock {
	s, err := h.shop()
	if err != nil {
		return nil
	}
	return &clock{house: h, shop: s, next: map[string]time.Time{}, told: map[string]bool{}}
}

// pullAll pulls all of it once, and proves the orders where a day has passed. What
// cannot be had keeps nothing else from being pulled.
func (h *house) pullAll(ctx context.Context) error {
	c := h.clockOf()
	if c == nil {
		return nil
	}
	var failed error
	for _, what := range shopify.PullKinds {
		if c.shop.Pulls().Every(what) > 0 {
			failed = errors.Join(failed, c.pull(ctx, what))
		}
	}
	return failed
}

// pullInTime pulls until ctx ends. What goes wrong is told, once, and tried again
// when its time comes.
func (h *house) pullInTime(ctx context.Context) error {
	c := h.clockOf()
	if c == nil {
		return nil
	}
	for {
		timer := time.NewTimer(c.round(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// round pulls what is due, and says how long nothing is.
func (c *clock) round(ctx context.Context) time.Duration {
	wait := 24 * time.Hour
	for _, what := range shopify.PullKinds {
		every := c.shop.Pulls().Every(what)
		if every == 0 {
			continue
		}
		if !time.Now().Before(c.next[what]) {
			if err := c.pull(ctx, what); err != nil && ctx.Err() == nil {
				c.tell(pipeline.Event{What: pipeline.EventFailed, Note: err.Error(), Wait: every, Err: err})
			}
			c.next[what] = time.Now().Add(every)
		}
		wait = min(wait, max(time.Until(c.next[what]), time.Second))
	}
	return wait
}

// pull pulls one thing, and tells what was not to be had.
func (c *clock) pull(ctx context.Context, what string) error {
	w, err := c.house.pullWant(ctx, pullAsk{what: what})
	if err != nil {
		return err
	}
	got, err := c.house.drop(ctx, what, w)
	if err == nil {
		c.say(got.Missing)
		if what == shopify.PullOrders {
			err = c.prove(ctx)
		}
	}
	return err
}

// prove proves the orders where that was last done a day ago.
func (c *clock) prove(ctx context.Context) error {
	_, at, err := c.house.ledger.PullPlace(ctx, c.shop.Shop(), checked)
	if err != nil || time.Since(at) < 24*time.Hour {
		return err
	}
	p, err := c.house.proveOrders(ctx, 0)
	c.say(p.problems())
	return err
}

// say tells of what was not to be had, or was missing.
func (c *clock) say(all []pipeline.Problem) {
	for _, p := range all {
		c.tell(pipeline.Event{What: pipeline.EventExpected, Note: p.Says("en"), Err: &pipeline.Trouble{Rule: p.Rule, With: p.With}})
	}
}

// tell tells each thing once.
func (c *clock) tell(e pipeline.Event) {
	if !c.told[e.Note] {
		c.told[e.Note] = true
		e.Time = time.Now()
		c.house.steps.Tell(e)
	}
}
