package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

// accountPoints tells of the POS whose documents wait, since they are switched off or
// nobody leads to them any more.
func (a *app) accountPoints(ctx context.Context, h *house) error {
	if h.cfg.ETA == nil {
		return nil
	}
	s, err := h.ledger.Status(ctx)
	if err != nil {
		return err
	}
	a.problemList(pointNotes(h.cfg.ETA.Points(), s))
	all, err := alarms(ctx, h.ledger, h.cfg, time.Now())
	if len(all) > 0 && a.code == exitDone {
		a.code = exitAside
	}
	a.tellAlarms(all)
	return err
}

// pointNotes are what is to be said of the POS of the registry: documents wait for one
// that is switched off, or for one that is not there any more.
func pointNotes(points []eta.Point, s ledger.Status) []pipeline.Problem {
	var out []pipeline.Problem
	for _, l := range s.Lanes {
		i := slices.IndexFunc(points, func(p eta.Point) bool { return p.Lane == l.Lane })
		ready := l.States[pipeline.Ready]
		switch {
		case i >= 0 && points[i].Off && ready > 0:
			out = append(out, pipeline.Problem{Rule: "eta.pos.off", With: map[string]string{"pos": points[i].Name, "count": humanize.Comma(int64(ready))}})
		case i < 0 && strings.HasPrefix(l.Lane, "eta/") && waitsIn(l) > 0 && l.Newest.ID == "": // no job is there: only documents are
			out = append(out, pipeline.Problem{Rule: "eta.pos.left", With: map[string]string{"lane": l.Lane, "count": humanize.Comma(int64(waitsIn(l)))}})
		}
	}
	return out
}

// waitsIn are the documents of a lane that are not final.
func waitsIn(l ledger.LaneStatus) int {
	return l.States[pipeline.Ready] + l.States[pipeline.Sending] + l.States[pipeline.Accepted]
}

// problemList prints problems that belong to no file, with what to do.
func (a *app) problemList(problems []pipeline.Problem) {
	for _, p := range problems {
		if a.json {
			line := a.problemJSON(p)
			line["what"] = "note"
			a.jsonLine(a.out, line)
			continue
		}
		fmt.Fprintf(a.out, "%s\n    %s: %s\n", p.Says(a.language()), a.say("fix"), p.Fix(a.language()))
	}
}

// pointsStatus says where the POS stand, and what must not wait any longer: then the
// exit code says so too.
func (a *app) pointsStatus(ctx context.Context, c *Config, s ledger.Status) error {
	if c.ETA == nil {
		return nil
	}
	a.problemList(pointNotes(c.ETA.Points(), s))
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	all, err := alarms(ctx, l, c, time.Now())
	if len(all) > 0 {
		a.code = exitAside
	}
	a.tellAlarms(all)
	return errors.Join(err, l.Shut())
}
