package law

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wasl/pipeline"
)

// lines checks section 3.5: codes, discounts, taxes, and the formulas of section 9 line by line.
func (c *check) lines() {
	items := c.tree.get("itemData")
	if items == nil || items.kind != isList {
		return
	}
	if len(items.kids) == 0 {
		c.add("itemData", "receipt.items.none")
	}
	if most, _ := c.book.Limit(ReceiptLines, c.day).Int64(); len(items.kids) > int(most) {
		c.add("itemData", "receipt.items.many", "count", itoa(len(items.kids)), "limit", itoa(int(most)))
	}
	for i := range items.kids {
		if n := &items.kids[i]; n.kind == isObject {
			path := fmt.Sprintf("itemData[%d]", i)
			c.item(n, path)
			c.discounts(n, path)
			c.taxes(n, path)
			if complete(n) {
				c.formulas(n, path)
			}
		}
	}
}

// complete tells whether all amounts of a line can be computed with; where one is missing, only that is said.
func complete(n *node) bool {
	for _, name := range []string{"quantity", "unitPrice", "totalSale", "netSale", "total"} {
		if !numeric(n.get(name)) {
			return false
		}
	}
	for _, name := range []string{"commercialDiscountData", "itemDiscountData", "taxableItems"} {
		for _, e := range n.list(name) {
			if !numeric(e.get("amount")) || e.get("rate") != nil && !numeric(e.get("rate")) {
				return false
			}
		}
	}
	return true
}

func numeric(n *node) bool {
	if n == nil || n.kind != isNumber {
		return false
	}
	before, _, ok := plain(n.text)
	return ok && before <= mostDigits
}

var (
	gtinForm = regexp.MustCompile(`^([0-9]{8}|[0-9]{12,14})$`)
	egsForm  = regexp.MustCompile(`^EG-([0-9]{9})-([^\s"\\]+)$`)
)

func (c *check) item(n *node, path string) {
	if unit := n.str("unitType"); unit != "" && !slices.Contains(c.known.Units, unit) {
		c.code("unit_types", unit, path+".unitType", "receipt.unit.unknown")
	}
	kind, code := n.str("itemType"), n.str("itemCode")
	c.code("item_code_types", kind, path+".itemType", "receipt.itemtype.unknown")
	egs := egsForm.FindStringSubmatch(code)
	switch rin := c.tree.str("seller", "rin"); {
	case code == "":
	case kind == "EGS" && egs == nil:
		c.add(path+".itemCode", "receipt.egs.form", "code", code, "rin", rin)
	case kind == "EGS" && egs[1] != rin && rinForm.MatchString(rin):
		c.add(path+".itemCode", "receipt.egs.other", "code", code, "rin", rin)
	case kind == "GS1" && !gtinForm.MatchString(code):
		c.add(path+".itemCode", "receipt.gtin.form", "code", code)
	case kind == "GS1" && !checkDigit(code):
		c.add(path+".itemCode", "receipt.gtin.digit", "code", code)
	case c.known.Items != nil && !slices.Contains(c.known.Items, code), !c.book.Registered(RegisteredItems, code, c.day):
		c.add(path+".itemCode", "receipt.itemcode.registered", "code", code)
	}
	if numeric(n.get("quantity")) && n.dec("quantity").IsZero() {
		c.add(path+".quantity", "receipt.quantity.zero")
	}
}

// checkDigit tells whether the last digit of a GTIN is that of the others.
func checkDigit(code string) bool {
	sum, weight := 0, 1
	for i := len(code) - 1; i >= 0; i-- {
		sum += int(code[i]-'0') * weight
		weight = 4 - weight
	}
	return sum%10 == 0
}

// discounts checks what is stated beside the amounts of discounts.
func (c *check) discounts(n *node, path string) {
	for _, name := range []string{"commercialDiscountData", "itemDiscountData", "extraReceiptDiscountData"} {
		for i, d := range n.list(name) {
			if rate := d.dec("rate"); rate.GreaterThan(hundred) {
				c.add(fmt.Sprintf("%s[%d].rate", join(path, name), i), "receipt.discountrate.high", "got", rate.String())
			}
		}
	}
	for _, name := range []string{"additionalCommercialDiscount", "additionalItemDiscount"} {
		d := n.get(name)
		if d == nil || len(d.kids) == 0 {
			continue
		}
		if c.known.Ours {
			c.add(join(path, name), "receipt.additional.doubt")
		}
		if rate := d.dec("rate"); rate.GreaterThan(hundred) {
			c.add(join(path, name)+".rate", "receipt.discountrate.high", "got", rate.String())
		}
	}
}

// taxes checks the taxes of a line: each type once, its subtype, its rate.
func (c *check) taxes(n *node, path string) {
	seen := map[string]bool{}
	for i := range n.list("taxableItems") {
		t := &n.list("taxableItems")[i]
		here := fmt.Sprintf("%s.taxableItems[%d]", path, i)
		kind, subtype := t.str("taxType"), t.str("subType")
		if seen[kind] && kind != "" {
			c.add(here+".taxType", "receipt.tax.twice", "tax", kind)
		}
		seen[kind] = true
		if !c.code("tax_types", kind, here+".taxType", "receipt.taxtype.unknown") ||
			!c.code("tax_subtypes", subtype, here+".subType", "receipt.subtype.unknown") || kind == "" || subtype == "" {
			continue
		}
		if row, _ := c.book.Row("tax_subtypes", subtype, c.day); row.Cell("tax_type") != kind {
			c.add(here+".subType", "receipt.subtype.other", "code", subtype, "tax", kind, "owner", row.Cell("tax_type"))
			continue
		}
		c.rate(t, kind, subtype, here+".rate")
	}
}

