package reconcile

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// asides is a night in which a stock file, an orders file and a corrected one had
// rows put aside, and one had none.
func asides() (*ledger, Reread) {
	l, files := &ledger{}, map[pipeline.Job][]pipeline.Row{}
	bad := func(o pipeline.Origin, col int, header, value string, rule pipeline.Rule, facts ...string) pipeline.Problem {
		o.Col, o.Column = col, header
		with := map[string]string{}
		for i := 0; i+1 < len(facts); i += 2 {
			with[facts[i]] = facts[i+1]
		}
		return pipeline.Problem{Origin: o, Field: "quantity", Value: value, Rule: rule, With: with}
	}
	entry := func(name string, from []pipeline.Row, why ...pipeline.Problem) pipeline.Entry {
		e := pipeline.Entry{Document: pipeline.Document{Key: name, Name: name}}
		for _, r := range from {
			e.From = append(e.From, r.Origin)
		}
		e.Why = why
		return e
	}
	file := func(name, sheet string, was *pipeline.Origin, header []string, cells ...[]string) []pipeline.Row {
		var rows []pipeline.Row
		for i, c := range cells {
			o := pipeline.Origin{File: name, Sheet: sheet, Row: 4 + i}
			if was != nil {
				w := *was
				w.Row += 10 * i
				o.Was = &w
			}
			rows = append(rows, pipeline.Row{Origin: o, Header: header, Cells: c})
		}
		return rows
	}

	j := l.job("20261125-0001", "stock-القاهرة.csv", "erp-stock", "shopify.stock", 4)
	header := []string{"كود الصنف", "", "الكمية", "المخزن"}
	rows := file(j.Drop.Name, "", nil, header, []string{"0001", "!", "7", "01"}, []string{"0002", "!", "12x", "09"}, []string{"6221234567890", "!", "", "01"}, []string{"=1+1", "!", "5", "01"})
	rows[2].Faults = []pipeline.Fault{{Rule: "row.short", With: map[string]string{"have": "2", "want": "4"}}}
	rows[3].Styles = nil
	files[j.Job] = rows
	l.file(pipeline.Delivered, 1, entry("0001 @ 01", rows[:1]))
	l.file(pipeline.Held, 1, entry("6221234567890 @ 01", rows[2:3], bad(rows[2].Origin, 0, "", "", "row.short", "have", "2", "want", "4")))
	l.file(pipeline.Held, 1, entry("0002 @ 09", rows[1:2], bad(rows[1].Origin, 3, "الكمية", "12x", "quantity.format"), bad(rows[1].Origin, 3, "الكمية", "12x", "answer.refused", "said", "no"),
		bad(rows[1].Origin, 4, "المخزن", "09", "field.missing")))
	l.file(pipeline.Rejected, 1, entry("=1+1 @ 01", rows[3:], bad(pipeline.Origin{File: j.Drop.Name}, 0, "", "", "answer.refused", "said", "unknown item")))

	j = l.job("20261125-0002", "orders.xlsx", "orders-to-erp", "erp.order", 3)
	rows = file(j.Drop.Name, "Orders", nil, []string{"Name", "Lineitem quantity"}, []string{"#1", "1x"}, []string{"#2", "2"}, []string{"#1", "3"})
	files[j.Job] = rows
	l.file(pipeline.Held, 2, entry("#1", []pipeline.Row{rows[0], rows[2]}, bad(rows[0].Origin, 2, "Lineitem quantity", "1x", "quantity.format")))
	l.file(pipeline.Delivered, 1, entry("#2", rows[1:2]))

	j = l.job("20261125-0003", "quarantine-20261124-0001-erp-stock.xlsx", "erp-stock", "shopify.stock", 2)
	rows = file(j.Drop.Name, "To correct", &pipeline.Origin{File: "stock.csv", Row: 12}, header[2:], []string{"x", "01"}, []string{"y", "01"})
	files[j.Job] = rows
	for i := range rows {
		l.file(pipeline.Held, 1, entry(fmt.Sprint("doc", i), rows[i:i+1], bad(rows[i].Origin, 1, "الكمية", rows[i].Cells[0], "quantity.format")))
	}

	j = l.job("20261125-0004", "clean.csv", "erp-stock", "shopify.stock", 1)
	l.file(pipeline.Delivered, 1, entry("A", nil))
	j = l.job("20261125-0005", "gone.csv", "a flow that is gone", "shopify.stock", 1)
	l.file(pipeline.Held, 1, entry("B", []pipeline.Row{{Origin: pipeline.Origin{File: "gone.csv", Row: 2}}}))

	return l, func(_ context.Context, job pipeline.Opened) iter.Seq2[pipeline.Row, error] {
		return func(yield func(pipeline.Row, error) bool) {
			if files[job.Job] == nil {
				yield(pipeline.Row{}, pipeline.ErrNotFound)
			}
			for _, r := range files[job.Job] {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

func quarantine(t *testing.T, dir, lang string) {
	t.Helper()
	l, read := asides()
	if err := Quarantine(t.Context(), l, dir, dayOne, dayOne, read, options(t, lang)); err != nil {
		t.Fatal(err)
	}
}

func TestQuarantine_Cells(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			quarantine(t, dir, lang)
			got := ""
			for _, name := range files(t, dir) {
				got += "==== " + name + "\n" + asideCells(t, filepath.Join(dir, name))
			}
			golden := filepath.Join("..", "..", "testdata", "golden", "quarantine."+lang+".txt")
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

// asideCells is a workbook as text: all cells, those that are marked, comments.
func asideCells(t *testing.T, path string) string {
	t.Helper()
	f := open(t, path)
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(sheet)
		if err != nil {
			t.Fatal(err)
		}
		view, err := f.GetSheetView(sheet, 0)
		if err != nil {
			t.Fatal(err)
		}
		panes, err := f.GetPanes(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s, visible %v, right to left %v, frozen %v at %s\n", sheet, visible, *view.RightToLeft, panes.Freeze, panes.TopLeftCell)
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				at := cell(c+1, r+1)
				kind, err := f.GetCellType(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				id, err := f.GetCellStyle(sheet, at)
				if err != nil {
					t.Fatal(err)
				}
				style, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				mark := ""
				if len(style.Fill.Color) > 0 && r > 0 {
					mark = " marked " + style.Fill.Color[0]
				}
				if text != "" && kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
					mark += fmt.Sprint(" not a text but ", kind)
				}
				if text != "" || mark != "" {
					fmt.Fprintf(&b, "%s %q%s\n", at, text, mark)
				}
			}
		}
		comments, err := f.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(comments, func(a, b excelize.Comment) int { return strings.Compare(a.Cell, b.Cell) })
		for _, c := range comments {
			text := c.Text
			for _, run := range c.Paragraph {
				text += run.Text
			}
			fmt.Fprintf(&b, "comment %s %q\n", c.Cell, text)
		}
	}
	return b.String()
}

func TestQuarantine_SameBytes(t *testing.T) {
	t.Parallel()
	first := t.TempDir()
	quarantine(t, first, "ar")
	for range 8 {
		again := t.TempDir()
		quarantine(t, again, "ar")
		for _, name := range files(t, first) {
			one, err := os.ReadFile(filepath.Join(first, name))
			if err != nil {
				t.Fatal(err)
			}
			two, err := os.ReadFile(filepath.Join(again, name))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one, two) {
				t.Fatalf("%s has other bytes", name)
			}
		}
	}
}

// TestQuarantine_WorkInHand leaves a workbook alone that somebody is correcting,
// until there is something else to be said in it.
func TestQuarantine_WorkInHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	quarantine(t, dir, "en")
	path := filepath.Join(dir, "quarantine-20261125-0002-orders-to-erp.xlsx")
	f := open(t, path)
	if err := f.SetCellStr("To correct", "B2", "1"); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	quarantine(t, dir, "en")
	if got, _ := open(t, path).GetCellValue("To correct", "B2"); got != "1" {
		t.Errorf("the corrected cell is %q again", got)
	}
	l, read := asides()
	for i := range l.entries { // the other order was refused meanwhile
		if l.entries[i].Name == "#2" {
			l.entries[i].State = pipeline.Rejected
		}
	}
	if err := Quarantine(t.Context(), l, dir, dayOne, dayOne, read, options(t, "en")); err != nil {
		t.Fatal(err)
	}
	if got, _ := open(t, path).GetCellValue("To correct", "A3"); got != "#2" {
		t.Errorf("row 3 is of %q, want the order that was refused", got)
	}
}

func TestQuarantine_NothingPutAside(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "reports")
	l := &ledger{}
	l.job("20261125-0001", "stock.csv", "erp-stock", "shopify.stock", 1)
	l.file(pipeline.Delivered, 1, stockOf("A", "01", "1", "2"))
	err := Quarantine(t.Context(), l, dir, dayOne, dayOne, func(context.Context, pipeline.Opened) iter.Seq2[pipeline.Row, error] {
		t.Error("a file was read again for nothing")
		return nil
	}, Options{})
	if _, none := os.Stat(dir); err != nil || !os.IsNotExist(none) {
		t.Errorf("got %v; the folder: %v", err, none)
	}
}

