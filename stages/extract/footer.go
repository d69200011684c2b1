package extract

import (
	"regexp"
	"strings"

	"wasl/pipeline"
)

// wordy tells whether a text in the column of keys is no key, as all keys have digits
// and it has none.
func (t *table) wordy(key string) bool {
	return t.known.keyDigits && key != "" && !strings.ContainsFunc(key, isDigit)
}

// signature tells whether a row below a total may be one of those that stand at the
// end of a page: for the names of those who sign it, of the user, of the day. Words
// stand in it in place of the key and of a number. Only where no data comes after it
// is it a footer; else it is a row with something wrong.
func (t *table) signature(l line) bool {
	if !t.closed || !t.wordy(strings.Trim(cellAt(l, t.keys[0]), ".-_ ")) && !dotted(cellAt(l, t.keys[0])) {
		return false
	}
	return t.wordsForNumber(l)
}

// wordsForNumber tells whether the first number that a row has to have is none.
func (t *table) wordsForNumber(l line) bool {
	for i, c := range t.columns {
		at := t.found.at[i]
		if at >= 0 && c.Required && holdsNumbers(c.Type) && cellAt(l, at) != "" {
			_, rule := pipeline.ParseNumber(pipeline.Clean(cellAt(l, at)), "", currency)
			return rule == pipeline.NotNumber
		}
	}
	return false
}

// dotted tells whether a text is a line to sign on: ......... or ________.
func dotted(s string) bool {
	return len(s) > 2 && strings.Trim(s, "._-…ـ ") == ""
}

var pages = regexp.MustCompile(`^(page|page no|صفحه|الصفحه|صفحه رقم) [0-9]{1,5}( (of|from|من))?( [0-9]{1,5})?$`)

// pageLine tells whether a text numbers a page: «صفحة 1 من 3», Page 2/7. Alone in its
// row it is no code, also where a code is all that a row has to have.
func pageLine(s string) bool {
	return len(s) < 60 && pages.MatchString(pipeline.Fold(s))
}
