package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// holding is a gate that holds whatever comes.
func holding(pipeline.Weighed) []pipeline.Problem { return []pipeline.Problem{{Rule: "gate.plan"}} }

// gated files documents of a job through a gate.
func (w *world) gated(job pipeline.Job, gate func(pipeline.Weighed) []pipeline.Problem, docs ...pipeline.Document) pipeline.Prepared {
	w.t.Helper()
	f := w.flows[job.Flow]
	made, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: f.Kind.Name, Lane: f.Lane, Space: f.Kind.Space, Gate: gate},
		func(to pipeline.Filing) (pipeline.Reading, error) {
			for _, d := range docs {
				if err := to.Document(d, len(d.From), nil); err != nil {
					return pipeline.Reading{}, err
				}
			}
			return pipeline.Reading{Format: "csv", Rows: len(docs)}, nil
		})
	if err != nil {
		w.t.Fatal(err)
	}
	return made
}

func (w *world) release(job pipeline.Job, drop bool) error {
	return w.l.Release(context.Background(), pipeline.Release{Job: job, By: "Nour", Why: "seen", Drop: drop})
}

// mustRelease releases or drops a job that is held.
func (w *world) mustRelease(job pipeline.Job, drop bool) {
	w.t.Helper()
	if err := w.release(job, drop); err != nil {
		w.t.Fatal(err)
	}
}

// memo admits a memo and files what it says.
func (w *world) memo(flow, why string, docs ...pipeline.Document) pipeline.Job {
	w.t.Helper()
	w.drops++
	f := w.flows[flow]
	d, err := w.l.AdmitMemo(context.Background(), pipeline.Arrival{Name: "memo", SHA256: fmt.Sprint("memo", w.drops), From: "memo:" + why,
		Arrived: w.now, Day: w.now.Format("2006-01-02"), Claims: []pipeline.Claim{{Flow: flow, Kind: f.Kind.Name, Lane: f.Lane}}}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	job := pipeline.Job{Drop: d.ID, Flow: flow}
	w.gated(job, nil, docs...)
	return job
}

// gates are the jobs with their steps and gates.
func (w *world) gates() string {
	w.t.Helper()
	jobs, err := w.l.Jobs(context.Background(), "0000", "9999")
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, j := range jobs {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", j.Job.Drop[9:], j.Step, j.Gate)))
	}
	return strings.Join(out, "\n")
}

func TestGate_HeldLeavesNothingUntilReleased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	if made := w.gated(job, holding, doc("a", "1"), doc("b", "1")); !made.Held || made.Problems != 1 {
		t.Errorf("got %+v, want it held with a problem", made)
	}
	if again := w.gated(job, nil); !again.Held {
		t.Errorf("filed again it says %+v", again)
	}
	if due := w.next("stock"); due.Step != "" || due.Wait != 0 {
		t.Errorf("the lane is busy with it: %+v", due)
	}
	if b := w.take("stock"); len(b.Docs) > 0 {
		t.Errorf("%d documents of a held job left", len(b.Docs))
	}
	w.reopen()
	if b := w.take("stock"); len(b.Docs) > 0 {
		t.Errorf("%d documents of a held job left after a start", len(b.Docs))
	}
	w.mustRelease(job, false)
	want(t, "gates", w.gates(), "0001 deliver released")
	if b := w.take("stock"); len(b.Docs) != 2 {
		t.Errorf("%d documents left after the release", len(b.Docs))
	}
	for what, drop := range map[string]bool{"released": false, "dropped": true} {
		if err := w.release(job, drop); !errors.Is(err, ErrNotHeld) {
			t.Errorf("%s once more: %v", what, err)
		}
	}
	j, err := w.l.Job(t.Context(), job)
	if err != nil || j.Release.By != "Nour" || j.Release.Why != "seen" || j.Release.Drop || j.Release.Job != job || !j.Release.At.Equal(w.now) {
		t.Errorf("release %+v, %v", j.Release, err)
	}
	if err := w.release(pipeline.Job{Drop: "20261124-0099", Flow: "stock"}, false); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("a job that is not there: %v", err)
	}
}

