package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

func (a *app) undoCommand() *cobra.Command {
	var asked request
	var now bool
	var p planning
	cmd := &cobra.Command{
		Use:   "undo JOB --by NAME --why TEXT",
		Short: "Put back the values that a job replaced, as a job of its own",
		Long: `undo makes a new job that puts back what another has changed at the shop: each
value that it replaced, as it was before. What a person or another app has changed
since is left alone and named. The new job has a plan of its own and waits at its
gate until "wasl release" lets it go; with --now it leaves at once, unless it is
over the limits of its flow.` + handed,
		Example: "  wasl undo 20261125-0001/erp-stock --by Mona --why \"last week's export\"\n" +
			"  wasl undo 20261125-0001/erp-stock --now --by Mona --why \"wrong warehouse\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "undo.consent", With: map[string]string{"job": args[0]}}}
			}
			return a.atHouse(cmd, args, p.patience, func(ctx context.Context, h *house) error {
				p.patience = cmp.Or(max(p.patience, 0), h.cfg.Patience)
				return a.undo(ctx, h, args[0], asked, now, p)
			})
		},
	}
	cmd.Flags().BoolVar(&now, "now", false, "do not wait for a release: put it back at once")
	cmd.Flags().StringVar(&asked.by, "by", "", "who asks for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why")
	cmd.Flags().BoolVar(&p.all, "all", false, "print every value, not only the first fifty")
	cmd.Flags().DurationVar(&p.patience, "patience", 0, "how long to wait for another machine, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) undo(ctx context.Context, h *house, word string, asked request, now bool, p planning) error {
	job, flow, done, err := a.memoBefore(ctx, h)
	if err != nil {
		return err
	}
	if !done {
		var memo pipeline.Memo
		if _, memo, flow, err = a.undoing(ctx, h, word, asked); err != nil {
			return a.cannot(err)
		}
		memo.Hold = !now
		name := a.say("memo.undo", "job", a.upright(memo.Of.String()), "by", asked.by, "why", asked.why)
		if job, err = h.admitMemo(ctx, memo, flow, name, nil, a.errand); err != nil {
			return err
		}
	}
	if now {
		return a.finish(ctx, h, job, flow, p)
	}
	// What came before it is read first, as in a run; nothing of the lane leaves.
	if err := h.workIn(ctx, []string{flow.Lane}, readOnly{h.ledger}, p.patience)[flow.Lane]; err != nil {
		return err
	}
	opened, err := h.ledger.Job(ctx, job)
	if err != nil {
		return err
	}
	if !planned(opened) {
		a.code = exitAside
		if !a.json {
			fmt.Fprintln(a.out, a.say("unplanned", "count", "1"))
		}
		return nil
	}
	plan, _, err := a.planOf(ctx, h.ledger, opened)
	if err != nil {
		return err
	}
	if err := a.showPlans(ctx, h.cfg, []reconcile.Plan{plan}, p); err != nil {
		return err
	}
	if isHeld(opened) || opened.States[pipeline.Held] > 0 {
		a.code = exitAside
	}
	return nil
}

// undoing writes the memo that puts back what a job changed, and names what it
// cannot.
func (a *app) undoing(ctx context.Context, h *house, word string, asked request) (pipeline.Opened, pipeline.Memo, pipeline.Flow, error) {
	memo := pipeline.Memo{Why: pipeline.MemoUndo, By: asked.by, Reason: asked.why}
	job, err := jobNamed(ctx, h.ledger, word, func(j pipeline.Opened) bool {
		_, ok := h.foreseen(j.Flow)
		return ok && j.States[pipeline.Delivered] > 0
	})
	if err != nil {
		return job, memo, pipeline.Flow{}, err
	}
	with := map[string]string{"job": job.Job.String(), "drop": job.Drop.ID}
	flow, ok := h.foreseen(job.Flow)
	if !ok {
		return job, memo, flow, &pipeline.Trouble{Rule: "plan.blind", With: with}
	}
	open := job.States[pipeline.Ready] + job.States[pipeline.Sending] + job.States[pipeline.Accepted]
	if open > 0 {
		with["count"] = fmt.Sprint(open)
		return job, memo, flow, &pipeline.Trouble{Rule: "undo.underway", With: with}
	}
	docs, lost, err := h.ledger.Undoable(ctx, job.Job)
	if err != nil {
		return job, memo, flow, err
	}
	if lost > 0 {
		if err := a.lost(ctx, h, job.Job, lost); err != nil {
			return job, memo, flow, err
		}
	}
	if len(docs) == 0 {
		return job, memo, flow, &pipeline.Trouble{Rule: "undo.nothing", With: with}
	}
	memo.Of, memo.Flow = job.Job, job.Flow
	for _, d := range docs {
		memo.Docs = append(memo.Docs, pipeline.MemoLine{Key: d.Key, Name: d.Name, Body: d.Undo, Words: d.Words, From: d.From, Sent: d.Body})
	}
	return job, memo, flow, nil
}

// mostLost is how many documents that cannot be put back are named.
const mostLost = 20

// lost names the documents that left and cannot be put back.
func (a *app) lost(ctx context.Context, h *house, job pipeline.Job, count int) error {
	var names []string
	for e, err := range h.ledger.EntriesOf(ctx, job) {
		if err != nil {
			return err
		}
		if e.State == pipeline.Delivered && e.Undo == nil && (len(names) < mostLost || a.json) {
			names = append(names, e.Name)
		}
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "lost", "job": job.String(), "count": count, "names": names})
		return nil
	}
	fmt.Fprintf(a.out, "%s\n", a.say("undo.lost", "count", humanize.Comma(int64(count))))
	for _, name := range names {
		fmt.Fprintf(a.out, "  %s\n", name)
	}
	if n := count - len(names); n > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.rest", "count", humanize.Comma(int64(n))))
	}
	return nil
}

// finish works the lane of a memo until nothing is due there, proves what is to be
// proved, writes the day's workbook, and accounts for it.
func (a *app) finish(ctx context.Context, h *house, job pipeline.Job, flow pipeline.Flow, p planning) error {
	lanes := h.workIn(ctx, []string{flow.Lane}, h.ledger, p.patience)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	proved := h.proveAll(ctx)
	opened, err := h.ledger.Job(ctx, job)
	if err != nil {
		return err
	}
	night, err := h.open(ctx, []string{opened.Drop.Day})
	if err != nil {
		return err
	}
	night.lanes = lanes
	report, err := h.steps.Reconcile(ctx, opened.Drop.Day)
	if err != nil {
		night.unwritten = err
	} else {
		night.reports = append(night.reports, report)
	}
	return errors.Join(a.account(ctx, h, night), night.unwritten, proved)
}

// today is the day of now in the shop's zone.
func (c *Config) today() string { return time.Now().In(c.zone).Format(time.DateOnly) }
