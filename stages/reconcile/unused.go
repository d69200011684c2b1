package reconcile

import (
	"unicode/utf8"

	"wasl/pipeline"
)

// unused lists the files of which nothing is used, or that wait because of an
// error or at a gate, with why and what to do; and who let one go.
func (s *summarySheet) unused(files []FileSum, wrong map[pipeline.Job][]pipeline.Problem) error {
	if err := s.named("sum.unused"); err != nil {
		return err
	}
	begun := false
	for _, f := range files {
		if f.Verdict == "" && f.Error == "" && !f.gated() && f.Release.By == "" {
			continue
		}
		if !begun {
			begun = true
			for _, k := range []string{"col.flow", "col.file", "col.drop", "col.arrived", "col.verdict", "col.why", "", "", "", "", "col.fix", "", "", "", "", "", ""} {
				s.put(head, s.word(k))
			}
			if err := s.merged(20, colIn, 10, 11, 17); err != nil {
				return err
			}
		}
		if err := s.reasons(f, wrong[f.Job]); err != nil {
			return err
		}
	}
	if !begun {
		return s.remark(s.b.say("sum.allused"))
	}
	return nil
}

// released says who let a job go, or dropped it, when, and why.
func (b *book) released(r pipeline.Release) string {
	key := "gate.released.by"
	if r.Drop {
		key = "gate.dropped.by"
	}
	return say(b.opt.Lang, key, "by", r.By, "at", clock(r.At, b.opt.Zone).Format("2006-01-02 15:04"), "why", r.Why)
}

// reasons writes why a file is not used, a reason a row.
func (s *summarySheet) reasons(f FileSum, why []pipeline.Problem) error {
	lang := s.b.opt.Lang
	says := [][2]string{}
	for _, p := range why {
		fix := p.Fix(lang)
		if !f.gated() && p.Rule.Gate() {
			fix = "" // it is done
		}
		says = append(says, [2]string{p.Says(lang), fix})
	}
	if f.Release.By != "" {
		says = append(says, [2]string{s.b.released(f.Release), ""})
	}
	if f.Error != "" {
		says = append(says, [2]string{say(lang, "verdict.error", "error", f.Error), ""})
	}
	if len(says) == 0 {
		says = append(says, [2]string{s.b.say("verdict.seeProblems"), ""})
	}
	for _, words := range says {
		s.text(f.Job.Flow)
		s.words(f.File)
		s.styled(center, f.Job.Drop)
		s.time(f.Arrived)
		word, l := s.b.verdict(f)
		s.put(l, word)
		for range 12 {
			s.put(wrapped, nil)
		}
		s.line[colIn-1].Value, s.line[10].Value = words[0], words[1]
		lines := max(s.lines, 1, utf8.RuneCountInString(words[0])/70+1, utf8.RuneCountInString(words[1])/95+1)
		if err := s.merged(float64(4+13*lines), colIn, 10, 11, 17); err != nil {
			return err
		}
	}
	return nil
}

// merged writes a row in which runs of cells are one: pairs of first and last column.
func (s *summarySheet) merged(height float64, runs ...int) error {
	for i := 0; i+1 < len(runs); i += 2 {
		if err := s.w.MergeCell(cell(runs[i], s.row+1), cell(runs[i+1], s.row+1)); err != nil {
			return err
		}
	}
	return s.end(height)
}
