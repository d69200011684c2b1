package shopify

import (
	"strconv"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

func TestPlanner_Stock(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		s := open(t, shopifytest.Options{})
		sink := s.sink(t)
		kind := sink.Kinds()[0]
		return sinktest.PlanWorld{
			Sink: sink, Kind: kind,
			Wishes: func(round int) []pipeline.Document {
				n := strconv.Itoa(3 - 3*round) // the second round is sold out
				var docs []pipeline.Document
				for _, r := range records(sink, want{"A-1", s.cairo, n, ""}, want{"A-2", s.cairo, n, ""}, want{"A-1", s.giza, n, ""}) {
					doc, problems := kind.Build([]pipeline.Record{r})
					if len(problems) > 0 {
						t.Fatal(problems)
					}
					docs = append(docs, doc)
				}
				return docs
			},
			Effects: func() int { return len(s.History()) },
			Wait:    func(d time.Duration) { s.clock.advance(d) },
			Alter: func() {
				for _, at := range [][2]string{{"A-1", s.cairo}, {"A-2", s.cairo}, {"A-1", s.giza}} {
					if err := s.Sell(at[0], at[1], 2); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
	})
}
