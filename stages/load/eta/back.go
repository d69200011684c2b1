package eta

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

// backing makes the returns of an order: one for each refund, in the order of their times, each taking its goods out of
// what is left of the sale. What was taken off an order without money is in no receipt that is issued after that; it is
// a return where the sale has left before (pipeline.Document.Within).
type backing struct {
	issuer
	order   order
	whole   *whole
	doc     pipeline.Document // of the sale
	stand   stand
	alone   string // reason of returns without reference; "" of those with one
	payment string
	taken   map[int][]string // by receipt: parts whose goods it is without
	owed    dec              // goods that came back, less the money for them
	done    map[string]bool  // keys of the returns that are made
}

// A giving is what one refund gives back.
type giving struct {
	id, name string
	at       time.Time
	rows     []pipeline.Record
	first    pipeline.Record
	shares   []given
	beside   []pipeline.Beside
	worth    dec // what the order is worth less by it, as the shop states it
	home     int // the receipt that all of it was sold by
	problems []pipeline.Problem
}

// given is a share of one of the goods.
type given struct {
	good int
	share
	from pipeline.Origin // the row that says it; zero where none does
}

// all are the returns, and what else is to be told of refunds.
func (b *backing) all() []pipeline.Document {
	var parts []pipeline.Document
	add := func(g giving, removal bool) {
		for _, g := range b.split(g) {
			if part, ok := b.part(g, removal); ok {
				parts = append(parts, part)
			}
			b.done[b.returnKey(g.id, g.home)] = true
		}
	}
	settled := b.settled()
	for n, r := range b.order.refunds {
		g := giving{id: r.ID, name: b.doc.Name + "-R" + itoa(n+1), at: r.At, first: r.First, rows: b.rowsOf(r.ID)}
		removal := b.takenOff(r)
		b.goods(&g, r, removal)
		more := b.money(&g, r, settled)
		b.owe(g, r)
		add(g, removal)
		if more.IsPos() {
			add(b.amountOnly(r, g.name, more), false)
		}
	}
	for _, g := range b.edited() {
		add(g, true)
	}
	if b.stand.over {
		add(b.rest(), false)
	}
	if b.unsaid() {
		parts = append(parts, b.unsaidPart())
	}
	return parts
}

// rowsOf are the rows of a refund.
func (b *backing) rowsOf(id string) []pipeline.Record {
	return slices.DeleteFunc(slices.Clone(b.order.group), func(r pipeline.Record) bool {
		return !strings.HasPrefix(pipeline.RowKind(r), rowRefund) || r.Text("refund.id") != id
	})
}

// takenOff tells whether a refund is goods that were taken off the order without money: an edit, which Shopify writes
// as a refund, or goods that were refused before anything was paid.
func (b *backing) takenOff(r pipeline.Refund) bool {
	if len(r.Items) == 0 || len(r.Shipping) > 0 || len(r.Adjusted) > 0 || r.Money == nil || !r.Money.IsZero() {
		return false
	}
	if !b.stand.over && b.policy.due == duePaid && b.order.has("order.paid") && r.At.Before(b.order.time("order.paid")) {
		return true
	}
	for _, item := range r.Items {
		switch restock := strings.ToLower(item.Text("refund.restock")); {
		case restock == "cancel":
		case restock == "no_restock" && b.order.head("order.edited").True("order.edited"):
		default:
			return false
		}
	}
	return true
}

// goods takes the goods and the shipping of a refund out of what is left of the sale.
func (b *backing) goods(g *giving, r pipeline.Refund, removal bool) {
	for _, row := range r.Items {
		id := row.Text("line.id")
		quantity := row.Amount("refund.quantity")
		picks := b.picks(r.ID, id, quantity, removal)
		switch {
		case b.isGiftCard(id), quantity.IsZero():
		case len(picks) == 0:
			g.problems = append(g.problems, row.Problem("line.id", "sale.refund_line", with("refund", r.ID)))
		default:
			b.pieces(g, row, picks)
		}
	}
	for _, row := range r.Shipping {
		at := b.freight(row.Amount("refund.amount"))
		switch {
		case row.Amount("refund.amount").IsZero():
		case at < 0:
			g.problems = append(g.problems, row.Problem("refund.amount", "sale.refund_line", with("refund", r.ID)))
		default:
			b.take(g, at, row, share{}, func(good *good, value, tax *dec) (share, pipeline.Rule) {
				return good.takeValue(*value, tax, b.whole.inclusive)
			})
		}
	}
}