// rate checks the rate of a tax against its kind, and against the law of the day.
func (c *check) rate(t *node, kind, subtype, path string) {
	rate, stated := t.dec("rate"), t.get("rate") != nil
	legal, fixed := c.book.Rate(subtype, c.day)
	switch {
	case rate.IsNeg(): // said already
	case c.book.FixedAmount(kind, subtype):
		if !rate.IsZero() {
			c.add(path, "receipt.taxrate.fixed", "tax", kind, "got", rate.String())
		}
	case !stated && !t.dec("amount").IsZero():
		c.add(path, "receipt.taxrate.missing", "tax", kind)
	case rate.GreaterThan(hundred):
		c.add(path, "receipt.taxrate.high", "tax", kind, "got", rate.String())
	case fixed && legal.IsZero() && !rate.IsZero():
		c.add(path, "receipt.taxrate.exempt", "code", subtype, "got", rate.String())
	case fixed && !rate.Equal(legal) && !(c.isReturn() && c.book.rateBefore(subtype, rate, c.day)):
		c.add(path, "receipt.taxrate.law", "code", subtype, "got", rate.String(), "want", legal.String(), "day", c.day)
	case subtype == Other:
		general, _ := c.book.Rate(General, c.day)
		if rate.Equal(general) {
			c.add(path, "receipt.taxrate.general", "code", subtype, "got", rate.String(), "want", General)
		}
	}
}

// rateBefore tells whether a subtype had a rate on or before a day: what was sold at an old rate comes back at it.
func (b *Book) rateBefore(subtype string, rate dec, day string) bool {
	return slices.ContainsFunc(b.tables["tax_rates"].Rows, func(r Row) bool {
		return r.Code == subtype && (day == "" || r.From <= day) && number(r.Cell("rate")).Equal(rate)
	})
}

// formulas compares each amount of a line with what follows from the others as they are declared (section 9), so that
// one wrong amount is one fault.
func (c *check) formulas(n *node, path string) {
	net, off := n.dec("netSale"), sum(n, "itemDiscountData")
	commercial := sum(n, "commercialDiscountData").Add(n.dec("additionalCommercialDiscount", "amount"))
	c.same(n, "totalSale", path, "receipt.formula.sale", n.dec("quantity").Mul(n.dec("unitPrice")))
	c.same(n, "netSale", path, "receipt.formula.net", n.dec("totalSale").Sub(commercial))
	taxes := taxesOf(n)
	total := net.Sub(off).Sub(n.dec("additionalItemDiscount", "amount"))
	for i := range n.list("taxableItems") {
		t := &n.list("taxableItems")[i]
		kind := t.str("taxType")
		row, _ := c.book.Row("tax_types", kind, c.day)
		if row.Cell("effect_on_line_total") == "subtracts" {
			total = total.Sub(t.dec("amount"))
		} else {
			total = total.Add(t.dec("amount"))
		}
		if c.book.FixedAmount(kind, t.str("subType")) || t.get("rate") == nil {
			continue // an amount of its own; where it should have a rate that is said already
		}
		base, rule := c.base(kind, net, off, n.dec("valueDifference"), taxes)
		c.same(t, "amount", fmt.Sprintf("%s.taxableItems[%d]", path, i), rule, base.Mul(t.dec("rate")).MustDiv(hundred), "tax", kind)
	}
	c.same(n, "total", path, "receipt.formula.total", total)
}

// base is what the rate of a tax is applied to, and the rule that this amount breaks.
func (c *check) base(kind string, net, off, difference dec, taxes map[string]dec) (dec, pipeline.Rule) {
	switch kind {
	case "T1":
		return c.vatBase(net, difference, taxes).Add(taxes["T2"]), "receipt.formula.vat"
	case "T2":
		return c.vatBase(net, difference, taxes), "receipt.formula.table"
	case "T4":
		return net.Sub(off), "receipt.formula.withholding"
	}
	return net, "receipt.formula.tax"
}

// vatBase is netSale with the taxes that VAT is charged on, and with the value difference.
func (c *check) vatBase(net, difference dec, taxes map[string]dec) dec {
	base := net.Add(difference)
	for kind, amount := range taxes {
		if row, _ := c.book.Row("tax_types", kind, c.day); kind != "T1" && kind != "T2" && row.Cell("in_vat_base") == "yes" {
			base = base.Add(amount)
		}
	}
	return base
}

// same compares an amount that is there with what it should be.
func (c *check) same(n *node, name, path string, rule pipeline.Rule, want dec, facts ...string) {
	v := n.get(name)
	if v == nil || v.kind != isNumber {
		return
	}
	if got := n.dec(name); got.Sub(want).Abs().GreaterThan(c.tolerance) {
		c.add(join(path, name), rule, append(facts, "got", got.String(), "want", want.RoundHAZ(5).String())...)
	}
}

// sum adds up the amounts of a list.
func sum(n *node, name string) dec {
	var total dec
	for _, e := range n.list(name) {
		total = total.Add(e.dec("amount"))
	}
	return total
}

// taxesOf are the amounts of a line's taxes by type.
func taxesOf(n *node) map[string]dec {
	taxes := map[string]dec{}
	for _, t := range n.list("taxableItems") {
		kind := strings.TrimSpace(t.str("taxType"))
		taxes[kind] = taxes[kind].Add(t.dec("amount"))
	}
	return taxes
}
