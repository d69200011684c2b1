package inbox

import (
	"fmt"
	"testing"
	"time"
	_ "time/tzdata"

	"wasl/pipeline"
)

func cairo(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// utc reads an instant written 2026-11-24 04:00, in UTC.
func utc(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func daily(zone *time.Location, by time.Duration) pipeline.Expect {
	return pipeline.Expect{Days: [7]bool{true, true, true, true, true, true, true}, By: by, Zone: zone}
}

// story is how an expectation stands, in one line.
func story(e Expected) string {
	s := e.Day + " came " + e.Came.File
	for _, l := range e.Lapses {
		s += fmt.Sprintf("; %s %s", l.Day, l.What)
	}
	return s
}

func file(t *testing.T, name, at string) pipeline.Came {
	return pipeline.Came{Drop: name, File: name, At: utc(t, at), Rows: 10}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	zone := cairo(t) // +2 in November
	six := daily(zone, 6*time.Hour)
	workdays := six
	workdays.Days[time.Friday], workdays.Days[time.Saturday] = false, false
	refused := file(t, "cut", "2026-11-24 02:00")
	refused.Verdict = "refused"
	for name, c := range map[string]struct {
		e    pipeline.Expect
		now  string // UTC
		came []pipeline.Came
		want string
	}{
		"in time":                       {six, "2026-11-24 05:00", []pipeline.Came{file(t, "a", "2026-11-24 03:59")}, "2026-11-24 came a"},
		"not due yet: yesterday counts": {six, "2026-11-24 03:00", []pipeline.Came{file(t, "a", "2026-11-23 03:00")}, "2026-11-23 came a"},
		"missing":                       {six, "2026-11-24 04:01", []pipeline.Came{file(t, "a", "2026-11-23 03:00")}, "2026-11-24 came ; 2026-11-24 missing"},
		"on the minute":                 {six, "2026-11-24 04:00", []pipeline.Came{file(t, "a", "2026-11-24 04:00")}, "2026-11-24 came a"},
		"late":                          {six, "2026-11-24 09:00", []pipeline.Came{file(t, "a", "2026-11-24 04:01")}, "2026-11-24 came a; 2026-11-24 late"},
		"late in the evening is tomorrow's, where today's has come": {six, "2026-11-25 05:00",
			[]pipeline.Came{file(t, "a", "2026-11-24 03:00"), file(t, "b", "2026-11-24 21:30")}, "2026-11-25 came b"},
		"late in the evening is today's, where today's has not come": {six, "2026-11-25 05:00",
			[]pipeline.Came{file(t, "b", "2026-11-24 21:30")}, "2026-11-25 came ; 2026-11-25 missing"},
		"two in one night are one day's": {six, "2026-11-25 05:00",
			[]pipeline.Came{file(t, "a", "2026-11-24 02:00"), file(t, "b", "2026-11-24 03:00")}, "2026-11-25 came ; 2026-11-25 missing"},
		"Friday off: Thursday is the last": {workdays, "2026-11-27 12:00", []pipeline.Came{file(t, "a", "2026-11-26 03:00")}, "2026-11-26 came a"},
		"a refused file has not come":      {six, "2026-11-24 05:00", []pipeline.Came{refused}, "2026-11-24 came ; 2026-11-24 missing"},
		"nothing ever came":                {six, "2026-11-24 05:00", nil, "2026-11-24 came ; 2026-11-24 missing"},
		"nothing is scheduled":             {pipeline.Expect{Rows: 5, Zone: zone}, "2026-11-24 05:00", nil, " came "},
		"what came early is judged at once": {six, "2026-11-24 03:30",
			[]pipeline.Came{file(t, "a", "2026-11-24 03:00")}, "2026-11-24 came a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := story(Judge("f", c.e, c.came, utc(t, c.now))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestJudge_Small(t *testing.T) {
	t.Parallel()
	small := file(t, "s", "2026-11-24 03:00")
	small.Verdict, small.Rows, small.Least = "held", 3, 100
	got := Judge("f", daily(cairo(t), 6*time.Hour), []pipeline.Came{small}, utc(t, "2026-11-24 05:00"))
	if len(got.Lapses) != 1 || got.Lapses[0].What != "small" || got.Lapses[0].Rows != 3 || got.Lapses[0].Least != 100 || got.Lapses[0].Day != "2026-11-24" {
		t.Errorf("%+v", got.Lapses)
	}
	accepted := small
	accepted.Verdict, accepted.Least = "", 0
	if got := Judge("f", daily(cairo(t), 6*time.Hour), []pipeline.Came{accepted}, utc(t, "2026-11-24 05:00")); len(got.Lapses) != 0 {
		t.Errorf("%+v", got.Lapses)
	}
}

// TestDate_ClocksChange knows the nights on which Cairo changes its clocks:
// 24 April 2026 has no 00:00 to 00:59, 29 October 2026 has 23:00 to 23:59 twice.
func TestDate_ClocksChange(t *testing.T) {
	t.Parallel()
	zone := cairo(t)
	for _, c := range []struct {
		day   date
		clock time.Duration
		want  string // UTC
	}{
		{date{2026, 4, 23}, 23*time.Hour + 30*time.Minute, "2026-04-23 21:30"},
		{date{2026, 4, 24}, 0, "2026-04-23 22:00"},
		{date{2026, 4, 24}, 30 * time.Minute, "2026-04-23 22:00"},
		{date{2026, 4, 24}, time.Hour, "2026-04-23 22:00"},
		{date{2026, 4, 24}, 6 * time.Hour, "2026-04-24 03:00"},
		{date{2026, 4, 23}, 24 * time.Hour, "2026-04-23 22:00"},
		{date{2026, 10, 29}, 22*time.Hour + 59*time.Minute, "2026-10-29 19:59"},
		{date{2026, 10, 29}, 23 * time.Hour, "2026-10-29 21:00"},
		{date{2026, 10, 29}, 23*time.Hour + 30*time.Minute, "2026-10-29 21:30"},
		{date{2026, 10, 29}, 24 * time.Hour, "2026-10-29 22:00"},
		{date{2026, 10, 30}, 6 * time.Hour, "2026-10-30 04:00"},
		{date{2026, 11, 24}, 6 * time.Hour, "2026-11-24 04:00"},
	} {
		if got := c.day.at(c.clock, zone).UTC(); !got.Equal(utc(t, c.want)) {
			t.Errorf("%s %s: got %s, want %s", c.day, c.clock, got.Format("2006-01-02 15:04"), c.want)
		}
	}
}

// TestJudge_EachDayOnce walks through a year minute by minute where clocks
// change, and counts: each local day is missed once and told on that day.
func TestJudge_EachDayOnce(t *testing.T) {
	t.Parallel()
	zone := cairo(t)
	for _, by := range []time.Duration{0, 30 * time.Minute, 6 * time.Hour, 23*time.Hour + 30*time.Minute, 24 * time.Hour} {
		for _, around := range []string{"2026-04-24 00:00", "2026-10-30 00:00"} {
			e := daily(zone, by)
			var told []string
			start := utc(t, around).Add(-3 * 24 * time.Hour)
			last := ""
			for now := start; now.Before(start.Add(6 * 24 * time.Hour)); now = now.Add(15 * time.Minute) {
				got := Judge("f", e, nil, now)
				if got.Day != last {
					told, last = append(told, got.Day), got.Day
				}
				if !got.Due.Before(now) && !got.Due.Equal(now) || !got.Next.After(now) {
					t.Fatalf("by %s at %s: due %s, next %s", by, now, got.Due, got.Next)
				}
			}
			for i := 1; i < len(told); i++ {
				a, _ := time.Parse(time.DateOnly, told[i-1])
				if b, _ := time.Parse(time.DateOnly, told[i]); b.Sub(a) != 24*time.Hour {
					t.Errorf("by %s: %s after %s", by, told[i], told[i-1])
				}
			}
			if len(told) < 6 || len(told) > 7 {
				t.Errorf("by %s: %d days: %v", by, len(told), told)
			}
		}
	}
}
