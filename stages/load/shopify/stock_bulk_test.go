package shopify

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// many puts so many items on the shelf at Cairo, and gives rows that want another
// balance of each.
func (s *shop) many(n int) []want {
	rows := make([]want, n)
	for i := range rows {
		sku := fmt.Sprintf("P-%05d", i)
		s.AddSKU(sku, 1)
		rows[i] = want{sku, s.cairo, "2", ""}
	}
	return rows
}

// inOne prepares rows whose documents leave in one batch.
func inOne(t *testing.T, s *shop, rows []want, change ...func(*Config)) *lane {
	t.Helper()
	l := prepare(t, s, s.sink(t, change...), rows...)
	l.size = len(rows)
	return l
}

// once fails where a balance was set more than once, or not as it is to be.
func (l *lane) once(rows []want) {
	l.t.Helper()
	effects := map[string]int{}
	for _, e := range l.shop.History() {
		if e.Reason != "sale" {
			effects[e.SKU]++
		}
	}
	held := map[string]string{}
	for _, q := range l.shop.Quantities() {
		held[q.SKU] = fmt.Sprint(q.Available)
	}
	for _, r := range rows {
		if n := effects[r.sku]; n != 1 {
			l.t.Fatalf("%s was set %d times: %v", r.sku, n, l.errs)
		}
		if got := held[r.sku]; got != r.quantity {
			l.t.Errorf("the shop holds %s of %s, want %s", got, r.sku, r.quantity)
		}
	}
	for key, d := range l.docs {
		if d.State != pipeline.Delivered {
			l.t.Fatalf("%s is %s: %v", key, d.State, l.errs)
		}
	}
}

func TestStockBulk(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	rows := s.many(600)
	l := inOne(t, s, rows)
	l.run().once(rows)
	if n := len(s.CallsOf("bulkOperationRunMutation")); n != 1 || len(s.CallsOf("stagedUploadsCreate")) != 1 {
		t.Errorf("%d operations", n)
	}
	keys := map[string]bool{}
	for _, e := range s.History() {
		keys[e.Key] = true
	}
	if len(keys) != 3 {
		t.Errorf("%d keys for three lines", len(keys))
	}
	s.clean(t)
}

func TestStockBulk_Frozen(t *testing.T) {
	t.Parallel()
	var docs []pipeline.Document
	for i := range 251 {
		docs = append(docs, pipeline.Document{Key: fmt.Sprint(i), Body: stock{SKU: "A", Item: "gid://shopify/InventoryItem/1", Location: "gid://shopify/Location/1", Quantity: int64(i)}.body()})
	}
	b := pipeline.Batch{ID: "00000000-0000-4000-8000-000000000001", Job: pipeline.Job{Drop: "d", Flow: "f"}, Docs: docs}
	rules := stockRulesOf(Config{}, pipeline.Settings{"quantity": "on_hand"}, "")
	one, err := rules.freeze(b)
	two, _ := rules.freeze(b)
	lines := bytes.Split(bytes.TrimSpace(one), []byte("\n"))
	if err != nil || !bytes.Equal(one, two) || len(lines) != 3 || !inLines(one) {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if !bytes.Contains(lines[2], []byte(`"name":"on_hand"`)) || !bytes.Contains(lines[2], []byte(lineKey(b.ID, 1))) || lineKey(b.ID, 1) == lineKey(b.ID, 0) || lineKey("b", 1) == lineKey("c", 1) {
		t.Errorf("%s", lines[2])
	}
	b.Docs = docs[:250]
	if one, err := rules.freeze(b); err != nil || inLines(one) {
		t.Errorf("250 fit into one mutation: %v", err)
	}
}

// What goes wrong on the way of a bulk operation: each balance is set once all the
// same.
func TestStockBulk_Faults(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]func(s *shop){
		"the start is lost, and it was started": func(s *shop) {
			s.Fault("bulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
		},
		"the start is lost, and it was not": func(s *shop) {
			s.Fault("bulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetBefore})
		},
		"an answer is missing": func(s *shop) { s.PlanBulk(shopifytest.BulkPlan{Lose: []int{1}}) },
		"it fails half way":    func(s *shop) { s.PlanBulk(shopifytest.BulkPlan{End: "FAILED", After: 1}) },
		"it is canceled":       func(s *shop) { s.PlanBulk(shopifytest.BulkPlan{End: "CANCELED", After: 2}) },
		"it never ran":         func(s *shop) { s.PlanBulk(shopifytest.BulkPlan{End: "FAILED"}) },
		"half of the result":   func(s *shop) { s.Fault("download", 1, shopifytest.Fault{Kind: shopifytest.FaultHalf}) },
		"no points to read": func(s *shop) {
			s.Fault("InventoryLevelsOfItems", 1, shopifytest.Fault{Kind: shopifytest.FaultThrottled})
			s.PlanBulk(shopifytest.BulkPlan{Lose: []int{1}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, shopifytest.Options{})
			rows := s.many(600)
			l := inOne(t, s, rows)
			plan(s)
			l.run().once(rows)
			s.clean(t, "throttled")
		})
	}
}

// Some rows are wrong, and some were sold: only those are put aside and planned
// anew; the rest of their lines leaves again.
func TestStockBulk_PartlyRefused(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	rows := s.many(600)
	l := inOne(t, s, rows)
	s.DeleteVariant("P-00010")
	sell(t, s, "P-00300", -1)
	l.run()
	for key, d := range l.docs {
		want := pipeline.Delivered
		if key == "stock/P-00010@"+s.cairo {
			want = pipeline.Rejected
			if why := l.why[key]; len(why) != 1 || why[0].Rule != "shopify.refused" || why[0].Origin.String() != "stock.csv:12 [Qty]" {
				t.Errorf("why %+v", why)
			}
		}
		if d.State != want {
			t.Errorf("%s is %s", key, d.State)
		}
	}
	if got := s.available(t, "P-00300"); got != 2 {
		t.Errorf("P-00300 is %d", got)
	}
	s.clean(t)
}

// Stale rows are answered by the flow's policy, in lines as in a mutation.
func TestStockBulk_Stale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]pipeline.State{"erp": pipeline.Delivered, "hold": pipeline.Rejected} {
		s := open(t, shopifytest.Options{})
		l := inOne(t, s, s.many(600), func(c *Config) { c.OnStale = policy })
		for _, call := range []string{"bulkOperationRunMutation", "inventorySetQuantities"} { // its line leaves again by itself
			s.Fault(call, 1, shopifytest.Meanwhile(func() { sell(t, s, "P-00300", -1) }))
		}
		l.run()
		if got := l.state("P-00300"); got != want || l.state("P-00301") != pipeline.Delivered {
			t.Errorf("%s: %s", policy, got)
		}
		s.clean(t)
	}
}

