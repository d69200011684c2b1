package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/reconcile"
)

func (a *app) showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show DROP|FILE|ORDER|SKU|UUID",
		Short: "Show the whole life of one thing, from cell to reply",
		Long: `show finds a drop by its id or file name, or documents by order name, order id,
SKU or receipt uuid, and prints where each came from, what was sent, when, and
what the other side said.`,
		Example: "  wasl show 20261125-0001\n  wasl show '#1001'\n  wasl show A-1001 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			entries, jobs, err := l.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if len(entries)+len(jobs) == 0 {
				return a.cannot(&pipeline.Trouble{Rule: "show.nothing", With: map[string]string{"word": args[0]}})
			}
			for _, j := range jobs {
				if err := a.showJob(cmd.Context(), c, l, j); err != nil {
					return err
				}
			}
			for _, e := range entries {
				if err := a.showEntry(cmd.Context(), c, l, e); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func (a *app) showJob(ctx context.Context, c *Config, l *ledger.Ledger, j pipeline.Opened) error {
	problems, err := problemsOf(ctx, l, j)
	if err != nil {
		return err
	}
	if a.json {
		line := jobJSON(j)
		line["what"], line["arrived"], line["sha256"], line["size"], line["reading"] = "job", j.Drop.Arrived, j.Drop.SHA256, j.Drop.Size, j.Reading
		why := make([]map[string]any, 0, len(problems))
		for _, p := range problems {
			why = append(why, a.problemJSON(p))
		}
		line["why"] = why
		a.jsonLine(a.out, line)
		return nil
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n", j.Drop.ID, j.Drop.Name, bytesText(j.Drop.Size))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-12s %s\n", name, value)
		}
	}
	row(a.say("arrived"), c.clock(j.Drop.Arrived))
	row("sha256", j.Drop.SHA256)
	row(a.say("twin"), j.Drop.Twin)
	flow := j.Flow
	if j.Verdict != "" {
		flow = a.say("verdict."+j.Verdict, "flow", j.Flow)
	}
	row(a.say("flow"), flow)
	row(a.say("read"), a.readingText(j.Reading))
	row(a.say("controls"), a.controlsText(j.Reading.Controls))
	count := map[string]int{"rows": j.Rows, "problems": j.Problems}
	for state, n := range j.States {
		count[string(state)] = n
	}
	row(a.say("documents"), a.countLine(count))
	row(a.say("step"), a.say("step."+string(j.Step)))
	row(a.say("gate"), a.gateText(c, j))
	row(a.say("error"), j.Error.Says(a.language()))
	row(a.say("workbook"), j.Report)
	if j.Gate != pipeline.GateOpen && !isHeld(j) {
		problems = a.decided(problems)
	}
	a.problems(problems, 20)
	fmt.Fprintln(a.out)
	return nil
}

// decided prints why a gate held a job, about which nothing is to be done any
// more, and gives back the other problems.
func (a *app) decided(problems []pipeline.Problem) (others []pipeline.Problem) {
	for _, p := range problems {
		if p.Rule.Gate() {
			fmt.Fprintf(a.out, "  %s\n", p.In(a.language()))
			continue
		}
		others = append(others, p)
	}
	return others
}

// problemsOf are the problems of a job: of its file, and of the rows of it.
func problemsOf(ctx context.Context, l *ledger.Ledger, j pipeline.Opened) ([]pipeline.Problem, error) {
	var out []pipeline.Problem
	if j.Problems == 0 {
		return nil, nil
	}
	for noted, err := range l.Problems(ctx, j.Drop.Day, j.Drop.Day) {
		if err != nil {
			return nil, err
		}
		if noted.Job == j.Job {
			out = append(out, noted.Problem)
		}
	}
	return out, nil
}

