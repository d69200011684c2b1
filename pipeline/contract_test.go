package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var stockFields = []Field{{Name: "sku", Type: Code, Required: true}, {Name: "quantity", Type: Quantity, Required: true}, {Name: "name"}, {Name: "day", Type: Date}}

// feed is a flow that reads stock from a table written as text: a row a line,
// cells by semicolon, the header first.
func feed(table string) Flow {
	asked := []Asked{
		{Names: []string{"Code", "كود"}, Fields: stockFields[0:1], Required: true, Key: "sku"},
		{Names: []string{"Qty", "الكمية"}, Fields: stockFields[1:2], Required: true, Key: "from"},
		{Names: []string{"Name"}, Fields: stockFields[2:3], Key: "name"},
		{Names: []string{"Day"}, Fields: stockFields[3:4], Key: "day"},
	}
	shape := NewShape(stockFields)
	lines := strings.Split(strings.TrimSpace(table), "\n")
	header := strings.Split(lines[0], ";")
	extract := func(_ context.Context, d Drop, _ io.ReaderAt) (*Reading, iter.Seq2[Row, error]) {
		r := &Reading{Format: "csv", CodePage: "utf-8", Delimiter: "semicolon", HeaderRow: 1, Header: header}
		return r, func(yield func(Row, error) bool) {
			for _, a := range asked {
				if a.Required && placeOf(header, a) < 0 {
					yield(Row{}, Refuse(Problem{Origin: Origin{File: d.Name, Row: 1}, Rule: "column.missing"}))
					return
				}
			}
			for i, line := range lines[1:] {
				r.Rows++
				if !yield(Row{Origin: Origin{File: d.Name, Row: i + 2}, Header: header, Cells: strings.Split(line, ";")}, nil) {
					return
				}
			}
		}
	}
	return Flow{Name: "stock", Columns: asked, Extract: extract,
		Map: func(row Row) (Record, []Problem) {
			rec, problems := NewRecord(row, shape), []Problem(nil)
			for i, a := range asked {
				at := placeOf(header, a)
				if at < 0 || at >= len(row.Cells) || row.Cells[at] == "" {
					continue
				}
				v := Value{Set: true, Text: row.Cells[at], Col: at + 1}
				look := CellType(v.Text)
				if t := stockFields[i].Type; t == Quantity && look != CellNumber || t == Date && look != CellDate {
					v = Value{Bad: true, Col: at + 1}
					problems = append(problems, Problem{Origin: row.Origin, Field: stockFields[i].Name, Rule: "quantity.format"})
				}
				rec.Put(i, v)
			}
			return rec, problems
		},
		Kind: Kind{Name: "stock", Fields: stockFields, Build: func(group []Record) (Document, []Problem) {
			return Document{Key: group[0].Text("sku"), Body: json.RawMessage(`{}`)}, nil
		}},
	}
}

func placeOf(header []string, a Asked) int {
	for _, name := range a.Names {
		if i := slices.Index(header, name); i >= 0 {
			return i
		}
	}
	return -1
}

type loose struct{ problems []Problem }

func (l *loose) Document(Document, int, []Problem) error { return nil }
func (l *loose) Problem(p Problem) error                 { l.problems = append(l.problems, p); return nil }

// try reads a table after what came before, and gives the shape that is kept,
// what is noted, and what holds the file.
func try(t *testing.T, past Past, table string, with ...func(*Flow)) (*Contract, []string, []string) {
	t.Helper()
	f := feed(table)
	for _, w := range with {
		w(&f)
	}
	var l loose
	r, err := TryAfter(context.Background(), f, past, Drop{ID: "20261125-0002", Name: "new.csv", Day: "2026-11-25"}, nil, &l)
	refused, ok := errors.AsType[*Refused](err)
	if err != nil && !ok {
		t.Fatal(err)
	}
	var held []string
	if ok {
		alone := len(refused.Problems) == 1 && refused.Problems[0].Rule == "column.missing" // nothing is like it: there is nothing to agree to
		if refused.Hold == alone {
			t.Errorf("held: %v, %v", refused.Hold, refused)
		}
		held = told(refused.Problems)
	}
	return r.Contract, told(l.problems), held
}

