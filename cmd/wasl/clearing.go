package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/erp"
	"wasl/stages/reconcile"
)

func (a *app) clearingCommand() *cobra.Command {
	var from, to string
	var all bool
	cmd := &cobra.Command{
		Use:   "clearing",
		Short: "Show how the accounts between payment gateways and the bank stand",
		Long: `clearing rolls the account of each gateway forward, day by day: opening, sales, refunds,
fees, corrections, what was paid out, closing - from the documents that the ERP was given
and did not refuse. Then it shows what is still to be paid out, by age, and which payouts
do not match what they were made of. It only reads. It ends with code 0 where everything
matches, and with 3 where something does not.`,
		Example: "  wasl clearing\n  wasl clearing --from 2026-11-01 --to 2026-11-30 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if err := days(from, to); err != nil {
				return usage{err}
			}
			l, err := a.openReading(cmd.Context(), c)
			if errors.Is(err, pipeline.ErrNotFound) {
				a.showClearing(reconcile.Clearing{}, all)
				return nil
			}
			if err != nil {
				return err
			}
			defer func() { _ = l.Shut() }() // it was only read
			out, err := clearingIn(cmd.Context(), l, erp.ClearingWant{Days: [2]string{from, to}}, cmp.Or(to, c.today()))
			if err != nil {
				return err
			}
			a.showClearing(out, all)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first day to show; days before it are in its opening")
	cmd.Flags().StringVar(&to, "to", "", "the last day to count")
	cmd.Flags().BoolVar(&all, "all", false, "print every day and every open receipt, not only the last and the oldest fifty")
	return cmd
}

// clearingIn reads the accounts as the workbook has them; ages are those on a day.
func clearingIn(ctx context.Context, tables pipeline.Table, want erp.ClearingWant, on string) (reconcile.Clearing, error) {
	var out reconcile.Clearing
	c, err := erp.ClearingOf(ctx, tables, want)
	if err != nil {
		return out, err
	}
	for _, a := range c.Accounts {
		for _, d := range a.Days {
			out.Days = append(out.Days, reconcile.ClearedDay{Account: a.Account, Gateway: a.Gateway, Currency: a.Currency, Day: d.Day, Opening: d.Opening,
				Sales: d.Sales, Refunds: d.Refunds, Fees: d.Fees, Adjusted: d.Adjusted, Settled: d.Settled, Closing: d.Closing})
		}
		if len(a.Days) == 0 {
			out.Days = append(out.Days, reconcile.ClearedDay{Account: a.Account, Gateway: a.Gateway, Currency: a.Currency, Day: on, Opening: a.Closing, Closing: a.Closing})
		}
		for _, u := range a.Open {
			days, age := reconcile.DebtAge(u.Day, on)
			out.Open = append(out.Open, reconcile.Unsettled{Account: a.Account, Currency: a.Currency, Day: u.Day, Days: days, Age: age, Order: u.Order,
				Number: u.Number, Amount: u.Amount, Left: u.Left})
		}
	}
	out.Off = c.Off
	return out, nil
}

// clearingFor reads the accounts for the workbooks of some days of arrival; nil where
// no payments are written.
func clearingFor(c *Config, l *ledger.Ledger) func(ctx context.Context, from, to string) (reconcile.Clearing, error) {
	if c.ERP == nil || c.ERP.Payments == "" {
		return nil
	}
	return func(ctx context.Context, from, to string) (reconcile.Clearing, error) {
		return clearingIn(ctx, l, erp.ClearingWant{Arrived: [2]string{from, to}}, to)
	}
}

func (a *app) showClearing(c reconcile.Clearing, all bool) {
	if len(c.Off) > 0 {
		a.code = exitAside
	}
	if a.json {
		a.clearingJSON(c)
		return
	}
	if len(c.Days) == 0 {
		fmt.Fprintln(a.out, a.say("clearing.none"))
		return
	}
	t := a.table(a.say("clearing.account"), a.say("clearing.currency"), a.say("clearing.day"), a.say("clearing.opening"), a.say("clearing.sales"),
		a.say("clearing.refunds"), a.say("clearing.fees"), a.say("clearing.adjusted"), a.say("clearing.settled"), a.say("clearing.closing"))
	first := 0
	if !all {
		first = max(0, len(c.Days)-mostLines)
	}
	for _, d := range c.Days[first:] {
		t.AppendRow([]any{d.Account, d.Currency, d.Day, fixed(d.Opening), fixed(d.Sales), fixed(d.Refunds), fixed(d.Fees), fixed(d.Adjusted), fixed(d.Settled), fixed(d.Closing)})
	}
	t.Render()
	a.showDebts(a.say("clearing.open"), c.Ageing())
	t = a.table(a.say("clearing.account"), a.say("clearing.day"), a.say("clearing.days"), a.say("clearing.order"), a.say("clearing.receipt"), a.say("clearing.amount"), a.say("clearing.left"))
	for i, u := range c.Open {
		if i == mostLines && !all {
			break
		}
		t.AppendRow([]any{u.Account, u.Day, u.Days, u.Order, u.Number, fixed(u.Amount), fixed(u.Left)})
	}
	if t.Length() > 0 {
		fmt.Fprintln(a.out)
		t.Render()
	}
	if n := len(c.Open) - mostLines; n > 0 && !all {
		fmt.Fprintf(a.out, "%s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
	a.accountProblems("clearing.off", c.Off)
}

// showDebts prints money that is owed, by age; ages with nothing are left out.
func (a *app) showDebts(title string, all []reconcile.Debt) {
	t := a.table(a.say("clearing.account"), a.say("clearing.currency"), a.say("clearing.age"), a.say("clearing.count"), a.say("clearing.left"))
	for _, d := range all {
		if d.Count > 0 {
			t.AppendRow([]any{d.Account, d.Currency, d.Age, d.Count, fixed(d.Amount)})
		}
	}
	if t.Length() > 0 {
		fmt.Fprintf(a.out, "\n%s\n", title)
		t.Render()
	}
}

// fixed is an amount as people read it; nothing is written as a dash.
func fixed(d pipeline.Decimal) string {
	if d.IsZero() {
		return "-"
	}
	return d.StringFixed(2)
}

func (a *app) clearingJSON(c reconcile.Clearing) {
	for _, one := range c.Days {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.ClearedDay
		}{"day", one})
	}
	for _, one := range c.Ageing() {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Debt
		}{"age", one})
	}
	for _, one := range c.Open {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Unsettled
		}{"open", one})
	}
	for _, p := range c.Off {
		a.jsonLine(a.out, map[string]any{"what": "off", "rule": p.Rule, "value": p.Value, "says": p.Says(a.language()), "facts": p.With})
	}
}

// moneyOff is what does not match between payments, their gateways' lines and couriers'
// sheets, where this run brought some of it.
func (h *house) moneyOff(ctx context.Context, jobs []pipeline.Opened) ([]pipeline.Problem, error) {
	off, err := h.couriersOff(ctx, jobs)
	if err != nil {
		return nil, err
	}
	for _, job := range jobs {
		if job.Kind == erp.KindPayment || job.Kind == erp.KindSettled {
			c, err := erp.ClearingOf(ctx, h.ledger, erp.ClearingWant{})
			return append(off, c.Off...), err
		}
	}
	return off, nil
}
