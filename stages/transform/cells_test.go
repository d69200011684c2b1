package transform

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wasl/pipeline"
)

func TestDateWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		order string
		pivot int
		in    string
		want  string
	}{
		{"", 0, "5 يناير 2026", "2026-01-05 00:00:00"}, {"", 0, "٥ كانون الثاني ٢٠٢٦", "2026-01-05 00:00:00"}, {"", 0, "5-شباط-2026", "2026-02-05 00:00:00"}, {"", 0, "5 أكتوبر، 2026م", "2026-10-05 00:00:00"},
		{"", 0, "تشرين الأول 5 2026", "2026-10-05 00:00:00"}, {"", 0, "٥ جويلية ٢٠٢٦", "2026-07-05 00:00:00"}, {"", 0, "الأحد 8 مارس 2026", "2026-03-08 00:00:00"}, {"", 0, "الاثنين 8 مارس 2026", "!date.format"},
		{"", 0, "Jan 5, 2026", "2026-01-05 00:00:00"}, {"", 0, "5 January 2026", "2026-01-05 00:00:00"}, {"", 0, "2026-Jan-05", "2026-01-05 00:00:00"}, {"", 0, "5th of Sept. 2026", "2026-09-05 00:00:00"}, {"", 0, "05JAN2026", "2026-01-05 00:00:00"},
		{"", 0, "Sunday, March 8, 2026 10:00 AM", "2026-03-08 10:00:00"}, {"", 0, "8 مارس 2026 2:30 م", "2026-03-08 14:30:00"}, {"", 0, "8 مارس 2026 12:05 صباحًا", "2026-03-08 00:05:00"}, {"", 0, "8 مارس 2026 12:05:07 مساءً", "2026-03-08 12:05:07"},
		{"", 0, "8 March 2026 13:00 PM", "!date.format"}, {"", 0, "8 March 2026 24:00", "!date.format"}, {"", 0, "8 March 2026 9:60", "!date.format"},
		{"", 0, "20260105", "2026-01-05 00:00:00"}, {"", 0, "20261305", "!date.format"}, {"", 0, "2026/1/5", "2026-01-05 00:00:00"}, {"", 0, "2026.01.05", "2026-01-05 00:00:00"}, {"", 0, "2026-1-5 7:05", "2026-01-05 07:05:00"},
		{"", 0, "3/4/2026", "!date.format"}, {"", 0, "25/12/2026", "!date.format"}, {"dmy", 0, "3/4/2026", "2026-04-03 00:00:00"}, {"mdy", 0, "3/4/2026", "2026-03-04 00:00:00"}, {"dmy", 0, "3-4/2026", "!date.format"},
		{"dmy", 0, "٣/٤/٢٠٢٦ ٢:٣٠ م", "2026-04-03 14:30:00"}, {"mdy", 0, "25/12/2026", "!date.format"}, {"dmy", 0, "31.02.2026", "!date.format"}, {"dmy", 0, "3 4 2026", "2026-04-03 00:00:00"},
		{"dmy", 0, "3/4/26", "!date.shortyear"}, {"", 0, "3/4/26", "!date.format"}, {"dmy", 60, "3/4/26", "2026-04-03 00:00:00"}, {"dmy", 60, "3/4/99", "1999-04-03 00:00:00"}, {"dmy", 60, "3/4/61", "!date.far"}, {"", 0, "05-Jan-26", "!date.shortyear"}, {"", 60, "05-Jan-26", "2026-01-05 00:00:00"}, {"", 60, "Jan 5 26", "2026-01-05 00:00:00"}, {"ymd", 60, "26-04-03", "2026-04-03 00:00:00"},
		{"", 0, "1 رجب 1447", "!date.hijri"}, {"", 0, "١٤٤٧/٠٧/٠١ هـ", "!date.hijri"}, {"", 0, "1447-07-01", "!date.hijri"}, {"dmy", 0, "01/07/1447", "!date.hijri"}, {"", 0, "15 جمادى الآخرة 1447هـ", "!date.hijri"}, {"", 0, "5 Ramadan 1447", "!date.hijri"},
		{"", 0, "46086", "!date.serial"}, {"", 0, "46086.75", "!date.serial"}, {"", 0, "12", "!date.format"}, {"", 0, "يناير 2026", "!date.format"}, {"", 0, "5 يناير", "!date.format"}, {"", 0, "5 يناير فبراير 2026", "!date.format"}, {"", 0, "about 5 Jan 2026", "!date.format"}, {"", 0, "99 Jan 2026", "!date.format"},
	} {
		h := &how{as: pipeline.Time, to: pipeline.Time, zone: time.UTC, order: c.order, pivot: c.pivot}
		v, why := h.read(pipeline.Clean(c.in))
		got := v.Time.Format(time.DateTime)
		if why.rule != "" {
			got = "!" + string(why.rule)
		}
		if got != c.want {
			t.Errorf("%q (%s, %d) = %s, want %s", c.in, c.order, c.pivot, got, c.want)
		}
	}
}

