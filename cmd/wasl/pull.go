package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/shopify"
)

// pullAsk is what is to be pulled.
type pullAsk struct {
	what         string
	since, until string // as they were typed
	all          bool   // from the beginning
	check        bool   // prove that nothing is missing
	days         int    // of the proof
}

func (a *app) pullCommand() *cobra.Command {
	var ask pullAsk
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "pull " + strings.Join(shopify.PullKinds, "|"),
		Short: "Ask Shopify what has changed, and drop it into the inbox",
		Long: `pull asks the shop for what has changed since the last pull, and drops it into the
inbox as one file: orders with their refunds, payments and parcels as Shopify says
them; customers, transactions, payouts and stock in the columns of the admin's own
files. The next run reads it like any file. Where nothing has changed nothing is
dropped. How far it got is kept only after the file lies in the inbox, and the next
pull begins a little before: what comes twice changes nothing.

The first pull has to be told from when: --since, or --all.

--check proves that no order is missing: it reads the ids and times of all orders that
changed in the last days, holds them against what was pulled, pulls what is not there,
and says which orders are no longer in the shop. With pull: in wasl.yaml "wasl
watch" pulls by the clock, "wasl run" at its start, and both prove it once a day.` + handed,
		Example:   "  wasl pull orders --since 2026-12-01\n  wasl pull orders --check --days 30\n  wasl pull stock",
		Args:      cobra.ExactArgs(1),
		ValidArgs: shopify.PullKinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.what = args[0]
			if !slices.Contains(shopify.PullKinds, ask.what) || ask.check && ask.what != shopify.PullOrders {
				return usage{&pipeline.Trouble{Rule: "pull.what", With: map[string]string{"given": ask.what, "known": strings.Join(shopify.PullKinds, ", ")}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error { return a.pull(ctx, h, ask) })
		},
	}
	cmd.Flags().StringVar(&ask.since, "since", "", "changed at this day or time or later, such as 2026-12-01 (default: where the last pull ended)")
	cmd.Flags().StringVar(&ask.until, "until", "", "changed before this day or time (default: now)")
	cmd.Flags().BoolVar(&ask.all, "all", false, "everything, from the beginning")
	cmd.Flags().BoolVar(&ask.check, "check", false, "prove that no order is missing, and pull what is")
	cmd.Flags().IntVar(&ask.days, "days", 0, "over how many days --check looks back (default: pull: check in wasl.yaml, or 7)")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// pull does what was asked for by hand, and prints what came.
func (a *app) pull(ctx context.Context, h *house, ask pullAsk) error {
	if ask.check {
		proof, err := h.proveOrders(ctx, ask.days)
		if err != nil {
			return a.cannot(err)
		}
		a.showProof(proof)
		return nil
	}
	w, err := h.pullWant(ctx, ask)
	if _, wrong := errors.AsType[usage](err); wrong {
		return err
	}
	if err != nil {
		return a.cannot(err)
	}
	got, err := h.drop(ctx, ask.what, w)
	if err != nil {
		return a.cannot(err)
	}
	a.showPull(got)
	return nil
}

// pulled is what a pull brought.
type pulled struct {
	What    string             `json:"pulled"`
	Files   []string           `json:"files,omitempty"` // none: nothing had changed, nothing was dropped
	Count   int                `json:"count"`
	Since   time.Time          `json:"since,omitzero"`
	Newest  time.Time          `json:"newest,omitzero"`
	Calls   int                `json:"calls"`
	Points  float64            `json:"points"`
	Missing []pipeline.Problem `json:"-"`
}

// showPull prints what came.
func (a *app) showPull(p pulled) {
	if a.json {
		a.jsonLine(a.out, p)
		a.problemLines(p.Missing)
		return
	}
	with := []string{"what", a.say("pull." + p.What), "count", humanize.Comma(int64(p.Count)), "file", a.upright(strings.Join(p.Files, ", "))}
	words := "pull.some"
	switch {
	case len(p.Files) == 0:
		words = "pull.none"
	case p.What == shopify.PullStock:
		words = "pull.shelved"
	}
	fmt.Fprintln(a.out, a.say(words, with...))
	a.problemLines(p.Missing)
}
