package transform

import (
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wasl/mappings"
	"wasl/pipeline"
)

const wideMapping = `
flow: wide
files: ["*"]
to: shopify.stock
unpivot: {%s, name: Store, value: Pieces, skip: [not stocked]}
fields:
  sku: [Code]
  quantity: [Pieces]
  location: {value: gid://shopify/Location/1}
  warehouse: [Store]
`

// long puts rows of "a|b|c" through a mapping and gives what each becomes.
func long(t *testing.T, m *Mapping, header string, lines ...string) (out []string, read *pipeline.Reading) {
	t.Helper()
	head := strings.Split(header, "|")
	var places []int
	for _, c := range m.Columns() {
		places = append(places, slices.IndexFunc(head, func(h string) bool { return hasName(c.Names, h) }))
	}
	read = &pipeline.Reading{}
	rows := iter.Seq2[pipeline.Row, error](func(yield func(pipeline.Row, error) bool) {
		for i, line := range lines {
			read.Rows++
			row := pipeline.Row{Origin: pipeline.Origin{File: "wide.csv", Row: i + 2}, Header: head, Cells: strings.Split(line, "|"), Places: places}
			for col, cell := range row.Cells {
				if cell == "#REF!" {
					row.Faults = append(row.Faults, pipeline.Fault{Col: col + 1, Rule: "cell.error", With: map[string]string{"error": cell}})
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	})
	for row, err := range m.Rows(read, rows) {
		if err != nil {
			t.Fatal(err)
		}
		r, problems := m.Map(row)
		line := fmt.Sprintf("%s %s %s at %s", r.Text("sku"), r.Text("warehouse"), r.Text("quantity"), r.At("quantity"))
		for _, p := range problems {
			line += " " + string(p.Rule)
		}
		out = append(out, line)
	}
	return out, read
}

func wantLong(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestUnpivot(t *testing.T) {
	t.Parallel()
	for _, which := range []string{"but: [Code, Name]", "columns: [cairo, GIZA]"} {
		m := mustParse(t, fmt.Sprintf(wideMapping, which), deps(t))
		got, read := long(t, m, "Code|Name|Cairo|Giza", "A-1|Tea|4|not stocked", "A-2|Salt||0", "A-3|Rice|Not Stocked|", "A-4|Oil|many|#REF!")
		wantLong(t, got,
			"A-1 Cairo 4 at wide.csv:2 [Cairo]",
			"A-2 Giza 0 at wide.csv:3 [Giza]",
			"A-4 Cairo  at wide.csv:5 [Cairo] quantity.format",
			"A-4 Giza  at wide.csv:5 [Giza] cell.error")
		if read.Rows != len(got) {
			t.Errorf("%d rows, and %d came", read.Rows, len(got))
		}
	}
}

// A file that is long already stays as it is.
func TestUnpivot_Long(t *testing.T) {
	t.Parallel()
	m := mustParse(t, fmt.Sprintf(wideMapping, "but: [Code]"), deps(t))
	got, read := long(t, m, "Code|Store|Pieces|Other", "A-1|Cairo|4|9")
	wantLong(t, got, "A-1 Cairo 4 at wide.csv:2 [Pieces]")
	if read.Rows != 1 {
		t.Errorf("%d rows", read.Rows)
	}
	for _, c := range m.Columns() {
		if c.Required && c.Names[0] != "Code" {
			t.Errorf("%s is asked of every file", c.Names[0])
		}
	}
}

func TestUnpivot_WhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"unpivot: {but: [Code], name: Store}", "unpivot: {but: [Code], value: Pieces}", "unpivot: {name: Store, value: Pieces}", "unpivot: {name: Store, value: Pieces, from: x}"} {
		whole := strings.Replace(fmt.Sprintf(wideMapping, "x"), "unpivot: {x, name: Store, value: Pieces, skip: [not stocked]}", text, 1)
		if _, found := Parse("m.yaml", []byte(whole), deps(t)); len(found) == 0 || !strings.HasPrefix(found[0].Path, "unpivot") {
			t.Errorf("%s: %v", text, found)
		}
	}
}

// What Shopify itself wrote, in each layout, where it is at hand: rows with a SKU
// give no problems but for locations, which a shop's own wasl.yaml names.
func TestShipped_RealInventory(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../shared/reference/shopify/samples/inventory/*.csv") // the pattern is sound
	if len(files) == 0 {
		t.Skip("the samples are not on this machine")
	}
	text, err := fs.ReadFile(mappings.Files, "shopify-inventory.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := deps(t)
	d.Maps["shopify.locations"] = map[string]string{"Rua do Exemplo 100": "gid://shopify/Location/1", "Shop location": "gid://shopify/Location/1", "POPTOYS": "gid://shopify/Location/1",
		"100 Example St": "gid://shopify/Location/1", "Printful": "ignore"}
	m := mustParse(t, string(text), d)
	for _, file := range files {
		rows := readCSV(t, file)
		n := 0
		for row, err := range m.Rows(&pipeline.Reading{}, func(yield func(pipeline.Row, error) bool) {
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}) {
			r, problems := m.Map(row)
			if err != nil || m.Skip([]pipeline.Record{r}) != "" {
				continue
			}
			for _, p := range problems {
				if p.Field != "sku" { // many a shop has none
					t.Errorf("%s", p)
				}
			}
			n++
		}
		t.Logf("%s: %d balances", filepath.Base(file), n)
		if n == 0 && !strings.Contains(file, "on_hand_new") {
			t.Errorf("%s has no balances", file)
		}
	}
}
