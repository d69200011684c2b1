package shopify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// ordersToSend reads what orders still have to send, from where, and what was sent.
// The nodes of one call cost once, so many of them are read politely: 25 a call is what
// Shopify builds in time.
var ordersToSend = admin.Operation{Name: "OrdersToSend", Cost: 190, Text: `query OrdersToSend($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Order {
      id
      name
      cancelledAt` + ownValues(keyNotes) + `
      fulfillmentOrders(first: 10) {
        nodes {
          id
          status
          assignedLocation { name location { id } }
          lineItems(first: 100) { nodes { id remainingQuantity sku lineItem { id } } pageInfo { hasNextPage } }
        }
        pageInfo { hasNextPage }
      }
      fulfillments(first: 50) {
        id
        name
        status
        location { id name }
        trackingInfo(first: 1) { company number url }
        fulfillmentLineItems(first: 100) { nodes { quantity lineItem { id sku } } pageInfo { hasNextPage } }
      }
    }
  }
}`}

const perSending = 25 // orders read by one call

// sending is an order as far as its goods are concerned.
type sending struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Cancelled *time.Time `json:"cancelledAt"`
	Notes     ticks      `json:"notes"`
	Orders    struct {
		Nodes    []*fromPlace `json:"nodes"`
		PageInfo moreOf       `json:"pageInfo"`
	} `json:"fulfillmentOrders"`
	Sent []*parcel `json:"fulfillments"`
}

// fromPlace is what one location has to send of an order: a fulfilment order.
type fromPlace struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	From   struct {
		Name     string `json:"name"`
		Location *struct {
			ID string `json:"id"`
		} `json:"location"`
	} `json:"assignedLocation"`
	Lines struct {
		Nodes    []*openLine `json:"nodes"`
		PageInfo moreOf      `json:"pageInfo"`
	} `json:"lineItems"`
}

// openLine is what is left to send of a line.
type openLine struct {
	ID   string `json:"id"`
	Left int64  `json:"remainingQuantity"`
	SKU  string `json:"sku"`
	Line struct {
		ID string `json:"id"`
	} `json:"lineItem"`
}

// parcel is a fulfilment.
type parcel struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Status   string `json:"status"` // SUCCESS, CANCELLED and others
	Location *struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"location"`
	Tracking []tracking `json:"trackingInfo"`
	Items    struct {
		Nodes []struct {
			Quantity int64 `json:"quantity"`
			Line     struct {
				ID  string `json:"id"`
				SKU string `json:"sku"`
			} `json:"lineItem"`
		} `json:"nodes"`
		PageInfo moreOf `json:"pageInfo"`
	} `json:"fulfillmentLineItems"`
}

type moreOf struct {
	More bool `json:"hasNextPage"`
}

// toSend reads some orders, by gid.
func (s fulfilDesk) toSend(ctx context.Context, ask asking, gids []string) (map[string]*sending, error) {
	all, err := readOrders[sending](ctx, ask, ordersToSend, gids, perSending, func(o *sending) string { return o.ID })
	for _, o := range all {
		o.Notes.claim(o.deeds())
	}
	return all, err
}

// whole tells whether all of the order was read.
func (o *sending) whole() bool {
	more := o.Orders.PageInfo.More || len(o.Sent) >= 50
	for _, f := range o.Orders.Nodes {
		more = more || f.Lines.PageInfo.More
	}
	for _, p := range o.Sent {
		more = more || p.Items.PageInfo.More
	}
	return !more
}

// place is the gid of the location; "" where it was deleted.
func (f *fromPlace) place() string {
	if f.From.Location == nil {
		return ""
	}
	return f.From.Location.ID
}

// free tells whether what is open may be sent.
func (f *fromPlace) free() bool { return f.Status == "OPEN" || f.Status == "IN_PROGRESS" }

func (p *parcel) place() string {
	if p.Location == nil {
		return ""
	}
	return p.Location.ID
}

func (p *parcel) stands() bool    { return p.Status == "SUCCESS" }
func (p *parcel) cancelled() bool { return p.Status == "CANCELLED" }

// has is what the parcel is of.
func (p *parcel) has() string {
	c := contents{}
	for _, i := range p.Items.Nodes {
		c[pipeline.Clean(i.Line.SKU)] += i.Quantity
	}
	return c.said()
}

func (p *parcel) tracked() tracking {
	if len(p.Tracking) == 0 {
		return tracking{}
	}
	return p.Tracking[0]
}

// deeds are the order's fulfilments as the ticks know them. One that failed is none.
func (o *sending) deeds() (all []deed) {
	for _, p := range o.Sent {
		if p.stands() || p.cancelled() {
			all = append(all, deed{numberOf(p.ID), numberOf(p.place()), p.has()})
		}
	}
	return all
}

// parcels are what a note became.
func (o *sending) parcels(no string) (all []*parcel) {
	for _, i := range o.Notes.of(no) {
		for _, p := range o.Sent {
			if o.Notes[i].Is == numberOf(p.ID) {
				all = append(all, p)
			}
		}
	}
	return all
}

// contents are pieces by SKU.
type contents map[string]int64

// said is the same text for the same contents: 2 × A-1, 1 × B-1.
func (c contents) said() string {
	var all []string
	for _, sku := range slices.Sorted(maps.Keys(c)) {
		all = append(all, fmt.Sprintf("%d × %s", c[sku], sku))
	}
	return strings.Join(all, ", ")
}
