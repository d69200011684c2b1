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

// night is when the tests begin; every admission comes a minute later.
var night = time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC)

// A world is a ledger with what a test needs to work it.
type world struct {
	t     testing.TB
	dir   string
	l     *Ledger
	now   time.Time
	drops int
	flows map[string]pipeline.Flow
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), now: night, flows: map[string]pipeline.Flow{}}
	w.open()
	t.Cleanup(func() { _ = w.l.Shut() })
	return w
}

func (w *world) open() {
	w.t.Helper()
	l, err := Open(context.Background(), w.dir, Options{Now: func() time.Time { return w.now }, Program: "wasl test"})
	if err != nil {
		w.t.Fatal(err)
	}
	w.l = l
}

// reopen is a crash between two calls, and the next start.
func (w *world) reopen() {
	w.t.Helper()
	if err := w.l.Shut(); err != nil {
		w.t.Fatal(err)
	}
	w.open()
}

func (w *world) flow(f pipeline.Flow) {
	w.flows[f.Name] = f
}

func (w *world) rule(name string) (pipeline.Flow, bool) {
	f, ok := w.flows[name]
	return f, ok
}

// admit admits a file for one flow, whose lane is named after it.
func (w *world) admit(flow string, needs ...string) pipeline.Job {
	w.t.Helper()
	if _, ok := w.flows[flow]; !ok {
		w.flow(pipeline.Flow{Name: flow, Lane: flow, Kind: pipeline.Kind{Name: "kind"}})
	}
	w.drops++
	w.now = w.now.Add(time.Minute)
	name := fmt.Sprintf("%s-%d.csv", flow, w.drops)
	d, fresh, err := w.l.Admit(context.Background(), pipeline.Arrival{Inbox: "in", Path: name, Name: name, FileID: fmt.Sprint(w.drops),
		Size: 10, ModTime: night, SHA256: "hash of " + name, From: "in", Arrived: w.now, Day: w.now.Format("2006-01-02"),
		Claims: []pipeline.Claim{{Flow: flow, Kind: "kind", Lane: w.flows[flow].Lane, Needs: needs}}})
	if err != nil || !fresh {
		w.t.Fatalf("admit: fresh %v, %v", fresh, err)
	}
	return pipeline.Job{Drop: d.ID, Flow: flow}
}

// file files documents of a job under the rules of its flow.
func (w *world) file(job pipeline.Job, diff bool, docs ...pipeline.Document) pipeline.Prepared {
	w.t.Helper()
	f := w.flows[job.Flow]
	made, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: f.Kind.Name, Lane: f.Lane, Space: f.Kind.Space, Once: f.Kind.Once, Revise: f.Kind.Revise, Diff: diff,
		Await: f.Kind.Await, Within: f.Kind.Within, Fits: f.Kind.Fits},
		func(to pipeline.Filing) (pipeline.Reading, error) {
			for _, d := range docs {
				var problems []pipeline.Problem
				if d.State == pipeline.Held || d.Left == "outside, and wrong" {
					problems = []pipeline.Problem{{Rule: "amount.format", Value: "12,5x", Origin: d.From[0]}}
				}
				if err := to.Document(d, len(d.From), problems); err != nil {
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

func doc(key, body string) pipeline.Document {
	return pipeline.Document{Key: key, Kind: "kind", Body: json.RawMessage(fmt.Sprintf("%q", body)), State: pipeline.Ready,
		From: []pipeline.Origin{{File: "a.csv", Row: 2}}, Name: "#" + key, Words: []string{"SKU-" + key}}
}

func in(state pipeline.State, d pipeline.Document) pipeline.Document {
	d.State = state
	return d
}

func (w *world) take(lane string) pipeline.Batch {
	w.t.Helper()
	b, err := w.l.Take(context.Background(), lane, w.now, w.rule)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// settle gives all documents of a batch one state, and is due at once.
func (w *world) settle(b pipeline.Batch, state pipeline.State) pipeline.Progress {
	w.t.Helper()
	var a pipeline.Answer
	for _, d := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: state})
	}
	return w.answer(b, a)
}

func (w *world) answer(b pipeline.Batch, a pipeline.Answer) pipeline.Progress {
	w.t.Helper()
	p, err := w.l.Settle(context.Background(), b, a, w.now)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// states are the documents as they stand: job, key and state.
func (w *world) states() string {
	w.t.Helper()
	var out []string
	for e, err := range w.l.Entries(context.Background(), "0000", "9999") {
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s %s %s", e.Job.Drop[9:], e.Key, e.State))
	}
	return strings.Join(out, "\n")
}

func (w *world) steps() string {
	w.t.Helper()
	jobs, err := w.l.Jobs(context.Background(), "0000", "9999")
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, j := range jobs {
		out = append(out, fmt.Sprintf("%s %s", j.Job.Drop[9:], j.Step))
	}
	return strings.Join(out, "\n")
}

// entry is the newest document of a key.
func (w *world) entry(key string) pipeline.Entry {
	w.t.Helper()
	found, _, err := w.l.Find(context.Background(), key)
	if err != nil || len(found) == 0 {
		w.t.Fatalf("find %s: %d, %v", key, len(found), err)
	}
	return found[len(found)-1]
}

func want(t testing.TB, what, got, want string) {
	t.Helper()
	if want = strings.TrimSpace(want); got != want {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", what, got, want)
	}
}

func trouble(t testing.TB, err error, rule pipeline.Rule) *pipeline.Trouble {
	t.Helper()
	tr, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok || tr.Rule != rule {
		t.Fatalf("got %v, want trouble %s", err, rule)
	}
	if says := tr.Says("en"); strings.Contains(says, "{") {
		t.Errorf("%s lacks a fact: %s", rule, says)
	}
	return tr
}
