package pipeline

import (
	"strings"

	"github.com/quagmt/udecimal"
)

// The most digits that a number may have: 18 before the decimal mark, which is
// more than any amount needs and less than a bar code that slipped into the wrong
// column, and 19 after it, which is what a Decimal keeps.
const (
	MostWhole    = 18
	MostFraction = 19
)

// NotNumber is what ParseNumber says of a text that is no number at all. It
// stands for the rule of the field's type: amount.format, quantity.format or
// rate.format.
const NotNumber Rule = "format"

// ParseNumber reads a number as people and ERPs write it, with digits of any of
// the three sets; nothing that could be read in two ways is taken. decimal pins
// the decimal mark: "." or ","; anything else pins none. words are those that may
// stand beside the number, such as EGP or %, longer ones first. The rule is ""
// where the text is a number.
//
//	12   -12   12-   (12)   12.50   .5   1,234   1,234.56   1 234.5   ١٬٢٣٤٫٥٦
//	1,23,456.50                     groups as in India, with commas only
//	1.234,56                        not where the mark is pinned as a point
//	12,50   1,50                    only where the mark is pinned as a comma
//
// Refused everywhere: 1e5, 0x10, 1_000, NaN, 12., 1,23,45, and an empty text.
// The text is one that Clean has gone over.
func ParseNumber(text, decimal string, words []string) (Decimal, Rule) {
	mark := markOf(decimal)
	if d, ok := plainNumber(text, mark); ok {
		return d, ""
	}
	s, negative, ok := sign(text, words)
	if !ok {
		return Decimal{}, NotNumber
	}
	point, group, fault := marks(s, mark)
	if fault != "" {
		return Decimal{}, fault
	}
	digits, fault := ungroup(s, point, group)
	if fault != "" {
		return Decimal{}, fault
	}
	d, err := udecimal.Parse(digits)
	if err != nil {
		return Decimal{}, NotNumber // ungroup leaves nothing that it refuses
	}
	if negative {
		d = d.Neg()
	}
	return d, ""
}

// decimalMark is a decimal mark that is pinned.
type decimalMark byte

const (
	markAny   decimalMark = 0   // not pinned: a point, and a comma only in 1.234,56
	markPoint decimalMark = '.' // 1,234.56
	markComma decimalMark = ',' // 1.234,56
)

func markOf(decimal string) decimalMark {
	switch decimal {
	case ".":
		return markPoint
	case ",":
		return markComma
	}
	return markAny
}

// plainNumber is the short way for what most cells hold: 12 and 12.50. It
// allocates nothing.
func plainNumber(s string, mark decimalMark) (Decimal, bool) {
	if len(s) == 0 || len(s) > 18 {
		return Decimal{}, false
	}
	var coefficient uint64
	point := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			coefficient = coefficient*10 + uint64(c-'0')
		case c == '.' && point < 0 && mark != markComma:
			point = i
		default:
			return Decimal{}, false
		}
	}
	decimals := 0
	if point >= 0 {
		decimals = len(s) - point - 1
		if decimals == 0 {
			return Decimal{}, false
		}
	}
	d, err := udecimal.NewFromUint64(coefficient, uint8(decimals))
	return d, err == nil
}

// sign takes the words and the sign off a number: one of -12, +12, 12- and (12).
// Words may stand inside or outside of the sign, once.
func sign(s string, words []string) (rest string, negative, ok bool) {
	s, worded := cutWord(s, words)
	signed := true
	switch {
	case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") && len(s) > 1:
		s, negative = s[1:len(s)-1], true
	case strings.HasPrefix(s, "-"), strings.HasPrefix(s, "+"):
		s, negative = s[1:], s[0] == '-'
	case strings.HasPrefix(s, "−"): // the minus sign of typesetting, U+2212
		s, negative = strings.TrimPrefix(s, "−"), true
	case strings.HasSuffix(s, "-"):
		s, negative = s[:len(s)-1], true
	case strings.HasSuffix(s, "−"):
		s, negative = strings.TrimSuffix(s, "−"), true
	default:
		signed = false
	}
	s = strings.TrimSpace(s)
	if signed && !worded {
		s, _ = cutWord(s, words)
	}
	return s, negative, s != ""
}

