package law

import (
	"fmt"
	"maps"
	"slices"

	"wasl/pipeline"
)

// sums checks section 3.6: the sums over the lines, the totals of taxes, and how it was paid.
func (c *check) sums() {
	t := c.tree
	c.rest()
	if !c.addable() {
		return
	}
	var sales, commercial, discounts, net, total dec
	taxes := map[string]dec{}
	for i := range t.list("itemData") {
		n := &t.list("itemData")[i]
		sales, net, total = sales.Add(n.dec("totalSale")), net.Add(n.dec("netSale")), total.Add(n.dec("total"))
		commercial, discounts = commercial.Add(sum(n, "commercialDiscountData")), discounts.Add(sum(n, "itemDiscountData"))
		for kind, amount := range taxesOf(n) {
			taxes[kind] = taxes[kind].Add(amount)
		}
	}
	c.same(t, "totalSales", "", "receipt.sum.sales", sales)
	if given := t.dec("totalCommercialDiscount"); given.IsPos() && given.GreaterThan(t.dec("totalSales")) && t.get("totalSales") != nil {
		c.add("totalCommercialDiscount", "receipt.sum.more", "got", given.String(), "total", t.dec("totalSales").String())
	} else {
		c.optional("totalCommercialDiscount", "receipt.sum.commercial", commercial)
	}
	c.optional("totalItemsDiscount", "receipt.sum.items", discounts)
	c.same(t, "netAmount", "", "receipt.sum.net", net)
	c.same(t, "totalAmount", "", "receipt.sum.total", total.Sub(sum(t, "extraReceiptDiscountData")).Add(t.dec("adjustment")))
	c.taxTotals(taxes)
}

// addable tells whether every amount of the lines and of the receipt can be computed with.
func (c *check) addable() bool {
	lines := c.tree.list("itemData")
	for i := range lines {
		if !complete(&lines[i]) {
			return false
		}
	}
	for _, name := range []string{"totalCommercialDiscount", "totalItemsDiscount", "adjustment"} {
		if n := c.tree.get(name); n != nil && !numeric(n) {
			return false
		}
	}
	return len(lines) > 0
}

// rest checks what stands beside the sums.
func (c *check) rest() {
	t := c.tree
	c.discounts(t, "")
	if fees := t.dec("feesAmount"); fees.IsPos() {
		c.add("feesAmount", "receipt.fees.zero", "got", fees.String())
	}
	if adjusted := t.dec("adjustment"); !adjusted.IsZero() {
		c.add("adjustment", "receipt.adjustment.zero", "got", adjusted.String())
	}
	c.code("payment_methods", t.str("paymentMethod"), "paymentMethod", "receipt.payment.unknown")
	for _, name := range []string{"contractor", "beneficiary"} {
		if rate := t.dec(name, "rate"); rate.GreaterThan(hundred) {
			c.add(name+".rate", "receipt.contractor.rate", "got", rate.String())
		}
	}
}

// optional compares a sum that may be left out where it is zero.
func (c *check) optional(name string, rule pipeline.Rule, want dec) {
	if c.tree.get(name) == nil && want.GreaterThan(c.tolerance) {
		c.add(name, rule, "got", "0", "want", want.String())
		return
	}
	c.same(c.tree, name, "", rule, want)
}

// taxTotals checks that every tax of the lines has its total, and no other.
func (c *check) taxTotals(taxes map[string]dec) {
	if c.tree.get("taxTotals") == nil && len(taxes) > 0 {
		c.add("taxTotals", "receipt.taxtotals.missing")
		return
	}
	seen := map[string]bool{}
	for i := range c.tree.list("taxTotals") {
		n := &c.tree.list("taxTotals")[i]
		path, kind := fmt.Sprintf("taxTotals[%d]", i), n.str("taxType")
		_, taxed := taxes[kind]
		switch {
		case kind == "":
		case seen[kind]:
			c.add(path+".taxType", "receipt.taxtotals.twice", "tax", kind)
		case !c.code("tax_types", kind, path+".taxType", "receipt.taxtotals.unknown"):
		case !taxed && !n.dec("amount").IsZero():
			c.add(path, "receipt.taxtotals.extra", "tax", kind, "got", n.dec("amount").String())
		default:
			c.same(n, "amount", path, "receipt.sum.tax", taxes[kind], "tax", kind)
		}
		seen[kind] = true
	}
	for _, kind := range slices.Sorted(maps.Keys(taxes)) {
		if !seen[kind] && c.book.Has("tax_types", kind, c.day) {
			c.add("taxTotals", "receipt.taxtotals.lacks", "tax", kind, "want", taxes[kind].String())
		}
	}
}
