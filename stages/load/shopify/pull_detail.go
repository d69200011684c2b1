package shopify

import (
	"context"
	"encoding/json"
	"fmt"

	"wasl/stages/load/shopify/admin"
)

// details asks for the whole of the orders of which a page or a bulk operation
// cannot have held all. An order that is gone meanwhile stays as it was seen.
func (h *haul) details(ctx context.Context) error {
	return h.sink.door.Batches(ctx, ordersByID, h.detail, func(ids []string) error {
		all, err := h.sink.nodes(ctx, ordersByID, ids, h.pull)
		for _, node := range all {
			if err != nil {
				return err
			}
			err = h.whole(ctx, node)
		}
		return err
	})
}

// nodes asks for objects by id; those that are not there are left out.
func (s *Sink) nodes(ctx context.Context, op admin.Operation, ids []string, p *Pull) ([]json.RawMessage, error) {
	var data struct {
		Nodes []json.RawMessage `json:"nodes"`
	}
	r, err := s.door.Read(ctx, op, map[string]any{"ids": ids}, &data)
	if err = s.partly(p, op, r, err, &data); err != nil {
		return nil, err
	}
	if len(data.Nodes) != len(ids) {
		return nil, admin.Unreadable(op, r)
	}
	var out []json.RawMessage
	for _, node := range data.Nodes {
		if string(node) != "null" && string(node) != "{}" {
			out = append(out, node)
		}
	}
	return out, nil
}

// whole keeps an order with what its own page did not hold of lines, refunds and
// fulfilments.
func (h *haul) whole(ctx context.Context, text json.RawMessage) error {
	var o pulledHead
	var order map[string]json.RawMessage
	if json.Unmarshal(text, &o) != nil || json.Unmarshal(text, &order) != nil || o.ID == "" {
		return fmt.Errorf("shopify: an order of the answer cannot be read")
	}
	err := h.complete(ctx, moreLines, order, o.ID, "lineItems")
	if err == nil {
		err = h.each(ctx, moreBack, order, "refunds", "refundLineItems")
	}
	if err == nil {
		err = h.each(ctx, moreSent, order, "fulfillments", "fulfillmentLineItems")
	}
	if err != nil {
		return err
	}
	if text, err = json.Marshal(order); err != nil {
		return err
	}
	if text, err = h.placed(ctx, &o, text); err != nil {
		return err
	}
	switch before, known := h.held[o.ID]; {
	case known && o.UpdatedAt.Before(before.updated):
		return nil
	case !known && h.leaves(o):
		return nil
	}
	if o.Edited || o.returned() {
		h.ledgers = append(h.ledgers, o.ID)
	}
	return h.keep(text, o.ID, o.Name, o.CreatedAt, o.UpdatedAt)
}

// each completes a connection of every object of a list.
func (h *haul) each(ctx context.Context, op admin.Operation, order map[string]json.RawMessage, list, connection string) error {
	var all []map[string]json.RawMessage
	if len(order[list]) == 0 || json.Unmarshal(order[list], &all) != nil {
		return nil // refused for want of a right: the page has said so
	}
	for _, one := range all {
		var id string
		if err := json.Unmarshal(one["id"], &id); err != nil {
			return err
		}
		if err := h.complete(ctx, op, one, id, connection); err != nil {
			return err
		}
	}
	text, err := json.Marshal(all)
	order[list] = text
	return err
}

// nodePage is a page of a connection.
type nodePage struct {
	Nodes    []json.RawMessage `json:"nodes"`
	PageInfo *admin.PageInfo   `json:"pageInfo,omitempty"`
}

// complete reads a connection of an object to its end.
func (h *haul) complete(ctx context.Context, op admin.Operation, owner map[string]json.RawMessage, id, connection string) error {
	var have nodePage
	if len(owner[connection]) == 0 || json.Unmarshal(owner[connection], &have) != nil || have.PageInfo == nil {
		return nil
	}
	if have.PageInfo.HasNextPage {
		begin := have.PageInfo.EndCursor
		err := h.sink.door.Pages(ctx, op, func(first int, after *string) (admin.PageInfo, error) {
			if after == nil {
				after = &begin
			}
			var data struct {
				Node map[string]json.RawMessage `json:"node"`
			}
			var more nodePage
			r, err := h.sink.door.Read(ctx, op, map[string]any{"id": id, "first": first, "after": after}, &data)
			if err = h.sink.partly(h.pull, op, r, err, &data); err != nil {
				return admin.PageInfo{}, err
			}
			if json.Unmarshal(data.Node[connection], &more) != nil || more.PageInfo == nil {
				return admin.PageInfo{}, admin.Unreadable(op, r)
			}
			have.Nodes = append(have.Nodes, more.Nodes...)
			return *more.PageInfo, nil
		})
		if err != nil {
			return err
		}
	}
	have.PageInfo = nil // it has no further page
	text, err := json.Marshal(have)
	owner[connection] = text
	return err
}

// agreements puts the signed ledger into orders that were edited or returned.
func (h *haul) agreements(ctx context.Context) error {
	return h.sink.door.Batches(ctx, orderAgreements, h.ledgers, func(ids []string) error {
		all, err := h.sink.nodes(ctx, orderAgreements, ids, h.pull)
		if err != nil {
			return err
		}
		for _, node := range all {
			var of map[string]json.RawMessage
			var id string
			if json.Unmarshal(node, &of) != nil || json.Unmarshal(of["id"], &id) != nil {
				return fmt.Errorf("shopify: the agreements of an order cannot be read")
			}
			if err := h.complete(ctx, moreDeals, of, id, "agreements"); err != nil {
				return err
			}
			if err := h.merge(id, "agreements", of["agreements"]); err != nil {
				return err
			}
		}
		return nil
	})
}

// merge puts a member into an order that is kept.
func (h *haul) merge(id, member string, value json.RawMessage) error {
	at, known := h.held[id]
	if !known || len(value) == 0 {
		return nil
	}
	text := make([]byte, at.size)
	if _, err := h.pull.file.ReadAt(text, at.at); err != nil {
		return fmt.Errorf("shopify: read what was pulled: %w", err)
	}
	var order map[string]json.RawMessage
	if err := json.Unmarshal(text, &order); err != nil {
		return err
	}
	order[member] = value
	text, err := json.Marshal(order)
	if err != nil {
		return err
	}
	return h.keep(text, id, "", at.updated, at.updated)
}
