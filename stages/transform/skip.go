package transform

import (
	"wasl/pipeline"
)

// A skip leaves documents out.
type skip struct {
	when *expression
	why  Words
}

// skips reads what leaves a document out.
func (d *draft) skips(key pair) {
	for _, n := range d.list(key, "skip") {
		var s skip
		var when, why pair
		for _, k := range d.pairs(n, "skip", []string{"when", "why"}) {
			switch k.key {
			case "when":
				when = k
			case "why":
				why = k
				s.why = d.words(k, "skip.why")
			}
		}
		switch {
		case when.at == nil:
			d.wrong(at(n), "skip", "mapping.none", "name", "when", "want", `a condition such as 'order.status == "voided"'`)
			continue
		case why.at == nil:
			d.wrong(when.at, "skip", "mapping.none", "name", "why", "want", "the reason that reports show: {en: ..., ar: ...}")
		}
		if s.when = d.condition(d.text(when, "skip.when"), when); s.when != nil {
			d.m.skips = append(d.m.skips, s)
		}
	}
}

// condition compiles an expression that has to give yes or no. It is asked of a
// document, which has no columns, only fields.
func (d *draft) condition(text string, key pair) *expression {
	if text == "" {
		return nil
	}
	e := d.compile(text, key, "skip.when", false)
	switch {
	case e == nil:
		return nil
	case e.result != boolType:
		d.wrong(key.tok(), "skip.when", "mapping.result", "got", typeWord(e.result), "want", "bool")
		return nil
	case len(e.columns) > 0:
		d.wrong(key.tok(), "skip.when", "mapping.expr", "said", "a document has no columns: put col() into a field, and name that")
		return nil
	}
	d.supplied(e.fields, key, "skip.when")
	d.supplied(e.asked, key, "skip.when")
	return e
}

// Skip says why the records of a document are left out, in the mapping's words;
// "" where they are not. A field is that of the first record which has it. A
// condition on a field that could not be read, or on a number or date that no
// record has, leaves nothing out: the document is held with its problem instead.
func (m *Mapping) Skip(group []pipeline.Record) string {
	if s := m.skipped(group); s != nil {
		return s.why.In(m.lang)
	}
	return ""
}

// leftOut is why a document is left out, by skip: or by only:.
func (m *Mapping) leftOut(group []pipeline.Record) (why Words, left bool) {
	if s := m.skipped(group); s != nil {
		return s.why, true
	}
	return m.outside(group)
}

func (m *Mapping) skipped(group []pipeline.Record) *skip {
	value := func(i int) pipeline.Value { return groupValue(group, m.shape.Fields()[i].Name) }
	for i := range m.skips {
		yes, err := m.skips[i].when.run(value, nil)
		if is, ok := yes.(bool); ok && is && err == nil {
			return &m.skips[i]
		}
	}
	return nil
}

// groupValue is the first value of a field, or that it could not be read.
func groupValue(group []pipeline.Record, field string) pipeline.Value {
	var first pipeline.Value
	for _, r := range group {
		v := r.Value(field)
		if v.Bad {
			return v
		}
		if v.Set && !first.Set {
			first = v
		}
	}
	return first
}
