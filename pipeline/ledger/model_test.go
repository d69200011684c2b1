package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wasl/pipeline"
)

// TestModel works a ledger at random against a map of what the other side
// holds. Some files are held by a gate, and released or dropped at some time; what
// they book counts as they do. In the end the other side has the last file's body
// of every key, unless that file was dropped; an event has left at most once.
func TestModel(t *testing.T) {
	t.Parallel()
	for _, once := range []bool{false, true} {
		t.Run(fmt.Sprintf("once=%v", once), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) { newModel(t, once).run(rt) })
		})
	}
}

type model struct {
	*world
	once  bool
	other map[string]string // what the other side holds, by key
	last  map[string]string // what the last file said
	left  map[string]int    // documents delivered, by key

	from  map[string]pipeline.Job // the job that said last of a key
	held  []pipeline.Job          // by a gate, as far as nobody decided
	lost  map[string]bool         // keys whose last file was dropped
	books []modelBooking          // in the order of filing
}

// modelBooking is a booking that may count.
type modelBooking struct {
	key string
	job pipeline.Job
}

func newModel(t *testing.T, once bool) *model {
	m := &model{world: newWorld(t), once: once, other: map[string]string{}, last: map[string]string{}, left: map[string]int{},
		from: map[string]pipeline.Job{}, lost: map[string]bool{}}
	m.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind", Once: once}, Batch: 2})
	return m
}

func (m *model) run(rt *rapid.T) {
	defer func() { _ = m.l.Shut() }()
	for range rapid.IntRange(1, 25).Draw(rt, "steps") {
		switch rapid.SampledFrom([]string{"file", "deliver", "deliver", "deliver", "reopen", "decide"}).Draw(rt, "do") {
		case "file":
			m.drop(rt)
		case "deliver":
			m.deliver(func(d pipeline.Document) *pipeline.Outcome { return m.answerOf(rt, d) })
		case "reopen":
			m.reopen()
		case "decide":
			m.decide(rt)
		}
		m.consistent(rt)
	}
	for len(m.held) > 0 {
		m.decide(rt)
		m.consistent(rt)
	}
	for m.deliver(func(d pipeline.Document) *pipeline.Outcome { return m.deliverDoc(d) }) {
		m.consistent(rt)
	}
	for key, body := range m.last {
		if !m.once && m.other[key] != body && !m.lost[key] {
			rt.Fatalf("%s ends at %q, the last file says %q\n%s", key, m.other[key], body, m.states())
		}
		if m.once && (m.left[key] > 1 || m.left[key] == 0 && !m.rejected(key) && !m.lost[key]) {
			rt.Fatalf("%s left %d times\n%s", key, m.left[key], m.states())
		}
	}
}

// rejected tells whether the other side refused a key: one that came again
// meanwhile with the same content counted as unchanged.
func (m *model) rejected(key string) bool {
	found, _, err := m.l.Find(m.t.Context(), key)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, e := range found {
		if e.State == pipeline.Rejected {
			return true
		}
	}
	return false
}

// drop files a job with one to three keys, held by its gate or not. Half of the
// files that bring what the other side holds say so, as a planner would.
func (m *model) drop(rt *rapid.T) {
	job := m.admit("stock")
	var docs []pipeline.Document
	var books []modelBooking
	for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ka", "kb", "kc"}), 1, 3, rapid.ID).Draw(rt, "keys") {
		d := doc(key, rapid.SampledFrom([]string{"A", "B"}).Draw(rt, "body"))
		m.last[key] = string(d.Body)
		if !m.once && m.other[key] == string(d.Body) && rapid.Bool().Draw(rt, "planned") {
			d.State = pipeline.Unchanged
		}
		if !m.once && rapid.Bool().Draw(rt, "books") {
			d.Then = []pipeline.Booking{{At: night.AddDate(1, 0, 0), Why: "end", Doc: pipeline.Document{Key: key, Body: json.RawMessage(`"` + job.Drop + `"`)}}}
			books = append(books, modelBooking{key, job})
		}
		m.from[key], m.lost[key] = job, false
		m.books = slices.DeleteFunc(m.books, func(b modelBooking) bool { return b.key == key && slices.Contains(m.held, b.job) })
		docs = append(docs, d)
	}
	m.books = append(m.books, books...)
	var gate func(pipeline.Weighed) []pipeline.Problem
	if rapid.Bool().Draw(rt, "gate") {
		gate = holding
	}
	diff, f := rapid.Bool().Draw(rt, "diff"), m.flows["stock"]
	made, err := m.l.File(m.t.Context(), job, pipeline.Filed{Kind: f.Kind.Name, Lane: f.Lane, Once: f.Kind.Once, Diff: diff, Gate: gate},
		func(to pipeline.Filing) (pipeline.Reading, error) {
			for _, d := range docs {
				if err := to.Document(d, 1, nil); err != nil {
					return pipeline.Reading{}, err
				}
			}
			return pipeline.Reading{Rows: len(docs)}, nil
		})
	if err != nil {
		rt.Fatal(err)
	}
	if made.Held {
		m.held = append(m.held, job)
	}
}

