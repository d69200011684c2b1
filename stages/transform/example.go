package transform

import (
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// An example is a row, or the rows of a document, and what becomes of them. It
// sees its own tables and value maps, so that it says the same on any machine.
type example struct {
	at      *token.Token
	rows    []map[string]pair
	gives   []pair // what the first row gives
	problem []pair // rules
	skip    pair   // true, or the reason
	world   world
}

// ExampleResult is what became of an example.
type ExampleResult struct {
	Line  int                // of the mapping
	Wrong []pipeline.Finding // what is not as the example says; empty: it holds
}

var exampleKeys = []string{"row", "rows", "gives", "problem", "skip", "tables", "maps"}

// examples reads the examples.
func (d *draft) examples(key pair) {
	for _, n := range d.list(key, "examples") {
		e := example{at: at(n), world: world{maps: d.m.world.maps, keys: &nearestKeys{tables: map[string]*keyOrder{}}}}
		for _, k := range d.pairs(n, "examples", exampleKeys) {
			d.exampleKey(&e, k)
		}
		switch {
		case len(e.rows) == 0:
			d.wrong(e.at, "examples", "mapping.none", "name", "row", "want", "the cells of a row by their headers")
		case e.gives == nil && e.problem == nil && e.skip.at == nil:
			d.wrong(e.at, "examples", "mapping.none", "name", "gives", "want", "what the row gives, or problem: and a rule, or skip: true")
		}
		d.m.examples = append(d.m.examples, e)
	}
}

func (d *draft) exampleKey(e *example, k pair) {
	path := "examples." + k.key
	switch k.key {
	case "row":
		e.rows = append(e.rows, d.cells(d.pairs(k.val, path, nil)))
	case "rows":
		for _, n := range d.list(k, path) {
			e.rows = append(e.rows, d.cells(d.pairs(n, path, nil)))
		}
	case "gives":
		e.gives = d.pairs(k.val, path, nil)
		for _, g := range e.gives {
			if _, ok := d.at[g.key]; !ok {
				d.wrong(g.at, path, "mapping.field", "name", g.key, "near", near(g.key, sortedKeys(d.at)))
			}
		}
	case "problem":
		for _, name := range d.texts(k, path) {
			if !pipeline.Rule(name).Known() {
				d.wrong(k.tok(), path, "mapping.rule", "name", name, "near", near(name, ruleNames()))
			}
			e.problem = append(e.problem, pair{key: name, at: k.tok()})
		}
	case "skip":
		e.skip = k
	case "tables":
		e.world.tables(d.nested(k, path))
	case "maps":
		e.world.maps = map[string]*valueMap{}
		for name, m := range d.m.world.maps {
			e.world.maps[name] = m
		}
		for _, m := range d.pairs(k.val, path, nil) {
			e.world.maps[m.key], _ = newValueMap(d.flat(m, join(path, m.key)))
		}
	}
}

// cells are an example's cells by header. A header that no field reads is a slip.
func (d *draft) cells(pairs []pair) map[string]pair {
	var known []string
	for _, s := range d.m.sources {
		known = append(known, s.Names...)
	}
	cells := map[string]pair{}
	for _, c := range pairs {
		if !slices.ContainsFunc(known, func(name string) bool { return pipeline.Fold(name) == pipeline.Fold(c.key) }) {
			d.wrong(c.at, "examples.row", "mapping.column", "name", c.key, "near", near(c.key, known))
		}
		cells[c.key] = c
	}
	return cells
}

// flat is a map of texts.
func (d *draft) flat(k pair, path string) map[string]string {
	out := map[string]string{}
	for _, v := range d.pairs(k.val, path, nil) {
		out[v.key], _ = scalar(v.val)
	}
	return out
}

// nested are rows by table and code.
func (d *draft) nested(k pair, path string) map[string]map[string]map[string]string {
	out := map[string]map[string]map[string]string{}
	for _, table := range d.pairs(k.val, path, nil) {
		out[table.key] = map[string]map[string]string{}
		for _, row := range d.pairs(table.val, join(path, table.key), nil) {
			out[table.key][row.key] = d.flat(row, join(path, row.key))
		}
	}
	return out
}

// tables makes an example's own reference tables: rows by table and code. Those of
// the table codes are known by list/code.
func (w *world) tables(rows map[string]map[string]map[string]string) {
	for key, row := range rows[codeLists] {
		if list, code, ok := strings.Cut(key, "/"); ok {
			row[foldedColumn] = FoldedKey(list, code)
		}
	}
	w.lookup = func(table, code string) (map[string]string, bool, error) {
		row, ok := rows[table][code]
		return row, ok, nil
	}
	w.find = func(table, column, text string) (found []map[string]string, err error) {
		for _, code := range sortedKeys(rows[table]) {
			if rows[table][code][column] == text {
				found = append(found, rows[table][code])
			}
		}
		return found, nil
	}
	w.near = func(table, column, prefix string) (texts []string) {
		for _, code := range sortedKeys(rows[table]) {
			text := code
			if column != "" {
				text = rows[table][code][column]
			}
			if text != "" && strings.HasPrefix(text, prefix) {
				texts = append(texts, text)
			}
		}
		slices.Sort(texts)
		return slices.Compact(texts)
	}
}

func ruleNames() []string {
	var names []string
	for _, r := range pipeline.Rules("en") {
		names = append(names, string(r.Name))
	}
	return names
}

// Check runs the examples and says what is not as they say, got and want.
func (m *Mapping) Check() []pipeline.Finding {
	var found []pipeline.Finding
	for _, r := range m.Examples() {
		found = append(found, r.Wrong...)
	}
	return found
}

// Examples runs the examples.
func (m *Mapping) Examples() []ExampleResult {
	var out []ExampleResult
	for i := range m.examples {
		e := &m.examples[i]
		out = append(out, ExampleResult{Line: e.at.Position.Line, Wrong: m.example(e)})
	}
	return out
}

// example runs one example.
func (m *Mapping) example(e *example) []pipeline.Finding {
	s := &sheet{file: m.file}
	var records []pipeline.Record
	var problems []pipeline.Problem
	var down filler
	for _, row := range e.table() {
		record, wrong := m.mapIn(down.fill(m, row), &e.world)
		records, problems = append(records, record), append(problems, wrong...)
	}
	m.exampleProblems(s, e, problems)
	if len(problems) > 0 && e.problem == nil {
		return s.found // what it gives, or whether it is left out, follows from them
	}
	why, left := m.leftOut(records)
	switch {
	case e.skip.at != nil && !left:
		s.wrong(e.skip.at, "examples", "example.kept")
	case e.skip.at == nil && m.skipped(records) != nil: // what only: leaves out is an example of the fields all the same
		s.wrong(e.at, "examples", "example.skipped", "why", why.In(m.lang))
	case e.skip.at != nil:
		if want, _ := scalar(e.skip.val); want != "true" && want != why.En && want != why.Ar {
			s.wrong(e.skip.tok(), "examples", "example.gives", "name", "skip", "got", why.In(m.lang), "want", want)
		}
	}
	for _, g := range e.gives {
		m.exampleField(s, g, records[0])
	}
	return s.found
}

// table makes rows of the example's cells, under one header.
func (e *example) table() []pipeline.Row {
	var header []string
	for _, cells := range e.rows {
		for _, name := range sortedKeys(cells) {
			if !slices.Contains(header, name) {
				header = append(header, name)
			}
		}
	}
	var rows []pipeline.Row
	for i, cells := range e.rows {
		row := pipeline.Row{Origin: pipeline.Origin{File: "example", Row: i + 2}, Header: header, Cells: make([]string, len(header))}
		for j, name := range header {
			row.Cells[j], _ = scalar(cells[name].val)
		}
		rows = append(rows, row)
	}
	return rows
}

// exampleProblems compares the problems with the rules that the example names.
func (m *Mapping) exampleProblems(s *sheet, e *example, problems []pipeline.Problem) {
	var want []string
	place := e.at
	for _, p := range e.problem {
		want, place = append(want, p.key), p.at
	}
	for _, p := range problems {
		if slices.Contains(want, string(p.Rule)) {
			continue
		}
		s.wrong(place, "examples", "example.problem", "got", string(p.Rule), "name", p.Field, "given", p.Value)
	}
	for _, rule := range want {
		if !slices.ContainsFunc(problems, func(p pipeline.Problem) bool { return string(p.Rule) == rule }) {
			s.wrong(place, "examples", "example.noproblem", "want", rule)
		}
	}
}

// exampleField compares one field of the record with what the example says.
func (m *Mapping) exampleField(s *sheet, g pair, record pipeline.Record) {
	v := record.Value(g.key)
	want, _ := scalar(g.val)
	field := m.shape.Fields()[m.shape.Index(g.key)]
	got := ""
	if v.Set {
		got = plainText(field.Type, v)
	}
	if want == got {
		return
	}
	h := how{as: field.Type, to: field.Type, zone: m.zone}
	if read, why := h.read(pipeline.Clean(want)); v.Set && why.rule == "" && !literal(g.val) && plainText(field.Type, read) == got {
		return // 7.50 is 7.5, and 2026-11-23 12:00 a moment
	}
	s.wrong(g.tok(), "examples.gives", "example.gives", "name", g.key, "got", got, "want", want)
}

// literal tells whether a node is a block of text, which is compared as it is.
func literal(n ast.Node) bool { _, ok := n.(*ast.LiteralNode); return ok }

// Note is what is said of a mapping that has no examples; "" where it has some.
func (m *Mapping) Note() string {
	if len(m.examples) > 0 {
		return ""
	}
	return strings.TrimSpace(m.Flow + " has no examples (" + strconv.Itoa(len(m.steps)) + " fields)")
}
