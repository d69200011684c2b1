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
	"productVariantsCount": {"read_products"}, "productVariantByIdentifier": {"read_products"}, "productOperation": {"read_products"},
	"collection": {"read_products"}, "collections": {"read_products"}, "collectionByIdentifier": {"read_products"},
	"files": {"read_files"}, "fileCreate": {"write_files"}, "fileUpdate": {"write_files"}, "fileDelete": {"write_files"},
	"productVariantAppendMedia": {"write_products"}, "productReorderMedia": {"write_products"},
	"order": {"read_orders"}, "orders": {"read_orders"}, "ordersCount": {"read_orders"}, "refund": {"read_orders"},
	"fulfillment": {"read_orders"}, "tenderTransactions": {"read_orders"}, "fulfillmentOrder": readFulfilment,
	"customer": {"read_customers"}, "customers": {"read_customers"}, "customerSet": {"write_customers"},
	"shopifyPaymentsAccount": {"read_shopify_payments_accounts", "read_shopify_payments"},
	"publication":            {"read_publications"}, "publications": {"read_publications"},
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
	"orderMarkAsPaid": {"write_orders"}, "refundCreate": {"write_orders"}, "orderOpen": {"write_orders"},
	"orderCreateManualPayment": {"write_orders"}, "fulfillmentCreate": writeFulfilment, "fulfillmentCancel": writeFulfilment,
	"fulfillmentTrackingInfoUpdate": writeFulfilment,

	"priceList": {"read_products"}, "priceLists": {"read_products"}, "catalog": {"read_products"},
	"priceListCreate": {"write_products"}, "priceListFixedPricesUpdate": {"write_products"},
	"priceListFixedPricesByProductUpdate": {"write_products"},

	"discountNode": {"read_discounts"}, "discountNodes": {"read_discounts"},
	"codeDiscountNodeByCode": {"read_discounts"}, "discountRedeemCodeBulkCreation": {"read_discounts"},
	"discountAutomaticBasicCreate": {"write_discounts"}, "discountAutomaticBasicUpdate": {"write_discounts"},
	"discountAutomaticBxgyCreate": {"write_discounts"}, "discountCodeBasicCreate": {"write_discounts"},
	"discountCodeBasicUpdate": {"write_discounts"}, "discountRedeemCodeBulkAdd": {"write_discounts"},
	"discountAutomaticActivate": {"write_discounts"}, "discountAutomaticDeactivate": {"write_discounts"},
	"discountCodeActivate": {"write_discounts"}, "discountCodeDeactivate": {"write_discounts"},
}

// Fulfilment orders have scopes of their own, by who manages them.
var (
	readFulfilment = []string{"read_merchant_managed_fulfillment_orders", "read_assigned_fulfillment_orders",
		"read_third_party_fulfillment_orders"}
	writeFulfilment = []string{"write_merchant_managed_fulfillment_orders", "write_assigned_fulfillment_orders",
		"write_third_party_fulfillment_orders"}
)

// fieldScopes says the same of fields below the root, by type and name.
var fieldScopes = map[string][]string{
	"Location.inventoryLevel":      {"read_inventory"},
	"Location.inventoryLevels":     {"read_inventory"},
	"InventoryItem.inventoryLevel": {"read_inventory"}, "InventoryItem.inventoryLevels": {"read_inventory"},
	"ProductVariant.inventoryItem": {"read_inventory", "read_products"},
	"Order.fulfillmentOrders":      readFulfilment, "Order.customer": {"read_customers"},
	"ShopifyPaymentsAccount.payouts":             {"read_shopify_payments_payouts", "read_shopify_payments"},
	"ShopifyPaymentsAccount.balanceTransactions": {"read_shopify_payments_payouts", "read_shopify_payments"},
	"Product.resourcePublications":               {"read_publications"}, "Product.resourcePublicationsCount": {"read_publications"},
	"Product.availablePublicationsCount": {"read_publications"}, "Product.publishedOnPublication": {"read_publications"},
	"Collection.resourcePublications": {"read_publications"}, "Collection.resourcePublicationsCount": {"read_publications"},
	"Collection.availablePublicationsCount": {"read_publications"}, "Collection.publishedOnPublication": {"read_publications"},
}

// ownerScopes says what reading an object by its id needs; writing asks for the same with write_.
var ownerScopes = map[string]string{
	"Product": "read_products", "ProductVariant": "read_products", "Collection": "read_products",
	"InventoryItem": "read_inventory", "InventoryLevel": "read_inventory", "Location": "read_locations",
	"PriceList": "read_products", "DiscountNode": "read_discounts", "DiscountAutomaticNode": "read_discounts",
	"DiscountCodeNode": "read_discounts", "DiscountRedeemCodeBulkCreation": "read_discounts",
	"Order": "read_orders", "Refund": "read_orders", "Fulfillment": "read_orders", "Customer": "read_customers", "Publication": "read_publications",
	"GenericFile": "read_files", // a MediaImage may be read with read_products too
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
