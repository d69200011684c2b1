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
	"wasl/pipeline/ledger"
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

// shop is the door to Shopify.
func (h *house) shop() (*shopify.Sink, error) {
	for _, d := range h.doors {
		if s, ok := d.sink.(*shopify.Sink); ok && !d.off {
			return s, nil
		}
	}
	return nil, &pipeline.Trouble{Rule: "pull.off"}
}

// pullWant is from when to when is asked: as it was said, or on from where the last
// pull ended, or from the day that the settings name for the first.
func (h *house) pullWant(ctx context.Context, ask pullAsk) (w shopify.Want, err error) {
	s, err := h.shop()
	if err != nil {
		return w, err
	}
	if w.Until, err = h.moment(ask.until); err != nil {
		return w, err
	}
	if ask.all || ask.what == shopify.PullStock {
		return w, nil
	}
	place, _, err := h.ledger.PullPlace(ctx, s.Shop(), ask.what)
	switch {
	case err != nil:
		return w, err
	case ask.since != "":
		w.Since, err = h.moment(ask.since)
	case !place.IsZero():
		w.Since = place.Add(-shopify.PullOverlap(ask.what))
	case s.Pulls().Since != "":
		w.Since, err = h.moment(s.Pulls().Since)
	default:
		err = usage{&pipeline.Trouble{Rule: "pull.first", With: map[string]string{"what": ask.what}}}
	}
	return w, err
}

// moment reads a day of the shop, or a time with its zone; the zero time of nothing.
func (h *house) moment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, h.cfg.zone)
	if err != nil {
		return at, usage{&pipeline.Trouble{Rule: "pull.time", With: map[string]string{"given": text}}}
	}
	return at, nil
}

// drop pulls, drops the file, and only then keeps how far it goes. The place stays
// where it is when the pull begins behind it, or else what lies between would never
// be asked for.
func (h *house) drop(ctx context.Context, what string, w shopify.Want) (pulled, error) {
	s, err := h.shop()
	if err != nil {
		return pulled{}, err
	}
	place, _, err := h.ledger.PullPlace(ctx, s.Shop(), what)
	if err != nil {
		return pulled{}, err
	}
	w.Dir = h.cfg.path(h.cfg.State)
	p, err := s.Pull(ctx, what, w)
	if err != nil {
		return pulled{}, err
	}
	defer func() { _ = p.Close() }() // a temporary file that stays is swept by the system
	got := pulled{What: what, Count: p.Count, Since: w.Since, Newest: p.Newest, Calls: p.Used.Calls, Points: p.Used.Points, Missing: p.Missing}
	for one := p; one != nil; one = one.Next {
		if one.Count == 0 {
			continue
		}
		if err := h.inbox.Put(ctx, one.Name, one.Reader(), "pull:"+what); err != nil {
			return got, err
		}
		if one != p {
			got.Count += one.Count
		}
		got.Files = append(got.Files, one.Name)
	}
	if got.Files == nil {
		return got, nil
	}
	newest := p.Newest
	if !place.IsZero() && w.Since.After(place) || what == shopify.PullStock || w.IDs != nil || w.Gone != nil {
		newest = time.Time{}
	}
	return got, h.ledger.KeepPull(ctx, s.Shop(), what, newest, hadIn(p, w))
}

// hadIn are the orders of a pulled file, as the ledger keeps them.
func hadIn(p *shopify.Pull, w shopify.Want) []ledger.Pulled {
	out := make([]ledger.Pulled, 0, len(p.Orders))
	for _, o := range p.Orders {
		gone := slices.ContainsFunc(w.Gone, func(g shopify.Seen) bool { return g.ID == o.ID })
		out = append(out, ledger.Pulled{ID: o.ID, Name: o.Name, Created: o.Created, Updated: o.Updated, Gone: gone})
	}
	return out
}

// proof is what came of holding the shop's orders against what was pulled.
type proof struct {
	Days    int      `json:"days"`
	Seen    int      `json:"seen"`
	Missing []string `json:"missing"` // and pulled now
	Gone    []string `json:"gone"`
	File    string   `json:"file,omitempty"`
}

// checked is under what name the ledger keeps when the orders were proved last.
const checked = "orders.check"

