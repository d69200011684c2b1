package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// planner is a sink that says what it was asked, and answers as it is told.
type planner struct {
	*memory
	asked  []pipeline.Question
	answer func(q pipeline.Question) (pipeline.Plan, error)
}

func (p *planner) Plan(_ context.Context, q pipeline.Question) (pipeline.Plan, error) {
	p.asked = append(p.asked, q)
	if p.answer != nil {
		return p.answer(q)
	}
	return ready(q), nil
}

// ready is the plan that sends everything.
func ready(q pipeline.Question) (plan pipeline.Plan) {
	for _, d := range q.Docs {
		plan.Docs = append(plan.Docs, pipeline.Planned{Doc: d})
	}
	return plan
}

// shelf is a vault of texts, under their own names.
type shelf map[string]string

func (s shelf) Put(context.Context, io.Reader) (string, int64, error) { return "", 0, nil }
func (s shelf) Open(_ context.Context, sha string) (pipeline.File, error) {
	return bytesFile{bytes.NewReader([]byte(s[sha]))}, nil
}

// A foreseen is a world with a flow whose sink plans. The rows of its files are
// keys; one of "?" says nothing of what it is, !KEY has a problem, -KEY is left out.
type foreseen struct {
	*world
	steps   *pipeline.Steps
	sink    *planner
	rows    []string
	reading pipeline.Reading
	refuse  bool
}

func newForeseen(t *testing.T, change func(*pipeline.Flow)) *foreseen {
	f := &foreseen{world: newWorld(t), sink: &planner{memory: &memory{got: map[string]int{}, lost: true}}}
	flow := pipeline.Flow{Name: "stock", Lane: "shop", Sink: f.sink, Gate: pipeline.Gate{Off: true}, Settings: pipeline.Settings{"complete": "true"},
		Extract: f.extract,
		Map: func(r pipeline.Row) (pipeline.Record, []pipeline.Problem) {
			rec := pipeline.NewRecord(r, pipeline.NewShape(nil))
			if strings.HasPrefix(f.rows[r.Row-2], "!") {
				return rec, []pipeline.Problem{{Origin: r.Origin, Field: "x", Rule: "amount.format"}}
			}
			return rec, nil
		},
		Kind: pipeline.Kind{Name: "kind", Beside: []string{"beside"}, Build: func(g []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
			key, left := f.rows[g[0].Row-2], ""
			if strings.HasPrefix(key, "-") {
				left = "not for sale"
			}
			if key = strings.TrimLeft(key, "-!"); key == "?" {
				return pipeline.Document{Body: json.RawMessage(`{}`)}, []pipeline.Problem{{Origin: g[0].Origin, Field: "sku", Rule: "field.required"}}
			}
			return pipeline.Document{Key: key, Name: key, Body: json.RawMessage(`{}`), Left: left}, nil
		}}}
	if change != nil {
		change(&flow)
	}
	f.flow(flow)
	f.steps = &pipeline.Steps{Flows: []pipeline.Flow{flow}, Ledger: f.l, Vault: shelf{}}
	return f
}

func (f *foreseen) extract(_ context.Context, d pipeline.Drop, _ io.ReaderAt) (*pipeline.Reading, iter.Seq2[pipeline.Row, error]) {
	reading := f.reading
	reading.Rows = len(f.rows)
	return &reading, func(yield func(pipeline.Row, error) bool) {
		if f.refuse {
			yield(pipeline.Row{}, pipeline.Refuse(pipeline.Problem{Rule: "file.empty"}))
			return
		}
		for i := range f.rows {
			if !yield(pipeline.Row{Origin: pipeline.Origin{File: d.Name, Row: i + 2}}, nil) {
				return
			}
		}
	}
}

// prepare drops a file of rows and prepares it.
func (f *foreseen) prepare(rows ...string) (pipeline.Job, pipeline.Prepared) {
	f.t.Helper()
	f.rows = rows
	job := f.admit("stock")
	made, err := f.steps.Prepare(context.Background(), job)
	if err != nil {
		f.t.Fatal(err)
	}
	return job, made
}

func keysOf(docs []pipeline.Document) string {
	var out []string
	for _, d := range docs {
		out = append(out, d.Key)
	}
	return strings.Join(out, " ")
}

