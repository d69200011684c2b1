package shopify

import (
	"context"

	"wasl/pipeline"
)

// kindStock is the kind of balances.
const kindStock = "shopify.stock"

// BatchSize is the most documents that one request carries: Flow.Batch.
const BatchSize = 250

// Above some 20,000 balances a job leaves as bulk operations (reference 5.4).
const (
	stockAbove = 20_000
	stockBulk  = 100_000
	stockBytes = 60 << 20 // of bodies, whose rows are hardly longer: an upload takes 100 MB
)

// stockDesk sets balances.
type stockDesk struct{ *Sink }

func (s stockDesk) kind() pipeline.Kind {
	rules := stockRulesOf(s.cfg, nil, s.lang)
	return pipeline.Kind{
		Name:     kindStock,
		Help:     "the balance of an item at a location, set to what the ERP says",
		GroupBy:  []string{"sku", "location"},
		Build:    rules.build,
		Freeze:   rules.freeze,
		Bind:     s.bind,
		Bulk:     pipeline.Bulk{Above: rules.cfg.BulkAbove, Batch: stockBulk, Bytes: stockBytes},
		Settings: stockSettings(),
		Fields: []pipeline.Field{
			{Name: "sku", Type: pipeline.Code, Required: true, Help: "the ERP's code of the item: our own id in Shopify, its SKU or its barcode there"},
			{Name: "location", Type: pipeline.Text, Required: true, Help: "the location's id: gid://shopify/Location/123, mapped from the warehouse; or ignore"},
			{Name: "quantity", Type: pipeline.Quantity, Required: true, Help: "the balance in pieces; warehouses of one location are added up"},
			{Name: "warehouse", Type: pipeline.Code, Help: "the ERP's code of the warehouse"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
			{Name: "barcode", Type: pipeline.Code, Help: "the barcode as it stands in Shopify; the code where there is none"},
			{Name: "reserved", Type: pipeline.Quantity, Help: "pieces that are promised elsewhere: taken off the balance"},
			{Name: "buffer", Type: pipeline.Quantity, Help: "pieces that are kept back of this item, in place of the setting"},
		},
	}
}

// bind is the kind under the settings of a flow.
func (s stockDesk) bind(set pipeline.Settings) pipeline.Kind {
	k := s.kind()
	rules := stockRulesOf(s.cfg, set, s.lang)
	k.Build, k.Freeze = rules.build, rules.freeze
	return k
}

// send posts the frozen request of a batch, directly or as a bulk operation. A
// batch that has grown too old for its keys is not sent but planned anew.
func (s stockDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	return s.told(ctx, func(ctx context.Context) (pipeline.Answer, error) {
		switch {
		case len(b.Docs) == 0:
			return pipeline.Answer{}, nil
		case s.expired(b):
			return s.anew(ctx, b, b.Docs)
		case len(b.Request) == 0:
			return pipeline.Answer{}, noRequest(b)
		case inLines(b.Request):
			return s.startBulk(ctx, b, setQuantities.Text)
		}
		return s.set(ctx, b)
	})
}

// ask says what became of a batch whose answer was lost, or that a bulk operation
// works on. While Shopify keeps its key, sending the same bytes again is the same
// operation, so that everything is ready again as it is. After that the shop is
// read, and what it does not hold is planned anew.
func (s stockDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	return s.told(ctx, func(ctx context.Context) (pipeline.Answer, error) {
		if inLines(b.Request) {
			return s.askLines(ctx, b)
		}
		var unsure []pipeline.Document
		for _, doc := range b.Docs {
			if doc.State == pipeline.Sending {
				unsure = append(unsure, doc)
			}
		}
		if s.expired(b) {
			return s.anew(ctx, b, unsure)
		}
		return pipeline.Answer{Outcomes: again(unsure)}, nil
	})
}