// told are problems in short.
func told(problems []Problem) (out []string) {
	for _, p := range problems {
		s := string(p.Rule)
		if p.Column != "" {
			s += " " + p.Column
		}
		for _, k := range []string{"was", "now", "line", "columns", "count", "rows", "limit", "by"} {
			if v := p.With[k]; v != "" {
				s += fmt.Sprintf(" %s=%s", k, v)
			}
		}
		out = append(out, s)
	}
	return out
}

// after is the past of a flow whose last file was a table.
func after(t *testing.T, table string) Past {
	t.Helper()
	c, _, held := try(t, Past{}, table)
	if c == nil || held != nil {
		t.Fatalf("the first file is not a good one: %v", held)
	}
	text, err := json.Marshal(c) // as the ledger keeps it
	if err != nil {
		t.Fatal(err)
	}
	past := Past{Rows: []int{c.Rows}}
	if err := json.Unmarshal(text, &past.Last); err != nil {
		t.Fatal(err)
	}
	past.Last.File, past.Last.Day = "old.csv", "2026-11-24"
	return past
}

const oldTable = `
Code;Name;Qty;Day;Note
A-1;شاي أخضر;7;2026-11-01;fresh
A-2;بن محوج;12;2026-11-02;
A-3;سكر;1,250.5;2026-11-03;old`

func TestContract_Shape(t *testing.T) {
	t.Parallel()
	past := after(t, oldTable)
	var got []string
	for _, c := range past.Last.Columns {
		got = append(got, fmt.Sprintf("%d %s %s %v %d/%d", c.At, c.Name, c.Type(), c.Fields, c.Filled, c.Seen))
	}
	want := []string{"0 Code code [sku] 3/3", "1 Name text [name] 3/3", "2 Qty number [quantity] 3/3", "3 Day date [day] 3/3", "4 Note code [] 2/3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if past.Last.Rows != 3 || past.Last.Delimiter != "semicolon" {
		t.Errorf("%+v", past.Last)
	}
}

func TestContract_Changes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		table       string
		notes, held []string
	}{
		"the same": {table: oldTable},
		"other cells of the same kinds": {table: `
Code;Name;Qty;Day;Note
0007;Tea;1;05/11/2026;
0008;Tea 250 g;(5.00);06/11/2026;x`},
		"a new column": {table: `
Code;Name;Qty;Day;Note;Colour
A-1;شاي;7;2026-11-01;x;red`, notes: []string{"contract.added columns=Colour"}},
		"a column that nobody reads is gone": {table: `
Code;Name;Qty;Day
A-1;شاي;7;2026-11-01`, notes: []string{"contract.gone columns=Note"}},
		"an optional column is gone": {table: `
Code;Qty;Day;Note
A-1;7;2026-11-01;x`, notes: []string{"contract.gone columns=Name"}},
		"another order": {table: `
Qty;Code;Name;Day;Note
7;A-1;شاي;2026-11-01;x`, notes: []string{"contract.order"}},
		"an optional column under another name": {table: `
Code;Item Name;Qty;Day;Note
A-1;شاي أخضر;7;2026-11-01;x`, notes: []string{"contract.renamed Item Name was=Name now=Item Name line=name: [Name, Item Name]"}},
		"under a name that the mapping knows": {table: `
كود;Name;Qty;Day;Note
A-1;شاي أخضر;7;2026-11-01;x`, notes: []string{"contract.named كود was=Code now=كود"}},
		"a required column under another name": {table: `
Code;Name;Quantity;Day;Note
A-1;شاي أخضر;7;2026-11-01;x`, held: []string{"column.missing", "contract.renamed Quantity was=Qty now=Quantity line=from: [Qty, الكمية, Quantity]"}},
		"a quantity that became text": {table: `
Code;Name;Qty;Day;Note
A-1;شاي;seven;2026-11-01;x
A-2;بن;twelve;2026-11-02;x
A-3;سكر;3;2026-11-03;x`, held: []string{"contract.retyped Qty was=number now=code count=2 rows=3"}},
		"a quantity of which some are text is for the rows to say": {table: `
Code;Name;Qty;Day;Note
A-1;شاي;seven;2026-11-01;x
A-2;بن;2;2026-11-02;x
A-3;سكر;3;2026-11-03;x`},
		"names that became numbers": {table: `
Code;Name;Qty;Day;Note
A-1;1;7;2026-11-01;x
A-2;2;7;2026-11-02;x`, held: []string{"contract.retyped Name was=text now=number count=2 rows=2"}},
		"an optional column that is empty now": {table: `
Code;Name;Qty;Day;Note
A-1;;7;2026-11-01;x
A-2;;7;2026-11-02;x`, held: []string{"contract.emptied Name was=text now=empty count=2 rows=2"}},
		"what was not always filled may be empty": {table: `
Code;Name;Qty;Day;Note
A-1;شاي;7;2026-11-01;
A-2;بن;7;2026-11-02;`},
		"held with what else has changed": {table: `
Name;Code;Qty;Day;Note
شاي;A-1;x;2026-11-01;x`, held: []string{"contract.retyped Qty was=number now=code count=1 rows=1", "contract.order"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept, notes, held := try(t, after(t, oldTable), c.table)
			if d := cmp.Diff(c.notes, notes); d != "" {
				t.Errorf("notes: %s", d)
			}
			if d := cmp.Diff(c.held, held); d != "" {
				t.Errorf("held: %s", d)
			}
			if (kept == nil) != (c.held != nil) {
				t.Errorf("kept %v", kept)
			}
		})
	}
}

