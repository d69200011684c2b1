package shopify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// A Backlog is what the shop still has to send, as it was at one time, and what there
// is to send it of.
type Backlog struct {
	At     time.Time
	Orders []Unsent // those placed first in front
	Stock  []Needed // by SKU and location
	Used   admin.Used
}

// Unsent is an order with something left to send.
type Unsent struct {
	ID     string // the number
	Name   string
	Placed time.Time
	Paid   string // PENDING, PAID and so on, as Shopify says it
	Lines  []UnsentLine
	More   bool // it has more than is read at once: what is left of that is not among the lines
}

// UnsentLine is so much of an item that is left to send.
type UnsentLine struct {
	SKU, Title string
	Location   string // its name
	Left       int64
	Held       string // ON_HOLD, SCHEDULED: it is not to be sent now; "": it is

	place string // gid
}

// Needed is an item at a location next to what open orders want of it there.
type Needed struct {
	SKU, Title, Location string
	Open                 int64 // left to send of the orders
	Known                bool  // the balances are: the SKU is one item's, and the location one of ours
	Committed            int64 // of the shop: also for orders before the time that was asked for
	OnHand, Available    int64
}

// Short is how many pieces open orders want beyond what lies there.
func (n Needed) Short() int64 {
	if !n.Known {
		return 0
	}
	return max(0, n.Open-n.OnHand)
}

// ordersOpen finds orders that are not wholly sent. It goes by a search, whose index
// lags some seconds; whether anything is left is seen on the order itself.
var ordersOpen = admin.Operation{Name: "OrdersOpen", Cost: 13, Text: `query OrdersOpen($query: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query, sortKey: CREATED_AT) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}`}

var ordersUnsent = admin.Operation{Name: "OrdersUnsent", Cost: 95, Text: `query OrdersUnsent($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      id
      name
      createdAt
      displayFinancialStatus
      fulfillmentOrders(first: 10) {
        nodes {
          status
          assignedLocation { name location { id } }
          lineItems(first: 100) { nodes { remainingQuantity sku productTitle variantTitle } pageInfo { hasNextPage } }
        }
        pageInfo { hasNextPage }
      }
    }
  }
}`}

// unsent is an order as ordersUnsent gives it.
type unsent struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Placed time.Time `json:"createdAt"`
	Paid   string    `json:"displayFinancialStatus"`
	Orders struct {
		Nodes []struct {
			Status string `json:"status"`
			From   struct {
				Name     string `json:"name"`
				Location *struct {
					ID string `json:"id"`
				} `json:"location"`
			} `json:"assignedLocation"`
			Lines struct {
				Nodes []struct {
					Left    int64  `json:"remainingQuantity"`
					SKU     string `json:"sku"`
					Product string `json:"productTitle"`
					Variant string `json:"variantTitle"`
				} `json:"nodes"`
				Page moreOf `json:"pageInfo"`
			} `json:"lineItems"`
		} `json:"nodes"`
		Page moreOf `json:"pageInfo"`
	} `json:"fulfillmentOrders"`
}

// Backlog reads the orders that were placed since then, all of them where it is zero,
// and are not wholly sent, and the balances of what they want. It writes nothing, and
// waits for points next to ctx.
func (s *Sink) Backlog(ctx context.Context, since time.Time) (Backlog, error) {
	before := s.door.Used()
	b := Backlog{At: s.now()}
	gids, err := s.openOrders(ctx, since)
	if err != nil {
		return b, err
	}
	for part := range slices.Chunk(gids, perPaying) {
		var data struct {
			Nodes []*unsent `json:"nodes"`
		}
		if err := s.patient(ctx, ordersUnsent, map[string]any{"ids": part}, &data); err != nil {
			return b, err
		}
		for _, o := range data.Nodes {
			if one := o.open(); len(one.Lines) > 0 || one.More {
				b.Orders = append(b.Orders, one)
			}
		}
	}
	slices.SortStableFunc(b.Orders, func(a, b Unsent) int { return cmp.Or(a.Placed.Compare(b.Placed), older(a.ID, b.ID)) })
	b.Stock, err = s.needed(ctx, b.Orders)
	used := s.door.Used()
	b.Used = admin.Used{Calls: used.Calls - before.Calls, Points: used.Points - before.Points, Waited: used.Waited - before.Waited}
	return b, err
}

func (s *Sink) openOrders(ctx context.Context, since time.Time) (gids []string, err error) {
	query := "status:open AND NOT fulfillment_status:fulfilled"
	if !since.IsZero() {
		query += " AND created_at:>=" + quoted(since.UTC().Format(time.RFC3339))
	}
	err = s.door.Pages(ctx, ordersOpen, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Orders struct {
				Nodes    []callName     `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"orders"`
		}
		err := s.patient(ctx, ordersOpen, map[string]any{"query": query, "first": first, "after": after}, &data)
		for _, o := range data.Orders.Nodes {
			gids = append(gids, o.ID)
		}
		return data.Orders.PageInfo, err
	})
	return distinct(gids), err
}

// open is what an order has left to send.
func (o *unsent) open() Unsent {
	if o == nil {
		return Unsent{}
	}
	out := Unsent{ID: numberOf(o.ID), Name: o.Name, Placed: o.Placed, Paid: o.Paid, More: o.Orders.Page.More}
	for _, f := range o.Orders.Nodes {
		out.More = out.More || f.Lines.Page.More
		for _, l := range f.Lines.Nodes {
			if l.Left < 1 || f.Status == "CANCELLED" || f.Status == "CLOSED" {
				continue
			}
			line := UnsentLine{SKU: pipeline.Clean(l.SKU), Title: strings.TrimSpace(l.Product + " " + l.Variant), Location: f.From.Name, Left: l.Left}
			if f.Status != "OPEN" && f.Status != "IN_PROGRESS" {
				line.Held = f.Status
			}
			if f.From.Location != nil {
				line.place = f.From.Location.ID
			}
			out.Lines = append(out.Lines, line)
		}
	}
	return out
}

// needed are the items of open orders next to their balances.
func (s *Sink) needed(ctx context.Context, orders []Unsent) ([]Needed, error) {
	type key struct{ sku, place string }
	at := map[key]int{}
	var all []Needed
	var places []string
	var skus []string
	for _, o := range orders {
		for _, l := range o.Lines {
			k := key{l.SKU, l.place}
			i, seen := at[k]
			if !seen {
				i, at[k] = len(all), len(all)
				all, places = append(all, Needed{SKU: l.SKU, Title: l.Title, Location: l.Location}), append(places, l.place)
			}
			all[i].Open += l.Left
			skus = append(skus, l.SKU)
		}
	}
	if skus = distinct(skus); len(skus) == 0 {
		return all, nil
	}
	h, err := s.survey(ctx, needLevels, skus)
	if err != nil {
		return nil, err
	}
	for i := range all {
		hits := h.bySKU[all[i].SKU]
		if p := h.places[places[i]]; len(hits) != 1 || !p.ours || !p.Active || !hits[0].Item.Tracked {
			continue
		}
		l := h.levels[spot{hits[0].Item.ID, places[i]}]
		all[i].Known, all[i].Committed, all[i].OnHand, all[i].Available = true, l.Committed, l.OnHand, l.Available
	}
	slices.SortFunc(all, func(a, b Needed) int { return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Location, b.Location)) })
	return all, nil
}
