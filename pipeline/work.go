package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// slow is how long a lane that stays waits after an error that time alone does
// not cure: somebody has to change a password, a setting or a right. One that
// drains ends with it, and whoever starts it again has done so.
const slow = time.Minute

// unwritten is how long a lane waits at least whose failure could not be stored.
const unwritten = time.Second

// worthTelling is a wait that somebody who looks on would wonder about.
const worthTelling = 2 * time.Second

// Waiting is the error of a lane that was left with something to do: patience
// is over before the other side is ready.
type Waiting struct {
	Lane  string
	Wait  time.Duration // until something is due
	Cause Failure       // why it waits; "" where it only waits for an answer
	Err   error         // the last error, where it happened just now; may be nil
}

// Unwrap gives the last error.
func (w *Waiting) Unwrap() error { return w.Err }

func (w *Waiting) Error() string {
	if w.Cause != "" {
		return fmt.Sprintf("lane %s waits: %s", w.Lane, w.Cause)
	}
	return fmt.Sprintf("lane %s waits for an answer", w.Lane)
}

// Work does what is due in one lane until ctx ends; with patience given, until
// the lane is empty, or it would have to wait longer than that altogether
// (*Waiting), or something is wrong that time does not cure. Only rests between
// steps are waiting: a large file is worked through, however long it takes. One
// goroutine a lane.
func Work(ctx context.Context, s *Steps, q Queue, lane string, wake <-chan struct{}, patience time.Duration) error {
	drain := patience > 0
	var last error
	for ctx.Err() == nil {
		due, err := q.Next(ctx, lane, s.now())
		if err != nil {
			return fmt.Errorf("lane %s: %w", lane, err)
		}
		wait := due.Wait
		if due.Step != "" {
			wait, err = s.do(ctx, q, lane, due, drain)
			last = err
			if due.Error = ""; err != nil { // what it waited for before is over
				due.Error = FailureOf(err)
			}
			if err != nil && drain && !curable(err) {
				return fmt.Errorf("lane %s: %w", lane, err)
			}
		} else if wait == 0 && drain {
			return nil
		}
		if drain && wait > 0 && wait > patience {
			return &Waiting{Lane: lane, Wait: wait, Cause: due.Error, Err: last}
		}
		if due.Step == "" || wait > 0 {
			patience -= wait
			if drain && wait >= worthTelling {
				s.tell(Event{What: EventWaiting, Lane: lane, Wait: wait})
			}
			rest(ctx, wait, wake)
		}
	}
	return ctx.Err()
}

// do does one step and writes down how it went.
func (s *Steps) do(ctx context.Context, q Queue, lane string, due Due, drain bool) (wait time.Duration, err error) {
	var p Progress
	if due.Step == StepPrepare {
		_, err = s.Prepare(ctx, due.Job)
	} else {
		p, err = s.Deliver(ctx, lane)
		due.Job = p.Job
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return 0, ctx.Err()
	case err == nil && due.Tries == 0:
		return p.pause(), nil
	case err == nil:
		return p.pause(), q.Done(ctx, lane)
	}
	if p.States[Delivered] > 0 && due.Tries > 0 { // it goes on: what failed before is over
		if err := q.Done(ctx, lane); err != nil {
			return 0, err
		}
		due.Tries = 0
	}
	if !drain {
		wait = slow
	}
	if later, ok := errors.AsType[*Later](err); ok {
		if wait = later.After; wait == 0 {
			wait = Backoff(due.Tries + 1)
		}
	}
	s.tell(Event{What: EventFailed, Job: due.Job, Lane: lane, Note: err.Error(), Wait: wait, Err: err})
	if failed := q.Fail(ctx, lane, due.Job, err, s.now().Add(wait)); failed != nil {
		// Next knows nothing of it: on a full disk it would call for the same step
		// again and again, without a rest.
		return max(wait, unwritten), errors.Join(err, failed)
	}
	// How long to wait is for Next to say: it was written down.
	return 0, err
}

// pause is how long a lane rests after a step that went well: only when there
// was nothing to do.
func (p Progress) pause() time.Duration {
	if p.Did != "" {
		return 0
	}
	return p.Wait
}

func curable(err error) bool {
	_, ok := errors.AsType[*Later](err)
	return ok
}

// rest waits, for as long as it takes where wait is zero, until somebody wakes it.
func rest(ctx context.Context, wait time.Duration, wake <-chan struct{}) {
	var timer <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
	case <-timer:
	case <-wake:
	}
}
