package shopify

import "wasl/stages/load/shopify/admin"

// levelsPage reads the balances of one location.
var levelsPage = admin.Operation{Name: "InventoryLevelsAtLocation", Cost: 36, Text: `query InventoryLevelsAtLocation($locationId: ID!, $first: Int!, $after: String) {
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
var levelsOfItems = admin.Operation{Name: "InventoryLevelsOfItems", Cost: 5, Text: `query InventoryLevelsOfItems($ids: [ID!]!, $locationId: ID!) {
  nodes(ids: $ids) {
    ... on InventoryItem {
      id
      inventoryLevel(locationId: $locationId) { quantities(names: ["available", "on_hand", "committed"]) { name quantity } }
    }
  }
}`}

// locationsPage reads every location, those that are switched off too.
var locationsPage = admin.Operation{Name: "Locations", Cost: 13, Text: `query Locations($first: Int!, $after: String) {
  locations(first: $first, after: $after, includeInactive: true, includeLegacy: true, sortKey: ID) {
    nodes { id name isActive }
    pageInfo { hasNextPage endCursor }
  }
}`}

// setQuantities sets balances, 250 at most. @idempotent is required at run time
// since 2026-04, although the schema does not say so.
var setQuantities = admin.Operation{Name: "InventorySetQuantities", Cost: 10, Text: `mutation InventorySetQuantities($input: InventorySetQuantitiesInput!, $idempotencyKey: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $idempotencyKey) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}`}

// shopInfo reads what a person knows the shop by.
var shopInfo = admin.Operation{Name: "ShopInfo", Cost: 2, Text: `query ShopInfo {
  shop { id name myshopifyDomain currencyCode ianaTimezone taxesIncluded plan { publicDisplayName } }
}`}

// accessScopes reads what the token may do.
var accessScopes = admin.Operation{Name: "AccessScopes", Cost: 3, Text: `query AccessScopes {
  currentAppInstallation { id accessScopes { handle } }
}`}

// apiVersions reads which versions are served now.
var apiVersions = admin.Operation{Name: "PublicApiVersions", Cost: 1, Text: `query PublicApiVersions {
  publicApiVersions { handle displayName supported }
}`}
