package shopify

import (
	"context"
	"testing"

	"wasl/pipeline"
)

// collectionJob makes one collection and changes another.
func collectionJob(t *testing.T) faultJob {
	h := newShelving(t, nil)
	h.send(h.plan(line{"code": "OLD", "title": "Old", "member": "TOPS", "publish": "true"}))
	docs := h.build(line{"code": "OLD", "title": "Newer", "member": "HAT"}, line{"code": "NEW", "title": "New", "member": "TOPS", "publish": "true"})
	h.sink = h.quick(t)
	var b *pipeline.Batch
	j := faultJob{shop: h.shop, without: []string{"VariantsFoundC"}} // a search that is refused: the whole shop is read
	j.goes = func(ctx context.Context) error {
		if b == nil {
			plan, err := h.sink.Plan(ctx, pipeline.Question{Kind: kindCollection, Docs: docs})
			if err != nil {
				return err
			}
			b = &pipeline.Batch{ID: "00000000-0000-4000-c000-000000000001", Taken: h.clock.now()}
			for _, p := range plan.Docs {
				p.Doc.State = pipeline.Ready
				b.Docs = append(b.Docs, p.Doc)
			}
		}
		for len(b.Docs) > 0 {
			if err := h.step(ctx, b); err != nil {
				return err
			}
		}
		return nil
	}
	j.right = func(*testing.T) { h.want("Newer [OLD] 1: hat", "New [NEW] 1: shirt") }
	return j
}

func TestFaultMatrix_Collections(t *testing.T) {
	t.Parallel()
	faultMatrix{operations: []string{"CollectionsPage", "Publications", "CollectionsByIDP", "VariantsFoundC", "MetafieldDefinitionCreate", "CollectionsByKey1", "CollectionsByID",
		"CollectionCreate", "CollectionUpdate", "JobsDone1", "PublicationUpdate"}, open: collectionJob}.run(t)
}
