package erp

import (
	"strings"

	"wasl/pipeline"
)

// KindCustomer is the kind of customers.
const KindCustomer = "erp.customer"

// The types of a customer's documents.
const (
	typeCreate = "create"
	typeUpdate = "update"
)

// customerFields are the words of a customer. Those of the order are for flows that read
// orders; nothing else of the order is kept.
var customerFields = []pipeline.Field{
	{Name: "customer.id", Type: pipeline.Code, Help: "the shop's own number of the customer; none: a guest"},
	{Name: "customer.name", Type: pipeline.Text, Help: "first and last name"},
	{Name: "customer.company", Type: pipeline.Text, Help: "company"},
	{Name: "customer.phone", Type: pipeline.Code, Help: "telephone, as it stands there: it is written as +201001234567 where it is a number"},
	{Name: "customer.email", Type: pipeline.Text, Help: "address of mail"},
	{Name: "customer.tax_no", Type: pipeline.Code, Help: "tax registration number"},
	{Name: "customer.address", Type: pipeline.Text, Help: "street and house"},
	{Name: "customer.city", Type: pipeline.Text, Help: "city"},
	{Name: "customer.governorate", Type: pipeline.Text, Help: "one of the 27, by code or by name in Arabic or English: it is kept as C, GZ, ALX ..."},
	{Name: "customer.zip", Type: pipeline.Code, Help: "postal code"},
	{Name: "customer.country", Type: pipeline.Text, Help: "ISO code, such as EG; empty: EG"},
	{Name: "customer.email_consent", Type: pipeline.Text, Help: "whether mails of marketing are agreed to: yes, no, or as the shop says: subscribed, unsubscribed, pending ..."},
	{Name: "customer.email_consent_at", Type: pipeline.Time, Help: "when that was said"},
	{Name: "customer.sms_consent", Type: pipeline.Text, Help: "likewise messages to the telephone"},
	{Name: "customer.sms_consent_at", Type: pipeline.Time, Help: "when that was said"},
	{Name: "customer.note", Type: pipeline.Text, Help: "the shop's note"},
	{Name: "customer.tags", Type: pipeline.Text, Help: "the shop's tags"},
	{Name: "customer.updated", Type: pipeline.Time, Help: "when the customer changed last: tells which of two files is the later one"},
	{Name: "order.id", Type: pipeline.Code, Help: "of orders: the shop's own number of the order"},
	{Name: "order.name", Type: pipeline.Code, Help: "of orders: #1042; its rows are one order"},
	{Name: "order.created", Type: pipeline.Time, Help: "of orders: when it was placed"},
	{Name: "order.source", Type: pipeline.Text, Help: "of orders: web, pos ..."},
}

// customerComputed are the words that a layout of customers may use besides.
var customerComputed = []pipeline.Field{
	{Name: "customer.number", Type: pipeline.Text, Help: "the ERP's own number of the customer, where it is known"},
	{Name: "customer.phone_local", Type: pipeline.Text, Help: "the telephone as it is dialled in Egypt: 01001234567"},
	{Name: "customer.governorate_ar", Type: pipeline.Text, Help: "the governorate's name in Arabic"},
	{Name: "customer.governorate_en", Type: pipeline.Text, Help: "the governorate's name in English"},
	{Name: "customer.governorate_code", Type: pipeline.Text, Help: "the ERP's own code of the governorate: settings: governorates"},
	{Name: "doc.type", Type: pipeline.Text, Help: "create or update"},
	{Name: "doc.number", Type: pipeline.Text, Help: "C-7001 of the shop's customer 7001, G-1042 of the guest of order #1042; updates C-7001-R1, C-7001-R2"},
	{Name: "doc.serial", Type: pipeline.Text, Help: "the number that the layout's own counter gives the document: number"},
	{Name: "doc.of", Type: pipeline.Text, Help: "of an update: C-7001"},
	{Name: "doc.revision", Type: pipeline.Quantity, Help: "0 for the first"},
	{Name: "doc.changed", Type: pipeline.Text, Help: "of an update: the fields that changed"},
	{Name: "doc.at", Type: pipeline.Time, Help: "when the customer changed, or ordered"},
}

