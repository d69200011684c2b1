package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// isHeld tells whether a gate holds something of a job: of one whose documents
// newer files have brought all since, nothing is left to hold.
func isHeld(j pipeline.Opened) bool {
	return j.Gate == pipeline.GateHeld && j.Step == pipeline.StepDeliver
}

// gateReasons are the problems that say why a gate holds, or held, a job.
func gateReasons(ctx context.Context, l *ledger.Ledger, job pipeline.Job) ([]pipeline.Problem, error) {
	all, err := l.ProblemsOf(ctx, job)
	if err != nil {
		return nil, err
	}
	var out []pipeline.Problem
	for _, p := range all {
		if p.Rule.Gate() {
			out = append(out, p.Problem)
		}
	}
	return out, nil
}

// heldLine names a job that its gate holds, and since when.
func (a *app) heldLine(c *Config, j pipeline.Opened) string {
	return a.say("gate.holds", "job", j.Job.String(), "file", j.Drop.Name, "at", c.minute(j.Drop.Arrived))
}

// reasons prints why a gate holds a job, and the command that lets it go.
func (a *app) reasons(job pipeline.Job, why []pipeline.Problem) {
	for _, p := range why {
		fmt.Fprintf(a.out, "  %s\n", p.Says(a.language()))
	}
	fmt.Fprintf(a.out, "      %s: %s\n", a.say("fix"), a.say("gate.todo", "job", job.String()))
	fmt.Fprintf(a.out, "      %s\n", a.say("gate.else", "job", job.String()))
}

// gateText says how a job stands at its gate: who let it go, when and why; ""
// where nothing held it.
func (a *app) gateText(c *Config, j pipeline.Opened) string {
	r := j.Release
	switch j.Gate {
	case pipeline.GateHeld:
		if !isHeld(j) {
			return a.say("gate.over")
		}
		return a.say("gate.held")
	case pipeline.GateReleased:
		return a.say("gate.released", "by", r.By, "at", c.minute(r.At), "why", r.Why)
	case pipeline.GateDropped:
		return a.say("gate.dropped", "by", r.By, "at", c.minute(r.At), "why", r.Why)
	}
	return ""
}

// jobNamed finds the job that a word names: 20261125-0001/erp-stock, or the
// number of a drop that has one alone of those that fit.
func jobNamed(ctx context.Context, l *ledger.Ledger, word string, fits func(pipeline.Opened) bool) (pipeline.Opened, error) {
	word = strings.TrimSpace(word)
	unknown := &pipeline.Trouble{Rule: "job.unknown", With: map[string]string{"job": word}}
	drop, flow, whole := strings.Cut(word, "/")
	if whole {
		j, err := l.Job(ctx, pipeline.Job{Drop: drop, Flow: flow})
		if errors.Is(err, pipeline.ErrNotFound) {
			err = unknown
		}
		return j, err
	}
	_, jobs, err := l.Find(ctx, word)
	if err != nil {
		return pipeline.Opened{}, err
	}
	var found, names []string
	var one pipeline.Opened
	var all []pipeline.Opened
	for _, j := range jobs {
		if j.Drop.ID != word || j.Flow == "" {
			continue
		}
		all = append(all, j)
		names = append(names, j.Job.String())
		if fits(j) {
			one = j
			found = append(found, j.Job.String())
		}
	}
	switch {
	case len(found) == 1:
		return one, nil
	case len(all) == 0:
		return one, unknown
	case len(all) == 1:
		return all[0], nil
	case len(found) > 1:
		names = found
	}
	return one, &pipeline.Trouble{Rule: "job.several", With: map[string]string{"drop": word, "jobs": strings.Join(names, ", ")}}
}
