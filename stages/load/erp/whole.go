package erp

import (
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// whole checks what only shows when all settings of a layout are known.
func (r *reading) whole() {
	r.nameFits()
	if len(r.layout.columns) == 0 {
		r.wrong(r.list, "yaml.type", "columns", map[string]string{"path": "columns", "want": "a list of columns, such as: - {name: Item, field: line.sku}"})
	}
	r.inColumn("shipping", r.layout.shipping)
	r.inColumn("discount", r.layout.discount)
	r.inColumn("taxes", r.layout.taxes)
	r.typed()
	r.linked()
	r.filled()
	r.counted()
	for _, c := range r.layout.more() {
		r.encodable(c.name)
		r.encodable(c.value)
	}
	for _, c := range r.layout.columns {
		r.encodable(c.name)
		r.encodable(c.value)
	}
	for _, text := range []string{r.layout.decimal, r.layout.shipping.name, r.layout.discount.name, r.layout.taxes.name} {
		r.encodable(text)
	}
}

// nameFits checks that the name tells one file from another, by what the file
// holds.
func (r *reading) nameFits() {
	l := r.layout
	r.fits(r.name, "name", l.name)
	if l.documents != nil {
		r.fits(r.more.documentsName, "documents.name", l.documents.name)
		if fillIn(l.documents.name) == fillIn(l.name) {
			r.wrong(r.more.documentsName, "erp.samename", "documents.name", map[string]string{"given": l.documents.name})
		}
	}
	for _, kind := range sorted(l.types) {
		if l.types[kind].name != "" {
			r.fits(r.more.names[kind], "by_type."+kind+".name", l.types[kind].name)
		}
	}
}

// fillIn is a name with every placeholder the same: names that are one then may be
// one file.
func fillIn(name string) string { return holes.ReplaceAllString(strings.ToLower(name), "{}") }

func (r *reading) fits(at ast.Node, path, name string) {
	l := r.layout
	known, own := ofDocument, []string{"{name}", "{number}", "{id}"}
	if l.counter != nil {
		own = append(own, "{serial}")
	}
	if l.perBatch {
		known, own = ofBatch, []string{"{batch}"}
	}
	for _, hole := range holes.FindAllString(name, -1) {
		if word := strings.Trim(hole, "{}"); !known[word] || word == "serial" && l.counter == nil {
			r.wrong(at, "erp.hole", path, map[string]string{"name": hole, "known": "{" + strings.Join(usable(known), "}, {") + "}"})
		}
	}
	unique := false
	for _, hole := range own {
		unique = unique || strings.Contains(name, hole)
	}
	if !unique {
		r.wrong(at, "erp.name", path, map[string]string{"given": name, "known": strings.Join(own, ", ")})
	}
	if l.format == "xlsx" && !strings.EqualFold(filepath.Ext(name), ".xlsx") {
		r.wrong(at, "yaml.type", path, map[string]string{"path": path, "want": "a name that ends in .xlsx"})
	}
}

func usable(known map[string]bool) []string {
	var names []string
	for _, name := range sorted(known) {
		if known[name] {
			names = append(names, name)
		}
	}
	return names
}

// inColumn checks that an amount that gets no line of its own has a column:
// else it would be lost.
func (r *reading) inColumn(name string, x extra) {
	if !x.column {
		return
	}
	if r.writes("sum." + name) {
		return
	}
	r.wrong(r.extras[name], "erp.nocolumn", name, map[string]string{"name": name, "word": "sum." + name})
}

// typed checks that documents whose amounts all stand above zero say what they are.
func (r *reading) typed() {
	if !r.layout.positive {
		return
	}
	if r.writes("doc.type") || r.apart() {
		return
	}
	r.wrong(r.list, "erp.notype", "credit", nil)
}

// encodable checks that a text of the layout itself can be written.
func (r *reading) encodable(text string) {
	if char, bad := r.layout.lacks(text); bad {
		var at ast.Node = r.list
		r.wrong(at, "erp.codepage", "columns", map[string]string{"char": char, "codepage": r.layout.codepage})
	}
}
