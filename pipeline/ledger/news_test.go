package ledger

import (
	"testing"
	"time"

	"wasl/pipeline"
)

// TestSettle_NewsIsAskedAfterAtOnce makes what is accepted in a lane due where a later
// batch of it brings news of it, and nothing of another lane.
func TestSettle_NewsIsAskedAfterAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Kind: pipeline.Kind{Name: "k"}, Lane: "erp"})
	w.flow(pipeline.Flow{Name: "elsewhere", Kind: pipeline.Kind{Name: "k"}, Lane: "other"})
	wait := map[string]time.Duration{}
	for _, flow := range []string{"orders", "elsewhere"} {
		w.file(w.admit(flow), false, doc("a-"+flow, `{}`))
	}
	later := w.now.Add(time.Hour)
	for _, lane := range []string{"erp", "other"} {
		b := w.take(lane)
		a := pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: b.Docs[0].Key, State: pipeline.Accepted, Ticket: "t"}}}
		if _, err := w.l.Settle(t.Context(), b, a, later); err != nil {
			t.Fatal(err)
		}
	}
	w.file(w.admit("orders"), false, doc("news", `{}`))
	b := w.take("erp")
	a := pipeline.Answer{News: true, Outcomes: []pipeline.Outcome{{Key: "news", State: pipeline.Delivered}}}
	if _, err := w.l.Settle(t.Context(), b, a, later); err != nil {
		t.Fatal(err)
	}
	for _, lane := range []string{"erp", "other"} {
		b, err := w.l.Open(t.Context(), lane)
		if err != nil {
			t.Fatal(err)
		}
		wait[lane] = b.Due.Sub(w.now)
	}
	if wait["erp"] > 0 || wait["other"] < 50*time.Minute {
		t.Errorf("asked after in %v", wait)
	}
}