func TestPrepare_AsksThePlanner(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, nil)
	ours, beside := booking("end", night.AddDate(0, 0, 2), "ours"), booking("start", night.AddDate(0, 0, 1), "beside")
	f.fileBooked(f.admit("stock"), "kind", false, ours)
	f.flow(pipeline.Flow{Name: "other", Lane: "shop"})
	f.fileBooked(f.admit("other"), "beside", false, beside)

	job, _ := f.prepare("b", "!h", "-s", "a")
	q := f.sink.asked[0]
	if q.Job != job || q.Kind != "kind" || q.Settings["complete"] != "true" || q.Memo != "" || q.All {
		t.Errorf("asked %+v", q)
	}
	want(t, "docs", keysOf(q.Docs), "b a")
	want(t, "aside", keysOf(q.Aside), "h s")
	if q.Aside[0].State != pipeline.Held || q.Aside[1].State != pipeline.Skipped || q.Aside[1].Left != "not for sale" {
		t.Errorf("aside %+v", q.Aside)
	}
	var booked []string
	for _, b := range q.Booked["promotion/A-1"] {
		booked = append(booked, b.Why+" "+string(b.Doc.Body)+" "+b.Doc.Kind)
	}
	want(t, "booked", strings.Join(booked, ", "), `end "ours" kind, start "beside" beside`)
}

// What is not in the file is taken to be not in it only where the file is whole.
func TestPrepare_Whole(t *testing.T) {
	t.Parallel()
	sum := func(stated, added string) pipeline.Control {
		return pipeline.Control{Column: "quantity", Scope: "total", Stated: decimal(t, stated), Sum: decimal(t, added)}
	}
	for name, c := range map[string]struct {
		rows    []string
		reading pipeline.Reading
		whole   bool
	}{
		"all rows":                  {[]string{"a", "!b", "-c"}, pipeline.Reading{}, true},
		"one that says nothing":     {[]string{"a", "?"}, pipeline.Reading{}, false},
		"totals that agree":         {[]string{"a"}, pipeline.Reading{Controls: []pipeline.Control{sum("7", "7")}}, true},
		"totals that differ":        {[]string{"a"}, pipeline.Reading{Controls: []pipeline.Control{sum("7", "7"), sum("7", "6")}}, false},
		"rows that were corrected":  {[]string{"a"}, pipeline.Reading{Corrects: "20261123-0001/stock"}, false},
		"a file with nothing in it": {nil, pipeline.Reading{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newForeseen(t, nil)
			f.reading = c.reading
			f.prepare(c.rows...)
			if q := f.sink.asked[0]; q.Whole != c.whole {
				t.Errorf("whole is %v, want %v", q.Whole, c.whole)
			}
		})
	}
}

func TestPrepare_FilesThePlan(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, nil)
	f.sink.answer = func(q pipeline.Question) (pipeline.Plan, error) {
		plan := ready(q)
		plan.Docs[0].Rank = 2
		plan.Docs[1].Rank = 1
		plan.Docs[1].Doc.Changes = []pipeline.Change{{Field: "quantity", Old: "1", New: "2"}}
		plan.Docs[1].Doc.Undo = json.RawMessage(`"1"`)
		plan.Docs[2].Same = true
		plan.Docs[3].Left = "not in the shop"
		plan.Docs[4].Problems = []pipeline.Problem{{Rule: "shopify.refused", With: map[string]string{"said": "x"}}}
		plan.More = []pipeline.Planned{{Doc: pipeline.Document{Key: "gone", Body: json.RawMessage(`0`)}}}
		plan.Notes = []pipeline.Problem{{Rule: "gate.plan"}}
		return plan, nil
	}
	job, made := f.prepare("late", "soon", "same", "left", "wrong", "!held")
	want(t, "made", fmt.Sprint(made.Documents, made.Problems, made.Held), "map[held:2 ready:3 skipped:1 unchanged:1] 3 false")
	want(t, "in the order of leaving", f.states(), `0001 same unchanged
0001 left skipped
0001 wrong held
0001 held held
0001 gone ready
0001 soon ready
0001 late ready`)
	soon := f.entry("soon")
	if len(soon.Changes) != 1 || string(soon.Undo) != `"1"` || f.entry("left").Left != "not in the shop" || f.entry("gone").Kind != "kind" {
		t.Errorf("filed %+v", soon)
	}
	if again, err := f.steps.Prepare(t.Context(), job); err != nil || fmt.Sprint(again) != fmt.Sprint(made) {
		t.Errorf("again: %+v, %v", again, err)
	}
}

