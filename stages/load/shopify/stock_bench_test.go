package shopify

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// floorOf is what setting balances costs at least (reference 5.4): 250 a call of 10
// points; above 20,000 one operation of some 60.
func floorOf(rows int) (calls, points int) {
	if rows > stockAbove {
		return 4, 60
	}
	calls = (rows + BatchSize - 1) / BatchSize
	return calls, 10 * calls
}

// BenchmarkStockCost counts calls, points and modelled waiting (for points and for
// Shopify's own work, by the stand-in's clock) of balances at one location, and holds
// what is sent against the floor: a first run, all of it once more, 2 % changed,
// nothing changed.
//
//	go test -run none -bench StockCost -benchtime 1x ./stages/load/shopify
func BenchmarkStockCost(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				costOf(b, n)
			}
		})
	}
}

func costOf(b *testing.B, n int) {
	clock := newClock()
	server := shopifytest.New(shopifytest.Options{Now: clock.now, Locations: []shopifytest.Location{{Name: "Cairo"}}, Scopes: shopifytest.GoodsScopes})
	defer server.Close()
	server.Fill(n/5, 5)
	s := &shop{Server: server, clock: clock, cairo: server.Locations()[0].ID, giza: server.Locations()[0].ID}
	l := &costLane{b: b, shop: s, sink: s.quick(b)}
	quantity := func(i int) int64 { return int64(i%40 + 60) }
	l.run("first run", n, n, pipeline.Question{}, quantity)
	clock.advance(24 * time.Hour)
	l.run("re-upload of all", n, n, pipeline.Question{Memo: pipeline.MemoReupload, All: true}, quantity)
	clock.advance(24 * time.Hour)
	l.run("2 % changed", n, n/50, pipeline.Question{Whole: true}, func(i int) int64 {
		if i%50 == 0 {
			return quantity(i) + 1
		}
		return quantity(i)
	})
	clock.advance(24 * time.Hour)
	l.run("nothing changed", n, 0, pipeline.Question{Whole: true}, func(i int) int64 {
		if i%50 == 0 {
			return quantity(i) + 1
		}
		return quantity(i)
	})
}

// A costLane is a lane that counts.
type costLane struct {
	b    *testing.B
	shop *shop
	sink *Sink

	batches int
}

// run plans and delivers a file of n balances, of which so many are to leave.
func (l *costLane) run(name string, n, leave int, q pipeline.Question, quantity func(int) int64) {
	s := l.shop
	q.Kind = kindStock
	for i := range n {
		sku := fmt.Sprintf("SKU-%05d-%d", 1+i/5, 1+i%5)
		q.Docs = append(q.Docs, pipeline.Document{Key: stockKey(sku, s.cairo), Kind: kindStock, State: pipeline.Ready,
			Body: stock{SKU: sku, Location: s.cairo, Quantity: quantity(i)}.body()})
	}
	calls, points, from := len(s.Calls()), s.Points(), s.clock.now()
	plan, err := l.sink.Plan(l.b.Context(), q)
	if err != nil {
		l.b.Fatal(err)
	}
	readCalls, readPoints, read := len(s.Calls())-calls, s.Points()-points, s.clock.now().Sub(from)
	var ready []pipeline.Document
	for _, p := range plan.Docs {
		if len(p.Problems) > 0 || p.Left != "" {
			l.b.Fatalf("%+v", p)
		}
		if !p.Same {
			ready = append(ready, p.Doc)
		}
	}
	if len(ready) != leave {
		l.b.Fatalf("%s: %d leave, want %d", name, len(ready), leave)
	}
	calls, points, from = len(s.Calls()), s.Points(), s.clock.now()
	size := BatchSize
	if len(ready) > stockAbove {
		size = stockBulk
	}
	for part := range slices.Chunk(ready, size) {
		l.deliver(part)
	}
	sentCalls, sentPoints := len(s.Calls())-calls, s.Points()-points
	floorCalls, floorPoints := floorOf(leave)
	l.b.Logf("%7d balances, %-16s: read %3d calls %4d points %4s; sent %3d calls %4d points %4s; floor %3d calls %4d points", n, name,
		readCalls, readPoints, read.Round(time.Second), sentCalls, sentPoints, s.clock.now().Sub(from).Round(time.Second), floorCalls, floorPoints)
	if 4*sentPoints > 5*floorPoints || leave <= stockAbove && 4*sentCalls > 5*floorCalls {
		l.b.Errorf("%s: more than 1.25 times the floor", name)
	}
}

