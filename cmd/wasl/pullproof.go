package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/shopify"
)

// proof is what came of holding the shop's orders against what was pulled.
type proof struct {
	Days    int
	Seen    int
	Missing []string // and pulled now
	Gone    []string
	Held    bool   // so many are gone that nothing was made of it
	Of      int    // how many were pulled of those days
	Left    int    // left out by the filter, on purpose
	Only    string // that filter
	File    string
}

// fewGone orders may always be gone, and of more no more than one in goneShare.
const (
	fewGone   = 5
	goneShare = 5
)

// checked is under what name the ledger keeps when the orders were proved last.
const checked = "orders.check"

// proveOrders holds ids and times of the orders that changed in the last days against
// what was pulled. First it pulls what has changed since the last pull: that is not
// missing yet.
//
// An order that is gone cancels its sale. So many that the shop rather lost its orders,
// or the app the sight of them, cancel nothing before somebody says that it is so.
func (h *house) proveOrders(ctx context.Context, days int, gone bool) (proof, error) {
	s, err := h.shop()
	if err != nil {
		return proof{}, err
	}
	days = cmp.Or(max(days, 0), max(s.Pulls().Check, 0), 7)
	p := proof{Days: days, Missing: []string{}, Gone: []string{}, Only: s.Pulls().Only.String()}
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
	p.Seen, p.Of = len(seen), len(known)
	for _, o := range seen {
		k, ok := known[o.ID]
		delete(known, o.ID)
		if ok && k.Left != "" && k.Left != p.Only { // by a filter that is no longer there
			ok = false
		}
		later := !place.IsZero() && o.Updated.After(place) // changed meanwhile: for the next pull
		switch {
		case !later && (!ok || k.Updated.Before(o.Updated)):
			p.Missing, w.IDs = append(p.Missing, o.Name), append(w.IDs, o.ID)
		case ok && k.Left != "":
			p.Left++
		}
	}
	if w.Gone, err = s.OrdersGone(ctx, suspects(known)); err != nil {
		return p, err
	}
	for _, o := range w.Gone {
		p.Gone = append(p.Gone, o.Name)
	}
	if n := len(w.Gone); !gone && n > fewGone && n*goneShare > p.Of {
		p.Held, w.Gone = true, nil
	}
	if len(w.IDs)+len(w.Gone) > 0 {
		got, err := h.drop(ctx, shopify.PullOrders, w)
		if err != nil {
			return p, err
		}
		p.File = strings.Join(got.Files, ", ")
		p.Left += len(got.left)
		p.Missing = slices.DeleteFunc(p.Missing, func(name string) bool {
			return slices.ContainsFunc(got.left, func(o shopify.Seen) bool { return o.Name == name })
		})
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
		if !k.Gone && k.Left == "" {
			out = append(out, shopify.Seen{ID: k.ID, Name: k.Name, Created: k.Created, Updated: k.Updated})
		}
	}
	slices.SortFunc(out, func(a, b shopify.Seen) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// showProof prints what was found missing.
func (a *app) showProof(p proof) {
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "proof", "days": p.Days, "seen": p.Seen, "missing": p.Missing, "gone": p.Gone, "held": p.Held, "left": p.Left, "only": p.Only, "file": p.File})
	} else {
		fmt.Fprintln(a.out, a.say("pull.proof", "days", fmt.Sprint(p.Days), "count", humanize.Comma(int64(p.Seen)), "missing", fmt.Sprint(len(p.Missing)), "gone", fmt.Sprint(len(p.Gone))))
		if p.Left > 0 {
			fmt.Fprintln(a.out, a.say("pull.leftOver", "count", humanize.Comma(int64(p.Left)), "filter", a.upright(p.Only)))
		}
		for _, line := range p.problems() {
			fmt.Fprintf(a.out, "  %s\n      %s: %s\n", line.Says(a.language()), a.say("fix"), line.Fix(a.language()))
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
	switch with := names(p.Gone); {
	case p.Held:
		with["count"], with["of"] = fmt.Sprint(len(p.Gone)), fmt.Sprint(p.Of)
		out = append(out, pipeline.Problem{Rule: "pull.vanished", With: with})
	case len(p.Gone) > 0:
		out = append(out, pipeline.Problem{Rule: "pull.gone", With: with})
	}
	return out
}
