package erp

import (
	"strings"
	"time"

	"wasl/pipeline"
)

// A layout says how files for the ERP look: one YAML file of mappings/erp.
type layout struct {
	of        *vocabulary
	format    string // csv, xlsx
	codepage  string // utf-8, utf-8-bom, windows-1256; of csv
	delimiter string // one character
	newline   string // \r\n or \n
	quoteAll  bool   // every cell of csv, not only those that need it
	decimal   string // the decimal mark of csv
	decimals  uint8  // of amounts, at least: never cut
	date      string // how days are written, in Go's way: 02/01/2006
	clock     string // how times are written
	zone      *time.Location
	perBatch  bool   // one file for what leaves together, not one a document
	name      string // of files: SO-{day}-{number}.csv
	done      string // ending of the file that says "complete"; "" for none
	header    bool   // the first line names the columns
	first     bool   // order columns on an order's first line only
	positive  bool   // what is taken back is written above zero: the ERP tells it by the type of the document
	guard     bool   // for people: text that a spreadsheet would run gets an apostrophe
	shipping  extra
	discount  extra
	taxes     extra
	columns   []column
	documents *sheet            // a second file, of one row a document; nil: there is none
	template  *template         // the workbook that is filled in; nil: one is made
	counter   *counter          // numbers documents; nil: nothing does
	types     map[string]byType // what is different for a type of documents
}

// A sheet is a file beside that of the lines.
type sheet struct {
	name    string
	columns []column
}

// An extra says how an amount of the whole order is written where it is not
// zero: as a line of its own, or in a column.
type extra struct {
	column    bool
	sku, name string
}

// A column is one column of the file.
type column struct {
	name   string  // in the header
	field  string  // our word; "" where value counts
	value  string  // the same in every line
	format string  // of a date or time, where it differs from the layout's
	width  float64 // of a workbook's column, in characters; zero: as it comes
	at     string  // its letters in a template; "": behind the one before
	kind   pipeline.Type
}

// plainLayout is the layout that everything not said follows: CSV as the world
// reads it, with all our words for columns.
func plainLayout(of *vocabulary, zone *time.Location) *layout {
	l := &layout{of: of,
		format: "csv", codepage: "utf-8", delimiter: ",", newline: "\r\n", decimal: ".", decimals: 2,
		date: time.DateOnly, clock: time.DateTime, zone: zone, name: of.name, header: true,
		shipping: extra{sku: "SHIPPING", name: "Shipping"},
		discount: extra{sku: "DISCOUNT", name: "Discount"},
		taxes:    extra{sku: "TAXES", name: "Taxes"},
	}
	for _, f := range of.words {
		l.columns = append(l.columns, column{name: f.Name, field: f.Name, kind: f.Type})
	}
	return l
}

// extra gives the lines for what the order has besides its items.
func (l *layout) extra(s sums) []line {
	var lines []line
	add := func(kind string, x extra, amount pipeline.Decimal) {
		if !x.column && !amount.IsZero() {
			lines = append(lines, line{Kind: kind, SKU: x.sku, Name: x.name,
				Quantity: pipeline.Decimal{}.Add64(1), Price: amount, Total: amount})
		}
	}
	add("discount", l.discount, s.Discount.Neg())
	add("shipping", l.shipping, s.Shipping)
	add("taxes", l.taxes, s.Taxes)
	return lines
}

// written is the total of what the file will say: the totals of its lines, and
// what stands in columns.
func (l *layout) written(b sale) pipeline.Decimal {
	total := zero
	for _, x := range b.Lines {
		total = total.Add(x.Total)
	}
	if l.discount.column {
		total = total.Sub(b.Sums.Discount)
	}
	if l.shipping.column {
		total = total.Add(b.Sums.Shipping)
	}
	if l.taxes.column {
		total = total.Add(b.Sums.Taxes)
	}
	return total
}

// rows are the lines of a sales document as cells of text.
func (l *layout) rows(b sale) [][]string {
	rows := make([][]string, 0, len(b.Lines))
	for i, x := range b.Lines {
		row := make([]string, len(l.columns))
		for j, c := range l.columns {
			if l.first && i > 0 && !strings.HasPrefix(c.field, "line.") && c.field != "" {
				continue
			}
			row[j] = l.cell(c, b, x, i)
		}
		rows = append(rows, row)
	}
	return rows
}

