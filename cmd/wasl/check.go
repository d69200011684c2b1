package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) checkCommand() *cobra.Command {
	var online bool
	cmd := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Check settings and mappings, a file, or with --online the sign-ins",
		Long: `check reads wasl.yaml and every mapping strictly, runs the examples of the
mappings, and prints every finding as file:line:column: what; did you mean ...

With a FILE it reads that file as a run would, without taking it: how it is read,
what would be made of it, and every problem. Nothing is sent or kept. With a layout
of the ERP's files it reads that, and shows what it would write of a small order.

With --online it signs in to Shopify and to ETA as well, changes nothing, and
shows the shop, its scopes and locations, the POS and the taxpayer, and what is
missing.`,
		Example: "  wasl check\n  wasl check exports/stock.csv\n  wasl check mappings/erp/sales-csv.yaml\n  wasl check --online --lang ar",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if len(args) > 0 && isLayout(args[0]) {
				return a.checkLayout(c, args[0])
			}
			all, flows, findings, err := readAll(c, noTables{}, func(pipeline.Event) {})
			if err != nil {
				return err
			}
			for _, f := range flows {
				findings = append(findings, f.mapping.Check()...)
			}
			findings = append(findings, c.secretFindings()...)
			findings = append(findings, c.folderFindings()...)
			findings = append(findings, a.environmentFindings(cmd.Context(), c)...)
			a.findings(findings)
			if len(findings) > 0 {
				return printed{exitUsage}
			}
			if len(args) > 0 {
				return a.checkFile(cmd.Context(), c, args[0])
			}
			a.checked(c, flows)
			a.checkedTables(c)
			if online {
				return a.checkOnline(cmd.Context(), all, flows)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&online, "online", false, "sign in to Shopify and ETA, change nothing")
	return cmd
}

// readAll reads what settings and mappings say, without any state.
func readAll(c *Config, tables pipeline.Table, tell func(pipeline.Event)) ([]door, []flowFile, []pipeline.Finding, error) {
	all, findings, err := doors(c, tables, tell)
	if err != nil || len(findings) > 0 {
		return nil, nil, findings, err
	}
	flows, findings, err := readMappings(c, all, lookupIn(context.Background(), tables))
	return all, flows, findings, err
}

// checked says what was read and found in order.
func (a *app) checked(c *Config, flows []flowFile) {
	if a.json {
		for _, f := range flows {
			a.jsonLine(a.out, map[string]any{"what": "flow", "flow": f.mapping.Flow, "file": f.file, "to": f.mapping.To,
				"files": f.mapping.Files, "off": f.off, "examples": len(f.mapping.Examples())})
		}
		return
	}
	fmt.Fprintln(a.out, a.say("checked", "settings", c.path(configName), "count", fmt.Sprint(len(flows))))
	t := a.table("  "+a.say("flow"), a.say("goesTo"), a.say("files"), a.say("examples"), "")
	for _, f := range flows {
		note := ""
		if f.off {
			note = a.say("off", "section", f.section)
		}
		t.AppendRow([]any{"  " + f.mapping.Flow, f.mapping.To, strings.Join(f.mapping.Files, ", "), len(f.mapping.Examples()), note})
	}
	t.Render()
}

// checkOnline signs in at every door and tells what was found, and what is
// missing.
func (a *app) checkOnline(ctx context.Context, all []door, flows []flowFile) error {
	var failed error
	missing, asked := 0, 0
	for _, d := range all {
		checker, ok := d.sink.(pipeline.Checker)
		if !ok || d.off {
			continue
		}
		asked++
		var mine []string
		for _, f := range flows {
			if f.flow.Lane == d.lane {
				mine = append(mine, f.mapping.To)
			}
		}
		slices.Sort(mine)
		facts, problems, err := checker.Check(ctx, slices.Compact(mine))
		a.facts(d, facts)
		a.problemLines(problems)
		missing += len(problems)
		if err != nil {
			a.fail(fmt.Errorf("%s: %w", d.section, err))
			failed = printed{exitCouldNot}
		}
	}
	if asked == 0 && !a.json {
		fmt.Fprintf(a.out, "\n%s\n", a.say("allOff"))
	}
	if failed == nil && missing > 0 {
		return printed{exitCouldNot}
	}
	return failed
}

func (a *app) facts(d door, facts []pipeline.Fact) {
	if a.json {
		for _, f := range facts {
			a.jsonLine(a.out, map[string]any{"what": "fact", "at": d.section, "name": f.Name, "value": f.Value})
		}
		return
	}
	fmt.Fprintf(a.out, "\n%s\n", d.section)
	t := a.table("", "")
	t.ResetHeaders()
	for _, f := range facts {
		t.AppendRow([]any{"  " + a.fact(f.Name), f.Value})
	}
	t.Render()
}

func (a *app) problemLines(problems []pipeline.Problem) {
	for _, p := range problems {
		if a.json {
			line := a.problemJSON(p)
			line["what"] = "missing"
			a.jsonLine(a.out, line)
			continue
		}
		fmt.Fprintf(a.out, "  %s: %s\n      %s: %s\n", a.say("missing"), p.Says(a.language()), a.say("fix"), p.Fix(a.language()))
	}
}
