package shopify

import "slices"

// The steps by which a code finds its variant, in the order in which they are
// taken where a flow does not say another.
const (
	byOwnID   = "id"      // our metafield wasl.item_code
	byTable   = "match"   // what a person has said
	byBarcode = "barcode" // of the file's row; the code itself where it has none
	bySKU     = "sku"     // as well
	byNear    = "near"    // no step: what is written nearly so
)

var matchOrder = []string{byOwnID, byTable, byBarcode, bySKU}

// find is the variant that an item of the ERP means, and the step that found it.
// Codes are compared exactly. Empty ones are not looked for; nil is the usual
// order.
//
// Where there is no answer, the variant is nil, and by says why:
//   - a step: it has several hits, the candidates, or hits what carries another
//     item code of ours; further steps would only guess. byTable without candidates
//     names a variant that the shop has no more.
//   - byNear: no step has a hit, the candidates are written nearly like it.
//   - "": there is nothing like it.
func (h *shelf) find(code, sku, barcode string, order []string) (v *variant, by string, candidates []*variant) {
	if order == nil {
		order = matchOrder
	}
	for _, by := range order {
		hits, decided := h.step(by, code, sku, barcode)
		switch {
		case len(hits) == 0 && !decided:
			continue
		case len(hits) != 1, by != byTable && h.others(hits[0], code):
			return nil, by, hits
		}
		return hits[0], by, nil
	}
	for _, written := range []string{code, sku, barcode} {
		for _, near := range h.nearBy(written) {
			if written != "" && !slices.Contains(candidates, near) {
				candidates = append(candidates, near)
			}
		}
	}
	if len(candidates) > 0 {
		return nil, byNear, candidates
	}
	return nil, "", nil
}

// step are the hits of one step, and whether there is no going on without one.
func (h *shelf) step(by, code, sku, barcode string) (hits []*variant, decided bool) {
	switch by {
	case byOwnID:
		return h.byCode[code], false
	case byTable:
		id, said := h.table[code]
		if v := h.variants[id]; v != nil {
			hits = []*variant{v}
		}
		return hits, said
	case byBarcode:
		return h.barcodes[barcode], false
	case bySKU:
		return h.bySKU[sku], false
	}
	return nil, false
}

// others tells whether a variant is another item's by our own key.
func (h *shelf) others(v *variant, code string) bool {
	return code != "" && v.ItemCode != "" && string(v.ItemCode) != code
}
