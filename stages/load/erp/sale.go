package erp

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A sale is the body of a document: what the ERP is told about an order, in our
// own words. Amounts and quantities are signed: what is taken back is below zero.
type sale struct {
	Order map[string]string `json:"order"` // by field: texts, plain decimals, times in RFC 3339, UTC
	position
	Doc      told              `json:"doc,omitzero"`      // zero: a sale, its first version
	After    *state            `json:"after,omitempty"`   // how the order stands then; nil: as is told
	Spread   bool              `json:"spread,omitempty"`  // the order's discount was spread over its lines by value
	OnTop    bool              `json:"onTop,omitempty"`   // taxes come on top of the prices
	Paid     *pipeline.Decimal `json:"paid,omitempty"`    // received less paid back; nil: not known
	GiftCard pipeline.Decimal  `json:"giftCard,omitzero"` // of it, by gift cards
	Direct   bool              `json:"direct,omitempty"`  // of a payment: nobody pays out what its account holds
}

// told says what a document is.
type told struct {
	Type     string    `json:"type"`   // sale, revision, cancellation, credit
	Number   string    `json:"number"` // #1042-R1
	Of       string    `json:"of,omitempty"`
	Revision int       `json:"revision,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Note     string    `json:"note,omitempty"`
	Changed  []string  `json:"changed,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// The types of documents.
const (
	typeSale     = "sale"
	typeRevision = "revision"
	typeCancel   = "cancellation"
	typeCredit   = "credit"
)

// A state is how an order stands in the ERP's books once a document of it is
// booked, credit notes of its refunds apart: what the next version is compared
// with.
type state struct {
	position
	Money    pipeline.Decimal `json:"money"`              // its total as the shop states it
	Credited position         `json:"credited,omitzero"`  // what credit notes of refunds take back; below zero
	Refunds  pipeline.Decimal `json:"refunds,omitzero"`   // their total, as stated
	Ordered  pipeline.Decimal `json:"ordered"`            // pieces that were ordered, ever
	Detailed bool             `json:"detailed,omitempty"` // the shop said which goods its refunds are of
	Over     string           `json:"over,omitempty"`     // why the order has ended; "" where it has not
	Revision int              `json:"revision,omitempty"`
}

// A position is a set of amounts: lines, and what stands beside them.
type position struct {
	Lines []line  `json:"lines"`
	Sums  sums    `json:"sums"`
	Rates []rated `json:"rates,omitempty"` // the taxes by rate, whether prices hold them or not
}

// IsZero tells whether there is nothing in it: encoding/json asks.
func (p position) IsZero() bool { return len(p.Lines) == 0 && p.Sums.isZero() }

// A rated is the tax of one rate.
type rated struct {
	Rate string           `json:"rate"` // per cent, or the tax's name where it has no rate
	Tax  pipeline.Decimal `json:"tax"`
}

// A line is one line of a sales document.
type line struct {
	Kind      string            `json:"kind"` // item, gift_card, tip, duties, rounding, refund; written besides: shipping, discount, taxes
	SKU       string            `json:"sku,omitempty"`
	Name      string            `json:"name,omitempty"`
	Quantity  pipeline.Decimal  `json:"quantity"`
	Price     pipeline.Decimal  `json:"price"`
	Discount  pipeline.Decimal  `json:"discount"`
	Total     pipeline.Decimal  `json:"total"`
	Allocated pipeline.Decimal  `json:"allocated,omitzero"` // its share of the order's discount, whether in Discount or not
	Tax       *pipeline.Decimal `json:"tax,omitempty"`      // nil: not known
	Rate      string            `json:"rate,omitempty"`
	Account   string            `json:"account,omitempty"` // of a payment: the ERP's account
	Debit     *pipeline.Decimal `json:"debit,omitempty"`   // of a payment; nil: it is credited
	Credit    *pipeline.Decimal `json:"credit,omitempty"`
}

// The kinds of lines that are kept. The layout adds shipping, discount and taxes.
const (
	lineItem     = "item"
	lineGiftCard = "gift_card"
	lineTip      = "tip"
	lineDuties   = "duties"
	lineRounding = "rounding"
	lineRefund   = "refund"
)

// names are what lines are called that the shop gives no name.
var names = map[string]string{lineTip: "إكرامية (Tip)", lineDuties: "رسوم جمركية (Duties)",
	lineRounding: "تقريب نقدي (Rounding)", lineRefund: "رد مبلغ (Refund)"}

// extraLine is a line of one piece for an amount that belongs to no goods.
func extraLine(kind, code string, amount pipeline.Decimal) line {
	one := pipeline.Decimal{}.Add64(1)
	l := line{Kind: kind, SKU: code, Name: names[kind], Quantity: one, Price: amount, Total: amount}
	if amount.IsNeg() {
		l.Quantity, l.Price = one.Neg(), amount.Neg()
	}
	return l
}

// kept are the lines of a body that are not the layout's.
func kept(lines []line) []line {
	var out []line
	for _, l := range lines {
		switch l.Kind {
		case "shipping", "discount", "taxes":
		default:
			out = append(out, l)
		}
	}
	return out
}

// readSale reads a body. One that was filed before orders had versions is of a
// whole sale.
func readSale(body json.RawMessage) (sale, error) {
	var b sale
	err := json.Unmarshal(body, &b)
	return b, err
}

// state is how the order stands once the document is booked.
func (b sale) state() state {
	if b.After != nil {
		return *b.After
	}
	out := state{position: position{Lines: kept(b.Lines), Sums: b.Sums, Rates: b.Rates}, Money: b.Sums.total()}
	for _, l := range out.Lines {
		out.Ordered = out.Ordered.Add(l.Quantity)
	}
	return out
}

// kind is the type of the document; the zero Doc is a sale.
func (b sale) kind() string { return or(b.Doc.Type, typeSale) }

// number is the document's own number.
func (b sale) number() string { return or(b.Doc.Number, b.Order["order.name"]) }

// takesBack tells whether what the document says is below zero.
func (b sale) takesBack() bool { return b.kind() == typeCancel || b.kind() == typeCredit }

// positive is a document that takes something back, with what it takes back above
// zero: for an ERP that tells from the type of the document.
func (b sale) positive() sale {
	if b.takesBack() {
		b.position = position{}.minus(b.position)
	}
	return b
}

// suffix is what tells a document's file from those of other documents of its key.
func (b sale) suffix() string {
	if b.Doc.Revision == 0 {
		return ""
	}
	return "-" + strconv.Itoa(b.Doc.Revision)
}

// minus are the differences between two positions, line by line: of each line what
// is more or less of it. Lines that are the same in both are left out. A line is
// known by its kind, its code (its name where it has none), its price, and by which
// of several such it is; so that it is known whichever file it comes from.
func (p position) minus(q position) position {
	out := position{Sums: p.Sums.minus(q.Sums)}
	old := q.byKey()
	for _, l := range p.keyed() {
		was := old[l.key]
		if was == nil {
			out.add(l.line)
			continue
		}
		out.add(l.line.minus(*was))
		delete(old, l.key)
	}
	for _, l := range q.keyed() {
		if old[l.key] != nil {
			out.add(line{Kind: l.Kind, SKU: l.SKU, Name: l.Name, Price: l.Price}.minus(l.line))
		}
	}
	out.Rates = minusRates(p.Rates, q.Rates)
	return out
}

// plus are two positions together.
func (p position) plus(q position) position { return p.minus(position{}.minus(q)) }

// add adds a line that says anything.
func (p *position) add(l line) {
	if !l.Quantity.IsZero() || !l.Total.IsZero() || !l.Discount.IsZero() {
		p.Lines = append(p.Lines, l)
	}
}

// minus is what a line has more than another of its key.
func (l line) minus(m line) line {
	l.Quantity, l.Discount, l.Total = l.Quantity.Sub(m.Quantity), l.Discount.Sub(m.Discount), l.Total.Sub(m.Total)
	l.Allocated = l.Allocated.Sub(m.Allocated)
	l.Rate = or(l.Rate, m.Rate)
	if l.Tax != nil || m.Tax != nil {
		tax := amountOf(l.Tax).Sub(amountOf(m.Tax))
		l.Tax = &tax
	}
	return l
}

func amountOf(d *pipeline.Decimal) pipeline.Decimal {
	if d == nil {
		return zero
	}
	return *d
}

// A keyed is a line under its key.
type keyed struct {
	line
	key string
}

func (p position) keyed() []keyed {
	seen := map[string]int{}
	out := make([]keyed, len(p.Lines))
	for i, l := range p.Lines {
		key := strings.Join([]string{l.Kind, or(l.SKU, l.Name), plainNumber(l.Price)}, "\x00")
		seen[key]++
		out[i] = keyed{l, key + "\x00" + strconv.Itoa(seen[key])}
	}
	return out
}

func (p position) byKey() map[string]*line {
	out := map[string]*line{}
	for _, l := range p.keyed() {
		out[l.key] = &l.line
	}
	return out
}

// plainNumber is a number as it is compared: 10 and 10.00 are the same.
func plainNumber(d pipeline.Decimal) string { return d.String() }

func minusRates(p, q []rated) []rated {
	out := slices.Clone(p)
	for _, r := range q {
		at := slices.IndexFunc(out, func(o rated) bool { return o.Rate == r.Rate })
		if at < 0 {
			out, at = append(out, rated{Rate: r.Rate}), len(out)
		}
		out[at].Tax = out[at].Tax.Sub(r.Tax)
	}
	return slices.DeleteFunc(out, func(r rated) bool { return r.Tax.IsZero() })
}
