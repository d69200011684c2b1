package main

import (
	"context"
	"iter"
	"slices"

	"wasl/pipeline"
)

// shelves are the ledger's reference tables with rows on top that are not there yet.
type shelves struct {
	pipeline.Table
	more map[string]map[string]pipeline.TableRow // by table and code
}

func (s *shelves) put(table string, row pipeline.TableRow) {
	if s.more == nil {
		s.more = map[string]map[string]pipeline.TableRow{}
	}
	if s.more[table] == nil {
		s.more[table] = map[string]pipeline.TableRow{}
	}
	s.more[table][row.Code] = row
}

// Put is never asked for: nothing is kept.
func (s *shelves) Put(context.Context, string, []pipeline.TableRow) error { return nil }

// PutAll is not asked for either.
func (s *shelves) PutAll(context.Context, map[string][]pipeline.TableRow) error { return nil }

// Row gives the newest row of a code.
func (s *shelves) Row(ctx context.Context, table, code string) (pipeline.TableRow, error) {
	if row, ok := s.more[table][code]; ok {
		return row, nil
	}
	return s.Table.Row(ctx, table, code)
}

// Rows gives all rows of a table: those of the ledger, with what is newer of each, then those that are new.
func (s *shelves) Rows(ctx context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	return func(yield func(pipeline.TableRow, error) bool) {
		seen := map[string]bool{}
		for row, err := range s.Table.Rows(ctx, table) {
			if newer, ok := s.more[table][row.Code]; ok {
				row = newer
			}
			seen[row.Code] = true
			if !yield(row, err) {
				return
			}
		}
		var fresh []string
		for code := range s.more[table] {
			if !seen[code] {
				fresh = append(fresh, code)
			}
		}
		slices.Sort(fresh)
		for _, code := range fresh {
			if !yield(s.more[table][code], nil) {
				return
			}
		}
	}
}