// pieces takes what a row gives back: of all receipts but the last what it says of a piece, of the last what is then left
// of the value that the shop states.
func (b *backing) pieces(g *giving, row pipeline.Record, picks []pick) {
	var before share
	for n, p := range picks {
		last := n == len(picks)-1
		b.take(g, p.good, row, before, func(good *good, value, tax *dec) (share, pipeline.Rule) {
			if !last {
				value, tax = nil, nil
			}
			s, rule := good.take(p.quantity, value, tax, b.whole.inclusive)
			if rule == "" {
				before.amounts = before.plus(s.amounts)
			}
			return s, rule
		})
	}
}

// take takes a share, by the value that the shop states, or else by that with or without its tax: whether the value of
// a refund holds the tax as prices do is UNVERIFIED (shopify.md 8.3), so the one that fits the sale counts.
// Before is what was taken of that value by then.
func (b *backing) take(g *giving, at int, row pipeline.Record, before share, take func(*good, *dec, *dec) (share, pipeline.Rule)) {
	good := &b.whole.goods[at]
	stated, tax := row.Amount("refund.amount"), row.Amount("refund.tax")
	values := []dec{stated, stated.Add(tax)}
	if !b.whole.inclusive {
		values[1] = stated.Sub(tax)
	}
	for i := range values {
		values[i] = values[i].Sub(before.paid(b.whole.inclusive))
	}
	tax = tax.Sub(before.tax)
	var rule pipeline.Rule
	var s share
	for _, value := range values {
		if s, rule = take(good, &value, &tax); rule != "eta.worth" {
			break
		}
	}
	switch rule {
	case "":
		g.shares = append(g.shares, given{at, s, row.Origin})
		g.worth = g.worth.Add(s.total)
		if extra := b.uncollected(s); !extra.IsZero() {
			g.worth = g.worth.Sub(extra)
			g.beside = besides(g.beside, pipeline.Beside{Class: besideVAT, Amount: extra})
		}
	case "eta.back":
		g.problems = append(g.problems, row.Problem("refund.quantity", rule, with("sku", good.internalCode, "left", good.rest.quantity.String(),
			"back", row.Text("refund.quantity"), "amount", good.rest.total.StringFixed(2))))
	default:
		g.problems = append(g.problems, row.Problem("refund.amount", rule, with("sku", good.internalCode, "stated", stated.StringFixed(2),
			"quantity", row.Text("refund.quantity"), "sold", good.total.StringFixed(2), "of", good.quantity.String())))
	}
}

// uncollected is the VAT of a share that the shop never collected, as its prices are before VAT and it states no tax.
func (b *backing) uncollected(s share) dec {
	if slices.ContainsFunc(b.whole.beside, func(x pipeline.Beside) bool { return x.Class == besideVAT }) {
		return s.tax
	}
	return zero
}

func (b *backing) isGiftCard(line string) bool {
	return b.policy.giftCard != asItem && slices.ContainsFunc(b.order.group, func(r pipeline.Record) bool {
		return r.Text("line.id") == line && r.True("line.gift_card")
	})
}

// part makes the document of what is given back; none where there is nothing.
func (b *backing) part(g giving, removal bool) (pipeline.Document, bool) {
	if len(g.shares) == 0 && len(g.problems) == 0 {
		return pipeline.Document{}, false
	}
	doc := pipeline.Document{Key: b.returnKey(g.id, g.home), Of: b.order.homeKey(g.home), Name: g.name, Day: b.doc.Day, Currency: b.doc.Currency,
		Words: append([]string{b.doc.Name, g.id}, b.doc.Words...), Money: g.worth.Neg(), Beside: g.beside, Wrong: g.problems}
	if !g.at.IsZero() {
		doc.Day = g.at.In(b.zone).Format(time.DateOnly)
	}
	for _, s := range g.shares {
		doc.From = append(doc.From, s.from)
	}
	doc.From = lead(doc.From, g.rows)
	doc.Within = true
	if removal && len(g.problems) == 0 {
		doc.Left = leftWords(g.first.Problem("refund.id", "eta.takenoff", nil))
		b.taken[g.home] = append(b.taken[g.home], doc.Key)
		for _, s := range g.shares {
			good := &b.whole.goods[s.good]
			good.sold = good.sold.minus(s.share)
		}
	}
	if b.alone != "" && !b.standsAlone(g, removal, &doc) {
		return doc, false
	}
	b.late(g, &doc)
	if b.payment == "" { // the sale is not held for it: it is left out
		v := validation{config: b.config, policy: b.policy, order: b.order}
		v.payment()
		doc.Wrong = append(doc.Wrong, v.problems...)
	}
	r := b.back(g)
	doc.Out = r.totals.total.Neg()
	if off := doc.Money.Sub(doc.Out).Sub(sumBeside(doc.Beside)); len(doc.Wrong) == 0 && !off.IsZero() {
		doc.Beside = besides(doc.Beside, pipeline.Beside{Class: besideFee, Amount: off})
	}
	check := validation{config: b.config, order: b.order}
	check.verify(r, r.totals.total)
	doc.Wrong = append(doc.Wrong, check.problems...)
	f := facts{Return: g.id, Sale: r.totals.total, Removal: removal}
	for _, s := range g.shares {
		if good := b.whole.goods[s.good]; !good.shipping {
			f.Lines = append(f.Lines, factLine{ID: good.id, SKU: good.internalCode, Quantity: good.quantity, Back: s.quantity})
		}
	}
	doc.Print = f.print()
	if len(doc.Wrong) == 0 {
		doc.Body = r.append(make([]byte, 0, 1024+320*len(r.items)), b.config)
	}
	return doc, true
}

