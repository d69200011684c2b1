package erp

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// shelf is a reference table of a test.
type shelf map[string]map[string]pipeline.TableRow

func (s shelf) Put(_ context.Context, table string, rows []pipeline.TableRow) error {
	if s[table] == nil {
		s[table] = map[string]pipeline.TableRow{}
	}
	for _, r := range rows {
		s[table][r.Code] = r
	}
	return nil
}

func (s shelf) PutAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	for table, some := range rows {
		_ = s.Put(ctx, table, some) // it is memory
	}
	return nil
}

func (s shelf) Marked(ctx context.Context, table, prefix string, back bool) iter.Seq2[pipeline.TableRow, error] {
	var all []pipeline.TableRow
	for row := range s.Rows(ctx, table) {
		if row.Mark != "" && strings.HasPrefix(row.Mark, prefix) {
			all = append(all, row)
		}
	}
	slices.SortFunc(all, func(a, b pipeline.TableRow) int {
		return strings.Compare(a.Mark+a.Code, b.Mark+b.Code)
	})
	if back {
		slices.Reverse(all)
	}
	return func(yield func(pipeline.TableRow, error) bool) {
		for _, row := range all {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func (s shelf) Row(_ context.Context, table, code string) (pipeline.TableRow, error) {
	if r, ok := s[table][code]; ok {
		return r, nil
	}
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

func (s shelf) Rows(_ context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	return func(yield func(pipeline.TableRow, error) bool) {
		for _, code := range slices.Sorted(maps.Keys(s[table])) {
			if !yield(s[table][code], nil) {
				return
			}
		}
	}
}

// asking is a sink whose documents wait for the ERP.
func asking(t *testing.T, layout string, c Config) *Sink {
	t.Helper()
	s := sinkIn(t, t.TempDir(), c, layout)
	s.tables = shelf{}
	return s
}

// nextBatch is a batch of another night.
func nextBatch(t *testing.T, s *Sink, id string, docs ...pipeline.Document) pipeline.Batch {
	t.Helper()
	b := batchOf(t, s, docs...)
	b.ID = id
	b.Request = nil
	return b
}

// answers are rows of the ERP as a batch: document|status|number|error.
func answers(t *testing.T, s *Sink, set pipeline.Settings, rows ...string) pipeline.Batch {
	t.Helper()
	k := s.ackKind(set)
	shape := pipeline.NewShape(ackFields)
	groups := map[string][]pipeline.Record{}
	var order []string
	for i, row := range rows {
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "acks.csv", Row: i + 2}}, shape)
		cells := strings.Split(row, "|")
		for j, field := range []string{"ack.document", "ack.status", "ack.number", "ack.error"} {
			if j < len(cells) && cells[j] != "" {
				r.Put(shape.Index(field), pipeline.Value{Set: true, Text: cells[j]})
			}
		}
		if groups[cells[0]] == nil {
			order = append(order, cells[0])
		}
		groups[cells[0]] = append(groups[cells[0]], r)
	}
	b := pipeline.Batch{ID: "ack-" + strings.Join(rows, "+"), Job: pipeline.Job{Drop: "20261125-0002", Flow: "erp-acks"}, Settings: set,
		Taken: time.Date(2026, 11, 25, 6, 0, 0, 0, time.UTC)}
	for _, name := range order {
		doc, problems := k.Build(groups[name])
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		doc.Kind, doc.From = KindAck, []pipeline.Origin{groups[name][0].Origin}
		b.Docs = append(b.Docs, doc)
	}
	return b
}

// said is what became of a batch: key, state, reference, and the rules of its problems.
func said(t *testing.T, a pipeline.Answer, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, o := range a.Outcomes {
		line := o.Key + " " + string(o.State) + " " + o.Ref
		for _, p := range o.Why {
			if !p.Rule.Known() || strings.Contains(p.Says("en"), "{") {
				t.Errorf("problem without words: %s", p)
			}
			line += " " + string(p.Rule)
		}
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(out, "\n")
}

// ack drops answers and says what became of them.
func (s *Sink) ackFor(t *testing.T, set pipeline.Settings, rows ...string) string {
	t.Helper()
	a, err := s.Send(t.Context(), answers(t, s, set, rows...))
	return said(t, a, err)
}

func TestAck_BookedAndRefused(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck})
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"), orderNamed(t, s, "#3"))
	b.Docs[1].From = []pipeline.Origin{{File: "orders.csv", Row: 7}}
	a, err := s.Send(t.Context(), b)
	if got := said(t, a, err); got != "order/#1 accepted\norder/#2 accepted\norder/#3 accepted" || a.Again != defaultAsk || a.Outcomes[0].Ticket != "#1" {
		t.Fatalf("sent: %s, %+v", got, a)
	}
	reply, err := s.Send(t.Context(), answers(t, s, nil, "1|posted|INV-7|", "#2|ERROR||الصنف غير معرف"))
	if got := said(t, reply, err); got != "ack/1 delivered INV-7\nack/2 delivered" {
		t.Errorf("answers: %s", got)
	}
	if !reply.News {
		t.Error("answers came, and it is no news")
	}
	a, err = s.Ask(t.Context(), b)
	if got := said(t, a, err); got != "order/#1 delivered INV-7\norder/#2 rejected erp.refused\norder/#3 accepted" {
		t.Errorf("asked: %s", got)
	}
	why := a.Outcomes[1].Why[0]
	if why.Origin.String() != "orders.csv:7" || why.With["said"] != "الصنف غير معرف" || why.With["where"] != "acks.csv:3" {
		t.Errorf("the refusal says %+v", why)
	}
	again, err := s.Ask(t.Context(), b)
	if got := said(t, again, err); got != said(t, a, nil) {
		t.Errorf("asked again: %s", got)
	}
}

