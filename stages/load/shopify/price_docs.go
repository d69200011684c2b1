package shopify

import "wasl/stages/load/shopify/admin"

// updatePrices sets prices of one product's variants; what is right is set also
// where something beside it is refused.
var updatePrices = admin.Operation{Name: "ProductVariantsBulkUpdate", Cost: 10, Text: `mutation ProductVariantsBulkUpdate($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: true) {
    productVariants { id }
    userErrors { field message code }
  }
}`}

// updateListPrices fixes prices of a list, 250 and 250 at most: all of them, or none.
var updateListPrices = admin.Operation{Name: "PriceListFixedPricesUpdate", Cost: 10, Text: `mutation PriceListFixedPricesUpdate($priceListId: ID!, $pricesToAdd: [PriceListPriceInput!]!, $variantIdsToDelete: [ID!]!) {
  priceListFixedPricesUpdate(priceListId: $priceListId, pricesToAdd: $pricesToAdd, variantIdsToDelete: $variantIdsToDelete) {
    deletedFixedPriceVariantIds
    userErrors { field message code }
  }
}`}

// createPriceList makes a list that changes nothing before prices are fixed in it.
var createPriceList = admin.Operation{Name: "PriceListCreate", Cost: 10, Text: `mutation PriceListCreate($input: PriceListCreateInput!) {
  priceListCreate(input: $input) {
    priceList { id name currency }
    userErrors { field message code }
  }
}`}

// priceListsPage reads the lists of the shop.
var priceListsPage = admin.Operation{Name: "PriceLists", Cost: 24, Text: `query PriceLists($first: Int!, $after: String) {
  priceLists(first: $first, after: $after) {
    nodes { id name currency catalog { title } }
    pageInfo { hasNextPage endCursor }
  }
}`}

// fixedPricesPage reads what a list fixes.
var fixedPricesPage = admin.Operation{Name: "FixedPrices", Cost: 25, Text: `query FixedPrices($id: ID!, $first: Int!, $after: String) {
  priceList(id: $id) {
    prices(first: $first, after: $after, originType: FIXED) {
      nodes { price { amount } compareAtPrice { amount } variant { id } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`}

// pricesOf reads what variants show right now. It goes by id and not by a search,
// because a search index lags behind.
var pricesOf = admin.Operation{Name: "PricesOf", Cost: 3, Text: `query PricesOf($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on ProductVariant { id price compareAtPrice inventoryItem { unitCost { amount } } }
  }
}`}
