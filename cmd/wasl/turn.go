package main

import (
	"context"
	"sync/atomic"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// turns let one worker at a time work in each lane: a watch, which stays there,
// and a command that it does for somebody.
type turns map[string]chan struct{}

func newTurns(lanes []string) turns {
	t := turns{}
	for _, lane := range lanes {
		t[lane] = make(chan struct{}, 1)
	}
	return t
}

// take waits for the turn in a lane; done gives it back. Lanes of nobody else need
// none.
func (t turns) take(ctx context.Context, lane string) (done func(), err error) {
	c, ok := t[lane]
	if !ok {
		return func() {}, nil
	}
	select {
	case c <- struct{}{}:
		return func() { <-c }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// stepwise is the queue of a worker that stays: it has the turn from being told
// what to do until it asks what to do next.
type stepwise struct {
	pipeline.Queue
	turns turns
	done  func() // gives the turn back; nil: it has none
}

// Next waits for the turn, and keeps it where there is something to do.
func (s *stepwise) Next(ctx context.Context, lane string, now time.Time) (pipeline.Due, error) {
	if s.done != nil {
		s.done()
		s.done = nil
	}
	done, err := s.turns.take(ctx, lane)
	if err != nil {
		return pipeline.Due{}, err
	}
	due, err := s.Queue.Next(ctx, lane, now)
	if err != nil || due.Step == "" {
		done()
		return due, err
	}
	s.done = done
	return due, nil
}

// An entrance is the ledger as the inbox sees it, knowing what is to be said of
// what arrives while a command is being done.
type entrance struct {
	*ledger.Ledger
	plan   atomic.Bool               // only plans are asked for
	errand atomic.Pointer[requested] // an arrival that an errand waits for
}

// requested is what an errand puts into the inbox, by Arrival.From.
type requested struct{ from, errand string }

// Admit makes a drop of an arrival.
func (e *entrance) Admit(ctx context.Context, a pipeline.Arrival) (pipeline.Drop, bool, error) {
	a.Plan = e.plan.Load()
	if r := e.errand.Load(); r != nil && r.from == a.From {
		a.Request = r.errand
	}
	return e.Ledger.Admit(ctx, a)
}

// watched tells whether a watch does this command, and goes on with what it left.
func (a *app) watched() bool { return a.inside != nil && a.inside.turns != nil }
