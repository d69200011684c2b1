package eta

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"

	"github.com/quagmt/udecimal"
)

// Config is the section eta: of wasl.yaml. The zero value of an optional setting is its default.
type Config struct {
	Environment string `yaml:"environment"`  // production or preproduction
	IdentityURL string `yaml:"identity_url"` // instead of the environment's own; http only to this machine
	APIURL      string `yaml:"api_url"`      // the same
	RootCA      string `yaml:"root_ca"`      // file of a further root certificate, for preproduction only

	ClientID     string `yaml:"client_id"`     // of the POS, from the portal
	ClientSecret string `yaml:"client_secret"` // the name of a secret

	POS        POS            `yaml:"pos"`         // the only one
	Registry   map[string]POS `yaml:"registry"`    // or several, by the names that orders call them
	DefaultPOS string         `yaml:"default_pos"` // which of them an order takes that names none

	Seller   Seller   `yaml:"seller"`
	Shipping Shipping `yaml:"shipping"`

	ReceiptType string            `yaml:"receipt_type"` // s
	Signature   string            `yaml:"signature"`    // empty (default): sent without a value; omit: not sent
	Prices      string            `yaml:"prices"`       // inclusive or exclusive of VAT; auto (default): told from each order's sums
	Payments    map[string]string `yaml:"payments"`     // gateway -> payment code, beside the shipped ones
	Units       []string          `yaml:"units"`        // unit codes that are newer than the shipped table
	Codes       string            `yaml:"codes"`        // folder of tables of the installation's own, beside wasl.yaml; codes
	CodesOld    int               `yaml:"codes_old"`    // months after which a table is called old; 12
	Tolerance   pipeline.Decimal  `yaml:"tolerance"`    // of an order's sums; 0.01
	Threshold   pipeline.Decimal  `yaml:"threshold"`    // from here a buyer is named; 0: the law of the day
	Start       string            `yaml:"start"`        // 2006-01-02: sales that came due before are not filed; "" files all

	// What comes back, and the way back.
	ERPClientID     string   `yaml:"erp_client_id"`     // of the taxpayer's ERP in the portal: reads what all devices issued; "" reads with the POS's own
	ERPClientSecret string   `yaml:"erp_client_secret"` // the name of a secret
	Intermediary    bool     `yaml:"erp_intermediary"`  // that client is an intermediary's: it reads on behalf of seller.rin
	TieOut          string   `yaml:"tieout"`            // 03:30: so late every night what the authority holds is compared; "" only when asked
	Readiness       string   `yaml:"readiness"`         // 04:00: so late every night the readiness report is written; "" only when asked
	PackagePath     string   `yaml:"package_path"`      // where a package is fetched, with {id}: no page names it (UNVERIFIED)
	CompareHeads    string   `yaml:"compare_heads"`     // restore (default): after a restore; start: also whenever wasl starts
	CorrectNumber   string   `yaml:"correction_number"` // suffix (default): 1042/2; same: the number of the refused receipt (UNVERIFIED)
	CorrectTime     string   `yaml:"correction_time"`   // now (default) or kept: the refused receipt's time, while it is not too old (UNVERIFIED)
	Copies          []string `yaml:"copies"`            // printable copies in reports/receipts: a4, 80mm (both, default) or none
	ResultsFolder   string   `yaml:"results_folder"`    // a file of each job's receipts is also written here, for the ERP; "" nowhere

	AskAfter     []time.Duration `yaml:"ask_after"`     // gaps between look-ups of a receipt whose answer was lost
	UnknownAfter time.Duration   `yaml:"unknown_after"` // 2h: a receipt that was sent again and is still not to be found is for a person to decide
	PollAfter    []time.Duration `yaml:"poll_after"`    // gaps between questions about a submission in validation
	Timeout      time.Duration   `yaml:"timeout"`       // of one call
	WarnAfter    time.Duration   `yaml:"warn_after"`    // 12h: receipts that were not accepted for so long are told
	UrgentAfter  time.Duration   `yaml:"urgent_after"`  // 20h: and told as urgent
	LateAfter    time.Duration   `yaml:"late_after"`    // 24h: from then on they are late
	Late         string          `yaml:"late"`          // hold (default): what is late waits for the portal's late request; send: it is granted
	IssueMargin  time.Duration   `yaml:"issue_margin"`  // dateTimeIssued lies so far back: a clock that is ahead by a second is refused

	book *law.Book // the tables that count; nil: those that are shipped
}

