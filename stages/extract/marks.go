package extract

import (
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

// marksSeen are the signs of a column's decimal mark.
type marksSeen struct {
	points, commas int  // numbers that can only be read with a point, with a comma
	either         bool // one that can be read with both: 1.234 or 1,234
	stored         bool // a workbook's own number with a fraction, which has a point whatever the texts have
}

// see takes the text of a cell. Any number whose mark is beyond doubt decides:
// 12.5 and 1,234,567 have a point, 12,50 and 1.234,56 a comma.
func (m *marksSeen) see(text string, stored bool) {
	if !strings.ContainsAny(text, ".,،") {
		return
	}
	if stored {
		m.stored = m.stored || strings.IndexByte(text, '.') >= 0
		return
	}
	switch markOf(text) {
	case '.':
		m.points++
	case ',':
		m.commas++
	case '?':
		m.either = true
	}
}

// decimal is the mark of the column, as pipeline.Style has it. Where numbers
// contradict each other it is that of most of them: the others become problems of
// their rows.
func (m *marksSeen) decimal() string {
	switch {
	case m.stored && m.commas > 0:
		return "" // the numbers of the workbook are not to be read with a comma
	case m.points == 0 && m.commas == 0 && m.either && !m.stored:
		return "?"
	case m.points == 0 && m.commas == 0 && !m.stored:
		return ""
	case m.commas > m.points:
		return ","
	}
	return "."
}

// markOf is the decimal mark that a number has beyond doubt, ? where it may have
// either, 0 where it has none or is no number.
func markOf(text string) rune {
	first, last := numberIn(text)
	text = strings.ReplaceAll(text[first:last], "،", ",")
	points, commas := strings.Count(text, "."), strings.Count(text, ",")
	switch {
	case strings.ContainsAny(text, "٫"):
		return 0 // Arabic has a mark of its own
	case points > 0 && commas > 0:
		if strings.LastIndex(text, ".") > strings.LastIndex(text, ",") {
			return only('.', points)
		}
		return only(',', commas)
	case points > 1:
		return ','
	case commas > 1:
		return '.'
	case points == 1:
		return single(text, '.')
	case commas == 1:
		return single(text, ',')
	}
	return 0
}

func only(mark rune, n int) rune {
	if n > 1 {
		return 0 // no number
	}
	return mark
}

// single decides about the one mark of a number: it divides thousands only before
// three digits and behind one to three that do not begin with zero.
func single(text string, mark rune) rune {
	whole, fraction, _ := strings.Cut(text, string(mark))
	n := utf8.RuneCountInString(whole)
	first, _ := utf8.DecodeRuneInString(whole)
	zero, _ := pipeline.Digit(first)
	if utf8.RuneCountInString(fraction) != 3 || n == 0 || n > 3 || zero == 0 {
		return mark
	}
	return '?'
}

// numberIn is where the digits and marks of a number stand, without the words and
// signs around it; empty where letters stand among them.
func numberIn(text string) (from, to int) {
	from, to = -1, 0
	for i, r := range text {
		if _, ok := pipeline.Digit(r); ok {
			if from < 0 {
				from = i
				if i > 0 && (text[i-1] == '.' || text[i-1] == ',') && (i == 1 || !isLetter(text[i-2]) && text[i-2] < 0x80) {
					from = i - 1
				}
			}
			to = i + utf8.RuneLen(r)
		}
	}
	if from < 0 {
		return 0, 0
	}
	for _, r := range text[from:to] {
		if _, ok := pipeline.Digit(r); !ok && !strings.ContainsRune(".,،٫٬' \u00a0\u202f", r) {
			return 0, 0
		}
	}
	return from, to
}
