package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

func (a *app) readinessCommand() *cobra.Command {
	var days int
	var all bool
	cmd := &cobra.Command{
		Use:   "readiness",
		Short: "Show what is not ready for e-receipts: settings, items, gateways, orders that would not pass",
		Long: `readiness holds what is here against what the tax authority demands of receipts: the
company, branch and POS of wasl.yaml, the items of the item list (codes, units, VAT),
the gateways, and every order of the last days as its receipt would be. It counts and
lists what is not in order, with what to do next, and writes it as a workbook.

It works on the ledger, its tables and what lies in the inbox. Nothing is sent, taken
or kept, and settings of the section eta: need not be complete yet. It ends with code
0 where everything is ready, and with 3 where something is not. eta.readiness: 04:00
writes it every night.`,
		Example: "  wasl readiness\n  wasl readiness --days 90 --lang ar",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, wrong, err := a.settingsBefore()
			if err != nil {
				return err
			}
			d, err := a.dryReceipts(cmd.Context(), c, days)
			if err != nil {
				return err
			}
			defer d.shut()
			r, err := readinessOf(cmd.Context(), c, d, wrong)
			if err != nil {
				return err
			}
			return a.readiness(cmd.Context(), c, r, all)
		},
	}
	cmd.Flags().IntVar(&days, "days", readyDays, "orders of so many days are tried")
	cmd.Flags().BoolVar(&all, "all", false, "print every line, not only the first fifty")
	return cmd
}

// tableReadiness remembers on which days the readiness report was written by the clock, by day.
const tableReadiness = "eta.readiness"

// readyDays is of how many days the orders are tried, where nobody says.
const readyDays = 30

// readinessInTime writes the readiness report once a day, after the time that the settings
// say, and tells what it counts. What goes wrong is tried again with the next run.
func (h *house) readinessInTime(ctx context.Context) error {
	if h.cfg.ETA == nil || h.cfg.ETA.Readiness == "" {
		return nil
	}
	day, due, err := h.dueToday(ctx, tableReadiness, h.cfg.ETA.Readiness)
	if err != nil || !due {
		return err
	}
	d, err := h.app.dryReceipts(ctx, h.cfg, readyDays)
	if err != nil {
		return fmt.Errorf("see what is not ready for e-receipts: %w", err)
	}
	defer d.shut()
	r, err := readinessOf(ctx, h.cfg, d, nil)
	if err != nil {
		return fmt.Errorf("see what is not ready for e-receipts: %w", err)
	}
	path := filepath.Join(h.cfg.path(h.cfg.Reports), reconcile.ReadinessName(day))
	if err := reconcile.WriteReadiness(ctx, path, day, r, h.cfg.bookOptions(h.cfg.Language)); err != nil {
		return err
	}
	counts := map[string]string{"wrong": fmt.Sprint(r.NotReady()), "count": fmt.Sprint(r.Orders), "fit": fmt.Sprint(r.Fit)}
	if err := h.ledger.Put(ctx, tableReadiness, []pipeline.TableRow{{Code: day, Cols: counts}}); err != nil {
		return err
	}
	h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventReport,
		Note: h.app.say("ready.night", "wrong", counts["wrong"], "count", counts["count"], "fit", counts["fit"]) + " " + path})
	return nil
}

// settingsBefore reads wasl.yaml for a shop that is not live yet: what is wrong with its section eta: is given back, to
// be listed with the rest.
func (a *app) settingsBefore() (*Config, []pipeline.Finding, error) {
	c, findings, err := readConfig(a.dir)
	if err != nil {
		return nil, nil, err
	}
	if a.lang == "" {
		a.lang = c.Language
	}
	var mine, others []pipeline.Finding
	for _, f := range findings {
		if c.ETA != nil && strings.HasPrefix(f.Path, "eta.") {
			mine = append(mine, f)
		} else {
			others = append(others, f)
		}
	}
	if len(others) > 0 {
		a.findings(others)
		return nil, nil, printed{exitUsage}
	}
	if c.ETA == nil {
		return nil, nil, usage{&pipeline.Trouble{Rule: "ready.section"}}
	}
	for _, f := range c.secretFindings() {
		if strings.HasPrefix(f.Path, "eta.") {
			mine = append(mine, f)
		}
	}
	return c, mine, nil
}

