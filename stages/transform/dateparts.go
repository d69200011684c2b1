package transform

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// loose is how a date is read that no layout fits: by its words and numbers.
type loose struct {
	order string // dmy, mdy or ymd, where it is known of the column; else ""
	pivot int    // the first of the two-digit years that are 19xx; 0: such years are not read
}

// longestDate is the longest text, in bytes, that is looked into for a date.
const longestDate = 120

// clockText is a time of day behind a date, in any of its spellings: 14:30,
// 02:30:05 PM, ٢:٣٠ م.
var clockText = regexp.MustCompile(`^(.*[^0-9:])([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?[ \x{a0}]*([^0-9: ][^0-9:]*)?$`)

// numeric dates have one mark between their parts.
var numericDate = regexp.MustCompile(`^([0-9]{1,4})( ?[-/.] ?| )([0-9]{1,2})( ?[-/.] ?| )([0-9]{1,4})$`)

// parse reads a date by its words and numbers: 5 يناير 2026, Jan 5, 2026,
// 05-Jan-26, 2026/1/5, 20260105, and 3/4/2026 where the order is known; with a
// time of day or without. rule says what is wrong where more is known than that
// it is no date: date.hijri, date.shortyear.
func (l loose) parse(s string) (t time.Time, clock bool, rule pipeline.Rule, ok bool) {
	if len(s) > longestDate {
		return t, false, "", false
	}
	s = latinDigits(s)
	day := s
	var hour, minute, second int
	if p := clockText.FindStringSubmatch(s); p != nil {
		if hour, minute, second, ok = clockOf(p[2], p[3], p[4], p[5]); !ok {
			return t, false, "", false
		}
		day, clock = strings.TrimRight(strings.TrimSuffix(p[1], "T"), " ,،-"), true
	}
	year, month, date, rule := l.day(day)
	if rule != "" || year == 0 {
		return t, clock, rule, false
	}
	t = time.Date(year, month, date, hour, minute, second, 0, time.UTC)
	return t, clock, "", t.Month() == month && t.Day() == date && t.Hour() == hour
}

// clockOf is a time of day; half is the word behind it.
func clockOf(h, m, s, half string) (hour, minute, second int, ok bool) {
	hour, _ = strconv.Atoi(h) // two digits
	minute, _ = strconv.Atoi(m)
	second, _ = strconv.Atoi("0" + s)
	ok = hour < 24 && minute < 60 && second < 60
	if half == "" {
		return hour, minute, second, ok
	}
	add, known := halves[pipeline.Fold(half)]
	if !known || hour < 1 || hour > 12 {
		return 0, 0, 0, false
	}
	return hour%12 + add, minute, second, ok
}

// day reads year, month and day; a year of 0 says that it is none.
func (l loose) day(s string) (year int, month time.Month, day int, rule pipeline.Rule) {
	s = strings.TrimSpace(s)
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" { // 20260105, as SAP writes it
		return l.parts(s[:4], s[4:6], s[6:])
	}
	if p := numericDate.FindStringSubmatch(s); p != nil {
		if strings.TrimSpace(p[2]) != strings.TrimSpace(p[4]) {
			return 0, 0, 0, ""
		}
		return l.numeric(p[1], p[3], p[5])
	}
	w, ok := wordsOf(s)
	switch {
	case ok && w.islamic:
		return 0, 0, 0, "date.hijri"
	case ok && w.month == 0 && len(w.numbers) == 3 && w.weekday >= 0:
		year, month, day, rule = l.numeric(w.numbers[0], w.numbers[1], w.numbers[2])
	case ok && w.month != 0 && len(w.numbers) == 2:
		d, y := w.numbers[0], w.numbers[1]
		if len(d) == 4 && !w.first {
			d, y = y, d
		}
		year, month, day, rule = l.parts(y, strconv.Itoa(int(w.month)), d)
	}
	if w.weekday >= 0 && year > 0 && int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()) != w.weekday {
		return 0, 0, 0, ""
	}
	return year, month, day, rule
}

// numeric reads three numbers. With the year in front their order is beyond
// doubt; else it has to be known.
func (l loose) numeric(a, b, c string) (year int, month time.Month, day int, rule pipeline.Rule) {
	switch {
	case islamicYear(a) || islamicYear(c):
		return 0, 0, 0, "date.hijri"
	case len(a) == 4, l.order == "ymd":
		return l.parts(a, b, c)
	case l.order == "dmy":
		return l.parts(c, b, a)
	case l.order == "mdy":
		return l.parts(c, a, b)
	}
	return 0, 0, 0, ""
}

// parts puts numbers into a date. A year of two digits needs the pivot.
func (l loose) parts(y, m, d string) (year int, month time.Month, day int, rule pipeline.Rule) {
	year, _ = strconv.Atoi(y)
	n, _ := strconv.Atoi(m)
	day, err := strconv.Atoi(d)
	if err != nil || len(d) > 2 || n < 1 || n > 12 || day < 1 || day > 31 {
		return 0, 0, 0, ""
	}
	switch {
	case len(y) == 4:
	case len(y) != 2:
		return 0, 0, 0, ""
	case l.pivot == 0:
		return 0, 0, 0, "date.shortyear"
	default:
		year = century(year, l.pivot)
	}
	return year, time.Month(n), day, ""
}

// century is the year that two digits stand for.
func century(year, pivot int) int {
	if year%100 < pivot {
		return 2000 + year%100
	}
	return 1900 + year%100
}

// islamicYear tells whether a year of four digits is one of our time in the
// Islamic calendar.
func islamicYear(y string) bool { return len(y) == 4 && y >= "1300" && y <= "1500" }

// Day numbers of Excel that are days of the years 1990 to 2100. It counts from
// 1900, with a 29 February 1900 that never was, or from 1904 in old workbooks of
// the Macintosh.
const (
	firstSerial = 32874
	lastSerial  = 73415
	days1904    = 1462 // how much smaller the numbers of the other count are
)

var secondsOfDay = udecimal.MustFromInt64(86400, 0)

// serialTime is the moment of an Excel day number, 46086.75. ok is false where the
// text is no number, or none of our years.
func serialTime(s string, from1904 bool) (time.Time, bool) {
	d, fault := pipeline.ParseNumber(latinDigits(s), ".", nil)
	if fault != "" || strings.ContainsAny(s, ", -+()") {
		return time.Time{}, false
	}
	whole := d.Trunc(0)
	days, err := whole.Int64()
	if from1904 {
		days += days1904
	}
	if err != nil || days < firstSerial || days > lastSerial {
		return time.Time{}, false
	}
	seconds, err := d.Sub(whole).Mul(secondsOfDay).RoundHAZ(0).Int64()
	if err != nil {
		return time.Time{}, false
	}
	return time.Date(1899, 12, 30+int(days), 0, 0, int(seconds), 0, time.UTC), true
}
