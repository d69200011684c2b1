package extract

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// excelDigits is how many significant digits Excel keeps of a number.
const excelDigits = 15

// plainNumber puts a stored number into plain digits: no exponent, at most 15
// significant digits, no zeros at the end of a fraction. So the noise of floating
// numbers goes, 0.30000000000000004 is 0.3, as Excel shows it. exact is false for
// a whole number of more digits than Excel keeps: its last ones are lost.
func plainNumber(raw string) (s string, exact, ok bool) {
	raw = strings.TrimSpace(raw)
	if short(raw) {
		return raw, true, true
	}
	if !numeric(raw) {
		return "", false, false
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return "", false, false
	}
	if v == 0 {
		return "0", true, true
	}
	if math.Abs(v) < 1e-30 {
		return "", false, false
	}
	s, whole := digits(strconv.FormatFloat(v, 'e', excelDigits-1, 64))
	return s, whole <= excelDigits, true
}

// short recognises what most numbers are: plain digits, few enough, as they are
// to be shown.
func short(raw string) bool {
	if len(raw) == 0 || len(raw) > excelDigits || raw == "-0" {
		return false
	}
	s := strings.TrimPrefix(raw, "-")
	if len(s) == 0 || s[0] == '0' && len(s) > 1 && s[1] != '.' {
		return false
	}
	point := strings.IndexByte(s, '.')
	if point == 0 || point >= 0 && (s[len(s)-1] == '0' || point == len(s)-1) {
		return false
	}
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && i != point {
			return false
		}
	}
	return true
}

// numeric tells whether a text is a number as XML Schema writes one. ParseFloat
// takes more: NaN, Inf, 1_000, 0x1p4.
func numeric(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return false
		}
	}
	return true
}

// digits writes 1.2345e+02 as 123.45, and says how many digits stand before the
// point.
func digits(scientific string) (s string, whole int) {
	sign := ""
	if strings.HasPrefix(scientific, "-") {
		sign, scientific = "-", scientific[1:]
	}
	mantissa, exp, _ := strings.Cut(scientific, "e")
	n, _ := strconv.Atoi(exp) // FormatFloat wrote it
	all := strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	switch point := n + 1; {
	case point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + all, 1
	case point >= len(all):
		return sign + all + strings.Repeat("0", point-len(all)), point
	default:
		return sign + all[:point] + "." + all[point:], point
	}
}

// form is what a number format makes of a number.
type form uint8

const (
	formNumber form = iota
	formDate
	formTime     // without a date
	formDateTime // both
	formPadded   // formPadded+6 is 000000: whole numbers have six digits or more

	formDressed form = 254 // 12 is shown with marks that the cell does not hold: K-0012, 000-012
	formPercent form = 255 // 0.14 is shown as 14%
)

// builtIn are the number formats that have no text in the file: ECMA-376 part 1,
// 18.8.30, and those of East Asian locales.
func builtIn(id int) form {
	switch {
	case id == 9, id == 10:
		return formPercent
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 34 && id <= 36, id >= 50 && id <= 58:
		return formDate
	case id >= 18 && id <= 21, id == 32, id == 33, id == 45, id == 47:
		return formTime
	case id == 22:
		return formDateTime
	}
	return formNumber
}

// mostPadded is the longest padding that is believed: Excel shows no more digits.
const mostPadded = 30

// padded reads a number format of zeros alone, such as 000000: how codes that
// begin with zeros are shown by a workbook that keeps them as numbers.
func padded(code string) (form, bool) {
	code, _, _ = strings.Cut(code, ";") // the form of positive numbers decides
	if len(code) < 2 || len(code) > mostPadded || strings.Trim(code, "0") != "" {
		return formNumber, false
	}
	return formPadded + form(len(code)), true
}

// isPercent tells whether a number format shows hundredths: 0.14 as 14%. One with
// two signs shows nothing that anybody means.
func isPercent(code string) bool {
	signs := 0
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch code[i] {
		case '%':
			signs++
		case '"':
			i = after(code, i, '"')
		case '[':
			i = after(code, i, ']')
		case '\\', '_', '*':
			i++
		}
	}
	return signs == 1
}

// isDressed tells whether a number format is that of a code: two zeros or more,
// with letters or marks before, between or behind them, and nothing that belongs
// to amounts. What it shows is not what the cell holds, and which of the two is
// meant nobody can know.
func isDressed(code string) bool {
	zeros, marks := 0, 0
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch c := code[i]; {
		case c == '"':
			end := after(code, i, '"')
			if strings.TrimSpace(code[i+1:min(end, len(code))]) != "" {
				marks++
			}
			i = end
		case c == '\\':
			if i++; i < len(code) && code[i] != ' ' {
				marks++
			}
		case c == '0':
			zeros++
		case c == '-', c == '/':
			marks++
		case c == ' ':
		default:
			return false // of an amount, a date or a condition
		}
	}
	return zeros >= 2 && marks > 0
}

