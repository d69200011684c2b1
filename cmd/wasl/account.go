package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/stages/inbox"
)

// nightly is what one run did: its jobs, how its lanes ended, its workbooks.
type nightly struct {
	taken     inbox.Taken
	away      bool // the inbox could not be looked into
	jobs      []pipeline.Opened
	problems  []pipeline.Problem                  // what is put aside, and why
	gates     map[pipeline.Job][]pipeline.Problem // why a gate holds a job
	shown     bool                                // the plans of jobs that a gate holds were printed
	notes     []pipeline.Problem                  // what is only worth knowing, of files that are used
	lanes     map[string]error
	reports   []pipeline.Report
	lapses    []pipeline.Lapse // what has not come as expected
	fresh     []pipeline.Lapse // of those, the ones that were not told before
	unwritten error            // a workbook that could not be; the run is accounted for all the same
}

// open are the jobs of some days that are not closed yet: those that this run
// worked on.
func (h *house) open(ctx context.Context, days []string) (nightly, error) {
	var n nightly
	n.gates = map[pipeline.Job][]pipeline.Problem{}
	mine, used := map[pipeline.Job]bool{}, map[pipeline.Job]bool{}
	for _, day := range days {
		jobs, err := h.ledger.Jobs(ctx, day, day)
		if err != nil {
			return n, err
		}
		for _, job := range jobs {
			if job.Step != pipeline.StepClosed {
				n.jobs = append(n.jobs, job)
				mine[job.Job], used[job.Job] = true, job.Verdict == ""
				if isHeld(job) {
					n.gates[job.Job] = nil
				}
			}
		}
		for noted, err := range h.ledger.Problems(ctx, day, day) {
			if err != nil {
				return n, err
			}
			why, held := n.gates[noted.Job]
			switch {
			case held && noted.Rule.Gate():
				n.gates[noted.Job] = append(why, noted.Problem)
			case noted.Rule.Gate(): // it is decided
			case used[noted.Job] && noted.Rule.Note():
				n.notes = append(n.notes, noted.Problem)
			case mine[noted.Job]:
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
	aside, waiting, unread := 0, 0, 0
	for _, job := range n.jobs {
		if job.Step == pipeline.StepPrepare {
			unread++
		}
		for state, count := range job.States {
			total[state] += count
		}
		if job.Verdict != "" {
			aside++
		}
	}
	for _, p := range n.problems {
		if p.Rule.Attend() {
			aside++
		}
	}
	aside += total[pipeline.Held] + total[pipeline.Rejected] + total[pipeline.Parked] - dropped(n.jobs)
	waiting += total[pipeline.Ready] - gated(n.jobs) + total[pipeline.Sending] + total[pipeline.Accepted]
	asked, late, err := h.unconfirmed(ctx, n.jobs)
	if err != nil {
		return err
	}
	waiting -= asked // the ERP answers in its own time: a complaint only where that is over
	failed := a.laneErrors(n.lanes)
	failed = a.goneLanes(n.jobs, h.lanes()) || failed
	if err := a.accountPoints(ctx, h); err != nil {
		return err
	}
	switch {
	case failed || n.unwritten != nil:
		a.code = exitCouldNot
	case aside > 0 || len(n.gates) > 0 || waiting > 0 || late > 0 || unread > 0 || len(n.taken.Left) > 0 || n.lapsed() > 0:
		a.code = exitAside
	}
	if a.json {
		a.accountJSON(n, total, h.quarantines(n.jobs), asked, late)
		return nil
	}
	switch {
	case len(n.jobs) == 0 && (n.away || len(n.taken.Left) > 0): // said below, or as an error
	case len(n.jobs) == 0:
		fmt.Fprintln(a.out, a.say("nothing", "inbox", h.cfg.path(h.cfg.Inbox.Path)))
	default:
		a.jobTable(n.jobs)
	}
	a.leftInInbox(n.taken)
	a.accountGates(h.cfg, n)
	a.accountProblems("aside", n.problems)
	a.accountProblems("noted", n.notes)
	a.accountLapses(h.cfg, n)
	if waiting > 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("waits", "count", humanize.Comma(int64(waiting))))
	}
	a.accountUnconfirmed(h.cfg, asked, late)
	if unread > 0 {
		words := a.say("unread", "count", humanize.Comma(int64(unread)))
		if n.shown {
			words = a.say("unplanned", "count", humanize.Comma(int64(unread)))
		}
		fmt.Fprintf(a.out, "\n%s\n", words)
	}
	if len(n.jobs) > 0 && total[pipeline.Delivered] == 0 && aside == 0 && len(n.gates) == 0 && waiting+asked == 0 && unread == 0 && !failed {
		why := a.say("same")
		if total[pipeline.Skipped]+total[pipeline.Superseded] > 0 {
			why = a.say("leftOut")
		}
		fmt.Fprintf(a.out, "\n%s\n", why)
	}
	for _, r := range n.reports {
		if r.Path != "" {
			fmt.Fprintf(a.out, "\n%s %s\n", a.say("workbook"), r.Path)
		}
	}
	for _, path := range h.quarantines(n.jobs) {
		fmt.Fprintf(a.out, "%s %s\n", a.say("toCorrect"), path)
	}
	return ctx.Err()
}

// gated are the documents that gates hold.
func gated(jobs []pipeline.Opened) (n int) {
	for _, j := range jobs {
		if j.Gate == pipeline.GateHeld {
			n += j.States[pipeline.Ready]
		}
	}
	return n
}

// dropped are the documents that somebody dropped at a gate: that is no news.
func dropped(jobs []pipeline.Opened) (n int) {
	for _, j := range jobs {
		if j.Gate == pipeline.GateDropped {
			n += j.States[pipeline.Parked]
		}
	}
	return n
}

// accountGates says which jobs wait for somebody to release them, and why.
func (a *app) accountGates(c *Config, n nightly) {
	if len(n.gates) == 0 || n.shown {
		return
	}
	fmt.Fprintf(a.out, "\n%s\n", a.say("gates", "count", strconv.Itoa(len(n.gates))))
	for _, j := range n.jobs {
		if why, held := n.gates[j.Job]; held {
			fmt.Fprintln(a.out, a.heldLine(c, j))
			a.reasons(j.Job, why)
		}
	}
}

// accountProblems says how many problems of a sort there are, and which.
func (a *app) accountProblems(sort string, problems []pipeline.Problem) {
	if len(problems) > 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say(sort, "count", humanize.Comma(int64(len(distinct(problems))))))
		a.problems(problems, 20)
	}
}

