package shopify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"wasl/stages/load/shopify/admin"
)

// A pulled order is kept as Shopify said it, in JSON; of it only what decides about
// the pulling is looked at.

// pulledHead is that.
type pulledHead struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
	Edited    bool      `json:"edited"`
	Fulfilled string    `json:"displayFulfillmentStatus"`
	Returned  string    `json:"returnStatus"`
	Paid      string    `json:"displayFinancialStatus"`
	Tags      []string  `json:"tags"`
	Source    string    `json:"sourceName"`
	Total     struct {
		ShopMoney struct {
			Amount string `json:"amount"`
		} `json:"shopMoney"`
	} `json:"totalPriceSet"`
	ClosedAt    *time.Time `json:"closedAt"`
	CancelledAt *time.Time `json:"cancelledAt"`
	Location    soldAt     `json:"retailLocation"`
	Refunds     []struct {
		ID string `json:"id"`
	} `json:"refunds"`
	Fulfillments []struct {
		Status string `json:"status"`
	} `json:"fulfillments"`
	LineItems struct {
		PageInfo admin.PageInfo `json:"pageInfo"`
	} `json:"lineItems"`
	ShippingLines struct {
		Nodes []struct{} `json:"nodes"`
	} `json:"shippingLines"`
}

// soldAt is where a sale at the till was made.
type soldAt struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// partial tells whether a page or a bulk operation cannot have held all of the order.
func (o pulledHead) partial() bool {
	return len(o.Refunds) > 0 || o.Edited || o.returned() || o.Fulfilled == "PARTIALLY_FULFILLED" || len(o.Fulfillments) > 1 ||
		len(o.Fulfillments) == 1 && o.Fulfillments[0].Status != "SUCCESS" || o.LineItems.PageInfo.HasNextPage || len(o.ShippingLines.Nodes) >= mostFreight
}

// returned tells whether goods of the order came back, or may.
func (o pulledHead) returned() bool { return o.Returned != "" && o.Returned != "NO_RETURN" }

// haul is the reading of orders into the temporary file. Of an order that comes more
// than once the newest stays.
type haul struct {
	sink    *Sink
	pull    *Pull
	end     int64
	held    map[string]heldOrder // by id
	order   []string             // ids, as they came first
	detail  []string             // ids of which more is to be asked, each once
	asked   map[string]bool      // those
	ledgers []string             // ids whose agreements are to be asked for
	want    Want
	of      int               // about how many orders there are
	left    map[string]Seen   // by id: what the filter leaves out
	places  map[string]string // names of locations, by id; nil until one is needed
}

// heldOrder is where the newest version of an order stands.
type heldOrder struct {
	span
	updated time.Time
}

// pullOrders reads orders: what changed, or those asked for by id.
func (s *Sink) pullOrders(ctx context.Context, p *Pull, w Want) error {
	h := &haul{sink: s, pull: p, held: map[string]heldOrder{}, asked: map[string]bool{}, want: w, left: map[string]Seen{}}
	var err error
	switch {
	case w.IDs != nil || w.Gone != nil:
		h.detail = slices.Clone(w.IDs)
	default:
		s.tellHidden(ctx, p, w)
		err = h.search(ctx, w)
	}
	if err == nil {
		err = h.details(ctx)
	}
	if err == nil {
		err = h.agreements(ctx)
	}
	for _, gone := range w.Gone {
		if err == nil {
			err = h.gone(gone)
		}
	}
	if err != nil {
		return err
	}
	return h.finish(w)
}

// search reads what a search finds, by pages or, where it is much, by a bulk
// operation.
func (h *haul) search(ctx context.Context, w Want) error {
	query := changed(w.Since, w.Until)
	var data struct {
		Count struct {
			Count int `json:"count"`
		} `json:"ordersCount"`
	}
	if _, err := h.sink.door.Read(ctx, ordersCount, map[string]any{"query": query}, &data); err != nil {
		return err
	}
	h.of = data.Count.Count
	if data.Count.Count > cmp.Or(w.above, mostByPage) {
		err := h.bulk(ctx, query)
		if !notInBulk(err) {
			return err
		}
	}
	return h.pages(ctx, w)
}

// pages reads page by page. A search goes no further than 25,000 orders: long before
// that the next begins where this one got to.
func (h *haul) pages(ctx context.Context, w Want) error {
	return h.sink.searches(ctx, ordersPage, w, func(r admin.Reply) ([]time.Time, error) {
		var data struct {
			Orders struct {
				Nodes []json.RawMessage `json:"nodes"`
			} `json:"orders"`
		}
		if json.Unmarshal(r.Data, &data) != nil {
			return nil, admin.Unreadable(ordersPage, r)
		}
		var times []time.Time
		for _, text := range data.Orders.Nodes {
			o, err := h.take(ctx, text)
			if err != nil {
				return nil, err
			}
			times = append(times, o.UpdatedAt)
		}
		return times, nil
	}, h.pull)
}

// take keeps an order, unless a newer version of it is there already.
func (h *haul) take(ctx context.Context, text json.RawMessage) (pulledHead, error) {
	var o pulledHead
	if err := json.Unmarshal(text, &o); err != nil || o.ID == "" || o.UpdatedAt.IsZero() {
		return o, fmt.Errorf("shopify: an order of the answer cannot be read")
	}
	before, known := h.held[o.ID]
	if known && !o.UpdatedAt.After(before.updated) {
		return o, nil
	}
	text, err := h.placed(ctx, &o, text)
	if err != nil {
		return o, err
	}
	if !known && h.leaves(o) {
		return o, nil
	}
	if o.partial() && !h.asked[o.ID] {
		h.asked[o.ID] = true
		h.detail = append(h.detail, o.ID)
	}
	return o, h.keep(text, o.ID, o.Name, o.CreatedAt, o.UpdatedAt)
}

