package shopify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wasl/stages/load/shopify/admin"
)

// searches reads a search of orders, sorted by their last change, page by page; take
// gives the times of what a page brought.
func (s *Sink) searches(ctx context.Context, op admin.Operation, w Want, take func(admin.Reply) ([]time.Time, error), p *Pull) error {
	for since := w.Since; ; {
		read, last := 0, time.Time{}
		vars := map[string]any{"query": changed(since, w.Until)}
		err := s.door.Pages(ctx, op, func(first int, after *string) (admin.PageInfo, error) {
			vars["first"], vars["after"] = first, after
			var data struct {
				Orders *struct {
					PageInfo admin.PageInfo `json:"pageInfo"`
				} `json:"orders"`
			}
			r, err := s.door.Read(ctx, op, vars, &data)
			if err = s.partly(p, op, r, err, &data); err != nil {
				return admin.PageInfo{}, err
			}
			if data.Orders == nil {
				return admin.PageInfo{}, admin.Unreadable(op, r)
			}
			times, err := take(r)
			for _, t := range times {
				read++
				last = t
			}
			info := data.Orders.PageInfo
			if read >= mostInSearch && last.After(since) {
				info.HasNextPage = false
			} else {
				last = time.Time{}
			}
			return info, err
		})
		if err != nil || last.IsZero() {
			return err
		}
		since = last
	}
}

// partly lets an answer pass that lacks parts for want of a right, and notes which.
func (s *Sink) partly(p *Pull, op admin.Operation, r admin.Reply, err error, into any) error {
	refused, ok := denied(err)
	if !ok || len(r.Data) == 0 || bytes.Equal(r.Data, []byte("null")) {
		return err
	}
	if json.Unmarshal(r.Data, into) != nil {
		return admin.Unreadable(op, r)
	}
	for _, e := range r.Errors {
		if e.Code() != "ACCESS_DENIED" {
			return err
		}
	}
	p.missing("pull.part", refused.With)
	return nil
}

// bulk reads by a bulk operation, in which lines stand behind their order.
func (h *haul) bulk(ctx context.Context, query string) error {
	a, err := h.sink.door.BulkAsk(ctx, bulkOrders(query), true)
	if err != nil {
		return err
	}
	var order json.RawMessage
	var id string
	var lines, freight []json.RawMessage
	end := func() error {
		if order == nil {
			return nil
		}
		_, err := h.take(ctx, spliced(order, lines, freight))
		order, lines, freight = nil, nil, nil
		return err
	}
	err = h.sink.door.BulkAnswer(ctx, a, func(line json.RawMessage) error {
		var head struct {
			ID     string `json:"id"`
			Parent string `json:"__parentId"`
		}
		if err := json.Unmarshal(line, &head); err != nil {
			return fmt.Errorf("shopify: a line of the bulk result cannot be read: %w", err)
		}
		switch {
		case head.Parent == "":
			if err := end(); err != nil {
				return err
			}
			order, id = bytes.Clone(line), head.ID
		case head.Parent != id:
			return fmt.Errorf("shopify: the bulk result is not in order at %s", head.ID)
		case strings.Contains(head.ID, "/ShippingLine/"):
			freight = append(freight, bytes.Clone(line))
		default:
			lines = append(lines, bytes.Clone(line))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return end()
}

// spliced is an order with its lines, in the shape in which pages have it.
func spliced(order json.RawMessage, lines, freight []json.RawMessage) json.RawMessage {
	out := bytes.TrimSuffix(bytes.TrimSpace(order), []byte("}"))
	out = append(out, `,"lineItems":{"nodes":[`...)
	out = append(out, bytes.Join(rawBytes(lines), []byte(","))...)
	out = append(out, `]},"shippingLines":{"nodes":[`...)
	out = append(out, bytes.Join(rawBytes(freight), []byte(","))...)
	return append(out, `]}}`...)
}

func rawBytes(all []json.RawMessage) [][]byte {
	out := make([][]byte, len(all))
	for i, one := range all {
		out[i] = one
	}
	return out
}