// Seller is the taxpayer as every receipt names it.
type Seller struct {
	RIN              string  `yaml:"rin"`
	TradeName        string  `yaml:"trade_name"`
	BranchCode       string  `yaml:"branch_code"`
	ActivityCode     string  `yaml:"activity_code"`
	SyndicateLicense string  `yaml:"syndicate_license"`
	Address          Address `yaml:"address"`
}

// Address is the branch's.
type Address struct {
	Country               string `yaml:"country"` // EG
	Governate             string `yaml:"governate"`
	RegionCity            string `yaml:"region_city"`
	Street                string `yaml:"street"`
	BuildingNumber        string `yaml:"building_number"`
	PostalCode            string `yaml:"postal_code"`
	Floor                 string `yaml:"floor"`
	Room                  string `yaml:"room"`
	Landmark              string `yaml:"landmark"`
	AdditionalInformation string `yaml:"additional_information"`
}

// Shipping is the article that an order's shipping is filed as. Its VAT treatment is for the merchant's adviser.
type Shipping struct {
	InternalCode string            `yaml:"internal_code"` // SHIP
	ItemCode     string            `yaml:"item_code"`     // registered like any other; needed once an order has shipping
	ItemType     string            `yaml:"item_type"`     // EGS
	Name         string            `yaml:"name"`
	Unit         string            `yaml:"unit"`     // EA
	VATType      string            `yaml:"vat_type"` // V009
	VATRate      *pipeline.Decimal `yaml:"vat_rate"` // 14; 0 is a rate of its own
}

const (
	production    = "production"
	preproduction = "preproduction"

	inclusive = "inclusive"
	exclusive = "exclusive"
	auto      = "auto"

	lateHold = "hold"
	lateSend = "send"

	signatureEmpty = "empty"
	signatureOmit  = "omit"
)

// hosts are the addresses of an environment (eta-ereceipt.md section 1).
type hosts struct{ identity, api, portal string }

var environments = map[string]hosts{
	production:    {"https://id.eta.gov.eg", "https://api.invoicing.eta.gov.eg", "https://invoicing.eta.gov.eg"},
	preproduction: {"https://id.preprod.eta.gov.eg", "https://api.preprod.invoicing.eta.gov.eg", "https://preprod.invoicing.eta.gov.eg"},
}

// gateways are the payment codes of what Shopify's export calls a payment method in Egypt, by folded name.
var gateways = foldKeys(map[string]string{
	"Cash on Delivery (COD)": "C", "Cash on Delivery": "C", "COD": "C", "cash": "C", "الدفع عند الاستلام": "C", "نقدي": "C", "نقدا": "C",
	"Shopify Payments": "V", "Paymob": "V", "Paymob Accept": "V", "Stripe": "V", "Kashier": "V", "Geidea": "V", "PayTabs": "V",
	"visa": "V", "mastercard": "V", "meeza": "V", "card": "V", "credit card": "V", "debit card": "V", "بطاقة": "V", "بطاقة ائتمان": "V",
	"gift_card": "GC", "store_credit": "VO", "shopify_store_credit": "VO", "voucher": "VO",
})

func foldKeys(m map[string]string) map[string]string {
	folded := make(map[string]string, len(m))
	for name, code := range m {
		folded[pipeline.Fold(name)] = code
	}
	return folded
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	own := environments[c.Environment]
	c.IdentityURL = strings.TrimSuffix(cmp.Or(c.IdentityURL, own.identity), "/")
	c.APIURL = strings.TrimSuffix(cmp.Or(c.APIURL, own.api), "/")
	c.ClientSecret = cmp.Or(c.ClientSecret, "eta_client_secret")
	c.Seller.BranchCode = cmp.Or(c.Seller.BranchCode, "0")
	c.Seller.Address.Country = cmp.Or(c.Seller.Address.Country, "EG")
	c.ReceiptType = cmp.Or(c.ReceiptType, "s")
	c.Signature = cmp.Or(c.Signature, signatureEmpty)
	c.Codes = cmp.Or(c.Codes, law.Folder)
	c.CodesOld = cmp.Or(c.CodesOld, 12)
	c.Prices = cmp.Or(c.Prices, auto)
	c.Timeout = cmp.Or(c.Timeout, 30*time.Second)
	c.WarnAfter = cmp.Or(c.WarnAfter, 12*time.Hour)
	c.UrgentAfter = cmp.Or(c.UrgentAfter, 20*time.Hour)
	c.LateAfter = cmp.Or(c.LateAfter, 24*time.Hour)
	c.Late = cmp.Or(c.Late, lateHold)
	c.UnknownAfter = cmp.Or(c.UnknownAfter, 2*time.Hour)
	c.IssueMargin = cmp.Or(c.IssueMargin, 5*time.Second)
	if c.Tolerance.IsZero() {
		c.Tolerance = udecimal.MustParse("0.01")
	}
	if len(c.AskAfter) == 0 { // together longer than the ten minutes in which a payload is refused as a duplicate
		c.AskAfter = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute}
	}
	if len(c.PollAfter) == 0 {
		c.PollAfter = []time.Duration{3 * time.Second, 10 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}
	}
	c = c.withBackDefaults()
	c.Shipping = c.Shipping.withDefaults()
	c = c.withPoints()
	all := maps.Clone(gateways)
	maps.Copy(all, foldKeys(c.Payments))
	c.Payments = all
	return c
}

