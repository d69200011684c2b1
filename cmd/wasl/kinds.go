package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) kindsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "kinds [PART OF A NAME]",
		Short: "List the kinds of documents, and the fields that mappings supply",
		Long: `kinds prints what a mapping may name after to: - each kind of document with the
fields that a mapping supplies, their types, and which of them must be there - and
what a mapping may decide about it under settings:.`,
		Example: "  wasl kinds\n  wasl kinds eta",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			// Kinds are the same in every shop: no settings are needed to list them.
			all, _, err := doors(&Config{zone: time.UTC}, noTables{}, func(pipeline.Event) {})
			if err != nil {
				return err
			}
			a.lang = a.helpLanguage()
			words, err := a.kindWords()
			if err != nil {
				return err
			}
			part, listed := strings.Join(args, ""), 0
			for _, d := range all {
				for _, k := range d.kinds {
					if strings.Contains(k.Name, part) {
						a.printKind(k, words)
						listed++
					}
				}
			}
			return a.noneListed(listed, part)
		},
	}
}

// noneListed fails where a list came out empty: a silent success would look like
// an answer.
func (a *app) noneListed(listed int, part string) error {
	if listed > 0 {
		return nil
	}
	a.fail(&pipeline.Trouble{Rule: "list.nothing", With: map[string]string{"word": part}})
	return printed{exitCouldNot}
}

//go:embed kinds_ar.yaml
var kindsArabic []byte

// kindWords are what the rooms say of their kinds, fields and settings, by the English:
// the Arabic where that is the language of the help. What has none stays English.
func (a *app) kindWords() (func(string) string, error) {
	var arabic map[string]string
	if a.helpLanguage() == "ar" {
		if err := yaml.Unmarshal(kindsArabic, &arabic); err != nil {
			return nil, fmt.Errorf("kinds_ar.yaml: %w", err)
		}
	}
	return func(english string) string { return cmp.Or(arabic[english], english) }, nil
}

// printKind prints a kind with its fields, its help in the words given.
func (a *app) printKind(k pipeline.Kind, words func(string) string) {
	if a.json {
		fields := make([]map[string]any, 0, len(k.Fields))
		for _, f := range k.Fields {
			fields = append(fields, map[string]any{"name": f.Name, "type": f.Type.String(), "required": f.Required, "help": words(f.Help)})
		}
		settings := make([]map[string]any, 0, len(k.Settings))
		for _, s := range k.Settings {
			settings = append(settings, map[string]any{"name": s.Name, "type": s.Type.String(), "choices": s.Choices, "form": words(s.Form), "default": s.Default, "help": words(s.Help)})
		}
		a.jsonLine(a.out, map[string]any{"kind": k.Name, "help": words(k.Help), "groupBy": k.GroupBy, "once": k.Once, "fields": fields, "settings": settings})
		return
	}
	fmt.Fprintf(a.out, "%s: %s\n", k.Name, words(k.Help))
	if len(k.GroupBy) > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("groups", "fields", strings.Join(k.GroupBy, ", ")))
	}
	t := a.table("  "+a.say("field"), a.say("type"), "", "")
	for _, f := range k.Fields {
		required := ""
		if f.Required {
			required = a.say("required")
		}
		t.AppendRow([]any{"  " + f.Name, f.Type.String(), required, words(f.Help)})
	}
	t.Render()
	a.printSettings(k.Settings, words)
	fmt.Fprintln(a.out)
}

// printSettings prints what a flow may decide about a kind: the values that a
// setting may have, or their type, and what counts where it is not given.
func (a *app) printSettings(settings []pipeline.Setting, words func(string) string) {
	if len(settings) == 0 {
		return
	}
	t := a.table("  "+a.say("setting"), a.say("choices"), a.say("standard"), "")
	for _, s := range settings {
		values := strings.Join(s.Choices, ", ")
		if values == "" {
			values = cmp.Or(words(s.Form), s.Type.String())
		}
		t.AppendRow([]any{"  " + s.Name, values, s.Default, words(s.Help)})
	}
	fmt.Fprintln(a.out)
	t.Render()
}
