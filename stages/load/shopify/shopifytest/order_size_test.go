package shopifytest

import (
	"fmt"
	"testing"
	"time"
)

// manyOrders places n orders of three lines, with a payment each, a customer for every tenth.
func manyOrders(s *Server, n int) {
	for i := range n / 10 {
		s.AddCustomer(Customer{ID: gid("Customer", 1000+i), FirstName: fmt.Sprint("C", i), At: at(0)})
	}
	a := cairo()
	for i := range n {
		s.PlaceOrder(Order{At: at(i), Customer: gid("Customer", 1000+i%(n/10)), Billing: &a, Shipping: &a, Taxes: vat,
			Lines: []OrderLine{{SKU: "X", Price: "10"}, {SKU: "Y", Price: "20", Quantity: 2}, {SKU: "Z", Price: "30"}}, Freight: []Freight{{Title: "Bosta", Price: "35"}}},
			Step{At: at(i + 1), Do: "pay", Gateway: "paymob"})
	}
}

func TestOrderBulk_FiveThousandOrdersQuickly(t *testing.T) {
	t.Parallel()
	s := orderShop(t)
	manyOrders(s, 5000)
	began := time.Now()
	if rows := bulkRows(t, s, operation(t, "bulk_query_orders")); len(rows) != 5000*5 {
		t.Errorf("got %d rows, want 25000", len(rows))
	}
	if rows := bulkRows(t, s, operation(t, "bulk_query_customers")); len(rows) != 501 {
		t.Errorf("got %d customers, want 501", len(rows))
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

func BenchmarkOrders(b *testing.B) {
	opt := orderOptions()
	s := New(opt)
	defer s.Close()
	manyOrders(s, 5000)
	x := &execution{s: s, req: &request{call: &Call{}}}
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			c := s.allOrders()
			nodes, err := c.search(x, nil, map[string]any{"query": "updated_at:>='2026-11-21T00:00:00Z'"})
			if err != nil || len(nodes) == 0 {
				b.Fatal(err, len(nodes))
			}
		}
	})
	b.Run("object", func(b *testing.B) {
		o := s.orders.tales[0].at(s.opt.Now())
		for b.Loop() {
			s.orderObject(o)
		}
	})
}
