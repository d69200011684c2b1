package pipeline

import (
	"strconv"
	"time"

	"github.com/quagmt/udecimal"
)

// Decimal is an exact decimal number: every amount and every quantity, from the
// first cell to the last byte. Amounts are in the currency of their document.
type Decimal = udecimal.Decimal

// A Row is one line of a sheet as it stands: text, nothing guessed. Workbook
// cells are put into text by extract: numbers in plain digits (no exponent, at
// most 15 significant digits, as Excel shows them), those formatted as percentages
// with their sign (14% for the stored 0.14, 14.25% also where 14% is shown), dates as 2006-01-02 or
// 2006-01-02 15:04:05, booleans as TRUE and FALSE.
type Row struct {
	Origin
	Header []string
	Cells  []string // as long as Header; missing cells are ""
	Faults []Fault  // what could not be read in it
	Styles []Style  // of the columns, as long as Header; shared by all rows; nil: nothing is known
	Places []int    // for each column that was asked for, its place in Cells, -1 where it is missing; shared by all rows; nil: to be found by name
}

// A Style is how a column writes its cells, told from the whole column, where
// one cell alone could be read in two ways.
type Style struct {
	Dates   string `json:"dates,omitempty"`   // dmy, mdy or ymd; "?": two orders fit every date of the column; "": nothing to tell
	Decimal string `json:"decimal,omitempty"` // "." or ","; "?": both fit every number of the column; "": nothing to tell
}

// A Fault is a cell, or a whole row, that holds no value to be read: a formula
// without a saved result, an error cell, a row with too few columns. It becomes
// a Problem when the mapping asks for that cell.
type Fault struct {
	Col  int // counted from 1; 0 means the whole row
	Rule Rule
	With map[string]string
}

// Reading tells how a file was read: what was decided about it, and which of
// its rows are not data. It is complete once all rows have been taken.
type Reading struct {
	Format    string `json:"format"`              // csv, xlsx, shopify.orders
	CodePage  string `json:"codePage,omitempty"`  // utf-8, windows-1256
	Sample    string `json:"sample,omitempty"`    // a text of the file as it reads in a code page that was worked out; "" where there was no doubt
	Delimiter string `json:"delimiter,omitempty"` // of CSV
	Sheet     string `json:"sheet,omitempty"`     // of a workbook
	HeaderRow int    `json:"headerRow,omitempty"` // counted from 1 as in the file
	Rows      int    `json:"rows"`                // rows handed on as data
	Corrects  string `json:"corrects,omitempty"`  // of a quarantine workbook that came back: the job whose rows it has
	HeaderEnd int    `json:"headerEnd,omitempty"` // the last row of a header of several rows; 0: HeaderRow is the only one
	TableEnd  int    `json:"tableEnd,omitempty"`  // the last row of data

	Doubled  []string         `json:"doubled,omitempty"`  // names of several columns each, none of them asked for
	Words    []Synonym        `json:"words,omitempty"`    // columns that were found by the dictionary
	Titles   []Evidence       `json:"titles,omitempty"`   // what stood above the header
	Styles   map[string]Style `json:"styles,omitempty"`   // by header, of the columns asked for
	Controls []Control        `json:"controls,omitempty"` // the report's own totals, held against the rows read
	Ignored  []Ignored        `json:"ignored,omitempty"`  // rows with something in them that are not data
	Notes    []Problem        `json:"notes,omitempty"`    // worth telling, but no reason to put a row aside

	Header   []string  `json:"-"` // the names of the columns, also of a file that lacks some
	Contract *Contract `json:"-"` // the shape of a good file, for the next one to be held against; nil: keep the one that is known
}

// A Synonym is a column that was found by the dictionary: none of the mapping's
// own names is in the file.
type Synonym struct {
	Asked  string `json:"asked"`  // the mapping's first name for it
	Column string `json:"column"` // what it is called in the file
}

// Evidence is a row above the header, kept for people: a period, a branch, a
// number of the report.
type Evidence struct {
	Part string `json:"part,omitempty"` // of a ZIP, in which it stands
	Row  int    `json:"row"`
	Text string `json:"text"` // its cells, joined by " | "
}

