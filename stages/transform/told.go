package transform

import "wasl/pipeline"

// told is the way in which a cell is read where the column itself tells what the
// mapping does not pin: the order of its dates, its decimal mark. nil: there is
// nothing to tell.
func (h *how) told(s pipeline.Style) *how {
	t := *h
	if h.decimal == "" && (s.Decimal == "." || s.Decimal == ",") {
		t.decimal = s.Decimal
	}
	if h.layouts == nil && (s.Dates == "dmy" || s.Dates == "mdy" || s.Dates == "ymd") {
		t.order = s.Dates
	}
	if t.decimal == h.decimal && t.order == h.order {
		return nil
	}
	return &t
}

// tell works out for each field of the shape how its cells are read under the
// styles of a file; nil entries: as the mapping says.
func (m *Mapping) tell(styles []pipeline.Style, cols []int) []*how {
	if styles == nil {
		return nil
	}
	out := make([]*how, len(m.shape.Fields()))
	for _, s := range m.steps {
		if s.how == nil || s.source < 0 {
			continue
		}
		if col := cols[s.source]; col >= 0 && col < len(styles) {
			out[s.index] = s.how.told(styles[col])
		}
	}
	return out
}
