package shopifytest

import (
	"math/big"
	"slices"
	"strings"
)

// maxFixedPrices is what one price list holds.
const maxFixedPrices = 10_000

// Catalog is what a price list can belong to: the goods and prices of a market, a company or an app. Its id is made when
// empty, and says of which kind it is.
type Catalog struct {
	ID     string
	Title  string
	Status string // ACTIVE when empty
}

// PriceList is a list of prices for one catalog. Fixed prices are amounts by the id of a variant.
type PriceList struct {
	ID       string
	Name     string
	Currency string
	Catalog  string // id, "" for none
}

// FixedPrice is one price that a list sets for one variant.
type FixedPrice struct {
	VariantID string `json:"variant_id"`
	SKU       string `json:"sku"`
	Price     string `json:"price"`
	CompareAt string `json:"compare_at,omitempty"`
}

// pricing is all that is kept of catalogs, price lists and discounts.
type pricing struct {
	catalogs  []Catalog
	lists     []*priceList
	discounts []*discount
	creations []*codeCreation
}

type priceList struct {
	PriceList
	adjustment string  // PERCENTAGE_DECREASE or PERCENTAGE_INCREASE
	percent    float64 // of the adjustment
	compareAt  string  // ADJUSTED or NULLIFY
	fixed      map[string]FixedPrice
}

// newPricing starts with one market, as a shop does.
func newPricing() pricing {
	return pricing{catalogs: []Catalog{{ID: gid("MarketCatalog", 1), Title: "Egypt", Status: "ACTIVE"}}}
}

// AddCatalog adds a catalog and returns it with its id.
func (s *Server) AddCatalog(c Catalog) Catalog {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.ID, c.Status = orElse(c.ID, s.shop.newID("MarketCatalog")), orElse(c.Status, "ACTIVE")
	s.pricing.catalogs = append(s.pricing.catalogs, c)
	return c
}

// AddPriceList adds a list, as a person in the admin does, and returns it with its id.
func (s *Server) AddPriceList(l PriceList) PriceList {
	s.mu.Lock()
	defer s.mu.Unlock()
	l.ID, l.Currency = orElse(l.ID, s.shop.newID("PriceList")), orElse(l.Currency, s.opt.Currency)
	s.pricing.lists = append(s.pricing.lists, &priceList{PriceList: l, adjustment: "PERCENTAGE_DECREASE", compareAt: "ADJUSTED", fixed: map[string]FixedPrice{}})
	return l
}

// FixedPrices are the fixed prices of a list, given by id or name, sorted by SKU.
func (s *Server) FixedPrices(list string) []FixedPrice {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []FixedPrice{}
	for _, l := range s.pricing.lists {
		if l.ID == list || l.Name == list {
			for _, id := range sortedKeys(l.fixed) {
				out = append(out, l.fixed[id])
			}
		}
	}
	slices.SortStableFunc(out, func(a, b FixedPrice) int { return strings.Compare(a.SKU, b.SKU) })
	return out
}

func (s *Server) priceList(id string) *priceList {
	return find(s.pricing.lists, func(l *priceList) bool { return l.ID == id })
}

func (s *Server) priceListObject(l *priceList) object {
	return object{
		"__typename": "PriceList", "id": l.ID, "name": l.Name, "currency": l.Currency, "fixedPricesCount": len(l.fixed),
		"parent": object{"adjustment": object{"type": l.adjustment, "value": l.percent}, "settings": object{"compareAtMode": l.compareAt}},
		"catalog": resolver(func(map[string]any) (any, error) {
			for _, c := range s.pricing.catalogs {
				if c.ID == l.Catalog {
					return s.catalogObject(c), nil
				}
			}
			return nil, nil
		}),
		"prices": resolver(func(args map[string]any) (any, error) { return s.prices(l, text(args["originType"])) }),
	}
}

