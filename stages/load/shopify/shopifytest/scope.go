package shopifytest

import "strings"

// rootScopes says which scope a root field needs; one of several is enough. The fields of orders and products that are
// not implemented are listed too: without the scope the real API says ACCESS_DENIED first.
var rootScopes = map[string][]string{
	"locations": {"read_locations"}, "location": {"read_locations"},
	"inventoryItem": {"read_inventory", "read_products"}, "inventoryItems": {"read_inventory", "read_products"},
	"inventoryLevel": {"read_inventory"},
	"product":        {"read_products"}, "products": {"read_products"}, "productByIdentifier": {"read_products"},
	"productsCount": {"read_products"}, "productVariant": {"read_products"}, "productVariants": {"read_products"},
	"collectionByIdentifier": {"read_products"},
	"order":                  {"read_orders"}, "orders": {"read_orders"},
	"customers": {"read_customers"}, "customerSet": {"write_customers"},
	"publication": {"read_publications"}, "publications": {"read_publications"},
	"inventorySetQuantities": {"write_inventory"}, "inventoryAdjustQuantities": {"write_inventory"},
	"inventoryActivate": {"write_inventory"}, "inventoryDeactivate": {"write_inventory"},
	"inventoryItemUpdate": {"write_inventory", "write_products"}, "inventoryBulkToggleActivation": {"write_inventory"},
	"productSet": {"write_products"}, "productCreate": {"write_products"}, "productUpdate": {"write_products"},
	"productDelete": {"write_products"}, "productVariantsBulkCreate": {"write_products"},
	"productVariantsBulkUpdate": {"write_products"}, "productVariantsBulkDelete": {"write_products"},
	"collectionCreate": {"write_products"}, "collectionUpdate": {"write_products"},
	"publishablePublish": {"write_publications"}, "publishableUnpublish": {"write_publications"},
	"publicationUpdate": {"write_publications"},
	"orderUpdate":       {"write_orders"}, "orderCancel": {"write_orders"}, "orderClose": {"write_orders"},
	"orderMarkAsPaid": {"write_orders"}, "refundCreate": {"write_orders"},
}

// fieldScopes says the same of fields below the root, by type and name.
var fieldScopes = map[string][]string{
	"Location.inventoryLevel":      {"read_inventory"},
	"Location.inventoryLevels":     {"read_inventory"},
	"InventoryItem.inventoryLevel": {"read_inventory"}, "InventoryItem.inventoryLevels": {"read_inventory"},
	"ProductVariant.inventoryItem": {"read_inventory", "read_products"},
}

// ownerScopes says what reading an object by its id needs; writing asks for the same with write_.
var ownerScopes = map[string]string{
	"Product": "read_products", "ProductVariant": "read_products", "Collection": "read_products",
	"InventoryItem": "read_inventory", "InventoryLevel": "read_inventory", "Location": "read_locations",
	"Order": "read_orders", "Customer": "read_customers", "Publication": "read_publications",
}

// scopesFor gives the scopes that a field of a type needs, nil for none. A location's id is free, its other fields
// need read_locations (seen live below inventory levels).
func scopesFor(typeName, field string, root bool) []string {
	if root {
		return rootScopes[field]
	}
	if scopes := fieldScopes[typeName+"."+field]; scopes != nil {
		return scopes
	}
	if typeName == "Location" && field != "id" {
		return []string{"read_locations"}
	}
	return nil
}

func writeScope(typeName string) []string {
	read := ownerScopes[typeName]
	if read == "" {
		return nil
	}
	return []string{strings.Replace(read, "read_", "write_", 1)}
}

// accessDenied is the answer for a field whose scope is missing.
func accessDenied(field string, scopes []string) *fieldError {
	quoted := make([]string, len(scopes))
	for i, scope := range scopes {
		quoted[i] = "`" + scope + "` access scope"
	}
	required := strings.Join(quoted, " or ") + "."
	return &fieldError{
		message: "Access denied for " + field + " field. Required access: " + required,
		code:    "ACCESS_DENIED",
		extensions: map[string]any{
			"documentation":  "https://shopify.dev/api/usage/access-scopes",
			"requiredAccess": required,
		},
	}
}
