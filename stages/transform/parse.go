package transform

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/ast"
)

// keys are what a mapping may say.
var keys = []string{"flow", "about", "files", "format", "sheet", "header", "end", "unpacked", "totals", "hidden", "dictionary", "codepage", "delimiter", "contract", "expect", "gate", "to", "settings", "empty", "split", "unpivot", "fields", "skip", "only", "examples"}

// formats are the ways in which extract reads a file.
var formats = []string{"table", "shopify.orders", "shopify.customers", "shopify.transactions", "shopify.payouts", "shopify.payments", "csv", "xlsx", "xls", "html", "xml"}

// Parse reads one mapping, checks it against its kind and whatever else it
// names, and makes it ready to run. The findings are all that is wrong with it,
// in the order in which they stand; a mapping with findings is nil. It does not
// run the examples: see Check.
func Parse(file string, text []byte, deps Deps) (*Mapping, []pipeline.Finding) {
	d := newDraft(file, deps)
	root := d.root(text)
	if root == nil {
		return nil, d.found
	}
	top := map[string]pair{}
	for _, key := range d.pairs(root, "", keys) {
		top[key.key] = key
	}
	d.head(top)
	d.files(top)
	d.feed(top)
	d.gate(top)
	if d.kind(top) {
		d.settings(top)
		if empty, ok := top["empty"]; ok {
			d.m.empty = d.texts(empty, "empty")
		}
		d.splits(top["split"])
		d.unpivot(top["unpivot"])
		d.fields(top["fields"])
		d.known()
		d.order()
		d.skips(top["skip"])
		d.only(top["only"])
		d.examples(top["examples"])
	}
	if len(d.found) > 0 {
		slices.SortStableFunc(d.found, before)
		return nil, d.found
	}
	return d.m, nil
}

// before puts findings in the order in which they stand in the file.
func before(a, b pipeline.Finding) int {
	if a.Line != b.Line {
		return a.Line - b.Line
	}
	return a.Col - b.Col
}

// A draft is a mapping on its way to being one.
type draft struct {
	sheet
	m    *Mapping
	deps Deps
	want pipeline.Kind
	at   map[string]pair // the fields that were given, also those with findings
	good map[string]bool // the fields that could be used

	gives map[string][]string // of a field with a map: of its own: what it can give

	synonyms bool // the dictionary may find columns
}

func newDraft(file string, deps Deps) *draft {
	m := &Mapping{file: file, lang: deps.Lang, zone: deps.Zone, Format: "table", unit: -1, now: deps.Now}
	if m.now == nil {
		m.now = time.Now
	}
	if m.zone == nil {
		m.zone, _ = time.LoadLocation("Africa/Cairo") // the programs link the zones in
		if m.zone == nil {
			m.zone = time.UTC
		}
	}
	m.world = world{lookup: deps.Lookup, find: deps.Find, near: deps.Near, maps: map[string]*valueMap{},
		keys: &nearestKeys{tables: map[string]*keyOrder{}}}
	for name, pairs := range deps.Maps {
		m.world.maps[name], _ = newValueMap(pairs)
	}
	return &draft{sheet: sheet{file: file}, m: m, deps: deps, at: map[string]pair{}, good: map[string]bool{}, gives: map[string][]string{}}
}

// flowName is what a flow may be called: it stands in commands and in the names
// of files.
var flowName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// head reads what the flow is called.
func (d *draft) head(top map[string]pair) {
	if d.needs(top, "flow", "a name such as erp-stock") {
		d.m.Flow = d.text(top["flow"], "flow")
		if !flowName.MatchString(d.m.Flow) && d.m.Flow != "" {
			d.wrong(top["flow"].tok(), "flow", "mapping.flow", "given", d.m.Flow)
		}
	}
	if about, ok := top["about"]; ok {
		d.m.About = d.words(about, "about")
	}
}

// files reads which files it takes, and what is pinned about them.
func (d *draft) files(top map[string]pair) {
	if d.needs(top, "files", `patterns such as ["stock*.csv"]`) {
		d.m.Files = d.texts(top["files"], "files")
	}
	for _, pattern := range d.m.Files {
		folded := foldName(pattern)
		if _, err := path.Match(folded, "x"); err != nil || strings.Contains(pattern, "/") {
			d.wrong(top["files"].tok(), "files", "mapping.pattern", "given", pattern)
		}
		d.m.patterns = append(d.m.patterns, folded)
	}
	if key, ok := top["format"]; ok {
		d.m.Format = d.choice(key, "format", formats...)
	}
	for key, into := range map[string]*string{"sheet": &d.m.Sheet, "end": &d.m.End, "codepage": &d.m.CodePage, "delimiter": &d.m.Delimiter} {
		if given, ok := top[key]; ok {
			*into = d.text(given, key)
		}
	}
	if key, ok := top["unpacked"]; ok {
		d.m.Unpacked = d.number(key, "unpacked", 1, 4096, "how many MiB a workbook may unpack to, such as 512")
	}
	d.report(top)
}

