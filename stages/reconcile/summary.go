package reconcile

import (
	"cmp"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"

	"wasl/pipeline"
)

// A summarySheet is the first sheet. Its three tables share their columns: from
// firstBucket on, what became of rows, documents and money stands in the same
// place in each.
type summarySheet struct{ *sheet }

var summaryColumns = []column{
	{"", 22, false}, {"", 34, false}, {"", 16, false}, {"", 18, false}, {"", 17, false}, {"", 14, false},
	{"", 14, false}, {"", 14, false}, {"", 13, false}, {"", 13, false}, {"", 13, false}, {"", 14, false}, {"", 12, false}, {"", 13, false}, {"", 13, false}, {"", 14, false}, {"", 16, false},
}

// The columns of the tables, counted from 1.
const (
	kindFrom    = 2 // of the kind, in the table of documents: one cell
	kindTo      = 5
	colIn       = 6 // what came in
	firstBucket = 7
	colUnused   = 15
	colCheck    = 16
)

// buckets are the states by which the tables tell what became of things.
var buckets = []struct {
	key    string
	states []pipeline.State
}{
	{"state.delivered", []pipeline.State{pipeline.Delivered}},
	{"state.unchanged", []pipeline.State{pipeline.Unchanged}},
	{"state.held", []pipeline.State{pipeline.Held}},
	{"state.rejected", []pipeline.State{pipeline.Rejected}},
	{"state.skipped", []pipeline.State{pipeline.Skipped}},
	{"state.superseded", []pipeline.State{pipeline.Superseded}},
	{"state.parked", []pipeline.State{pipeline.Parked}},
	{"waiting", []pipeline.State{pipeline.Accepted, pipeline.Sending, pipeline.Ready}},
}

func (b *book) summarySheet() (*summarySheet, error) {
	s := &sheet{b: b, key: "summary", cols: summaryColumns}
	return &summarySheet{s}, s.open()
}

// finish writes the whole sheet.
func (s *summarySheet) finish(sum Summary, jobs []pipeline.Opened, wrong map[pipeline.Job][]pipeline.Problem) error {
	for _, part := range []func() error{
		func() error { return s.top(sum) },
		func() error { return s.rows(sum.Files) },
		func() error { return s.documents(sum.Flows) },
		func() error { return s.money(sum) },
		func() error { return s.expected(sum.Lapses) },
		func() error { return s.gates(sum.Files, wrong) },
		func() error { return s.unused(sum.Files, wrong) },
		s.meanings,
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return s.close(s.row)
}

// top says what this is, and whether all is well.
func (s *summarySheet) top(sum Summary) error {
	s.put(title, s.b.say("title"))
	if err := s.end(30); err != nil {
		return err
	}
	for _, one := range [][2]string{
		{"sum.shop", s.b.opt.Shop}, {"sum.days", s.b.days()}, {"sum.zone", s.b.opt.Zone.String()},
	} {
		s.put(label, s.b.say(one[0]))
		s.put(fact, one[1])
		if err := s.end(0); err != nil {
			return err
		}
	}
	for i, r := range s.results(sum) {
		s.put(label, nil)
		if i == 0 {
			s.line[0].Value = s.b.say("sum.result")
		}
		for range 5 {
			s.put(r.look, nil)
		}
		s.line[1].Value = r.text
		if err := s.merged(18, 2, 6); err != nil {
			return err
		}
	}
	return nil
}

// A result is a line that says how the days went.
type result struct {
	look look
	text string
}

func (s *summarySheet) results(sum Summary) []result {
	counted := func(l look, key string, n int) result {
		return result{l, say(s.b.opt.Lang, key, "count", strconv.Itoa(n))}
	}
	out := []result{{good, s.b.say("sum.even")}}
	if sum.Off > 0 {
		out[0] = counted(bad, "sum.off", sum.Off)
	}
	if sum.Waiting > 0 {
		out = append(out, counted(wait, "sum.waiting", sum.Waiting))
	}
	if sum.Gated > 0 {
		out = append(out, counted(warn, "sum.gated", sum.Gated))
	}
	if sum.Problems > 0 {
		return append(out, counted(warn, "sum.problems", sum.Problems))
	}
	return append(out, result{quiet, s.b.say("sum.noproblems")})
}

// heading begins a part: its name, what its sums mean, and a row of headers.
// The first keys are the columns before what came in.
func (s *summarySheet) heading(key string, before [5]string, in, lastKey string) error {
	if err := s.named(key); err != nil {
		return err
	}
	for _, k := range append(before[:], in) {
		s.put(head, s.word(k))
	}
	for _, b := range buckets {
		s.put(head, capital(s.b.say(b.key)))
	}
	s.put(head, capital(s.b.say("unused")))
	s.put(head, s.b.say("col.check"))
	s.put(head, s.word(lastKey))
	if before[2] == "" {
		return s.merged(32, kindFrom, kindTo)
	}
	return s.end(32)
}

// named writes the name of a part and what it means.
func (s *summarySheet) named(key string) error {
	if err := s.end(0); err != nil {
		return err
	}
	s.put(section, s.b.say(key))
	if err := s.end(22); err != nil {
		return err
	}
	if _, ok := words[key+".note"]; !ok {
		return nil
	}
	return s.remark(s.b.say(key + ".note"))
}

// capital is a word as a header begins.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func (s *summarySheet) word(key string) any {
	if key == "" {
		return nil
	}
	return s.b.say(key)
}

