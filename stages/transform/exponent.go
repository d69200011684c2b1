package transform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// exponent is how spreadsheets show a long number that they were not told to
// keep as text: 6.22E+12. Its last digits are lost.
var exponent = regexp.MustCompile(`^[0-9](?:[.,٫][0-9]+)?[eE][+-][0-9]+$`)

// isExponent tells whether a code was shortened so.
func isExponent(s string) bool {
	return strings.ContainsAny(s, "+-") && exponent.MatchString(strings.TrimPrefix(latinDigits(s), "'"))
}

// scientific are the parts of a number with an exponent: sign, digits before and
// after the point, the letter, the exponent's sign and digits.
var scientific = regexp.MustCompile(`^([-+]?)([0-9]{1,15})(?:[.٫]([0-9]{1,15}))?([eE])([-+]?)([0-9]{1,3})$`)

// expanded writes a number with an exponent in plain digits. ok is false where it
// is none; the rule is number.exponent where digits are lost: 1.23E+05 is what a
// spreadsheet shows of 123456. A small e, or an exponent without a sign, is
// written by programs only, which write all digits; so is a number all of whose
// whole digits are there, as in 8.9E+01.
func expanded(s string) (plain string, rule pipeline.Rule, ok bool) {
	if !strings.ContainsAny(s, "eE") {
		return "", "", false
	}
	p := scientific.FindStringSubmatch(latinDigits(s))
	if p == nil {
		return "", "", false
	}
	sign, whole, fraction, exp := p[1], p[2], p[3], 0
	exp, _ = strconv.Atoi(p[6]) // three digits at most
	spreadsheet := p[4] == "E" && p[5] != ""
	if p[5] == "-" {
		exp = -exp
	}
	if spreadsheet && exp > 0 && len(fraction) < exp {
		return "", "number.exponent", true
	}
	if exp > pipeline.MostWhole || exp < -pipeline.MostFraction {
		return "", "number.long", true
	}
	digits := whole + fraction
	switch point := len(whole) + exp; {
	case point <= 0:
		digits = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		digits += strings.Repeat("0", point-len(digits))
	default:
		digits = digits[:point] + "." + digits[point:]
	}
	return strings.TrimPrefix(sign, "+") + digits, "", true
}

// latinDigits writes digits of all sets in European ones.
func latinDigits(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if digit, ok := pipeline.Digit(r); ok {
			return rune('0' + digit)
		}
		return r
	}, s)
}

// mostMeant is how many codes a problem names that may have been meant.
const mostMeant = 3

// none stands for a list of codes that is empty, in either language.
const none = "-"

// meant are the codes and bar codes of the item list that a shortened code may
// stand for, such as 6.22E+12: those of 13 digits which begin with 622, or with
// digits that round to it. none where there are none.
func meant(s string, near func(table, column, prefix string) []string) string {
	p := scientific.FindStringSubmatch(strings.ReplaceAll(strings.TrimPrefix(latinDigits(s), "'"), ",", "."))
	if p == nil || p[5] != "+" || near == nil {
		return none
	}
	digits := p[2] + p[3]
	exp, _ := strconv.Atoi(p[6]) // three digits at most
	shown, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || shown == 0 {
		return none
	}
	var found []string
	for half := int64(-5); half < 5; half++ {
		prefix := strconv.FormatInt(shown*10+half, 10) // 6215 to 6224 round to 622
		if len(prefix) > exp+1 {
			prefix = prefix[:exp+1]
		}
		for _, column := range []string{"", "barcode"} {
			for _, code := range near("items", column, prefix) {
				if len(code) == exp+1 && !slices.Contains(found, code) {
					found = append(found, code)
				}
			}
		}
		if len(found) > 64 {
			break
		}
	}
	slices.Sort(found)
	if len(found) == 0 {
		return none
	}
	s = strings.Join(found[:min(len(found), mostMeant)], ", ")
	if len(found) > mostMeant {
		s += ", ..."
	}
	return s
}
