package etatest

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"
)

// rule is what the schema of version 1.2 says about one member (section 3).
type rule struct {
	name   string
	kind   kind
	must   bool
	max    int    // text: characters; list: elements; 0 is no limit
	min    int    // list: elements
	signed bool   // number: may be negative
	of     []rule // object and list: the members
}

func text(name string, max int) rule     { return rule{name: name, kind: isText, max: max} }
func amount(name string) rule            { return rule{name: name, kind: isNumber} }
func object(name string, of []rule) rule { return rule{name: name, kind: isObject, of: of} }
func list(name string, of []rule) rule   { return rule{name: name, kind: isList, of: of} }

func must(r rule) rule                   { r.must = true; return r }
func signed(r rule) rule                 { r.signed = true; return r }
func between(low, high int, r rule) rule { r.min, r.max = low, high; return r }

var (
	discountRules = []rule{must(amount("amount")), must(text("description", 50)), amount("rate")}

	submissionRules = []rule{
		must(between(1, 0, list("receipts", receiptRules))),
		list("signatures", []rule{must(text("signatureType", 1)), must(text("value", 0))}),
	}

	receiptRules = []rule{
		must(object("header", headerRules)),
		must(object("documentType", []rule{must(text("receiptType", 20)), must(text("typeVersion", 100))})),
		must(object("seller", sellerRules)),
		must(object("buyer", []rule{
			must(text("type", 1)), text("id", 30), text("name", 100), text("mobileNumber", 30), text("paymentNumber", 30),
		})),
		must(between(1, 300, list("itemData", lineRules))),
		must(amount("totalSales")), amount("totalCommercialDiscount"), amount("totalItemsDiscount"),
		list("extraReceiptDiscountData", discountRules),
		must(amount("netAmount")), amount("feesAmount"), must(amount("totalAmount")),
		list("taxTotals", []rule{must(text("taxType", 30)), must(amount("amount"))}),
		must(text("paymentMethod", 50)), signed(amount("adjustment")),
		object("contractor", []rule{text("name", 100), amount("amount"), amount("rate")}),
		object("beneficiary", []rule{amount("amount"), amount("rate")}),
	}

	headerRules = []rule{
		must(text("dateTimeIssued", 0)), must(text("receiptNumber", 50)), must(text("uuid", 64)),
		must(text("previousUUID", 64)), text("referenceUUID", 64), text("referenceOldUUID", 64),
		must(text("currency", 3)), amount("exchangeRate"), text("sOrderNameCode", 200), text("orderdeliveryMode", 30),
		amount("grossWeight"), amount("netWeight"), text("documentUseReason", 0), text("salesIssuedDateTime", 0),
	}

	sellerRules = []rule{
		must(text("rin", 30)), must(text("companyTradeName", 200)), must(text("branchCode", 50)),
		must(object("branchAddress", []rule{
			must(text("country", 2)), must(text("governate", 100)), must(text("regionCity", 100)), must(text("street", 200)),
			must(text("buildingNumber", 100)), text("postalCode", 30), text("floor", 100), text("room", 100),
			text("landmark", 500), text("additionalInformation", 500),
		})),
		must(text("deviceSerialNumber", 100)), text("syndicateLicenseNumber", 30), must(text("activityCode", 10)),
	}

	lineRules = []rule{
		must(text("internalCode", 50)), must(text("description", 500)), must(text("itemType", 30)), must(text("itemCode", 100)),
		must(text("unitType", 30)), must(amount("quantity")), must(amount("unitPrice")),
		must(amount("netSale")), must(amount("totalSale")), must(amount("total")),
		list("commercialDiscountData", discountRules), list("itemDiscountData", discountRules),
		object("additionalCommercialDiscount", discountRules), object("additionalItemDiscount", discountRules),
		signed(amount("valueDifference")),
		list("taxableItems", []rule{
			must(text("taxType", 30)), must(amount("amount")), must(text("subType", 50)), amount("rate"),
		}),
	}
)

// dec5 is a number with at most five decimals and no exponent. Thirty digits before the mark are more than any sum.
var dec5 = regexp.MustCompile(`^-?[0-9]{1,30}(\.[0-9]{1,5})?$`)

