package shopify

import (
	"fmt"
	"testing"

	"wasl/stages/load/shopify/shopifytest"
)

// What reading a shop costs: calls, points, waiting (for points and for Shopify's
// work, as the stand-in's clock has it).
//
//	go test -run none -bench Survey -benchtime 1x ./stages/load/shopify
func BenchmarkSurvey(b *testing.B) {
	for _, c := range []struct {
		name     string
		variants int
		codes    int // asked for; 0: all
		need     need
	}{
		{"100 of 10,000, balances", 10_000, 100, needLevels},
		{"1,000 of 10,000, balances", 10_000, 1000, needLevels},
		{"10,000, balances", 10_000, 0, needLevels},
		{"10,000, everything", 10_000, 0, everything},
		{"100,000, balances", 100_000, 0, needLevels},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				measure(b, c.variants, c.codes, c.need)
			}
		})
	}
}

func measure(b *testing.B, variants, asked int, n need) {
	b.Helper()
	b.StopTimer()
	clock := newClock()
	server := shopifytest.New(shopifytest.Options{Now: clock.now, Locations: []shopifytest.Location{{Name: "Cairo"}}, Scopes: shopifytest.GoodsScopes})
	defer server.Close()
	server.Fill(variants/5, 5)
	s := &shop{Server: server, clock: clock, cairo: server.Locations()[0].ID, giza: server.Locations()[0].ID}
	sink := s.quick(b)
	var codes []string
	for i := range asked {
		codes = append(codes, fmt.Sprintf("SKU-%05d-%d", 1+i/5, 1+i%5))
	}
	b.StartTimer()
	h, err := sink.survey(b.Context(), n, codes)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	want := asked
	if asked == 0 {
		want = variants
	}
	if len(h.variants) != want || n.has(needLevels) && len(h.levels) != want {
		b.Fatalf("%d variants, %d balances, want %d", len(h.variants), len(h.levels), want)
	}
	used := sink.door.Used()
	b.ReportMetric(float64(used.Calls), "calls")
	b.ReportMetric(used.Points, "points")
	b.ReportMetric(used.Waited.Seconds(), "waited-s")
	b.StartTimer()
}
