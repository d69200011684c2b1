package reconcile

import (
	"testing"
	"time"
)

// An order of the evening before is a day old, whatever the hours, also in the night
// that has 23 of them.
func TestAgeOf(t *testing.T) {
	t.Parallel()
	cairo, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 4, 25, 8, 0, 0, 0, cairo) // summer time began the day before
	for _, c := range []struct {
		placed time.Time
		days   int
		age    string
	}{
		{now, 0, "0-1"}, {now.Add(time.Hour), 0, "0-1"},
		{time.Date(2026, 4, 24, 23, 59, 0, 0, cairo), 1, "0-1"}, {time.Date(2026, 4, 23, 23, 59, 0, 0, cairo), 2, "2-3"},
		{time.Date(2026, 4, 22, 0, 0, 0, 0, cairo), 3, "2-3"}, {time.Date(2026, 4, 21, 23, 0, 0, 0, cairo), 4, "4-7"},
		{time.Date(2026, 4, 18, 1, 0, 0, 0, cairo), 7, "4-7"}, {time.Date(2026, 4, 17, 22, 30, 0, 0, time.UTC), 7, "4-7"},
		{time.Date(2026, 4, 17, 12, 0, 0, 0, cairo), 8, ">7"},
	} {
		if days, age := AgeOf(c.placed, now, cairo); days != c.days || age != c.age {
			t.Errorf("%s: %d %s, want %d %s", c.placed, days, age, c.days, c.age)
		}
	}
}

func TestBackorders_Ageing(t *testing.T) {
	t.Parallel()
	b := Backorders{Lines: []Backorder{{Order: "#1", Age: "2-3", Left: 2}, {Order: "#1", Age: "2-3", Left: 3, Held: "ON_HOLD"}, {Order: "#2", Age: ">7", Left: 1}}}
	want := []Aged{{"0-1", 0, 0, 0}, {"2-3", 1, 5, 3}, {"4-7", 0, 0, 0}, {">7", 1, 1, 0}}
	for i, got := range b.Ageing() {
		if got != want[i] {
			t.Errorf("got %+v, want %+v", got, want[i])
		}
	}
}
