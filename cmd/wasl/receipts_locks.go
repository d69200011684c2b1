package main

import (
	"context"
	"errors"
	"fmt"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// readLocks are the lanes that are locked after a restore; none where no file was ever
// taken.
func (a *app) readLocks(ctx context.Context, c *Config) ([]ledger.Lock, error) {
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Shut() }() // it was only read
	return l.Locks(ctx)
}

func (a *app) locksText(c *Config, locks []ledger.Lock) {
	for _, l := range locks {
		fmt.Fprintln(a.out, a.say("status.locked", "lane", a.upright(l.Lane), "since", a.upright(c.minute(l.Since)), "why", a.say("locked."+l.Why)))
	}
}

func (a *app) locksJSON(locks []ledger.Lock) {
	for _, l := range locks {
		a.jsonLine(a.out, map[string]any{"what": "locked", "lane": l.Lane, "since": l.Since, "why": l.Why})
	}
}