// TestAck_CutOff takes a batch again that was cut off when its answers were remembered:
// they are its own, and those who wait for them are told.
func TestAck_CutOff(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck})
	if _, err := s.Send(t.Context(), batchOf(t, s, orderNamed(t, s, "#1"))); err != nil {
		t.Fatal(err)
	}
	b := answers(t, s, nil, "1|ok|INV-1|")
	if _, err := s.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	a, err := s.Ask(t.Context(), b)
	if got := said(t, a, err); got != "ack/1 delivered INV-1" || !a.News {
		t.Errorf("%s, news: %t", got, a.News)
	}
	b.Job.Drop = "20261125-0003"
	a, err = s.Send(t.Context(), b)
	if got := said(t, a, err); got != "ack/1 unchanged INV-1" || a.News {
		t.Errorf("of another file: %s, news: %t", got, a.News)
	}
}

// TestAck_Cases are the answers that nobody wants: each has a stated end.
func TestAck_Cases(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		confirm string
		set     pipeline.Settings
		rows    [][]string // one drop each
		want    []string
		ends    string // how order #1 stands then
	}{
		"unknown":          {confirmAck, nil, [][]string{{"#99|ok|INV-1|"}}, []string{"ack/99 rejected INV-1 erp.ack.unknown"}, "accepted"},
		"unknown, skipped": {confirmAck, pipeline.Settings{"unknown": "skip"}, [][]string{{"#99|ok|INV-1|"}}, []string{"ack/99 unchanged INV-1"}, "accepted"},
		"twice":            {confirmAck, nil, [][]string{{"1|ok|INV-1|"}, {"1|ok|INV-1|"}}, []string{"ack/1 delivered INV-1", "ack/1 unchanged INV-1"}, "delivered INV-1"},
		"number later":     {confirmAck, nil, [][]string{{"1|ok||"}, {"1|ok|INV-1|"}}, []string{"ack/1 delivered", "ack/1 delivered INV-1"}, "delivered INV-1"},
		"booked after refused": {confirmAck, nil, [][]string{{"1|error||no customer"}, {"1|ok|INV-1|"}},
			[]string{"ack/1 delivered", "ack/1 delivered INV-1 erp.ack.after"}, "delivered INV-1"},
		"refused after booked": {confirmAck, nil, [][]string{{"1|ok|INV-1|"}, {"1|error||no"}},
			[]string{"ack/1 delivered INV-1", "ack/1 rejected erp.ack.against"}, "delivered INV-1"},
		"another number": {confirmAck, nil, [][]string{{"1|ok|INV-1|"}, {"1|ok|INV-2|"}},
			[]string{"ack/1 delivered INV-1", "ack/1 rejected INV-2 erp.ack.other"}, "delivered INV-1"},
		"a number used twice": {confirmAck, nil, [][]string{{"1|ok|INV-1|"}, {"2|ok|inv-1|"}},
			[]string{"ack/1 delivered INV-1", "ack/2 rejected inv-1 erp.ack.number"}, "delivered INV-1"},
		"a number used twice in one file": {confirmAck, nil, [][]string{{"1|ok|INV-1|", "2|ok|INV-1|"}},
			[]string{"ack/1 delivered INV-1\nack/2 rejected INV-1 erp.ack.number"}, "delivered INV-1"},
		"a number for two": {confirmAck, pipeline.Settings{"same_number": "take"}, [][]string{{"1|ok|INV-1|", "2|ok|INV-1|"}},
			[]string{"ack/1 delivered INV-1\nack/2 delivered INV-1"}, "delivered INV-1"},
		"two rows, one bad":     {confirmAck, nil, [][]string{{"1|ok|INV-1|", "1|failed||line 2"}}, []string{"ack/1 delivered INV-1"}, "rejected erp.refused"},
		"by the file":           {confirmAck, nil, [][]string{{"SO-1.csv.done|ok|7|"}}, []string{"ack/so-1.csv.done delivered 7"}, "delivered 7"},
		"by its stem":           {confirmAck, nil, [][]string{{"so-1|ok|7|"}}, []string{"ack/so-1 delivered 7"}, "delivered 7"},
		"export of what exists": {confirmAck, nil, [][]string{{"#1||INV-1|"}}, []string{"ack/1 delivered INV-1"}, "delivered INV-1"},
		"only an error text":    {confirmAck, nil, [][]string{{"#1|||no"}}, []string{"ack/1 delivered"}, "rejected erp.refused"},
		"nobody waits":          {confirmNone, nil, [][]string{{"1|error||no"}}, []string{"ack/1 rejected erp.ack.final"}, "delivered SO-1.csv"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := asking(t, small, Config{Confirm: test.confirm})
			b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"))
			if _, err := s.Send(t.Context(), b); err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, rows := range test.rows {
				drop := answers(t, s, test.set, rows...)
				drop.Job.Drop = fmt.Sprintf("20261126-%04d", i)
				a, err := s.Send(t.Context(), drop)
				got = append(got, said(t, a, err))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answers (-want +got):\n%s", diff)
			}
			b.Docs = b.Docs[:1]
			a, err := s.Ask(t.Context(), b)
			if got := strings.TrimPrefix(said(t, a, err), "order/#1 "); got != test.ends {
				t.Errorf("the order is %s, want %s", got, test.ends)
			}
		})
	}
}

