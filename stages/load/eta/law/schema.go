package law

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wasl/pipeline"
)

// A member is what section 3 says of one member of a receipt, in the documented order.
type member struct {
	name   string
	key    string // of its rules: receipt.KEY.missing, receipt.KEY.long, receipt.KEY.negative; "" has rules of its own
	kind   kind
	must   bool
	blank  bool     // a text that has to be there and may be empty
	max    int      // characters of a text; 0: another rule says how long it may be
	signed bool     // a number that may be below zero
	of     []member // of an object, or of the elements of a list
}

func text(name, key string, max int) member {
	return member{name: name, key: key, kind: isText, max: max}
}
func amount(name, key string) member { return member{name: name, key: key, kind: isNumber} }
func object(name, key string, of []member) member {
	return member{name: name, key: key, kind: isObject, of: of}
}
func list(name, key string, of []member) member {
	return member{name: name, key: key, kind: isList, of: of}
}
func must(m member) member   { m.must = true; return m }
func blank(m member) member  { m.blank = true; return m }
func signed(m member) member { m.signed = true; return m }

var (
	discountMembers = []member{must(amount("amount", "discount")), must(text("description", "discounttext", 50)), amount("rate", "discountrate")}

	receiptMembers = []member{
		must(object("header", "header", headerMembers)),
		must(object("documentType", "documenttype", []member{must(text("receiptType", "type", 0)), must(text("typeVersion", "version", 0))})),
		must(object("seller", "seller", sellerMembers)),
		must(object("buyer", "buyer", []member{must(text("type", "buyertype", 0)), text("id", "buyerid", 30), text("name", "buyername", 100),
			text("mobileNumber", "mobile", 30), text("paymentNumber", "reference", 30)})),
		must(list("itemData", "items", lineMembers)),
		must(amount("totalSales", "totalsales")), amount("totalCommercialDiscount", "totalcommercial"), amount("totalItemsDiscount", "totalitems"),
		list("extraReceiptDiscountData", "", discountMembers),
		must(amount("netAmount", "netamount")), amount("feesAmount", "fees"), must(amount("totalAmount", "totalamount")),
		list("taxTotals", "", []member{must(text("taxType", "totaltype", 0)), must(amount("amount", "totaltax"))}),
		must(text("paymentMethod", "payment", 0)), signed(amount("adjustment", "")),
		object("contractor", "", []member{text("name", "contractor", 100), amount("amount", "contractoramount"), amount("rate", "contractoramount")}),
		object("beneficiary", "", []member{amount("amount", "beneficiary"), amount("rate", "beneficiary")}),
	}

	headerMembers = []member{
		must(text("dateTimeIssued", "time", 0)), must(text("receiptNumber", "number", 50)), must(text("uuid", "uuid", 0)),
		must(blank(text("previousUUID", "previous", 0))), text("referenceUUID", "", 0), text("referenceOldUUID", "", 0),
		must(text("currency", "currency", 0)), amount("exchangeRate", "exchange"), text("sOrderNameCode", "ordername", 200),
		text("orderdeliveryMode", "", 0), amount("grossWeight", "weight"), amount("netWeight", "weight"),
		text("documentUseReason", "", 0), text("salesIssuedDateTime", "", 0),
	}

	sellerMembers = []member{
		must(text("rin", "rin", 0)), must(text("companyTradeName", "tradename", 200)), must(text("branchCode", "branch", 50)),
		must(object("branchAddress", "address", []member{
			must(text("country", "country", 0)), must(text("governate", "governate", 100)), must(text("regionCity", "region", 100)),
			must(text("street", "street", 200)), must(text("buildingNumber", "building", 100)), text("postalCode", "postal", 30),
			text("floor", "floor", 100), text("room", "room", 100), text("landmark", "landmark", 500),
			text("additionalInformation", "additional", 500),
		})),
		must(text("deviceSerialNumber", "serial", 100)), text("syndicateLicenseNumber", "syndicate", 30), must(text("activityCode", "activity", 0)),
	}

	lineMembers = []member{
		must(text("internalCode", "internalcode", 50)), must(text("description", "description", 500)), must(text("itemType", "itemtype", 0)),
		must(text("itemCode", "itemcode", 100)), must(text("unitType", "unit", 0)), must(amount("quantity", "quantity")),
		must(amount("unitPrice", "unitprice")), must(amount("netSale", "netsale")), must(amount("totalSale", "totalsale")), must(amount("total", "linetotal")),
		list("commercialDiscountData", "", discountMembers), list("itemDiscountData", "", discountMembers),
		object("additionalCommercialDiscount", "", discountMembers), object("additionalItemDiscount", "", discountMembers),
		signed(amount("valueDifference", "")),
		list("taxableItems", "", []member{must(text("taxType", "taxtype", 0)), must(amount("amount", "tax")), must(text("subType", "subtype", 0)), amount("rate", "taxrate")}),
	}
)

