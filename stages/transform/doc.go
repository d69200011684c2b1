// Package transform is the room where rows become records: a mapping, one YAML
// file, says which column is which field, and text becomes amounts, quantities,
// dates and codes.
//
//	pipeline.Row  ->  Mapping.Map  ->  pipeline.Record, []pipeline.Problem
//
// What comes in: a mapping's text, the kinds it may name, the reference tables
// and value maps it may look into; then rows. What goes out: records, and a
// problem for every cell that could not be read, complete with its place. It
// never guesses, and never reads a file. Map keeps nothing between two rows but the
// order of a table's keys; Rows, which stands before it once a file, keeps the head
// of a group where the mapping says fill: down, and counts what it notes.
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
// # What it may say of reports
//
//	header: 4              the row of the header, pinned; 9-11: its rows; none: the file has none, and columns
//	                       go by their numbers, from: 3
//	format: xlsx           the kind of file, pinned: csv, xlsx, xls, html or xml; any other is held
//	sheet: Stock           of a workbook; codepage: windows-1256 and delimiter: ";" of a text
//	end: Grand Total       the table ends with the row that says this in a cell; a file without it is held
//	unpacked: 512          how many MiB a workbook may unpack to; else 64, and 256 of one that is not packed
//	                       tighter than 1 to 200
//	totals: report         what happens where the file's own totals differ from its rows: it is told, or the
//	                       file held (hold); ignore: they are not held against each other
//	hidden: report         hidden rows are read and told, left out (skip), or the file is held (hold)
//	dictionary: false      columns are never found by the dictionary's other names for them
//	unpivot: {but: [SKU, Title], name: Location, value: Quantity, skip: [not stocked]}
//	                       columns become rows: a file with one for each warehouse; columns: names those that do
//
// # What a field may say
//
//	from: names            the first of these headers that the file has (the short form has only this); also
//	                       {word: item.code}, all names of that word in mappings/dictionary.yaml; column 4 or
//	                       column D, whatever it is called; (group) and (groups), the captions above the row
//	value: text            always this
//	expr: expression       computed from fields, and from columns by col("Header"); see expr.go
//	as: type               read as another type than the field's own: gtin, phone.eg, nationalid.eg, taxno.eg
//	                       and email are codes with rules; serial and serial.1904 are Excel's day numbers
//	decimal: "," or "."    the decimal mark, pinned
//	fraction: true         of a rate: 0.14 stands for 14 %; a cell with the sign is per cent as it is
//	layout: layouts        of dates, as package time writes 2 January 2006, 15:04:05
//	pivot: 60              years of two digits are read: 60 to 99 as 19xx, all others as 20xx
//	zone: Africa/Cairo     of times without one; else the shop's
//	unit: strip            a quantity may carry any unit; or the header of the column with the row's unit
//	round: 2               numbers are rounded half up; a note in the report says how many were
//	strip: words           taken off both ends before reading; so is each letter of trim:
//	upper: true            in capitals
//	map: pairs or a name   another text for each; other: for all the rest
//	map: {table: codes, list: units}   the same, from a list that a file brings
//	lookup: table          the cell is a code of a reference table; take: is the column taken
//	  by: barcode          the cell is another column of it; or several ways in order:
//	                       lookup: [{table: items, by: code}, {table: items, by: barcode}]
//	  list: retail         lookup: {table: prices, list: retail}, of a table that holds lists
//	empty: texts           stand for an empty cell, besides those of empty: at the top of the
//	                       mapping; "-" and "—" do wherever a field may be empty
//	fill: down             stands on the first row of a group only, see down.go
//	default: text          for an empty cell
//	optional: true         the file may lack the column, and the table's row the value
//	required: true         an empty cell is a problem, also where the kind does not need the field
//
// A mapping may take a column apart into parts with names, which fields use as
// columns; and expressions choose by when() and cond():
//
//	split: {from: اسم الصنف, pattern: '^(?<item>.+?) - (?<colour>\S+)$', optional: true}
//	fields:
//	  parent: {expr: 'first(col("item"), col("اسم الصنف"))'}
//	  colour: {from: colour, optional: true}
//	  price:  {expr: 'when(has(price_list), price_list, price_base * 1.14)'}
//	  vat:    {expr: 'cond(vat_rate == 14, "V009", vat_rate == 0, "V003", "V005")'}
//
// # Why
//
// A column that a mapping names must be there, unless it is marked optional: a
// column that vanished from an export would otherwise empty a field of every
// row without a word.
//
// A number that could be read in two ways is a problem unless the mapping pins
// its decimal mark, or all numbers of its column tell it (Row.Styles); so is a date
// whose order of day and month neither the mapping nor the column tells, and a
// local time that a change of the clock skips or repeats. Where even the column
// leaves two readings, nothing is guessed.
//
// Dates of the Islamic calendar are refused, not converted: the beginning of a month
// depends on the country. Units are not converted: a carton is not a piece, and
// how many pieces it holds is not for us to know.
//
// What comes beside a look-up that failed (the nearest keys) is worked out from the
// neighbours of the missing key in two orders of letters, so that ten thousand
// missing keys of a large table cost no more than their number.
//
// Expressions have decimals only, and no clock: the same row gives the same
// record on any machine, on any day. An expression that needs a number, a date
// or a yes/no which the row lacks has no value; one that needs a field which
// could not be read has none either, so that a skip never hides a problem.
//
// Files: mapping.go is what a mapping is and does, parse.go reads it, field.go
// and fieldlookup.go read one field of it, fill.go makes a function of it,
// convert.go with exponent.go, noise.go, unit.go, ident.go and date.go with
// dateparts.go and datewords.go turn text into values, lookup.go, nearest.go and
// valuemap.go look values up, split.go takes columns apart, down.go and marks.go
// stand before the rows, expr.go computes, skip.go and only.go leave documents out, example.go runs the examples.
package transform
