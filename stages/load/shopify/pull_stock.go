package shopify

import (
	"context"
	"slices"
	"strconv"
	"time"
)

const stockColumns = "SKU,Barcode,Location,Location ID,Available,On hand,Committed,Variant ID,At"

// pullStock writes down what the shop holds of everything at the locations that are
// ours, as it is now.
func (s *Sink) pullStock(ctx context.Context, p *Pull, _ Want) error {
	h, err := s.survey(ctx, needLevels|needAll, nil)
	if err != nil {
		return err
	}
	out, at := p.sheet(stockColumns), s.now().UTC().Truncate(time.Second)
	var ids []string
	for id := range h.variants {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, older)
	for _, id := range ids {
		v := h.variants[id]
		for _, location := range h.kept() {
			l, stocked := h.levels[spot{v.Item.ID, location}]
			if !stocked {
				continue
			}
			n := func(n int64) string { return strconv.FormatInt(n, 10) }
			out.row(map[string]string{"SKU": v.SKU, "Barcode": v.Barcode, "Location": h.places[location].Name,
				"Location ID": idNumber(location), "Available": n(l.Available), "On hand": n(l.OnHand), "Committed": n(l.Committed),
				"Variant ID": idNumber(v.ID), "At": at.Format(time.RFC3339)})
		}
	}
	p.saw(at)
	return out.finish("stock", at)
}
