package shopifytest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// discountKind is a type of discount with the names that the API has for it.
type discountKind struct {
	typename string // of the discount itself
	node     string // of the node: an automatic discount and a code have different ones
	payload  string // field of a payload
	argument string // of create and update
}

var (
	automaticBasic = discountKind{"DiscountAutomaticBasic", "DiscountAutomaticNode", "automaticDiscountNode", "automaticBasicDiscount"}
	automaticBxgy  = discountKind{"DiscountAutomaticBxgy", "DiscountAutomaticNode", "automaticDiscountNode", "automaticBxgyDiscount"}
	codeBasic      = discountKind{"DiscountCodeBasic", "DiscountCodeNode", "codeDiscountNode", "basicCodeDiscount"}
)

func (k discountKind) isCode() bool { return k.node == "DiscountCodeNode" }

// discount is held as its input: what was not sent has the value of the schema. Lists are those of now.
type discount struct {
	kind             discountKind
	number           int // at the end of its ids: DiscountNode, DiscountAutomaticNode and DiscountCodeNode share it
	title            string
	starts           time.Time
	ends             time.Time // zero for never
	codes            []redeemCode
	usage            any // usageLimit
	once             bool
	perOrder         any // usesPerOrderLimit
	minimum          object
	context          object
	combines         object
	gets, buys       selection
	tags             []any
	created, updated time.Time
}

type redeemCode struct{ id, code string }

// selection is what a discount applies to, and what it gives or wants.
type selection struct {
	all                             bool
	products, variants, collections []string
	value                           object
}

// Discount is what the stand-in knows about a discount, for a test to judge.
type Discount struct {
	ID       string   `json:"id"` // of the DiscountAutomaticNode or DiscountCodeNode
	Type     string   `json:"type"`
	Title    string   `json:"title"`
	Status   string   `json:"status"` // ACTIVE, SCHEDULED, EXPIRED
	StartsAt string   `json:"starts_at"`
	EndsAt   string   `json:"ends_at,omitempty"`
	Codes    []string `json:"codes,omitempty"`
	Items    []string `json:"items,omitempty"` // ids that it applies to; empty for all
	Value    string   `json:"value"`           // "0.15" a fraction, "50.00 each" or "50.00" an amount
}

// Discounts are all discounts, oldest first.
func (s *Server) Discounts() []Discount {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Discount{}
	for _, d := range s.pricing.discounts {
		s.runCreations()
		o := Discount{ID: d.id(), Type: d.kind.typename, Title: d.title, Status: s.discountStatus(d), StartsAt: timestamp(d.starts),
			Items: slices.Concat(d.gets.products, d.gets.variants, d.gets.collections), Value: valueText(d.gets.value)}
		if !d.ends.IsZero() {
			o.EndsAt = timestamp(d.ends)
		}
		for _, c := range d.codes {
			o.Codes = append(o.Codes, c.code)
		}
		out = append(out, o)
	}
	return out
}

func (d *discount) id() string { return gid(d.kind.node, d.number) }

func valueText(value object) string {
	if amount, given := value["discountAmount"].(object); given {
		if amount["appliesOnEachItem"] == true {
			return text(amount["amount"]) + " each"
		}
		return text(amount["amount"])
	}
	if quantity, given := value["discountOnQuantity"].(object); given {
		return text(quantity["quantity"]) + " for " + valueText(quantity["effect"].(object))
	}
	if amount := text(value["amount"]); amount != "" {
		return amount
	}
	return fmt.Sprint(value["percentage"])
}

// discountStatus follows from the clock.
func (s *Server) discountStatus(d *discount) string {
	now := s.opt.Now()
	switch {
	case !d.ends.IsZero() && !now.Before(d.ends):
		return "EXPIRED"
	case now.Before(d.starts):
		return "SCHEDULED"
	}
	return "ACTIVE"
}

