package inbox

import (
	"cmp"
	"slices"
	"time"

	"wasl/pipeline"
)

// Expected is how the expectation of one flow stands.
//
// That a file did not come is knowledge of the door, so it is judged here, from
// what the ledger says came. That a file is too small is known only once its
// rows are counted: Prepare holds it, and here it is told.
type Expected struct {
	Flow   string
	Day    string           // judged last: its time has passed, or its file has come; "" where nothing is scheduled
	Due    time.Time        // by when that day's file was expected
	Came   pipeline.Came    // that day's file; zero where there is none
	Next   time.Time        // when the next one is due; zero: none is scheduled
	Lapses []pipeline.Lapse // what is not as it should be, at most one of each sort
}

// daysBack is how far back files matter: a flow that expects one file a week was
// due at most a week ago, and its file may have come a day before.
const daysBack = 9

// Since is the time since when a judge has to know what came.
func Since(now time.Time) time.Time { return now.AddDate(0, 0, -daysBack) }

// Judge says how the expectation of a flow stands at a time. came are its files
// since Since, in the order in which they came.
//
// A file counts for the day on which it came, by the flow's own clock, where one
// is expected then and has not come yet; else for the next day, if it came within
// the day before that one's time: what is written late in the evening is mostly
// tomorrow's. A refused file counts for nothing: none of it can be used.
func Judge(flow string, e pipeline.Expect, came []pipeline.Came, now time.Time) Expected {
	out := Expected{Flow: flow}
	if n := len(came); n > 0 && came[n-1].Verdict == "held" && came[n-1].Least > 0 {
		c := came[n-1]
		out.Lapses = append(out.Lapses, pipeline.Lapse{Flow: flow, Day: dayOf(c.At, e.Zone).String(), What: pipeline.LapseSmall,
			Drop: c.Drop, File: c.File, At: c.At, Rows: c.Rows, Least: c.Least})
	}
	if !e.Scheduled() {
		return out
	}
	days := scheduled(e, now)
	assign(days, came, e)
	for i, d := range days {
		if d.due.After(now) && d.came == nil {
			out.Next = days[i].due
			break
		}
		out.Day, out.Due, out.Came = d.String(), d.due, pipeline.Came{}
		if d.came != nil {
			out.Came = *d.came
		}
	}
	if out.Day == "" {
		return out
	}
	lapse := pipeline.Lapse{Flow: flow, Day: out.Day, Due: out.Due}
	switch {
	case out.Came.Drop == "":
		lapse.What = pipeline.LapseMissing
		out.Lapses = append(out.Lapses, lapse)
	case out.Came.At.After(out.Due):
		lapse.What, lapse.Drop, lapse.File, lapse.At, lapse.Rows = pipeline.LapseLate, out.Came.Drop, out.Came.File, out.Came.At, out.Came.Rows
		out.Lapses = append(out.Lapses, lapse)
	}
	return out
}

// An expectedDay is a day on which a file is expected.
type expectedDay struct {
	date
	from, due time.Time // a file that comes after from and not after due is in time
	came      *pipeline.Came
}

// scheduled are the days around now on which files are expected, in their order.
func scheduled(e pipeline.Expect, now time.Time) (out []expectedDay) {
	by := e.By
	today := dayOf(now, e.Zone)
	for n := -daysBack + 1; n <= 8; n++ {
		if d := today.add(n); e.Days[d.weekday()] {
			out = append(out, expectedDay{date: d, from: d.add(-1).at(by, e.Zone), due: d.at(by, e.Zone)})
		}
	}
	return out
}

// assign gives each day its file.
func assign(days []expectedDay, came []pipeline.Came, e pipeline.Expect) {
	byTime := slices.SortedStableFunc(slices.Values(came), func(a, b pipeline.Came) int { return a.At.Compare(b.At) })
	for i := range byTime {
		c := &byTime[i]
		if c.Verdict == "refused" {
			continue
		}
		today := dayOf(c.At, e.Zone)
		at := slices.IndexFunc(days, func(d expectedDay) bool { return !d.before(today) })
		if at >= 0 && days[at].date == today && days[at].came != nil {
			at++ // that day has its file; this one may be the next day's
		}
		if at < 0 || at >= len(days) || days[at].came != nil {
			continue
		}
		if d := &days[at]; d.date == today || c.At.After(d.from) {
			d.came = c
		}
	}
}

// A date is a day of the calendar.
type date struct {
	year  int
	month time.Month
	day   int
}

// dayOf is the day that a clock in a zone shows at an instant.
func dayOf(t time.Time, zone *time.Location) date {
	y, m, d := t.In(zoneOf(zone)).Date()
	return date{y, m, d}
}

func zoneOf(zone *time.Location) *time.Location { return cmp.Or(zone, time.UTC) }

// String is the day as 2026-11-24.
func (d date) String() string { return d.noon().Format(time.DateOnly) }

func (d date) weekday() time.Weekday { return d.noon().Weekday() }

func (d date) before(other date) bool { return d.noon().Before(other.noon()) }

// noon stands for the day where no clock matters.
func (d date) noon() time.Time { return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC) }

func (d date) add(days int) date {
	y, m, day := d.noon().AddDate(0, 0, days).Date()
	return date{y, m, day}
}

// at is when a clock in a zone shows a time of that day. Where it shows it twice,
// because it is put back meanwhile, the second one: nobody is late before. Where
// it never does, because it is put forward over it, the moment at which it is.
//
// time.Date alone would say 01:30 for the 00:30 of Cairo's 24 April 2026, and
// promises nothing for the 23:30 of 29 October, which is twice.
func (d date) at(clock time.Duration, zone *time.Location) time.Time {
	zone = zoneOf(zone)
	h, m := int(clock/time.Hour), int(clock%time.Hour/time.Minute)
	t := time.Date(d.year, d.month, d.day, h, m, 0, 0, zone)
	wall := time.Date(d.year, d.month, d.day, h, m, 0, 0, time.UTC) // the same, where clocks are never changed
	start, end := t.ZoneBounds()
	switch shown := wallOf(t); {
	case shown.After(wall):
		return start // skipped, and read by the new clock
	case shown.Before(wall):
		return end // skipped, and read by the old one
	}
	if !end.IsZero() {
		_, before := t.Zone()
		_, after := end.Zone()
		if second := t.Add(time.Duration(before-after) * time.Second); before > after && !second.Before(end) {
			return second
		}
	}
	return t
}

// wallOf is what a clock shows, as if it were in UTC.
func wallOf(t time.Time) time.Time {
	y, mo, d := t.Date()
	h, mi, s := t.Clock()
	return time.Date(y, mo, d, h, mi, s, 0, time.UTC)
}
