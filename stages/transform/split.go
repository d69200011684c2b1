package transform

import (
	"regexp"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/token"
)

// A cut takes one column apart by a pattern with named parts, such as a name that
// holds the item, its colour and its size.
type cut struct {
	pattern  *regexp.Regexp
	optional bool // a text that does not fit has no parts; else that is a problem
}

// A part is a source that is cut out of a column. Fields name it as they name a
// column, by from: and by col().
type part struct {
	name  string
	cut   *cut
	group int // of the pattern
}

// splitKeys are what an entry of split: may say.
var splitKeys = []string{"from", "pattern", "optional"}

// splits reads split: one rule, or a list of them. Each named part of a pattern
// becomes a source.
func (d *draft) splits(key pair) {
	if key.val == nil {
		return
	}
	if isMap(key.val) {
		d.split(key.at, d.pairs(key.val, "split", splitKeys))
		return
	}
	for _, n := range d.list(key, "split") {
		d.split(at(n), d.pairs(n, "split", splitKeys))
	}
}

func (d *draft) split(where *token.Token, keys []pair) {
	c := &cut{}
	var from []string
	var pattern pair
	for _, k := range keys {
		switch k.key {
		case "from":
			from = d.texts(k, "split.from")
		case "pattern":
			pattern = k
		case "optional":
			c.optional = d.yes(k, "split.optional")
		}
	}
	if from == nil {
		d.wrong(where, "split", "mapping.none", "name", "from", "want", "the header of the column that is split")
		return
	}
	text, _ := scalar(pattern.val)
	var err error
	if c.pattern, err = regexp.Compile(text); err != nil || text == "" {
		said := "it is empty"
		if err != nil {
			said = err.Error()
		}
		place := where
		if pattern.at != nil {
			place = pattern.tok()
		}
		d.wrong(place, "split.pattern", "mapping.split", "said", said)
		return
	}
	named := 0
	for group, name := range c.pattern.SubexpNames() {
		if name == "" {
			continue
		}
		named++
		if d.partOf(name) >= 0 {
			d.wrong(pattern.tok(), "split.pattern", "mapping.twice", "name", name)
			continue
		}
		d.m.sources = append(d.m.sources, Column{Names: from, Required: !c.optional})
		d.m.parts = append(d.m.parts, &part{name: name, cut: c, group: group})
	}
	if named == 0 {
		d.wrong(pattern.tok(), "split.pattern", "mapping.split", "said", "no part has a name, such as (?<colour>...)")
	}
}

// partOf is the source of a part's name; -1 where there is none of it.
func (d *draft) partOf(name string) int {
	for i, p := range d.m.parts {
		if p != nil && pipeline.Fold(p.name) == pipeline.Fold(name) {
			return i
		}
	}
	return -1
}

// cutOut gives a part of a clean text. The parts of a row are asked for one after
// another, so that the last cut is kept.
func (r *reading) cutOut(p *part, text string) (string, wrong) {
	if r.cut != p.cut || r.cutText != text {
		r.cut, r.cutText, r.cutParts = p.cut, text, p.cut.pattern.FindStringSubmatch(text)
	}
	switch {
	case r.cutParts != nil:
		return pipeline.Clean(r.cutParts[p.group]), wrong{}
	case p.cut.optional || text == "":
		return "", wrong{}
	}
	return "", wrong{rule: "split.none", with: map[string]string{"part": p.name}}
}