// TestContract_Unread tells of a column that no field reads, and holds nothing for it.
func TestContract_Unread(t *testing.T) {
	t.Parallel()
	past := after(t, "Code;Qty;Price\nA-1;7;1.50\nA-2;7;2\nA-3;7;3")
	_, notes, held := try(t, past, "Code;Qty;Price\nA-1;7;ask us\nA-2;7;on request\nA-3;7;by phone")
	if held != nil || !slices.Equal(notes, []string{"contract.type Price was=number now=text count=3 rows=3"}) {
		t.Errorf("%v, %v", notes, held)
	}
	if _, notes, _ := try(t, past, "Code;Qty;Price\nA-1;7;by phone"); len(notes) != 0 {
		t.Errorf("one cell tells nothing, but %v", notes)
	}
}

// TestContract_Joined knows that of an order with several lines only the first
// row has all of it: that is no change, however many lines the orders have.
func TestContract_Joined(t *testing.T) {
	t.Parallel()
	joined := func(f *Flow) { f.Kind.Joined = true }
	for name, c := range map[string]struct {
		table string
		held  []string
	}{
		"more lines": {table: "Code;Name;Qty;Day;Note\nA-1;شاي;7;2026-11-01;x\nA-1;;;;\nA-1;;;;"},
		"nothing in any line": {"Code;Name;Qty;Day;Note\nA-1;شاي;;2026-11-01;x",
			[]string{"contract.emptied Qty was=number now=empty count=1 rows=1"}},
		"another kind in the first lines": {"Code;Name;Qty;Day;Note\nA-1;شاي;x;2026-11-01;x\nA-1;;;;\nA-1;;;;",
			[]string{"contract.retyped Qty was=number now=code count=1 rows=3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, notes, held := try(t, after(t, oldTable), c.table, joined); len(notes) != 0 || !slices.Equal(held, c.held) {
				t.Errorf("%v, held %v, want %v", notes, held, c.held)
			}
		})
	}
}

// TestContract_Older keeps the shape of an old file that is taken once more from
// being the one to go by.
func TestContract_Older(t *testing.T) {
	t.Parallel()
	past := after(t, oldTable)
	for from, want := range map[string]bool{"inbox": true, "retry:20261124-0001": true, "retry:20261123-0009": false} {
		f := feed(oldTable)
		r, err := TryAfter(context.Background(), f, past, Drop{ID: "20261125-0001", Name: "a.csv", Day: "2026-11-25", From: from}, nil, &loose{})
		if err != nil || (r.Contract != nil) != want {
			t.Errorf("%s: kept %v, %v", from, r.Contract != nil, err)
		}
	}
}

func TestContract_Policies(t *testing.T) {
	t.Parallel()
	added := "Code;Name;Qty;Day;Note;Colour\nA-1;شاي;7;2026-11-01;x;red"
	text := "Code;Name;Qty;Day;Note\nA-1;شاي;x;2026-11-01;x"
	policy := func(p string) func(*Flow) { return func(f *Flow) { f.Contract = p } }

	if _, notes, held := try(t, after(t, oldTable), added, policy(ContractHold)); len(notes) != 0 || !slices.Equal(held, []string{"contract.hold", "contract.added columns=Colour"}) {
		t.Errorf("hold: %v, %v", notes, held)
	}
	kept, notes, held := try(t, after(t, oldTable), text, policy(ContractOff))
	if len(notes)+len(held) != 0 || kept != nil {
		t.Errorf("off: %v, %v; a file of which most rows are held is kept as a good one: %v", notes, held, kept)
	}
}

