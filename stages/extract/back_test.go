package extract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// slipOf is a slip of rows under a header.
func slipOf(header []string, rows ...[]string) pipeline.Slip {
	s := pipeline.Slip{Job: pipeline.Job{Drop: "20261124-0001", Flow: "erp-stock"}, SHA256: "abc", File: "stock.csv", Header: header}
	for i, row := range rows {
		l := pipeline.SlipLine{Row: 10 + i}
		for _, c := range row {
			l.Prints = append(l.Prints, pipeline.CellPrint(c))
		}
		s.Lines = append(s.Lines, l)
	}
	return s
}

// returnedBook is a quarantine workbook that came back: the rows of its visible
// sheet, and a slip. change is done to it last.
func returnedBook(t *testing.T, slip pipeline.Slip, rows [][]string, change func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	table, err := slip.Table()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet(pipeline.SlipSheet); err != nil {
		t.Fatal(err)
	}
	for sheet, rows := range map[string][][]string{"Sheet1": rows, pipeline.SlipSheet: table} {
		for r, row := range rows {
			for c, text := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				if err := f.SetCellStr(sheet, at, text); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := f.SetSheetVisible(pipeline.SlipSheet, false); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// takeBack reads a workbook; the rows, and the error that ended them.
func takeBack(t *testing.T, o Options, data []byte) ([]pipeline.Row, *pipeline.Reading, error) {
	t.Helper()
	d := pipeline.Drop{ID: "20261125-0002", Name: "any name.xlsx", Size: int64(len(data))}
	read, seq := o.Extract(t.Context(), d, bytes.NewReader(data))
	var out []pipeline.Row
	for row, err := range seq {
		if err != nil {
			return out, read, err
		}
		out = append(out, row)
	}
	return out, read, nil
}

var (
	backHeader = []string{"كود الصنف", "", "الكمية", "المخزن"}
	backRows   = [][]string{{"0001", "!", "1.250,5x", "01"}, {"0002", "!", "x", "01"}, {"0003", "!", "", "02"}}
)

func TestReturned_ByItsBytes(t *testing.T) {
	t.Parallel()
	data := returnedBook(t, slipOf(backHeader, backRows...), append([][]string{backHeader}, backRows...), nil)
	d := pipeline.Drop{Name: "x.csv", Size: int64(len(data))}
	job, sha, ok := Returned(d, bytes.NewReader(data))
	if !ok || job.Flow != "erp-stock" || job.Drop != "20261124-0001" || sha != "abc" {
		t.Errorf("got %v, %s, %v", job, sha, ok)
	}
	for name, change := range map[string]func(f *excelize.File){
		"the sheet is gone":  func(f *excelize.File) { _ = f.DeleteSheet(pipeline.SlipSheet) },
		"the sheet is empty": func(f *excelize.File) { _ = f.DeleteSheet(pipeline.SlipSheet); _, _ = f.NewSheet(pipeline.SlipSheet) },
		"it is somebody's":   func(f *excelize.File) { _ = f.SetCellStr(pipeline.SlipSheet, "A1", "وصل") },
	} {
		data := returnedBook(t, slipOf(backHeader, backRows...), append([][]string{backHeader}, backRows...), change)
		if _, _, ok := Returned(pipeline.Drop{Size: int64(len(data))}, bytes.NewReader(data)); ok {
			t.Errorf("%s, and it is taken for one that came back", name)
		}
		rows, read, err := takeBack(t, Options{}, data)
		if err != nil || len(rows) != 3 || read.Corrects != "" || rows[0].Was != nil {
			t.Errorf("%s: it is no file like any other: %v, %v", name, rows, err)
		}
	}
}

// TestReturned_RowsAreKnownAgain sorts, deletes and corrects at random: whatever
// cell was changed, each row knows where it stood.
func TestReturned_RowsAreKnownAgain(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	for range 30 {
		n := 1 + random.IntN(40)
		var rows [][]string
		for i := range n {
			rows = append(rows, []string{fmt.Sprintf("%04d", i), "!", "x" + strconv.Itoa(i), []string{"01", "02"}[i%2]})
		}
		slip := slipOf(backHeader, rows...)
		var back [][]string
		var want []int
		for _, i := range random.Perm(n)[:1+random.IntN(n)] {
			row := slices.Clone(rows[i])
			if random.IntN(3) > 0 {
				row[[]int{0, 2, 3}[random.IntN(3)]] = "new " + strconv.Itoa(i)
			}
			back, want = append(back, append(row, "what is wrong", "what to do")), append(want, 10+i)
		}
		header := append(slices.Clone(backHeader), "ما الخطأ", "ما المطلوب")
		got, read, err := takeBack(t, Options{}, returnedBook(t, slip, append([][]string{header}, back...), nil))
		if err != nil || len(got) != len(want) || read.Corrects != "20261124-0001/erp-stock" {
			t.Fatalf("seed %d: %d rows, %v", seed, len(got), err)
		}
		for i, row := range got {
			if row.Was == nil || row.Was.Row != want[i] || row.Was.File != "stock.csv" || row.Row != i+2 || len(row.Cells) != len(backHeader) {
				t.Fatalf("seed %d: row %d is %v, want the one of %d", seed, i, row.Origin, want[i])
			}
		}
	}
}

// TestReturned_OnlyItsRows puts aside what was never put aside: a row that
// somebody added.
func TestReturned_OnlyItsRows(t *testing.T) {
	t.Parallel()
	rows := append(slices.Clone(backRows), []string{"9999", "?", "5", "09"})
	got, _, err := takeBack(t, Options{}, returnedBook(t, slipOf(backHeader, backRows...), append([][]string{backHeader}, rows...), nil))
	if err != nil || len(got) != 4 {
		t.Fatal(got, err)
	}
	for i, row := range got {
		if added := i == 3; added != (row.Was == nil) || added != hasFault(row, "quarantine.row") {
			t.Errorf("row %d: %v %v", i, row.Origin, row.Faults)
		}
	}
}

func hasFault(row pipeline.Row, rule pipeline.Rule) bool {
	return slices.ContainsFunc(row.Faults, func(f pipeline.Fault) bool { return f.Rule == rule })
}

// TestReturned_FaultsLast: what could not be read is no better for having been
// written down as text; it goes when somebody writes something else.
func TestReturned_FaultsLast(t *testing.T) {
	t.Parallel()
	slip := slipOf(backHeader, backRows...)
	slip.Lines[0].Faults = []pipeline.Fault{{Col: 1, Rule: "cell.precision"}}
	slip.Lines[1].Faults = []pipeline.Fault{{Col: 1, Rule: "cell.precision"}}
	slip.Lines[2].Faults = []pipeline.Fault{{Rule: "row.short"}}
	back := [][]string{backHeader, {"0001", "!", "7", "01"}, {"6221234567890", "!", "x", "01"}, backRows[2]}
	got, _, err := takeBack(t, Options{}, returnedBook(t, slip, back, nil))
	if err != nil || len(got) != 3 || !hasFault(got[0], "cell.precision") || hasFault(got[1], "cell.precision") || !hasFault(got[2], "row.short") {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestReturned_AsTheWholeFileWas: columns keep what was told from all of the first
// file, and a number typed as a number has the mark of its column.
func TestReturned_AsTheWholeFileWas(t *testing.T) {
	t.Parallel()
	slip := slipOf(backHeader, backRows...)
	slip.Styles = []pipeline.Style{{}, {}, {Decimal: ","}, {}}
	slip.Places = []int{2, 0}
	o := Options{Columns: []Column{{Names: []string{"Quantity"}}, {Names: []string{"Item"}}}}
	got, _, err := takeBack(t, o, returnedBook(t, slip, append([][]string{backHeader}, backRows...), func(f *excelize.File) {
		_ = f.SetCellValue("Sheet1", "C2", 1250.5)
	}))
	if err != nil || got[0].Cells[2] != "1250,5" || got[0].Styles[2].Decimal != "," || !slices.Equal(got[0].Places, []int{2, 0}) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestReturned_Held(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule   pipeline.Rule
		change func(f *excelize.File)
	}{
		"a column is gone":   {"quarantine.columns", func(f *excelize.File) { _ = f.RemoveCol("Sheet1", "C") }},
		"the header is gone": {"quarantine.columns", func(f *excelize.File) { _ = f.RemoveRow("Sheet1", 1) }},
		"a line is gone":     {"quarantine.damaged", func(f *excelize.File) { _ = f.RemoveRow(pipeline.SlipSheet, pipeline.SlipHead+1) }},
		"the head is gone":   {"quarantine.damaged", func(f *excelize.File) { _ = f.SetCellStr(pipeline.SlipSheet, "A3", "x") }},
		"no row is left": {"file.empty", func(f *excelize.File) {
			_, _, _ = f.RemoveRow("Sheet1", 2), f.RemoveRow("Sheet1", 2), f.RemoveRow("Sheet1", 2)
		}},
	} {
		got, _, err := takeBack(t, Options{}, returnedBook(t, slipOf(backHeader, backRows...), append([][]string{backHeader}, backRows...), c.change))
		refused, ok := err.(*pipeline.Refused)
		if !ok || refused.Problems[0].Rule != c.rule || len(got) > 0 {
			t.Errorf("%s: got %v, %v; want %s", name, got, err, c.rule)
		}
	}
}

// TestReturned_ColumnsMoved: our columns may be gone or stand anywhere, and so may
// the others.
func TestReturned_ColumnsMoved(t *testing.T) {
	t.Parallel()
	back := [][]string{{"what to do", "المخزن", "الكمية", "كود الصنف"}, {"z", "01", "7", "0001"}}
	got, _, err := takeBack(t, Options{}, returnedBook(t, slipOf(backHeader, backRows...), back, nil))
	if err != nil || len(got) != 1 || !slices.Equal(got[0].Cells, []string{"0001", "", "7", "01"}) || got[0].Was.Row != 10 {
		t.Errorf("got %v, %v", got, err)
	}
}