// standsAlone makes a part a return without reference: of a refund since the start, where the flow wants that.
func (b *backing) standsAlone(g giving, removal bool, doc *pipeline.Document) bool {
	if removal || doc.Day < b.config.Start || b.stand.over {
		return false
	}
	doc.Alone, doc.Within, doc.Of = true, false, ""
	switch {
	case b.alone != "B" && b.alone != "I":
		doc.Wrong = append(doc.Wrong, b.order.problem("order.no_receipt", "eta.choice", "value", b.alone, "known", "B, I"))
	case b.order.has("order.no_receipt") || b.policy.beforeStart == beforeReturn:
	case b.policy.beforeStart == hold:
		doc.Wrong = append(doc.Wrong, g.first.Problem("refund.id", "eta.beforestart", with("start", b.config.Start)))
	default:
		return false
	}
	return true
}

// late holds a return that comes later after its sale than the authority takes (eta-ereceipt.md 3.6; single source).
func (b *backing) late(g giving, doc *pipeline.Document) {
	days, _ := b.config.Law().Limit(law.ReturnDays, doc.Day).Int64()
	if b.alone == "" && days > 0 && !g.at.IsZero() && g.at.Sub(b.stand.at) > time.Duration(days)*24*time.Hour {
		doc.Wrong = append(doc.Wrong, g.first.Problem("refund.at", "eta.returnlate", with("days", itoa(int(days)))))
	}
}

// back is the receipt of a return. Seller and buyer are those of the sale: issuance takes them from there.
func (b *backing) back(g giving) receipt {
	o := b.order
	r := receipt{kind: returnOf(b.config.ReceiptType), refers: true, payment: b.payment, buyer: buyer{kind: "P"},
		number: receiptNumber("", cut(clean(b.doc.Name, 200), 20)+"-R-"+strings.TrimPrefix(b.returnKey(o.text("order.id")+"-"+g.id, g.home), "return/"+o.id()+"/")),
		order:  cmp.Or(clean(o.text("order.code"), 200), clean(o.text("order.name"), 200))}
	if o.currency() != pound {
		r.currency, r.rate = o.currency(), b.policy.rateOf(o)
	}
	if b.alone != "" {
		r.kind, r.refers, r.reason, r.sold = withoutReference, false, b.alone, b.stand.at
	}
	for _, s := range g.shares {
		r.items = append(r.items, b.whole.goods[s.good].of(s.share))
	}
	r.totals = total(r.items)
	if b.alone != "" { // there is no sale to take him from
		v := validation{config: b.config, policy: b.policy, order: o, day: b.doc.Day}
		r.buyer = v.buyer(r.totals.total)
	}
	return r
}

// unsaid tells whether money was paid back, and the file does not say what for.
func (b *backing) unsaid() bool {
	return !b.order.rich && b.order.amount("order.refunded").IsPos() && b.policy.csvRefund == hold && !b.stand.over
}

// unsaidPart is the return that cannot be made before the order is pulled.
func (b *backing) unsaidPart() pipeline.Document {
	amount := b.order.amount("order.refunded")
	f := facts{Return: partUnsaid, Refunded: amount}
	doc := pipeline.Document{Key: "return/" + b.order.id() + "/" + partUnsaid, Name: b.doc.Name + "-R?", Day: b.doc.Day, Currency: b.doc.Currency,
		Money: amount.Neg(), From: b.doc.From, Words: append([]string{b.doc.Name}, b.doc.Words...), Print: f.print(), Within: true,
		Left:  leftWords(b.order.problem("order.refunded", "eta.saidmeanwhile")),
		Wrong: []pipeline.Problem{b.order.problem("order.refunded", "eta.unsaid", "amount", amount.StringFixed(2))}}
	if b.alone != "" {
		doc.Within, doc.Alone = false, true
	}
	return doc
}

// partUnsaid is the place of the refund's number in the key of a return that waits for it.
const partUnsaid = "unsaid"
