package transform

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/ast"
)

// A mapping names columns in four ways:
//
//	from: [كود الصنف, Item Code]   the first of these names that the file has
//	from: {word: item.code}        any name of that word in mappings/dictionary.yaml
//	from: column 4, column D       the fourth column, whatever it is called; with header: none also from: 4
//	from: (group), (groups)        the caption above the row; all captions, joined by " / "

// numberedColumn is a column by its place.
var numberedColumn = regexp.MustCompile(`^column ([1-9][0-9]{0,4}|[A-Z]{1,3})$`)

// columnNumber is the place of a column that is named by it, counted from 1; 0 of
// any other name.
func columnNumber(name string) int {
	m := numberedColumn.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	if n, err := strconv.Atoi(m[1]); err == nil {
		return n
	}
	n := 0
	for _, c := range m[1] {
		n = 26*n + int(c-'A') + 1
	}
	return n
}

// from reads the names of a column: texts, and words of the dictionary.
func (d *draft) from(key pair, path string) []string {
	nodes := []ast.Node{key.val}
	if list, ok := key.val.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	var out []string
	for _, n := range nodes {
		if n = d.plain(n); isMap(n) {
			out = append(out, d.word(pair{key: key.key, at: key.at, val: n}, path)...)
			continue
		}
		name, ok := scalar(n)
		if !ok || name == "" {
			return d.texts(key, path) // which says what is wrong
		}
		out = append(out, d.column(name))
	}
	if len(out) == 0 && len(d.found) == 0 {
		return d.texts(key, path)
	}
	return out
}

// column writes the place of a column in one way: column 4.
func (d *draft) column(name string) string {
	if _, err := strconv.Atoi(name); err == nil && d.m.NoHeader {
		name = "column " + name
	}
	if n := columnNumber(name); n > 0 {
		return "column " + strconv.Itoa(n)
	}
	return name
}

// word is the names of a word of the dictionary.
func (d *draft) word(key pair, path string) []string {
	for _, k := range d.pairs(key.val, path, []string{"word"}) {
		word := d.text(k, join(path, "word"))
		if names, ok := d.deps.Columns[word]; ok {
			return names
		}
		d.wrong(k.tok(), join(path, "word"), "mapping.word", "name", word, "near", near(word, sortedKeys(d.deps.Columns)))
	}
	return nil
}

// report reads what a mapping says about files that are reports rather than
// tables.
func (d *draft) report(top map[string]pair) {
	if key, ok := top["header"]; ok {
		d.header(key)
	}
	for key, to := range map[string]*string{"totals": &d.m.Totals, "hidden": &d.m.Hidden} {
		if given, ok := top[key]; ok {
			last := map[string]string{"totals": "ignore", "hidden": "skip"}[key]
			*to = d.choice(given, key, "report", "hold", last)
		}
	}
	d.synonyms = true
	if key, ok := top["dictionary"]; ok {
		d.synonyms = d.yes(key, "dictionary")
	}
}

// header reads where the header stands: none, one row, or the first and the last
// of up to three.
func (d *draft) header(key pair) {
	text := d.text(key, "header")
	if text == "none" {
		d.m.NoHeader = true
		return
	}
	first, last, several := strings.Cut(text, "-")
	from, err := strconv.Atoi(strings.TrimSpace(first))
	to := from
	if several && err == nil {
		to, err = strconv.Atoi(strings.TrimSpace(last))
	}
	if err != nil || from < 1 || to < from || to-from > 2 {
		d.wrong(key.tok(), "header", "yaml.type", "path", "header", "want", "the number of a row counted from 1, two of them such as 9-11, or none")
		return
	}
	d.m.Header = to
	if several {
		d.m.HeaderTall = to - from + 1
	}
}

// feeds tells a column of what its cells are read as, where they are read as they
// stand, or are the one number that an expression computes another from.
func (d *draft) feeds(s *spec) {
	if e := s.compiled; e != nil && len(e.columns) == 1 && e.result == decimalType && numeric(s.how.to) {
		if c := &d.m.sources[e.columns[0].source]; c.Type == pipeline.Text && d.m.parts[e.columns[0].source] == nil {
			c.Type = s.how.to
		}
	}
	if s.source < 0 || d.m.parts[s.source] != nil || s.mapped != nil || s.lookup != nil {
		return
	}
	c := &d.m.sources[s.source]
	if strength(s.how.as) > strength(c.Type) {
		c.Type = s.how.as
	}
	if s.how.layouts != nil || s.how.serial != noSerial || s.how.decimal != "" {
		c.Pinned = true
	}
	if s.how.decimal != "" {
		c.Decimal = s.how.decimal
	}
}

// strength says which of two types counts that read the same column.
func strength(t pipeline.Type) int {
	switch t {
	case pipeline.Date, pipeline.Time:
		return 3
	case pipeline.Amount, pipeline.Quantity:
		return 2
	case pipeline.Rate:
		return 1
	}
	return 0
}

// known gives the columns what else they are called by the dictionary: the names
// of the one word among whose names the mapping's own are. Names that the mapping
// asks for elsewhere are not among them.
func (d *draft) known() {
	if !d.synonyms {
		return
	}
	own := map[string]bool{}
	for _, s := range d.m.sources {
		for _, name := range s.Names {
			own[pipeline.Fold(name)] = true
		}
	}
	words := map[string][]string{} // of the dictionary, by the folded names that they have
	for word, names := range d.deps.Columns {
		for _, name := range names {
			words[pipeline.Fold(name)] = append(words[pipeline.Fold(name)], word)
		}
	}
	for i := range d.m.sources {
		s := &d.m.sources[i]
		of := map[string]bool{}
		for _, name := range s.Names {
			for _, word := range words[pipeline.Fold(name)] {
				of[word] = true
			}
		}
		if len(of) != 1 {
			continue // none, or it cannot be told which
		}
		for word := range of {
			for _, name := range d.deps.Columns[word] {
				if !own[pipeline.Fold(name)] {
					s.Also = append(s.Also, name)
				}
			}
		}
	}
}

func hasName(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return pipeline.Fold(n) == pipeline.Fold(name) })
}

// ParseDictionary reads the dictionary of headers: what each word of ours is
// called in exports.
//
//	item.code: [كود الصنف, Item Code]
func ParseDictionary(file string, text []byte) (map[string][]string, []pipeline.Finding) {
	s := &sheet{file: file}
	out := map[string][]string{}
	root := s.root(text)
	if root == nil {
		return nil, s.found
	}
	for _, p := range s.pairs(root, "", nil) {
		out[p.key] = s.texts(p, p.key)
	}
	return out, s.found
}
