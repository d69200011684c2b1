package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

// mostLines is how many values of a job are printed where not all are asked for.
const mostLines = 50

// showPlans prints plans and writes their workbooks: each its own, or all of them
// into the one that was asked for.
func (a *app) showPlans(ctx context.Context, c *Config, plans []reconcile.Plan, p planning) error {
	for _, plan := range plans {
		if a.json {
			a.planJSON(plan)
		} else {
			a.planText(c, plan, p.all)
		}
	}
	groups := [][]reconcile.Plan{plans}
	if p.workbook == "" {
		groups = slices.Collect(slices.Chunk(plans, 1))
	}
	opt := c.bookOptions(c.Language)
	for _, group := range groups {
		if len(group) == 0 {
			continue
		}
		path := planPath(c, group[0].Job.Job, p.workbook)
		if err := reconcile.WritePlans(ctx, path, group, opt); err != nil {
			return err
		}
		a.wrote("plan", path)
	}
	return nil
}

// wrote says where a workbook is.
func (a *app) wrote(of, path string) {
	if a.json {
		a.jsonLine(a.out, map[string]string{"what": "workbook", "of": of, "path": path})
		return
	}
	fmt.Fprintf(a.out, "%s %s\n", a.say("workbook."+of), path)
}

// planText prints a plan: how many documents do what, what the gate says, and
// value by value what would change.
func (a *app) planText(c *Config, plan reconcile.Plan, all bool) {
	j := plan.Job
	fmt.Fprintf(a.out, "\n%s  %s\n", j.Job, j.Drop.Name)
	fmt.Fprintf(a.out, "  %s\n", a.planCounts(j))
	if j.Gate != pipeline.GateOpen {
		fmt.Fprintf(a.out, "  %s\n", a.gateText(c, j))
		for _, p := range plan.Gate {
			fmt.Fprintf(a.out, "    %s\n", p.Says(a.language()))
		}
	}
	if isHeld(j) {
		fmt.Fprintf(a.out, "      %s: %s\n", a.say("fix"), a.say("gate.todo", "job", j.Job.String()))
		fmt.Fprintf(a.out, "      %s\n", a.say("gate.drop"))
	}
	moved := 0
	for _, line := range plan.Lines {
		if line.Moved {
			moved++
		}
	}
	if moved > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.moved", "count", humanize.Comma(int64(moved))))
	}
	a.planTable(plan.Lines, moved > 0, all)
}

// planCounts counts documents by what the plan makes of them.
func (a *app) planCounts(j pipeline.Opened) string {
	count := byName(j.States)
	if n := j.States[pipeline.Ready]; n > 0 {
		delete(count, string(pipeline.Ready))
		rest := a.countLine(count)
		would := a.say("plan.would", "count", humanize.Comma(int64(n)))
		if rest == "0" {
			return would
		}
		return would + a.say("comma") + rest
	}
	return a.countLine(count)
}

// planTable prints the values that would be replaced, or were.
func (a *app) planTable(lines []reconcile.Line, moved, all bool) {
	if len(lines) == 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.none"))
		return
	}
	header := []any{"  " + a.say("plan.item"), a.say("field"), a.say("plan.old"), a.say("plan.new"), a.say("plan.why")}
	if moved {
		header = append(header, a.say("plan.live"))
	}
	t := a.table(header...)
	for i, line := range lines {
		if i == mostLines && !all {
			break
		}
		why := line.Why
		if line.Move != "" {
			why = line.Move + "% " + why
		}
		switch line.State {
		case pipeline.Held, pipeline.Skipped, pipeline.Rejected, pipeline.Superseded, pipeline.Parked: // it does not leave
			why = strings.TrimSuffix(a.state(line.State)+": "+why, ": ")
		}
		row := []any{"  " + line.Name, reconcile.FieldName(a.language(), line.Field), line.Old, line.New, why}
		if moved {
			row = append(row, a.liveText(line))
		}
		t.AppendRow(row)
	}
	t.Render()
	if n := len(lines) - mostLines; n > 0 && !all {
		fmt.Fprintf(a.out, "  %s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
}

// liveText is what the shop holds by now, where that is not what the plan saw.
func (a *app) liveText(line reconcile.Line) string {
	switch {
	case !line.Moved:
		return ""
	case line.Live == "":
		return "-"
	}
	return line.Live
}

// planJSON prints a plan for machines: the job, why its gate holds it, and a line
// for each value.
func (a *app) planJSON(plan reconcile.Plan) {
	line := jobJSON(plan.Job)
	line["what"], line["job"] = "plan", plan.Job.Job.String()
	a.jsonLine(a.out, line)
	for _, p := range plan.Gate {
		a.jsonLine(a.out, a.gateJSON(plan.Job.Job, p))
	}
	for _, l := range plan.Lines {
		what := "change"
		if l.State == pipeline.Held || l.State == pipeline.Skipped {
			what = string(l.State)
		}
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			Job  string `json:"job"`
			reconcile.Line
		}{what, plan.Job.Job.String(), l})
	}
}
