package transform

import (
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"wasl/pipeline"
)

// Deps is what a mapping is checked against and what it may look into.
type Deps struct {
	Kinds map[string]pipeline.Kind     // by name: what mappings are checked against
	Maps  map[string]map[string]string // named value maps of the settings, such as shopify.locations
	Zone  *time.Location               // the shop's; nil: Africa/Cairo
	Lang  string                       // of reasons for leaving something out: en or ar; "" means en
	Now   func() time.Time             // by which only: within: counts days; nil: time.Now

	// Lookup gives a row of a reference table; false where it has none of that
	// code. nil: all tables are empty. It may be called from several flows.
	Lookup func(table, code string) (map[string]string, bool, error)

	// Find gives the rows of a reference table whose column holds a text, exactly.
	// nil: only the code leads to a row.
	Find func(table, column, text string) ([]map[string]string, error)

	// Near gives the texts in a column of a reference table that begin with prefix,
	// in order and each once; column "" is the rows' own code. The slice is shared
	// and stays as it is; it is another one when the table has changed. nil: no
	// problem says what was probably meant.
	Near func(table, column, prefix string) []string

	// Columns is reserved for synonyms of headers; may be nil.
	Columns map[string][]string
}

// A Mapping is one flow: which files, which column is which field, and what is
// left out. It is made by Parse, and never changes: its methods may be called
// from several goroutines.
type Mapping struct {
	Flow       string   // its name
	About      Words    // one sentence about it
	Files      []string // patterns of the names that it takes
	To         string   // the kind of its documents
	Format     string   // table, shopify.orders (.customers, .transactions, .payouts, .payments), or the kind of file that a table has to come in: csv, xlsx, xls, html, xml
	Sheet      string   // "" where it is not pinned
	Header     int      // the last row of the header, counted from 1; 0 where it is not pinned
	HeaderTall int      // how many rows it has; 0 where that is not pinned
	NoHeader   bool     // the files have none: columns go by their numbers
	End        string   // what the row says with which the table ends; "" where that is not pinned
	Unpacked   int      // how many MiB a workbook may unpack to; 0 where that is not pinned
	Totals     string   // what becomes of totals that differ: report (also ""), hold or ignore
	Hidden     string   // what becomes of hidden rows: report (also ""), hold or skip
	CodePage   string   // "" where it is not pinned
	Delimiter  string   // "" where it is not pinned

	Contract string          // what happens to a file that is not like the last good one; see pipeline.Flow
	Expect   pipeline.Expect // which files should come

	Settings pipeline.Settings // what it decides about its kind
	Gate     pipeline.Gate     // what holds a job that would change too much

	file     string
	lang     string
	zone     *time.Location
	patterns []string // of Files, folded
	tables   []string
	shape    *pipeline.Shape
	sources  []Column
	steps    []step
	uses     []use // which field reads which source
	rules    []FieldRule
	parts    []*part  // by source; nil where it is a column as it stands
	fill     []int    // the sources that are filled down
	wide     *unpivot // columns that become rows; nil: none do
	rounding bool     // a step rounds
	empty    []string // texts that stand for an empty cell, of all fields
	unit     int      // the source of the row's unit; -1 where none is known
	skips    []skip
	only     []scope // what it is for
	now      func() time.Time
	examples []example
	world    world

	// The places of the sources in the header seen last: the rows of a file
	// share theirs, so that names are compared once a file.
	found atomic.Pointer[places]
}

// Words are a text in both languages.
type Words struct{ En, Ar string }

// In is the text in a language (en or ar), or in the other where it lacks it.
func (w Words) In(lang string) string {
	if lang == "ar" && w.Ar != "" || w.En == "" {
		return w.Ar
	}
	return w.En
}

// A Column is one that the mapping reads. It has the members of extract.Column, in
// their order, so that one becomes the other.
type Column struct {
	Names    []string      // any of these; the first that the file has
	Number   int           // counted from 1: the column goes by its place; 0: by its names
	Also     []string      // synonyms of the dictionary, tried where none of the names is there
	Required bool          // a file without it is not for this flow
	Type     pipeline.Type // what its cells are read as
	Pinned   bool          // the mapping pins the layout of its dates, or its decimal mark
	Decimal  string        // that mark; "" where none is pinned
	Fill     bool          // it is filled down
}

// world is what a mapping looks into while it maps: the real one, or that of an
// example.
type world struct {
	lookup func(table, code string) (map[string]string, bool, error)
	find   func(table, column, text string) ([]map[string]string, error)
	near   func(table, column, prefix string) []string
	maps   map[string]*valueMap
	keys   *nearestKeys
}

// Columns are the columns to be found in a file, each once.
func (m *Mapping) Columns() []Column {
	var out []Column
	for i, c := range m.sources {
		if m.parts[i] == nil {
			out = append(out, c)
		}
	}
	for i, c := range m.sources {
		if m.parts[i] == nil {
			continue
		}
		if at := slices.IndexFunc(out, func(o Column) bool { return sameNames(o.Names, c.Names) }); at >= 0 {
			out[at].Required = out[at].Required || c.Required
			continue
		}
		out = append(out, c)
	}
	for i := range out {
		out[i].Required = out[i].Required && !m.wide.makes(out[i].Names)
	}
	return out
}

