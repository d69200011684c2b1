package etatest

import (
	"fmt"

	"github.com/quagmt/udecimal"
)

// dec is short for the decimals of the formulas. Every product here has at most twelve decimals, so nothing is rounded.
type dec = udecimal.Decimal

var (
	tolerance = udecimal.MustParse("0.01")
	percent   = udecimal.MustParse("0.01")
	hundred   = udecimal.MustParse("100")
)

// vatBase are the rate and amount taxes that T1 and T2 are charged on, besides T3 (section 9).
var vatBase = []string{"T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12"}

// checkLine compares one line of itemData with the formulas. Each amount is compared with what follows from the other
// amounts as they are declared, so one wrong amount is reported where it is wrong.
func checkLine(line *node, path string, tolerance dec) []Finding {
	c := comparison{tolerance: tolerance}
	net, taxes := line.dec("netSale"), lineTaxes(line)
	commercial := sum(line, "commercialDiscountData").Add(line.dec("additionalCommercialDiscount", "amount"))
	discounts := sum(line, "itemDiscountData")

	c.same("LineTotalSale", join(path, "totalSale"), line.dec("totalSale"), line.dec("quantity").Mul(line.dec("unitPrice")))
	c.same("LineNetSale", join(path, "netSale"), net, line.dec("totalSale").Sub(commercial))
	for i, tax := range line.list("taxableItems") {
		taxPath := fmt.Sprintf("%s.taxableItems[%d]", path, i)
		if fixedAmount(tax.str("taxType"), tax.str("subType")) {
			if !tax.dec("rate").IsZero() {
				c.add("TaxRate", taxPath+".rate", "a tax of fixed amount has no rate")
			}
			continue
		}
		base := taxBase(tax.str("taxType"), net, discounts, line.dec("valueDifference"), taxes)
		c.same("TaxAmount", taxPath+".amount", tax.dec("amount"), base.Mul(tax.dec("rate")).Mul(percent))
	}

	total := net.Sub(discounts).Sub(line.dec("additionalItemDiscount", "amount"))
	for taxType, amount := range taxes {
		if codes.tax[taxType]["effect_on_line_total"] == "subtracts" {
			amount = amount.Neg()
		}
		total = total.Add(amount)
	}
	c.same("LineTotal", join(path, "total"), line.dec("total"), total)
	return c.found
}

// taxBase is what the rate of a tax is applied to.
func taxBase(taxType string, net, itemDiscounts, valueDifference dec, taxes map[string]dec) dec {
	switch taxType {
	case "T1", "T2":
		base := net.Add(taxes["T3"]).Add(valueDifference)
		for _, t := range vatBase {
			base = base.Add(taxes[t])
		}
		if taxType == "T1" {
			base = base.Add(taxes["T2"])
		}
		return base
	case "T4":
		return net.Sub(itemDiscounts)
	}
	return net
}

// checkTotals compares the sums of a receipt with its lines.
func checkTotals(receipt *node) []Finding {
	c := comparison{tolerance: tolerance}
	var sales, commercial, discounts, net, total dec
	taxes := map[string]dec{}
	for _, line := range receipt.list("itemData") {
		sales = sales.Add(line.dec("totalSale"))
		commercial = commercial.Add(sum(line, "commercialDiscountData"))
		discounts = discounts.Add(sum(line, "itemDiscountData"))
		net = net.Add(line.dec("netSale"))
		total = total.Add(line.dec("total"))
		for taxType, amount := range lineTaxes(line) {
			taxes[taxType] = taxes[taxType].Add(amount)
		}
	}
	total = total.Sub(sum(receipt, "extraReceiptDiscountData")).Add(receipt.dec("adjustment"))

	c.same("TotalSales", "totalSales", receipt.dec("totalSales"), sales)
	c.same("TotalCommercialDiscount", "totalCommercialDiscount", receipt.dec("totalCommercialDiscount"), commercial)
	c.same("TotalItemsDiscount", "totalItemsDiscount", receipt.dec("totalItemsDiscount"), discounts)
	c.same("NetAmount", "netAmount", receipt.dec("netAmount"), net)
	c.same("TotalAmount", "totalAmount", receipt.dec("totalAmount"), total)
	c.taxTotals(receipt, taxes)
	c.caps(receipt)
	return c.found
}

// comparison collects where a declared amount is not what it should be.
type comparison struct {
	tolerance dec
	found     []Finding
}

func (c *comparison) add(code, path, format string, args ...any) {
	c.found = append(c.found, Finding{code, path, fmt.Sprintf(format, args...)})
}

func (c *comparison) same(code, path string, got, want dec) {
	if got.Sub(want).Abs().GreaterThan(c.tolerance) {
		c.add(code, path, "is %s, must be %s", got, want)
	}
}

func (c *comparison) taxTotals(receipt *node, taxes map[string]dec) {
	declared := map[string]bool{}
	for i, total := range receipt.list("taxTotals") {
		taxType := total.str("taxType")
		declared[taxType] = true
		c.same("TaxTotal", fmt.Sprintf("taxTotals[%d].amount", i), total.dec("amount"), taxes[taxType])
	}
	for taxType := range taxes {
		if !declared[taxType] {
			c.add("TaxTotal", "taxTotals", "%s is missing", taxType)
		}
	}
}

// caps are the limits that are not sums.
func (c *comparison) caps(receipt *node) {
	for _, name := range []string{"feesAmount", "adjustment"} {
		if !receipt.dec(name).IsZero() {
			c.add("OnlyZero", name, "only 0 is accepted")
		}
	}
	if receipt.dec("totalCommercialDiscount").GreaterThan(receipt.dec("totalSales")) {
		c.add("TotalCommercialDiscount", "totalCommercialDiscount", "is more than totalSales")
	}
	c.rates(receipt, "extraReceiptDiscountData", "extraReceiptDiscountData")
	for i, line := range receipt.list("itemData") {
		path := fmt.Sprintf("itemData[%d]", i)
		if !line.dec("quantity").IsPos() {
			c.add("Quantity", path+".quantity", "must be more than 0")
		}
		c.rates(line, "commercialDiscountData", path+".commercialDiscountData")
		c.rates(line, "itemDiscountData", path+".itemDiscountData")
	}
}

func (c *comparison) rates(n *node, name, path string) {
	for i, discount := range n.list(name) {
		if discount.dec("rate").GreaterThan(hundred) {
			c.add("DiscountRate", fmt.Sprintf("%s[%d].rate", path, i), "is more than 100")
		}
	}
}

// sum adds up the amounts of a list.
func sum(n *node, name string) dec {
	var total dec
	for _, item := range n.list(name) {
		total = total.Add(item.dec("amount"))
	}
	return total
}

// lineTaxes are the tax amounts of a line by type.
func lineTaxes(line *node) map[string]dec {
	taxes := map[string]dec{}
	for _, tax := range line.list("taxableItems") {
		taxType := tax.str("taxType")
		taxes[taxType] = taxes[taxType].Add(tax.dec("amount"))
	}
	return taxes
}
