package ledger

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// awaited is a flow of sales whose returns name what the sale was sealed as.
func awaited(w *world) {
	w.flow(pipeline.Flow{Name: "sales", Lane: "sales", Kind: pipeline.Kind{Name: "kind", Once: true, Await: true,
		Chain: func(pipeline.Document) string { return "pos" },
		Within: func(left, part pipeline.Document) bool {
			return left.Key == "" || strings.Contains(left.Print, part.Key)
		},
		Seal: func(d pipeline.Document, l pipeline.Link, _ time.Time) ([]byte, string, string, error) {
			return []byte(d.Key + "(" + string(l.Of) + ")"), d.Key, d.Key, nil
		}}})
}

func returned(key, of string) pipeline.Document {
	d := doc(key, "back")
	d.Of = of
	return d
}

func TestAwait_AReturnWaitsUntilItsSaleIsDelivered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	awaited(w)
	w.file(w.admit("sales"), true, doc("a", "1"), returned("a/r", "a"), doc("b", "1"))
	b := w.take("sales")
	if len(b.Docs) != 2 || b.Docs[0].Key != "a" || b.Docs[1].Key != "b" {
		t.Fatalf("took %v", b.Docs)
	}
	w.settle(b, pipeline.Accepted)
	if more := w.take("sales"); len(more.Docs) != 0 {
		t.Errorf("%v left before its sale arrived", more.Docs)
	}
	if e := w.entry("#a/r"); e.State != pipeline.Ready || e.Of != "a" {
		t.Errorf("the return is %s of %q, want it to wait for a", e.State, e.Of)
	}
	w.reopen()
	w.settle(b, pipeline.Delivered)
	if due := w.next("sales"); due.Step != pipeline.StepDeliver {
		t.Errorf("due %v", due)
	}
	if b = w.take("sales"); len(b.Docs) != 1 || string(b.Docs[0].Sealed) != "a/r(a())" {
		t.Fatalf("took %v", b.Docs)
	}
	w.settle(b, pipeline.Delivered)
	want(t, "steps", w.steps(), "0001 reconcile")
}

// A lane with nothing but documents that wait has nothing to do: it does not turn.
func TestAwait_NothingIsDueForWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	awaited(w)
	w.file(w.admit("sales"), true, doc("a", "1"), returned("a/r", "a"))
	w.settle(w.take("sales"), pipeline.Rejected)
	if due := w.next("sales"); due.Step != "" || due.Wait != 0 {
		t.Errorf("due %v", due)
	}
	want(t, "steps", w.steps(), "0001 deliver")
	// The sale is put right: its return follows what took its place.
	w.file(w.admit("sales"), true, doc("a", "2"))
	w.settle(w.take("sales"), pipeline.Delivered)
	if b := w.take("sales"); len(b.Docs) != 1 || b.Docs[0].Key != "a/r" {
		t.Errorf("took %v", b.Docs)
	}
}

func TestWithin_WhatNeverLeftIsNotTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	awaited(w)
	sale := func(key, without string) pipeline.Document {
		d := doc(key, "1")
		d.Print = without
		return d
	}
	part := func(key, of string) pipeline.Document {
		d := returned(key, of)
		d.Within = true
		return d
	}
	w.file(w.admit("sales"), true, sale("a", "a/r"), part("a/r", "a"), sale("b", ""))
	w.settle(w.take("sales"), pipeline.Delivered)
	w.file(w.admit("sales"), true, sale("a", "a/r"), part("a/r", "a"), part("a/r2", "a"), sale("b", ""), part("b/r", "b"))
	want(t, "states", w.states(), `
0001 a delivered
0001 a/r skipped
0001 b delivered
0002 a unchanged
0002 a/r skipped
0002 a/r2 ready
0002 b unchanged
0002 b/r ready`)
}

func TestBeside_IsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := doc("a", "1")
	d.Beside = []pipeline.Beside{{Class: "tip", Amount: udecimal.MustParse("12.5")}}
	w.file(w.admit("sales"), true, d)
	if diff := cmp.Diff(d.Beside, w.entry("#a").Beside, cmp.Comparer(func(a, b pipeline.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
}

// A part that was made of more than what has left is held; of what is still to leave, it is made.
func TestFits_APartOfMoreThanHasLeftIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	awaited(w)
	f := w.flows["sales"]
	f.Kind.Fits = func(left, part pipeline.Document) []pipeline.Problem {
		if string(left.Body) == `"1"` && string(part.Body) == `"back"` {
			return []pipeline.Problem{{Rule: "amount.format"}}
		}
		return nil
	}
	w.flow(f)
	w.file(w.admit("sales"), true, doc("a", "1"), returned("a/r", "a"))
	w.settle(w.take("sales"), pipeline.Delivered)
	w.file(w.admit("sales"), true, doc("a", "1"), returned("a/r2", "a"))
	want(t, "states", w.states(), "0001 a delivered\n0001 a/r ready\n0002 a unchanged\n0002 a/r2 held")
}

// Where Build has to know what has left, the ledger tells: under these keys and those below them, what left last, or
// may have left; not what is still to leave or was refused.
func TestLeft_IsWhatLeftUnderKeysAndBelowThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	awaited(w)
	f := w.flows["sales"]
	var got []string
	w.file(w.admit("sales"), true, doc("a", "1"), doc("ab", "1"), doc("b", "1"), returned("a/r", "a"))
	w.settle(w.take("sales"), pipeline.Delivered)
	w.file(w.admit("sales"), true, doc("a/late", "1"))
	job := w.admit("sales")
	_, err := w.l.File(t.Context(), job, pipeline.Filed{Kind: f.Kind.Name, Lane: "sales", Once: true}, func(to pipeline.Filing) (pipeline.Reading, error) {
		left, err := to.(pipeline.Remembering).Left([]string{"b", "a"})
		for _, d := range left {
			got = append(got, d.Key)
		}
		return pipeline.Reading{}, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
}
