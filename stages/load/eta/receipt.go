package eta

import (
	"cmp"
	"slices"
	"time"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

var one = udecimal.MustParse("1")

// issuer makes receipts of one POS, or of that of the registry which an order takes. It is pure: settings and a zone.
type issuer struct {
	config Config // with defaults; of one POS
	policy policy // of the flow
	zone   *time.Location

	points []Point // of the registry
	past   *past   // of the order, where it decides; nil: not known

	usual string // the POS of orders that name none; "" there is no such
	home  string // the lane of the flow
}

// examined is Kind.Build of one POS: what build makes, examined as it was written.
func (s issuer) examined(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	return s.strict(s.build)(group)
}

// build makes the documents of an order: an order becomes its sale receipt, without its time and its place in the chain, and each of its
// refunds a return beside it. A document is returned also with problems; then it says as much as is known of the order.
// One that is not due is left out with its reason, and its returns with it, unless the sale has left before.
func (s issuer) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	o := newOrder(group)
	doc := s.label(o)
	st := s.stands(o)
	f := factsOf(o, st)
	doc.Print = f.print()
	v := &validation{config: s.config, policy: s.policy, zone: s.zone, order: o, day: s.day(o)}
	if o.amount("order.total").IsZero() && o.has("order.total") && s.policy.zero == leave && st.left == "" {
		st.left = "eta.zero"
	}
	doc.Past = s.asks(o, doc.Key)
	due := s.undue(o, st)
	if s.past != nil && st.left != "" && st.left != "eta.test" && !st.over {
		st.left = "" // it has left: only what was added since may not be due
		f = factsOf(o, st)
	}
	alone := s.alone(o, st)
	switch {
	case alone == "B" && !o.has("order.no_receipt"):
		doc.Left = leftWords(o.problem("order.created", "eta.early", "start", s.config.Start))
	case alone != "":
		doc.Left = leftWords(o.problem("order.no_receipt", "eta.noreceipt", "reason", alone))
	case st.left != "":
		doc.Left = leftWords(o.problem("order.status", st.left, "status", st.word))
	}
	if doc.Left != "" {
		doc.Beside = besides(nil, pipeline.Beside{Class: leftClass(st.left, alone, o), Amount: doc.Money})
	}
	if st.left != "" && !st.over { // nothing has come due: there is nothing to be taken back either
		return doc, nil
	}
	v.sale()
	v.problems = append(v.problems, o.astray()...)
	w, ok := v.whole(s.shipping())
	payment := v.payment()
	if !ok {
		return doc, v.problems
	}
	if len(w.goods) == 0 {
		doc.Left = leftWords(o.problem("line.gift_card", "eta.nogoods"))
		doc.Beside = besides(nil, pipeline.Beside{Class: besideGiftCard, Amount: doc.Money})
		return doc, nil
	}
	if !w.lots(s.past) {
		s.past = nil // Revise says what became of it
	}
	back := &backing{issuer: s, order: o, whole: &w, doc: doc, stand: st, alone: alone, payment: payment, taken: map[int][]string{}, done: map[string]bool{}}
	parts := back.all()
	r := s.sale(v, w, payment, 0)
	f.Sale, f.Lines, f.Taken = w.worth(0), w.lines(0), back.taken[0]
	doc.Print = f.print()
	if s.past != nil {
		doc.Money = doc.Money.Sub(w.total.Sub(f.Sale))
		if more, ok := s.further(v, w, payment, doc, back, due); ok && doc.Left == "" {
			parts = slices.Insert(parts, 0, more)
		}
	}
	if doc.Left == "" && len(r.items) == 0 { // all of it was taken off before it was issued
		doc.Left = leftWords(o.problem("order.status", "eta.unsold", "status", "edited"))
		doc.Beside = besides(nil, pipeline.Beside{Class: besideRemoved, Amount: doc.Money})
	}
	doc.Parts = parts
	if doc.Left != "" {
		return doc, nil
	}
	doc.From = lead(w.rows(0), o.group)
	doc.Out = r.totals.total
	doc.Beside = besides(w.beside, pipeline.Beside{Class: besideRemoved, Amount: f.Sale.Sub(r.totals.total)})
	v.verify(r, doc.Money.Sub(sumBeside(doc.Beside)))
	if len(v.problems) == 0 {
		doc.Body = r.append(make([]byte, 0, 1024+320*len(r.items)), s.config)
	}
	return doc, v.problems
}

