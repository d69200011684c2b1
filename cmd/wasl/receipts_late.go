package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

func (a *app) receiptsLateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "late",
		Short: "List what is too old to be submitted, as a file for the portal's late request",
		Long: `late lists the receipts that are older than 24 hours and that the authority has not
accepted, and the returns that have waited for their sale for a day. It writes them
into receipts-late-DAY.csv in the reports folder: for the late submission request
that is made in the portal by hand. Once days are granted there, "wasl run" submits
those that are ready, as they are; those that were refused for their age are issued
anew with "wasl receipts reissue".`,
		Example: "  wasl receipts late",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			return a.receiptsLate(cmd.Context(), c, l)
		},
	}
}

func (a *app) receiptsLate(ctx context.Context, c *Config, l *ledger.Ledger) error {
	now := time.Now()
	found, err := receiptsOf(ctx, l, func(r receipt) bool { return r.late(c, now) || r.waits() }, true)
	if err != nil {
		return err
	}
	jobs := map[pipeline.Job]pipeline.Opened{} // of those that wait
	var lines []reconcile.LateReceipt
	for _, r := range found {
		if r.By != "" {
			continue
		}
		if !r.late(c, now) {
			job, known := jobs[r.Job]
			if !known {
				if job, err = l.Job(ctx, r.Job); err != nil {
					return err
				}
				jobs[r.Job] = job
			}
			if now.Sub(job.Drop.Arrived) <= c.lateAfter() {
				continue
			}
		}
		lines = append(lines, reconcile.LateReceipt{Number: r.Number, Order: r.Paper.Order, UUID: r.Paper.UUID, Type: r.Type, POS: r.POS, Day: r.Day,
			Total: string(r.Paper.Total), Issued: r.Issued, State: r.word(), Key: r.Key})
	}
	if a.json {
		for _, line := range lines {
			a.jsonLine(a.out, line)
		}
	}
	if len(lines) == 0 {
		if !a.json {
			fmt.Fprintln(a.out, a.say("receipts.late.none"))
		}
		return nil
	}
	path := filepath.Join(c.path(c.Reports), "receipts-late-"+c.today()+".csv")
	if err := reconcile.WriteLate(ctx, path, lines, c.zone); err != nil {
		return err
	}
	a.code = exitAside
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "late", "count": len(lines), "file": path})
		return nil
	}
	for _, line := range lines {
		fmt.Fprintf(a.out, "%s  %s  %s  %s\n", a.upright(cmp.Or(line.Number, line.Order)), c.minute(line.Issued), line.Total, a.say("receipts.is."+line.State))
	}
	fmt.Fprintln(a.out, a.say("receipts.late.file", "count", fmt.Sprint(len(lines)), "file", path))
	return nil
}
