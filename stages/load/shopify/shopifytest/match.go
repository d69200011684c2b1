package shopifytest

import (
	"slices"
	"strconv"
	"strings"
)

// Search fields. A bare word is looked for in title and SKU.
func matchVariant(n object, t term) (hit, known bool) {
	switch t.field {
	case "":
		return t.holds(text(n["sku"])) || strings.Contains(strings.ToLower(text(n["displayName"])), strings.ToLower(t.value)), true
	case "sku", "barcode", "title":
		return t.holds(text(n[t.field])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	case "product_id", "product_status":
		p, _ := n[productKey].(*product)
		if t.field == "product_status" {
			return t.holds(p.status), true
		}
		return t.holdsID(p.id), true
	}
	return false, false
}

func matchProduct(n object, t term) (hit, known bool) {
	switch t.field {
	case "":
		return strings.Contains(strings.ToLower(text(n["title"])), strings.ToLower(t.value)), true
	case "title", "handle", "status", "vendor":
		return t.holds(text(n[t.field])), true
	case "product_type":
		return t.holds(text(n["productType"])), true
	case "sku", "barcode":
		variants, _ := n[variantsKey].([]*variant)
		return slices.ContainsFunc(variants, func(v *variant) bool {
			return t.holds(map[string]string{"sku": v.SKU, "barcode": v.Barcode}[t.field])
		}), true
	case "created_at":
		return t.holdsTime(text(n["createdAt"])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	case "tag":
		tags, _ := n["tags"].([]any)
		return slices.ContainsFunc(tags, func(tag any) bool { return t.holds(text(tag)) }), true
	}
	return false, false
}

func matchFile(n object, t term) (hit, known bool) {
	switch t.field {
	case "", "filename":
		return t.holds(text(n[fileKey])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "status":
		return t.holds(text(n["fileStatus"])), true
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	case "created_at":
		return t.holdsTime(text(n["createdAt"])), true
	}
	return false, false
}

func matchCollection(n object, t term) (hit, known bool) {
	switch t.field {
	case "", "title":
		return t.holds(text(n["title"])), true
	case "handle":
		return t.holds(text(n["handle"])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	}
	return false, false
}

// variantsWith names the variants with a SKU, a barcode or an id.
func (st *store) variantsWith(t term) (map[string]bool, bool) {
	return st.with(t, (*variant).variantID)
}

// itemsWith does the same for their items.
func (st *store) itemsWith(t term) (map[string]bool, bool) { return st.with(t, (*variant).itemID) }

// productsWith does the same for their products, and by handle.
func (st *store) productsWith(t term) (map[string]bool, bool) {
	if t.field == "handle" && t.comparator == "" && !t.prefix {
		out := map[string]bool{}
		if p := st.handled(t.value); p != nil {
			out[p.id] = true
		}
		return out, true
	}
	if t.field == "id" && t.comparator == "" {
		id := gid("Product", idNumber(t.value))
		return map[string]bool{id: true}, true
	}
	return st.with(t, func(v *variant) string { return v.product.id })
}

func (st *store) with(t term, id func(*variant) string) (map[string]bool, bool) {
	if t.comparator != "" && t.comparator != "=" || t.prefix {
		return nil, false
	}
	var have func(*variant) string
	switch t.field {
	case "sku":
		have = func(v *variant) string { return v.SKU }
	case "barcode":
		have = func(v *variant) string { return v.Barcode }
	case "id":
		return map[string]bool{}, false
	default:
		return nil, false
	}
	out := map[string]bool{}
	for _, v := range st.variants {
		if strings.EqualFold(have(v), t.value) {
			out[id(v)] = true
		}
	}
	return out, true
}

func matchItem(n object, t term) (hit, known bool) {
	switch t.field {
	case "", "sku":
		return t.holds(text(n["sku"])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	}
	return false, false
}

func matchLevel(n object, t term) (hit, known bool) {
	switch t.field {
	case "updated_at":
		return t.holdsTime(text(n["updatedAt"])), true
	case "inventory_item_id":
		return t.compare(inventoryItemOf(text(n["id"])) - idNumber(t.value)), true
	}
	return false, false
}

func matchLocation(n object, t term) (hit, known bool) {
	switch t.field {
	case "", "name":
		return t.holds(text(n["name"])), true
	case "id", "location_id":
		return t.holdsID(text(n["id"])), true
	case "active":
		return t.holds(strconv.FormatBool(n["isActive"] == true)), true
	}
	return false, false
}

var (
	variantSorts = map[string]string{"SKU": "sku", "TITLE": "title", "UPDATED_AT": "updatedAt"}
	productSorts = map[string]string{"TITLE": "title", "VENDOR": "vendor", "UPDATED_AT": "updatedAt"}
)
