package reconcile

import (
	"context"
	"fmt"

	"wasl/pipeline"
)

var problemsColumns = []column{
	{"col.file", 30, false}, {"col.sheet", 14, false}, {"col.row", 8, false}, {"col.column", 9, false}, {"col.header", 18, false}, {"col.value", 22, false},
	{"col.wrong", 44, false}, {"col.fix", 48, false}, {"col.quarantine", 40, false}, {"col.doc", 18, false}, {"col.flow", 18, false}, {"col.job", 30, true}, {"col.rule", 20, true},
}

// problems writes all that is wrong, by job as it was found, and then what does not
// match between documents (off), of whichever job. It gives back what
// is wrong with files that are not used as a whole, the first few of each.
func (b *book) problems(ctx context.Context, books pipeline.Books, jobs []pipeline.Opened, off []pipeline.Problem) (map[pipeline.Job][]pipeline.Problem, error) {
	s, err := b.sheet("problems", problemsColumns)
	if err != nil {
		return nil, err
	}
	unused, gated := map[pipeline.Job]bool{}, map[pipeline.Job]bool{}
	for _, j := range jobs {
		unused[j.Job] = fileSum(j).Verdict != ""
		gated[j.Job] = j.Gate != pipeline.GateOpen
	}
	wrong := map[pipeline.Job][]pipeline.Problem{}
	for n, err := range books.Problems(ctx, b.from, b.to) {
		if err != nil {
			return nil, fmt.Errorf("read the problems: %w", err)
		}
		if unused[n.Job] && n.Key == "" && len(wrong[n.Job]) < 3 || gated[n.Job] && n.Rule.Gate() {
			wrong[n.Job] = append(wrong[n.Job], n.Problem)
		}
		if err := s.problem(n); err != nil {
			return nil, err
		}
	}
	for _, p := range off {
		if err := s.problem(pipeline.Noted{Problem: p}); err != nil {
			return nil, err
		}
	}
	if s.row == 1 {
		if err := s.remark(b.say("none")); err != nil {
			return nil, err
		}
	}
	return wrong, s.close(s.row)
}

func (s *sheet) problem(n pipeline.Noted) error {
	s.words(fileOf(n.Origin))
	s.text(n.Sheet)
	if n.Row > 0 {
		s.put(number, n.Row)
	} else {
		s.text("")
	}
	s.styled(center, pipeline.ColumnLetters(n.Col))
	s.text(n.Column)
	s.text(n.Value)
	lang := s.b.opt.Lang
	s.words(n.Says(lang))
	s.words(n.Fix(lang))
	toCorrect := ""
	if s.b.aside[asideKey{n.Job, n.Key}] {
		toCorrect = QuarantineName(n.Job, 1)
	}
	s.words(toCorrect)
	s.text(n.Doc)
	s.text(n.Job.Flow)
	if n.Job == (pipeline.Job{}) {
		s.text("")
	} else {
		s.text(n.Job.String())
	}
	s.text(string(n.Rule))
	return s.end(0)
}

// fileOf names the file of a row; of one that came back corrected, also the place
// where it stood at first.
func fileOf(o pipeline.Origin) string {
	if o.Was == nil {
		return o.File
	}
	return o.File + "\n(" + o.Was.String() + ")"
}
