package shopify

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// hungUp are the pictures that hang on products: one entry a product.
func hungUp(w *studio) []string {
	var out []string
	for _, p := range w.Products() {
		for _, m := range p.Media {
			out = append(out, p.Handle+" "+m.Name)
		}
	}
	return out
}

// straight sends what became ready again at once: a lane would.
type straight struct {
	*Sink
	w    *studio
	seen map[string]pipeline.Document
}

func (s straight) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	a, err := s.Sink.Send(ctx, b)
	return s.on(ctx, b, a, err)
}

func (s straight) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	for i, d := range b.Docs {
		if ticket := s.seen[d.Key].Ticket; d.Ticket == "" {
			b.Docs[i].Ticket = ticket
		}
	}
	a, err := s.Sink.Ask(ctx, b)
	return s.on(ctx, b, a, err)
}

// on keeps tickets, as a ledger does, and sends on what has another body.
func (s straight) on(ctx context.Context, b pipeline.Batch, a pipeline.Answer, err error) (pipeline.Answer, error) {
	var next pipeline.Batch
	for _, o := range a.Outcomes {
		i := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == o.Key })
		doc := b.Docs[i]
		if o.Ticket != "" {
			doc.Ticket = o.Ticket
		}
		s.seen[o.Key] = doc
		if o.State == pipeline.Ready && o.Body != nil {
			doc.Body, doc.State = o.Body, pipeline.Sending
			next.Docs = append(next.Docs, doc)
		}
	}
	if err != nil || len(next.Docs) == 0 {
		return a, err
	}
	s.w.clock.advance(time.Minute)
	rest, err := s.Send(ctx, next)
	for _, o := range rest.Outcomes {
		i := slices.IndexFunc(a.Outcomes, func(old pipeline.Outcome) bool { return old.Key == o.Key })
		a.Outcomes[i] = o
	}
	return a, err
}

func TestSink_Images(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		w := newStudio(t, shopifytest.Options{})
		return sinktest.World{
			Sink: straight{w.sink, w, map[string]pipeline.Document{}}, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var docs []pipeline.Document
				for i, text := range texts {
					sku := pipeline.Clean(text)
					w.AddProduct(shopifytest.Product{Title: "P" + strconv.Itoa(i), Variants: []shopifytest.Variant{{SKU: sku}}})
					doc, problems := buildImages([]pipeline.Record{w.row(i, sku, "a.jpg", "bytes="+text, "alt="+text)})
					if len(problems) > 0 {
						t.Fatal(problems)
					}
					doc.Kind = kindImage
					docs = append(docs, doc)
				}
				plan, err := w.sink.Plan(t.Context(), pipeline.Question{Kind: kindImage, Docs: docs})
				if err != nil {
					t.Fatal(err)
				}
				for i, p := range plan.Docs {
					if len(p.Problems) > 0 || p.Same {
						t.Fatalf("%+v", p)
					}
					docs[i] = p.Doc
				}
				return docs
			},
			Effects: func() []string { return hungUp(w) },
			Lose:    func() { w.Fault("fileCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full:    func() { w.Fault("graphql", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend:    func() { w.ClearFaults(); w.clock.advance(time.Minute) },
		}
	})
}
