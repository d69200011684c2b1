package shopify

import (
	"context"
	"slices"
	"strings"

	"wasl/pipeline"
)

// plan reads what collections the shop has, those of the groups whole, and the
// products that members may be, and compares.
func (s collectionDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	r := &registry{kind: s.kind(), q: q, lang: s.lang}
	complete := r.set("complete") == "true" && q.Whole && q.Memo == ""
	if err := r.read(); err != nil {
		return pipeline.Plan{}, err
	}
	if len(r.files) == 0 && !complete {
		return pipeline.Plan{}, nil
	}
	all, err := s.readCollections(ctx)
	if err != nil {
		return pipeline.Plan{}, err
	}
	r.match(all)
	var gone []*rack
	if complete {
		gone = r.unspoken(all)
	}
	if err := s.fetch(ctx, r, gone); err != nil {
		return pipeline.Plan{}, err
	}
	plan := pipeline.Plan{}
	for i, f := range r.files {
		one := r.planned(f)
		if i < len(q.Docs) {
			plan.Docs = append(plan.Docs, one)
		} else if !one.Same {
			plan.More = append(plan.More, one)
		}
	}
	more, notes := r.vanished(gone)
	plan.More, plan.Notes = append(plan.More, more...), append(r.notes, notes...)
	return plan, nil
}

// A registry is where groups are held against the collections of the shop.
type registry struct {
	kind    pipeline.Kind
	q       pipeline.Question
	lang    string
	files   []*file             // of the documents in their order, then of groups that only their children name
	whole   map[string]*rack    // by gid, as read whole
	channel string              // gid of the publication; "": nobody asks
	members map[string]meant    // by the code of a member
	named   map[string]bool     // gids of products that the file names anywhere
	known   map[string]*product // by gid: what an undo speaks of
	notes   []pipeline.Problem
}

// file is one group with what was found of it.
type file struct {
	doc      pipeline.Document
	w        assortment
	rack     *rack // nil: the shop has none
	adopt    bool
	unsure   bool // some below it are not in the file, or held: nothing is taken out
	problems []pipeline.Problem
}

// meant is what a member's code means in the shop.
type meant struct {
	product *product   // nil: nothing, or nobody can know
	perhaps []*product // it may be one of these
}

func (r *registry) set(name string) string { return r.q.Settings.Of(r.kind, name) }

func (f *file) held(field, value string, rule pipeline.Rule, with map[string]string) {
	f.problems = append(f.problems, wareProblem(f.doc, nil, field, value, rule, with))
}

// read takes the wishes out of the documents, and with levels: all gives each group
// what belongs to those below it. What a memo asks again is taken as it was then:
// the groups below need not be in it.
func (r *registry) read() error {
	for _, doc := range r.q.Docs {
		w, err := bodyOf[assortment](doc)
		if err != nil {
			return err
		}
		r.files = append(r.files, &file{doc: doc, w: w.wish()})
	}
	if r.q.Memo != "" {
		return nil
	}
	for _, f := range r.files {
		f.w.Below = nil
	}
	if r.set("levels") == levelsAll {
		r.climb()
	}
	return nil
}

// climb adds the members of each group to those of all groups above it. A group
// that has no rows of its own is added.
func (r *registry) climb() {
	by := map[string]*file{}
	for _, f := range r.files {
		by[f.w.Code] = f
	}
	for _, f := range r.files[:len(r.files):len(r.files)] {
		if f.w.Parent != "" && by[f.w.Parent] == nil {
			by[f.w.Parent] = above(f)
			r.files = append(r.files, by[f.w.Parent])
		}
	}
	for _, f := range r.files {
		seen := map[*file]bool{f: true}
		for up := by[f.w.Parent]; up != nil && !seen[up]; up = by[up.w.Parent] {
			seen[up] = true
			up.unsure = !r.q.Whole || len(r.q.Aside) > 0
			for _, m := range f.w.Members {
				up.w.Below = append(up.w.Below, m.Code)
			}
		}
	}
	for _, f := range r.files {
		f.w.Below = distinct(f.w.Below)
	}
}

// above is the group above another, of which the file says only what it is called.
func above(child *file) *file {
	w := assortment{Code: child.w.Parent, Lists: true}
	doc := pipeline.Document{Key: collectionKey(w.Code), Name: w.Code, Words: []string{w.Code}, From: child.doc.From[:min(1, len(child.doc.From))]}
	if title := child.w.Above; title != "" {
		w.Title, doc.Name = &title, title+" ("+w.Code+")"
	}
	doc.Print = string(packed(w))
	return &file{doc: doc, w: w}
}

