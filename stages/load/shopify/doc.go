// Package shopify is a door out: the room load, its Shopify. It sets the stock of
// a shop to what the ERP says.
//
// In: records of shopify.stock (an SKU, a location, a quantity), which become
// documents; batches of documents from the ledger. Out: one
// inventorySetQuantities a batch of up to 250, above 20,000 a bulk operation of
// such lines, Outcomes, what Shopify said, and for wasl check facts about the shop.
//
// It never sends what the shop holds already, never sets a balance that it has
// not read, never repeats a request under another key or with other bytes while
// the old key is known, never follows a redirect, and writes no secret, body or
// cell to a log or an error.
//
//	config.go     the section shopify of wasl.yaml
//	sink.go       Sink, New, Lane                 desk.go       a desk for each kind
//	shelf.go      what the shop holds             survey.go     how it is read
//	levels.go     balances                        whole.go      whole products
//	surveybulk.go reading everything at once      match.go      code -> variant
//	stock_*.go    balances: made by the flow's rules (stock_build), compared (stock_plan),
//	              what a file lacks (stock_more), sent 250 a call or in lines (stock_send,
//	              stock_bulk), stale ones (stock_stale), read back (stock_back)
//	product_*.go  item groups -> products: built, matched, compared, sent
//	status*.go    holds and releases             publish.go    where products are shown
//	keys.go       our own keys in the shop
//	price_*.go    prices of variants and of price lists: made by rules, compared, sent
//	promotion_*.go  reductions for a time, put back at their end
//	discount_*.go   discounts at the cart, automatic and by code
//	image_*.go    pictures: built, found, compared (image_compare), sent step by step
//	collection_*.go  groups -> collections: found, compared, sent with their members
//	order_*.go    what is written back on orders: numbers, links, tags
//	fulfil_*.go   delivery notes -> fulfilments   paid_*.go      collected money -> payments
//	order_ticks.go  how neither is made twice     backlog.go     what is left to send
//	pull_*.go     what changed in the shop, as files for the inbox
//	bulk.go       a batch that leaves as one bulk operation
//	check.go, check_goods.go  what wasl check asks    scopes.go  the rights of each kind
//	documents.go, surveydocs.go  every document of the API that is used
//	admin/        the client of the API: calls, pages, tokens, errors, points
//
// The rules followed are those of reference/shopify.md, and RELIABILITY.md 3.1
// and 3.3 for keys and retries.
//
// # Why
//
//   - Absolute balances with compare-and-set: a difference that arrives twice is
//     wrong for ever, a balance is not, and changeFromQuantity protects what was
//     sold between reading and writing.
//   - The request of a batch is frozen before it leaves, with its key, because
//     Shopify compares the bytes. Ask therefore asks nobody for twenty hours:
//     sending the same again is the question. After that the key may be forgotten
//     and the shop is read instead.
//   - Each line of a bulk operation has a key of its own, made of the batch's ID and
//     its number, so that a file that was started twice all the same would set nothing
//     twice. A line without an answer was set where one of its balances is as it was
//     to be and none as it was before: a line is set whole or not at all.
//   - A refused batch has changed nothing, so the rows that were not named leave
//     again at once, under a new key; they are never tried under the old one, which
//     counts as failed.
//   - An item that has no level at a location is compared as zero and set from
//     zero: since 2026-10 setting stocks it. Setting zero there is no change. Where
//     zero is refused as stale and there is still no level, it is set without
//     comparing.
//   - Balances are read back by nodes(ids:), not by a search, whose index lags.
//   - Sending never waits for points but says how long (Later); only the reading of
//     pages, in Plan and Check, waits inside, next to ctx: beginning it again at every
//     empty bucket would never end in a large shop.
//   - A plan reads what its documents speak of: up to a thousand codes are searched
//     for, fifty at a time, with balances by id; more, and the whole shop is read, by
//     pages up to a thousand variants and by bulk operations above. Variants and
//     balances are two questions, because of a balance below a variant Shopify does
//     not say clearly whose it is.
//   - A product is written by productSet, whole, because that is one call, can be
//     repeated, and fits bulk files. As lists replace, the product is read again right
//     before, and what the ERP does not speak of goes along by its id; in a bulk
//     operation, whose lines are frozen, the page of what was changed last says which
//     products have to be planned anew. Metafields, pictures and collections are never
//     in it: our keys on what was there before us go by metafieldsSet.
//   - Options are neither added to a product that has some nor renamed: that would ask
//     for values that nobody has said.
//   - A promotion is no state of ours: what the item costs without it, and what it
//     shows meanwhile, lie in the booking of its end. So the end needs no process that
//     has seen the start, a price file that comes in between only changes the booking,
//     and a price that is neither of the two was set by somebody, who wins. All
//     promotions of an item are one document: at each moment it says what the item
//     shows, and when to look again.
//   - Prices wait for what came before them in the lane (Kind.Settled): a promotion that
//     is planned while a new price is on its way would restore the old one.
//   - Discounts of ours carry a tag from the call that makes them. An id that only we
//     keep was turned down: after a lost answer nobody would know whose it is.
//   - A pull is a file that is whole, or none: pages go into a temporary file, and whoever
//     asked drops it and only then keeps how far it goes. A crash between the two pulls
//     again, and what comes twice changes nothing. Orders are kept as Shopify said them,
//     so that the vault has Shopify's own words; extract makes rows of them.
//   - A page and a bulk operation cannot hold the lines of refunds and of several parcels.
//     Orders that have them are read once more by id, which costs the same for one as for
//     fifty; all others come whole in the first place.
//   - What a search finds is compared again, exactly: its index lags, ignores case
//     and forgives. Several variants for one code are nobody's.
//   - A picture is known by the hash in the name of its file (image_name.go): it is
//     found again without a ledger, on whatever product, and a name that is taken is
//     refused by Shopify, so that the same picture is never uploaded twice, whatever
//     answer was lost. A search alone would not do: its index lags.
//   - Pictures go by fileCreate and fileUpdate, 250 a call for many products, and not
//     by productSet: that replaces the list of a product's pictures, so that one put
//     there by hand meanwhile would go, and makes a new file each time it is repeated.
//     10,000 items with two pictures are 900 calls and some 5,300 points; their bytes
//     take far longer than the points.
//   - What replaces a picture is a new file in the old one's place. Writing new content
//     behind the old file would change it on every product that shows it, which
//     Shopify does not tell, and could not be undone.
//   - A picture waits for Shopify twice: until it is READY, and until the order stands.
//     In between it is the lane that waits; then the document is ready for the rest of
//     its way, with what is known by now in its body.
//   - A fulfilment and a part payment have no key of ours, and no field that could hold
//     one: a tracking number is the courier's, an origin address decides about taxes, and
//     a tag says nothing of which parcel. So their ticks lie in a metafield of the order,
//     written before the call with the newest fulfilment or payment that was there. After
//     a lost answer, or a lost ledger, what is newer and the same is that call's. In
//     doubt a line is left to send or to pay, and Shopify refuses more than that.
//   - What of an order is sent is allotted when it leaves, not when it is planned: a plan
//     is about items, pieces and places, and the ids of fulfilment orders change when
//     somebody moves one.
//   - Thousands of orders are written back by a bulk operation for each sort of writing,
//     because it runs one mutation: 5,000 orders with four fields take 63 points, and 86
//     with a tag; one by one their tags alone would take 50,000.
//   - A collection of ours has a source of ours, called wasl, so that it is known
//     without a ledger who put a member in. Out of it goes only what carries
//     wasl.item_group, or is named elsewhere in the file, and is not in the group any
//     more; what the merchant selected in a source of theirs is never taken out, unless
//     the flow says exact. Nothing of a collection is deleted, and conditions are the
//     merchant's alone.
package shopify
