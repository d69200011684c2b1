package reconcile

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

var update = flag.Bool("update", false, "write the golden files again")

const dayOne = "2026-11-25"

func options(t *testing.T, lang string) Options {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	return Options{Lang: lang, Shop: "متجر وصل", Zone: zone, Version: "v1.0.0", Link: func(e pipeline.Entry) string {
		return "https://invoicing.eta.gov.eg/receipts/search/" + e.Ref + "/share/2026-11-25T19:00:00Z#Total:" + e.Out.String() + ",IssuerRIN:100200300"
	}}
}

func write(t *testing.T, l *ledger, from, to string, opt Options) string {
	t.Helper()
	path, err := Write(t.Context(), l, t.TempDir(), from, to, opt)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWrite_CellsOfANight(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			got := cells(t, write(t, night(), dayOne, dayOne, options(t, lang)))
			golden := filepath.Join("..", "..", "testdata", "golden", "reconciliation."+lang+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("cells (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWrite_SameBytes writes the same days again and again: excelize packs
// streamed sheets in the order of a map, so that once would prove little.
func TestWrite_SameBytes(t *testing.T) {
	t.Parallel()
	first, err := os.ReadFile(write(t, night(), dayOne, dayOne, options(t, "ar")))
	if err != nil {
		t.Fatal(err)
	}
	for range 12 {
		again, err := os.ReadFile(write(t, night(), dayOne, dayOne, options(t, "ar")))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("the same ledger gave other bytes")
		}
	}
}

func TestWrite_DaysWithoutFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, err := Write(t.Context(), night(), dir, "2026-12-01", "2026-12-31", Options{})
	if path != "" || err != nil {
		t.Errorf("got %q, %v; want neither a path nor an error", path, err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("the folder holds %v", left)
	}
}

func TestWrite_SeveralDays(t *testing.T) {
	t.Parallel()
	path := write(t, night(), dayOne, "2026-11-26", options(t, "en"))
	if got, want := filepath.Base(path), "reconciliation-2026-11-25_2026-11-26.xlsx"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := cells(t, path); !strings.Contains(got, "stock-26.csv") {
		t.Error("the file of the second day is missing")
	}
}

// TestWrite_LedgerFails checks that half a workbook never appears, and that what
// stood there before stays.
func TestWrite_LedgerFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := filepath.Join(dir, FileName(dayOne, dayOne))
	if err := os.WriteFile(before, []byte("yesterday's"), 0o644); err != nil {
		t.Fatal(err)
	}
	l := night()
	l.fails = errors.New("disk gone")
	if _, err := Write(t.Context(), l, dir, dayOne, dayOne, options(t, "en")); !errors.Is(err, l.fails) {
		t.Fatalf("got %v, want the ledger's error", err)
	}
	if text, _ := os.ReadFile(before); string(text) != "yesterday's" {
		t.Error("the workbook that stood there is gone")
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("the folder holds %v", left)
	}
}

// TestSave_NothingHalf fails while the file is being written.
func TestSave_NothingHalf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	full := errors.New("no space left")
	err := save(t.Context(), filepath.Join(dir, "a.xlsx"), func(w io.Writer) error {
		_, _ = w.Write([]byte("half"))
		return full
	})
	if !errors.Is(err, full) {
		t.Fatalf("got %v", err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("the folder holds %v", left)
	}
}

// TestSave_SweepsWhatAKillLeft removes an old temporary file of the same
// workbook, but not one that another process may be writing now.
func TestSave_SweepsWhatAKillLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, ".a.xlsx.1.tmp"), filepath.Join(dir, ".a.xlsx.2.tmp")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ago := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(old, ago, ago); err != nil {
		t.Fatal(err)
	}
	if err := save(t.Context(), filepath.Join(dir, "a.xlsx"), func(w io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".a.xlsx.2.tmp", "a.xlsx"}, files(t, dir)); diff != "" {
		t.Errorf("folder (-want +got):\n%s", diff)
	}
}

