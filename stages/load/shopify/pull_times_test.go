package shopify

import (
	"testing"
	"time"
)

func TestPulls_Next(t *testing.T) {
	t.Parallel()
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		v, err := time.ParseInLocation("2006-01-02 15:04", text, cairo)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	ten := Pulls{Orders: 10 * time.Minute}
	times := Pulls{At: PullTimes{Orders: []string{"14:00", "07:00"}}}
	both := Pulls{Orders: 6 * time.Hour, At: PullTimes{Orders: []string{"07:00"}}}
	quiet := Pulls{Orders: 10 * time.Minute, Quiet: "22:00-06:00"}
	lunch := Pulls{Orders: 10 * time.Minute, Quiet: "12:00-13:00"}
	for name, c := range map[string]struct {
		pulls             Pulls
		last, began, want string
	}{
		"never":                          {ten, "", "2026-11-25 10:00", "2026-11-25 10:00"},
		"after a restart":                {ten, "2026-11-25 09:59", "2026-11-25 10:00", "2026-11-25 10:00"},
		"the interval":                   {ten, "2026-11-25 10:05", "2026-11-25 10:00", "2026-11-25 10:15"},
		"a time of day, never before":    {times, "", "2026-11-25 10:00", "2026-11-25 14:00"},
		"the next time of day":           {times, "2026-11-25 14:00", "2026-11-25 10:00", "2026-11-26 07:00"},
		"a time that was missed":         {times, "2026-11-25 07:01", "2026-11-25 20:00", "2026-11-25 14:00"},
		"several days missed, once":      {times, "2026-11-20 07:01", "2026-11-25 20:00", "2026-11-20 14:00"},
		"not a second time after a stop": {times, "2026-11-25 14:00", "2026-11-25 14:05", "2026-11-26 07:00"},
		"what comes first":               {both, "2026-11-25 03:00", "2026-11-25 02:00", "2026-11-25 07:00"},
		"quiet at night":                 {quiet, "2026-11-25 21:55", "2026-11-25 10:00", "2026-11-26 06:00"},
		"quiet after midnight":           {quiet, "2026-11-26 00:30", "2026-11-25 10:00", "2026-11-26 06:00"},
		"the end of quiet":               {quiet, "2026-11-26 05:50", "2026-11-25 10:00", "2026-11-26 06:00"},
		"before quiet":                   {quiet, "2026-11-25 21:40", "2026-11-25 10:00", "2026-11-25 21:50"},
		"quiet at noon":                  {lunch, "2026-11-25 11:55", "2026-11-25 10:00", "2026-11-25 13:00"},
		"begun in quiet hours":           {quiet, "", "2026-11-25 23:00", "2026-11-26 06:00"},
	} {
		got, ok := c.pulls.Next(PullOrders, at(c.last), at(c.began), cairo)
		if !ok || !got.Equal(at(c.want)) {
			t.Errorf("%s: %s, %v, want %s", name, got.In(cairo), ok, c.want)
		}
	}
	if at, ok := ten.Next(PullStock, time.Time{}, at("2026-11-25 10:00"), cairo); ok {
		t.Errorf("stock is not asked for, yet due at %s", at)
	}
	// Clocks are put forward at 00:00 on the 24th of April 2026 in Cairo, back at 24:00 on
	// the 29th of October: a time of day comes once on each day.
	for _, clock := range []string{"00:30", "23:30", "07:00"} {
		p := Pulls{At: PullTimes{Orders: []string{clock}}}
		for _, from := range []string{"2026-04-22 12:00", "2026-10-28 12:00"} {
			days := map[string]int{}
			last := at(from)
			for range 4 {
				next, _ := p.Next(PullOrders, last, at(from), cairo)
				days[next.In(cairo).Format(time.DateOnly)]++
				last = next
			}
			if len(days) != 4 {
				t.Errorf("%s after %s: %v", clock, from, days)
			}
		}
	}
}

func TestPulls_TimesAreChecked(t *testing.T) {
	t.Parallel()
	p := Pulls{At: PullTimes{Orders: []string{"07:00", "7:00", "24:01"}}, Quiet: "22-6"}
	found := p.validate()
	if len(found) != 3 || found[0].Rule != "mapping.clock" || found[0].Path != "pull.at.orders[1]" || found[2].Rule != "pull.quiet" {
		t.Errorf("%v", found)
	}
}
