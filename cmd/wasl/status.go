package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/erp"
)

func (a *app) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what waits, where, and why",
		Long: `status shows whether "wasl watch" runs and answers; each lane with what it has to
do, what it waits for, and the last error; the jobs that a gate holds, since when, why, and what lets them go; what is
booked next; the chains of receipts; the numbers of sales documents, with those that
were given and never written; which documents the ERP has not answered for too long;
what couriers owe for too long, and which lines of their sheets wait for an order; the
newest file; and of flows whose mapping says what they expect, whether it came. It
only reads, so it can be called while another wasl works.`,
		Example: "  wasl status\n  wasl status --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			s, err := a.readStatus(cmd.Context(), c)
			if err != nil {
				return err
			}
			stand, err := a.readExpected(cmd.Context(), c)
			if err != nil {
				return err
			}
			next, err := a.readGates(cmd.Context(), c)
			if err != nil {
				return err
			}
			booked, err := a.readERP(cmd.Context(), c, s)
			if err != nil {
				return err
			}
			owed, err := a.readCouriers(cmd.Context(), c)
			if err != nil {
				return err
			}
			locks, err := a.readLocks(cmd.Context(), c)
			if err != nil {
				return err
			}
			if a.json {
				a.locksJSON(locks)
				a.expected(c, stand)
				a.gatesJSON(next)
				a.watchStatus(c)
				a.erpJSON(booked)
				a.courierStatus(owed)
				a.statusJSON(s)
				if err := a.vaultStatus(cmd.Context(), c); err != nil {
					return err
				}
				return a.pointsStatus(cmd.Context(), c, s)
			}
			a.watchStatus(c)
			a.status(c, s, next)
			if err := a.vaultStatus(cmd.Context(), c); err != nil {
				return err
			}
			if err := a.pointsStatus(cmd.Context(), c, s); err != nil {
				return err
			}
			a.locksText(c, locks)
			a.erpStatus(c, booked)
			a.courierStatus(owed)
			a.gates(c, next)
			a.expected(c, stand)
			return nil
		},
	}
}

// readStatus asks the ledger how things stand; nothing stands where no file was
// ever taken.
func (a *app) readStatus(ctx context.Context, c *Config) (ledger.Status, error) {
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return ledger.Status{}, nil
	}
	if err != nil {
		return ledger.Status{}, err
	}
	defer func() { _ = l.Shut() }() // it was only read
	return l.Status(ctx)
}

func (a *app) status(c *Config, s ledger.Status, g gatesAndBookings) {
	if s.Newest.ID != "" {
		fmt.Fprintf(a.out, "%s  %s  %s\n", s.Newest.ID, s.Newest.Name, c.clock(s.Newest.Arrived))
	}
	waiting := slices.DeleteFunc(slices.Clone(s.Lanes), func(l ledger.LaneStatus) bool { return len(l.Jobs) == 0 && l.Error == "" })
	if len(waiting) == 0 {
		fmt.Fprintln(a.out, a.say("status.idle"))
	} else {
		t := a.table(a.say("status.lane"), a.say("status.jobs"), a.say("documents"), a.say("status.oldest"), a.say("status.wait"))
		for _, l := range waiting {
			jobs := 0
			for _, n := range l.Jobs {
				jobs += n
			}
			t.AppendRow([]any{l.Lane, jobs, a.laneCounts(l, g), c.minute(l.Oldest), c.minute(l.Until)})
		}
		t.Render()
		for _, l := range waiting {
			if l.Error != "" {
				fmt.Fprintf(a.out, "%s: %s\n", l.Lane, l.Error.Says(a.language()))
				if fix := l.Error.Fix(a.language()); fix != "" {
					fmt.Fprintf(a.out, "    %s: %s\n", a.say("fix"), fix)
				}
			}
		}
	}
	for _, chain := range s.Chains {
		if _, counter := erp.NumberedBy(chain.Name); counter {
			continue // see erpStatus
		}
		fmt.Fprintln(a.out, a.say("status.chain", "name", chain.Name, "count", fmt.Sprint(chain.Count), "head", chain.Head))
	}
}

// laneCounts are the documents of a lane by state; what gates hold is not ready to
// go.
func (a *app) laneCounts(l ledger.LaneStatus, g gatesAndBookings) string {
	count, held := byName(l.States), 0
	for _, j := range g.held {
		if j.Lane == l.Lane {
			held += j.States[pipeline.Ready]
		}
	}
	if held = min(held, count[string(pipeline.Ready)]); held == 0 {
		return a.countLine(count)
	}
	count[string(pipeline.Ready)] -= held
	at := a.say("gate.count", "count", humanize.Comma(int64(held)))
	if rest := a.countLine(count); rest != "0" {
		return rest + a.say("comma") + at
	}
	return at
}

func (a *app) statusJSON(s ledger.Status) {
	for _, l := range s.Lanes {
		a.jsonLine(a.out, map[string]any{"what": "lane", "lane": l.Lane, "jobs": l.Jobs, "documents": l.States, "error": l.Error,
			"tries": l.Tries, "until": l.Until, "oldest": l.Oldest, "newest": l.Newest.ID})
	}
	for _, chain := range s.Chains {
		a.jsonLine(a.out, map[string]any{"what": "chain", "chain": chain.Name, "head": chain.Head, "count": chain.Count})
	}
	a.jsonLine(a.out, map[string]any{"what": "status", "install": s.Install, "newest": s.Newest.ID})
}

// byName is counts by the name of the state.
func byName(states map[pipeline.State]int) map[string]int {
	out := map[string]int{}
	for state, n := range states {
		out[string(state)] = n
	}
	return out
}