// decide releases or drops a job that is held. One of which newer files brought
// everything is not held any more, and cannot be decided.
func (m *model) decide(rt *rapid.T) {
	if len(m.held) == 0 {
		return
	}
	i := rapid.IntRange(0, len(m.held)-1).Draw(rt, "which")
	job, drop := m.held[i], rapid.Bool().Draw(rt, "drop")
	m.held = slices.Delete(m.held, i, i+1)
	before, err := m.l.Job(m.t.Context(), job)
	if err != nil {
		rt.Fatal(err)
	}
	err = m.release(job, drop)
	if over := before.Step != pipeline.StepDeliver; over != errors.Is(err, ErrNotHeld) || !over && err != nil {
		rt.Fatalf("%s at %s: %v", job, before.Step, err)
	}
	if !drop {
		return
	}
	m.books = slices.DeleteFunc(m.books, func(b modelBooking) bool { return b.job == job })
	for key, from := range m.from {
		m.lost[key] = m.lost[key] || from == job
	}
}

// inForce are the bookings that should count, by key: of the newest job that no
// gate holds.
func (m *model) inForce() map[string]string {
	out := map[string]string{}
	for _, b := range m.books {
		if !slices.Contains(m.held, b.job) {
			out[b.key] = `"` + b.job.Drop + `"`
		}
	}
	return out
}

// deliver does what the steps do: ask about, or send, one batch.
func (m *model) deliver(answer func(pipeline.Document) *pipeline.Outcome) bool {
	b, err := m.l.Open(m.t.Context(), "stock")
	if err != nil || !holdsState(b, pipeline.Sending) && (holdsState(b, pipeline.Ready) || len(m.next("stock").Step) == 0) {
		b = m.take("stock")
	}
	var a pipeline.Answer
	for _, d := range b.Docs {
		if o := answer(d); o != nil {
			o.Key = d.Key
			a.Outcomes = append(a.Outcomes, *o)
		}
	}
	if len(b.Docs) == 0 {
		return false
	}
	m.answer(b, a)
	return true
}

func holdsState(b pipeline.Batch, s pipeline.State) bool {
	for _, d := range b.Docs {
		if d.State == s {
			return true
		}
	}
	return false
}

func (m *model) deliverDoc(d pipeline.Document) *pipeline.Outcome {
	m.other[d.Key] = string(d.Body)
	m.left[d.Key]++
	return &pipeline.Outcome{State: pipeline.Delivered}
}

// answerOf is what becomes of a document; nil: the answer is lost, and it may
// have arrived or not.
func (m *model) answerOf(rt *rapid.T, d pipeline.Document) *pipeline.Outcome {
	can := []string{"delivered", "accepted", "again", "lost", "arrived", "anew"}
	if m.once {
		can = append(can, "rejected")
	}
	switch rapid.SampledFrom(can).Draw(rt, d.Key) {
	case "delivered":
		return m.deliverDoc(d)
	case "accepted":
		return &pipeline.Outcome{State: pipeline.Accepted}
	case "again":
		if d.State == pipeline.Accepted {
			return nil
		}
		return &pipeline.Outcome{State: pipeline.Ready}
	case "anew":
		if d.State == pipeline.Accepted || m.other[d.Key] == string(d.Body) {
			return nil
		}
		return &pipeline.Outcome{State: pipeline.Ready, Body: json.RawMessage(d.Body)}
	case "rejected":
		return &pipeline.Outcome{State: pipeline.Rejected}
	case "arrived":
		if !m.once {
			m.other[d.Key] = string(d.Body)
		}
	}
	return nil
}

