package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

func TestTake_OldestJobFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 2})
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"))
	w.file(w.admit("stock"), true, doc("d", "1"))
	var got []string
	for {
		b := w.take("stock")
		if len(b.Docs) == 0 {
			break
		}
		got = append(got, keys(b))
		w.settle(b, pipeline.Delivered)
	}
	want(t, "batches", strings.Join(got, "\n"), "a b\nc\nd")
}

func keys(b pipeline.Batch) string {
	var out []string
	for _, d := range b.Docs {
		out = append(out, d.Key)
	}
	return strings.Join(out, " ")
}

func TestTake_Bytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Bytes: 20})
	w.file(w.admit("stock"), true, doc("a", "12345678"), doc("b", "12345678"), doc("c", "123456789012345678901234567890"), doc("d", "1"))
	var got []string
	for b := w.take("stock"); len(b.Docs) > 0; b = w.take("stock") {
		got = append(got, keys(b))
		w.settle(b, pipeline.Delivered)
	}
	want(t, "batches", strings.Join(got, "\n"), "a b\nc\nd") // what is too large alone goes alone
}

func TestTake_NothingOvertakesWhatIsUnsure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 1})
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	w.take("stock")
	if b := w.take("stock"); len(b.Docs) != 0 {
		t.Errorf("took %s beside a batch that is unsure", keys(b))
	}
}

func TestTake_FlowGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.flow(pipeline.Flow{Name: "old", Lane: "shop", Kind: pipeline.Kind{Name: "kind"}})
	w.flow(pipeline.Flow{Name: "new", Lane: "shop", Kind: pipeline.Kind{Name: "kind"}})
	w.file(w.admit("old"), true, doc("a", "1"))
	w.file(w.admit("new"), true, doc("b", "1"))
	delete(w.flows, "old")
	b := w.take("shop")
	if keys(b) != "b" {
		t.Errorf("took %q, want b", keys(b))
	}
	w.settle(b, pipeline.Delivered)
	if due, err := w.l.Next(ctx, "shop", w.now); err != nil || due.Step != "" || due.Wait != 0 {
		t.Errorf("the lane should rest, not turn: %+v, %v", due, err)
	}
}

// Sending again is the same operation: same ID, same request, same bytes.
func TestTake_Again(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 2))
	w.file(w.admit("receipts"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"))
	first := w.take("receipts")
	first.Asked = 3
	w.settle(first, pipeline.Ready)
	w.reopen()
	open, err := w.l.Open(context.Background(), "receipts")
	if err != nil || open.Asked != 3 || keys(open) != "a b" || open.Docs[0].State != pipeline.Ready {
		t.Fatalf("open: %+v, %v", open, err)
	}
	w.now = w.now.Add(time.Hour)
	again := w.take("receipts")
	if again.ID != first.ID || string(again.Request) != string(first.Request) || again.Tries != 2 || again.Asked != 0 || !again.Taken.Equal(first.Taken) || !again.Due.Equal(w.now) {
		t.Errorf("got %+v, then %+v", first, again)
	}
	for i, d := range again.Docs {
		if string(d.Sealed) != string(first.Docs[i].Sealed) || d.Ref != first.Docs[i].Ref || d.State != pipeline.Sending {
			t.Errorf("%s was sealed as %s, then as %s", d.Key, first.Docs[i].Sealed, d.Sealed)
		}
	}
	if next := w.take("receipts"); len(next.Docs) != 0 {
		t.Errorf("took %s", keys(next))
	}
}

// sealing is a flow whose documents are numbered: sealed as "head>key", with
// the key as the new head. A body of "bad" cannot be sealed, and one of "old" is
// refused with a problem.
func sealing(name string, batch int) pipeline.Flow {
	return pipeline.Flow{Name: name, Lane: name, Batch: batch, Kind: pipeline.Kind{Name: name, Once: true,
		Chain: func(pipeline.Document) string { return "pos" },
		Seal: func(d pipeline.Document, link pipeline.Link, _ time.Time) ([]byte, string, string, error) {
			if string(d.Body) == `"bad"` {
				return nil, "", "", errors.New("the tax does not add up")
			}
			if string(d.Body) == `"old"` {
				return nil, "", "", fmt.Errorf("seal %s: %w", d.Key, pipeline.Refuse(pipeline.Problem{Rule: "receipt.sale.old", With: map[string]string{"limit": "540"}}))
			}
			sealed := link.Head + ">" + d.Key
			if link.Old != nil {
				sealed += " for " + string(link.Old)
			}
			return []byte(sealed), "uuid-" + d.Key, d.Key, nil
		},
		Freeze: func(b pipeline.Batch) ([]byte, error) { return []byte(b.ID + ":" + keys(b)), nil },
	}}
}

func sealed(b pipeline.Batch) string {
	var out []string
	for _, d := range b.Docs {
		out = append(out, string(d.Sealed))
	}
	return strings.Join(out, ", ")
}

func TestSeal_ChainGoesOnAcrossJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 2))
	w.file(w.admit("receipts"), true, doc("a", "1"), doc("b", "bad"), doc("c", "1"))
	w.file(w.admit("receipts"), true, doc("d", "1"))
	first := w.take("receipts")
	want(t, "sealed", sealed(first), ">a, a>c")
	if string(first.Request) != first.ID+":a c" {
		t.Errorf("request %s", first.Request)
	}
	w.reopen() // a crash before the first byte left
	open, err := w.l.Open(context.Background(), "receipts")
	if err != nil || open.ID != first.ID || sealed(open) != sealed(first) || open.Docs[0].State != pipeline.Sending || open.Docs[0].Ref != "uuid-a" {
		t.Fatalf("open: %+v, %v", open, err)
	}
	w.settle(open, pipeline.Accepted)
	second := w.take("receipts") // accepted ones do not stop the lane
	want(t, "sealed", sealed(second), "c>d")
	if e := w.entry("b"); e.State != pipeline.Held || e.Why[0].Rule != "seal.failed" || e.Why[0].With["said"] != "the tax does not add up" {
		t.Errorf("not sealed: %+v", e)
	}
	s, err := w.l.Status(context.Background())
	if err != nil || fmt.Sprint(s.Chains) != "[{pos d 3}]" {
		t.Errorf("chains %v, %v", s.Chains, err)
	}
}

