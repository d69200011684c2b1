package ledger

import (
	"context"
	"errors"
	"testing"
	"time"

	"wasl/pipeline"
)

func (w *world) next(lane string) pipeline.Due {
	w.t.Helper()
	due, err := w.l.Next(context.Background(), lane, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return due
}

func TestNext_PrepareThenDeliverThenRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if due := w.next("stock"); due != (pipeline.Due{}) {
		t.Errorf("an empty lane: %+v", due)
	}
	first := w.admit("stock")
	w.file(first, true, doc("a", "1"))
	second := w.admit("stock")
	if due := w.next("stock"); due.Step != pipeline.StepPrepare || due.Job != second {
		t.Errorf("got %+v, want to prepare %s", due, second)
	}
	w.file(second, true, doc("b", "1"))
	if due := w.next("stock"); due.Step != pipeline.StepDeliver || due.Job != (pipeline.Job{}) {
		t.Errorf("got %+v, want to deliver", due)
	}
	w.settle(w.take("stock"), pipeline.Delivered)
	w.settle(w.take("stock"), pipeline.Delivered)
	if due := w.next("stock"); due != (pipeline.Due{}) {
		t.Errorf("a lane that is done: %+v", due)
	}
}

func TestNext_UnsureBlocksUntilDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 1})
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	b := w.take("stock")
	if due := w.next("stock"); due.Step != pipeline.StepDeliver {
		t.Errorf("after a crash the batch is asked about at once: %+v", due)
	}
	if _, err := w.l.Settle(context.Background(), b, pipeline.Answer{}, w.now.Add(5*time.Second)); err != nil {
		t.Fatal(err)
	}
	if due := w.next("stock"); due.Step != "" || due.Wait != 5*time.Second {
		t.Errorf("got %+v, want to wait 5s", due)
	}
	w.now = w.now.Add(5 * time.Second)
	if due := w.next("stock"); due.Step != pipeline.StepDeliver {
		t.Errorf("got %+v, want to ask", due)
	}
}

func TestNext_AcceptedDoesNotBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 1})
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"))
	for _, wait := range []time.Duration{9 * time.Second, 7 * time.Second} {
		if due := w.next("stock"); due.Step != pipeline.StepDeliver {
			t.Errorf("got %+v, want to deliver", due)
		}
		b := w.take("stock")
		if _, err := w.l.Settle(context.Background(), b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: b.Docs[0].Key, State: pipeline.Accepted}}}, w.now.Add(wait)); err != nil {
			t.Fatal(err)
		}
	}
	if due := w.next("stock"); due.Step != "" || due.Wait != 7*time.Second {
		t.Errorf("got %+v, want to wait for the one that is due first", due)
	}
	if b, err := w.l.Open(context.Background(), "stock"); err != nil || keys(b) != "b" {
		t.Errorf("open %s, %v", keys(b), err)
	}
	want(t, "steps", w.steps(), "0001 deliver")
}

func TestNext_Needs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	items := w.admit("items")
	blocked := w.admit("receipts", "items", "receipts")
	if due := w.next("receipts"); due.Step != "" || due.Wait != needWait {
		t.Errorf("got %+v, want a short wait", due)
	}
	w.file(items, true, doc("a", "1"))
	if due := w.next("receipts"); due.Step != "" || due.Wait != needWait {
		t.Errorf("got %+v, want a short wait while items are delivered", due)
	}
	w.settle(w.take("items"), pipeline.Delivered)
	if due := w.next("receipts"); due.Job != blocked || due.Step != pipeline.StepPrepare {
		t.Errorf("got %+v, want to prepare", due)
	}
}

func TestNext_OthersPassWhoIsBlocked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.admit("items")
	w.admit("shop", "items")
	free := w.admit("shop")
	if due := w.next("shop"); due.Job != free {
		t.Errorf("got %+v, want %s", due, free)
	}
	w.file(free, true, doc("a", "1"))
	if due := w.next("shop"); due.Step != pipeline.StepDeliver {
		t.Errorf("got %+v, want to deliver meanwhile", due)
	}
}

func TestFail_LaneWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	job := w.admit("stock")
	for range 2 {
		if err := w.l.Fail(ctx, "stock", job, errors.New("the shop is closed"), w.now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	w.reopen()
	if due := w.next("stock"); due.Step != "" || due.Wait != time.Minute || due.Tries != 2 || due.Error != "the shop is closed" {
		t.Errorf("got %+v", due)
	}
	jobs, err := w.l.Jobs(ctx, "0000", "9999")
	if err != nil || jobs[0].Error != "the shop is closed" || jobs[0].Tries != 2 || jobs[0].Kind != "" {
		t.Errorf("job %+v, %v", jobs, err)
	}
	s, err := w.l.Status(ctx)
	if err != nil || len(s.Lanes) != 1 || s.Lanes[0].Error != "the shop is closed" || s.Lanes[0].Failed != job || !s.Lanes[0].Until.Equal(w.now.Add(time.Minute)) {
		t.Errorf("status %+v, %v", s, err)
	}
	w.now = w.now.Add(time.Minute)
	if due := w.next("stock"); due.Step != pipeline.StepPrepare || due.Tries != 2 {
		t.Errorf("got %+v, want to try again", due)
	}
	if err := w.l.Done(ctx, "stock"); err != nil {
		t.Fatal(err)
	}
	if due := w.next("stock"); due.Tries != 0 || due.Error != "" {
		t.Errorf("got %+v, want all forgotten", due)
	}
}

func TestClose_OnceAndOnlyWhatWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	done, open := w.admit("stock"), w.admit("stock")
	w.file(done, true)
	w.now = w.now.AddDate(0, 0, 1)
	w.admit("stock")
	if days, err := w.l.Days(ctx); err != nil || len(days) != 2 || days[0] != "2026-11-24" {
		t.Errorf("days %v, %v", days, err)
	}
	jobs, err := w.l.Unreported(ctx, "2026-11-24")
	if err != nil || len(jobs) != 1 || jobs[0] != done {
		t.Errorf("unreported %v, %v", jobs, err)
	}
	for _, report := range []string{"one.xlsx", "two.xlsx"} {
		if err := w.l.Close(ctx, []pipeline.Job{done, open}, report); err != nil {
			t.Fatal(err)
		}
	}
	want(t, "steps", w.steps(), "0001 closed\n0002 prepare\n0001 prepare")
	if all, _ := w.l.Jobs(ctx, "2026-11-24", "2026-11-24"); all[0].Report != "one.xlsx" || all[1].Report != "" || len(all) != 2 {
		t.Errorf("jobs %+v", all)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 1})
	w.file(w.admit("stock"), true, doc("a", "1"), doc("b", "1"), in(pipeline.Held, doc("c", "1")))
	w.settle(w.take("stock"), pipeline.Accepted)
	sent := w.now
	newest := w.admit("stock")
	s, err := w.l.Status(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	lane := s.Lanes[0]
	if lane.States[pipeline.Accepted] != 1 || lane.States[pipeline.Ready] != 1 || lane.States[pipeline.Held] != 1 ||
		lane.Jobs[pipeline.StepDeliver] != 1 || lane.Jobs[pipeline.StepPrepare] != 1 || !lane.Oldest.Equal(sent) ||
		lane.Newest.ID != newest.Drop || s.Newest.ID != newest.Drop || s.Program != "wasl test" || s.Install == "" {
		t.Errorf("status %+v", s)
	}
}
