package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

// mostLate is how many late receipts a line names; --json names all.
const mostLate = 20

// An alarm is something about receipts that have not been accepted for too long.
type alarm struct {
	pipeline.Problem
	POS  string
	Late []ledger.Aged // those to be named in the portal's request for a late submission
}

// alarms are what is to be said of receipts that the authority has not accepted yet, by
// POS: past the day within which they have to arrive, close to it, or old; and of
// orders whose receipts wait to be issued.
func alarms(ctx context.Context, l *ledger.Ledger, c *Config, now time.Time) ([]alarm, error) {
	if c.ETA == nil {
		return nil, nil
	}
	ages := c.ETA.Ages()
	var out []alarm
	for _, p := range c.ETA.Points() {
		old, err := l.Unaccepted(ctx, []string{p.Lane}, now.Add(-ages.Warn))
		if err != nil {
			return nil, err
		}
		out = append(out, alarmsOf(c, p, ages, old, now)...)
	}
	return out, nil
}

func alarmsOf(c *Config, p eta.Point, ages eta.Ages, old []ledger.Aged, now time.Time) []alarm {
	var late, urgent, warn, unissued []ledger.Aged
	for _, a := range old {
		switch age := now.Sub(a.Since); {
		case !a.Sealed:
			unissued = append(unissued, a)
		case age >= ages.Late:
			late = append(late, a)
		case age >= ages.Urgent:
			urgent = append(urgent, a)
		default:
			warn = append(warn, a)
		}
	}
	var out []alarm
	add := func(rule pipeline.Rule, limit time.Duration, some []ledger.Aged) {
		if len(some) == 0 {
			return
		}
		a := alarm{POS: p.Name, Problem: pipeline.Problem{Rule: rule, With: map[string]string{"pos": p.Name, "count": strconv.Itoa(len(some)),
			"limit": hours(limit), "name": some[0].Name, "since": c.minute(some[0].Since)}}}
		if rule == "eta.age.late" {
			a.Late = some
			a.With["some"] = namesOf(some)
		}
		out = append(out, a)
	}
	add("eta.age.late", ages.Late, late)
	add("eta.age.urgent", ages.Urgent, urgent)
	add("eta.age.warn", ages.Warn, warn)
	if len(unissued) > 0 {
		limit := ages.Warn
		if now.Sub(unissued[0].Since) >= ages.Urgent {
			limit = ages.Urgent
		}
		add("eta.age.unissued", limit, unissued)
	}
	return out
}

// hours is a duration as people say it: 12h.
func hours(d time.Duration) string {
	if d%time.Hour == 0 {
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return d.String()
}

func namesOf(some []ledger.Aged) string {
	text := ""
	for i, a := range some[:min(len(some), mostLate)] {
		if i > 0 {
			text += ", "
		}
		text += a.Name
	}
	if len(some) > mostLate {
		text += ", ..."
	}
	return text
}

// tellAlarms prints alarms, as a run or wasl status does.
func (a *app) tellAlarms(all []alarm) {
	for _, one := range all {
		if !a.json {
			fmt.Fprintf(a.out, "%s\n    %s: %s\n", one.Says(a.language()), a.say("fix"), one.Fix(a.language()))
			continue
		}
		line := a.problemJSON(one.Problem)
		line["what"], line["pos"] = "alarm", one.POS
		late := make([]map[string]any, 0, len(one.Late))
		for _, r := range one.Late {
			late = append(late, map[string]any{"name": r.Name, "uuid": r.Ref, "issued": r.Since})
		}
		line["late"] = late
		a.jsonLine(a.out, line)
	}
}

// watchAlarms tells a watch's alarms as events, each once until it is over.
func (h *house) watchAlarms(ctx context.Context) error {
	all, err := alarms(ctx, h.ledger, h.cfg, time.Now())
	if err != nil {
		return err
	}
	var told []string
	for _, one := range all {
		name := string(one.Rule) + " " + one.POS
		told = append(told, name)
		if slices.Contains(h.alarmed, name) {
			continue
		}
		trouble := &pipeline.Trouble{Rule: one.Rule, With: one.With}
		h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventAlarm, Note: trouble.Error(), Err: trouble})
	}
	h.alarmed = told
	return nil
}
