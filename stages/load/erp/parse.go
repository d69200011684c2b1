package erp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"wasl/pipeline"
)

// parseLayout reads a layout strictly: every finding, not only the first, each
// with its line and column.
func parseLayout(file string, text []byte, zone *time.Location) (*layout, []pipeline.Finding) {
	return readLayout(file, text, zone, beside(file))
}

// beside reads files that lie beside a layout.
func beside(file string) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(filepath.Dir(file), name)) }
}

// readLayout is parseLayout with somebody else to open the files that it names.
func readLayout(file string, text []byte, zone *time.Location, open func(name string) ([]byte, error)) (*layout, []pipeline.Finding) {
	doc, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []pipeline.Finding{syntax(file, err)}
	}
	l := plainLayout(vocabularyOf(doc), zone)
	r := &reading{file: file, layout: l, open: open}
	for _, d := range doc.Docs {
		if d.Body != nil {
			r.section("", d.Body, r.settings())
		}
	}
	if len(r.found) == 0 {
		r.whole()
	}
	return l, r.found
}

// vocabularyOf is that of the kind which a layout names: settings are read by it,
// wherever among them it stands.
func vocabularyOf(doc *ast.File) *vocabulary {
	for _, d := range doc.Docs {
		pairs, _ := pairsOf(d.Body)
		for _, pair := range pairs {
			if v := vocabularies[pair.Value.GetToken().Value]; v != nil && pair.Key.GetToken().Value == "kind" {
				return v
			}
		}
	}
	return orderWords
}

func syntax(file string, err error) pipeline.Finding {
	f := pipeline.Finding{File: file, Line: 1, Col: 1, Rule: "yaml.syntax", With: map[string]string{"said": err.Error()}}
	if y, ok := err.(yaml.Error); ok {
		f.With["said"] = y.GetMessage()
		if t := y.GetToken(); t != nil {
			f.Line, f.Col = t.Position.Line, t.Position.Column
		}
	}
	return f
}

// A reading is one layout file being read.
type reading struct {
	file   string
	layout *layout
	found  []pipeline.Finding
	name   ast.Node // where settings stand that are checked against others
	list   ast.Node
	extras map[string]ast.Node
	more   more
	open   func(name string) ([]byte, error) // reads a file beside the layout
}

// setting reads the value of one setting.
type setting func(path string, n ast.Node)

// settings are all settings of a layout, and what each does.
func (r *reading) settings() map[string]setting {
	l := r.layout
	r.extras = map[string]ast.Node{}
	all := map[string]setting{
		"kind":      r.choice(kindsOfLayouts()),
		"format":    r.choice(map[string]func(){"csv": func() { l.format = "csv" }, "xlsx": func() { l.format = "xlsx" }}),
		"codepage":  r.choice(codepages(l)),
		"delimiter": r.oneOf(&l.delimiter, ",", ";", "\t", "|"),
		"newline":   r.choice(map[string]func(){"crlf": func() { l.newline = "\r\n" }, "lf": func() { l.newline = "\n" }}),
		"quote":     r.choice(map[string]func(){"needed": func() { l.quoteAll = false }, "all": func() { l.quoteAll = true }}),
		"decimal":   r.oneOf(&l.decimal, ".", ",", "٫"),
		"decimals":  r.value("0, 1, 2, 3 or 4", func(n int) bool { l.decimals = uint8(n); return n >= 0 && n <= 4 }),
		"date":      r.value("a day such as 02/01/2006", func(s string) bool { l.date = s; return telling(s) }),
		"time":      r.value("a time such as 02/01/2006 15:04", func(s string) bool { l.clock = s; return telling(s) }),
		"zone":      r.zone,
		"per":       r.choice(map[string]func(){"document": func() { l.perBatch = false }, "batch": func() { l.perBatch = true }}),
		"name":      func(path string, n ast.Node) { r.name = n; r.text(&l.name)(path, n) },
		"done":      r.value("an ending such as .done, without / and \\", func(s string) bool { l.done = s; return !strings.ContainsAny(s, `/\:*?"<>|`) }),
		"header":    r.value("true or false", func(b bool) bool { l.header = b; return true }),
		"repeat":    r.choice(map[string]func(){"all": func() { l.first = false }, "first": func() { l.first = true }}),
		"credit":    r.choice(map[string]func(){"negative": func() { l.positive = false }, "positive": func() { l.positive = true }}),
		"guard":     r.value("true or false", func(b bool) bool { l.guard = b; return true }),
		"shipping":  r.extra(&l.shipping),
		"discount":  r.extra(&l.discount),
		"taxes":     r.extra(&l.taxes),
		"columns":   r.columns,
		"documents": r.documents,
		"template":  r.template,
		"number":    r.counter,
		"by_type":   r.byType,
	}
	if _, numbered := l.of.types[serialWord]; !numbered {
		delete(all, "number") // a history has no number of its own
	}
	return all
}

