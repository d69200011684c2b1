package main

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

// planning is what the flags of plan say.
type planning struct {
	patience time.Duration
	all      bool
	workbook string
}

func (a *app) planCommand() *cobra.Command {
	var p planning
	cmd := &cobra.Command{
		Use:   "plan [JOB|DROP]",
		Short: "Show what would change, against the live shop, before anything does",
		Long: `plan takes what lies in the inbox and holds it against what the shop has now: per
item the old value, the new one and why, what is put aside or left out, and what
the gate says. Nothing is sent to Shopify, to the ERP or to the authority: each job
that would change the shop waits at its gate until "wasl release" lets it go, and
"wasl run" then applies exactly what was shown. Files for the ERP, the authority
and our own tables are read as well; the tables are filled, for others look into
them, and the rest leaves with the next "wasl run".

With a job or a drop it shows the plan that was made then, beside what the shop
holds by now, and changes nothing at all.

What cannot be planned now, the shop being away, is held when it is read later,
also by "wasl run". A "wasl watch" that runs takes and sends what comes by itself,
so of it a plan shows only what it has not taken or read yet and what gates hold.` + handed,
		Example: "  wasl plan\n  wasl plan 20261125-0001/erp-stock --all\n  wasl plan 20261125-0001 --workbook /tmp/plan.xlsx",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return a.planAgain(cmd.Context(), args[0], p)
			}
			return a.atHouse(cmd, args, p.patience, func(ctx context.Context, h *house) error {
				p.patience = cmp.Or(max(p.patience, 0), h.cfg.Patience)
				return a.plan(ctx, h, p)
			})
		},
	}
	cmd.Flags().BoolVar(&p.all, "all", false, "print every value, not only the first fifty of a job")
	cmd.Flags().StringVar(&p.workbook, "workbook", "", "where to write the workbook (default: reports/plan-JOB.xlsx)")
	cmd.Flags().DurationVar(&p.patience, "patience", 0, "how long to wait for another machine, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// plan is a run that ends before anything leaves. That only plans are asked for
// is stored with what arrives, and with what was not read yet: a run that reads it
// later, because the shop was away now, holds it too.
func (a *app) plan(ctx context.Context, h *house, p planning) error {
	h.entrance.plan.Store(true)
	defer h.entrance.plan.Store(false)
	if err := h.ledger.OnlyPlan(ctx); err != nil {
		return err
	}
	return a.shift(ctx, h, func() map[string]error { return h.planLanes(ctx, p.patience) },
		func(n *nightly) error {
			n.shown = true
			var plans []reconcile.Plan
			for _, j := range n.jobs {
				fresh := slices.ContainsFunc(n.taken.Drops, func(d pipeline.Drop) bool { return d.ID == j.Drop.ID })
				if _, ok := h.foreseen(j.Flow); !ok || !planned(j) || !fresh && !isHeld(j) {
					continue
				}
				plan, _, err := a.planOf(ctx, h.ledger, j)
				if err != nil {
					return err
				}
				plans = append(plans, plan)
			}
			return a.showPlans(ctx, h.cfg, plans, p)
		})
}

// planned tells whether a job has a plan: its file is read, and was used.
func planned(j pipeline.Opened) bool {
	return j.Verdict == "" && j.Step != pipeline.StepPrepare
}

// planLanes fills our own tables, into which mappings look, and then reads what
// is to be read in the other lanes, of which nothing leaves.
func (h *house) planLanes(ctx context.Context, patience time.Duration) map[string]error {
	var tables, others []string
	for _, f := range h.flows {
		switch {
		case f.off:
		case f.section == "":
			tables = append(tables, f.flow.Lane)
		default:
			others = append(others, f.flow.Lane)
		}
	}
	slices.Sort(tables)
	slices.Sort(others)
	ends := h.workIn(ctx, slices.Compact(tables), h.ledger, patience)
	maps.Copy(ends, h.workIn(ctx, slices.Compact(others), readOnly{h.ledger}, patience))
	return ends
}

// readOnly is a queue that never calls for anything to leave.
type readOnly struct{ pipeline.Queue }

// Next is what the lane should do now: prepare a job, or wait where preparing has
// failed. Whatever else is due, or waited for, is for others to do.
func (q readOnly) Next(ctx context.Context, lane string, now time.Time) (pipeline.Due, error) {
	due, err := q.Queue.Next(ctx, lane, now)
	if err != nil || due.Step == pipeline.StepPrepare || due.Tries > 0 && due.Wait > 0 && due.Step == "" {
		return due, err
	}
	return pipeline.Due{}, nil
}

// planOf is the plan of a job as it was filed, with the documents that it was
// made of.
func (a *app) planOf(ctx context.Context, l *ledger.Ledger, j pipeline.Opened) (reconcile.Plan, []pipeline.Entry, error) {
	plan := reconcile.Plan{Job: j}
	var err error
	if plan.Gate, err = gateReasons(ctx, l, j.Job); err != nil {
		return plan, nil, err
	}
	var entries []pipeline.Entry
	for e, err := range l.EntriesOf(ctx, j.Job) {
		if err != nil {
			return plan, nil, err
		}
		plan.Lines = append(plan.Lines, reconcile.Lines(a.language(), e)...)
		if e.State == pipeline.Ready {
			entries = append(entries, e)
		}
	}
	return plan, entries, nil
}

// planAgain shows the plan of a job once more, beside what the shop holds by now.
func (a *app) planAgain(ctx context.Context, word string, p planning) error {
	c, err := a.settings()
	if err != nil {
		return err
	}
	l, err := a.openReading(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = l.Shut() }() // it was only read
	flows, err := a.foreseenFlows(ctx, c, l)
	if err != nil {
		return err
	}
	mine := func(j pipeline.Opened) bool { _, ok := flows[j.Flow]; return ok }
	j, err := jobNamed(ctx, l, word, mine)
	if err != nil {
		return a.cannot(err)
	}
	with := map[string]string{"job": j.Job.String(), "drop": j.Drop.ID}
	switch {
	case !mine(j):
		return a.cannot(&pipeline.Trouble{Rule: "plan.blind", With: with})
	case !planned(j):
		return a.cannot(&pipeline.Trouble{Rule: "plan.unread", With: with})
	}
	plan, ready, err := a.planOf(ctx, l, j)
	if err != nil {
		return err
	}
	away := a.look(ctx, c, l, flows[j.Flow], &plan, ready)
	if err := a.showPlans(ctx, c, []reconcile.Plan{plan}, p); err != nil {
		return err
	}
	if away != nil {
		return away
	}
	if isHeld(j) {
		a.code = exitAside
	}
	return nil
}

// foreseenFlows are the flows that are on and whose changes can be told, by name.
func (a *app) foreseenFlows(ctx context.Context, c *Config, l *ledger.Ledger) (map[string]pipeline.Flow, error) {
	all, findings, err := doors(c, l, func(pipeline.Event) {})
	if err != nil {
		return nil, err
	}
	var files []flowFile
	if len(findings) == 0 {
		if files, findings, err = readMappings(c, all, lookupIn(ctx, l)); err != nil {
			return nil, err
		}
	}
	if len(findings) > 0 {
		a.findings(findings)
		return nil, printed{exitUsage}
	}
	out := map[string]pipeline.Flow{}
	for _, f := range files {
		if _, plans := f.flow.Sink.(pipeline.Planner); plans && !f.off {
			out[f.flow.Name] = f.flow
		}
	}
	return out, nil
}

// planPath is where the workbook of plans goes.
func planPath(c *Config, job pipeline.Job, given string) string {
	if given != "" {
		return given
	}
	return filepath.Join(c.path(c.Reports), reconcile.PlanName(job))
}