// A line without an answer was set where one of its balances is as it was to be and
// none as before: what was sold since is not put back.
func TestStockBulk_LostLineThatWasSet(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	rows := s.many(600)
	for i := range rows {
		rows[i].quantity = "5"
	}
	l := inOne(t, s, rows)
	s.PlanBulk(shopifytest.BulkPlan{Lose: []int{0}})
	sold := false
	s.Fault("BulkOperationStatus", 0, shopifytest.Meanwhile(func() {
		if len(s.History()) >= 600 && !sold {
			sold = true
			sell(t, s, "P-00003", -1)
		}
	}))
	l.run()
	if !sold || s.available(t, "P-00003") != 4 || l.holds(pipeline.Delivered) != 600 {
		t.Errorf("sold %v, the shop holds %d, %d delivered", sold, s.available(t, "P-00003"), l.holds(pipeline.Delivered))
	}
	s.clean(t)
}

func TestStockRules_WasSet(t *testing.T) {
	t.Parallel()
	n := func(n int64) *int64 { return &n }
	doc := func(item string, from *int64, quantity int64) pipeline.Document {
		return pipeline.Document{Key: item, Body: stock{Item: item, Location: "L", From: from, Quantity: quantity}.body()}
	}
	now := map[spot]level{{"a", "L"}: {Available: 5}, {"b", "L"}: {Available: 7}}
	for i, c := range []struct {
		docs []pipeline.Document
		want bool
	}{
		{[]pipeline.Document{doc("a", n(1), 5), doc("b", n(2), 7)}, true},
		{[]pipeline.Document{doc("a", n(1), 5), doc("b", n(2), 8)}, true},  // sold since
		{[]pipeline.Document{doc("a", n(1), 5), doc("b", n(7), 8)}, false}, // as before
		{[]pipeline.Document{doc("a", n(1), 6), doc("b", n(2), 8)}, false}, // nobody knows
		{[]pipeline.Document{doc("a", n(1), 5), doc("b", n(7), 7)}, true},
		{[]pipeline.Document{doc("a", nil, 5)}, false},
	} {
		if got := stockRulesOf(Config{}, nil, "").wasSet(c.docs, now); got != c.want {
			t.Errorf("%d: %v", i, got)
		}
	}
}

// waiting asks on until there is an answer, as a lane does.
type waiting struct {
	*Sink
	clock *clock
}

func (p waiting) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	a, err := p.Sink.Send(ctx, b)
	return p.on(ctx, b, a, err)
}

func (p waiting) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	a, err := p.Sink.Ask(ctx, b)
	return p.on(ctx, b, a, err)
}

func (p waiting) on(ctx context.Context, b pipeline.Batch, a pipeline.Answer, err error) (pipeline.Answer, error) {
	for err == nil && a.Again > 0 {
		for i, doc := range b.Docs {
			for _, o := range a.Outcomes {
				if o.Key == doc.Key {
					b.Docs[i].State, b.Docs[i].Ticket = o.State, o.Ticket
				}
			}
		}
		p.clock.advance(a.Again)
		a, err = p.Sink.Ask(ctx, b)
	}
	return a, err
}

// Balances that leave in lines pass what every sink passes.
func TestSink_StockBulk(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := open(t, shopifytest.Options{BulkPolls: 1})
		sink := s.sink(t)
		return sinktest.World{
			Sink:   waiting{sink, s.clock},
			Freeze: func(b pipeline.Batch) ([]byte, error) { return stockRulesOf(s.config(), nil, "").freezeLines(b) },
			Docs: func(texts []string) []pipeline.Document {
				var docs []pipeline.Document
				for i, text := range texts {
					sku := pipeline.Clean(text)
					s.AddSKU(sku, 0)
					docs = append(docs, plan(t, sink, want{sku, s.cairo, fmt.Sprint(i + 1), ""})[0].Doc)
				}
				return docs
			},
			Effects: func() []string {
				var out []string
				for _, e := range s.History() {
					out = append(out, fmt.Sprint(e.SKU, " ", e.To))
				}
				return out
			},
			Lose: func() {
				s.Fault("bulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
			},
			Full: func() { s.Fault("graphql", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { s.ClearFaults(); s.clock.advance(10 * time.Minute) },
		}
	})
}
