package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta"
)

// packs are the documents of the submissions that a run would make: of one POS each, within the limits.
func (r *rehearsal) packs(limits func() (int, int)) [][]int {
	most, room := limits()
	var packs [][]int
	open, size := map[string]int{}, map[string]int{}
	for i, doc := range r.docs {
		pos := r.report.Receipts[r.of[i]].POS
		at, ok := open[pos]
		if !ok || len(packs[at]) >= most || size[pos]+len(doc.Sealed) > room {
			at = len(packs)
			packs = append(packs, nil)
			open[pos], size[pos] = at, 0
		}
		packs[at] = append(packs[at], i)
		size[pos] += len(doc.Sealed) + 1
	}
	return packs
}

// meet signs every POS in before anything is issued, as a run does: the receipts are issued by the authority's clock.
func (r *rehearsal) meet(ctx context.Context, keys secrets) error {
	c := r.run.cfg
	sink, err := eta.New(*c.ETA, eta.Deps{Secret: keys.find, Now: time.Now, Version: version(), Zone: c.zone})
	if err != nil {
		return err
	}
	r.run.sink = sink
	for _, lane := range sink.Lanes() {
		if slices.Contains(sink.Closed(), lane) {
			continue
		}
		err := sink.Ready(ctx, lane)
		if _, passes := errors.AsType[*pipeline.Later](err); err != nil && !passes { // what passes is waited for when they are sent
			return fmt.Errorf("rehearse with the authority: %w", err)
		}
	}
	return nil
}

// submit sends the receipts to preproduction, pack by pack, and asks until all of it is known or the patience is over.
func (r *rehearsal) submit(ctx context.Context) error {
	sink, deadline := r.run.sink, time.Now().Add(r.run.cfg.Patience)
	for n, pack := range r.packs(sink.Limits) {
		if err := r.submitPack(ctx, sink, fmt.Sprintf("rehearsal-%d", n+1), pack, deadline); err != nil {
			return fmt.Errorf("rehearse with the authority: %w", err)
		}
	}
	return nil
}

func (r *rehearsal) submitPack(ctx context.Context, sink *eta.Sink, id string, pack []int, deadline time.Time) error {
	b := pipeline.Batch{ID: id, Lane: sink.Lane(), Taken: r.at}
	for _, i := range pack {
		doc := r.docs[i]
		doc.State = pipeline.Sending
		b.Docs = append(b.Docs, doc)
	}
	answer, err := sink.Send(ctx, b)
	for {
		r.settle(&b, pack, answer)
		later, waits := errors.AsType[*pipeline.Later](err)
		if err != nil && !waits {
			return err
		}
		wait := answer.Again
		if waits {
			wait = cmp.Or(later.After, time.Second)
		}
		if known(b) || time.Now().Add(wait).After(deadline) {
			r.unheard(b, pack)
			return nil
		}
		timer := time.NewTimer(max(wait, 10*time.Millisecond))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
		if waits && slices.ContainsFunc(b.Docs, func(d pipeline.Document) bool { return d.State == pipeline.Ready }) { // not taken yet
			answer, err = sink.Send(ctx, b)
		} else {
			answer, err = sink.Ask(ctx, b)
		}
		b.Asked++
	}
}

// settle writes down what the authority said.
func (r *rehearsal) settle(b *pipeline.Batch, pack []int, answer pipeline.Answer) {
	for _, o := range answer.Outcomes {
		for k := range b.Docs {
			if b.Docs[k].Key != o.Key {
				continue
			}
			b.Docs[k].State = o.State
			b.Docs[k].Ticket = cmp.Or(o.Ticket, b.Docs[k].Ticket)
			line := &r.report.Receipts[r.of[pack[k]]]
			switch o.State {
			case pipeline.Delivered:
				line.State = "valid"
			case pipeline.Accepted:
				line.State = "checking"
			case pipeline.Rejected:
				line.State, line.Why = "rejected", o.Why
				if len(o.Why) > 0 && o.Why[0].Rule == "eta.invalid" {
					line.State = "invalid"
				}
			}
		}
	}
}

// unheard marks the receipts of which it is not known whether the authority took them.
func (r *rehearsal) unheard(b pipeline.Batch, pack []int) {
	for k, doc := range b.Docs {
		if doc.State == pipeline.Sending || doc.State == pipeline.Ready {
			r.report.Receipts[r.of[pack[k]]].State = "unheard"
		}
	}
}

// known tells whether the answer to all of a batch is there.
func known(b pipeline.Batch) bool {
	return !slices.ContainsFunc(b.Docs, func(d pipeline.Document) bool { return !d.State.Final() })
}
