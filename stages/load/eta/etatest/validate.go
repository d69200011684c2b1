package etatest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/quagmt/udecimal"
)

var (
	rinForm        = regexp.MustCompile(`^[0-9]{9}$`)
	nationalIDForm = regexp.MustCompile(`^[0-9]{14}$`)
	gtinForm       = regexp.MustCompile(`^([0-9]{8}|[0-9]{12,14})$`)

	// fromHere a person must be named (section 3.4).
	fromHere = udecimal.MustParse("150000")
)

// maxReturnAge is how long after the sale a return may be issued (section 3.6, single source).
const maxReturnAge = 540 * 24 * time.Hour

// validation is the second look at a receipt, whose outcome the client has to poll for (section 9).
type validation struct {
	tree  *node
	owner *Taxpayer
	found []Finding
}

// validate finds everything that makes an accepted receipt invalid.
func (s *Server) validate(r *receipt, owner *Taxpayer) []Finding {
	v := &validation{tree: r.tree, owner: owner, found: checkContent(r.tree, receiptRules, "")}
	v.header()
	v.seller()
	v.buyer()
	for i, line := range r.tree.list("itemData") {
		path := fmt.Sprintf("itemData[%d]", i)
		v.item(line, path)
		v.found = append(v.found, checkLine(line, path, tolerance)...)
	}
	for i, total := range r.tree.list("taxTotals") {
		v.known(codes.tax, "TaxType", fmt.Sprintf("taxTotals[%d].taxType", i), total.str("taxType"))
	}
	v.found = append(v.found, checkTotals(r.tree)...)
	s.neighbours(v, r)
	s.reference(v, r)
	return v.found
}

func (v *validation) add(code, path, format string, args ...any) {
	v.found = append(v.found, Finding{code, path, fmt.Sprintf(format, args...)})
}

// known looks a code up. Mandatory codes that are empty have been found before.
func (v *validation) known(table map[string]row, code, path, value string) {
	if _, ok := table[value]; !ok && value != "" {
		v.add(code, path, "code %q is not known", value)
	}
}

func (v *validation) header() {
	header := v.tree.get("header")
	currency, rate := header.str("currency"), header.dec("exchangeRate")
	v.known(codes.currency, "Currency", "header.currency", currency)
	if foreign := currency != "EGP"; foreign && !rate.IsPos() {
		v.add("ExchangeRate", "header.exchangeRate", "must be more than 0 with %s", currency)
	} else if !foreign && !rate.IsZero() {
		v.add("ExchangeRate", "header.exchangeRate", "must be 0 or absent with EGP")
	}
	v.known(codes.payment, "PaymentMethod", "paymentMethod", v.tree.str("paymentMethod"))

	code := v.tree.str("documentType", "receiptType")
	kind, _ := receiptType(code)
	mode := header.str("orderdeliveryMode")
	v.known(codes.delivery, "DeliveryMode", "header.orderdeliveryMode", mode)
	if kind["needs_order_delivery_mode"] == "yes" && mode == "" {
		v.add("DeliveryMode", "header.orderdeliveryMode", "is mandatory with type %s", code)
	}
	if code == "RWR" {
		v.returnWithoutReference(header)
		return
	}
	for _, name := range []string{"documentUseReason", "salesIssuedDateTime"} {
		if header.str(name) != "" {
			v.add("OnlyRWR", "header."+name, "belongs to type RWR only")
		}
	}
}

func (v *validation) returnWithoutReference(header *node) {
	reason := header.str("documentUseReason")
	v.known(codes.reason, "UseReason", "header.documentUseReason", reason)
	if reason == "" {
		v.add("UseReason", "header.documentUseReason", "is mandatory with type RWR")
	}
	issued, _ := parseTime(header.str("dateTimeIssued"))
	if sold, ok := parseTime(header.str("salesIssuedDateTime")); !ok || sold.After(issued) {
		v.add("SalesIssued", "header.salesIssuedDateTime", "must be the time of the sale, of the form yyyy-MM-ddTHH:mm:ssZ")
	}
}

func (v *validation) seller() {
	seller := v.tree.get("seller")
	if rin := seller.str("rin"); !rinForm.MatchString(rin) {
		v.add("SellerRin", "seller.rin", "must be 9 digits")
	}
	if name := seller.str("companyTradeName"); v.owner.TradeName != "" && name != v.owner.TradeName {
		v.add("TradeName", "seller.companyTradeName", "is not the registered name")
	}
	if branch := seller.str("branchCode"); v.owner.Branches != nil && !slices.Contains(v.owner.Branches, branch) {
		v.add("Branch", "seller.branchCode", "branch %q is not registered", branch)
	}
	if country := seller.str("branchAddress", "country"); country != "EG" {
		v.add("Country", "seller.branchAddress.country", "must be EG")
	}
	activity := seller.str("activityCode")
	v.known(codes.activity, "Activity", "seller.activityCode", activity)
	if v.owner.Activities != nil && !slices.Contains(v.owner.Activities, activity) {
		v.add("Activity", "seller.activityCode", "activity %q is not registered", activity)
	}
}