// TestDate_RoundTrip writes days in words and numbers, and reads the same day.
func TestDate_RoundTrip(t *testing.T) {
	t.Parallel()
	arabic := strings.Split("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر", " ")
	rapid.Check(t, func(t *rapid.T) {
		want := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 40_000).Draw(t, "day"))
		layout := rapid.SampledFrom([]string{"2 January 2006", "Jan 2, 2006", "02-Jan-2006", "2006/1/2", "20060102", "Monday 2 January 2006", "2 Arab 2006", "2006-01-02", "2/1/2006", "02.01.2006"}).Draw(t, "layout")
		text := strings.ReplaceAll(want.Format(layout), "Arab", arabic[want.Month()-1])
		text = inDigitsOf(text, rapid.Bool().Draw(t, "arabic digits"))
		h := &how{as: pipeline.Date, to: pipeline.Date, zone: time.UTC, order: "dmy"}
		if v, why := h.read(text); why.rule != "" || !v.Time.Equal(want) {
			t.Fatalf("%q is read as %s %v", text, v.Time, why)
		}
	})
}

func TestSerials(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "flow: x\nfiles: x\nto: all\nfields:\n  date: {from: A, as: serial}\n  time: {from: B, as: serial.1904, zone: UTC}\n", deps(t))
	record, problems := m.Map(row("A", "46086.75", "B", "٤٤٦٢٤.٥"))
	if len(problems) > 0 || record.Date("date").Format(time.DateOnly) != "2026-03-05" || record.Date("time").Format(time.DateTime) != "2026-03-05 12:00:00" {
		t.Errorf("got %v %v %v", record.Date("date"), record.Date("time"), problems)
	}
	if _, problems = m.Map(row("A", "2026-03-05", "B", "12")); len(problems) != 2 || problems[0].Rule != "date.format" {
		t.Errorf("what is no day number: %v", problems)
	}
}

