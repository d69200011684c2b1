package transform

import (
	"regexp"
	"slices"
	"testing"
	"unicode"
)

// TestLearnWords keeps the two languages of what is written into a mapping alike:
// the same facts in the same order, and letters of its own in each.
func TestLearnWords(t *testing.T) {
	t.Parallel()
	verb := regexp.MustCompile(`%[a-z]`)
	for key, words := range learnWords {
		en, ar := words[0], words[1]
		if !slices.Equal(verb.FindAllString(en, -1), verb.FindAllString(ar, -1)) {
			t.Errorf("%s has other facts in Arabic: %q, %q", key, en, ar)
		}
		arabic := func(s string) bool {
			return slices.ContainsFunc([]rune(s), func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
		}
		if arabic(en) || !arabic(ar) {
			t.Errorf("%s: %q, %q", key, en, ar)
		}
		if got, want := (Sample{Lang: "ar"}).say(key), (Sample{}).say(key); got == want {
			t.Errorf("%s is %q in both", key, got)
		}
	}
}
