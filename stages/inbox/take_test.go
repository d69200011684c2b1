//go:build unix

package inbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wasl/pipeline"
)

func TestTake_SameNameAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// A, B, A: three nights, three drops.
	for _, text := range []string{"A,1\n", "A,2\n", "A,1\n"} {
		w.drop("stock.csv", text)
		w.settled()
	}
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,2\n", "stock.csv=A,1\n")
}

func TestTake_SameContentOtherName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock-1.csv", "A,1\n")
	w.drop("stock-2.csv", "A,1\n")
	w.settled()
	w.wantDrops("stock-1.csv=A,1\n", "stock-2.csv=A,1\n")
}

// The very file comes back from taken/, with its id, size and time.
func TestTake_ComesBackFromTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "A,1\n")
	w.settled()
	if err := os.Rename(filepath.Join(w.dir, w.door.places[w.door.drops[0].ID]), filepath.Join(w.dir, "stock.csv")); err != nil {
		t.Fatal(err)
	}
	w.settled()
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,1\n")
}

// Two arrivals of one name in one second: nothing is written over.
func TestTake_SameSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.config.Done = ".done"
	w.restart()
	for _, text := range []string{"A,1\n", "A,2\n"} {
		w.drop("stock.csv", text)
		w.drop("stock.csv.done", "")
		w.look()
	}
	w.wantFiles("taken/2026/11/25/003000-stock.csv", "taken/2026/11/25/003000-stock.csv.done",
		"taken/2026/11/25/003000-stock (2).csv", "taken/2026/11/25/003000-stock (2).csv.done")
}

func TestTake_RenamedWhileSettling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("upload.csv", "A,1\n")
	w.look()
	if err := os.Rename(filepath.Join(w.dir, "upload.csv"), filepath.Join(w.dir, "stock.csv")); err != nil {
		t.Fatal(err)
	}
	w.wantLeft(w.later(10*time.Second), "stock.csv: inbox.growing")
	w.later(10 * time.Second)
	w.wantDrops("stock.csv=A,1\n")
}

// What happens to a file while it is being copied, or just after it was admitted.
func TestTake_ChangedMeanwhile(t *testing.T) {
	t.Parallel()
	replace := func(w *world) {
		w.drop(".new", "A,2\n")
		if err := os.Rename(filepath.Join(w.dir, ".new"), filepath.Join(w.dir, "stock.csv")); err != nil {
			w.t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		change func(w *world)
		want   []string
	}{
		"grows":    {func(w *world) { w.add("stock.csv", "B,1\n") }, []string{"stock.csv=A,1\nB,1\n"}},
		"replaced": {replace, []string{"stock.csv=A,2\n"}},
		"removed":  {func(w *world) { w.remove("stock.csv") }, nil},
		"cut":      {func(w *world) { w.drop("stock.csv", "") }, []string{"stock.csv="}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			open, done := w.in.sys.open, false
			w.in.sys.open = func(root *os.Root, name string) (*os.File, error) {
				f, err := open(root, name)
				if !done {
					done = true
					c.change(w)
				}
				return f, err
			}
			w.drop("stock.csv", "A,1\n")
			w.settled()
			w.wantDrops()
			w.look()
			w.later(time.Hour)
			w.wantDrops(c.want...)
		})
		if name == "cut" {
			continue
		}
		t.Run(name+" after admission", func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			rename, done := w.in.sys.rename, false
			w.in.sys.rename = func(root *os.Root, from, to string) error {
				if !done {
					done = true
					c.change(w)
				}
				return rename(root, from, to)
			}
			w.drop("stock.csv", "A,1\n")
			w.settled()
			w.settled()
			w.wantDrops(append([]string{"stock.csv=A,1\n"}, c.want...)...)
		})
	}
}