// TestAck_OfAnOrder counts for the one document of it that is unanswered.
func TestAck_OfAnOrder(t *testing.T) {
	t.Parallel()
	s := asking(t, strings.Replace(small, "{number}", "{serial}", 1)+"number: {prefix: SI-}\n", Config{Confirm: confirmAck})
	one, two := orderNamed(t, s, "#1"), orderNamed(t, s, "#1")
	one.Sealed, two.Sealed = mustJSON(sealedNumber{"SI-000001", "c"}), mustJSON(sealedNumber{"SI-000002", "c"})
	two.Key = "order/#1/refund/9"
	if _, err := s.Send(t.Context(), nextBatch(t, s, "b1", one)); err != nil {
		t.Fatal(err)
	}
	if got := s.ackFor(t, nil, "#1|ok|A|"); got != "ack/1 delivered A" {
		t.Error(got)
	}
	if _, err := s.Send(t.Context(), nextBatch(t, s, "b2", two)); err != nil {
		t.Fatal(err)
	}
	if got := s.ackFor(t, nil, "#1|ok|B|"); got != "ack/1 delivered B" {
		t.Error("the one that is open: ", got)
	}
	if got := s.ackFor(t, nil, "#1|ok|C|"); got != "ack/1 rejected C erp.ack.many" {
		t.Error("none is open: ", got)
	}
}

