package ledger

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// fileBooked files one document of a job with what it books, held by its gate or not.
func (w *world) fileBooked(job pipeline.Job, kind string, held bool, then ...pipeline.Booking) {
	w.t.Helper()
	filed := pipeline.Filed{Kind: kind, Lane: w.flows[job.Flow].Lane}
	if held {
		filed.Gate = func(pipeline.Weighed) []pipeline.Problem { return []pipeline.Problem{{Rule: "gate.plan"}} }
	}
	d := doc("A-"+job.Drop, "1")
	d.Then = then
	_, err := w.l.File(context.Background(), job, filed, func(to pipeline.Filing) (pipeline.Reading, error) {
		return pipeline.Reading{Format: "csv", Rows: 1}, to.Document(d, 1, nil)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func booking(word string, at time.Time, body string) pipeline.Booking {
	b, _ := json.Marshal(body) // a text
	return pipeline.Booking{At: at, Why: word, Doc: pipeline.Document{Key: "promotion/A-1", Name: "A-1", Body: b}}
}

// booked are the bookings in force: flow word body, by time.
func (w *world) booked(kind string) string {
	w.t.Helper()
	all, err := w.l.Booked(context.Background(), kind, "shop")
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, b := range all["promotion/A-1"] {
		out = append(out, b.Flow+" "+b.Why+" "+string(b.Doc.Body))
	}
	return strings.Join(out, ", ")
}

func TestBookings_GiveWayOnlyToWhatCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "promos", Lane: "shop", Kind: pipeline.Kind{Name: "promotion"}})
	w.flow(pipeline.Flow{Name: "prices", Lane: "shop", Kind: pipeline.Kind{Name: "price"}})
	ctx, soon := context.Background(), night.Add(48*time.Hour)

	w.fileBooked(w.admit("promos"), "promotion", false, booking("end", soon, "one"))
	held := w.admit("promos")
	w.fileBooked(held, "promotion", true, booking("end", soon, "two"))
	want(t, "while the newer one is held", w.booked("promotion"), `promos end "one"`)
	if err := w.l.Release(ctx, pipeline.Release{Job: held, By: "Nour", Why: "right"}); err != nil {
		t.Fatal(err)
	}
	want(t, "after its release", w.booked("promotion"), `promos end "two"`)

	dropped := w.admit("promos")
	w.fileBooked(dropped, "promotion", true, booking("end", soon, "three"))
	if err := w.l.Release(ctx, pipeline.Release{Job: dropped, By: "Nour", Why: "wrong", Drop: true}); err != nil {
		t.Fatal(err)
	}
	want(t, "after a newer one was dropped", w.booked("promotion"), `promos end "two"`)

	// Another kind changes what it says, and it stays the flow's that booked it.
	all, err := w.l.Booked(ctx, "promotion", "shop")
	if err != nil {
		t.Fatal(err)
	}
	again := all["promotion/A-1"][0]
	again.Doc.Body = json.RawMessage(`"four"`)
	w.fileBooked(w.admit("prices"), "price", false, again)
	want(t, "booked again by another", w.booked("promotion")+w.booked("price"), `promos end "four"`)
	if at, err := w.l.NextDue(ctx); err != nil || !at.Equal(soon) {
		t.Errorf("due at %s, %v", at, err)
	}

	w.fileBooked(w.admit("promos"), "promotion", false, booking("end", time.Time{}, ""))
	want(t, "after it was taken back", w.booked("promotion"), "")
	if due, err := w.l.Due(ctx, soon.AddDate(1, 0, 0)); err != nil || len(due) > 0 {
		t.Errorf("still due: %+v, %v", due, err)
	}
}

// A job that needs its own lane is planned when what came before has arrived.
func TestNext_NeedsItsOwnLane(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "prices", Lane: "shop", Kind: pipeline.Kind{Name: "kind"}})
	first, second := w.admit("prices", "shop"), w.admit("prices", "shop")
	if due := w.next("shop"); due.Job != first {
		t.Errorf("got %+v, want %s", due, first)
	}
	w.file(first, false, doc("a", "1"))
	if due := w.next("shop"); due.Step != pipeline.StepDeliver {
		t.Errorf("got %+v, want to deliver first", due)
	}
	w.settle(w.take("shop"), pipeline.Delivered)
	if due := w.next("shop"); due.Job != second || due.Step != pipeline.StepPrepare {
		t.Errorf("got %+v, want to prepare %s", due, second)
	}
}

// A job of which nothing leaves now, but something later, is weighed as well.
func TestBookings_AreHeldByTheGate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "promos", Lane: "shop", Kind: pipeline.Kind{Name: "promotion"}})
	job := w.admit("promos")
	d := in(pipeline.Skipped, doc("promotion/A-1", "1"))
	d.Then = []pipeline.Booking{booking("start", night.Add(time.Hour), "one")}
	filed := pipeline.Filed{Kind: "promotion", Lane: "shop", Gate: func(pipeline.Weighed) []pipeline.Problem { return []pipeline.Problem{{Rule: "gate.prices"}} }}
	made, err := w.l.File(context.Background(), job, filed, func(to pipeline.Filing) (pipeline.Reading, error) {
		return pipeline.Reading{Format: "csv", Rows: 1}, to.Document(d, 1, nil)
	})
	if err != nil || !made.Held {
		t.Fatalf("held %v, %v", made.Held, err)
	}
	want(t, "held", w.booked("promotion"), "")
	if err := w.l.Release(context.Background(), pipeline.Release{Job: job, By: "Nour", Why: "right"}); err != nil {
		t.Fatal(err)
	}
	want(t, "released", w.booked("promotion"), `promos start "one"`)
}
