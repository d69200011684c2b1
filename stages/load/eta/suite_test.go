package eta

import (
	"context"
	"fmt"
	"testing"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/eta/etatest"
)

// patient is a sink whose questions come after all the gaps: the suite has no clock, and asks once where a lane would
// ask until a receipt has had time to show.
type patient struct{ *Sink }

func (p patient) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	b.Asked += len(p.config.AskAfter)
	return p.Sink.Ask(ctx, b)
}

// The stand-in refuses a uuid that it holds. That nothing needs it to is what TestNight_LookupLag shows.
func TestSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		n := newNight(t, etatest.Options{DuplicateWindow: -1, StrictChain: true}, nil)
		fault := func(text string) func() {
			return func() {
				plan, err := etatest.ParseFault(text)
				if err != nil {
					t.Fatal(err)
				}
				n.server.Plan(plan)
			}
		}
		t.Cleanup(n.wantClean)
		return sinktest.World{
			Sink: patient{n.sink},
			Docs: func(texts []string) []pipeline.Document {
				var docs []pipeline.Document
				for i, text := range texts {
					doc := n.add(saleOf(t, row{"order.id": fmt.Sprint(i), "order.name": text, "order.total": "114.00"},
						goodsRow("MUG", "1", "114.00", "item.name", text)))
					n.seal(doc, nil)
					docs = append(docs, *doc)
				}
				return docs
			},
			Effects: func() []string {
				var held []string
				for _, r := range n.server.Receipts() {
					for range r.Taken {
						held = append(held, r.Number)
					}
				}
				return held
			},
			Lose:   fault("submit:1:reset-after"),
			Refuse: fault("submit:1:reject=@0/CF399/totalAmount"),
			Full:   fault("submit:*:status=503"),
			Mend:   n.server.ClearFaults,
		}
	})
}
