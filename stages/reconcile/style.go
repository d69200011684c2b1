package reconcile

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// A look is how a cell looks. Its number is the place of its style in the book.
type look int

// The looks. Texts have the number format @, so that a cell that begins with =
// stays text even when somebody edits it, and 0012 stays 0012.
const (
	plain    look = iota // text
	wrapped              // text of several lines
	center               // text, centred
	number               // 1,234
	tallied              // 1,234, and a dash for nothing
	amount               // 1,234.50, with up to five decimals where there are
	dashed               // 1,234.50, and a dash for nothing
	quantity             // 1,234.5: not whole
	day                  // 2026-11-25
	moment               // 2026-11-25 21:30
	good                 // states: there
	quiet                // nothing to do
	warn                 // a person is needed
	bad                  // refused
	wait                 // on its way
	evenN                // checks: a count that is zero
	evenM                // an amount that is zero
	offN                 // and not
	offM                 //
	softM                // an amount that is not zero, for a reason that is known
	head                 // the row of headers
	title                // of the workbook
	section              // of a part of the summary
	label                // name of a fact
	fact                 // and what it is
	note                 // what a sum means
	totalT               // totals: text
	totalC               // text, centred
	totalN               // a count
	totalM               // an amount
	faulty               // a cell of a file that something is wrong with
	headOurs             // the header of a column that we put beside those of a file
	looks
)

// formats are the number formats of looks; the others are text. _) leaves the
// width of a bracket between a number and the line beside it: indents from the
// right are not drawn the same everywhere.
var formats = map[look]string{
	number:   `#,##0_)`,
	tallied:  `#,##0_);-#,##0_);"–"_)`,
	amount:   `#,##0.00###_);[Red]-#,##0.00###_)`,
	dashed:   `#,##0.00###_);[Red]-#,##0.00###_);"–"_)`,
	quantity: `#,##0.0####_);-#,##0.0####_)`,
	day:      `yyyy-mm-dd`,
	moment:   `yyyy-mm-dd hh:mm`,
	evenN:    `+#,##0;-#,##0;"✓ "0`,
	offN:     `+#,##0;-#,##0;"✓ "0`,
	evenM:    `+#,##0.00###;-#,##0.00###;"✓ "0.00`,
	offM:     `+#,##0.00###;-#,##0.00###;"✓ "0.00`,
	softM:    `+#,##0.00###;-#,##0.00###;"✓ "0.00`,
	totalN:   `#,##0_);-#,##0_);"–"_)`,
	totalM:   `#,##0.00###_);[Red]-#,##0.00###_);"–"_)`,
}

// colours are the fill and the letters of looks that have them.
var colours = map[look][2]string{
	good: {"E2F0D9", "375623"}, quiet: {"EDEDED", "595959"}, warn: {"FFF2CC", "7F6000"}, bad: {"F8CBCB", "9C0006"},
	wait: {"DDEBF7", "1F4E79"}, evenN: {"E2F0D9", "375623"}, evenM: {"E2F0D9", "375623"}, offN: {"F8CBCB", "9C0006"},
	offM: {"F8CBCB", "9C0006"}, softM: {"FFF2CC", "7F6000"}, head: {"1F3864", "FFFFFF"},
	faulty: {"FFC7CE", "9C0006"}, headOurs: {"7F6000", "FFFFFF"},
	totalT: {"F2F2F2", "000000"}, totalC: {"F2F2F2", "000000"}, totalN: {"F2F2F2", "000000"}, totalM: {"F2F2F2", "000000"},
}

// style is a look in excelize's words, on sheets from left to right or from right
// to left.
func style(l look, rtl bool) *excelize.Style {
	s := &excelize.Style{
		Font:      &excelize.Font{Family: "Calibri", Size: 10},
		Alignment: &excelize.Alignment{Vertical: "top"},
		Border:    lines("D9D9D9"),
	}
	if format, ok := formats[l]; ok {
		s.CustomNumFmt = &format
		s.Alignment.Horizontal = "right"
	} else {
		s.NumFmt = 49 // @
	}
	if c, ok := colours[l]; ok {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{c[0]}}
		s.Font.Color = c[1]
	}
	switch l {
	case wrapped:
		s.Alignment.WrapText = true
	case center, totalC, good, quiet, warn, bad, wait, day, moment, evenN, evenM, offN, offM, softM:
		s.Alignment.Horizontal = "center"
	case head, headOurs:
		s.Font.Bold = true
		s.Alignment = &excelize.Alignment{Vertical: "center", Horizontal: "center", WrapText: true}
		s.Border = lines("8EA9DB")
	case fact:
		s.Border = nil
	case title:
		s.Font.Bold, s.Font.Size, s.Font.Color, s.Border = true, 18, "1F3864", nil
	case section:
		s.Font.Bold, s.Font.Size, s.Font.Color, s.Border = true, 13, "1F3864", nil
	case label:
		s.Font.Bold, s.Border = true, nil
	case note:
		s.Font.Italic, s.Font.Color, s.Border = true, "595959", nil
	}
	switch l {
	case totalT, totalC, totalN, totalM, offN, offM:
		s.Font.Bold = true
	}
	if rtl {
		s.Alignment.ReadingOrder = 2
	}
	if s.Alignment.Horizontal == "" { // where a line of the sheet's language begins, whatever the language of the text
		s.Alignment.Horizontal = "left"
		if rtl {
			s.Alignment.Horizontal = "right"
		} else if s.Border != nil || l == fact {
			s.Alignment.Indent = 1
		}
	}
	if l == plain || l == faulty {
		s.Alignment.ReadingOrder = 0 // of a value the first letter decides, as in the file
	}
	return s
}

func lines(colour string) []excelize.Border {
	var out []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		out = append(out, excelize.Border{Type: side, Color: colour, Style: 1})
	}
	return out
}

// stateLook is the colour of a state.
func stateLook(s pipeline.State) look {
	switch s {
	case pipeline.Delivered:
		return good
	case pipeline.Held, pipeline.Parked:
		return warn
	case pipeline.Rejected:
		return bad
	case pipeline.Accepted, pipeline.Sending, pipeline.Ready:
		return wait
	}
	return quiet
}

// digits is how many significant digits a spreadsheet keeps of a number.
const digits = 15

// exact gives a decimal as the number of a cell that shows and keeps all its
// digits; ok is false where it has too many, and has to stay text.
func exact(d pipeline.Decimal) (f float64, ok bool) {
	s := d.String()
	if n := len(strings.Trim(strings.Replace(s, ".", "", 1), "-0")); n > digits {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && strconv.FormatFloat(f, 'f', -1, 64) == s
}

// clock is a time as a cell has it: to the second, as the shop's clocks show it.
// A cell has no zone.
func clock(t time.Time, zone *time.Location) time.Time {
	return t.In(zone).Truncate(time.Second)
}
