package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

// tieDays is over how many days it is compared where nobody says: receipts are taken for
// a day, and validated within some.
const tieDays = 7

func (a *app) receiptsTieOutCommand() *cobra.Command {
	var from, to, by string
	known := []string{eta.BySearch, eta.ByRecent, eta.ByPackage}
	cmd := &cobra.Command{
		Use:   "tieout [--from DAY] [--to DAY]",
		Short: "Compare what was issued here with what the tax authority holds",
		Long: `tieout reads back from the tax authority what it holds of some days of issue, the last
seven where none are given, and lists every receipt that is there and not here, here
and not there, or different in its total, status, time or number, with what to do:
as text, with --json, and as receipts-tieout-DAY.xlsx in the reports folder. It
changes nothing, may be called while another wasl works, and ends with code 3 where
anything differs. A POS that cannot be read stops no other: that is told, and the code
is 1 then.

It searches (--by search) with the ERP's client where eta.erp_client_id is set, and
sees all devices of the taxpayer then; else with the client of each POS, and where
that may not search it pages through the recent receipts (--by recent). For long
spans --by package asks for a package and waits for it. eta.tieout: 03:30 does it
every night.`,
		Example: "  wasl receipts tieout\n  wasl receipts tieout --from 2026-11-01 --to 2026-11-30 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := days(from, to); err != nil {
				return usage{err}
			}
			if by != "" && !slices.Contains(known, by) {
				return usage{&pipeline.Trouble{Rule: "receipts.by", With: map[string]string{"given": by, "known": strings.Join(known, ", ")}}}
			}
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			all, findings, err := doors(c, l, func(pipeline.Event) {})
			if err != nil {
				return err
			}
			if len(findings) > 0 {
				a.findings(findings)
				return printed{exitUsage}
			}
			return a.cannot(a.receiptsTieOut(cmd.Context(), c, l, tillsIn(all), from, to, by))
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first day of issue, such as 2026-11-01")
	cmd.Flags().StringVar(&to, "to", "", "the last day of issue (default: today)")
	cmd.Flags().StringVar(&by, "by", "", "how to read it: "+strings.Join(known, ", "))
	return cmd
}

func (a *app) receiptsTieOut(ctx context.Context, c *Config, l *ledger.Ledger, tills []*eta.Sink, from, to, by string) error {
	if len(tills) == 0 {
		return &pipeline.Trouble{Rule: "receipts.off"}
	}
	found, sum, err := tieOut(ctx, c, l, tills, from, to, by)
	if err != nil && len(sum.Each) == 0 {
		return err
	}
	var unread error
	if err != nil { // of some POS
		a.fail(err)
		unread = printed{exitCouldNot}
	}
	lines := a.tieLines(found.Diffs)
	path, err := writeTie(ctx, c, sum, lines)
	if err != nil {
		return err
	}
	if len(lines) > 0 {
		a.code = exitAside
	}
	if a.json {
		for _, line := range lines {
			a.jsonLine(a.out, struct {
				What string `json:"what"`
				reconcile.TieLine
			}{"difference", line})
		}
		a.jsonLine(a.out, map[string]any{"what": "tieout", "from": sum.From, "to": sum.To, "by": sum.How, "same": sum.Same, "others": sum.Others, "differ": len(lines), "each": sum.Each, "path": path})
		return unread
	}
	for i, line := range lines {
		if i == mostReceipts {
			fmt.Fprintln(a.out, a.say("receipts.more", "count", humanize.Comma(int64(len(lines)-i))))
			break
		}
		fmt.Fprintf(a.out, "%s  %s\n    %s: %s\n", line.UUID, line.Says, a.say("fix"), line.Fix)
	}
	fmt.Fprintln(a.out, a.say("receipts.tied", "from", a.upright(sum.From), "to", a.upright(sum.To), "same", humanize.Comma(int64(sum.Same)),
		"differ", humanize.Comma(int64(len(lines))), "others", humanize.Comma(int64(sum.Others)), "how", sum.How))
	for _, p := range sum.Each {
		if len(sum.Each) > 1 && p.Unread == "" {
			fmt.Fprintln(a.out, a.say("receipts.tied.pos", "serial", a.upright(p.POS), "same", humanize.Comma(int64(p.Same)), "differ", humanize.Comma(int64(p.Differ))))
		}
	}
	a.wrote("tieout", path)
	return unread
}

// tieOut compares the receipts issued on some days with what the authority holds of them. A
// POS that cannot be read stops no other: the error is about such, and sum.Each says what
// came of the rest.
func tieOut(ctx context.Context, c *Config, l *ledger.Ledger, tills []*eta.Sink, from, to, by string) (found eta.TieOut, sum reconcile.TieSum, err error) {
	if to == "" {
		to = c.today()
	}
	if from == "" {
		end, _ := time.Parse(time.DateOnly, to) // it was checked
		from = end.AddDate(0, 0, 1-tieDays).Format(time.DateOnly)
	}
	sum = reconcile.TieSum{From: from, To: to}
	span, err := c.span(from, to)
	if err != nil {
		return found, sum, err
	}
	var theirs []eta.Held
	var unread error
	var read []*eta.Sink
	for i, s := range tills {
		p := reconcile.TiePOS{POS: s.Serial()}
		if i == 0 || c.ETA.ERPClientID == "" { // else the first has read all devices
			held, how, err := s.Holds(ctx, span, by)
			if err != nil && (c.ETA.ERPClientID != "" || ctx.Err() != nil) {
				return found, sum, err
			}
			if err != nil {
				unread, p.Unread = errors.Join(unread, fmt.Errorf("POS %s: %w", s.Serial(), err)), inOneLine(err)
			} else {
				theirs, sum.How = append(theirs, held...), how
			}
		}
		if p.Unread == "" {
			read = append(read, s)
		}
		sum.Each = append(sum.Each, p)
	}
	if len(read) == 0 {
		sum.Each = nil
		return found, sum, unread
	}
	ours, err := oursOf(ctx, l, read, span)
	if err != nil {
		return found, sum, err
	}
	found = eta.Tie(ours, withoutUnread(theirs, sum.Each), serialsOf(read), time.Now())
	sum.Same, sum.Others = found.Same, found.Others
	for i := range sum.Each {
		p := &sum.Each[i]
		p.Same = found.SameOf[p.POS]
		for _, d := range found.Diffs {
			if d.POS == p.POS {
				p.Differ++
			}
		}
	}
	return found, sum, unread
}

