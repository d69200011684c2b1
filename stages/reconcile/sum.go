package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"wasl/pipeline"
)

// A Summary is what became of the files of some days: every row and every
// amount that came in, and where it is now.
type Summary struct {
	From     string           `json:"from"` // days of arrival, both included
	To       string           `json:"to"`
	Files    []FileSum        `json:"files"` // by admission
	Flows    []FlowSum        `json:"flows"` // by name
	Money    []MoneySum       `json:"money"` // by flow, currency and day
	Problems int              `json:"problems"`
	Lapses   []pipeline.Lapse `json:"lapses,omitempty"` // expected files that did not come as they should, by day
	Waiting  int              `json:"waiting"`          // documents that are not final, and that no gate holds
	Gated    int              `json:"gated,omitempty"`  // documents that a gate holds until somebody releases their job
	Off      int              `json:"off"`              // lines of Files and Money that do not add up
}

// A FileSum accounts for the rows of one file on one flow:
// Rows = all of By + Unused, or Off says how far not.
type FileSum struct {
	Job      pipeline.Job           `json:"job"`
	File     string                 `json:"file"`
	Arrived  time.Time              `json:"arrived"`
	Step     pipeline.Step          `json:"step"`
	Verdict  string                 `json:"verdict,omitempty"` // refused, held or unclaimed: the whole file
	Twin     string                 `json:"twin,omitempty"`    // the drop that had the same content
	Error    pipeline.Failure       `json:"error,omitempty"`   // why it waits
	Rows     int                    `json:"rows"`
	By       map[pipeline.State]int `json:"by,omitempty"` // rows by the state of their document
	Unused   int                    `json:"unused"`       // rows of a file that is not used as a whole
	Off      int                    `json:"off"`
	Problems int                    `json:"problems"`
	Gate     string                 `json:"gate,omitempty"` // pipeline.GateHeld ...
	Release  pipeline.Release       `json:"release,omitzero"`
}

// gated tells whether a gate holds something of the file.
func (f FileSum) gated() bool { return f.Gate == pipeline.GateHeld && f.By[pipeline.Ready] > 0 }

// A FlowSum counts the documents of one flow.
type FlowSum struct {
	Flow      string                 `json:"flow"`
	Kind      string                 `json:"kind"`
	Documents int                    `json:"documents"`
	By        map[pipeline.State]int `json:"by"`
	Problems  int                    `json:"problems"`
}

// A MoneySum accounts for the money of one flow on one day: In, as the files
// state it, = all of By, or Off says how far not. What was delivered counts in
// By as what really left, added up from its body.
type MoneySum struct {
	Flow      string                              `json:"flow"`
	Day       string                              `json:"day"` // Document.Day; "" where a document has none
	Currency  string                              `json:"currency"`
	Documents int                                 `json:"documents"`
	In        pipeline.Decimal                    `json:"in"`
	By        map[pipeline.State]pipeline.Decimal `json:"by"`
	Off       pipeline.Decimal                    `json:"off"`
}

// Sum gives the numbers of the workbook's first sheet.
func Sum(ctx context.Context, books pipeline.Books, from, to string) (Summary, error) {
	jobs, err := books.Jobs(ctx, from, to)
	if err != nil {
		return Summary{}, fmt.Errorf("read the jobs of %s to %s: %w", from, to, err)
	}
	t := newTally(from, to, jobs)
	for e, err := range books.Entries(ctx, from, to) {
		if err != nil {
			return Summary{}, fmt.Errorf("read the documents of %s to %s: %w", from, to, err)
		}
		t.add(e)
	}
	return t.summary(), nil
}

// A tally adds up as the entries pass by.
type tally struct {
	sum   Summary
	money map[moneyKey]*MoneySum
}

type moneyKey struct{ flow, currency, day string }

// newTally counts what the jobs say of themselves.
func newTally(from, to string, jobs []pipeline.Opened) *tally {
	t := &tally{sum: Summary{From: from, To: to}, money: map[moneyKey]*MoneySum{}}
	flows := map[string]*FlowSum{}
	for _, j := range jobs {
		f := fileSum(j)
		t.sum.Files = append(t.sum.Files, f)
		t.sum.Problems += j.Problems
		if f.Off != 0 {
			t.sum.Off++
		}
		if j.Flow == "" {
			continue
		}
		flow, ok := flows[j.Flow]
		if !ok {
			flow = &FlowSum{Flow: j.Flow, By: map[pipeline.State]int{}}
			flows[j.Flow] = flow
		}
		flow.Kind = cmp.Or(flow.Kind, j.Kind)
		flow.Problems += j.Problems
		for state, n := range j.States {
			flow.By[state] += n
			flow.Documents += n
			switch {
			case state.Final():
			case j.Gate == pipeline.GateHeld && state == pipeline.Ready:
				t.sum.Gated += n
			default:
				t.sum.Waiting += n
			}
		}
	}
	for _, flow := range flows {
		t.sum.Flows = append(t.sum.Flows, *flow)
	}
	slices.SortFunc(t.sum.Flows, func(a, b FlowSum) int { return cmp.Compare(a.Flow, b.Flow) })
	return t
}

// fileSum accounts for the rows of a job. Of a file that is not used, or that no
// flow takes, what has no document is unused, by that verdict.
func fileSum(j pipeline.Opened) FileSum {
	f := FileSum{
		Job: j.Job, File: j.Drop.Name, Arrived: j.Drop.Arrived, Step: j.Step, Verdict: j.Verdict, Twin: j.Drop.Twin,
		Error: j.Error, Rows: max(j.Rows, j.Reading.Rows), By: j.RowsBy, Problems: j.Problems,
		Gate: j.Gate, Release: j.Release,
	}
	if j.Flow == "" {
		f.Verdict = unclaimed
	}
	f.Off = f.Rows
	for _, n := range j.RowsBy {
		f.Off -= n
	}
	if f.Verdict != "" && f.Off > 0 {
		f.Unused, f.Off = f.Off, 0
	}
	return f
}

// unclaimed is the verdict of a file that no flow takes.
const unclaimed = "unclaimed"

// add counts a document's money.
func (t *tally) add(e pipeline.Entry) {
	if e.Currency == "" && e.Money.IsZero() && e.Out.IsZero() {
		return // a document without money, such as stock
	}
	key := moneyKey{e.Job.Flow, e.Currency, e.Day}
	m, ok := t.money[key]
	if !ok {
		m = &MoneySum{Flow: key.flow, Day: key.day, Currency: key.currency, By: map[pipeline.State]pipeline.Decimal{}}
		t.money[key] = m
	}
	m.Documents++
	m.In = m.In.Add(e.Money)
	went := e.Money
	if e.State == pipeline.Delivered {
		went = e.Out
		for _, b := range e.Beside { // told by class on a sheet of its own
			went = went.Add(b.Amount)
		}
	}
	m.By[e.State] = m.By[e.State].Add(went)
}

// summary is what was added up.
func (t *tally) summary() Summary {
	for _, m := range t.money {
		m.Off = m.In
		for _, d := range m.By {
			m.Off = m.Off.Sub(d)
		}
		if !m.Off.IsZero() {
			t.sum.Off++
		}
		t.sum.Money = append(t.sum.Money, *m)
	}
	slices.SortFunc(t.sum.Money, func(a, b MoneySum) int {
		return cmp.Or(cmp.Compare(a.Flow, b.Flow), cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.Day, b.Day))
	})
	return t.sum
}