// readinessOf puts together what is not ready.
func readinessOf(ctx context.Context, c *Config, d *dryRun, wrong []pipeline.Finding) (reconcile.Readiness, error) {
	r := reconcile.Readiness{Since: d.since}
	checked := map[string]int{"activity": 1, "branch": 1, "pos": 1}
	var g reconcile.Gather
	for _, f := range wrong {
		g.Thing(reconcile.Unready{Class: settingClass(f.Path), What: f.Path, Problem: pipeline.Problem{Rule: f.Rule, With: f.With, Field: f.Path,
			Origin: pipeline.Origin{File: filepath.Base(f.File), Row: f.Line}}})
	}
	now := time.Now().In(c.zone)
	folder, after := c.ETA.Tables()
	for _, t := range c.law().Tables() {
		checked["tables"]++
		if t.Months(now) > after {
			g.Thing(reconcile.Unready{Class: "tables", What: t.Name, Problem: oldTable(t, now, c.path(folder))})
		}
	}
	names, err := itemsReady(ctx, c, d, &g, checked)
	if err != nil {
		return r, err
	}
	gateways := map[string]bool{}
	for _, doc := range d.all() {
		if doc.Left != "" || doc.State == pipeline.Skipped {
			continue
		}
		r.Orders++
		checked["order"]++
		problems := slices.DeleteFunc(append(doc.problems, doc.Wrong...), ofSettings)
		for _, p := range problems {
			if class, what := reconcile.ReadyClass(p, doc.Name); class == "gateway" {
				gateways[what] = true
			}
			g.Order(doc.Name, names[p.With["sku"]], doc.Money, p)
		}
		if len(problems) == 0 {
			r.Fit++
		}
	}
	checked["gateway"] = len(gateways)
	for _, p := range d.wrong {
		g.Thing(reconcile.Unready{Class: "order", What: p.File, Problem: p})
	}
	// Of nothing everything would be in order.
	if checked["itemcode"] == 0 {
		g.Thing(reconcile.Unready{Class: "itemcode", What: "-", Problem: pipeline.Problem{Rule: "ready.noitems"}})
	}
	if r.Orders == 0 {
		g.Thing(reconcile.Unready{Class: "order", What: "-", Problem: pipeline.Problem{Rule: "ready.noorders", With: map[string]string{"since": d.since}}})
	}
	r.Lines = g.Sorted()
	r.Count(checked)
	return r, nil
}

// ofSettings tells whether an order is wrong only for a setting, which is listed once by itself.
func ofSettings(p pipeline.Problem) bool {
	return strings.HasPrefix(p.Field, "seller.") || strings.HasPrefix(p.Field, "documentType.")
}

// settingClass is the class of a setting of the section eta.
func settingClass(path string) string {
	switch setting := strings.TrimPrefix(path, "eta."); {
	case strings.Contains(setting, "activity"), setting == "receipt_type":
		return "activity"
	case strings.HasPrefix(setting, "seller"):
		return "branch"
	case strings.HasPrefix(setting, "payments"):
		return "gateway"
	case strings.HasPrefix(setting, "shipping"):
		return "itemcode"
	}
	return "pos"
}

