package pipeline

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRules keeps the table whole: both languages, the same facts in both, no
// name twice.
func TestRules(t *testing.T) {
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	seen := map[Rule]bool{}
	for _, r := range rules {
		if seen[r.name] {
			t.Errorf("%s stands in the table twice", r.name)
		}
		seen[r.name] = true
		if r.en.says == "" || r.ar.says == "" || r.en.fix == "" || r.ar.fix == "" {
			t.Errorf("%s lacks words", r.name)
		}
		for _, h := range hole.FindAllString(r.en.says+r.en.fix, -1) {
			if !strings.Contains(r.ar.says+r.ar.fix, h) {
				t.Errorf("%s: %s is in the English words only", r.name, h)
			}
		}
	}
}

// TestRules_Once: a name has one meaning, whichever file of the table it stands in.
func TestRules_Once(t *testing.T) {
	seen := map[Rule]bool{}
	for _, r := range rules {
		if seen[r.name] {
			t.Errorf("%s stands twice", r.name)
		}
		seen[r.name] = true
	}
}

// TestRules_Used keeps code and table together: every rule that the code names
// stands in the table, and every line of the table is named somewhere.
func TestRules_Used(t *testing.T) {
	literal := regexp.MustCompile(`"([a-z]+(?:\.[a-zA-Z]+)+)"`)
	used := map[string]bool{}
	for _, dir := range []string{"../pipeline", "../stages", "../cmd"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
				strings.Contains(path, "pipeline/rules") || strings.Contains(path, "etatest") || strings.Contains(path, "shopifytest") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for line := range strings.Lines(string(text)) {
				for _, m := range literal.FindAllStringSubmatch(line, -1) {
					used[m[1]] = true
					if strings.Contains(line, "Rule: \""+m[1]+"\"") && !Rule(m[1]).Known() {
						t.Errorf("%s uses rule %q, which is not in the table", path, m[1])
					}
				}
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	for _, r := range rules {
		if !used[string(r.name)] {
			t.Logf("%s is in the table, but no code names it", r.name)
		}
	}
}

// TestFinding_Value keeps the value of a setting in the words: it stands among
// the facts, for there is no cell that it came from.
func TestFinding_Value(t *testing.T) {
	f := Finding{Path: "eta.environment", Rule: "eta.choice", With: map[string]string{"value": "preprod", "known": "production"}}
	for _, lang := range []string{"en", "ar"} {
		if got := f.In(lang); !strings.Contains(got, "preprod") {
			t.Errorf("%s: the value is missing in %q", lang, got)
		}
	}
}

// TestProblem_Clause leaves out what nearest there is where nothing is near, and never
// shows the braces.
func TestProblem_Clause(t *testing.T) {
	for near, want := range map[string]map[string]string{
		"A-1": {"en": "there is no A-9 in the table items; nearest there: A-1", "ar": "لا يوجد A-9 في جدول items؛ الأقرب فيه: A-1"},
		"-":   {"en": "there is no A-9 in the table items", "ar": "لا يوجد A-9 في جدول items"},
		"":    {"en": "there is no A-9 in the table items", "ar": "لا يوجد A-9 في جدول items"},
	} {
		p := Problem{Rule: "lookup.missing", With: map[string]string{"table": "items", "code": "A-9", "near": near}}
		for lang, want := range want {
			if got := p.Says(lang); got != want {
				t.Errorf("%s, near %q: %q", lang, near, got)
			}
		}
	}
	for _, lang := range []string{"en", "ar"} {
		for _, r := range Rules(lang) {
			if strings.Contains(r.Says+r.Fix, "}}") || r.Name == "lookup.missing" && !strings.HasSuffix(r.Says, ": {near}") {
				t.Errorf("%s: %s", r.Name, r.Says)
			}
		}
	}
}

// TestProblem_NumbersInArabic keeps dates and order numbers in their order: in an
// Arabic sentence 2026-11-25 is shown as 25-11-2026 and #1003 as 1003#.
func TestProblem_NumbersInArabic(t *testing.T) {
	p := Problem{Rule: "document.changed", With: map[string]string{"key": "#1003", "when": "2026-11-25"}}
	for _, fact := range p.With {
		if got := p.Says("ar"); !strings.Contains(got, "\u200e"+fact+"\u200e") {
			t.Errorf("%s has no marks in %q", fact, got)
		}
		if got := p.Says("en"); !strings.Contains(got, fact) || strings.Contains(got, "\u200e") {
			t.Errorf("in English: %q", got)
		}
	}
	for _, fact := range []string{"", "7", "A-1", "./state", "١٢-٣", "3 قطع", "wasl init x"} {
		if got := leftToRight(fact); got != fact {
			t.Errorf("%q became %q", fact, got)
		}
	}
}

// TestRules_Weight: a rule that wants a person is in the table, and is no note.
func TestRules_Weight(t *testing.T) {
	attend := 0
	for _, r := range rules {
		if !r.name.Attend() {
			continue
		}
		if attend++; r.name.Note() || r.name.Gate() {
			t.Errorf("%s wants a person, and is a note or holds a gate", r.name)
		}
	}
	if attend != 22 {
		t.Errorf("%d rules want a person: one of Attend is not in the table", attend)
	}
}
