package ledger

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"wasl/pipeline"
)

func TestFile_SecondTimeKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	first := w.file(job, true, doc("a", "1"), in(pipeline.Held, doc("b", "1")), in(pipeline.Skipped, doc("c", "1")))
	again, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"},
		func(pipeline.Filing) (pipeline.Reading, error) {
			t.Error("a job that was filed is filed again")
			return pipeline.Reading{}, nil
		})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(again); got != fmt.Sprint(first) || again.Rows != 3 || again.Problems != 1 || again.Documents[pipeline.Held] != 1 {
		t.Errorf("got %v, then %v", first, again)
	}
	want(t, "states", w.states(), "0001 a ready\n0001 b held\n0001 c skipped")
	want(t, "steps", w.steps(), "0001 deliver")
}

func TestFile_ErrorLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	why := pipeline.Refuse(pipeline.Problem{Rule: "drop.unclaimed"})
	_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
		for i := range 3 * chunkSize {
			if err := to.Document(doc(fmt.Sprint(i), "1"), 1, nil); err != nil {
				return pipeline.Reading{}, err
			}
		}
		return pipeline.Reading{}, why
	})
	if err != why {
		t.Errorf("got %v, want the error of fill as it is", err)
	}
	want(t, "states", w.states(), "")
	want(t, "steps", w.steps(), "0001 prepare")
}

func TestFile_CancelledLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	ctx, cancel := context.WithCancel(context.Background())
	_, err := w.l.File(ctx, job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
		cancel()
		return pipeline.Reading{}, to.Document(doc("a", "1"), 1, nil)
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	want(t, "states", w.states(), "")
}

func TestFile_StateThatCannotBeFiled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	for _, s := range []pipeline.State{"", pipeline.Sending, pipeline.Delivered, pipeline.Superseded} {
		_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
			return pipeline.Reading{}, to.Document(in(s, doc("a", "1")), 1, nil)
		})
		if err == nil {
			t.Errorf("a document was filed as %q", s)
		}
	}
}

// Three nights of stock, A, B, A: the shop must end at A.
func TestFile_ThreeNights(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{"A", "B", "A"} {
		w.file(w.admit("stock"), true, doc("sku", body))
		w.settle(w.take("stock"), pipeline.Delivered)
	}
	w.file(w.admit("stock"), true, doc("sku", "A"))
	want(t, "states", w.states(), "0001 sku delivered\n0002 sku delivered\n0003 sku delivered\n0004 sku unchanged")
	want(t, "steps", w.steps(), "0001 reconcile\n0002 reconcile\n0003 reconcile\n0004 reconcile")
}

// The same, where B is on its way when the second A comes.
func TestFile_OnItsWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("sku", "A"))
	w.settle(w.take("stock"), pipeline.Delivered)
	w.file(w.admit("stock"), true, doc("sku", "B"))
	b := w.take("stock")
	w.file(w.admit("stock"), true, doc("sku", "A"))
	w.file(w.admit("stock"), false, in(pipeline.Unchanged, doc("sku", "A"))) // as a planner sees it
	want(t, "states", w.states(), "0001 sku delivered\n0002 sku sending\n0003 sku superseded\n0004 sku ready")
	w.settle(b, pipeline.Delivered)
	last := w.take("stock")
	if len(last.Docs) != 1 || string(last.Docs[0].Body) != `"A"` {
		t.Errorf("last comes %v, want A", last.Docs)
	}
}

func TestFile_RejectedIsNotDelivered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("sku", "A"))
	w.settle(w.take("stock"), pipeline.Delivered)
	w.file(w.admit("stock"), true, doc("sku", "B"))
	w.settle(w.take("stock"), pipeline.Rejected)
	w.file(w.admit("stock"), true, doc("sku", "B"))
	w.file(w.admit("stock"), true, doc("sku", "A"))
	want(t, "states", w.states(), "0001 sku delivered\n0002 sku rejected\n0003 sku superseded\n0004 sku unchanged")
}

func TestFile_NewerSupersedes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	w.file(w.admit("stock"), false, doc("a", "2"), in(pipeline.Unchanged, doc("b", "1")))
	w.file(w.admit("stock"), true, in(pipeline.Held, doc("a", "3")), in(pipeline.Skipped, doc("a", "4")))
	want(t, "states", w.states(), "0001 a superseded\n0001 b superseded\n0002 a ready\n0002 b unchanged\n0003 a held\n0003 a skipped")
	want(t, "steps", w.steps(), "0001 reconcile\n0002 deliver\n0003 reconcile")
}

