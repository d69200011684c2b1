package shopifytest

import (
	"time"
)

// Order is how an order begins. The zero value of a field is what most orders have; ids and the name are made when
// empty. Amounts are plain decimals in the shop's currency, rates are fractions such as "0.14".
type Order struct {
	ID        string    `json:"id,omitempty"`
	Name      string    `json:"name,omitempty"`      // "#1001" and so on
	At        time.Time `json:"at,omitzero"`         // when it was placed; now when zero
	Processed time.Time `json:"processed,omitzero"`  // processedAt; At when zero
	Customer  string    `json:"customer,omitempty"`  // id of one of AddCustomer; "" for none
	Email     string    `json:"email,omitempty"`     // of the order itself
	Phone     string    `json:"phone,omitempty"`     //
	Locale    string    `json:"locale,omitempty"`    //
	Note      string    `json:"note,omitempty"`      //
	PONumber  string    `json:"po_number,omitempty"` //
	Source    string    `json:"source,omitempty"`    // sourceName; "web" when empty
	SourceID  string    `json:"source_id,omitempty"` //

	Currency      string `json:"currency,omitempty"`       // that the buyer saw; the shop's when empty
	Rate          string `json:"rate,omitempty"`           // units of it for one of the shop's; "1" when empty
	TaxesIncluded *bool  `json:"taxes_included,omitempty"` // as the shop when nil
	TaxExempt     bool   `json:"tax_exempt,omitempty"`
	DutiesIn      bool   `json:"duties_included,omitempty"`
	Test          bool   `json:"test,omitempty"`

	Tags       []string        `json:"tags,omitempty"`
	Attributes []Attribute     `json:"attributes,omitempty"` // customAttributes, the Note Attributes of files
	Billing    *Address        `json:"billing,omitempty"`
	Shipping   *Address        `json:"shipping,omitempty"`
	Taxes      []OrderTax      `json:"taxes,omitempty"` // of every line and shipping line that names none of its own
	Lines      []OrderLine     `json:"lines"`
	Freight    []Freight       `json:"freight,omitempty"`
	Discounts  []OrderDiscount `json:"discounts,omitempty"`
	Tip        string          `json:"tip,omitempty"`
	Localized  []Attribute     `json:"localized,omitempty"` // localizedFields, such as TAX_CREDENTIAL_BR

	// Gateway makes a transaction of the whole amount that waits for its money, as cash on delivery does.
	Gateway string `json:"gateway,omitempty"`

	Employee string `json:"employee,omitempty"` // of a point of sale; only files show it
	Place    string `json:"place,omitempty"`    // name of the point of sale
	Receipt  string `json:"receipt,omitempty"`  // its receipt number, as files show it

	// Fields are fields as the API names them that are answered in place of what would be.
	Fields map[string]any `json:"fields,omitempty"`
}

// Attribute is a key with a value.
type Attribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Address is a postal address. The country is a code; its name is found for some.
type Address struct {
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Company   string `json:"company,omitempty"`
	Address1  string `json:"address1,omitempty"`
	Address2  string `json:"address2,omitempty"`
	City      string `json:"city,omitempty"`
	Province  string `json:"province,omitempty"`      // its name
	Code      string `json:"province_code,omitempty"` // such as C, GZ, ALX
	Zip       string `json:"zip,omitempty"`
	Country   string `json:"country,omitempty"` // code; EG when empty
	Phone     string `json:"phone,omitempty"`
}

// OrderTax is a tax with its rate.
type OrderTax struct {
	Title string `json:"title"`
	Rate  string `json:"rate"`
}

// OrderLine is a line of an order. With the SKU of a variant of the shop the empty fields are taken from it.
type OrderLine struct {
	ID         string      `json:"id,omitempty"`
	SKU        string      `json:"sku,omitempty"`
	Title      string      `json:"title,omitempty"`
	Variant    string      `json:"variant,omitempty"` // its title
	Vendor     string      `json:"vendor,omitempty"`
	Price      string      `json:"price,omitempty"`
	Compare    string      `json:"compare_at,omitempty"`
	Quantity   int         `json:"quantity,omitempty"` // 1 when 0
	Discount   string      `json:"discount,omitempty"` // off this line alone
	Taxes      []OrderTax  `json:"taxes,omitempty"`
	Untaxed    bool        `json:"untaxed,omitempty"`
	NoShipping bool        `json:"no_shipping,omitempty"`
	GiftCard   bool        `json:"gift_card,omitempty"`
	Duty       string      `json:"duty,omitempty"`
	Location   string      `json:"location,omitempty"` // that is to send it, by id or name; the first of the shop when empty
	Attributes []Attribute `json:"attributes,omitempty"`
}