func sameNames(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool { return pipeline.Fold(a) == pipeline.Fold(b) })
}

// Tables are the reference tables that are looked into.
func (m *Mapping) Tables() []string { return m.tables }

// Match tells whether the mapping's patterns take a name. Case does not count,
// nor do the forms of alef, ya and ta marbuta.
func (m *Mapping) Match(name string) bool {
	name = foldName(name)
	for _, p := range m.patterns {
		if ok, err := path.Match(p, name); ok && err == nil {
			return true
		}
	}
	return false
}

// foldName folds the letters and digits of a file name or of a pattern; marks
// such as * . and - stay.
func foldName(s string) string {
	var b strings.Builder
	for _, r := range pipeline.Clean(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			b.WriteString(pipeline.Fold(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Map puts a row into our words. The record has every field that could be read;
// a problem says why another one could not. A row that is a fault as a whole has
// that problem only: all others would follow from it.
func (m *Mapping) Map(row pipeline.Row) (pipeline.Record, []pipeline.Problem) {
	return m.mapIn(row, &m.world)
}

func (m *Mapping) mapIn(row pipeline.Row, w *world) (pipeline.Record, []pipeline.Problem) {
	r := reading{row: row, mapping: m, world: w, unit: m.unit, record: pipeline.NewRecord(row, m.shape)}
	r.cols, r.hows = m.places(row)
	for i := range m.steps {
		m.steps[i].fill(&r, &m.steps[i])
	}
	for _, f := range row.Faults {
		if f.Col == 0 {
			return r.record, []pipeline.Problem{{Origin: row.Origin, Rule: f.Rule, With: f.With}}
		}
	}
	return r.record, r.problems
}

// A step fills one field.
type step struct {
	pipeline.Field
	index int   // in the shape
	uses  []int // the fields that it is computed from
	fill  func(r *reading, s *step)

	how    *how // how its cell is read; nil where it is not read as it stands
	source int  // of how; else -1

	// rounded says what a declared rounding changes in the step's cell; nil where
	// the step does not round.
	rounded func(r *reading) (col int, was, is string)
}

// reading is one row on its way.
type reading struct {
	row      pipeline.Row
	mapping  *Mapping
	unit     int   // the source of the row's unit; -1 where none is known
	cols     []int // by source: the column counted from 0, or -1
	world    *world
	record   pipeline.Record
	hows     []*how // by field of the shape, where the column tells how it is read; may be nil
	problems []pipeline.Problem
	last     looked // the row of a table looked up last

	cut      *cut // the one made last
	cutText  string
	cutParts []string // nil where the text did not fit
}

// bad says that a step's field could not be read.
func (r *reading) bad(s *step, col int, value string, why wrong) {
	r.record.Put(s.index, pipeline.Value{Bad: true, Col: col + 1})
	r.problems = append(r.problems, pipeline.Problem{
		Origin: r.record.At(s.Name), Field: s.Name, Value: value, Rule: why.rule, With: why.with,
	})
}

// fault is what could not be read of a cell, if anything.
func (r *reading) fault(col int) (wrong, bool) {
	for _, f := range r.row.Faults {
		if f.Col == col+1 {
			return wrong{rule: f.Rule, with: f.With}, true
		}
	}
	return wrong{}, false
}

// places are the columns of the sources in one header.
type places struct {
	header []string
	cols   []int
	hows   []*how
}

// places finds the sources in a row's header, and says how fields are read under
// its styles; the same slice is searched once. Where extract has found the columns,
// by other names or their numbers, they are where it says.
func (m *Mapping) places(row pipeline.Row) ([]int, []*how) {
	header := row.Header
	if p := m.found.Load(); p != nil && same(p.header, header) {
		return p.cols, p.hows
	}
	at := make(map[string]int, len(header))
	for i, h := range header {
		h = pipeline.Fold(h)
		if _, ok := at[h]; !ok {
			at[h] = i
		}
	}
	p := &places{header: header, cols: make([]int, len(m.sources))}
	asked := m.Columns()
	for i, source := range m.sources {
		p.cols[i] = -1
		if j := slices.IndexFunc(asked, func(c Column) bool { return sameNames(c.Names, source.Names) }); j >= 0 && j < len(row.Places) {
			p.cols[i] = row.Places[j]
			continue
		}
		for _, name := range source.Names {
			if col, ok := at[pipeline.Fold(name)]; ok {
				p.cols[i] = col
				break
			}
		}
	}
	p.hows = m.tell(row.Styles, p.cols)
	m.found.Store(p)
	return p.cols, p.hows
}

// same tells whether two headers are one slice. It stays alive while it is
// remembered, so that its place in memory is its own.
func same(a, b []string) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
