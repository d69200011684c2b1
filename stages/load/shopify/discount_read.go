package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// ownTag is what we put on discounts that we make: only these are changed. It goes
// along in the call that makes one, so that none is ever ours without it.
const ownTag = "wasl"

// offer is a discount as the shop has it.
type offer struct {
	ID       string // gid of the DiscountNode
	Type     string // DiscountCodeBasic ...
	Title    string
	Status   string // ACTIVE, SCHEDULED, EXPIRED
	Ours     bool
	Starts   time.Time
	Ends     *time.Time
	Percent  *pipeline.Decimal
	Amount   *pipeline.Decimal
	Each     bool
	All      bool
	Gids     []string // of products and variants
	Groups   []string // of collections
	Minimum  *pipeline.Decimal
	Pieces   *pipeline.Decimal
	Limit    *int64
	Once     bool
	Combines map[string]bool
	Codes    []string
}

// basic tells whether it is of a sort that we can make.
func (o offer) basic() bool { return o.Type == typeAutomatic || o.Type == typeCode }

const (
	typeAutomatic = "DiscountAutomaticBasic"
	typeCode      = "DiscountCodeBasic"
)

// gid is the id under which an offer is changed.
func (o offer) gid() string {
	kind := "DiscountAutomaticNode"
	if o.Type == typeCode {
		kind = "DiscountCodeNode"
	}
	return "gid://shopify/" + kind + "/" + o.ID[strings.LastIndexByte(o.ID, '/')+1:]
}

// called says which discount it is, for people.
func (o offer) called() string { return o.Title + " (" + o.ID + ")" }

// state is what can change in an offer, as text: what was seen when it was planned
// is compared with what is there when it leaves.
func (o offer) state() string {
	o.ID = ""
	return string(packed(o))
}

// offerNode is an offer as the API gives it.
type offerNode struct {
	ID       string `json:"id"`
	Discount struct {
		Type     string          `json:"__typename"`
		Title    string          `json:"title"`
		Status   string          `json:"status"`
		Starts   time.Time       `json:"startsAt"`
		Ends     *time.Time      `json:"endsAt"`
		Tags     []string        `json:"tags"`
		Combines map[string]bool `json:"combinesWith"`
		Minimum  *struct {
			Subtotal *struct {
				Amount pipeline.Decimal `json:"amount"`
			} `json:"greaterThanOrEqualToSubtotal"`
			Quantity *pipeline.Decimal `json:"greaterThanOrEqualToQuantity"`
		} `json:"minimumRequirement"`
		Gets struct {
			Value struct {
				Percentage json.Number `json:"percentage"`
				Amount     *struct {
					Amount pipeline.Decimal `json:"amount"`
				} `json:"amount"`
				Each bool `json:"appliesOnEachItem"`
			} `json:"value"`
			Items struct {
				All         bool    `json:"allItems"`
				Products    gidList `json:"products"`
				Variants    gidList `json:"productVariants"`
				Collections gidList `json:"collections"`
			} `json:"items"`
		} `json:"customerGets"`
		Limit *int64 `json:"usageLimit"`
		Once  bool   `json:"appliesOncePerCustomer"`
		Codes struct {
			Nodes []struct {
				Code string `json:"code"`
			} `json:"nodes"`
		} `json:"codes"`
	} `json:"discount"`
}

type gidList struct {
	Nodes []struct {
		ID string `json:"id"`
	} `json:"nodes"`
}

func (l gidList) ids() []string {
	var out []string
	for _, n := range l.Nodes {
		out = append(out, n.ID)
	}
	return out
}

// offer takes a node apart.
func (n offerNode) offer() offer {
	d := n.Discount
	o := offer{ID: n.ID, Type: d.Type, Title: d.Title, Status: d.Status, Ours: slices.Contains(d.Tags, ownTag), Starts: d.Starts, Ends: d.Ends,
		All: d.Gets.Items.All, Gids: append(d.Gets.Items.Products.ids(), d.Gets.Items.Variants.ids()...), Groups: d.Gets.Items.Collections.ids(),
		Limit: d.Limit, Once: d.Once, Combines: d.Combines}
	if p, ok := percentOff(d.Gets.Value.Percentage); ok && d.Gets.Value.Percentage != "" {
		o.Percent = &p
	}
	if a := d.Gets.Value.Amount; a != nil {
		o.Amount, o.Each = &a.Amount, d.Gets.Value.Each
	}
	if m := d.Minimum; m != nil {
		if m.Subtotal != nil {
			o.Minimum = &m.Subtotal.Amount
		}
		o.Pieces = m.Quantity
	}
	for _, c := range d.Codes.Nodes {
		o.Codes = append(o.Codes, c.Code)
	}
	slices.Sort(o.Gids)
	slices.Sort(o.Groups)
	return o
}

