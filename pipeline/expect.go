package pipeline

import (
	"slices"
	"strconv"
	"time"
)

// An Expect is what a flow's mapping says of the files that should come: when,
// and how large they are at least. The zero value expects nothing.
type Expect struct {
	Days   [7]bool        // by time.Weekday; none: only the size is expected
	By     time.Duration  // after midnight, as the clock on the wall shows it; 24 h: the end of the day
	Zone   *time.Location // of the clock; nil: UTC
	Rows   int            // at least; 0: any
	Median int            // per cent of the median of the flow's last good files, at least; 0: any
}

// medianOf is how many of a flow's good files the median is taken of.
const medianOf = 7

// Scheduled tells whether files are expected at any time.
func (e Expect) Scheduled() bool { return e.Days != [7]bool{} }

// Least is the number of rows that a file must have; rows are those of the last
// good files.
func (e Expect) Least(rows []int) int {
	least := e.Rows
	if m := median(rows[:min(len(rows), medianOf)]); e.Median > 0 && len(rows) > 0 {
		least = max(least, (m*e.Median+99*2)/200) // m is twice the median
	}
	return least
}

// median is twice the median, which may lie in the middle of two.
func median(rows []int) int {
	if len(rows) == 0 {
		return 0
	}
	rows = slices.Sorted(slices.Values(rows))
	return rows[(len(rows)-1)/2] + rows[len(rows)/2]
}

// Came is a file that came for a flow, as its expectation sees it. A file that
// was taken once more counts as what it was the first time, when it came.
type Came struct {
	Drop    string
	File    string
	At      time.Time
	Verdict string // of the newest try: "", refused or held
	Rows    int
	Least   int // where it is held because it has fewer rows than that
}

// A Lapse is one expected file that did not come as it should. Each is told once
// a day and flow.
type Lapse struct {
	Flow  string    `json:"flow"`
	Day   string    `json:"day"`  // for which the file was expected, by the flow's clock
	What  string    `json:"what"` // missing, late or small
	Due   time.Time `json:"due,omitzero"`
	Drop  string    `json:"drop,omitempty"` // the file, where there is one
	File  string    `json:"file,omitempty"`
	At    time.Time `json:"at,omitzero"` // when it came
	Rows  int       `json:"rows,omitempty"`
	Least int       `json:"least,omitempty"`
}

// Problem puts a lapse into words; clock is how an instant is shown.
func (l Lapse) Problem(clock func(time.Time) string) Problem {
	with := map[string]string{"flow": l.Flow, "day": l.Day, "by": clock(l.Due)}
	switch l.What {
	case LapseLate:
		with["file"], with["at"] = l.File, clock(l.At)
		return Problem{Origin: Origin{File: l.Flow}, Rule: "expect.late", With: with}
	case LapseSmall:
		return Problem{Origin: Origin{File: l.File}, Rule: "expect.small",
			With: map[string]string{"rows": strconv.Itoa(l.Rows), "limit": strconv.Itoa(l.Least), "drop": l.Drop}}
	}
	return Problem{Origin: Origin{File: l.Flow}, Rule: "expect.missing", With: with}
}

// What a lapse can be.
const (
	LapseMissing = "missing" // the time has passed, and nothing came
	LapseLate    = "late"    // it came after its time
	LapseSmall   = "small"   // it has too few rows, and is held
)
