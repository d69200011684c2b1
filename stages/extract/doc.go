// Package extract is the second room: the bytes of a file come in, rows of text
// go out, with a Reading that says how the file was read.
//
//	a drop's bytes -> what is it? -> lines -> where is the table? -> pipeline.Row
//	                  sniff.go       csv.go    table.go, shopify.go
//	                  decode.go      xlsx.go
//	                  codepage.go    ole.go, biff*.go: .xls of Excel 2 to 2003
//	                  archive.go     html*.go, xmlbook.go: pages and XML as .xls
//	                                 mend.go: Arabic damaged on its way
//
// What a file is follows from its bytes, never from its name. A file that cannot
// be read with certainty ends in a *pipeline.Refused, which may come after rows
// were handed on: whoever takes the rows has to keep them back until the end. A
// cell or row that cannot be read is a pipeline.Fault in its row.
//
// Orders come in three layouts and leave in one (orderrows.go): the admin's CSV
// (shopify.go), what was pulled from the API (pulled*.go), Matrixify (matrixify.go).
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
// date is 15:04:05; an elapsed time ([h]:mm) stays a number of days. A cell with a Fault keeps the
// text that stood in it, for showing: #N/A, or the digits that are not certain.
//
// # What is data
//
// Up to 15 rows above the header are titles, kept in Reading.Titles. A header has one
// to three rows; its columns go by the names of all rows joined ("Closing Balance
// Quantity"), or by that of the last row alone. Names such as ! and - are fillers.
// Over which columns a caption stands is what merged cells say; where there are none, it
// goes on to the right. Merged cells of data are as workbooks keep them: the first one
// has the value. It is told which those are, unless the mapping fills them down.
//
// Below it, these rows are no data, and listed in Reading.Ignored: totals; captions of
// groups, which rows below them know as their column "(group)"; titles and header once
// more, as at the top of a page; numbers of the columns; and captions after the last
// row of data, which are footers. A code alone in the key column is no caption but a
// row that lacks the rest.
//
// A total is told by its label (totals.go), or by having no key and no text but the sums
// of the rows above it. An item stays one whatever it is called. What totals state
// is held against the rows read, in Reading.Controls.
//
// A NUL in a cell is a fault of that cell; several in a row are bytes that were never
// written, and the file is held as cut off. So is a text whose last row has too few
// columns and no line end.
//
// # Two readings
//
// Where dates or numbers are asked for, the file is read twice: 03/04/2026 and 1,234
// mean something only beside the other cells of their column (style.go). Both
// readings hold one row at a time.
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
//   - Old workbooks have an own reader of records, and of the container around
//     them. The libraries there are read Excel 97 alone, take a formula that was
//     never computed for 0, and believe lengths and chains. The container's tree
//     is not walked: only what lies in its root counts.
//   - A code page of bytes is told by how likely its letters are where they stand;
//     the best one has to win clearly, or a person is asked. Damaged Arabic is put
//     right by columns: one text that does not go back shows that letters were lost.
//   - UTF-8 is decided over the whole file, not its beginning: an export may well
//     have its first Arabic name on row 90,000.
//   - A bare quote inside an unquoted cell (12" pipe) is a letter like others; a
//     quoted cell has to end in a quote, or the file is refused: read leniently it
//     would swallow the rest.
package extract
