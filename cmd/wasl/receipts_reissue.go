package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

func (a *app) receiptsReissueCommand() *cobra.Command {
	var asked request
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "reissue KEY|UUID|ORDER|NUMBER --by NAME --why TEXT",
		Short: "Issue a new receipt in place of a refused one, from what is known now",
		Long: `reissue reads the rows of a refused receipt once more, with the item list and the
settings as they are now, and issues a new receipt in its place: it names the
refused one (referenceOldUUID) and has the same place in the chain of the POS
(previousUUID). What is valid is never replaced: a return takes it back. Who asked
for it and why is kept. The next "wasl run", or a "wasl watch" that runs, sends it.` + handed,
		Example: "  wasl receipts reissue '#1042' --by Mona --why \"the item's code is registered now\" && wasl run",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "reissue.consent", With: map[string]string{"word": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error {
				return a.receiptReissue(ctx, h, args[0], asked)
			})
		},
	}
	cmd.Flags().StringVar(&asked.by, "by", "", "who asks for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right now")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) receiptReissue(ctx context.Context, h *house, word string, asked request) error {
	found, err := receiptsNamed(ctx, h.ledger, word)
	if err != nil {
		return a.cannot(err)
	}
	_, done, err := h.ledger.Requested(ctx, a.errand)
	if err != nil {
		return err
	}
	r, err := reissuable(newestOfKeys(found), word)
	if err != nil && !done {
		return a.cannot(err)
	}
	if !done {
		if err := a.putReissue(ctx, h, r, asked); err != nil {
			return err
		}
	} else {
		r = found[len(found)-1]
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "reissue", "key": r.Key, "order": r.Paper.Order, "replaces": r.Paper.UUID, "by": asked.by, "why": asked.why})
		return nil
	}
	facts := []string{"number", a.upright(cmp.Or(r.Number, r.Paper.Order)), "uuid", a.upright(brief(r.Paper.UUID)), "by", asked.by}
	said := a.say("reissue.put", facts...)
	if a.watched() {
		said = a.say("reissue.taken", facts...)
	}
	fmt.Fprintln(a.out, said)
	return nil
}

// reissuable is the one receipt that may be replaced, or why none may.
func reissuable(newest []receipt, word string) (receipt, error) {
	var open []receipt
	for _, r := range newest {
		if r.State == pipeline.Rejected && r.By == "" {
			open = append(open, r)
		}
	}
	with := map[string]string{"word": word}
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		var keys []string
		for _, r := range open {
			keys = append(keys, r.Key)
		}
		with["keys"] = strings.Join(keys, ", ")
		return receipt{}, &pipeline.Trouble{Rule: "reissue.several", With: with}
	}
	r := newest[len(newest)-1]
	with["number"] = cmp.Or(r.Number, r.Paper.Order)
	switch r.State {
	case pipeline.Delivered:
		return r, &pipeline.Trouble{Rule: "reissue.valid", With: with}
	case pipeline.Held, pipeline.Parked:
		return r, &pipeline.Trouble{Rule: "reissue.held", With: with}
	}
	return r, &pipeline.Trouble{Rule: "reissue.open", With: with}
}

// putReissue puts the rows of a refused receipt into the inbox as the workbook that a
// person would have dropped without a change: it goes the way of every corrected row,
// and is built anew from what is known now.
func (a *app) putReissue(ctx context.Context, h *house, r receipt, asked request) error {
	job, err := h.ledger.Job(ctx, r.Job)
	if err != nil {
		return err
	}
	var book bytes.Buffer
	err = reconcile.PackFix(ctx, &book, job, r.Entry, reread(h.vault, h.flows), reportOptions(h.cfg, h.doors))
	if noRows(err) {
		return a.cannot(&pipeline.Trouble{Rule: "reissue.rows", With: map[string]string{"word": r.Key, "job": r.Job.String(), "flow": r.Job.Flow}})
	}
	if err != nil {
		return err
	}
	if err := h.ledger.Reissue(ctx, pipeline.Reissue{Ref: r.Paper.UUID, Key: r.Key, By: asked.by, Why: asked.why}); err != nil {
		return err
	}
	from := "reissue:" + r.Key
	if a.errand != "" {
		h.entrance.errand.Store(&requested{from: from, errand: a.errand})
		defer h.entrance.errand.Store(nil)
	}
	return h.inbox.Put(ctx, "reissue-"+reconcile.FileSafe(cmp.Or(r.Number, r.Key))+".xlsx", &book, from)
}
