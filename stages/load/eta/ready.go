package eta

import (
	"cmp"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// Dry makes a sink that builds and seals receipts and sends none: before go-live its settings need not be complete.
func Dry(c Config, zone *time.Location) *Sink {
	if zone == nil {
		zone = time.UTC
	}
	return c.withDefaults().sink(Deps{Now: time.Now, Zone: zone})
}

// An Item is what the item master says of an article, as texts.
type Item struct{ Code, Type, Unit, VATType, VATRate string }

// CheckItem finds what a receipt with this article would be refused for on a day. Its problems have no place: the item
// master is a table. The field is the one of orders that looks it up.
func (c Config) CheckItem(sku, name string, i Item, day string) []pipeline.Problem {
	d := c.withDefaults()
	var problems []pipeline.Problem
	cells := map[string]string{"item.code": i.Code, "item.type": i.Type, "item.unit": i.Unit, "item.vat_type": i.VATType}
	wrong := func(field string, rule pipeline.Rule, facts ...string) {
		problems = append(problems, pipeline.Problem{Field: field, Value: cells[field], Rule: rule, With: with(append(facts, "sku", sku, "name", name)...)})
	}
	d.code(i.Type, i.Code, name, wrong)
	switch {
	case i.Unit == "":
		wrong("item.unit", "ready.unit")
	case !d.knownUnit(i.Unit, day):
		wrong("item.unit", "eta.unit", "unit", i.Unit)
	}
	rate, err := udecimal.Parse(i.VATRate)
	if _, _, fits := d.vat(i.VATType, rate, i.VATRate != "", day); !fits || err != nil && i.VATRate != "" {
		wrong("item.vat_type", "eta.vat", "type", i.VATType, "rate", cmp.Or(i.VATRate, "-"))
	}
	return problems
}
