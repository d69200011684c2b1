package eta

import (
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// edited are pieces that an edit took off and no refund says: of lines that have fewer now than were ordered, sent and
// given back. Those that are on their way back were sent, and come with a refund. Each piece is a return of its own where the
// sale has left, so that none is returned twice.
func (b *backing) edited() []giving {
	var out []giving
	if !b.order.head("order.edited").True("order.edited") {
		return nil
	}
	seen := map[string]bool{}
	for _, g := range b.whole.goods {
		row, ok := b.rowOf(g.id)
		if !ok || seen[g.id] || !row.Has("line.current") {
			continue
		}
		seen[g.id] = true
		ordered := row.Amount("line.quantity")
		sent, back, unsentBack := b.sent(g.id), b.refunded(g.id, ""), b.refunded(g.id, "cancel")
		gone := udecimal.Min(ordered.Sub(row.Amount("line.current")).Sub(back), ordered.Sub(sent).Sub(unsentBack))
		for n := 1; gone.IsPos(); n++ {
			quantity := udecimal.Min(gone, one)
			gone = gone.Sub(quantity)
			piece := b.piece(row, quantity, n)
			if sent.IsPos() { // it may as well be one of those that were sent, on its way back
				piece.problems = append(piece.problems, row.Problem("line.current", "eta.unclear", with("sku", row.Text("line.sku"), "current", row.Text("line.current"), "ordered", ordered.String())))
			}
			out = append(out, piece)
		}
	}
	return out
}

// piece is one piece that an edit took off.
func (b *backing) piece(row pipeline.Record, quantity dec, n int) giving {
	line := row.Text("line.id")
	g := giving{id: "edit-" + line + "-" + itoa(n), name: b.doc.Name + "-E" + itoa(b.lineNo(line)) + "." + itoa(n),
		at: b.order.time("order.updated"), first: row, rows: []pipeline.Record{row}}
	at := b.picks(g.id, line, quantity, true)[0].good
	s, rule := b.whole.goods[at].take(quantity, nil, nil, b.whole.inclusive)
	if rule != "" {
		g.problems = append(g.problems, row.Problem("line.current", rule, with("sku", row.Text("line.sku"), "left", b.whole.goods[at].rest.quantity.String(),
			"back", quantity.String(), "amount", b.whole.goods[at].rest.total.StringFixed(2))))
		return g
	}
	g.shares, g.worth = []given{{at, s, row.Origin}}, s.total.Sub(b.uncollected(s))
	return g
}

func (b *backing) rowOf(line string) (pipeline.Record, bool) {
	i := slices.IndexFunc(b.order.lines, func(r pipeline.Record) bool { return line != "" && r.Text("line.id") == line })
	if i < 0 {
		return pipeline.Record{}, false
	}
	return b.order.lines[i], true
}

// sent is how many pieces of a line were sent.
func (b *backing) sent(line string) dec {
	var all dec
	for _, r := range b.order.parcels {
		if r.Text("line.id") == line && !strings.EqualFold(r.Text("fulfillment.status"), "cancelled") {
			all = all.Add(r.Amount("fulfillment.quantity"))
		}
	}
	return all
}

// refunded is how many pieces of a line are in refunds; with restock those alone of which it is said. Of pieces that
// were never sent it is cancel.
func (b *backing) refunded(line, restock string) dec {
	var all dec
	for _, r := range b.order.refunds {
		for _, item := range r.Items {
			if item.Text("line.id") == line && (restock == "" || strings.EqualFold(item.Text("refund.restock"), restock)) {
				all = all.Add(item.Amount("refund.quantity"))
			}
		}
	}
	return all
}

// rest gives back all that is left of an order that ended without a sale.
func (b *backing) rest() giving {
	g := giving{id: "cancel", name: b.doc.Name + "-X", first: b.order.head("order.created"), rows: b.order.group}
	for _, field := range []string{"order.cancelled", "order.deleted", "order.updated"} {
		if b.order.has(field) {
			g.first, g.at = b.order.head(field), b.order.time(field)
			break
		}
	}
	for i := range b.whole.goods {
		good := &b.whole.goods[i]
		if b.past != nil && good.home == b.unissued() {
			continue // no receipt of it has left
		}
		if good.rest.quantity.IsPos() && good.sold.quantity.IsPos() {
			if s, rule := good.take(good.rest.quantity, nil, nil, b.whole.inclusive); rule == "" {
				g.shares, g.worth = append(g.shares, given{i, s, good.from}), g.worth.Add(s.total).Sub(b.uncollected(s))
			}
		}
	}
	return g
}
