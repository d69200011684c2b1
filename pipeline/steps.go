package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Steps are the units of work. Each takes and returns small JSON values, keeps
// what it learns in the ledger, and may be called again after a crash.
type Steps struct {
	Flows  []Flow
	Ledger Ledger
	Vault  Vault

	// Report writes the workbook of a day of arrival, whole, from the ledger
	// alone, and says where it is; "" where the day holds nothing.
	Report func(ctx context.Context, day string) (path string, err error)

	Tell func(Event)      // may be nil
	Now  func() time.Time // nil: time.Now
}

// flow finds a flow by its name.
func (s *Steps) flow(name string) (Flow, bool) {
	for _, f := range s.Flows {
		if f.Name == name {
			return f, true
		}
	}
	return Flow{}, false
}

// goneFlow is the error of a job whose mapping is no longer there.
func goneFlow(job Job) error {
	return &Trouble{Rule: "flow.gone", With: map[string]string{"job": job.String(), "flow": job.Flow}}
}

// Deliver does at most one batch of one lane: it asks about what is unsure or
// accepted and due, or else sends what comes next. Outcomes count even where an
// error comes with them. A *Later error says that time may cure it; the lane
// then has something to do when the ledger's due time has come.
func (s *Steps) Deliver(ctx context.Context, lane string) (Progress, error) {
	b, err := s.Ledger.Open(ctx, lane)
	switch {
	case errors.Is(err, ErrNotFound):
		return s.send(ctx, lane)
	case err != nil:
		return Progress{}, fmt.Errorf("open batch of %s: %w", lane, err)
	}
	wait := b.Due.Sub(s.now())
	switch unsure, again := b.holds(Sending), b.holds(Ready); {
	case (unsure || again) && wait > 0:
		return Progress{Lane: lane, Job: b.Job, Waiting: len(b.Docs), Wait: wait}, nil
	case unsure:
		return s.ask(ctx, b)
	case again:
		return s.send(ctx, lane)
	case wait <= 0:
		return s.ask(ctx, b)
	}
	// Accepted and not yet due: the lane goes on with what is ready.
	p, err := s.send(ctx, lane)
	if err == nil && p.Did == "" {
		p = Progress{Lane: lane, Job: b.Job, Waiting: len(b.Docs), Wait: wait}
	}
	return p, err
}

// send takes the next batch of a lane and offers it to its sink.
func (s *Steps) send(ctx context.Context, lane string) (Progress, error) {
	if err := s.ready(ctx, lane); err != nil {
		return Progress{Lane: lane}, err
	}
	b, err := s.Ledger.Take(ctx, lane, s.now(), s.flow)
	if err != nil {
		return Progress{}, fmt.Errorf("take from %s: %w", lane, err)
	}
	if len(b.Docs) == 0 {
		return Progress{Lane: lane}, nil
	}
	flow, ok := s.flow(b.Job.Flow)
	if !ok {
		return Progress{}, goneFlow(b.Job)
	}
	b.Settings = flow.Settings
	answer, err := flow.Sink.Send(ctx, b)
	s.trace(context.WithoutCancel(ctx), flow, b.Job, answer)
	return s.settle(ctx, b, "sent", answer, err)
}

// ready asks the sink of a lane whether it can take anything.
func (s *Steps) ready(ctx context.Context, lane string) error {
	for _, f := range s.Flows {
		if f.Lane != lane && !slices.Contains(f.Lanes, lane) {
			continue
		}
		if sink, ok := f.Sink.(Readier); ok {
			return sink.Ready(ctx, lane)
		}
		return nil
	}
	return nil
}

// ask asks the sink of a batch what became of it.
func (s *Steps) ask(ctx context.Context, b Batch) (Progress, error) {
	flow, ok := s.flow(b.Job.Flow)
	if !ok {
		return Progress{}, goneFlow(b.Job)
	}
	b.Settings = flow.Settings
	answer, err := flow.Sink.Ask(ctx, b)
	s.trace(context.WithoutCancel(ctx), flow, b.Job, answer)
	b.Asked++
	return s.settle(ctx, b, "asked", answer, err)
}

// settle stores an answer. It goes on when ctx has ended: what the other side
// said must not be lost with it.
func (s *Steps) settle(ctx context.Context, b Batch, did string, a Answer, cause error) (Progress, error) {
	wait, failed := a.Again, false
	if later, ok := errors.AsType[*Later](cause); ok {
		wait, failed = cmp.Or(later.After, wait), true
	}
	switch {
	case wait > 0:
	case failed:
		wait = Backoff(1) // how long to rest after several failures in a row is for the lane to say
	default:
		wait = Backoff(max(b.Asked, b.Tries))
	}
	p, err := s.Ledger.Settle(context.WithoutCancel(ctx), b, a, s.now().Add(wait))
	if err != nil {
		return Progress{}, errors.Join(cause, fmt.Errorf("settle batch of %s: %w", b.Job, err))
	}
	p.Lane, p.Job, p.Did = b.Lane, b.Job, did
	s.tell(Event{What: EventDelivered, Job: b.Job, Lane: b.Lane, Count: counts(p.States)})
	if p.Waiting > 0 {
		p.Wait = wait
	}
	return p, cause
}

// holds tells whether one of the batch's documents is in a state.
func (b Batch) holds(state State) bool {
	for _, d := range b.Docs {
		if d.State == state {
			return true
		}
	}
	return false
}

// Reconcile writes the workbook of a day and closes the jobs of it that wait
// for nothing else.
func (s *Steps) Reconcile(ctx context.Context, day string) (Report, error) {
	jobs, err := s.Ledger.Unreported(ctx, day)
	if err != nil {
		return Report{}, fmt.Errorf("reconcile %s: %w", day, err)
	}
	path, err := s.Report(ctx, day)
	if err != nil {
		return Report{}, fmt.Errorf("reconcile %s: %w", day, err)
	}
	if err := s.Ledger.Close(ctx, jobs, path); err != nil {
		return Report{}, fmt.Errorf("reconcile %s: %w", day, err)
	}
	for _, job := range jobs {
		s.tell(Event{What: EventClosed, Job: job})
	}
	if path != "" {
		s.tell(Event{What: EventReport, Note: path})
	}
	return Report{Day: day, Path: path, Jobs: len(jobs)}, nil
}

// Backoff is how long to wait after n failures in a row: full jitter between
// a tenth and the whole of 1 s, 2 s, 4 s ... 5 min.
func Backoff(n int) time.Duration {
	most := min(time.Second<<min(max(n-1, 0), 10), 5*time.Minute)
	return most/10 + rand.N(most-most/10)
}

func (s *Steps) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Steps) tell(e Event) {
	if s.Tell == nil {
		return
	}
	e.Time = cmp.Or(e.Time, s.now())
	s.Tell(e)
}

func counts(states map[State]int) map[string]int {
	out := make(map[string]int, len(states))
	for state, n := range states {
		out[string(state)] = n
	}
	return out
}
