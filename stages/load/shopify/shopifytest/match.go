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
		return t.holds(text(n["updatedAt"])), true
	}
	return false, false
}

func matchProduct(n object, t term) (hit, known bool) {
	switch t.field {
	case "":
		return strings.Contains(strings.ToLower(text(n["title"])), strings.ToLower(t.value)), true
	case "title", "handle", "status", "vendor":
		return t.holds(text(n[t.field])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holds(text(n["updatedAt"])), true
	case "tag":
		tags, _ := n["tags"].([]any)
		return slices.ContainsFunc(tags, func(tag any) bool { return t.holds(text(tag)) }), true
	}
	return false, false
}

func matchItem(n object, t term) (hit, known bool) {
	switch t.field {
	case "", "sku":
		return t.holds(text(n["sku"])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holds(text(n["updatedAt"])), true
	}
	return false, false
}

func matchLevel(n object, t term) (hit, known bool) {
	switch t.field {
	case "updated_at":
		return t.holds(text(n["updatedAt"])), true
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

func matchOrder(n object, t term) (hit, known bool) {
	switch t.field {
	case "name":
		return t.holds(text(n["name"])), true
	case "id":
		return t.holdsID(text(n["id"])), true
	case "updated_at":
		return t.holds(text(n["updatedAt"])), true
	case "created_at":
		return t.holds(text(n["createdAt"])), true
	case "tag":
		tags, _ := n["tags"].([]any)
		return slices.ContainsFunc(tags, func(tag any) bool { return t.holds(text(tag)) }), true
	}
	return false, false
}

var (
	variantSorts = map[string]string{"SKU": "sku", "TITLE": "title", "UPDATED_AT": "updatedAt"}
	orderSorts   = map[string]string{"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt"}
	productSorts = map[string]string{"TITLE": "title", "VENDOR": "vendor", "UPDATED_AT": "updatedAt"}
)
