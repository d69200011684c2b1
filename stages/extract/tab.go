package extract

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"wasl/pipeline"
)

// A tab is one of the tables that a file may hold: a sheet of a workbook, a table
// of a web page.
type tab struct {
	name   string
	hidden bool
	open   func() (tabSource, error)
}

// A tabSource is a tab that is being read.
type tabSource interface {
	source
	close()
}

// findTab takes the first tab that has the header, and tells of further ones;
// without one, the tab that comes nearest.
func (f *file) findTab(tabs []tab) (*table, error) {
	wanted, err := f.wanted(tabs)
	if err != nil {
		return nil, err
	}
	columns := f.columns()
	var first, best *table
	var others []string // further tabs that have the header, too
	for _, s := range wanted {
		src, err := f.mend(s.name, s.open, s.open)
		if err != nil {
			return nil, err
		}
		t, err := f.find(src, s.name, columns, false, s.open)
		if err != nil {
			src.close()
			return nil, err
		}
		t.reopen = func() (tabSource, error) { return f.again().mend(s.name, s.open, s.open) }
		has := t.found != nil && len(t.found.missing) == 0 && t.found.matched > 0
		if first == nil && (has || t.found != nil && len(columns) == 0) {
			first = t
			continue
		}
		src.close()
		if has {
			others = append(others, s.name)
		}
		if best == nil || t.found != nil && best.better(*t.found) {
			best = t
		}
	}
	if first == nil {
		return best, nil // of which only the header is looked at: it lacks columns, or there is none
	}
	if len(others) > 0 {
		f.note("file.sheets", &place{sheet: first.sheet}, "others", list(others))
	}
	return first, nil
}

// wanted are the tabs in which the header may be.
func (f *file) wanted(tabs []tab) ([]tab, error) {
	var visible []tab
	var names []string
	for _, s := range tabs {
		if want := f.opt.Sheet; want != "" && (s.name == want || pipeline.Fold(s.name) == pipeline.Fold(want)) {
			return []tab{s}, nil
		}
		if names = append(names, s.name); !s.hidden {
			visible = append(visible, s)
		}
	}
	switch {
	case f.opt.Hidden == PolicyHold && f.opt.Sheet == "" && len(visible) < len(tabs):
		return nil, f.hold("file.concealed", nil)
	case f.opt.Sheet != "":
		return nil, f.hold("file.sheet", nil, "name", f.opt.Sheet, "found", list(names))
	case len(visible) == 0:
		return nil, f.hold("file.sheet", nil, "name", "*", "found", list(names))
	}
	return visible, nil
}

// put places a cell's text, and what is wrong with it, in a line. width is of the
// widest line so far.
func (l *line) put(col int, text string, fault *pipeline.Fault, width *int) {
	if fault != nil {
		fault.Col = col
		l.faults = append(l.faults, *fault)
	}
	if text == "" {
		return
	}
	if len(text) > maxLetters {
		if n := utf8.RuneCountInString(text); n > maxLetters {
			l.faults = append(l.faults, pipeline.Fault{Col: col, Rule: "cell.long",
				With: map[string]string{"letters": strconv.Itoa(n), "limit": strconv.Itoa(maxLetters)}})
		}
	}
	if col > len(l.cells) {
		l.cells = slices.Grow(l.cells, max(col, *width)-len(l.cells))[:col]
		*width = max(col, *width)
	}
	l.cells[col-1] = text
}

// stored is what a workbook's number says in its form. ok is false where it is no
// number.
func stored(value string, f form, from1904 bool) (text string, fault *pipeline.Fault, ok bool) {
	if f != formNumber && f < formPadded {
		if text, ok := dateText(value, f, from1904); ok {
			return text, nil, true
		}
		return value, &pipeline.Fault{Rule: "cell.date"}, true
	}
	text, exact, ok := plainNumber(value)
	if ok && !exact {
		return text, &pipeline.Fault{Rule: "cell.precision", With: map[string]string{"digits": strconv.Itoa(excelDigits)}}, true
	}
	switch {
	case ok && f == formPercent:
		return percent(text), nil, true
	case ok && f == formDressed:
		return text, &pipeline.Fault{Rule: "cell.dressed"}, true
	}
	return f.pad(text), nil, ok
}
