package shopify

import "wasl/pipeline"

// BatchSize is the most documents that one request carries: Flow.Batch.
const BatchSize = 250

// stockDesk sets balances.
type stockDesk struct{ *Sink }

func (s stockDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    "shopify.stock",
		Help:    "the balance of an item at a location, set to what the ERP says",
		GroupBy: []string{"sku", "location"},
		Build:   s.cfg.build,
		Freeze:  s.cfg.freeze,
		Fields: []pipeline.Field{
			{Name: "sku", Type: pipeline.Code, Required: true, Help: "the SKU as it stands in Shopify"},
			{Name: "location", Type: pipeline.Text, Required: true, Help: "the location's id: gid://shopify/Location/123, mapped from the warehouse"},
			{Name: "quantity", Type: pipeline.Quantity, Required: true, Help: "the balance in pieces; warehouses of one location are added up"},
			{Name: "warehouse", Type: pipeline.Code, Help: "the ERP's code of the warehouse"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
		},
	}
}