// A held job stands in nobody's way: not in its lane's, not in that of who needs it.
func TestGate_HeldKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.admit("items")
	w.gated(held, holding, doc("a", "1"))
	next, needs := w.admit("items"), w.admit("prices", "items", "prices")
	if due := w.next("items"); due.Job != next {
		t.Errorf("the lane does %+v, want %s", due, next)
	}
	if due := w.next("prices"); due.Job != (pipeline.Job{}) || due.Wait == 0 {
		t.Errorf("who needs the lane does %+v before %s is done", due, next)
	}
	w.gated(next, nil, doc("b", "1"))
	b := w.take("items")
	if len(b.Docs) != 1 || b.Docs[0].Key != "b" {
		t.Errorf("the lane sends %v", b.Docs)
	}
	w.settle(b, pipeline.Delivered)
	if due := w.next("prices"); due.Job != needs {
		t.Errorf("who needs the lane does %+v, want %s", due, needs)
	}
	w.mustRelease(held, false) // what is let go is waited for again
	if due := w.next("prices"); due.Job != (pipeline.Job{}) {
		t.Errorf("who needs the lane does %+v before the released job is done", due)
	}
}

func TestGate_NotAskedWhereNothingLeaves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.gated(w.admit("stock"), holding, in(pipeline.Unchanged, doc("a", "1")), in(pipeline.Skipped, doc("b", "1")), in(pipeline.Held, doc("c", "1")))
	want(t, "gates", w.gates(), "0001 reconcile")
}

// Newest wins: a held job of which newer files bring everything goes on by
// itself, and is released no more.
func TestGate_SupersededByNewerFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held := w.admit("stock")
	w.gated(held, holding, doc("a", "1"), doc("b", "1"))
	w.gated(w.admit("stock"), nil, doc("a", "2"))
	want(t, "half of it", w.states(), "0001 a superseded\n0001 b ready\n0002 a ready")
	want(t, "gates", w.gates(), "0001 deliver held\n0002 deliver")
	w.gated(w.admit("stock"), nil, in(pipeline.Unchanged, doc("b", "2")))
	want(t, "gates", w.gates(), "0001 reconcile held\n0002 deliver\n0003 reconcile")
	if err := w.release(held, false); !errors.Is(err, ErrNotHeld) {
		t.Errorf("released after all of it was superseded: %v", err)
	}
	if jobs, err := w.l.Held(t.Context()); err != nil || len(jobs) > 0 {
		t.Errorf("still held: %v, %v", jobs, err)
	}
}

// What was dropped is planned and filed again when the same file comes again.
func TestGate_DroppedIsFiledAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.gated(w.admit("stock"), nil, doc("a", "1"))
	w.settle(w.take("stock"), pipeline.Delivered)
	dropped := w.admit("stock")
	w.gated(dropped, holding, doc("a", "2"), doc("b", "2"))
	w.mustRelease(dropped, true)
	want(t, "states", w.states(), "0001 a delivered\n0002 a parked\n0002 b parked")
	want(t, "gates", w.gates(), "0001 reconcile\n0002 reconcile dropped")
	if err := w.release(dropped, false); !errors.Is(err, ErrNotHeld) {
		t.Errorf("released after it was dropped: %v", err)
	}
	w.file(w.admit("stock"), true, doc("a", "2"), doc("b", "2")) // held against what was delivered
	w.file(w.admit("stock"), true, doc("a", "1"))                // the shop still has this
	want(t, "states", w.states(), "0001 a delivered\n0002 a parked\n0002 b parked\n0003 a superseded\n0003 b ready\n0004 a unchanged")
	if b := w.take("stock"); len(b.Docs) != 1 || b.Docs[0].Key != "b" {
		t.Errorf("sent %v", b.Docs)
	}
}