// TestAck_OfABatch answers to a file, and so to all in it.
func TestAck_OfABatch(t *testing.T) {
	t.Parallel()
	s := asking(t, strings.Replace(small, "{number}", "{batch}", 1)+"per: batch\n", Config{Confirm: confirmAck})
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"))
	if _, err := s.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if got := s.ackFor(t, nil, "SO-7b0c5a526c0e.csv|ok|JV-5|"); got != "ack/so-7b0c5a526c0e.csv delivered JV-5" {
		t.Error(got)
	}
	a, err := s.Ask(t.Context(), b)
	if got := said(t, a, err); got != "order/#1 delivered JV-5\norder/#2 delivered JV-5" {
		t.Error(got)
	}
}

// TestRefused_Again writes a refused document once more when it is sent once more, and
// never one that was booked after all.
func TestRefused_Again(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck, Archive: []string{"read"}})
	first := nextBatch(t, s, "b1", orderNamed(t, s, "#1"))
	if _, err := s.Send(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	archive := s.cfg.Archive[0]
	if err := errors.Join(os.MkdirAll(archive, 0o755), os.Rename(filepath.Join(s.cfg.Folder, "SO-1.csv"), filepath.Join(archive, "SO-1.csv"))); err != nil {
		t.Fatal(err)
	}
	s.ackFor(t, nil, "1|error||no customer")
	second := nextBatch(t, s, "b2", orderNamed(t, s, "#1"))
	for range 2 { // the answer to the first call is lost
		a, err := s.Send(t.Context(), second)
		if got := said(t, a, err); got != "order/#1 accepted" {
			t.Errorf("sent again: %s", got)
		}
	}
	if got := filesIn(t, s.cfg.Folder); !slices.Equal(got, []string{"SO-1.csv"}) {
		t.Errorf("files %v", got)
	}
	eat(t, s.cfg.Folder, "")
	a, err := s.Ask(t.Context(), second)
	if got := said(t, a, err); got != "order/#1 accepted" || len(filesIn(t, s.cfg.Folder)) > 0 {
		t.Errorf("asked: %s, %v", got, filesIn(t, s.cfg.Folder))
	}
	if a, err = s.Send(t.Context(), second); said(t, a, err) != "order/#1 accepted" || len(filesIn(t, s.cfg.Folder)) > 0 {
		t.Error("what the ERP took is written a third time")
	}
	s.ackFor(t, nil, "1|error||still no customer")
	if a, err = s.Ask(t.Context(), second); said(t, a, err) != "order/#1 rejected erp.refused" || a.Outcomes[0].Why[0].With["said"] != "still no customer" {
		t.Errorf("refused again: %+v", a.Outcomes)
	}
	s.ackFor(t, nil, "1|ok|INV-9|")
	third := nextBatch(t, s, "b3", orderNamed(t, s, "#1"))
	if a, err = s.Send(t.Context(), third); said(t, a, err) != "order/#1 delivered INV-9" || len(filesIn(t, s.cfg.Folder)) > 0 {
		t.Errorf("booked after all: %s, %v", said(t, a, err), filesIn(t, s.cfg.Folder))
	}
}

// TestMixed leaves a file alone that holds a document which was booked meanwhile.
func TestMixed(t *testing.T) {
	t.Parallel()
	s := asking(t, strings.Replace(small, "{number}", "{batch}", 1)+"per: batch\n", Config{Confirm: confirmAck})
	if _, err := s.Send(t.Context(), nextBatch(t, s, "b1", orderNamed(t, s, "#1"))); err != nil {
		t.Fatal(err)
	}
	eat(t, s.cfg.Folder, "")
	s.ackFor(t, nil, "1|error||no")
	s.ackFor(t, nil, "1|ok|INV-1|")
	a, err := s.Send(t.Context(), nextBatch(t, s, "b2", orderNamed(t, s, "#1"), orderNamed(t, s, "#2")))
	if got := said(t, a, err); got != "order/#1 delivered INV-1\norder/#2 parked erp.mixed" || len(filesIn(t, s.cfg.Folder)) > 0 {
		t.Errorf("%s, %v", got, filesIn(t, s.cfg.Folder))
	}
}

