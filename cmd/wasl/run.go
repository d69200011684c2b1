package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) runCommand() *cobra.Command {
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Take what lies in the inbox, work until nothing is due, and exit",
		Long: `run waits until the files in the inbox stand still, takes them, sends what is to
be sent, asks about what was sent, and writes the day's workbook. What was left
undone by an earlier run goes on first, and so does what was booked for a moment
that has come. A job that would change more than its flow allows waits at its gate
for "wasl release"; what comes after it goes on. It ends when nothing is due, or when it
would have to wait longer than its patience for another machine.`,
		Example: "  wasl run\n  wasl run --patience 30s --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			t := a.teller()
			h, err := a.openHouse(cmd.Context(), t.tell)
			if err != nil {
				return err
			}
			if patience <= 0 {
				patience = h.cfg.Patience
			}
			err = a.night(cmd.Context(), h, patience)
			return errors.Join(err, h.close())
		},
	}
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another machine, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// night is one run: everything from the inbox to the workbook. A share that is
// away keeps nobody from asking about what was sent yesterday.
func (a *app) night(ctx context.Context, h *house, patience time.Duration) error {
	kept := errors.Join(h.finishForgetting(ctx), h.serveAll(ctx, counterOf(h.cfg), nil, func() {}), h.keepBookings(ctx), h.pullAll(ctx), h.compareHeads(ctx))
	var proved, handed error
	err := a.shift(ctx, h, func() map[string]error {
		lanes := h.workIn(ctx, h.lanes(), h.ledger, patience)
		var some bool
		if some, handed = h.handOn(ctx); some {
			lanes = h.workIn(ctx, h.lanes(), h.ledger, patience)
		}
		proved = errors.Join(h.proveAll(ctx), h.tieOutInTime(ctx), h.readinessInTime(ctx))
		return lanes
	}, func(*nightly) error { return nil })
	return errors.Join(kept, err, handed, proved, h.expire(ctx, time.Now()))
}

// shift takes what lies in the inbox, lets work be done in the lanes, shows what
// is to be shown of it, writes the workbooks, and accounts for all of it.
func (a *app) shift(ctx context.Context, h *house, work func() map[string]error, show func(*nightly) error) error {
	taken, away := h.inbox.Once(ctx)
	var pictures error
	if h.turns == nil { // else the watch looks after them; after the inbox, where items come from that are new
		pictures = h.takePictures(ctx)
	}
	if away != nil {
		away = fmt.Errorf("inbox: %w", away)
	}
	lanes := work()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	days, err := h.ledger.Days(ctx)
	if err != nil {
		return err
	}
	for _, drop := range taken.Drops {
		if !slices.Contains(days, drop.Day) {
			days = append(days, drop.Day)
		}
	}
	lapses, fresh, err := h.lapses(ctx)
	if err != nil {
		return err
	}
	for _, day := range lapseDays(fresh) {
		if !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	night, err := h.open(ctx, days)
	if err != nil {
		return err
	}
	off, err := h.moneyOff(ctx, night.jobs)
	if err != nil {
		return err
	}
	night.problems = append(night.problems, off...)
	night.lapses, night.fresh = lapses, fresh
	night.taken, night.lanes, night.away = taken, lanes, away != nil
	if err := show(&night); err != nil {
		return err
	}
	if away == nil {
		if err := h.inbox.Reject(ctx); err != nil {
			away = fmt.Errorf("inbox: %w", err)
		}
	}
	if h.turns == nil {
		away = errors.Join(away, h.cleanOriginals(ctx, time.Now()))
	}
	for _, day := range days {
		report, err := h.steps.Reconcile(ctx, day)
		if err != nil {
			night.unwritten = errors.Join(night.unwritten, err)
			continue
		}
		night.reports = append(night.reports, report)
	}
	return errors.Join(a.account(ctx, h, night), night.unwritten, away, pictures)
}

// workIn works some lanes at once until each has nothing due, and says how each
// ended. Lanes behind one of them, by which leaves what is made of its files, are
// worked when those files are read. One that was done before another delivered what
// it waits for is worked again: a return of another POS than its sale's leaves in the
// same run.
func (h *house) workIn(ctx context.Context, lanes []string, queue pipeline.Queue, patience time.Duration) map[string]error {
	feeds := h.feeds()
	var all sync.WaitGroup
	var mu sync.Mutex
	out := map[string]error{}
	var work func(lane string, behind []string)
	work = func(lane string, behind []string) {
		done, err := h.turns.take(ctx, lane)
		if err == nil {
			err = pipeline.Work(ctx, h.steps, queue, lane, nil, patience)
			done()
		}
		mu.Lock()
		out[lane] = err
		mu.Unlock()
		for _, lane := range behind {
			all.Go(func() { work(lane, feeds[lane]) })
		}
	}
	for _, lane := range lanes {
		if !fed(feeds, lanes, lane) {
			all.Go(func() { work(lane, feeds[lane]) })
		}
	}
	all.Wait()
	for ctx.Err() == nil {
		due := dueAgain(ctx, queue, out)
		if len(due) == 0 {
			break
		}
		for _, lane := range due {
			all.Go(func() { work(lane, nil) })
		}
		all.Wait()
	}
	maps.DeleteFunc(out, func(_ string, err error) bool { return err == nil })
	return out
}

// dueAgain are the lanes that ended well, and have something to do by now.
func dueAgain(ctx context.Context, queue pipeline.Queue, ended map[string]error) []string {
	var out []string
	for _, lane := range slices.Sorted(maps.Keys(ended)) {
		if ended[lane] != nil {
			continue
		}
		due, err := queue.Next(ctx, lane, time.Now())
		if err == nil && due.Step != "" { // an error is for whoever works there to tell
			out = append(out, lane)
		}
	}
	return out
}

// fed tells whether a lane is worked behind another one of some lanes.
func fed(feeds map[string][]string, lanes []string, lane string) bool {
	return slices.ContainsFunc(lanes, func(l string) bool { return slices.Contains(feeds[l], lane) })
}
