package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"wasl/pipeline"
)

// TestPrintKind_Settings keeps what a flow may decide in sight: the values of a
// setting, or how it is written, or its type; its default; its help.
func TestPrintKind_Settings(t *testing.T) {
	t.Parallel()
	kind := pipeline.Kind{Name: "shop.thing", Help: "a thing", Settings: []pipeline.Setting{
		{Name: "on_stale", Choices: []string{"erp", "hold"}, Default: "erp", Help: "who wins"},
		{Name: "rounding", Form: "0.25, or end 0.99", Help: "how amounts end"},
		{Name: "buffer", Type: pipeline.Quantity, Default: "0", Help: "what is kept back"},
	}}
	english := func(text string) string { return text }
	var out bytes.Buffer
	(&app{out: &out}).printKind(kind, english)
	for _, want := range []string{"on_stale   erp, hold", "erp       who wins", "rounding   0.25, or end 0.99", "buffer     quantity", "what is kept back"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the kind lacks %q:\n%s", want, out.String())
		}
	}
	out.Reset()
	(&app{out: &out, json: true}).printKind(kind, english)
	if want := `"settings":[{"choices":["erp","hold"],"default":"erp"`; !strings.Contains(out.String(), want) {
		t.Errorf("as JSON it lacks %s:\n%s", want, out.String())
	}
}

// TestKinds_Arabic holds kinds_ar.yaml against the kinds: all that they say is there,
// in Arabic, with the names that a mapping writes, and nothing that no kind says.
func TestKinds_Arabic(t *testing.T) {
	t.Parallel()
	var arabic map[string]string
	if err := yaml.UnmarshalWithOptions(kindsArabic, &arabic, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	all, _, err := doors(&Config{zone: time.UTC}, noTables{}, func(pipeline.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	letters, names := regexp.MustCompile(`[\x{0621}-\x{064A}]`), regexp.MustCompile(`[a-z]+[._][a-z_.]+[a-z]|gid://[A-Za-z/0-9]+|#[0-9]+`)
	said := map[string]bool{}
	see := func(where, text string) {
		if text == "" || said[text] {
			return
		}
		said[text] = true
		if !letters.MatchString(arabic[text]) {
			t.Errorf("%s: %q is not in kinds_ar.yaml", where, text)
		}
		for _, name := range names.FindAllString(text, -1) {
			if !strings.Contains(arabic[text], name) {
				t.Errorf("%s: %s is in the English of %q only", where, name, text)
			}
		}
	}
	for _, d := range all {
		for _, k := range d.kinds {
			see(k.Name, k.Help)
			for _, f := range k.Fields {
				see(k.Name+" "+f.Name, f.Help)
			}
			for _, s := range k.Settings {
				see(k.Name+" "+s.Name, s.Help)
				if strings.Contains(s.Form, " ") && !strings.HasPrefix(s.Form, "[id, ") {
					see(k.Name+" "+s.Name, s.Form)
				}
				said[s.Form] = true
			}
		}
	}
	for english := range arabic {
		if !said[english] {
			t.Errorf("kinds_ar.yaml has %q, which no kind says", english)
		}
	}
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"kinds", "shopify.stock", "--lang", "ar"}, strings.NewReader(""), &out, &errs, func(string) string { return "" }); code != 0 {
		t.Fatalf("wasl kinds ends with %d: %s", code, errs.String())
	}
	for _, want := range []string{"shopify.stock: رصيد صنف في موقع", "كود المخزن في النظام المحاسبي", "أكثر ما يعرضه المتجر", "عدد صحيح من القطع"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
}
