package shopify

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// large makes rows of so many products of five variants, as the ERP says them;
// larger of one to five.
func large(products int, price string) []line { return larger(products, 5, price) }

func larger(products, variants int, price string) []line {
	var rows []line
	for i := range products {
		for j, size := range []string{"S", "M", "L", "XL", "XXL"}[:variants] {
			rows = append(rows, line{"group": fmt.Sprintf("G%06d", i), "code": fmt.Sprintf("C%06d-%d", i, j), "title": fmt.Sprintf("Item %06d", i),
				"vendor": "Nour", "option1_name": "Size", "option1": size, "price": price})
		}
	}
	return rows
}

// counted counts calls by their names.
func (s *shop) counted(from int) map[string]int {
	out := map[string]int{}
	for _, c := range s.Calls()[from:] {
		if c.Operation != "" {
			name := c.Operation
			if strings.HasPrefix(name, "wasl_") {
				name = "in bulk"
			}
			out[name]++
		}
	}
	return out
}

// Many products leave as one bulk operation; the same file changes nothing; what a
// person adds between the plan and the sending is kept there, too.
func TestProducts_Bulk(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	l := newGoodsLane(t, s, pipeline.Settings{"new_status": "active"})
	l.run(large(goodsAbove+20, "10")...)
	for key, state := range l.got {
		if state != pipeline.Delivered {
			t.Fatalf("%s is %s: %v", key, state, l.why[key])
		}
	}
	p, _ := s.Product("g000007")
	if len(p.Variants) != 5 || len(p.Published) != 1 || p.Variants[4].Metafields["wasl.item_code"] != "C000007-4" {
		t.Fatalf("%+v", p)
	}
	if n := len(s.CallsOf("bulkOperationRunMutation")); n != 1 {
		t.Errorf("%d bulk operations", n)
	}
	n := len(s.Mutations())
	l.run(large(goodsAbove+20, "10.00")...)
	for _, c := range s.Mutations()[n:] {
		if c.Operation != "BulkOperationRunQuery" {
			t.Errorf("the same file again sends %s", c.Operation)
		}
	}
	s.clock.advance(time.Hour)
	planned := l.plan(large(goodsAbove+20, "11")...)
	s.EditProduct("g000007", func(p *shopifytest.Product) {
		p.Variants = append(p.Variants, shopifytest.Variant{SKU: "HAND", Price: "1.00", Options: []string{"3XL"}})
	})
	l.send(planned)
	p, _ = s.Product("g000007")
	if len(p.Variants) != 6 || p.Variants[0].Price != "11.00" || p.Variants[5].SKU != "HAND" {
		t.Errorf("%+v", p)
	}
	s.clean(t)
}

// A product that was made between the plan and the operation is not made anew: what
// somebody has added to it meanwhile stays.
func TestProducts_BulkMadeMeanwhile(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	l := newGoodsLane(t, s, nil)
	rows := large(goodsAbove+1, "10")
	planned := l.plan(rows...)
	other := newGoodsLane(t, s, nil)
	other.run(rows[:5]...)
	if err := s.EditProduct("g000000", func(p *shopifytest.Product) {
		p.Variants = append(p.Variants, shopifytest.Variant{SKU: "HAND", Price: "1.00", Options: []string{"3XL"}})
	}); err != nil {
		t.Fatal(err)
	}
	l.send(planned)
	if p, _ := s.Product("g000000"); len(p.Variants) != 6 {
		t.Errorf("%+v", p)
	}
	for key, state := range l.got {
		if state != pipeline.Delivered {
			t.Errorf("%s is %s", key, state)
		}
	}
	s.clean(t)
}

// Our keys on what was there before us go twenty-five a call after the operation.
func TestProducts_BulkFirstContact(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	for i := range goodsAbove + 10 {
		s.AddProduct(shopifytest.Product{Title: "Old", Handle: fmt.Sprintf("old-%d", i), Variants: []shopifytest.Variant{{SKU: fmt.Sprintf("K%04d", i), Price: "9.00"}}})
	}
	var rows []line
	for i := range goodsAbove + 10 {
		rows = append(rows, line{"group": fmt.Sprintf("K%04d", i), "code": fmt.Sprintf("K%04d", i), "price": "10"})
	}
	l := newGoodsLane(t, s, nil)
	l.run(rows...)
	p, _ := s.Product("old-77")
	if l.want("K0077", pipeline.Delivered); p.Metafields["wasl.item_group"] != "K0077" || p.Variants[0].Metafields["wasl.item_code"] != "K0077" || p.Variants[0].Price != "10.00" {
		t.Errorf("%+v", p)
	}
	n := len(s.Calls())
	l.run(rows...)
	if l.want("K0077", pipeline.Unchanged); len(s.CallsOf("productSet")) != 0 {
		t.Errorf("calls %v", s.counted(n))
	}
	s.clean(t)
}

