package reconcile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// Style says in words how a column writes its cells; "" where nothing is known.
func Style(lang string, s pipeline.Style) string {
	switch {
	case s.Dates != "":
		return say(lang, "style."+s.Dates)
	case s.Decimal != "":
		return say(lang, "style.decimal."+s.Decimal)
	}
	return ""
}

// headerRows are the rows of a header: 4, or 9-11.
func headerRows(r pipeline.Reading) string {
	switch {
	case r.HeaderRow == 0:
		return ""
	case r.HeaderEnd > r.HeaderRow:
		return strconv.Itoa(r.HeaderRow) + "-" + strconv.Itoa(r.HeaderEnd)
	}
	return strconv.Itoa(r.HeaderRow)
}

// written lists how the columns that were asked for write their cells.
func (b *book) written(r pipeline.Reading) string {
	var out []string
	for _, column := range slices.Sorted(maps.Keys(r.Styles)) {
		out = append(out, column+": "+Style(b.opt.Lang, r.Styles[column]))
	}
	return strings.Join(out, "; ")
}

// controls says how many of a file's totals agree with its rows, and by how much
// the others do not: 6 agree; row 11 الكمية: 42 stated, 40 read.
func (b *book) controls(list []pipeline.Control) string {
	const most = 10
	agree := 0
	var differ []string
	for _, c := range list {
		if c.Off().IsZero() {
			agree++
			continue
		}
		differ = append(differ, say(b.opt.Lang, "control.differs", "row", strconv.Itoa(c.Row), "column", c.Column, "stated", c.Stated.String(), "sum", c.Sum.String()))
	}
	var out []string
	if agree > 0 {
		out = append(out, say(b.opt.Lang, "control.agree", "count", strconv.Itoa(agree)))
	}
	out = append(out, differ[:min(len(differ), most)]...)
	if n := len(differ) - most; n > 0 {
		out = append(out, say(b.opt.Lang, "which.more", "count", strconv.Itoa(n)))
	}
	return strings.Join(out, "; ")
}