// checkStructure compares a submission with the schema. What it finds refuses the whole submission.
func checkStructure(submission *node) []Finding {
	found := checkObject(submission, submissionRules, "")
	for i, signature := range submission.list("signatures") {
		if t := signature.str("signatureType"); t != "I" && t != "S" {
			found = append(found, Finding{"Structure", fmt.Sprintf("signatures[%d].signatureType", i), "must be I or S"})
		}
	}
	for i, receipt := range submission.list("receipts") {
		for j, line := range receipt.list("itemData") {
			path := fmt.Sprintf("receipts[%d].itemData[%d].taxableItems", i, j)
			found = append(found, checkUnique(line.list("taxableItems"), path)...)
		}
		found = append(found, checkUnique(receipt.list("taxTotals"), fmt.Sprintf("receipts[%d].taxTotals", i))...)
	}
	return found
}

func checkUnique(taxes []*node, path string) []Finding {
	var found []Finding
	seen := map[string]bool{}
	for _, tax := range taxes {
		taxType := tax.str("taxType")
		if seen[taxType] {
			found = append(found, Finding{"Structure", path, "tax type " + taxType + " is given twice"})
		}
		seen[taxType] = true
	}
	return found
}

func checkObject(n *node, rules []rule, path string) []Finding {
	if n.kind != isObject {
		return []Finding{{"Structure", path, "must be an object, not " + string(n.kind)}}
	}
	var found []Finding
	for _, m := range n.members {
		i := slices.IndexFunc(rules, func(r rule) bool { return r.name == m.name })
		if i < 0 {
			found = append(found, Finding{"Structure", join(path, m.name), "is not a member of this structure"})
			continue
		}
		found = append(found, checkValue(m.value, rules[i], join(path, m.name))...)
	}
	for _, r := range rules {
		if r.must && n.get(r.name) == nil {
			found = append(found, Finding{"Structure", join(path, r.name), "is mandatory"})
		}
	}
	return found
}

func checkValue(n *node, r rule, path string) []Finding {
	wrong := func(format string, args ...any) []Finding {
		return []Finding{{"Structure", path, fmt.Sprintf(format, args...)}}
	}
	if n.kind != r.kind {
		return wrong("must be a %s, not a %s", r.kind, n.kind)
	}
	switch r.kind {
	case isText:
		if length := utf8.RuneCountInString(n.text); r.max > 0 && length > r.max {
			return wrong("has %d characters, at most %d are allowed", length, r.max)
		}
	case isNumber:
		if !dec5.MatchString(n.text) {
			return wrong("must be a number with at most five decimals and no exponent, not %s", n.text)
		}
	case isObject:
		return checkObject(n, r.of, path)
	case isList:
		return checkList(n, r, path)
	}
	return nil
}

func checkList(n *node, r rule, path string) []Finding {
	var found []Finding
	if len(n.items) < r.min || r.max > 0 && len(n.items) > r.max {
		found = append(found, Finding{"Structure", path, fmt.Sprintf("has %d elements", len(n.items))})
	}
	for i, item := range n.items {
		found = append(found, checkObject(item, r.of, fmt.Sprintf("%s[%d]", path, i))...)
	}
	return found
}

// checkContent walks a receipt of sound structure for mandatory text that is empty and for amounts below zero.
func checkContent(n *node, rules []rule, path string) []Finding {
	var found []Finding
	for _, r := range rules {
		value := n.get(r.name)
		if value == nil {
			continue
		}
		here := join(path, r.name)
		switch {
		case r.must && r.kind == isText && value.text == "" && r.name != "previousUUID":
			found = append(found, Finding{"Mandatory", here, "must not be empty"})
		case r.kind == isNumber && !r.signed && value.text[0] == '-':
			found = append(found, Finding{"Negative", here, "must not be negative"})
		}
		if r.kind == isObject {
			found = append(found, checkContent(value, r.of, here)...)
		}
		for i, item := range value.items {
			found = append(found, checkContent(item, r.of, fmt.Sprintf("%s[%d]", here, i))...)
		}
	}
	return found
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