// match finds the collection of each group: by our key; else as the flow says, if
// it does. One that somebody made is never taken for ours by itself, and where it
// stands in the way of a new one the group is held.
func (r *registry) match(all []*rack) {
	users := map[string][]*file{}
	for _, f := range r.files {
		hits := having(all, func(c *rack) bool { return string(c.Key) == f.w.Code })
		if len(hits) == 0 && r.q.Memo != pipeline.MemoUndo {
			hits = r.candidates(f, all)
			f.adopt = len(hits) > 0
		}
		facts := map[string]string{"code": f.w.Code, "title": f.w.title(), "candidates": racksNamed(hits)}
		switch {
		case len(hits) > 1:
			f.held("code", f.w.Code, "collection.ambiguous", facts)
		case len(hits) == 1:
			f.rack = hits[0]
			users[hits[0].ID] = append(users[hits[0].ID], f)
		case r.q.Memo == pipeline.MemoUndo || !f.w.Lists:
			f.held("code", f.w.Code, "collection.unknown", facts)
		default:
			if others := inTheWay(f.w, all); len(others) > 0 {
				facts["candidates"] = racksNamed(others)
				f.held("title", f.w.title(), "collection.taken", facts)
			}
		}
	}
	for _, several := range users {
		for _, f := range several {
			if len(several) > 1 {
				f.held("code", f.w.Code, "collection.ambiguous", map[string]string{"code": f.w.Code, "title": f.w.title(), "candidates": racksNamed([]*rack{f.rack})})
			}
		}
	}
}

// candidates are the collections without our key that the flow's match finds.
func (r *registry) candidates(f *file, all []*rack) []*rack {
	switch r.set("match") {
	case matchHandle:
		return having(all, func(c *rack) bool { return c.Key == "" && f.w.Handle != "" && strings.EqualFold(c.Handle, f.w.Handle) })
	case matchTitle:
		return having(all, func(c *rack) bool { return c.Key == "" && pipeline.Fold(c.Title) == pipeline.Fold(f.w.title()) })
	}
	return nil
}

// inTheWay are the collections that stand in the way of a new one: any at its
// handle, and those of its title that are not ours.
func inTheWay(w assortment, all []*rack) []*rack {
	return having(all, func(c *rack) bool {
		return w.Handle != "" && strings.EqualFold(c.Handle, w.Handle) || c.Key == "" && pipeline.Fold(c.Title) == pipeline.Fold(w.title())
	})
}

func having(all []*rack, has func(*rack) bool) (out []*rack) {
	for _, c := range all {
		if has(c) {
			out = append(out, c)
		}
	}
	return out
}

// unspoken are the collections of ours of which a complete file does not speak.
func (r *registry) unspoken(all []*rack) []*rack {
	spoken := map[string]bool{}
	for _, f := range r.files {
		spoken[f.doc.Key] = true
	}
	for _, doc := range r.q.Aside {
		spoken[doc.Key] = true
	}
	return having(all, func(c *rack) bool { return c.Key != "" && !spoken[collectionKey(string(c.Key))] })
}

// fetch reads what the comparison needs: the collections whole, whether they are
// shown where that matters, and what members mean.
func (s collectionDesk) fetch(ctx context.Context, r *registry, gone []*rack) error {
	var ids, codes, gids []string
	shows := len(gone) > 0 || r.set("empty") == emptyHide
	for _, f := range r.files {
		if f.rack != nil {
			ids = append(ids, f.rack.ID)
		}
		for _, m := range f.w.listed() {
			codes = append(codes, m.Code)
		}
		gids = append(append(gids, f.w.Put...), f.w.Take...)
		shows = shows || f.w.Published != nil
	}
	for _, c := range gone {
		ids = append(ids, c.ID)
	}
	var err error
	if shows {
		if r.channel, err = s.findPublication(ctx, r.set("publish")); err != nil {
			return err
		}
	}
	if r.whole, err = s.racks(ctx, s.patient, ids, r.channel); err != nil {
		return err
	}
	if r.known, err = s.productsNow(ctx, gids); err != nil {
		return err
	}
	return s.resolve(ctx, r, distinct(codes))
}

// resolve finds what products members' codes mean.
func (s collectionDesk) resolve(ctx context.Context, r *registry, codes []string) error {
	r.members, r.named = map[string]meant{}, map[string]bool{}
	if len(codes) == 0 {
		return nil
	}
	h, err := s.survey(ctx, needCodes, codes, codes...)
	if err != nil {
		return err
	}
	order, _ := orderOf(r.q.Settings["items"])
	var handles []string
	for _, code := range codes {
		m := h.means(code, order)
		r.members[code] = m
		if m.product == nil && len(m.perhaps) == 0 && code == strings.ToLower(code) {
			handles = append(handles, code)
		}
	}
	for part := range slices.Chunk(handles, perNamed) {
		data := map[string]*product{}
		if err := s.patient(ctx, productsByName(part, nil), nil, &data); err != nil {
			return err
		}
		for _, p := range data {
			if p != nil {
				r.members[p.Handle] = meant{product: p}
			}
		}
	}
	for _, m := range r.members {
		if m.product != nil {
			r.named[m.product.ID] = true
		}
	}
	return nil
}

// means is what a member's code means: the product of an item group, or that of an
// item. Where it may be several, it means none of them.
func (h *shelf) means(code string, order []string) meant {
	var hits []*product
	add := func(p *product) {
		if p != nil && !slices.Contains(hits, p) {
			hits = append(hits, p)
		}
	}
	add(h.groups[code])
	v, _, others := h.find(code, code, code, order)
	if v != nil {
		add(v.Product)
	} else if len(hits) == 0 {
		for _, o := range others {
			add(o.Product)
		}
		return meant{perhaps: hits}
	}
	if len(hits) == 1 {
		return meant{product: hits[0]}
	}
	return meant{perhaps: hits}
}