// jobTable shows rows by what became of them, a job a line. States that no row
// is in take no column, so that the table fits a terminal.
func (a *app) jobTable(jobs []pipeline.Opened) {
	header := []any{a.say("file"), a.say("flow"), a.say("rows")}
	columns := rowColumns(jobs)
	for _, c := range columns {
		switch {
		case c.gated:
			header = append(header, a.say("gate.held"))
			continue
		case len(c.states) > 1:
			header = append(header, a.say("open"))
			continue
		}
		header = append(header, a.state(c.states[0]))
	}
	fmt.Fprintln(a.out)
	t := a.table(header...)
	for _, j := range jobs {
		flow := j.Flow
		if j.Verdict != "" {
			flow = a.say("verdict."+j.Verdict, "flow", j.Flow)
		}
		row := []any{j.Drop.Name, flow, j.Rows}
		for _, c := range columns {
			row = append(row, c.of(j))
		}
		t.AppendRow(row)
	}
	t.Render()
}

// A rowColumn counts the rows of a job whose documents are in some states; of
// several, they wait.
type rowColumn struct {
	states []pipeline.State
	always bool // also where it is 0 in every line
	gated  bool // those that are ready, in jobs that a gate holds; else those apart
}

func (c rowColumn) of(j pipeline.Opened) (n int) {
	for _, state := range c.states {
		if held := state == pipeline.Ready && j.Gate == pipeline.GateHeld; held == c.gated {
			n += j.RowsBy[state]
		}
	}
	return n
}

