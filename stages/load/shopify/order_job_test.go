package shopify

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"wasl/pipeline"
)

// job is a job of the fault matrix: it plans, and sends batch by batch, and goes on
// after an error where the ledger would.
func (h *house) job(kind string, rows []row, right func(t *testing.T)) faultJob {
	k := h.kindOf(kind)
	var ready []string
	var open *pipeline.Batch
	planned, n := false, 0
	j := faultJob{shop: h.shop, right: right}
	j.goes = func(ctx context.Context) error {
		if !planned {
			docs, _ := h.wishes(kind, rows...)
			plan, err := h.sink.Plan(ctx, pipeline.Question{Kind: kind, Docs: docs, Settings: h.set})
			if err != nil {
				return err
			}
			for _, p := range plan.Docs {
				if len(p.Problems) > 0 {
					return fmt.Errorf("%s: %+v", p.Doc.Key, p.Problems)
				}
				doc := p.Doc
				doc.State = pipeline.Ready
				h.docs[doc.Key] = &doc
				ready = append(ready, doc.Key)
			}
			planned = true
		}
		for range 400 {
			if open == nil && len(ready) == 0 {
				return nil
			}
			if open == nil {
				size := k.Batch
				if k.Bulk.Above > 0 && len(ready) > k.Bulk.Above {
					size = k.Bulk.Batch
				}
				n++
				open = &pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Job: pipeline.Job{Drop: "20261124-0001", Flow: kind}, Taken: h.clock.now(), Settings: h.set}
				for _, key := range ready[:min(size, len(ready))] {
					open.Docs = append(open.Docs, *h.docs[key])
				}
				ready = ready[len(open.Docs):]
				if k.Freeze != nil {
					var err error
					if open.Request, err = k.Freeze(*open); err != nil {
						return err
					}
				}
			}
			anew, err := h.step(ctx, open)
			ready = append(ready, anew...)
			if len(open.Docs) == 0 {
				open = nil
			}
			if err != nil {
				return err
			}
		}
		return errors.New("the job does not end")
	}
	return j
}

// step sends a batch, or asks about it, once.
func (h *house) step(ctx context.Context, b *pipeline.Batch) (anew []string, err error) {
	ask := false
	for _, d := range b.Docs {
		ask = ask || d.State == pipeline.Sending || d.State == pipeline.Accepted
	}
	var a pipeline.Answer
	if ask {
		b.Asked++
		a, err = h.sink.Ask(ctx, *b)
	} else {
		b.Tries, b.Asked = b.Tries+1, 0
		for i := range b.Docs {
			b.Docs[i].State = pipeline.Sending
		}
		a, err = h.sink.Send(ctx, *b)
	}
	anew = h.settle(b, a)
	h.clock.advance(a.Again)
	return anew, err
}
