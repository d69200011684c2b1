package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/eta"
	"wasl/stages/load/eta/law"
	"wasl/stages/reconcile"
)

func (a *app) rehearseCommand() *cobra.Command {
	var days int
	var settings string
	var submit, all bool
	cmd := &cobra.Command{
		Use:   "rehearse",
		Short: "Issue the receipts of the last days for trial, and tell what would have been filed",
		Long: `rehearse makes the receipts of the orders of the last days as a run would: built,
examined, sealed one after another into a chain of their own, packed into submissions.
The chain is thrown away: state, chains and files stay as they are, and nothing is sent.
It tells day by day what would have been filed, and of the rest why not, and writes it
as a workbook.

With --submit the receipts are sent to preproduction as well, or to a test server that
stands in for it, and what the authority says of each is told. Production is never
reached. A shop that is live keeps the settings of preproduction in a file of their own:
--settings wasl-preproduction.yaml.

It ends with code 0 where everything would have been filed, and with 3 where not.`,
		Example: "  wasl rehearse\n  wasl rehearse --days 30 --lang ar\n  wasl rehearse --days 3 --submit --settings wasl-preproduction.yaml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.rehearsalSettings(settings)
			if err != nil {
				return err
			}
			if submit && c.ETA.Environment != "preproduction" {
				return usage{&pipeline.Trouble{Rule: "rehearse.production", With: map[string]string{"file": settings}}}
			}
			d, err := a.dryReceipts(cmd.Context(), c, days)
			if err != nil {
				return err
			}
			defer d.shut()
			r := &rehearsal{run: d, at: time.Now(), heads: map[string]string{}, sealed: map[string][]byte{}}
			if submit {
				if err := r.meet(cmd.Context(), secrets{folder: c.path(c.Secrets), getenv: os.Getenv}); err != nil {
					return err
				}
			}
			if err := r.issue(); err != nil {
				return err
			}
			var failed error
			if submit {
				failed = r.submit(cmd.Context())
			}
			if err := a.rehearsed(cmd.Context(), c, r, all); err != nil {
				return err
			}
			return failed
		},
	}
	cmd.Flags().IntVar(&days, "days", 7, "orders of so many days are issued for trial")
	cmd.Flags().StringVar(&settings, "settings", configName, "the file of settings to rehearse with, in the same folder")
	cmd.Flags().BoolVar(&submit, "submit", false, "send them to preproduction too, never to production")
	cmd.Flags().BoolVar(&all, "all", false, "print every receipt that would not be filed, not only the first fifty")
	return cmd
}

// rehearsalSettings reads the settings of a rehearsal, or prints what is wrong with them.
func (a *app) rehearsalSettings(name string) (*Config, error) {
	c, findings, err := readSettings(a.dir, name)
	if err != nil {
		return nil, err
	}
	a.lang = cmp.Or(a.lang, c.Language)
	if len(findings) > 0 {
		a.findings(findings)
		return nil, printed{exitUsage}
	}
	if c.ETA == nil {
		return nil, usage{&pipeline.Trouble{Rule: "ready.section"}}
	}
	return c, nil
}

// A rehearsal issues receipts for trial. Its chains begin anew, and are forgotten.
type rehearsal struct {
	run *dryRun
	at  time.Time

	heads  map[string]string // of each chain
	sealed map[string][]byte // by key: what returns refer to
	docs   []pipeline.Document
	of     []int // of docs: the place of its line in report
	report reconcile.Rehearsal
}

// issue seals every document that would be ready, in the order in which they came.
func (r *rehearsal) issue() error {
	kind := r.run.sink.Kinds()[0]
	r.report.Since = r.run.since
	for _, doc := range r.run.all() {
		line := reconcile.Rehearsed{Order: doc.Name, Day: doc.Day, Total: doc.Money, Why: append(doc.problems, doc.Wrong...), Left: doc.Left}
		switch {
		case doc.State == pipeline.Skipped || doc.Left != "":
			line.State = "left"
		case doc.State == pipeline.Held || len(line.Why) > 0:
			line.State = "held"
		case doc.Of != "" && r.sealed[doc.Of] == nil:
			line.State = "waits"
			line.Why = []pipeline.Problem{{Rule: "rehearse.sale", With: map[string]string{"days": r.run.since}}}
		default:
			line.State = "fit"
			if err := r.seal(kind, doc.Document, &line); err != nil {
				return err
			}
		}
		r.report.Receipts = append(r.report.Receipts, line)
	}
	return nil
}

