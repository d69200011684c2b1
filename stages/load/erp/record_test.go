package erp

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

var cairo = func() *time.Location {
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		panic(err)
	}
	return zone
}()

// orders makes the records of an order from a table: field names in the first
// row, a record in each further one, cells parted by |.
func orders(t *testing.T, text string) []pipeline.Record {
	t.Helper()
	shape := pipeline.NewShape(fields)
	var names []string
	var records []pipeline.Record
	for n, row := range strings.Split(strings.TrimSpace(text), "\n") {
		cells := strings.Split(row, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if n == 0 {
			names = cells
			continue
		}
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "orders.csv", Row: n + 1}, Header: names}, shape)
		for i, cell := range cells {
			if cell != "" {
				r.Put(shape.Index(names[i]), value(t, names[i], cell, i+1))
			}
		}
		records = append(records, r)
	}
	return records
}

func value(t *testing.T, name, text string, col int) pipeline.Value {
	t.Helper()
	v := pipeline.Value{Set: true, Text: text, Col: col}
	var err error
	switch orderWords.types[name] {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		v.Dec, err = udecimal.Parse(text)
	case pipeline.Time:
		v.Time, err = time.Parse("2006-01-02 15:04:05 -0700", text)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// sinkOf makes a sink on a new folder; edit changes lines of the layout.
func sinkOf(t *testing.T, layout string) *Sink {
	t.Helper()
	return sinkIn(t, t.TempDir(), Config{}, layout)
}

func sinkIn(t *testing.T, dir string, c Config, layout string) *Sink {
	t.Helper()
	s, findings, err := New(c, []byte(layout), "layout.yaml", Deps{Dir: dir, Zone: cairo, State: filepath.Join(dir, "state"),
		Now: func() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) }})
	if err != nil || len(findings) > 0 {
		t.Fatalf("New: %v %v", findings, err)
	}
	return s
}

// filesIn are the files of a folder that an importer would see.
func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// batchOf is a batch of documents as the ledger would take it.
func batchOf(t *testing.T, s *Sink, docs ...pipeline.Document) pipeline.Batch {
	t.Helper()
	b := pipeline.Batch{ID: "7b0c5a52-6c0e-4a55-9d0e-6d8a4a3f2b11", Lane: s.Lane(),
		Job: pipeline.Job{Drop: "20261124-0001", Flow: "orders-to-erp"}, Docs: docs}
	request, err := s.Kinds()[0].Freeze(b)
	if err != nil {
		t.Fatal(err)
	}
	b.Request = request
	return b
}

// orderNamed is a small order of a name.
func orderNamed(t *testing.T, s *Sink, name string) pipeline.Document {
	t.Helper()
	records := orders(t, "order.created|order.total|line.sku|line.quantity|line.price\n2026-11-23 13:05:22 +0200|25.00|A-1001|2|12.50")
	shape := pipeline.NewShape(fields)
	records[0].Put(shape.Index("order.name"), pipeline.Value{Set: true, Text: name})
	doc, problems := s.Kinds()[0].Build(records)
	if len(problems) > 0 {
		t.Fatalf("%s: %v", name, problems)
	}
	return doc
}

func states(a pipeline.Answer) map[string]pipeline.State {
	out := map[string]pipeline.State{}
	for _, o := range a.Outcomes {
		out[o.Key] = o.State
	}
	return out
}

const small = `
name: SO-{number}.csv
columns:
  - {name: Order, field: order.name}
  - {name: Item, field: line.sku}
  - {name: Qty, field: line.quantity}
  - {name: Total, field: line.total}
`
