package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "rules [PART OF A NAME]",
		Short:   "List what can be wrong with data, and what to do about it",
		Long:    "rules prints the table of rules: the name that reports and mappings use, what is\nwrong, and what to do about it, in the language of --lang.",
		Example: "  wasl rules amount\n  wasl rules --lang ar",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			a.lang = a.helpLanguage()
			part, listed := strings.Join(args, ""), 0
			for _, r := range pipeline.Rules(a.language()) {
				if !strings.Contains(string(r.Name), part) {
					continue
				}
				listed++
				if a.json {
					a.jsonLine(a.out, map[string]string{"rule": string(r.Name), "says": r.Says, "fix": r.Fix})
					continue
				}
				fmt.Fprintf(a.out, "%-24s %s\n%-24s %s: %s\n", r.Name, r.Says, "", a.say("fix"), r.Fix)
			}
			return a.noneListed(listed, part)
		},
	}
}
