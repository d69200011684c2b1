package transform

import (
	"strings"
	"time"

	"wasl/pipeline"
)

// Years outside of these are slips: 0206 for 2026, or the first days of 1900
// that stand for an empty date in workbooks.
const (
	firstYear = 1990
	lastYear  = 2100
)

// The layouts that need no pinning: the order of their parts is beyond doubt.
// 02/01/2006 is not among them, since 03/04/2026 is two days of the year.
var (
	plainDates = layouts("2006-01-02", "2006/01/02")
	plainTimes = layouts(
		"2006-01-02 15:04:05 -0700", // as Shopify exports it
		"2006-01-02 15:04:05",       // as extract writes the dates of workbooks
		"2006-01-02 15:04",
		time.RFC3339,
		"2006-01-02T15:04:05",
	)
)

// A layout is a way to write a date, in the manner of package time.
type layout struct {
	text  string
	clock bool // it says the time of day
	short bool // its year has two digits
	zone  bool // it says the zone
}

func layouts(texts ...string) []layout {
	out := make([]layout, 0, len(texts))
	for _, text := range texts {
		out = append(out, newLayout(text))
	}
	return out
}

// newLayout finds out what a layout says by writing times that differ in it.
func newLayout(text string) layout {
	noon := time.Date(2006, 11, 22, 12, 33, 44, 0, time.UTC)
	east := time.Date(2006, 11, 22, 12, 33, 44, 0, time.FixedZone("E", 3*3600))
	return layout{
		text:  text,
		clock: noon.Format(text) != noon.Add(3*time.Hour).Format(text),
		short: noon.Format(text) == noon.AddDate(100, 0, 0).Format(text),
		zone:  noon.Format(text) != east.Format(text),
	}
}

// whole tells whether a layout says year, month and day.
func (l layout) whole() bool {
	day := time.Date(2006, 11, 22, 12, 33, 44, 0, time.UTC)
	read, err := time.Parse(l.text, day.Format(l.text))
	return err == nil && read.Year() == 2006 && read.Month() == 11 && read.Day() == 22
}

// parseDate reads a text by the first layout that fits, as it stands on the clock.
func parseDate(s string, by []layout) (time.Time, layout, bool) {
	s = latin(s)
	for _, l := range by {
		if t, err := time.Parse(l.text, s); err == nil {
			return t, l, true
		}
	}
	return time.Time{}, layout{}, false
}

// latin writes the digits and the half of the day of a date in European ones.
func latin(s string) string {
	if isASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if digit, ok := pipeline.Digit(r); ok {
			return rune('0' + digit)
		}
		return r
	}, s)
	if rest, ok := strings.CutSuffix(s, "ص"); ok {
		return rest + "AM"
	}
	if rest, ok := strings.CutSuffix(s, "م"); ok {
		return rest + "PM"
	}
	return s
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// readDate reads a day: midnight in UTC. Of an instant with a zone it is the
// day in ours.
func readDate(h *how, s string) (pipeline.Value, wrong) {
	t, l, why := h.moment(s, h.dates())
	if why.rule != "" {
		return pipeline.Value{}, why
	}
	if l.zone {
		t = t.In(h.zone)
	}
	return pipeline.Value{Set: true, Text: s, Time: day(t)}, wrong{}
}

// moment reads a date or a time as it stands on the clock: by the layouts, or else,
// where none is pinned, by its words and numbers.
func (h *how) moment(s string, by []layout) (time.Time, layout, wrong) {
	s = strings.TrimPrefix(s, "'") // which spreadsheets put before a text
	if h.serial != noSerial {
		if t, ok := serialTime(s, h.serial == serial1904); ok {
			return t, layout{clock: !t.Equal(day(t))}, wrong{}
		}
		return time.Time{}, layout{}, wrong{rule: "date.format", with: map[string]string{"want": "46086"}}
	}
	t, l, ok := parseDate(s, by)
	if ok && h.pivot > 0 && l.short {
		t = time.Date(century(t.Year(), h.pivot), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	}
	if !ok {
		var why wrong
		if t, l, why = h.byWords(s); why.rule != "" {
			return t, l, why
		}
	}
	switch {
	case t.Year() >= 1300 && t.Year() <= 1500:
		return t, l, wrong{rule: "date.hijri"}
	case far(t):
		return t, l, farAway()
	}
	return t, l, wrong{}
}

// byWords reads a date that no layout fits. Where layouts are pinned nothing else
// is taken, but what is wrong may be known better than that.
func (h *how) byWords(s string) (time.Time, layout, wrong) {
	t, clock, rule, fits := loose{order: h.order, pivot: h.pivot}.parse(s)
	serial, isSerial := serialTime(s, false)
	switch free := h.layouts == nil; {
	case rule == "date.hijri", rule != "" && free:
		return t, layout{}, wrong{rule: rule}
	case free && fits:
		return t, layout{clock: clock}, wrong{}
	case free && isSerial:
		return t, layout{}, wrong{rule: "date.serial", with: map[string]string{"day": serial.Format(time.DateOnly)}}
	}
	return t, layout{}, wrong{rule: "date.format", with: h.wanted()}
}

func day(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }

// readTime reads an instant. A day alone is the moment at which it begins.
//
// Go takes a local time that the change to summer time skips for one an hour
// later, and one that occurs twice for the second, without a word (measured):
// here either is a problem, since an hour decides the day of a receipt.
func readTime(h *how, s string) (pipeline.Value, wrong) {
	wall, l, why := h.moment(s, h.times())
	switch {
	case why.rule != "":
		return pipeline.Value{}, why
	case l.zone:
		return pipeline.Value{Set: true, Text: s, Time: wall.UTC()}, wrong{}
	}
	t, why := local(wall, h.zone)
	if why.rule != "" && l.clock {
		return pipeline.Value{}, why
	}
	return pipeline.Value{Set: true, Text: s, Time: t.UTC()}, wrong{}
}

// local is the instant at which the clocks of a zone show a time.
func local(wall time.Time, zone *time.Location) (time.Time, wrong) {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	if !shows(t, wall) {
		return t, wrong{rule: "date.gap", with: map[string]string{"zone": zone.String()}}
	}
	for _, hour := range []time.Duration{-time.Hour, time.Hour} {
		if twin := t.Add(hour); shows(twin, wall) {
			first, second := min(t.Unix(), twin.Unix()), max(t.Unix(), twin.Unix())
			return t, wrong{rule: "date.twice", with: map[string]string{
				"zone":   zone.String(),
				"first":  time.Unix(first, 0).In(zone).Format("15:04:05 -0700"),
				"second": time.Unix(second, 0).In(zone).Format("15:04:05 -0700"),
			}}
		}
	}
	return t, wrong{}
}

// shows tells whether the clock shows this wall time at t.
func shows(t, wall time.Time) bool {
	const clock = "2006-01-02 15:04:05.999999999"
	return t.Format(clock) == wall.Format(clock)
}

func far(t time.Time) bool { return t.Year() < firstYear || t.Year() > lastYear }

func farAway() wrong {
	return wrong{rule: "date.far", with: map[string]string{"first": "1990", "last": "2100"}}
}
