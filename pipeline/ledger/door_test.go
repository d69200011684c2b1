package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wasl/pipeline"
)

func arrival(path, sha string) pipeline.Arrival {
	return pipeline.Arrival{Inbox: "in", Path: path, Name: path, FileID: "7", Size: 10, ModTime: night, SHA256: sha, From: "in", Arrived: night, Day: "2026-11-24",
		Claims: []pipeline.Claim{{Flow: "stock", Kind: "kind", Lane: "shop"}, {Flow: "prices", Kind: "kind", Lane: "shop"}}}
}

func TestAdmit_OnceUntilItIsMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	admit := func(a pipeline.Arrival) string {
		t.Helper()
		d, fresh, err := w.l.Admit(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(fmt.Sprint(d.ID, " ", fresh, " ", d.Twin))
	}
	a := arrival("a.csv", "h1")
	want(t, "first", admit(a), "20261124-0001 true ")
	want(t, "again", admit(a), "20261124-0001 false ")
	other := a
	other.Size = 11
	want(t, "other size", admit(other), "20261124-0002 true 20261124-0001")
	other = a
	other.ModTime = night.Add(1)
	want(t, "other time", admit(other), "20261124-0003 true 20261124-0002")
	if err := w.l.Stays(ctx, "20261124-0001"); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	want(t, "where it stays", admit(a), "20261124-0001 false ")
	if err := w.l.Placed(ctx, "20261124-0001", "taken/a.csv"); err != nil {
		t.Fatal(err)
	}
	want(t, "back after it was moved", admit(a), "20261124-0004 true 20261124-0003")
	a.Day, a.SHA256, a.Path = "2026-11-25", "h2", "b.csv"
	want(t, "next day", admit(a), "20261125-0001 true ")
	if err := w.l.Placed(ctx, "20261124-9999", "taken/a.csv"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("placed: %v", err)
	}
	if jobs, err := w.l.Jobs(ctx, "2026-11-24", "2026-11-24"); err != nil || len(jobs) != 8 {
		t.Errorf("%d jobs, %v; want one for each flow of each drop", len(jobs), err)
	}
}