// tellEach is after how many orders each it is told how many there are.
const tellEach = 50

// leaves tells whether the filter leaves an order out, and notes it. One that was
// pulled before goes on to be pulled.
func (h *haul) leaves(o pulledHead) bool {
	f := h.want.Only
	if f.Empty() || f.fits(o, h.sink.zone) || h.want.Known != nil && h.want.Known(o.ID) {
		return false
	}
	h.left[o.ID] = Seen{ID: o.ID, Name: o.Name, Created: o.CreatedAt, Updated: o.UpdatedAt}
	return true
}

// placed puts the name of the location into a sale at the till. The id alone is what
// every app may read, so that a missing right takes away no more than the name.
func (h *haul) placed(ctx context.Context, o *pulledHead, text json.RawMessage) (json.RawMessage, error) {
	if o.Location.ID == "" {
		return text, nil
	}
	if h.places == nil {
		h.places = map[string]string{}
		all, err := h.sink.locations(ctx)
		if refused, ok := denied(err); ok {
			h.pull.missing("pull.part", refused.With)
			err = nil
		}
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			h.places[p.ID] = p.Name
		}
	}
	if o.Location.Name = h.places[o.Location.ID]; o.Location.Name == "" {
		return text, nil
	}
	var order map[string]json.RawMessage
	err := json.Unmarshal(text, &order)
	if err == nil {
		order["retailLocation"], err = json.Marshal(o.Location)
	}
	if err == nil {
		text, err = json.Marshal(order)
	}
	return text, err
}

// keep writes an order into the file.
func (h *haul) keep(text []byte, id, name string, created, updated time.Time) error {
	delete(h.left, id)
	if n := len(h.order) + 1; h.want.Told != nil && n%tellEach == 0 {
		h.want.Told(n, max(n, h.of))
	}
	if _, known := h.held[id]; !known {
		h.order = append(h.order, id)
		h.pull.Orders = append(h.pull.Orders, Seen{ID: id, Name: name, Created: created})
	}
	text = append(bytes.ReplaceAll(text, []byte("\n"), []byte(" ")), '\n') // blanks between members: inside texts they are \n
	n, err := h.pull.file.Write(text)
	if err != nil {
		return fmt.Errorf("shopify: keep what is pulled: %w", err)
	}
	h.held[id] = heldOrder{span{h.end, int64(n)}, updated}
	h.end += int64(n)
	return nil
}

// gone writes down that an order is no longer there.
func (h *haul) gone(o Seen) error {
	at := h.sink.now().UTC().Truncate(time.Second)
	text, err := json.Marshal(map[string]any{"id": o.ID, "legacyResourceId": idNumber(o.ID), "name": o.Name,
		"createdAt": o.Created, "updatedAt": at, "deletedAt": at})
	if err != nil {
		return err
	}
	return h.keep(text, o.ID, o.Name, o.Created, at)
}

// finish puts the file together.
func (h *haul) finish(w Want) error {
	p := h.pull
	for i, id := range h.order {
		at := h.held[id]
		p.parts = append(p.parts, at.span)
		p.Orders[i].Updated = at.updated
		p.saw(at.updated)
	}
	for _, id := range slices.Sorted(maps.Keys(h.left)) {
		p.Left = append(p.Left, h.left[id])
		p.saw(h.left[id].Updated)
	}
	p.Count = len(h.order)
	p.Name = fileName("orders", h.sink.now(), ".jsonl")
	head := struct {
		Wasl    string    `json:"wasl"`
		Version int       `json:"version"`
		Shop    string    `json:"shop"`
		Since   time.Time `json:"since,omitzero"`
		Until   time.Time `json:"until"`
		Orders  int       `json:"orders"`
	}{"orders", 1, h.sink.cfg.Shop, w.Since.UTC(), p.Newest, p.Count}
	var err error
	if p.head, err = json.Marshal(head); err != nil {
		return err
	}
	p.head = append(p.head, '\n')
	return nil
}

// tellHidden says where orders older than sixty days are asked for without the right
// to see them: Shopify leaves them out in silence.
func (s *Sink) tellHidden(ctx context.Context, p *Pull, w Want) {
	if !w.Since.IsZero() && s.now().Sub(w.Since) < hidden {
		return
	}
	granted, err := s.granted(ctx)
	if err == nil && !slices.Contains(granted, "read_all_orders") {
		p.missing("pull.sixty", map[string]string{"days": strconv.Itoa(int(hidden.Hours() / 24))})
	}
}

// pullsHidden tells whether the settings ask for orders that cannot be seen without
// read_all_orders.
func (s *Sink) pullsHidden() bool {
	since, err := time.ParseInLocation(time.DateOnly, s.cfg.Pulls.Since, s.zone)
	return err == nil && s.cfg.Pulls.Scheduled(PullOrders) && s.now().Sub(since) >= hidden
}

// granted are the rights of the token, each once, by name.
func (s *Sink) granted(ctx context.Context) ([]string, error) {
	var data struct {
		Installation struct {
			Scopes []struct {
				Handle string `json:"handle"`
			} `json:"accessScopes"`
		} `json:"currentAppInstallation"`
	}
	_, err := s.door.Read(ctx, accessScopes, nil, &data)
	var out []string
	for _, scope := range data.Installation.Scopes {
		out = append(out, scope.Handle)
	}
	slices.Sort(out)
	return slices.Compact(out), err
}
