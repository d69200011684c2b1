// Package transform is the room where rows become records: a mapping, one YAML
// file, says which column is which field, and text becomes amounts, quantities,
// dates and codes.
//
//	pipeline.Row  ->  Mapping.Map  ->  pipeline.Record, []pipeline.Problem
//
// What comes in: a mapping's text, the kinds it may name, the reference tables
// and value maps it may look into; then rows. What goes out: records, and a
// problem for every cell that could not be read, complete with its place. It
// never guesses, never reads a file, never keeps anything between two rows.
//
// # A mapping
//
//	flow: erp-stock
//	files: ["stock*.csv"]
//	to: shopify.stock
//	fields:
//	  sku:      [كود الصنف, Item Code]
//	  quantity: {from: [الكمية, Qty]}
//	  location: {from: [المخزن, Warehouse], map: shopify.locations}
//	examples:
//	  - row:   {كود الصنف: A-1, الكمية: "7", المخزن: "01"}
//	    maps:  {shopify.locations: {"01": "gid://shopify/Location/1"}}
//	    gives: {sku: A-1, quantity: "7"}
//
// Parse checks it against its kind before anything runs, and says everything
// that is wrong with it, not only the first thing. Its examples are its tests:
// Mapping.Check runs them.
//
// # What a field may say
//
//	from: names            the first of these headers that the file has (the short form has only this)
//	value: text            always this
//	expr: expression       computed from fields, and from columns by col("Header"); see expr.go
//	as: type               read as another type than the field's own
//	decimal: "," or "."    the decimal mark, pinned
//	fraction: true         of a rate: 0.14 stands for 14 %
//	layout: layouts        of dates, as package time writes 2 January 2006, 15:04:05
//	zone: Africa/Cairo     of times without one; else the shop's
//	strip: words           taken off both ends before reading; so is each letter of trim:
//	upper: true            in capitals
//	map: pairs or a name   another text for each; other: for all the rest
//	lookup: table          the cell is a code of a reference table; take: is the column taken
//	default: text          for an empty cell
//	optional: true         the file may lack the column, and the table's row the value
//	required: true         an empty cell is a problem, also where the kind does not need the field
//
// # Why
//
// A column that a mapping names must be there, unless it is marked optional: a
// column that vanished from an export would otherwise empty a field of every
// row without a word.
//
// A number that could be read in two ways is a problem unless the mapping pins
// its decimal mark; so is a date whose order of day and month is not pinned,
// and a local time that a change of the clock skips or repeats. To look at the
// other rows and guess was turned down: the same cell would then mean different
// things in different files.
//
// Expressions have decimals only, and no clock: the same row gives the same
// record on any machine, on any day. An expression that needs a number, a date
// or a yes/no which the row lacks has no value; one that needs a field which
// could not be read has none either, so that a skip never hides a problem.
//
// Files: mapping.go is what a mapping is and does, parse.go reads it, field.go
// reads one field of it and makes a function of it, convert.go with number.go
// and date.go turn text into values, lookup.go looks values up, expr.go computes
// them, skip.go leaves documents out, example.go runs the examples.
package transform
