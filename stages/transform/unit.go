package transform

import (
	"strings"
	"unicode"

	"wasl/pipeline"
)

// mostUnit is the longest word, in letters, that is taken for a unit.
const mostUnit = 24

// splitUnit takes a quantity apart that carries its unit, such as «12 قطعة», 5kg
// or 3 PCS. ok is false where no number stands before a word.
func splitUnit(s string) (number, unit string, ok bool) {
	end := -1
	for i, r := range s {
		if _, digit := pipeline.Digit(r); digit {
			end = i + len(string(r))
		}
	}
	if end < 0 {
		return "", "", false
	}
	number, unit = strings.TrimSpace(s[:end]), strings.TrimSpace(s[end:])
	word := []rune(unit)
	if len(word) == 0 || len(word) > mostUnit || !unicode.IsLetter(word[0]) {
		return "", "", false
	}
	for _, r := range word {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .-/²³", r) {
			return "", "", false
		}
	}
	return number, unit, !strings.ContainsFunc(number, unicode.IsLetter)
}

// unitless takes the unit off a quantity: whichever it is where the mapping says
// unit: strip, else the row's own only. Any other unit stays, and is a problem:
// 5 cartons are not 5 pieces.
func (s *spec) unitless(r *reading, text string) string {
	number, unit, ok := splitUnit(text)
	if !ok {
		return text
	}
	if s.stripUnit {
		return number
	}
	own := s.unitSource
	if own < 0 {
		own = r.unit
	}
	if own >= 0 && pipeline.Fold(r.cell(own)) == pipeline.Fold(unit) {
		return number
	}
	return text
}
