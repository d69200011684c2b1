package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) reconcileCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Write the workbook of some days again, from the ledger alone",
		Long: `reconcile writes the reconciliation workbook of the files that arrived on some
days (days of the shop's zone, both included) into reports/. It reads only the
ledger: made again, the workbook is the same to the last byte. So are those of the
rows that were put aside, quarantine-..., which it makes again from the vault where
they are not there.`,
		Example: "  wasl reconcile\n  wasl reconcile --from 2026-11-01 --to 2026-11-30",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			first, last, err := dayRange(from, to, time.Now().In(c.zone).Format(time.DateOnly))
			if err != nil {
				return usage{err}
			}
			l, err := a.openReading(cmd.Context(), c)
			if err != nil {
				return err
			}
			defer func() { _ = l.Shut() }() // it was only read
			all, findings, err := doors(c, noTables{}, func(pipeline.Event) {})
			if err != nil {
				return err
			}
			if len(findings) > 0 {
				a.findings(findings)
				return printed{exitUsage}
			}
			read, err := rereadForReport(cmd.Context(), c, l, all)
			if err != nil {
				return err
			}
			path, err := writeBook(cmd.Context(), l, c, first, last, read, reportOptions(c, all))
			if err != nil {
				return err
			}
			if a.json {
				a.jsonLine(a.out, map[string]string{"what": "workbook", "from": first, "to": last, "path": path})
				return nil
			}
			if path == "" {
				fmt.Fprintln(a.out, a.say("noDays", "from", first, "to", last))
				return nil
			}
			fmt.Fprintf(a.out, "%s %s\n", a.say("workbook"), path)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "first day of arrival, such as 2026-11-01 (default: today)")
	cmd.Flags().StringVar(&to, "to", "", "last day of arrival (default: the same as --from)")
	return cmd
}

// dayRange checks two days and fills in what is left out.
func dayRange(from, to, today string) (string, string, error) {
	if from == "" {
		from = today
		if to != "" {
			from = to
		}
	}
	if to == "" {
		to = from
	}
	for _, day := range []struct{ flag, text string }{{"--from", from}, {"--to", to}} {
		if _, err := time.Parse(time.DateOnly, day.text); err != nil {
			return "", "", &pipeline.Trouble{Rule: "usage.day", With: map[string]string{"flag": day.flag, "given": day.text}}
		}
	}
	if to < from {
		return "", "", &pipeline.Trouble{Rule: "usage.days", With: map[string]string{"to": to, "from": from}}
	}
	return from, to, nil
}