// ask is a way to ask the shop: Door.Read waits for points, a query does not.
type asking func(ctx context.Context, op admin.Operation, vars, into any) error

// patient asks and waits, for a plan.
func (s *Sink) patient(ctx context.Context, op admin.Operation, vars, into any) error {
	_, err := s.door.Read(ctx, op, vars, into)
	return err
}

// prompt asks and does not wait, for sending.
func (s *Sink) prompt(ctx context.Context, op admin.Operation, vars, into any) error {
	r, err := s.door.Query(ctx, op, vars)
	if err == nil && json.Unmarshal(r.Data, into) != nil {
		err = admin.Unreadable(op, r)
	}
	return err
}

// glance reads which discounts the shop has: ids, titles, the first code of each.
func (s *Sink) glance(ctx context.Context, ask asking) ([]offer, error) {
	var all []offer
	var after *string
	for {
		var data struct {
			Nodes struct {
				Nodes    []offerNode    `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"discountNodes"`
		}
		if err := ask(ctx, discountsPage, map[string]any{"first": admin.PageSize, "after": after}, &data); err != nil {
			return nil, err
		}
		for _, n := range data.Nodes.Nodes {
			all = append(all, n.offer())
		}
		next := data.Nodes.PageInfo
		if !next.HasNextPage || after != nil && *after == next.EndCursor {
			return all, nil
		}
		after = &next.EndCursor
	}
}

// perOffers is how many discounts are read whole in one call: their lists are long.
const perOffers = 25

// offers reads discounts whole, by id.
func (s *Sink) offers(ctx context.Context, ask asking, ids []string) (map[string]offer, error) {
	out := map[string]offer{}
	for part := range slices.Chunk(ids, perOffers) {
		var data struct {
			Nodes []*offerNode `json:"nodes"`
		}
		if err := ask(ctx, discountsByID, map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		for _, n := range data.Nodes {
			if n != nil && n.ID != "" {
				out[n.ID] = n.offer()
			}
		}
	}
	return out, nil
}

// pick finds the discount that a wish means among those of the shop: by its code,
// else by its title; several of a title are several.
func pick(w discount, all []offer) []offer {
	var byCode, byTitle []offer
	for _, o := range all {
		holds := slices.ContainsFunc(o.Codes, func(code string) bool { return strings.EqualFold(code, w.Code) })
		switch {
		case !w.automatic() && holds:
			byCode = append(byCode, o)
		case pipeline.Clean(o.Title) == w.Title && len(o.Codes) == 0 == w.automatic():
			byTitle = append(byTitle, o)
		}
	}
	if len(byCode) > 0 {
		return byCode
	}
	return byTitle
}

// find is pick, and for a code that no discount shows as its first one a question
// of its own: the list does not show further ones.
func (s *Sink) findOffer(ctx context.Context, ask asking, w discount, all []offer) ([]offer, error) {
	if hits := pick(w, all); len(hits) > 0 || w.automatic() {
		return hits, nil
	}
	var data struct {
		Node *struct {
			ID string `json:"id"`
		} `json:"codeDiscountNodeByCode"`
	}
	if err := ask(ctx, discountByCode, map[string]any{"code": w.Code}, &data); err != nil || data.Node == nil {
		return nil, err
	}
	number := data.Node.ID[strings.LastIndexByte(data.Node.ID, '/'):]
	for _, o := range all {
		if strings.HasSuffix(o.ID, number) {
			return []offer{o}, nil
		}
	}
	return []offer{{ID: "gid://shopify/DiscountNode" + number, Type: typeCode, Title: w.Code}}, nil
}
