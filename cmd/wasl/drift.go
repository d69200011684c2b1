package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

func (a *app) driftCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "drift [FLOW]",
		Short: "Show what differs between the ERP and the shop now, and who wrote last",
		Long: `drift holds what the ERP said last of every item against what the shop has now:
by item the field, both values, and who wrote last - the shop, by a sale, a person or
an app after wasl had set it, or a newer value of the ERP that has not left yet, and why not. It
changes nothing and may be called while another wasl works. It ends with code 0
where nothing differs, and with 3 where something does.`,
		Example: "  wasl drift\n  wasl drift erp-stock --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			l, err := a.openReading(cmd.Context(), c)
			if err != nil {
				return err
			}
			defer func() { _ = l.Shut() }() // it was only read
			return a.drift(cmd.Context(), c, l, strings.Join(args, ""), all)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "print every value, not only the first fifty")
	return cmd
}

func (a *app) drift(ctx context.Context, c *Config, l *ledger.Ledger, only string, all bool) error {
	flows, err := a.foreseenFlows(ctx, c, l)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(flows))
	if only != "" {
		if _, ok := flows[only]; !ok {
			return usage{&pipeline.Trouble{Rule: "plan.flow", With: map[string]string{"flow": only, "known": strings.Join(names, ", ")}}}
		}
		names = []string{only}
	}
	var lines []reconcile.Drift
	compared := 0
	for _, name := range names {
		found, n, err := a.driftOf(ctx, c, l, flows[name])
		if err != nil {
			return err
		}
		lines, compared = append(lines, found...), compared+n
	}
	a.showDrift(lines, compared, all)
	path := filepath.Join(c.path(c.Reports), reconcile.DriftName(c.today()))
	if err := reconcile.WriteDrift(ctx, path, c.today(), lines, c.bookOptions(c.Language)); err != nil {
		return err
	}
	a.wrote("drift", path)
	if len(lines) > 0 {
		a.code = exitAside
	}
	return nil
}

// driftOf is what differs of one flow, and how many documents were compared.
func (a *app) driftOf(ctx context.Context, c *Config, l *ledger.Ledger, flow pipeline.Flow) ([]reconcile.Drift, int, error) {
	wishes, err := l.Wishes(ctx, flow.Name)
	if err != nil {
		return nil, 0, err
	}
	wishes = wanted(wishes)
	if len(wishes) == 0 {
		return nil, 0, nil
	}
	q := pipeline.Question{Job: pipeline.Job{Flow: flow.Name}, Kind: flow.Kind.Name, Settings: flow.Settings, Memo: pipeline.MemoReupload}
	for _, w := range wishes {
		doc := w.Document
		doc.State, doc.Changes, doc.Old = pipeline.Ready, nil, ""
		q.Docs = append(q.Docs, doc)
	}
	now, err := ask(ctx, l, flow, q)
	if err != nil {
		return nil, 0, err
	}
	var out []reconcile.Drift
	for i, p := range now.Docs {
		if p.Same || p.Left != "" && len(p.Problems) == 0 {
			continue
		}
		e := pipeline.Entry{Document: p.Doc, Job: wishes[i].Job, Why: p.Problems}
		e.State = pipeline.Ready
		rule, who := a.lastWriter(c, wishes[i])
		if len(p.Problems) > 0 {
			e.State, e.Changes = pipeline.Held, nil
			rule, who = "problem", p.Problems[0].Says(a.language())
		}
		for _, line := range reconcile.DriftOf(a.language(), e) {
			line.Rule, line.Who = rule, who
			out = append(out, line)
		}
	}
	return out, len(wishes), nil
}

// lastWriter says who wrote last what differs: the ERP, whose newer value has not
// left; wasl itself, which put something back or did what was booked; or somebody
// at the shop, where what the ERP wants had arrived there before.
func (a *app) lastWriter(c *Config, w ledger.Wish) (rule, who string) {
	job := a.upright(w.Job.String())
	switch {
	case w.Gate == pipeline.GateHeld && w.State == pipeline.Ready:
		return "held", a.say("drift.held", "job", job)
	case w.State == pipeline.Rejected:
		return "rejected", a.say("drift.rejected", "job", job)
	case !w.State.Final():
		return "waiting", a.say("drift.waiting", "job", job)
	case !w.Same && w.Delivered.After(w.Settled):
		return "wasl", a.say("drift.wasl", "at", a.upright(c.minute(w.Delivered)))
	case w.Same && (w.State == pipeline.Delivered || w.Delivered.After(w.Settled)):
		return "shop", a.say("drift.shop", "at", a.upright(c.minute(w.Delivered)))
	case w.State == pipeline.Unchanged:
		return "shop", a.say("drift.seen", "at", a.upright(c.minute(w.Settled)))
	}
	return "never", a.say("drift.never", "job", job, "state", a.state(w.State))
}

// showDrift prints what differs.
func (a *app) showDrift(lines []reconcile.Drift, compared int, all bool) {
	if a.json {
		for _, line := range lines {
			a.jsonLine(a.out, struct {
				What string `json:"what"`
				reconcile.Drift
			}{"drift", line})
		}
		a.jsonLine(a.out, map[string]any{"what": "compared", "documents": compared, "differ": len(lines)})
		return
	}
	if len(lines) == 0 {
		fmt.Fprintln(a.out, a.say("drift.none", "count", humanize.Comma(int64(compared))))
		return
	}
	fmt.Fprintln(a.out, a.say("drift.some", "count", humanize.Comma(int64(len(lines))), "of", humanize.Comma(int64(compared))))
	t := a.table("  "+a.say("plan.item"), a.say("field"), a.say("drift.erp"), a.say("drift.there"), a.say("drift.who"))
	for i, line := range lines {
		if i == mostLines && !all {
			break
		}
		t.AppendRow([]any{"  " + line.Name, reconcile.FieldName(a.language(), line.Field), line.ERP, line.Shop, line.Who})
	}
	t.Render()
	if n := len(lines) - mostLines; n > 0 && !all {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
}
