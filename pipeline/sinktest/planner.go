package sinktest

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// A PlanWorld is a sink that plans, with its other side, both new, and one kind of
// its documents.
type PlanWorld struct {
	Sink     pipeline.Sink // a pipeline.Planner too
	Kind     pipeline.Kind
	Settings pipeline.Settings

	// Wishes are documents as the kind's Build makes them, a handful of keys: of
	// round 0 the other side, as it is new, has nothing so; of round 1 each wants
	// another value than in round 0.
	Wishes func(round int) []pipeline.Document

	// Effects counts what was changed at the other side so far.
	Effects func() int

	// Wait lets the time pass that a Later, or an accepted document, asks for; nil:
	// there is nothing to wait for.
	Wait func(time.Duration)

	// Alter changes at the other side, as a person or another app would, what the
	// documents of round 1 have set: all of it, to a third value. nil: not tested.
	Alter func()

	// Lasting says that what the kind does cannot be put back: its documents have no
	// Undo.
	Lasting bool
}

// RunPlanner puts a kind of a sink that plans to the tests that each such kind
// passes. The sink passes Run as well.
func RunPlanner(t *testing.T, setup func(t *testing.T) PlanWorld) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, PlanWorld){
		"an answer to each question":         answersAll,
		"asked twice":                        askedTwice,
		"what differs is told":               toldChanges,
		"nothing to do once it has arrived":  sameAfterwards,
		"sent once more where that is asked": onceMore,
		"put back":                           putBack,
		"not put back over another's change": notOverOthers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if _, ok := w.Sink.(pipeline.Planner); !ok {
				t.Fatal("the sink is no Planner")
			}
			test(t, w)
		})
	}
}

// plan asks about documents, and holds the answer against what every answer is.
func (w PlanWorld) plan(t *testing.T, q pipeline.Question) []pipeline.Planned {
	t.Helper()
	q.Job, q.Kind, q.Settings = pipeline.Job{Drop: "20261124-0001", Flow: "test"}, w.Kind.Name, w.Settings
	q.Docs = slices.Clone(q.Docs)
	for i := range q.Docs {
		q.Docs[i].Kind, q.Docs[i].State = w.Kind.Name, pipeline.Ready
	}
	plan, err := w.Sink.(pipeline.Planner).Plan(t.Context(), q)
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	if len(plan.Docs) != len(q.Docs) {
		t.Fatalf("%d answers to %d documents", len(plan.Docs), len(q.Docs))
	}
	for i, p := range plan.Docs {
		if p.Doc.Key != q.Docs[i].Key {
			t.Fatalf("answer %d is of %q, asked was %q", i, p.Doc.Key, q.Docs[i].Key)
		}
		for _, problem := range p.Problems {
			if !problem.Rule.Known() {
				t.Errorf("%q: rule %q is not in the table", p.Doc.Key, problem.Rule)
			}
		}
		for _, c := range p.Doc.Changes {
			if c.Old == c.New || c.Field == "" {
				t.Errorf("%q: %+v is no change", p.Doc.Key, c)
			}
		}
		if p.Same && len(p.Doc.Changes) > 0 {
			t.Errorf("%q is the same, and changes %+v", p.Doc.Key, p.Doc.Changes)
		}
	}
	return plan.Docs
}

// changing are the documents of a plan, all of which should change something.
func changing(t *testing.T, plan []pipeline.Planned) []pipeline.Document {
	t.Helper()
	out := make([]pipeline.Document, 0, len(plan))
	for _, p := range plan {
		if p.Same || p.Left != "" || len(p.Problems) > 0 || len(p.Doc.Changes) == 0 {
			t.Fatalf("%q should change something: same %v, left %q, problems %v, changes %v", p.Doc.Key, p.Same, p.Left, p.Problems, p.Doc.Changes)
		}
		out = append(out, p.Doc)
	}
	return out
}

