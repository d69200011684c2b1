package eta

import (
	"cmp"
	"strings"
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
	wrong := func(field, value string, rule pipeline.Rule, facts ...string) {
		problems = append(problems, pipeline.Problem{Field: field, Value: value, Rule: rule, With: with(append(facts, "sku", sku, "name", name)...)})
	}
	kind := strings.ToUpper(i.Type)
	if kind == "" && gtinForm.MatchString(i.Code) {
		kind = "GS1"
	}
	switch rin := d.Seller.RIN; {
	case i.Code == "":
		wrong("item.code", "", "eta.item")
	case cmp.Or(kind, "EGS") == "EGS" && rin != "" && !egs(i.Code, rin): // whose code it is, only a registered taxpayer knows
		wrong("item.code", i.Code, "eta.egs", "code", i.Code, "rin", rin)
	case kind == "GS1" && !gtin(i.Code):
		wrong("item.code", i.Code, "eta.gtin", "code", i.Code)
	case kind != "" && kind != "EGS" && kind != "GS1":
		wrong("item.type", i.Type, "eta.choice", "value", i.Type, "known", "EGS, GS1")
	}
	switch {
	case i.Unit == "":
		wrong("item.unit", "", "ready.unit")
	case !d.knownUnit(i.Unit, day):
		wrong("item.unit", i.Unit, "eta.unit", "unit", i.Unit)
	}
	rate, err := udecimal.Parse(i.VATRate)
	if err != nil || !d.Law().RateFits(i.VATType, rate, day) {
		wrong("item.vat_type", i.VATType, "eta.vat", "type", i.VATType, "rate", cmp.Or(i.VATRate, "-"))
	}
	return problems
}
