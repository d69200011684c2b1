// Package shopifytest stands in for Shopify. It belongs to the load room and is used by tests only.
//
// In: HTTP requests on loopback, as a client of the Admin GraphQL API 2026-10 sends them, and faults to play. Out: the
// answers that Shopify's published rules (and recorded live replies) give, and a record of every request and of every
// change that was really made, for a test to judge.
//
// It never talks to anybody, never forgives what Shopify would refuse, never answers success for what it does not
// implement, and shares no code with the sink it judges: it imports no package of this project.
//
// What it imitates: client credentials and permanent tokens, versions, validation of documents and variables, access
// scopes, the cost of documents and inputs and the bucket they are paid from, idempotency keys, reading of shop,
// locations, products, variants, files, collections, publications and inventory by pages and searches, productSet (also
// put off), products and variants in part and in bulk, pictures that are processed and may fail, publishing, collections
// of sources, inventory with compare-and-swap, metafields and their definitions, tags; orders with their payments,
// refunds, returns, parcels and ledger, customers, payouts, and the writes back to them. Everything else in the schema is
// answered with INTERNAL_SERVER_ERROR "not implemented by the stand-in", fields of inputs too.
//
// A test plays the merchant with AddProduct, EditProduct, EditVariant, DeleteProduct, EditCollection and Sell, lets
// pictures fail with FailSource, and reads with Product, Products, Collections, Files, Changes and Judge.
//
// It tells an order's life story with PlaceOrder and Tell: Steps with dates, also dates to come, each of which moves
// updatedAt, transactions, sums and ledger together; whoever reads sees what has happened by the clock. OrderAt and Orders
// read an order as it stood at any time, ExportOrders and the like write the admin's files of the same orders. Another
// process does all that by the control address, see Story. AddCustomer, AddPayout and SetIndexLag do the rest.
//
// Also: staged uploads and bulk operations over everything that direct calls can do, price lists with fixed prices,
// discounts and their codes.
//
// Sources: reference/shopify.md sections 2 to 6 and 11; the Admin schema 2026-10, cut down by ./prune; recorded live
// replies of 2026-04 (github.com/airhorns/shopify-draft-proxy, fixtures/conformance) for texts, order of checks and
// costs.
//
// # Why
//
// A real server in place of a mocked transport: only so can a reply be lost, a connection be cut and a client be killed
// between the work and the answer. The store is a handful of maps and the executor projects maps by selection sets: a
// generated server for 500 types was turned down, because most of it would answer nothing.
//
// # Worth knowing when writing a client
//
//   - inventorySetQuantities that changes nothing answers without userErrors and without a group (live): a missing
//     inventoryAdjustmentGroup is no failure.
//   - A document or variables that do not fit the schema are answered without data and without extensions.cost (live).
//   - Most root connections are never null in the schema: ACCESS_DENIED on one of them takes all data of the answer.
//   - The comparison of changeFromQuantity is made last, so a refused batch may be refused again as stale.
//   - The lines of a bulk mutation are run when it is accepted, in no order, and answered in another; its state follows
//     after Options.BulkPolls readings or after Options.BulkTakes by the clock. BulkPlan spreads the work, loses answers,
//     fails or hangs. A faulty line does not fail the operation.
//   - Uploads and downloads are requests of their own ("upload", "download" to faults and CallsOf). They want no token, and
//     showing one is judged.
//   - What a search of orders finds and how it sorts comes from an index that lags; what is shown is the order of now. Pages
//     sorted by a value go on behind the value and the id of the last node: an order that changed meanwhile is met again.
//   - A time in a search of orders that stands without quotes loses its time of day. It is judged.
//   - displayFinancialStatus is null while an order has no transaction.
//   - A line that an edit took off keeps its quantity; a refund without money speaks of it.
//   - An operation has no field for clientIdentifier: a client finds its own by the text in query, which is kept as sent.
//
// # Where the published rules are silent
//
//   - A repeated key answers with the first result (documented). One live observation of 2026-07 found the
//     compare-and-swap checked again on repetition; Options.ReplayRechecks plays that.
//   - A batch with one bad row changes nothing at all; so did every recorded failure.
//   - A line whose variables do not fit is answered with errors and without data; variables that the mutation does not
//     declare are ignored, and judged. A missing scope is found when the operation runs: FAILED with ACCESS_DENIED.
//   - partialDataUrl comes with FAILED alone; a cancelled or expired operation shows no result. A dead address of a result
//     is answered with 400 ExpiredToken.
//   - A bulk query that selects pageInfo or cursor, or that declares variables, is refused like one that selects nodes.
//   - An end before the start is refused with END_DATE_BEFORE_START_DATE as the schema has it; recorded answers of 2026-04
//     say INVALID with the same message.
//   - A code of a discount with several codes is not found by discountNodes(query: "code:…") (documented as not
//     supported), but by codeDiscountNodeByCode.
//   - Quantities at a deactivated location are refused with INVALID_LOCATION.
//   - A first result that held userErrors counts as a failed attempt of its key.
//   - customId that finds nothing creates only with the key among the metafields of the input: MISSING_FIELD_REQUIRED.
//   - An empty list of variants leaves the variant that a product without options has.
//   - What the API makes is published nowhere and its variants are not tracked until they are told to be.
//   - updatedAt of a product moves with every accepted write, whether it changed something or not.
//   - metafields of productSet replace those of every namespace.
//   - Jobs and a productSet that was put off are done when the second request after them comes in.
//   - A search by a metafield that cannot be filtered by fails with BAD_REQUEST.
//   - Amounts in the buyer's currency are worked out one by one from the shop's: sums hold in the shop's currency.
//   - Orders do not move stock: a test does that with Sell, and restocking is only told.
//   - currentTotalPriceSet falls by money that was given without goods, so that nothing is outstanding after it; the sales of
//     all agreements add up to it.
//   - A cancellation without money and restocking has no refund beside it, keeps its total as outstanding, and ends an order
//     that waited for its money as VOIDED.
//   - A refund's subtotalSet holds the tax when taxesIncluded says so.
//   - A cursor beyond 25 000 objects is refused with BAD_REQUEST.
//   - A part payment of a shop that is not on Plus, and what level 2 of protected data hides, are refused in words of our own.
//   - Fees of Shopify Payments are 2.9 % and 3 units; payouts hold charges and refunds alone.
//   - A shipping address sent with orderUpdate takes the taxes of an unfulfilled order away: there are no tax tables.
//   - Points of an input are rounded down (live: two variants of a bulk update cost nothing).
package shopifytest
