package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// memory is a vault and a sink: it keeps one file, and counts what arrives.
type memory struct {
	got   map[string]int
	lost  bool // the next answer is lost
	asked int
}

type bytesFile struct{ *bytes.Reader }

func (bytesFile) Close() error { return nil }

func (m *memory) Put(context.Context, io.Reader) (string, int64, error) { return "", 0, nil }
func (m *memory) Open(context.Context, string) (pipeline.File, error) {
	return bytesFile{bytes.NewReader(nil)}, nil
}

func (m *memory) Send(_ context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	for _, d := range b.Docs {
		m.got[d.Key]++
	}
	if m.lost = !m.lost; m.lost {
		return pipeline.Answer{}, &pipeline.Later{Err: io.ErrUnexpectedEOF, After: time.Millisecond}
	}
	return told(b, pipeline.Accepted), nil
}

func (m *memory) Ask(_ context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	m.asked++
	return told(b, pipeline.Delivered), nil
}

func told(b pipeline.Batch, s pipeline.State) pipeline.Answer {
	a := pipeline.Answer{Again: time.Millisecond}
	for _, d := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: s})
	}
	return a
}

// flow is one whose files all have the same rows, with a document each.
func (m *memory) flow(rows int) pipeline.Flow {
	return pipeline.Flow{Name: "stock", Lane: "stock", Sink: m, Batch: 60,
		Extract: func(context.Context, pipeline.Drop, io.ReaderAt) (*pipeline.Reading, iter.Seq2[pipeline.Row, error]) {
			return &pipeline.Reading{Rows: rows}, func(yield func(pipeline.Row, error) bool) {
				for i := range rows {
					if !yield(pipeline.Row{Origin: pipeline.Origin{Row: i + 2}}, nil) {
						return
					}
				}
			}
		},
		Map: func(r pipeline.Row) (pipeline.Record, []pipeline.Problem) {
			return pipeline.NewRecord(r, pipeline.NewShape(nil)), nil
		},
		Kind: pipeline.Kind{Name: "kind", Build: func(g []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
			return pipeline.Document{Key: fmt.Sprint(g[0].Row), Body: []byte(`{}`)}, nil
		}},
	}
}

// The steps and the loop on a real ledger: every document arrives once, though
// every second answer is lost, and the lane comes to rest.
func TestWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := &memory{got: map[string]int{}}
	const rows = 250
	flow := m.flow(rows)
	w.flow(flow)
	w.admit("stock")
	w.admit("stock") // the same again
	s := &pipeline.Steps{Flows: []pipeline.Flow{flow}, Ledger: w.l, Vault: m,
		Report: func(context.Context, string) (string, error) { return "r.xlsx", nil }}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := pipeline.Work(ctx, s, w.l, "stock", nil, time.Minute); err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		if n := m.got[fmt.Sprint(i+2)]; n != 1 {
			t.Errorf("row %d arrived %d times", i+2, n)
		}
	}
	if m.asked == 0 || len(m.got) != rows {
		t.Errorf("%d keys arrived, %d times asked", len(m.got), m.asked)
	}
	report, err := s.Reconcile(ctx, "2026-11-24")
	if err != nil || report.Jobs != 2 {
		t.Errorf("report %+v, %v", report, err)
	}
	want(t, "steps", w.steps(), "0001 closed\n0002 closed")
	jobs, err := w.l.Jobs(ctx, "0000", "9999")
	if err != nil || len(jobs) != 2 {
		t.Fatalf("%d jobs, %v", len(jobs), err)
	}
	// Both were prepared before anything was sent: the newer one is what left.
	if jobs[0].States[pipeline.Superseded] != rows || jobs[1].States[pipeline.Delivered] != rows || jobs[1].RowsBy[pipeline.Delivered] != rows {
		t.Errorf("first %v, second %v", jobs[0].States, jobs[1].States)
	}
}

// Patience is for waiting: a file that takes longer to send is sent whole, and a
// run that comes to its end says nothing of what it had to wait for before.
func TestWorkIsNotCutShortByPatience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := &memory{got: map[string]int{}}
	const rows = 250
	flow := m.flow(rows)
	w.flow(flow)
	w.admit("stock")
	now := time.Now()
	s := &pipeline.Steps{Flows: []pipeline.Flow{flow}, Ledger: w.l, Vault: m,
		Now: func() time.Time { now = now.Add(time.Hour); return now }} // every step takes hours
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := pipeline.Work(ctx, s, w.l, "stock", nil, time.Minute); err != nil {
		t.Fatal(err)
	}
	if len(m.got) != rows {
		t.Errorf("%d of %d documents arrived", len(m.got), rows)
	}
}

// What would take longer than patience is left, with the reason.
func TestWorkEndsWithPatience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := &memory{got: map[string]int{}}
	flow := m.flow(1)
	flow.Sink = away{}
	w.flow(flow)
	w.admit("stock")
	s := &pipeline.Steps{Flows: []pipeline.Flow{flow}, Ledger: w.l, Vault: m}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := pipeline.Work(ctx, s, w.l, "stock", nil, 100*time.Millisecond)
	waiting, ok := errors.AsType[*pipeline.Waiting](err)
	if !ok || !strings.Contains(waiting.Cause.String(), "nobody is there") {
		t.Errorf("%v", err)
	}
}

// away is a sink that nobody answers at.
type away struct{ *memory }

func (away) Send(context.Context, pipeline.Batch) (pipeline.Answer, error) {
	return pipeline.Answer{}, &pipeline.Later{Err: errors.New("nobody is there"), After: 30 * time.Millisecond}
}

func (a away) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	return a.Send(ctx, b)
}

// halting is a sink that gets one document a call through, then trouble comes.
type halting struct {
	memory
	waits []time.Duration
}

func (h *halting) Send(_ context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	for i, d := range b.Docs {
		state := pipeline.Ready
		if i == 0 {
			h.got[d.Key]++
			state = pipeline.Delivered
		}
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: state})
	}
	return a, &pipeline.Later{Err: io.ErrUnexpectedEOF}
}

// A lane that goes on, though not without trouble, does not wait longer and longer.
func TestWork_PausesDoNotGrowWhileItGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := &halting{memory: memory{got: map[string]int{}}}
	flow := h.flow(12)
	flow.Sink = h
	w.flow(flow)
	w.admit("stock")
	now := time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)
	s := &pipeline.Steps{Flows: []pipeline.Flow{flow}, Ledger: w.l, Vault: h, Now: func() time.Time { return now },
		Tell: func(e pipeline.Event) {
			if e.What == pipeline.EventFailed {
				h.waits = append(h.waits, e.Wait)
			}
		}}
	for range 100 {
		err := pipeline.Work(t.Context(), s, w.l, "stock", nil, time.Nanosecond)
		waiting, ok := errors.AsType[*pipeline.Waiting](err)
		if !ok {
			break
		}
		now = now.Add(waiting.Wait)
	}
	if len(h.got) != 12 || len(h.waits) < 11 {
		t.Fatalf("%d arrived, %d pauses", len(h.got), len(h.waits))
	}
	for i, wait := range h.waits {
		if wait > time.Second {
			t.Errorf("pause %d is %s", i, wait)
		}
	}
}
