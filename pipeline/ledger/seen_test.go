package ledger

import (
	"errors"
	"testing"

	"wasl/pipeline"
)

// What became of a document after it left is told until somebody has seen it, and again
// where it becomes something else.
func TestFile_SeenIsNotToldAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
	file := func(body string) pipeline.Entry {
		w.file(w.admit("orders"), true, doc("1042", body))
		return w.entry("1042")
	}
	file("1")
	w.settle(w.take("orders"), pipeline.Delivered)
	told := file("2")
	if _, err := w.l.Seen(t.Context(), told); !errors.Is(err, pipeline.ErrNotFound) || told.State != pipeline.Held {
		t.Fatalf("%s, seen: %v", told.State, err)
	}
	if again := file("2"); again.State != pipeline.Held {
		t.Errorf("nobody has seen it, and it is %s", again.State)
	}
	for _, by := range []string{"Mona", "Ali"} { // the first stays
		if err := w.l.See(t.Context(), []pipeline.Entry{told}, by, "booked by hand"); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := w.l.Seen(t.Context(), told); err != nil || s.By != "Mona" || s.Why != "booked by hand" || !s.At.Equal(w.now) {
		t.Errorf("seen: %+v, %v", s, err)
	}
	for _, c := range []struct {
		body  string
		state pipeline.State
	}{{"2", pipeline.Unchanged}, {"3", pipeline.Held}, {"2", pipeline.Unchanged}, {"1", pipeline.Unchanged}, {"3", pipeline.Held}} {
		if e := file(c.body); e.State != c.state || (len(e.Why) > 0) != (c.state == pipeline.Held) {
			t.Errorf("%s is %s with %d problems, want %s", c.body, e.State, len(e.Why), c.state)
		}
	}
}

// Where something else is wrong with it too, that is told.
func TestFile_SeenHidesNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kind := pipeline.Kind{Name: "order", Once: true, Revise: func(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
		problems := []pipeline.Problem{{Rule: "eta.changed", With: map[string]string{"key": next.Name}}}
		if next.Day != "" {
			problems = append(problems, pipeline.Problem{Rule: "sale.detail", With: map[string]string{"key": next.Name}})
		}
		return next, problems
	}}
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: kind})
	w.file(w.admit("orders"), true, doc("1042", "1"))
	w.settle(w.take("orders"), pipeline.Delivered)
	w.file(w.admit("orders"), true, doc("1042", "2"))
	if err := w.l.See(t.Context(), []pipeline.Entry{w.entry("1042")}, "Mona", "seen"); err != nil {
		t.Fatal(err)
	}
	w.file(w.admit("orders"), true, doc("1042", "2"))
	if e := w.entry("1042"); e.State != pipeline.Unchanged {
		t.Errorf("seen, and is %s", e.State)
	}
	more := doc("1042", "2")
	more.Day = "2026-11-24"
	w.file(w.admit("orders"), true, more)
	if e := w.entry("1042"); e.State != pipeline.Held || len(e.Why) != 2 {
		t.Errorf("it is %s with %v", e.State, e.Why)
	}
}
