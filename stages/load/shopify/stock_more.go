package shopify

import (
	"cmp"
	"slices"
	"strings"

	"wasl/pipeline"
)

// namedInNote is how many codes a note gives as examples.
const namedInNote = 3

// unspoken is what becomes of balances that the file does not speak of, at the
// locations that it does speak of: where it is complete they go to zero; else they
// stay, and are counted in a note. Nothing is said where the shop was not read
// whole, nor of a memo or of some rows that come back.
func (c *count) unspoken(docs []pipeline.Document) (more []pipeline.Planned, notes []pipeline.Problem) {
	if !c.q.Whole || c.q.Memo != "" || !c.whole {
		return nil, nil
	}
	file, left := c.unsaid(docs)
	stay := note{rule: "stock.unspoken", file: file}
	nobody := note{rule: "stock.nameless", file: file}
	for _, l := range left {
		code := c.code(l.v)
		switch {
		case !c.rules.complete:
			stay.add(cmp.Or(code, l.v.SKU, candidates([]*variant{l.v})))
		case code == "":
			nobody.add(cmp.Or(l.v.SKU, candidates([]*variant{l.v})))
		default:
			more = append(more, c.zero(l, code, file))
		}
	}
	return more, append(stay.problems(), nobody.problems()...)
}

// absent is a balance that the file does not speak of.
type absent struct {
	v     *variant
	place place
}

// unsaid are the balances that are not zero of which nothing is said, in the order
// of the shop's ids; and the name of the file.
func (c *count) unsaid(docs []pipeline.Document) (file string, left []absent) {
	said := map[spot]bool{}
	at := map[string]bool{}
	speaks := func(doc pipeline.Document) {
		sku, location, ok := spoken(doc.Key)
		if !ok {
			return
		}
		if len(doc.From) > 0 {
			file = cmp.Or(file, doc.From[0].File)
		}
		at[location] = true
		barcode := sku
		if len(doc.Words) > 1 {
			barcode = doc.Words[1]
		}
		v, _, others := c.find(sku, sku, barcode, c.rules.match)
		for _, v := range append(others, v) { // each that may have been meant
			if v != nil {
				said[spot{v.Item.ID, location}] = true
			}
		}
	}
	for _, doc := range docs {
		speaks(doc)
	}
	for _, doc := range c.q.Aside {
		speaks(doc)
	}
	for _, v := range c.variants {
		if c.notCounted(v) != "" {
			continue
		}
		for location := range at {
			here := spot{v.Item.ID, location}
			if p := c.places[location]; p.ours && p.Active && !said[here] && c.levels[here].of(c.quantity) != 0 {
				left = append(left, absent{v, p})
			}
		}
	}
	slices.SortFunc(left, func(a, b absent) int { return cmp.Or(older(a.v.ID, b.v.ID), older(a.place.ID, b.place.ID)) })
	return file, left
}

// code is what the ERP would call an item so that exactly it is found; "" where
// nothing leads to it alone.
func (c *count) code(v *variant) string {
	for _, code := range []string{string(v.ItemCode), v.SKU, v.Barcode} {
		if found, _, _ := c.find(code, code, code, c.rules.match); code != "" && found == v {
			return code
		}
	}
	return ""
}

// zero is the document that sets a balance to zero which the file lacks.
func (c *count) zero(l absent, code, file string) pipeline.Planned {
	doc := pipeline.Document{Key: stockKey(code, l.place.ID), Kind: kindStock, Name: code + " @ " + l.place.Name, Print: "0", Words: []string{code},
		From: []pipeline.Origin{{File: file}}}
	return c.against(doc, stock{SKU: code, Location: l.place.ID, Why: "complete", Item: l.v.Item.ID})
}

// note counts something, and names the first few.
type note struct {
	rule  pipeline.Rule
	file  string
	count int
	named []string
}

func (n *note) add(name string) {
	if n.count++; len(n.named) < namedInNote && !slices.Contains(n.named, name) {
		n.named = append(n.named, name)
	}
}

// problems is the note, where there is anything to be told.
func (n *note) problems() []pipeline.Problem {
	if n.count == 0 {
		return nil
	}
	some := strings.Join(n.named, ", ")
	if n.count > len(n.named) {
		some += ", …"
	}
	return []pipeline.Problem{{Origin: pipeline.Origin{File: n.file}, Rule: n.rule, With: map[string]string{"count": number(n.count), "some": some}}}
}