// deliver sends one batch until all of it has arrived.
func (l *costLane) deliver(docs []pipeline.Document) {
	l.batches++
	b := pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-9000-%012d", l.batches), Docs: slices.Clone(docs), Taken: l.shop.clock.now(), Tries: 1}
	var err error
	if b.Request, err = (stockDesk{l.sink}).kind().Freeze(b); err != nil {
		l.b.Fatal(err)
	}
	a, err := l.sink.Send(l.b.Context(), b)
	for {
		var later *pipeline.Later
		if err != nil && !asLater(err, &later) {
			l.b.Fatal(err)
		}
		if later != nil { // waiting for points: sent again as it is
			l.shop.clock.advance(max(later.After, time.Second))
			a, err = l.sink.Send(l.b.Context(), b)
			continue
		}
		if len(a.Outcomes) > 0 && a.Outcomes[0].State == pipeline.Delivered {
			return
		}
		for i, o := range a.Outcomes {
			b.Docs[i].State, b.Docs[i].Ticket = o.State, o.Ticket
		}
		l.shop.clock.advance(max(a.Again, time.Second))
		a, err = l.sink.Ask(l.b.Context(), b)
		b.Asked++
	}
}

// BenchmarkStockMemory says what a document of a plan holds in memory.
//
//	go test -run none -bench StockMemory -benchtime 1x ./stages/load/shopify
func BenchmarkStockMemory(b *testing.B) {
	const n = 100_000
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	rules := stockRulesOf(Config{}, nil, "")
	fields := stockDesk{&Sink{}}.kind().Fields
	before := heap()
	docs := make([]pipeline.Document, n)
	for i := range docs {
		doc, problems := rules.build(cells(fields, fmt.Sprintf("sku=SKU-%06d location=gid://shopify/Location/7000000001 quantity=%d warehouse=01", i, i%50)))
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		docs[i] = doc
	}
	built := heap()
	b.ReportMetric(float64(built-before)/n, "B/document")
	h := newShelf(quantityAvailable)
	h.places["gid://shopify/Location/7000000001"] = place{ID: "gid://shopify/Location/7000000001", Name: "Cairo", Active: true, ours: true}
	for i := range n {
		sku := fmt.Sprintf("SKU-%06d", i)
		v := &variant{ID: fmt.Sprintf("gid://shopify/ProductVariant/%d", 4000000000+i), SKU: sku, Item: item{ID: fmt.Sprintf("gid://shopify/InventoryItem/%d", 5000000000+i), Tracked: true},
			Product: &product{ID: fmt.Sprintf("gid://shopify/Product/%d", 6000000000+i)}}
		h.add(v)
		h.levels[spot{v.Item.ID, "gid://shopify/Location/7000000001"}] = level{Available: 7}
	}
	shelved := heap()
	b.ReportMetric(float64(shelved-built)/n, "B/shelf")
	c := count{shelf: h, rules: rules}
	c.compare(docs, func(i int, planned pipeline.Planned) { docs[i] = planned.Doc }) // as Prepare takes them
	b.ReportMetric(float64(heap()-shelved)/n, "B/planned")
	runtime.KeepAlive(docs)
	runtime.KeepAlive(h)
}

// asLater finds a Later in an error.
func asLater(err error, into **pipeline.Later) bool {
	later, ok := errors.AsType[*pipeline.Later](err)
	*into = later
	return ok
}