// rows accounts for every row of every file.
func (s *summarySheet) rows(files []FileSum) error {
	if err := s.heading("sum.rows", [5]string{"col.flow", "col.file", "col.drop", "col.arrived", "col.verdict"}, "col.rows", "col.twin"); err != nil {
		return err
	}
	first := s.row + 1
	var in, unused, off int
	by := map[pipeline.State]int{}
	for _, f := range files {
		s.text(f.Job.Flow)
		s.words(f.File)
		s.styled(center, f.Job.Drop)
		s.time(f.Arrived)
		word, l := s.b.verdict(f)
		s.put(l, word)
		s.counts(tallied, f.Rows, f.By, f.Unused, f.Off)
		s.styled(center, f.Twin)
		if err := s.end(0); err != nil {
			return err
		}
		in, unused, off = in+f.Rows, unused+f.Unused, off+f.Off
		for state, n := range f.By {
			by[state] += n
		}
	}
	if len(files) < 2 {
		return nil
	}
	last := s.row
	s.put(totalT, s.b.say("col.total"))
	for range 4 {
		s.put(totalT, nil)
	}
	s.formula(totalN, "SUM("+span(colIn, first, last)+")", in)
	for i, b := range buckets {
		s.formula(totalN, "SUM("+span(firstBucket+i, first, last)+")", bucket(b.states, by))
	}
	s.formula(totalN, "SUM("+span(colUnused, first, last)+")", unused)
	s.check(off)
	s.put(totalT, nil)
	return s.end(0)
}

// counts adds what came in, what became of it, and whether that is all of it.
func (s *summarySheet) counts(l look, in int, by map[pipeline.State]int, unused, off int) {
	s.put(number, in)
	for _, b := range buckets {
		s.put(l, bucket(b.states, by))
	}
	s.put(l, unused)
	s.check(off)
}

func (s *summarySheet) check(off int) {
	l := evenN
	if off != 0 {
		l = offN
	}
	s.formula(l, s.checking(), off)
}

// checking is the formula of the check of the row being written.
func (s *summarySheet) checking() string {
	row := s.row + 1
	return fmt.Sprintf("%s-SUM(%s:%s)", cell(colIn, row), cell(firstBucket, row), cell(colUnused, row))
}

func bucket(states []pipeline.State, by map[pipeline.State]int) int {
	n := 0
	for _, state := range states {
		n += by[state]
	}
	return n
}

// documents counts documents by flow.
func (s *summarySheet) documents(flows []FlowSum) error {
	if err := s.heading("sum.docs", [5]string{"col.flow", "col.kind"}, "col.documents", "col.problems"); err != nil {
		return err
	}
	for _, f := range flows {
		s.text(f.Flow)
		s.text(f.Kind)
		for range 3 {
			s.put(plain, nil)
		}
		off := f.Documents
		for _, n := range f.By {
			off -= n
		}
		s.counts(tallied, f.Documents, f.By, 0, off)
		s.put(tallied, f.Problems)
		if err := s.merged(0, kindFrom, kindTo); err != nil {
			return err
		}
	}
	return nil
}

// meanings explains the words of the states, and who made this.
func (s *summarySheet) meanings() error {
	if err := s.named("sum.words"); err != nil {
		return err
	}
	for _, b := range buckets {
		state := b.states[0]
		meaning := "mean." + string(state)
		if len(b.states) > 1 {
			meaning = "mean.waiting"
		}
		s.put(stateLook(state), s.b.say(b.key))
		s.put(fact, s.b.say(meaning))
		if err := s.end(0); err != nil {
			return err
		}
	}
	s.put(quiet, s.b.say("unused"))
	s.put(fact, s.b.say("mean.unused"))
	if err := s.end(0); err != nil {
		return err
	}
	if err := s.end(0); err != nil {
		return err
	}
	return s.remark(say(s.b.opt.Lang, "sum.made", "version", cmp.Or(s.b.opt.Version, "wasl")))
}

// verdict says how a file stands, in words and in colour.
func (b *book) verdict(f FileSum) (string, look) {
	switch {
	case f.Verdict != "":
		l := bad
		if f.Verdict == "held" {
			l = warn
		}
		return b.say("verdict." + f.Verdict), l
	case f.gated():
		return b.say("gate.held"), warn
	case f.Gate == pipeline.GateDropped:
		return b.say("gate.dropped"), quiet
	case f.Step == pipeline.StepPrepare:
		return b.say("verdict.prepare"), wait
	case f.Step == pipeline.StepDeliver:
		return b.say("verdict.deliver"), wait
	}
	return b.say("verdict."), good
}
