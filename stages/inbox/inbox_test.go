package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// brokenVault dies in the middle of a copy.
type brokenVault struct{ *world }

func (brokenVault) Put(_ context.Context, r io.Reader) (string, int64, error) {
	_, err := io.ReadFull(r, make([]byte, 2))
	return "", 0, errors.Join(err, errDied)
}

func TestOnce_WaitsForWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Settle = 30 * time.Millisecond
	w.deps.Now = time.Now
	w.restart()
	w.drop("stock.csv", "A,1\n")
	w.drop("empty.csv", "")
	taken, err := w.in.Once(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(taken.Drops) != 1 {
		t.Errorf("taken %v", taken.Drops)
	}
	w.wantLeft(taken, "empty.csv: inbox.empty")
	text, err := json.Marshal(taken.Left)
	if err != nil || !strings.Contains(string(text), `"rule":"inbox.empty"`) || !strings.Contains(string(text), `"file":"empty.csv"`) {
		t.Errorf("as JSON: %s, %v", text, err)
	}
}

func TestOnce_NothingThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Settle = time.Hour
	w.restart()
	taken, err := w.in.Once(t.Context())
	if err != nil || len(taken.Drops)+len(taken.Left) != 0 {
		t.Errorf("Once of an empty folder: %+v, %v", taken, err)
	}
}

func TestOnce_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Settle = time.Hour
	w.restart()
	w.drop("stock.csv", "A,1\n")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := w.in.Once(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Once: %v", err)
	}
}

func TestPut_EntersByTheSameDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 2 {
		if err := w.in.Put(t.Context(), "stock.csv", strings.NewReader("A,1\n"), "retry:20261124-0001"); err != nil {
			t.Fatal(err)
		}
	}
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,1\n")
	if got := w.door.drops[0].From; got != "retry:20261124-0001" {
		t.Errorf("From is %q", got)
	}
	w.wantFiles("taken/2026/11/25/003000-stock.csv", "taken/2026/11/25/003000-stock (2).csv")

	// Somebody's file of that name is there already: both are taken.
	w.drop("stock.csv", "B,1\n")
	if err := w.in.Put(t.Context(), "stock.csv", strings.NewReader("C,1\n"), "pull:orders"); err != nil {
		t.Fatal(err)
	}
	w.settled()
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,1\n", "stock (2).csv=C,1\n", "stock.csv=B,1\n")

	// The program was killed when it had written the file, before it was taken: it is
	// put again, and is one.
	w.drop("again.csv", "D,1\n")
	if err := w.in.Put(t.Context(), "again.csv", strings.NewReader("D,1\n"), "results:erp"); err != nil {
		t.Fatal(err)
	}
	w.settled()
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,1\n", "stock (2).csv=C,1\n", "stock.csv=B,1\n", "again.csv=D,1\n")
	if got := w.door.drops[4].From; got != "results:erp" {
		t.Errorf("From is %q", got)
	}
}

func TestOwner_SecondInstallationIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.look()
	first := w.in
	w.deps.Install = "two"
	w.restart()
	wantOwned := func(i *Inbox) {
		t.Helper()
		_, _, err := i.round(t.Context())
		if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "inbox.owner" {
			t.Errorf("round: %v, want inbox.owner", err)
		} else if strings.Contains(trouble.Says("ar")+trouble.Fix("ar"), "{") {
			t.Errorf("words: %s; %s", trouble.Says("ar"), trouble.Fix("ar"))
		}
	}
	wantOwned(w.in)
	w.now = w.now.Add(14 * time.Minute)
	wantOwned(w.in)

	w.config.TakeOver = true
	w.restart()
	w.look()
	wantOwned(first) // and the first notices

	// Taking over is for once: two that both may do not take turns.
	second := w.in
	w.deps.Install = "three"
	w.restart()
	w.look()
	wantOwned(second)
}

func TestOwner_StaleAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.look()
	w.deps.Install = "two"
	w.restart()
	w.later(15 * time.Minute)
	text, err := os.ReadFile(filepath.Join(w.dir, ownerName))
	if err != nil || !strings.Contains(string(text), `"two"`) {
		t.Errorf("owner file: %s, %v", text, err)
	}
}

func TestOwner_KeepsSayingThatItIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.look()
	first := w.in
	for range 20 {
		w.later(time.Minute)
	}
	w.deps.Install = "two"
	w.restart()
	if _, _, err := w.in.round(t.Context()); err == nil {
		t.Error("the second installation passed while the first is there")
	}
	w.in = first
	w.look()
}

func TestEnter_SweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop(".wasl-HALF", "half")
	w.drop(".other", "not ours")
	w.look()
	w.wantFiles(".other")
}

