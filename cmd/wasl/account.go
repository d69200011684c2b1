package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/stages/inbox"
)

// nightly is what one run did: its jobs, how its lanes ended, its workbooks.
type nightly struct {
	taken    inbox.Taken
	jobs     []pipeline.Opened
	problems []pipeline.Problem
	lanes    map[string]error
	reports  []pipeline.Report
}

// open are the jobs of some days that are not closed yet: those that this run
// worked on.
func (h *house) open(ctx context.Context, days []string) (nightly, error) {
	var n nightly
	mine := map[pipeline.Job]bool{}
	for _, day := range days {
		jobs, err := h.ledger.Jobs(ctx, day, day)
		if err != nil {
			return n, err
		}
		for _, job := range jobs {
			if job.Step != pipeline.StepClosed {
				n.jobs = append(n.jobs, job)
				mine[job.Job] = true
			}
		}
		for noted, err := range h.ledger.Problems(ctx, day, day) {
			if err != nil {
				return n, err
			}
			if mine[noted.Job] {
				n.problems = append(n.problems, noted.Problem)
			}
		}
	}
	return n, nil
}

// account says what went where, what was put aside and why, and how the run
// ended.
func (a *app) account(ctx context.Context, h *house, n nightly) error {
	total := map[pipeline.State]int{}
	aside, waiting := 0, 0
	for _, job := range n.jobs {
		for state, count := range job.States {
			total[state] += count
		}
		if job.Verdict != "" {
			aside++
		}
	}
	aside += total[pipeline.Held] + total[pipeline.Rejected] + total[pipeline.Parked]
	waiting += total[pipeline.Ready] + total[pipeline.Sending] + total[pipeline.Accepted]
	failed := a.laneErrors(n.lanes)
	switch {
	case failed:
		a.code = exitCouldNot
	case aside > 0 || waiting > 0 || len(n.taken.Left) > 0:
		a.code = exitAside
	}
	if a.json {
		a.accountJSON(n, total)
		return nil
	}
	if len(n.jobs) == 0 {
		fmt.Fprintln(a.out, a.say("nothing", "inbox", h.cfg.path(h.cfg.Inbox.Path)))
	} else {
		a.jobTable(n.jobs)
	}
	a.leftInInbox(n.taken)
	if len(n.problems) > 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("aside", "count", humanize.Comma(int64(len(n.problems)))))
		a.problems(n.problems, 20)
	}
	if waiting > 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("waits", "count", humanize.Comma(int64(waiting))))
	}
	if len(n.jobs) > 0 && total[pipeline.Delivered] == 0 && aside == 0 && waiting == 0 && !failed {
		fmt.Fprintf(a.out, "\n%s\n", a.say("same"))
	}
	for _, r := range n.reports {
		if r.Path != "" {
			fmt.Fprintf(a.out, "\n%s %s\n", a.say("workbook"), r.Path)
		}
	}
	return ctx.Err()
}

// jobTable shows rows by what became of them, a job a line.
func (a *app) jobTable(jobs []pipeline.Opened) {
	fmt.Fprintln(a.out)
	t := a.table(a.say("file"), a.say("flow"), a.say("rows"), a.state(pipeline.Delivered), a.state(pipeline.Unchanged),
		a.state(pipeline.Held), a.state(pipeline.Rejected), a.state(pipeline.Skipped), a.say("open"))
	for _, j := range jobs {
		by := j.RowsBy
		rest := by[pipeline.Superseded] + by[pipeline.Parked]
		open := by[pipeline.Ready] + by[pipeline.Sending] + by[pipeline.Accepted]
		flow := j.Flow
		if j.Verdict != "" {
			flow = a.say("verdict."+j.Verdict, "flow", j.Flow)
		}
		t.AppendRow([]any{j.Drop.Name, flow, j.Rows, by[pipeline.Delivered], by[pipeline.Unchanged], by[pipeline.Held],
			by[pipeline.Rejected], by[pipeline.Skipped] + rest, open})
	}
	t.Render()
}

// laneErrors tells of lanes that ended with work left to do, and whether one of
// them could not do it.
func (a *app) laneErrors(lanes map[string]error) (failed bool) {
	for _, lane := range slices.Sorted(maps.Keys(lanes)) {
		err := lanes[lane]
		if waiting, ok := errors.AsType[*pipeline.Waiting](err); ok && waiting.Cause == "" {
			continue // only an answer is missing; the table says how many wait
		}
		failed = true
		a.fail(err)
	}
	return failed
}

func (a *app) leftInInbox(taken inbox.Taken) {
	for _, left := range taken.Left {
		fmt.Fprintf(a.out, "%s\n    %s: %s\n", a.say("left", "file", left.Name, "why", left.Why.Says(a.language())), a.say("fix"), left.Why.Fix(a.language()))
	}
}

func (a *app) accountJSON(n nightly, total map[pipeline.State]int) {
	for _, p := range n.problems {
		line := a.problemJSON(p)
		line["what"] = "problem"
		a.jsonLine(a.out, line)
	}
	jobs := make([]map[string]any, 0, len(n.jobs))
	for _, j := range n.jobs {
		jobs = append(jobs, jobJSON(j))
	}
	a.jsonLine(a.out, map[string]any{"what": "account", "jobs": jobs, "documents": total, "problems": len(n.problems),
		"reports": n.reports, "left": n.taken.Left, "exit": a.code})
}

// jobJSON is a job for machines.
func jobJSON(j pipeline.Opened) map[string]any {
	return map[string]any{"drop": j.Drop.ID, "file": j.Drop.Name, "flow": j.Flow, "lane": j.Lane, "step": j.Step,
		"verdict": j.Verdict, "rows": j.Rows, "documents": j.States, "rowsBy": j.RowsBy, "problems": j.Problems,
		"error": j.Error, "report": j.Report}
}
