package extract

import (
	"strings"

	"wasl/pipeline"
)

// The orders in which a date's numbers may stand.
const (
	dmy = 1 << iota
	mdy
	ymd
)

// ordersSeen are the signs of the order of a column's dates.
type ordersSeen struct {
	alone [8]int // dates that fit one order only, by it
	fit   int    // the orders that fit all of the others
	some  bool   // there are others
	plain bool   // dates that begin with a year of four digits: beyond doubt in themselves
	two   bool   // one of the others is two different days
}

// see takes the text of a cell, and tells whether it is two different days.
func (o *ordersSeen) see(text string) bool {
	fit, differ := ordersOf(text)
	switch fit {
	case 0:
		return false
	case ymd:
		if parts, _ := dateParts(text); len(parts[0]) == 4 {
			o.plain = true
			return false
		}
		fallthrough
	case dmy, mdy:
		o.alone[fit]++
		return false
	}
	if !o.some {
		o.fit, o.some = fit, true
	}
	o.fit &= fit
	o.two = o.two || differ
	return differ
}

// slips is how many dates of one order stand against a single one of the other
// that is taken for a slip of the pen.
const slips = 20

// torn tells whether dates of a column stand against each other, and others can be
// read in both orders: as in a text that a spreadsheet with American settings has
// opened and saved, which turns the dates round that it can read.
func (o *ordersSeen) torn() bool {
	few, most := min(o.alone[dmy], o.alone[mdy]), max(o.alone[dmy], o.alone[mdy])
	return o.two && few > 0 && most < slips*few
}

// order is that of the column, as pipeline.Style has it. Where dates contradict
// each other it is that of most of them, unless the column is torn.
func (o *ordersSeen) order() string {
	if o.torn() {
		return "?"
	}
	best := 0
	for _, order := range []int{dmy, mdy, ymd} {
		if o.alone[order] > 0 && (best == 0 || o.alone[order] > o.alone[best]) {
			best = order
		}
	}
	if best == 0 && o.some && (!o.two || o.fit == dmy || o.fit == mdy || o.fit == ymd) {
		for _, order := range []int{dmy, mdy, ymd} {
			if o.fit&order != 0 {
				best = order
				break
			}
		}
	}
	switch {
	case best == dmy:
		return "dmy"
	case best == mdy:
		return "mdy"
	case best == ymd, best == 0 && !o.some && o.plain:
		return "ymd"
	case o.some:
		return "?"
	}
	return ""
}

// dateParts are the three numbers at the beginning of a date, and what stands
// between them; "" where it does not begin so.
func dateParts(text string) (parts [3]string, sep string) {
	s := pipeline.Clean(text)
	if i := strings.IndexAny(s, " T"); i > 0 {
		s = s[:i]
	}
	s = strings.Map(func(r rune) rune {
		if digit, ok := pipeline.Digit(r); ok {
			return rune('0' + digit)
		}
		return r
	}, s)
	for _, sep = range []string{"/", "-", ".", "\\"} {
		p := strings.Split(s, sep)
		if len(p) != 3 {
			continue
		}
		for i, part := range p {
			if n := atoi(part); n < 0 || len(part) > 4 || i == 1 && len(part) > 2 {
				return parts, ""
			}
			parts[i] = part
		}
		return parts, sep
	}
	return parts, ""
}

// ordersOf are the orders in which a date can be read, and whether they are
// different days; 0 where it is no date of three numbers.
func ordersOf(text string) (fit int, differ bool) {
	p, sep := dateParts(text)
	if sep == "" {
		return 0, false
	}
	a, b, c := atoi(p[0]), atoi(p[1]), atoi(p[2])
	day := func(n int) bool { return n >= 1 && n <= 31 }
	month := func(n int) bool { return n >= 1 && n <= 12 }
	switch {
	case len(p[0]) == 4:
		if month(b) && day(c) && len(p[2]) <= 2 {
			return ymd, false
		}
		return 0, false
	case len(p[0]) > 2 || len(p[2]) == 1 || len(p[2]) == 3:
		return 0, false
	}
	if day(a) && month(b) {
		fit |= dmy
	}
	if month(a) && day(b) {
		fit |= mdy
	}
	if len(p[2]) == 2 && len(p[0]) == 2 && month(b) && day(c) && a >= 90 {
		fit |= ymd // 26/03/05 is the fifth of March nowhere in Egypt; 98/03/05 can be nothing else
	}
	return fit, fit == dmy|mdy && a != b
}

// layoutOf is how a mapping writes the layout of a date, in the manner of package
// time, with the day or the month first.
func layoutOf(text string, dayFirst bool) string {
	p, sep := dateParts(text)
	if sep == "" {
		return ""
	}
	year := "2006"
	if len(p[2]) == 2 {
		year = "06"
	}
	layout := "1" + sep + "2" + sep + year
	if dayFirst {
		layout = "2" + sep + "1" + sep + year
	}
	if _, clock, ok := strings.Cut(pipeline.Clean(text), " "); ok {
		switch strings.Count(clock, ":") {
		case 1:
			layout += " 15:04"
		case 2:
			layout += " 15:04:05"
		}
	}
	return layout
}
