package ledger

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"wasl/pipeline"
)

// admitCorrected admits a quarantine workbook of a job's rows.
func (w *world) admitCorrected(of pipeline.Job, sha string) pipeline.Job {
	w.t.Helper()
	w.drops++
	name := fmt.Sprintf("quarantine-%d.xlsx", w.drops)
	d, fresh, err := w.l.Admit(context.Background(), pipeline.Arrival{Inbox: "in", Path: name, Name: name, FileID: fmt.Sprint(w.drops),
		Size: 10, ModTime: night, SHA256: "hash of " + name, From: "in", Arrived: w.now, Day: w.now.Format("2006-01-02"),
		Claims: []pipeline.Claim{{Flow: of.Flow, Kind: "kind", Lane: w.flows[of.Flow].Lane, Corrects: of, Of: sha}}})
	if err != nil || !fresh {
		w.t.Fatalf("admit: fresh %v, %v", fresh, err)
	}
	return pipeline.Job{Drop: d.ID, Flow: of.Flow}
}

func (w *world) shaOf(job pipeline.Job) string {
	w.t.Helper()
	d, err := w.l.Drop(context.Background(), job.Drop)
	if err != nil {
		w.t.Fatal(err)
	}
	return d.SHA256
}

// TestFile_CorrectedIsAsOldAsItsFile: a row that is corrected after a newer file
// brought the same key must not win over it, whatever has become of that one.
func TestFile_CorrectedIsAsOldAsItsFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.admit("stock")
	w.file(old, true, in(pipeline.Held, doc("left", "?")), in(pipeline.Held, doc("waits", "?")), in(pipeline.Held, doc("alone", "?")), in(pipeline.Held, doc("same", "?")))
	w.file(w.admit("stock"), true, doc("left", "7"), doc("same", "5"))
	w.settle(w.take("stock"), pipeline.Delivered)
	w.file(w.admit("stock"), true, doc("waits", "8"))

	back := w.admitCorrected(old, w.shaOf(old))
	w.file(back, true, doc("left", "1"), doc("waits", "1"), doc("alone", "1"), doc("same", "5"))
	want(t, "states", w.states(), "0001 left held\n0001 waits held\n0001 alone held\n0001 same held\n"+
		"0002 left delivered\n0002 same delivered\n0003 waits ready\n"+
		"0004 left held\n0004 waits held\n0004 alone ready\n0004 same unchanged")
	problems, err := w.problems(back)
	if err != nil || len(problems) != 2 || problems[0].Rule != "quarantine.older" || problems[0].With["newer"] == "" || problems[0].With["file"] != "stock-2.csv" {
		t.Errorf("problems %v, %v", problems, err)
	}
}

// TestFile_CorrectedTwice: the corrections of one file follow each other, and a
// newer file wins over both, though it is prepared after one and before the other.
func TestFile_CorrectedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.admit("stock")
	w.file(old, true, in(pipeline.Held, doc("a", "?")), in(pipeline.Held, doc("b", "?")))
	newer := w.admit("stock") // waits to be prepared
	first := w.admitCorrected(old, w.shaOf(old))
	w.file(first, true, doc("a", "1"), in(pipeline.Held, doc("b", "?")))
	second := w.admitCorrected(first, w.shaOf(first))
	w.file(second, true, doc("a", "2"), doc("b", "2"))
	want(t, "states", w.states(), "0001 a held\n0001 b held\n0003 a superseded\n0003 b held\n0004 a ready\n0004 b ready")
	w.file(newer, true, doc("a", "9"))
	third := w.admitCorrected(second, w.shaOf(second))
	w.file(third, true, doc("a", "3"), doc("b", "3"))
	want(t, "states", w.states(), "0001 a held\n0001 b held\n0002 a ready\n0003 a superseded\n0003 b held\n0004 a superseded\n0004 b superseded\n0005 a held\n0005 b ready")
}

// TestFile_CorrectedElsewhere: a workbook of another installation names a drop
// that means something else here, or nothing.
func TestFile_CorrectedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.admit("stock")
	w.file(old, true, in(pipeline.Held, doc("a", "?")))
	back := w.admitCorrected(old, "hash of another file")
	_, err := w.l.File(context.Background(), back, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(pipeline.Filing) (pipeline.Reading, error) {
		t.Error("its rows were read")
		return pipeline.Reading{}, nil
	})
	refused, ok := errors.AsType[*pipeline.Refused](err)
	if !ok || refused.Problems[0].Rule != "quarantine.foreign" {
		t.Fatalf("got %v", err)
	}
	want(t, "states", w.states(), "0001 a held")
}

// TestProblems_KeepBothPlaces: where a corrected row stands, and where it stood.
func TestProblems_KeepBothPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	d := in(pipeline.Held, doc("a", "?"))
	d.From = []pipeline.Origin{{File: "quarantine.xlsx", Sheet: "To correct", Row: 2, Was: &pipeline.Origin{File: "stock.csv", Row: 12}}}
	w.file(job, true, d)
	problems, err := w.problems(job)
	if err != nil || len(problems) != 1 || problems[0].Origin.String() != "quarantine.xlsx [To correct!A2] (stock.csv:12)" {
		t.Errorf("problems %v, %v", problems, err)
	}
	for e, err := range w.l.Entries(context.Background(), "2000-01-01", "2100-01-01") {
		if err != nil || e.From[0].String() != "quarantine.xlsx [To correct!A2] (stock.csv:12)" {
			t.Errorf("from %v, %v", e.From, err)
		}
	}
}

// problems are those of a job.
func (w *world) problems(job pipeline.Job) ([]pipeline.Problem, error) {
	var out []pipeline.Problem
	for n, err := range w.l.Problems(context.Background(), "2000-01-01", "2100-01-01") {
		if err != nil {
			return nil, err
		}
		if n.Job == job {
			out = append(out, n.Problem)
		}
	}
	return out, nil
}
