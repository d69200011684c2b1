package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// Every order of a real export becomes a document, leaves with its reason or is held
// with its problem; none is lost: their number and their totals are those that were
// counted by another program (orders/expected.csv).
func TestSamples_OrdersAddUp(t *testing.T) {
	t.Parallel()
	samples := filepath.Join("..", "..", "..", "shared", "reference", "shopify", "samples", "orders")
	in, err := os.Open(filepath.Join(samples, "expected.csv"))
	if os.IsNotExist(err) {
		t.Skip("the samples are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	for _, want := range rows[1:] {
		t.Run(want[at["file"]], func(t *testing.T) {
			t.Parallel()
			s := newBookedShop(t)
			text, err := os.ReadFile(filepath.Join(samples, want[at["file"]]))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.dir, "inbox", "orders_export.csv"), text, 0o644); err != nil {
				t.Fatal(err)
			}
			code, said := s.wasl("run")
			count, total, states := s.ordersFiled("shopify-orders-to-erp")
			if strings.Contains(want[at["file"]], "abandoned") || want[at["sum_total"]] == "" { // no orders at all, or without their amounts
				if code != 3 || count > 0 || !strings.Contains(said, "orders_export.csv") {
					t.Fatalf("code %d, %d orders of a file that has none to give\n%s", code, count, said)
				}
				return
			}
			orders, err := strconv.Atoi(want[at["orders"]])
			if err != nil {
				t.Fatal(err)
			}
			sum, err := udecimal.Parse(want[at["sum_total"]])
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d orders, %s: %v", count, total, states)
			if count != orders || !total.Equal(sum) {
				t.Errorf("%d orders of %s, the file has %d of %s: %v\n%s", count, total, orders, sum, states, said)
			}
		})
	}
}

// ordersFiled are the orders that a flow has filed, whatever became of them: how many,
// what they add up to as the file states it, and how many are in each state.
func (s *bookedShop) ordersFiled(flow string) (count int, total pipeline.Decimal, states map[pipeline.State]int) {
	s.t.Helper()
	a := &app{out: os.Stderr, err: os.Stderr, getenv: os.Getenv, dir: s.dir}
	c, err := a.settings()
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := a.openReading(s.t.Context(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = l.Shut() }()
	states = map[pipeline.State]int{}
	for e, err := range l.Entries(s.t.Context(), "2000-01-01", "2999-12-31") {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Job.Flow == flow && e.Of == "" {
			count++
			total = total.Add(e.Money)
			states[e.State]++
		}
	}
	return count, total, states
}
