package extract

import (
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A merge is a range of cells that is shown as one. Only the first of them holds a
// text; the others are covered by it.
type merge struct {
	row, lastRow int // counted from 1
	col, lastCol int // counted from 0
}

// merging is a source that knows which of its cells are merged. all says that this
// is complete: of some sources it is only when all of it is read.
type merging interface{ merged() (m []merge, all bool) }

// mergedIn is what a source knows of merged cells.
func mergedIn(src source) (m []merge, all bool) {
	if s, ok := src.(merging); ok {
		return s.merged()
	}
	return nil, true
}

func (m *mended) merged() ([]merge, bool) { return mergedIn(m.src) }

// parseMerge reads a range such as A3:A4.
func parseMerge(ref string) (merge, bool) {
	from, to, _ := strings.Cut(ref, ":")
	m := merge{col: column([]byte(from)) - 1, lastCol: column([]byte(to)) - 1}
	m.row, m.lastRow = atoi(strings.TrimLeft(from, refLetters)), atoi(strings.TrimLeft(to, refLetters))
	return m, m.col >= 0 && m.lastCol >= m.col && m.row > 0 && m.lastRow >= m.row && m.lastCol < maxColumns && m.lastRow <= maxRows
}

const refLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// loadMerges finds out which cells are merged, once. A workbook says so behind its
// rows: so the sheet is read to its end, and only where somebody has to know before.
// What is wrong with it shows again where its rows are read.
func (t *table) loadMerges() error {
	if t.mergesKnown {
		return nil
	}
	if known, all := mergedIn(t.src); all || t.raw == nil {
		t.learnMerges(known)
		return nil
	}
	t.mergesKnown = true
	src, err := t.raw()
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	defer src.close()
	for n := 0; ; n++ {
		if n%1024 == 0 && t.file.ctx.Err() != nil {
			return t.file.ctx.Err()
		}
		if _, err := src.next(); err != nil {
			if errors.Is(err, io.EOF) {
				known, _ := mergedIn(src)
				t.learnMerges(known)
			}
			return nil
		}
	}
}

// learnMerges keeps the merged cells that lie where a header may be, and those that
// cover cells of the first key column.
func (t *table) learnMerges(all []merge) {
	t.mergesKnown = true
	t.merges = all
	last := max(headerLast, t.file.opt.Header) + headerTall
	for _, m := range all {
		if m.row <= last && m.lastRow+m.lastCol > m.row+m.col {
			t.headMerges = append(t.headMerges, m)
		}
	}
}

// flatten joins the rows of a header that ends at a place in ahead.
func (t *table) flatten(at, tall int) (names, error) {
	rows := make([][]string, 0, tall)
	for _, l := range t.ahead[at-tall+1 : at+1] {
		rows = append(rows, l.cells)
	}
	if tall == 1 || !captions(rows[:tall-1]) {
		return joinRows(rows, nil), nil
	}
	if err := t.loadMerges(); err != nil {
		return names{}, err
	}
	top := t.ahead[at].row - tall + 1
	var in []merge
	for _, m := range t.headMerges {
		if m.row < top+tall && m.lastRow >= top {
			m.row, m.lastRow = m.row-top, min(m.lastRow-top, tall-1)
			in = append(in, m)
		}
	}
	return joinRows(rows, in), nil
}

// captions tells whether rows may be captions over columns: titles have only a
// first cell.
func captions(rows [][]string) bool {
	return slices.ContainsFunc(rows, func(cells []string) bool { return len(cells) > 1 && !allBlank(cells[1:]) })
}

// reaches tells whether a caption of the header is merged down into a row below it.
func (t *table) reaches(l line) (bool, error) {
	free := slices.ContainsFunc(t.found.at, func(at int) bool { return at >= 0 && cellAt(l, at) == "" })
	if !free || empty(l) || len(l.faults) > 0 {
		return false, nil
	}
	if err := t.loadMerges(); err != nil {
		return false, err
	}
	first := t.found.row - t.found.tall + 1
	return slices.ContainsFunc(t.headMerges, func(m merge) bool {
		return m.row >= first && m.row <= t.found.row && m.lastRow >= l.row && m.col < len(t.found.header) && t.found.header[m.col] != ""
	}), nil
}

// covered tells whether the key of a row is empty because it is merged with the one
// above it: then the row is data that lacks its key, no caption and no total.
func (t *table) covered(l line) (bool, error) {
	key := t.keys[0]
	if cellAt(l, key) != "" || len(l.cells) == 0 {
		return false, nil
	}
	if err := t.loadMerges(); err != nil {
		return false, err
	}
	if t.keyMerges == nil {
		t.keyMerges = []merge{}
		for _, m := range t.merges {
			if m.col <= key && m.lastCol >= key && m.lastRow > m.row && m.row > t.found.row {
				t.keyMerges = append(t.keyMerges, m)
			}
		}
		slices.SortFunc(t.keyMerges, func(a, b merge) int { return cmp.Compare(a.row, b.row) })
	}
	i, ok := slices.BinarySearchFunc(t.keyMerges, l.row, func(m merge, row int) int { return cmp.Compare(m.row, row) })
	if ok || i == 0 {
		return false, nil
	}
	return t.keyMerges[i-1].lastRow >= l.row, nil
}

// cellName is what spreadsheets call a cell; col counts from 0.
func cellName(row, col int) string { return pipeline.ColumnLetters(col+1) + strconv.Itoa(row) }

// shownMerges is how many ranges a note names.
const shownMerges = 10

// tellMerged notes for each column asked for that its cells are merged over several
// rows of data: unless the mapping fills it down, all rows but the first lack it.
func (t *table) tellMerged() {
	if !t.mergesKnown {
		known, _ := mergedIn(t.src)
		t.learnMerges(known)
	}
	by := map[int][]merge{}
	for _, m := range t.merges {
		if m.lastRow > m.row && m.row > t.found.row && m.row < t.file.read.TableEnd {
			by[m.col] = append(by[m.col], m)
		}
	}
	told := map[int]bool{}
	for i, c := range t.columns {
		at := t.found.at[i]
		if at < 0 || c.Fill || told[at] || len(by[at]) == 0 {
			continue
		}
		told[at] = true
		in := by[at]
		slices.SortFunc(in, func(a, b merge) int { return cmp.Compare(a.row, b.row) })
		var ranges []string
		for _, m := range in[:min(len(in), shownMerges)] {
			ranges = append(ranges, cellName(m.row, m.col)+":"+cellName(m.lastRow, m.lastCol))
		}
		if len(in) > shownMerges {
			ranges = append(ranges, "...")
		}
		t.file.note("cell.merged", &place{sheet: t.sheet, row: in[0].row, col: at + 1, column: t.header[at]}, "ranges", list(ranges))
	}
}