// TestConfirm_ByTheFile reads the answer from what the ERP did with the file.
func TestConfirm_ByTheFile(t *testing.T) {
	t.Parallel()
	rename := func(to string) func(dir string) error {
		return func(dir string) error { return os.Rename(filepath.Join(dir, "SO-1.csv"), filepath.Join(dir, to)) }
	}
	write := func(name, text string) func(dir string) error {
		return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644) }
	}
	tests := map[string]struct {
		confirm string
		erp     func(dir string) error
		want    string
		said    string
	}{
		"nothing yet":         {confirmFile, nil, "accepted", ""},
		"renamed":             {confirmFile, rename("SO-1.csv.done"), "delivered SO-1.csv", ""},
		"gone is no answer":   {confirmFile, rename("elsewhere"), "accepted", ""},
		"renamed to .err":     {confirmFile, rename("SO-1.csv.err"), "rejected erp.refused", "-"},
		"words beside it":     {confirmFile, write("SO-1.csv.err", "Line 2:\r\n item unknown\r\n"), "rejected erp.refused", "Line 2: item unknown"},
		"words in Arabic":     {confirmGone, write("SO-1.csv.err", "\xDA\xE3\xED\xE1"), "rejected erp.refused", "عميل"},
		"still there":         {confirmGone, nil, "accepted", ""},
		"taken away":          {confirmGone, rename("elsewhere"), "delivered SO-1.csv", ""},
		"taken away, refused": {confirmGone, rename("SO-1.csv.err"), "rejected erp.refused", "-"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := asking(t, small, Config{Confirm: test.confirm, AskEvery: time.Minute})
			b := batchOf(t, s, orderNamed(t, s, "#1"))
			a, err := s.Send(t.Context(), b)
			if got := said(t, a, err); got != "order/#1 accepted" || a.Again != time.Minute {
				t.Fatalf("sent: %s", got)
			}
			if test.erp != nil {
				if err := test.erp(s.cfg.Folder); err != nil {
					t.Fatal(err)
				}
			}
			a, err = s.Ask(t.Context(), b)
			if got := strings.TrimPrefix(said(t, a, err), "order/#1 "); got != test.want {
				t.Fatalf("%s, want %s", got, test.want)
			}
			if test.said == "" {
				return
			}
			if got := a.Outcomes[0].Why[0].With["said"]; got != test.said {
				t.Errorf("it says %q", got)
			}
			// Sent once more, the old words are no answer to it.
			b = nextBatch(t, s, "b2", orderNamed(t, s, "#1"))
			if a, err = s.Send(t.Context(), b); said(t, a, err) != "order/#1 accepted" {
				t.Errorf("sent again: %s", said(t, a, err))
			}
			if _, err := os.Stat(filepath.Join(s.cfg.Folder, "SO-1.csv")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBuildAck_Problems(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, small)
	k := s.ackKind(pipeline.Settings{"booked": "gebucht"})
	shape := pipeline.NewShape(ackFields)
	tests := map[string]string{
		"1|whatever||":  "erp.ack.status",
		"1|posted||":    "erp.ack.status", // not one of the flow's words
		"1|||":          "erp.ack.empty",
		"1|Gebucht|7|":  "",
		"1|booked|7|":   "",
		"1|مرفوض||text": "",
	}
	for row, want := range tests {
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "a.csv", Row: 2}}, shape)
		for j, cell := range strings.Split(row, "|") {
			if cell != "" {
				r.Put(shape.Index([]string{"ack.document", "ack.status", "ack.number", "ack.error"}[j]), pipeline.Value{Set: true, Text: cell})
			}
		}
		_, problems := k.Build([]pipeline.Record{r})
		got := ""
		for _, p := range problems {
			got += string(p.Rule)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
}