// alone is the reason of returns without reference: B of a sale from before the start date, or what the mapping says;
// "" of an order whose sale has a receipt.
func (s issuer) alone(o order, st stand) string {
	if reason := o.text("order.no_receipt"); reason != "" {
		return reason
	}
	if st.left == "" && !st.at.IsZero() && st.at.In(s.zone).Format(time.DateOnly) < s.config.Start {
		return "B"
	}
	return ""
}

// leftClass is the class of an order's money that has no receipt, for reports.
func leftClass(rule pipeline.Rule, alone string, o order) string {
	switch {
	case alone != "" && o.has("order.no_receipt"):
		return "no receipt"
	case alone != "":
		return "before"
	}
	switch rule {
	case "eta.test":
		return "test"
	case "eta.unsold":
		return "cancelled"
	case "eta.zero":
		return "nothing"
	}
	return "not due"
}

// leftWords is why a document is left out, in both languages.
func leftWords(p pipeline.Problem) string { return p.Says("en") + " / " + p.Says("ar") }

// label is what is known of an order whatever its problems: key, name, day, money, words.
func (s issuer) label(o order) pipeline.Document {
	doc := pipeline.Document{Name: o.text("order.name"), Money: o.amount("order.total"), Currency: o.text("order.currency")}
	if doc.Currency != "" {
		doc.Currency = o.currency()
	}
	if id := o.id(); id != "" {
		doc.Key = "sale/" + id
	}
	doc.Day = s.day(o)
	if id := o.text("order.id"); id != "" {
		doc.Words = append(doc.Words, id)
	}
	for _, r := range o.lines {
		if sku := r.Text("line.sku"); sku != "" && !slices.Contains(doc.Words, sku) {
			doc.Words = append(doc.Words, sku)
		}
	}
	for _, r := range o.group {
		doc.From = append(doc.From, r.Origin)
	}
	return doc
}

// day is the day of the money, in the shop's zone; "" where it is not known.
func (s issuer) day(o order) string {
	created := o.time("order.created")
	if created.IsZero() {
		return ""
	}
	return created.In(s.zone).Format(time.DateOnly)
}

// sale is a receipt of what is still sold of an order as it is issued.
func (s issuer) sale(v *validation, w whole, payment string, home int) receipt {
	o := v.order
	r := receipt{
		kind: s.config.ReceiptType, number: receiptNumber(o.text("order.id"), o.text("order.name")), payment: payment,
		order: cmp.Or(clean(o.text("order.code"), 200), clean(o.text("order.name"), 200)),
		gross: o.amount("order.gross_weight"), net: o.amount("order.net_weight"),
		contractor: o.party("contractor"), beneficiary: o.party("beneficiary"),
	}
	if o.currency() != pound {
		r.currency, r.rate = o.currency(), s.policy.rateOf(o)
	}
	if r.kind == "SR" || r.kind == "SC" { // mandatory there; nobody asks for it elsewhere
		r.delivery = cmp.Or(o.text("order.delivery_mode"), s.policy.delivery)
		if !s.config.known("order_delivery_modes", r.delivery, v.day) {
			v.add(o.problem("order.delivery_mode", "eta.code", "value", r.delivery))
		}
	}
	for _, g := range w.goods {
		if g.home == home && g.sold.quantity.IsPos() {
			r.items = append(r.items, g.of(g.sold))
		}
	}
	r.totals = total(r.items)
	r.buyer = v.buyer(r.totals.total)
	return r
}

// party is a contractor or a beneficiary as the mapping says it.
func (o order) party(of string) party {
	return party{name: clean(o.text(of+".name"), 100), amount: o.amount(of + ".amount"), rate: o.amount(of + ".rate"), set: o.has(of + ".amount")}
}

// shipping is the article that the order's shipping is filed as.
func (s issuer) shipping() item {
	c := s.config.Shipping
	i := item{
		internalCode: clean(c.InternalCode, 50), description: clean(c.Name, 500), itemType: c.ItemType, itemCode: c.ItemCode,
		unit: c.Unit, vatType: c.VATType, quantity: one,
	}
	if c.VATRate != nil {
		i.rate = *c.VATRate
	}
	return i
}

// besides adds what is not zero.
func besides(list []pipeline.Beside, more ...pipeline.Beside) []pipeline.Beside {
	list = slices.Clone(list)
	for _, b := range more {
		if !b.Amount.IsZero() {
			list = append(list, b)
		}
	}
	return list
}

func sumBeside(list []pipeline.Beside) dec {
	var all dec
	for _, b := range list {
		all = all.Add(b.Amount)
	}
	return all
}
