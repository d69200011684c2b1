package main

// extraDocuments keep what clients read below the root beside the operation documents: shapes near the bulk queries,
// fixed prices, what a discount applies to. They are never sent; they only say which fields stay.
var extraDocuments = []string{
	`query VariantsWithMetafields {
  productVariants(first: 1) { nodes { metafields(first: 1) { nodes { id namespace key type value } } } }
}`,
	`query FixedPrices($id: ID!) {
  priceList(id: $id) {
    parent { adjustment { type value } settings { compareAtMode } }
    prices(first: 1, originType: FIXED) {
      nodes { originType price { amount currencyCode } compareAtPrice { amount currencyCode } variant { id } }
    }
  }
}`,
	`query Discount($id: ID!, $code: String!) {
  discountNode(id: $id) {
    discount {
      ... on DiscountAutomaticBasic { combinesWith { productDiscounts } context { ...context } customerGets { ...gets } minimumRequirement { ...least } }
      ... on DiscountCodeBasic {
        combinesWith { productDiscounts } context { ...context } customerGets { ...gets } minimumRequirement { ...least }
        codes(first: 1) { nodes { id code } }
      }
      ... on DiscountAutomaticBxgy {
        usesPerOrderLimit combinesWith { productDiscounts } context { ...context } customerGets { ...gets }
        customerBuys { items { ...items } value { ... on DiscountQuantity { quantity } ... on DiscountPurchaseAmount { amount } } }
      }
    }
  }
  codeDiscountNodeByCode(code: $code) { id codeDiscount { ... on DiscountCodeBasic { title } } }
  discountRedeemCodeBulkCreation(id: $id) { codes(first: 1) { nodes { code discountRedeemCode { id code } errors { code field message } } } }
}
fragment context on DiscountContext { ... on DiscountBuyerSelectionAll { all } }
fragment gets on DiscountCustomerGets {
  items { ...items }
  value {
    ... on DiscountPercentage { percentage }
    ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem }
    ... on DiscountOnQuantity { quantity { quantity } effect { ... on DiscountPercentage { percentage } ... on DiscountAmount { appliesOnEachItem } } }
  }
}
fragment items on DiscountItems {
  ... on AllDiscountItems { allItems }
  ... on DiscountProducts { products(first: 1) { nodes { id } } productVariants(first: 1) { nodes { id } } }
  ... on DiscountCollections { collections(first: 1) { nodes { id } } }
}
fragment least on DiscountMinimumRequirement {
  ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity }
  ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount currencyCode } }
}`,
	`mutation Switch($id: ID!) {
  discountCodeDeactivate(id: $id) { codeDiscountNode { id } userErrors { code field message } }
  discountCodeActivate(id: $id) { codeDiscountNode { id } userErrors { code field message } }
  discountAutomaticActivate(id: $id) { automaticDiscountNode { id } userErrors { code field message } }
}`,
	`query Weight($id: ID!) {
  inventoryItem(id: $id) { measurement { weight { value unit } } }
}`,
	`query Sales($id: ID!) {
  order(id: $id) {
    agreements(first: 1) { nodes {
      ... on OrderAgreement { id order { id } }
      ... on OrderEditAgreement { id }
      sales(first: 1) { nodes {
        ... on GiftCardSale { lineItem { id } }
        ... on DutySale { duty { id } }
        ... on TipSale { lineItem { id } }
        ... on AdjustmentSale { id }
        ... on AdditionalFeeSale { additionalFee { id } }
        ... on FeeSale { fee { id } }
        ... on UnknownSale { id }
      } }
    } }
    transactions { paymentDetails { ... on LocalPaymentMethodsPaymentDetails { paymentDescriptor } } }
  }
}`,
	`query Parcels($id: ID!) {
  order(id: $id) { fulfillments(first: 1) { fulfillmentLineItems(first: 1) { nodes { id quantity lineItem { id } } } } }
}`,
	`query Members($id: ID!) {
  collection(id: $id) {
    sources {
      ... on CollectionConditionsSource { shareable app { handle } inclusion { conditions { __typename } selections(first: 1) { nodes { product { id } variantIds } } } }
      ... on CollectionSubCollectionsSource { collections { id } }
    }
  }
  node(id: $id) { ... on CollectionConditionsSource { id inclusion { selections(first: 1) { pageInfo { hasNextPage } } } } }
}`,
}
