package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

// reuploads are what can be sent once more, and the kind that each is of.
var reuploads = map[string]string{"stock": "shopify.stock"}

func (a *app) reuploadCommand() *cobra.Command {
	var asked request
	var name string
	var all bool
	var p planning
	cmd := &cobra.Command{
		Use:   "reupload stock --by NAME --why TEXT",
		Short: "Send all balances once more, and prove it by reading them back",
		Long: `reupload takes what the ERP said last of every item, holds it against what the shop
has now, and sends what differs; with --all also what is already so. What goes to
zero leaves last. It is a job like any other: it has a plan, its flow's gate may
hold it, and the day's workbook shows it. At the end the shop is read once more,
and the proof is kept with the job: how many of how many balances are as the ERP
wants them, and the others with both values.` + handed,
		Example: "  wasl reupload stock --by Mona --why \"after the stocktaking\"\n" +
			"  wasl reupload stock --flow erp-stock --all --by Mona --why \"the shop was restored\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			kind, ok := reuploads[args[0]]
			switch {
			case !ok:
				return usage{&pipeline.Trouble{Rule: "reupload.what", With: map[string]string{"given": args[0],
					"known": strings.Join(slices.Sorted(maps.Keys(reuploads)), ", ")}}}
			case !asked.whole():
				return usage{&pipeline.Trouble{Rule: "reupload.consent", With: map[string]string{"what": args[0]}}}
			}
			return a.atHouse(cmd, args, p.patience, func(ctx context.Context, h *house) error {
				p.patience = cmp.Or(max(p.patience, 0), h.cfg.Patience)
				return a.reupload(ctx, h, kind, name, all, asked, p)
			})
		},
	}
	cmd.Flags().StringVar(&name, "flow", "", "which flow's, where several bring balances")
	cmd.Flags().BoolVar(&all, "all", false, "send also what is already so")
	cmd.Flags().StringVar(&asked.by, "by", "", "who asks for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why")
	cmd.Flags().DurationVar(&p.patience, "patience", 0, "how long to wait for another machine, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) reupload(ctx context.Context, h *house, kind, name string, all bool, asked request, p planning) error {
	if job, flow, done, err := a.memoBefore(ctx, h); err != nil {
		return err
	} else if done {
		return a.finish(ctx, h, job, flow, p)
	}
	flow, wishes, err := h.reuploadable(ctx, kind, name)
	if err != nil {
		return a.cannot(err)
	}
	memo := pipeline.Memo{Why: pipeline.MemoReupload, Flow: flow.Name, By: asked.by, Reason: asked.why, All: all}
	for _, w := range wanted(wishes) {
		memo.Docs = append(memo.Docs, pipeline.MemoLine{Key: w.Key, Name: w.Name, Body: w.Body, Print: w.Print, Words: w.Words, From: w.From})
	}
	if len(memo.Docs) == 0 {
		return a.cannot(&pipeline.Trouble{Rule: "reupload.empty", With: map[string]string{"flow": flow.Name}})
	}
	job, err := h.admitMemo(ctx, memo, flow, a.say("memo.reupload", "flow", a.upright(flow.Name), "by", asked.by, "why", asked.why), nil, a.errand)
	if err != nil {
		return err
	}
	return a.finish(ctx, h, job, flow, p)
}

// reuploadable is the flow of a kind that is meant, and what it wants: the one that
// is named, or the only one whose files have ever come.
func (h *house) reuploadable(ctx context.Context, kind, name string) (flow pipeline.Flow, wishes []ledger.Wish, err error) {
	var came, names []string
	found := 0
	for _, f := range h.on() {
		if _, plans := f.Sink.(pipeline.Planner); !plans || f.Kind.Name != kind {
			continue
		}
		names = append(names, f.Name)
		if name != "" && name != f.Name {
			continue
		}
		all, err := h.ledger.Wishes(ctx, f.Name)
		if err != nil {
			return flow, nil, err
		}
		if len(all) > 0 {
			came = append(came, f.Name)
		}
		if found == 0 || len(all) > 0 {
			flow, wishes = f, all
		}
		found++
	}
	switch {
	case len(names) == 0 && h.cfg.Shopify == nil:
		return flow, nil, &pipeline.Trouble{Rule: "backorders.shop"}
	case len(came) > 1:
		names = came
		fallthrough
	case found == 0, found > 1 && len(came) == 0:
		return flow, nil, &pipeline.Trouble{Rule: "reupload.flow", With: map[string]string{"known": strings.Join(names, ", ")}}
	}
	return flow, wishes, nil
}

