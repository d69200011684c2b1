package main

import (
	"context"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// shelf is a reference table in memory that counts what is read of it.
type shelf struct {
	rows []pipeline.TableRow
	read int
}

func (s *shelf) Put(_ context.Context, _ string, rows []pipeline.TableRow) error {
	s.rows = append(s.rows, rows...)
	return nil
}

func (s *shelf) PutAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	for table, some := range rows {
		_ = s.Put(ctx, table, some) // it is memory
	}
	return nil
}

// Marked is never asked for: mappings look by code and by column.
func (s *shelf) Marked(context.Context, string, string, bool) iter.Seq2[pipeline.TableRow, error] {
	return nil
}

func (s *shelf) Row(_ context.Context, _, code string) (pipeline.TableRow, error) {
	s.read++
	if i := slices.IndexFunc(s.rows, func(r pipeline.TableRow) bool { return r.Code == code }); i >= 0 {
		return s.rows[i], nil
	}
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

func (s *shelf) Rows(context.Context, string) iter.Seq2[pipeline.TableRow, error] {
	s.read++
	return func(yield func(pipeline.TableRow, error) bool) {
		for _, r := range s.rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// TestLookups reads a table once, and anew when it was written.
func TestLookups(t *testing.T) {
	t.Parallel()
	item := func(code, barcode string) pipeline.TableRow {
		return pipeline.TableRow{Code: code, Cols: map[string]string{"code": code, "barcode": barcode}}
	}
	s := &shelf{rows: []pipeline.TableRow{item("A-3", "622103"), item("A-1", "622101"), item("A-2", "622101"), item("B-1", "")}}
	l := lookupIn(context.Background(), s)
	for range 3 {
		if rows, err := l.find("items", "barcode", "622101"); err != nil || len(rows) != 2 || rows[0]["code"] != "A-1" {
			t.Fatalf("two items share a bar code: %v, %v", rows, err)
		}
		if rows, _ := l.find("items", "barcode", "622102"); rows != nil {
			t.Fatalf("found %v", rows)
		}
		if diff := cmp.Diff([]string{"A-1", "A-2", "A-3"}, l.near("items", "", "A-")); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff([]string{"622101", "622103"}, l.near("items", "barcode", "")); diff != "" {
			t.Fatal(diff)
		}
	}
	if s.read != 4 { // two columns, two rows
		t.Errorf("the table was read %d times", s.read)
	}
	if err := l.Put(context.Background(), "items", []pipeline.TableRow{item("C-1", "622102")}); err != nil {
		t.Fatal(err)
	}
	if rows, _ := l.find("items", "barcode", "622102"); len(rows) != 1 {
		t.Errorf("what was written is not found: %v", rows)
	}
	if _, ok, err := l.row("items", "Z"); ok || err != nil {
		t.Errorf("there is a row Z: %v", err)
	}
}
