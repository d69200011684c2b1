package shopify

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// plan reads which items the shop has and what it holds at the locations that
// are ours, and compares documents with that.
func (s stockDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	h, err := s.look(ctx)
	if err != nil {
		return pipeline.Plan{}, err
	}
	return pipeline.Plan{Docs: h.compare(q.Docs)}, nil
}

// shelf is what the shop holds, as it was read.
type shelf struct {
	quantity string               // available or on_hand: which balance is compared
	places   map[string]place     // every location, by gid
	variants map[string][]variant // by SKU
	near     map[string]string    // SKUs by barcode, and by SKU folded
	levels   map[spot]int64       // no entry: the item is not stocked there
}

// place is a location.
type place struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"isActive"`
	ours   bool
}

// variant is something sold.
type variant struct {
	ID      string `json:"id"`
	SKU     string `json:"sku"`
	Barcode string `json:"barcode"`
	Product struct {
		Handle string `json:"handle"`
	} `json:"product"`
	Item struct {
		ID      string `json:"id"`
		Tracked bool   `json:"tracked"`
	} `json:"inventoryItem"`
}

// look reads the shelf, page by page.
func (s *Sink) look(ctx context.Context) (*shelf, error) {
	h := &shelf{quantity: s.cfg.Quantity, places: map[string]place{}, variants: map[string][]variant{},
		near: map[string]string{}, levels: map[spot]int64{}}
	places, err := s.locations(ctx)
	if err != nil {
		return nil, err
	}
	ours := slices.Collect(maps.Values(s.cfg.Locations))
	for _, p := range places {
		p.ours = slices.Contains(ours, p.ID) || len(ours) == 0 && p.Active
		h.places[p.ID] = p
	}
	if err := s.readVariants(ctx, h); err != nil {
		return nil, err
	}
	for _, p := range places {
		if h.places[p.ID].ours && p.Active {
			if err := s.readLevels(ctx, h, p.ID); err != nil {
				return nil, err
			}
		}
	}
	return h, nil
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

// readVariants fills in which item a SKU means.
func (s *Sink) readVariants(ctx context.Context, h *shelf) error {
	return s.door.Pages(ctx, variantsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Variants struct {
				Nodes    []variant      `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"productVariants"`
		}
		_, err := s.door.Read(ctx, variantsPage, map[string]any{"first": first, "after": after}, &data)
		for _, v := range data.Variants.Nodes {
			h.add(v)
		}
		return data.Variants.PageInfo, err
	})
}

// add puts a variant on the shelf. One that moved to a later page while we read
// counts once.
func (h *shelf) add(v variant) {
	v.SKU = pipeline.Clean(v.SKU)
	there := func(other variant) bool { return other.ID == v.ID }
	if v.SKU == "" || slices.ContainsFunc(h.variants[v.SKU], there) {
		return
	}
	h.variants[v.SKU] = append(h.variants[v.SKU], v)
	h.near[nearly(v.SKU)] = v.SKU
	if v.Barcode != "" {
		h.near[nearly(v.Barcode)] = v.SKU
	}
}

// nearly is a code as it is compared to find what may have been meant.
func nearly(code string) string {
	return strings.ReplaceAll(pipeline.Fold(code), " ", "")
}

// levels are the balances of an item at a location.
type levels []struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

func (l levels) of(name string) (int64, bool) {
	for _, q := range l {
		if q.Name == name {
			return q.Quantity, true
		}
	}
	return 0, false
}

// readLevels fills in what one location holds.
func (s *Sink) readLevels(ctx context.Context, h *shelf, location string) error {
	return s.door.Pages(ctx, levelsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Location *struct {
				Levels struct {
					Nodes []struct {
						Item struct {
							ID string `json:"id"`
						} `json:"item"`
						Quantities levels `json:"quantities"`
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
		for _, level := range data.Location.Levels.Nodes {
			held, ok := level.Quantities.of(h.quantity)
			if !ok {
				return admin.PageInfo{}, admin.Unreadable(levelsPage, r)
			}
			h.levels[spot{level.Item.ID, location}] = held
		}
		return data.Location.Levels.PageInfo, nil
	})
}

// compare holds documents against the shelf. It is pure.
func (h *shelf) compare(docs []pipeline.Document) []pipeline.Planned {
	out := make([]pipeline.Planned, len(docs))
	for i, doc := range docs {
		out[i] = h.one(doc)
	}
	return out
}

// one holds a document against the shelf. An item that is not stocked at the
// location counts as zero there: setting zero changes nothing, and anything else
// is set from zero, which stocks it (since 2026-10 at any location).
func (h *shelf) one(doc pipeline.Document) pipeline.Planned {
	want, err := stockOf(doc)
	if err != nil {
		return h.held(doc, "quantity", "", "stock.quantity", map[string]string{"sku": doc.Name})
	}
	if p, ok := h.places[want.Location]; !ok || !p.ours {
		return h.held(doc, "location", want.Location, "stock.location", map[string]string{"location": want.Location, "known": h.ours()})
	} else if !p.Active {
		return h.held(doc, "location", want.Location, "stock.closed", map[string]string{"location": p.Name})
	}
	found := h.variants[want.SKU]
	sku := map[string]string{"sku": want.SKU}
	switch {
	case len(found) == 0 && h.near[nearly(want.SKU)] != "":
		sku["near"] = h.near[nearly(want.SKU)]
		return h.held(doc, "sku", want.SKU, "stock.near", sku)
	case len(found) == 0:
		return h.held(doc, "sku", want.SKU, "stock.unknown", sku)
	case len(found) > 1:
		sku["candidates"] = candidates(found)
		return h.held(doc, "sku", want.SKU, "stock.ambiguous", sku)
	case !found[0].Item.Tracked:
		return h.held(doc, "sku", want.SKU, "stock.untracked", sku)
	}
	want.Item = found[0].Item.ID
	holds := h.levels[want.spot()]
	want.From = &holds
	doc.Body = want.body()
	doc.Old = strconv.FormatInt(holds, 10)
	return pipeline.Planned{Doc: doc, Same: holds == want.Quantity}
}

func (h *shelf) held(doc pipeline.Document, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Planned {
	return pipeline.Planned{Doc: doc, Problems: []pipeline.Problem{wrong(doc, field, value, rule, with)}}
}

// ours lists the locations whose stock we keep, for people; where the shop has
// none of them, those that it has.
func (h *shelf) ours() string {
	var ours, active []string
	for _, p := range h.places {
		name := p.Name + " (" + p.ID + ")"
		if p.ours {
			ours = append(ours, name)
		}
		if p.Active {
			active = append(active, name)
		}
	}
	if len(ours) == 0 {
		ours = active
	}
	slices.Sort(ours)
	return strings.Join(ours, ", ")
}

// candidates names variants as the admin does: by product and number.
func candidates(found []variant) string {
	names := make([]string, len(found))
	for i, v := range found {
		names[i] = v.Product.Handle + " (" + v.ID + ")"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
