package eta

import (
	"cmp"
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// A past is what has left of an order: its sale receipt, those of goods that were added after that, and its returns. A
// receipt never changes (eta-ereceipt.md 0.6), and each sale to a consumer has one (section 12): so goods that were added
// after the receipt was issued are a sale of their own, with a further receipt, and what comes back names the receipt
// that it was sold by.
type past struct {
	homes   []home
	returns map[string]facts // by key
	of      map[string]string
}

// A home is a receipt by which goods of the order were sold. The first is that of the sale itself.
type home struct {
	key   string
	facts facts
}

// pastOf reads what has left. It knows nothing where the sale has not left, or not by this wasl: what was adopted from
// the authority does not say what it was made of.
func pastOf(left []pipeline.Document) *past {
	p := &past{returns: map[string]facts{}, of: map[string]string{}}
	for _, d := range left {
		f, ok := readFacts(d.Print)
		switch {
		case strings.HasPrefix(d.Key, "return/") && ok:
			p.returns[d.Key], p.of[d.Key] = f, d.Of
		case strings.HasPrefix(d.Key, "return/"):
		case !ok, len(p.homes) == 0 && !strings.HasPrefix(d.Key, "sale/"):
			return nil
		default:
			p.homes = append(p.homes, home{d.Key, f})
		}
	}
	if len(p.homes) == 0 {
		return nil
	}
	return p
}

// after is Kind.After of one POS: build, knowing what has left.
func (s issuer) after(left []pipeline.Document) func(issuer, []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	return func(at issuer, group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
		at.past = pastOf(left)
		return at.examined(group)
	}
}

// asks are the keys of which Build has to know what has left: those of an order that was edited, where goods that were
// added are to have a receipt. Only pulled orders say which line is which.
func (s issuer) asks(o order, key string) []string {
	if s.past != nil || key == "" || !o.rich || s.policy.added != addedReceipt || !o.head("order.edited").True("order.edited") {
		return nil
	}
	return []string{key, "more/" + o.id(), "return/" + o.id()}
}

// homeKey is the key of a receipt of the order by its number, counted from 0.
func (o order) homeKey(n int) string {
	if n == 0 {
		return "sale/" + o.id()
	}
	return "more/" + o.id() + "/" + itoa(n+1)
}

// lots splits the goods by the receipts that they were sold by, each with the amounts that stand there; what is left
// over was added. It is nothing, and false, where the order does not hold what was sold.
func (w *whole) lots(p *past) bool {
	if p == nil {
		return true
	}
	var out []good
	sold := make([]dec, len(p.homes))
	for _, g := range w.goods {
		lots, rest := []good{}, g
		rest.home = len(p.homes)
		for n, h := range p.homes {
			if l, ok := h.facts.lineOf(g); ok {
				lot := g.lot(l, w.inclusive)
				lot.home = n
				lots, sold[n] = append(lots, lot), sold[n].Add(lot.total)
				rest.quantity, rest.amounts = rest.quantity.Sub(lot.quantity), rest.amounts.minus(lot.amounts)
				if g.shipping {
					rest.quantity = one
				}
			}
		}
		switch more := rest.quantity.IsPos() && (!g.shipping || rest.total.IsPos()); {
		case rest.quantity.IsNeg() || more && len(lots) > 0 && rest.total.IsNeg():
			return false
		case more && len(lots) > 0:
			lots = append(lots, rest.added(w.inclusive))
		case more:
			lots = append(lots, rest)
		case !rest.total.IsZero(): // what it costs otherwise now is to be seen where it was sold first
			lots[0].amounts = lots[0].amounts.plus(rest.amounts)
		}
		for _, lot := range lots {
			lot.sold = share{lot.quantity, lot.amounts}
			lot.rest = lot.sold
			out = append(out, lot)
		}
	}
	for n, h := range p.homes {
		if !sold[n].Equal(h.facts.Sale) {
			return false
		}
	}
	w.goods = out
	return true
}

// lineOf is what a receipt sold of a line.
func (f facts) lineOf(g good) (factLine, bool) {
	i := slices.IndexFunc(f.Lines, func(l factLine) bool {
		switch {
		case g.shipping:
			return l.Shipping
		case l.Shipping:
			return false
		case l.ID != "":
			return l.ID == g.id
		}
		return clean(l.SKU, 50) == g.internalCode && l.Price.Equal(g.price)
	})
	if i < 0 {
		return factLine{}, false
	}
	return f.Lines[i], true
}

// lot is so much of a line as a receipt says that it sold.
func (g good) lot(l factLine, inclusive bool) good {
	g.quantity = l.Quantity
	before := l.Quantity.Mul(l.Price).RoundHAZ(2)
	after := before
	if l.Paid != nil {
		after = *l.Paid
	}
	before = udecimal.Max(before, after)
	if inclusive {
		g.amounts = withVAT(g.quantity, before, after, g.load())
	} else {
		g.amounts = withoutVAT(g.quantity, before, after, l.Tax)
	}
	return g
}

// added is what is left of a line beyond what was sold of it, as a line of its own.
func (g good) added(inclusive bool) good {
	before := g.totalSale
	if inclusive {
		before = udecimal.Max(before.Add(g.load().on(before, g.quantity)).RoundHAZ(2), g.total)
		g.amounts = withVAT(g.quantity, before, g.total, g.load())
	} else {
		g.amounts = withoutVAT(g.quantity, udecimal.Max(before, g.netSale), g.netSale, g.tax)
	}
	return g
}

// paid is what was paid for a line after discounts: with VAT where prices hold it.
func (g good) paid(inclusive bool) dec {
	if inclusive {
		return g.total
	}
	return g.netSale
}

// lines are the facts of the goods of a receipt.
func (w whole) lines(home int) []factLine {
	var all []factLine
	for _, g := range w.goods {
		if g.home != home {
			continue
		}
		l := factLine{ID: g.id, SKU: g.internalCode, Price: g.price, Quantity: g.quantity, Shipping: g.shipping}
		if paid := g.paid(w.inclusive); !paid.Equal(g.quantity.Mul(g.price).RoundHAZ(2)) {
			l.Paid = &paid
		}
		if !w.inclusive {
			l.Tax = g.tax
		}
		all = append(all, l)
	}
	return all
}

// worth is what the goods of a receipt come to, as they were ordered.
func (w whole) worth(home int) dec {
	var all dec
	for _, g := range w.goods {
		if g.home == home {
			all = all.Add(g.total)
		}
	}
	return all
}

// further is the receipt of goods that were added after the others were issued; false where none were. One that is not
// due yet is left out.
func (s issuer) further(v *validation, w whole, payment string, doc pipeline.Document, back *backing, undue stand) (pipeline.Document, bool) {
	o, home := v.order, len(s.past.homes)
	if !slices.ContainsFunc(w.goods, func(g good) bool { return g.home == home && g.sold.quantity.IsPos() }) {
		return doc, false
	}
	name := doc.Name + "-S" + itoa(home+1)
	r := s.sale(v, w, payment, home)
	r.number = receiptNumber("", cut(clean(doc.Name, 200), 20)+"-S"+itoa(home+1)+"-"+o.id())
	more := pipeline.Document{Key: o.homeKey(home), Of: o.homeKey(home - 1), Within: true, Name: name, Day: doc.Day, Currency: doc.Currency,
		Words: append([]string{doc.Name}, doc.Words...), Money: w.worth(home), From: lead(w.rows(home), o.group)}
	if at := o.time("order.updated"); !at.IsZero() {
		more.Day = at.In(s.zone).Format("2006-01-02")
	}
	f := factsOf(o, stand{})
	f.Sale, f.Lines, f.Taken, f.Further = more.Money, w.lines(home), back.taken[home], true
	more.Print = f.print()
	if undue.left != "" {
		more.State = pipeline.Skipped
		more.Left = leftWords(o.problem("order.status", undue.left, "status", undue.word))
		more.Beside = besides(nil, pipeline.Beside{Class: leftClass(undue.left, "", o), Amount: more.Money})
		return more, true
	}
	more.Out = r.totals.total
	more.Beside = besides(nil, pipeline.Beside{Class: besideRemoved, Amount: more.Money.Sub(more.Out)})
	check := &validation{config: s.config, policy: s.policy, order: o, day: more.Day}
	check.verify(r, more.Money.Sub(sumBeside(more.Beside)))
	more.Wrong = check.problems
	if len(more.Wrong) == 0 && len(v.problems) == 0 {
		more.Body = r.append(make([]byte, 0, 1024+320*len(r.items)), s.config)
	}
	return more, true
}

// undue tells why goods that were added have no receipt yet; the zero stand where they are due. An order that was paid
// before it was edited stays paid in Shopify, with an amount outstanding.
func (s issuer) undue(o order, st stand) stand {
	if st.left == "" && s.policy.due == duePaid && o.amount("order.outstanding").IsPos() {
		return stand{left: "eta.unpaid", word: cmp.Or(o.text("order.status"), "-")}
	}
	return stand{left: st.left, word: st.word}
}
