package extract

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// names are what the columns of a header of one to three rows go by.
type names struct {
	shown []string   // joined by blanks, without empty ones at the end: الكمية رصيد أول
	parts [][]string // of each column, top down, without empty ones and without the same one twice
	alone []bool     // of each column whether no other one shares its uppermost caption
	tall  int
}

// joinRows puts the rows of a header together. A caption over several columns
// stands in the first of them, in CSV as in merged cells: it goes on to the right
// as long as there are names below and no other caption. One without a name below
// it stands for its own column. Where merged cells say over which columns captions
// stand, that counts: rows of merged count from the header's first one, as 0.
func joinRows(rows [][]string, merged []merge) names {
	width := 0
	for _, r := range rows {
		width = max(width, len(r))
	}
	n := names{tall: len(rows), parts: make([][]string, width), alone: make([]bool, width)}
	for i := range n.alone {
		n.alone[i] = true
	}
	over := newCover(merged, len(rows), width)
	for depth, r := range rows {
		carried := ""
		for i := range width {
			text := ""
			if i < len(r) {
				text = pipeline.Clean(r[i])
			}
			below := named(rows[depth+1:], i)
			m, covered := over.at(depth, i)
			switch {
			case covered && text == "":
				if carried = ""; m.row == depth && m.col < len(r) && named(rows[m.lastRow+1:], i) {
					text = pipeline.Clean(r[m.col])
				}
				if text != "" && depth == 0 {
					n.alone[i], n.alone[m.col] = false, false
				}
			case text != "" && below && !over.across[depth]:
				carried = text
			case text != "" || !below || over.across[depth]:
				carried = ""
			default:
				if text = carried; text != "" && depth == 0 {
					n.alone[i], n.alone[i-1] = false, false
				}
			}
			if text != "" && !slices.Contains(n.parts[i], text) {
				n.parts[i] = append(n.parts[i], text)
			}
		}
	}
	n.shown = make([]string, width)
	for i, parts := range n.parts {
		n.shown[i] = strings.Join(parts, " ")
	}
	for len(n.shown) > 0 && n.shown[len(n.shown)-1] == "" {
		n.shown = n.shown[:len(n.shown)-1]
	}
	return n
}

// cover says which cells of a header are merged.
type cover struct {
	merged []merge
	which  [][]int // by row and column, the merge counted from 1; 0: none
	across []bool  // by row, whether a caption is merged over several columns
}

func newCover(merged []merge, tall, width int) cover {
	c := cover{across: make([]bool, tall)}
	if len(merged) == 0 {
		return c
	}
	c.merged, c.which = merged, make([][]int, tall)
	for i := range c.which {
		c.which[i] = make([]int, width)
	}
	for i, m := range merged {
		for row := max(m.row, 0); row <= m.lastRow; row++ {
			for col := m.col; col <= m.lastCol && col < width && c.which[row][col] == 0; col++ { // of two that overlap the first counts
				c.which[row][col] = i + 1
				c.across[row] = c.across[row] || m.row >= 0 && col > m.col
			}
		}
	}
	return c
}

// at is the merge to which a cell belongs.
func (c cover) at(row, col int) (merge, bool) {
	if c.which == nil || c.which[row][col] == 0 {
		return merge{}, false
	}
	return c.merged[c.which[row][col]-1], true
}

// named tells whether one of the rows says something in a column.
func named(rows [][]string, col int) bool {
	for _, r := range rows {
		if col < len(r) && !blank(r[col]) {
			return true
		}
	}
	return false
}

// nameIndex finds columns by their folded names: by the whole of a name first,
// then by its last row, then by what lies between.
type nameIndex struct {
	levels  [3]map[string][2]int // the first and the second column of a name, from 0; -1: there is no second
	doubled []string             // whole names of several columns
}

func (n names) index() nameIndex {
	x := nameIndex{}
	x.levels[0] = make(map[string][2]int, len(n.shown))
	for i, name := range n.shown {
		if two := x.put(0, name, i); two {
			x.doubled = append(x.doubled, name)
		}
	}
	if n.tall < 2 {
		return x
	}
	x.levels[1], x.levels[2] = map[string][2]int{}, map[string][2]int{}
	for i, parts := range n.parts[:len(n.shown)] {
		if len(parts) < 2 {
			continue // its whole name is its last one
		}
		x.put(1, parts[len(parts)-1], i)
		if len(parts) > 2 {
			x.put(2, strings.Join(parts[1:], " "), i)
		}
		if n.alone[i] {
			x.put(2, parts[0], i)
		}
	}
	return x
}

// put adds a name, and tells whether it is the second column of it.
func (x *nameIndex) put(level int, name string, col int) (second bool) {
	folded := pipeline.Fold(name)
	if folded == "" {
		return false // a filler such as ! or -
	}
	switch at, ok := x.levels[level][folded]; {
	case !ok:
		x.levels[level][folded] = [2]int{col, -1}
	case at[1] < 0:
		x.levels[level][folded] = [2]int{at[0], col}
		return true
	}
	return false
}

// find gives the column of the first of the names that is there, and a second one
// of the same name; -1 where there is none.
func (x nameIndex) find(folded []string) (at, twice int, ok bool) {
	for _, name := range folded {
		for _, level := range x.levels {
			if place, ok := level[name]; ok {
				return place[0], place[1], true
			}
		}
	}
	return -1, -1, false
}

// filler tells whether a text only fills its cell: !, -, ---, |.
func filler(s string) bool {
	some := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0x80, c >= '0' && c <= '9', isLetter(c):
			return false
		case c > ' ':
			some = true
		}
	}
	return some && len(s) <= 24
}
