package shopify

import (
	"slices"
	"strings"
)

// What each kind needs of an app's rights (reference 2.4). Who may write may read.

func (stockDesk) scopes() []string {
	return []string{"read_products", "read_inventory", "write_inventory", "read_locations"}
}

func (productDesk) scopes() []string {
	return []string{"write_products", "read_publications", "write_publications"}
}

func (statusDesk) scopes() []string {
	return []string{"write_products", "read_publications", "write_publications"}
}

func (priceDesk) scopes() []string { return []string{"write_products"} }

func (promotionDesk) scopes() []string { return []string{"write_products"} }

func (discountDesk) scopes() []string {
	return []string{"read_products", "read_discounts", "write_discounts"}
}

func (imageDesk) scopes() []string {
	return []string{"write_products", "read_files", "write_files"}
}

func (collectionDesk) scopes() []string {
	return []string{"write_products", "read_publications", "write_publications"}
}

// covers tells whether a right includes another: who may write may read.
func covers(granted, needed string) bool {
	return granted == needed || strings.HasPrefix(needed, "read_") && granted == "write_"+strings.TrimPrefix(needed, "read_")
}

// needs are which of some flows need each right, by the right.
func (s *Sink) needs(flows []string) map[string][]string {
	out := map[string][]string{}
	for _, d := range s.desks() {
		if !slices.Contains(flows, d.kind().Name) {
			continue
		}
		for _, scope := range d.scopes() {
			out[scope] = append(out[scope], d.kind().Name)
		}
	}
	for what, scopes := range pullScopes {
		if s.cfg.Pulls.Scheduled(what) {
			for _, scope := range scopes {
				out[scope] = append(out[scope], "pull "+what)
			}
		}
	}
	return out
}
