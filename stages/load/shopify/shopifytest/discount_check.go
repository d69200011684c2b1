package shopifytest

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const maxDiscountText = 255 // characters of a title or code

// discountCheck collects what is wrong with an input.
type discountCheck struct {
	s    *Server
	kind discountKind
	in   object
	held *discount // that is updated, nil for a new one
	errs []any
}

func (c *discountCheck) fail(code, message string, path ...string) {
	c.errs = append(c.errs, discountError(message, code, append([]string{c.kind.argument}, path...)...))
}

// checkDiscount says what Shopify would refuse, in the words of recorded answers where there are any.
func (s *Server) checkDiscount(kind discountKind, in object, held *discount) []any {
	c := &discountCheck{s: s, kind: kind, in: in, held: held}
	c.title()
	c.code()
	c.dates()
	c.buyers()
	c.minimum()
	c.limits()
	if kind == automaticBxgy {
		c.bxgy()
	} else {
		c.value()
	}
	for _, name := range []string{"customerBuys", "customerGets"} {
		c.items(name)
	}
	return c.errs
}

// sent says whether a field has to be looked at: always in a new discount, else only when it is there.
func (c *discountCheck) sent(name string) bool {
	_, given := c.in[name]
	return given || c.held == nil
}

func (c *discountCheck) title() {
	title := text(c.in["title"])
	switch {
	case !c.sent("title"):
	case strings.TrimSpace(title) == "":
		c.fail("BLANK", "Title can't be blank", "title")
	case utf8.RuneCountInString(title) > maxDiscountText:
		c.fail("TOO_LONG", "Title is too long (maximum is 255 characters)", "title")
	}
}

func (c *discountCheck) code() {
	if !c.kind.isCode() || !c.sent("code") {
		return
	}
	code, given := c.in["code"].(string)
	switch taken := c.s.discountWith(code); {
	case !given:
		c.fail("BLANK", "Code can't be blank", "code")
	case taken != nil && taken != c.held:
		c.fail("TAKEN", "Code must be unique. Please try a different code.", "code")
	default:
		if code, message := codeProblem(code); message != "" {
			c.fail(code, "Code "+message, "code")
		}
	}
}

// codeProblem is what is wrong with a code in itself.
func codeProblem(code string) (errorCode, message string) {
	switch {
	case code == "":
		return "TOO_SHORT", "is too short (minimum is 1 character)"
	case strings.ContainsAny(code, "\r\n"):
		return "INVALID", "cannot contain newline characters."
	case utf8.RuneCountInString(code) > maxDiscountText:
		return "TOO_LONG", "is too long (maximum is 255 characters)"
	}
	return "", ""
}

// dates must be moments; the end must come after the start. The code is the documented one; INVALID was seen live.
func (c *discountCheck) dates() {
	var starts, ends time.Time
	if c.held != nil {
		starts, ends = c.held.starts, c.held.ends
	}
	if c.sent("startsAt") && text(c.in["startsAt"]) == "" {
		c.fail("BLANK", "Starts at can't be blank", "startsAt")
		return
	}
	for name, at := range map[string]*time.Time{"startsAt": &starts, "endsAt": &ends} {
		value, given := c.in[name]
		if !given {
			continue
		}
		var err error
		if *at, err = time.Parse(time.RFC3339, text(value)); err != nil && value != nil {
			c.fail("INVALID", title(name)+" is invalid", name)
			return
		}
	}
	if !ends.IsZero() && !ends.After(starts) {
		c.fail("END_DATE_BEFORE_START_DATE", "Ends at needs to be after starts_at", "endsAt")
	}
}

// buyers wants the choice of buyers in context; customerSelection is deprecated.
func (c *discountCheck) buyers() {
	_, context := c.in["context"].(object)
	_, old := c.in["customerSelection"].(object)
	switch {
	case context && old:
		c.fail("INVALID", "Only one of context or customerSelection can be provided.", "context")
	case !context && !old && c.sent("context"):
		c.fail("BLANK", "Context can't be blank", "context")
	}
}

func (c *discountCheck) minimum() {
	m, _ := c.in["minimumRequirement"].(object)
	_, quantity := m["quantity"].(object)
	_, subtotal := m["subtotal"].(object)
	if quantity && subtotal {
		c.fail("CONFLICT", "Minimum subtotal cannot be defined when minimum quantity is.", "minimumRequirement", "subtotal", "greaterThanOrEqualToSubtotal")
		c.fail("CONFLICT", "Minimum quantity cannot be defined when minimum subtotal is.", "minimumRequirement", "quantity", "greaterThanOrEqualToQuantity")
	}
}