func TestTake_OnlyPlainFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outside := filepath.Join(t.TempDir(), "stock-outside.csv")
	if err := errors.Join(os.WriteFile(outside, []byte("x"), 0o644),
		os.Symlink(outside, filepath.Join(w.dir, "stock-link.csv")),
		os.Symlink("stock.csv", filepath.Join(w.dir, "stock-inner.csv")),
		os.Mkdir(filepath.Join(w.dir, "stock-folder.csv"), 0o755),
		os.Mkdir(filepath.Join(w.dir, "reports"), 0o755),
		syscall.Mkfifo(filepath.Join(w.dir, "stock-pipe.csv"), 0o644)); err != nil {
		t.Fatal(err)
	}
	w.drop("stock.csv", "A,1\n")
	w.wantLeft(w.settled(), "stock-folder.csv: inbox.special", "stock-inner.csv: inbox.special",
		"stock-link.csv: inbox.special", "stock-pipe.csv: inbox.special")
	w.wantDrops("stock.csv=A,1\n")
}

// A pipe or a link takes the file's place just before it is opened.
func TestTake_SwappedForSomethingElse(t *testing.T) {
	t.Parallel()
	for name, swap := range map[string]func(path string) error{
		"pipe": func(p string) error { return syscall.Mkfifo(p, 0o644) },
		"link": func(p string) error { return os.Symlink("../secret", p) },
	} {
		w := newWorld(t)
		if err := os.WriteFile(filepath.Join(w.dir, "..", "secret"), []byte("x,1\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		open := w.in.sys.open
		w.in.sys.open = func(root *os.Root, at string) (*os.File, error) {
			w.remove(at)
			if err := swap(filepath.Join(w.dir, at)); err != nil {
				t.Fatal(err)
			}
			return open(root, at)
		}
		w.drop("stock.csv", "A,1\n")
		w.settled()
		w.wantDrops()
		if w.puts != 0 {
			t.Errorf("%s: something was copied", name)
		}
	}
}

func TestTake_TemporaryNamesAreNotOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	names := []string{".hidden", "~$stock.xlsx", "stock.csv.tmp", "stock.csv.PART", "stock.partial", "stock.crdownload",
		"stock.csv.filepart", ".stock.csv.swp", "x.!ut", "Thumbs.db", "desktop.ini"}
	for _, name := range names {
		w.drop(name, "A,1\n")
	}
	w.wantLeft(w.settled())
	w.wantDrops()
	w.wantFiles(names...)
}

func TestTake_UnreadableLetsOthersGoOn(t *testing.T) {
	t.Parallel()
	for rule, broken := range map[string]error{
		"inbox.rights": fs.ErrPermission, "inbox.busy": syscall.EBUSY, "inbox.read": syscall.EIO,
	} {
		w := newWorld(t)
		open := w.in.sys.open
		w.in.sys.open = func(root *os.Root, name string) (*os.File, error) {
			if name == "stock-a.csv" {
				return nil, &fs.PathError{Op: "open", Path: name, Err: broken}
			}
			return open(root, name)
		}
		w.drop("stock-a.csv", "A,1\n")
		w.drop("stock-b.csv", "B,1\n")
		w.wantLeft(w.settled(), "stock-a.csv: "+rule)
		w.wantDrops("stock-b.csv=B,1\n")
		w.in.sys.open = open // somebody mended it
		w.look()
		w.wantDrops("stock-b.csv=B,1\n", "stock-a.csv=A,1\n")
	}
}

func TestTake_ReadOnlyInbox(t *testing.T) {
	t.Parallel()
	for _, remembered := range []bool{false, true} {
		w := newWorld(t)
		if remembered {
			w.deps.Door = remembers{w.door}
		}
		readOnly := func(*os.Root, string, string) error { return &fs.PathError{Op: "rename", Err: syscall.EROFS} }
		w.restart()
		w.in.sys.rename = readOnly
		w.drop("stock.csv", "A,1\n")
		w.wantLeft(w.settled(), "stock.csv: inbox.stays")
		w.wantLeft(w.later(time.Hour))
		if len(w.door.stays) != 1 || w.puts != 1 {
			t.Errorf("stays %v, read %d times", w.door.stays, w.puts)
		}

		w.restart()
		w.in.sys.rename = readOnly
		w.wantLeft(w.settled()) // it was said
		w.wantDrops("stock.csv=A,1\n")
		if want := map[bool]int{false: 2, true: 1}[remembered]; w.puts != want {
			t.Errorf("remembered %v: read %d times, want %d", remembered, w.puts, want)
		}

		w.add("stock.csv", "B,1\n")
		w.settled()
		w.wantDrops("stock.csv=A,1\n", "stock.csv=A,1\nB,1\n")
	}
}

// A scanner holds the file for the moment: it is moved by a later round, and not
// read again.
func TestTake_MoveBusy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rename := w.in.sys.rename
	w.in.sys.rename = func(*os.Root, string, string) error { return &os.LinkError{Op: "rename", Err: syscall.EBUSY} }
	w.drop("stock.csv", "A,1\n")
	w.wantLeft(w.settled(), "stock.csv: inbox.busy")
	w.in.sys.rename = rename
	w.wantLeft(w.later(time.Second))
	w.wantDrops("stock.csv=A,1\n")
	w.wantFiles("taken/2026/11/25/003010-stock.csv")
	if w.puts != 1 {
		t.Errorf("read %d times", w.puts)
	}
}

