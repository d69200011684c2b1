package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

const (
	// quiet is how long nothing must have happened before watch writes the workbook.
	quiet = 2 * time.Second
	// rewrite is when it tries again where the workbook could not be written:
	// somebody may have it open, or the disk is full.
	rewrite = 30 * time.Second
)

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch",
		Short: "Stay, and take files as they come",
		Long: `watch does what run does, and stays: it looks into the inbox every few seconds
(the system's notices of changed files only make it look sooner), and writes the
day's workbook again whenever things have become quiet. End it with Ctrl-C or
SIGTERM at any time; what is under way is found again at the next start.

While it runs, "wasl release", "undo", "reupload", "retry" and "plan" hand it what
they are asked for and print its answer: their requests lie in state/requests, and
whoever may write into the state folder may ask. It takes them in their order,
does each once, also when it is ended in between, and writes a line of each.`,
		Example: "  wasl watch\n  wasl watch --json >> wasl.log",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			dir, err := filepath.Abs(a.dir) // who asks something of it may be in another folder
			if err != nil {
				return err
			}
			a.dir = dir
			t := a.teller()
			beat := make(chan struct{}, 1)
			h, err := a.openHouse(cmd.Context(), func(e pipeline.Event) { t.tell(e); poke(beat) })
			if err != nil {
				return err
			}
			if !a.json {
				fmt.Fprintln(a.err, a.say("watching", "inbox", h.cfg.path(h.cfg.Inbox.Path)))
			}
			return errors.Join(h.watch(cmd.Context(), beat), h.close())
		},
	}
}

// watch runs the inbox, one goroutine a lane, and the writing of workbooks,
// until ctx ends or one of them cannot go on.
func (h *house) watch(ctx context.Context, beat <-chan struct{}) error {
	outer := ctx
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wakes []chan struct{}
	wakeAll := func() {
		for _, w := range wakes {
			poke(w)
		}
	}
	var all sync.WaitGroup
	var once sync.Once
	var first error
	start := func(name string, f func() error) {
		all.Go(func() {
			if err := f(); err != nil && ctx.Err() == nil {
				once.Do(func() { first = fmt.Errorf("%s: %w", name, err) })
				stop()
			}
		})
	}
	if err := errors.Join(h.finishForgetting(ctx), h.expire(ctx, time.Now())); err != nil {
		return err
	}
	h.turns = newTurns(h.lanes())
	for _, lane := range h.lanes() {
		wake := make(chan struct{}, 1)
		wakes = append(wakes, wake)
		start(lane, func() error {
			return pipeline.Work(ctx, h.steps, &stepwise{Queue: h.ledger, turns: h.turns}, lane, wake, 0)
		})
	}
	start("requests", func() error { return h.serve(ctx, wakeAll) })
	start("bookings", func() error { return h.keepInTime(ctx, wakeAll) })
	start("inbox", func() error { return h.inbox.Watch(ctx, wakeAll) })
	start("pulls", func() error { return h.pullInTime(ctx) })
	start("pictures", func() error { return h.watchPictures(ctx) })
	start("workbook", func() error { return h.writeWhenQuiet(ctx, beat, wakeAll) })
	all.Wait()
	return errors.Join(first, outer.Err())
}

// bookEvery is how often watch looks for bookings at least: one may have been made
// since it looked last.
const bookEvery = 30 * time.Second

// keepInTime does what was booked when its time comes, and what fell due while
// nobody was there at once; and it proves what was sent once more. What goes wrong
// here is told, once, and tried again.
func (h *house) keepInTime(ctx context.Context, wakeAll func()) error {
	told := ""
	for {
		next, err := h.keepNow(ctx)
		if err != nil && ctx.Err() == nil && err.Error() != told {
			h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventFailed, Note: err.Error(), Wait: bookEvery, Err: err})
		}
		told = ""
		if err != nil {
			told = err.Error()
		}
		wakeAll()
		wait := bookEvery
		if !next.IsZero() {
			wait = min(wait, max(time.Until(next), time.Second))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}

// keepNow does what is due, and says when the next booking is; zero where none is.
func (h *house) keepNow(ctx context.Context) (next time.Time, err error) {
	_, handed := h.handOn(ctx)
	err = errors.Join(h.compareHeads(ctx), h.keepBookings(ctx), h.cleanOriginals(ctx, time.Now().Add(-settledFor)), handed, h.proveAll(ctx), h.tieOutInTime(ctx), h.readinessInTime(ctx), h.watchAlarms(ctx))
	next, failed := h.ledger.NextDue(ctx)
	return next, errors.Join(err, failed)
}

// writeWhenQuiet also looks, from time to time, whether what is expected has come.
// It moves refused files and writes the workbooks of the days that
// changed, each time things have become quiet. It also wakes the lanes: one may
// have waited for what another did. What goes wrong here is told, once, and tried
// again: deliveries go on without a workbook.
func (h *house) writeWhenQuiet(ctx context.Context, beat <-chan struct{}, wakeAll func()) error {
	timer, look := time.NewTimer(quiet), time.NewTimer(h.cfg.firstLook())
	defer timer.Stop()
	defer look.Stop()
	told := ""
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-beat:
			timer.Reset(quiet)
			continue
		case <-look.C:
			look.Reset(expectEvery)
			err = h.tellLapses(ctx)
		case <-timer.C:
			wakeAll()
			err = h.writeDays(ctx)
		}
		if err == nil || ctx.Err() != nil {
			told = ""
			continue
		}
		timer.Reset(rewrite)
		if err.Error() != told {
			told = err.Error()
			h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventFailed, Note: told, Wait: rewrite, Err: err})
		}
	}
}

// writeDays moves refused files, and writes the workbooks of the days that have
// jobs to close.
func (h *house) writeDays(ctx context.Context) error {
	if err := h.inbox.Reject(ctx); err != nil {
		return err
	}
	days, err := h.ledger.Days(ctx)
	if err != nil {
		return err
	}
	for _, day := range days {
		ready, err := h.ledger.Unreported(ctx, day)
		if err != nil {
			return err
		}
		if len(ready) == 0 {
			continue
		}
		if _, err := h.steps.Reconcile(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

// poke wakes whoever waits on a channel; one that is awake already is left alone.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
