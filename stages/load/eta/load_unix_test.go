//go:build unix

package eta

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// BenchmarkTake files, seals and packs 100,000 receipts of five lines through the real
// ledger, and counts the submissions: no more than ceil(n/500). What it measures is
// the taking alone: sealing, packing, and storing what was sealed. The memory in use is
// looked at after every submission, once it was collected: what was most beside that of
// ten times less receipts says whether it grows.
func BenchmarkTake(b *testing.B) {
	for _, receipts := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(receipts), func(b *testing.B) { benchTake(b, receipts) })
	}
}

func benchTake(b *testing.B, receipts int) {
	var spent time.Duration // processor time of what is measured
	s := demoSink(b, nil)
	kind := s.Kinds()[0]
	most, heavy := s.Limits()
	for b.Loop() {
		b.StopTimer()
		ctx := context.Background()
		l, err := ledger.Open(ctx, b.TempDir(), ledger.Options{Zone: time.UTC})
		if err != nil {
			b.Fatal(err)
		}
		flow := pipeline.Flow{Name: "sales", Lane: s.Lane(), Kind: kind, Batch: most, Bytes: heavy}
		drop, _, err := l.Admit(ctx, pipeline.Arrival{Name: "orders.csv", SHA256: "0", Path: "orders.csv", Inbox: "inbox", Claims: []pipeline.Claim{{Flow: flow.Name, Kind: kind.Name, Lane: flow.Lane}}})
		if err != nil {
			b.Fatal(err)
		}
		job := pipeline.Job{Drop: drop.ID, Flow: flow.Name}
		_, err = l.File(ctx, job, pipeline.Filed{Kind: kind.Name, Lane: flow.Lane, Space: kind.Space, Once: true}, func(f pipeline.Filing) (pipeline.Reading, error) {
			for i := range receipts {
				doc, problems := kind.Build(fiveLines(b, i))
				if len(problems) > 0 {
					return pipeline.Reading{}, fmt.Errorf("%v", problems)
				}
				doc.State = pipeline.Ready
				if err := f.Document(doc, 5, nil); err != nil {
					return pipeline.Reading{}, err
				}
			}
			return pipeline.Reading{Rows: 5 * receipts}, nil
		})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		submissions, peak := 0, uint64(0)
		for {
			start := cpu()
			batch, err := l.Take(ctx, flow.Lane, time.Now(), func(string) (pipeline.Flow, bool) { return flow, true })
			if err != nil {
				b.Fatal(err)
			}
			if len(batch.Docs) == 0 {
				break
			}
			if _, err := submission(batch.Docs, signatureEmpty); err != nil {
				b.Fatal(err)
			}
			submissions++
			spent += cpu() - start
			var a pipeline.Answer
			for _, d := range batch.Docs {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Delivered, Ref: d.Ref})
			}
			b.StopTimer()
			if _, err := l.Settle(ctx, batch, a, time.Now()); err != nil {
				b.Fatal(err)
			}
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapAlloc)
			b.StartTimer()
		}
		b.StopTimer()
		if want := int(math.Ceil(float64(receipts) / 500)); submissions > want {
			b.Errorf("%d submissions, want %d", submissions, want)
		}
		b.ReportMetric(float64(submissions), "submissions")
		b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
		if err := l.Shut(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(receipts*b.N)/b.Elapsed().Seconds(), "receipts/s")
	b.ReportMetric(float64(receipts*b.N)/spent.Seconds(), "receipts/s-core")
}

func fiveLines(tb testing.TB, n int) []pipeline.Record {
	var lines []row
	for i := range 5 {
		lines = append(lines, goodsRow(fmt.Sprintf("SKU-%03d", i), "3", "38.00"))
	}
	return saleOf(tb, row{"order.id": fmt.Sprint(54_000_000 + n), "order.name": fmt.Sprintf("#%d", n), "order.subtotal": "570.00", "order.total": "570.00"}, lines...)
}