func TestQuarantine_ReadFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, _ := asides()
	gone := fmt.Errorf("disk gone")
	err := Quarantine(t.Context(), l, dir, dayOne, dayOne, func(context.Context, pipeline.Opened) iter.Seq2[pipeline.Row, error] {
		return func(yield func(pipeline.Row, error) bool) { yield(pipeline.Row{}, gone) }
	}, Options{})
	if err == nil || !strings.Contains(err.Error(), "disk gone") || len(files(t, dir)) != 0 {
		t.Errorf("got %v, and %v", err, files(t, dir))
	}
}

// TestQuarantine_Parts: what would be too large to come back is divided, and the
// rows of one document are not, wherever they stand.
func TestQuarantine_Parts(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", asideBytes/2+1)
	a := &aside{rows: map[spot]*asideRow{}}
	doc := map[string]*int{}
	for i, name := range []string{"A", "B", "C", "A", "D"} {
		row := pipeline.Row{Origin: pipeline.Origin{File: "f", Row: i + 2}, Cells: []string{big}}
		if doc[name] == nil {
			doc[name] = new(int)
		}
		a.rows[spotOf(row.Origin)] = &asideRow{doc: name, part: doc[name]}
		a.read = append(a.read, row)
	}
	var got []string
	for _, part := range a.parts("en") {
		names := ""
		for _, row := range part.read {
			names += a.rows[spotOf(row.Origin)].doc
		}
		got = append(got, names)
	}
	if diff := cmp.Diff([]string{"ABA", "C", "D"}, got); diff != "" {
		// A's second row comes when its workbook is full: it still goes there.
		t.Errorf("workbooks (-want +got):\n%s", diff)
	}
}
