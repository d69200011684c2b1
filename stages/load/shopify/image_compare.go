package shopify

import (
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// What is done with pictures that are taken away.
const (
	takeDetach = "detach" // from the product only: the file stays in Files
	takeFile   = "file"   // for good
)

// wall is a product as far as its pictures go: what hangs there, and what all the
// documents of a job want of it. Two documents may be about one product, where
// both are of its variants.
type wall struct {
	have   []held
	wanted map[string]bool   // marks that some document of the job wants there
	shows  map[string]string // the file that a variant shows, by gid
	names  map[string]string // of variants, for people
	whole  bool              // what no document wants is to go
	delete bool              // for good
	undo   bool              // what a job put there is taken away again: nobody's loss
	shared func(id string) bool
}

// compare holds a gallery against its product: it fills in what is there, and
// says what would change and how that could be put back. It is pure.
func (w *wall) compare(g *gallery) (changes []pipeline.Change, back gallery) {
	c := looking{wall: w, g: g, back: gallery{Code: g.Code}}
	g.Take, g.Turns = nil, 0
	for i := range g.Pictures {
		c.picture(&g.Pictures[i])
	}
	if w.whole {
		c.rest()
	}
	c.order()
	return c.changes, c.back
}

// looking is one comparison.
type looking struct {
	*wall
	g       *gallery
	changes []pipeline.Change
	back    gallery
}

func (c *looking) change(field, old, new string, mark pipeline.Mark) {
	c.changes = append(c.changes, pipeline.Change{Field: field, Old: old, New: new, Mark: mark})
}

// picture holds one picture against what hangs there.
func (c *looking) picture(p *picture) {
	p.ID, p.Old, p.Was, p.Failed = "", "", nil, nil
	there := c.find(*p, c.g.Code)
	switch {
	case p.Remove && there != nil:
		c.take(*there, true)
		return
	case p.Remove:
		return
	case there == nil && p.File != "":
		p.ID = p.File
		c.change("image", "", p.Source, "")
		return
	case there == nil:
		c.add(p)
	default:
		p.ID = there.ID
		c.alt(p, *there)
	}
	c.variants(p)
}

// find is the file that a picture is, where it hangs there.
func (c *looking) find(p picture, code string) *held {
	for i, h := range c.have {
		mark, slot, ours := h.ours()
		switch {
		case p.File != "":
			if h.ID == p.File {
				return &c.have[i]
			}
		case ours && mark == p.mark():
			return &c.have[i]
		case ours && p.Remove && p.SHA256 == "" && slot == p.slot(code):
			return &c.have[i]
		}
	}
	return nil
}

// add notes a picture that is new. It takes the place of the one that was made
// for the same place, where nobody wants that any more.
func (c *looking) add(p *picture) {
	old := ""
	for _, h := range c.have {
		mark, slot, ours := h.ours()
		if ours && slot == p.slot(c.g.Code) && !c.wanted[mark] && !c.takes(h.ID) {
			p.Old, old = h.ID, h.Name
			c.take(h, false)
			break
		}
	}
	c.change("image", old, p.Source, "")
	undo := *p
	undo.Remove, undo.Alt, undo.On, undo.Old, undo.Variant = true, nil, nil, "", p.Variant
	c.back.Pictures = append(c.back.Pictures, undo)
}

// alt notes a text that differs.
func (c *looking) alt(p *picture, there held) {
	if p.Alt == nil || *p.Alt == there.Alt {
		return
	}
	was := there.Alt
	p.Was = &was
	c.change("alt "+p.label(c.g.Code), was, *p.Alt, "")
	c.back.Pictures = append(c.back.Pictures, picture{File: there.ID, Source: there.label(), Alt: &was, Row: p.Row, Position: p.Position})
}

// label names a picture for people.
func (p picture) label(code string) string {
	if p.File != "" {
		return p.Source
	}
	return strings.TrimSuffix(code+"-"+p.Variant, "-") + "_" + strconv.Itoa(p.Position)
}

// variants notes the variants that show another picture.
func (c *looking) variants(p *picture) {
	for _, v := range p.On {
		shows := c.shows[v]
		if p.ID != "" && shows == p.ID || shows != "" && shows == p.Old {
			continue // so already, or it goes with the place
		}
		c.change("image of "+c.names[v], c.nameOf(shows), p.Source, "")
		if shows != "" {
			c.back.Pictures = append(c.back.Pictures, picture{File: shows, Source: c.nameOf(shows), Variant: v, Row: p.Row, Position: p.Position})
		}
	}
}

// nameOf names a file that hangs there.
func (c *looking) nameOf(id string) string {
	for _, h := range c.have {
		if h.ID == id {
			return h.label()
		}
	}
	return id
}

// takes tells whether a file is to be taken away already.
func (c *looking) takes(id string) bool {
	return slices.ContainsFunc(c.g.Take, func(t taken) bool { return t.ID == id })
}

// take notes a file that goes: what a new one replaces, and what is deleted. A file
// that also hangs elsewhere is only taken from here.
func (c *looking) take(h held, deleted bool) {
	if c.takes(h.ID) {
		return
	}
	good := c.delete && !c.shared(h.ID)
	c.g.Take = append(c.g.Take, taken{h.ID, good})
	if deleted {
		mark := pipeline.MarkDelete
		if c.undo {
			mark = ""
		}
		c.change("image", h.label(), "", mark)
	}
	if !good {
		c.back.Pictures = append(c.back.Pictures, picture{File: h.ID, Source: h.label(), Position: len(c.back.Pictures) + 1})
	}
}

// rest takes away what is ours and nobody wants.
func (c *looking) rest() {
	for _, h := range c.have {
		if mark, _, ours := h.ours(); ours && !c.wanted[mark] {
			c.take(h, true)
		}
	}
}

// order notes that what hangs there is to stand in another order.
func (c *looking) order() {
	have := idsOf(c.have)
	gone := make([]string, len(c.g.Take))
	for i, t := range c.g.Take {
		gone[i] = t.ID
	}
	stays := without(have, gone)
	want := only(c.g.standing(have), stays)
	if slices.Equal(stays, want) {
		if len(c.back.Pictures) > 0 {
			c.back.Order = have
		}
		return
	}
	c.change("order", c.list(stays), c.list(want), "")
	c.back.Order = have
}

func (c *looking) list(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = c.nameOf(id)
	}
	return strings.Join(names, ", ")
}

// standing is the order in which the files of the product are to stand.
func (g gallery) standing(have []string) []string {
	if len(g.Order) > 0 {
		var back []placed
		for _, id := range only(g.Order, have) {
			back = append(back, placed{id: id})
		}
		return standing(have, back, false)
	}
	var wanted []placed
	first := false
	for _, p := range g.Pictures {
		id := p.ID
		if id == "" {
			id = p.name(g.Code) // new: it has no number yet
		}
		if p.Remove || p.Failed != nil || slices.ContainsFunc(wanted, func(w placed) bool { return w.id == id }) {
			continue
		}
		first = first || p.First && len(wanted) == 0
		wanted = append(wanted, placed{id, p.Old})
	}
	return standing(have, wanted, first)
}

func idsOf(have []held) []string {
	ids := make([]string, len(have))
	for i, h := range have {
		ids[i] = h.ID
	}
	return ids
}