func TestReject_MovesWithReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("photo.jpg", "x")
	w.settled()
	d := w.door.drops[0]
	w.door.refused[d.ID] = []pipeline.Problem{{Rule: "drop.unclaimed"}}
	for range 2 {
		if err := w.in.Reject(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.wantFiles("rejected/photo.jpg", "rejected/photo.jpg.why.txt")
	if got := w.door.places[d.ID]; got != "rejected/photo.jpg" {
		t.Errorf("the ledger has it at %q", got)
	}
	text, err := os.ReadFile(filepath.Join(w.dir, "rejected/photo.jpg.why.txt"))
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffphoto.jpg\r\nwasl " + d.ID + "\r\n2026-11-25 00:30\r\n" +
		"\r\nNothing of this file was used:\r\n" +
		"- photo.jpg: no flow takes this file (drop.unclaimed)\r\n" +
		"  what to do: name it as one of the patterns in mappings/ says (stock-*.csv), or add a mapping; a flow that is off takes nothing (wasl check shows which)\r\n" +
		"\r\nلم يُستخدم شيء من هذا الملف:\r\n" +
		"- photo.jpg: لا يوجد مسار يأخذ هذا الملف (drop.unclaimed)\r\n" +
		"  ما العمل: سمِّه وفق أحد الأنماط في mappings/ ‏(stock-*.csv) أو أضف ملف ربط؛ والمسار المتوقف لا يأخذ شيئًا (الأمر wasl check يبيّن المتوقف منها)\r\n"
	if string(text) != want {
		t.Errorf("note:\n%s\nwant:\n%s", text, want)
	}
}

func TestReject_OverwritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, text := range []string{"x", "y"} {
		w.drop("photo.jpg", text)
		w.settled()
	}
	for _, d := range w.door.drops {
		w.door.refused[d.ID] = nil
	}
	if err := w.in.Reject(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantFiles("rejected/photo.jpg", "rejected/photo.jpg.why.txt", "rejected/photo (2).jpg", "rejected/photo (2).jpg.why.txt")
	for name, want := range map[string]string{"photo.jpg": "x", "photo (2).jpg": "y"} {
		if got, err := os.ReadFile(filepath.Join(w.dir, "rejected", name)); err != nil || string(got) != want {
			t.Errorf("%s is %q (%v), want %q", name, got, err, want)
		}
	}
}

func TestReject_DiesAnywhere(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"after the note", "after the move", "before placed", "after placed"} {
		w := newWorld(t)
		w.drop("photo.jpg", "x")
		w.settled()
		id := w.door.drops[0].ID
		w.door.refused[id] = nil
		w.door.die = at
		rename := w.in.sys.rename
		w.in.sys.rename = func(root *os.Root, from, to string) error {
			if to != "rejected/photo.jpg" || !strings.HasPrefix(at, "after the") {
				return rename(root, from, to)
			}
			if at == "after the move" {
				return errors.Join(rename(root, from, to), errDied)
			}
			return errDied
		}
		_ = w.in.Reject(t.Context()) // it dies
		w.door.die = ""
		w.restart()
		if err := w.in.Reject(t.Context()); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		w.wantFiles("rejected/photo.jpg", "rejected/photo.jpg.why.txt")
		if got := w.door.places[id]; got != "rejected/photo.jpg" {
			t.Errorf("%s: the ledger has it at %q", at, got)
		}
	}
}

// The ledger was not told of the move to taken/: the file is found there.
func TestReject_MovedButNotPlaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("photo.jpg", "x")
	w.look()
	w.door.die = "before placed"
	w.now = w.now.Add(10 * time.Second)
	if _, _, err := w.in.round(t.Context()); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	w.door.die = ""
	w.door.refused[w.door.drops[0].ID] = nil
	w.restart()
	if err := w.in.Reject(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.wantFiles("rejected/photo.jpg", "rejected/photo.jpg.why.txt")
}

// A new file lies where the original was: it is nobody's to reject.
func TestReject_LeavesTheNextFileAlone(t *testing.T) {
	t.Parallel()
	for _, stays := range []bool{false, true} {
		w := newWorld(t)
		w.drop("photo.jpg", "x")
		w.look()
		w.door.die = "after admit"
		w.now = w.now.Add(10 * time.Second)
		if _, _, err := w.in.round(t.Context()); !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		w.door.die = ""
		id := w.door.drops[0].ID
		w.door.refused[id], w.door.stays[id] = nil, stays
		for range 2 {
			if err := w.in.Reject(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.wantFiles("photo.jpg", "rejected/photo.jpg.why.txt")
		if got := w.door.places[id]; got != "" {
			t.Errorf("stays %v: the ledger has the original at %q, and would admit it again", stays, got)
		}
		// Once it is moved it joins its note.
		w.settled()
		w.wantDrops("photo.jpg=x")
		if err := w.in.Reject(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.wantFiles("rejected/photo.jpg", "rejected/photo.jpg.why.txt")
	}
}

func TestReject_OriginalIsNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("photo.jpg", "x")
	w.settled()
	id := w.door.drops[0].ID
	w.door.refused[id] = nil
	w.remove(w.door.places[id])
	for range 2 {
		if err := w.in.Reject(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.wantFiles("rejected/photo.jpg.why.txt")
}

func TestReject_ReadOnlyIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("photo.jpg", "x")
	w.settled()
	w.door.refused[w.door.drops[0].ID] = nil
	w.in.sys.rename = func(*os.Root, string, string) error { return os.ErrPermission }
	w.said = nil
	for range 3 {
		if err := w.in.Reject(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.said) != 1 || !strings.Contains(w.said[0].Note, "rejected") {
		t.Errorf("told: %+v", w.said)
	}
}

func TestConfig_Findings(t *testing.T) {
	t.Parallel()
	if found := (Config{Path: "inbox", Done: ".done", Settle: time.Second}).Validate(); len(found) != 0 {
		t.Errorf("sound settings: %v", found)
	}
	found := Config{Settle: -1, Done: "done"}.Validate()
	var got []string
	for _, f := range found {
		got = append(got, f.Path+" "+string(f.Rule))
		if strings.Contains(f.In("en")+f.In("ar"), "{") {
			t.Errorf("%s: %s", f.Path, f.In("en"))
		}
	}
	if want := "path inbox.path, settle config.duration, done inbox.ending"; strings.Join(got, ", ") != want {
		t.Errorf("findings: %v, want %s", got, want)
	}
}
