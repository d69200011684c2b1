package erp

import "slices"

// more are the columns besides those of the lines.
func (l *layout) more() []column {
	var out []column
	if l.documents != nil {
		out = append(out, l.documents.columns...)
	}
	if l.template != nil {
		for _, at := range l.template.order {
			out = append(out, l.template.cells[at])
		}
	}
	return out
}

// writes tells whether a word stands anywhere in the files.
func (r *reading) writes(word string) bool {
	return slices.ContainsFunc(append(slices.Clip(r.layout.columns), r.layout.more()...), func(c column) bool { return c.field == word })
}

// apart tells whether what is taken back goes to a folder, or has a name, of its own.
func (r *reading) apart() bool {
	sale := r.layout.types[typeSale]
	for _, kind := range []string{typeCancel, typeCredit} {
		t := r.layout.types[kind]
		if t.folder == sale.folder && r.layout.nameOf(kind) == r.layout.nameOf(typeSale) {
			return false
		}
	}
	return true
}

// links are the words by which lines may name their document.
var links = []string{"order.name", "order.id", "doc.number", serialWord}

// linked checks a second file: its rows have no lines, and both files name the
// document by the same word.
func (r *reading) linked() {
	d := r.layout.documents
	if d == nil {
		return
	}
	if len(d.columns) == 0 {
		r.wrong(r.more.documents, "yaml.type", "documents.columns", map[string]string{"path": "documents.columns",
			"want": "a list of columns, such as: - {name: Order, field: doc.number}"})
		return
	}
	has := func(columns []column, word string) bool {
		return slices.ContainsFunc(columns, func(c column) bool { return c.field == word })
	}
	for _, c := range d.columns {
		if isLine(c.field) {
			r.wrong(r.more.documents, "erp.lineword", "documents.columns", map[string]string{"name": c.field})
		}
	}
	if !slices.ContainsFunc(links, func(w string) bool { return has(d.columns, w) && has(r.layout.columns, w) }) {
		r.wrong(r.more.documents, "erp.link", "documents", map[string]string{"known": joined(links)})
	}
	if r.layout.template != nil {
		r.wrong(r.more.template, "erp.template.both", "template", nil)
	}
}

// filled checks what a template asks of the rest of its layout.
func (r *reading) filled() {
	t := r.layout.template
	if t == nil {
		for _, c := range append(slices.Clip(r.layout.columns), r.layout.more()...) {
			if c.format == excelDate && r.layout.format != "xlsx" {
				r.wrong(r.list, "yaml.type", "columns", map[string]string{"path": "format: excel", "want": "a time such as 02/01/2006; excel is for workbooks"})
				return
			}
		}
		return
	}
	if r.layout.format != "xlsx" {
		r.wrong(r.more.template, "yaml.type", "template", map[string]string{"path": "template", "want": "format: xlsx as well"})
	}
	if r.layout.perBatch && len(t.cells) > 0 {
		r.wrong(r.more.template, "erp.template.batch", "template.cells", nil)
	}
}

// counted checks that two counters never give the same number.
func (r *reading) counted() {
	c := r.layout.counter
	if c == nil {
		if r.list != nil && r.writes(serialWord) { // without columns, all words are
			r.wrong(r.list, "erp.nocounter", "columns", map[string]string{"name": serialWord})
		}
		for _, t := range r.layout.types {
			if t.prefix != nil {
				r.wrong(r.more.byType, "erp.nocounter", "by_type", map[string]string{"name": "prefix"})
				return
			}
		}
		return
	}
	r.encodable(c.prefix)
	seen := map[string]string{}
	for _, kind := range r.layout.of.docs {
		prefix := r.layout.prefixOf(kind)
		if other, ok := seen[prefix]; ok && c.byType {
			r.wrong(r.more.counter, "erp.prefix", "number.by", map[string]string{"given": prefix, "one": other, "other": kind})
			return
		}
		r.encodable(prefix)
		seen[prefix] = kind
	}
}
