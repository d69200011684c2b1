package ledger

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"wasl/pipeline"
)

// BenchmarkFile files 100,000 documents of stock: the first night, when all of
// them are new, and a later one, when one in a hundred has changed.
func BenchmarkFile(b *testing.B) {
	const n = 100_000
	for _, c := range []struct {
		name  string
		first bool
	}{{"first", true}, {"later", false}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				b.StopTimer()
				w := newWorld(b)
				fill := func(night int) {
					job := w.admit("stock")
					_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
						for i := range n {
							if err := to.Document(stockDoc(i, night), 1, nil); err != nil {
								return pipeline.Reading{}, err
							}
						}
						return pipeline.Reading{Rows: n}, nil
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				if !c.first {
					fill(0)
					if _, err := w.l.writer.Exec(`UPDATE documents SET state = 'superseded'; UPDATE known SET waiting = 0`); err != nil {
						b.Fatal(err)
					}
				}
				runtime.GC()
				b.StartTimer()
				fill(1)
				b.StopTimer()
				_ = w.l.Shut()
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "docs/s")
		})
	}
}

func stockDoc(i, night int) pipeline.Document {
	state, quantity := pipeline.Unchanged, 7
	if night == 0 || i%100 == 0 {
		state, quantity = pipeline.Ready, night
	}
	sku := fmt.Sprintf("A-%06d", i)
	return pipeline.Document{Key: "stock/" + sku + "/gid://shopify/Location/1", State: state, Name: sku + " @ 01", Words: []string{sku}, Old: "6",
		Body: fmt.Appendf(nil, `{"sku":%q,"location":"gid://shopify/Location/1","quantity":"%d"}`, sku, quantity),
		From: []pipeline.Origin{{File: "stock.csv", Row: i + 2}}}
}

// BenchmarkTake takes and settles 100,000 documents in batches of 250.
func BenchmarkTake(b *testing.B) {
	const n = 100_000
	w := newWorld(b)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}, Batch: 250})
	docs := make([]pipeline.Document, n)
	for i := range docs {
		docs[i] = stockDoc(i, 0)
	}
	w.file(w.admit("stock"), true, docs...)
	b.ResetTimer()
	for range b.N {
		start, done := time.Now(), 0
		for batch := w.take("stock"); len(batch.Docs) > 0; batch = w.take("stock") {
			w.settle(batch, pipeline.Delivered)
			done += len(batch.Docs)
		}
		b.ReportMetric(float64(done)/time.Since(start).Seconds(), "docs/s")
	}
}

// BenchmarkWishes reads what the ERP said last of 100,000 keys: after a file that
// was delivered, and after a memo that put all of it back.
func BenchmarkWishes(b *testing.B) {
	const n = 100_000
	w := newWorld(b)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}})
	docs := make([]pipeline.Document, n)
	for i := range docs {
		docs[i] = stockDoc(i, 0)
	}
	w.file(w.admit("stock"), false, docs...)
	read := func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if wishes, err := w.l.Wishes(context.Background(), "stock"); err != nil || len(wishes) != n {
				b.Fatalf("%d wishes, %v", len(wishes), err)
			}
		}
	}
	b.Run("file", read)
	w.memo("stock", pipeline.MemoUndo, docs...)
	b.Run("undone", read)
}

// BenchmarkOvertake files 100,000 documents over those of a held job, each of which
// books something.
func BenchmarkOvertake(b *testing.B) {
	const n = 100_000
	w := newWorld(b)
	w.flow(pipeline.Flow{Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}})
	docs := make([]pipeline.Document, n)
	for i := range docs {
		docs[i] = stockDoc(i, 0)
		docs[i].Then = []pipeline.Booking{{At: night, Why: "end", Doc: pipeline.Document{Key: docs[i].Key, Body: docs[i].Body}}}
	}
	for range b.N {
		start := time.Now()
		w.gated(w.admit("stock"), holding, docs...)
		b.ReportMetric(time.Since(start).Seconds(), "s/file")
	}
	if held, err := w.l.Held(context.Background()); err != nil || len(held) != 1 {
		b.Errorf("%d held, %v", len(held), err)
	}
}