// What a held document would book counts for nothing, and is forgotten with it:
// when newer files bring its key, and when its job is dropped.
func TestBookings_OfAHeldJobFollowIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "promos", Lane: "shop", Kind: pipeline.Kind{Name: "promotion"}})
	soon := night.Add(48 * time.Hour)
	timed := func(state pipeline.State, key string) pipeline.Document {
		d := in(state, doc(key, "1"))
		d.Then = []pipeline.Booking{booking("end", soon, "of "+key)}
		return d
	}
	// One that only books is held as well, and waits for its release.
	only := w.admit("promos")
	w.gated(only, holding, timed(pipeline.Skipped, "x"))
	want(t, "gates", w.gates(), "0001 deliver held")
	want(t, "while it is held", w.booked("promotion"), "")
	w.mustRelease(only, false)
	want(t, "gates", w.gates(), "0001 reconcile released")
	want(t, "after its release", w.booked("promotion"), `promos end "of x"`)

	// A newer file without the promotion: nothing of the held one is left to release.
	stale := w.admit("promos")
	w.gated(stale, holding, timed(pipeline.Skipped, "y"), timed(pipeline.Ready, "z"))
	w.gated(w.admit("promos"), nil, in(pipeline.Unchanged, doc("y", "2")))
	want(t, "half of it", strings.Split(w.gates(), "\n")[1], "0002 deliver held")
	w.gated(w.admit("promos"), nil, in(pipeline.Unchanged, doc("z", "2")))
	want(t, "all of it", strings.Split(w.gates(), "\n")[1], "0002 reconcile held")
	want(t, "what is booked", w.booked("promotion"), `promos end "of x"`)
	if err := w.release(stale, false); !errors.Is(err, ErrNotHeld) {
		t.Errorf("released: %v", err)
	}

	// One that could not be built says nothing new: the held one still does.
	kept := w.admit("promos")
	w.gated(kept, holding, timed(pipeline.Skipped, "v"))
	w.gated(w.admit("promos"), nil, in(pipeline.Held, doc("v", "2")))
	w.mustRelease(kept, false)
	want(t, "what is booked", w.booked("promotion"), `promos end "of v"`)

	// What a held document books is not booked at all.
	w.gated(w.admit("promos"), nil, timed(pipeline.Held, "u"))
	want(t, "what is booked", w.booked("promotion"), `promos end "of v"`)
}

func TestAdmitMemo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "promos", Lane: "shop", Kind: pipeline.Kind{Name: "promotion"}})
	ctx, soon := t.Context(), night.Add(time.Hour)
	a := pipeline.Arrival{Name: "what is booked", SHA256: "m", From: "memo:booking", Arrived: w.now, Day: "2026-11-24",
		Claims: []pipeline.Claim{{Flow: "promos", Kind: "promotion", Lane: "shop"}}}
	if _, _, err := w.l.Admit(ctx, a); err == nil {
		t.Error("a memo came in by the inbox")
	}
	inbox := a
	inbox.From = "in"
	if _, err := w.l.AdmitMemo(ctx, inbox, nil); err == nil {
		t.Error("a file of the inbox became a memo")
	}
	w.fileBooked(w.admit("promos"), "promotion", false, booking("end", soon, "one"))
	due := func() (ids []int64) {
		t.Helper()
		all, err := w.l.Due(ctx, soon)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range all {
			ids = append(ids, b.ID)
		}
		return ids
	}
	first := due()
	w.fileBooked(w.admit("promos"), "promotion", false, booking("end", soon, "two"))
	if _, err := w.l.AdmitMemo(ctx, a, first); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("what a newer file took the place of is done: %v", err)
	}
	want(t, "after an admission that failed", w.steps(), "0001 deliver\n0002 deliver")
	second := due()
	if _, err := w.l.AdmitMemo(ctx, a, second); err != nil {
		t.Fatal(err)
	}
	if _, err := w.l.AdmitMemo(ctx, a, second); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("done twice: %v", err)
	}
	if left := due(); len(left) > 0 {
		t.Errorf("still due: %v", left)
	}
	want(t, "afterwards", w.steps(), "0001 deliver\n0002 deliver\n0003 prepare")
}

