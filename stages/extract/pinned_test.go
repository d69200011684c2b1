package extract

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPinned_End reads a report up to the row that the mapping names: what stands
// below is none of it, and a file that lacks the row was cut off.
func TestPinned_End(t *testing.T) {
	t.Parallel()
	o := report
	o.End = "نهاية التقرير"
	const head = "نهاية التقرير أدناه,\nCode,Qty\nA-1,3\nA-2,4\n"
	for name, c := range map[string]struct{ in, want string }{
		"a row of its own":       {head + "نهاية التقرير,\nA-3,5\n,\nPrinted by,Mona\n", "header 2-0 to 4: 1 title 5 footer 6 footer 8 footer"},
		"spelled in another way": {head + ",نهايه التقريـر\nA-3,x\n", "header 2-0 to 4: 1 title 5 footer 6 footer"},
	} {
		rows, read, err := readBytes(t, o, "f.csv", []byte(c.in))
		if err != nil || len(rows) != 2 {
			t.Fatalf("%s: %d rows, %v", name, len(rows), err)
		}
		if diff := cmp.Diff(c.want, told(read)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	_, _, err := readBytes(t, o, "f.csv", []byte(head))
	if p := refusal(t, err, true); p.Rule != "file.end" {
		t.Errorf("got %v", p)
	}
	o.End = "الإجمالي" // the row is a total, and is held against the rows
	_, read, err := readBytes(t, o, "f.csv", []byte(head+"الإجمالي,7\nA-3,5\n"))
	if err != nil || len(read.Controls) != 1 || read.Controls[0].Sum.String() != "7" || read.Rows != 2 {
		t.Errorf("%v: %s", err, told(read))
	}
}

// TestPinned_Format holds files of another kind than the mapping's.
func TestPinned_Format(t *testing.T) {
	t.Parallel()
	o := report
	o.Format = "xlsx"
	_, _, err := readBytes(t, o, "f.xlsx", []byte("Code,Qty\nA-1,3\n"))
	if p := refusal(t, err, true); p.Rule != "file.kind" || p.With["is"] != "csv" {
		t.Errorf("got %v", p)
	}
	o.Format = "csv"
	if rows, _, err := readBytes(t, o, "f.xlsx", []byte("Code,Qty\nA-1,3\n")); err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