func TestDrop_ComesBackWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	made, _, err := w.l.Admit(ctx, arrival("a.csv", "h1"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.l.Drop(ctx, made.ID)
	if diff := cmp.Diff(made, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if _, err := w.l.Drop(ctx, "20261124-0002"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestAdmit_Unclaimed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	a := arrival("holiday.jpg", "h1")
	a.Claims, a.Patterns = nil, "stock*.csv"
	d, _, err := w.l.Admit(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	rejects, err := w.l.Rejects(ctx)
	if err != nil || len(rejects) != 1 || rejects[0].Place != "holiday.jpg" || len(rejects[0].Why) != 1 || rejects[0].Why[0].With["patterns"] != "stock*.csv" {
		t.Fatalf("rejects %+v, %v", rejects, err)
	}
	if err := w.l.Placed(ctx, d.ID, "rejected/holiday.jpg"); err != nil {
		t.Fatal(err)
	}
	if rejects, err := w.l.Rejects(ctx); err != nil || len(rejects) != 0 {
		t.Errorf("rejects after the move %+v, %v", rejects, err)
	}
	jobs, err := w.l.Jobs(ctx, a.Day, a.Day)
	if err != nil || len(jobs) != 1 || jobs[0].Flow != "" || jobs[0].Verdict != "unclaimed" || jobs[0].Problems != 1 {
		t.Errorf("jobs %+v, %v", jobs, err)
	}
	unreported, err := w.l.Unreported(ctx, a.Day)
	if err != nil || len(unreported) != 1 {
		t.Fatalf("unreported %v, %v: its day is to be reported", unreported, err)
	}
	if err := w.l.Close(ctx, unreported, "r.xlsx"); err != nil {
		t.Fatal(err)
	}
	if days, err := w.l.Days(ctx); err != nil || len(days) != 0 {
		t.Errorf("days %v, %v", days, err)
	}
}

func TestEntries_ComeBackWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	d := doc("a", "1")
	d.Day, d.Money, d.Out, d.Currency, d.Print, d.Old, d.Ref = "2026-11-23", decimal(t, "1234.50"), decimal(t, "-0.01"), "EGP", "print", "7", "ref"
	d.From = []pipeline.Origin{{File: "a.xlsx", Sheet: "Orders", Row: 12, Col: 7, Column: "Total"}}
	why := pipeline.Problem{Origin: d.From[0], Field: "line.total", Value: "١٢٫٥x", Rule: "amount.format", With: map[string]string{"near": "12.50"}}
	loose := pipeline.Problem{Origin: pipeline.Origin{File: "a.xlsx"}, Rule: "group.held", With: map[string]string{"row": "3"}}
	d.State, d.Left = pipeline.Held, "not paid"
	_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
		return pipeline.Reading{}, errors.Join(to.Document(d, 3, []pipeline.Problem{why}), to.Problem(loose))
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []pipeline.Entry
	for e, err := range w.l.Entries(context.Background(), "2026-11-24", "2026-11-24") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	wanted := []pipeline.Entry{{Document: d, Job: job, Lane: "stock", Drop: "stock-1.csv", Rows: 3, Settled: w.now, Why: []pipeline.Problem{why}}}
	if diff := cmp.Diff(wanted, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b pipeline.Decimal) bool { return a.Equal(b) })); diff != "" {
		t.Error(diff)
	}
	var problems []pipeline.Noted
	for n, err := range w.l.Problems(context.Background(), "2026-11-24", "2026-11-24") {
		if err != nil {
			t.Fatal(err)
		}
		problems = append(problems, n)
	}
	if diff := cmp.Diff([]pipeline.Noted{{Problem: why, Job: job, Key: "a", Doc: "#a"}, {Problem: loose, Job: job}}, problems); diff != "" {
		t.Error(diff)
	}
	for range w.l.Entries(context.Background(), "2026-11-25", "2026-12-31") {
		t.Error("a document of another day")
	}
}

func decimal(t *testing.T, text string) pipeline.Decimal {
	t.Helper()
	d, err := parseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestFind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	w.file(w.admit("receipts"), true, doc("order/1042", "1"), doc("order/1043", "1"))
	w.settle(w.take("receipts"), pipeline.Rejected)
	w.file(w.admit("receipts"), true, doc("order/1042", "2"))
	w.file(w.admit("stock"), true, doc("x", "1"))
	for word, n := range map[string]int{"order/1042": 2, "#order/1042": 2, "Order 1042": 2, "sku-ORDER/1042": 2, "uuid-order/1043": 1, "x": 1, "nothing": 0, "": 0, "#": 0} {
		found, _, err := w.l.Find(context.Background(), word)
		if err != nil || len(found) != n {
			t.Errorf("%q: found %d, %v; want %d", word, len(found), err, n)
		}
		for i := 1; i < len(found); i++ {
			if found[i-1].Job.Drop >= found[i].Job.Drop {
				t.Errorf("%q: not as filed", word)
			}
		}
	}
	for _, word := range []string{"20261124-0002", "receipts-2.csv", "RECEIPTS-2.CSV"} {
		if _, jobs, err := w.l.Find(context.Background(), word); err != nil || len(jobs) != 1 || jobs[0].Drop.ID != "20261124-0002" {
			t.Errorf("%q: jobs %v, %v", word, jobs, err)
		}
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	row := func(code, price string) pipeline.TableRow {
		return pipeline.TableRow{Code: code, Cols: map[string]string{"price": price, "group": "قماش"}, Job: pipeline.Job{Drop: "d", Flow: "items"}}
	}
	if err := errors.Join(w.l.Put(ctx, "items", []pipeline.TableRow{row("b", "1"), row("a", "2.50")}), w.l.Put(ctx, "items", []pipeline.TableRow{row("b", "3")}),
		w.l.Put(ctx, "other", []pipeline.TableRow{row("z", "9")})); err != nil {
		t.Fatal(err)
	}
	got, err := w.l.Row(ctx, "items", "b")
	if diff := cmp.Diff(row("b", "3"), got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := w.l.Row(ctx, "items", "z"); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	var codes []string
	for r, err := range w.l.Rows(ctx, "items") {
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, r.Code)
	}
	if diff := cmp.Diff([]string{"a", "b"}, codes); diff != "" {
		t.Error(diff)
	}
	var price, group string
	if err := w.l.reader.QueryRow(`SELECT price, "group" FROM items WHERE code = 'a'`).Scan(&price, &group); err != nil || price != "2.50" || group != "قماش" {
		t.Errorf("view: %s %s %v", price, group, err)
	}
}

func TestSnapshot_OneMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.file(w.admit("stock"), true, doc("a", "1"))
	err := w.l.Snapshot(ctx, func(b pipeline.Books) error {
		before, err := b.Jobs(ctx, "0000", "9999")
		if err != nil {
			return err
		}
		w.file(w.admit("stock"), true, doc("b", "1"))
		n := 0
		for _, err := range b.Entries(ctx, "0000", "9999") {
			if err != nil {
				return err
			}
			n++
		}
		if len(before) != 1 || n != 1 {
			t.Errorf("%d jobs and %d documents, want what was there at first", len(before), n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTimes_ComeBackExactly(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, night, night.Add(123456789), time.Date(2038, 1, 19, 3, 14, 8, 1, time.UTC), time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got := instant(nanos(at)); !got.Equal(at) {
			t.Errorf("got %v, want %v", got, at)
		}
	}
}