func TestContract_Consent(t *testing.T) {
	t.Parallel()
	past := after(t, oldTable)
	past.Consent = Consent{By: "Mona", Why: "the ERP writes words now"}
	kept, notes, held := try(t, past, "Code;Name;Qty;Day;Note\nA-1;شاي;x;2026-11-01;x")
	if held != nil || kept == nil || !slices.Equal(notes, []string{"contract.accepted by=Mona"}) {
		t.Fatalf("kept %v, %v, %v", kept, notes, held)
	}
	if got := kept.Columns[2].Type(); got != CellCode {
		t.Errorf("the next file is held against %s", got)
	}
}

// TestContract_FirstFile knows that there is nothing to hold the first one against.
func TestContract_FirstFile(t *testing.T) {
	t.Parallel()
	if _, notes, held := try(t, Past{}, "Code;Qty\nA-1;x"); len(notes)+len(held) != 0 {
		t.Errorf("%v, %v", notes, held)
	}
	if _, _, held := try(t, Past{}, "Code;Quantity\nA-1;x"); !slices.Equal(held, []string{"column.missing"}) {
		t.Errorf("%v", held)
	}
}

func TestExpect_Small(t *testing.T) {
	t.Parallel()
	expect := func(e Expect) func(*Flow) { return func(f *Flow) { f.Expect = e } }
	past := Past{Rows: []int{10, 1000, 10, 10, 10, 10, 10, 1000, 1000}}
	for name, c := range map[string]struct {
		e    Expect
		past Past
		want []string
	}{
		"enough":                  {Expect{Rows: 3}, past, nil},
		"too few":                 {Expect{Rows: 4}, past, []string{"expect.small rows=3 limit=4"}},
		"half of the median":      {Expect{Median: 50}, past, []string{"expect.small rows=3 limit=5"}},
		"a third of the median":   {Expect{Median: 30}, past, nil},
		"no file before":          {Expect{Median: 50}, Past{}, nil},
		"the stricter of the two": {Expect{Rows: 2, Median: 90}, past, []string{"expect.small rows=3 limit=9"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, held := try(t, c.past, oldTable, expect(c.e)); !slices.Equal(held, c.want) {
				t.Errorf("got %v, want %v", held, c.want)
			}
		})
	}
	agreed := past
	agreed.Consent = Consent{By: "Mona", Why: "half of the shop is closed"}
	if kept, notes, held := try(t, agreed, oldTable, expect(Expect{Rows: 100})); held != nil || kept == nil || len(notes) != 1 {
		t.Errorf("%v, %v", notes, held)
	}
}

func TestCellType(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": CellEmpty, " \u200f ": CellEmpty, "7": CellNumber, "0": CellNumber, "0.5": CellNumber, "1,234.56": CellNumber, "1.234,56": CellNumber,
		"12,50": CellNumber, "١٬٢٣٤٫٥": CellNumber, "(5.00)": CellNumber, "12.50 EGP": CellNumber, "14%": CellNumber, "-3": CellNumber,
		"0007": CellCode, "6221031000027": CellCode, "A-1001": CellCode, "12x": CellCode, "EA": CellCode,
		"2026-11-25": CellDate, "2026-11-25 10:00:00": CellDate, "25/11/2026": CellDate, "٢٥/١١/٢٠٢٦": CellDate, "5.1.26": CellDate,
		"شاي": CellText, "Tea 250 g": CellText, "7 قطع": CellText, "1.2.3.4": CellCode, "192-168-100": CellCode,
	} {
		if got := CellType(cell); got != want {
			t.Errorf("%q: got %s, want %s", cell, got, want)
		}
	}
}

func TestAsked_Line(t *testing.T) {
	t.Parallel()
	a := Asked{Names: []string{"الكمية", "VAT %"}, Key: "quantity"}
	for name, want := range map[string]string{
		"Qty": `quantity: [الكمية, "VAT %", Qty]`, `a "b", c`: `quantity: [الكمية, "VAT %", "a \"b\", c"]`, "1": `quantity: [الكمية, "VAT %", "1"]`,
	} {
		if got := a.Line(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
