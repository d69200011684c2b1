package transform

import (
	"cmp"
	"iter"
	"strconv"

	"wasl/pipeline"
)

// Rows stands between extract and Map, once for each file. It fills columns down
// that stand on the first row of a group only (fill: down), makes rows of columns
// (unpivot:), and notes at the end
// which fields were rounded (round:), and that invisible marks were taken out of
// keys and numbers.
//
// The columns that are filled down belong together: a row in which all of them
// are empty goes on with the group above it; any other begins one, and what is
// empty in it stays empty.
func (m *Mapping) Rows(read *pipeline.Reading, rows iter.Seq2[pipeline.Row, error]) iter.Seq2[pipeline.Row, error] {
	return func(yield func(pipeline.Row, error) bool) {
		var down filler
		var off rounded
		marks := newMarked(m)
		wide := widened{m: m}
		for row, err := range rows {
			if err != nil {
				if !yield(row, err) {
					return
				}
				continue
			}
			for _, row := range wide.rows(down.fill(m, row)) {
				off.count(m, row)
				marks.look(m, row)
				if !yield(row, nil) {
					return
				}
			}
		}
		read.Rows += wide.more
		read.Notes = append(read.Notes, off.notes(m)...)
		read.Notes = append(read.Notes, marks.notes()...)
	}
}

// A filler remembers the first row of the group that is being read.
type filler struct {
	head   []string         // its cells, by the order of Mapping.fill
	faults []pipeline.Fault // those of its cells
}

// fill gives a row the head of its group. It copies what it changes.
func (f *filler) fill(m *Mapping, row pipeline.Row) pipeline.Row {
	if len(m.fill) == 0 || row.Was != nil { // what came back to be read again was filled before
		return row
	}
	cols, _ := m.places(row)
	var head []string
	var faults []pipeline.Fault
	begins := false
	for _, source := range m.fill {
		cell := ""
		if col := cols[source]; col >= 0 && col < len(row.Cells) {
			cell = row.Cells[col]
			for _, fault := range row.Faults {
				if fault.Col == col+1 {
					faults, begins = append(faults, fault), true
				}
			}
		}
		head = append(head, cell)
		begins = begins || pipeline.Clean(cell) != ""
	}
	if begins || f.head == nil {
		f.head, f.faults = head, faults
		return row
	}
	cells := append([]string(nil), row.Cells...)
	for i, source := range m.fill {
		if col := cols[source]; col >= 0 && col < len(cells) {
			cells[col] = f.head[i]
		}
	}
	row.Cells = cells
	row.Faults = append(row.Faults[:len(row.Faults):len(row.Faults)], f.faults...)
	return row
}

// rounded counts, by step, the cells that a declared rounding changes.
type rounded struct {
	counts map[int]int
	first  map[int]pipeline.Problem
}

func (o *rounded) count(m *Mapping, row pipeline.Row) {
	if !m.rounding {
		return
	}
	r := reading{row: row, mapping: m, world: &m.world, unit: m.unit}
	r.cols, r.hows = m.places(row)
	for i, s := range m.steps {
		if s.rounded == nil {
			continue
		}
		col, was, is := s.rounded(&r)
		if col < 0 {
			continue
		}
		if o.counts == nil {
			o.counts, o.first = map[int]int{}, map[int]pipeline.Problem{}
		}
		if o.counts[i]++; o.counts[i] == 1 {
			at := row.Origin
			at.Col, at.Column = col+1, row.Header[col]
			o.first[i] = pipeline.Problem{Origin: at, Field: s.Name, Value: row.Cells[col], Rule: "number.rounded",
				With: map[string]string{"was": was, "is": is}}
		}
	}
}

// notes tell of each field once: how many cells were rounded, and the first.
func (o *rounded) notes(m *Mapping) []pipeline.Problem {
	var out []pipeline.Problem
	for i := range m.steps {
		if n := o.counts[i]; n > 0 {
			p := o.first[i]
			p.With["count"] = strconv.Itoa(n)
			out = append(out, p)
		}
	}
	return out
}

// wouldRound makes the function that says what rounding changes in a field's cell:
// its column counted from 0, or -1 where it changes nothing.
func (s *spec) wouldRound() func(r *reading) (col int, was, is string) {
	exact := s.how
	exact.rounds = false
	exact.to = exact.as
	edit := s.edit()
	return func(r *reading) (int, string, string) {
		col := r.cols[s.source]
		text := r.cell(s.source)
		if edit != nil {
			text = edit(text)
		}
		if col < 0 || text == "" {
			return -1, "", ""
		}
		read := &exact
		if col < len(r.row.Styles) {
			read = cmp.Or(exact.told(r.row.Styles[col]), read)
		}
		v, why := read.read(s.unitless(r, text))
		if short := v.Dec.RoundHAZ(s.how.places); why.rule == "" && !short.Equal(v.Dec) {
			return col, v.Dec.String(), short.String()
		}
		return -1, "", ""
	}
}
