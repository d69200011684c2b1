package shopify

import (
	"strings"

	"wasl/stages/load/shopify/admin"
)

// The documents of pulling orders. What is read of an order is the same by page and
// by bulk operation; the detail has the parts that neither can hold.

const inBag = `{ shopMoney { amount currencyCode } }`

// pulledFields is what is read of an order in every way.
const pulledFields = `id legacyResourceId name number poNumber createdAt processedAt updatedAt closedAt cancelledAt cancelReason
edited confirmed test note tags email phone customerLocale sourceName sourceIdentifier retailLocation { id }
displayFinancialStatus displayFulfillmentStatus returnStatus paymentGatewayNames currencyCode presentmentCurrencyCode
taxesIncluded taxExempt dutiesIncluded discountCodes customAttributes { key value }
subtotalPriceSet ` + inBag + ` totalDiscountsSet ` + inBag + ` totalShippingPriceSet ` + inBag + ` totalTaxSet ` + inBag + `
totalTipReceivedSet ` + inBag + ` totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
currentSubtotalPriceSet ` + inBag + ` currentShippingPriceSet ` + inBag + ` currentTotalTaxSet ` + inBag + `
currentTotalPriceSet ` + inBag + ` currentTotalDutiesSet ` + inBag + `
totalReceivedSet ` + inBag + ` totalRefundedSet ` + inBag + ` totalOutstandingSet ` + inBag + `
totalCashRoundingAdjustment { paymentSet ` + inBag + ` refundSet ` + inBag + ` }
taxLines { title rate priceSet ` + inBag + ` }
customer { id displayName firstName lastName tags taxExempt taxSettings { taxId } defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
billingAddress { name firstName lastName company address1 address2 city province provinceCode zip country countryCodeV2 phone }
shippingAddress { name firstName lastName company address1 address2 city province provinceCode zip country countryCodeV2 phone }
erpDocNo: metafield(namespace: "wasl", key: "erp_doc_no") { value }
transactions(first: 250) {
  id kind status gateway formattedGateway paymentId createdAt processedAt test manualPaymentGateway errorCode
  amountSet ` + inBag + ` amountRoundingSet ` + inBag + ` parentTransaction { id }
}
`

// pulledParcel is what is read of a fulfilment in every way.
const pulledParcel = `id name status displayStatus createdAt updatedAt trackingInfo(first: 10) { company number url }`

// pulledShort are refunds and fulfilments as far as pages and bulk operations hold
// them: enough to know whether the detail is needed.
const pulledShort = `refunds(first: 250) { id createdAt processedAt note totalRefundedSet ` + inBag + ` }
fulfillments(first: 250) { ` + pulledParcel + ` }
`

// pulledLine is what is read of a line.
const pulledLine = `id name title variantTitle sku vendor quantity currentQuantity unfulfilledQuantity taxable requiresShipping isGiftCard
customAttributes { key value } variant { id }
originalUnitPriceSet ` + inBag + ` totalDiscountSet ` + inBag + `
discountAllocations { allocatedAmountSet ` + inBag + ` } taxLines { title rate priceSet ` + inBag + ` }`

// pulledFreight is what is read of a shipping line.
const pulledFreight = `id title code source carrierIdentifier isRemoved originalPriceSet ` + inBag + ` discountedPriceSet ` + inBag + `
taxLines { title rate priceSet ` + inBag + ` }`

const pulledBack = `id quantity restockType restocked location { id } lineItem { id sku } subtotalSet ` + inBag + ` totalTaxSet ` + inBag

// mostFreight is how many shipping lines a page holds of an order.
const mostFreight = 5

var ordersPage = admin.Operation{Name: "WaslOrdersPage", Cost: 420, Page: 50, Text: `query WaslOrdersPage($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      ` + pulledFields + pulledShort + `lineItems(first: 30) { nodes { ` + pulledLine + ` } pageInfo { hasNextPage } }
      shippingLines(first: 5, includeRemovals: true) { nodes { ` + pulledFreight + ` } }
    }
    pageInfo { hasNextPage endCursor }
  }
}`}

