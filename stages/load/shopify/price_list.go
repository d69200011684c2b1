package shopify

import (
	"context"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// priceList is a list of prices of the shop: of a market, or of a company.
type priceList struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Currency string `json:"currency"`
	Catalog  *struct {
		Title string `json:"title"`
	} `json:"catalog"`
	fixed map[string]tag // by variant; what is not in it follows the shop's price
}

// named tells whether people mean this list: by its gid, its name, or the title of
// the catalog or market that it belongs to.
func (l *priceList) named(name string) bool {
	return l.ID == name || pipeline.Fold(l.Name) == pipeline.Fold(name) ||
		l.Catalog != nil && pipeline.Fold(l.Catalog.Title) == pipeline.Fold(name)
}

// listNames are lists for people, in order.
func listNames(lists []*priceList) string {
	var names []string
	for _, l := range lists {
		names = append(names, l.Name+" ("+l.ID+")")
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// readLists reads the lists of the shop, and what those fix that are wanted.
func (s *Sink) readLists(ctx context.Context, wanted []string) ([]*priceList, error) {
	var lists []*priceList
	err := s.door.Pages(ctx, priceListsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Lists struct {
				Nodes    []*priceList   `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"priceLists"`
		}
		_, err := s.door.Read(ctx, priceListsPage, map[string]any{"first": first, "after": after}, &data)
		lists = append(lists, data.Lists.Nodes...)
		return data.Lists.PageInfo, err
	})
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		l.fixed = map[string]tag{}
		if !slices.ContainsFunc(wanted, l.named) {
			continue
		}
		if err := s.readFixed(ctx, l); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// readFixed reads what a list fixes.
func (s *Sink) readFixed(ctx context.Context, l *priceList) error {
	type amount struct {
		Amount pipeline.Decimal `json:"amount"`
	}
	return s.door.Pages(ctx, fixedPricesPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			List *struct {
				Prices struct {
					Nodes []struct {
						Price   amount  `json:"price"`
						Compare *amount `json:"compareAtPrice"`
						Variant struct {
							ID string `json:"id"`
						} `json:"variant"`
					} `json:"nodes"`
					PageInfo admin.PageInfo `json:"pageInfo"`
				} `json:"prices"`
			} `json:"priceList"`
		}
		r, err := s.door.Read(ctx, fixedPricesPage, map[string]any{"id": l.ID, "first": first, "after": after}, &data)
		if err != nil {
			return admin.PageInfo{}, err
		}
		if data.List == nil {
			return admin.PageInfo{}, admin.Unreadable(fixedPricesPage, r) // it was there a moment ago
		}
		for _, n := range data.List.Prices.Nodes {
			t := tag{Price: &n.Price.Amount}
			if n.Compare != nil {
				t.Compare = &n.Compare.Amount
			}
			l.fixed[n.Variant.ID] = t
		}
		return data.List.Prices.PageInfo, nil
	})
}

// listOf finds the list that a document means; the problem says why there is none.
// A list that is to be made is nil, without a problem.
func (b *board) listOf(doc pipeline.Document, w price) (*priceList, []pipeline.Problem) {
	var hits []*priceList
	for _, l := range b.lists {
		if l.named(w.List) {
			hits = append(hits, l)
		}
	}
	switch {
	case len(hits) > 1:
		return nil, []pipeline.Problem{wrong(doc, "list", w.List, "price.lists", map[string]string{"list": w.List, "candidates": listNames(hits)})}
	case len(hits) == 0 && b.create && !strings.HasPrefix(w.List, "gid://"):
		return nil, nil
	case len(hits) == 0:
		return nil, []pipeline.Problem{wrong(doc, "list", w.List, "price.list", map[string]string{"list": w.List, "known": orDash(listNames(b.lists))})}
	case w.Currency != "" && w.Currency != hits[0].Currency:
		return nil, []pipeline.Problem{wrong(doc, "currency", w.Currency, "price.currency", map[string]string{"given": w.Currency, "known": hits[0].Currency})}
	}
	return hits[0], nil
}

// orDash is a list for people that may be empty.
func orDash(list string) string {
	if list == "" {
		return "-"
	}
	return list
}
