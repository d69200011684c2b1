package shopify

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// plan reads what the shop has of the items, with all variants of their products,
// and compares: a product has one status, an item of several cannot have its own.
func (s statusDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	order, _ := orderOf(q.Settings["match"])
	c := &counter{docs: q.Docs, all: q.All, undo: q.Memo == pipeline.MemoUndo, lang: cmp.Or(s.lang, "en"), out: make([]pipeline.Planned, len(q.Docs)),
		wishes: make([]sale, len(q.Docs)), products: make([]*product, len(q.Docs)), variants: make([]*variant, len(q.Docs))}
	codes, groups := []string{}, []string{}
	for i, doc := range q.Docs {
		w, err := bodyOf[sale](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		w.Product, w.Was, w.Set, w.Show, w.Channel = "", "", false, nil, ""
		c.wishes[i] = w
		codes, groups = append(codes, w.Code), append(groups, w.Group)
	}
	h, err := s.survey(ctx, needCodes|needWhole, codes, groups...)
	if err != nil {
		return pipeline.Plan{}, err
	}
	c.match(h, order)
	c.agree()
	if c.shown, err = s.readPublished(ctx, cmp.Or(q.Settings["publish"], onlineStore), c.watched(), false); err != nil {
		return pipeline.Plan{}, err
	}
	for i := range q.Docs {
		c.compare(i)
	}
	return pipeline.Plan{Docs: c.out}, nil
}

// A counter is where holds and releases are held against what was read.
type counter struct {
	docs     []pipeline.Document
	all      bool
	undo     bool
	lang     string
	wishes   []sale
	products []*product // of each wish; nil: not found
	variants []*variant // of each wish about an item
	shown    publications
	out      []pipeline.Planned
}

func (c *counter) held(i int, field string, rule pipeline.Rule, with map[string]string) {
	c.out[i].Problems = append(c.out[i].Problems, wareProblem(c.docs[i], nil, field, c.wishes[i].name(), rule, with))
}

// match finds the product of each wish.
func (c *counter) match(h *shelf, order []string) {
	for i, w := range c.wishes {
		c.out[i].Doc = c.docs[i]
		facts := map[string]string{"code": w.name()}
		if w.Code == "" {
			if c.products[i] = h.groups[w.Group]; c.products[i] == nil {
				c.held(i, "group", "status.unknown", facts)
			}
			continue
		}
		v, by, hits := h.find(w.Code, w.Code, w.Code, order)
		facts["by"], facts["candidates"] = by, candidates(hits)
		switch {
		case v != nil:
			c.products[i], c.variants[i] = v.Product, v
		case by == byNear:
			c.held(i, "code", "product.near", facts)
		case by == byTable && len(hits) == 0:
			facts["id"] = h.table[w.Code]
			c.held(i, "code", "product.gone", facts)
		case by == "":
			c.held(i, "code", "status.unknown", facts)
		default:
			c.held(i, "code", "product.ambiguous", facts)
		}
	}
}

// agree looks at all wishes of each product together. One item of several that
// goes off sale is left out, and said so, unless all of them do.
func (c *counter) agree() {
	of := map[*product][]int{}
	for i, p := range c.products {
		if p != nil {
			of[p] = append(of[p], i)
		}
	}
	for p, all := range of {
		said := map[string]bool{}
		off := map[string]bool{} // variants
		for _, i := range all {
			if c.wishes[i].off() {
				said[c.wishes[i].words()] = true
				if c.variants[i] == nil {
					for _, v := range p.Variants {
						off[v.ID] = true
					}
				} else {
					off[c.variants[i].ID] = true
				}
			}
		}
		whole := len(off) >= len(p.Variants)
		words := slices.Sorted(maps.Keys(said))
		for _, i := range all {
			w := c.wishes[i]
			switch {
			case !w.off() && whole:
				c.held(i, "status", "status.differs", map[string]string{"first": w.words(), "second": strings.Join(words, ", "), "candidates": named([]*product{p})})
			case w.off() && !whole:
				c.out[i].Left = pipeline.Problem{Rule: "status.partial", With: map[string]string{"code": w.name(), "product": p.Handle}}.Says(c.lang)
			case w.off() && len(words) > 1:
				c.held(i, "status", "status.differs", map[string]string{"first": words[0], "second": words[1], "candidates": named([]*product{p})})
			}
		}
	}
}

// words are what a wish asks for.
func (w sale) words() string {
	out := strings.ToLower(w.Status)
	if w.Published != nil {
		out = strings.TrimSpace(out + " published " + strconv.FormatBool(*w.Published))
	}
	return out
}

// wantsShown is whether the product is to be shown: what is released is, where
// nothing else is said; nil where nothing is.
func (w sale) wantsShown() *bool {
	if w.Published == nil && w.Status == "ACTIVE" {
		yes := true
		return &yes
	}
	return w.Published
}

// watched are the products of which it has to be known whether they are shown.
func (c *counter) watched() []string {
	var ids []string
	for i, w := range c.wishes {
		if p := c.products[i]; p != nil && w.wantsShown() != nil {
			ids = append(ids, p.ID)
		}
	}
	slices.SortFunc(ids, older)
	return slices.Compact(ids)
}

// compare holds one wish against its product.
func (c *counter) compare(i int) {
	w, p, out := c.wishes[i], c.products[i], &c.out[i]
	if len(out.Problems) > 0 || out.Left != "" {
		return
	}
	back := sale{Code: w.Code, Group: w.Group}
	w.Product, w.Was = p.ID, p.Status
	change := func(field, old, new string, off bool) {
		ch := pipeline.Change{Field: field, Old: old, New: new}
		if off {
			ch.Mark = pipeline.MarkHold
		}
		out.Doc.Changes = append(out.Doc.Changes, ch)
	}
	out.Doc.Changes = nil
	if w.Status != "" && (w.Status != p.Status || c.all) {
		w.Set = true
		if w.Status != p.Status {
			change("status", strings.ToLower(p.Status), strings.ToLower(w.Status), p.Status == "ACTIVE")
			back.Status = p.Status
		}
	}
	if want, is := w.wantsShown(), c.shown.of(p); want != nil && is != nil && (*want != *is || c.all) {
		w.Show, w.Channel = want, c.shown.channel
		if *want != *is {
			change("published", strconv.FormatBool(*is), strconv.FormatBool(*want), !*want)
			back.Published = is
		}
	}
	if c.undo {
		if c.moved(i); len(out.Problems) > 0 {
			return
		}
	}
	if back.Published == nil && back.Status == "ACTIVE" {
		back.Published = c.shown.of(p) // so that nothing is shown that was not
	}
	out.Doc.Body = packed(w)
	out.Same = !w.Set && w.Show == nil
	if len(out.Doc.Changes) > 0 {
		out.Doc.Old, out.Doc.Undo = out.Doc.Changes[0].Old, packed(back)
	}
}

// moved tells of what somebody has changed since it left.
func (c *counter) moved(i int) {
	sent, err := bodyOf[sale](pipeline.Document{Body: c.docs[i].Sent})
	if err != nil {
		return
	}
	for _, ch := range c.out[i].Doc.Changes {
		then := ""
		switch {
		case ch.Field == "status" && sent.Set:
			then = strings.ToLower(sent.Status)
		case ch.Field == "published" && sent.Show != nil:
			then = strconv.FormatBool(*sent.Show)
		}
		if then != "" && then != ch.Old {
			c.held(i, ch.Field, "undo.moved", map[string]string{"field": ch.Field, "sent": then, "now": ch.Old})
		}
	}
}
