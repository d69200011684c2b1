package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/vault"
	"wasl/stages/reconcile"
)

// look asks the shop once more about what is still to leave of a plan, and notes
// on its lines what has moved since.
func (a *app) look(ctx context.Context, c *Config, l *ledger.Ledger, flow pipeline.Flow, plan *reconcile.Plan, ready []pipeline.Entry) error {
	if len(ready) == 0 {
		return nil
	}
	q := pipeline.Question{Job: plan.Job.Job, Kind: flow.Kind.Name, Settings: flow.Settings}
	for _, e := range ready {
		q.Docs = append(q.Docs, e.Document)
	}
	if plan.Job.Drop.IsMemo() {
		if err := asMemo(ctx, c, plan.Job.Drop, &q); err != nil {
			return err
		}
	}
	now, err := ask(ctx, l, flow, q)
	if err != nil {
		return err
	}
	live := map[string]pipeline.Planned{}
	for i, p := range now.Docs {
		live[q.Docs[i].Key] = p
	}
	for i, line := range plan.Lines {
		if p, ok := live[line.Key]; ok && line.State == pipeline.Ready {
			plan.Lines[i].Live, plan.Lines[i].Moved = movedTo(a.language(), line, p)
		}
	}
	return nil
}

// ask holds documents against the live shop. The ledger is only read.
func ask(ctx context.Context, l *ledger.Ledger, flow pipeline.Flow, q pipeline.Question) (pipeline.Plan, error) {
	var err error
	if q.Booked, err = bookedFor(ctx, l, flow); err != nil {
		return pipeline.Plan{}, err
	}
	planner, ok := flow.Sink.(pipeline.Planner)
	if !ok {
		return pipeline.Plan{}, fmt.Errorf("%s cannot tell what it would change", flow.Lane)
	}
	plan, err := planner.Plan(ctx, q)
	if err != nil {
		return plan, fmt.Errorf("read what %s holds now: %w", flow.Lane, err)
	}
	if len(plan.Docs) != len(q.Docs) {
		return plan, fmt.Errorf("%s planned %d documents of %d", flow.Lane, len(plan.Docs), len(q.Docs))
	}
	return plan, nil
}

// bookedFor are the bookings of a flow's kind and of those beside it, by key.
func bookedFor(ctx context.Context, l *ledger.Ledger, flow pipeline.Flow) (map[string][]pipeline.Booking, error) {
	all, err := l.Booked(ctx, flow.Kind.Name, cmp.Or(flow.Kind.Space, flow.Lane))
	if err != nil {
		return nil, err
	}
	for _, beside := range flow.Kind.Beside {
		more, err := l.Booked(ctx, beside, flow.Lane)
		if err != nil {
			return nil, err
		}
		for key, bookings := range more {
			all[key] = append(all[key], bookings...)
		}
	}
	return all, nil
}

// asMemo asks as a memo did: why it was written, and what left then.
func asMemo(ctx context.Context, c *Config, drop pipeline.Drop, q *pipeline.Question) error {
	dir := filepath.Join(c.path(c.State), "vault")
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("open vault: %w", err) // it is not made by looking
	}
	v, err := vault.Open(dir)
	if err != nil {
		return fmt.Errorf("open vault: %w", err)
	}
	m, err := readMemo(ctx, v, drop)
	if err != nil {
		return err
	}
	q.Memo, q.All = m.Why, m.All
	sent := map[string][]byte{}
	for _, line := range m.Docs {
		sent[line.Key] = line.Sent
	}
	for i := range q.Docs {
		q.Docs[i].Sent = sent[q.Docs[i].Key]
	}
	return nil
}

// movedTo says what the shop holds by now in place of the value that the plan is
// to replace; false where that is still there.
func movedTo(lang string, line reconcile.Line, now pipeline.Planned) (string, bool) {
	switch {
	case len(now.Problems) > 0:
		return now.Problems[0].Says(lang), true
	case now.Left != "":
		return now.Left, true
	case line.Field == "" && len(now.Doc.Changes) == 0:
		return now.Doc.Old, now.Doc.Old != line.Old
	}
	live := line.New // it is so already
	for _, c := range now.Doc.Changes {
		if c.Field == line.Field && c.New == line.New {
			live = c.Old
		}
	}
	return live, live != line.Old
}
