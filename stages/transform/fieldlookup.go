package transform

import (
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// lookup reads lookup: and by:. It is the name of a table, or one way to a row, or
// several in order:
//
//	lookup: items
//	lookup: {table: prices, list: retail}
//	lookup: [{table: items, by: code}, {table: items, by: barcode}]
//
// The tables are those of the kinds table.NAME, and their columns are those kinds'
// fields.
func (d *draft) lookup(s *spec, key pair, path string) {
	s.lookup = &lookup{}
	nodes := []ast.Node{key.val}
	if list, ok := key.val.(*ast.SequenceNode); ok {
		nodes = list.Values
	}
	for _, n := range nodes {
		n = d.plain(n)
		if !isMap(n) {
			w := way{table: d.text(pair{key: key.key, at: key.at, val: n}, path)}
			d.way(s, w, key.tok(), key.tok(), path)
			continue
		}
		var w way
		table, by := at(n), at(n)
		for _, k := range d.pairs(n, path, []string{"table", "by", "list"}) {
			text := d.text(k, join(path, k.key))
			switch k.key {
			case "table":
				w.table, table = text, k.tok()
			case "by":
				w.by, by = text, k.tok()
			case "list":
				w.list = text
			}
		}
		d.way(s, w, table, by, path)
	}
	var ids []string
	for _, w := range s.lookup.ways {
		ids = append(ids, w.name())
	}
	s.lookup.id = strings.Join(ids, "; ")
}

// way checks one way to a row against the tables that there are.
func (d *draft) way(s *spec, w way, table, by *token.Token, path string) {
	kind, ok := d.deps.Kinds["table."+w.table]
	if !ok {
		var tables []string
		for _, name := range sortedKeys(d.deps.Kinds) {
			if table, is := strings.CutPrefix(name, "table."); is {
				tables = append(tables, table)
			}
		}
		d.wrong(table, path, "mapping.table", "name", w.table, "near", near(w.table, tables))
		return
	}
	w.columns = fieldNames(pipeline.NewShape(kind.Fields))
	if w.by == "code" {
		w.by = ""
	}
	listed := slices.Contains(kind.GroupBy, "list")
	switch {
	case w.by != "" && !slices.Contains(w.columns, w.by):
		d.wrong(by, path, "mapping.take", "name", w.by, "table", w.table, "near", near(w.by, w.columns))
	case listed && w.by == "" && w.list == "":
		d.wrong(table, path, "mapping.list", "table", w.table)
	case !listed && w.list != "":
		d.wrong(table, path, "mapping.nolist", "table", w.table)
	}
	if !slices.Contains(d.m.tables, w.table) {
		d.m.tables = append(d.m.tables, w.table)
	}
	s.lookup.ways = append(s.lookup.ways, w)
}

// takes checks by: and take:, which belong to lookup:.
func (d *draft) takes(s *spec) {
	take, has := s.at["take"]
	if by, ok := s.at["by"]; ok {
		switch {
		case s.lookup == nil:
			d.wrong(by.at, s.path, "mapping.needs", "name", "by", "other", "lookup")
		case len(s.lookup.ways) == 1:
			w := s.lookup.ways[0]
			w.by = d.text(by, join(s.path, "by"))
			s.lookup.ways = nil
			d.way(s, w, by.tok(), by.tok(), join(s.path, "by"))
			if len(s.lookup.ways) == 1 {
				s.lookup.id = s.lookup.ways[0].name()
			}
		}
	}
	switch {
	case s.lookup != nil && !has:
		d.wrong(s.at["lookup"].at, s.path, "mapping.needs", "name", "lookup", "other", "take")
	case has && s.lookup == nil:
		d.wrong(take.at, s.path, "mapping.needs", "name", "take", "other", "lookup")
	case has:
		s.lookup.take, s.lookup.empty = d.text(take, join(s.path, "take")), s.optional || s.dflt != nil
		for _, w := range s.lookup.ways {
			if !slices.Contains(w.columns, s.lookup.take) {
				d.wrong(take.tok(), join(s.path, "take"), "mapping.take", "name", s.lookup.take, "table", w.table, "near", near(s.lookup.take, w.columns))
				break
			}
		}
	}
}

// codeList reads map: {table: codes, list: units}. ok is false where the map is
// something else: pairs of the field's own.
func (d *draft) codeList(s *spec, pairs []pair, path string) (ok bool) {
	if len(pairs) != 2 || pairs[0].key != "table" || pairs[1].key != "list" {
		return false
	}
	table := d.text(pairs[0], join(path, "table"))
	if kind, known := d.deps.Kinds["table."+table]; table != codeLists || !known || len(kind.Fields) == 0 {
		d.wrong(pairs[0].tok(), join(path, "table"), "mapping.table", "name", table, "near", codeLists)
		return true
	}
	s.mapped.list = d.text(pairs[1], join(path, "list"))
	if !slices.Contains(d.m.tables, codeLists) {
		d.m.tables = append(d.m.tables, codeLists)
	}
	return true
}

// unit reads unit: strip, or the header of the column that holds the row's unit.
func (d *draft) unit(s *spec, key pair, path string) {
	if text, ok := scalar(key.val); ok && text == "strip" {
		s.stripUnit = true
		return
	}
	if names := d.texts(key, path); names != nil {
		s.unitSource = d.source(names, false)
	}
}