// structure walks a receipt along section 3: members that are missing, unknown or of another kind, texts that are too
// long, numbers that the authority cannot take.
func (c *check) structure(n *node, members []member, path string) {
	last := -1
	for i := range n.kids {
		kid := &n.kids[i]
		here := join(path, kid.name)
		at := slices.IndexFunc(members, func(m member) bool { return m.name == kid.name })
		switch {
		case n.member(kid.name) != kid:
			c.add(here, "receipt.twice")
			continue
		case at < 0:
			c.unknown(here, kid.name, members)
			continue
		case at < last && c.known.Ours:
			c.add(here, "receipt.order")
		}
		last = max(last, at)
		c.value(kid, members[at], here)
	}
	for _, m := range members {
		if m.must && n.member(m.name) == nil {
			c.missing(join(path, m.name), m)
		}
	}
}

// unknown is a member that section 3 does not have; often one in another case.
func (c *check) unknown(path, name string, members []member) {
	for _, m := range members {
		if strings.EqualFold(m.name, name) {
			c.add(path, "receipt.case", "given", name, "known", m.name)
			return
		}
	}
	c.add(path, "receipt.unknown", "given", name)
}

// missing is a member that is not there, or empty.
func (c *check) missing(path string, m member) {
	if c.known.Draft && slices.Contains([]string{"time", "uuid"}, m.key) {
		return
	}
	c.add(path, pipeline.Rule("receipt."+m.key+".missing"))
}

// kindRules say what a member must be.
var kindRules = map[kind]pipeline.Rule{isText: "receipt.kind.text", isNumber: "receipt.kind.number", isObject: "receipt.kind.object", isList: "receipt.kind.list"}

func (c *check) value(n *node, m member, path string) {
	switch {
	case n.kind == isNull:
		c.add(path, "receipt.null")
	case n.kind == isBool:
		c.add(path, "receipt.bool", "got", n.text)
	case n.kind != m.kind:
		c.add(path, kindRules[m.kind], "got", n.text)
	case m.kind == isText:
		c.words(n, m, path)
	case m.kind == isNumber:
		c.number(n, m, path)
	case len(n.kids) == 0 && !m.must:
		if c.known.Ours {
			c.add(path, "receipt.empty")
		}
	case m.kind == isObject:
		c.structure(n, m.of, path)
	default:
		for i := range n.kids {
			here := path + "[" + strconv.Itoa(i) + "]"
			if n.kids[i].kind != isObject {
				c.add(here, "receipt.kind.object", "got", n.kids[i].text)
				continue
			}
			c.structure(&n.kids[i], m.of, here)
		}
	}
}

// words checks a text: that it is there, how long it is, and that every reading of the serialization rules agrees on it.
func (c *check) words(n *node, m member, path string) {
	if n.text == "" {
		switch {
		case m.must && !m.blank:
			c.missing(path, m)
		case !m.must && c.known.Ours && !(c.known.Draft && m.name == "referenceUUID"):
			c.add(path, "receipt.empty")
		}
		return
	}
	if count := utf8.RuneCountInString(n.text); m.max > 0 && count > m.max {
		c.add(path, pipeline.Rule("receipt."+m.key+".long"), "count", itoa(count), "limit", itoa(m.max))
	}
	if c.known.Ours {
		if rule := unclear(n.text); rule != "" {
			c.add(path, rule)
		}
	}
}

// unclear finds what implementations of the serialization rules disagree on (section 4, certainty).
func unclear(s string) pipeline.Rule {
	for _, r := range s {
		switch {
		case r == '"':
			return "receipt.quote"
		case r == '\\':
			return "receipt.backslash"
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return "receipt.control"
		case unicode.Is(unicode.Bidi_Control, r):
			return "receipt.bidi"
		}
	}
	switch {
	case !norm.NFC.IsNormalString(s):
		return "receipt.nfc"
	case strings.TrimSpace(s) != s:
		return "receipt.blank"
	}
	return ""
}

// plain takes a JSON number without an exponent apart: how many digits stand before the point, and how many after it.
func plain(literal string) (before, after int, ok bool) {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(literal, "-"), ".")
	return len(whole), len(fraction), strings.IndexByte(fraction, 'e') < 0 && strings.IndexByte(fraction, 'E') < 0 && !strings.ContainsAny(whole, "eE")
}

// mostDigits before the point are more than any sum has.
const mostDigits = 18

func (c *check) number(n *node, m member, path string) {
	before, after, ok := plain(n.text)
	switch {
	case !ok:
		c.add(path, "receipt.exponent", "got", n.text)
	case before > mostDigits:
		c.add(path, "receipt.digits", "got", n.text)
	case after > c.decimals:
		c.add(path, "receipt.decimals", "got", n.text, "limit", itoa(c.decimals))
	case c.known.Ours && n.dec().String() != n.text:
		c.add(path, "receipt.zeros", "got", n.text, "want", n.dec().String())
	case n.text[0] == '-' && !m.signed && !n.dec().IsZero():
		c.add(path, pipeline.Rule("receipt."+m.key+".negative"), "got", n.text)
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
