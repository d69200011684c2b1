package shopify

import (
	"context"
	"fmt"

	"wasl/pipeline"
)

// A desk handles one kind of documents: what the Sink does, it asks the desk of
// the kind to do. To add a kind: a desk in a file of its own, and a line in desks.
type desk interface {
	// kind is what mappings are checked against. It is also asked of a Sink that
	// was never opened.
	kind() pipeline.Kind
	// plan holds documents against what the shop has now; it only reads.
	plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error)
	// send and ask are those of pipeline.Sink, for batches of the kind.
	send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error)
	ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error)
	// scopes are the rights that its flows need (reference 2.4).
	scopes() []string
}

// desks are all of them, in the order in which wasl kinds lists their kinds.
func (s *Sink) desks() []desk {
	return []desk{
		stockDesk{s},
		productDesk{s},
		statusDesk{s},
		priceDesk{s},
		promotionDesk{s},
		discountDesk{s},
		imageDesk{s},
		collectionDesk{s},
		orderDesk{s},
		fulfilDesk{s},
		paidDesk{s},
	}
}

// desk is the one of a kind. Documents without a kind are of the first.
func (s *Sink) desk(kind string) (desk, error) {
	all := s.desks()
	if kind == "" {
		return all[0], nil
	}
	for _, d := range all {
		if d.kind().Name == kind {
			return d, nil
		}
	}
	return nil, fmt.Errorf("shopify: no desk for %s", kind)
}

// Kinds are the sorts of documents that a shop accepts.
func (s *Sink) Kinds() []pipeline.Kind {
	var all []pipeline.Kind
	for _, d := range s.desks() {
		all = append(all, d.kind())
	}
	return all
}

// Plan reads what the shop has and compares documents with that.
func (s *Sink) Plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	d, err := s.desk(q.Kind)
	if err != nil {
		return pipeline.Plan{}, err
	}
	return d.plan(ctx, q)
}

// Send sends a batch by the desk of its kind.
func (s *Sink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	d, err := s.of(b)
	if err != nil {
		return pipeline.Answer{}, err
	}
	return d.send(ctx, b)
}

// Ask asks about a batch by the desk of its kind.
func (s *Sink) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	d, err := s.of(b)
	if err != nil {
		return pipeline.Answer{}, err
	}
	return d.ask(ctx, b)
}

// of is the desk of a batch, all of whose documents are of one kind.
func (s *Sink) of(b pipeline.Batch) (desk, error) {
	kind := ""
	if len(b.Docs) > 0 {
		kind = b.Docs[0].Kind
	}
	return s.desk(kind)
}
