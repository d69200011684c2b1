package shopify

import "wasl/stages/load/shopify/admin"

// discountFields is what is compared of a discount. Lists are read to their first
// 250: more cannot be set in one call.
const discountFields = `title status startsAt endsAt tags combinesWith { orderDiscounts productDiscounts shippingDiscounts }
        minimumRequirement { ... on DiscountMinimumSubtotal { greaterThanOrEqualToSubtotal { amount } } ... on DiscountMinimumQuantity { greaterThanOrEqualToQuantity } }
        customerGets {
          value { ... on DiscountPercentage { percentage } ... on DiscountAmount { amount { amount } appliesOnEachItem } }
          items {
            ... on AllDiscountItems { allItems }
            ... on DiscountProducts { products(first: 250) { nodes { id } } productVariants(first: 250) { nodes { id } } }
            ... on DiscountCollections { collections(first: 250) { nodes { id } } }
          }
        }`

// discountsPage reads which discounts the shop has.
var discountsPage = admin.Operation{Name: "DiscountNodes", Cost: 82, Text: `query DiscountNodes($first: Int!, $after: String) {
  discountNodes(first: $first, after: $after) {
    nodes {
      id
      discount {
        __typename
        ... on DiscountAutomaticBasic { title status tags }
        ... on DiscountCodeBasic { title status tags codes(first: 1) { nodes { code } } }
        ... on DiscountAutomaticBxgy { title status }
        ... on DiscountCodeBxgy { title status codes(first: 1) { nodes { code } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`}

// discountsByID reads discounts whole.
var discountsByID = admin.Operation{Name: "DiscountsByID", Cost: 100, Text: `query DiscountsByID($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on DiscountNode {
      id
      discount {
        __typename
        ... on DiscountAutomaticBasic { ` + discountFields + ` }
        ... on DiscountCodeBasic { ` + discountFields + ` usageLimit appliesOncePerCustomer codes(first: 250) { nodes { code } } }
      }
    }
  }
}`}

// discountByCode finds whose a code is, also where a discount has many.
var discountByCode = admin.Operation{Name: "DiscountByCode", Cost: 1, Text: `query DiscountByCode($code: String!) {
  codeDiscountNodeByCode(code: $code) { id }
}`}

var createAutomatic = admin.Operation{Name: "DiscountAutomaticBasicCreate", Cost: 10, Text: `mutation DiscountAutomaticBasicCreate($discount: DiscountAutomaticBasicInput!) {
  done: discountAutomaticBasicCreate(automaticBasicDiscount: $discount) { node: automaticDiscountNode { id } userErrors { field message code extraInfo } }
}`}

var updateAutomatic = admin.Operation{Name: "DiscountAutomaticBasicUpdate", Cost: 10, Text: `mutation DiscountAutomaticBasicUpdate($id: ID!, $discount: DiscountAutomaticBasicInput!) {
  done: discountAutomaticBasicUpdate(id: $id, automaticBasicDiscount: $discount) { node: automaticDiscountNode { id } userErrors { field message code extraInfo } }
}`}

var stopAutomatic = admin.Operation{Name: "DiscountAutomaticDeactivate", Cost: 10, Text: `mutation DiscountAutomaticDeactivate($id: ID!) {
  done: discountAutomaticDeactivate(id: $id) { node: automaticDiscountNode { id } userErrors { field message code extraInfo } }
}`}

var createCode = admin.Operation{Name: "DiscountCodeBasicCreate", Cost: 10, Text: `mutation DiscountCodeBasicCreate($discount: DiscountCodeBasicInput!) {
  done: discountCodeBasicCreate(basicCodeDiscount: $discount) { node: codeDiscountNode { id } userErrors { field message code extraInfo } }
}`}

var updateCode = admin.Operation{Name: "DiscountCodeBasicUpdate", Cost: 10, Text: `mutation DiscountCodeBasicUpdate($id: ID!, $discount: DiscountCodeBasicInput!) {
  done: discountCodeBasicUpdate(id: $id, basicCodeDiscount: $discount) { node: codeDiscountNode { id } userErrors { field message code extraInfo } }
}`}

var stopCode = admin.Operation{Name: "DiscountCodeDeactivate", Cost: 10, Text: `mutation DiscountCodeDeactivate($id: ID!) {
  done: discountCodeDeactivate(id: $id) { node: codeDiscountNode { id } userErrors { field message code extraInfo } }
}`}

// addCodes adds further codes to a discount, later than it is asked to.
var addCodes = admin.Operation{Name: "DiscountRedeemCodeBulkAdd", Cost: 11, Text: `mutation DiscountRedeemCodeBulkAdd($discountId: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  discountRedeemCodeBulkAdd(discountId: $discountId, codes: $codes) {
    bulkCreation { id done }
    userErrors { field message code extraInfo }
  }
}`}

// addedCodes tells what became of that.
var addedCodes = admin.Operation{Name: "DiscountRedeemCodeBulkCreation", Cost: 25, Text: `query DiscountRedeemCodeBulkCreation($id: ID!) {
  discountRedeemCodeBulkCreation(id: $id) { id done failedCount codes(first: 250) { nodes { code errors { message code } } } }
}`}
