package inbox

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettle_StandsStillThenTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "sku,qty\nA,1\n")
	w.wantLeft(w.look(), "stock.csv: inbox.growing")
	w.wantLeft(w.later(9*time.Second), "stock.csv: inbox.growing")
	taken := w.later(time.Second)
	w.wantLeft(taken)
	if len(taken.Drops) != 1 || taken.Drops[0].Day != "2026-11-25" {
		t.Errorf("taken: %+v, want one drop on the day of the shop's zone", taken.Drops)
	}
	w.wantDrops("stock.csv=sku,qty\nA,1\n")
	w.wantFiles("taken/2026/11/25/003010-stock.csv")
	if got := w.door.places[w.door.drops[0].ID]; got != "taken/2026/11/25/003010-stock.csv" {
		t.Errorf("the ledger has it at %q", got)
	}
	a := w.door.arrivals[w.door.drops[0].ID]
	if len(a.Claims) != 1 || a.Claims[0].Flow != "stock" || a.Patterns != "stock-*.csv" {
		t.Errorf("claims %v of patterns %q", a.Claims, a.Patterns)
	}
	w.settled()
	w.wantDrops("stock.csv=sku,qty\nA,1\n")
}

func TestSettle_GrowingIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "sku,qty\n")
	for range 5 {
		w.wantLeft(w.later(8*time.Second), "stock.csv: inbox.growing")
		w.add("stock.csv", "A,1\n")
	}
	w.wantDrops()
	w.look()
	w.later(10 * time.Second)
	w.wantDrops("stock.csv=sku,qty\n" + strings.Repeat("A,1\n", 5))
}

// Written over with the same length: only the time, or the id, tells.
func TestSettle_SameSizeOtherTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "A,1\n")
	w.look()
	w.drop("stock.csv", "A,2\n")
	w.touch("stock.csv", time.Unix(1_000_000, 0))
	w.wantLeft(w.later(10*time.Second), "stock.csv: inbox.growing")
	w.later(10 * time.Second)
	w.wantDrops("stock.csv=A,2\n")
}

func TestSettle_SameSizeAndTimeOtherFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "A,1\n")
	w.touch("stock.csv", time.Unix(1_000_000, 0))
	w.look()
	w.drop(".other", "A,2\n")
	w.touch(".other", time.Unix(1_000_000, 0))
	if err := os.Rename(filepath.Join(w.dir, ".other"), filepath.Join(w.dir, "stock.csv")); err != nil {
		t.Fatal(err)
	}
	w.wantLeft(w.later(10*time.Second), "stock.csv: inbox.growing")
	w.later(10 * time.Second)
	w.wantDrops("stock.csv=A,2\n")
}

// The file's own time never counts: neither old dates nor a clock ahead of ours.
func TestSettle_OtherClocks(t *testing.T) {
	t.Parallel()
	for _, when := range []time.Time{time.Unix(0, 0), time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)} {
		w := newWorld(t)
		w.drop("stock.csv", "A,1\n")
		w.touch("stock.csv", when)
		w.wantLeft(w.look(), "stock.csv: inbox.growing")
		w.later(10 * time.Second)
		w.wantDrops("stock.csv=A,1\n")
	}
}

func TestSettle_EmptyWaitsThenIsTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "")
	w.wantLeft(w.look(), "stock.csv: inbox.empty")
	w.wantLeft(w.later(9*time.Minute), "stock.csv: inbox.empty")
	w.restart() // the next wasl run remembers since when
	w.wantLeft(w.look(), "stock.csv: inbox.empty")
	w.wantLeft(w.later(time.Minute))
	w.wantDrops("stock.csv=")
}