// What is lost on the way of a bulk operation: it is made once all the same.
func TestProducts_BulkFaults(t *testing.T) {
	t.Parallel()
	for _, f := range []struct {
		name string
		plan func(s *shop)
	}{
		{"the start is lost, and it was started", func(s *shop) {
			s.Fault("bulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
		}},
		{"the start is lost, and it was not", func(s *shop) {
			s.Fault("bulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetBefore})
		}},
		{"some answers are missing in the result", func(s *shop) {
			s.PlanBulk(shopifytest.BulkPlan{Lose: []int{3, 77}})
		}},
		{"it fails half way", func(s *shop) {
			s.PlanBulk(shopifytest.BulkPlan{End: "FAILED", After: 100})
		}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := goodsShop(t)
			l := newGoodsLane(t, s, nil)
			l.run(line{"group": "first", "code": "first"})
			planned := l.plan(large(goodsAbove+1, "10")...)
			f.plan(s)
			l.send(planned)
			made := 0
			for _, p := range s.Products() {
				if strings.HasPrefix(p.Metafields["wasl.item_group"], "G") {
					made++
				}
			}
			if made != goodsAbove+1 {
				t.Errorf("%d products, want %d", made, goodsAbove+1)
			}
			for key, state := range l.got {
				if state != pipeline.Delivered {
					t.Errorf("%s is %s", key, state)
				}
			}
			s.clean(t)
		})
	}
}

var (
	manyProducts = flag.Int("products", 10_000, "products of the benchmark that counts calls and points")
	manyVariants = flag.Int("variants", 5, "variants of each: 1 to 5")
)

// BenchmarkProducts counts what the shop is asked for many products: new ones, the
// same again, and a new price of each. Run it with -benchtime 1x; -products 100000
// -variants 1 for the large one: with five variants each the stand-in takes longer to
// write the answer to a question of the whole shop than the client waits for one.
func BenchmarkProducts(b *testing.B) {
	for b.Loop() {
		benchProducts(b, *manyProducts)
	}
}

func benchProducts(b *testing.B, n int) {
	c := newClock()
	s := &shop{Server: shopifytest.New(shopifytest.Options{Now: c.now, Scopes: shopifytest.GoodsScopes}), clock: c}
	defer s.Server.Close()
	s.cairo, s.giza = s.Locations()[0].ID, s.Locations()[0].ID
	l := &goodsBench{b: b, shop: s, sink: s.quick(b)}
	l.run("new", larger(n, *manyVariants, "10"))
	c.advance(24 * time.Hour)
	l.run("the same", larger(n, *manyVariants, "10"))
	l.run("a new price", larger(n, *manyVariants, "11"))
}

// A goodsBench is a goodsLane that counts.
type goodsBench struct {
	b    *testing.B
	shop *shop
	sink *Sink

	batches int
}

func (l *goodsBench) run(name string, rows []line) {
	s := l.shop
	calls, points, from := len(s.Calls()), s.Points(), s.clock.now()
	var docs []pipeline.Document
	kind := productDesk{}.kind()
	for group := range slices.Chunk(productRows(kind.Fields, rows...), *manyVariants) {
		doc, wrong := kind.Build(group)
		if len(wrong) > 0 {
			l.b.Fatal(wrong)
		}
		docs = append(docs, doc)
	}
	plan, err := l.sink.Plan(l.b.Context(), pipeline.Question{Kind: kindProduct, Docs: docs})
	if err != nil {
		l.b.Fatal(err)
	}
	planCalls, planPoints, planned := len(s.Calls())-calls, s.Points()-points, s.clock.now().Sub(from)
	calls, points, from = len(s.Calls()), s.Points(), s.clock.now()
	var ready []pipeline.Document
	for _, p := range plan.Docs {
		if len(p.Problems) > 0 {
			l.b.Fatal(p.Problems)
		}
		if p.Doc.Kind = kindProduct; !p.Same {
			ready = append(ready, p.Doc)
		}
	}
	for part := range slices.Chunk(ready, goodsBulk) {
		l.batches++
		l.batch(l.batches, part)
	}
	l.b.Logf("%d products, %s: plan %d calls, %d points, %s; sending %d documents: %d calls, %d points, %s waited for points and for Shopify", len(docs), name,
		planCalls, planPoints, planned.Round(time.Second), len(ready), len(s.Calls())-calls, s.Points()-points, s.clock.now().Sub(from).Round(time.Second))
}

func (l *goodsBench) batch(n int, docs []pipeline.Document) {
	b := pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-9000-%012d", n), Docs: slices.Clone(docs), Taken: l.shop.clock.now(), Tries: 1}
	var err error
	if b.Request, err = freezeGoods(b); err != nil {
		l.b.Fatal(err)
	}
	if len(docs) > 10_000 { // the stand-in would work on all of them within one answer
		l.shop.PlanBulk(shopifytest.BulkPlan{Polls: len(docs) / 5000, LinesPerPoll: 5000})
	}
	a, err := l.sink.Send(l.b.Context(), b)
	for {
		if err != nil {
			l.b.Fatal(err)
		}
		left := map[string]string{}
		for _, o := range a.Outcomes {
			switch o.State {
			case pipeline.Accepted:
				left[o.Key] = o.Ticket
			case pipeline.Delivered:
			default:
				l.b.Fatalf("%s is %s", o.Key, o.State)
			}
		}
		if len(a.Outcomes) > 0 && len(left) == 0 {
			return
		}
		if len(left) > 0 {
			for i := range b.Docs {
				b.Docs[i].State, b.Docs[i].Ticket = pipeline.Accepted, left[b.Docs[i].Key]
			}
		}
		l.shop.clock.advance(max(a.Again, time.Second))
		a, err = l.sink.Ask(l.b.Context(), b)
		b.Asked++
	}
}