// rowColumns are the columns that jobs need. Together they hold every state.
func rowColumns(jobs []pipeline.Opened) []rowColumn {
	all := []rowColumn{
		{states: []pipeline.State{pipeline.Delivered}, always: true},
		{states: []pipeline.State{pipeline.Unchanged}, always: true},
		{states: []pipeline.State{pipeline.Held}},
		{states: []pipeline.State{pipeline.Rejected}},
		{states: []pipeline.State{pipeline.Parked}},
		{states: []pipeline.State{pipeline.Skipped}},
		{states: []pipeline.State{pipeline.Superseded}},
		{states: []pipeline.State{pipeline.Ready}, gated: true},
		{states: []pipeline.State{pipeline.Ready, pipeline.Sending, pipeline.Accepted}},
	}
	return slices.DeleteFunc(all, func(c rowColumn) bool {
		return !c.always && !slices.ContainsFunc(jobs, func(j pipeline.Opened) bool { return c.of(j) > 0 })
	})
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

// goneLanes tells of jobs in lanes that the settings lead to no more: nobody
// will ever work there.
func (a *app) goneLanes(jobs []pipeline.Opened, lanes []string) (gone bool) {
	waits := map[string][]pipeline.Opened{}
	for _, j := range jobs {
		if (j.Step == pipeline.StepPrepare || j.Step == pipeline.StepDeliver) && !slices.Contains(lanes, j.Lane) {
			waits[j.Lane] = append(waits[j.Lane], j)
		}
	}
	for _, lane := range slices.Sorted(maps.Keys(waits)) {
		a.fail(&pipeline.Trouble{Rule: "lane.gone", With: map[string]string{"lane": lane,
			"count": strconv.Itoa(len(waits[lane])), "drop": waits[lane][0].Job.Drop}})
	}
	return len(waits) > 0
}

func (a *app) leftInInbox(taken inbox.Taken) {
	for _, left := range taken.Left {
		fmt.Fprintf(a.out, "%s\n    %s: %s\n", a.say("left", "file", left.Name, "why", left.Why.Says(a.language())), a.say("fix"), left.Why.Fix(a.language()))
	}
}

func (a *app) accountJSON(n nightly, total map[pipeline.State]int, toCorrect []string, asked, late int) {
	for _, p := range slices.Concat(n.problems, n.notes) {
		line := a.problemJSON(p)
		line["what"] = "problem"
		a.jsonLine(a.out, line)
	}
	for _, l := range n.lapses {
		a.jsonLine(a.out, map[string]any{"what": "lapse", "lapse": l})
	}
	for _, j := range n.jobs {
		for _, p := range n.gates[j.Job] {
			a.jsonLine(a.out, a.gateJSON(j.Job, p))
		}
	}
	jobs := make([]map[string]any, 0, len(n.jobs))
	for _, j := range n.jobs {
		jobs = append(jobs, jobJSON(j))
	}
	a.jsonLine(a.out, map[string]any{"what": "account", "jobs": jobs, "documents": total, "gated": len(n.gates), "problems": len(n.problems), "notes": len(n.notes),
		"reports": n.reports, "toCorrect": toCorrect, "left": n.taken.Left, "unconfirmed": asked, "unconfirmedLate": late, "exit": a.code})
}

// jobJSON is a job for machines.
func jobJSON(j pipeline.Opened) map[string]any {
	return map[string]any{"drop": j.Drop.ID, "file": j.Drop.Name, "flow": j.Flow, "lane": j.Lane, "step": j.Step,
		"verdict": j.Verdict, "rows": j.Rows, "documents": j.States, "rowsBy": j.RowsBy, "problems": j.Problems,
		"error": j.Error, "report": j.Report, "gate": j.Gate, "release": releaseJSON(j.Release)}
}

// releaseJSON is who let a job go, or dropped it; nil where nobody did.
func releaseJSON(r pipeline.Release) any {
	if r.By == "" {
		return nil
	}
	return r
}

// gateJSON is a reason of a gate for machines.
func (a *app) gateJSON(job pipeline.Job, p pipeline.Problem) map[string]any {
	line := a.problemJSON(p)
	line["what"], line["job"] = "gate", job.String()
	return line
}
