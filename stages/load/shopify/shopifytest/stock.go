package shopifytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) itemObject(v *variant) object {
	levels := func(args map[string]any) []node {
		var nodes []node
		for _, l := range s.shop.locations {
			if held := v.levels[l.ID]; held != nil && (!l.Inactive && !held.inactive || args["includeInactive"] == true) {
				nodes = append(nodes, s.levelNode(v, l.ID))
			}
		}
		return nodes
	}
	return object{
		"__typename": "InventoryItem", "id": v.ItemID, "legacyResourceId": strconv.Itoa(idNumber(v.ItemID)), "sku": orNull(v.SKU),
		"tracked": !v.Untracked, "requiresShipping": !v.NoShipping, "harmonizedSystemCode": orNull(v.HSCode),
		"countryCodeOfOrigin": orNull(v.Origin), "provinceCodeOfOrigin": nil, "unitCost": s.moneyObject(v.Cost),
		"createdAt": timestamp(v.created), "updatedAt": timestamp(v.updated),
		"measurement": object{"__typename": "InventoryItemMeasurement", "id": gid("InventoryItemMeasurement", idNumber(v.ItemID)),
			"weight": weightObject(v.Weight)},
		"duplicateSkuCount": resolver(func(map[string]any) (any, error) { return s.duplicates(v), nil }),
		"inventoryLevels": resolver(func(args map[string]any) (any, error) {
			return connection{nodes: levels(args), match: matchLevel}, nil
		}),
		"inventoryLevel": resolver(func(args map[string]any) (any, error) {
			where := text(args["locationId"])
			if held := v.levels[where]; held != nil && (!held.inactive || args["includeInactive"] == true) {
				return s.levelObject(v, where), nil
			}
			return nil, nil
		}),
		"variant":  resolver(func(map[string]any) (any, error) { return s.variantObject(v), nil }),
		"variants": resolver(func(map[string]any) (any, error) { return connection{nodes: fixed(s.variantObject(v))}, nil }),
	}
}

func (s *Server) moneyObject(amount string) any {
	if amount == "" {
		return nil
	}
	return object{"__typename": "MoneyV2", "amount": amount, "currencyCode": s.opt.Currency}
}

// duplicates counts the other items with the same SKU: Shopify allows them.
func (s *Server) duplicates(v *variant) int {
	n := 0
	for _, other := range s.shop.variants {
		if other != v && other.SKU == v.SKU && v.SKU != "" {
			n++
		}
	}
	return n
}

// levelID is made of both ids, as the real one is.
func levelID(v *variant, where string) string {
	return fmt.Sprintf("gid://shopify/InventoryLevel/%d?inventory_item_id=%d", idNumber(where), idNumber(v.ItemID))
}

func inventoryItemOf(levelID string) int {
	_, item, _ := strings.Cut(levelID, "inventory_item_id=")
	return idNumber(item)
}

func (s *Server) levelNode(v *variant, where string) node {
	return node{id: levelID(v, where), open: func() object { return s.levelObject(v, where) }}
}

func (s *Server) levelObject(v *variant, where string) object {
	l := v.levels[where]
	return object{
		"__typename": "InventoryLevel", "id": levelID(v, where), "isActive": !l.inactive, "canDeactivate": l.Committed == 0,
		"createdAt": timestamp(s.shop.opened), "updatedAt": timestamp(l.updated), "deactivationAlert": nil,
		"item":     resolver(func(map[string]any) (any, error) { return s.itemObject(v), nil }),
		"location": resolver(func(map[string]any) (any, error) { return s.locationObject(s.shop.location(where)), nil }),
		"quantities": resolver(func(args map[string]any) (any, error) {
			out := []any{}
			names, _ := args["names"].([]any)
			for _, name := range names {
				n, known := l.named(text(name))
				if !known {
					return nil, &fieldError{message: fmt.Sprintf("The quantity name %q is not valid.", name), code: "INVALID_FIELD_ARGUMENTS"}
				}
				out = append(out, object{"id": levelID(v, where) + "&name=" + text(name), "name": text(name), "quantity": n,
					"updatedAt": timestamp(l.updated)})
			}
			return out, nil
		}),
	}
}

// Quantity is the state of one item at one location.
type Quantity struct {
	SKU        string `json:"sku"`
	ItemID     string `json:"item_id"`
	LocationID string `json:"location_id"`
	Location   string `json:"location"`
	Levels
	OnHand int `json:"on_hand"`
}

// Quantities is the state of now, sorted by SKU, location and item.
func (s *Server) Quantities() []Quantity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shop.quantities()
}

func (st *store) quantities() []Quantity {
	out := []Quantity{}
	for _, v := range st.variants {
		for where, l := range v.levels {
			if l.inactive {
				continue
			}
			out = append(out, Quantity{SKU: v.SKU, ItemID: v.ItemID, LocationID: where, Location: st.location(where).Name,
				Levels: l.Levels, OnHand: l.OnHand()})
		}
	}
	slices.SortFunc(out, func(a, b Quantity) int {
		return strings.Compare(a.SKU+"\x00"+a.Location+"\x00"+a.ItemID, b.SKU+"\x00"+b.Location+"\x00"+b.ItemID)
	})
	return out
}

// Quantity is the state of one SKU at a location, given by id or name. The first variant with the SKU counts.
func (s *Server) Quantity(sku, where string) (Quantity, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.shop.location(where)
	for _, q := range s.shop.quantities() {
		if l != nil && q.SKU == sku && q.LocationID == l.ID {
			return q, true
		}
	}
	return Quantity{}, false
}

// Table is the state of now as text, one line a SKU and location, for comparing with what is expected.
func (s *Server) Table() string {
	var b strings.Builder
	for _, q := range s.Quantities() {
		fmt.Fprintf(&b, "%s | %s | available %d | on_hand %d\n", q.SKU, q.Location, q.Available, q.OnHand)
	}
	return b.String()
}

// Sell changes available by the delta, as a sale (below zero) or a return does, behind the back of whoever reads and
// writes by the API. A sale is committed: on hand stays. The location is given by id or name.
func (s *Server) Sell(sku, where string, delta int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, l := s.shop.sku(sku), s.shop.location(where)
	if v == nil || l == nil {
		return fmt.Errorf("shopifytest: no stock of %q at %q", sku, where)
	}
	held := v.levels[l.ID]
	if held == nil {
		held = &level{}
		v.levels[l.ID], l.levels = held, nil
	}
	before := held.Available
	held.Available += delta
	if delta < 0 {
		held.Committed -= delta
	}
	held.updated = s.opt.Now()
	s.record.effects = append(s.record.effects, Effect{At: s.opt.Now(), SKU: v.SKU, ItemID: v.ItemID, LocationID: l.ID,
		Location: l.Name, Name: "available", From: before, To: held.Available, Reason: "sale"})
	return nil
}
