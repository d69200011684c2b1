package pipeline_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"wasl/pipeline"
)

// stuck is a queue on a full disk: it calls for a delivery, and can store nothing.
type stuck struct {
	pipeline.Ledger // what Deliver asks of it fails at once, see Open
	asked           int
}

var errFull = &pipeline.Later{Err: errors.New("the disk is full"), After: 30 * time.Second}

func (s *stuck) Next(context.Context, string, time.Time) (pipeline.Due, error) {
	s.asked++
	return pipeline.Due{Step: pipeline.StepDeliver}, nil
}

func (s *stuck) Fail(context.Context, string, pipeline.Job, error, time.Time) error { return errFull }
func (s *stuck) Done(context.Context, string) error                                 { return errFull }
func (s *stuck) Open(context.Context, string) (pipeline.Batch, error) {
	return pipeline.Batch{}, errFull
}

// A failure that cannot even be stored makes a lane rest all the same, and ends
// one that drains when its patience is over.
func TestWork_FailureThatCannotBeStored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := &stuck{}
		began := time.Now()
		err := pipeline.Work(t.Context(), &pipeline.Steps{Ledger: q}, q, "lane", nil, 70*time.Second)
		waiting, ok := errors.AsType[*pipeline.Waiting](err)
		if !ok || waiting.Cause == "" {
			t.Errorf("got %v, want a lane that waits, and why", err)
		}
		if took := time.Since(began); q.asked != 3 || took != time.Minute {
			t.Errorf("tried %d times in %v, want 3 times in a minute", q.asked, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		q := &stuck{}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		err := pipeline.Work(ctx, &pipeline.Steps{Ledger: q}, q, "lane", nil, 0)
		if !errors.Is(err, context.DeadlineExceeded) || q.asked > 21 {
			t.Errorf("tried %d times in ten minutes, then %v", q.asked, err)
		}
	})
}