// discount finds by any of the ids that a discount has.
func (s *Server) discount(id string) *discount {
	kind := idType(id)
	return find(s.pricing.discounts, func(d *discount) bool {
		return d.number == idNumber(id) && (kind == "DiscountNode" || kind == d.kind.node)
	})
}

func (s *Server) discountWith(code string) *discount {
	s.runCreations()
	return find(s.pricing.discounts, func(d *discount) bool {
		return slices.ContainsFunc(d.codes, func(c redeemCode) bool { return strings.EqualFold(c.code, code) })
	})
}

func (s *Server) readDiscount(args map[string]any) (any, error) {
	id := text(args["id"])
	if idType(id) != "DiscountNode" && idType(id) != "DiscountAutomaticNode" && idType(id) != "DiscountCodeNode" {
		return nil, invalidID(id)
	}
	if d := s.discount(id); d != nil {
		return s.discountNode(d, "DiscountNode"), nil
	}
	return nil, nil
}

func (s *Server) discountNamed(id string) object {
	if d := s.discount(id); d != nil {
		return s.discountNode(d, idType(id))
	}
	return nil
}

func (s *Server) discountByCode(args map[string]any) (any, error) {
	if d := s.discountWith(text(args["code"])); d != nil {
		return s.discountNode(d, d.kind.node), nil
	}
	return nil, nil
}

func (s *Server) allDiscounts() connection {
	s.runCreations()
	all := slices.SortedFunc(slices.Values(s.pricing.discounts), func(a, b *discount) int { return cmp.Compare(a.number, b.number) })
	nodes := make([]node, len(all))
	for i, d := range all {
		nodes[i] = node{id: gid("DiscountNode", d.number), open: func() object { return s.discountNode(d, "DiscountNode") }}
	}
	return connection{nodes: nodes, match: matchDiscount, sorts: map[string]string{"TITLE": "title", "CREATED_AT": "createdAt",
		"UPDATED_AT": "updatedAt", "STARTS_AT": "startsAt", "ENDS_AT": "endsAt"}}
}

// discountNode is the node of a kind. The fields beside id and the discount are there to search and to sort by.
func (s *Server) discountNode(d *discount, kind string) object {
	inner := s.discountObject(d)
	var codes []any
	for _, c := range d.codes {
		codes = append(codes, c.code)
	}
	id := gid(kind, d.number)
	return s.owned(id, object{"__typename": kind, "id": id, "discount": inner, "automaticDiscount": inner, "codeDiscount": inner,
		"title": d.title, "status": inner["status"], "createdAt": inner["createdAt"], "updatedAt": inner["updatedAt"],
		"startsAt": inner["startsAt"], "endsAt": inner["endsAt"], "codeList": codes, "method": d.kind.isCode(), "type": d.kind.typename})
}

// matchDiscount searches as discountNodes does. The code of a discount with several codes is not found by code: (it is
// documented as not supported for bulk discounts); codeDiscountNodeByCode finds them all.
func matchDiscount(n object, t term) (hit, known bool) {
	codes, _ := n["codeList"].([]any)
	switch t.field {
	case "":
		return strings.Contains(strings.ToLower(text(n["title"])), strings.ToLower(t.value)), true
	case "code":
		return len(codes) == 1 && t.holds(text(codes[0])), true
	case "title", "status":
		return t.holds(text(n[t.field])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "method":
		return t.holds(map[bool]string{true: "code", false: "automatic"}[n["method"] == true]), true
	case "created_at", "updated_at", "starts_at", "ends_at":
		name := map[string]string{"created_at": "createdAt", "updated_at": "updatedAt", "starts_at": "startsAt", "ends_at": "endsAt"}[t.field]
		return t.holds(text(n[name])), true
	case "discount_type", "type":
		word := map[bool]string{true: "bogo", false: "percentage"}[strings.HasSuffix(text(n["type"]), "Bxgy")]
		return t.holds(word), true
	}
	return false, false
}
