// Package extract is the second room: the bytes of a file come in, rows of text
// go out, with a Reading that says how the file was read.
//
//	a drop's bytes -> what is it? -> lines -> where is the table? -> pipeline.Row
//	                  sniff.go       csv.go    table.go, shopify.go
//	                  decode.go      xlsx.go
//	                  zip.go
//
// What a file is follows from its bytes, never from its name. A file that cannot
// be read with certainty ends in a *pipeline.Refused, which may come after rows
// were handed on: whoever takes the rows has to keep them back until the end. A
// cell or row that cannot be read is a pipeline.Fault in its row.
//
// It never guesses what a text means: numbers, dates and codes are read in
// transform. It never writes, never unpacks to disk, and starts no goroutine.
//
// # Rows and their numbers
//
// Row numbers count records from 1, titles, header and empty rows included: as
// Excel numbers the rows when it opens the file. A line break inside quotes does
// not begin a new row. Of a workbook it is the number that stands in the sheet.
//
// Cells of workbooks become text as pipeline.Row says. A cell with a time and no
// date is 15:04:05; an elapsed time ([h]:mm) stays a number of days; a percentage
// stays the number that is stored, 0.14 for 14%. A cell with a Fault keeps the
// text that stood in it, for showing: #N/A, or the digits that are not certain.
//
// # What is data
//
// Rows above the header are titles. Below it, rows of totals, the header once
// more, and sentences after the last row of data are no data; each is listed in
// Reading.Ignored. A code alone in the key column is no footer but a row that
// lacks the rest. A NUL in a cell is a fault of that cell; several in a row are
// bytes that were never written, and the file is held as cut off. So is a text
// whose last row has too few columns and no line end.
//
// A quarantine workbook that comes back (back.go) is read by the slip on its hidden
// sheet, not by the mapping's rules for files: all of its rows are data.
//
// # Why
//
//   - CSV has an own splitter. encoding/csv reads a file of CR lines as one row,
//     tells no row numbers as users count them, and drops the difference between
//     a last row that is ended and one that is cut off. It is the oracle of tests.
//   - Workbooks have an own scanner. excelize's Rows gives a cell's text without
//     its type, style or formula, so a date looks like a number, a formula without
//     a result like an empty cell, and an error like a text; and it passes over
//     damage in silence (a part shorter than stated, a shared string that is not
//     there). It is the oracle of tests, too.
//   - UTF-8 is decided over the whole file, not its beginning: an export may well
//     have its first Arabic name on row 90,000.
//   - A bare quote inside an unquoted cell (12" pipe) is a letter like others; a
//     quoted cell has to end in a quote, or the file is refused: read leniently it
//     would swallow the rest.
package extract
