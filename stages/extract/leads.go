package extract

import (
	"strings"

	"wasl/pipeline"
)

// leads are rows that name a group and state its sum before its items come, as ERPs
// write them that show groups folded up: «زيوت,,7» above items of 3 and 4. They look
// like items that lack their names. They are taken for groups only where all of them
// say the sum of what comes below, up to another one or the end.
type leads struct {
	rows  []lead
	marks [2]Decimal // of the items so far, read with a decimal point, and with a comma
	wrong [2]bool
	whole bool // there are more of them than are kept, or one states no number
}

type lead struct {
	row   int
	state [2]Decimal
	above [2]Decimal // the items before it
}

// mostLeads is how many of them are kept.
const mostLeads = 10_000

var bothMarks = [2]string{".", ","}

// mayLead tells whether a row has a name in place of a key, no text besides, and a
// number.
func (t *table) mayLead(l line) bool {
	key := cellAt(l, t.keys[0])
	if key == "" || strings.ContainsFunc(key, isDigit) || !t.nameless(l) || t.wordsForNumber(l) {
		return false
	}
	for i, c := range l.cells {
		if i == t.keys[0] || blank(c) || filler(c) {
			continue
		}
		if _, rule := pipeline.ParseNumber(pipeline.Clean(c), "", currency); rule == pipeline.NotNumber {
			return false
		}
	}
	return t.summable(l) != ""
}

// summable is the first quantity or amount that a row has.
func (t *table) summable(l line) string {
	for i, c := range t.columns {
		if at := t.found.at[i]; at >= 0 && (c.Type == pipeline.Quantity || c.Type == pipeline.Amount) {
			return pipeline.Clean(cellAt(l, at))
		}
	}
	return ""
}

// item adds a row that is none.
func (s *leads) item(text string) {
	for i, mark := range bothMarks {
		if d, rule := pipeline.ParseNumber(text, mark, currency); rule == "" {
			s.marks[i] = s.marks[i].Add(d)
		}
	}
}

// lead adds a row that may be one.
func (s *leads) lead(row int, text string) {
	if s.whole = s.whole || len(s.rows) >= mostLeads; s.whole {
		return
	}
	l := lead{row: row, above: s.marks}
	for i, mark := range bothMarks {
		d, rule := pipeline.ParseNumber(text, mark, currency)
		l.state[i], s.wrong[i] = d, s.wrong[i] || rule != ""
	}
	s.rows = append(s.rows, l)
}

// proven are the rows of groups with their sums, where all of them are right under
// one of the decimal marks; else none.
func (s *leads) proven() map[int]Decimal {
	if s.whole || len(s.rows) == 0 {
		return nil
	}
	for i := range bothMarks {
		if out := s.provenAs(i); out != nil {
			return out
		}
	}
	return nil
}

func (s *leads) provenAs(mark int) map[int]Decimal {
	out := map[int]Decimal{}
	for n, l := range s.rows {
		right := !l.state[mark].IsZero() && s.marks[mark].Sub(l.above[mark]).Equal(l.state[mark])
		for _, other := range s.rows[n+1 : min(n+1+mostMarks, len(s.rows))] {
			right = right || !l.state[mark].IsZero() && other.above[mark].Sub(l.above[mark]).Equal(l.state[mark])
		}
		if s.wrong[mark] || !right {
			return nil
		}
		out[l.row] = l.state[mark]
	}
	return out
}

// leading takes a row of a group that states its sum: it is a caption, and a control
// that agrees, as the survey has seen.
func (t *table) leading(l line, sum Decimal) line {
	key := t.keys[0]
	if t.sums != nil {
		t.file.read.Controls = append(t.file.read.Controls, pipeline.Control{Row: l.row, Label: pipeline.Clean(l.cells[key]),
			Column: t.sums.cols[0].name, Scope: "group", Stated: sum, Sum: sum})
	}
	only := l
	only.cells = make([]string, key+1)
	only.cells[key] = l.cells[key]
	return only
}