// wantSame fails where a document of a plan would change something.
func wantSame(t *testing.T, plan []pipeline.Planned) {
	t.Helper()
	for _, p := range plan {
		if !p.Same {
			t.Errorf("%q is not the same: left %q, problems %v, changes %+v", p.Doc.Key, p.Left, p.Problems, p.Doc.Changes)
		}
	}
}

// arrive sends documents as a lane does: what is accepted or unsure is asked about,
// what is ready again is sent again, with its new body where it has one.
func (w PlanWorld) arrive(t *testing.T, docs []pipeline.Document) {
	t.Helper()
	open := slices.Clone(docs)
	ask, fresh := false, true
	var b pipeline.Batch
	for round := 0; len(open) > 0; round++ {
		if round == 100 {
			t.Fatalf("after %d rounds %d documents have not arrived", round, len(open))
		}
		var a pipeline.Answer
		var err error
		if b.Docs = open; ask {
			b.Asked++
			a, err = w.Sink.Ask(t.Context(), b)
		} else {
			b = w.batch(t, b, round, fresh)
			a, err = w.Sink.Send(t.Context(), b)
		}
		wait := a.Again
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			wait = later.After
		} else if err != nil {
			t.Fatal(err)
		}
		open, ask, fresh = settled(t, open, a, !ask)
		if w.Wait != nil && len(open) > 0 {
			w.Wait(max(wait, time.Second))
		}
	}
}

// batch makes a batch of what is open, the same one again where no body is new.
func (w PlanWorld) batch(t *testing.T, b pipeline.Batch, round int, fresh bool) pipeline.Batch {
	t.Helper()
	for i := range b.Docs {
		b.Docs[i].State = pipeline.Sending
	}
	b.Tries++
	if !fresh {
		return b
	}
	b = pipeline.Batch{ID: "7b0c5a52-6c0e-4a55-9d0e-6d8a4a3f2b" + string("0123456789"[round/10]) + string("0123456789"[round%10]), Lane: "test", Tries: 1,
		Job: pipeline.Job{Drop: "20261124-0001", Flow: "test"}, Docs: b.Docs, Settings: w.Settings, Taken: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	if w.Kind.Freeze != nil {
		request, err := w.Kind.Freeze(b)
		if err != nil {
			t.Fatalf("Freeze: %v", err)
		}
		b.Request = request
	}
	return b
}

// settled is what is still open after an answer, whether it is to be asked about,
// and whether it leaves in a new batch.
func settled(t *testing.T, open []pipeline.Document, a pipeline.Answer, sent bool) (rest []pipeline.Document, ask, fresh bool) {
	t.Helper()
	for _, d := range open {
		i := slices.IndexFunc(a.Outcomes, func(o pipeline.Outcome) bool { return o.Key == d.Key })
		if i < 0 {
			ask = ask || sent || d.State != pipeline.Ready
			rest = append(rest, d)
			continue
		}
		o := a.Outcomes[i]
		if o.Ticket != "" {
			d.Ticket = o.Ticket
		}
		if o.Ref != "" {
			d.Ref = o.Ref
		}
		switch d.State = o.State; o.State {
		case pipeline.Delivered, pipeline.Unchanged:
			continue
		case pipeline.Accepted, pipeline.Sending:
			ask = true
		case pipeline.Ready:
			if o.Body != nil {
				d.Body, fresh = o.Body, true
			}
		default:
			t.Fatalf("%q is %s: %v", d.Key, o.State, o.Why)
		}
		rest = append(rest, d)
	}
	return rest, ask, fresh
}

func answersAll(t *testing.T, w PlanWorld) {
	if plan := w.plan(t, pipeline.Question{}); len(plan) != 0 {
		t.Errorf("%d answers to no document", len(plan))
	}
	if docs := w.Wishes(0); len(docs) < 2 {
		t.Errorf("Wishes makes %d documents, want a handful", len(docs))
	} else {
		changing(t, w.plan(t, pipeline.Question{Docs: docs}))
	}
}

func askedTwice(t *testing.T, w PlanWorld) {
	before := w.Effects()
	first := w.plan(t, pipeline.Question{Docs: w.Wishes(0)})
	again := w.plan(t, pipeline.Question{Docs: w.Wishes(0)})
	if diff := cmp.Diff(asJSON(t, first), asJSON(t, again)); diff != "" {
		t.Errorf("asked the same twice (-first +second):\n%s", diff)
	}
	if n := w.Effects() - before; n != 0 {
		t.Errorf("%d changes by asking", n)
	}
}

// asJSON is a value as its JSON says, which goes into what people approve.
func asJSON(t *testing.T, v any) (out any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func toldChanges(t *testing.T, w PlanWorld) {
	w.arrive(t, changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)})))
	changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(1)}))
}

