package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

// etaLanes is how the names of the lanes begin in which receipts are issued.
const etaLanes = "eta/"

// lockRestored locks every lane in which receipts are issued where the ledger seems to
// have been restored from a backup; else it notes that the ledger is where it is.
func (h *house) lockRestored(ctx context.Context) error {
	why, err := h.ledger.Restored(ctx)
	if err != nil {
		return err
	}
	if why == "" && h.cfg.ETA != nil && h.cfg.ETA.CompareHeads == eta.CompareStart {
		why = eta.CompareStart
	}
	if why == "" {
		return h.ledger.Vouch(ctx)
	}
	used, err := h.ledger.LanesOf(ctx, etaLanes)
	if err != nil {
		return err
	}
	var lanes, homes []string // nothing is issued where files are only read
	for _, s := range h.tills() {
		lanes, homes = append(lanes, s.PostLane()), append(homes, s.Lane())
	}
	for _, lane := range used {
		if !slices.Contains(homes, lane) {
			lanes = append(lanes, lane)
		}
	}
	return h.ledger.Lock(ctx, lanes, why)
}

// tills are the sinks of the tax authority: one a POS.
func (h *house) tills() []*eta.Sink { return tillsIn(h.doors) }

func tillsIn(all []door) (out []*eta.Sink) {
	for _, d := range all {
		if s, ok := d.sink.(*eta.Sink); ok && !d.off {
			out = append(out, s.Posts()...)
		}
	}
	return out
}

// compareHeads opens the lanes that are locked after a restore, each once the authority
// holds nothing of its POS that the ledger never heard of. A lane of which it does stays
// locked: the error says what to do. Also at the start, where the settings ask for it.
func (h *house) compareHeads(ctx context.Context) error {
	locks, err := h.ledger.Locks(ctx)
	if err != nil || len(locks) == 0 {
		return err
	}
	var failed error
	for _, s := range h.tills() {
		for _, lock := range locks {
			if lock.Lane != s.PostLane() {
				continue
			}
			if err := h.compareHead(ctx, s); err != nil {
				failed = errors.Join(failed, err)
			}
		}
	}
	return failed
}

func (h *house) compareHead(ctx context.Context, s *eta.Sink) error {
	unheard, head, err := h.unheard(ctx, s)
	if err != nil {
		return fmt.Errorf("compare the chain of POS %s: %w", s.Serial(), err)
	}
	if len(unheard) > 0 {
		last := unheard[len(unheard)-1]
		return &pipeline.Trouble{Rule: "eta.behind", With: map[string]string{"serial": s.Serial(), "count": fmt.Sprint(len(unheard)),
			"number": last.Number, "at": h.cfg.minute(last.Issued)}}
	}
	if err := h.ledger.Unlock(ctx, s.PostLane(), "compared with the authority; head "+head); err != nil {
		return err
	}
	if err := h.ledger.Done(ctx, s.PostLane()); err != nil { // it need not wait because it was locked
		return err
	}
	h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventRequest, Note: h.app.say("eta.unlocked", "serial", h.app.upright(s.Serial()), "head", h.app.upright(brief(head)))})
	return nil
}

// unheardOf is how far back it is looked before the newest receipt that the ledger knows:
// the authority takes receipts for a day, and a clock may have been wrong.
const unheardOf = 48 * time.Hour

// unheard are the receipts of a POS that the authority holds and the ledger does not know,
// and the head of its chain.
func (h *house) unheard(ctx context.Context, s *eta.Sink) (out []eta.Held, head string, err error) {
	chain, err := h.ledger.Chain(ctx, s.ChainName())
	if err != nil {
		return nil, "", err
	}
	since := time.Now().AddDate(-1, 0, 0)
	found, _, err := h.ledger.Find(ctx, chain.Head)
	if err != nil {
		return nil, "", err
	}
	for _, e := range found {
		if p, err := eta.ReadPaper(e.Sealed); err == nil && e.Ref == chain.Head {
			since = p.Issued.Add(-unheardOf)
		}
	}
	out, err = s.Unheard(ctx, since, func(uuids []string) (map[string]bool, error) { return h.ledger.Refs(ctx, uuids) })
	return out, chain.Head, err
}

func (a *app) receiptsAdoptCommand() *cobra.Command {
	var asked request
	var head string
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "adopt --by NAME --why TEXT",
		Short: "After a restore: take over what the authority holds and this ledger forgot",
		Long: `adopt is for a state folder that was restored from a backup. Its POS lanes stay locked
until the heads of their chains have been compared with what the tax authority holds;
where it holds receipts that the restored ledger never heard of, adopt reads them back
byte for byte, proves that each uuid is that of its bytes, keeps them as if they had
left from here, and moves the head of the chain on. Orders that were filed then are
not filed again. First make sure with "wasl receipts tieout" that they are this
wasl's own, and not another program's on the same POS. Who asked for it and why is
kept. Where the authority's receipts do not show which one is the last, --head names
its uuid.` + handed,
		Example: "  wasl receipts tieout\n  wasl receipts adopt --by Mona --why \"disk replaced, restored from Tuesday's backup\"",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "adopt.consent"}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error { return a.receiptsAdopt(ctx, h, head, asked) })
		},
	}
	cmd.Flags().StringVar(&asked.by, "by", "", "who asks for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right")
	cmd.Flags().StringVar(&head, "head", "", "uuid of the last receipt of the chain, where it cannot be told")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) receiptsAdopt(ctx context.Context, h *house, head string, asked request) error {
	locks, err := h.ledger.Locks(ctx)
	if err != nil {
		return err
	}
	locked := map[string]bool{}
	for _, l := range locks {
		locked[l.Lane] = true
	}
	errand := a.errand // it is done with the first: what is repeated after a crash finds nothing more to take over
	var failed error   // of one POS; the others go on
	for _, s := range h.tills() {
		if !locked[s.PostLane()] {
			continue
		}
		if err := a.adoptTill(ctx, h, s, head, asked, &errand); err != nil {
			a.fail(err)
			failed = printed{exitCouldNot}
		}
	}
	if len(locks) == 0 && !a.json {
		fmt.Fprintln(a.out, a.say("adopt.none"))
	}
	return failed
}

