package shopify

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// pullJob pulls from a shop whose orders need every question that there is. A pull is
// whole or not at all: what was lost is asked for again from the beginning.
func pullJob(t *testing.T, what string, w Want, want int) faultJob {
	t.Helper()
	s := pullWorld(t)
	var lines []shopifytest.OrderLine
	var back []shopifytest.StepItem
	for i := range 60 {
		lines = append(lines, shopifytest.OrderLine{Title: fmt.Sprint("L", i), Price: "1", Quantity: 2})
		back = append(back, shopifytest.StepItem{Line: i + 1, Quantity: 1, Restock: "RETURN"})
	}
	steps := []shopifytest.Step{{At: s.ago(90), Do: "pay", Gateway: "shopify_payments"}, {At: s.ago(80), Do: "fulfil"}, {At: s.ago(70), Do: "refund", Items: back}}
	for i := range 30 {
		steps = append(steps, shopifytest.Step{At: s.ago(60 - i), Do: "edit", Add: []shopifytest.OrderLine{{Title: fmt.Sprint("M", i), Price: "5"}}})
	}
	s.AddCustomer(shopifytest.Customer{ID: "gid://shopify/Customer/1", FirstName: "Mona", At: s.ago(900)})
	s.PlaceOrder(shopifytest.Order{Name: "#LONG", At: s.ago(99), Customer: "gid://shopify/Customer/1", Source: "pos", Place: "Cairo", Lines: lines}, steps...)
	s.place(2)
	s.AddPayout(shopifytest.Payout{Until: s.ago(75)})
	sink, dir := s.puller(t), t.TempDir()
	var got *Pull
	w.Dir = dir
	return faultJob{shop: s, without: []string{"AccessScopes", "Locations", "BulkOperationRunQuery", "BulkOperationStatus", "download"},
		goes: func(ctx context.Context) (err error) {
			if got == nil {
				got, err = sink.Pull(ctx, what, w)
			}
			return err
		},
		right: func(t *testing.T) {
			t.Helper()
			defer func() { _ = got.Close() }()
			if got.Count != want || len(got.Missing) > 0 && !s.hit("Locations") {
				t.Errorf("%d came, %v", got.Count, got.Missing)
			}
			if what != PullOrders {
				return
			}
			_, orders := ordersIn(t, got)
			o := orders["#LONG"]
			if place, _ := o["retailLocation"].(map[string]any); place["id"] == nil || place["name"] != "Cairo" && !s.hit("Locations") {
				t.Errorf("sold at %v", place)
			}
			parcel, refund := nodesAt(o, "fulfillments")[0].(map[string]any), nodesAt(o, "refunds")[0].(map[string]any)
			if n := []int{len(nodesAt(o, "lineItems")), len(nodesAt(refund, "refundLineItems")), len(nodesAt(parcel, "fulfillmentLineItems")), len(nodesAt(o, "agreements"))}; !slices.Equal(n, []int{90, 60, 60, 32}) {
				t.Errorf("lines, refunded, sent, agreements: %v", n)
			}
		}}
}

// hit tells whether a call of an operation went wrong.
func (s *shop) hit(operation string) bool {
	for _, c := range s.CallsOf(operation) {
		if c.Fault != "" {
			return true
		}
	}
	return false
}

func TestPull_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operations []string
		what       string
		want       Want
		count      int
	}{
		"orders by pages": {[]string{"WaslOrdersCount", "WaslOrdersPage", "WaslOrdersByID", "WaslMoreLines", "WaslMoreRefunded", "WaslMoreSent", "WaslAgreements", "WaslMoreAgreements", "Locations"}, PullOrders, Want{}, 3},
		"orders by bulk":  {[]string{"BulkOperationRunQuery", "BulkOperationStatus", "download"}, PullOrders, Want{above: 1}, 3},
		"customers":       {[]string{"WaslCustomersPage"}, PullCustomers, Want{}, 1},
		"transactions":    {[]string{"WaslTransactionsPage", "WaslTendersPage"}, PullTransactions, Want{}, 4},
		"payouts":         {[]string{"WaslPayoutsPage", "WaslBalancePage"}, PullPayouts, Want{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			faultMatrix{operations: c.operations, open: func(t *testing.T) faultJob { return pullJob(t, c.what, c.want, c.count) }}.run(t)
		})
	}
}

// One lost answer costs no pull, whichever question it was: at night nobody calls it
// again. A shop that stays away is given up after a moment.
func TestPull_ALostAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"AccessScopes", "WaslOrdersCount", "WaslOrdersPage"} {
		for status, calls := range map[int]int{429: 1, 503: 1, 500: 0} {
			t.Run(fmt.Sprint(operation, status), func(t *testing.T) {
				t.Parallel()
				s := pullWorld(t)
				s.place(3)
				s.Fault(operation, calls, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: status})
				p, err := s.puller(t).Pull(t.Context(), PullOrders, Want{Dir: t.TempDir()})
				switch stays := calls == 0 && operation != "AccessScopes"; {
				case stays && (faultClass(err) != "later" || len(s.CallsOf(operation)) != pulls):
					t.Errorf("%d calls, %v", len(s.CallsOf(operation)), err)
				case !stays && (err != nil || p.Count != 3):
					t.Errorf("%v, %v", p, err)
				}
				if p != nil {
					_ = p.Close()
				}
			})
		}
	}
}

// Transactions of orders that the search does not know yet, and the stock.
func TestPull_EveryOtherCallGoesWrong(t *testing.T) {
	t.Parallel()
	t.Run("late", func(t *testing.T) {
		t.Parallel()
		faultMatrix{operations: []string{"WaslTransactionsByID"}, open: func(t *testing.T) faultJob {
			j := pullJob(t, PullTransactions, Want{}, 2)
			j.shop.SetIndexLag(10000 * time.Hour)
			return j
		}}.run(t)
	})
	t.Run("stock", func(t *testing.T) {
		t.Parallel()
		faultMatrix{operations: []string{"Locations", "VariantsCount", "VariantsPage", "InventoryLevelsAtLocation"}, open: func(t *testing.T) faultJob {
			return pullJob(t, PullStock, Want{}, 3)
		}}.run(t)
	})
}

// The proof of completeness, when its questions go wrong.
func TestPullCheck_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	faultMatrix{operations: []string{"WaslOrderIDs", "WaslOrdersExist"}, open: func(t *testing.T) faultJob {
		s := pullWorld(t)
		s.place(3)
		sink := s.puller(t)
		var seen, gone []Seen
		return faultJob{shop: s,
			goes: func(ctx context.Context) (err error) {
				if seen == nil {
					if seen, err = sink.OrdersSeen(ctx, s.ago(9000)); err != nil {
						seen = nil
						return err
					}
				}
				gone, err = sink.OrdersGone(ctx, append(slices.Clone(seen), Seen{ID: "gid://shopify/Order/987", Name: "#X", Created: s.ago(9)}))
				return err
			},
			right: func(t *testing.T) {
				t.Helper()
				if len(seen) != 3 || len(gone) != 1 || gone[0].Name != "#X" {
					t.Errorf("seen %v, gone %v", seen, gone)
				}
			}}
	}}.run(t)
}
