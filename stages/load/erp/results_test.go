package erp

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// TestResults tells what a job of answers came to, by the job alone, and of no job that is
// not wanted; a refused document has no number.
func TestResults(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck})
	every := []pipeline.Job{{Drop: "20261124-0001", Flow: "orders"}, {Drop: "20261125-0002", Flow: "erp-acks"}}
	one, two := orderNamed(t, s, "#1"), orderNamed(t, s, "#2")
	if _, err := s.Send(t.Context(), batchOf(t, s, one, two)); err != nil {
		t.Fatal(err)
	}
	if got, err := Results(t.Context(), s.tables, every, cairo); err != nil || len(got) != 0 {
		t.Errorf("nothing was answered: %v %v", got, err)
	}
	s.ackFor(t, nil, "1|ok|INV-7|", "2|error||no")
	want := "order id,order name,document number,type,status,when,tags\n" +
		",#1,INV-7,sale,booked,2026-11-25 08:00:00,erp-booked\n,#2,,sale,refused,2026-11-25 08:00:00,\n"
	for range 2 {
		got, err := Results(t.Context(), s.tables, every, cairo)
		if err != nil || len(got) != 1 || got[0].Name != "erp-results-20261125-0002-erp-acks.csv" || got[0].Rows != 2 {
			t.Fatalf("%+v %v", got, err)
		}
		if diff := cmp.Diff(want, string(got[0].Text)); diff != "" {
			t.Errorf("file (-want +got):\n%s", diff)
		}
	}
	if got, err := Results(t.Context(), s.tables, every[:1], cairo); err != nil || len(got) != 0 {
		t.Errorf("handed on, and there once more: %v %v", got, err)
	}
}

func TestWaiting(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck})
	for i, name := range []string{"#3", "#1", "#2"} {
		b := nextBatch(t, s, "b"+name, orderNamed(t, s, name))
		b.Taken = time.Date(2026, 11, 24, 8+i, 0, 0, 0, time.UTC)
		if _, err := s.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	s.ackFor(t, nil, "1|ok|INV-7|")
	open, err := Waiting(t.Context(), s.tables)
	if err != nil || len(open) != 2 || open[0].Number != "#3" || open[1].Number != "#2" || open[1].Since.Hour() != 10 || open[1].File != "SO-2.csv" {
		t.Errorf("%+v %v", open, err)
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		written, head string
		start, most   int
		want          string
		count         int
	}{
		"none":                 {"SI-001 SI-002 SI-003", "3", 1, 9, "", 0},
		"one":                  {"SI-001 SI-003", "3", 1, 9, "SI-002", 1},
		"the last":             {"SI-001 SI-002", "3", 1, 9, "SI-003", 1},
		"the first":            {"SI-002", "2", 1, 9, "SI-001", 1},
		"nothing written":      {"", "2", 1, 9, "SI-1 SI-2", 2},
		"many":                 {"SI-001 SI-009", "9", 1, 2, "SI-002 SI-003", 7},
		"began elsewhere":      {"SI-500 SI-502", "502", 0, 9, "SI-501", 1},
		"another prefix":       {"SI-001 SIX-002 CN-002", "2", 1, 9, "SI-002", 1},
		"another shop of ours": {"cairo/SI-001 cairo/SI-002", "2", 1, 9, "", 0},
		"slashes":              {"SI/26/001 SI/26/003 SI/25/002", "3", 1, 9, "SI/26/002", 1},
		"no prefix, a shop":    {"cairo/001 cairo/003", "3", 1, 9, "002", 1},
		"slashes of a shop":    {"cairo/SI/26/001 cairo/SI/26/003", "3", 1, 9, "SI/26/002", 1},
	}
	for name, test := range tests {
		prefix := "SI-"
		switch {
		case strings.Contains(name, "slashes"):
			prefix = "SI/26/"
		case strings.Contains(name, "no prefix"):
			prefix = ""
		}
		tables := shelf{}
		var rows []pipeline.TableRow
		for _, code := range strings.Fields(test.written) {
			rows = append(rows, pipeline.TableRow{Code: code})
		}
		_ = tables.Put(t.Context(), tableDocuments, rows)
		got, count, err := Gaps(t.Context(), tables, prefix, test.head, test.start, test.most)
		if strings.Join(got, " ") != test.want || count != test.count || err != nil {
			t.Errorf("%s: %v, %d, %v", name, got, count, err)
		}
	}
}