// kindsOfLayouts are those that a layout may name: vocabularyOf has read it by then.
func kindsOfLayouts() map[string]func() {
	out := map[string]func(){}
	for kind := range vocabularies {
		out[kind] = func() {}
	}
	return out
}

func codepages(l *layout) map[string]func() {
	out := map[string]func(){}
	for _, name := range []string{"utf-8", "utf-8-bom", "windows-1256", "windows-1252", "iso-8859-6"} {
		out[name] = func() { l.codepage = name }
	}
	return out
}

func (r *reading) wrong(n ast.Node, rule pipeline.Rule, path string, with map[string]string) {
	f := pipeline.Finding{File: r.file, Line: 1, Col: 1, Path: path, Rule: rule, With: with}
	if n != nil && n.GetToken() != nil {
		f.Line, f.Col = n.GetToken().Position.Line, n.GetToken().Position.Column
	}
	r.found = append(r.found, f)
}

// section reads a group of settings.
func (r *reading) section(path string, n ast.Node, known map[string]setting) {
	pairs, ok := pairsOf(n)
	if !ok {
		r.wrong(n, "yaml.type", path, map[string]string{"path": or(path, r.file), "want": "settings, one a line"})
		return
	}
	seen := map[string]bool{}
	for _, pair := range pairs {
		name := pair.Key.GetToken().Value
		here := strings.TrimPrefix(path+"."+name, ".")
		read, ok := known[name]
		switch {
		case !ok:
			r.wrong(pair.Key, "config.unknown", here, map[string]string{"name": here, "near": nearest(name, known)})
		case seen[name]:
			r.wrong(pair.Key, "config.twice", here, map[string]string{"name": here})
		default:
			read(here, pair.Value)
		}
		seen[name] = true
	}
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch m := n.(type) {
	case *ast.MappingNode:
		return m.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{m}, true
	}
	return nil, false
}

// value reads a setting and holds it against what it may be.
func (r *reading) value(want string, take any) setting {
	return func(path string, n ast.Node) {
		ok := false
		switch take := take.(type) {
		case func(string) bool:
			var s string
			ok = yaml.NodeToValue(n, &s) == nil && isText(n) && take(s)
		case func(int) bool:
			var i int
			ok = yaml.NodeToValue(n, &i) == nil && take(i)
		case func(bool) bool:
			var b bool
			ok = yaml.NodeToValue(n, &b) == nil && take(b)
		case func(float64) bool:
			var f float64
			ok = yaml.NodeToValue(n, &f) == nil && take(f)
		}
		if !ok {
			r.wrong(n, "yaml.type", path, map[string]string{"path": path, "want": want})
		}
	}
}

// isText keeps lists and groups out of settings that are one text.
func isText(n ast.Node) bool {
	_, scalar := n.(ast.ScalarNode)
	_, null := n.(*ast.NullNode)
	return scalar && !null
}