// TestWrite_SumsAgree adds up the columns of the written workbook and compares
// them with Sum, which read the ledger by itself.
func TestWrite_SumsAgree(t *testing.T) {
	t.Parallel()
	l := night()
	sum, err := Sum(t.Context(), l, dayOne, dayOne)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Off != 0 {
		t.Errorf("%d lines do not add up", sum.Off)
	}
	f := open(t, write(t, l, dayOne, dayOne, options(t, "en")))
	rows, err := f.GetRows("Orders", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]pipeline.Decimal{}
	for _, r := range rows[1:] {
		if len(r) < 4 || r[2] == "" || strings.HasPrefix(r[0], "Total") {
			continue
		}
		got[r[2]] = got[r[2]].Add(dec(r[3]))
	}
	want := map[string]pipeline.Decimal{}
	for _, m := range sum.Money {
		if m.Flow == "orders-to-erp" {
			want[m.Currency] = want[m.Currency].Add(m.In)
		}
	}
	for currency := range want {
		if !got[currency].Equal(want[currency]) {
			t.Errorf("%s: the sheet has %s, the ledger %s", currency, got[currency], want[currency])
		}
	}
	if len(got) != 2 || len(want) != 2 {
		t.Errorf("got currencies %v, want %v", got, want)
	}
}