func TestTake_OddNames(t *testing.T) {
	t.Parallel()
	long := "stock" + strings.Repeat("م", 120) + ".csv"
	for name, c := range map[string]struct{ shown, stored string }{
		"stock مخزون.csv":      {"stock مخزون.csv", "stock مخزون.csv"},
		"stock\nFAKE.csv":      {`"stock\nFAKE.csv"`, "stock_FAKE.csv"},
		"stock\u202evsc.exe":   {`"stock\u202evsc.exe"`, "stock_vsc.exe"},
		"stock\xff.csv":        {`"stock\xff.csv"`, "stock_.csv"},
		"CON":                  {"CON", "_CON"},
		"com1.csv":             {"com1.csv", "_com1.csv"},
		"company.csv":          {"company.csv", "company.csv"},
		"stock. ":              {"stock. ", "stock_"},
		`stock:a\b|c?.csv`:     {`stock:a\b|c?.csv`, "stock_a_b_c_.csv"},
		long:                   {long, "stock" + strings.Repeat("م", 105) + ".csv"},
		"stock-cafe\u0301.csv": {"stock-cafe\u0301.csv", "stock-café.csv"},
	} {
		w := newWorld(t)
		w.drop(name, "A,1\n")
		w.settled()
		w.wantDrops(c.shown + "=A,1\n")
		w.wantFiles("taken/2026/11/25/003010-" + c.stored)
	}
}

func TestTake_ManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	many := 2000
	if testing.Short() {
		many = 100
	}
	for n := range many {
		w.drop(fmt.Sprintf("stock-%04d.csv", n), fmt.Sprintf("A,%d\n", n))
	}
	began := time.Now()
	w.settled()
	t.Logf("%d files taken in %v", many, time.Since(began))
	if len(w.door.drops) != many {
		t.Fatalf("%d drops of %d files", len(w.door.drops), many)
	}
	for n, d := range w.door.drops {
		if want := fmt.Sprintf("stock-%04d.csv", n); d.Name != want {
			t.Fatalf("drop %d is %s, want %s", n, d.Name, want)
		}
	}
}