func (v *validation) buyer() {
	buyer := v.tree.get("buyer")
	kind, id, name := buyer.str("type"), buyer.str("id"), buyer.str("name")
	v.known(codes.buyer, "BuyerType", "buyer.type", kind)
	if kind == "B" || kind == "F" || kind == "P" && v.large() {
		if id == "" {
			v.add("BuyerId", "buyer.id", "is mandatory here")
		}
		if name == "" {
			v.add("BuyerName", "buyer.name", "is mandatory here")
		}
	}
	switch {
	case id == "":
	case kind == "P" && !nationalIDForm.MatchString(id):
		v.add("BuyerId", "buyer.id", "must be a national ID of 14 digits")
	case kind == "B" && !rinForm.MatchString(id):
		v.add("BuyerId", "buyer.id", "must be a RIN of 9 digits")
	case kind == "B" && id == v.tree.str("seller", "rin"):
		v.add("BuyerId", "buyer.id", "is the seller's own RIN")
	}
}

// large tells whether a receipt reaches the sum from which a person must be named, in pounds.
func (v *validation) large() bool {
	total := v.tree.dec("totalAmount")
	if v.tree.str("header", "currency") != "EGP" {
		total = total.Mul(v.tree.dec("header", "exchangeRate"))
	}
	return total.GreaterThanOrEqual(fromHere)
}

func (v *validation) item(line *node, path string) {
	v.known(codes.unit, "UnitType", path+".unitType", line.str("unitType"))
	v.known(codes.item, "ItemType", path+".itemType", line.str("itemType"))
	if code := line.str("itemCode"); code != "" && !v.registered(line.str("itemType"), code) {
		v.add("ItemCode", path+".itemCode", "code %q is not registered", code)
	}
	for i, tax := range line.list("taxableItems") {
		taxPath := fmt.Sprintf("%s.taxableItems[%d]", path, i)
		taxType, subtype := tax.str("taxType"), tax.str("subType")
		v.known(codes.tax, "TaxType", taxPath+".taxType", taxType)
		v.known(codes.subtype, "TaxSubtype", taxPath+".subType", subtype)
		if owner := codes.subtype[subtype]["tax_type"]; owner != "" && owner != taxType {
			v.add("TaxSubtype", taxPath+".subType", "subtype %s belongs to %s", subtype, owner)
		}
	}
}

// registered knows the taxpayer's list, or without one what a registered code looks like.
func (v *validation) registered(itemType, code string) bool {
	switch {
	case itemType == "EGS" && !wellFormedEGS(code, v.owner.RIN), itemType == "GS1" && !wellFormedGTIN(code):
		return false
	}
	return v.owner.Items == nil || slices.Contains(v.owner.Items, code)
}

func wellFormedEGS(code, rin string) bool {
	own, ok := strings.CutPrefix(code, "EG-"+rin+"-")
	return ok && own != "" && !strings.ContainsAny(own, " \t\r\n")
}

// wellFormedGTIN checks length and check digit.
func wellFormedGTIN(code string) bool {
	if !gtinForm.MatchString(code) {
		return false
	}
	sum, weight := 0, 1
	for i := len(code) - 1; i >= 0; i-- {
		sum += int(code[i]-'0') * weight
		weight = 4 - weight
	}
	return sum%10 == 0
}

// neighbours are the checks against the receipts around this one: its number in the submission, and the chain.
func (s *Server) neighbours(v *validation, r *receipt) {
	for _, f := range r.submission.filings {
		if f.receipt.Number == r.Number && f.receipt.Branch == r.Branch {
			v.add("ReceiptNumber", "header.receiptNumber", "number %q is used twice in this submission", r.Number)
			break
		}
	}
	if r.ChainBreak != "" && s.options.StrictChain {
		v.add("PreviousUuid", "header.previousUUID", "%s", r.ChainBreak)
	}
}

// reference checks a return against its sale: known, valid, of the same taxpayer and buyer, not too old.
func (s *Server) reference(v *validation, r *receipt) {
	kind, _ := receiptType(r.Type)
	needed := kind["needs_reference_uuid"] == "yes"
	switch {
	case !needed && r.ReferenceUUID != "":
		v.add("Reference", "header.referenceUUID", "belongs to returns with a reference only")
	case needed && r.ReferenceUUID == "":
		v.add("Reference", "header.referenceUUID", "is mandatory with type %s", r.Type)
	}
	if !needed || r.ReferenceUUID == "" {
		return
	}
	sale := s.receipts[r.ReferenceUUID]
	if sale == nil || sale.RIN != r.RIN || isReturn(sale.Type) || len(sale.Errors) > 0 {
		if sale != nil || !s.options.AnyReference {
			v.add("Reference", "header.referenceUUID", "%s is no valid sale of this taxpayer", r.ReferenceUUID)
		}
		return
	}
	if canonical(sale.tree.get("buyer")) != canonical(v.tree.get("buyer")) {
		v.add("RR308", "buyer", "differs from the buyer of the sale")
	}
	sold, _ := parseTime(sale.DateTimeIssued)
	back, _ := parseTime(r.DateTimeIssued)
	if age := back.Sub(sold); age < 0 || age > maxReturnAge {
		v.add("ReturnAge", "header.dateTimeIssued", "must be at most 540 days after the sale")
	}
}