// adoptTill takes over the receipts of one POS.
func (a *app) adoptTill(ctx context.Context, h *house, s *eta.Sink, head string, asked request, errand *string) error {
	unheard, before, err := h.unheard(ctx, s)
	if err != nil {
		return err
	}
	adoption := ledger.Adoption{Lane: s.PostLane(), Chain: s.ChainName()}
	var flow pipeline.Flow
	for _, f := range h.on() {
		if f.Lane == s.Lane() && strings.HasPrefix(f.Kind.Name, eta.KindPrefix) {
			flow = f
		}
	}
	if flow.Name == "" {
		return &pipeline.Trouble{Rule: "adopt.flow", With: map[string]string{"lane": s.Lane()}}
	}
	var papers []eta.Paper
	var unnamed []string
	for _, held := range unheard {
		doc, paper, named, err := s.Fetch(ctx, held)
		if err != nil {
			return err
		}
		if !named {
			unnamed = append(unnamed, paper.Number)
		}
		doc.Kind = flow.Kind.Name
		if s.PostLane() != flow.Lane {
			doc.Lane = s.PostLane()
		}
		papers, adoption.Docs = append(papers, paper), append(adoption.Docs, doc)
	}
	if adoption.Head, err = a.newHead(papers, head, before); err != nil {
		return err
	}
	if len(adoption.Docs) > 0 {
		if err := h.adopt(ctx, a, flow, adoption, asked, s.Serial(), *errand); err != nil {
			return err
		}
		*errand = ""
	}
	if err := h.compareHead(ctx, s); err != nil {
		return err
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "adopt", "pos": s.Serial(), "receipts": len(adoption.Docs), "head": adoption.Head, "unnamed": unnamed, "by": asked.by, "why": asked.why})
		return nil
	}
	fmt.Fprintln(a.out, a.say("adopt.done", "serial", a.upright(s.Serial()), "count", humanize.Comma(int64(len(adoption.Docs))), "head", a.upright(brief(adoption.Head))))
	if len(unnamed) > 0 {
		fmt.Fprintln(a.out, a.say("adopt.unnamed", "numbers", strings.Join(unnamed, ", ")))
		a.code = exitAside
	}
	return nil
}

// newHead is where the chain ends with what is taken over; before where nothing moves it.
func (a *app) newHead(papers []eta.Paper, named, before string) (string, error) {
	if len(papers) == 0 {
		return before, nil
	}
	issues := 0
	for _, p := range papers {
		if p.Replaces == "" {
			issues++
		}
		if named != "" && strings.EqualFold(p.UUID, named) {
			return p.UUID, nil
		}
	}
	tip := eta.Tip(papers)
	switch {
	case named != "" || issues > 0 && tip == "":
		return "", &pipeline.Trouble{Rule: "adopt.head", With: map[string]string{"head": named, "count": fmt.Sprint(len(papers))}}
	case issues == 0:
		return before, nil
	}
	return tip, nil
}

// adopt stores an adoption under a memo that says who asked for it.
func (h *house) adopt(ctx context.Context, a *app, flow pipeline.Flow, adoption ledger.Adoption, asked request, serial, errand string) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	_ = enc.Encode(map[string]any{"wasl": 1, "why": "adopt", "pos": serial, "by": asked.by, "reason": asked.why, "at": time.Now().UTC()}) // memory
	for _, doc := range adoption.Docs {
		_ = enc.Encode(map[string]any{"key": doc.Key, "uuid": doc.Ref, "state": doc.State, "receipt": string(doc.Sealed)})
	}
	sha, size, err := h.vault.Put(ctx, &text)
	if err != nil {
		return fmt.Errorf("keep what was taken over: %w", err)
	}
	now := time.Now()
	adoption.Flow = flow
	adoption.Memo = pipeline.Arrival{Name: a.say("memo.adopt", "serial", a.upright(serial), "by", asked.by, "why", asked.why), Size: size, SHA256: sha,
		From: "memo:adopt", Arrived: now.UTC(), Day: now.In(h.cfg.zone).Format(time.DateOnly), Claims: []pipeline.Claim{claimOf(flow)}, Request: errand}
	_, err = h.ledger.Adopt(ctx, adoption)
	return err
}