// What a newer file leaves out does not leave because an older one still waits.
func TestFile_LeftOutBeforeItLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "kind", Once: true}})
	w.file(w.admit("orders"), true, doc("voided", "1"), doc("paid", "1"))
	w.file(w.admit("orders"), true, in(pipeline.Skipped, doc("voided", "2")))
	want(t, "states", w.states(), "0001 voided superseded\n0001 paid ready\n0002 voided skipped")
	if b := w.take("orders"); len(b.Docs) != 1 || b.Docs[0].Key != "paid" {
		t.Errorf("what leaves is %v", b.Docs)
	}
}

// A sale has one receipt, whichever machine issues it: a kind with a space of its
// own knows what left by another lane, and takes over what still waits there.
func TestFile_OtherLaneOfOneSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kind := pipeline.Kind{Name: "kind", Once: true, Space: "taxpayer"}
	w.flow(pipeline.Flow{Name: "old till", Lane: "old till", Kind: kind})
	w.flow(pipeline.Flow{Name: "new till", Lane: "new till", Kind: kind})
	w.file(w.admit("old till"), true, doc("sold", "1"), doc("asked", "1"))
	w.settle(w.take("old till"), pipeline.Delivered)
	w.file(w.admit("old till"), true, doc("waits", "1"))
	w.file(w.admit("new till"), true, doc("sold", "1"), doc("asked", "2"), doc("waits", "1"))
	want(t, "states", w.states(), "0001 sold delivered\n0001 asked delivered\n0002 waits superseded\n"+
		"0003 sold unchanged\n0003 asked held\n0003 waits ready")
	want(t, "steps", w.steps(), "0001 reconcile\n0002 reconcile\n0003 deliver")
	if b := w.take("new till"); len(b.Docs) != 1 || b.Docs[0].Key != "waits" {
		t.Errorf("the new till sends %v", b.Docs)
	}
}

func TestFile_OtherLaneIsAnotherThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("north"), true, doc("a", "1"))
	w.file(w.admit("south"), true, doc("a", "1"))
	want(t, "states", w.states(), "0001 a ready\n0002 a ready")
}

// A job that had to wait for a table is prepared after a newer one.
func TestFile_OlderAfterNewer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, fresh := w.admit("stock"), w.admit("stock")
	w.file(fresh, true, doc("a", "2"))
	w.file(old, true, doc("a", "1"), doc("b", "1"))
	want(t, "states", w.states(), "0001 a superseded\n0001 b ready\n0002 a ready")
}

func TestFile_KeyTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	docs := []pipeline.Document{doc("a", "1"), doc("a", "2")}
	for i := range chunkSize {
		docs = append(docs, doc(fmt.Sprint(i), "1"))
	}
	docs = append(docs, doc("a", "3")) // in the next chunk
	w.file(w.admit("stock"), true, docs...)
	found, _, err := w.l.Find(context.Background(), "a")
	if err != nil || len(found) != 3 {
		t.Fatalf("found %d, %v", len(found), err)
	}
	for i, state := range []pipeline.State{pipeline.Ready, pipeline.Held, pipeline.Held} {
		if found[i].State != state {
			t.Errorf("%d: got %s, want %s", i, found[i].State, state)
		}
		if state == pipeline.Held && (len(found[i].Why) != 1 || found[i].Why[0].Rule != "key.twice" || found[i].Why[0].With["key"] != "#a") {
			t.Errorf("%d: held because of %v", i, found[i].Why)
		}
	}
}