// What the kind finds wrong while it seals is said in its own words, and takes no place in the chain.
func TestSeal_RefusedSaysWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 5))
	w.file(w.admit("receipts"), true, doc("a", "1"), doc("b", "old"), doc("c", "1"))
	want(t, "sealed", sealed(w.take("receipts")), ">a, a>c")
	if e := w.entry("b"); e.State != pipeline.Held || len(e.Why) != 1 || e.Why[0].Rule != "receipt.sale.old" || e.Why[0].With["limit"] != "540" {
		t.Errorf("refused: %+v", e)
	}
}

func TestSeal_AllHeldMovesTheJobOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 2))
	w.file(w.admit("receipts"), true, doc("a", "bad"), doc("b", "bad"), doc("c", "bad"))
	w.file(w.admit("receipts"), true, doc("d", "1"))
	want(t, "sealed", sealed(w.take("receipts")), ">d")
	want(t, "steps", w.steps(), "0001 reconcile\n0002 deliver")
}

func TestSeal_ThrownAwayWhereTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := sealing("receipts", 10)
	f.Bytes = 6
	w.flow(f)
	w.file(w.admit("receipts"), true, doc("aa", "1"), doc("bb", "1"), doc("cc", "1"))
	first := w.take("receipts")
	want(t, "sealed", sealed(first), ">aa")
	w.settle(first, pipeline.Delivered)
	want(t, "sealed", sealed(w.take("receipts")), "aa>bb")
}

func TestSeal_ReplacesWhatWasRejected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	w.file(w.admit("receipts"), true, doc("a", "1"))
	w.settle(w.take("receipts"), pipeline.Rejected)
	w.file(w.admit("receipts"), true, in(pipeline.Held, doc("a", "2"))) // does not matter
	w.file(w.admit("receipts"), true, doc("a", "3"))
	want(t, "sealed", sealed(w.take("receipts")), "a>a for >a")
}

func TestSettle_InParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"), doc("d", "1"))
	b := w.take("stock")
	due := w.now.Add(time.Minute)
	b.Asked = 2
	p, err := w.l.Settle(ctx, b, pipeline.Answer{
		Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Delivered, Ref: "gid"}, {Key: "b", State: pipeline.Accepted, Ticket: "sub-1"},
			{Key: "c", State: pipeline.Rejected, Why: []pipeline.Problem{{Rule: "answer.refused", With: map[string]string{"said": "no"}}}}, {Key: "zz", State: pipeline.Delivered}},
		Said: []pipeline.Said{{At: w.now, What: "POST /x", Status: 200, ID: "req-1", Body: []byte(strings.Repeat("x", saidMost+5))}}}, due)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(p.States) != "map[accepted:1 delivered:1 rejected:1]" || p.Waiting != 2 {
		t.Errorf("progress %+v", p)
	}
	open, err := w.l.Open(ctx, "stock")
	if err != nil || keys(open) != "b d" || open.Docs[0].Ticket != "sub-1" || !open.Due.Equal(due) || open.Asked != 2 {
		t.Errorf("open %+v, %v", open, err)
	}
	said, err := w.l.Said(ctx, b.ID)
	if err != nil || len(said) != 1 || len(said[0].Body) != saidMost || said[0].ID != "req-1" || !said[0].At.Equal(w.now) {
		t.Errorf("said %v, %v", len(said), err)
	}
	if e := w.entry("a"); e.Ref != "gid" || e.Batch != b.ID || !e.Sent.Equal(w.now) || !e.Settled.Equal(w.now) {
		t.Errorf("entry %+v", e)
	}
	if e := w.entry("c"); len(e.Why) != 1 || e.Why[0].Rule != "answer.refused" {
		t.Errorf("entry %+v", e)
	}
	w.answer(b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Rejected}, {Key: "b", State: pipeline.Delivered}, {Key: "d", State: pipeline.Delivered}}})
	want(t, "states", w.states(), "0001 a delivered\n0001 b delivered\n0001 c rejected\n0001 d delivered")
	want(t, "steps", w.steps(), "0001 reconcile")
	if _, err := w.l.Open(ctx, "stock"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
}

func TestSettle_PlannedAnewLeavesItsBatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	b := w.take("stock")
	p := w.answer(b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Delivered}, {Key: "b", State: pipeline.Ready, Body: []byte(`"2"`)}}})
	if p.Waiting != 0 {
		t.Errorf("waiting %d", p.Waiting)
	}
	next := w.take("stock")
	if next.ID == b.ID || keys(next) != "b" || string(next.Docs[0].Body) != `"2"` {
		t.Errorf("next %+v", next)
	}
}

func TestSettle_PlannedAnewGivesWayToTheNewer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"))
	b := w.take("stock")
	w.file(w.admit("stock"), true, doc("a", "3"))
	w.answer(b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Ready, Body: []byte(`"2"`)}}})
	want(t, "states", w.states(), "0001 a superseded\n0002 a ready")
	want(t, "steps", w.steps(), "0001 reconcile\n0002 deliver")
}

// What was planned anew has not left after all: a newer file takes its place.
func TestSettle_PlannedAnewHasNotLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
	w.file(w.admit("orders"), true, doc("a", "1"))
	w.answer(w.take("orders"), pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Ready, Body: []byte(`"1"`)}}})
	w.file(w.admit("orders"), true, doc("a", "2"))
	w.file(w.admit("stock"), true, doc("b", "A"))
	w.settle(w.take("stock"), pipeline.Delivered)
	w.file(w.admit("stock"), true, doc("b", "B"))
	w.answer(w.take("stock"), pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "b", State: pipeline.Ready, Body: []byte(`"B"`)}}})
	w.file(w.admit("stock"), true, doc("b", "A"))
	want(t, "states", w.states(), "0001 a superseded\n0002 a ready\n0003 b delivered\n0004 b superseded\n0005 b unchanged")
}

func TestSettle_SealedKeepsItsBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	w.file(w.admit("receipts"), true, doc("a", "1"))
	b := w.take("receipts")
	w.answer(b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Ready, Body: []byte(`"2"`)}}})
	again := w.take("receipts")
	if again.ID != b.ID || sealed(again) != ">a" || string(again.Docs[0].Body) != `"1"` {
		t.Errorf("again %+v", again)
	}
}

// Held after it left: nobody knows whether it arrived, so it never leaves again.
func TestSettle_HeldAfterItLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "order", Once: true}})
	w.file(w.admit("orders"), true, doc("1", "1"))
	w.settle(w.take("orders"), pipeline.Held)
	w.file(w.admit("orders"), true, doc("1", "2"))
	want(t, "states", w.states(), "0001 1 held\n0002 1 held")
}

func TestSettle_SendingSaysNothingNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"))
	b := w.take("stock")
	for _, s := range []pipeline.State{pipeline.Sending, pipeline.Accepted, pipeline.Sending} {
		w.settle(b, s)
	}
	want(t, "states", w.states(), "0001 a accepted")
	w.settle(b, pipeline.Unchanged)
	want(t, "states", w.states(), "0001 a unchanged")
}

func TestSettle_StatesThatAreNoOutcome(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"))
	b := w.take("stock")
	for _, s := range []pipeline.State{"", "lost", pipeline.Superseded, pipeline.Skipped} {
		if _, err := w.l.Settle(context.Background(), b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: s}}}, w.now); err == nil {
			t.Errorf("an outcome was %q", s)
		}
	}
	want(t, "states", w.states(), "0001 a sending")
}

// The table itself refuses what the drawing in pipeline/document.go does not show.
func TestStates_GuardedByTheTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	b := w.take("stock")
	w.settle(b, pipeline.Delivered)
	for _, s := range append(append([]pipeline.State{}, pipeline.States...), "lost", "") {
		_, err := w.l.writer.Exec(`UPDATE documents SET state = ? WHERE key = 'a'`, string(s))
		if ok := s == pipeline.Delivered; (err == nil) != ok {
			t.Errorf("delivered to %q: %v", s, err)
		}
	}
	w.file(w.admit("stock"), true, doc("c", "1"))
	for _, s := range []pipeline.State{pipeline.Sending, pipeline.Accepted, pipeline.Delivered, pipeline.Rejected} {
		if _, err := w.l.writer.Exec(`UPDATE documents SET state = ? WHERE key = 'c'`, string(s)); err == nil {
			t.Errorf("a document without a batch became %s", s)
		}
	}
	for _, q := range []string{`UPDATE jobs SET step = 'lost'`, `UPDATE jobs SET verdict = 'lost'`, `UPDATE batches SET holds = 'lost'`, `UPDATE documents SET rows = 'many'`} {
		if _, err := w.l.writer.Exec(q); err == nil {
			t.Errorf("allowed: %s", q)
		}
	}
}
