package ledger

import (
	"testing"
	"time"
)

// The place moves forward only, and of each thing the newest version stays.
func TestPulls_KeepTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	if place, at, err := w.l.PullPlace(ctx, "x", "orders"); err != nil || !place.IsZero() || !at.IsZero() {
		t.Fatal(place, at, err)
	}
	keep := func(place time.Time, had ...Pulled) {
		t.Helper()
		if err := w.l.KeepPull(ctx, "x", "orders", place, had); err != nil {
			t.Fatal(err)
		}
	}
	one := Pulled{ID: "1", Name: "#1", Created: night.Add(-time.Hour), Updated: night}
	older := one
	older.Updated = night.Add(-time.Minute)
	keep(night, one, Pulled{ID: "2", Name: "#2", Created: night, Updated: night.Add(-time.Hour)})
	keep(night.Add(-time.Minute), older)
	keep(time.Time{}, Pulled{ID: "3", Name: "#3", Created: night, Updated: night.Add(time.Minute), Gone: true})
	place, at, err := w.l.PullPlace(ctx, "x", "orders")
	if err != nil || !place.Equal(night) || at.IsZero() {
		t.Errorf("place %s, at %s, %v", place, at, err)
	}
	if other, _, err := w.l.PullPlace(ctx, "y", "orders"); err != nil || !other.IsZero() {
		t.Errorf("another shop is at %s, %v", other, err)
	}
	left := Pulled{ID: "1", Name: "#1", Created: night, Updated: night.Add(time.Hour), Left: "tag: vip"}
	keep(time.Time{}, left, Pulled{ID: "4", Name: "#4", Created: night, Updated: night.Add(-time.Hour), Left: "tag: vip"})
	for id, want := range map[string]bool{"1": true, "4": false, "5": false} { // what was in a file is never left out
		if is, err := w.l.WasPulled(ctx, "x", "orders", id); err != nil || is != want {
			t.Errorf("%s was pulled: %v, %v", id, is, err)
		}
	}
	got, err := w.l.PulledSince(ctx, "x", "orders", night.Add(-time.Minute))
	if err != nil || len(got) != 2 || got["1"] != one || !got["3"].Gone {
		t.Errorf("got %v, %v", got, err)
	}
}
