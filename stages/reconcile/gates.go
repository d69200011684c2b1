package reconcile

import "wasl/pipeline"

// gates lists the files that a gate holds, with why and what to do, and those that
// somebody has released or dropped. Days on which no gate held anything have no
// such part.
func (s *summarySheet) gates(files []FileSum, wrong map[pipeline.Job][]pipeline.Problem) error {
	begun := false
	for _, f := range files {
		if !f.gated() && f.Release.By == "" {
			continue
		}
		if !begun {
			begun = true
			if err := s.named("sum.gates"); err != nil {
				return err
			}
			if err := s.reasonsHead(); err != nil {
				return err
			}
		}
		if err := s.reasons(f, s.gateReasons(f, wrong[f.Job])); err != nil {
			return err
		}
	}
	return nil
}

// gateReasons are why a gate held a file, and what to do; where that is done, who
// did it.
func (s *summarySheet) gateReasons(f FileSum, why []pipeline.Problem) [][2]string {
	lang := s.b.opt.Lang
	var says [][2]string
	for _, p := range why {
		fix := ""
		if f.gated() {
			fix = p.Fix(lang)
		}
		if p.Rule.Gate() {
			says = append(says, [2]string{p.Says(lang), fix})
		}
	}
	if f.Release.By != "" {
		says = append(says, [2]string{s.b.released(f.Release), ""})
	}
	return says
}

// released says who let a job go, or dropped it, when, and why.
func (b *book) released(r pipeline.Release) string {
	key := "gate.released.by"
	if r.Drop {
		key = "gate.dropped.by"
	}
	return say(b.opt.Lang, key, "by", r.By, "at", b.upright(clock(r.At, b.opt.Zone).Format("2006-01-02 15:04")), "why", r.Why)
}

// upright is a text that reads from left to right also within an Arabic sentence,
// where a date would be turned round.
func (b *book) upright(s string) string {
	if b.opt.Lang != "ar" {
		return s
	}
	return "\u200e" + s + "\u200e"
}
