package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"wasl/stages/load/shopify/admin"
)

// readPlaces reads all locations, and which of them are ours: those of the
// settings, or every active one.
func (s *Sink) readPlaces(ctx context.Context, h *shelf) error {
	places, err := s.locations(ctx)
	if err != nil {
		return err
	}
	ours := slices.Collect(maps.Values(s.cfg.Locations)) // and ignore, which is none
	for _, p := range places {
		p.ours = slices.Contains(ours, p.ID) || len(ours) == 0 && p.Active
		h.places[p.ID] = p
	}
	return nil
}

// kept are the locations whose balances are read, in their order.
func (h *shelf) kept() []string {
	var ids []string
	for id, p := range h.places {
		if p.ours && p.Active {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, older)
	return ids
}

// locations reads every location, those that are switched off too.
func (s *Sink) locations(ctx context.Context) ([]place, error) {
	var all []place
	err := s.door.Pages(ctx, locationsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Locations struct {
				Nodes    []place        `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"locations"`
		}
		_, err := s.door.Read(ctx, locationsPage, map[string]any{"first": first, "after": after}, &data)
		all = append(all, data.Locations.Nodes...)
		return data.Locations.PageInfo, err
	})
	return all, err
}

// quantities are the balances of an item at a location, as the API gives them.
type quantities []struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// level reads them all; false where one is missing.
func (q quantities) level() (l level, ok bool) {
	found := 0
	for _, one := range q {
		switch one.Name {
		case quantityAvailable:
			l.Available = one.Quantity
		case quantityOnHand:
			l.OnHand = one.Quantity
		case "committed":
			l.Committed = one.Quantity
		default:
			continue
		}
		found++
	}
	return l, found == 3
}

// readLevels reads all balances of our locations, page by page.
func (s *Sink) readLevels(ctx context.Context, h *shelf, n need) error {
	if !n.has(needLevels) {
		return nil
	}
	for _, location := range h.kept() {
		if err := s.readLocation(ctx, h, location); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink) readLocation(ctx context.Context, h *shelf, location string) error {
	return s.door.Pages(ctx, levelsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Location *struct {
				Levels struct {
					Nodes []struct {
						Item struct {
							ID string `json:"id"`
						} `json:"item"`
						Quantities quantities `json:"quantities"`
					} `json:"nodes"`
					PageInfo admin.PageInfo `json:"pageInfo"`
				} `json:"inventoryLevels"`
			} `json:"location"`
		}
		r, err := s.door.Read(ctx, levelsPage, map[string]any{"locationId": location, "first": first, "after": after}, &data)
		if err != nil {
			return admin.PageInfo{}, err
		}
		if data.Location == nil {
			return admin.PageInfo{}, admin.Unreadable(levelsPage, r) // it was there a moment ago
		}
		for _, one := range data.Location.Levels.Nodes {
			held, ok := one.Quantities.level()
			if !ok {
				return admin.PageInfo{}, admin.Unreadable(levelsPage, r)
			}
			h.levels[spot{one.Item.ID, location}] = held
		}
		return data.Location.Levels.PageInfo, nil
	})
}

// itemLevels are the balances of some items at one location, as levelsOfItems
// gives them.
type itemLevels struct {
	Nodes []*struct {
		ID    string `json:"id"`
		Level *struct {
			Quantities quantities `json:"quantities"`
		} `json:"inventoryLevel"`
	} `json:"nodes"`
}

// put notes them; false where the answer does not fit the question.
func (a itemLevels) put(location string, asked int, into map[spot]level) bool {
	if len(a.Nodes) != asked {
		return false
	}
	for _, node := range a.Nodes {
		if node == nil || node.Level == nil {
			continue // not stocked there
		}
		held, ok := node.Level.Quantities.level()
		if !ok {
			return false
		}
		into[spot{node.ID, location}] = held
	}
	return true
}

// readLevelsByID reads the balances of what is on the shelf.
func (s *Sink) readLevelsByID(ctx context.Context, h *shelf, n need) error {
	if !n.has(needLevels) {
		return nil
	}
	var ids []string
	for _, v := range h.variants {
		ids = append(ids, v.Item.ID)
	}
	slices.SortFunc(ids, older)
	for _, location := range h.kept() {
		for part := range slices.Chunk(ids, perCall) {
			var data itemLevels
			r, err := s.door.Read(ctx, levelsOfItems, map[string]any{"ids": part, "locationId": location}, &data)
			if err != nil {
				return err
			}
			if !data.put(location, len(part), h.levels) {
				return admin.Unreadable(levelsOfItems, r)
			}
		}
	}
	return nil
}

// takeLevels takes the lines of bulkLevels, of our locations.
func takeLevels(h *shelf) func(json.RawMessage) error {
	kept := h.kept()
	return func(line json.RawMessage) error {
		var l struct {
			Item     string `json:"__parentId"` // "" where the line is an item
			Location struct {
				ID string `json:"id"`
			} `json:"location"`
			Quantities quantities `json:"quantities"`
		}
		err := json.Unmarshal(line, &l)
		i := slices.Index(kept, l.Location.ID)
		if err == nil && (l.Item == "" || i < 0) {
			return nil
		}
		held, ok := l.Quantities.level()
		if err != nil || !ok {
			return fmt.Errorf("shopify: a balance of the bulk result cannot be read")
		}
		h.levels[spot{l.Item, kept[i]}] = held // the one text of it
		return nil
	}
}
