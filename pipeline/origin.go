package pipeline

import (
	"fmt"
	"strconv"
)

// An Origin says where something was read, as the sender of the file sees it.
type Origin struct {
	File   string `json:"f,omitempty"` // the name it was dropped under
	Sheet  string `json:"s,omitempty"` // empty for CSV
	Row    int    `json:"r,omitempty"` // counted from 1 as in the file, titles and header included; 0 means the whole file
	Col    int    `json:"c,omitempty"` // counted from 1; 0 means the whole row
	Column string `json:"h,omitempty"` // the header text
	Of     string `json:"o,omitempty"` // of a row that was made of one of several columns: that column's header; its cell stands in the last column

	// Was is where a row stood at first that was put aside, corrected and dropped
	// again; nil of all others.
	Was *Origin `json:"w,omitempty"`
}

// String names the place: orders.xlsx [Orders!G12] or orders.csv:12 [Total]; of a
// row that came back, also where it stood at first:
// quarantine-20261124-0001-erp-stock.xlsx [To correct!B4] (stock.csv:12).
func (o Origin) String() string {
	if o.Was == nil {
		return o.place()
	}
	return o.place() + " (" + o.Was.place() + ")"
}

func (o Origin) place() string {
	if o.Row == 0 {
		if o.Sheet != "" {
			return fmt.Sprintf("%s [%s]", o.File, o.Sheet)
		}
		return o.File
	}
	if o.Sheet != "" {
		if o.Of != "" {
			return fmt.Sprintf("%s [%s!%d %s]", o.File, o.Sheet, o.Row, o.Of)
		}
		return fmt.Sprintf("%s [%s!%s%d]", o.File, o.Sheet, ColumnLetters(max(o.Col, 1)), o.Row)
	}
	s := o.File + ":" + strconv.Itoa(o.Row)
	switch {
	case o.Column != "":
		s += " [" + o.Column + "]"
	case o.Col > 0:
		s += " [column " + strconv.Itoa(o.Col) + "]"
	}
	return s
}

// ColumnLetters names a column as spreadsheets do: 1 is A, 27 is AA.
func ColumnLetters(col int) string {
	var b []byte
	for ; col > 0; col = (col - 1) / 26 {
		b = append([]byte{byte('A' + (col-1)%26)}, b...)
	}
	return string(b)
}

// A Problem is something wrong with the data. It is not an error: the program
// is fine, goes on, and puts the row aside. It holds facts; what is wrong and
// what to do about it is put into words, in the reader's language, when shown.
type Problem struct {
	Origin
	Field string            // our word for it, such as line.total
	Value string            // as it stood in the cell
	Rule  Rule              // stable, such as amount.format
	With  map[string]string // further facts: a limit, a near miss, the other side's words
}

// Rule is the stable name of something that can be wrong: amount.format. The
// table of rules, with the words for each in English and Arabic, is in rules.go.
type Rule string

// Says puts into words what is wrong, in the language given (en or ar).
func (p Problem) Says(lang string) string { return p.words(lang).says }

// Fix puts into words what to do about it, in the language given (en or ar).
func (p Problem) Fix(lang string) string { return p.words(lang).fix }

// String is the problem in one English line, without what to do:
//
//	orders.xlsx [Orders!G12] Total "12,5x": not an amount (amount.format)
func (p Problem) String() string { return p.In("en") }

// In is the problem in one line, in the language given.
func (p Problem) In(lang string) string {
	s := p.Origin.String()
	if p.Sheet != "" && p.Column != "" {
		s += " " + p.Column
	}
	if p.Value != "" {
		s += " " + strconv.Quote(p.Value)
	}
	return fmt.Sprintf("%s: %s (%s)", s, p.Says(lang), p.Rule)
}

// Refused is the error of a file that is not to be used as data: it is empty,
// cut off, ambiguous, or not what the flow takes. Nothing of it goes out.
type Refused struct {
	Problems []Problem
	Hold     bool // a person may settle it, by an answer or in the mapping; else only another file will do
}

// Error names the first problem and how many more there are.
func (r *Refused) Error() string {
	if len(r.Problems) == 0 {
		return "file refused"
	}
	s := r.Problems[0].String()
	if n := len(r.Problems) - 1; n > 0 {
		s += fmt.Sprintf(" (and %d more)", n)
	}
	return s
}

// Refuse makes the error of a refused file out of one problem.
func Refuse(p Problem) error { return &Refused{Problems: []Problem{p}} }

// Hold makes the error of a file that waits for a person out of one problem.
func Hold(p Problem) error { return &Refused{Problems: []Problem{p}, Hold: true} }
