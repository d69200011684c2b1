package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// A request is who asks for something that changes what others see, and why.
// Both are kept for ever.
type request struct{ by, why string }

func (r request) whole() bool { return r.by != "" && r.why != "" }

// admitMemo puts a memo into the vault and admits it as a job of its flow, under
// a name that says what it is; bookings are what it does, and errand is the request
// that asks for it, "" where none does.
func (h *house) admitMemo(ctx context.Context, m pipeline.Memo, flow pipeline.Flow, name string, bookings []int64, errand string) (pipeline.Job, error) {
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		return pipeline.Job{}, err
	}
	sha, size, err := h.vault.Put(ctx, &text)
	if err != nil {
		return pipeline.Job{}, fmt.Errorf("keep the memo: %w", err)
	}
	now := time.Now()
	drop, err := h.ledger.AdmitMemo(ctx, pipeline.Arrival{Name: name, Size: size, SHA256: sha, From: m.From(), Arrived: now.UTC(),
		Day: now.In(h.cfg.zone).Format(time.DateOnly), Claims: []pipeline.Claim{claimOf(flow)}, Request: errand}, bookings)
	if err != nil {
		return pipeline.Job{}, err
	}
	h.steps.Tell(pipeline.Event{Time: now, What: pipeline.EventAdmitted, Note: drop.Name})
	return pipeline.Job{Drop: drop.ID, Flow: flow.Name}, nil
}

// memoBefore is the job that this request made before a crash, where it did.
func (a *app) memoBefore(ctx context.Context, h *house) (job pipeline.Job, flow pipeline.Flow, done bool, err error) {
	if job, done, err = h.ledger.Requested(ctx, a.errand); err != nil || !done {
		return job, flow, false, err
	}
	flow, ok := h.foreseen(job.Flow)
	if !ok {
		return job, flow, false, a.cannot(&pipeline.Trouble{Rule: "plan.blind", With: map[string]string{"job": job.String(), "drop": job.Drop}})
	}
	return job, flow, true, nil
}

// readMemo reads the memo that a drop is.
func readMemo(ctx context.Context, v *vault.Folder, drop pipeline.Drop) (m pipeline.Memo, err error) {
	file, err := v.Open(ctx, drop.SHA256)
	if err != nil {
		return m, fmt.Errorf("open %s in the vault: %w", drop.Name, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return pipeline.ReadMemo(io.NewSectionReader(file, 0, file.Size()))
}

// keepBookings turns the bookings whose time has come into memos, one for each
// flow, and admits them: from then on they are jobs like any other. Of several of
// one key only the last counts, for the earlier ones were over before anybody
// looked. Whoever was off when they fell due does them now. A flow that is gone
// or off keeps its bookings, and is told of in the error.
func (h *house) keepBookings(ctx context.Context) error {
	due, err := h.ledger.Due(ctx, time.Now())
	if err != nil {
		return err
	}
	var failed error
	for len(due) > 0 {
		n := slices.IndexFunc(due, func(b pipeline.Booking) bool { return b.Flow != due[0].Flow })
		if n < 0 {
			n = len(due)
		}
		failed = errors.Join(failed, h.keepOf(ctx, due[:n]))
		due = due[n:]
	}
	return failed
}

// keepOf admits the due bookings of one flow as a memo.
func (h *house) keepOf(ctx context.Context, due []pipeline.Booking) error {
	flow, ok := h.foreseen(due[0].Flow)
	if !ok {
		return &pipeline.Trouble{Rule: "booking.homeless", With: map[string]string{"flow": due[0].Flow, "count": fmt.Sprint(len(due))}}
	}
	m := pipeline.Memo{Why: pipeline.MemoBooking, Flow: flow.Name}
	var ids []int64
	at := map[string]int{}
	for _, b := range due {
		ids = append(ids, b.ID)
		line := pipeline.MemoLine{Key: b.Doc.Key, Name: b.Doc.Name, Body: b.Doc.Body, Print: b.Doc.Print, Words: b.Doc.Words}
		if i, twice := at[b.Doc.Key]; twice {
			m.Docs[i] = line
			continue
		}
		at[b.Doc.Key] = len(m.Docs)
		m.Docs = append(m.Docs, line)
	}
	name := h.app.say("memo.booking", "count", fmt.Sprint(len(m.Docs)), "flow", h.app.upright(flow.Name), "at", h.app.upright(h.cfg.minute(due[0].At)))
	_, err := h.admitMemo(ctx, m, flow, name, ids, "")
	return err
}

// foreseen finds a flow that is on and whose changes can be told before they leave.
func (h *house) foreseen(name string) (pipeline.Flow, bool) {
	for _, f := range h.on() {
		if _, plans := f.Sink.(pipeline.Planner); plans && f.Name == name {
			return f, true
		}
	}
	return pipeline.Flow{}, false
}