// What a gate is told of the last file: half a file that is held is none, nor are
// memos, corrected rows, dropped jobs; rows that say nothing of what they are and
// what the plan added cannot be missing.
func TestGate_Weighed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nothing := doc("row:7", "?")
	added := doc("more", "0")
	added.From = nil
	w.gated(w.admit("stock"), nil, doc("a", "1"), in(pipeline.Unchanged, doc("b", "1")), in(pipeline.Skipped, doc("c", "1")),
		in(pipeline.Held, doc("d", "1")), in(pipeline.Held, nothing), added)
	weigh := func(job pipeline.Job, docs ...pipeline.Document) (got pipeline.Weighed) {
		t.Helper()
		w.gated(job, func(w pipeline.Weighed) []pipeline.Problem { got = w; return holding(w) }, docs...)
		return got
	}
	tell := func(w pipeline.Weighed) string { return fmt.Sprintf("%d of %d, %v", w.Missing, w.Before, w.Rows) }
	half := weigh(w.admit("stock"), doc("a", "2"), in(pipeline.Held, doc("d", "2")))
	want(t, "half a file", tell(half), "2 of 4, [6]")
	want(t, "the same half after it was held", tell(weigh(w.admit("stock"), doc("a", "3"), doc("d", "3"))), "2 of 4, [6]")

	w.memo("stock", pipeline.MemoUndo, doc("a", "0"))
	released := w.admit("stock")
	want(t, "after a memo", tell(weigh(released, doc("a", "4"), doc("b", "4"), doc("c", "4"))), "1 of 4, [6]")
	w.mustRelease(released, false)
	dropped := w.admit("stock")
	want(t, "after a release", tell(weigh(dropped, doc("a", "5"))), "2 of 3, [3 6]")
	w.mustRelease(dropped, true)
	want(t, "after a drop", tell(weigh(w.admit("stock"), doc("a", "6"))), "2 of 3, [3 6]")
}