func (s *Server) catalogObject(c Catalog) object {
	return object{"__typename": idType(c.ID), "id": c.ID, "title": c.Title, "status": c.Status, "publication": nil,
		"priceList": resolver(func(map[string]any) (any, error) {
			for _, l := range s.pricing.lists {
				if l.Catalog == c.ID {
					return s.priceListObject(l), nil
				}
			}
			return nil, nil
		})}
}

func (s *Server) readCatalog(args map[string]any) (any, error) {
	for _, c := range s.pricing.catalogs {
		if c.ID == args["id"] {
			return s.catalogObject(c), nil
		}
	}
	return nil, nil
}

func (s *Server) readPriceList(args map[string]any) (any, error) {
	id := text(args["id"])
	if idType(id) != "PriceList" {
		return nil, invalidID(id)
	}
	return orNil(s.priceListNamed(id)), nil
}

func (s *Server) priceListNamed(id string) object {
	if l := s.priceList(id); l != nil {
		return s.priceListObject(l)
	}
	return nil
}

func (s *Server) allPriceLists() connection {
	return connection{nodes: nodesOf(s.pricing.lists, func(l *priceList) string { return l.ID }, s.priceListObject)}
}

// prices are those of every variant: the fixed ones, and the others by the adjustment of the list.
func (s *Server) prices(l *priceList, origin string) (any, error) {
	if origin != "FIXED" && l.Currency != s.opt.Currency {
		return nil, &fieldError{message: "not implemented by the stand-in: relative prices in another currency than the shop's", code: "INTERNAL_SERVER_ERROR"}
	}
	var chosen []*variant
	for _, v := range s.shop.variants {
		if _, fixed := l.fixed[v.ID]; origin == "" || fixed == (origin == "FIXED") {
			chosen = append(chosen, v)
		}
	}
	return connection{nodes: nodesOf(chosen, (*variant).variantID, func(v *variant) object { return s.priceObject(l, v) }), match: matchPrice}, nil
}

// matchPrice searches prices by variant or product.
func matchPrice(n object, t term) (hit, known bool) {
	switch t.field {
	case "variant_id", "id":
		return t.holdsID(text(n["variantID"])), true
	case "product_id":
		return t.holdsID(text(n["productID"])), true
	}
	return false, false
}

func (s *Server) priceObject(l *priceList, v *variant) object {
	out := object{"__typename": "PriceListPrice", "originType": "RELATIVE", "variantID": v.ID, "productID": v.product.id,
		"variant": resolver(func(map[string]any) (any, error) { return s.variantObject(v), nil })}
	if p, fixed := l.fixed[v.ID]; fixed {
		out["originType"], out["price"], out["compareAtPrice"] = "FIXED", money(p.Price, l.Currency), money(p.CompareAt, l.Currency)
		return out
	}
	out["price"], out["compareAtPrice"] = money(l.adjusted(v.Price), l.Currency), nil
	if l.compareAt == "ADJUSTED" {
		out["compareAtPrice"] = money(l.adjusted(v.CompareAtPrice), l.Currency)
	}
	return out
}

// adjusted applies the percentage of the list, rounded to two places.
func (l *priceList) adjusted(amount string) string {
	price, ok := new(big.Rat).SetString(amount)
	if !ok {
		return ""
	}
	percent := l.percent
	if l.adjustment == "PERCENTAGE_DECREASE" {
		percent = -percent
	}
	factor := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(new(big.Rat).SetFloat64(percent), big.NewRat(100, 1)))
	return price.Mul(price, factor).FloatString(2)
}

// money is a MoneyV2, nil for no amount. Amounts are written with one decimal place at least and without zeros at the
// end (live).
func money(amount, currency string) any {
	if amount == "" {
		return nil
	}
	whole, places, _ := strings.Cut(amount, ".")
	return object{"amount": whole + "." + orElse(strings.TrimRight(places, "0"), "0"), "currencyCode": currency}
}