func (s Shipping) withDefaults() Shipping {
	s.InternalCode = cmp.Or(s.InternalCode, "SHIP")
	s.ItemType = cmp.Or(s.ItemType, "EGS")
	s.Name = cmp.Or(s.Name, "مصاريف الشحن")
	s.Unit = cmp.Or(s.Unit, "EA")
	s.VATType = cmp.Or(s.VATType, "V009")
	if s.VATRate == nil {
		rate := udecimal.MustParse("14")
		s.VATRate = &rate
	}
	return s
}

// Validate names every setting that cannot be used.
func (c Config) Validate() []pipeline.Finding {
	v := findings{}
	d := c.withDefaults()
	v.check(environments[c.Environment].api != "", "environment", "eta.choice", "value", c.Environment, "known", production+", "+preproduction)
	if environments[c.Environment].api != "" {
		v.check(safeURL(d.IdentityURL), "identity_url", "eta.url", "value", d.IdentityURL)
		v.check(safeURL(d.APIURL), "api_url", "eta.url", "value", d.APIURL)
		v.check(ownHost(c.Environment, d.IdentityURL), "identity_url", "eta.host", "value", d.IdentityURL, "environment", c.Environment)
		v.check(ownHost(c.Environment, d.APIURL), "api_url", "eta.host", "value", d.APIURL, "environment", c.Environment)
	}
	v.check(c.RootCA == "" || c.Environment == preproduction, "root_ca", "eta.root")
	v.choice("signature", d.Signature, signatureEmpty, signatureOmit)
	v.choice("prices", d.Prices, inclusive, exclusive, auto)
	v.choice("receipt_type", d.ReceiptType, "s", "S", "SR", "SC", "SS", "ST", "SH", "SP", "SB", "SE", "SN", "SU")
	v.points(c, d)
	v.back(d)
	v.seller(d)
	v.shipping(d)
	for name, code := range c.Payments {
		v.check(d.known("payment_methods", code, ""), "payments."+name, "eta.code", "value", code)
	}
	_, err := time.Parse(time.DateOnly, cmp.Or(c.Start, "2000-01-01"))
	v.check(err == nil, "start", "eta.date", "value", c.Start)
	v.check(d.CodesOld > 0, "codes_old", "eta.positive", "value", itoa(d.CodesOld))
	v.check(!d.Tolerance.IsNeg(), "tolerance", "eta.positive", "value", d.Tolerance.String())
	v.check(!d.Threshold.IsNeg(), "threshold", "eta.positive", "value", d.Threshold.String())
	v.check(d.Timeout > 0, "timeout", "eta.positive", "value", d.Timeout.String())
	v.check(0 < d.WarnAfter && d.WarnAfter < d.UrgentAfter && d.UrgentAfter < d.LateAfter, "urgent_after", "eta.age.order")
	v.choice("late", d.Late, lateHold, lateSend)
	v.check(d.UnknownAfter > 0, "unknown_after", "eta.positive", "value", d.UnknownAfter.String())
	v.check(d.IssueMargin > 0, "issue_margin", "eta.positive", "value", d.IssueMargin.String())
	for _, gap := range slices.Concat(d.AskAfter, d.PollAfter) {
		v.check(gap > 0, "ask_after", "eta.positive", "value", gap.String())
	}
	return v.list
}

