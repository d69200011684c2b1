package law

import (
	"regexp"
	"slices"
	"strings"

	"wasl/pipeline"
)

var (
	rinForm      = regexp.MustCompile(`^[0-9]{9}$`)
	activityForm = regexp.MustCompile(`^[0-9]{4}$`)
	personalID   = regexp.MustCompile(`^[0-9]{14}$`)
	cardForm     = regexp.MustCompile(`^[2-6][0-9]{14,15}$`)
)

// seller checks section 3.3 against the tables and what is registered.
func (c *check) seller() {
	s := c.tree.get("seller")
	if s == nil {
		return
	}
	switch rin := s.str("rin"); {
	case rin == "":
	case !rinForm.MatchString(rin):
		c.add("seller.rin", "receipt.rin.form", "got", rin)
	case c.known.RIN != "" && rin != c.known.RIN:
		c.add("seller.rin", "receipt.rin.other", "got", rin, "want", c.known.RIN)
	}
	if name := s.str("companyTradeName"); name != "" && c.known.TradeName != "" && name != c.known.TradeName {
		c.add("seller.companyTradeName", "receipt.tradename.other", "got", name, "want", c.known.TradeName)
	}
	if branch := s.str("branchCode"); branch != "" && c.known.Branches != nil && !slices.Contains(c.known.Branches, branch) {
		c.add("seller.branchCode", "receipt.branch.other", "got", branch, "known", strings.Join(c.known.Branches, ", "))
	} else if branch != "" && !c.book.Registered(RegisteredBranches, branch, c.day) {
		c.add("seller.branchCode", "receipt.branch.other", "got", branch, "known", c.book.RegisteredCodes(RegisteredBranches, c.day))
	}
	const country = "seller.branchAddress.country"
	if code := s.str("branchAddress", "country"); c.code("country_codes", code, country, "receipt.country.unknown") && code != "" && code != "EG" {
		c.add(country, "receipt.country.abroad", "got", code)
	}
	if serial := s.str("deviceSerialNumber"); serial != "" && c.known.Serial != "" && serial != c.known.Serial {
		c.add("seller.deviceSerialNumber", "receipt.serial.other", "got", serial, "want", c.known.Serial)
	}
	const path = "seller.activityCode"
	switch code := s.str("activityCode"); {
	case code == "":
	case !activityForm.MatchString(code):
		c.add(path, "receipt.activity.form", "got", code)
	case !c.code("activity_codes", code, path, "receipt.activity.unknown"):
	case c.known.Activities != nil && !slices.Contains(c.known.Activities, code):
		c.add(path, "receipt.activity.other", "got", code, "known", strings.Join(c.known.Activities, ", "))
	case !c.book.Registered(RegisteredActivities, code, c.day):
		c.add(path, "receipt.activity.other", "got", code, "known", c.book.RegisteredCodes(RegisteredActivities, c.day))
	}
}

// buyer checks section 3.4: who has to be named, and by what.
func (c *check) buyer() {
	b := c.tree.get("buyer")
	if b == nil {
		return
	}
	kind, id, name := b.str("type"), b.str("id"), b.str("name")
	if number := b.str("paymentNumber"); cardForm.MatchString(number) && luhn(number) {
		c.add("buyer.paymentNumber", "receipt.reference.card")
	}
	if !c.code("buyer_types", kind, "buyer.type", "receipt.buyertype.unknown") {
		return
	}
	switch kind {
	case "B":
		c.named(id, name, "receipt.business.id", "receipt.business.name")
		switch {
		case id == "":
		case !rinForm.MatchString(id):
			c.add("buyer.id", "receipt.business.form", "got", id)
		case id == c.tree.str("seller", "rin"):
			c.add("buyer.id", "receipt.business.own", "got", id)
		}
	case "F":
		c.named(id, name, "receipt.foreigner.id", "receipt.foreigner.name")
	case "P":
		limit := c.known.NamedBuyer
		if !limit.IsPos() {
			limit = c.book.Limit(NamedBuyer, c.day)
		}
		total := c.pounds(c.tree.dec("totalAmount"))
		if !total.LessThan(limit) {
			c.named(id, name, "receipt.person.id", "receipt.person.name", "total", total.String(), "limit", limit.String())
		}
		if id != "" && !personalID.MatchString(id) {
			c.add("buyer.id", "receipt.person.form", "got", id)
		}
	}
}

// named is a buyer who has to be named.
func (c *check) named(id, name string, idRule, nameRule pipeline.Rule, facts ...string) {
	if id == "" {
		c.add("buyer.id", idRule, facts...)
	}
	if name == "" {
		c.add("buyer.name", nameRule, facts...)
	}
}

// pounds are an amount of the receipt in EGP.
func (c *check) pounds(amount dec) dec {
	if rate := c.tree.dec("header", "exchangeRate"); c.tree.str("header", "currency") != "EGP" && rate.IsPos() {
		return amount.Mul(rate)
	}
	return amount
}

// luhn tells whether digits are those of a bank card.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
