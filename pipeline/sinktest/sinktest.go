package sinktest

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// A World is a sink with its other side, both new.
type World struct {
	Sink pipeline.Sink

	// Docs makes documents that the sink can send, one a key of ours; the sink's
	// tests may make what they like of the texts, as long as they differ.
	Docs func(texts []string) []pipeline.Document

	// Effects is what the other side holds by now, one entry an effect: a
	// document that arrived twice is there twice.
	Effects func() []string

	// Freeze is the kind's, where it has one.
	Freeze func(pipeline.Batch) ([]byte, error)

	// Upsert says that a second sending of the same is one effect only because
	// it puts the same thing in the same place; Ask may then answer Ready for
	// what has arrived.
	Upsert bool

	// The other side's bad moods; a test whose mood is nil is skipped.
	Lose   func() // the next reply is lost: the effect happens, Send does not learn of it
	Refuse func() // it refuses the next document for what is in it
	Full   func() // it takes nothing for the time being, until Mend
	Mend   func()
}

// Setup makes a world.
type Setup func(t *testing.T) World

// Run puts a sink to the tests that every sink passes.
func Run(t *testing.T, setup Setup) {
	t.Helper()
	tests := map[string]func(*testing.T, World){
		"delivered once":                 deliveredOnce,
		"asked before it is sent":        askedFirst,
		"sent twice is one effect":       sentTwice,
		"asked after it is delivered":    askedAfter,
		"a lost reply":                   lostReply,
		"a refused document":             refused,
		"not now":                        notNow,
		"cancelled":                      cancelled,
		"keys with odd letters":          oddLetters,
		"an empty batch":                 emptyBatch,
		"outcomes only of the documents": onlyItsOwn,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, setup(t))
		})
	}
}

