package extract

import (
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestReport_Ends reads reports to their ends: what stands below the last item is
// no item, whichever columns it fills; what may be one stays a row.
func TestReport_Ends(t *testing.T) {
	t.Parallel()
	o := Options{Columns: []Column{
		{Names: []string{"Code"}, Required: true, Type: pipeline.Code},
		{Names: []string{"Name"}},
		{Names: []string{"Qty"}, Required: true, Type: pipeline.Quantity},
	}}
	const items, read = "Code,Name,Qty\nA-1,oil,2\nA-2,fat,3\n", "A-1 A-2"
	for name, c := range map[string]struct{ in, keys, ignored string }{
		"names of those who sign":            {",Total,5\nStore keeper,Auditor,Manager\n.......,.......,.......\n", read, "total footer"},
		"the user and the day":               {",Total,5\nUser: admin,,25/11/2026\n", read, "total footer"},
		"signatures at the end of a page":    {",Total,5\nStore keeper,Auditor,Manager\nCode,Name,Qty\nA-3,jam,1\n", read + " A-3", "total title header again"},
		"words for a number, and data":       {",Total,5\nnew,jam,few\nA-3,jam,1\n", read + " new A-3", "total"},
		"words for a number, and a total":    {",Total,5\nnew,jam,few\n,Total,5\n", read + " new", "total total"},
		"words for a number behind no total": {"new,jam,few\n", read + " new", ""},
		"a code, and words for a number":     {",Total,5\nA-3,jam,few\n", read + " A-3", "total"},
		"how many rows, and their sum":       {"2,,5\n", read, "total"},
		"an item whose code is a number":     {"2,jam,5\n", read + " 2", ""},
		"a number that is no sum":            {"2,,6\n", read + " 2", ""},
		"a total beside its label":           {"Total Qty:,5,\n", read, "total"},
	} {
		rows, got, err := readBytes(t, o, "f", []byte(items+c.in))
		var keys, ignored []string
		for _, row := range rows {
			keys = append(keys, row.Cells[0])
		}
		for _, i := range got.Ignored {
			ignored = append(ignored, i.Why)
		}
		if err != nil || strings.Join(keys, " ") != c.keys || strings.Join(ignored, " ") != c.ignored {
			t.Errorf("%s: %v, rows %q, ignored %q", name, err, keys, ignored)
		}
	}
}

// TestReport_PageLines leaves lines with the number of a page aside, where a code is
// all that a row has to have.
func TestReport_PageLines(t *testing.T) {
	t.Parallel()
	o := Options{Columns: []Column{{Names: []string{"Code"}, Required: true, Type: pipeline.Code}, {Names: []string{"Name"}}}}
	rows, read, err := readBytes(t, o, "f", []byte("Code,Name\nA-1,oil\nصفحة ١ من ٣,\nA-2,\n,Page: 2/3\nPage 7,fat\nPage 3 of 3,\n"))
	if want := "f:2 A-1 | oil\nf:4 A-2 | \nf:6 Page 7 | fat\n"; err != nil || cells(rows) != want || len(read.Ignored) != 3 {
		t.Errorf("%v, %v\n%s", err, read.Ignored, cells(rows))
	}
}