// seal issues one receipt, and examines it as the authority would.
func (r *rehearsal) seal(kind pipeline.Kind, doc pipeline.Document, line *reconcile.Rehearsed) error {
	chain := kind.Chain(doc)
	link := pipeline.Link{Head: r.heads[chain], Of: r.sealed[doc.Of]}
	sealed, uuid, head, err := kind.Seal(doc, link, r.at)
	if refused, ok := errors.AsType[*pipeline.Refused](err); ok {
		line.State, line.Why = "held", refused.Problems
		return nil
	}
	if err != nil {
		return err
	}
	known := law.Known{Ours: true, AnyCase: true, Now: r.at, Zone: r.run.cfg.zone, Head: &link.Head, Sale: link.Of, Units: r.run.cfg.ETA.Units, NamedBuyer: r.run.cfg.ETA.Threshold}
	for _, f := range r.run.cfg.law().Check(sealed, known) {
		line.State = "held"
		line.Why = append(line.Why, pipeline.Problem{Origin: doc.From[0], Field: f.Path, Rule: f.Rule, With: f.With})
	}
	if line.State == "held" {
		return nil
	}
	if err := describe(sealed, line); err != nil {
		return err
	}
	r.heads[chain], r.sealed[doc.Key] = head, sealed
	line.UUID = uuid
	doc.Sealed, doc.Ref, doc.State = sealed, uuid, pipeline.Sending
	r.docs, r.of = append(r.docs, doc), append(r.of, len(r.report.Receipts))
	return nil
}

// describe fills in what a receipt says of itself.
func describe(sealed []byte, line *reconcile.Rehearsed) error {
	p, err := eta.ReadPaper(sealed)
	if err != nil {
		return err
	}
	line.Number, line.Type, line.POS, line.Back, line.Lines = p.Number, p.Type, p.POS, p.Return(), len(p.Lines)
	return errors.Join(line.Net.UnmarshalText([]byte(p.Net)), line.VAT.UnmarshalText([]byte(vatOf(p.Taxes))), line.Total.UnmarshalText([]byte(p.Total)))
}

// rehearsed prints the rehearsal and writes its workbook.
func (a *app) rehearsed(ctx context.Context, c *Config, r *rehearsal, all bool) error {
	count := r.report.Count()
	for _, state := range []string{"unheard", "invalid", "rejected", "held", "waits"} {
		if count[state] > 0 {
			a.code = exitAside
		}
	}
	if a.json {
		a.rehearsalJSON(r)
	} else {
		a.showRehearsal(r, all)
	}
	path := filepath.Join(c.path(c.Reports), reconcile.RehearsalName(c.today()))
	if err := reconcile.WriteRehearsal(ctx, path, c.today(), r.report, c.bookOptions(a.language())); err != nil {
		return err
	}
	a.wrote("rehearsal", path)
	return nil
}

func (a *app) rehearsalJSON(r *rehearsal) {
	for _, d := range r.report.Days() {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.RehearsedDay
		}{"day", d})
	}
	for _, one := range r.report.Receipts {
		var why []map[string]any
		for _, p := range one.Why {
			why = append(why, a.problemJSON(p))
		}
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Rehearsed
			Why []map[string]any `json:"why,omitempty"`
		}{"receipt", one, why})
	}
	a.jsonLine(a.out, map[string]any{"what": "submissions", "count": len(r.packs(r.run.sink.Limits)), "receipts": len(r.docs)})
}

func (a *app) showRehearsal(r *rehearsal, all bool) {
	fmt.Fprintf(a.out, "%s\n\n", a.say("rehearse.title", "since", r.report.Since, "count", humanize.Comma(int64(len(r.docs))), "packs", fmt.Sprint(len(r.packs(r.run.sink.Limits)))))
	t := a.table(a.say("rehearse.day"), a.say("rehearse.sales"), a.say("rehearse.sold"), a.say("rehearse.returns"), a.say("rehearse.returned"), a.say("rehearse.vat"), a.say("rehearse.not"), a.say("rehearse.left"))
	for _, d := range r.report.Days() {
		t.AppendRow([]any{d.Day, d.Sales, d.Sold.StringFixed(2), d.Returns, d.Returned.StringFixed(2), d.VAT.StringFixed(2), d.Not, d.Left})
	}
	t.Render()
	count := r.report.Count()
	a.showUnfiled(r, count, all)
	for _, state := range []string{"valid", "checking", "unheard"} {
		if count[state] > 0 {
			fmt.Fprintf(a.out, "\n%s: %d\n", reconcile.RehearsedName(a.language(), state), count[state])
		}
	}
}

// showUnfiled prints the receipts that would not be filed, by state, and why.
func (a *app) showUnfiled(r *rehearsal, count map[string]int, all bool) {
	shown := 0
	for _, state := range []string{"rejected", "invalid", "held", "waits"} {
		if count[state] == 0 {
			continue
		}
		fmt.Fprintf(a.out, "\n%s (%d)\n", reconcile.RehearsedName(a.language(), state), count[state])
		for _, one := range r.report.Receipts {
			if one.State != state {
				continue
			}
			if shown++; shown > mostLines && !all {
				fmt.Fprintf(a.out, "  %s\n", a.say("plan.rest", "count", fmt.Sprint(count["rejected"]+count["invalid"]+count["held"]+count["waits"]-mostLines)))
				return
			}
			for _, p := range one.Why {
				fmt.Fprintf(a.out, "  %s: %s\n      %s: %s\n", one.Order, reconcile.Worded(a.language(), p).In(a.language()), a.say("fix"), p.Fix(a.language()))
			}
		}
	}
}
