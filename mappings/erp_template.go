//go:build ignore

// Erp_template makes the template of sales documents that wasl brings along:
//
//	go run erp_template.go
package main

import (
	"log"

	"github.com/xuri/excelize/v2"
)

const (
	sheet = "فاتورة"
	first = 9  // row of the first line
	last  = 18 // and of the last
)

func main() {
	f := excelize.NewFile()
	must(f.SetSheetName("Sheet1", sheet))
	rtl, grid := true, false
	must(f.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &rtl, ShowGridLines: &grid}))
	for col, width := range map[string]float64{"A": 6, "B": 16, "C": 34, "D": 12, "E": 14, "F": 18, "G": 16} {
		must(f.SetColWidth(sheet, col, col, width))
	}
	fit, wide, tall := true, 1, 0
	must(f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}))
	must(f.SetPageLayout(sheet, &excelize.PageLayoutOptions{FitToWidth: &wide, FitToHeight: &tall}))
	must(f.SetRowHeight(sheet, 1, 34))
	must(f.SetRowHeight(sheet, first-1, 22))
	style := func(s *excelize.Style) int {
		id, err := f.NewStyle(s)
		must(err)
		return id
	}
	line := []excelize.Border{{Type: "left", Color: "B7C0CC", Style: 1}, {Type: "right", Color: "B7C0CC", Style: 1},
		{Type: "top", Color: "B7C0CC", Style: 1}, {Type: "bottom", Color: "B7C0CC", Style: 1}}
	money, day := "#,##0.00", "dd/mm/yyyy"
	title := style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 18, Color: "1F3A5F"}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	label := style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "5B6B7F"}})
	text := style(&excelize.Style{Alignment: &excelize.Alignment{Horizontal: "right"}})
	date := style(&excelize.Style{CustomNumFmt: &day, Alignment: &excelize.Alignment{Horizontal: "right"}})
	head := style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Border: line,
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F3A5F"}}, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	cell := style(&excelize.Style{Border: line, Alignment: &excelize.Alignment{Horizontal: "right"}})
	amount := style(&excelize.Style{Border: line, CustomNumFmt: &money})
	total := style(&excelize.Style{Border: line, CustomNumFmt: &money, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF5"}}})

	put := func(at string, value any, style int) {
		must(f.SetCellValue(sheet, at, value))
		must(f.SetCellStyle(sheet, at, at, style))
	}
	must(f.MergeCell(sheet, "A1", "G1"))
	put("A1", "فاتورة مبيعات", title)
	for at, words := range map[string]string{"A4": "رقم المستند", "E4": "التاريخ", "A5": "العميل", "E5": "الهاتف", "A6": "العنوان", "E6": "طريقة الدفع"} {
		put(at, words, label)
	}
	for _, at := range []string{"C4", "C5", "C6", "F5", "F6"} {
		must(f.SetCellStyle(sheet, at, at, text))
	}
	must(f.SetCellStyle(sheet, "F4", "F4", date))
	for i, words := range []string{"م", "كود الصنف", "اسم الصنف", "الكمية", "السعر", "الخصم", "الإجمالي"} {
		put(at(i+1, first-1), words, head)
	}
	for row := first; row <= last; row++ {
		must(f.SetCellStyle(sheet, at(1, row), at(4, row), cell))
		must(f.SetCellStyle(sheet, at(5, row), at(7, row), amount))
		must(f.SetCellFormula(sheet, at(7, row), at(4, row)+"*"+at(5, row)+"-"+at(6, row)))
	}
	put(at(6, last+1), "إجمالي البنود", total)
	must(f.SetCellFormula(sheet, at(7, last+1), "SUM("+at(7, first)+":"+at(7, last)+")"))
	must(f.SetCellStyle(sheet, at(7, last+1), at(7, last+1), total))
	put(at(6, last+2), "إجمالي المستند", total)
	must(f.SetCellStyle(sheet, at(7, last+2), at(7, last+2), total))
	put(at(6, last+3), "الفرق", label)
	must(f.SetCellFormula(sheet, at(7, last+3), at(7, last+1)+"-"+at(7, last+2)))
	must(f.SetCellStyle(sheet, at(7, last+3), at(7, last+3), amount))
	name := func(name, cells string) {
		must(f.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: "'" + sheet + "'!" + cells}))
	}
	name("lines", "$A$9:$G$18")
	name("stated", "$G$20")
	must(f.SaveAs("erp/sales-template.xlsx"))
}

func at(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	must(err)
	return name
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
