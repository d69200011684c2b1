package pipeline

import "testing"

// TestMerge_RowsAsAWhole says one thing of a row that is wrong as a whole: that
// its order has no total, or twice the lines, only follows from it.
func TestMerge_RowsAsAWhole(t *testing.T) {
	t.Parallel()
	at := Origin{File: "orders.csv", Row: 2}
	lost := Problem{Origin: at, Rule: "row.orphan"}
	total := Problem{Origin: at, Field: "order.total", Rule: "erp.total"}
	group := []Record{NewRecord(Row{Origin: at}, NewShape(nil))}

	if got := merge(group, []Problem{lost}, []Problem{total}); len(got) != 1 || got[0].Rule != "row.orphan" {
		t.Errorf("got %v", got)
	}
	// Held because of another row, it is still looked at by itself.
	held := Problem{Origin: at, Rule: "group.held"}
	if got := merge(group, []Problem{held}, []Problem{total}); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}