func (r *reading) text(into *string) setting {
	return r.value("a text; put it in quotes", func(s string) bool { *into = s; return true })
}

// choice reads a setting that is one of a few words.
func (r *reading) choice(words map[string]func()) setting {
	return func(path string, n ast.Node) {
		given := n.GetToken().Value
		if set, ok := words[given]; ok {
			set()
			return
		}
		r.wrong(n, "config.choice", path, map[string]string{"given": given, "known": strings.Join(sorted(words), ", ")})
	}
}

// oneOf reads a setting that is one of a few characters.
func (r *reading) oneOf(into *string, known ...string) setting {
	return func(path string, n ast.Node) {
		var given string
		if err := yaml.NodeToValue(n, &given); err == nil && slices.Contains(known, given) {
			*into = given
			return
		}
		r.wrong(n, "config.choice", path, map[string]string{"given": n.GetToken().Value, "known": `"` + strings.Join(known, `" "`) + `"`})
	}
}

func (r *reading) zone(path string, n ast.Node) {
	given := n.GetToken().Value
	zone, err := time.LoadLocation(given)
	if err != nil || given == "" || given == "Local" {
		r.wrong(n, "config.zone", path, map[string]string{"given": given})
		return
	}
	r.layout.zone = zone
}

func (r *reading) extra(x *extra) setting {
	return func(path string, n ast.Node) {
		r.extras[path] = n
		r.section(path, n, map[string]setting{
			"as":   r.choice(map[string]func(){"line": func() { x.column = false }, "column": func() { x.column = true }}),
			"sku":  r.text(&x.sku),
			"name": r.text(&x.name),
		})
	}
}

func (r *reading) columns(path string, n ast.Node) {
	r.list = n
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.wrong(n, "yaml.type", path, map[string]string{"path": path, "want": "a list of columns, such as: - {name: Item, field: line.sku}"})
		return
	}
	r.layout.columns = nil
	for _, item := range list.Values {
		r.layout.columns = append(r.layout.columns, r.column(path, item))
	}
}

func (r *reading) column(path string, n ast.Node) column {
	c := column{}
	before := len(r.found)
	constant := false
	r.section(path, n, map[string]setting{
		"name":   r.text(&c.name),
		"field":  r.field(&c),
		"value":  func(path string, n ast.Node) { constant = true; r.text(&c.value)(path, n) },
		"format": r.value("a time such as 02/01/2006, or excel", func(s string) bool { c.format = s; return s == excelDate || telling(s) }),
		"at":     r.value("the letters of a column, such as C", func(s string) bool { c.at = s; return lettersOnly(s) }),
		"width":  r.value("a number from 1 to 255", func(w float64) bool { c.width = w; return w >= 1 && w <= 255 }),
	})
	if len(r.found) == before && constant == (c.field != "") {
		r.wrong(n, "erp.column", path, map[string]string{"name": c.name})
	}
	return c
}

func (r *reading) field(c *column) setting {
	return func(path string, n ast.Node) {
		c.field = n.GetToken().Value
		kind, ok := r.layout.of.types[c.field]
		if !ok {
			r.wrong(n, "erp.word", path, map[string]string{"name": c.field, "near": nearest(c.field, r.layout.of.types)})
		}
		c.kind = kind
	}
}

// telling tells whether a date layout shows anything of a date.
func telling(layout string) bool {
	return time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC).Format(layout) != time.Date(2022, 11, 27, 18, 49, 58, 0, time.UTC).Format(layout)
}

// nearest is the known name that was probably meant. A tie goes to the first in
// the alphabet.
func nearest[V any](name string, known map[string]V) string {
	best, distance := "", -1
	for _, k := range sorted(known) {
		if n := levenshtein.ComputeDistance(strings.ToLower(name), k); distance < 0 || n < distance {
			best, distance = k, n
		}
	}
	return best
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
