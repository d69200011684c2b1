package shopify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
	"wasl/stages/load/shopify/shopifytest"
)

// pricePoints is what the reference's table 5.4 gives for prices by a bulk operation.
const pricePoints = 30

// What setting prices costs: calls, points and waiting of the plan, and of sending.
//
//	go test -run none -bench Prices -benchtime 1x ./stages/load/shopify
func BenchmarkPrices(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				plan, send := costOfPrices(b, n, 1)
				for what, used := range map[string]admin.Used{"plan": plan, "send": send} {
					b.ReportMetric(float64(used.Calls), what+"-calls")
					b.ReportMetric(used.Points, what+"-points")
					b.ReportMetric(used.Waited.Seconds(), what+"-waited-s")
				}
			}
		})
	}
}

// Ten thousand prices cost no more than a quarter over the reference's floor.
func TestPrice_CostsWhatTheReferenceSays(t *testing.T) {
	t.Parallel()
	if _, used := costOfPrices(t, 10_000, 1); used.Points > 1.25*pricePoints {
		t.Errorf("%d calls, %v points; the reference says %d", used.Calls, used.Points, pricePoints)
	}
}

// costOfPrices sets so many prices, each of a product of its own, and says what the
// plan and the sending cost.
func costOfPrices(t testing.TB, n, each int) (plan, send admin.Used) {
	t.Helper()
	clock := newClock()
	server := shopifytest.New(shopifytest.Options{Now: clock.now, Locations: []shopifytest.Location{{Name: "Cairo"}}, Scopes: shopifytest.GoodsScopes})
	defer server.Close()
	server.Fill(n/each, each)
	s := &shop{Server: server, clock: clock, cairo: server.Locations()[0].ID, giza: server.Locations()[0].ID}
	sink := s.quick(t)
	kind := priceDesk{sink}.kind()
	var docs []pipeline.Document
	for i := range n {
		w := price{Code: fmt.Sprintf("SKU-%05d-%d", 1+i/each, 1+i%each), Price: decimal(fmt.Sprint(200+i%100, ".50"))}
		docs = append(docs, pipeline.Document{Key: "price/" + w.Code, Kind: kindPrice, Name: w.Code, Body: w.body(), State: pipeline.Ready})
	}
	planned, err := sink.Plan(t.Context(), pipeline.Question{Kind: kindPrice, Docs: docs})
	if err != nil {
		t.Fatal(err)
	}
	plan = sink.door.Used()
	b := pipeline.Batch{ID: "00000000-0000-4000-8000-000000000001", Taken: clock.now(), Tries: 1}
	for _, p := range planned.Docs {
		if p.Same || len(p.Problems) > 0 {
			t.Fatalf("%+v", p)
		}
		p.Doc.State = pipeline.Sending
		b.Docs = append(b.Docs, p.Doc)
	}
	if len(b.Docs) > kind.Bulk.Batch {
		t.Fatalf("%d documents do not fit into a batch", n)
	}
	if b.Request, err = kind.Freeze(b); err != nil {
		t.Fatal(err)
	}
	delivered := arriveAll(t, sink, clock, b)
	if delivered != n {
		t.Fatalf("%d of %d are delivered", delivered, n)
	}
	all := sink.door.Used()
	return plan, admin.Used{Calls: all.Calls - plan.Calls, Points: all.Points - plan.Points, Waited: all.Waited - plan.Waited}
}

// arriveAll sends a batch and asks about it until it is settled, and counts what is
// delivered.
func arriveAll(t testing.TB, sink *Sink, clock *clock, b pipeline.Batch) (delivered int) {
	t.Helper()
	a, err := sink.Send(t.Context(), b)
	for turn := 0; ; turn++ {
		if err != nil || turn > 100 {
			t.Fatal(err, turn)
		}
		states := map[string]pipeline.Outcome{}
		for _, o := range a.Outcomes {
			states[o.Key] = o
			if o.State == pipeline.Delivered {
				delivered++
			}
		}
		var open []pipeline.Document
		for _, doc := range b.Docs {
			if o := states[doc.Key]; !o.State.Final() || o.State == "" {
				if o.State != "" {
					doc.State, doc.Ticket = o.State, o.Ticket
				}
				open = append(open, doc)
			}
		}
		if b.Docs = open; len(open) == 0 {
			return delivered
		}
		clock.advance(max(a.Again, time.Second))
		b.Asked++
		a, err = sink.Ask(t.Context(), b)
	}
}

// A line of the bulk file is what the reference's mutation takes.
func TestPrice_LinesOfABulkFile(t *testing.T) {
	t.Parallel()
	var b pipeline.Batch
	for i := range priceAbove + 1 {
		compare := decimal("120.5")
		w := price{Code: fmt.Sprint(i), Price: decimal("99"), Compare: &compare, Was: &tag{},
			Target: Target{Variant: fmt.Sprint("gid://shopify/ProductVariant/", i), Product: fmt.Sprint("gid://shopify/Product/", i/2)}}
		b.Docs = append(b.Docs, pipeline.Document{Key: fmt.Sprint("price/", i), Body: w.body()})
	}
	request, err := freezePrices(b, priceWriting)
	if err != nil {
		t.Fatal(err)
	}
	docs, lines, err := frozenBulk(request)
	if err != nil || len(docs) != priceAbove/2+1 {
		t.Fatalf("%d lines, %v", len(docs), err)
	}
	var line json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(lines)).Decode(&line); err != nil {
		t.Fatal(err)
	}
	same(t, "line", string(line), `{"productId":"gid://shopify/Product/0","variants":[{"compareAtPrice":"120.50","id":"gid://shopify/ProductVariant/0","price":"99.00"},`+
		`{"compareAtPrice":"120.50","id":"gid://shopify/ProductVariant/1","price":"99.00"}]}`)
	same(t, "whose", fmt.Sprint(docs[0]), "[price/0 price/1]")
}