func TestSettle_CutOffWaitsLonger(t *testing.T) {
	t.Parallel()
	book := workbook(t)
	for name, text := range map[string]string{
		"stock.xlsx":  book[:len(book)/2],
		"stock.csv":   "sku,qty\nA,1\n" + strings.Repeat("\x00", 4096),
		"stock16.csv": "\xff\xfea\x00,\x00b",
		"stockle.csv": "\xff\xfea\x00b\x00" + strings.Repeat("\x00\x00", 40),
	} {
		w := newWorld(t)
		w.drop(name, text)
		w.look()
		w.wantLeft(w.later(10*time.Second), name+": inbox.cut")
		if w.puts != 0 {
			t.Errorf("%s was copied though it looks cut off", name)
		}
		w.restart()
		w.wantLeft(w.later(4*time.Minute), name+": inbox.cut")
		w.wantLeft(w.later(50 * time.Second))
		w.wantDrops(name + "=" + text)
	}
}

func TestSettle_CutOffThenWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	book := workbook(t)
	w.drop("stock.xlsx", book[:len(book)/2])
	w.settled()
	w.add("stock.xlsx", book[len(book)/2:])
	w.settled()
	w.wantDrops("stock.xlsx=" + book)
}

func TestWhole(t *testing.T) {
	t.Parallel()
	book := workbook(t)
	for _, c := range []struct {
		text string
		want bool
	}{
		{"sku,qty\nA,1\n", true},
		{"sku,qty\nA,1", true}, // no line end: for extract to say
		{"", true},
		{"a\x00", true},
		{book, true},
		{book[:len(book)-1], false},
		{book[:40], false},
		{"PK\x03\x04", false},
		{strings.Repeat("\x00", 16), false},
		{"\xff\xfea\x00", true},
		{"\xff\xfea", false},
		{"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 508), true}, // zeros are its own
		{"\xd0\xcf\x11\xe0" + strings.Repeat("\x00", 500), false},
	} {
		if got := whole(strings.NewReader(c.text), int64(len(c.text))); got != c.want {
			t.Errorf("whole(%.20q... %d bytes) = %v, want %v", c.text, len(c.text), got, c.want)
		}
	}
}

func TestDone_MarkInsteadOfStandingStill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Done = ".done"
	w.restart()
	w.drop("stock.csv", "A,1\n")
	w.wantLeft(w.look(), "stock.csv: inbox.marker")
	w.wantLeft(w.later(time.Hour), "stock.csv: inbox.marker")
	w.drop("stock.csv.done", "")
	w.wantLeft(w.look())
	w.wantDrops("stock.csv=A,1\n")
	w.wantFiles("taken/2026/11/25/013000-stock.csv", "taken/2026/11/25/013000-stock.csv.done")

	// The mark is used up: the next file of that name needs its own.
	w.drop("stock.csv", "A,2\n")
	w.wantLeft(w.later(time.Minute), "stock.csv: inbox.marker")
}

// A mark whose file is gone must not call the next half of a file complete.
func TestDone_StrayMarkIsMovedAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Done = ".ok"
	w.restart()
	w.drop("stock.csv.ok", "")
	w.look()
	w.later(10 * time.Second)
	w.drop("stock.csv", "half")
	w.wantLeft(w.look(), "stock.csv: inbox.marker")
	w.wantFiles("stock.csv", "taken/2026/11/25/003010-stock.csv.ok")
}

func (w *world) touch(name string, when time.Time) {
	w.t.Helper()
	if err := os.Chtimes(filepath.Join(w.dir, name), when, when); err != nil {
		w.t.Fatal(err)
	}
}

// workbook is a small zip file of two parts.
func workbook(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(strings.Repeat(name, 10)))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// What speaks of what other files make is taken after them, whatever it is called
// and whenever it came: files of one round alone are put in order.
func TestSettle_SomeAreLast(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deps.Last = func(name string) bool { return strings.HasPrefix(name, "a") }
	w.restart()
	w.drop("a-groups.csv", "1")
	w.drop("stock-2.csv", "2")
	w.look()
	w.drop("a-pictures.csv", "3")
	w.drop("stock-1.csv", "4")
	w.later(time.Second)
	w.later(10 * time.Second)
	w.wantDrops("stock-2.csv=2", "stock-1.csv=4", "a-groups.csv=1", "a-pictures.csv=3")
}
