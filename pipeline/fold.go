package pipeline

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Clean is text from people as we keep it: Unicode NFC, marks of direction and
// zero width removed, every kind of blank a plain one, trimmed. The letters stay
// as they were written.
func Clean(s string) string {
	if plain(s) {
		return strings.TrimSpace(s)
	}
	s = norm.NFC.String(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\u200c', r == '\u200d', r == '\u2060', r == '\ufeff':
			return -1
		case r == '\n':
			return r
		case unicode.IsSpace(r), unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// plain tells whether a text is as Unicode's normal forms have it already, and has
// nothing in it that Clean would change: most names and codes are, and telling so costs
// a tenth of finding out.
func plain(s string) bool {
	for _, r := range s {
		if (r < ' ' || r >= 0x7f) && !arabicLetter(r) {
			return false
		}
	}
	return true
}

// arabicLetter tells whether a rune is a letter of the Arabic alphabet as Unicode
// composes it. Vowel marks, tatweel and the letters of other languages are not among
// them.
func arabicLetter(r rune) bool { return r >= 'ء' && r <= 'غ' || r >= 'ف' && r <= 'ي' }

// plainLetter tells whether a rune is a letter or a digit for certain, without a look into
// Unicode's tables.
func plainLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || arabicLetter(r)
}

// Fold is text as names are compared, of columns above all: whatever Clean
// does, then without case, tatweel, vowel marks and punctuation, with one form
// of alef, ya, ta marbuta and hamza seats, and with digits 0 to 9.
// «الكميّة» and «الكمية», "Item Code" and "item_code" fold to the same text.
func Fold(s string) string {
	var b strings.Builder
	blank := false
	if s = Clean(s); !plain(s) {
		s = norm.NFKC.String(s)
	}
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case plainLetter(r):
		case r == 'ـ', unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsSpace(r), unicode.IsPunct(r), unicode.IsSymbol(r):
			blank = b.Len() > 0
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(foldRune(r))
	}
	return b.String()
}

func foldRune(r rune) rune {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ئ', 'ی':
		return 'ي'
	case 'ؤ':
		return 'و'
	case 'ة':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	if digit, ok := Digit(r); ok {
		return rune('0' + digit)
	}
	return unicode.ToLower(r)
}

// Digit is the value of a European, Arabic-Indic or Persian digit.
func Digit(r rune) (int, bool) {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0'), true
	case r >= '٠' && r <= '٩':
		return int(r - '٠'), true
	case r >= '۰' && r <= '۹':
		return int(r - '۰'), true
	}
	return 0, false
}
