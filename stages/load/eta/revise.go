package eta

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// facts are what a document was made of, as far as the next file of the same order is compared with it. They are its
// Print. What belongs to the item list and to the settings is not among them: a new name of an article changes no sale.
type facts struct {
	Updated  string     `json:"updated,omitempty"`
	Rich     bool       `json:"rich,omitempty"` // its file said what refunds are of
	Over     string     `json:"over,omitempty"` // the rule by which it was left out
	Paid     bool       `json:"paid,omitempty"`
	Ended    bool       `json:"ended,omitempty"` // cancelled or deleted
	Total    dec        `json:"total"`
	Refunded dec        `json:"refunded,omitzero"`
	Sale     dec        `json:"sale,omitzero"` // of all that was ever sold
	Lines    []factLine `json:"lines,omitempty"`
	Taken    []string   `json:"taken,omitempty"`   // keys of returns whose goods the receipt is without
	Return   string     `json:"return,omitempty"`  // of a return: its refund
	Removal  bool       `json:"removal,omitempty"` // goods that were taken off without money
	Further  bool       `json:"further,omitempty"` // of goods that were added after the sale was issued
}

type factLine struct {
	ID       string `json:"id,omitempty"`
	SKU      string `json:"sku,omitempty"`
	Price    dec    `json:"price"`
	Quantity dec    `json:"quantity"`       // ever ordered of it
	Paid     *dec   `json:"paid,omitempty"` // for all of it, after discounts, without taxes that come on top; nil: quantity times price
	Tax      dec    `json:"tax,omitzero"`   // that comes on top
	Shipping bool   `json:"shipping,omitempty"`
	Back     dec    `json:"back,omitzero"` // of a return: how many came back
}

func factsOf(o order, st stand) facts {
	f := facts{Rich: o.rich, Over: string(st.left), Paid: o.taken(), Ended: o.has("order.cancelled") || o.has("order.deleted"), Total: o.amount("order.total"), Refunded: o.amount("order.refunded")}
	if o.has("order.updated") {
		f.Updated = o.time("order.updated").UTC().Format(time.RFC3339)
	}
	for _, r := range o.lines {
		f.Lines = append(f.Lines, factLine{ID: r.Text("line.id"), SKU: r.Text("line.sku"), Price: r.Amount("line.price"), Quantity: r.Amount("line.quantity")})
	}
	return f
}

func (f facts) print() string {
	text, err := json.Marshal(f)
	if err != nil {
		panic(err) // our own type
	}
	return string(text)
}

// readFacts reads a Print; false of one that an earlier wasl wrote.
func readFacts(print string) (facts, bool) {
	var f facts
	err := json.Unmarshal([]byte(print), &f)
	return f, err == nil
}

// within is Kind.Within. Goods that were taken off are nothing to be returned where no receipt of them has left. A
// refund of which a file does not say what it is of is none any more once a pulled file has said it.
func within(left, part pipeline.Document) bool {
	was, _ := readFacts(left.Print)
	f, _ := readFacts(part.Print)
	if f.Return != partUnsaid {
		return left.Key == "" && f.Removal || slices.Contains(was.Taken, part.Key)
	}
	for _, d := range append([]pipeline.Document{left}, left.Parts...) {
		if was, ok := readFacts(d.Print); ok && was.Rich && !was.Refunded.LessThan(f.Refunded) {
			return true
		}
	}
	return false
}

// fitsSale is Kind.Fits: a return is made of the order as it is now. Where pieces were added to one of its lines after the sale was
// issued, a piece is worth something else than it was sold for, and there are more of them than the sale has.
func fitsSale(left, part pipeline.Document) []pipeline.Problem {
	was, ok := readFacts(left.Print)
	f, fine := readFacts(part.Print)
	if !ok || !fine || f.Further {
		return nil
	}
	sold := func(of factLine) (n dec) {
		for _, l := range was.Lines {
			if l.ID == of.ID || l.ID == "" && l.SKU == of.SKU {
				n = n.Add(l.Quantity)
			}
		}
		return n
	}
	var out []pipeline.Problem
	for _, l := range f.Lines {
		if n := sold(l); n.LessThan(l.Quantity) {
			p := pipeline.Problem{Field: "refund.quantity", Rule: "eta.addedback", With: with("sku", l.SKU, "was", n.String(), "now", l.Quantity.String())}
			if len(part.From) > 0 {
				p.Origin = part.From[0]
			}
			out = append(out, p)
		}
	}
	return out
}