// kind finds the kind that the mapping is checked against.
func (d *draft) kind(top map[string]pair) bool {
	if !d.needs(top, "to", "a kind of document such as shopify.stock") {
		return false
	}
	d.m.To = d.text(top["to"], "to")
	var ok bool
	if d.want, ok = d.deps.Kinds[d.m.To]; !ok {
		if d.m.To != "" {
			d.wrong(top["to"].tok(), "to", "flow.kind", "kind", d.m.To, "near", near(d.m.To, sortedKeys(d.deps.Kinds)))
		}
		return false
	}
	d.m.shape = pipeline.NewShape(d.want.Fields)
	return d.needs(top, "fields", "the kind's fields, one a line")
}

// fields reads the fields, and sees that none is missing which the kind requires.
func (d *draft) fields(fields pair) {
	for _, f := range d.pairs(fields.val, "fields", nil) {
		d.at[f.key] = f
		s := d.field(f)
		d.good[f.key] = s != nil
		if s != nil && s.source >= 0 && (f.key == "unit" || strings.HasSuffix(f.key, ".unit")) {
			d.m.unit = s.source
		}
	}
	for _, f := range d.want.Fields {
		if _, ok := d.at[f.Name]; f.Required && !ok {
			d.wrong(fields.at, "fields", "mapping.missing", "name", f.Name, "kind", d.m.To)
		}
	}
}

// order puts a field that is computed behind those that it is computed from.
func (d *draft) order() {
	place := map[int]int{} // of a field of the shape: among the steps
	for i, s := range d.m.steps {
		place[s.index] = i
	}
	var out []step
	state := make([]int, len(d.m.steps)) // 1: on the way, 2: done
	var visit func(i int)
	visit = func(i int) {
		s := d.m.steps[i]
		switch state[i] {
		case 1:
			d.wrong(d.at[s.Name].at, "fields."+s.Name, "mapping.circle", "name", s.Name)
			return
		case 2:
			return
		}
		state[i] = 1
		for _, used := range s.uses {
			if j, ok := place[used]; ok {
				visit(j)
			}
		}
		state[i] = 2
		out = append(out, s)
	}
	for i := range d.m.steps {
		visit(i)
	}
	d.m.steps = out
	d.unmapped()
}

// unmapped finds expressions that use fields which the mapping does not supply.
func (d *draft) unmapped() {
	for _, s := range d.m.steps {
		d.supplied(s.uses, d.at[s.Name], "fields."+s.Name)
	}
}

func (d *draft) supplied(uses []int, by pair, path string) {
	for _, i := range uses {
		name := d.m.shape.Fields()[i].Name
		if _, ok := d.at[name]; !ok {
			d.wrong(by.at, path, "mapping.unmapped", "name", name)
		}
	}
}

// compile makes a program of an expression and says where it is wrong.
func (d *draft) compile(text string, at pair, path string, required bool) *expression {
	e, fault := compile(text, d.m.shape, func(names []string) int {
		source := d.source(names, required)
		d.reads(source, path, "")
		return source
	})
	if fault == nil {
		return e
	}
	line, col := inside(at.val, fault.line, fault.col)
	if fault.rule == "" {
		fault.rule, fault.facts = "mapping.expr", []string{"said", fault.said}
	}
	d.wrongAt(line, col, nil, path, fault.rule, fault.facts...)
	return nil
}

// source is the place of a column among those that the mapping reads. The same
// names are one column, also where several fields read it.
func (d *draft) source(names []string, required bool) int {
	if len(names) == 1 {
		if i := d.partOf(names[0]); i >= 0 {
			return i
		}
	}
	for i, s := range d.m.sources {
		if d.m.parts[i] == nil && sameNames(s.Names, names) {
			d.m.sources[i].Required = s.Required || required
			return i
		}
	}
	number := 0
	if len(names) == 1 {
		number = columnNumber(names[0])
	}
	d.m.sources = append(d.m.sources, Column{Names: names, Required: required, Number: number})
	d.m.parts = append(d.m.parts, nil)
	return len(d.m.sources) - 1
}

// needs sees that a key is there.
func (d *draft) needs(top map[string]pair, key, want string) bool {
	if pr, ok := top[key]; ok && pr.val != nil {
		return true
	}
	d.wrong(top[key].at, key, "mapping.none", "name", key, "want", want)
	return false
}

// choice is a text out of a list; "" where it is none of it.
func (d *draft) choice(key pair, path string, known ...string) string {
	given, _ := scalar(key.val)
	if !slices.Contains(known, given) {
		d.wrong(key.tok(), path, "config.choice", "given", given, "known", strings.Join(known, " "))
		return ""
	}
	return given
}

// number is a whole number between two others, both included.
func (d *draft) number(key pair, path string, low, high int, want string) int {
	text, _ := scalar(key.val)
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		d.wrong(key.tok(), path, "yaml.type", "path", path, "want", want)
		return low
	}
	return n
}

func isMap(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