// TestWrite_FormulasAgree lets excelize work out every formula and compares it
// with the value that stands beside it.
func TestWrite_FormulasAgree(t *testing.T) {
	t.Parallel()
	l := night()
	l.job("20261125-0009", "orders-filtered.csv", "orders-to-erp", "erp.order", 2) // its rows lost their currency
	l.file(pipeline.Held, 2, sale("", "#1010", "2026-11-25", "", "0"))
	f := open(t, write(t, l, dayOne, dayOne, options(t, "en")))
	seen, criterion := 0, regexp.MustCompile(`^SUMIFS\(.*,([A-Z]+[0-9]+)\)$`)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r := range rows {
			for c := range 20 {
				name, _ := excelize.CoordinatesToCellName(c+1, r+1)
				formula, _ := f.GetCellFormula(sheet, name)
				if formula == "" {
					continue
				}
				seen++
				if of := criterion.FindStringSubmatch(formula); of != nil {
					if value, _ := f.GetCellValue(sheet, of[1]); value == "" {
						t.Errorf("%s!%s =%s looks for an empty cell, which Excel takes for 0", sheet, name, formula)
					}
				}
				stored, _ := f.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
				calculated, err := f.CalcCellValue(sheet, name, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Fatalf("%s!%s =%s: %v", sheet, name, formula, err)
				}
				if !dec(calculated).Equal(dec(stored)) {
					t.Errorf("%s!%s =%s is %s, but stored is %s", sheet, name, formula, calculated, stored)
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d formulas were seen", seen)
	}
}

// TestSum_WhatIsLost takes a row and an amount away: both have to show.
func TestSum_WhatIsLost(t *testing.T) {
	t.Parallel()
	l := night()
	l.jobs[0].RowsBy[pipeline.Delivered]--
	l.entries[0].Out = l.entries[0].Out.Sub(dec("0.01"))
	sum, err := Sum(t.Context(), l, dayOne, dayOne)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Off != 2 || sum.Files[0].Off != 1 {
		t.Errorf("got off %d, rows off %d; want 2 and 1", sum.Off, sum.Files[0].Off)
	}
	var off pipeline.Decimal
	for _, m := range sum.Money {
		off = off.Add(m.Off)
	}
	if off.String() != "0.01" {
		t.Errorf("money is off by %s, want 0.01", off)
	}
	if got := cells(t, write(t, l, dayOne, dayOne, options(t, "en"))); !strings.Contains(got, "2 lines do not add up") {
		t.Error("the summary does not say so")
	}
}

func TestOrders_JoinedAndRanked(t *testing.T) {
	t.Parallel()
	type filed struct {
		kind, key, name string
		state           pipeline.State
	}
	for name, c := range map[string]struct {
		filed []filed
		want  []string // id name erp eta
	}{
		"by id": {[]filed{{"erp", "order/1", "#1", "delivered"}, {"eta", "sale/1", "#1", "held"}}, []string{"1 #1 delivered held"}},
		"by id with a shop before it": {[]filed{{"erp", "cairo/order/1", "#1", "delivered"}, {"eta", "sale/1", "#1", "held"}},
			[]string{"1 #1 delivered held"}},
		"one name, two ids":         {[]filed{{"erp", "order/1", "#1", "delivered"}, {"eta", "sale/2", "#1", "held"}}, []string{"1 #1 delivered ", "2 #1  held"}},
		"by name without an id":     {[]filed{{"erp", "order/1", "#1", "delivered"}, {"eta", "row:7", "#1", "held"}}, []string{"1 #1 delivered held"}},
		"neither id nor name":       {[]filed{{"erp", "row:7", "", "held"}, {"erp", "row:8", "", "held"}}, []string{"  held ", "  held "}},
		"dropped again":             {[]filed{{"erp", "order/1", "#1", "delivered"}, {"erp", "order/1", "#1", "unchanged"}}, []string{"1 #1 delivered "}},
		"held, then mended":         {[]filed{{"erp", "order/1", "#1", "held"}, {"erp", "order/1", "#1", "delivered"}}, []string{"1 #1 delivered "}},
		"changed after it was sent": {[]filed{{"erp", "order/1", "#1", "delivered"}, {"erp", "order/1", "#1", "held"}}, []string{"1 #1 delivered "}},
		"a return is no sale":       {[]filed{{"eta", "sale/1", "#1", "delivered"}, {"eta", "return/1", "#1", "held"}}, []string{"1 #1  delivered"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrders(&sheet{b: &book{}})
			for _, f := range c.filed {
				e := pipeline.Entry{Document: pipeline.Document{Key: f.key, Name: f.name, State: f.state}}
				if f.kind == "erp" {
					o.erp(e)
				} else {
					o.receipt(e, receipt{})
				}
			}
			var got []string
			for _, one := range o.all {
				got = append(got, fmt.Sprintf("%s %s %s %s", one.id, one.name, one.erp.state, one.eta.state))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("orders (-want +got):\n%s", diff)
			}
		})
	}
}

// An order that was sent and is left out now keeps its delivery, and says so.
func TestOrders_LeftOutAfterItWasSent(t *testing.T) {
	t.Parallel()
	o := newOrders(&sheet{b: &book{opt: Options{Lang: "en"}}})
	o.erp(pipeline.Entry{Document: pipeline.Document{Key: "order/1", Name: "#1", State: pipeline.Delivered}})
	o.erp(pipeline.Entry{Document: pipeline.Document{Key: "order/1", Name: "#1", State: pipeline.Skipped, Left: "cancelled"},
		Why: []pipeline.Problem{{Rule: "document.left", With: map[string]string{"key": "#1", "when": "2026-11-24", "why": "cancelled"}}}})
	o.erp(pipeline.Entry{Document: pipeline.Document{Key: "order/1", Name: "#1", State: pipeline.Skipped, Left: "cancelled"}})
	got := o.all[0].erp
	if want := "#1 was already sent, on 2026-11-24, and is left out now: cancelled"; got.state != pipeline.Delivered || got.why != want {
		t.Errorf("%s, why %q; want %q", got.state, got.why, want)
	}
}

func TestExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0": true, "0.1": true, "-12.50": true, "1234567890123.45": true, "0.00001": true, "999999999999999": true,
		"1234567890123456": false, "12345678901234.567": false, "100000000000000000": true,
	} {
		if _, ok := exact(dec(text)); ok != want {
			t.Errorf("%s: got %t, want %t", text, ok, want)
		}
	}
}

