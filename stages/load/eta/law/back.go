package law

import (
	"fmt"
	"strings"
	"time"
)

// back checks a return against its sale, where that is known: the same seller and buyer, not too late, and nothing that
// was not sold (section 3.6).
func (c *check) back() {
	if c.known.Sale == nil || c.kind.Cell("needs_reference_uuid") != "yes" {
		return
	}
	sale, err := parse(c.known.Sale)
	if err != nil {
		c.add("header.referenceUUID", "receipt.sale.unreadable")
		return
	}
	const path = "header.referenceUUID"
	uuid := sale.str("header", "uuid")
	if given := c.tree.str("header", "referenceUUID"); given != "" && given != uuid {
		c.add(path, "receipt.sale.other", "got", given, "want", uuid)
		return
	}
	if c.returned(sale) {
		c.add(path, "receipt.sale.return", "got", uuid)
		return
	}
	if sale.str("seller", "rin") != c.tree.str("seller", "rin") {
		c.add("seller.rin", "receipt.sale.seller", "got", c.tree.str("seller", "rin"), "want", sale.str("seller", "rin"))
	}
	if !alike(sale.get("buyer"), c.tree.get("buyer")) {
		c.add("buyer", "receipt.sale.buyer")
	}
	if sale.str("header", "currency") != c.tree.str("header", "currency") {
		c.add("header.currency", "receipt.sale.currency", "got", c.tree.str("header", "currency"), "want", sale.str("header", "currency"))
	}
	c.age(sale)
	c.goods(sale)
}

// returned tells whether what should be a sale is a return itself.
func (c *check) returned(sale *node) bool {
	kind, known := c.book.Row("receipt_types", sale.str("documentType", "receiptType"), "")
	return known && kind.Cell("direction") == "return"
}

func alike(a, b *node) bool {
	if a == nil || b == nil {
		return a == b
	}
	var first, second strings.Builder
	canonical(&first, a, "", false)
	canonical(&second, b, "", false)
	return first.String() == second.String()
}

// age checks the time from the sale to its return.
func (c *check) age(sale *node) {
	sold, err := time.Parse(timeForm, sale.str("header", "dateTimeIssued"))
	if err != nil {
		return
	}
	now, err := time.Parse(timeForm, c.tree.str("header", "dateTimeIssued"))
	if err != nil {
		return
	}
	days, _ := c.book.Limit(ReturnDays, c.day).Int64()
	switch age := now.Sub(sold); {
	case age < 0:
		c.add("header.dateTimeIssued", "receipt.sale.before", "sold", sold.Format(timeForm), "got", now.Format(timeForm))
	case age > time.Duration(days)*24*time.Hour:
		c.add("header.dateTimeIssued", "receipt.sale.old", "sold", sold.Format(timeForm), "limit", itoa(int(days)))
	}
}

// goods checks that no more of an item comes back than was sold, and at no higher price.
func (c *check) goods(sale *node) {
	type sold struct{ quantity, price dec }
	all := map[string]sold{}
	for _, n := range sale.list("itemData") {
		s := all[n.str("itemCode")]
		s.quantity = s.quantity.Add(n.dec("quantity"))
		if price := n.dec("unitPrice"); price.GreaterThan(s.price) {
			s.price = price
		}
		all[n.str("itemCode")] = s
	}
	for i, n := range c.tree.list("itemData") {
		path, code := fmt.Sprintf("itemData[%d]", i), n.str("itemCode")
		s, known := all[code]
		switch quantity := n.dec("quantity"); {
		case !known:
			c.add(path+".itemCode", "receipt.sale.item", "code", code)
		case quantity.GreaterThan(s.quantity):
			c.add(path+".quantity", "receipt.sale.more", "got", quantity.String(), "sold", s.quantity.String(), "code", code)
		case n.dec("unitPrice").Sub(s.price).GreaterThan(c.tolerance):
			c.add(path+".unitPrice", "receipt.sale.dearer", "got", n.dec("unitPrice").String(), "sold", s.price.String(), "code", code)
		}
		s.quantity = s.quantity.Sub(n.dec("quantity"))
		all[code] = s
	}
}