// cutWord takes one word, such as EGP, off one end of a text.
func cutWord(s string, words []string) (string, bool) {
	for _, w := range words {
		if len(s) >= len(w) && strings.EqualFold(s[:len(w)], w) {
			return strings.TrimSpace(s[len(w):]), true
		}
		if len(s) >= len(w) && strings.EqualFold(s[len(s)-len(w):], w) {
			return strings.TrimSpace(s[:len(s)-len(w)]), true
		}
	}
	return s, false
}

// marks decides which rune is the decimal mark of a number and which one
// separates its thousands; 0 where it has none.
func marks(s string, mark decimalMark) (point, group rune, fault Rule) {
	count := map[rune]int{}
	last := rune(0)
	for _, r := range s {
		switch r {
		case '،': // the comma of Arabic keyboards
			r = ','
		case ' ', '.', ',', '٫', '٬':
		default:
			if _, digit := Digit(r); !digit {
				return 0, 0, NotNumber
			}
			continue
		}
		count[r]++
		last = r
	}
	switch {
	case count['٫'] == 1:
		point = '٫'
	case count['٫'] > 1:
		return 0, 0, NotNumber
	case count['.'] > 0 && count[','] > 0:
		point = last
		if mark != markAny && rune(mark) != point || point != '.' && point != ',' {
			return 0, 0, NotNumber
		}
	case count[','] > 0:
		if mark == markComma {
			point = ','
		}
	case count['.'] > 0:
		if mark == markPoint || mark == markAny && count['.'] == 1 {
			point = '.'
		}
	}
	if point != 0 && count[point] > 1 {
		return 0, 0, NotNumber
	}
	for r, n := range count {
		if n == 0 || r == point {
			continue
		}
		if group != 0 {
			return 0, 0, NotNumber // two kinds of thousands separators
		}
		group = r
	}
	if point == 0 && group == ',' && count[','] == 1 && !thousands(s) {
		return 0, 0, "number.comma"
	}
	return point, group, ""
}

// thousands tells whether the one comma of a number can separate thousands:
// 1,234 but neither 12,50 nor 0,500.
func thousands(s string) bool {
	whole, rest, _ := strings.Cut(strings.ReplaceAll(s, "،", ","), ",")
	first, _ := Digit([]rune(whole + "0")[0])
	return len([]rune(rest)) == 3 && first != 0
}

// ungroup writes a number with European digits and a point. Groups of
// thousands have to be whole: 1,234,567, or 12,34,567 as in India, but not 1,234,56.
func ungroup(s string, point, group rune) (string, Rule) {
	var b strings.Builder
	whole, fraction, run, groups := 0, 0, 0, 0
	pointed, pairs := false, false // pairs: groups of two digits, but for the last one
	for _, r := range s {
		if r == '،' {
			r = ','
		}
		switch digit, ok := Digit(r); {
		case ok:
			b.WriteByte(byte('0' + digit))
			run++
			if pointed {
				fraction++
			} else {
				whole++
			}
		case r == point && !pointed:
			if groups > 0 && run != 3 {
				return "", NotNumber
			}
			if whole == 0 {
				b.WriteByte('0')
			}
			b.WriteByte('.')
			pointed, run = true, 0
		case r == group && !pointed:
			if groups == 1 && run == 2 && whole <= 4 && group == ',' {
				pairs = true
			}
			want := 3
			if pairs {
				want = 2
			}
			if run == 0 || run > 3 || groups > 0 && run != want || b.String()[0] == '0' {
				return "", NotNumber
			}
			groups, run = groups+1, 0
		default:
			return "", NotNumber
		}
	}
	switch {
	case run == 0, !pointed && groups > 0 && run != 3:
		return "", NotNumber
	case whole > MostWhole, fraction > MostFraction:
		return "", "number.long"
	}
	return b.String(), ""
}