// What the planner cannot tell is filed by nobody, and asked again.
func TestPrepare_PlannerFails(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, nil)
	away := &pipeline.Later{Err: errors.New("the shop is away"), After: time.Minute}
	answers := []func(pipeline.Question) (pipeline.Plan, error){
		func(pipeline.Question) (pipeline.Plan, error) { return pipeline.Plan{}, away },
		func(q pipeline.Question) (pipeline.Plan, error) { return pipeline.Plan{Docs: ready(q).Docs[1:]}, nil },
		func(q pipeline.Question) (pipeline.Plan, error) { return ready(q), nil },
	}
	f.rows = []string{"a", "!b"}
	job := f.admit("stock")
	for i, answer := range answers {
		f.sink.answer = answer
		_, err := f.steps.Prepare(t.Context(), job)
		if later, ok := errors.AsType[*pipeline.Later](err); ok != (i == 0) || ok && later.After != time.Minute {
			t.Errorf("answer %d: %v", i, err)
		}
		if failed := i < 2; failed != (err != nil) || failed != (f.states() == "") {
			t.Errorf("answer %d: %v, filed %q", i, err, f.states())
		}
	}
	want(t, "states", f.states(), "0001 a ready\n0001 b held")
}

func TestPrepare_RefusedFileIsNotPlanned(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, nil)
	f.refuse = true
	if _, made := f.prepare("a"); !made.Refused || len(f.sink.asked) > 0 {
		t.Errorf("got %+v, asked %d times", made, len(f.sink.asked))
	}
	want(t, "steps", f.world.steps(), "0001 reconcile")
}

// What only the plan is asked of is held where it would change something, and
// nothing else is: also where it is read by somebody else, later.
func TestPrepare_OnlyThePlan(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, nil)
	planned := func() pipeline.Prepared {
		t.Helper()
		f.rows = []string{"a"}
		job := f.admit("stock")
		if err := f.l.OnlyPlan(t.Context()); err != nil {
			t.Fatal(err)
		}
		made, err := f.steps.Prepare(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	if made := planned(); !made.Held {
		t.Errorf("got %+v, want it held", made)
	}
	jobs, err := f.l.Jobs(t.Context(), "0000", "9999")
	if err != nil || jobs[0].Gate != pipeline.GateHeld || jobs[0].Problems != 1 {
		t.Errorf("%+v, %v", jobs, err)
	}
	f.sink.answer = func(q pipeline.Question) (pipeline.Plan, error) {
		plan := ready(q)
		plan.Docs[0].Same = true
		return plan, nil
	}
	if made := planned(); made.Held {
		t.Errorf("what changes nothing is held: %+v", made)
	}
	f.sink.answer = nil
	if _, made := f.prepare("b"); made.Held {
		t.Errorf("what nobody asked to be planned is held: %+v", made)
	}
}

// The gate counts what leaves and what is booked, not what is held or the same.
func TestPrepare_GateCountsWhatChanges(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, func(flow *pipeline.Flow) { flow.Gate = pipeline.Gate{Zero: pipeline.Number(1)} })
	zero := []pipeline.Change{{Field: "quantity", Old: "1", New: "0", Mark: pipeline.MarkZero}}
	set := func(change func(*pipeline.Planned)) {
		f.sink.answer = func(q pipeline.Question) (pipeline.Plan, error) {
			plan := ready(q)
			for i := range plan.Docs {
				plan.Docs[i].Doc.Changes = zero
			}
			change(&plan.Docs[1])
			return plan, nil
		}
	}
	for name, c := range map[string]struct {
		change func(*pipeline.Planned)
		held   bool
	}{
		"both leave":      {func(*pipeline.Planned) {}, true},
		"one is the same": {func(p *pipeline.Planned) { p.Same = true }, false},
		"one is held": {func(p *pipeline.Planned) {
			p.Problems = []pipeline.Problem{{Rule: "shopify.refused", With: map[string]string{"said": "x"}}}
		}, false},
		"one is left": {func(p *pipeline.Planned) { p.Left = "x" }, false},
		"one is booked": {func(p *pipeline.Planned) {
			p.Left, p.Doc.Then = "later", []pipeline.Booking{{At: night, Why: "start", Doc: pipeline.Document{Key: p.Doc.Key}}}
		}, true},
	} {
		set(c.change)
		if _, made := f.prepare("a", "b"); made.Held != c.held {
			t.Errorf("%s: held is %v, want %v", name, made.Held, c.held)
		}
	}
}

