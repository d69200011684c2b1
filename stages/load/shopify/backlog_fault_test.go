package shopify

import (
	"context"
	"testing"
	"time"
)

// What is left to send, when its questions go wrong.
func TestBacklog_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	faultMatrix{operations: []string{"OrdersOpen", "OrdersUnsent"}, open: func(t *testing.T) faultJob {
		h := openOrders(t)
		var got Backlog
		return faultJob{shop: h.shop,
			goes: func(ctx context.Context) (err error) {
				got, err = h.sink.Backlog(ctx, time.Time{})
				return err
			},
			right: func(t *testing.T) {
				t.Helper()
				if len(got.Orders) != 2 {
					t.Errorf("%d orders\n%s", len(got.Orders), got.said())
				}
			}}
	}}.run(t)
}