// TestTable_Overflow lets a table grow over the rows of a sheet.
func TestTable_Overflow(t *testing.T) {
	t.Parallel()
	b, err := newBook(Options{}, dayOne, dayOne)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.close() }()
	b.most = 4
	s, err := b.sheet("stock", stockColumns)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 7 {
		s.put(number, i)
		if err := s.end(0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.close(s.row); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.xlsx")
	if err := save(t.Context(), path, b.pack); err != nil {
		t.Fatal(err)
	}
	f := open(t, path)
	var got []string
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			got = append(got, name+" "+r[0])
		}
	}
	want := []string{"Stock SKU", "Stock 0", "Stock 1", "Stock 2", "Stock 2 SKU", "Stock 2 3", "Stock 2 4", "Stock 2 5", "Stock 3 SKU", "Stock 3 6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestWords keeps the table whole: both languages, the same facts in both, and a
// word for every state.
func TestWords(t *testing.T) {
	t.Parallel()
	for key, both := range words {
		if both[0] == "" || both[1] == "" {
			t.Errorf("%s lacks words", key)
		}
		for _, part := range strings.Split(both[0], "{")[1:] {
			hole, _, _ := strings.Cut(part, "}")
			if !strings.Contains(both[1], "{"+hole+"}") {
				t.Errorf("%s: {%s} is in the English words only", key, hole)
			}
		}
	}
	for _, s := range pipeline.States {
		if _, ok := words["state."+string(s)]; !ok {
			t.Errorf("state %s has no words", s)
		}
	}
	for _, cols := range [][]column{ordersColumns, receiptsColumns, stockColumns, problemsColumns, filesColumns} {
		for _, c := range cols {
			if _, ok := words[c.key]; !ok {
				t.Errorf("column %s has no words", c.key)
			}
		}
	}
}

// ---- reading it again ----

func open(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cells is a workbook as text that a person can read in a diff: a cell a line,
// texts in quotes, numbers as they are stored, dates also as they are shown, and
// formulas.
func cells(t *testing.T, path string) string {
	t.Helper()
	f := open(t, path)
	var b strings.Builder
	for _, name := range f.GetSheetList() {
		view, err := f.GetSheetView(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s (right to left: %t)\n", name, view.RightToLeft != nil && *view.RightToLeft)
		shown, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range shown {
			for c, text := range row {
				if text == "" {
					continue
				}
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				line := at + " " + strconv.Quote(text)
				if kind, _ := f.GetCellType(name, at); kind != excelize.CellTypeInlineString {
					line = at + " " + raw[r][c]
					if _, err := time.Parse(time.DateOnly, text[:min(len(text), 10)]); err == nil {
						line += " (" + text + ")"
					}
				}
				if formula, _ := f.GetCellFormula(name, at); formula != "" {
					line += " =" + formula
				}
				b.WriteString(line + "\n")
			}
		}
	}
	return b.String()
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestWrite_LongFileNames keeps a name longer than its column whole: its row is
// higher, where a cell of one line would be cut off by the next cell.
func TestWrite_LongFileNames(t *testing.T) {
	t.Parallel()
	l := night()
	name := strings.Repeat("orders_export_", 4) + ".csv"
	l.job("20261125-0009", name, "orders-to-erp", "erp.order", 0).Verdict = "refused"
	l.problem(pipeline.Problem{Origin: pipeline.Origin{File: name}, Rule: "file.empty"})
	f := open(t, write(t, l, dayOne, dayOne, options(t, "en")))
	for _, at := range []struct {
		sheet string
		times int
	}{{"Summary", 2}, {"Problems", 1}} {
		cells, err := f.SearchSheet(at.sheet, name)
		if err != nil || len(cells) != at.times {
			t.Fatalf("%s: found in %v, %v", at.sheet, cells, err)
		}
		for _, cell := range cells {
			_, row, _ := excelize.CellNameToCoordinates(cell)
			if height, _ := f.GetRowHeight(at.sheet, row); height < 24 {
				t.Errorf("%s!%s: a row of %g points", at.sheet, cell, height)
			}
		}
	}
}
