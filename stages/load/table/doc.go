// Package table is the door that leads inside: into our own reference tables,
// by which other flows look things up. In come rows of master data, as documents:
// items (code, names, tax code, unit, price), prices (by price list), branches,
// and codes (lists of what each code stands for). Out go rows of a table in the
// ledger. It never sends anything to another machine.
//
// A row of a table with lists is named list/code, any other by its code.
//
// A row replaces the one of its code, whole: a cell that the new file leaves
// empty is empty afterwards. Rows that a new file no longer has stay, since
// orders of last week still look them up.
//
// # Why
//
//   - Master data is a flow like any other, so that a wrong item list is told,
//     kept and shown in the reports in the same way as a wrong order.
//   - Putting a row twice is the same as once. So Ask needs no memory: what is
//     unsure is put again.
//   - Check digits are looked at where the mapping says as: gtin, not here: an item
//     with a code of its own is an item too.
//   - A price below nothing is a slip of the ERP, never a price.
package table