// inOneLine is an error as a cell of a workbook holds it.
func inOneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

func serialsOf(tills []*eta.Sink) (out []string) {
	for _, s := range tills {
		out = append(out, s.Serial())
	}
	return out
}

// withoutUnread drops what one POS was shown of another that could not be read: it may not
// be all.
func withoutUnread(theirs []eta.Held, each []reconcile.TiePOS) []eta.Held {
	return slices.DeleteFunc(theirs, func(h eta.Held) bool {
		return slices.ContainsFunc(each, func(p reconcile.TiePOS) bool { return p.POS == h.POS && p.Unread != "" })
	})
}

// span is some days of the shop's zone, both included.
func (c *Config) span(from, to string) (eta.Span, error) {
	begin, err1 := time.ParseInLocation(time.DateOnly, from, c.zone)
	end, err2 := time.ParseInLocation(time.DateOnly, to, c.zone)
	return eta.Span{From: begin.UTC(), To: end.AddDate(0, 0, 1).Add(-time.Second).UTC()}, errors.Join(err1, err2)
}

// oursOf are the receipts of some POS that were issued within a span.
func oursOf(ctx context.Context, l *ledger.Ledger, tills []*eta.Sink, span eta.Span) (out []eta.Ours, err error) {
	lanes := map[string]bool{}
	for _, s := range tills {
		lanes[s.PostLane()] = true
	}
	for e, err := range l.SealedSince(ctx, eta.KindPrefix, span.From.Add(-time.Hour)) { // a correction that keeps its time is sealed after it
		if err != nil {
			return nil, err
		}
		r := readReceipt(e)
		if !lanes[e.Lane] || r.Issued.Before(span.From) || r.Issued.After(span.To) {
			continue
		}
		r.Paper.Lines = nil
		out = append(out, eta.Ours{Paper: r.Paper, Name: r.Name, State: r.State, Sent: r.Sent, Taken: r.invalid()})
	}
	return out, nil
}

func (a *app) tieLines(diffs []eta.Difference) []reconcile.TieLine {
	out := make([]reconcile.TieLine, 0, len(diffs))
	for _, d := range diffs {
		out = append(out, reconcile.TieLine{Class: d.Class, Number: d.Number, Order: d.Order, POS: d.POS, Issued: d.Issued, Ours: d.Ours, Theirs: d.Theirs,
			Says: d.Says(a.language()), Fix: d.Fix(a.language()), UUID: d.UUID, Rule: string(d.Rule)})
	}
	return out
}

func writeTie(ctx context.Context, c *Config, sum reconcile.TieSum, lines []reconcile.TieLine) (string, error) {
	path := filepath.Join(c.path(c.Reports), reconcile.TieName(c.today()))
	return path, reconcile.WriteTie(ctx, path, c.today(), sum, lines, c.bookOptions(c.Language))
}

// tableTieOuts remembers on which days it was compared by the clock, by day.
const tableTieOuts = "eta.tieout"

// dueToday tells whether what is done once a day is due: the day of the shop's zone has come
// to the hour given (15:04), and the table does not remember the day.
func (h *house) dueToday(ctx context.Context, table, hour string) (day string, due bool, err error) {
	now := time.Now().In(h.cfg.zone)
	day = now.Format(time.DateOnly)
	if now.Format("15:04") < hour {
		return day, false, nil
	}
	if _, err = h.ledger.Row(ctx, table, day); errors.Is(err, pipeline.ErrNotFound) {
		return day, true, nil
	}
	return day, false, err
}

// tieOutInTime compares once a day, after the time that the settings say, and tells what
// came of it. What goes wrong is tried again with the next run.
func (h *house) tieOutInTime(ctx context.Context) error {
	if h.cfg.ETA == nil || h.cfg.ETA.TieOut == "" {
		return nil
	}
	day, due, err := h.dueToday(ctx, tableTieOuts, h.cfg.ETA.TieOut)
	if err != nil || !due {
		return err
	}
	found, sum, err := tieOut(ctx, h.cfg, h.ledger, h.tills(), "", "", "")
	if err != nil { // also where it is of one POS only: it is tried again, until all of them are compared
		return fmt.Errorf("compare with the tax authority: %w", err)
	}
	path, err := writeTie(ctx, h.cfg, sum, h.app.tieLines(found.Diffs))
	if err != nil {
		return err
	}
	err = h.ledger.Put(ctx, tableTieOuts, []pipeline.TableRow{{Code: day, Cols: map[string]string{"same": fmt.Sprint(sum.Same), "differ": fmt.Sprint(len(found.Diffs)), "path": path}}})
	if err != nil {
		return err
	}
	h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventReport, Note: h.app.say("receipts.tied", "from", h.app.upright(sum.From), "to", h.app.upright(sum.To),
		"same", fmt.Sprint(sum.Same), "differ", fmt.Sprint(len(found.Diffs)), "others", fmt.Sprint(sum.Others), "how", sum.How) + " " + path})
	return nil
}
