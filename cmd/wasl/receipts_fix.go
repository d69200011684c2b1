package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

func (a *app) receiptsFixCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "fix KEY|UUID|ORDER|NUMBER",
		Short: "Say what to correct where, and make the workbook for it",
		Long: `fix says of a receipt that was refused, or could not be issued, what is wrong with
it, in the authority's words and in ours, which cell it comes from, and where that
is corrected: in the rows themselves, in the item list, or in wasl.yaml. Beside that
it writes the rows of the order as a workbook into the reports folder; corrected and
dropped into the inbox, it issues the receipt that replaces the refused one. Where
nothing in the rows was wrong, because the item list or the settings were, mend
those and call "wasl receipts reissue".`,
		Example: "  wasl receipts fix '#1042'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReceipts(cmd.Context(), args[0], func(c *Config, l *ledger.Ledger, found []receipt) error {
				return a.receiptFix(cmd.Context(), c, l, found, args[0])
			})
		},
	}
}

func (a *app) receiptFix(ctx context.Context, c *Config, l *ledger.Ledger, found []receipt, word string) error {
	fixed := 0
	for _, r := range newestOfKeys(found) {
		if !r.open() {
			continue
		}
		fixed++
		if err := a.fixOne(ctx, c, l, r); err != nil {
			return err
		}
	}
	if fixed == 0 {
		last := found[len(found)-1]
		return a.cannot(&pipeline.Trouble{Rule: "receipts.nofix", With: map[string]string{"word": word, "state": a.receiptState(last)}})
	}
	a.code = exitAside
	return nil
}

// newestOfKeys are the newest receipts of each key, in order.
func newestOfKeys(found []receipt) (out []receipt) {
	newest := map[string]int{}
	for i, r := range found {
		newest[r.Key] = i
	}
	for i, r := range found {
		if newest[r.Key] == i {
			out = append(out, r)
		}
	}
	return out
}

func (a *app) fixOne(ctx context.Context, c *Config, l *ledger.Ledger, r receipt) error {
	path, err := a.fixBook(ctx, c, l, r)
	if err != nil {
		return err
	}
	if a.json {
		out := a.receiptJSON(c, r)
		out["what"], out["workbook"] = "fix", path
		places := []string{}
		for _, p := range r.Why {
			places = append(places, a.whereToMend(ctx, c, l, p))
		}
		out["where"] = places
		a.jsonLine(a.out, out)
		return nil
	}
	fmt.Fprintf(a.out, "%s  %s\n", a.upright(cmp.Or(r.Number, r.Paper.Order)), a.receiptState(r))
	for _, p := range r.Why {
		fmt.Fprintf(a.out, "  %s\n", p.In(a.language()))
		a.theirWords([]pipeline.Problem{p})
		fmt.Fprintf(a.out, "    %s: %s\n", a.say("fix"), p.Fix(a.language()))
		if where := a.whereToMend(ctx, c, l, p); where != "" {
			fmt.Fprintf(a.out, "    %s: %s\n", a.say("receipts.where"), where)
		}
	}
	if path != "" {
		fmt.Fprintf(a.out, "  %s\n", a.say("receipts.fix.book", "file", path))
	}
	fmt.Fprintf(a.out, "  %s\n", a.say("receipts.fix.master", "key", a.upright(r.Key)))
	return nil
}

// fixBook writes the rows of a receipt as a workbook; "" where they can no longer be
// read.
func (a *app) fixBook(ctx context.Context, c *Config, l *ledger.Ledger, r receipt) (string, error) {
	all, findings, err := doors(c, l, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		return "", err
	}
	read, err := rereadForReport(ctx, c, l, all)
	if err != nil {
		return "", err
	}
	job, err := l.Job(ctx, r.Job)
	if err != nil {
		return "", err
	}
	path := filepath.Join(c.path(c.Reports), reconcile.FixName(cmp.Or(r.Number, r.Paper.Order, r.Key)))
	err = reconcile.WriteFix(ctx, path, job, r.Entry, read, reportOptions(c, all))
	if noRows(err) {
		return "", nil
	}
	return path, err
}

// whereToMend says where what is wrong is corrected: the settings; the reference table
// from which a value was taken by what stands in the cell, with the file that brought
// its row; or the cell itself.
func (a *app) whereToMend(ctx context.Context, c *Config, l *ledger.Ledger, p pipeline.Problem) string {
	if setting, ok := strings.CutPrefix(p.Field, "eta."); ok {
		return a.say("receipts.where.setting", "setting", "eta."+setting, "file", c.path(configName))
	}
	item, is := strings.CutPrefix(p.Field, "item.")
	if !is || p.Value == "" {
		if p.Row > 0 {
			return p.Origin.String()
		}
		return ""
	}
	row, err := l.Row(ctx, "items", p.Value)
	if err != nil {
		return a.say("receipts.where.item", "code", a.upright(p.Value), "field", p.Field)
	}
	brought := row.Job.String()
	if drop, err := l.Drop(ctx, row.Job.Drop); err == nil {
		brought = drop.Name + " (" + row.Job.String() + ")"
	}
	return a.say("receipts.where.row", "code", a.upright(p.Value), "column", itemColumn(item), "value", cmp.Or(p.With["held"], "-"), "file", a.upright(brought))
}

// itemColumn is the column of the item list from which a field of an item is taken.
func itemColumn(field string) string {
	switch field {
	case "code", "type":
		return "eta_" + field
	case "name":
		return "name_ar"
	}
	return field
}