// A Control is a total that the file states itself, of one column, and what the
// rows read add up to.
type Control struct {
	Part   string  `json:"part,omitempty"` // of a ZIP, in which it stands
	Row    int     `json:"row"`
	Label  string  `json:"label,omitempty"` // الإجمالي; "" of a row of totals without a label
	Column string  `json:"column"`
	Scope  string  `json:"scope"` // total: of all rows; group: of the rows since the last one
	Stated Decimal `json:"stated"`
	Sum    Decimal `json:"sum"`
}

// Off is how far the rows are from what the file states; zero: they agree.
func (c Control) Off() Decimal { return c.Stated.Sub(c.Sum) }

// Ignored is a row that is not data: a title, a total, a footer.
type Ignored struct {
	Part string `json:"part,omitempty"` // of a ZIP, in which it stands
	Row  int    `json:"row"`
	Why  string `json:"why"` // title, total, group, footer, header again
}

// At is where the row stands, for people: 3, or of a ZIP b.csv:3.
func (i Ignored) At() string {
	if i.Part != "" {
		return i.Part + ":" + strconv.Itoa(i.Row)
	}
	return strconv.Itoa(i.Row)
}

// A Record is a row in our own words: fields with typed values, each of which
// still knows the column it came from.
type Record struct {
	Origin
	shape  *Shape
	header []string
	values []Value
}

// A Shape is the order of a record's fields, shared by all records of a flow.
type Shape struct {
	fields []Field
	index  map[string]int
}

// NewShape makes the shape of a kind's fields.
func NewShape(fields []Field) *Shape {
	s := &Shape{fields: fields, index: make(map[string]int, len(fields))}
	for i, f := range fields {
		s.index[f.Name] = i
	}
	return s
}

// Index is the place of a field; -1 where there is none of that name.
func (s *Shape) Index(field string) int {
	if i, ok := s.index[field]; ok {
		return i
	}
	return -1
}

// Fields are the shape's fields, in order.
func (s *Shape) Fields() []Field { return s.fields }

// A Value is what a field holds. Which member counts follows from the field's Type.
type Value struct {
	Set  bool
	Text string    // Text, Code, and the text that the others were read from
	Dec  Decimal   // Amount, Quantity, Rate
	Time time.Time // Date (midnight, UTC) and Time (UTC)
	Bool bool      // Bool
	Col  int       // the column it was read from, counted from 1; 0 where it was not read from a cell
	Bad  bool      // what stands there could not be read: Set is false, and a problem says why
}

// NewRecord makes an empty record of a row.
func NewRecord(row Row, shape *Shape) Record {
	return Record{Origin: row.Origin, shape: shape, header: row.Header, values: make([]Value, len(shape.fields))}
}

// Put sets the field at a place of the shape.
func (r Record) Put(index int, v Value) { r.values[index] = v }

// Value is all that is known of a field; the zero Value where it has none.
func (r Record) Value(field string) Value {
	if r.shape == nil {
		return Value{}
	}
	if i, ok := r.shape.index[field]; ok {
		return r.values[i]
	}
	return Value{}
}

// Has tells whether the field holds a value.
func (r Record) Has(field string) bool { return r.Value(field).Set }

// Text is the field's text, "" where it has none.
func (r Record) Text(field string) string { return r.Value(field).Text }

// Amount is the field's number, zero where it has none.
func (r Record) Amount(field string) Decimal { return r.Value(field).Dec }

// Date is the field's time in UTC, the zero time where it has none.
func (r Record) Date(field string) time.Time { return r.Value(field).Time }

// True tells whether the field holds yes.
func (r Record) True(field string) bool { return r.Value(field).Bool }

// At is where the field was read: the cell, or the row where it has none.
func (r Record) At(field string) Origin {
	o := r.Origin
	if v := r.Value(field); v.Col > 0 {
		o.Col = v.Col
		if v.Col <= len(r.header) {
			o.Column = r.header[v.Col-1]
		}
		if o.Of != "" && v.Col == len(r.header) { // the last column holds the cell of that one
			o.Column = o.Of
		}
	}
	return o
}

// Problem makes a problem of one of the record's fields.
func (r Record) Problem(field string, rule Rule, with map[string]string) Problem {
	return Problem{Origin: r.At(field), Field: field, Value: r.Text(field), Rule: rule, With: with}
}
