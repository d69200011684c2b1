package extract

import (
	"strings"
	"unicode"

	"wasl/pipeline"
)

// groups are the captions that stand over the rows to come, outermost first.
type groups struct {
	stack []group
	path  string // all of them; "" where it has to be put together anew
}

type group struct {
	name   string
	folded string
	depth  int // how far the caption stands in from the left
}

// groupHeads are words that only say that a caption is one: «المجموعة: زيوت».
var groupHeads = foldedSet("group", "item group", "category", "section", "department", "class", "family", "brand", "warehouse", "store", "supplier", "branch",
	"المجموعة", "مجموعة", "القسم", "قسم", "الفئة", "فئة", "التصنيف", "تصنيف", "المخزن", "مخزن", "المستودع", "الفرع", "المورد", "العلامة", "الماركة", "группа")

// caption tells whether a row is only a caption: one cell with letters, beside
// which there is at most the word that says so. A code alone is none: it is a row
// that lacks the rest.
func (t *table) caption(l line, first, filled int) bool {
	if filled > 2 || len(t.keys) < 2 || t.goesOn {
		return false
	}
	text := pipeline.Clean(l.cells[first])
	if filled == 2 {
		return has(groupHeads, pipeline.Fold(text)) && !t.numeric(l)
	}
	switch {
	case !strings.ContainsFunc(text, unicode.IsLetter):
		return false
	case first != t.keys[0]:
		return true
	case strings.Contains(text, " "), strings.HasSuffix(text, ":"):
		return true
	case has(t.known.named, pipeline.Fold(text)):
		return true // a total further down names it
	}
	return t.known.keyDigits && !strings.ContainsFunc(text, isDigit)
}

// numeric tells whether a row has a number where one is asked for.
func (t *table) numeric(l line) bool {
	for i, c := range t.columns {
		if at := t.found.at[i]; at >= 0 && holdsNumbers(c.Type) && cellAt(l, at) != "" {
			return true
		}
	}
	return false
}

func holdsNumbers(t pipeline.Type) bool {
	return t == pipeline.Quantity || t == pipeline.Amount || t == pipeline.Rate
}

// open takes captions that stand one after another. A caption that stands further
// in belongs to those before it. Where all stand alike, several in a row are each
// inside of the one before, and take the place of as many.
func (g *groups) open(lines []line) {
	var add []group
	for _, l := range lines {
		add = append(add, newGroup(l))
	}
	keep := len(g.stack)
	for keep > 0 && g.stack[keep-1].depth > add[0].depth {
		keep--
	}
	alike := 0
	for _, a := range add {
		if a.depth == add[0].depth {
			alike++
		}
	}
	for ; alike > 0 && keep > 0 && g.stack[keep-1].depth == add[0].depth; alike-- {
		keep--
	}
	g.stack = append(g.stack[:keep], add...)
	g.path = ""
}

func newGroup(l line) group {
	var texts []string
	depth := -1
	for i, c := range l.cells {
		if text := pipeline.Clean(c); text != "" && !filler(text) {
			if texts = append(texts, text); depth < 0 {
				depth = 1000*i + len(c) - len(strings.TrimLeft(c, " \t\u00a0"))
			}
		}
	}
	name := texts[len(texts)-1]
	if head, rest, ok := strings.Cut(name, ":"); ok && has(groupHeads, pipeline.Fold(head)) && strings.TrimSpace(rest) != "" {
		name = strings.TrimSpace(rest)
	}
	return group{name: strings.TrimSpace(strings.TrimSuffix(name, ":")), folded: pipeline.Fold(name), depth: depth}
}

// name is what a virtual column holds in the rows under the captions.
func (g *groups) name(column string) string {
	if len(g.stack) == 0 {
		return ""
	}
	if column == groupColumn {
		return g.stack[len(g.stack)-1].name
	}
	if g.path == "" {
		var names []string
		for _, o := range g.stack {
			names = append(names, o.name)
		}
		g.path = strings.Join(names, " / ")
	}
	return g.path
}

// holds tells whether a caption of the name, folded, is open.
func (g *groups) holds(folded string) bool {
	for _, o := range g.stack {
		if folded != "" && (o.folded == folded || strings.HasSuffix(folded, " "+o.folded)) {
			return true
		}
	}
	return false
}
