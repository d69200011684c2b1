package main

import (
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"
)

// Of rows of persons only what the flow reads stands in a workbook, of other rows all but
// what tells of a person and is not read.
func TestAsked_LeavesOutWhatIsNotRead(t *testing.T) {
	t.Parallel()
	columns := []pipeline.Asked{{Names: []string{"Order", "No."}}, {Names: []string{"Phone"}}}
	header := []string{"No.", "Colour", "Phone", "Address", "Phone"}
	for _, c := range []struct {
		name   string
		people bool
		places []int
		want   string
	}{
		{"by place", false, []int{0, 2}, "1|red|01||||beyond"},
		{"by name", false, nil, "1|red|01||02||beyond"},
		{"people, by place", true, []int{0, 2}, "1||01||||"},
		{"people, by name", true, nil, "1||01||02||"},
		{"people, read beyond the header", true, []int{6}, "||||||beyond"},
	} {
		cells := []string{"1", "red", "01", "Nile Street", "02", "", "beyond"}
		a := &asked{columns: columns, people: c.people}
		for range 2 { // rows of a sheet share their header
			got := a.only(pipeline.Row{Header: header, Cells: cells, Places: c.places})
			if text := strings.Join(got.Cells, "|"); text != c.want {
				t.Errorf("%s: %s, want %s", c.name, text, c.want)
			}
		}
		if !slices.Contains(cells, "Nile Street") {
			t.Errorf("%s: the reader's own cells were changed", c.name)
		}
	}
}