// wanted are the wishes that the flow does not leave out.
func wanted(wishes []ledger.Wish) []ledger.Wish {
	return slices.DeleteFunc(slices.Clone(wishes), func(w ledger.Wish) bool { return w.State == pipeline.Skipped })
}

// mostDiffers is how many values that are not as wanted a proof keeps one by one.
const mostDiffers = 1000

// proveAll proves what was sent once more and is not proved yet: also where a
// crash came between, or a gate held it until now. What cannot be proved now, the
// shop being away, is tried again with the next run.
func (h *house) proveAll(ctx context.Context) error {
	h.proving.Lock()
	defer h.proving.Unlock()
	jobs, err := h.ledger.Unproved(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if _, ok := h.foreseen(j.Flow); !ok {
			continue
		}
		if err := h.prove(ctx, j); err != nil {
			return err
		}
		if j.Step != pipeline.StepClosed {
			continue
		}
		if _, err := h.steps.Reconcile(ctx, j.Drop.Day); err != nil { // its day was written without the proof
			return err
		}
	}
	return nil
}

// prove reads back what a job sent once more, and keeps what was found with it.
func (h *house) prove(ctx context.Context, j pipeline.Opened) error {
	flow, _ := h.foreseen(j.Flow)
	q := pipeline.Question{Job: j.Job, Kind: flow.Kind.Name, Settings: flow.Settings, Memo: pipeline.MemoReupload}
	for e, err := range h.ledger.EntriesOf(ctx, j.Job) {
		if err != nil {
			return err
		}
		switch e.State {
		case pipeline.Delivered, pipeline.Unchanged, pipeline.Rejected:
			q.Docs = append(q.Docs, e.Document)
		}
	}
	now, err := ask(ctx, h.ledger, flow, q)
	if err != nil {
		return fmt.Errorf("prove %s: %w", j.Job, err)
	}
	lang := h.cfg.Language
	var differs []pipeline.Problem
	for _, p := range now.Docs {
		if p.Same || len(differs) > mostDiffers {
			continue
		}
		differs = append(differs, differing(lang, j.Drop.Name, p)...)
	}
	total := len(q.Docs)
	good := 0
	for _, p := range now.Docs {
		if p.Same {
			good++
		}
	}
	proof := pipeline.Problem{Origin: pipeline.Origin{File: j.Drop.Name}, Rule: "reupload.proof",
		With: map[string]string{"count": fmt.Sprint(good), "total": fmt.Sprint(total)}}
	return h.ledger.Note(ctx, j.Job, append([]pipeline.Problem{proof}, differs...))
}

// differing are the values of a document that the shop does not hold as wanted,
// at the cells that they came from, or else in the job's file.
func differing(lang, file string, p pipeline.Planned) []pipeline.Problem {
	at := pipeline.Origin{File: file}
	if len(p.Doc.From) > 0 {
		at = p.Doc.From[0]
	}
	if len(p.Problems) > 0 {
		return p.Problems[:1]
	}
	if p.Left != "" || len(p.Doc.Changes) == 0 {
		return []pipeline.Problem{{Origin: at, Rule: "reupload.differs", With: map[string]string{"name": p.Doc.Name, "field": "",
			"shop": p.Doc.Old, "erp": p.Left}}}
	}
	var out []pipeline.Problem
	for _, c := range p.Doc.Changes {
		out = append(out, pipeline.Problem{Origin: at, Field: c.Field, Rule: "reupload.differs", With: map[string]string{
			"name": p.Doc.Name, "field": reconcile.FieldName(lang, c.Field), "shop": c.Old, "erp": c.New}})
	}
	return out
}
