package erp

import (
	"slices"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// piastre is the smallest amount of money.
var piastre = udecimal.MustParse("0.01")

// hundred is what rates are parts of.
var hundred = udecimal.MustParse("100")

// spread lays an amount, in piastres, on weights: each gets its part rounded down,
// and the piastres that are left over go to those who lost most by it (largest
// remainder; of equals the first). The parts add up to the amount. Weights below
// zero get nothing; where all are zero there is nowhere to lay it: nil.
func spread(amount pipeline.Decimal, weights []pipeline.Decimal) []pipeline.Decimal {
	all := zero
	for _, w := range weights {
		if w.IsPos() {
			all = all.Add(w)
		}
	}
	if all.IsZero() {
		return nil
	}
	type rest struct {
		at   int
		lost pipeline.Decimal
	}
	negative := amount.IsNeg()
	left := amount.Abs()
	parts := make([]pipeline.Decimal, len(weights))
	var rests []rest
	whole := left
	for i, w := range weights {
		if !w.IsPos() {
			continue
		}
		exact := divided(whole.Mul(w), all)
		parts[i] = exact.Trunc(2)
		left = left.Sub(parts[i])
		rests = append(rests, rest{i, exact.Sub(parts[i])})
	}
	slices.SortStableFunc(rests, func(a, b rest) int { return b.lost.Cmp(a.lost) })
	for i := 0; left.Cmp(piastre) >= 0; i = (i + 1) % len(rests) {
		parts[rests[i].at] = parts[rests[i].at].Add(piastre)
		left = left.Sub(piastre)
	}
	if !left.IsZero() { // an amount that is finer than piastres
		parts[rests[0].at] = parts[rests[0].at].Add(left)
	}
	for i := range parts {
		if negative {
			parts[i] = parts[i].Neg()
		}
	}
	return parts
}

// divided is a quotient of which the divisor is not zero.
func divided(d, by pipeline.Decimal) pipeline.Decimal {
	q, err := d.Div(by)
	if err != nil {
		panic(err)
	}
	return q
}

// share is the part of an amount that so many of all pieces have, in piastres.
func share(amount, of, all pipeline.Decimal) pipeline.Decimal {
	if all.IsZero() {
		return zero
	}
	return divided(amount.Mul(of), all).RoundHAZ(2)
}

// rateOf is the rate of a tax in its name, per cent: 14 of "VAT 14%" and of
// "ES IVA 14 %"; the name itself where it has none.
func rateOf(name string) string {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(name), "%"))
	if i := strings.LastIndexAny(text, " (:"); i >= 0 {
		text = text[i+1:]
	}
	if rate, err := udecimal.Parse(text); err == nil && strings.Contains(name, "%") {
		return rate.String()
	}
	return name
}

// byRate are the taxes of an order: as the file states them, or else those of its
// lines by their rates.
func (o order) byRate(lines []line, shipping []line) []rated {
	var out []rated
	add := func(rate string, tax pipeline.Decimal) {
		at := slices.IndexFunc(out, func(r rated) bool { return r.Rate == rate })
		if at < 0 {
			out, at = append(out, rated{Rate: rate}), len(out)
		}
		out[at].Tax = out[at].Tax.Add(tax)
	}
	for _, n := range []string{"order.tax1", "order.tax2", "order.tax3", "order.tax4", "order.tax5"} {
		if o.has(n) && o.has(n+"_amount") {
			add(rateOf(o.text(n)), o.amount(n+"_amount"))
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, l := range slices.Concat(lines, shipping) {
		if l.Tax != nil && l.Rate != "" {
			for i, part := range taxParts(*l.Tax, l.Rate) {
				add(strings.Split(l.Rate, "+")[i], part)
			}
		}
	}
	return out
}

// taxParts lays the tax of a line on its rates: 14+5.
func taxParts(tax pipeline.Decimal, rates string) []pipeline.Decimal {
	names := strings.Split(rates, "+")
	weights := make([]pipeline.Decimal, len(names))
	for i, name := range names {
		weights[i], _ = udecimal.Parse(strings.TrimSpace(name)) // a rate that is no number has no part of it
	}
	if parts := spread(tax, weights); parts != nil {
		return parts
	}
	parts := make([]pipeline.Decimal, len(names))
	parts[0] = tax
	return parts
}

// taxLines works out the tax of lines that state none, where the order has one
// rate alone and what it gives of the lines and the shipping comes to the tax that
// the order states, to a piastre a line. It lays the stated tax on them by value.
// Where it does not come to that (some lines are not taxed, or not alike) the tax
// of a line stays unknown.
func taxLines(lines []line, shipping, taxes pipeline.Decimal, rates []rated, onTop bool) {
	for _, l := range lines {
		if l.Tax != nil {
			return
		}
	}
	if len(rates) != 1 {
		return
	}
	rate, err := udecimal.Parse(rates[0].Rate)
	if err != nil {
		return
	}
	weights := make([]pipeline.Decimal, 0, len(lines)+1)
	all := zero
	for _, l := range lines {
		net := zero
		if l.Kind == lineItem {
			net = l.Total
		}
		weights, all = append(weights, net), all.Add(net)
	}
	weights, all = append(weights, shipping), all.Add(shipping)
	base := hundred
	if !onTop {
		base = base.Add(rate)
	}
	expected := divided(all.Mul(rate), base)
	slack := piastre.Mul(pipeline.Decimal{}.Add64(uint64(len(weights))))
	if expected.Sub(taxes).Abs().Cmp(slack) > 0 {
		return
	}
	for i, part := range spread(taxes, weights) {
		if i < len(lines) && lines[i].Kind == lineItem {
			lines[i].Tax, lines[i].Rate = &part, rates[0].Rate
		}
	}
}
