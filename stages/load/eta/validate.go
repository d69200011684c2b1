package eta

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"

	"github.com/quagmt/udecimal"
)

// validation checks an order by every rule that the authority would refuse its receipt by (section 9), and finds all
// that is wrong with it, not only the first.
type validation struct {
	config   Config
	zone     *time.Location
	order    order
	day      string // of the order, in the shop's zone: the law of that day counts
	problems []pipeline.Problem
}

func (v *validation) add(p pipeline.Problem) { v.problems = append(v.problems, p) }

// sale checks what is stated once an order.
func (v *validation) sale() {
	o := v.order
	for _, field := range []string{"order.name", "order.created", "order.total"} {
		if !o.has(field) {
			v.add(o.problem(field, "eta.absent"))
		}
	}
	if currency := o.text("order.currency"); !strings.EqualFold(cmp.Or(currency, "EGP"), "EGP") {
		rule := pipeline.Rule("eta.currency")
		if !v.config.known("currency_codes", strings.ToUpper(currency), v.day) {
			rule = "eta.code"
		}
		v.add(o.problem("order.currency", rule, "currency", currency))
	}
	if o.has("order.total") && !o.amount("order.total").IsPos() {
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
	v.sold()
}

// sold holds an order of which nothing was sold: voided, expired, or cancelled before it was paid.
func (v *validation) sold() {
	status := pipeline.Fold(v.order.text("order.status"))
	void := status == "voided" || status == "expired"
	taken := slices.Contains([]string{"paid", "partially paid", "partially refunded", "refunded"}, status)
	switch {
	case void:
		v.add(v.order.problem("order.status", "eta.unsold", "status", status))
	case v.order.has("order.cancelled") && !taken:
		v.add(v.order.problem("order.cancelled", "eta.unsold", "status", "cancelled"))
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
		itemType: strings.ToUpper(r.Text("item.type")), vatType: r.Text("item.vat_type"), rate: r.Amount("item.vat_rate"),
	}
	v.code(r, &i, wrong)
	v.vat(r, &i, wrong)
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

// code checks the article's code, and tells its type where none is given.
func (v *validation) code(r pipeline.Record, i *item, wrong func(string, pipeline.Rule, ...string)) {
	if i.itemType == "" {
		i.itemType = "EGS"
		if gtinForm.MatchString(i.itemCode) {
			i.itemType = "GS1"
		}
	}
	switch rin := v.config.Seller.RIN; {
	case i.itemCode == "":
		wrong("item.code", "eta.item", "name", cmp.Or(r.Text("line.name"), r.Text("line.sku")))
	case i.itemType != "EGS" && i.itemType != "GS1":
		wrong("item.type", "eta.choice", "value", r.Text("item.type"), "known", "EGS, GS1")
	case len([]rune(i.itemCode)) > 100:
		wrong("item.code", "eta.length", "limit", "100")
	case i.itemType == "EGS" && !egs(i.itemCode, rin):
		wrong("item.code", "eta.egs", "code", i.itemCode, "rin", rin)
	case i.itemType == "GS1" && !gtin(i.itemCode):
		wrong("item.code", "eta.gtin", "code", i.itemCode)
	}
}

// vat checks the article's VAT. The general rate and its subtype stand for each other; nothing else is guessed.
func (v *validation) vat(r pipeline.Record, i *item, wrong func(string, pipeline.Rule, ...string)) {
	general, _ := v.config.Law().Rate(law.General, v.day)
	switch hasType, hasRate := i.vatType != "", r.Has("item.vat_rate"); {
	case i.itemCode == "": // not in the item master at all: said already
		return
	case !hasType && hasRate && i.rate.Equal(general):
		i.vatType = law.General
	case hasType && !hasRate && i.vatType == law.General:
		i.rate = general
	}
	if !v.config.Law().RateFits(i.vatType, i.rate, v.day) || !r.Has("item.vat_rate") && i.vatType == "" {
		wrong("item.vat_type", "eta.vat", "type", i.vatType, "rate", i.rate.String())
	}
}

// payment finds the code of how the order was paid. One receipt has one: several tenders of one code are that code,
// others are O (section 11). An unknown gateway is nobody's guess.
func (v *validation) payment() string {
	text := v.order.text("order.payment")
	code := ""
	for part := range strings.SplitSeq(text, "+") {
		one, known := v.config.Payments[pipeline.Fold(part)]
		if !known {
			v.add(v.order.problem("order.payment", "eta.payment", "gateway", strings.TrimSpace(part)))
			return ""
		}
		if code != "" && one != code {
			one = "O"
		}
		code = one
	}
	return code
}

// buyer is who has to be named from the threshold on.
func (v *validation) buyer(total dec) (id, name string) {
	id, name = v.order.text("customer.id"), clean(v.order.text("customer.name"), 100)
	if !nationalIDForm.MatchString(id) || name == "" {
		v.add(v.order.problem("customer.id", "eta.buyer", "total", total.String(), "limit", v.config.threshold(v.day).String()))
	}
	return id, name
}

// deal finds how the order's figures hang together, and whether its tax is the tax of its lines.
func (v *validation) deal(items []item) (deal, bool) {
	o := v.order
	s := sums{
		goods: goods(o, items), subtotal: o.amount("order.subtotal"), hasSubtotal: o.has("order.subtotal"),
		discount: o.amount("order.discount"), shipping: o.amount("order.shipping"), taxes: o.amount("order.taxes"), total: o.amount("order.total"),
	}
	found := s.deals(v.config.Prices, v.config.Tolerance)
	if len(found) == 0 {
		v.add(o.problem("order.total", "sum.mismatch", s.facts()...))
		return deal{}, false
	}
	rate := *v.config.Shipping.VATRate
	fits := slices.DeleteFunc(slices.Clone(found), func(d deal) bool { return !v.taxFits(d, s, rate) })
	switch {
	case len(fits) == 0:
		v.add(o.problem("order.taxes", "tax.mismatch", "taxes", s.taxes.String(), "computed", found[0].vat(s.goods, rate).RoundHAZ(2).String()))
		return deal{}, false
	case len(fits) > 1:
		v.add(o.problem("order.total", "eta.ambiguous", s.facts()...))
		return deal{}, false
	}
	d := fits[0]
	if d.shipping.IsPos() && v.config.Shipping.ItemCode == "" {
		v.add(o.problem("order.shipping", "eta.shipping"))
		return deal{}, false
	}
	return d, true
}

// taxFits holds the tax of the lines against the order's. Shopify rounds line by line, so each line may be a piastre
// off. A shop that has no taxes set up states none: then nothing contradicts prices that include VAT.
func (v *validation) taxFits(d deal, s sums, shippingRate dec) bool {
	if d.inclusive && s.taxes.IsZero() {
		return true
	}
	lines := udecimal.MustFromInt64(int64(len(s.goods)+1), 0)
	return near(d.vat(s.goods, shippingRate), s.taxes, v.config.Tolerance.Mul(lines))
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

// verify computes every formula again from the filled receipt, and holds its total against the order's.
func (v *validation) verify(r receipt) {
	off := func(what string, got, want dec) {
		if !near(got, want, piastre) {
			v.add(v.order.problem("order.total", "eta.formula", "what", what, "got", got.String(), "want", want.String()))
		}
	}
	var sales, net, tax1, sum dec
	for n, i := range r.items {
		path := fmt.Sprintf("itemData[%d].", n)
		f := line(i.quantity, i.unitPrice, i.discount, zero, zero, []tax{{kind: "T1", rate: i.rate}})
		off(path+"totalSale", i.totalSale, f.totalSale)
		off(path+"netSale", i.netSale, i.totalSale.Sub(i.discount))
		off(path+"T1", i.tax, percentOf(i.netSale, i.rate))
		off(path+"total", i.total, i.netSale.Add(i.tax))
		sales, net, tax1, sum = sales.Add(i.totalSale), net.Add(i.netSale), tax1.Add(i.tax), sum.Add(i.total)
	}
	off("totalSales", r.totals.sales, sales)
	off("netAmount", r.totals.net, net)
	off("taxTotals", r.totals.tax, tax1)
	off("totalAmount", r.totals.total, sum)
	off("totalAmount", r.totals.total, v.order.amount("order.total"))
}

// dec5 tells whether a number has at most the five decimals that the authority takes.
func dec5(d dec) bool { return d.Trunc(5).Equal(d) }

func itoa(n int) string { return strconv.Itoa(n) }