// The crash points of one file. After the restart there is one drop, one file in
// taken/, and nothing in the inbox.
func TestTake_DiesAnywhere(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"in the copy", "before admit", "after admit", "in the move", "after the move", "before placed", "after placed"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.drop("stock.csv", "A,1\n")
			w.look()
			w.door.die = at
			rename := w.in.sys.rename
			switch at {
			case "in the copy":
				w.deps.Vault = brokenVault{w}
				w.restart()
				w.look()
			case "in the move":
				w.in.sys.rename = func(*os.Root, string, string) error { return errDied }
			case "after the move":
				w.in.sys.rename = func(root *os.Root, from, to string) error { return errors.Join(rename(root, from, to), errDied) }
			}
			w.now = w.now.Add(10 * time.Second)
			if _, _, err := w.in.round(t.Context()); !errors.Is(err, errDied) {
				t.Fatalf("round: %v, want it to die", err)
			}
			w.door.die = ""
			w.deps.Vault = w
			w.restart()
			w.look()
			w.later(10 * time.Second)
			w.wantDrops("stock.csv=A,1\n")
			if left, err := filepath.Glob(filepath.Join(w.dir, "*.csv")); err != nil || len(left) != 0 {
				t.Errorf("still in the inbox: %v", left)
			}
			if taken, err := filepath.Glob(filepath.Join(w.dir, "taken/2026/11/25/*")); err != nil || len(taken) != 1 {
				t.Errorf("in taken/: %v", taken)
			}
			// And the next file of that name is another arrival.
			w.drop("stock.csv", "A,2\n")
			w.settled()
			w.wantDrops("stock.csv=A,1\n", "stock.csv=A,2\n")
		})
	}
}

// A file that was admitted is written over in place before it could be moved, and
// given its old date: that is a new arrival too.
func TestTake_WrittenOverWithItsOldDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "A,1\n")
	w.touch("stock.csv", time.Unix(1_000_000, 0))
	w.look()
	w.door.die = "after admit"
	w.now = w.now.Add(10 * time.Second)
	if _, _, err := w.in.round(t.Context()); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	w.door.die = ""
	w.drop("stock.csv", "A,2\n")
	w.touch("stock.csv", time.Unix(1_000_000, 0))
	w.restart()
	w.settled()
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,2\n")
}

// A scan that failed knows nothing: least of all that the folder is empty.
func TestTake_ShareGoesAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock.csv", "A,1\n")
	w.look()
	away := w.dir + "-away"
	if err := os.Rename(w.dir, away); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.in.round(t.Context())
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "inbox.gone" {
		t.Fatalf("round without a folder: %v, want inbox.gone", err)
	}
	if err := os.Rename(away, w.dir); err != nil {
		t.Fatal(err)
	}
	w.later(10 * time.Second) // it goes on from where it was
	w.wantDrops("stock.csv=A,1\n")
}

func TestTake_GoesOnGrowingInTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f, err := os.Create(filepath.Join(w.dir, "stock.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.WriteString("A,1\n"); err != nil {
		t.Fatal(err)
	}
	w.settled()
	w.wantDrops("stock.csv=A,1\n")
	if _, err := f.WriteString("B,1\n"); err != nil {
		t.Fatal(err)
	}
	w.wantLeft(w.later(30 * time.Second))
	w.wantLeft(w.later(30*time.Second), "stock.csv: inbox.late")
	w.wantLeft(w.later(30 * time.Second))
}

// After the copy another file of the same size and time takes its place: only
// the file's id tells.
func TestTake_ReplacedByItsLike(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	claims, done := w.deps.Claims, false
	w.deps.Claims = func(d pipeline.Drop, r io.ReaderAt) []pipeline.Claim {
		if !done {
			done = true
			w.drop(".new", "A,2\n")
			w.touch(".new", time.Unix(1_000_000, 0))
			if err := os.Rename(filepath.Join(w.dir, ".new"), filepath.Join(w.dir, "stock.csv")); err != nil {
				t.Error(err)
			}
		}
		return claims(d, r)
	}
	w.restart()
	w.drop("stock.csv", "A,1\n")
	w.touch("stock.csv", time.Unix(1_000_000, 0))
	w.settled()
	w.settled()
	w.wantDrops("stock.csv=A,1\n", "stock.csv=A,2\n")
}
