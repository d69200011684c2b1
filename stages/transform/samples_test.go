package transform

import (
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"wasl/mappings"
	"wasl/pipeline"
)

// TestShipped_RealExports maps exports of real shops, where they are at hand:
// what Shopify wrote itself gives no problems.
func TestShipped_RealExports(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../shared/reference/shopify/samples/orders/*_7[59]col.csv") // the pattern is sound
	if len(files) == 0 {
		t.Skip("the samples are not on this machine")
	}
	text, err := fs.ReadFile(mappings.Files, "shopify-orders-to-erp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := mustParse(t, string(text), deps(t))
	for _, file := range files {
		rows := readCSV(t, file)
		n := 0
		for _, r := range rows {
			_, problems := m.Map(r)
			for _, p := range problems {
				if p.Rule != "code.exponent" { // some shops' files went through a spreadsheet
					t.Errorf("%s", p)
				}
			}
			n++
		}
		if n == 0 {
			t.Errorf("%s has no rows", file)
		}
	}
}

func readCSV(t *testing.T, file string) []pipeline.Row {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []pipeline.Row
	for i, cells := range lines[1:] {
		rows = append(rows, pipeline.Row{Origin: pipeline.Origin{File: filepath.Base(file), Row: i + 2}, Header: lines[0], Cells: cells})
	}
	return rows
}