// proveOrders holds ids and times of the orders that changed in the last days against
// what was pulled. First it pulls what has changed since the last pull: that is not
// missing yet.
func (h *house) proveOrders(ctx context.Context, days int) (proof, error) {
	s, err := h.shop()
	if err != nil {
		return proof{}, err
	}
	if days <= 0 {
		days = max(s.Pulls().Check, 0)
	}
	if days == 0 {
		days = 7
	}
	p := proof{Days: days, Missing: []string{}, Gone: []string{}}
	place, err := h.upToNow(ctx, s)
	if err != nil {
		return p, err
	}
	now := time.Now()
	since := now.AddDate(0, 0, -days)
	seen, err := s.OrdersSeen(ctx, since)
	if err != nil {
		return p, err
	}
	known, err := h.ledger.PulledSince(ctx, s.Shop(), shopify.PullOrders, since)
	if err != nil {
		return p, err
	}
	var w shopify.Want
	p.Seen = len(seen)
	for _, o := range seen {
		later := !place.IsZero() && o.Updated.After(place) // changed meanwhile: for the next pull
		if k, ok := known[o.ID]; !later && (!ok || k.Updated.Before(o.Updated)) {
			p.Missing, w.IDs = append(p.Missing, o.Name), append(w.IDs, o.ID)
		}
		delete(known, o.ID)
	}
	if w.Gone, err = s.OrdersGone(ctx, suspects(known)); err != nil {
		return p, err
	}
	for _, o := range w.Gone {
		p.Gone = append(p.Gone, o.Name)
	}
	if len(w.IDs)+len(w.Gone) > 0 {
		got, err := h.drop(ctx, shopify.PullOrders, w)
		if err != nil {
			return p, err
		}
		p.File = strings.Join(got.Files, ", ")
	}
	return p, h.ledger.KeepPull(ctx, s.Shop(), checked, now, nil)
}

// upToNow pulls the orders that changed since the last pull, and gives the place it
// got to; zero where none were ever pulled.
func (h *house) upToNow(ctx context.Context, s *shopify.Sink) (time.Time, error) {
	place, _, err := h.ledger.PullPlace(ctx, s.Shop(), shopify.PullOrders)
	if err != nil || place.IsZero() {
		return place, err
	}
	if _, err := h.drop(ctx, shopify.PullOrders, shopify.Want{Since: place.Add(-shopify.Overlap)}); err != nil {
		return place, err
	}
	place, _, err = h.ledger.PullPlace(ctx, s.Shop(), shopify.PullOrders)
	return place, err
}

// suspects are the orders that were pulled, and that the shop did not show.
func suspects(known map[string]ledger.Pulled) (out []shopify.Seen) {
	for _, k := range known {
		if !k.Gone {
			out = append(out, shopify.Seen{ID: k.ID, Name: k.Name, Created: k.Created, Updated: k.Updated})
		}
	}
	slices.SortFunc(out, func(a, b shopify.Seen) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// showPull prints what came.
func (a *app) showPull(p pulled) {
	if a.json {
		a.jsonLine(a.out, p)
		a.problemLines(p.Missing)
		return
	}
	with := []string{"what", a.say("pull." + p.What), "count", humanize.Comma(int64(p.Count)), "file", a.upright(strings.Join(p.Files, ", "))}
	if len(p.Files) == 0 {
		fmt.Fprintln(a.out, a.say("pull.none", with...))
	} else {
		fmt.Fprintln(a.out, a.say("pull.some", with...))
	}
	a.problemLines(p.Missing)
}

// showProof prints what was found missing.
func (a *app) showProof(p proof) {
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "proof", "days": p.Days, "seen": p.Seen, "missing": p.Missing, "gone": p.Gone, "file": p.File})
	} else {
		fmt.Fprintln(a.out, a.say("pull.proof", "days", fmt.Sprint(p.Days), "count", humanize.Comma(int64(p.Seen)), "missing", fmt.Sprint(len(p.Missing)), "gone", fmt.Sprint(len(p.Gone))))
		for _, line := range p.problems() {
			fmt.Fprintf(a.out, "  %s\n", line.Says(a.language()))
		}
	}
	if len(p.Missing)+len(p.Gone) > 0 {
		a.code = exitAside
	}
}

// mostNames is how many orders are named one by one.
const mostNames = 50

// problems are what a proof has to say, by name.
func (p proof) problems() (out []pipeline.Problem) {
	names := func(all []string) map[string]string {
		if len(all) > mostNames {
			all = append(slices.Clone(all[:mostNames]), fmt.Sprintf("… (%d)", len(all)))
		}
		return map[string]string{"names": strings.Join(all, ", ")}
	}
	if len(p.Missing) > 0 {
		out = append(out, pipeline.Problem{Rule: "pull.missed", With: names(p.Missing)})
	}
	if len(p.Gone) > 0 {
		out = append(out, pipeline.Problem{Rule: "pull.gone", With: names(p.Gone)})
	}
	return out
}