func (c *discountCheck) limits() {
	if n, given := toInt(c.in["usageLimit"]); given && n < 1 {
		c.fail("GREATER_THAN", "Usage limit must be greater than 0", "usageLimit")
	}
	if per, given := c.in["usesPerOrderLimit"]; given && per != nil {
		if n, err := strconv.Atoi(text(per)); err != nil || n < 1 {
			c.fail("GREATER_THAN", "Uses per order limit must be greater than 0", "usesPerOrderLimit")
		}
	}
}

// value of a basic discount: a fraction or an amount, one of them.
func (c *discountCheck) value() {
	gets, given := c.in["customerGets"].(object)
	if !given && !c.sent("customerGets") {
		return
	}
	value, hasValue := gets["value"].(object)
	if !hasValue && c.held == nil {
		c.fail("BLANK", "Value can't be blank", "customerGets", "value")
		return
	}
	if _, items := gets["items"].(object); !items && c.held == nil {
		c.fail("BLANK", "Items can't be blank", "customerGets", "items")
	}
	if _, onQuantity := value["discountOnQuantity"].(object); onQuantity {
		c.fail("INVALID", "discountOnQuantity field is only permitted with bxgy discounts.", "customerGets", "value", "discountOnQuantity")
	}
	_, percentage := value["percentage"]
	amount, hasAmount := value["discountAmount"].(object)
	if percentage && hasAmount {
		c.fail("CONFLICT", "Only one of percentage and discountAmount can be provided.", "customerGets", "value")
		return
	}
	if percentage {
		c.fraction(value["percentage"], "customerGets", "value", "percentage")
	}
	if hasAmount {
		if n, ok := new(big.Rat).SetString(text(amount["amount"])); !ok || n.Sign() <= 0 {
			c.fail("GREATER_THAN", "Value must be greater than 0", "customerGets", "value", "discountAmount", "amount")
		}
	}
}

// fraction refuses 15 for 15 %: it is 0.15.
func (c *discountCheck) fraction(value any, path ...string) {
	if f := number(value); f <= 0 || f > 1 {
		c.fail("VALUE_OUTSIDE_RANGE", "Value must be between 0.0 and 1.0", path...)
	}
}

func (c *discountCheck) bxgy() {
	gets, _ := c.in["customerGets"].(object)
	buys, _ := c.in["customerBuys"].(object)
	value, _ := gets["value"].(object)
	items, _ := gets["items"].(object)
	wanted, _ := buys["items"].(object)
	if items["all"] == true {
		c.fail("INVALID", "Items in 'customer get' cannot be set to all", "customerGets")
	}
	for _, name := range []string{"percentage", "discountAmount"} {
		if _, given := value[name]; given {
			c.fail("INVALID", "Only discountOnQuantity permitted with bxgy discounts.", "customerGets", "value", name)
		}
	}
	onQuantity, given := value["discountOnQuantity"].(object)
	if !given && c.held == nil {
		c.fail("BLANK", "Value can't be blank", "customerGets", "value")
	}
	if effect, _ := onQuantity["effect"].(object); effect["percentage"] != nil {
		c.fraction(effect["percentage"], "customerGets", "value", "discountOnQuantity", "effect", "percentage")
	}
	if (wanted == nil || wanted["all"] == true) && c.held == nil {
		c.fail("BLANK", "Items in 'customer buys' must be defined", "customerBuys", "items")
	}
}

// items must be there; collections do not go together with products and variants.
func (c *discountCheck) items(side string) {
	in, _ := c.in[side].(object)
	items, _ := in["items"].(object)
	products, _ := items["products"].(object)
	collections, _ := items["collections"].(object)
	single := len(texts(products["productsToAdd"]))+len(texts(products["productVariantsToAdd"])) > 0
	if len(texts(collections["add"])) > 0 && single {
		c.fail("CONFLICT", "Cannot entitle collections in combination with product variants or products", side, "items", "collections", "add")
	} else {
		c.exist(collections["add"], "Collection", "Collection", side, "items", "collections", "add")
	}
	c.exist(products["productsToAdd"], "Product", "Product", side, "items", "products", "productsToAdd")
	c.exist(products["productVariantsToAdd"], "ProductVariant", "Product variant", side, "items", "products", "productVariantsToAdd")
	if items["all"] == true && (single || len(texts(collections["add"])) > 0) {
		c.fail("CONFLICT", "All items cannot be combined with chosen ones.", side, "items", "all")
	}
}

func (c *discountCheck) exist(ids any, kind, word string, path ...string) {
	for _, id := range texts(ids) {
		if idType(id) != kind || c.s.lookUp(id) == nil {
			c.fail("INVALID", fmt.Sprintf("%s with id: %d is invalid", word, idNumber(id)), path...)
		}
	}
}
