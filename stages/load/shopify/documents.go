package shopify

// apiVersion is the version of the Admin API that every document below is
// written for. Shopify serves it from 2026-10-01 for at least twelve months.
const (
	apiVersion = "2026-10"
	apiEnds    = "2027-10-01"
)

// pageSize is the most that a connection gives at a time: large pages are cheap,
// a page of 250 costs less than three times a page of 10.
const pageSize = 250

// An operation is one document of the Admin API with its name and the points
// that it is expected to cost until a reply says it exactly.
type operation struct {
	name string
	text string
	cost float64
}

// variantsPage reads which item a SKU means.
var variantsPage = operation{name: "VariantsPage", cost: 35, text: `query VariantsPage($first: Int!, $after: String) {
  productVariants(first: $first, after: $after, sortKey: ID) {
    nodes { id sku barcode product { handle } inventoryItem { id tracked } }
    pageInfo { hasNextPage endCursor }
  }
}`}

// levelsPage reads the balances of one location.
var levelsPage = operation{name: "InventoryLevelsAtLocation", cost: 36, text: `query InventoryLevelsAtLocation($locationId: ID!, $first: Int!, $after: String) {
  location(id: $locationId) {
    id
    inventoryLevels(first: $first, after: $after) {
      nodes { item { id } quantities(names: ["available", "on_hand", "committed"]) { name quantity } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`}

// levelsOfItems reads back the balances of some items at one location. It goes
// by id and not by a search, because a search index lags behind.
var levelsOfItems = operation{name: "InventoryLevelsOfItems", cost: 5, text: `query InventoryLevelsOfItems($ids: [ID!]!, $locationId: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id
      inventoryLevel(locationId: $locationId) { quantities(names: ["available", "on_hand", "committed"]) { name quantity } }
    }
  }
}`}

// locationsPage reads every location, those that are switched off too.
var locationsPage = operation{name: "Locations", cost: 13, text: `query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeInactive: true, includeLegacy: true, sortKey: ID) {
    nodes { id name isActive }
    pageInfo { hasNextPage endCursor }
  }
}`}

// setQuantities sets balances, 250 at most. @idempotent is required at run time
// since 2026-04, although the schema does not say so.
var setQuantities = operation{name: "InventorySetQuantities", cost: 10, text: `mutation InventorySetQuantities($input: InventorySetQuantitiesInput!, $idempotencyKey: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $idempotencyKey) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}`}

// shopInfo reads what a person knows the shop by.
var shopInfo = operation{name: "ShopInfo", cost: 2, text: `query ShopInfo {
  shop { id name myshopifyDomain currencyCode ianaTimezone taxesIncluded plan { publicDisplayName } }
}`}

// accessScopes reads what the token may do.
var accessScopes = operation{name: "AccessScopes", cost: 3, text: `query AccessScopes {
  currentAppInstallation { id accessScopes { handle } }
}`}

// apiVersions reads which versions are served now.
var apiVersions = operation{name: "PublicApiVersions", cost: 1, text: `query PublicApiVersions {
  publicApiVersions { handle displayName supported }
}`}
