package transform

import (
	"io/fs"
	"testing"

	"wasl/mappings"
	"wasl/pipeline"
)

// TestShipped holds every shipped mapping against its kind and its examples.
func TestShipped(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(mappings.Files, "*.yaml")
	more, _ := fs.Glob(mappings.Files, "optional/*.yaml") // the pattern is a good one
	if names = append(names, more...); err != nil || len(names) < 4 {
		t.Fatalf("shipped mappings: %v, %v", names, err)
	}
	for _, name := range names {
		if name == "dictionary.yaml" {
			continue // no mapping
		}
		text, err := fs.ReadFile(mappings.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		m, found := Parse(name, text, deps(t))
		if m == nil || len(found) > 0 {
			t.Errorf("%s", lines(found))
			continue
		}
		if found := m.Check(); len(found) > 0 {
			t.Errorf("%s", lines(found))
		}
		problems := 0
		for _, e := range m.examples {
			problems += len(e.problem)
		}
		if len(m.examples) < 3 || problems == 0 {
			t.Errorf("%s: %d examples, %d problems among them", name, len(m.examples), problems)
		}
		if m.About.En == "" || m.About.Ar == "" {
			t.Errorf("%s says what it is about in one language only", name)
		}
	}
}

func TestShipped_Names(t *testing.T) {
	t.Parallel()
	for flow, files := range map[string][]string{
		"erp-stock": {"stock.csv", "STOCK-2026-11-24.xlsx", "تقرير رصيد المخازن.xlsx", "أرصدة.csv", "ارصدة اليوم.csv", "جرد_2026.xlsx"},
		"erp-items": {"items.csv", "Items 24-11.xlsx", "قائمة الأصناف.xlsx", "اصناف.csv"},
	} {
		text, err := fs.ReadFile(mappings.Files, flow+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		m := mustParse(t, string(text), deps(t))
		for _, name := range files {
			if !m.Match(name) {
				t.Errorf("%s does not take %s", flow, name)
			}
		}
		for _, name := range []string{"orders_export.csv", "عملاء.xlsx"} {
			if m.Match(name) {
				t.Errorf("%s takes %s", flow, name)
			}
		}
	}
}

// TestShipped_Dictionary keeps each name under one word: under two it would help
// neither.
func TestShipped_Dictionary(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(mappings.Files, "dictionary.yaml")
	if err != nil {
		t.Fatal(err)
	}
	words, found := ParseDictionary("dictionary.yaml", text)
	if len(found) > 0 || len(words) < 20 {
		t.Fatalf("%d words\n%s", len(words), lines(found))
	}
	of := map[string]string{}
	for _, word := range sortedKeys(words) {
		for _, name := range words[word] {
			folded := pipeline.Fold(name)
			if other, ok := of[folded]; ok && other != word {
				t.Errorf("%s stands under %s and %s", name, other, word)
			}
			of[folded] = word
		}
	}
}
