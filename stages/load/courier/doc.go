// Package courier is the door to what couriers owe: cash that they collect on delivery.
// In come two kinds of documents. courier.order says what is to be collected for an
// order, from the same files of orders that go to the ERP; courier.remittance is a line
// of a courier's sheet (Bosta, Aramex, Mylerz, any layout by mapping): what he collected
// for a parcel, what he keeps, what he pays. Both are kept in tables of ours; nothing
// leaves for another machine.
//
// Lines are held against orders when the accounts are looked at (Reckon), not when they
// come: a sheet may come before its order, and an order may get the number of its parcel
// later. So each line is matched, short, over, collected twice, returned ... by what is
// known now, and a line of no known order waits. What does not match is told, and
// nothing of it is handed on.
//
// What matches can go on (Bundles): a file is dropped into the inbox, round by the front
// door, where flows take it: as payments to the ERP (erp.payment), and to the shop,
// which marks orders paid (shopify.payment).
//
//	config.go    settings; kinds.go the kinds and their words
//	order.go     what is to be collected; remittance.go what a courier says
//	sink.go      both into their tables; books.go out of them again
//	reckon.go    how each line and each order stands: pure; tell.go what of it is wrong
//	account.go   the courier's account, day by day, and what he owes by age: pure
//	hand.go      what goes on, once; bundle.go as a file
//
// # Why
//
//   - A room of its own, because a courier is another side with words of its own, and
//     neither the ERP's folder nor the shop has to be there for it.
//   - A line is known by courier, sheet (its number, or else its day, or else its file)
//     and parcel, not by its amount: the same sheet once more changes nothing, a corrected
//     one replaces the line and is told, and a second part of the money comes in another
//     sheet. The same money in two sheets is booked once all the same: the order owes
//     nothing any more.
//   - What an order is expected to bring is its total less what was paid by other means.
//     What the shop calls outstanding falls to nothing as soon as the order is marked
//     paid, which is what collected money does.
//   - Money that was handed on does not change any more: where a corrected sheet says
//     something else, a person puts the difference right.
//   - The account is made of how orders are known now: an order that was edited since is
//     shown with its new amount on the day on which it was sent.
package courier
