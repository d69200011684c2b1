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
	m.known = firstKnown(keys)
	return m, twice
}

func firstKnown(keys []string) string {
	s := strings.Join(keys[:min(len(keys), mostKnown)], ", ")
	if len(keys) > mostKnown {
		s += ", ..."
	}
	return s
}

// get gives the value of a clean text.
func (m *valueMap) get(s string) (string, bool) {
	if v, ok := m.exact[s]; ok {
		return v, true
	}
	v, ok := m.folded[pipeline.Fold(s)]
	return v, ok
}

// mapped is the use of a value map by a field.
type mapped struct {
	own   *valueMap // written in the field
	named string    // of the settings, where it has none of its own
	list  string    // of the reference table codes, where it is there
	other *string   // for all other texts; nil: they are a problem
}

func (u *mapped) get(w *world, s string) (string, wrong) {
	if u.list != "" {
		return u.listed(w, s)
	}
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

// The table of code lists: its rows are known by list/code, and by the same
// folded, so that a list compares texts as a value map does.
const (
	codeLists    = "codes"
	foldedColumn = "folded"
)

// FoldedKey is what the table of code lists keeps in its column "folded".
func FoldedKey(list, code string) string { return list + "/" + pipeline.Fold(code) }

// listed looks into a list of the table codes.
func (u *mapped) listed(w *world, s string) (string, wrong) {
	rows, err := w.rows(way{table: codeLists, list: u.list}, s)
	if len(rows) == 0 && err == nil {
		rows, err = w.rows(way{table: codeLists, by: foldedColumn}, FoldedKey(u.list, s))
	}
	switch {
	case err != nil:
		return "", wrong{rule: "lookup.failed", with: map[string]string{"table": codeLists + "/" + u.list, "code": s, "said": err.Error()}}
	case len(rows) > 0:
		return pipeline.Clean(rows[0]["value"]), wrong{}
	case u.other != nil:
		return *u.other, wrong{}
	}
	var known []string
	if w.near != nil {
		for _, key := range w.near(codeLists, "", u.list+"/") {
			known = append(known, strings.TrimPrefix(key, u.list+"/"))
		}
	}
	return "", wrong{rule: "map.unknown", with: map[string]string{"given": s, "known": firstKnown(known)}}
}