// consistent asks the tables whether what they say twice is the same.
func (m *model) consistent(rt *rapid.T) {
	booked, err := m.l.Booked(m.t.Context(), "kind", "stock")
	if err != nil {
		rt.Fatal(err)
	}
	got := map[string]string{}
	for key, all := range booked {
		got[key] = string(all[0].Doc.Body)
		if len(all) != 1 {
			rt.Fatalf("%d bookings of %s count", len(all), key)
		}
	}
	if want := m.inForce(); !maps.Equal(got, want) {
		rt.Fatalf("booked %v, want %v\n%s", got, want, m.states())
	}
	for what, query := range map[string]string{
		"known.waiting is not what is ready": `SELECT count(*) FROM known k JOIN documents d ON d.id = k.waiting WHERE d.state <> 'ready' OR d.batch IS NOT NULL`,
		"a ready document is not known to wait": `SELECT count(*) FROM documents d JOIN jobs j ON j.seq = d.job
			WHERE d.state = 'ready' AND d.batch IS NULL AND NOT EXISTS (SELECT 1 FROM known k WHERE k.space = j.space AND k.key = d.key AND k.waiting = d.id)`,
		"known.gone is not the state of its document": `SELECT count(*) FROM known k JOIN documents d ON d.id = k.gone
			WHERE d.state <> k.gone_state AND NOT (d.state = 'ready' AND k.gone_state = 'sending')`,
		"something of a held or dropped job left": `SELECT count(*) FROM jobs j JOIN documents d ON d.job = j.seq
			WHERE j.gate IN ('held', 'dropped') AND d.batch IS NOT NULL`,
		"something of a dropped job is ready":          `SELECT count(*) FROM jobs j JOIN documents d ON d.job = j.seq WHERE j.gate = 'dropped' AND d.state = 'ready'`,
		"a decision is not stored, or one is too many": `SELECT count(*) FROM jobs j WHERE (gate IN ('released', 'dropped')) <> (SELECT count(*) FROM releases r WHERE r.job = j.seq)`,
		"a job is at deliver with nothing left": `SELECT count(*) FROM jobs j WHERE step = 'deliver'
			AND NOT (gate = 'held' AND EXISTS (SELECT 1 FROM bookings b WHERE b.job = j.seq))
			AND NOT EXISTS (SELECT 1 FROM documents d WHERE d.job = j.seq AND d.state IN ('ready', 'sending', 'accepted'))`,
		"a job went on too early": `SELECT count(*) FROM jobs j JOIN documents d ON d.job = j.seq WHERE j.step IN ('reconcile', 'closed') AND d.state IN ('ready', 'sending', 'accepted')`,
		"batches.holds is not what it holds": `SELECT count(*) FROM batches b WHERE holds <> CASE
			WHEN EXISTS (SELECT 1 FROM documents d WHERE d.batch = b.seq AND d.state = 'sending') THEN 'unsure'
			WHEN EXISTS (SELECT 1 FROM documents d WHERE d.batch = b.seq AND d.state = 'ready') THEN 'again'
			WHEN EXISTS (SELECT 1 FROM documents d WHERE d.batch = b.seq AND d.state = 'accepted') THEN 'accepted' ELSE 'final' END`,
		"two batches are unsure": `SELECT max(count(*) - 1, 0) FROM batches WHERE holds IN ('unsure', 'again')`,
	} {
		var n int
		if err := m.l.reader.QueryRow(query).Scan(&n); err != nil || n != 0 {
			rt.Fatalf("%s (%d, %v)\n%s", what, n, err, m.states())
		}
	}
}