// findings collects what is wrong with the settings.
type findings struct{ list []pipeline.Finding }

func (v *findings) check(ok bool, path string, rule pipeline.Rule, facts ...string) {
	if ok {
		return
	}
	v.list = append(v.list, pipeline.Finding{Path: "eta." + path, Rule: rule, With: with(facts...)})
}

func (v *findings) choice(path, value string, known ...string) {
	v.check(slices.Contains(known, value), path, "eta.choice", "value", value, "known", strings.Join(known, ", "))
}

// text checks that a setting stands there where it must, can be written as it is, and is no longer than limit
// characters (0: no limit).
func (v *findings) text(path, value string, limit int, must bool) {
	v.check(value != "" || !must, path, "eta.missing")
	v.check(limit == 0 || utf8.RuneCountInString(value) <= limit, path, "eta.length", "limit", itoa(limit))
}

func (v *findings) seller(c Config) {
	s, a := c.Seller, c.Seller.Address
	v.text("seller.rin", s.RIN, 0, true)
	v.check(s.RIN == "" || rinForm.MatchString(s.RIN), "seller.rin", "eta.rin", "value", s.RIN)
	v.text("seller.trade_name", s.TradeName, 200, true)
	v.text("seller.branch_code", s.BranchCode, 50, true)
	if c.shares(func(p POS) bool { return p.ActivityCode == "" }) {
		v.check(c.known("activity_codes", s.ActivityCode, ""), "seller.activity_code", "eta.code", "value", s.ActivityCode)
	}
	for _, p := range c.Points() { // where the installation says what is registered in the portal
		s := p.config.Seller
		v.check(c.Law().Registered(law.RegisteredBranches, s.BranchCode, ""), "seller.branch_code", "receipt.branch.other",
			"got", s.BranchCode, "known", c.Law().RegisteredCodes(law.RegisteredBranches, ""))
		v.check(c.Law().Registered(law.RegisteredActivities, s.ActivityCode, ""), "seller.activity_code", "receipt.activity.other",
			"got", s.ActivityCode, "known", c.Law().RegisteredCodes(law.RegisteredActivities, ""))
		v.check(c.Law().Allows(s.ActivityCode, saleType(c.ReceiptType), ""), "receipt_type", "receipt.type.allowed", "code", c.ReceiptType, "activity", s.ActivityCode)
	}
	v.text("seller.syndicate_license", s.SyndicateLicense, 30, false)
	if c.shares(func(p POS) bool { return p.Address == nil }) {
		v.address("seller.address.", a)
	}
}

func (v *findings) address(path string, a Address) {
	v.choice(path+"country", a.Country, "EG")
	v.text(path+"governate", a.Governate, 100, true)
	v.text(path+"region_city", a.RegionCity, 100, true)
	v.text(path+"street", a.Street, 200, true)
	v.text(path+"building_number", a.BuildingNumber, 100, true)
	v.text(path+"postal_code", a.PostalCode, 30, false)
	v.text(path+"floor", a.Floor, 100, false)
	v.text(path+"room", a.Room, 100, false)
	v.text(path+"landmark", a.Landmark, 500, false)
	v.text(path+"additional_information", a.AdditionalInformation, 500, false)
}

// shipping checks the article of shipping as any other, where there is one: a shop may ship for nothing.
func (v *findings) shipping(c Config) {
	s := c.Shipping
	v.text("shipping.internal_code", s.InternalCode, 50, true)
	v.text("shipping.name", s.Name, 500, true)
	v.check(c.knownUnit(s.Unit, ""), "shipping.unit", "eta.code", "value", s.Unit)
	v.choice("shipping.item_type", s.ItemType, "EGS", "GS1")
	v.check(c.Law().RateFits(s.VATType, *s.VATRate, ""), "shipping.vat_rate", "eta.vat", "type", s.VATType, "rate", s.VATRate.String())
	if s.ItemCode != "" {
		v.check(s.ItemType != "EGS" || egs(s.ItemCode, c.Seller.RIN), "shipping.item_code", "eta.egs", "code", s.ItemCode, "rin", c.Seller.RIN)
		v.check(s.ItemType != "GS1" || gtin(s.ItemCode), "shipping.item_code", "eta.gtin", "code", s.ItemCode)
	}
}

// safeURL takes https, and http to this machine only: tokens must not cross a network in the open.
func safeURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname())
}
