// Package reconcile is the last room: the ledger comes in (pipeline.Books), a
// workbook for accountants goes out, and the same numbers for the terminal.
//
// The way through it, one file a step:
//
//	write.go     Write: the table of contents; the file appears whole or not at all
//	sum.go       Sum: rows in against rows accounted for, money in against money out
//	summary.go   the first sheet: those sums, and what the words mean; money.go its
//	             amounts, unused.go the files that were not used, and why
//	orders.go    an order a line: what the ERP got, what the authority got, the difference
//	receipts.go  a receipt a line, with what its sealed bytes say; member.go looks into them
//	sales.go     the sales of each day against the receipts filed, and what they differ by
//	customers.go what each customer bought, tied to the sales documents
//	couriers.go  what couriers owe that collect on delivery
//	clearing.go  how the accounts between gateways and the bank stand
//	stock.go     a change of stock a line
//	changes.go   what documents replaced, value by value: lines.go puts them into words
//	problems.go  everything that is wrong, by job, with what to do about it
//	gates.go     what a gate held, and who let it go
//	plan.go      WritePlans: what jobs would change; drift.go what differs now
//	backorders.go what the shop has to send still
//	readiness.go what stands between a merchant and e-receipts; rehearsal.go what would
//	             have been filed
//	tieout.go    receipts about which the tax authority and the ledger do not agree;
//	             late.go those that are too old for it
//	copies.go    a receipt as its customer gets it on paper
//	archive.go   receipts and answers taken out, with their hashes; archive_verify.go
//	             holds them against their hashes again
//	files.go     how each file was read
//	expected.go  files that did not come as they should
//	quarantine.go Quarantine: the rows of a job that were put aside, in a workbook to
//	             be corrected and dropped again; columns.go in which columns, aside.go
//	             how it is written; fix.go the rows of one document
//	book.go      a workbook, its sheets and their rows; style.go how they look
//	words.go     every word of it, in English and Arabic
//	zip.go       the same parts give the same bytes
//
// What it never does: it writes nothing to the ledger, asks nobody outside, reads
// no clock, and decides nothing about a document. It never writes an identifier
// as a number, nor an amount that a spreadsheet would show otherwise than the
// ledger has it.
//
// # Why
//
// The workbook is a pure function of the ledger, to the last byte: a crash
// between writing it and closing its jobs is cured by writing it again, and
// nobody has to ask which of two files is the right one. So its properties are
// dated by its last day, and its parts are packed in a fixed order; excelize
// packs streamed sheets in the order of a map.
//
// Sums are written twice: as the value that we added up in exact decimals, and
// as the formula that an accountant can click to see what it is made of. Whoever
// trusts neither can add up the columns.
//
// Rows that were put aside are read again from the vault, by the flow's own
// Extract, rather than kept in the ledger: it would hold every wrong file twice,
// and a workbook that is made again from what the sender wrote is what he knows.
// Their workbook goes back round by the front door. Its rows are known again by
// what was not changed in them: a number in a column of its own was turned down,
// for it is sorted apart from its row, or deleted, by the first who tidies up. One
// that somebody is correcting is not written over, unless it has more to say.
//
// Sheets are streamed, for 100,000 orders are an ordinary month. Held in memory are
// only what is put together of several jobs, in short: the orders, whose halves of the
// ERP and of the authority come from different ones, their sales, and the customers.
package reconcile
