package extract

import (
	"cmp"
	"slices"

	"wasl/pipeline"
)

// matchLines finds out which row of a quarantine workbook that came back is which
// row of its slip: for each the index of the slip's line, -1 where it is none.
//
// A row's place tells nothing: people sort, filter and delete. So it goes by what
// was not changed. First come the rows that are wholly as they were, then the
// pairs that share the most cells of values that are not common, then, if no row
// was added or deleted, what is left at the same place. Where rows were added for
// certain, a pair has to share half of its cells.
func matchLines(slip []pipeline.SlipLine, lines []line) []int {
	m := matching{slip: slip, which: make([]int, len(lines)), taken: make([]bool, len(slip))}
	prints := make([][]uint32, len(lines))
	for i, l := range lines {
		m.which[i] = -1
		for _, c := range l.cells {
			prints[i] = append(prints[i], pipeline.CellPrint(c))
		}
	}
	m.same(prints)
	m.alike(prints)
	if len(lines) == len(slip) {
		for i := range lines {
			if m.which[i] < 0 && !m.taken[i] {
				m.take(i, i)
			}
		}
	}
	return m.which
}

type matching struct {
	slip  []pipeline.SlipLine
	which []int  // of a row: its line; -1: none yet
	taken []bool // lines that have their row
}

func (m *matching) take(row, line int) { m.which[row], m.taken[line] = line, true }

// same takes the rows that are as they were.
func (m *matching) same(prints [][]uint32) {
	lines := map[string][]int{}
	for i, l := range m.slip {
		key := string(bytesOf(l.Prints))
		lines[key] = append(lines[key], i)
	}
	for row, p := range prints {
		key := string(bytesOf(p))
		if left := lines[key]; len(left) > 0 {
			m.take(row, left[0])
			lines[key] = left[1:]
		}
	}
}

func bytesOf(prints []uint32) []byte {
	out := make([]byte, 0, 4*len(prints))
	for _, p := range prints {
		out = append(out, byte(p), byte(p>>8), byte(p>>16), byte(p>>24))
	}
	return out
}

// common is how many lines may have a value in a column for it to tell them apart.
const common = 512

// alike takes pairs of what is left, those first that share the most cells; of
// equals, those that stand nearest to each other.
func (m *matching) alike(prints [][]uint32) {
	type cell struct {
		col   int
		print uint32
	}
	by := map[cell][]int{}
	for i, l := range m.slip {
		if m.taken[i] {
			continue
		}
		for col, p := range l.Prints {
			if p != emptyCell {
				by[cell{col, p}] = append(by[cell{col, p}], i)
			}
		}
	}
	type pair struct{ row, line, shared int }
	var pairs []pair
	for row, cells := range prints {
		if m.which[row] >= 0 {
			continue
		}
		shared := map[int]int{}
		for col, p := range cells {
			if lines := by[cell{col, p}]; len(lines) <= common {
				for _, line := range lines {
					shared[line]++
				}
			}
		}
		for line, n := range shared {
			if len(prints) > len(m.slip) && 2*n < filled(m.slip[line].Prints) {
				continue
			}
			pairs = append(pairs, pair{row, line, n})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(b.shared-a.shared, distance(a.row, a.line)-distance(b.row, b.line), a.row-b.row, a.line-b.line)
	})
	for _, p := range pairs {
		if m.which[p.row] < 0 && !m.taken[p.line] {
			m.take(p.row, p.line)
		}
	}
}

func distance(a, b int) int { return max(a-b, b-a) }

// emptyCell is the print of a cell that holds nothing.
var emptyCell = pipeline.CellPrint("")

// filled is how many cells of a row hold something.
func filled(prints []uint32) (n int) {
	for _, p := range prints {
		if p != emptyCell {
			n++
		}
	}
	return n
}