// percent writes plain digits as hundredths, exactly: 0.145 is 14.5%. Digits that the
// format leaves out stay.
func percent(number string) string {
	digits, sign := number, ""
	if strings.HasPrefix(digits, "-") {
		digits, sign = digits[1:], "-"
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction += strings.Repeat("0", max(0, 2-len(fraction)))
	whole, fraction = strings.TrimLeft(whole+fraction[:2], "0"), fraction[2:]
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	if whole == "0" && fraction == "" {
		sign = ""
	}
	return sign + whole + fraction + "%"
}

// pad puts the zeros before a whole number that its format shows.
func (f form) pad(number string) string {
	if f <= formPadded || f >= formDressed || strings.ContainsAny(number, "-.") {
		return number
	}
	return strings.Repeat("0", max(0, int(f-formPadded)-len(number))) + number
}

// formOf reads the text of a number format, such as dd/mm/yyyy;@ or #,##0.00.
// Text in quotes, after a backslash or in brackets does not count; elapsed times
// in brackets ([h]:mm) are numbers.
func formOf(code string) form {
	if f, ok := padded(code); ok {
		return f
	}
	if isPercent(code) {
		return formPercent
	}
	if isDressed(code) {
		return formDressed
	}
	var day, clock bool
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == ';': // the form of positive numbers decides
			i = len(code)
		case code[i] == '"':
			i = after(code, i, '"')
		case code[i] == '[':
			end := after(code, i, ']')
			if strings.Trim(strings.ToLower(code[i:min(end+1, len(code))]), "[]hms") == "" {
				return formNumber
			}
			i = end
		case code[i] == '\\', code[i] == '_', code[i] == '*':
			i++
		case code[i] == '#', code[i] == '?', code[i] == '0' && !fraction(code, i):
			return formNumber
		case len(code)-i >= 7 && strings.EqualFold(code[i:i+7], "general"):
			return formNumber
		case c == 'y', c == 'd':
			day = true
		case c == 'h', c == 's':
			clock = true
		}
	}
	switch {
	case day && clock:
		return formDateTime
	case day:
		return formDate
	case clock:
		return formTime
	case onlyMonths(code):
		return formDate
	}
	return formNumber
}

// after is where a quoted part ends.
func after(code string, from int, end byte) int {
	if n := strings.IndexByte(code[from+1:], end); n >= 0 {
		return from + 1 + n
	}
	return len(code)
}

// fraction tells whether a 0 belongs to fractions of a second: ss.000.
func fraction(code string, i int) bool {
	before := strings.TrimRight(code[:i], "0")
	return strings.HasSuffix(strings.ToLower(before), "s.")
}

func onlyMonths(code string) bool {
	return code != "" && strings.Trim(strings.ToLower(code), "m") == ""
}

// lastDay is 9999-12-31, the last that Excel knows.
const lastDay = 2958465

// dateText puts a day number into text. ok is false where it is no day.
func dateText(raw string, f form, from1904 bool) (s string, ok bool) {
	raw = strings.TrimSpace(raw)
	if !numeric(raw) {
		return "", false
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || v < 0 || v > lastDay+1 {
		return "", false
	}
	days := int(v)
	secs := int(math.Round((v - float64(days)) * 86400))
	days, secs = days+secs/86400, secs%86400
	clock := time.Date(2000, 1, 1, 0, 0, secs, 0, time.UTC)
	if f == formTime && days == 0 {
		return clock.Format(time.TimeOnly), true
	}
	var day time.Time
	switch {
	case from1904:
		day = time.Date(1904, 1, 1+days, 0, 0, secs, 0, time.UTC)
	case days < 1, days == 60: // Excel has a 29 February 1900, which was not
		return "", false
	case days < 60:
		day = time.Date(1899, 12, 31+days, 0, 0, secs, 0, time.UTC)
	default:
		day = time.Date(1899, 12, 30+days, 0, 0, secs, 0, time.UTC)
	}
	if secs == 0 {
		return day.Format(time.DateOnly), true
	}
	return day.Format(time.DateTime), true
}

// isoText puts a cell of type d, ISO 8601, into the same form.
func isoText(raw string) (s string, ok bool) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, strings.TrimSpace(raw))
		if err != nil {
			continue
		}
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			return t.Format(time.DateOnly), true
		}
		return t.Format(time.DateTime), true
	}
	return "", false
}
