package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

func (a *app) releaseCommand() *cobra.Command {
	var drop bool
	var asked request
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "release JOB --by NAME --why TEXT",
		Short: "Let a job go that its gate holds, or drop what it would change",
		Long: `release lets a job leave that its gate holds, because it would change more than
its flow allows, or because only its plan was asked for. Who did it, when and why
is kept. The next "wasl run", or a "wasl watch" that runs, applies exactly its plan.

With --drop nothing of it leaves any more: what it would have changed is parked.` + handed,
		Example: "  wasl release 20261125-0001/erp-stock --by Mona --why \"end of season\" && wasl run\n" +
			"  wasl release 20261125-0001/erp-stock --drop --by Mona --why \"the export was cut off\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "release.consent", With: map[string]string{"job": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error {
				return a.release(ctx, h, args[0], asked, drop)
			})
		},
	}
	cmd.Flags().BoolVar(&drop, "drop", false, "do not let it go: nothing of it leaves any more")
	cmd.Flags().StringVar(&asked.by, "by", "", "who decides it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) release(ctx context.Context, h *house, word string, asked request, drop bool) error {
	before, done, err := h.ledger.Requested(ctx, a.errand)
	switch {
	case err != nil:
		return err
	case done:
		return a.releasedBefore(ctx, h, before, asked, drop)
	}
	job, err := jobNamed(ctx, h.ledger, word, func(j pipeline.Opened) bool { return isHeld(j) })
	if err != nil {
		return a.cannot(err)
	}
	if !isHeld(job) {
		return a.cannot(notHeld(h.cfg, job))
	}
	err = h.ledger.Release(ctx, pipeline.Release{Job: job.Job, By: asked.by, Why: asked.why, Drop: drop, Request: a.errand})
	if errors.Is(err, ledger.ErrNotHeld) {
		return a.cannot(notHeld(h.cfg, job))
	}
	if err != nil {
		return err
	}
	a.released(job.Job, job.States[pipeline.Ready], asked, drop)
	return nil
}

// releasedBefore says what a request did that was done before a crash.
func (a *app) releasedBefore(ctx context.Context, h *house, done pipeline.Job, asked request, drop bool) error {
	job, err := h.ledger.Job(ctx, done)
	if err != nil {
		return err
	}
	count := job.States[pipeline.Parked]
	if !drop {
		count = job.States[pipeline.Ready] + job.States[pipeline.Sending] + job.States[pipeline.Accepted] +
			job.States[pipeline.Delivered] + job.States[pipeline.Rejected]
	}
	a.released(done, count, asked, drop)
	return nil
}

// released says that a job was let go, or dropped, and what happens next.
func (a *app) released(job pipeline.Job, count int, asked request, drop bool) {
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "release", "job": job.String(), "dropped": drop, "by": asked.by, "why": asked.why, "documents": count})
		return
	}
	facts := []string{"job", a.upright(job.String()), "by", asked.by, "count", humanize.Comma(int64(count))}
	said := a.say("release.done", facts...)
	switch {
	case drop:
		said = a.say("release.dropped", facts...)
	case a.watched():
		said = a.say("release.leaves", facts...)
	}
	fmt.Fprintln(a.out, said)
}

// notHeld says why a job cannot be released: nothing holds it, or somebody has
// decided it before.
func notHeld(c *Config, j pipeline.Opened) error {
	with := map[string]string{"job": j.Job.String(), "drop": j.Drop.ID, "by": j.Release.By, "at": c.minute(j.Release.At)}
	switch j.Gate {
	case pipeline.GateReleased:
		return &pipeline.Trouble{Rule: "release.done", With: with}
	case pipeline.GateDropped:
		return &pipeline.Trouble{Rule: "release.dropped", With: with}
	}
	return &pipeline.Trouble{Rule: "release.open", With: with}
}

// cannot prints what an operator can act on and ends with the code of what could
// not be done; other errors stay as they are.
func (a *app) cannot(err error) error {
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
		a.fail(trouble)
		return printed{exitCouldNot}
	}
	return err
}