func sameAfterwards(t *testing.T, w PlanWorld) {
	docs := changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)}))
	before := w.Effects()
	w.arrive(t, docs)
	if w.Effects() == before {
		t.Error("what arrived has changed nothing")
	}
	wantSame(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)}))
	wantSame(t, w.plan(t, pipeline.Question{Docs: docs})) // a body that was planned is a wish, too
	wantSame(t, w.plan(t, pipeline.Question{Docs: docs, Memo: pipeline.MemoReupload}))
}

func onceMore(t *testing.T, w PlanWorld) {
	w.arrive(t, changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)})))
	for _, p := range w.plan(t, pipeline.Question{Docs: w.Wishes(0), Memo: pipeline.MemoReupload, All: true}) {
		if p.Same || p.Left != "" || len(p.Problems) > 0 {
			t.Errorf("%q does not leave once more: same %v, left %q, problems %v", p.Doc.Key, p.Same, p.Left, p.Problems)
		}
	}
}

// undo are the wishes that put documents back that left.
func undo(t *testing.T, left []pipeline.Document) (out []pipeline.Document) {
	t.Helper()
	for _, d := range left {
		if d.Undo == nil {
			t.Fatalf("%q cannot be put back", d.Key)
		}
		out = append(out, pipeline.Document{Key: d.Key, Name: d.Name, Words: d.Words, From: d.From, Body: d.Undo, Sent: d.Body})
	}
	return out
}

// replaced sends round 0, then round 1, and gives what left of that.
func (w PlanWorld) replaced(t *testing.T) []pipeline.Document {
	t.Helper()
	w.arrive(t, changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)})))
	left := changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(1)}))
	w.arrive(t, left)
	return left
}

func putBack(t *testing.T, w PlanWorld) {
	left := w.replaced(t)
	if w.Lasting {
		for _, d := range left {
			if d.Undo != nil {
				t.Errorf("%q is said to be lasting, and can be put back", d.Key)
			}
		}
		return
	}
	back := changing(t, w.plan(t, pipeline.Question{Docs: undo(t, left), Memo: pipeline.MemoUndo}))
	for i, d := range back {
		if diff := cmp.Diff(values(left[i].Changes, true), values(d.Changes, false)); diff != "" {
			t.Errorf("%q goes back to something else (-was +goes to):\n%s", d.Key, diff)
		}
	}
	w.arrive(t, back)
	wantSame(t, w.plan(t, pipeline.Question{Docs: w.Wishes(0)}))
	changing(t, w.plan(t, pipeline.Question{Docs: w.Wishes(1)}))
}

// values are the old or the new values of changes, by field.
func values(changes []pipeline.Change, old bool) map[string][]string {
	out := map[string][]string{}
	for _, c := range changes {
		v := c.New
		if old {
			v = c.Old
		}
		out[c.Field] = append(out[c.Field], v)
	}
	for field := range out {
		slices.Sort(out[field])
	}
	return out
}

func notOverOthers(t *testing.T, w PlanWorld) {
	if w.Alter == nil || w.Lasting {
		t.Skip("nobody else changes this")
	}
	left := w.replaced(t)
	w.Alter()
	for _, p := range w.plan(t, pipeline.Question{Docs: undo(t, left), Memo: pipeline.MemoUndo}) {
		if len(p.Problems) == 0 {
			t.Errorf("%q would be put back over what somebody else has changed: %+v", p.Doc.Key, p.Doc.Changes)
		}
	}
}
