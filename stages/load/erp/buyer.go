package erp

import (
	"context"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Purchase is what one sales document says of what a customer bought or gave back.
type Purchase struct {
	Ref      string // of the customer: C-7001, G-1042; X-... of one whom the ERP was not told of; WalkIn
	Number   string // the ERP's
	Name     string
	Currency string
	Order    string // #1042
	Placed   time.Time
	Returns  bool             // a cancellation or a credit note
	Total    pipeline.Decimal // of the document, in the order's books: below zero where it takes back
	Pieces   pipeline.Decimal // likewise
	Items    string           // of a sale or revision: what the order is of then, 2 x A-1001, 1 x A-1002
}

// WalkIn is the customer of orders that name nobody.
const WalkIn = "walk-in"

// Buyers tells of sales documents whose they are, one after another. A customer is known
// as Customers.Plan knows them, by what it sent; others are told apart by the same rules.
type Buyers struct {
	named   func(ctx context.Context, words []string) ([]pipeline.Document, error)
	books   *Sink  // no more than what is remembered of documents and answers
	account string // of walk-in customers; "": not said
	said    decisions
	known   crowd
	asked   map[string]bool
	orders  map[string]pipeline.Decimal // by key: what sales and revisions of an order come to so far
	cached  map[string]who
}

// NewBuyers begins. named gives customers' documents by their words; shop is
// Config.Shop, account the ERP's of walk-in customers, "" where none is named.
func NewBuyers(named func(ctx context.Context, words []string) ([]pipeline.Document, error), tables pipeline.Table, shop, account string) *Buyers {
	return &Buyers{named: named, books: &Sink{cfg: Config{Shop: shop}, tables: tables}, account: account, asked: map[string]bool{}, orders: map[string]pipeline.Decimal{}, cached: map[string]who{}}
}

// Purchase is what a sales document says; ok is false where it is none. Documents of one
// order are to be given in the order in which they were told.
func (b *Buyers) Purchase(ctx context.Context, doc pipeline.Document) (p Purchase, ok bool, err error) {
	s, err := readSale(doc.Body)
	if err != nil || s.Order == nil || doc.Kind != KindOrder {
		return p, false, nil
	}
	w, err := b.who(ctx, s)
	if err != nil {
		return p, false, err
	}
	p = Purchase{Ref: w.ref, Number: w.number, Name: s.Order["customer.name"], Currency: doc.Currency, Order: s.Order["order.name"], Returns: s.takesBack(), Total: doc.Out}
	p.Placed, _ = time.Parse(time.RFC3339, s.Order["order.created"]) // ours; without it the day is not known
	for _, l := range s.Lines {
		if l.Kind == lineItem || l.Kind == lineGiftCard {
			p.Pieces = p.Pieces.Add(l.Quantity)
		}
	}
	if p.Returns {
		return p, true, nil
	}
	p.Items = itemsOf(s.state().Lines)
	key := or(s.Order["order.id"], p.Order)
	if s.whole() { // it takes the place of what is booked
		p.Total = p.Total.Sub(b.orders[key])
		p.Pieces = p.Pieces.Sub(b.orders["pieces "+key])
	}
	b.orders[key], b.orders["pieces "+key] = b.orders[key].Add(p.Total), b.orders["pieces "+key].Add(p.Pieces)
	return p, true, nil
}

// whole tells whether a revision holds the order as it is now, in the place of what is
// booked, and not only what changed.
func (b sale) whole() bool {
	return b.kind() == typeRevision && b.After != nil && b.Sums.total().Equal(b.After.Sums.total()) && len(kept(b.Lines)) == len(b.After.Lines)
}

// itemsOf are the goods among some lines, for people.
func itemsOf(lines []line) string {
	var out []string
	for _, l := range lines {
		if (l.Kind == lineItem || l.Kind == lineGiftCard) && l.Quantity.IsPos() {
			out = append(out, plainNumber(l.Quantity)+" x "+or(l.SKU, l.Name))
		}
	}
	return strings.Join(out, ", ")
}

// who is the customer of a sales document.
func (b *Buyers) who(ctx context.Context, s sale) (who, error) {
	me := customer{sale: sale{Order: s.Order}}.who("")
	if anonymous(s.Order) {
		return who{ref: WalkIn, number: b.account}, nil
	}
	mark := strings.Join([]string{me.id, me.phone, me.email, me.name, s.Order["customer.phone"], s.Order["customer.email"]}, "\x00")
	if w, ok := b.cached[mark]; ok {
		return w, nil
	}
	me.ref = "X-" + shortOf(mark)
	if me.id != "" {
		me.ref = "C-" + me.id
	}
	if err := b.ask(ctx, me); err != nil {
		return who{}, err
	}
	found, _ := me.pick(b.known.near(me, b.said), b.said)
	if found != nil {
		found.number = or(found.number, me.number)
		me = *found
	} else {
		b.known.add(me)
	}
	if me.number == "" && me.key != "" {
		var err error
		if me.number, err = b.books.numberGiven(ctx, me.ref); err != nil {
			return who{}, err
		}
	}
	b.cached[mark] = me
	return me, nil
}

// ask adds whom wasl knows of those who are like somebody.
func (b *Buyers) ask(ctx context.Context, me who) error {
	if b.said == nil {
		var err error
		if b.said, err = b.books.decisions(ctx); err != nil {
			return err
		}
	}
	var words []string
	for _, word := range []string{me.ref, me.phone, me.email} {
		if word != "" && !b.asked[word] {
			words = append(words, word)
			b.asked[word] = true
		}
	}
	if len(words) == 0 {
		return nil
	}
	found, err := b.named(ctx, words)
	if err != nil {
		return err
	}
	for _, doc := range found {
		c, err := readCustomer(doc.Body)
		if err == nil && c.Order != nil && !slices.ContainsFunc(b.known.all, func(w who) bool { return w.key == doc.Key }) {
			b.known.add(c.who(doc.Key))
		}
	}
	return nil
}
