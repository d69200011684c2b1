// Package eta is the door to the Egyptian Tax Authority: a room of load. Orders come in, one document a sale; electronic
// receipts of version 1.2 go out, and what became of each comes back with the authority's own words.
//
// The way of a receipt, one file a step:
//
//	kinds.go     the fields that a mapping supplies
//	order.go     the rows of an order by what they are; due.go whether its receipt is due; policy.go what an adviser decides
//	receipt.go   Build: the records of an order become its receipts without a time and without a place in the chain
//	goods.go     the order as it was ever sold; discount.go how its figures hang together; amounts.go unitPrice ... total;
//	             levies.go taxes beside VAT
//	added.go     goods that were added after the sale was issued: a further receipt; lots.go which receipt sold what comes back
//	back.go      the returns of its refunds (backmoney.go their money, edited.go what an edit took off); take.go what a share of a line comes to
//	buyer.go     who bought, and how it was paid
//	document.go  the receipt as JSON, which json.go writes; text.go what texts may hold
//	revise.go    what follows where a receipt has left and the order is said otherwise; refer.go a return and its sale
//	validate.go  every rule that the authority would refuse it by, before it takes a place in the chain
//	examine.go   the same of the written receipt, by the law of its day (law), traced back to its row
//	canonical.go the text that is hashed, taken from that JSON
//	seal.go      time, place in the chain, uuid: frozen bytes that never change again
//	send.go      up to 500 of them in one submission, and the outcome of each
//	piece.go     how many leave together after a lost answer, and which one it is that the authority stumbles over
//	ask.go       what became of a lost answer, and of the validation that goes on behind an accepted one
//	answer.go    the authority's answers, read leniently
//	trace.go     from the place that the authority names in a receipt, back to field and row
//	paper.go     what a sealed receipt says, for those who look at it; results.go: what a flow wants back
//	tieout.go    what was issued here held against what the authority holds; tieout_read.go reads that
//	adopt.go     what a restored ledger never heard of, read back from the authority
//	token.go     signing in; api.go the connection; check.go the same on request
//	points.go    the POS of the registry, and which of them an order takes
//	codes.go     the authority's tables; config.go, config_back.go the section eta: of wasl.yaml; ready.go before go-live
//
// What it never does: it issues nothing for an order whose figures do not add up to the piastre; it never re-encodes or
// re-dates a sealed receipt; it never sends again what may have arrived before it has asked; it never takes silence for
// a refusal; it never writes a secret or a token into an answer, an error or a log; it never returns more
// than was sold.
//
// # Why
//
// The canonical text is taken from the bytes that will be sent, in one pass, and not from a tree beside them: what is
// hashed and what leaves cannot drift apart, and numbers keep their literals because nobody ever parses them. A tree
// that writes both was turned down: the sealed bytes would have to be read back into it, only to be written again.
//
// A receipt with a wrong figure is refused by the authority only after it has used up its place in the chain. So Build
// computes every formula twice, once forwards to fill the receipt and once from the filled receipt to verify it.
//
// With prices that include VAT the line is fixed to what was paid (total) and VAT is what is left of it: so the receipt
// adds up to the order exactly. With prices before VAT the order's own tax is shared among the lines, each within a
// piastre of its formula: so it adds up here too, although Shopify rounds tax line by line.
//
// A refusal is confirmed by a look-up before it counts, because "refused as a duplicate" means that the receipt was
// taken, and the authority documents no code to tell the two apart. Codes and texts of its errors decide nothing here
// but to wait.
//
// Print, by which a repeated order is compared with what was filed, holds the order's own facts and leaves out the
// seller and the item list: a moved office changes no sale, nor does a new name of an article.
package eta
