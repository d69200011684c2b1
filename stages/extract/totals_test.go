package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTotals_LongLabels: a label that begins as totals do is one only in a row
// that is mostly empty; an item whose code begins so stays an item.
func TestTotals_LongLabels(t *testing.T) {
	t.Parallel()
	rows, read, err := readBytes(t, stock, "f", []byte("كود الصنف,الكمية,السعر,المخزن,الفرع\n"+
		"Total-Care,3,12.00,01,A\n"+
		"إجمالي المجموعة: منزل,3,,,\n"+
		"Total oil 1 l,4,9.00,01,A\n"+
		"عدد الأصناف,2,,,\n"+
		"Number of items: 2,,,,\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "f:2 Total-Care | 3 | 12.00 | 01 | A\nf:4 Total oil 1 l | 4 | 9.00 | 01 | A\n"
	if diff := cmp.Diff(want, cells(rows)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var ignored []int
	for _, i := range read.Ignored {
		if i.Why == "total" {
			ignored = append(ignored, i.Row)
		}
	}
	if diff := cmp.Diff([]int{3, 5, 6}, ignored); diff != "" {
		t.Errorf("totals (-want +got):\n%s", diff)
	}
}
