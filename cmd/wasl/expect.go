package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/inbox"
)

// expectEvery is how often watch looks whether what is expected has come.
const expectEvery = 30 * time.Second

// expectations are how what the flows expect stands at a time, in their order. A
// ledger of nil knows of no file that came.
func expectations(ctx context.Context, l *ledger.Ledger, flows []pipeline.Flow, now time.Time) ([]inbox.Expected, error) {
	var out []inbox.Expected
	for _, f := range flows {
		if f.Expect == (pipeline.Expect{}) {
			continue
		}
		var came []pipeline.Came
		if l != nil {
			var err error
			if came, err = l.Came(ctx, f.Name, inbox.Since(now)); err != nil {
				return nil, err
			}
		}
		out = append(out, inbox.Judge(f.Name, f.Expect, came, now))
	}
	return out, nil
}

// lapses are what is not as expected now, and those of them that nobody was told
// of yet. Telling them is remembered.
func (h *house) lapses(ctx context.Context) (all, fresh []pipeline.Lapse, err error) {
	stand, err := expectations(ctx, h.ledger, h.on(), time.Now())
	if err != nil {
		return nil, nil, err
	}
	for _, e := range stand {
		all = append(all, e.Lapses...)
	}
	if fresh, err = h.ledger.Lapsed(ctx, all); err != nil {
		return nil, nil, err
	}
	for _, l := range fresh {
		p := h.cfg.lapse(l)
		h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventExpected, Job: pipeline.Job{Drop: l.Drop, Flow: l.Flow}, Note: l.What,
			Err: &pipeline.Trouble{Rule: p.Rule, With: p.With}})
	}
	return all, fresh, nil
}

// tellLapses tells what has not come, each once, and writes it into the workbooks
// of its days.
func (h *house) tellLapses(ctx context.Context) error {
	_, fresh, err := h.lapses(ctx)
	if err != nil {
		return err
	}
	for _, day := range lapseDays(fresh) {
		if _, err := h.steps.Reconcile(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

// firstLook is how long after its start watch looks for the first time whether
// what is expected has come: what lay in the inbox is taken by then.
func (c *Config) firstLook() time.Duration {
	return quiet + cmp.Or(c.Inbox.Settle, 10*time.Second) + 2*cmp.Or(c.Inbox.Scan, 5*time.Second)
}

// lapseDays are the days of lapses, each once.
func lapseDays(lapses []pipeline.Lapse) (days []string) {
	for _, l := range lapses {
		if !slices.Contains(days, l.Day) {
			days = append(days, l.Day)
		}
	}
	return days
}

// lapse puts a lapse into words.
func (c *Config) lapse(l pipeline.Lapse) pipeline.Problem { return l.Problem(c.minute) }

// lapsed counts the lapses that a run ends with code 3 for: what is still missing,
// and what came late or small and was not told before.
func (n nightly) lapsed() (count int) {
	for _, l := range n.lapses {
		if l.What == pipeline.LapseMissing || slices.Contains(n.fresh, l) {
			count++
		}
	}
	return count
}

// accountLapses says what has not come as it should. A file that this run holds
// is among what was put aside.
func (a *app) accountLapses(c *Config, n nightly) {
	var out []pipeline.Problem
	for _, l := range n.lapses {
		held := slices.ContainsFunc(n.jobs, func(j pipeline.Opened) bool { return j.Drop.ID == l.Drop && j.Flow == l.Flow && j.Verdict != "" })
		if !held || l.What != pipeline.LapseSmall {
			out = append(out, c.lapse(l))
		}
	}
	if len(out) > 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("lapses"))
		a.problems(out, 20)
	}
}

// readExpected is how expectations stand, for people who only look. Mappings with
// findings expect nothing: wasl check says what is wrong with them.
func (a *app) readExpected(ctx context.Context, c *Config) ([]inbox.Expected, error) {
	_, flows, findings, err := readAll(c, noTables{}, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		return nil, nil // status tells of what waits all the same
	}
	h := &house{cfg: c, flows: flows}
	l, err := a.openReading(ctx, c)
	if err != nil {
		return expectations(ctx, nil, h.on(), time.Now()) // the lanes were read from it, or it is not there yet
	}
	defer func() { _ = l.Shut() }() // it was only read
	return expectations(ctx, l, h.on(), time.Now())
}

// expected shows what should come, a flow a line, and what is wrong with it.
func (a *app) expected(c *Config, stand []inbox.Expected) {
	if len(stand) == 0 {
		return
	}
	if a.json {
		for _, e := range stand {
			a.jsonLine(a.out, map[string]any{"what": "expected", "flow": e.Flow, "day": e.Day, "due": e.Due, "state": stateOf(e), "file": e.Came.File,
				"drop": e.Came.Drop, "came": e.Came.At, "rows": e.Came.Rows, "next": e.Next, "lapses": e.Lapses})
		}
		return
	}
	t := a.table(a.say("flow"), a.say("expect.by"), a.say("expect.state"), a.say("file"), a.say("expect.next"))
	var wrong []pipeline.Problem
	for _, e := range stand {
		t.AppendRow([]any{e.Flow, c.minute(e.Due), a.say("expect." + stateOf(e)), e.Came.File, c.minute(e.Next)})
		for _, l := range e.Lapses {
			wrong = append(wrong, c.lapse(l))
		}
	}
	t.Render()
	a.problems(wrong, 50)
}

// stateOf is how an expectation stands, in a word: missing, small, late, came; or
// open, where nothing was due yet.
func stateOf(e inbox.Expected) string {
	for _, what := range []string{pipeline.LapseMissing, pipeline.LapseSmall, pipeline.LapseLate} {
		if slices.ContainsFunc(e.Lapses, func(l pipeline.Lapse) bool { return l.What == what }) {
			return what
		}
	}
	if e.Came.Drop != "" {
		return "came"
	}
	return "open"
}
