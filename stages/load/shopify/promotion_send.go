package shopify

import (
	"context"
	"fmt"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// promotionWriting is the writing of a document of shopify.promotion.
func promotionWriting(doc pipeline.Document) (writing, error) {
	w, err := bodyOf[promotion](doc)
	if err != nil {
		return writing{}, err
	}
	if w.Variant == "" || w.Was == nil || w.To == nil || w.To.Price == nil {
		return writing{}, fmt.Errorf("%w: %s", errNoBody, doc.Key)
	}
	return writing{doc: doc, Target: w.Target, was: *w.Was, to: *w.To, compare: true, prices: true}, nil
}

// send sets the prices of promotions that start, and puts back those of promotions
// that end. A price that somebody changed since the plan is left alone in any case:
// what was kept to be restored would no longer be right.
func (s promotionDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	all, err := writingsOf(b.Docs, promotionWriting)
	if err != nil {
		return pipeline.Answer{}, err
	}
	a, err := s.write(ctx, b, all, true)
	a.Said = said.All()
	return a, err
}

// ask says what became of prices whose answer was lost, as that of priceDesk does.
func (s promotionDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.asked(ctx, b, promotionWriting)
	a.Said = said.All()
	return a, err
}
