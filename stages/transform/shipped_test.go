package transform

import (
	"io/fs"
	"testing"

	"wasl/mappings"
)

// TestShipped holds every shipped mapping against its kind and its examples.
func TestShipped(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(mappings.Files, "*.yaml")
	if err != nil || len(names) < 4 {
		t.Fatalf("shipped mappings: %v, %v", names, err)
	}
	for _, name := range names {
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
