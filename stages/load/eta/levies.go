package eta

import (
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// A load is what a line is taxed with: VAT (T1) at a rate, and what else the item master says of the article. Shopify adds its
// taxes up line by line, and knows neither the authority's types nor that VAT is charged on some of the others: so the
// shop's sum is what has to come out, and the item master says what it is made of.
type load struct {
	vat    dec // per cent
	others []levy
}

// A levy is a tax beside VAT (eta-ereceipt.md section 9): table tax T2 and T3, stamp, entertainment, service, fees.
type levy struct {
	kind, subtype string
	value         dec  // per cent, or EGP for one unit
	fixed         bool // an amount for one unit
	inBase        bool // VAT and T2 are charged on it
}

// each are the amounts of the others on a net of so many units, in their order.
func (t load) each(net, quantity dec) []dec {
	if len(t.others) == 0 {
		return nil
	}
	all := make([]dec, len(t.others))
	base := net
	for i, o := range t.others {
		switch {
		case o.fixed:
			all[i] = round5(o.value.Mul(quantity))
		case o.kind != "T2":
			all[i] = percentOf(net, o.value)
		}
		if o.inBase && o.kind != "T2" {
			base = base.Add(all[i])
		}
	}
	for i, o := range t.others {
		if o.kind == "T2" && !o.fixed {
			all[i] = percentOf(base, o.value)
		}
	}
	return all
}

// on is all taxes on a net of so many units.
func (t load) on(net, quantity dec) dec {
	base := net
	var sum dec
	for i, amount := range t.each(net, quantity) {
		sum = sum.Add(amount)
		if t.others[i].inBase {
			base = base.Add(amount)
		}
	}
	return sum.Add(percentOf(base, t.vat))
}

// net is what is left of a price that holds all taxes.
func (t load) net(gross, quantity dec) dec {
	if len(t.others) == 0 {
		return round5(gross.Mul(hundred).MustDiv(hundred.Add(t.vat)))
	}
	rate := func(per dec) dec { return per.MustDiv(hundred) }
	onNet, onBase, outside, table := one, dec{}, dec{}, dec{} // net is taxed so many times; amounts in the base, and beside it
	for _, o := range t.others {
		switch {
		case o.fixed && o.inBase:
			onBase = onBase.Add(o.value.Mul(quantity))
		case o.fixed:
			outside = outside.Add(o.value.Mul(quantity))
		case o.kind == "T2":
			table = rate(o.value)
		case o.inBase:
			onNet = onNet.Add(rate(o.value))
		}
	}
	more := one.Add(table).Mul(one.Add(rate(t.vat)))
	all := onNet.Mul(more)
	for _, o := range t.others {
		if !o.fixed && !o.inBase {
			all = all.Add(rate(o.value))
		}
	}
	return udecimal.Max(zero, round5(gross.Sub(outside).Sub(onBase.Mul(more)).MustDiv(all)))
}

// split are the amounts of a line's taxes: VAT is what is left of all of them.
func (i item) split() (vat dec, others []dec) {
	vat, others = i.tax, i.load().each(i.netSale, i.quantity)
	for _, amount := range others {
		vat = vat.Sub(amount)
	}
	return vat, others
}

func (i item) load() load { return load{i.rate, i.others} }

// levies are the taxes beside VAT that an article is sold with: subtypes of the authority, each with its rate in per cent
// or, where it is an amount, with that for one unit: "Tbl01 10 + OF02 0.25". T4, which a buyer withholds, has no place
// in a receipt to a consumer: who it is held by a person has to say.
func (v *validation) levies(r pipeline.Record, wrong func(string, pipeline.Rule, ...string)) []levy {
	var all []levy
	seen := map[string]bool{"T1": true}
	book := v.config.Law()
	for part := range strings.SplitSeq(r.Text("item.taxes"), "+") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		bad := func(rule pipeline.Rule) { wrong("item.taxes", rule, "tax", strings.Join(words, " ")) }
		if len(words) != 2 {
			bad("eta.taxes")
			continue
		}
		value, err := udecimal.Parse(strings.TrimSuffix(words[1], "%"))
		row, known := book.Row("tax_subtypes", words[0], v.day)
		o := levy{kind: row.Cell("tax_type"), subtype: words[0], value: value}
		kind, _ := book.Row("tax_types", o.kind, v.day)
		o.fixed, o.inBase = book.FixedAmount(o.kind, o.subtype), kind.Cell("in_vat_base") == "yes"
		switch {
		case err != nil, !known, value.IsNeg(), !dec5(value), !o.fixed && value.GreaterThan(hundred):
			bad("eta.taxes")
		case o.kind == "T4":
			bad("eta.taxes.withheld")
		case seen[o.kind]:
			bad("eta.taxes.twice")
		default:
			all = append(all, o)
		}
		seen[o.kind] = true
	}
	return all
}
