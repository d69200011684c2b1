package erp

import (
	"path"
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
	known, own := ofDocument, []string{"{name}", "{number}", "{id}"}
	if l.perBatch {
		known, own = ofBatch, []string{"{batch}"}
	}
	for _, hole := range holes.FindAllString(l.name, -1) {
		if name := strings.Trim(hole, "{}"); !known[name] {
			r.wrong(r.name, "erp.hole", "name", map[string]string{"name": hole, "known": "{" + strings.Join(usable(known), "}, {") + "}"})
		}
	}
	unique := false
	for _, hole := range own {
		unique = unique || strings.Contains(l.name, hole)
	}
	if !unique {
		r.wrong(r.name, "erp.name", "name", map[string]string{"given": l.name, "known": strings.Join(own, ", ")})
	}
	if l.format == "xlsx" && !strings.EqualFold(path.Ext(l.name), ".xlsx") {
		r.wrong(r.name, "yaml.type", "name", map[string]string{"path": "name", "want": "a name that ends in .xlsx"})
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
	for _, c := range r.layout.columns {
		if c.field == "sum."+name {
			return
		}
	}
	r.wrong(r.extras[name], "erp.nocolumn", name, map[string]string{"name": name, "word": "sum." + name})
}

// encodable checks that a text of the layout itself can be written.
func (r *reading) encodable(text string) {
	if char, bad := r.layout.lacks(text); bad {
		var at ast.Node = r.list
		r.wrong(at, "erp.codepage", "columns", map[string]string{"char": char, "codepage": r.layout.codepage})
	}
}
