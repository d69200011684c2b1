package extract

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wasl/pipeline"
)

// TestReport_Any writes reports as ERPs do, with any titles, headers of one to three
// rows, groups, subtotals and grand totals, and reads back exactly the items, each
// under its group; and all totals agree. One total made wrong is the one that differs.
func TestReport_Any(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := generated{t: t}
		g.write()
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "comma")
		if err := w.WriteAll(g.rows); err != nil {
			t.Fatal(err)
		}
		read, rows := Options{Columns: g.columns}.Extract(t.Context(), pipeline.Drop{Name: "f", Size: int64(b.Len())}, bytes.NewReader(b.Bytes()))
		var got [][]string
		for row, err := range rows {
			if err != nil {
				t.Fatalf("%v\n%s", err, b.String())
			}
			var item []string
			for _, at := range row.Places {
				item = append(item, row.Cells[at])
			}
			got = append(got, item)
		}
		if !slices.EqualFunc(got, g.items, slices.Equal[[]string]) {
			t.Fatalf("%s\ngot  %q\nwant %q", b.String(), got, g.items)
		}
		if len(read.Controls) != g.totals {
			t.Fatalf("%d controls of %d\n%s", len(read.Controls), g.totals, b.String())
		}
		for _, c := range read.Controls {
			if wrong := c.Row == g.wrong && c.Column == g.wrongColumn; wrong == c.Off().IsZero() {
				t.Fatalf("row %d, %s: stated %s, read %s\n%s", c.Row, c.Column, c.Stated, c.Sum, b.String())
			}
		}
		if len(read.Titles) != g.titles {
			t.Fatalf("%d titles of %d\n%s", len(read.Titles), g.titles, b.String())
		}
	})
}

// generated is a report on its way.
type generated struct {
	t           *rapid.T
	rows        [][]string
	columns     []Column
	items       [][]string
	place       map[string]int // of code, name, qty, value
	width       int
	titles      int
	totals      int // cells that state one
	wrong       int // the row of the total that was made wrong; 0: none
	wrongColumn string
	qty, value  int // sums of all
}

func (g *generated) row(cells map[string]string) {
	row := make([]string, g.width)
	for name, text := range cells {
		row[g.place[name]] = text
	}
	g.rows = append(g.rows, row)
}