// heads are the rows of the file of documents: one each.
func (l *layout) heads(sales []sale) [][]string {
	rows := make([][]string, len(sales))
	for i, b := range sales {
		rows[i] = make([]string, len(l.documents.columns))
		for j, c := range l.documents.columns {
			rows[i][j] = l.cell(c, b, line{}, 0)
		}
	}
	return rows
}

// A cellText is one cell of a document as it will be written.
type cellText struct {
	column
	row  int // of the lines, counted from 0; 0 for what is of the whole document
	text string
}

// cells are all cells of a document, in whatever file.
func (l *layout) cells(b sale) []cellText {
	var out []cellText
	for i, row := range l.rows(b) {
		for j, text := range row {
			out = append(out, cellText{l.columns[j], i, text})
		}
	}
	if l.documents != nil {
		for j, text := range l.heads([]sale{b})[0] {
			out = append(out, cellText{l.documents.columns[j], 0, text})
		}
	}
	return out
}

// cell is one cell as text; "" where the order has no such thing.
func (l *layout) cell(c column, b sale, x line, i int) string {
	switch {
	case c.field == "":
		return c.value
	case c.field == serialWord:
		return b.Order[serialWord]
	case strings.HasPrefix(c.field, "doc."):
		return l.told(c, b)
	case strings.HasPrefix(c.field, "line."), strings.HasPrefix(c.field, "sum."):
		if text, mine := l.broken(c, b, x); mine {
			return text
		}
		return l.part(c, b.Sums, x, i)
	}
	text, ok := b.Order[c.field]
	if !ok {
		return ""
	}
	switch c.kind {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		number, err := parseDecimal(text)
		if err != nil {
			return text
		}
		return l.number(c.kind, number)
	case pipeline.Date, pipeline.Time:
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return text
		}
		return l.moment(c, at)
	}
	return text
}

// part is a cell of a line, or of what the order adds up to.
func (l *layout) part(c column, s sums, x line, i int) string {
	switch c.field {
	case "line.kind":
		return x.Kind
	case "line.sku":
		return x.SKU
	case "line.name":
		return x.Name
	case "line.number":
		return l.number(c.kind, pipeline.Decimal{}.Add64(uint64(i+1)))
	case "line.quantity":
		return l.number(c.kind, x.Quantity)
	case "line.price":
		return l.number(c.kind, x.Price)
	case "line.discount":
		return l.number(c.kind, x.Discount)
	case "line.total":
		return l.number(c.kind, x.Total)
	case "sum.goods":
		return l.number(c.kind, s.Goods)
	case "sum.discount":
		return l.number(c.kind, s.Discount)
	case "sum.shipping":
		return l.number(c.kind, s.Shipping)
	case "sum.taxes":
		return l.number(c.kind, s.Taxes)
	}
	return l.number(c.kind, s.total())
}

// number writes an amount with the layout's decimals or, where it has more of
// them, with all it has; a quantity as short as it can be.
func (l *layout) number(kind pipeline.Type, d pipeline.Decimal) string {
	text := d.String()
	if kind == pipeline.Amount {
		_, after, _ := strings.Cut(text, ".")
		text = d.StringFixed(max(l.decimals, uint8(len(after))))
	}
	if l.format == "csv" && l.decimal != "." {
		text = strings.Replace(text, ".", l.decimal, 1)
	}
	return text
}

func (l *layout) moment(c column, at time.Time) string {
	switch {
	case c.format == excelDate:
		return serialDay(at.In(l.zone), c.kind)
	case c.format != "":
		return at.In(l.zone).Format(c.format)
	case c.kind == pipeline.Date:
		return at.UTC().Format(l.date) // a day is kept as its midnight in UTC
	}
	return at.In(l.zone).Format(l.clock)
}

// isNumber tells whether a column's cells are numbers, for workbooks and for
// what may be taken for a formula.
func (c column) isNumber() bool {
	return c.field != "" && (c.format == excelDate || c.kind == pipeline.Amount || c.kind == pipeline.Quantity || c.kind == pipeline.Rate)
}