// TestNumbers: exponents, noise, units, empty words and declared rounding, in cells.
func TestNumbers(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
empty: [لا يوجد, N/A]
fields:
  amount:   {from: A, optional: true, round: 2}
  quantity: {from: Q, optional: true, unit: [Unit]}
  other:    {from: O, optional: true}
  label:    {from: L, optional: true, empty: none}
  code:     {from: C, required: true}
`, deps(t))
	for _, c := range []struct{ field, column, cell, want string }{
		{"other", "O", "1e2", "100"}, {"other", "O", "8.9E+01", "89"}, {"other", "O", "1.5e-3", "0.0015"}, {"other", "O", "-1e2", "-100"}, {"other", "O", "1E2", "100"}, {"other", "O", "١e٢", "100"},
		{"other", "O", "1E+05", "!number.exponent"}, {"other", "O", "6.22103E+12", "!number.exponent"}, {"other", "O", "1e99", "!number.long"}, {"other", "O", "1e", "!amount.format"},
		{"other", "O", "19.990000000000002", "19.99"}, {"other", "O", "0.30000000000000004", "0.3"}, {"other", "O", "1234.4999999999998", "1234.5"}, {"other", "O", "0.3333333333333333", "0.3333333333333333"}, {"other", "O", "12.34567", "12.34567"},
		{"other", "O", "1,23,456.50", "123456.5"}, {"other", "O", "-", "none"}, {"other", "O", "—", "none"}, {"other", "O", "n/a", "none"}, {"other", "O", "لا يوجد", "none"}, {"other", "O", "لايوجد", "!amount.format"}, {"other", "O", "none", "!amount.format"},
		{"label", "L", "None", "none"}, {"label", "L", "-", "none"}, {"code", "C", "-", "-"}, {"code", "C", "N/A", "!field.missing"},
		{"amount", "A", "2.345", "2.35"}, {"amount", "A", "-2.345", "-2.35"}, {"amount", "A", "2.344999", "2.34"},
		{"quantity", "Q", "0.12345", "0.12345"}, {"quantity", "Q", "12 قطعة", "!quantity.unit"}, {"quantity", "Q", "5 kg", "!quantity.unit"}, {"quantity", "Q", "3 PCS", "3"}, {"quantity", "Q", "3pcs", "3"}, {"quantity", "Q", "1,250.5 Pcs", "1250.5"}, {"quantity", "Q", "3 x 2", "!quantity.format"}, {"quantity", "Q", "A 3 PCS", "!quantity.format"},
	} {
		pairs := []string{"A", "", "Q", "", "O", "", "L", "", "C", "x", "Unit", "PCS"}
		pairs[slices.Index(pairs, c.column)+1] = c.cell
		record, problems := m.Map(row(pairs...))
		got := "none"
		if v := record.Value(c.field); v.Set {
			got = plainText(m.shape.Fields()[m.shape.Index(c.field)].Type, v)
		}
		if len(problems) > 0 {
			got = "!" + string(problems[0].Rule)
		}
		if got != c.want {
			t.Errorf("%s %q = %s, want %s", c.field, c.cell, got, c.want)
		}
	}
	strip := mustParse(t, "flow: x\nfiles: x\nto: all\nfields: {quantity: {from: Q, unit: strip}}\n", deps(t))
	if record, problems := strip.Map(row("Q", "12 قطعة")); record.Amount("quantity").String() != "12" || problems != nil {
		t.Errorf("unit: strip: %v", problems)
	}
}

// TestRows_Rounding notes each field that was rounded once, with how often.
func TestRows_Rounding(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "flow: x\nfiles: x\nto: all\nfields: {amount: {from: A, round: 2}, other: {from: B, round: 0}}\n", deps(t))
	read := &pipeline.Reading{}
	header := []string{"A", "B"}
	for range m.Rows(read, func(yield func(pipeline.Row, error) bool) {
		for i, a := range []string{"1.005", "2", "3.999", "x"} {
			if !yield(pipeline.Row{Origin: pipeline.Origin{Row: i + 2}, Header: header, Cells: []string{a, "7"}}, nil) {
				return
			}
		}
	}) {
	}
	if len(read.Notes) != 1 {
		t.Fatalf("notes: %v", read.Notes)
	}
	n := read.Notes[0]
	if n.Rule != "number.rounded" || n.Row != 2 || n.Col != 1 || n.Field != "amount" ||
		cmp.Diff(map[string]string{"count": "2", "was": "1.005", "is": "1.01"}, n.With) != "" {
		t.Errorf("note: %+v", n)
	}
}

// TestRows_FillDown: the head of a group stands on its first row. What a head lacks
// is not taken from the group before.
func TestRows_FillDown(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "flow: x\nfiles: x\nto: all\nfields: {code: {from: Order, fill: down}, label: {from: Customer, fill: down, optional: true}, quantity: Qty}\n", deps(t))
	header := []string{"Order", "Customer", "Qty"}
	cells := [][]string{{"", "", "0"}, {"S1", "Mona", "1"}, {"", "", "2"}, {"S2", "", "3"}, {"", " ", "4"}, {"", "Ali", "5"}}
	fault := pipeline.Fault{Col: 1, Rule: "cell.error"}
	var got []string
	for r, err := range m.Rows(&pipeline.Reading{}, func(yield func(pipeline.Row, error) bool) {
		for i, c := range cells {
			if !yield(pipeline.Row{Origin: pipeline.Origin{Row: i + 2}, Header: header, Cells: c}, nil) {
				return
			}
		}
		yield(pipeline.Row{Header: header, Cells: []string{"", "Omar", "6"}, Faults: []pipeline.Fault{fault}}, nil)
		yield(pipeline.Row{Header: header, Cells: []string{"", "", "7"}}, nil)
	}) {
		if err != nil {
			t.Fatal(err)
		}
		record, problems := m.Map(r)
		line := record.Text("code") + "|" + record.Text("label") + "|" + record.Text("quantity")
		for _, p := range problems {
			line += "!" + string(p.Rule)
		}
		got = append(got, line)
	}
	want := []string{"||0", "S1|Mona|1", "S1|Mona|2", "S2||3", "S2||4", "|Ali|5", "|Omar|6!cell.error", "|Omar|7!cell.error"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if cells[2][0] != "" {
		t.Error("the row that was given is changed")
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: table.items
split:
  from: [Name, الاسم]
  pattern: '^(?<item>.+?) - (?<colour>\S+)(?: / (?<size>\S+))?$'
  optional: true
fields:
  code:    Code
  name_en: Name
  parent:  {expr: 'first(col("item"), col("Name"))'}
  colour:  {from: colour, map: {أحمر: red, blue: blue}, optional: true}
  size:    {from: Size, optional: true}
examples:
  - row:   {Code: "1", Name: T-shirt - أحمر / XL}
    gives: {parent: T-shirt, colour: red, size: XL}
  - row:   {Code: "2", Name: Socks - blue}
    gives: {parent: Socks, colour: blue, size: null}
  - row:   {Code: "3", Name: Hat}
    gives: {parent: Hat, colour: null}
  - row:   {Code: "4", Name: Hat - pink}
    problem: map.unknown
`, deps(t))
	if found := m.Check(); len(found) > 0 {
		t.Error(lines(found))
	}
	strict := mustParse(t, "flow: x\nfiles: x\nto: all\nsplit: [{from: N, pattern: '^(?<a>[a-z]+)$'}]\nfields: {label: a}\n", deps(t))
	record, problems := strict.Map(row("N", "12"))
	if len(problems) != 1 || problems[0].Rule != "split.none" || problems[0].Column != "N" || problems[0].With["part"] != "a" || record.Has("label") {
		t.Errorf("got %v", problems)
	}
	if n := strict.Columns(); len(n) != 1 || n[0].Names[0] != "N" || !n[0].Required {
		t.Errorf("columns: %v", n)
	}
}
