package reconcile

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"wasl/pipeline"
)

// A Plan is what a job would change, as it was filed: for the workbook of plans.
type Plan struct {
	Job   pipeline.Opened
	Gate  []pipeline.Problem // why its gate holds it, or held it
	Lines []Line
}

// PlanName is the name of the workbook of a job's plan:
// plan-20261125-0001-erp-stock.xlsx.
func PlanName(job pipeline.Job) string {
	return "plan-" + strings.TrimPrefix(QuarantineName(job, 1), "quarantine-")
}

var planColumns = []column{
	{"col.sku", 22, false}, {"col.name", 30, false}, {"col.field", 16, false}, {"col.old", 24, false}, {"col.new", 24, false}, {"col.move", 9, false},
	{"col.why", 44, false}, {"col.state", 18, false}, {"col.cell", 30, false}, {"col.live", 24, false}, {"col.job", 30, true},
}

var gateColumns = []column{
	{"col.job", 30, false}, {"col.file", 36, false}, {"col.verdict", 24, false}, {"col.why", 60, false}, {"col.fix", 60, false},
	{"col.by", 18, false}, {"col.at", 17, false}, {"col.reason", 44, false},
}

// WritePlans writes the plans of some jobs as a workbook, whole or not at all:
// a sheet of values, and one with what the gate says.
func WritePlans(ctx context.Context, path string, plans []Plan, opt Options) (err error) {
	if len(plans) == 0 {
		return nil
	}
	b, err := newBook(opt, plans[0].Job.Drop.Day, plans[len(plans)-1].Job.Drop.Day)
	if err != nil {
		return fmt.Errorf("begin the workbook: %w", err)
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.fillPlans(plans); err != nil {
		return fmt.Errorf("fill the workbook of plans: %w", err)
	}
	if err := save(ctx, path, b.pack); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

func (b *book) fillPlans(plans []Plan) error {
	if err := b.dated(b.say("title.plan") + " " + plans[0].Job.Job.String()); err != nil {
		return err
	}
	s, err := b.sheet("plan", planColumns)
	if err != nil {
		return err
	}
	for _, p := range plans {
		for _, line := range p.Lines {
			s.text(line.Item)
			s.words(line.Name)
			s.text(FieldName(b.opt.Lang, line.Field))
			s.value(line.Field, line.Old)
			s.value(line.Field, line.New)
			s.percent(line.Move)
			s.words(line.Why)
			s.planState(line.State, p.Job)
			s.text(line.Cell)
			s.live(line)
			s.text(p.Job.Job.String())
			if err := s.end(0); err != nil {
				return err
			}
		}
	}
	last := s.row
	if s.row == 1 {
		if err := s.remark(b.say("plan.none")); err != nil {
			return err
		}
	}
	if err := s.close(last); err != nil {
		return err
	}
	return b.gateSheet(plans)
}

// gateSheet says how each job stands at its gate, and why.
func (b *book) gateSheet(plans []Plan) error {
	s, err := b.sheet("gate", gateColumns)
	if err != nil {
		return err
	}
	for _, p := range plans {
		why := p.Gate
		if len(why) == 0 {
			why = []pipeline.Problem{{}}
		}
		for _, reason := range why {
			s.text(p.Job.Job.String())
			s.words(p.Job.Drop.Name)
			word, l := b.gate(p.Job)
			s.put(l, word)
			says, fix := "", ""
			if reason.Rule != "" {
				says = reason.Says(b.opt.Lang)
			}
			if reason.Rule != "" && p.Job.Gate == pipeline.GateHeld {
				fix = reason.Fix(b.opt.Lang)
			}
			s.words(says)
			s.words(fix)
			s.text(p.Job.Release.By)
			s.time(p.Job.Release.At)
			s.words(p.Job.Release.Why)
			if err := s.end(0); err != nil {
				return err
			}
		}
	}
	return s.close(s.row)
}

// gate says how a job stands at its gate, in words and in colour.
func (b *book) gate(j pipeline.Opened) (string, look) {
	switch j.Gate {
	case pipeline.GateHeld:
		if j.States[pipeline.Ready] == 0 {
			return b.say("gate.over"), quiet
		}
		return b.say("gate.held"), warn
	case pipeline.GateReleased:
		return b.say("gate.released"), good
	case pipeline.GateDropped:
		return b.say("gate.dropped"), quiet
	}
	return b.say("gate.open"), good
}

// planState adds a state; what is ready in a held job waits for its release.
func (s *sheet) planState(state pipeline.State, j pipeline.Opened) {
	if state == pipeline.Ready && j.Gate == pipeline.GateHeld {
		s.put(warn, s.b.say("gate.held"))
		return
	}
	s.state(state)
}

// numeric are the fields whose values are numbers; all others stay texts, barcodes
// above all.
var numeric = map[string]look{"quantity": number, "price": amount, "compare_at": amount, "cost": amount, "below_cost": amount}

// value adds a value of a field, old or new.
func (s *sheet) value(field, v string) {
	d, ok := parse(v)
	l, isNumber := numeric[field]
	switch {
	case !ok || !isNumber:
		s.text(v)
	case l == number:
		s.count(d)
	default:
		s.money(l, d)
	}
}

// percent adds how far a price moves.
func (s *sheet) percent(move string) {
	if move == "" {
		s.text("")
		return
	}
	s.styled(center, move+"%")
}

// live adds what the shop holds by now, where that is something else than the
// plan saw.
func (s *sheet) live(line Line) {
	switch {
	case !line.Moved:
		s.text("")
	case line.Live == "":
		s.put(warn, s.b.say("plan.gone"))
	default:
		s.put(warn, line.Live)
	}
}
