package shopify

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// plan holds galleries against what hangs in the shop.
func (s imageDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	complete := q.Settings.Of(s.kind(), "complete") == "true" && q.Whole && q.Memo == ""
	// What is deleted for good must hang nowhere else.
	whole := complete || q.Settings.Of(s.kind(), "delete") == takeFile
	h, err := s.galleries(ctx, q.Docs, whole)
	if err != nil {
		return pipeline.Plan{}, err
	}
	p := hanging{shelf: h, settings: q.Settings, kind: s.kind(), memo: q.Memo, all: q.All, complete: complete}
	p.read(q)
	if err := s.readShown(ctx, p.showing(), p.shown); err != nil {
		return pipeline.Plan{}, err
	}
	out := pipeline.Plan{Docs: p.compare(q.Docs)}
	if p.complete {
		out.More = p.unspoken()
	}
	return out, nil
}

// hanging is a shop's pictures, and what a job wants of them.
type hanging struct {
	*shelf
	settings pipeline.Settings
	kind     pipeline.Kind
	memo     string
	all      bool
	complete bool // the file lists all pictures of the shop

	owners  map[string]whose           // by code
	wanted  map[string]map[string]bool // marks, by product
	unsure  map[string]bool            // products of which a document is held: what it wants is not known
	hangs   map[string]int             // on how many products a file hangs
	texts   map[string]string          // the text that the first document of a job gives a mark
	cleared map[string]bool            // products whose rest some document has taken
	shown   map[string]string          // file that a variant shows
}

// read finds out whom the documents are about, and what all of them want.
func (p *hanging) read(q pipeline.Question) {
	p.owners, p.wanted, p.unsure = map[string]whose{}, map[string]map[string]bool{}, map[string]bool{}
	p.hangs, p.texts, p.cleared, p.shown = map[string]int{}, map[string]string{}, map[string]bool{}, map[string]string{}
	for _, product := range p.products {
		for _, m := range product.Media {
			p.hangs[m.ID]++
		}
	}
	for _, doc := range q.Docs {
		g, err := galleryOf(doc)
		if err != nil {
			continue // compare says so
		}
		owner := p.owner(g.Code)
		p.owners[g.Code] = owner
		if owner.product == nil {
			p.complete = false // its pictures may hang anywhere: nothing is taken for unspoken of
			continue
		}
		marks := p.wanted[owner.product.ID]
		if marks == nil {
			marks = map[string]bool{}
			p.wanted[owner.product.ID] = marks
		}
		for _, picture := range g.Pictures {
			if !picture.Remove && picture.File == "" {
				marks[picture.mark()] = true
			}
		}
	}
	for _, doc := range q.Aside {
		if owner := p.owner(strings.TrimPrefix(doc.Key, "image/")); owner.product != nil {
			p.unsure[owner.product.ID] = true
		} else {
			p.complete = false
		}
	}
}

