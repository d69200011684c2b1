package shopify

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// What 10,000 items with two pictures each cost: calls, points, and how long they
// are waited for.
//
//	go test -run none -bench Images -benchtime 1x ./stages/load/shopify
func BenchmarkImages(b *testing.B) {
	for _, c := range []struct {
		name     string
		products int
		changed  int // items of which one picture is new
	}{{"first load", 10_000, 10_000}, {"200 replaced", 10_000, 200}} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				benchImages(b, c.products, c.changed)
			}
		})
	}
}

func benchImages(b *testing.B, products, changed int) {
	b.Helper()
	b.StopTimer()
	clock := newClock()
	server := shopifytest.New(shopifytest.Options{Now: clock.now, Scopes: shopifytest.GoodsScopes, Locations: []shopifytest.Location{{Name: "Cairo"}}})
	defer server.Close()
	w := &studio{shop: &shop{Server: server, clock: clock, cairo: server.Locations()[0].ID, giza: server.Locations()[0].ID}, t: b, vault: map[string][]byte{}}
	w.restart()
	for i := 1; i <= products; i++ {
		p := shopifytest.Product{Title: fmt.Sprint("Item ", i), Variants: []shopifytest.Variant{{SKU: "I-" + strconv.Itoa(i)}}}
		if changed < products {
			for j := 1; j <= 2; j++ {
				one := picture{SHA256: w.hash(fmt.Sprint(i, "/", j)), Position: j, Source: "a.jpg"}
				p.Media = append(p.Media, shopifytest.Picture{Name: one.name("I-" + strconv.Itoa(i))})
			}
		}
		server.AddProduct(p)
	}
	docs := w.items(products, changed)
	before := w.sink.door.Used()
	b.StartTimer()
	plan, err := w.sink.Plan(b.Context(), pipeline.Question{Kind: kindImage, Docs: docs})
	if err != nil {
		b.Fatal(err)
	}
	planned := w.sink.door.Used()
	var ready []pipeline.Document
	for _, p := range plan.Docs {
		if !p.Same {
			ready = append(ready, p.Doc)
		}
	}
	if len(ready) != changed {
		b.Fatalf("%d documents leave, want %d", len(ready), changed)
	}
	waited := time.Duration(0)
	for batch := range slices.Chunk(ready, galleriesPerBatch) {
		waited += w.through(b, batch)
	}
	b.StopTimer()
	used := w.sink.door.Used()
	b.ReportMetric(float64(planned.Calls-before.Calls), "plan-calls")
	b.ReportMetric(planned.Points-before.Points, "plan-points")
	b.ReportMetric(float64(used.Calls-planned.Calls), "calls")
	b.ReportMetric(used.Points-planned.Points, "points")
	b.ReportMetric(waited.Seconds(), "waited-s")
	b.StartTimer()
}

// items are documents of so many items; of some the first picture is new.
func (w *studio) items(products, changed int) []pipeline.Document {
	var docs []pipeline.Document
	for i := 1; i <= products; i++ {
		code := "I-" + strconv.Itoa(i)
		content := fmt.Sprint(i, "/", 1)
		if i <= changed && changed < products {
			content = "new " + content
		}
		doc, _ := buildImages([]pipeline.Record{w.row(0, code, "a.jpg", "position=1", "bytes="+content), w.row(1, code, "b.jpg", "position=2", fmt.Sprint("bytes=", i, "/", 2))})
		doc.Kind, doc.State = kindImage, pipeline.Ready
		docs = append(docs, doc)
	}
	return docs
}

// through sends documents until they are delivered, and tells how long points were
// waited for.
func (w *studio) through(b testing.TB, docs []pipeline.Document) (waited time.Duration) {
	b.Helper()
	open := slices.Clone(docs)
	for tries := 0; len(open) > 0; tries++ {
		if tries > 200 {
			b.Fatalf("%d documents are left", len(open))
		}
		var ready, accepted []pipeline.Document
		for _, d := range open {
			if d.State == pipeline.Accepted {
				accepted = append(accepted, d)
			} else {
				ready = append(ready, d)
			}
		}
		do, part := w.sink.Send, ready
		if len(part) == 0 {
			do, part = w.sink.Ask, accepted
		}
		a, err := do(b.Context(), pipeline.Batch{ID: "b", Docs: part})
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			waited += later.After
			w.clock.advance(later.After)
		} else if err != nil {
			b.Fatal(err)
		} else if len(ready) == 0 {
			w.clock.advance(time.Second) // the lane's own rest
		}
		for _, o := range a.Outcomes {
			i := slices.IndexFunc(open, func(d pipeline.Document) bool { return d.Key == o.Key })
			switch {
			case o.State == pipeline.Delivered:
				open = slices.Delete(open, i, i+1)
				continue
			case o.State == pipeline.Rejected:
				b.Fatal(o.Why)
			}
			if open[i].State = o.State; o.Ticket != "" {
				open[i].Ticket = o.Ticket
			}
			if o.Body != nil {
				open[i].Body = o.Body
			}
		}
	}
	return waited
}
