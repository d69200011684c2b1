package law

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wasl/pipeline"
)

// A Table is one of the authority's tables.
type Table struct {
	Name   string
	File   string // where the installation's own was read; "" of the one that is shipped
	Dated  string // 2006-01-02: the day whose state it shows; of an own file without a date, when it was last written
	Source string // where it comes from
	Rows   []Row

	at map[string][]int // rows by code
}

// A Row is one line of a table: a code and the days on which it is in force.
type Row struct {
	Code     string
	From, To string // 2006-01-02, both inclusive; "" has no bound
	Line     int    // of the file, counted from 1

	columns []string
	cells   []string
}

// Cell is what stands in a column; "" where the table has none of that name.
func (r Row) Cell(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 {
		return r.cells[i]
	}
	return ""
}

// Columns are the names of its table's columns, in order.
func (r Row) Columns() []string { return r.columns }

// On tells whether the row is in force on a day; on "" every row is.
func (r Row) On(day string) bool {
	return day == "" || (r.From == "" || r.From <= day) && (r.To == "" || day <= r.To)
}

// Months is how old the table is, in whole months; 0 where it has no date.
func (t *Table) Months(today time.Time) int {
	dated, err := time.Parse(time.DateOnly, t.Dated)
	if err != nil {
		return 0
	}
	months := (today.Year()-dated.Year())*12 + int(today.Month()) - int(dated.Month())
	if today.Day() < dated.Day() {
		months--
	}
	return max(0, months)
}

// On are the rows in force on a day.
func (t *Table) On(day string) []Row {
	var rows []Row
	for _, r := range t.Rows {
		if r.On(day) {
			rows = append(rows, r)
		}
	}
	return rows
}

// row is the row of a code on a day. On "" it is the newest.
func (t *Table) row(code, day string) (Row, bool) {
	all := t.at[code]
	for i := len(all) - 1; i >= 0; i-- {
		if r := t.Rows[all[i]]; r.On(day) {
			return r, true
		}
	}
	return Row{}, false
}

func (t *Table) finding(r Row, rule pipeline.Rule, facts ...string) pipeline.Finding {
	return pipeline.Finding{File: t.place(), Line: r.Line, Col: 1, Rule: rule, With: with(facts)}
}

func (t *Table) place() string {
	if t.File != "" {
		return t.File
	}
	return t.Name + ".csv"
}

// indexName is the table that says of the others how old they are.
const indexName = "tables"

type indexed struct{ dated, source string }

// readIndex reads tables.csv, where a folder has one.
func readIndex(folder fs.FS, in, dir string) (map[string]indexed, []pipeline.Finding) {
	index := map[string]indexed{}
	if _, err := fs.Stat(folder, path.Join(in, indexName+".csv")); errors.Is(err, fs.ErrNotExist) {
		return index, nil
	}
	t, found := readTable(folder, in, dir, indexName)
	if t == nil {
		return index, found
	}
	for _, r := range t.Rows {
		if !slices.Contains(allNames(), r.Code) {
			found = append(found, t.finding(r, "codes.file", "name", r.Code, "near", nearest(r.Code, allNames())))
		}
		index[r.Code] = indexed{r.Cell("dated"), r.Cell("source")}
	}
	return index, found
}

// readTable reads a table strictly. It is nil where nothing can be made of the file.
func readTable(folder fs.FS, in, dir, name string) (*Table, []pipeline.Finding) {
	t := &Table{Name: name, at: map[string][]int{}}
	if dir != "" {
		t.File = filepath.Join(dir, name+".csv")
	}
	text, err := fs.ReadFile(folder, path.Join(in, name+".csv"))
	if err != nil {
		return nil, []pipeline.Finding{{File: t.place(), Rule: "codes.read", With: with([]string{"said", err.Error()})}}
	}
	if !utf8.Valid(text) {
		return nil, []pipeline.Finding{{File: t.place(), Rule: "codes.utf"}}
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	r.Comma = comma(text)
	r.FieldsPerRecord = -1
	form := formOf(name)
	columns, err := r.Read()
	if err != nil {
		return nil, []pipeline.Finding{{File: t.place(), Rule: "codes.empty"}}
	}
	found := form.header(t, columns)
	if len(found) > 0 {
		return nil, found
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil || len(cells) > len(columns) {
			said := fmt.Sprintf("%d cells, %d columns", len(cells), len(columns))
			if err != nil {
				said = err.Error()
			}
			return nil, append(found, pipeline.Finding{File: t.place(), Line: line, Col: 1, Rule: "codes.read", With: with([]string{"said", said})})
		}
		if strings.Join(cells, "") == "" {
			continue // a line of commas at the end, as spreadsheets leave them
		}
		row := Row{Line: line, columns: columns, cells: trimmed(cells, len(columns))}
		row.Code, row.From, row.To = row.Cell("code"), row.Cell("valid_from"), row.Cell("valid_to")
		found = append(found, form.row(t, row)...)
		t.at[row.Code] = append(t.at[row.Code], len(t.Rows))
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil, []pipeline.Finding{{File: t.place(), Rule: "codes.empty"}}
	}
	return t, append(found, form.whole(t)...)
}

// comma tells how the cells of a file are kept apart: spreadsheets of Egypt write semicolons.
func comma(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		return ';'
	}
	return ','
}

func trimmed(cells []string, n int) []string {
	all := make([]string, n)
	for i, c := range cells {
		all[i] = strings.TrimSpace(c)
	}
	return all
}

// with makes facts of names and values in turn.
func with(facts []string) map[string]string {
	if len(facts) == 0 {
		return nil
	}
	m := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		m[facts[i]] = facts[i+1]
	}
	return m
}
