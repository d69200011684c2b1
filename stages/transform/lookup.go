package transform

import (
	"maps"
	"slices"
	"strings"

	"wasl/pipeline"
)

// mostKnown is how many keys of a value map a problem lists.
const mostKnown = 12

// A valueMap puts one text for another. A key that does not fit as it stands is
// compared as names are: folded.
type valueMap struct {
	exact  map[string]string
	folded map[string]string
	known  string // the keys, for a problem
}

// newValueMap makes a map. twice is a key that folds to the same as another one
// but has another value; "" where there is none.
func newValueMap(pairs map[string]string) (m *valueMap, twice string) {
	m = &valueMap{exact: make(map[string]string, len(pairs)), folded: make(map[string]string, len(pairs))}
	keys := slices.Sorted(maps.Keys(pairs))
	for _, key := range keys {
		value := pairs[key]
		m.exact[pipeline.Clean(key)] = value
		f := pipeline.Fold(key)
		if old, ok := m.folded[f]; ok && old != value {
			twice = key
		}
		if f != "" {
			m.folded[f] = value
		}
	}
	m.known = strings.Join(keys[:min(len(keys), mostKnown)], ", ")
	if len(keys) > mostKnown {
		m.known += ", ..."
	}
	return m, twice
}

// get gives the value of a clean text.
func (m *valueMap) get(s string) (string, bool) {
	if v, ok := m.exact[s]; ok {
		return v, true
	}
	v, ok := m.folded[pipeline.Fold(s)]
	return v, ok
}

// mapping is the use of a value map by a field.
type mapped struct {
	own   *valueMap // written in the field
	named string    // of the settings, where it has none of its own
	other *string   // for all other texts; nil: they are a problem
}

func (u *mapped) get(w *world, s string) (string, wrong) {
	m := u.own
	if m == nil {
		m = w.maps[u.named]
	}
	if m != nil {
		if v, ok := m.get(s); ok {
			return v, wrong{}
		}
	}
	if u.other != nil {
		return *u.other, wrong{}
	}
	known := ""
	if m != nil {
		known = m.known
	}
	return "", wrong{rule: "map.unknown", with: map[string]string{"given": s, "known": known}}
}

// A lookup takes a column of a row of a reference table.
type lookup struct {
	table, take string
	empty       bool     // the row may lack the column
	columns     []string // of the table
}

// looked is what was found for a code.
type looked struct {
	table, code string
	cols        map[string]string
	why         wrong
	told        bool // why is among the problems
}

// get looks a code up. Fields that take columns of the same row ask for it one
// after another, so that the last answer is kept; told is whether its problem
// was told before: one missing row is one problem, however many fields lack it.
func (l *lookup) get(r *reading, code string) (value string, why wrong, told bool) {
	if r.last.table != l.table || r.last.code != code {
		r.last = look(r.world, l.table, code)
	}
	if r.last.why.rule != "" {
		told, r.last.told = r.last.told, true
		return "", r.last.why, told
	}
	value = pipeline.Clean(r.last.cols[l.take])
	if value == "" && !l.empty {
		return "", wrong{rule: "lookup.empty", with: map[string]string{"table": l.table, "code": code, "take": l.take}}, false
	}
	return value, wrong{}, false
}

func look(w *world, table, code string) looked {
	l := looked{table: table, code: code}
	facts := map[string]string{"table": table, "code": code}
	if w.lookup == nil {
		l.why = wrong{rule: "lookup.missing", with: facts}
		return l
	}
	cols, ok, err := w.lookup(table, code)
	switch {
	case err != nil:
		// A record has no place for an error of the program: the document is held
		// with it, and nothing goes out with a field that was not looked up.
		facts["said"] = err.Error()
		l.why = wrong{rule: "lookup.failed", with: facts}
	case !ok:
		l.why = wrong{rule: "lookup.missing", with: facts}
	default:
		l.cols = cols
	}
	return l
}