var ordersByID = admin.Operation{Name: "WaslOrdersByID", Cost: 200, Page: 50, Text: `query WaslOrdersByID($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order {
    ` + pulledFields + `lineItems(first: 50) { nodes { ` + pulledLine + ` } pageInfo { hasNextPage endCursor } }
    shippingLines(first: 20, includeRemovals: true) { nodes { ` + pulledFreight + ` } }
    discountApplications(first: 10) { nodes {
      __typename index allocationMethod targetSelection targetType
      value { __typename ... on MoneyV2 { amount currencyCode } ... on PricingPercentageValue { percentage } }
      ... on DiscountCodeApplication { code }
      ... on AutomaticDiscountApplication { title }
      ... on ManualDiscountApplication { title description }
      ... on ScriptDiscountApplication { title }
    } }
    refunds(first: 250) {
      id createdAt processedAt note totalRefundedSet ` + inBag + ` return { id name status }
      refundLineItems(first: 20) { nodes { ` + pulledBack + ` } pageInfo { hasNextPage endCursor } }
      refundShippingLines(first: 5) { nodes { id subtotalAmountSet ` + inBag + ` taxAmountSet ` + inBag + ` } }
      orderAdjustments(first: 5) { nodes { id reason amountSet ` + inBag + ` taxAmountSet ` + inBag + ` } }
      transactions(first: 10) { nodes { id } }
    }
    fulfillments(first: 250) {
      ` + pulledParcel + `
      fulfillmentLineItems(first: 20) { nodes { id quantity lineItem { id } } pageInfo { hasNextPage endCursor } }
    }
  } }
}`}

// What goes on behind the page that an order holds of it.
var (
	moreLines = more("WaslMoreLines", "Order", "lineItems", pulledLine)
	moreBack  = more("WaslMoreRefunded", "Refund", "refundLineItems", pulledBack)
	moreSent  = more("WaslMoreSent", "Fulfillment", "fulfillmentLineItems", "id quantity lineItem { id }")
	moreDeals = more("WaslMoreAgreements", "Order", "agreements", pulledDeal)
)

func more(name, kind, connection, fields string) admin.Operation {
	page := 250
	if connection == "agreements" {
		page = 25
	}
	return admin.Operation{Name: name, Cost: 100, Page: page, Text: `query ` + name + `($id: ID!, $first: Int!, $after: String) {
  node(id: $id) { ... on ` + kind + ` { ` + connection + `(first: $first, after: $after) { nodes { ` + fields + ` } pageInfo { hasNextPage endCursor } } } }
}`}
}

// pulledDeal is the signed ledger of an order: each sale, edit, return and
// refund with its taxes.
const pulledDeal = `__typename id happenedAt reason
... on RefundAgreement { refund { id } }
... on ReturnAgreement { return { id name } }
sales(first: 50) { nodes {
  __typename id actionType lineType quantity
  totalAmount ` + inBag + ` totalDiscountAmountBeforeTaxes ` + inBag + ` totalTaxAmount ` + inBag + `
  taxes { id amount ` + inBag + ` taxLine { title rate } }
  ... on ProductSale { lineItem { id sku } }
  ... on ShippingLineSale { shippingLine { id title } }
} }`

var orderAgreements = admin.Operation{Name: "WaslAgreements", Cost: 260, Page: 10, Text: `query WaslAgreements($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { id agreements(first: 25) { nodes { ` + pulledDeal + ` } pageInfo { hasNextPage endCursor } } } }
}`}

var ordersCount = admin.Operation{Name: "WaslOrdersCount", Cost: 1, Text: `query WaslOrdersCount($query: String!) {
  ordersCount(query: $query, limit: null) { count }
}`}

// orderIDs is the cheap list of what there is: 250 orders for a handful of points.
var orderIDs = admin.Operation{Name: "WaslOrderIDs", Cost: 13, Text: `query WaslOrderIDs($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id name createdAt updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}`}

// bulkOrders is the question of many orders. Bulk operations allow no connection
// below a list, so that the lines of refunds and fulfilments are read by id after it.
func bulkOrders(query string) string {
	return `query WaslBulkOrders {
  orders(query: "` + strings.ReplaceAll(query, `"`, `\"`) + `", sortKey: UPDATED_AT) { edges { node {
    ` + pulledFields + pulledShort + `lineItems { edges { node { ` + pulledLine + ` } } }
    shippingLines(includeRemovals: true) { edges { node { ` + pulledFreight + ` } } }
  } } }
}`
}

var ordersExist = admin.Operation{Name: "WaslOrdersExist", Cost: 2, Text: `query WaslOrdersExist($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { id } }
}`}
