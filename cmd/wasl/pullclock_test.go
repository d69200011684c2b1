package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// A watch pulls at its times of day, once each: also over a restart, and after one that
// was missed or went wrong.
func TestClock_TimesOfDay(t *testing.T) {
	t.Parallel()
	s := newBookedShop(t)
	path := filepath.Join(s.dir, "wasl.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pulls := "  client_id: client\n  pull: {at: {orders: [\"07:00\", \"14:00\"]}, since: 2026-12-01, quiet: \"12:00-15:00\"}\n"
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "  client_id: client\n", pulls, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	a := &app{out: os.Stderr, err: os.Stderr, getenv: os.Getenv, dir: s.dir}
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	var failed int
	// at looks at the clock, in a program that began then or in the same one, and gives
	// how often orders were asked for.
	var h *house
	var c *clock
	at := func(day, hour, minute int, restart bool) int {
		t.Helper()
		now := time.Date(2026, 12, day, hour, minute, 0, 0, zone)
		if restart {
			if h != nil {
				if err := h.close(); err != nil {
					t.Fatal(err)
				}
			}
			if h, err = a.openHouse(t.Context(), func(e pipeline.Event) {
				if e.What == pipeline.EventFailed {
					failed++
				}
			}); err != nil {
				t.Fatal(err)
			}
			c = h.clockOf()
			c.began = now
		}
		c.now = func() time.Time { return now }
		before := len(s.shopify.CallsOf("WaslOrdersCount"))
		c.round(t.Context())
		asked := len(s.shopify.CallsOf("WaslOrdersCount")) - before
		c.round(t.Context())
		if again := len(s.shopify.CallsOf("WaslOrdersCount")) - before; again != asked {
			t.Errorf("on the %d. at %02d:%02d it pulled twice", day, hour, minute)
		}
		return min(asked, 1) // the proof asks too
	}
	for _, step := range []struct {
		day, hour, minute int
		restart           bool
		want              int
		why               string
	}{
		{1, 6, 0, true, 0, "before its first time"},
		{1, 6, 59, false, 0, "still before"},
		{1, 7, 0, false, 1, "its time"},
		{1, 7, 5, true, 0, "after a restart it is not done again"},
		{1, 14, 0, false, 0, "quiet hours"},
		{1, 15, 0, false, 1, "after the quiet hours"},
		{3, 9, 0, true, 1, "what was missed for two days, once"},
		{3, 9, 10, false, 0, "no more"},
	} {
		if got := at(step.day, step.hour, step.minute, step.restart); got != step.want {
			t.Errorf("%s: pulled %d times", step.why, got)
		}
	}
	for _, call := range []string{"1", "2", "3"} { // a pull gives up after three
		if err := s.shopify.PlanFault("WaslOrdersCount:" + call + ":reset-before"); err != nil {
			t.Fatal(err)
		}
	}
	at(4, 7, 0, false)
	if failed != 1 {
		t.Errorf("told %d times that it went wrong", failed)
	}
	if got := at(4, 7, 5, false); got != 1 {
		t.Errorf("after what went wrong: pulled %d times", got)
	}

	// What goes wrong again is told again, where it had been well in between; and once a
	// day while it lasts.
	if err := s.shopify.PlanFault("WaslOrdersCount:0:reset-before"); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ day, hour, minute, told int }{{4, 15, 0, 2}, {4, 15, 5, 2}, {4, 15, 10, 2}, {5, 7, 0, 2}, {5, 15, 10, 3}, {5, 15, 15, 3}} {
		if at(step.day, step.hour, step.minute, false); failed != step.told {
			t.Errorf("on the %d. at %02d:%02d: told %d times, want %d", step.day, step.hour, step.minute, failed, step.told)
		}
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}