func (g *generated) write() {
	t := g.t
	order := rapid.Permutation([]string{"code", "name", "qty", "value", "other"}).Draw(t, "order")
	g.width, g.place = len(order), map[string]int{}
	for i, name := range order {
		g.place[name] = i
	}
	g.titles = rapid.IntRange(0, 15).Draw(t, "titles")
	for i := range g.titles {
		g.rows = append(g.rows, make([]string, g.width))
		g.rows[i][rapid.IntRange(0, g.width-1).Draw(t, "at")] = rapid.SampledFrom([]string{"شركة النور", "Stock report", "الفترة من 1/11 إلى 25/11", "Branch: 3"}).Draw(t, "title") + " " + strconv.Itoa(i)
	}
	if rapid.Bool().Draw(t, "gap") && g.titles > 0 {
		g.rows = append(g.rows, make([]string, g.width))
	}
	names := map[string]string{"code": "كود الصنف", "name": "اسم الصنف", "qty": "الكمية", "value": "القيمة", "other": rapid.SampledFrom([]string{"ملاحظات", "!", "-", ""}).Draw(t, "other")}
	asked := map[string]string{"code": "كود الصنف", "name": "اسم الصنف", "qty": "الكمية", "value": "القيمة"}
	if tall := rapid.IntRange(1, 3).Draw(t, "tall"); tall > 1 && g.place["value"] == g.place["qty"]+1 {
		for level := range tall - 1 {
			g.row(map[string]string{"qty": fmt.Sprintf("Level %c", 'A'+level)})
		}
		prefix := map[int]string{2: "Level A ", 3: "Level A Level B "}[tall]
		asked["qty"], asked["value"] = prefix+"الكمية", prefix+"القيمة"
	}
	g.row(names)
	for _, name := range []string{"code", "name", "qty", "value"} {
		typ := map[string]pipeline.Type{"code": pipeline.Code, "qty": pipeline.Quantity, "value": pipeline.Amount}[name]
		g.columns = append(g.columns, Column{Names: []string{asked[name]}, Required: name != "value", Type: typ})
	}
	grouped := rapid.Bool().Draw(t, "grouped")
	g.columns = append(g.columns, Column{Names: []string{groupColumn}})
	groups := 1
	if grouped {
		groups = rapid.IntRange(1, 4).Draw(t, "groups")
	}
	style := rapid.IntRange(0, 2).Draw(t, "subtotals") // none, with a label, without one
	for i := range groups {
		group := ""
		if grouped {
			group = rapid.SampledFrom([]string{"زيوت", "Soft drinks", "سكر وحلويات"}).Draw(t, "group") + " " + string(rune('A'+i))
			g.row(map[string]string{rapid.SampledFrom([]string{"name", "code"}).Draw(t, "where"): group})
		}
		qty, value := g.group(group)
		if grouped && style > 0 {
			label := map[string]string{}
			if style == 1 {
				label["name"] = rapid.SampledFrom([]string{"إجمالي " + group, "Total", "المجموع", group + " Total", "إجمالي المجموعة"}).Draw(t, "label")
			}
			g.total(label, qty, value)
		}
	}
	if rapid.Bool().Draw(t, "grand") {
		where := rapid.SampledFrom([]string{"name", "code"}).Draw(t, "where")
		g.total(map[string]string{where: rapid.SampledFrom([]string{"الإجمالي العام", "الاجمالى الكلى", "Grand Total", "GRAND TOTAL:", "إجمالي عام"}).Draw(t, "label")}, g.qty, g.value)
		if rapid.Bool().Draw(t, "off") {
			g.spoil()
		}
	}
	if rapid.Bool().Draw(t, "footer") {
		g.row(map[string]string{"name": "طبع بواسطة: أحمد"})
	}
}

// group writes the items of a group, and gives their sums.
func (g *generated) group(name string) (qty, value int) {
	for range rapid.IntRange(1, 6).Draw(g.t, "items") {
		q, v := rapid.IntRange(1, 500).Draw(g.t, "qty"), rapid.IntRange(1, 9_000_000).Draw(g.t, "value")
		qty, value = qty+q, value+v
		item := []string{"A-" + rapid.StringMatching(`[0-9]{3,6}`).Draw(g.t, "code"),
			rapid.SampledFrom([]string{"زيت", "Total cleaner", "إجمالي تنظيف", "Total", "شاي 250 جم"}).Draw(g.t, "name"), strconv.Itoa(q), piastres(v)}
		g.row(map[string]string{"code": item[0], "name": item[1], "qty": item[2], "value": item[3]})
		g.items = append(g.items, append(item, name))
	}
	g.qty, g.value = g.qty+qty, g.value+value
	return qty, value
}

func (g *generated) total(label map[string]string, qty, value int) {
	cells := map[string]string{"qty": strconv.Itoa(qty), "value": piastres(value)}
	for name, text := range label {
		cells[name] = text
	}
	g.row(cells)
	g.totals += 2
}

// spoil makes the total that was written last wrong.
func (g *generated) spoil() {
	row := g.rows[len(g.rows)-1]
	row[g.place["qty"]] = strconv.Itoa(g.qty + 1)
	g.wrong, g.wrongColumn = len(g.rows), g.columns[2].Names[0]
}

// piastres writes an amount with two decimals and thousands: 1,234.50.
func piastres(n int) string {
	whole := strconv.Itoa(n / 100)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return whole + "." + strings.Repeat("0", 2-len(strconv.Itoa(n%100))) + strconv.Itoa(n%100)
}
