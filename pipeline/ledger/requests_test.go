package ledger

import (
	"testing"

	"wasl/pipeline"
)

// A request is stored with its effect, and done once: what would do it again
// changes nothing.
func TestRequested_OnceWithItsEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	w.gated(job, holding, doc("a", "1"))
	if _, done, err := w.l.Requested(t.Context(), "r1"); done || err != nil {
		t.Fatalf("before: %v, %v", done, err)
	}
	let := pipeline.Release{Job: job, By: "Nour", Why: "seen", Request: "r1"}
	if err := w.l.Release(t.Context(), let); err != nil {
		t.Fatal(err)
	}
	if got, done, err := w.l.Requested(t.Context(), "r1"); got != job || !done || err != nil {
		t.Errorf("after: %v, %v, %v", got, done, err)
	}

	memo := pipeline.Arrival{Name: "memo", SHA256: "m", From: "memo:undo", Arrived: w.now, Day: "2026-11-24", Request: "r2",
		Claims: []pipeline.Claim{{Flow: "stock", Kind: "kind", Lane: "stock"}}}
	d, err := w.l.AdmitMemo(t.Context(), memo, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, done, err := w.l.Requested(t.Context(), "r2"); got != (pipeline.Job{Drop: d.ID, Flow: "stock"}) || !done || err != nil {
		t.Errorf("after a memo: %v, %v, %v", got, done, err)
	}
	if _, err := w.l.AdmitMemo(t.Context(), memo, nil); err == nil {
		t.Error("the same request makes a second memo")
	}
	if jobs, err := w.l.Jobs(t.Context(), "0000", "9999"); err != nil || len(jobs) != 2 {
		t.Errorf("%d jobs, %v", len(jobs), err)
	}
}

// Who agrees twice with the same words, because a crash came between, agreed once.
func TestAgree_TheSameIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	for range 2 {
		if err := w.l.Agree(t.Context(), pipeline.Consent{Drop: job.Drop, By: "Nour", Why: "seen"}); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := w.l.reader.QueryRow(`SELECT count(*) FROM consents`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d consents, %v", n, err)
	}
}
