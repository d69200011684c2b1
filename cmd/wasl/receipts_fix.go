package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
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
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			found, err := receiptsNamed(cmd.Context(), l, args[0])
			if err != nil {
				return a.cannot(err)
			}
			return a.receiptFix(cmd.Context(), c, l, found, args[0])
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

func (a *app) receiptsReissueCommand() *cobra.Command {
	var asked request
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "reissue KEY|UUID|ORDER|NUMBER --by NAME --why TEXT",
		Short: "Issue a new receipt in place of a refused one, from what is known now",
		Long: `reissue reads the rows of a refused receipt once more, with the item list and the
settings as they are now, and issues a new receipt in its place: it names the
refused one (referenceOldUUID) and has the same place in the chain of the POS
(previousUUID). What is valid is never replaced: a return takes it back. Who asked
for it and why is kept. The next "wasl run", or a "wasl watch" that runs, sends it.` + handed,
		Example: "  wasl receipts reissue '#1042' --by Mona --why \"the item's code is registered now\" && wasl run",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "reissue.consent", With: map[string]string{"word": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error {
				return a.receiptReissue(ctx, h, args[0], asked)
			})
		},
	}
	cmd.Flags().StringVar(&asked.by, "by", "", "who asks for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right now")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) receiptReissue(ctx context.Context, h *house, word string, asked request) error {
	found, err := receiptsNamed(ctx, h.ledger, word)
	if err != nil {
		return a.cannot(err)
	}
	_, done, err := h.ledger.Requested(ctx, a.errand)
	if err != nil {
		return err
	}
	r, err := reissuable(newestOfKeys(found), word)
	if err != nil && !done {
		return a.cannot(err)
	}
	if !done {
		if err := a.putReissue(ctx, h, r, asked); err != nil {
			return err
		}
	} else {
		r = found[len(found)-1]
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "reissue", "key": r.Key, "order": r.Paper.Order, "replaces": r.Paper.UUID, "by": asked.by, "why": asked.why})
		return nil
	}
	facts := []string{"number", a.upright(cmp.Or(r.Number, r.Paper.Order)), "uuid", a.upright(brief(r.Paper.UUID)), "by", asked.by}
	said := a.say("reissue.put", facts...)
	if a.watched() {
		said = a.say("reissue.taken", facts...)
	}
	fmt.Fprintln(a.out, said)
	return nil
}

// reissuable is the one receipt that may be replaced, or why none may.
func reissuable(newest []receipt, word string) (receipt, error) {
	var open []receipt
	for _, r := range newest {
		if r.State == pipeline.Rejected && r.By == "" {
			open = append(open, r)
		}
	}
	with := map[string]string{"word": word}
	switch {
	case len(open) == 1:
		return open[0], nil
	case len(open) > 1:
		var keys []string
		for _, r := range open {
			keys = append(keys, r.Key)
		}
		with["keys"] = strings.Join(keys, ", ")
		return receipt{}, &pipeline.Trouble{Rule: "reissue.several", With: with}
	}
	r := newest[len(newest)-1]
	with["number"] = cmp.Or(r.Number, r.Paper.Order)
	switch r.State {
	case pipeline.Delivered:
		return r, &pipeline.Trouble{Rule: "reissue.valid", With: with}
	case pipeline.Held, pipeline.Parked:
		return r, &pipeline.Trouble{Rule: "reissue.held", With: with}
	}
	return r, &pipeline.Trouble{Rule: "reissue.open", With: with}
}

// putReissue puts the rows of a refused receipt into the inbox as the workbook that a
// person would have dropped without a change: it goes the way of every corrected row,
// and is built anew from what is known now.
func (a *app) putReissue(ctx context.Context, h *house, r receipt, asked request) error {
	job, err := h.ledger.Job(ctx, r.Job)
	if err != nil {
		return err
	}
	var book bytes.Buffer
	err = reconcile.PackFix(ctx, &book, job, r.Entry, reread(h.vault, h.flows), reportOptions(h.cfg, h.doors))
	if noRows(err) {
		return a.cannot(&pipeline.Trouble{Rule: "reissue.rows", With: map[string]string{"word": r.Key, "job": r.Job.String(), "flow": r.Job.Flow}})
	}
	if err != nil {
		return err
	}
	if err := h.ledger.Reissue(ctx, pipeline.Reissue{Ref: r.Paper.UUID, Key: r.Key, By: asked.by, Why: asked.why}); err != nil {
		return err
	}
	from := "reissue:" + r.Key
	if a.errand != "" {
		h.entrance.errand.Store(&requested{from: from, errand: a.errand})
		defer h.entrance.errand.Store(nil)
	}
	return h.inbox.Put(ctx, "reissue-"+reconcile.FileSafe(cmp.Or(r.Number, r.Key))+".xlsx", &book, from)
}

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
	arrived := map[pipeline.Job]time.Time{}
	jobs, err := l.Unhanded(ctx, "", eta.KindPrefix)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		arrived[j.Job] = j.Drop.Arrived
	}
	found, err := receiptsOf(ctx, l, func(r receipt) bool {
		return r.late(c, now) || r.waits() && now.Sub(arrived[r.Job]) > c.lateAfter()
	}, true)
	if err != nil {
		return err
	}
	var lines []reconcile.LateReceipt
	for _, r := range found {
		if r.By != "" {
			continue
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
