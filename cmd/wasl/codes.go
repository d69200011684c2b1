package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

func (a *app) codesCommand() *cobra.Command {
	var day, export string
	cmd := &cobra.Command{
		Use:   "codes [TABLE]",
		Short: "List the tax authority's tables, limits and rates, or one of them, as they are on a day",
		Long: `codes lists the tables by which receipts are checked before they are issued: how
many codes each has, of which day it is, and where it comes from. With a TABLE it
prints its lines that are in force today, or on the --day given.

A file codes/TABLE.csv beside wasl.yaml is read in place of the shipped table of that
name; codes/tables.csv says of which day it is and where it comes from. --export
writes all shipped tables into a folder, to be changed there; it never overwrites.`,
		Example: "  wasl codes\n  wasl codes limits\n  wasl codes tax_rates --day 2017-06-30\n  wasl codes --export codes",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if export != "" {
				return a.exportTables(export)
			}
			c, err := a.settings()
			if err != nil {
				return err
			}
			if err := days(day); err != nil {
				return usage{err}
			}
			if len(args) == 0 {
				a.listTables(c)
				return nil
			}
			return a.printTable(c.law(), args[0], cmp.Or(day, c.today()))
		},
	}
	cmd.Flags().StringVar(&day, "day", "", "the day whose law is asked for (default: today)")
	cmd.Flags().StringVar(&export, "export", "", "write all shipped tables into this folder")
	return cmd
}

// law is the authority's tables as this installation has them.
func (c *Config) law() *law.Book {
	if c.ETA == nil {
		return law.Shipped()
	}
	return c.ETA.Law()
}

func (a *app) exportTables(dir string) error {
	for _, name := range append(law.Names(), "tables") {
		text, err := law.File(name)
		if err != nil {
			return err
		}
		if err := a.makeFile(filepath.Join(dir, name+".csv"), text); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) listTables(c *Config) {
	now := time.Now().In(c.zone)
	t := a.table(a.say("codes.table"), a.say("codes.count"), a.say("codes.dated"), a.say("codes.age"), a.say("codes.from"))
	for _, table := range c.law().Tables() {
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "table", "table": table.Name, "rows": len(table.Rows), "dated": table.Dated,
				"months": table.Months(now), "file": table.File, "source": table.Source})
			continue
		}
		t.AppendRow([]any{table.Name, len(table.Rows), table.Dated, a.say("codes.months", "count", fmt.Sprint(table.Months(now))), cmp.Or(table.File, a.say("codes.shipped"))})
	}
	if !a.json {
		t.Render()
	}
}

// printTable prints the lines of a table that are in force on a day.
func (a *app) printTable(b *law.Book, name, day string) error {
	table := b.Table(name)
	if table == nil {
		return a.cannot(&pipeline.Trouble{Rule: "list.nothing", With: map[string]string{"word": name}})
	}
	rows := table.On(day)
	if len(rows) == 0 {
		return a.noneListed(0, day)
	}
	if !a.json {
		fmt.Fprintln(a.out, a.say("codes.on", "table", name, "day", day, "dated", table.Dated, "from", cmp.Or(table.Source, table.File)))
	}
	var header []any
	for _, column := range rows[0].Columns() {
		header = append(header, column)
	}
	t := a.table(header...)
	for _, r := range rows {
		line, cells := map[string]any{"what": "code", "table": name}, make([]any, 0, len(header))
		for _, column := range r.Columns() {
			line[column] = r.Cell(column)
			cells = append(cells, r.Cell(column))
		}
		if a.json {
			a.jsonLine(a.out, line)
			continue
		}
		t.AppendRow(cells)
	}
	if !a.json {
		t.Render()
	}
	return nil
}

// checkedTables says by which tables receipts are checked, how old they are, and which are the installation's own.
func (a *app) checkedTables(c *Config) {
	if c.ETA == nil {
		return
	}
	now := time.Now().In(c.zone)
	folder, after := c.ETA.Tables()
	var own, old []*law.Table
	oldest := c.law().Tables()[0]
	for _, t := range c.law().Tables() {
		if t.File != "" {
			own = append(own, t)
		}
		if t.Months(now) > after {
			old = append(old, t)
		}
		if t.Dated < oldest.Dated {
			oldest = t
		}
	}
	if a.json {
		a.listTables(c)
	} else {
		fmt.Fprintf(a.out, "\n%s\n", a.say("codes.checked", "count", fmt.Sprint(len(c.law().Tables())), "table", oldest.Name, "dated", oldest.Dated, "months", fmt.Sprint(oldest.Months(now))))
		for _, t := range own {
			line := []string{t.File, t.Dated, a.say("codes.months", "count", fmt.Sprint(t.Months(now)))}
			if t.Source != "" {
				line = append(line, t.Source)
			}
			fmt.Fprintf(a.out, "  %s\n", strings.Join(line, a.say("comma")))
		}
	}
	var problems []pipeline.Problem
	for _, t := range old {
		problems = append(problems, oldTable(t, now, c.path(folder)))
	}
	a.warnings(problems)
}

// oldTable says that a table should be compared with the authority's.
func oldTable(t *law.Table, now time.Time, folder string) pipeline.Problem {
	return pipeline.Problem{Rule: "codes.old", With: map[string]string{"table": t.Name, "dated": t.Dated, "months": fmt.Sprint(t.Months(now)),
		"source": cmp.Or(t.Source, t.File), "folder": folder}}
}

// warnings are told, but nothing is wrong with the settings.
func (a *app) warnings(problems []pipeline.Problem) {
	for _, p := range problems {
		if a.json {
			line := a.problemJSON(p)
			line["what"] = "warning"
			a.jsonLine(a.out, line)
			continue
		}
		fmt.Fprintf(a.out, "  %s: %s\n      %s: %s\n", a.say("warning"), p.Says(a.language()), a.say("fix"), p.Fix(a.language()))
	}
}
