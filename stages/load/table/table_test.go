package table_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/table"
)

// shelf is a table in memory that fails when told to.
type shelf struct {
	mu   sync.Mutex
	rows map[string]pipeline.TableRow
	fail error // what the next Put says
	lose bool  // the next Put says so after it has stored the rows
}

func (s *shelf) Put(_ context.Context, _ string, rows []pipeline.TableRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for _, r := range rows {
		s.rows[r.Code] = r
	}
	if s.lose {
		s.lose = false
		return errors.New("connection lost")
	}
	return nil
}

func (s *shelf) PutAll(context.Context, map[string][]pipeline.TableRow) error { return nil }

func (s *shelf) Marked(context.Context, string, string, bool) iter.Seq2[pipeline.TableRow, error] {
	return nil
}

func (s *shelf) Row(_ context.Context, _, code string) (pipeline.TableRow, error) {
	r, ok := s.rows[code]
	if !ok {
		return r, pipeline.ErrNotFound
	}
	return r, nil
}

func (s *shelf) Rows(context.Context, string) iter.Seq2[pipeline.TableRow, error] { return nil }

func TestSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(*testing.T) sinktest.World {
		s := &shelf{rows: map[string]pipeline.TableRow{}}
		sink := table.New(s, "items")
		return sinktest.World{
			Sink:   sink,
			Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var docs []pipeline.Document
				for _, text := range texts {
					doc, problems := sink.Kinds()[0].Build([]pipeline.Record{item(2, map[string]string{"code": text})})
					if len(problems) > 0 {
						t.Fatal(problems)
					}
					docs = append(docs, doc)
				}
				return docs
			},
			Effects: func() []string {
				var codes []string
				for code := range s.rows {
					codes = append(codes, code)
				}
				return codes
			},
			Lose: func() { s.lose = true },
			Full: func() { s.fail = errors.New("disk full") },
			Mend: func() { s.fail = nil },
		}
	})
}

// item makes a record of an item in a row of the file.
func item(row int, values map[string]string) pipeline.Record {
	kind := table.New(nil, "items").Kinds()[0]
	shape := pipeline.NewShape(kind.Fields)
	r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "items.csv", Row: row}}, shape)
	for name, text := range values {
		v := pipeline.Value{Set: true, Text: text, Col: 1 + shape.Index(name)}
		switch kind.Fields[shape.Index(name)].Type {
		case pipeline.Amount, pipeline.Rate:
			v.Dec = udecimal.MustParse(text)
		}
		r.Put(shape.Index(name), v)
	}
	return r
}

// TestBuild_TwiceIsToldOfWhatNamesTheRow names a column that the table has.
func TestBuild_TwiceIsToldOfWhatNamesTheRow(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"items": "code", "prices": "code", "customer_matches": "other"} {
		kind := table.New(nil, name).Kinds()[0]
		var rows []pipeline.Record
		for _, text := range []string{"a", "b"} {
			r := pipeline.NewRecord(pipeline.Row{}, pipeline.NewShape(kind.Fields))
			for i, f := range kind.Fields {
				v := pipeline.Value{Set: true, Text: text}
				if slices.Contains(kind.GroupBy, f.Name) {
					v.Text = "1"
				}
				r.Put(i, v)
			}
			rows = append(rows, r)
		}
		_, problems := kind.Build(rows)
		at := slices.IndexFunc(problems, func(p pipeline.Problem) bool { return p.Rule == "key.twice" })
		if at < 0 || problems[at].Field != want || problems[at].Value != "1" {
			t.Errorf("%s: %v, want one of %s", name, problems, want)
		}
	}
}

func TestBuild(t *testing.T) {
	t.Parallel()
	oil := map[string]string{"code": "00123", "name_ar": "زيت زيتون", "barcode": "6221031000010",
		"eta_type": "EGS", "eta_code": "EG-1-1", "vat_rate": "14", "price": "145.50"}
	dear := map[string]string{"code": "00123", "name_ar": "زيت زيتون", "price": "150"}
	build := table.New(nil, "items").Kinds()[0].Build

	doc, problems := build([]pipeline.Record{item(2, oil), item(5, oil)})
	if len(problems) > 0 {
		t.Errorf("the same row twice: %v", problems)
	}
	var cols map[string]string
	if err := json.Unmarshal(doc.Body, &cols); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"code": "00123", "name_ar": "زيت زيتون", "barcode": "6221031000010",
		"eta_type": "EGS", "eta_code": "EG-1-1", "vat_rate": "14", "price": "145.5"}
	if diff := cmp.Diff(want, cols); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
	if doc.Key != "items/00123" || !slices.Equal(doc.Words, []string{"00123", "6221031000010"}) {
		t.Errorf("key %q, words %q", doc.Key, doc.Words)
	}

	_, problems = build([]pipeline.Record{item(2, oil), item(5, dear)})
	if len(problems) != 1 || problems[0].Rule != "key.twice" || problems[0].Row != 5 || problems[0].With["key"] != "00123" {
		t.Errorf("the same code with another price: %v", problems)
	}
	_, problems = build([]pipeline.Record{item(2, map[string]string{"code": "1", "eta_type": "GTIN"})})
	if len(problems) != 1 || problems[0].Rule != "item.eta" {
		t.Errorf("an unknown code type: %v", problems)
	}
}
