package extract

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"wasl/pipeline"
)

func glob(t *testing.T, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// readBytes reads a file from memory.
func readBytes(t testing.TB, o Options, name string, b []byte) ([]pipeline.Row, pipeline.Reading, error) {
	t.Helper()
	read, seq := o.Extract(t.Context(), pipeline.Drop{Name: name, Size: int64(len(b))}, bytes.NewReader(b))
	var rows []pipeline.Row
	for row, err := range seq {
		if err != nil {
			return rows, *read, err
		}
		if len(row.Cells) != len(row.Header) {
			t.Fatalf("row %d has %d cells under a header of %d", row.Row, len(row.Cells), len(row.Header))
		}
		rows = append(rows, row)
	}
	if read.Rows != len(rows) {
		t.Errorf("Reading.Rows is %d of %d", read.Rows, len(rows))
	}
	return rows, *read, nil
}

func readFile(t testing.TB, o Options, path string) ([]pipeline.Row, pipeline.Reading, error) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return readBytes(t, o, filepath.Base(path), b)
}

func takesFile(t testing.TB, o Options, path string) bool {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return o.Takes(pipeline.Drop{Name: "anything", Size: int64(len(b))}, bytes.NewReader(b))
}

func cellOf(row pipeline.Row, column string) string {
	if i := slices.Index(row.Header, column); i >= 0 {
		return row.Cells[i]
	}
	return ""
}

// refusal is the one problem for which a file was refused.
func refusal(t testing.TB, err error, hold bool) pipeline.Problem {
	t.Helper()
	refused, ok := errors.AsType[*pipeline.Refused](err)
	if !ok {
		t.Fatalf("want a refusal, got %v", err)
	}
	if refused.Hold != hold {
		t.Errorf("hold: got %v, want %v", refused.Hold, hold)
	}
	p := refused.Problems[0]
	if !p.Rule.Known() {
		t.Errorf("rule %s is not in the table", p.Rule)
	}
	return p
}
