package eta

import (
	"strings"
	"unicode"

	"wasl/pipeline"
)

// clean makes text that every reading of the serialization rules agrees on (section 4, certainty): NFC, no control or
// direction marks, no quote and no backslash, at most limit characters.
func clean(s string, limit int) string {
	s = pipeline.Clean(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '″'
		case r == '\\':
			return '/'
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(cut(strings.TrimSpace(s), limit))
}

// with makes facts of names and values in turn.
func with(facts ...string) map[string]string {
	if len(facts) == 0 {
		return nil
	}
	m := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		m[facts[i]] = facts[i+1]
	}
	return m
}
