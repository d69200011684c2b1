package reconcile

import (
	"slices"

	"wasl/pipeline"
)

// columns are those of a quarantine workbook: those of its first row, and after
// them those that only rows of other parts of a ZIP have.
type columns struct {
	header []string
	mixed  bool // not all parts have the same
}

// align puts the cells of a row, and what is wrong with them, into the columns.
// The row may stay shorter than the header will be.
func (c *columns) align(row pipeline.Row, why *asideRow) pipeline.Row {
	if c.header == nil {
		c.header = slices.Clone(row.Header)
	}
	if len(row.Header) <= len(c.header) && slices.Equal(row.Header, c.header[:len(row.Header)]) {
		return row
	}
	c.mixed = true
	to, used := make([]int, len(row.Header)), map[int]bool{}
	for i, name := range row.Header {
		to[i] = -1
		for at, h := range c.header {
			if h == name && !used[at] {
				to[i] = at
				break
			}
		}
		if to[i] < 0 {
			to[i] = len(c.header)
			c.header = append(c.header, name)
		}
		used[to[i]] = true
	}
	cells := make([]string, len(c.header))
	for i, text := range row.Cells[:min(len(row.Cells), len(to))] {
		cells[to[i]] = text
	}
	row.Cells = cells
	row.Faults = slices.Clone(row.Faults)
	for i, f := range row.Faults {
		if f.Col > 0 && f.Col <= len(to) {
			row.Faults[i].Col = to[f.Col-1] + 1
		}
	}
	for i, p := range why.problems {
		if p.Col > 0 && p.Col <= len(to) {
			why.problems[i].Col = to[p.Col-1] + 1
		}
	}
	return row
}
