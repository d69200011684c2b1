package sinktest_test

import (
	"context"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
)

// board is the smallest sink that plans: numbers by key. It takes a document, and
// has it when it is asked about the second time.
type board struct {
	has     map[string]int
	coming  map[string]int
	effects int
}

func (b *board) Plan(_ context.Context, q pipeline.Question) (plan pipeline.Plan, err error) {
	for _, d := range q.Docs {
		n := number(d.Body)
		p := pipeline.Planned{Doc: d, Same: n == b.has[d.Key] && !q.All}
		p.Doc.Changes, p.Doc.Undo = nil, nil
		if len(d.Sent) > 0 && number(d.Sent) != b.has[d.Key] {
			p.Problems = []pipeline.Problem{{Rule: "undo.moved"}}
		} else if was := b.has[d.Key]; n != was {
			p.Doc.Changes = []pipeline.Change{{Field: "number", Old: strconv.Itoa(was), New: strconv.Itoa(n)}}
			p.Doc.Undo = json.RawMessage(strconv.Itoa(was))
		}
		plan.Docs = append(plan.Docs, p)
	}
	return plan, nil
}

func (b *board) Send(_ context.Context, batch pipeline.Batch) (a pipeline.Answer, err error) {
	for _, d := range batch.Docs {
		b.coming[d.Key] = number(d.Body)
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Accepted})
	}
	return a, nil
}

func (b *board) Ask(_ context.Context, batch pipeline.Batch) (a pipeline.Answer, err error) {
	for _, d := range batch.Docs {
		if batch.Asked < 2 {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Accepted})
			continue
		}
		b.has[d.Key] = b.coming[d.Key]
		b.effects++
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Delivered})
	}
	return a, nil
}

func number(text json.RawMessage) int {
	n, _ := strconv.Atoi(string(text)) // the test writes numbers only
	return n
}

func TestRunPlanner(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(*testing.T) sinktest.PlanWorld {
		b := &board{has: map[string]int{"a": 7, "b": 7}, coming: map[string]int{}}
		return sinktest.PlanWorld{Sink: b, Kind: pipeline.Kind{Name: "number"},
			Wishes: func(round int) []pipeline.Document {
				n := json.RawMessage(strconv.Itoa(round + 1))
				return []pipeline.Document{{Key: "a", Body: n}, {Key: "b", Body: n}, {Key: "c", Body: n}}
			},
			Effects: func() int { return b.effects },
			Wait:    func(time.Duration) {},
			Alter:   func() { b.has["a"], b.has["b"], b.has["c"] = 9, 9, 9 },
		}
	})
}
