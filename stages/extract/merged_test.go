package extract

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// mergedBook is a sheet of rows, a cell after the other, with merged ranges.
func mergedBook(t testing.TB, rows [][]any, ranges ...string) []byte {
	t.Helper()
	return made(t, func(f *excelize.File) {
		for i, row := range rows {
			if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
		for _, r := range ranges {
			from, to, _ := strings.Cut(r, ":")
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				t.Fatal(err)
			}
		}
	})
}

var mergedColumns = []Column{{Names: []string{"SKU"}, Required: true}, {Names: []string{"Opening Qty"}, Type: pipeline.Quantity}}

func TestMerged_HeaderGoesByTheRanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows   [][]any
		ranges []string
		want   string
	}{
		"a caption ends where its range does": {
			[][]any{{nil, "Opening"}, {"SKU", "Qty", "Value", "Price"}, {"A-1", 1, 2, 3}}, []string{"B1:C1"},
			"SKU | Opening Qty | Opening Value | Price"},
		"without ranges it goes on": {
			[][]any{{nil, "Opening"}, {"SKU", "Qty", "Value", "Price"}, {"A-1", 1, 2, 3}}, nil,
			"SKU | Opening Qty | Opening Value | Opening Price"},
		"merged down into a row of numbers": {
			[][]any{{"SKU", "Opening Qty", "Sales"}, {nil, nil, 2025, 2026}, {"A-1", 1, 2, 3}}, []string{"A1:A2", "B1:B2", "C1:D1"},
			"SKU | Opening Qty | Sales 2025 | Sales 2026"},
		"over a column without a name between": {
			[][]any{{"SKU", "Opening"}, {nil, "Qty", nil, "Value"}, {"A-1", 1, nil, 3}}, []string{"A1:A2", "B1:D1"},
			"SKU | Opening Qty |  | Opening Value"},
		"a title over all of them": {
			[][]any{{"Stock list", nil, nil}, {"SKU", "Opening Qty", "Price"}, {"A-1", 1, 2}}, []string{"A1:C1"},
			"SKU | Opening Qty | Price"},
		"one name over two columns": {
			[][]any{{"SKU", "Opening Qty", "Name"}, {"A-1", 1, "Oil"}}, []string{"C1:D1"},
			"SKU | Opening Qty | Name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, _, err := readBytes(t, Options{Columns: mergedColumns}, "f.xlsx", mergedBook(t, c.rows, c.ranges...))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rows[0].Header, " | "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if len(rows) != 1 || rows[0].Cells[0] != "A-1" {
				t.Errorf("got rows %v", rows)
			}
		})
	}
}

// mergedData is a code over three rows, as each kind of workbook has it.
func mergedData(t testing.TB) map[string][]byte {
	t.Helper()
	rows := [][]any{{"SKU", "Opening Qty", "Name"}, {"A-1", 1, "Oil"}, {nil, 2, "Oil, small"}, {nil, nil, "Oil, large"}, {"A-2", 4, "Tea"}}
	cells := func(row func(n int, cells []any) string) string {
		var out strings.Builder
		for i, r := range rows {
			out.WriteString(row(i, r))
		}
		return out.String()
	}
	web := cells(func(i int, r []any) string {
		out := "<tr>"
		for col, c := range r {
			switch {
			case col == 0 && i == 1:
				out += `<td rowspan=3>A-1</td>`
			case col == 0 && c == nil:
			case c == nil:
				out += "<td></td>"
			default:
				out += fmt.Sprintf("<td>%v</td>", c)
			}
		}
		return out + "</tr>"
	})
	xml := cells(func(i int, r []any) string {
		out := "<Row>"
		for col, c := range r {
			down := ""
			if i == 1 && col == 0 {
				down = ` ss:MergeDown="2"`
			}
			if c != nil {
				out += fmt.Sprintf(`<Cell ss:Index="%d"%s><Data ss:Type="String">%v</Data></Cell>`, col+1, down, c)
			}
		}
		return out + "</Row>"
	})
	biff := inOLE(t, "Workbook", book8(func(*records) {}, []string{"S"}, 0, func(w *records, _ int) {
		for i, r := range rows {
			for col, c := range r {
				if c != nil {
					text := fmt.Sprint(c)
					w.add(recLabel, i, col, 0, units(text), wide(text))
				}
			}
		}
		w.add(recMerged, binary.LittleEndian.AppendUint16(nil, 1), 1, 3, 0, 0)
	}))
	return map[string][]byte{
		"f.xlsx": mergedBook(t, rows, "A2:A4"),
		"f.htm":  []byte("<html><body><table>" + web + "</table></body></html>"),
		"f.xml": []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` +
			`<Worksheet ss:Name="S"><Table>` + xml + `</Table></Worksheet></Workbook>`),
		"f.xls": biff,
	}
}

func TestMerged_CellsOfDataAreToldUnlessFilled(t *testing.T) {
	t.Parallel()
	for name, b := range mergedData(t) {
		for _, fill := range []bool{false, true} {
			columns := slices.Clone(mergedColumns)
			columns[0].Fill = fill
			columns = append(columns, Column{Names: []string{"Name"}})
			t.Run(fmt.Sprint(name, " ", fill), func(t *testing.T) {
				t.Parallel()
				rows, read, err := readBytes(t, Options{Columns: columns}, name, b)
				if err != nil {
					t.Fatal(err)
				}
				if len(rows) != 4 || rows[1].Cells[0] != "" || rows[2].Cells[2] != "Oil, large" {
					t.Errorf("a row under the merged code is gone: %v %v", rows, read.Ignored)
				}
				var told []string
				for _, n := range read.Notes {
					if n.Rule == "cell.merged" {
						told = append(told, fmt.Sprint(n.Row, n.Column, n.With["ranges"]))
					}
				}
				want := []string{"2SKUA2:A4"}
				if fill {
					want = nil
				}
				if !slices.Equal(told, want) {
					t.Errorf("told %v, want %v", told, want)
				}
			})
		}
	}
}

func TestMerged_OverlappingRangesEndNothing(t *testing.T) {
	t.Parallel()
	ranges := strings.Repeat(`<mergeCell ref="A1:XFD3"/><mergeCell ref="B1:B1048576"/><mergeCell ref="junk"/><mergeCell ref="C9:B1"/>`, 20000)
	b := byHand(t, "", map[string]string{"xl/worksheets/sheet1.xml": `<worksheet ` + mainSpace + `><sheetData>` +
		`<row r="1"><c r="B1" t="str"><v>Opening</v></c></row><row r="2"><c r="A2" t="str"><v>SKU</v></c><c r="B2" t="str"><v>Qty</v></c></row>` +
		`<row r="3"><c r="A3" t="str"><v>A-1</v></c><c r="B3"><v>4</v></c></row></sheetData><mergeCells>` + ranges + `</mergeCells></worksheet>`})
	rows, _, err := readBytes(t, Options{Columns: []Column{{Names: []string{"SKU"}, Required: true}, {Names: []string{"Qty"}, Type: pipeline.Quantity}}}, "f.xlsx", b)
	if err != nil || len(rows) != 1 || rows[0].Cells[1] != "4" {
		t.Errorf("got %v, %v", rows, err)
	}
}
