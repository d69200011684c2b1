package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	since, until string         // as they were typed
	all          bool           // from the beginning
	check        bool           // prove that nothing is missing
	days         int            // of the proof
	gone         bool           // however many orders are gone, that is so
	only         shopify.Filter // of orders; empty: that of the settings
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
and says which orders are no longer in the shop; their sales are cancelled in the ERP.
Where more than five and a fifth of all are gone, nothing is cancelled before --gone
says that it is so.

Orders can be filtered: --status, --tag, --not-tag, --location, --channel, and by the
day they were placed. The filter of every pull stands in wasl.yaml, under pull: only:;
what it leaves out is counted and is not missing to --check, and an order that was
pulled once is followed to its end when it no longer fits. A filter given here takes
its place for this pull; where the next one begins does not move then. With pull: in wasl.yaml "wasl
watch" pulls by the clock, "wasl run" at its start, and both prove it once a day.` + handed,
		Example:   "  wasl pull orders --since 2026-12-01\n  wasl pull orders --since 2026-11-01 --status paid --tag vip,gold\n  wasl pull orders --check --days 30\n  wasl pull stock",
		Args:      cobra.ExactArgs(1),
		ValidArgs: shopify.PullKinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			ask.what = args[0]
			if !slices.Contains(shopify.PullKinds, ask.what) || ask.check && ask.what != shopify.PullOrders {
				return usage{&pipeline.Trouble{Rule: "pull.what", With: map[string]string{"given": ask.what, "known": strings.Join(shopify.PullKinds, ", ")}}}
			}
			if err := ask.filtered(); err != nil {
				return err
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error { return a.pull(ctx, h, ask) })
		},
	}
	cmd.Flags().StringVar(&ask.since, "since", "", "changed at this day or time or later, such as 2026-12-01 (default: where the last pull ended)")
	cmd.Flags().StringVar(&ask.until, "until", "", "changed before this day or time (default: now)")
	cmd.Flags().StringSliceVar(&ask.only.Status, "status", nil, "orders of one of these states only: paid, pending, open, cancelled, fulfilled ...")
	cmd.Flags().StringSliceVar(&ask.only.Tag, "tag", nil, "orders with one of these tags only")
	cmd.Flags().StringSliceVar(&ask.only.NotTag, "not-tag", nil, "orders with none of these tags")
	cmd.Flags().StringSliceVar(&ask.only.Location, "location", nil, "orders sold at the till of one of these locations only, by name or id")
	cmd.Flags().StringSliceVar(&ask.only.Channel, "channel", nil, "orders that came by one of these only: web, pos, shopify_draft_order ...")
	cmd.Flags().StringVar(&ask.only.Since, "placed-since", "", "orders placed at this day or later only, such as 2026-12-01")
	cmd.Flags().StringVar(&ask.only.Before, "placed-before", "", "orders placed before this day only")
	cmd.Flags().BoolVar(&ask.all, "all", false, "everything, from the beginning")
	cmd.Flags().BoolVar(&ask.check, "check", false, "prove that no order is missing, and pull what is")
	cmd.Flags().IntVar(&ask.days, "days", 0, "over how many days --check looks back (default: pull: check in wasl.yaml, or 7)")
	cmd.Flags().BoolVar(&ask.gone, "gone", false, "with --check: take it for true however many orders are gone, and have their sales cancelled")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// filtered finds what is wrong with the filter of a pull by hand.
func (p pullAsk) filtered() error {
	if !p.only.Empty() && (p.what != shopify.PullOrders || p.check) {
		return usage{&pipeline.Trouble{Rule: "pull.filter"}}
	}
	for _, f := range p.only.Validate() {
		with := maps.Clone(f.With)
		with["field"] = "--" + map[string]string{"status": "status", "since": "placed-since", "before": "placed-before"}[f.Path]
		return usage{&pipeline.Trouble{Rule: f.Rule, With: with}}
	}
	return nil
}

// pull does what was asked for by hand, and prints what came.
func (a *app) pull(ctx context.Context, h *house, ask pullAsk) error {
	if ask.check {
		proof, err := h.proveOrders(ctx, ask.days, ask.gone)
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
	Left    int                `json:"left,omitempty"` // orders that the filter left out
	Only    string             `json:"only,omitempty"` // that filter
	Missing []pipeline.Problem `json:"-"`

	left []shopify.Seen
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
	if p.Left > 0 {
		fmt.Fprintln(a.out, a.say("pull.left", "count", humanize.Comma(int64(p.Left)), "filter", a.upright(p.Only)))
	}
	a.problemLines(p.Missing)
}
