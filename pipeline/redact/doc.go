// Package redact takes a person out of files that wasl keeps: an export in the vault,
// its original in taken/. In come the bytes of a file and a pipeline.Person; out go the
// same bytes without what that person's records say of them, or that nothing of it is
// theirs, or that the file can only be taken out whole.
//
//	text (CSV, TSV)    table.go, csv.go   in its own code page, UTF-16 too; delimiter, quotes and rows stay
//	JSON lines         json.go            what was pulled
//	XLSX               xlsx.go            cells, and the shared texts that no cell needs any more
//	ZIP                zip.go             each file in it
//	everything else    file.go            .xls, web pages: searched, and taken out whole where the person is in it
//
// # Whose a record is
//
// A record is a row, or an order as it was pulled. Person.Owns says whether it is theirs:
// by the shop's number, by the address of mail, by the telephone. In their records the
// cells of columns that tell of a person (pipeline.Personal, and some more: table.go) are
// emptied, and so is every other cell that holds their mail, telephone or name. The rows
// of an order that follow its first one are theirs, too. Nothing else is touched: not the
// records of somebody of the same name or the same telephone, not amounts, codes, numbers
// of orders, of the shop or of the ERP. So a file can still be read, explained and retried.
//
// # Why
//
//   - It does not read as stages/extract does, which knows what a mapping asks for. Here it
//     is enough to be sure of a row, and it has to work on files that no flow took.
//   - Files are edited where they stand, not written anew: what is not the person's stays
//     the same to the byte, damage and all.
//   - What was edited is looked through again. Where anything is left, the file goes whole:
//     a person who is forgotten by half is not forgotten.
package redact
