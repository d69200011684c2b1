package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/eta"
)

func (a *app) receiptsDecideCommand() *cobra.Command {
	var asked request
	var again, refused bool
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "decide UUID|NUMBER|ORDER --again|--refused --by NAME --why TEXT",
		Short: "Decide about a receipt whose answer was lost and that the authority does not show",
		Long: `decide is for a receipt that was sent again and again, whose answer was lost each time,
and that the tax authority does not show when it is asked. It keeps back what comes
after it in the chain of its POS, and after two hours a person has to look for it in
the portal. --again sends it once more, with the same bytes. --refused counts it as
refused: what comes after it goes on, and it is corrected like any refused receipt
(wasl receipts fix, wasl receipts reissue). The authority is asked once more before
that; what it holds is never given up. Who decided and why is kept.` + handed,
		Example: "  wasl receipts decide '#1042-5501' --refused --by Mona --why \"not in the portal; the authority's server fails on it\"",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() || again == refused {
				return usage{&pipeline.Trouble{Rule: "decide.consent", With: map[string]string{"word": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error {
				return a.receiptDecide(ctx, h, args[0], refused, asked)
			})
		},
	}
	cmd.Flags().BoolVar(&again, "again", false, "send it once more, with the same bytes")
	cmd.Flags().BoolVar(&refused, "refused", false, "count it as refused, so that what comes after it goes on")
	cmd.Flags().StringVar(&asked.by, "by", "", "who decides")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) receiptDecide(ctx context.Context, h *house, word string, refused bool, asked request) error {
	found, err := receiptsNamed(ctx, h.ledger, word)
	if err != nil {
		return a.cannot(err)
	}
	r := found[len(found)-1]
	if i := slices.IndexFunc(found, func(r receipt) bool { return r.State == pipeline.Sending }); i >= 0 {
		r = found[i]
	}
	done := a.errand != "" && (r.givenUp() || r.State == pipeline.Ready && len(r.Sealed) > 0) // by this errand, before a crash
	if !done {
		if r.State != pipeline.Sending {
			return a.cannot(&pipeline.Trouble{Rule: "decide.nothing", With: map[string]string{"word": word}})
		}
		if err := h.decide(ctx, r, refused, asked); err != nil {
			return a.cannot(err)
		}
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "decide", "key": r.Key, "uuid": r.Paper.UUID, "refused": refused, "by": asked.by, "why": asked.why})
		return nil
	}
	facts := []string{"number", a.upright(cmp.Or(r.Number, r.Paper.Order)), "by", asked.by}
	said := a.say("decide.again", facts...)
	if refused {
		said = a.say("decide.refused", facts...)
	}
	fmt.Fprintln(a.out, said)
	return nil
}

// givenUp tells whether somebody decided that a receipt was not taken.
func (r receipt) givenUp() bool {
	return r.State == pipeline.Rejected && slices.ContainsFunc(r.Why, func(p pipeline.Problem) bool { return p.Rule == "eta.given_up" })
}

// decide stores what somebody decided about a receipt whose answer is lost, while nobody
// else works in the lane of its POS.
func (h *house) decide(ctx context.Context, r receipt, refused bool, asked request) error {
	tills := h.tills()
	i := slices.IndexFunc(tills, func(s *eta.Sink) bool { return s.Serial() == r.POS })
	if i < 0 {
		return &pipeline.Trouble{Rule: "eta.pos.gone", With: map[string]string{"serial": r.POS, "name": r.Paper.Order}}
	}
	lane := tills[i].PostLane()
	release, err := h.turns.take(ctx, lane)
	if err != nil {
		return err
	}
	defer release()
	b, err := h.ledger.Open(ctx, lane)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == r.Key && d.Ref == r.Ref && d.State == pipeline.Sending })
	if at < 0 {
		return &pipeline.Trouble{Rule: "decide.nothing", With: map[string]string{"word": r.Paper.UUID}}
	}
	shown, said, err := tills[i].Shows(ctx, r.Paper.UUID)
	if err != nil {
		return fmt.Errorf("ask once more for receipt %s: %w", r.Number, err)
	}
	if shown {
		return &pipeline.Trouble{Rule: "decide.found", With: map[string]string{"number": cmp.Or(r.Number, r.Paper.Order)}}
	}
	outcome := pipeline.Outcome{Key: r.Key, State: pipeline.Ready}
	if refused {
		p := pipeline.Problem{Rule: "eta.given_up", With: map[string]string{"by": asked.by, "why": asked.why, "count": fmt.Sprint(b.Lost)}}
		if len(r.From) > 0 {
			p.Origin = r.From[0]
		}
		outcome.State, outcome.Why = pipeline.Rejected, []pipeline.Problem{p}
	}
	b.Asked++
	if _, err := h.ledger.Settle(ctx, b, pipeline.Answer{Outcomes: []pipeline.Outcome{outcome}, Said: said}, time.Now()); err != nil {
		return err
	}
	return h.ledger.Done(ctx, lane) // it need not wait any longer
}
