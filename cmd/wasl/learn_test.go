package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/transform"
)

// TestLearn_Reports: what learn writes of each sample feed runs as written. The
// feed without a header cannot be learned, nor the one whose header is in a
// language that the dictionary lacks; both say so.
func TestLearn_Reports(t *testing.T) {
	t.Parallel()
	strange := []string{"kidswear-stock.csv", "1c-price-list.csv"}
	feeds, err := filepath.Glob(filepath.Join("..", "..", "testdata", "reports", "*.*"))
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, feed := range feeds {
		if ext := filepath.Ext(feed); ext != ".csv" && ext != ".xlsx" && ext != ".xls" && ext != ".txt" {
			continue
		}
		tried++
		t.Run(filepath.Base(feed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var out bytes.Buffer
			if code := run(t.Context(), []string{"init", dir}, nil, &out, &out, os.Getenv); code != 0 {
				t.Fatal(out.String())
			}
			a := &app{out: &out, err: &out, getenv: os.Getenv, dir: dir}
			c, err := a.settings()
			if err != nil {
				t.Fatal(err)
			}
			text, err := a.learn(t.Context(), c, feed)
			if slices.Contains(strange, filepath.Base(feed)) {
				if err == nil {
					t.Errorf("learned from a file without known headers:\n%s", text)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			tryLearned(t, c, text, feed)
		})
	}
	if tried < 8 {
		t.Errorf("only %d feeds", tried)
	}
}

// tryLearned runs a learned mapping over its feed.
func tryLearned(t *testing.T, c *Config, text, feed string) {
	t.Helper()
	all, _, err := doors(c, noTables{}, func(pipeline.Event) {})
	if err != nil {
		t.Fatal(err)
	}
	deps := transform.Deps{Kinds: map[string]pipeline.Kind{}, Maps: map[string]map[string]string{"shopify.locations": {}}, Zone: c.zone}
	for _, d := range all {
		for _, k := range d.kinds {
			// The door to Shopify is shut here: that rows become records is what counts.
			k.Build = func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) { return pipeline.Document{}, nil }
			deps.Kinds[k.Name] = k
		}
	}
	m, findings := transform.Parse("learned.yaml", []byte(text), deps)
	if m != nil {
		findings = append(findings, m.Check()...)
	}
	for _, f := range findings {
		t.Errorf("%s", f.In("en"))
	}
	if t.Failed() {
		t.Fatalf("of\n%s", text)
	}
	f := newFlow("learned.yaml", m, all)
	f.flow.Kind = deps.Kinds[m.To]
	file, drop, err := openToTry(c, feed)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if !m.Match(drop.Name) {
		t.Errorf("the patterns %v do not take %s", m.Files, drop.Name)
	}
	var got tried
	if _, err := pipeline.Try(t.Context(), f.flow, drop, file, &got); err != nil {
		t.Fatalf("%v\nof\n%s", err, text)
	}
	// A warehouse is mapped by the settings, which know none here.
	others := slices.DeleteFunc(slices.Clone(got.problems), func(p pipeline.Problem) bool { return p.Rule == "map.unknown" })
	if got.rows == 0 || len(others)*4 > got.rows {
		var b strings.Builder
		for _, p := range others {
			b.WriteString(p.String() + "\n")
		}
		t.Errorf("%d rows, states %v, %d problems:\n%sof\n%s", got.rows, got.states, len(others), b.String(), text)
	}
}
