// Package law is what the tax authority demands of a receipt: its tables, limits and rates, each with the days on
// which it is in force, and the check of a finished receipt against all of them. It is a part of the room eta.
//
// In comes a folder with tables of the merchant's own, which may be empty, and the bytes of a receipt; out come faults,
// each with its rule, its place in the receipt and its facts.
//
//	book.go    the tables together: those that wasl ships, and of the same name those of the installation
//	table.go   one table, read strictly
//	forms.go   what each table must look like
//	limits.go  limits, rates and codes, by the day
//	tree.go    a receipt as it is written: members in order, numbers as literals
//	schema.go  section 3 as data: every member, mandatory or not, how long, of which kind
//	check.go   Check: all of it, in the order of the receipt
//	header.go, seller.go, line.go, sums.go   the rules of the parts; the buyer's stand with the seller's
//	back.go    a return beside its sale
//	batch.go   the receipts of one submission beside each other
//
// What it never does: it changes nothing, asks nobody, and knows no clock; who asks says which day it is.
//
// # Why
//
// The check reads the bytes that are to be sealed and shares nothing with what wrote them, not even the amounts: a
// mistake in building a receipt cannot excuse itself here. It compares each amount with what follows from the other
// amounts as they are declared, so that one wrong amount is one fault, where it is.
//
// Tables stand in files, because they change without a release of wasl: a file of the same name in the installation's
// folder is read in place of the one that is shipped. It is read strictly; one that is wrong stops the work, for a
// receipt that is checked by half a table is checked by none.
package law
