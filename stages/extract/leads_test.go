package extract

import (
	"testing"

	"wasl/pipeline"
)

// TestReport_SumsAhead reads groups that state their sums before their items; one sum
// that is not right, and all of these rows are rows.
func TestReport_SumsAhead(t *testing.T) {
	t.Parallel()
	o := Options{Columns: []Column{
		{Names: []string{"Code"}, Required: true, Type: pipeline.Code},
		{Names: []string{"Name"}},
		{Names: []string{"Qty"}, Required: true, Type: pipeline.Quantity},
		{Names: []string{"(groups)"}},
	}}
	for name, c := range map[string]struct {
		in, rows string
		controls int
	}{
		"alone": {"Code;Name;Qty\nOils;;7\nA1;a;3\nA2;b;4\nSoap;;5\nB1;c;5\n;Total;12\n",
			"f:3 A1 | a | 3 | Oils\nf:4 A2 | b | 4 | Oils\nf:6 B1 | c | 5 | Soap\n", 3},
		"inside of others": {"Code;Name;Qty\nCairo;;7,5\nOils;;3,5\nA1;a;3,5\nCairo two;;4\nA2;b;4\n",
			"f:4 A1 | a | 3,5 | Cairo / Oils\nf:6 A2 | b | 4 | Cairo / Cairo two\n", 3},
		"one is no sum": {"Code;Name;Qty\nOils;;7\nA1;a;3\nA2;b;4\nSoap;;6\nB1;c;5\n",
			"f:2 Oils |  | 7 | \nf:3 A1 | a | 3 | \nf:4 A2 | b | 4 | \nf:5 Soap |  | 6 | \nf:6 B1 | c | 5 | \n", 0},
		"codes without digits": {"Code;Name;Qty\nAAA;;7\nBBB;a;3\nCCC;b;4\n",
			"f:2 AAA |  | 7 | \nf:3 BBB | a | 3 | \nf:4 CCC | b | 4 | \n", 0},
	} {
		rows, read, err := readBytes(t, o, "f", []byte(c.in))
		if err != nil || cells(rows) != c.rows || len(read.Controls) != c.controls {
			t.Errorf("%s: %v, %d controls\n%s", name, err, len(read.Controls), cells(rows))
		}
		for _, control := range read.Controls {
			if !control.Off().IsZero() {
				t.Errorf("%s: %+v", name, control)
			}
		}
	}
}
