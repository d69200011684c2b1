package extract

import (
	"testing"

	"wasl/pipeline"
)

// TestStyle_DayNumbersWait holds a file whose dates are Excel's day numbers, and
// nothing else, until the mapping says so.
func TestStyle_DayNumbersWait(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in     string
		pinned bool
		held   string // the day of the first number; "" where the file is read
	}{
		"all are":           {"SKU,Day\nA,46086\nB,46087.75\nC,\n", false, "2026-03-05"},
		"a half of the day": {"SKU,Day\nA,46086.999999\n", false, "2026-03-06"},
		"the mapping says":  {"SKU,Day\nA,46086\n", true, ""},
		"a date among them": {"SKU,Day\nA,46086\nB,2026-03-05\n", false, ""}, // its rows say so
		"no days":           {"SKU,Day\nA,20260305\nB,12\n", false, ""},
		"beyond the years":  {"SKU,Day\nA,73416\n", false, ""},
		"other signs":       {"SKU,Day\nA,46086.1e5\n", false, ""},
		"nothing":           {"SKU,Day\nA,\n", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Columns: []Column{{Names: []string{"SKU"}, Required: true}, {Names: []string{"Day"}, Type: pipeline.Date, Pinned: c.pinned}}}
			_, _, err := readBytes(t, o, "f.csv", []byte(c.in))
			if c.held == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if p := refusal(t, err, true); p.Rule != "date.serials" || p.Row != 2 || p.Column != "Day" || p.Value == "" || p.With["day"] != c.held {
				t.Errorf("got %+v", p)
			}
		})
	}
}
