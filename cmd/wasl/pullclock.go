package main

import (
	"context"
	"errors"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify"
)

// clock pulls what the settings name, by the clock: as often as they say and at their
// times of day where a watch stays, and once at the start of a run.
type clock struct {
	house *house
	shop  *shopify.Sink
	now   func() time.Time
	began time.Time
	next  map[string]time.Time // after what went wrong: when it is tried again
	told  map[string]time.Time // what was said, also what went wrong, and when
	wrong map[string]string    // by what is pulled: as what it went wrong the last time, in told
}

// pullAgain is when a pull is tried again that went wrong.
const pullAgain = 5 * time.Minute

// byClock is under what name the ledger keeps when something was last pulled by the
// clock, whether anything came or not.
func byClock(what string) string { return "clock." + what }

// clockOf is the clock of a house; nil where no shop is switched on.
func (h *house) clockOf() *clock {
	s, err := h.shop()
	if err != nil {
		return nil
	}
	return &clock{house: h, shop: s, now: time.Now, began: time.Now(), next: map[string]time.Time{}, told: map[string]time.Time{}, wrong: map[string]string{}}
}

// pullAll pulls all of it once, and proves the orders where a day has passed. What goes
// by times of day alone waits for one of them, also here. What cannot be had keeps
// nothing else from being pulled.
func (h *house) pullAll(ctx context.Context) error {
	c := h.clockOf()
	if c == nil {
		return nil
	}
	var failed error
	for _, what := range shopify.PullKinds {
		if c.shop.Pulls().Every(what) > 0 {
			failed = errors.Join(failed, c.pull(ctx, what))
			continue
		}
		due, ok, err := c.due(ctx, what)
		if err == nil && ok && !c.now().Before(due) {
			err = c.pull(ctx, what)
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// pullInTime pulls until ctx ends. What goes wrong is told, and tried again when its
// time comes: told again where it is something else, where it had been well in between,
// and after a day.
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

// mostSleep is how long a watch waits at most before it looks at the clock again, which
// may have been set, or the machine have slept.
const mostSleep = time.Minute

// round pulls what is due, and says how long nothing is.
func (c *clock) round(ctx context.Context) time.Duration {
	wait := mostSleep
	for _, what := range shopify.PullKinds {
		due, ok, err := c.due(ctx, what)
		if ok && err == nil && !c.now().Before(due) {
			if err = c.pull(ctx, what); err == nil {
				delete(c.told, c.wrong[what])
				delete(c.wrong, what)
			}
		}
		if err != nil && ctx.Err() == nil {
			rule := ""
			if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
				rule = string(trouble.Rule)
			}
			c.wrong[what] = what + " " + rule // the words of one failure may differ each time, by the port of a connection
			again := pullAgain
			if every := c.shop.Pulls().Every(what); every > 0 {
				again = min(again, every)
			}
			c.next[what] = c.now().Add(again)
			c.tell(c.wrong[what], pipeline.Event{What: pipeline.EventFailed, Note: err.Error(), Wait: again, Err: err})
		}
		if due, ok, err = c.due(ctx, what); ok && err == nil {
			wait = min(wait, max(due.Sub(c.now()), time.Second))
		}
	}
	return wait
}

// due is when something is to be pulled.
func (c *clock) due(ctx context.Context, what string) (due time.Time, ok bool, err error) {
	if !c.shop.Pulls().Scheduled(what) {
		return due, false, nil
	}
	last, _, err := c.house.ledger.PullPlace(ctx, c.shop.Shop(), byClock(what))
	if err != nil {
		return due, false, err
	}
	if last.IsZero() && c.shop.Pulls().Every(what) == 0 { // from now on its times count, also over a restart
		last = c.began
		err = c.house.ledger.KeepPull(ctx, c.shop.Shop(), byClock(what), last, nil)
	}
	due, ok = c.shop.Pulls().Next(what, last, c.began, c.house.cfg.zone)
	if again := c.next[what]; due.Before(again) {
		due = again
	}
	return due, ok, err
}

// pull pulls one thing, and tells what was not to be had.
func (c *clock) pull(ctx context.Context, what string) error {
	at := c.now()
	w, err := c.house.pullWant(ctx, pullAsk{what: what})
	if err != nil {
		return err
	}
	got, err := c.house.drop(ctx, what, w)
	if err != nil {
		return err
	}
	if err := c.house.ledger.KeepPull(ctx, c.shop.Shop(), byClock(what), at, nil); err != nil {
		return err
	}
	c.say(got.Missing)
	if what == shopify.PullOrders {
		return c.prove(ctx)
	}
	return nil
}

// prove proves the orders where that was last done a day ago.
func (c *clock) prove(ctx context.Context) error {
	_, at, err := c.house.ledger.PullPlace(ctx, c.shop.Shop(), checked)
	if err != nil || c.now().Sub(at) < 24*time.Hour {
		return err
	}
	p, err := c.house.proveOrders(ctx, 0, false)
	c.say(p.problems())
	return err
}

// say tells of what was not to be had, or was missing.
func (c *clock) say(all []pipeline.Problem) {
	for _, p := range all {
		c.tell(p.Says("en"), pipeline.Event{What: pipeline.EventExpected, Note: p.Says("en"), Err: &pipeline.Trouble{Rule: p.Rule, With: p.With}})
	}
}

// tellAgain is after how long what still holds is told once more.
const tellAgain = 24 * time.Hour

// tell tells each thing once a day, by a name of it.
func (c *clock) tell(thing string, e pipeline.Event) {
	if last, told := c.told[thing]; told && c.now().Sub(last) < tellAgain {
		return
	}
	e.Time = c.now()
	c.told[thing] = e.Time
	c.house.steps.Tell(e)
}
