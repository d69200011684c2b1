package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"wasl/pipeline"
)

// mostRows is how many rows of one reference table are kept at hand.
const mostRows = 20_000

// lookups are the reference tables as mappings look into them. Rows and the order
// of a column are kept once they were asked for, and forgotten when the table is
// written: a run of a thousand orders reads an item once.
type lookups struct {
	pipeline.Table
	ctx context.Context // of the run: mappings know none

	mu      sync.Mutex
	written map[string]int // by table: how often, so that what was read before is not kept after
	rows    map[string]map[string]map[string]string
	columns map[string]map[string]*column // by table and column
}

// A column is one of a table in order. texts are what stands in it, each once.
type column struct {
	entries []entry
	texts   []string
}

type entry struct{ text, code string }

// lookupIn makes the reference tables of the ledger ready to be looked into.
func lookupIn(ctx context.Context, tables pipeline.Table) *lookups {
	return &lookups{Table: tables, ctx: ctx, written: map[string]int{},
		rows: map[string]map[string]map[string]string{}, columns: map[string]map[string]*column{}}
}

// Put stores rows, and forgets what is known of their table.
func (l *lookups) Put(ctx context.Context, table string, rows []pipeline.TableRow) error {
	return l.PutAll(ctx, map[string][]pipeline.TableRow{table: rows})
}

// PutAll stores rows of several tables, and forgets what is known of them.
func (l *lookups) PutAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	err := l.Table.PutAll(ctx, rows)
	l.mu.Lock()
	defer l.mu.Unlock()
	for table := range rows {
		l.written[table]++
		delete(l.rows, table)
		delete(l.columns, table)
	}
	return err
}

// row gives a row by its code; false where there is none.
func (l *lookups) row(table, code string) (map[string]string, bool, error) {
	l.mu.Lock()
	cols, ok := l.rows[table][code]
	written := l.written[table]
	l.mu.Unlock()
	if ok {
		return cols, true, nil
	}
	row, err := l.Table.Row(l.ctx, table, code)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written[table] == written {
		if len(l.rows[table]) >= mostRows || l.rows[table] == nil {
			l.rows[table] = map[string]map[string]string{}
		}
		l.rows[table][code] = row.Cols
	}
	return row.Cols, true, nil
}

// find gives the rows whose column holds a text.
func (l *lookups) find(table, name, text string) ([]map[string]string, error) {
	c, err := l.column(table, name)
	if err != nil {
		return nil, err
	}
	at, _ := slices.BinarySearchFunc(c.entries, text, func(e entry, text string) int { return strings.Compare(e.text, text) })
	var rows []map[string]string
	for ; at < len(c.entries) && c.entries[at].text == text; at++ {
		cols, ok, err := l.row(table, c.entries[at].code)
		if err != nil {
			return nil, err
		}
		if ok {
			rows = append(rows, cols)
		}
	}
	return rows, nil
}

// near gives the texts of a column that begin with a prefix. A table that cannot be
// read gives none: they only say what was probably meant.
func (l *lookups) near(table, name, prefix string) []string {
	c, err := l.column(table, name)
	if err != nil {
		return nil
	}
	from, _ := slices.BinarySearch(c.texts, prefix)
	to := from
	for to < len(c.texts) && prefix != "" && strings.HasPrefix(c.texts[to], prefix) {
		to++
	}
	if prefix == "" {
		to = len(c.texts)
	}
	return c.texts[from:to:to]
}

// column gives a column in order; "" is the rows' own code.
func (l *lookups) column(table, name string) (*column, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, ok := l.columns[table][name]; ok {
		return c, nil
	}
	c := &column{}
	for row, err := range l.Rows(l.ctx, table) {
		if err != nil {
			return nil, err
		}
		text := row.Code
		if name != "" {
			text = row.Cols[name]
		}
		if text != "" {
			c.entries = append(c.entries, entry{text, row.Code})
		}
	}
	slices.SortFunc(c.entries, func(a, b entry) int {
		if n := strings.Compare(a.text, b.text); n != 0 {
			return n
		}
		return strings.Compare(a.code, b.code)
	})
	for _, e := range c.entries {
		c.texts = append(c.texts, e.text)
	}
	c.texts = slices.Compact(c.texts)
	if l.columns[table] == nil {
		l.columns[table] = map[string]*column{}
	}
	l.columns[table][name] = c
	return c, nil
}