// showing are the variants whose picture matters.
func (p *hanging) showing() []string {
	products := map[string]bool{}
	for _, owner := range p.owners {
		if owner.product != nil && len(owner.product.Variants) > 1 {
			products[owner.product.ID] = true
		}
	}
	var ids []string
	for _, id := range slices.SortedFunc(maps.Keys(products), older) {
		for _, v := range p.products[id].Variants {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// compare holds documents against the shop. It is pure.
func (p *hanging) compare(docs []pipeline.Document) []pipeline.Planned {
	out := make([]pipeline.Planned, len(docs))
	for i, doc := range docs {
		out[i] = p.one(doc)
	}
	return out
}

func (p *hanging) one(doc pipeline.Document) pipeline.Planned {
	g, err := galleryOf(doc)
	if err != nil {
		return p.held(doc, "image", "", "image.body", map[string]string{"code": doc.Name})
	}
	owner := p.owners[g.Code]
	if owner.product == nil {
		return p.held(doc, "code", g.Code, owner.rule, owner.with)
	}
	g.Product = owner.product.ID
	w := p.wall(owner.product)
	if problems := p.dress(&g, doc, owner); len(problems) > 0 {
		return pipeline.Planned{Doc: doc, Problems: problems}
	}
	if problem, moved := p.moved(doc, w); moved {
		return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{problem}}
	}
	changes, back := w.compare(&g)
	p.cleared[g.Product] = p.cleared[g.Product] || w.whole
	if n := len(w.have) + added(g) - len(g.Take); n > mostMedia {
		return p.held(doc, "image", "", "image.many", map[string]string{"code": g.Code, "count": strconv.Itoa(n), "most": strconv.Itoa(mostMedia)})
	}
	doc.Body, doc.Changes = g.body(), changes
	doc.Undo = nil
	if len(back.Pictures) > 0 || len(back.Order) > 0 {
		doc.Undo = back.body()
	}
	return pipeline.Planned{Doc: doc, Same: len(changes) == 0 && !p.all}
}

// added counts the pictures that are new on the product.
func added(g gallery) (n int) {
	for _, p := range g.Pictures {
		if p.ID == "" && !p.Remove {
			n++
		}
	}
	return n
}

// wall is what hangs on a product.
func (p *hanging) wall(of *product) *wall {
	w := &wall{wanted: p.wanted[of.ID], shows: p.shown, names: map[string]string{},
		delete: p.settings.Of(p.kind, "delete") == takeFile && p.memo == "",
		undo:   p.memo == pipeline.MemoUndo,
		whole:  p.complete && !p.unsure[of.ID] && !p.cleared[of.ID],
		shared: func(id string) bool { return p.hangs[id] > 1 }}
	for _, m := range of.Media {
		w.have = append(w.have, heldOf(m))
	}
	for _, v := range of.Variants {
		w.names[v.ID] = nameOfVariant(v)
	}
	return w
}

func heldOf(m media) held {
	h := held{ID: m.ID, Alt: m.Alt, Status: m.Status, Kind: m.Kind}
	if m.Image != nil {
		h.Name = nameOf(m.Image.URL)
	}
	return h
}

// nameOfVariant names a variant for people.
func nameOfVariant(v *variant) string {
	if v.SKU != "" {
		return v.SKU
	}
	var values []string
	for _, c := range v.Options {
		values = append(values, c.Value)
	}
	return strings.Join(values, " / ")
}

// dress says which variants show which picture, and which text counts where
// several documents give one picture.
func (p *hanging) dress(g *gallery, doc pipeline.Document, owner whose) (problems []pipeline.Problem) {
	seen := map[string]bool{}
	for i := range g.Pictures {
		one := &g.Pictures[i]
		one.On = nil
		if owner.variant != nil {
			one.First = false // first of the variant's own, not of the product
		}
		if one.Variant != "" && !one.Remove {
			for _, v := range owner.product.variantsOf(one.Variant) {
				one.On = append(one.On, v.ID)
			}
			if len(one.On) == 0 {
				problems = append(problems, problemAt(doc, one.Row, "variant", one.Variant, "image.variant",
					map[string]string{"variant": one.Variant, "code": g.Code}))
			}
		}
		if one.File != "" || one.Remove {
			continue
		}
		mark := one.mark()
		if seen[mark] {
			problems = append(problems, problemAt(doc, one.Row, "image", one.Source, "image.same", map[string]string{"code": g.Code}))
		}
		seen[mark] = true
		p.text(one, mark)
	}
	p.cover(g, owner)
	return problems
}

// text is the text of a picture that several items show: a file has only one, and
// the first document of the job gives it.
func (p *hanging) text(one *picture, mark string) {
	if one.Alt == nil {
		return
	}
	if said, ok := p.texts[mark]; ok {
		one.Alt = &said
		return
	}
	p.texts[mark] = *one.Alt
}

// cover lets a variant show the first of its own pictures, where no row says
// otherwise and it shows none.
func (p *hanging) cover(g *gallery, owner whose) {
	if owner.variant == nil || len(g.Pictures) == 0 || p.memo == pipeline.MemoUndo {
		return
	}
	first := &g.Pictures[0]
	said := slices.ContainsFunc(g.Pictures, func(o picture) bool { return o.Variant != "" })
	shows := p.shown[owner.variant.ID]
	if said || first.Remove || first.File != "" {
		return
	}
	ours := false
	for _, m := range owner.product.Media {
		if _, slot, ok := heldOf(m).ours(); m.ID == shows && ok {
			ours = slot == first.slot(g.Code)
		}
	}
	if shows == "" || ours {
		first.On = []string{owner.variant.ID}
	}
}

// moved tells whether what a job set is no longer there: then it is not put back.
func (p *hanging) moved(doc pipeline.Document, w *wall) (pipeline.Problem, bool) {
	if p.memo != pipeline.MemoUndo || len(doc.Sent) == 0 {
		return pipeline.Problem{}, false
	}
	sent, err := galleryOf(pipeline.Document{Key: doc.Key, Body: doc.Sent})
	if err != nil {
		return pipeline.Problem{}, false
	}
	find := looking{wall: w, g: &sent}
	for _, one := range sent.Pictures {
		if one.Failed != nil || one.Remove {
			continue
		}
		there := find.find(one, sent.Code)
		switch {
		case there == nil:
			return problemAt(doc, one.Row, "image", one.Source, "undo.moved", map[string]string{"field": "image", "sent": one.Source, "now": "-"}), true
		case one.Alt != nil && *one.Alt != there.Alt:
			return problemAt(doc, one.Row, "alt", *one.Alt, "undo.moved", map[string]string{"field": "alt", "sent": *one.Alt, "now": there.Alt}), true
		}
	}
	return pipeline.Problem{}, false
}

// unspoken are the products of which a complete file says nothing: the pictures
// that wasl put there are to go.
func (p *hanging) unspoken() []pipeline.Planned {
	var out []pipeline.Planned
	for _, id := range slices.SortedFunc(maps.Keys(p.products), older) {
		product := p.products[id]
		if p.wanted[id] != nil || p.unsure[id] {
			continue
		}
		g := gallery{Code: p.codeOf(product), Product: id}
		changes, back := p.wall(product).compare(&g)
		if len(g.Take) == 0 {
			continue
		}
		doc := pipeline.Document{Key: "image/" + g.Code, Name: g.Code, Kind: kindImage, Words: []string{g.Code}, Body: g.body(), Changes: changes}
		if len(back.Pictures) > 0 {
			doc.Undo = back.body()
		}
		out = append(out, pipeline.Planned{Doc: doc})
	}
	return out
}

// codeOf is the code under which the pictures of a product are known.
func (p *hanging) codeOf(of *product) string {
	if of.ItemGroup != "" {
		return string(of.ItemGroup)
	}
	for _, v := range of.Variants {
		for _, code := range []string{string(v.ItemCode), v.SKU} {
			if code != "" && p.owner(code).product == of {
				return code
			}
		}
	}
	return of.ID
}

// problemAt makes a problem at the row of a picture.
func problemAt(doc pipeline.Document, row int, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Problem {
	one := pipeline.Problem{Field: field, Value: value, Rule: rule, With: with}
	if row >= 0 && row < len(doc.From) {
		one.Origin = doc.From[row]
		if field != "image" {
			one.Col, one.Column = 0, ""
		}
	}
	return one
}

// readShown reads which pictures variants show now.
func (s *Sink) readShown(ctx context.Context, variants []string, into map[string]string) error {
	for part := range slices.Chunk(variants, perCall) {
		var data shownData
		if _, err := s.door.Read(ctx, variantPictures, map[string]any{"ids": part}, &data); err != nil {
			return err
		}
		data.fill(into)
	}
	return nil
}

// shownData is what variantPictures answers.
type shownData struct {
	Nodes []*struct {
		ID    string `json:"id"`
		Media struct {
			Nodes []struct {
				ID string `json:"id"`
			} `json:"nodes"`
		} `json:"media"`
	} `json:"nodes"`
}

func (d shownData) fill(into map[string]string) {
	for _, v := range d.Nodes {
		if v != nil && len(v.Media.Nodes) > 0 {
			into[v.ID] = v.Media.Nodes[0].ID
		}
	}
}