func TestPrepare_Memo(t *testing.T) {
	t.Parallel()
	f := newForeseen(t, func(flow *pipeline.Flow) {
		flow.Gate = pipeline.Gate{Fewer: pipeline.Percent(1), Missing: pipeline.Percent(1)}
	})
	for range 3 {
		f.prepare("a", "b", "c")
	}
	var text bytes.Buffer
	m := pipeline.Memo{Why: pipeline.MemoUndo, Flow: "stock", By: "Nour", All: true, Docs: []pipeline.MemoLine{
		{Key: "a", Name: "A", Body: json.RawMessage(`"0"`), Sent: json.RawMessage(`"1"`), Words: []string{"w"}, From: []pipeline.Origin{{File: "a.csv", Row: 2}}}}}
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	f.steps.Vault = shelf{"memo": text.String()}
	admit := func() pipeline.Job {
		t.Helper()
		d, err := f.l.AdmitMemo(t.Context(), pipeline.Arrival{Name: "undo", SHA256: "memo", From: m.From(), Arrived: f.now, Day: "2026-11-24",
			Claims: []pipeline.Claim{{Flow: "stock", Kind: "kind", Lane: "shop"}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return pipeline.Job{Drop: d.ID, Flow: "stock"}
	}
	job := admit()
	made, err := f.steps.Prepare(t.Context(), job)
	if err != nil || made.Held || made.Rows != 1 {
		t.Fatalf("got %+v, %v", made, err)
	}
	q := f.sink.asked[len(f.sink.asked)-1]
	if q.Memo != pipeline.MemoUndo || !q.All || q.Whole || len(q.Docs) != 1 {
		t.Fatalf("asked %+v", q)
	}
	if d := q.Docs[0]; d.Key != "a" || d.Name != "A" || string(d.Body) != `"0"` || string(d.Sent) != `"1"` || d.Kind != "kind" || d.Words[0] != "w" || d.From[0].Row != 2 {
		t.Errorf("asked of %+v", d)
	}
	if came, err := f.l.Came(t.Context(), "stock", night.AddDate(0, 0, -1)); err != nil || len(came) != 3 {
		t.Errorf("%d files came, %v", len(came), err)
	}
	m.Hold = true
	text.Reset()
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	f.steps.Vault = shelf{"memo": text.String()}
	if made, err := f.steps.Prepare(t.Context(), admit()); err != nil || !made.Held {
		t.Errorf("one that asks to be held: %+v, %v", made, err)
	}
	// One that cannot be read, or is another flow's, waits with its error.
	other := strings.Replace(text.String(), `"flow":"stock"`, `"flow":"other"`, 1)
	for _, bad := range []string{"", "{}", text.String() + "{", other} {
		f.steps.Vault = shelf{"memo": bad}
		if _, err := f.steps.Prepare(t.Context(), admit()); err == nil {
			t.Errorf("prepared %q", bad)
		}
	}
	f.steps.Flows[0].Sink = f.sink.memory // no planner
	f.steps.Vault = shelf{"memo": text.String()}
	if _, err := f.steps.Prepare(t.Context(), admit()); err == nil {
		t.Error("a sink that cannot plan took a memo")
	}
}

// A file of 50,000 rows is held in memory while it is planned: at most two
// kilobytes a row beyond what the planner itself makes.
func TestPrepare_LargeFile(t *testing.T) {
	if testing.Short() {
		t.Skip("large")
	}
	const rows = 50_000
	f := newForeseen(t, nil)
	for i := range rows {
		f.rows = append(f.rows, fmt.Sprintf("A-%06d", i))
	}
	var held uint64
	before := heap()
	f.sink.answer = func(q pipeline.Question) (pipeline.Plan, error) {
		held = heap() - before
		return ready(q), nil
	}
	start := time.Now()
	if made, err := f.steps.Prepare(t.Context(), f.admit("stock")); err != nil || made.Documents[pipeline.Ready] != rows {
		t.Fatalf("%+v, %v", made, err)
	}
	t.Logf("%d rows in %v, %d bytes a row held while it is planned", rows, time.Since(start).Round(time.Millisecond), held/rows)
	if held/rows > 2048 {
		t.Errorf("%d bytes a row", held/rows)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