// older is Kind.Older: by the time at which the shop changed the order last. An export says no such time: it is late
// where what can only grow is less than it was, or where a pulled file has said the same and more.
func older(last, next pipeline.Document) bool {
	was, ok := readFacts(last.Print)
	is, fine := readFacts(next.Print)
	if !ok || !fine || is.Return != "" {
		return false
	}
	if was.Updated != "" && is.Updated != "" {
		return is.Updated < was.Updated
	}
	grew := is.Paid && !was.Paid || is.Ended && !was.Ended || is.Refunded.GreaterThan(was.Refunded)
	shrank := was.Paid && !is.Paid || was.Ended && !is.Ended || is.Refunded.LessThan(was.Refunded)
	return !grew && (shrank || was.Rich && !is.Rich && was.Over == is.Over && was.Total.Equal(is.Total))
}

// revise is Kind.Revise: what follows where a receipt has left and the order is said otherwise now. A receipt never
// changes: what was given back is a return of its own, and what was added waits for a person.
func revise(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
	unchanged := next
	unchanged.State, unchanged.Left = pipeline.Unchanged, ""
	was, known := readFacts(last.Print)
	is, _ := readFacts(next.Print)
	wrong := func(rule pipeline.Rule, facts ...string) (pipeline.Document, []pipeline.Problem) {
		p := pipeline.Problem{Field: "order.total", Rule: rule, With: with(append(facts, "key", next.Name)...)}
		if len(next.From) > 0 {
			p.Origin = next.From[0]
		}
		next.State, next.Left = pipeline.Held, ""
		return next, []pipeline.Problem{p}
	}
	newest := was
	for _, d := range last.Parts {
		if f, ok := readFacts(d.Print); ok {
			newest = f
		}
	}
	switch {
	case next.State == pipeline.Skipped && is.Over == "":
		return next, nil // the flow leaves it out
	case next.State == pipeline.Skipped:
		return unchanged, nil // it has ended: its returns say so
	case is.Return != "" && !is.Sale.Sub(was.Sale).Abs().GreaterThan(piastre), !known && last.Out.Equal(next.Out):
		return unchanged, nil // the odd piastre of a line goes to another of its pieces when a refund is told before an edit
	case is.Return != "":
		return wrong("eta.returnchanged", "was", was.Sale.StringFixed(2), "now", is.Sale.StringFixed(2))
	case newest.Over == "eta.unsold":
		return wrong("eta.reopened")
	case known && is.Sale.Equal(was.Sale) && !added(was, is):
		return unchanged, nil
	case was.Rich && !is.Rich || newest.Rich && !is.Rich:
		return wrong("eta.detail")
	case added(was, is):
		return wrong("eta.added", "was", was.Sale.StringFixed(2), "now", is.Sale.StringFixed(2))
	}
	return wrong("eta.changed", "was", last.Out.StringFixed(2), "now", next.Out.StringFixed(2))
}

// added tells whether an order has pieces that it did not have: by line where both files number their lines, else by
// code and price.
func added(was, is facts) bool {
	key := func(l factLine) string {
		if was.Rich && is.Rich {
			return l.ID
		}
		return strings.Join([]string{l.SKU, l.Price.String()}, "\x00")
	}
	had := map[string]dec{}
	for _, l := range was.Lines {
		had[key(l)] = had[key(l)].Add(l.Quantity)
	}
	for _, l := range is.Lines {
		if !l.Shipping { // money says what became of it
			had[key(l)] = had[key(l)].Sub(l.Quantity)
		}
	}
	for _, n := range had {
		if n.IsNeg() {
			return true
		}
	}
	return false
}