func (w World) batch(t *testing.T, texts ...string) pipeline.Batch {
	t.Helper()
	b := pipeline.Batch{ID: "7b0c5a52-6c0e-4a55-9d0e-6d8a4a3f2b11", Lane: "test", Tries: 1,
		Job: pipeline.Job{Drop: "20261124-0001", Flow: "test"}, Docs: w.Docs(texts),
		Taken: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	if len(b.Docs) != len(texts) {
		t.Fatalf("Docs made %d documents of %d texts", len(b.Docs), len(texts))
	}
	for i := range b.Docs {
		b.Docs[i].State = pipeline.Sending
	}
	if w.Freeze != nil {
		request, err := w.Freeze(b)
		if err != nil {
			t.Fatalf("Freeze: %v", err)
		}
		b.Request = request
	}
	return b
}

// settle asks about a batch until it is accepted no more.
func (w World) settle(t *testing.T, b pipeline.Batch, a pipeline.Answer) map[string]pipeline.State {
	t.Helper()
	states := states(a)
	for range 5 {
		open := b
		open.Docs = nil
		for _, d := range b.Docs {
			if states[d.Key] == pipeline.Accepted || states[d.Key] == "" {
				d.State = pipeline.Accepted
				open.Docs = append(open.Docs, d)
			}
		}
		if len(open.Docs) == 0 {
			break
		}
		open.Asked++
		again, err := w.Sink.Ask(t.Context(), open)
		if err != nil {
			t.Fatalf("Ask: %v", err)
		}
		for _, o := range again.Outcomes {
			states[o.Key] = o.State
		}
	}
	return states
}

func states(a pipeline.Answer) map[string]pipeline.State {
	out := map[string]pipeline.State{}
	for _, o := range a.Outcomes {
		out[o.Key] = o.State
	}
	return out
}

func (w World) send(t *testing.T, b pipeline.Batch) pipeline.Answer {
	t.Helper()
	a, err := w.Sink.Send(t.Context(), b)
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	return a
}

func (w World) wantAll(t *testing.T, b pipeline.Batch, got map[string]pipeline.State, want pipeline.State) {
	t.Helper()
	for _, d := range b.Docs {
		if got[d.Key] != want {
			t.Errorf("document %q is %q, want %q", d.Key, got[d.Key], want)
		}
	}
}

func (w World) wantEffects(t *testing.T, n int) {
	t.Helper()
	effects := w.Effects()
	slices.Sort(effects)
	if len(effects) != n {
		t.Errorf("%d effects at the other side, want %d: %q", len(effects), n, effects)
	}
	if twice := slices.Compact(slices.Clone(effects)); len(twice) != len(effects) {
		t.Errorf("an effect happened twice: %q", effects)
	}
}

func deliveredOnce(t *testing.T, w World) {
	b := w.batch(t, "one", "two", "three")
	w.wantAll(t, b, w.settle(t, b, w.send(t, b)), pipeline.Delivered)
	w.wantEffects(t, 3)
}

func askedFirst(t *testing.T, w World) {
	b := w.batch(t, "one", "two")
	a, err := w.Sink.Ask(t.Context(), b)
	if err != nil {
		t.Fatalf("Ask: %v", err)
	}
	w.wantAll(t, b, states(a), pipeline.Ready)
	w.wantEffects(t, 0)
	w.wantAll(t, b, w.settle(t, b, w.send(t, b)), pipeline.Delivered)
	w.wantEffects(t, 2)
}

func sentTwice(t *testing.T, w World) {
	b := w.batch(t, "one", "two")
	w.send(t, b)
	b.Tries++
	w.wantAll(t, b, w.settle(t, b, w.send(t, b)), pipeline.Delivered)
	w.wantEffects(t, 2)
}

func askedAfter(t *testing.T, w World) {
	b := w.batch(t, "one", "two")
	w.settle(t, b, w.send(t, b))
	a, err := w.Sink.Ask(t.Context(), b)
	if err != nil {
		t.Fatalf("Ask: %v", err)
	}
	want := pipeline.Delivered
	if w.Upsert {
		want = pipeline.Ready
	}
	w.wantAll(t, b, states(a), want)
	w.wantEffects(t, 2)
}

// lostReply goes the way of the lane: ask, and send again what is Ready.
func lostReply(t *testing.T, w World) {
	if w.Lose == nil {
		t.Skip("no reply of this sink can be lost")
	}
	b := w.batch(t, "one", "two")
	w.Lose()
	if a, err := w.Sink.Send(t.Context(), b); err == nil && len(a.Outcomes) == len(b.Docs) {
		t.Fatal("Lose lost nothing: Send knows of every document")
	}
	got := map[string]pipeline.State{}
	for range 10 {
		a, err := w.Sink.Ask(t.Context(), b)
		if err != nil {
			t.Fatalf("Ask: %v", err)
		}
		got = states(a)
		again := b
		again.Docs = nil
		for _, d := range b.Docs {
			if got[d.Key] == pipeline.Ready {
				again.Docs = append(again.Docs, d)
			}
		}
		if len(again.Docs) == 0 {
			break
		}
		again.Tries++
		for key, state := range w.settle(t, again, w.send(t, again)) {
			got[key] = state
		}
		if w.Upsert {
			break
		}
	}
	w.wantAll(t, b, got, pipeline.Delivered)
	w.wantEffects(t, 2)
}

func refused(t *testing.T, w World) {
	if w.Refuse == nil {
		t.Skip("the other side refuses nothing")
	}
	b := w.batch(t, "one", "two")
	w.Refuse()
	a := w.send(t, b)
	got := w.settle(t, b, a)
	count := map[pipeline.State]int{}
	for _, state := range got {
		count[state]++
	}
	if bad := count[pipeline.Rejected] + count[pipeline.Parked]; bad != 1 || count[pipeline.Delivered] != 1 {
		t.Errorf("states %v, want one delivered and one rejected or parked", got)
	}
	for _, o := range a.Outcomes {
		if (o.State == pipeline.Rejected || o.State == pipeline.Parked) && len(o.Why) == 0 {
			t.Errorf("document %q is %s without a word why", o.Key, o.State)
		}
		for _, p := range o.Why {
			if !p.Rule.Known() {
				t.Errorf("rule %q is not in the table", p.Rule)
			}
		}
	}
}

func notNow(t *testing.T, w World) {
	if w.Full == nil {
		t.Skip("the other side is always ready")
	}
	b := w.batch(t, "one", "two")
	w.Full()
	a, err := w.Sink.Send(t.Context(), b)
	if err == nil {
		t.Fatal("Send has no error though the other side takes nothing")
	}
	for _, o := range a.Outcomes {
		if o.State != pipeline.Ready {
			t.Errorf("document %q is %s, want it to be ready, or nothing known of it", o.Key, o.State)
		}
	}
	w.Mend()
	b.Tries++
	w.wantAll(t, b, w.settle(t, b, w.send(t, b)), pipeline.Delivered)
	w.wantEffects(t, 2)
}

func cancelled(t *testing.T, w World) {
	b := w.batch(t, "one", "two")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a, err := w.Sink.Send(ctx, b)
	if err == nil {
		t.Error("Send has no error though its context has ended")
	}
	for _, o := range a.Outcomes {
		if o.State != pipeline.Ready {
			t.Errorf("document %q is %s after a cancelled Send", o.Key, o.State)
		}
	}
	w.wantEffects(t, 0)
}

// Odd are texts that find what is careless about names and quotes.
var Odd = []string{
	"طلب ١٠٤٢", "it's \"quoted\"", `back\slash/slash`, "a:b*c?d<e>f|g", "..", "con", "أمر\u202eقلب", "=1+1",
	"a;b,c\td", "line\nbreak", "' OR 1=1 --", "%00%2F", strings.Repeat("x", 255), strings.Repeat("م", 200),
}

func oddLetters(t *testing.T, w World) {
	texts := make([]string, len(Odd))
	for i, odd := range Odd {
		texts[i] = odd + strconv.Itoa(i) // what folds to the same name is still another document
	}
	b := w.batch(t, texts...)
	w.wantAll(t, b, w.settle(t, b, w.send(t, b)), pipeline.Delivered)
	w.wantEffects(t, len(texts))
}

func emptyBatch(t *testing.T, w World) {
	b := w.batch(t)
	if a := w.send(t, b); len(a.Outcomes) != 0 {
		t.Errorf("outcomes of no documents: %v", a.Outcomes)
	}
	w.wantEffects(t, 0)
}

func onlyItsOwn(t *testing.T, w World) {
	b := w.batch(t, "one", "two")
	a := w.send(t, b)
	seen := map[string]int{}
	for _, o := range a.Outcomes {
		seen[o.Key]++
	}
	for _, d := range b.Docs {
		if seen[d.Key] > 1 {
			t.Errorf("document %q has %d outcomes", d.Key, seen[d.Key])
		}
		delete(seen, d.Key)
	}
	if len(seen) > 0 {
		t.Errorf("outcomes of documents that were not sent: %v", seen)
	}
	if _, err := json.Marshal(a); err != nil {
		t.Errorf("the answer does not become JSON: %v", err)
	}
}
