package transform

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// A lookup takes a column of a row of a reference table. Several ways to the row
// are tried in order: the first that finds one counts.
type lookup struct {
	ways  []way
	take  string
	empty bool   // the row may lack the column
	id    string // the ways in words: lookups of the same words find the same row
}

// A way leads from a text to a row of a table.
type way struct {
	table   string
	by      string   // the column that holds the text; "": the row's own code
	list    string   // of a table of lists: the one that is looked into
	columns []string // of the table
}

// name is the way in words: items, or items.barcode.
func (w way) name() string {
	name := w.table
	if w.list != "" {
		name += "/" + w.list
	}
	if w.by != "" {
		name += "." + w.by
	}
	return name
}

// key is what the table knows a text by.
func (w way) key(text string) string {
	if w.list != "" {
		return w.list + "/" + text
	}
	return text
}

// looked is what was found for a code.
type looked struct {
	id, code string
	table    string // in which it was found
	cols     map[string]string
	why      wrong
	told     bool // why is among the problems
}

// get looks a code up. Fields that take columns of the same row ask for it one
// after another, so that the last answer is kept; told is whether its problem
// was told before: one missing row is one problem, however many fields lack it.
func (l *lookup) get(r *reading, code string) (value string, why wrong, told bool) {
	if r.last.id != l.id || r.last.code != code {
		r.last = l.look(r.world, code)
	}
	if r.last.why.rule != "" {
		told, r.last.told = r.last.told, true
		return "", r.last.why, told
	}
	value = pipeline.Clean(r.last.cols[l.take])
	if value == "" && !l.empty {
		return "", wrong{rule: "lookup.empty", with: map[string]string{"table": r.last.table, "code": code, "take": l.take}}, false
	}
	return value, wrong{}, false
}

// look tries the ways in order.
func (l *lookup) look(w *world, code string) looked {
	out := looked{id: l.id, code: code}
	for _, way := range l.ways {
		rows, err := w.rows(way, code)
		switch {
		case err != nil:
			// A record has no place for an error of the program: the document is held
			// with it, and nothing goes out with a field that was not looked up.
			out.why = wrong{rule: "lookup.failed", with: map[string]string{"table": way.name(), "code": code, "said": err.Error()}}
			return out
		case len(rows) > 1:
			var codes []string
			for _, row := range rows {
				codes = append(codes, row["code"])
			}
			out.why = wrong{rule: "lookup.several", with: map[string]string{"table": way.table, "by": way.by, "code": code, "found": some(codes)}}
			return out
		case len(rows) == 1:
			out.table, out.cols = way.table, rows[0]
			return out
		}
	}
	out.why = wrong{rule: "lookup.missing", with: map[string]string{"table": l.names(), "code": code, "near": some(w.nearest(l.ways, code))}}
	return out
}

// names are the ways in words, for a problem.
func (l *lookup) names() string {
	var names []string
	for _, w := range l.ways {
		names = append(names, w.name())
	}
	return strings.Join(names, ", ")
}

// rows are the rows to which a way leads: none, one, or several that share a text.
func (w *world) rows(by way, code string) ([]map[string]string, error) {
	if by.by != "" {
		if w.find == nil {
			return nil, nil
		}
		return w.find(by.table, by.by, code)
	}
	if w.lookup == nil {
		return nil, nil
	}
	row, ok, err := w.lookup(by.table, by.key(code))
	if err != nil || !ok {
		return nil, err
	}
	return []map[string]string{row}, nil
}

// some are the first few of a list, for a problem; none where it is empty.
func some(list []string) string {
	list = slices.Compact(list)
	if len(list) == 0 {
		return none
	}
	s := strings.Join(list[:min(len(list), mostMeant)], ", ")
	if len(list) > mostMeant {
		s += ", ..."
	}
	return s
}
