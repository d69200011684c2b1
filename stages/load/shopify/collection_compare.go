package shopify

import (
	"slices"
	"strconv"

	"wasl/pipeline"
)

// mostTold is how many members that come, and that go, a plan names one by one.
const mostTold = 20

// planned holds one group against its collection.
func (r *registry) planned(f *file) pipeline.Planned {
	if len(f.problems) > 0 {
		return pipeline.Planned{Doc: f.doc, Problems: f.problems}
	}
	have := &rack{}
	if f.rack != nil {
		have = r.whole[f.rack.ID]
		if have == nil || f.adopt && have.ruled() || len(have.Sources) > 0 && !slices.ContainsFunc(have.Sources, source.plain) {
			rule := pipeline.Rule("collection.ruled")
			if have == nil {
				rule = "collection.gone" // while it was read
			}
			f.held("code", f.w.Code, rule, map[string]string{"code": f.w.Code, "candidates": racksNamed([]*rack{f.rack})})
			return pipeline.Planned{Doc: f.doc, Problems: f.problems}
		}
	}
	c := &collecting{registry: r, file: f, have: have, undo: assortment{Code: f.w.Code}}
	c.w.racked = racked{ID: have.ID, Adopt: f.adopt, Below: f.w.Below}
	c.fields()
	c.people()
	c.showing()
	if moved := c.moved(); len(moved) > 0 {
		return pipeline.Planned{Doc: f.doc, Problems: moved}
	}
	return c.filled()
}

// collecting is the comparison of one group.
type collecting struct {
	*registry
	*file
	have    *rack // the zero rack: it is to be made
	changes []pipeline.Change
	undo    assortment
	filledN int // how many products it has afterwards
}

func (c *collecting) change(field, old, new, why string, mark pipeline.Mark) {
	c.changes = append(c.changes, pipeline.Change{Field: field, Old: old, New: new, Why: why, Mark: mark})
}

// fields compares what is said of the collection itself.
func (c *collecting) fields() {
	if c.have.ID == "" {
		c.change("collection", "", c.w.title(), "", "")
		return
	}
	if c.adopt {
		c.change("key", "", c.w.Code, "match "+c.set("match"), "")
	}
	c.field("title", "title", c.w.Title, c.have.Title, c.w.Title != nil && *c.w.Title != c.have.Title, &c.undo.Title)
	c.field("description", "descriptionHtml", c.w.HTML, c.have.HTML, c.w.HTML != nil && plainly(*c.w.HTML) != plainly(c.have.HTML), &c.undo.HTML)
}

func (c *collecting) field(field, name string, want *string, have string, differs bool, undo **string) {
	if want == nil || !differs && !c.q.All {
		return
	}
	if c.w.Set == nil {
		c.w.Set, c.w.Was = map[string]string{}, map[string]string{}
	}
	c.w.Set[name], c.w.Was[name] = *want, have
	if differs {
		c.change(field, brief(have), brief(*want), "", "")
		*undo = &have
	}
}

// people compares who belongs to it.
func (c *collecting) people() {
	in, by := c.have.holds()
	products := map[string]*product{}
	for id, p := range in {
		products[id] = p
	}
	wanted, spared := c.wanted(products)
	for _, e := range wanted {
		if in[e.ID] == nil {
			c.w.Add = append(c.w.Add, e)
			c.undo.Take = append(c.undo.Take, e.ID)
		}
	}
	for _, id := range c.leaving(in, by) {
		if !spared[id] {
			c.w.Drop = append(c.w.Drop, entry{ID: id, Row: -1})
			c.undo.Put = append(c.undo.Put, id)
		}
	}
	c.filledN = len(in) + len(c.w.Add) - len(c.w.Drop)
	c.tell(c.w.Add, products, true)
	c.tell(c.w.Drop, products, false)
}

// wanted are the products that are to be in it; spared those that are not to be
// taken out: them, and what members may be of which nobody can know what they are.
// What the shop lacks is told, and comes with a later file.
func (c *collecting) wanted(products map[string]*product) (out []entry, spared map[string]bool) {
	spared = map[string]bool{}
	add := func(p *product, row int) {
		if !spared[p.ID] {
			out, spared[p.ID], products[p.ID] = append(out, entry{p.ID, row}), true, p
		}
	}
	var lacking, unclear []string
	var perhaps []*product
	for _, m := range c.w.listed() {
		switch is := c.members[m.Code]; {
		case is.product != nil:
			add(is.product, m.Row)
		case len(is.perhaps) == 0:
			lacking = append(lacking, m.Code)
		default:
			unclear, perhaps = append(unclear, m.Code), append(perhaps, is.perhaps...)
		}
	}
	for _, p := range perhaps {
		spared[p.ID] = true
	}
	c.note("collection.lacking", lacking, nil)
	c.note("collection.unclear", unclear, perhaps)
	for _, id := range c.w.Put {
		if p := c.known[id]; p != nil {
			add(p, -1)
		}
	}
	return out, spared
}

// note tells of members that do not come.
func (c *collecting) note(rule pipeline.Rule, codes []string, perhaps []*product) {
	if len(codes) == 0 {
		return
	}
	p := wareProblem(c.doc, nil, "member", "", rule, map[string]string{"code": c.w.Code, "count": strconv.Itoa(len(codes)),
		"members": shortly(codes), "candidates": named(perhaps)})
	if len(perhaps) == 0 {
		delete(p.With, "candidates")
	}
	if at := slices.IndexFunc(c.w.Members, func(m member) bool { return m.Code == codes[0] }); at >= 0 && c.w.Members[at].Row < len(c.doc.From) {
		p.Origin, p.Value = c.doc.From[c.w.Members[at].Row], codes[0]
	}
	c.registry.notes = append(c.registry.notes, p)
}

