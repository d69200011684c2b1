package eta

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

// validation checks an order by every rule that the authority would refuse its receipt by (section 9), and finds all
// that is wrong with it, not only the first.
type validation struct {
	config   Config
	policy   policy
	zone     *time.Location
	order    order
	day      string // of the order, in the shop's zone: the law of that day counts
	problems []pipeline.Problem
}

func (v *validation) add(p pipeline.Problem) { v.problems = append(v.problems, p) }

// sale checks what is stated once an order.
func (v *validation) sale() {
	o := v.order
	for _, field := range []string{"order.id", "order.name", "order.created", "order.total"} {
		if !o.has(field) {
			v.add(o.problem(field, "eta.absent"))
		}
	}
	v.currency()
	if total := o.amount("order.total"); o.has("order.total") && (total.IsNeg() || total.IsZero() && v.policy.zero != "send") {
		v.add(o.problem("order.total", "eta.zero"))
	}
	for _, field := range []string{"order.subtotal", "order.discount", "order.shipping", "order.taxes"} {
		if o.amount(field).IsNeg() {
			v.add(o.problem(field, "eta.negative"))
		}
	}
	for _, field := range []string{"order.subtotal", "order.discount", "order.shipping", "order.taxes", "order.total"} {
		if !dec5(o.amount(field)) {
			v.add(o.problem(field, "eta.decimals"))
		}
	}
	limit, _ := v.config.Law().Limit(law.ReceiptLines, v.day).Int64()
	if o.amount("order.shipping").IsPos() {
		limit--
	}
	if len(o.lines) > int(limit) {
		v.add(o.problem("order.name", "eta.lines", "count", itoa(len(o.lines)), "limit", itoa(int(limit))))
	}
}

// currency checks that the order is in EGP, or in a currency that it is filed in at a rate.
func (v *validation) currency() {
	currency := v.order.currency()
	switch known := v.config.known("currency_codes", currency, v.day); {
	case currency == pound:
	case !known:
		v.add(v.order.problem("order.currency", "eta.code", "currency", currency))
	case v.policy.foreign == hold:
		v.add(v.order.problem("order.currency", "eta.currency", "currency", currency))
	case !v.policy.rateOf(v.order).IsPos():
		v.add(v.order.problem("order.exchange_rate", "eta.rate", "currency", currency))
	}
}

// items fills in the lines, without amounts.
func (v *validation) items() []item {
	all := make([]item, 0, len(v.order.lines)+1)
	for _, r := range v.order.lines {
		all = append(all, v.item(r))
	}
	return all
}

func (v *validation) item(r pipeline.Record) item {
	wrong := func(field string, rule pipeline.Rule, facts ...string) {
		v.add(r.Problem(field, rule, with(append(facts, "sku", r.Text("line.sku"))...)))
	}
	i := item{
		internalCode: clean(cmp.Or(r.Text("line.sku"), r.Text("item.code")), 51), itemCode: r.Text("item.code"),
		description: clean(cmp.Or(r.Text("item.name"), r.Text("line.name"), r.Text("line.sku")), 500),
		unit:        cmp.Or(r.Text("item.unit"), "EA"), quantity: r.Amount("line.quantity"),
		vatType: r.Text("item.vat_type"), rate: r.Amount("item.vat_rate"),
	}
	i.itemType = v.config.code(r.Text("item.type"), i.itemCode, cmp.Or(r.Text("line.name"), r.Text("line.sku")), wrong)
	if i.itemCode != "" { // else it is not in the item master at all: said already
		var fits bool
		if i.vatType, i.rate, fits = v.config.vat(i.vatType, i.rate, r.Has("item.vat_rate"), v.day); !fits {
			wrong("item.vat_type", "eta.vat", "type", i.vatType, "rate", i.rate.String())
		}
		i.others = v.levies(r, wrong)
	}
	if len([]rune(i.internalCode)) > 50 {
		wrong("line.sku", "eta.length", "limit", "50")
	}
	if i.description == "" {
		wrong("line.name", "eta.absent")
	}
	if !v.config.knownUnit(i.unit, v.day) {
		wrong("item.unit", "eta.unit", "unit", i.unit)
	}
	switch {
	case r.Has("line.quantity") && !i.quantity.IsPos():
		wrong("line.quantity", "eta.quantity")
	case !r.Has("line.quantity"):
		wrong("line.quantity", "eta.absent")
	}
	if !r.Has("line.price") {
		wrong("line.price", "eta.absent")
	}
	for _, field := range []string{"line.price", "line.discount"} {
		if r.Amount(field).IsNeg() {
			wrong(field, "eta.negative")
		}
	}
	for _, field := range []string{"line.quantity", "line.price", "line.discount", "item.vat_rate"} {
		if !dec5(r.Amount(field)) {
			wrong(field, "eta.decimals")
		}
	}
	return i
}

// facts are the order's figures, for the problem that they do not add up: the words around them are the rule's, in
// either language.
func (s sums) facts() []string {
	gross, off := s.gross()
	subtotal := "-"
	if s.hasSubtotal {
		subtotal = s.subtotal.StringFixed(2)
	}
	return []string{"goods", gross.StringFixed(2), "off", off.StringFixed(2), "subtotal", subtotal, "discount", s.discount.StringFixed(2),
		"shipping", s.shipping.StringFixed(2), "taxes", s.taxes.StringFixed(2), "total", s.total.StringFixed(2)}
}

// verify computes every formula again from the filled receipt, and holds its total against what it has to come to.
func (v *validation) verify(r receipt, want dec) {
	off := func(what string, got, want dec) {
		if !near(got, want, piastre) {
			v.add(v.order.problem("order.total", "eta.formula", "what", what, "got", got.String(), "want", want.String()))
		}
	}
	var sales, net, sum dec
	taxes := map[string]dec{}
	for n, i := range r.items {
		path := fmt.Sprintf("itemData[%d].", n)
		vat, others := i.split()
		of := []tax{{kind: "T1", rate: i.rate}}
		for n, o := range i.others {
			of = append(of, tax{kind: o.kind, rate: o.value, fixed: o.fixed, amount: others[n]})
			taxes[o.kind] = taxes[o.kind].Add(others[n])
		}
		taxes["T1"] = taxes["T1"].Add(vat)
		f := line(i.quantity, i.unitPrice, i.discount, zero, zero, of)
		g := line(one, i.netSale, zero, zero, zero, of)
		off(path+"totalSale", i.totalSale, f.totalSale)
		off(path+"netSale", i.netSale, i.totalSale.Sub(i.discount))
		off(path+"T1", vat, g.taxes["T1"])
		for n, o := range i.others {
			off(path+o.kind, others[n], g.taxes[o.kind])
		}
		off(path+"total", i.total, i.netSale.Add(i.tax))
		sales, net, sum = sales.Add(i.totalSale), net.Add(i.netSale), sum.Add(i.total)
	}
	off("totalSales", r.totals.sales, sales)
	off("netAmount", r.totals.net, net)
	for _, t := range r.totals.taxes {
		off("taxTotals", t.amount, taxes[t.kind])
	}
	off("totalAmount", r.totals.total, sum)
	off("totalAmount", r.totals.total, want)
}

// dec5 tells whether a number has at most the five decimals that the authority takes.
func dec5(d dec) bool { return d.Trunc(5).Equal(d) }

func itoa(n int) string { return strconv.Itoa(n) }
