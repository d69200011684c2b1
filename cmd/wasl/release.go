package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

func (a *app) releaseCommand() *cobra.Command {
	var drop bool
	var asked request
	cmd := &cobra.Command{
		Use:   "release JOB --by NAME --why TEXT",
		Short: "Let a job go that its gate holds, or drop what it would change",
		Long: `release lets a job leave that its gate holds, because it would change more than
its flow allows, or because only its plan was asked for. Who did it, when and why
is kept. The next "wasl run" applies exactly its plan. Only one wasl writes at a
time: end "wasl watch" before it, and start it again after.

With --drop nothing of it leaves any more: what it would have changed is parked.`,
		Example: "  wasl release 20261125-0001/erp-stock --by Mona --why \"end of season\" && wasl run\n" +
			"  wasl release 20261125-0001/erp-stock --drop --by Mona --why \"the export was cut off\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "release.consent", With: map[string]string{"job": args[0]}}}
			}
			h, err := a.openHouse(cmd.Context(), a.teller().tell)
			if err != nil {
				return err
			}
			return errors.Join(a.release(cmd.Context(), h, args[0], asked, drop), h.close())
		},
	}
	cmd.Flags().BoolVar(&drop, "drop", false, "do not let it go: nothing of it leaves any more")
	cmd.Flags().StringVar(&asked.by, "by", "", "who decides it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right")
	return cmd
}

func (a *app) release(ctx context.Context, h *house, word string, asked request, drop bool) error {
	job, err := jobNamed(ctx, h.ledger, word, func(j pipeline.Opened) bool { return isHeld(j) })
	if err != nil {
		return a.cannot(err)
	}
	if !isHeld(job) {
		return a.cannot(notHeld(h.cfg, job))
	}
	err = h.ledger.Release(ctx, pipeline.Release{Job: job.Job, By: asked.by, Why: asked.why, Drop: drop})
	if errors.Is(err, ledger.ErrNotHeld) {
		return a.cannot(notHeld(h.cfg, job))
	}
	if err != nil {
		return err
	}
	count := job.States[pipeline.Ready]
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "release", "job": job.Job.String(), "dropped": drop, "by": asked.by, "why": asked.why, "documents": count})
		return nil
	}
	said := a.say("release.done", "job", job.Job.String(), "by", asked.by, "count", humanize.Comma(int64(count)))
	if drop {
		said = a.say("release.dropped", "job", job.Job.String(), "by", asked.by, "count", humanize.Comma(int64(count)))
	}
	fmt.Fprintln(a.out, said)
	return nil
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