// customerSettings are what an accountant decides about customers.
var customerSettings = []pipeline.Setting{
	{Name: "from", Type: pipeline.Text, Choices: []string{"customers", "orders"}, Default: "customers",
		Help: "what the rows are of: customers, one a row, or orders"},
	{Name: "guest", Type: pipeline.Text, Choices: []string{"create", "walk_in", "skip"}, Default: "create",
		Help: "who ordered without being a customer of the shop: becomes one of the ERP, goes to the account walk_in, or is left out"},
	{Name: "walk_in", Type: pipeline.Text, Form: "a code of the ERP", Help: "the ERP's account of walk-in customers: orders of the shop's counter that name nobody go there"},
	{Name: "update", Type: pipeline.Text, Choices: []string{"full", "changes"}, Default: "full",
		Help: "what an update holds: the whole customer with the changed fields named, or those fields only"},
	{Name: "doubt", Type: pipeline.Text, Choices: []string{"hold", "send"}, Default: "hold",
		Help: "who may be somebody that is known already: waits until a person has decided, or goes as a customer of its own, and it is told"},
	{Name: "governorates", Type: pipeline.Text, Form: "a list of the table codes",
		Help: "the list that says which code the ERP has for C, GZ, ALX ...; where it is named, a governorate that it lacks holds the customer"},
}

// A customerPolicy is the settings of a flow, read.
type customerPolicy struct {
	orders, sendsGuests, skipsGuests, changes, doubtWaits bool
	walkIn, governorates                                  string
}

func customerPolicyOf(k pipeline.Kind, s pipeline.Settings) customerPolicy {
	is := func(name, value string) bool { return s.Of(k, name) == value }
	return customerPolicy{orders: is("from", "orders"), sendsGuests: is("guest", "walk_in"), skipsGuests: is("guest", "skip"), changes: is("update", "changes"),
		doubtWaits: is("doubt", "hold"), walkIn: strings.TrimSpace(s.Of(k, "walk_in")), governorates: strings.TrimSpace(s.Of(k, "governorates"))}
}

// Customers is the ERP's import folder as the door for customers. It plans: who is
// known already is found before anything is filed.
type Customers struct{ *Sink }

// NewCustomers makes the sink of customers; see New.
func NewCustomers(c Config, layout []byte, layoutFile string, d Deps) (*Customers, []pipeline.Finding, error) {
	s, findings, err := newSink(customerWords, c, layout, layoutFile, d)
	if s == nil {
		return nil, findings, err
	}
	return &Customers{s}, findings, err
}

// Kinds are the documents of customers.
func (c *Customers) Kinds() []pipeline.Kind { return []pipeline.Kind{c.kind(nil)} }

// kind is that of customers under the settings of a flow.
func (c *Customers) kind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindCustomer,
		Help:     "A customer, new or changed, written into files that the ERP imports.",
		Fields:   customerFields,
		Once:     true,
		People:   true,
		Record:   true,
		Space:    "erp",
		Tables:   []string{tableList, tableDecisions, tableCodes},
		Settings: customerSettings,
		Bind:     c.kind,
		Freeze:   c.freeze,
	}
	p := clerk{c.Sink, customerPolicyOf(k, set)}
	if p.orders {
		k.GroupBy = []string{"order.name"}
	}
	k.Build, k.Revise, k.Older = p.build, p.revise, olderCustomer
	if c.layout != nil && c.layout.counter != nil {
		k.Chain, k.Seal = c.layout.chain, c.layout.seal
	}
	return k
}

// sampleCustomer is the row of a customer that is no real one.
var sampleCustomer = map[string]string{"customer.id": "7001", "customer.name": "منى علي", "customer.phone": "0100 123 4567", "customer.email": "mona@example.net",
	"customer.address": "12 شارع النصر", "customer.city": "مدينة نصر", "customer.governorate": "القاهرة", "customer.country": "EG",
	"customer.email_consent": "yes", "customer.email_consent_at": "2026-11-20T09:00:00Z", "customer.updated": "2026-11-23T11:05:22Z"}
