package reconcile

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"wasl/pipeline"
)

// A lapser is a ledger that knows of expected files that did not come as they
// should: those of days, both included.
type lapser interface {
	Lapses(ctx context.Context, from, to string) ([]pipeline.Lapse, error)
}

// lapsesOf are the lapses of some days, where the books know of any.
func lapsesOf(ctx context.Context, books pipeline.Books, from, to string) ([]pipeline.Lapse, error) {
	l, ok := books.(lapser)
	if !ok {
		return nil, nil
	}
	lapses, err := l.Lapses(ctx, from, to)
	if err != nil {
		return nil, fmt.Errorf("read what was expected from %s to %s: %w", from, to, err)
	}
	return lapses, nil
}

// expected lists the files that did not come as they should. Days on which all
// came have no such part.
func (s *summarySheet) expected(lapses []pipeline.Lapse) error {
	if len(lapses) == 0 {
		return nil
	}
	if err := s.named("sum.expected"); err != nil {
		return err
	}
	for _, k := range []string{"col.flow", "col.file", "col.drop", "col.arrived", "col.verdict", "col.why", "", "", "", "", "col.fix", "", "", "", "", "", ""} {
		s.put(head, s.word(k))
	}
	if err := s.merged(20, colIn, 10, 11, 17); err != nil {
		return err
	}
	lang := s.b.opt.Lang
	for _, l := range lapses {
		p := l.Problem(func(t time.Time) string { return clock(t, s.b.opt.Zone).Format("2006-01-02 15:04") })
		s.text(l.Flow)
		s.words(l.File)
		s.styled(center, l.Drop)
		s.time(l.At)
		s.put(lapseLook(l), s.b.say("lapse."+l.What))
		for range 12 {
			s.put(wrapped, nil)
		}
		says, fix := p.Says(lang), p.Fix(lang)
		s.line[colIn-1].Value, s.line[10].Value = says, fix
		lines := max(s.lines, 1, utf8.RuneCountInString(says)/70+1, utf8.RuneCountInString(fix)/95+1)
		if err := s.merged(float64(4+13*lines), colIn, 10, 11, 17); err != nil {
			return err
		}
	}
	return nil
}

func lapseLook(l pipeline.Lapse) look {
	if l.What == pipeline.LapseMissing {
		return bad
	}
	return warn
}
