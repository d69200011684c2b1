package erp

import (
	"regexp"

	"github.com/goccy/go-yaml/ast"
	"github.com/xuri/excelize/v2"
)

// more is where the larger sections of a layout stand, to be checked as a whole.
type more struct {
	documents, documentsName, template, counter, byType ast.Node
	names                                               map[string]ast.Node // of types
	cells                                               []ast.Node          // of the template
}

// documents reads the section of a second file, of one row a document.
func (r *reading) documents(path string, n ast.Node) {
	d := &sheet{}
	r.more.documents, r.more.documentsName = n, n
	r.section(path, n, map[string]setting{
		"name": func(path string, n ast.Node) { r.more.documentsName = n; r.text(&d.name)(path, n) },
		"columns": func(path string, n ast.Node) {
			list, ok := n.(*ast.SequenceNode)
			if !ok {
				r.wrong(n, "yaml.type", path, map[string]string{"path": path, "want": "a list of columns, such as: - {name: Order, field: doc.number}"})
				return
			}
			for _, item := range list.Values {
				d.columns = append(d.columns, r.column(path, item))
			}
		},
	})
	r.layout.documents = d
}

// counter reads how documents are numbered.
func (r *reading) counter(path string, n ast.Node) {
	c := &counter{width: 6, start: 1}
	r.more.counter = n
	r.section(path, n, map[string]setting{
		"prefix": r.text(&c.prefix),
		"width":  r.value("a number from 1 to 12", func(n int) bool { c.width = n; return n >= 1 && n <= 12 }),
		"start":  r.value("a number from 1 on", func(n int) bool { c.start = n; return n >= 1 }),
		"by":     r.choice(map[string]func(){"all": func() { c.byType = false }, "type": func() { c.byType = true }}),
	})
	r.layout.counter = c
}

// byType reads what is different for types of documents.
func (r *reading) byType(path string, n ast.Node) {
	r.more.byType, r.more.names = n, map[string]ast.Node{}
	r.layout.types = map[string]byType{}
	known := map[string]setting{}
	for _, kind := range r.layout.of.docs {
		known[kind] = func(path string, n ast.Node) {
			t := byType{}
			r.more.names[kind] = n
			r.section(path, n, map[string]setting{
				"folder": r.value("a folder inside the import folder, such as returns", func(s string) bool { t.folder = s; return inside(s) }),
				"name":   func(path string, n ast.Node) { r.more.names[kind] = n; r.text(&t.name)(path, n) },
				"prefix": r.value("a text; put it in quotes", func(s string) bool { t.prefix = &s; return true }),
			})
			r.layout.types[kind] = t
		}
	}
	r.section(path, n, known)
}

// template reads the section of a workbook to be filled in.
func (r *reading) template(path string, n ast.Node) {
	t := &template{cells: map[string]column{}}
	r.more.template = n
	var fileNode, linesNode ast.Node = n, n
	r.section(path, n, map[string]setting{
		"file":  func(path string, n ast.Node) { fileNode = n; r.text(&t.file)(path, n) },
		"sheet": r.text(&t.sheet),
		"lines": func(path string, n ast.Node) { linesNode = n; r.text(&t.lines)(path, n) },
		"cells": func(path string, n ast.Node) { r.templateCells(t, path, n) },
	})
	r.layout.template = t
	if len(r.found) > 0 {
		return
	}
	data, err := r.open(t.file)
	if err != nil {
		r.wrong(fileNode, "erp.template", path+".file", map[string]string{"file": t.file})
		return
	}
	t.data = data
	book, err := t.open()
	if err != nil {
		r.wrong(fileNode, "erp.template", path+".file", map[string]string{"file": t.file})
		return
	}
	defer func() { _ = book.Close() }() // it lives in memory
	r.placed(t, book, linesNode)
}

// templateCells reads which word goes into which cell.
func (r *reading) templateCells(t *template, path string, n ast.Node) {
	pairs, ok := pairsOf(n)
	if !ok {
		r.wrong(n, "yaml.type", path, map[string]string{"path": path, "want": "cells and what goes into them, such as B3: doc.number"})
		return
	}
	for _, pair := range pairs {
		at := pair.Key.GetToken().Value
		c := column{name: at}
		if _, group := pairsOf(pair.Value); group {
			c = r.column(path+"."+at, pair.Value)
			c.name = at
		} else {
			r.field(&c)(path+"."+at, pair.Value)
		}
		if isLine(c.field) {
			r.wrong(pair.Value, "erp.lineword", path+"."+at, map[string]string{"name": c.field})
		}
		t.cells[at] = c
		t.order = append(t.order, at)
		r.more.cells = append(r.more.cells, pair.Key)
	}
}

// placed finds every cell and range of the template in its workbook.
func (r *reading) placed(t *template, book *excelize.File, lines ast.Node) {
	if t.sheet == "" {
		t.sheet = book.GetSheetName(0)
	}
	if i, err := book.GetSheetIndex(t.sheet); err != nil || i < 0 {
		r.wrong(r.more.template, "erp.template.sheet", "template.sheet", map[string]string{"given": t.sheet, "known": joined(book.GetSheetList())})
		return
	}
	var ok bool
	if t.first, t.last, ok = placeOf(book, t.sheet, t.lines); !ok || t.last.row <= t.first.row {
		r.wrong(lines, "erp.template.lines", "template.lines", map[string]string{"given": t.lines})
	}
	for i, at := range t.order {
		from, to, ok := placeOf(book, t.sheet, at)
		if !ok || from != to {
			r.wrong(r.more.cells[i], "erp.template.cell", "template.cells."+at, map[string]string{"given": at})
			continue
		}
		t.places = append(t.places, from)
	}
}

var letters = regexp.MustCompile(`^[A-Z]{1,3}$`)

func lettersOnly(s string) bool { return letters.MatchString(s) }
