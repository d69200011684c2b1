package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestWords_Help holds the help in Arabic against the commands: each command and each
// flag is in help_ar.yaml, with the names of flags and settings that its English has,
// and nothing is there that no command has.
func TestWords_Help(t *testing.T) {
	var texts helpTexts
	if err := yaml.UnmarshalWithOptions(helpArabic, &texts, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	arabic := regexp.MustCompile(`[\x{0621}-\x{064A}]`)
	typed := regexp.MustCompile(`--[a-z-]+|"wasl [a-z ]+"|[a-z]+\.yaml`)
	paths := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := c.CommandPath()
		paths[path] = true
		text := texts.Commands[path]
		if !arabic.MatchString(text.Short) {
			t.Errorf("%s: its short help is not in help_ar.yaml", path)
		}
		said := strings.TrimSpace(strings.Replace(strings.Replace(c.Long, exitHelp, "", 1), handed, "", 1))
		if said != "" && !arabic.MatchString(text.Long) {
			t.Errorf("%s: its long help is not in help_ar.yaml", path)
		}
		for _, name := range typed.FindAllString(said, -1) {
			if !strings.Contains(text.Long, name) {
				t.Errorf("%s: %s is in the English help only", path, name)
			}
		}
		own := map[string]bool{}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			own[f.Name] = true
			if !arabic.MatchString(texts.flag(path, f.Name)) {
				t.Errorf("%s: --%s is not in help_ar.yaml", path, f.Name)
			}
		})
		for name := range text.Flags {
			if !own[name] {
				t.Errorf("%s has no flag --%s, help_ar.yaml has", path, name)
			}
		}
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	walk((&app{}).root())
	for path := range texts.Commands {
		if !paths[path] && path != "wasl completion" && path != "wasl help" {
			t.Errorf("help_ar.yaml has %s, which is no command", path)
		}
	}
}

// TestHelp_SpeaksTheLanguageAskedFor shows the pages that a person sees.
func TestHelp_SpeaksTheLanguageAskedFor(t *testing.T) {
	t.Parallel()
	shop := t.TempDir()
	if err := os.WriteFile(filepath.Join(shop, "wasl.yaml"), []byte("language: ar\nbroken: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	good := t.TempDir()
	if err := os.WriteFile(filepath.Join(good, "wasl.yaml"), []byte("language: ar\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		has  []string
		not  []string
	}{
		{[]string{"--lang", "ar", "--help"}, []string{"الأوامر:", "يعرض ما ينتظر وأين ولماذا", "الخيارات:", "wasl check --online"}, []string{"Usage:", "Available", "Flags:", "Show ", "print JSON", "help for", "Use \"", "Help about", "Generate"}},
		{[]string{"pull", "--lang", "ar", "-h"}, []string{"wasl pull orders --check --days 30", "رموز الخروج", "state/requests", "--not-tag"}, []string{"Usage:", "Examples:", "Exit codes", "orders with", "shop of several", "default:"}},
		{[]string{"help", "receipts", "tieout", "--lang", "ar"}, []string{"--by package"}, []string{"Flags:", "how to read"}},
		{[]string{"status", "--help", "-C", good}, []string{"يعرض status"}, []string{"Usage:"}},
		{[]string{"status", "--help", "-C", good, "--lang", "en"}, []string{"Usage:", "status shows whether"}, []string{"الاستخدام"}},
		{[]string{"status", "--help", "-C", shop}, []string{"wasl status"}, nil},
		{[]string{"status", "--help", "-C", t.TempDir()}, []string{"Usage:", "Exit codes"}, []string{"الاستخدام"}},
	} {
		var out, errs bytes.Buffer
		if code := run(context.Background(), c.args, strings.NewReader(""), &out, &errs, func(string) string { return "" }); code != 0 {
			t.Errorf("%v ends with %d: %s", c.args, code, errs.String())
		}
		for _, word := range c.has {
			if !strings.Contains(out.String(), word) {
				t.Errorf("%v does not say %q:\n%s", c.args, word, out.String())
			}
		}
		for _, word := range c.not {
			if strings.Contains(out.String(), word) {
				t.Errorf("%v says %q:\n%s", c.args, word, out.String())
			}
		}
	}
}
