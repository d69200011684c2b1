package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/mappings"
	"wasl/pipeline"
	"wasl/stages/transform"
)

var update = flag.Bool("update", false, "write the golden files of reports anew")

// TestReports reads look-alikes of reports as ERPs write them, each with the mapping
// beside it, and compares what was read with a golden: which rows are data, what
// the columns are, what the fields became, and what the report's own totals say.
func TestReports(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "testdata", "reports")
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(names) < 8 {
		t.Fatalf("%d reports, %v", len(names), err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".yaml")
		t.Run(base, func(t *testing.T) {
			t.Parallel()
			got := readReport(t, dir, base)
			golden := filepath.Join(dir, base+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// readReport is a report and what was made of it, as text.
func readReport(t *testing.T, dir, base string) string {
	t.Helper()
	flow := reportFlow(t, filepath.Join(dir, base+".yaml"))
	var file string
	for _, ext := range []string{".csv", ".txt", ".xlsx"} {
		if _, err := os.Stat(filepath.Join(dir, base+ext)); err == nil {
			file = base + ext
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	read, rows := flow.Extract(t.Context(), pipeline.Drop{Name: file, Size: int64(len(text))}, bytes.NewReader(text))
	header := ""
	for row, err := range rows {
		if err != nil {
			fmt.Fprintf(&b, "refused: %v\n", err)
			break
		}
		if header == "" {
			header = strings.Join(row.Header, " | ")
			fmt.Fprintf(&b, "   %s\n", header)
		}
		fmt.Fprintf(&b, "%2d %s\n", row.Row, strings.Join(row.Cells, " | "))
		record, problems := flow.Map(row)
		fmt.Fprintf(&b, "   >%s\n", fieldsText(record, flow.Kind))
		for _, p := range problems {
			fmt.Fprintf(&b, "   ! %s\n", p)
		}
	}
	a := &app{out: &b, lang: "en"}
	fmt.Fprintf(&b, "\n  %-12s %s\n", "read as", a.readingText(*read))
	a.readingLines(*read)
	for _, e := range read.Titles {
		fmt.Fprintf(&b, "  title %-6d %s\n", e.Row, e.Text)
	}
	for _, c := range read.Controls {
		fmt.Fprintf(&b, "  control %-4d %s %q %s: stated %s, read %s\n", c.Row, c.Scope, c.Label, c.Column, c.Stated, c.Sum)
	}
	for _, p := range read.Notes {
		fmt.Fprintf(&b, "  note %s\n", p)
	}
	return b.String()
}

// reportFlow is the flow of a mapping, against the kinds and with the dictionary
// that are shipped.
func reportFlow(t *testing.T, name string) pipeline.Flow {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	words, err := mappings.Files.Open("dictionary.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	var dictionary bytes.Buffer
	if _, err := dictionary.ReadFrom(words); err != nil {
		t.Fatal(err)
	}
	all, findings, err := doors(&Config{zone: time.UTC}, noTables{}, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	deps := transform.Deps{Kinds: map[string]pipeline.Kind{}, Zone: time.UTC}
	for _, d := range all {
		for _, k := range d.kinds {
			deps.Kinds[k.Name] = k
		}
	}
	deps.Columns, _ = transform.ParseDictionary("dictionary.yaml", dictionary.Bytes())
	m, findings := transform.Parse(filepath.Base(name), text, deps)
	if m == nil {
		for _, f := range findings {
			t.Error(f.In("en"))
		}
		t.FailNow()
	}
	return newFlow(name, m, all).flow
}

// fieldsText is what the fields of a record hold, by name.
func fieldsText(r pipeline.Record, kind pipeline.Kind) string {
	fields := map[string]string{}
	for _, f := range kind.Fields {
		if v := r.Value(f.Name); v.Set {
			fields[f.Name] = v.Text
			if f.Type == pipeline.Amount || f.Type == pipeline.Quantity || f.Type == pipeline.Rate {
				fields[f.Name] = v.Dec.String()
			}
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&b, " %s=%s;", name, fields[name])
	}
	return b.String()
}
