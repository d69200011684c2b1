package main

import (
	_ "embed"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

//go:embed help_ar.yaml
var helpArabic []byte

// helpTexts is help_ar.yaml: what the help of the commands says in Arabic.
type helpTexts struct {
	Words struct {
		Usage, Commands, Examples, Flags, Global, More, Help, Version string
	}
	Exits    string                 // the exit codes, under every command
	Asked    string                 // under commands that a running watch does: handed
	Flags    map[string]string      // of flags that several commands have
	Commands map[string]commandText // by path: wasl receipts list
}

// commandText is the help of one command; its examples are the same in both languages.
type commandText struct {
	Short, Long string
	Flags       map[string]string // in place of those that several commands have
}

// flag is what a flag of a command does; "" where nobody has said it.
func (t helpTexts) flag(path, name string) string {
	switch name {
	case "help":
		return t.Words.Help
	case "version":
		return t.Words.Version
	}
	if own, ok := t.Commands[path].Flags[name]; ok {
		return own
	}
	return t.Flags[name]
}

// helpLanguage is the language of the help: as asked for, or as wasl.yaml says. Help is
// shown whatever state the settings are in, so what cannot be read says nothing.
func (a *app) helpLanguage() string {
	if a.lang != "" {
		return a.lang
	}
	var settings struct{ Language string }
	if text, err := os.ReadFile(filepath.Join(a.dir, "wasl.yaml")); err == nil {
		_ = yaml.Unmarshal(text, &settings)
	}
	if settings.Language != "ar" {
		return "en"
	}
	return "ar"
}

// speakHelp makes the help of root and all below it speak Arabic where that is the language.
func (a *app) speakHelp(root *cobra.Command) {
	english := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if a.helpLanguage() == "ar" {
			var texts helpTexts
			if err := yaml.Unmarshal(helpArabic, &texts); err == nil {
				texts.put(root)
			}
		}
		english(c, args)
	})
}

// put gives a tree of commands its Arabic texts. What has none keeps its English.
func (t helpTexts) put(c *cobra.Command) {
	path := c.CommandPath()
	if text, ok := t.Commands[path]; ok {
		c.Short = text.Short
		if c.Long != "" && text.Long != "" {
			c.Long = t.long(c.Long, text.Long)
		}
	}
	spoken := func(f *pflag.Flag) {
		if says := t.flag(path, f.Name); says != "" {
			f.Usage = says
		}
	}
	c.InitDefaultHelpFlag()
	c.LocalFlags().VisitAll(spoken)
	if !c.HasParent() {
		c.PersistentFlags().VisitAll(spoken)
		c.SetUsageTemplate(t.template(c.UsageTemplate()))
	}
	for _, below := range c.Commands() {
		t.put(below)
	}
}

// long is the Arabic of a command's long help, with the paragraphs that its English has.
func (t helpTexts) long(english, arabic string) string {
	parts := []string{strings.TrimSpace(arabic)}
	if strings.Contains(english, strings.TrimSpace(handed)) {
		parts = append(parts, strings.TrimSpace(t.Asked))
	}
	if strings.Contains(english, strings.TrimSpace(exitHelp)) {
		parts = append(parts, strings.TrimSpace(t.Exits))
	}
	return strings.Join(parts, "\n\n")
}

// template is cobra's own page of usage with Arabic words.
func (t helpTexts) template(page string) string {
	w := t.Words
	more := strings.ReplaceAll(w.More, "{command}", "{{.CommandPath}}")
	return strings.NewReplacer(
		"Usage:", w.Usage+":",
		"Examples:", w.Examples+":",
		"Available Commands:", w.Commands+":",
		"Global Flags:", w.Global+":",
		"Flags:", w.Flags+":",
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`, more,
	).Replace(page)
}
