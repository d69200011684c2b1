// Package admin is the client of Shopify's Admin API, inside the room
// load/shopify.
//
// In: documents of the API with their variables. Out: what Shopify answers, or an
// error that says what is to be done: a *pipeline.Trouble for people, a
// *pipeline.Later for what time cures, and whether the work was certainly not
// done (Certain).
//
// A Door asks in three manners. Query and Post ask once and never wait: they are
// for sending, where the lane waits. Read, and Pages around it, wait for points
// next to ctx: they are for planning and checking. Whoever wants to keep what was
// said, as proof, makes the calls under the context of Listen.
//
// What is too large for pages and batches goes by bulk operations: BulkRead asks a
// question of the whole shop and waits for it; BulkStart, BulkFind, BulkStatus and
// BulkResult are the steps of sending, which the lane takes one by one.
//
// It never repeats a request of its own accord but for a renewed token, never
// follows a redirect, and writes no secret, body or cell to a log or an error.
//
//	door.go       the door: one question, one reply
//	page.go       connections, page by page       said.go       what was said, as proof
//	transport.go  one request, one answer         auth.go       tokens
//	errors.go     what an answer means            usererror.go  refusals inside a success
//	pace.go       points                          storage.go    another host, where files lie
//	bulk.go       bulk operations, their results  bulkread.go   a question of the whole shop
//	bulksend.go   many mutations: start, find     upload.go     a file to Shopify
//	download.go   lines from Shopify
//
// The rules followed are those of reference/shopify.md, sections 2 to 5 and 7.
//
// # Why
//
//   - go-shopify makes the call and nothing else. It reduces errors to texts, drops
//     headers and costs, sleeps without heeding ctx, takes HTML for a decoding
//     error and panics on some error bodies; so our RoundTripper puts our bytes in,
//     keeps the true answer for us, and tells the library of an empty success. Each
//     call has a client of its own, since clients are not safe for two goroutines.
//     Without the library door.go would be ten lines shorter; it was given.
//   - A missing X-Shopify-API-Version is as wrong as another one: a version that has
//     ended is served by an older one without an error, and the header is all that
//     tells.
//   - Reading waits inside, because beginning it again at every empty bucket would
//     never end in a large shop.
//   - No answer shows the clientIdentifier of a bulk operation again, but its text:
//     so the tag of a file is the name of the mutation too, and a lost operation is
//     found by that.
//   - Files lie with another host under signed addresses. Neither our token goes
//     there nor the signature into an error or a proof.
package admin
