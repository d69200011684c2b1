package eta

import (
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// A pick is so much of one of the goods.
type pick struct {
	good     int
	quantity dec
}

// returnKey is the key of a refund's return of goods that a receipt of the order sold, which is counted from 0.
func (b *backing) returnKey(id string, home int) string {
	key := "return/" + b.order.id() + "/" + id
	if home > 0 {
		key += "/of" + itoa(home+1)
	}
	return key
}

// unissued is the receipt of the order that has not left: the first, or that of what was added.
func (b *backing) unissued() int {
	if b.past == nil {
		return 0
	}
	return len(b.past.homes)
}

// lotsOf are the goods of one line, receipt by receipt.
func (b *backing) lotsOf(line string) []int {
	var all []int
	for i, g := range b.whole.goods {
		if g.id == line && !g.shipping {
			all = append(all, i)
		}
	}
	return all
}

// picks says of which receipts so much of a line is given back. What has left says it itself. Of the rest, goods that were
// taken off are those that have no receipt yet, as far as there are such; else what was sold first comes back
// first: so a receipt that is issued later changes nothing of what was returned before. More than there is falls to the
// last, which refuses it.
func (b *backing) picks(id, line string, quantity dec, removal bool) []pick {
	lots := b.lotsOf(line)
	if len(lots) < 2 {
		if len(lots) == 0 {
			return nil
		}
		return []pick{{lots[0], quantity}}
	}
	var out []pick
	pickOf := func(at int, most dec) {
		if n := udecimal.Min(quantity, most); n.IsPos() {
			out, quantity = append(out, pick{at, n}), quantity.Sub(n)
		}
	}
	if removal {
		slices.Reverse(lots)
	}
	for _, at := range lots { // what was said before stays
		g := b.whole.goods[at]
		if g.home == b.unissued() {
			continue
		}
		key := b.returnKey(id, g.home)
		if back := b.past.returns[key].back(line); back.IsPos() {
			pickOf(at, back)
		} else if slices.Contains(b.past.homes[g.home].facts.Taken, key) {
			pickOf(at, g.rest.quantity)
		}
	}
	for _, at := range lots {
		if slices.ContainsFunc(out, func(p pick) bool { return p.good == at }) {
			continue
		}
		pickOf(at, b.whole.goods[at].rest.quantity.Sub(b.promised(id, line, b.whole.goods[at].home)))
	}
	if quantity.IsPos() {
		if len(out) == 0 {
			return []pick{{lots[len(lots)-1], quantity}}
		}
		out[len(out)-1].quantity = out[len(out)-1].quantity.Add(quantity)
	}
	return out
}

// promised is how much of a line other returns have given back by a receipt, which are still to come in this order's file.
func (b *backing) promised(id, line string, home int) dec {
	var all dec
	for key, f := range b.past.returns {
		if b.past.of[key] == b.order.homeKey(home) && !b.done[key] && key != b.returnKey(id, home) {
			all = all.Add(f.back(line))
		}
	}
	return all
}

// back is how much of a line a return gives back.
func (f facts) back(line string) dec {
	for _, l := range f.Lines {
		if l.ID == line {
			return l.Back
		}
	}
	return zero
}

// freight is the line of shipping from which so much can be given back: the first that holds it, or else the first.
func (b *backing) freight(value dec) int {
	first := -1
	for i, g := range b.whole.goods {
		if !g.shipping {
			continue
		}
		if first < 0 {
			first = i
		}
		if !value.GreaterThan(g.rest.paid(b.whole.inclusive).Add(piastre)) {
			return i
		}
	}
	return first
}

// paid is what was paid for a share after discounts: with VAT where prices hold it.
func (s share) paid(inclusive bool) dec {
	if inclusive {
		return s.total
	}
	return s.netSale
}

// split parts what is given back by the receipts that it was sold by: a return names one of them. What else is to be
// told of it goes with the first.
func (b *backing) split(g giving) []giving {
	var all []giving
	for home := range b.unissued() + 1 {
		mine := giving{id: g.id, name: g.name, at: g.at, rows: g.rows, first: g.first, home: home}
		for _, s := range g.shares {
			if b.whole.goods[s.good].home == home {
				mine.shares = append(mine.shares, s)
				mine.worth = mine.worth.Add(s.total).Sub(b.uncollected(s.share))
			}
		}
		if len(mine.shares) == 0 {
			continue
		}
		if home > 0 {
			mine.name += "/" + itoa(home+1)
		}
		all = append(all, mine)
	}
	if len(all) < 2 {
		if len(all) == 1 {
			g.home, g.name = all[0].home, all[0].name
		}
		return []giving{g}
	}
	rest := g.worth
	for _, mine := range all[1:] {
		rest = rest.Sub(mine.worth)
	}
	all[0].worth, all[0].problems = rest, g.problems
	for _, x := range g.beside {
		if x.Class != besideVAT {
			all[0].beside = append(all[0].beside, x)
		}
	}
	for i := range all {
		var vat dec
		for _, s := range all[i].shares {
			vat = vat.Add(b.uncollected(s.share))
		}
		all[i].beside = besides(all[i].beside, pipeline.Beside{Class: besideVAT, Amount: vat})
	}
	return all
}

// lineNo is the place of a line in the order, counted from 1.
func (b *backing) lineNo(line string) int {
	return 1 + slices.IndexFunc(b.order.lines, func(r pipeline.Record) bool { return strings.TrimSpace(r.Text("line.id")) == line })
}
