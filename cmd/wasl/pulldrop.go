package main

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/shopify"
)

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
	w.Only = ask.only
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
	unwanted := h.unwanted(what)
	if n := len(shopify.PullHeads(what)); n > 0 && len(unwanted) == n {
		return pulled{}, &pipeline.Trouble{Rule: unwanted[0].Rule, With: unwanted[0].With}
	}
	byHand := !w.Only.Empty()
	if what == shopify.PullOrders && !byHand {
		w.Only, w.Known = s.Pulls().Only, func(id string) bool {
			was, err := h.ledger.WasPulled(ctx, s.Shop(), what, id)
			return was || err != nil // where it cannot be told it is pulled again
		}
	}
	w.Told = func(have, of int) {
		h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventPulling, Note: what, Count: map[string]int{"rows": have, "of": of}})
	}
	w.Dir = h.cfg.path(h.cfg.State)
	sweepPulls(w.Dir, time.Now().Add(-24*time.Hour))
	p, err := s.Pull(ctx, what, w)
	if err != nil {
		return pulled{}, err
	}
	defer func() { _ = p.Close() }() // what stays is swept by a later pull
	got := pulled{What: what, Since: w.Since, Newest: p.Newest, Calls: p.Used.Calls, Points: p.Used.Points, Missing: append(p.Missing, unwanted...), Left: len(p.Left), Only: w.Only.String(), left: p.Left}
	if what == shopify.PullStock {
		return got, h.shelve(p, &got)
	}
	if err := h.put(ctx, p, unwanted, &got); err != nil || got.Files == nil && len(p.Left) == 0 {
		return got, err
	}
	newest := p.Newest
	if !place.IsZero() && w.Since.After(place) || w.IDs != nil || w.Gone != nil || byHand {
		newest = time.Time{}
	}
	return got, h.ledger.KeepPull(ctx, s.Shop(), what, newest, hadIn(p, w, byHand))
}

// unwanted are the files of a pull that no flow takes.
func (h *house) unwanted(what string) (out []pipeline.Problem) {
	heads := shopify.PullHeads(what)
	for _, name := range slices.Sorted(maps.Keys(heads)) {
		d := pipeline.Drop{Name: name, Size: int64(len(heads[name]))}
		if len(h.claims(d, strings.NewReader(heads[name]))) == 0 {
			kind, ending, _ := strings.Cut(name, "-0")
			out = append(out, pipeline.Problem{Rule: "pull.unclaimed", With: map[string]string{"name": name, "pattern": kind + "-*" + ending, "format": "shopify." + kind}})
		}
	}
	return out
}

// sameKind tells whether two names of pulled files are of the same sort.
func sameKind(a, b string) bool {
	a, _, _ = strings.Cut(a, "-")
	b, _, _ = strings.Cut(b, "-")
	return a == b
}

// put drops the files of a pull that are not empty, and that some flow takes.
func (h *house) put(ctx context.Context, p *shopify.Pull, unwanted []pipeline.Problem, got *pulled) error {
	for one := p; one != nil; one = one.Next {
		if one.Count == 0 || slices.ContainsFunc(unwanted, func(u pipeline.Problem) bool { return sameKind(u.With["name"], one.Name) }) {
			continue
		}
		if err := h.inbox.Put(ctx, one.Name, one.Reader(), pipeline.PullFrom+p.What); err != nil {
			return err
		}
		got.Count += one.Count
		got.Files = append(got.Files, one.Name)
	}
	return nil
}

// shelve puts a file for people into the folder of reports, whole or not at all: in
// the inbox the shop's own stock would be taken for what the ERP says.
func (h *house) shelve(p *shopify.Pull, got *pulled) error {
	if p.Count == 0 {
		return nil
	}
	path := filepath.Join(h.cfg.path(h.cfg.Reports), "shopify-"+p.Name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	err := pipeline.WriteWhole(path, 0o644, func(out io.Writer) error {
		_, err := io.Copy(out, p.Reader())
		return err
	})
	got.Count, got.Files = p.Count, []string{path}
	return err
}

// sweepPulls removes the temporary files of pulls that were killed.
func sweepPulls(dir string, before time.Time) {
	all, _ := filepath.Glob(filepath.Join(dir, "pull-*")) // the pattern is right
	for _, path := range all {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = os.Remove(path) // another pull will try again
		}
	}
}

// hadIn are the orders of a pulled file, as the ledger keeps them, and those that the
// filter of the settings left out. What one by hand left out is asked for again.
func hadIn(p *shopify.Pull, w shopify.Want, byHand bool) []ledger.Pulled {
	out := make([]ledger.Pulled, 0, len(p.Orders))
	for _, o := range p.Orders {
		gone := slices.ContainsFunc(w.Gone, func(g shopify.Seen) bool { return g.ID == o.ID })
		out = append(out, ledger.Pulled{ID: o.ID, Name: o.Name, Created: o.Created, Updated: o.Updated, Gone: gone})
	}
	for _, o := range p.Left {
		if !byHand {
			out = append(out, ledger.Pulled{ID: o.ID, Name: o.Name, Created: o.Created, Updated: o.Updated, Left: w.Only.String()})
		}
	}
	return out
}