// A memo is no file of its flow: its gate is told of no other file, and no later
// file is held against it.
func TestGate_MemoIsNoFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.gated(w.admit("stock"), nil, doc("a", "1"), doc("b", "1"))
	}
	d, err := w.l.AdmitMemo(t.Context(), pipeline.Arrival{Name: "memo", SHA256: "m", From: "memo:undo", Arrived: w.now, Day: "2026-11-24",
		Claims: []pipeline.Claim{{Flow: "stock", Kind: "kind", Lane: "stock"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.gated(pipeline.Job{Drop: d.ID, Flow: "stock"}, func(got pipeline.Weighed) []pipeline.Problem {
		if got.Before != 0 || got.Missing != 0 || len(got.Rows) > 0 {
			t.Errorf("a memo is held against %+v", got)
		}
		return nil
	}, doc("a", "0"))
	past, err := w.l.Past(t.Context(), "stock", d)
	if err != nil || fmt.Sprint(past.Rows) != "[2 2 2]" {
		t.Errorf("past %v, %v", past.Rows, err)
	}
	came, err := w.l.Came(t.Context(), "stock", night.AddDate(0, 0, -1))
	if err != nil || len(came) != 3 {
		t.Errorf("%d came, %v", len(came), err)
	}
}

// The ERP's last word of a key: not what could not be built, not what was dropped,
// and not what a memo says.
func TestWishes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wishes := func() string {
		t.Helper()
		all, err := w.l.Wishes(t.Context(), "stock")
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, x := range all {
			out = append(out, fmt.Sprintf("%s=%s %s %v", x.Key, x.Body, x.State, x.Same))
		}
		return strings.Join(out, "\n")
	}
	w.gated(w.admit("stock"), nil, doc("a", "1"), doc("b", "1"), doc("c", "1"))
	w.settle(w.take("stock"), pipeline.Delivered)
	want(t, "delivered", wishes(), "a=\"1\" delivered true\nb=\"1\" delivered true\nc=\"1\" delivered true")

	w.memo("stock", pipeline.MemoUndo, doc("a", "0"))
	w.settle(w.take("stock"), pipeline.Delivered)
	dropped := w.admit("stock")
	w.gated(dropped, holding, doc("b", "2"))
	w.mustRelease(dropped, true)
	w.gated(w.admit("stock"), nil, in(pipeline.Held, doc("c", "x")), doc("d", "1"))
	want(t, "undone, dropped, not built", wishes(), "a=\"1\" delivered false\nb=\"1\" delivered true\nc=\"1\" delivered true\nd=\"1\" ready false")
	w.memo("stock", pipeline.MemoReupload, doc("a", "1"))
	w.memo("stock", pipeline.MemoBooking, doc("a", "9"), doc("e", "9"))
	want(t, "with memos on memos", wishes(), "a=\"1\" delivered false\nb=\"1\" delivered true\nc=\"1\" delivered true\nd=\"1\" ready false")
}

// A job that was delivered partly is put back partly; what arrived and cannot be
// put back is counted.
func TestUndoable_DeliveredPartly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	docs := []pipeline.Document{doc("a", "1"), doc("b", "1"), doc("c", "1"), in(pipeline.Unchanged, doc("d", "1"))}
	docs[0].Undo, docs[2].Undo = json.RawMessage(`"0"`), json.RawMessage(`"0"`)
	docs[0].Changes = []pipeline.Change{{Field: "quantity", Old: "0", New: "1", Mark: pipeline.MarkZero}}
	w.gated(job, nil, docs...)
	w.answer(w.take("stock"), pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Delivered},
		{Key: "b", State: pipeline.Delivered}, {Key: "c", State: pipeline.Rejected}}})
	got, lost, err := w.l.Undoable(t.Context(), job)
	if err != nil || lost != 1 || len(got) != 1 || got[0].Key != "a" || string(got[0].Undo) != `"0"` || string(got[0].Body) != `"1"` {
		t.Errorf("got %+v, %d lost, %v", got, lost, err)
	}
	if len(got[0].Changes) != 1 || got[0].Changes[0] != docs[0].Changes[0] {
		t.Errorf("changes %+v", got[0].Changes)
	}
	if _, _, err := w.l.Undoable(t.Context(), pipeline.Job{Drop: "no", Flow: "stock"}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("a job that is not there: %v", err)
	}
}

// A gate goes one way only, whoever writes.
func TestGate_Triggers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	open, held, released, dropped := w.admit("stock"), w.admit("stock"), w.admit("stock"), w.admit("stock")
	w.gated(open, nil, doc("a", "1"))
	for _, job := range []pipeline.Job{held, released, dropped} {
		w.gated(job, holding, doc("b"+job.Drop, "1"))
	}
	w.mustRelease(released, false)
	w.mustRelease(dropped, true)
	for _, c := range []struct {
		job pipeline.Job
		to  string
		ok  bool
	}{
		{open, "held", false}, {open, "released", false}, {open, "dropped", false}, {held, "", false}, {held, "on", false},
		{released, "held", false}, {released, "", false}, {released, "dropped", false},
		{dropped, "held", false}, {dropped, "", false}, {dropped, "released", false}, {held, "released", true},
	} {
		_, err := w.l.writer.Exec(`UPDATE jobs SET gate = ? WHERE drop_id = ?`, c.to, c.job.Drop)
		if (err == nil) != c.ok {
			t.Errorf("%s to %q: %v", c.job, c.to, err)
		}
	}
	if _, err := w.l.writer.Exec(`UPDATE jobs SET memo = 1 WHERE drop_id = ?`, open.Drop); err == nil {
		t.Error("a file became a memo after it was filed")
	}
	if _, err := w.l.writer.Exec(`INSERT INTO releases (job, dropped, who, why, at) VALUES (1, 0, '', 'x', 1)`); err == nil {
		t.Error("a release by nobody was stored")
	}
}