// leaving are the members that may be taken out if nobody wants them: what a wish
// takes back; of a file, what stands in our source and the ERP knows, or everything
// where it says exact.
func (c *collecting) leaving(in map[string]*product, by map[string][]string) (ids []string) {
	for _, id := range c.w.Take {
		if in[id] != nil {
			ids = append(ids, id)
		}
	}
	if !c.w.Lists || c.unsure || c.set("members") == membersAdd {
		return ids
	}
	ours := ""
	if s := c.have.ours(); s != nil {
		ours = s.ID
	}
	exact := c.set("members") == membersExact
	for id, p := range in {
		if exact || slices.Contains(by[id], ours) && (p.ItemGroup != "" || c.named[id]) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, older)
	return slices.Compact(ids)
}

// tell names members that come, or that go.
func (c *collecting) tell(entries []entry, products map[string]*product, come bool) {
	var mark pipeline.Mark
	if !come {
		mark = pipeline.MarkDelete
	}
	say := func(field, text string) {
		if come {
			c.change(field, "", text, "", mark)
		} else {
			c.change(field, text, "", "", mark)
		}
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = products[e.ID].called()
	}
	slices.Sort(names)
	for i, name := range names {
		if i == mostTold {
			say("members", "+ "+strconv.Itoa(len(names)-mostTold))
			return
		}
		say("member", name)
	}
}

// called is what people know a product by.
func (p *product) called() string {
	if p.ItemGroup != "" {
		return p.Handle + " (" + string(p.ItemGroup) + ")"
	}
	return p.Handle
}

// showing compares whether it is shown. A new one is not, until it is.
func (c *collecting) showing() {
	want, why := c.w.Published, ""
	if c.set("empty") == emptyHide && c.w.Lists && c.filledN == 0 && !c.have.ruled() {
		no := false
		want, why = &no, "empty "+emptyHide
	}
	is := false
	if c.have.Shown != nil {
		is = *c.have.Shown
	}
	switch {
	case want == nil, c.have.ID == "" && !*want, *want == is && !c.q.All:
		return
	}
	c.w.Show, c.w.Channel = want, c.channel
	if *want == is {
		return
	}
	var mark pipeline.Mark
	if is {
		mark = pipeline.MarkHold
	}
	if c.have.ID == "" {
		c.change("published", "", strconv.FormatBool(*want), why, mark)
	} else {
		c.change("published", strconv.FormatBool(is), strconv.FormatBool(*want), why, mark)
	}
	c.undo.Published = &is
}

// moved are the values that an undo would put back, and that are no longer what
// left then. Members are put in and taken out one by one, and overwrite nobody.
func (c *collecting) moved() (out []pipeline.Problem) {
	if c.q.Memo != pipeline.MemoUndo || len(c.doc.Sent) == 0 {
		return nil
	}
	sent, err := bodyOf[assortment](pipeline.Document{Body: c.doc.Sent})
	if err != nil {
		return nil
	}
	left := map[string]string{}
	for field, name := range map[string]string{"title": "title", "description": "descriptionHtml"} {
		if text, ok := sent.Set[name]; ok {
			left[field] = brief(text)
		}
	}
	if sent.Show != nil {
		left["published"] = strconv.FormatBool(*sent.Show)
	}
	for _, ch := range c.changes {
		if then, ok := left[ch.Field]; ok && then != ch.Old {
			out = append(out, wareProblem(c.doc, nil, ch.Field, "", "undo.moved", map[string]string{"field": ch.Field, "sent": then, "now": ch.Old}))
		}
	}
	return out
}

// filled is the document with what was found out. A new collection cannot be put
// back, but emptied and hidden.
func (c *collecting) filled() pipeline.Planned {
	doc := c.doc
	doc.Body, doc.Changes, doc.Undo, doc.Old = packed(c.w), c.changes, nil, ""
	same := len(c.changes) == 0 && !c.q.All
	u := c.undo
	if u.Title != nil || u.HTML != nil || u.Published != nil || len(u.Put)+len(u.Take) > 0 {
		doc.Undo = packed(u)
	}
	if len(c.changes) == 1 {
		doc.Old = c.changes[0].Old
	}
	return pipeline.Planned{Doc: doc, Same: same}
}

// vanished are the collections of ours that a complete file lacks: they are not
// shown any more, and nothing else. They are told while they are there.
func (r *registry) vanished(gone []*rack) (out []pipeline.Planned, notes []pipeline.Problem) {
	var names []string
	no := false
	for _, c := range gone {
		whole := r.whole[c.ID]
		if whole == nil {
			continue
		}
		names = append(names, c.Title+" ("+string(c.Key)+")")
		w := assortment{Code: string(c.Key), Published: &no}
		doc := pipeline.Document{Key: collectionKey(w.Code), Name: c.Title + " (" + w.Code + ")", Words: []string{w.Code}, Body: packed(w), Print: string(packed(w))}
		one := r.planned(&file{doc: doc, w: w, rack: c})
		for i := range one.Doc.Changes {
			one.Doc.Changes[i].Why = "not in the file"
		}
		if !one.Same {
			out = append(out, one)
		}
	}
	if len(names) > 0 {
		notes = append(notes, pipeline.Problem{Field: "code", Rule: "collection.vanished", With: map[string]string{"count": strconv.Itoa(len(names)), "collections": shortly(names)}})
	}
	return out, notes
}
