package reconcile

import (
	"unicode/utf8"

	"wasl/pipeline"
)

// unused lists the files of which nothing is used, or that wait because of an
// error, with why and what to do.
func (s *summarySheet) unused(files []FileSum, wrong map[pipeline.Job][]pipeline.Problem) error {
	if err := s.named("sum.unused"); err != nil {
		return err
	}
	begun := false
	for _, f := range files {
		if f.Verdict == "" && f.Error == "" {
			continue
		}
		if !begun {
			begun = true
			if err := s.reasonsHead(); err != nil {
				return err
			}
		}
		if err := s.reasons(f, s.unusable(f, wrong[f.Job])); err != nil {
			return err
		}
	}
	if !begun {
		return s.remark(s.b.say("sum.allused"))
	}
	return nil
}

// unusable are the reasons why a file is not used, or waits: what is wrong, and
// what to do about it.
func (s *summarySheet) unusable(f FileSum, why []pipeline.Problem) [][2]string {
	lang := s.b.opt.Lang
	var says [][2]string
	for _, p := range why {
		says = append(says, [2]string{p.Says(lang), p.Fix(lang)})
	}
	if f.Error != "" {
		says = append(says, [2]string{say(lang, "verdict.error", "error", f.Error.Says(lang)), f.Error.Fix(lang)})
	}
	if len(says) == 0 {
		says = append(says, [2]string{s.b.say("verdict.seeProblems"), ""})
	}
	return says
}

// reasonsHead writes the headers of a list of reasons.
func (s *summarySheet) reasonsHead() error {
	for _, k := range []string{"col.flow", "col.file", "col.drop", "col.arrived", "col.verdict", "col.why", "", "", "", "", "col.fix", "", "", "", "", "", ""} {
		s.put(head, s.word(k))
	}
	return s.merged(20, colIn, 10, 11, 17)
}

// reasons writes how a file stands and why, a reason a row: what is wrong, and what
// to do about it.
func (s *summarySheet) reasons(f FileSum, says [][2]string) error {
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