func (a *app) showEntry(ctx context.Context, c *Config, l *ledger.Ledger, e pipeline.Entry) error {
	said, err := l.Said(ctx, e.Batch)
	if err != nil {
		return err
	}
	said = about(said, e.Ref)
	seen, err := seenOf(ctx, l, e)
	if err != nil {
		return err
	}
	if a.json {
		problems := make([]map[string]any, 0, len(e.Why))
		for _, p := range e.Why {
			problems = append(problems, a.problemJSON(p))
		}
		body := e.Body
		if e.Sealed != nil {
			body = e.Sealed
		}
		a.jsonLine(a.out, map[string]any{"what": "document", "seen": seen, "key": e.Key, "kind": e.Kind, "name": e.Name, "state": e.State,
			"job": e.Job, "file": e.Drop, "from": e.From, "ref": e.Ref, "ticket": e.Ticket, "money": e.Money.String(), "currency": e.Currency,
			"day": e.Day, "sent": e.Sent, "settled": e.Settled, "left": e.Left, "of": e.Of, "old": e.Old, "changes": e.Changes, "problems": problems, "body": body, "said": said})
		return nil
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n", e.Kind, e.Name, a.state(e.State))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-12s %s\n", name, value)
		}
	}
	row(a.say("key"), e.Key)
	row(a.say("from"), originsText(e.From))
	row(a.say("drop"), e.Job.String())
	if e.State == pipeline.Ready {
		j, err := l.Job(ctx, e.Job)
		if err != nil {
			return err
		}
		row(a.say("gate"), a.gateText(c, j))
	}
	if e.Currency != "" {
		row(a.say("money"), e.Money.StringFixed(2)+" "+e.Currency)
	}
	if len(e.Changes) == 0 {
		row(a.say("was"), e.Old)
	}
	for _, ch := range e.Changes {
		row(reconcile.FieldName(a.language(), ch.Field), a.changeText(ch))
	}
	row(a.say("left.out"), e.Left)
	if e.State == pipeline.Ready { // it waits until that one has arrived
		row(a.say("waits.for"), e.Of)
	} else {
		row(a.say("follows"), e.Of)
	}
	row(a.say("seen"), a.seenText(c, seen))
	row(a.say("sent"), c.clock(e.Sent))
	row(a.say("final"), c.clock(e.Settled))
	row(a.say("ref"), e.Ref)
	row(a.say("ticket"), e.Ticket)
	a.problems(e.Why, 10)
	for _, s := range said {
		fmt.Fprintf(a.out, "  %s  %s -> %s\n", c.clock(s.At), s.What, cmp.Or(replyText(s), a.say("noReply")))
	}
	fmt.Fprintln(a.out)
	return nil
}

// changeText is what a value was and what it becomes: 7 -> 12 (buffer 2).
func (a *app) changeText(c pipeline.Change) string {
	text := cmp.Or(c.Old, "-") + " -> " + cmp.Or(c.New, "-")
	if c.Move != "" {
		text += " (" + c.Move + "%)"
	}
	if c.Why != "" {
		text += " (" + c.Why + ")"
	}
	return text
}

// replyText is what came back: the status, if there was one, and the other side's
// name for the exchange; "" where nothing did.
func replyText(s pipeline.Said) string {
	if s.Status == 0 {
		return s.ID
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", s.Status, s.ID))
}

// about are the exchanges that name a document; where none does, as when many
// documents leave in one request, all of its batch.
func about(said []pipeline.Said, ref string) []pipeline.Said {
	var named []pipeline.Said
	for _, s := range said {
		if ref != "" && strings.HasSuffix(s.What, " "+ref) {
			named = append(named, s)
		}
	}
	if len(named) == 0 {
		return said
	}
	return named
}

// originsText names the rows of a document: orders.csv rows 2, 3, 4.
func originsText(from []pipeline.Origin) string {
	s := ""
	for i, o := range from {
		o.Col, o.Column = 0, ""
		switch {
		case i == 0:
			s = o.String()
		case i < 10:
			s += fmt.Sprintf(", %d", o.Row)
		case i == 10:
			s += fmt.Sprintf(" (+%d)", len(from)-i)
		}
	}
	return s
}

// clock is an instant in the shop's zone; "" for none.
func (c *Config) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format("2006-01-02 15:04:05 -0700")
}

// minute is an instant in the shop's zone for tables, where the zone is clear.
func (c *Config) minute(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(c.zone).Format("2006-01-02 15:04")
}