// An event that left may never leave again.
func TestFile_Once(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first       pipeline.State // what became of the first; ready: it was not taken
		same, else_ pipeline.State // what becomes of a second one
	}{
		{pipeline.Ready, pipeline.Ready, pipeline.Ready},
		{pipeline.Sending, pipeline.Unchanged, pipeline.Held},
		{pipeline.Accepted, pipeline.Unchanged, pipeline.Held},
		{pipeline.Delivered, pipeline.Unchanged, pipeline.Held},
		{pipeline.Rejected, pipeline.Ready, pipeline.Ready},
		{pipeline.Parked, pipeline.Ready, pipeline.Ready},
		{pipeline.Held, pipeline.Ready, pipeline.Ready},
		{pipeline.Skipped, pipeline.Ready, pipeline.Ready},
	} {
		for body, wanted := range map[string]pipeline.State{"1": c.same, "2": c.else_} {
			w := newWorld(t)
			w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
			d := doc("1042", "1")
			if c.first == pipeline.Held || c.first == pipeline.Skipped {
				d.State = c.first
			}
			w.file(w.admit("orders"), true, d)
			switch c.first {
			case pipeline.Ready, pipeline.Held, pipeline.Skipped:
			case pipeline.Sending:
				w.take("orders")
			default:
				w.settle(w.take("orders"), c.first)
			}
			w.file(w.admit("orders"), true, doc("1042", body))
			if got := w.entry("1042").State; got != wanted {
				t.Errorf("first %s, then body %s: got %s, want %s", c.first, body, got, wanted)
			}
		}
	}
}

func TestFile_ChangedSaysWhenItLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
	w.file(w.admit("orders"), true, doc("1042", "1"))
	w.settle(w.take("orders"), pipeline.Delivered)
	w.now = w.now.AddDate(0, 0, 3)
	w.file(w.admit("orders"), true, doc("1042", "2"))
	why := w.entry("1042").Why
	if len(why) != 1 || why[0].Rule != "document.changed" || why[0].With["when"] != "2026-11-24" || why[0].With["key"] != "#1042" || why[0].Row != 2 {
		t.Errorf("got %v", why)
	}
}

// An order that the ERP has and that is cancelled now: nothing is sent, but
// somebody has to know, once.
func TestFile_LeftOutAfterItLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
	cancelled := in(pipeline.Skipped, doc("1042", "1"))
	cancelled.Left = "the order was cancelled"
	for i, c := range []struct {
		doc  pipeline.Document
		told bool
	}{
		{cancelled, false}, // it never left
		{doc("1042", "1"), false},
		{cancelled, true},
		{cancelled, false}, // in the next export, too
		{doc("1042", "1"), false},
		{cancelled, true}, // it was taken up again in between
	} {
		w.file(w.admit("orders"), true, c.doc)
		if i == 1 {
			w.settle(w.take("orders"), pipeline.Delivered)
		}
		e := w.entry("1042")
		if told := len(e.Why) == 1 && e.Why[0].Rule == "document.left" && e.Why[0].With["why"] == cancelled.Left; told != c.told || len(e.Why) > 0 != c.told {
			t.Errorf("%d: told %v", i, e.Why)
		}
		if c.doc.State == pipeline.Skipped && e.State != pipeline.Skipped {
			t.Errorf("%d: got %s", i, e.State)
		}
	}
}

func TestRefuse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	refused, held := w.admit("stock"), w.admit("stock")
	why := &pipeline.Refused{Problems: []pipeline.Problem{{Rule: "drop.unclaimed", Origin: pipeline.Origin{File: "x.csv"}, With: map[string]string{"patterns": "*"}}}}
	for range 2 { // the second time changes nothing
		if err := w.l.Refuse(ctx, refused, why, pipeline.Reading{Format: "csv", Rows: 7}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.l.Refuse(ctx, held, &pipeline.Refused{Problems: why.Problems, Hold: true}, pipeline.Reading{}); err != nil {
		t.Fatal(err)
	}
	jobs, err := w.l.Jobs(ctx, "2026-11-24", "2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	if j := jobs[0]; j.Verdict != "refused" || j.Step != pipeline.StepReconcile || j.Problems != 1 || j.Rows != 7 || j.Reading.Format != "csv" {
		t.Errorf("refused job: %+v", j)
	}
	if j := jobs[1]; j.Verdict != "held" || j.Step != pipeline.StepReconcile {
		t.Errorf("held job: %+v", j)
	}
	rejects, err := w.l.Rejects(ctx)
	if err != nil || len(rejects) != 1 || rejects[0].Drop.ID != refused.Drop || len(rejects[0].Why) != 1 || rejects[0].Place != "stock-1.csv" {
		t.Errorf("rejects: %+v, %v", rejects, err)
	}
	made := w.file(refused, true)
	if !made.Refused || made.Rows != 7 {
		t.Errorf("filed after it was refused: %+v", made)
	}
}
