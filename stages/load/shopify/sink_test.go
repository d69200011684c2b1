package shopify

import (
	"strconv"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// Refuse is left out: a refused batch has changed nothing, so what is right in it
// leaves again in a new batch, which only a lane can make. See
// TestSend_PartlyRefused.
func TestSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := open(t, shopifytest.Options{})
		sink := s.sink(t)
		return sinktest.World{
			Sink: sink, Freeze: sink.Kinds()[0].Freeze, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []want
				for i, text := range texts {
					sku := pipeline.Clean(text)
					s.AddSKU(sku, 0)
					rows = append(rows, want{sku, s.cairo, strconv.Itoa(i + 1), ""})
				}
				var docs []pipeline.Document
				for _, p := range plan(t, sink, rows...) {
					if len(p.Problems) > 0 || p.Same {
						t.Fatalf("%+v", p)
					}
					docs = append(docs, p.Doc)
				}
				return docs
			},
			Effects: func() []string {
				var out []string
				for _, e := range s.History() {
					out = append(out, e.SKU+" "+strconv.Itoa(e.To))
				}
				return out
			},
			Lose: func() { s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full: func() { s.Fault("inventorySetQuantities", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { s.ClearFaults(); s.clock.advance(time.Minute) },
		}
	})
}
