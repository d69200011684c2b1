package transform

import (
	"strings"
	"time"

	"wasl/pipeline"
)

// step makes the function that fills a field. All that can be decided once is
// decided here, not a row at a time.
func (d *draft) step(s *spec, index int, field pipeline.Field) {
	if required, ok := s.at["required"]; ok {
		said := d.yes(required, join(s.path, "required"))
		field.Required, field.Sparse = said || field.Required, field.Sparse && !said
	}
	st := step{Field: field, index: index, source: -1}
	if s.source >= 0 && s.mapped == nil && s.lookup == nil {
		st.how, st.source = &s.how, s.source
	}
	d.feeds(s)
	if s.how.rounds && s.source >= 0 && s.mapped == nil && s.lookup == nil {
		st.rounded, d.m.rounding = s.wouldRound(), true
	}
	d.empties(s, field)
	switch {
	case s.value != nil:
		v, _ := s.how.read(pipeline.Clean(*s.value))
		st.fill = func(r *reading, st *step) { r.record.Put(st.index, v) }
	case s.compiled != nil:
		st.uses = s.compiled.fields
		st.uses = append(st.uses[:len(st.uses):len(st.uses)], s.compiled.asked...)
		st.fill = s.fromExpr()
	default:
		st.fill = s.fromCell()
	}
	d.m.steps = append(d.m.steps, st)
}

// fromCell fills a field from a column.
func (s *spec) fromCell() func(*reading, *step) {
	source, put := s.source, s.putText()
	return func(r *reading, st *step) {
		col := r.cols[source]
		if col < 0 || col >= len(r.row.Cells) {
			put(r, st, -1, "", "")
			return
		}
		cell := r.row.Cells[col]
		if why, ok := r.fault(col); ok {
			r.bad(st, col, cell, why)
			return
		}
		text := pipeline.Clean(cell)
		if p := r.mapping.parts[source]; p != nil {
			var why wrong
			if text, why = r.cutOut(p, text); why.rule != "" {
				r.bad(st, col, cell, why)
				return
			}
		}
		put(r, st, col, cell, text)
	}
}

// putText puts a clean text into a field: what is done to it before, what is
// put for it, and how it is read.
func (s *spec) putText() func(r *reading, st *step, col int, cell, text string) {
	absent := s.putAbsent()
	h := s.how
	edit, mapped, lookup, isEmpty := s.edit(), s.mapped, s.lookup, s.emptyTest()
	quantity := h.as == pipeline.Quantity
	return func(r *reading, st *step, col int, cell, text string) {
		if edit != nil {
			text = edit(text)
		}
		if text == "" || isEmpty(text) {
			absent(r, st, col)
			return
		}
		var why wrong
		if mapped != nil {
			if text, why = mapped.get(r.world, text); why.rule != "" {
				r.bad(st, col, cell, why)
				return
			}
		}
		if lookup != nil {
			var told bool
			code, wrong := readCode(&h, text)
			if wrong.rule != "" {
				r.bad(st, col, cell, r.meant(text, wrong))
				return
			}
			if text, why, told = lookup.get(r, code.Text); why.rule != "" {
				r.badOnce(st, col, cell, why, told)
				return
			}
		}
		if text == "" {
			absent(r, st, col)
			return
		}
		if quantity {
			text = s.unitless(r, text)
		}
		read := &h
		if r.hows != nil && r.hows[st.index] != nil {
			read = r.hows[st.index]
		}
		v, why := read.read(text)
		if why.rule != "" {
			r.bad(st, col, cell, r.meant(text, why))
			return
		}
		v.Col = col + 1
		r.record.Put(st.index, v)
	}
}

// putAbsent puts what stands for an empty cell: the default, or nothing. Of a
// field that has to have a value that is a problem.
func (s *spec) putAbsent() func(r *reading, st *step, col int) {
	var dflt pipeline.Value
	if s.dflt != nil && *s.dflt != "" {
		dflt, _ = s.how.read(pipeline.Clean(*s.dflt))
	}
	return func(r *reading, st *step, col int) {
		if !dflt.Set && st.Required && !st.Sparse {
			r.bad(st, col, "", wrong{rule: "field.missing"})
			return
		}
		v := dflt
		v.Col = col + 1
		r.record.Put(st.index, v)
	}
}