// itemsReady checks every item of the item list, and gives the names of all.
func itemsReady(ctx context.Context, c *Config, d *dryRun, g *reconcile.Gather, checked map[string]int) (map[string]string, error) {
	names := map[string]string{}
	for row, err := range d.tables.Rows(ctx, "items") {
		if err != nil {
			return nil, fmt.Errorf("read the item list: %w", err)
		}
		name := row.Cols["name_ar"]
		if name == "" {
			name = row.Cols["name_en"]
		}
		names[row.Code] = name
		for _, class := range []string{"itemcode", "unit", "vat"} {
			checked[class]++
		}
		item := eta.Item{Code: row.Cols["eta_code"], Type: row.Cols["eta_type"], Unit: row.Cols["unit"], VATType: row.Cols["vat_type"], VATRate: row.Cols["vat_rate"]}
		for _, p := range c.ETA.CheckItem(row.Code, name, item, c.today()) {
			class, what := reconcile.ReadyClass(p, row.Code)
			g.Thing(reconcile.Unready{Class: class, What: what, Name: name, Problem: p})
		}
	}
	for _, sku := range slices.Sorted(maps.Keys(d.held)) {
		if _, known := names[sku]; !known {
			checked["unit"]++
		}
		for _, p := range d.held[sku].problems {
			g.Thing(reconcile.Unready{Class: reconcile.ItemClass(p), What: sku, Name: names[sku], Problem: p})
		}
	}
	return names, nil
}

// readiness prints the report and writes its workbook.
func (a *app) readiness(ctx context.Context, c *Config, r reconcile.Readiness, all bool) error {
	if r.NotReady() > 0 {
		a.code = exitAside
	}
	if a.json {
		a.readinessJSON(r)
	} else {
		a.showReadiness(r, all)
	}
	path := filepath.Join(c.path(c.Reports), reconcile.ReadinessName(c.today()))
	if err := reconcile.WriteReadiness(ctx, path, c.today(), r, c.bookOptions(a.language())); err != nil {
		return err
	}
	a.wrote("readiness", path)
	return nil
}

func (a *app) readinessJSON(r reconcile.Readiness) {
	for _, check := range r.Checks {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Ready
			Next string `json:"next,omitempty"`
		}{"class", check, a.next(check)})
	}
	for _, l := range r.Lines {
		line := a.problemJSON(l.Problem)
		line["what"], line["class"], line["thing"], line["name"] = "unready", l.Class, l.What, l.Name
		line["orders"], line["money"] = l.Orders, l.Money.String()
		a.jsonLine(a.out, line)
	}
	a.jsonLine(a.out, map[string]any{"what": "orders", "since": r.Since, "tried": r.Orders, "fit": r.Fit})
}

// next is what to do about a class that is not ready.
func (a *app) next(check reconcile.Ready) string {
	if check.Wrong == 0 {
		return ""
	}
	return reconcile.ReadyNext(a.language(), check.Class)
}

func (a *app) showReadiness(r reconcile.Readiness, all bool) {
	fmt.Fprintf(a.out, "%s\n\n", a.say("ready.title", "since", r.Since, "count", humanize.Comma(int64(r.Orders)), "fit", humanize.Comma(int64(r.Fit))))
	t := a.table("", a.say("ready.checked"), a.say("ready.wrong"))
	for _, check := range r.Checks {
		t.AppendRow([]any{reconcile.ReadyName(a.language(), check.Class), check.Checked, check.Wrong})
	}
	t.Render()
	printedLines := 0
	for _, check := range r.Checks {
		if check.Wrong == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s (%d)\n  %s: %s\n", reconcile.ReadyName(a.language(), check.Class), check.Wrong, a.say("ready.next"), a.next(check))
		for _, l := range r.Lines {
			if l.Class != check.Class {
				continue
			}
			if printedLines++; printedLines > mostLines && !all {
				fmt.Fprintf(a.out, "  %s\n", a.say("plan.more", "count", humanize.Comma(int64(len(r.Lines)-mostLines))))
				return
			}
			a.showUnready(l)
		}
	}
	if r.NotReady() == 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("ready.all"))
	}
}

func (a *app) showUnready(l reconcile.Unready) {
	line := l.What
	if l.Name != "" {
		line += " " + l.Name
	}
	if at := l.Problem.Origin.String(); l.Problem.Row > 0 && l.Class == "order" {
		line += " (" + at + ")"
	}
	line += ": " + l.Problem.Says(a.language())
	if l.Orders > 0 && l.Class != "order" {
		line += " - " + a.say("ready.orders", "count", fmt.Sprint(l.Orders), "money", l.Money.StringFixed(2))
	}
	fmt.Fprintf(a.out, "  %s\n      %s: %s\n", line, a.say("fix"), l.Problem.Fix(a.language()))
}
