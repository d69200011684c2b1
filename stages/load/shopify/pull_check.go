package shopify

import (
	"context"
	"encoding/json"
	"time"

	"wasl/stages/load/shopify/admin"
)

// The proof that nothing is missing: the ids and times of what changed in the shop,
// to be held against what was pulled.

// OrdersSeen are the orders that changed since a time, each once, by their last
// change. It costs a handful of points for 250 orders.
func (s *Sink) OrdersSeen(ctx context.Context, since time.Time) ([]Seen, error) {
	at := map[string]int{}
	var out []Seen
	err := s.searches(ctx, orderIDs, Want{Since: since}, func(r admin.Reply) (times []time.Time, err error) {
		var data struct {
			Orders struct {
				Nodes []struct {
					ID, Name             string
					CreatedAt, UpdatedAt time.Time
				}
			}
		}
		if json.Unmarshal(r.Data, &data) != nil {
			return nil, admin.Unreadable(orderIDs, r)
		}
		for _, n := range data.Orders.Nodes {
			one := Seen{ID: n.ID, Name: n.Name, Created: n.CreatedAt, Updated: n.UpdatedAt}
			if i, known := at[n.ID]; known {
				out[i] = one
			} else {
				at[n.ID] = len(out)
				out = append(out, one)
			}
			times = append(times, n.UpdatedAt)
		}
		return times, nil
	}, &Pull{})
	return out, err
}

// OrdersGone are those of some orders that can no longer be seen. One that is too old
// to be seen at all without read_all_orders is not gone.
func (s *Sink) OrdersGone(ctx context.Context, of []Seen) ([]Seen, error) {
	ids, by := make([]string, 0, len(of)), map[string]Seen{}
	for _, o := range of {
		if s.now().Sub(o.Created) < hidden-24*time.Hour {
			ids, by[o.ID] = append(ids, o.ID), o
		}
	}
	err := s.door.Batches(ctx, ordersExist, ids, func(ids []string) error {
		all, err := s.nodes(ctx, ordersExist, ids, &Pull{})
		for _, text := range all {
			var o struct{ ID string }
			if err := json.Unmarshal(text, &o); err != nil {
				return err
			}
			delete(by, o.ID)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Seen
	for _, o := range of {
		if _, gone := by[o.ID]; gone {
			out = append(out, o)
		}
	}
	return out, nil
}
