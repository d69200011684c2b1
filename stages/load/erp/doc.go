// Package erp is the door to the merchant's ERP: a folder from which the ERP
// imports files. In come sales orders, payments, customers and their purchase histories,
// as documents; out go files as a layout in mappings/erp describes them (CSV or XLSX, a
// workbook of the merchant's own that is filled in, code page, columns, one file a
// document or one a batch, the heads of documents in a second file, a done-marker,
// numbers without gaps). It never overwrites a file, never deletes one that the ERP can
// see, and never writes an order whose amounts do not add up to the shop's total.
//
// Each of the four has a sink (Sink, Payments, Customers, History) with a layout of its
// own, whose kind: says what it is of (vocabulary.go). They share one folder, one lane
// and all that follows; the body of each document is a sale (sale.go), with or without
// amounts.
//
// "Delivered" means written, where the settings say nothing of an answer. With
// Config.Confirm a written document is accepted, and delivered or rejected when the
// ERP has answered; see below.
//
// # Exactly once, whatever the ERP does with its files
//
// An importer may delete a file the moment it appears. So the file itself is no
// proof of anything: if it is missing after a crash, it has either not been
// written or been imported, and guessing wrong loses an order or books it
// twice. The proof is kept beside it, in the folder .wasl of the import folder:
//
//	.wasl/2026-11/NAME.data     the file, complete, waiting
//	.wasl/2026-11/NAME.mark     its done-marker, waiting
//	.wasl/2026-11/NAME.intent   all of the above were complete on the disk
//
// A file leaves in this order, each step on the disk before the next begins:
//
//  1. data and mark are written beside the folder that the ERP looks at;
//  2. then the intent, with the hash of the data and the documents' keys;
//  3. data is moved to its final name, in one step, never replacing;
//  4. then mark is moved to its own.
//
// While the intent stands, data that is still there has not left, and data that
// is gone has: a move is one step, so there is no third state. The same holds
// for the mark. So after a kill at any point the notes say what is left to do:
//
//	intent  data  mark
//	no      -     -      nothing has left: begin again (a cut-off intent is none)
//	yes     yes   -      not left: move both
//	yes     no    yes    the file has left: move the mark
//	yes     no    no     all has left, whatever has become of it since
//
// Several files that belong together (the lines of documents and their heads) have one
// intent, and leave one after another, the heads last and then the mark: while the
// intent stands, each part that is gone has left, and each that waits has not. An
// importer that does not wait for the mark may see the lines a moment before the heads.
// Where a name is taken before anything has left, nothing leaves; where it is taken in
// between, the intent stays, so that what has left is not written again.
//
// Where something is to be withdrawn, the intent goes first. Intents stay: they
// make writing the same document again a no-op, also when the ledger was
// restored from an older backup or the machine was replaced. A person may delete
// old months of .wasl when nothing of them is open.
//
// Notes that are gone altogether (a share that is not mounted, somebody tidying
// up) are noticed where Deps.State remembers that the folder had some: nothing
// is written then (erp.lost), and what was being sent is parked (erp.unknown).
//
// What this cannot cover: a file server that loses power between a move and its
// sync, after the importer has already read the file.
//
// # The ERP's answer
//
// Four ways (Config.Confirm): none; file, where the ERP renames what it has booked
// (.done) or refused (.err, or lays its words beside it); gone, where it takes away what
// it has booked; ack, where its answers come in by the inbox as documents of the kind
// erp.ack: acknowledgements of any layout, or the export of what was booked. What was
// written and what was answered is remembered in reference tables of the house
// (books.go); Ask reads them. News from the inbox has what is accepted in the lane asked
// about at once.
//
// A refused document may be sent once more: then it is written again, once, under its
// own number, and the refusal does not count any more. One that was refused and booked
// after all is never written again. What each answer comes to that nobody wants is said
// at take (answer.go). An answer that comes late, from a file that was written before the
// document was sent once more, cannot be told from one to the newer file where it names
// only the document.
//
// # Money
//
// The lines of a payment are those of a balanced entry. payment.go its words,
// payment_build.go and payment_entry.go how it is made, payment_moves.go what is
// remembered, clearing.go how the accounts between gateways and the bank stand.
//
// # Customers
//
// Who a customer is, is told before anything is filed (customer_plan.go), by what was
// sent before and by the ERP's own list: customer_match.go says when two are one, and a
// person decides what is in doubt. Their keys and numbers hold nothing of a person.
// customer.go how a document and its updates are made; buyer.go, history.go what
// customers have bought, as the ERP was told.
//
// # Why
//
//   - A payment is known by what it says (order, kind, gateway, second, amount), not by
//     its number: the admin's export has none, and the same money comes by both ways.
//   - The bytes of a batch are frozen when it is taken (Kind.Freeze), so that a
//     layout changed between a crash and the next start cannot give a document
//     a second form.
//   - The notes lie in the ERP's folder, not with the ledger: they move with what
//     they are about, on the same file system, so that a move is one step.
//   - A name is fixed by document: a name with the time in it would be another
//     name after a crash.
//   - An order's amounts are explained, not corrected (amounts.go): what adds up
//     under no reading is held for a person.
//   - Shipping, a discount of the order and taxes on top are lines of their own
//     by default, so that the file adds up by its lines alone.
//   - Numbers are given by Kind.Seal, in the transaction that takes the documents: given
//     when they are built, one would be lost with each order that is held.
//   - A counter is named by the prefix of its numbers: two counters of one prefix would
//     give a number twice.
//   - What is asked of the books in every run (what is not answered, which numbers are
//     missing, how an account stands) is found by marks and by sums that are kept beside
//     them (kept.go, counted.go): three years of documents take ten seconds to read. Sums
//     are by day of booking and day of arrival, so that a late file changes earlier days
//     and the workbook of an earlier day stays as it was.
//   - Formulas of a template are worked out when it is filled in, because importers read
//     saved results; spreadsheets work them out again when they open it.
//   - The CSV writer is ours: columns, quoting and line ends are the layout's,
//     and encoding/csv rewrites line breaks inside cells.
package erp
