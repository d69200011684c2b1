package shopify

import (
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A load is what leaves one location: one fulfilment.
type load struct {
	place, name string // gid and name of the location
	lines       []allotted
}

// allotted is so much of one line of a fulfilment order.
type allotted struct {
	from string // gid of the fulfilment order
	line string // gid of its line
	sku  string
	n    int64
}

func (l load) contents() contents {
	c := contents{}
	for _, a := range l.lines {
		c[a.sku] += a.n
	}
	return c
}

// allot takes a note's lines from what an order has left to send: by SKU and location,
// whole lines first as they stand. What a note was sent of before, because it broke
// off, is not sent again. Where something is missing, nothing is taken.
func (o *sending) allot(doc pipeline.Document, w delivery) (loads []load, problems []pipeline.Problem) {
	sent := o.sentBy(w.Note)
	type taken struct {
		line *openLine
		n    int64
	}
	var all []taken
	for _, l := range o.placed(w.Lines) {
		want := l.Quantity - min(l.Quantity, sent[l.SKU])
		sent[l.SKU] -= l.Quantity - want
		missing := want
		for _, f := range o.Orders.Nodes {
			for _, open := range f.Lines.Nodes {
				n := min(missing, open.Left)
				if !f.free() || n < 1 || pipeline.Clean(open.SKU) != l.SKU || l.Location != "" && l.Location != f.place() {
					continue
				}
				open.Left, missing, all = open.Left-n, missing-n, append(all, taken{open, n})
				loads = loaded(loads, f, allotted{f.ID, open.ID, l.SKU, n})
			}
		}
		if missing > 0 {
			problems = append(problems, o.lacking(doc, w, l, want-missing))
		}
	}
	if len(problems) > 0 {
		for _, t := range all {
			t.line.Left += t.n
		}
		return nil, problems
	}
	return loads, nil
}

// loaded puts so much of a line to what leaves the same location.
func loaded(loads []load, f *fromPlace, a allotted) []load {
	at := slices.IndexFunc(loads, func(l load) bool { return l.place == f.place() })
	if at < 0 {
		at, loads = len(loads), append(loads, load{place: f.place(), name: f.From.Name})
	}
	loads[at].lines = append(loads[at].lines, a)
	return loads
}

// placed are lines with the one location that can send all of them, where none is
// said and there is one: a note is one parcel where it can be.
func (o *sending) placed(lines []noteLine) []noteLine {
	if slices.ContainsFunc(lines, func(l noteLine) bool { return l.Location != "" }) {
		return lines
	}
	for _, f := range o.Orders.Nodes {
		have := contents{}
		for _, open := range f.Lines.Nodes {
			if f.free() {
				have[pipeline.Clean(open.SKU)] += open.Left
			}
		}
		for _, l := range lines {
			have[l.SKU] -= l.Quantity
		}
		enough := true
		for _, l := range lines {
			enough = enough && have[l.SKU] >= 0
		}
		if enough && f.place() != "" {
			out := slices.Clone(lines)
			for i := range out {
				out[i].Location = f.place()
			}
			return out
		}
	}
	return lines
}

// lacking says why so many pieces of a line could be found and no more.
func (o *sending) lacking(doc pipeline.Document, w delivery, l noteLine, open int64) pipeline.Problem {
	var known, elsewhere, held []string
	place, had := l.Location, false
	for _, f := range o.Orders.Nodes {
		if f.place() == l.Location && l.Location != "" {
			place = f.From.Name
		}
		for _, line := range f.Lines.Nodes {
			sku := pipeline.Clean(line.SKU)
			known = append(known, sku)
			if sku != l.SKU {
				continue
			}
			had = true
			switch {
			case line.Left == 0:
			case !f.free():
				held = append(held, f.From.Name+": "+f.Status)
			case l.Location != "" && f.place() != l.Location:
				elsewhere = append(elsewhere, f.From.Name+": "+strconv.FormatInt(line.Left, 10))
			}
		}
	}
	with := map[string]string{"note": w.Note, "order": o.Name, "sku": l.SKU, "count": strconv.FormatInt(l.Quantity, 10), "open": strconv.FormatInt(open, 10)}
	rule := pipeline.Rule("fulfil.over")
	switch {
	case !had:
		rule, with["known"] = "fulfil.unknown", shortly(distinct(known))
	case len(held) > 0:
		rule, with["status"] = "fulfil.held", strings.Join(held, ", ")
	case len(elsewhere) > 0:
		rule, with["location"], with["known"] = "fulfil.elsewhere", place, strings.Join(elsewhere, ", ")
	}
	p := ofOrder(doc, "sku", l.SKU, rule, with)
	if l.Row < len(doc.From) {
		p.Origin = doc.From[l.Row]
	}
	return p
}
