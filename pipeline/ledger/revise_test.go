package ledger

import (
	"encoding/json"
	"strings"
	"testing"

	"wasl/pipeline"
)

// versions is a flow whose documents are followed by versions of themselves: the
// body of one names what it replaces. "older" is never of interest, "wrong" never
// right.
func versions(w *world) {
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "kind", Once: true,
		Revise: func(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
			var was, is string
			if json.Unmarshal(last.Body, &was) != nil || json.Unmarshal(next.Body, &is) != nil {
				w.t.Error("a body is no text")
			}
			if is == "older" {
				next.State = pipeline.Unchanged
				return next, nil
			}
			if is == "wrong" {
				return next, []pipeline.Problem{{Rule: "amount.format"}}
			}
			next.State = pipeline.Ready
			next.Print = is
			if next.Left != "" {
				is = "cancelled"
			}
			next.Body, next.Left = doc("", was+">"+is).Body, ""
			return next, nil
		}}})
}

func version1(key, body string) pipeline.Document {
	d := doc(key, body)
	d.Print = body
	return d
}

func TestRevise_WhatHasLeftIsFollowedByItsNextVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	versions(w)
	w.file(w.admit("orders"), true, version1("a", "1"))
	// What has not left is replaced: the other side never saw it.
	w.file(w.admit("orders"), true, version1("a", "2"))
	b := w.take("orders")
	if got := string(b.Docs[0].Body); got != `"2"` {
		t.Fatalf("first version %s", got)
	}
	w.settle(b, pipeline.Delivered)

	w.file(w.admit("orders"), true, version1("a", "2")) // the same again
	w.file(w.admit("orders"), true, version1("a", "older"))
	w.file(w.admit("orders"), true, version1("a", "3"))
	w.file(w.admit("orders"), true, version1("a", "4")) // before 3 has left
	b = w.take("orders")
	if got := string(b.Docs[0].Body); got != `"2>4"` {
		t.Errorf("next version %s, want it to follow what left", got)
	}
	w.settle(b, pipeline.Delivered)
	w.file(w.admit("orders"), true, version1("a", "4"))
	left := in(pipeline.Skipped, version1("a", "4"))
	left.Left = "cancelled"
	w.file(w.admit("orders"), true, left)
	b = w.take("orders")
	if got := string(b.Docs[0].Body); got != `"2>4>cancelled"` {
		t.Errorf("last version %s", got)
	}
	want(t, "states", w.states(), `
0001 a superseded
0002 a delivered
0003 a unchanged
0004 a unchanged
0005 a superseded
0006 a delivered
0007 a unchanged
0008 a sending`)
}

func TestRevise_ProblemHolds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	versions(w)
	w.file(w.admit("orders"), true, version1("a", "1"))
	w.settle(w.take("orders"), pipeline.Delivered)
	made := w.file(w.admit("orders"), true, version1("a", "wrong"))
	if made.Documents[pipeline.Held] != 1 || made.Problems != 1 {
		t.Errorf("got %v", made)
	}
}

// TestRevise_OrphanIsHeld: a version does not leave after the other side refused
// what it follows.
func TestRevise_OrphanIsHeld(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	versions(w)
	w.file(w.admit("orders"), true, version1("a", "1"))
	b := w.take("orders")
	w.file(w.admit("orders"), true, version1("a", "2"))
	w.settle(b, pipeline.Rejected)
	want(t, "states", w.states(), "0001 a rejected\n0002 a held")
	if e := w.entry("#a"); len(e.Why) != 1 || e.Why[0].Rule != "revision.orphan" {
		t.Errorf("got %v", e.Why)
	}
	// The next file brings it whole, as the first version.
	w.file(w.admit("orders"), true, version1("a", "2"))
	if b := w.take("orders"); len(b.Docs) != 1 || strings.Contains(string(b.Docs[0].Body), ">") {
		t.Errorf("got %v", b.Docs)
	}
}

func TestParts_FollowTheirDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	versions(w)
	part := func(key, of, left string) pipeline.Document {
		d := version1(key, "refund")
		d.Of, d.Left = of, left
		return d
	}
	// Of one that leaves, of one that is left out, of one that is not there.
	out := in(pipeline.Skipped, version1("b", "1"))
	out.Left = "a test order"
	w.file(w.admit("orders"), true, version1("a", "1"), part("a/r", "a", ""), out, part("b/r", "b", "a test order"), part("c/r", "c", ""))
	want(t, "states", w.states(), "0001 a ready\n0001 a/r ready\n0001 b skipped\n0001 b/r skipped\n0001 c/r held")
	w.settle(w.take("orders"), pipeline.Delivered)
	// Once it has left, a later refund leaves, also where the order is left out by now.
	w.file(w.admit("orders"), true, part("a/r", "a", "cancelled"), part("a/r2", "a", "cancelled"))
	if b := w.take("orders"); len(b.Docs) != 1 || b.Docs[0].Key != "a/r2" {
		t.Errorf("got %v", b.Docs)
	}
}

// A document that is none its flow is for any more is followed where it has left, and
// stays out where it has not.
func TestOutside_WhatHasLeftIsFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	versions(w)
	outside := func(key, body string) pipeline.Document {
		d := in(pipeline.Skipped, version1(key, body))
		d.Left, d.Outside = "not vip", true
		return d
	}
	w.file(w.admit("orders"), true, version1("a", "1"), outside("b", "1"))
	w.settle(w.take("orders"), pipeline.Delivered)
	w.file(w.admit("orders"), true, outside("a", "1"), outside("b", "2"))
	w.file(w.admit("orders"), true, outside("a", "2"))
	b := w.take("orders")
	if got := string(b.Docs[0].Body); len(b.Docs) != 1 || got != `"1>2"` {
		t.Errorf("%d documents, next version %s", len(b.Docs), got)
	}
	w.settle(b, pipeline.Delivered)
	want(t, "states", w.states(), `
0001 a delivered
0001 b skipped
0002 a unchanged
0002 b skipped
0003 a delivered`)

	// With a problem one that has left is held: it is told, and nothing goes by in silence.
	wrong := func(key string) pipeline.Document {
		d := outside(key, "3")
		d.Left = "outside, and wrong"
		return d
	}
	if made := w.file(w.admit("orders"), true, wrong("a"), wrong("b")); made.Documents[pipeline.Held] != 1 || made.Documents[pipeline.Skipped] != 1 || made.Problems != 1 {
		t.Errorf("%+v", made)
	}
}
