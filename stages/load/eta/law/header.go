package law

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// timeForm is the only form of a time that the authority takes: UTC, whole seconds.
const timeForm = "2006-01-02T15:04:05Z"

var (
	uuidForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

	timeShape  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$`)
	fractional = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.,][0-9]+Z$`)
	zoned      = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:?[0-9]{2})?$`)
)

// header checks section 3.2, but what depends on the type.
func (c *check) header() {
	h := c.tree.get("header")
	if h == nil {
		return
	}
	c.issued(h.str("dateTimeIssued"))
	c.chain(h)
	currency := h.str("currency")
	c.code("currency_codes", currency, "header.currency", "receipt.currency.unknown")
	rate := h.dec("exchangeRate")
	switch {
	case currency == "":
	case currency == "EGP" && rate.IsPos():
		c.add("header.exchangeRate", "receipt.exchange.egp", "got", rate.String())
	case currency != "EGP" && rate.IsZero():
		c.add("header.exchangeRate", "receipt.exchange.missing", "currency", currency)
	}
	c.code("order_delivery_modes", h.str("orderdeliveryMode"), "header.orderdeliveryMode", "receipt.delivery.unknown")
}

// issued checks the time of issue: its form, and that it is neither ahead nor too old.
func (c *check) issued(text string) {
	const path = "header.dateTimeIssued"
	if text == "" {
		return
	}
	at, err := time.Parse(timeForm, text)
	switch {
	case fractional.MatchString(text):
		c.add(path, "receipt.time.fraction", "got", text)
	case zoned.MatchString(text):
		c.add(path, "receipt.time.zone", "got", text)
	case !timeShape.MatchString(text):
		c.add(path, "receipt.time.form", "got", text)
	case err != nil:
		c.add(path, "receipt.time.day", "got", text)
	case c.known.Now.IsZero():
	case at.After(c.known.Now):
		c.add(path, "receipt.time.future", "got", text, "now", c.known.Now.UTC().Format(timeForm))
	default:
		hours, _ := c.book.Limit(IssueHours, c.day).Int64()
		if c.known.Now.Sub(at) > time.Duration(hours)*time.Hour {
			c.add(path, "receipt.time.late", "got", text, "limit", itoa(int(hours)))
		}
	}
}

// chain checks the uuids of the header (sections 4 and 5).
func (c *check) chain(h *node) {
	uuid, previous := h.str("uuid"), h.str("previousUUID")
	switch {
	case uuid == "":
	case c.known.Draft:
		c.add("header.uuid", "receipt.uuid.early", "got", uuid)
	case !uuidForm.MatchString(uuid):
		c.add("header.uuid", "receipt.uuid.form", "got", uuid)
	case uuid == previous:
		c.add("header.previousUUID", "receipt.previous.own")
	case uuid == h.str("referenceUUID"): // said where references are checked
	default:
		if want := c.tree.uuid(); want != uuid {
			c.add("header.uuid", "receipt.uuid.wrong", "got", uuid, "want", want)
		}
	}
	switch {
	case previous != "" && !uuidForm.MatchString(previous):
		c.add("header.previousUUID", "receipt.previous.form", "got", previous)
	case c.known.Head != nil && h.get("previousUUID") != nil && previous != *c.known.Head:
		c.add("header.previousUUID", "receipt.previous.head", "got", previous, "want", *c.known.Head)
	}
	switch old := h.str("referenceOldUUID"); {
	case old == "":
	case !uuidForm.MatchString(old):
		c.add("header.referenceOldUUID", "receipt.replaced.form", "got", old)
	case old == uuid || old == previous:
		c.add("header.referenceOldUUID", "receipt.replaced.own")
	}
}

// types checks section 3.1, and what of the header follows from it.
func (c *check) types() {
	t, h := c.tree.get("documentType"), c.tree.get("header")
	code := t.str("receiptType")
	if c.known.AnyCase && (code == "S" || code == "R") {
		code = strings.ToLower(code)
	}
	var known bool
	c.kind, known = c.book.Row("receipt_types", code, c.day)
	switch {
	case code == "":
	case !known && (code == "S" || code == "R" || strings.EqualFold(code, "RWR")):
		c.add("documentType.receiptType", "receipt.type.case", "code", code)
	case !known:
		c.add("documentType.receiptType", "receipt.type.unknown", "code", code)
	case c.known.Types != nil && !slices.Contains(c.known.Types, code),
		!c.isReturn() && !c.book.Allows(c.tree.str("seller", "activityCode"), code, c.day):
		c.add("documentType.receiptType", "receipt.type.allowed", "code", code, "activity", c.tree.str("seller", "activityCode"))
	}
	switch version := t.str("typeVersion"); version {
	case "", Version:
	case "1.0", "1.1":
		c.add("documentType.typeVersion", "receipt.version.retired", "got", version, "want", Version)
	default:
		c.add("documentType.typeVersion", "receipt.version.unknown", "got", version, "want", Version)
	}
	if !known || h == nil {
		return
	}
	if c.kind.Cell("needs_order_delivery_mode") == "yes" && h.str("orderdeliveryMode") == "" {
		c.add("header.orderdeliveryMode", "receipt.delivery.missing", "code", code)
	}
	c.reference(h, code)
	c.unreferenced(h, code)
}

// reference checks the uuid of the sale, which every return has but RWR, and nothing else.
func (c *check) reference(h *node, code string) {
	const path = "header.referenceUUID"
	needed, sale := c.kind.Cell("needs_reference_uuid") == "yes", h.str("referenceUUID")
	switch {
	case needed && sale == "":
		if !c.known.Draft {
			c.add(path, "receipt.sale.missing", "code", code)
		}
	case sale == "":
	case !needed && c.isReturn():
		c.add(path, "receipt.sale.unwanted", "code", code)
	case !needed:
		c.add(path, "receipt.sale.onsale", "code", code)
	case !uuidForm.MatchString(sale):
		c.add(path, "receipt.sale.form", "got", sale)
	case sale == h.str("uuid"):
		c.add(path, "receipt.sale.own")
	}
}

// unreferenced checks the two members that a return without a reference has, and nothing else.
func (c *check) unreferenced(h *node, code string) {
	reason, sold := h.str("documentUseReason"), h.str("salesIssuedDateTime")
	const reasonPath, soldPath = "header.documentUseReason", "header.salesIssuedDateTime"
	if code != "RWR" {
		if reason != "" {
			c.add(reasonPath, "receipt.reason.unwanted", "code", code)
		}
		if sold != "" {
			c.add(soldPath, "receipt.sold.unwanted", "code", code)
		}
		return
	}
	if reason == "" {
		c.add(reasonPath, "receipt.reason.missing")
	}
	c.code("return_without_reference_reasons", reason, reasonPath, "receipt.reason.unknown")
	if sold == "" {
		c.add(soldPath, "receipt.sold.missing")
		return
	}
	at, err := time.Parse(timeForm, sold)
	if err != nil || !timeShape.MatchString(sold) {
		c.add(soldPath, "receipt.sold.form", "got", sold)
		return
	}
	if issued, err := time.Parse(timeForm, h.str("dateTimeIssued")); err == nil && at.After(issued) {
		c.add(soldPath, "receipt.sold.after", "got", sold, "issued", h.str("dateTimeIssued"))
	}
}