// Freight is a shipping line.
type Freight struct {
	Title   string     `json:"title"`
	Code    string     `json:"code,omitempty"`
	Carrier string     `json:"carrier,omitempty"`
	Price   string     `json:"price"`
	Taxes   []OrderTax `json:"taxes,omitempty"`
	Untaxed bool       `json:"untaxed,omitempty"`
}

// OrderDiscount is a discount on an order: a percentage or an amount, over all its lines or off the shipping.
type OrderDiscount struct {
	Kind        string `json:"kind"`                  // code, automatic, manual or script
	Title       string `json:"title"`                 // the code, or the title
	Description string `json:"description,omitempty"` // of a manual one
	Percent     string `json:"percent,omitempty"`     // such as "10"
	Amount      string `json:"amount,omitempty"`
	Shipping    bool   `json:"shipping,omitempty"`
}

// orderState is one order at one time. A version is never changed once it stands: the next one is a copy, and what its
// slices hold is replaced as a whole.
type orderState struct {
	spec   Order
	number int // at the end of its id: makes the ids of all its parts
	serial int // in its name

	updated                          time.Time
	closed, cancelled                time.Time // zero for never
	cancelReason, staffNote          string
	edited, deleted                  bool
	note, poNumber                   string
	email, phone, customer           string
	tags                             []string
	attributes                       []Attribute
	billing, shipping                *Address
	included                         bool // taxes are inside the prices
	currency, presentment            string
	rate                             int64
	financial, fulfilment, returning string // display states; "" is null, or what follows from the lines

	lines        []orderLine
	freight      []freightLine
	applications []discountUse
	payments     []payment
	refunds      []refund
	fulfilments  []fulfilment
	returns      []goodsReturn
	agreements   []agreement
	tip          cash
	adjusted     cash // sum of the adjustments of all refunds
	paidAt       time.Time
	fulfilledAt  time.Time
	counts       map[string]int // ids given, by type
}

// orderLine is a line as it stands. back is what was given back of it by edits, returns, refunds and cancellation.
type orderLine struct {
	OrderLine
	id                 string
	variant            *variant
	price, duty        cash
	quantity           int
	allocations        []allocation
	taxes              []tax
	back, sent         int // units
	backNet, backTax   cash
	refunded           int // units of back that a refund speaks of
	returned           int // units of back that came with a return
	restocked          int
	removed            int // units that were taken off before they were sent
	untaxed, delivered bool
}

type freightLine struct {
	Freight
	id               string
	price            cash
	allocations      []allocation
	taxes            []tax
	backNet, backTax cash
	removed          bool
}

type allocation struct {
	index  int // of the application
	amount cash
}

type tax struct {
	title  string
	rate   int64
	amount cash
}

// discountUse is a discount as the order shows it.
type discountUse struct {
	typeName, title, description string
	percent                      string
	amount                       cash
	shipping, explicit           bool
}

// net is what is asked for the line, without tax on top.
func (l orderLine) net() cash { return l.price*cash(l.quantity) - allocated(l.allocations) }

func (l orderLine) tax() cash { return taxSum(l.taxes) }

func (l orderLine) current() int { return l.quantity - l.back }

// open is what still has to be sent.
func (l orderLine) open() int { return l.quantity - l.sent - l.removed }

func (f freightLine) net() cash { return f.price - allocated(f.allocations) }

func allocated(all []allocation) (sum cash) {
	for _, a := range all {
		sum += a.amount
	}
	return sum
}

func taxSum(all []tax) (sum cash) {
	for _, t := range all {
		sum += t.amount
	}
	return sum
}

// clone copies what the next step may change.
func (o *orderState) clone() *orderState {
	c := *o
	c.lines = append([]orderLine(nil), o.lines...)
	c.freight = append([]freightLine(nil), o.freight...)
	c.applications = append([]discountUse(nil), o.applications...)
	c.payments = append([]payment(nil), o.payments...)
	c.refunds = append([]refund(nil), o.refunds...)
	c.fulfilments = append([]fulfilment(nil), o.fulfilments...)
	c.returns = append([]goodsReturn(nil), o.returns...)
	c.agreements = append([]agreement(nil), o.agreements...)
	c.tags = append([]string(nil), o.tags...)
	c.counts = make(map[string]int, len(o.counts))
	for kind, n := range o.counts {
		c.counts[kind] = n
	}
	return &c
}

// partsPerOrder is how many parts of one type an order can have: the ids of its parts are made of its own.
const partsPerOrder = 10_000

// newID makes an id of a part of the order. It depends on the order and its story alone.
func (o *orderState) newID(kind string) string {
	o.counts[kind]++
	return gid(kind, (o.number-1)*partsPerOrder+o.counts[kind])
}

// orderOfPart is the number of the order that the id of a part belongs to.
func orderOfPart(id string) int { return (idNumber(id)-1)/partsPerOrder + 1 }
