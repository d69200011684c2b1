package eta

import (
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
)

// BenchmarkSeal seals receipts of 20 lines: time, place, canonical text, SHA-256, uuid.
func BenchmarkSeal(b *testing.B) {
	s := demoSink(b, nil)
	doc := twenty(b, s)
	at := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	seal := s.Kinds()[0].Seal
	b.ReportAllocs()
	b.SetBytes(int64(len(doc.Body)))
	head := ""
	for b.Loop() {
		var err error
		if _, _, head, err = seal(doc, pipeline.Link{Head: head}, at); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

// BenchmarkBuild makes such a receipt of the records of its order.
func BenchmarkBuild(b *testing.B) {
	s := demoSink(b, nil)
	group := twentyLines(b)
	make := s.Kinds()[0].Build
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := make(group); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

func twenty(tb testing.TB, s *Sink) pipeline.Document {
	doc, problems := build(tb, s, twentyLines(tb))
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return doc
}

func twentyLines(tb testing.TB) []pipeline.Record {
	var lines []row
	for i := range 20 {
		lines = append(lines, goodsRow(fmt.Sprintf("SKU-%03d", i), "3", "33.33"))
	}
	return saleOf(tb, row{"order.subtotal": "1899.80", "order.discount": "100.00", "order.discount_code": "WELCOME", "order.total": "1899.80"}, lines...)
}

// BenchmarkSeal_Hash is the floor under BenchmarkSeal: the SHA-256 of the same receipt's canonical text alone.
func BenchmarkSeal_Hash(b *testing.B) {
	text, err := canonical(twenty(b, demoSink(b, nil)).Body)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		hash(text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}