// edit is what is done to a text before it is read; nil where nothing is.
func (s *spec) edit() func(string) string {
	if s.strip == nil && s.trim == "" && !s.upper {
		return nil
	}
	strip, trim, upper := s.strip, s.trim, s.upper
	return func(t string) string {
		for _, word := range strip {
			t = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(t, word), word))
		}
		t = strings.TrimSpace(strings.Trim(t, trim))
		if upper {
			t = strings.ToUpper(t)
		}
		return t
	}
}

// fromExpr fills a field from an expression. Its place is that of the first
// cell that it was computed from.
func (s *spec) fromExpr() func(*reading, *step) {
	e, put, absent := s.compiled, s.putText(), s.putAbsent()
	return func(r *reading, st *step) {
		value := func(i int) pipeline.Value { return r.record.Value(e.shape.Fields()[i].Name) }
		col := e.firstColumn(r)
		for _, i := range st.uses {
			if value(i).Bad { // a problem tells so already
				r.record.Put(st.index, pipeline.Value{Bad: true, Col: col + 1})
				return
			}
		}
		for _, c := range e.columns {
			if i := r.cols[c.source]; i >= 0 {
				if why, ok := r.fault(i); ok {
					r.bad(st, i, r.row.Cells[i], why)
					return
				}
			}
		}
		result, err := e.run(value, r.cell)
		if err != nil {
			r.bad(st, col, "", wrong{rule: "expr.failed", with: map[string]string{"said": plainError(err)}})
			return
		}
		v := pipeline.Value{Set: true, Col: col + 1}
		switch x := result.(type) {
		case pipeline.Decimal:
			if s.how.rounds {
				x = x.RoundHAZ(s.how.places)
			}
			v.Dec, v.Text = x, x.String()
		case time.Time:
			v.Time, v.Text = x, x.Format(time.RFC3339)
			if st.Type == pipeline.Date {
				v.Time = day(x.In(s.how.zone))
			}
		case bool:
			v.Bool, v.Text = x, plainText(pipeline.Bool, pipeline.Value{Bool: x})
		case string:
			put(r, st, col, x, pipeline.Clean(x))
			return
		default:
			absent(r, st, col)
			return
		}
		r.record.Put(st.index, v)
	}
}

// firstColumn is the column of the first cell that an expression is computed
// from, counted from 0; -1 where it uses none.
func (e *expression) firstColumn(r *reading) int {
	for _, c := range e.columns {
		if r.cols[c.source] >= 0 {
			return r.cols[c.source]
		}
	}
	for _, i := range e.fields {
		if v := r.record.Value(e.shape.Fields()[i].Name); v.Col > 0 {
			return v.Col - 1
		}
	}
	return -1
}

// cell is the clean text of a source's cell; "" where the file lacks it.
func (r *reading) cell(source int) string {
	if i := r.cols[source]; i >= 0 && i < len(r.row.Cells) {
		text := pipeline.Clean(r.row.Cells[i])
		if p := r.mapping.parts[source]; p != nil {
			text, _ = r.cutOut(p, text) // a text that does not fit has no parts: first() puts another for them
		}
		return text
	}
	return ""
}

// meant adds to a code that a spreadsheet has shortened which ones of the item
// list it may stand for.
func (r *reading) meant(text string, why wrong) wrong {
	if why.rule == "code.exponent" {
		why.with = map[string]string{"near": meant(text, r.world.near)}
	}
	return why
}

// badOnce says that a field could not be read; the problem only where it was
// not told of another field of the row.
func (r *reading) badOnce(s *step, col int, cell string, why wrong, told bool) {
	if told {
		r.record.Put(s.index, pipeline.Value{Bad: true, Col: col + 1})
		return
	}
	r.bad(s, col, cell, why)
}

// plainError is the first line of an error of an expression, without the
// picture of its place.
func plainError(err error) string {
	said, _, _ := strings.Cut(err.Error(), "\n")
	said, _, _ = strings.Cut(said, " (1:")
	return said
}
