package shopifytest

import (
	"strings"
	"testing"
	"time"
)

// The points of the operations README, for what the stand-in can run and for the heavy ones it can only price.
func TestCost_AsTheReferenceSays(t *testing.T) {
	t.Parallel()
	first := func(n int) map[string]any { return map[string]any{"first": n, "firstProducts": 100} }
	for _, c := range []struct {
		operation string
		vars      map[string]any
		want      int
	}{
		{"access_scopes", nil, 3}, {"shop_info", nil, 5}, {"public_api_versions", nil, 1},
		{"locations", first(10), 6}, {"locations", first(250), 13},
		{"publications", first(10), 34}, {"publications", first(50), 58},
		{"price_lists", first(10), 10}, {"price_lists", first(250), 24},
		{"metafield_definitions", first(250), 46}, {"metafield_definition_create", nil, 13}, {"job_status", nil, 1},
		{"product_set_async", nil, 10}, {"product_operation", nil, 2}, {"product_create", nil, 14}, {"product_update", nil, 10},
		{"product_variants_bulk_create", nil, 11}, {"product_variants_bulk_update", nil, 10},
		{"variants_page", first(10), 14}, {"variants_page", first(250), 35}, {"file_create", nil, 20}, {"file_status", nil, 2},
		{"inventory_set_quantities", nil, 10}, {"inventory_adjust_quantities", nil, 11}, {"inventory_activate", nil, 11},
		{"inventory_levels_at_location", first(10), 15}, {"inventory_levels_at_location", first(250), 36},
		{"discount_nodes", first(10), 10}, {"discount_nodes", first(250), 24},
		{"orders_ids_page", first(10), 6}, {"orders_ids_page", first(250), 13},
		{"orders_sync_page", first(10), 170}, {"orders_sync_page", first(50), 296}, {"orders_sync_page", first(250), 464},
		{"orders_page", first(10), 606}, {"orders_page", first(50), 1059}, {"orders_by_ids", nil, 151}, {"order_by_id", nil, 69},
		{"customers_page", first(10), 46}, {"metafields_set", nil, 10}, {"tags_add", nil, 10}, {"refund_create", nil, 20},
		{"staged_uploads_create", nil, 11}, {"bulk_operation_run_mutation", nil, 10}, {"bulk_operation_status", nil, 1},
	} {
		doc, errs := parse(payload{Query: operation(t, c.operation)})
		if len(errs) > 0 {
			t.Fatalf("%s: %v", c.operation, errs)
		}
		if got := (pricer{c.vars}).operation(doc.op); got != c.want {
			t.Errorf("%s %v: got %d points, want %d", c.operation, c.vars, got, c.want)
		}
	}
}

func TestCost_TheDifferenceIsGivenBack(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{Now: c.now})
	for _, sku := range []string{"A", "B"} {
		s.AddSKU(sku, 1)
	}
	a := ask(t, s, operation(t, "variants_page"), map[string]any{"first": 250})
	// two nodes in place of 250: 2 + L(2) × 3
	if cost := a.Extensions.Cost; cost.Requested != 35 || *cost.Actual != 5 || cost.Throttle.Available != 1995 || cost.Throttle.Maximum != 2000 || cost.Throttle.Rate != 100 {
		t.Errorf("got %s", a.raw)
	}
	if !strings.Contains(a.raw, `"maximumAvailable":2000.0`) || !strings.Contains(a.raw, `"restoreRate":100.0`) {
		t.Errorf("the sizes are written with a decimal point: %s", a.raw)
	}
	if s.Points() != 5 || s.Available() != 1995 {
		t.Errorf("got %d points, %d available", s.Points(), s.Available())
	}
}

// Live 2026-04: a batch refused costs 10 of the 13 reserved.
func TestCost_OfARefusedMutation(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, item, cairo := shelf(t, Options{Now: c.now})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 5})
	if a := set(t, s, "k1", input); a.Extensions.Cost.Requested != 13 || *a.Extensions.Cost.Actual != 13 {
		t.Errorf("done: %s", a.raw)
	}
	if a := set(t, s, "k2", input); a.Extensions.Cost.Requested != 13 || *a.Extensions.Cost.Actual != 10 {
		t.Errorf("refused: %s", a.raw)
	}
}

func TestThrottle_ByTheClock(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, item, cairo := shelf(t, Options{Now: c.now, BucketSize: 30})
	do := func(key string) answer {
		return set(t, s, key, setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 5, "changeFromQuantity": nil}))
	}
	do("k1") // costs 10: nothing changes
	do("k2")
	a := do("k3")
	if a.status != 200 || a.code() != "THROTTLED" || a.Errors[0].Message != "Throttled" || a.Data != nil ||
		a.Extensions.Cost.Actual != nil || a.Extensions.Cost.Requested != 13 || a.Extensions.Cost.Throttle.Available != 10 {
		t.Errorf("got %s", a.raw)
	}
	if v := s.JudgeBut("new-key-per-try"); len(v) != 1 || v[0].Rule != "throttled" {
		t.Errorf("got %v, want one throttled", v)
	}
	c.advance(30 * time.Millisecond) // three points
	if a := do("k3"); len(a.Errors) > 0 {
		t.Errorf("after waiting: %s", a.raw)
	}
}

func TestThrottle_TooDear(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := ask(t, s, operation(t, "orders_page"), map[string]any{"first": 50, "query": ""})
	if a.code() != "MAX_COST_EXCEEDED" || a.Errors[0].Extensions["cost"] != 1059.0 || a.Errors[0].Extensions["maxCost"] != 1000.0 {
		t.Errorf("got %s", a.raw)
	}
}

func TestThrottle_SwitchedOff(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{Now: c.now, BucketSize: 3, Unthrottled: true})
	for range 5 {
		if a := ask(t, s, `{ locations(first: 1) { nodes { id } } }`, nil); len(a.Errors) > 0 {
			t.Fatalf("got %s", a.raw)
		}
	}
}
