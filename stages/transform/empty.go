package transform

import (
	"slices"

	"wasl/pipeline"
)

// dashes are what stands for nothing in a field that may be empty, whatever the
// mapping says.
var dashes = []string{"-", "–", "—", "ـ"}

// empties gathers the texts that stand for an empty cell of a field: those of the
// mapping, those of the field, and dashes where it may be empty.
func (d *draft) empties(s *spec, field pipeline.Field) {
	s.empty = append(slices.Clone(d.m.empty), s.empty...)
	if !field.Required {
		s.empty = append(s.empty, dashes...)
	}
}

// emptyTest makes the test whether a clean text stands for nothing. Words are
// compared folded: «لا يوجد», n/a and N/A.
func (s *spec) emptyTest() func(text string) bool {
	exact, folded, longest := map[string]bool{}, map[string]bool{}, 0
	for _, word := range s.empty {
		word = pipeline.Clean(word)
		exact[word] = true
		if f := pipeline.Fold(word); f != "" {
			folded[f] = true
			longest = max(longest, len(word))
		}
	}
	return func(text string) bool {
		if exact[text] {
			return true
		}
		return len(text) <= longest+4 && folded[pipeline.Fold(text)]
	}
}
