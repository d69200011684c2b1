//go:build unix

package erp

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// A crash is one way to die: at the n-th thing done to the disk.
type crash struct {
	at     int  // counted from 1; 0: never
	before bool // it is not done any more; else it is
	eats   bool // an importer takes every complete file away the moment it is there
}

func (c crash) String() string { return fmt.Sprintf("at=%d,before=%t,eats=%t", c.at, c.before, c.eats) }

// layouts are those that the crash tests write by.
var crashLayouts = map[string]string{
	"document": small,
	"marked":   small + "done: .done\n",
	"batch":    strings.Replace(small, "{number}", "{batch}", 1) + "per: batch\ndone: .ok\n",
	"two":      small + documents,
	"twobatch": strings.ReplaceAll(small+documents, "{number}", "{batch}") + "per: batch\ndone: .ok\n",
}

// documents is a second file beside that of the lines.
const documents = "documents:\n  name: SOH-{number}.csv\n  columns: [{name: Order, field: order.name}, {name: Sum, field: sum.total}]\n"

const eatenLog = "eaten.log"

// lane does what the lane does with a batch at a start after a crash: it asks,
// and sends what is ready. die is called where the crash is to happen.
func lane(t *testing.T, on disk, dir, layout string, c crash, first bool, die func()) {
	s := sinkIn(t, dir, Config{}, layout)
	n := 0
	s.disk = &moody{disk: on,
		fail: func(string, string) error {
			if n++; n == c.at && c.before {
				die()
			}
			return nil
		},
		then: func(string, string) error {
			if c.eats {
				importer(t, dir, s)
			}
			if n == c.at && !c.before {
				die()
			}
			return nil
		}}
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"))
	ready := b
	if !first {
		a, err := s.Ask(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		ready.Docs = nil
		for _, d := range b.Docs {
			switch states(a)[d.Key] {
			case pipeline.Ready:
				ready.Docs = append(ready.Docs, d)
			case pipeline.Delivered:
			default:
				t.Errorf("%s is %q", d.Key, states(a)[d.Key])
			}
		}
	}
	a, err := s.Send(t.Context(), ready)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ready.Docs {
		if states(a)[d.Key] != pipeline.Delivered {
			t.Errorf("%s is %q", d.Key, states(a)[d.Key])
		}
	}
}

// importer takes files away and writes down which.
func importer(t *testing.T, dir string, s *Sink) {
	log, err := os.OpenFile(filepath.Join(dir, eatenLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range eat(t, s.cfg.Folder, s.layout.done) {
		_, err = fmt.Fprintln(log, name)
	}
	if err := errors.Join(err, log.Close()); err != nil {
		t.Fatal(err)
	}
}

// judge holds what the ERP got against what it should have: each file once.
func judge(t *testing.T, dir, name string) {
	t.Helper()
	s := sinkIn(t, dir, Config{}, crashLayouts[name])
	importer(t, dir, s)
	text, err := os.ReadFile(filepath.Join(dir, eatenLog))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Fields(string(text))
	slices.Sort(got)
	want := []string{"SO-1.csv", "SO-2.csv"}
	switch name {
	case "batch":
		want = []string{"SO-7b0c5a526c0e.csv"}
	case "two":
		want = []string{"SO-1.csv", "SO-2.csv", "SOH-1.csv", "SOH-2.csv"}
	case "twobatch": // the importer of these tests knows a file by its mark: the lines come with the documents
		want = []string{"SOH-7b0c5a526c0e.csv"}
		if err := os.Remove(filepath.Join(s.cfg.Folder, "SO-7b0c5a526c0e.csv")); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
	if left := filesIn(t, s.cfg.Folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCrash_Child is the program that TestCrash_Kill kills.
func TestCrash_Child(t *testing.T) {
	dir := os.Getenv("ERP_CRASH_DIR")
	if dir == "" {
		t.Skip("runs as a child of TestCrash_Kill")
	}
	var c crash
	var first bool
	if _, err := fmt.Sscanf(os.Getenv("ERP_CRASH"), "%d %t %t %t", &c.at, &c.before, &c.eats, &first); err != nil {
		t.Fatal(err)
	}
	var on disk = hasty{}
	if os.Getenv("ERP_CRASH_LAYOUT") == "marked" {
		on = local{} // once with the real one, which takes its time
	}
	lane(t, on, dir, crashLayouts[os.Getenv("ERP_CRASH_LAYOUT")], c, first, func() {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until it arrives
	})
}

// run starts the child and tells whether it was killed.
func run(t *testing.T, dir, layout string, c crash, first bool) (killed bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestCrash_Child$")
	cmd.Env = append(os.Environ(), "ERP_CRASH_DIR="+dir, "ERP_CRASH_LAYOUT="+layout,
		fmt.Sprintf("ERP_CRASH=%d %t %t %t", c.at, c.before, c.eats, first))
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signal() == syscall.SIGKILL {
			return true
		}
	}
	t.Fatalf("%s %s: %v\n%s", layout, c, err, out)
	return false
}

// TestCrash_Kill kills the program at everything it does to the disk, in turn,
// before and after, and starts it again: with an importer that takes files at
// once, and with one that comes between death and the next start. Each file
// must have been there exactly once.
func TestCrash_Kill(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts some 450 processes")
	}
	for name := range crashLayouts {
		for _, c := range []crash{{before: true}, {before: false}, {before: false, eats: true}} {
			t.Run(fmt.Sprintf("%s,before=%t,eats=%t", name, c.before, c.eats), func(t *testing.T) {
				t.Parallel()
				points := 0
				for c.at = 1; ; c.at++ {
					dir := t.TempDir()
					killed := run(t, dir, name, c, true)
					if !c.eats && c.at%2 == 0 { // the importer comes by now, or only in the end
						importer(t, dir, sinkIn(t, dir, Config{}, crashLayouts[name]))
					}
					if run(t, dir, name, crash{eats: c.eats}, false) {
						t.Fatal("killed where it was not to be")
					}
					judge(t, dir, name)
					if t.Failed() {
						t.Fatalf("killed %s", c)
					}
					if !killed {
						break
					}
					points++
				}
				if points < 10 {
					t.Errorf("only %d points: the crash test looks in the wrong place", points)
				}
				t.Logf("%d kills", points)
			})
		}
	}
}

// hasty is a disk that does not wait for its platters: what the kernel has
// outlives the program.
type hasty struct{ local }

func (hasty) Write(path string, data []byte) error { return os.WriteFile(path, data, 0o644) }
func (hasty) Sync(string) error                    { return nil }

// TestCrash_Twice dies a second time, at every point of the recovery. The dying
// is a panic here, since thousands of processes would take minutes.
func TestCrash_Twice(t *testing.T) {
	t.Parallel()
	for name, layout := range crashLayouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			die := func() { panic("killed") }
			dies := func(dir string, c crash, first bool) (died bool) {
				defer func() {
					if r := recover(); r != nil {
						if r != "killed" {
							panic(r)
						}
						died = true
					}
				}()
				lane(t, hasty{}, dir, layout, c, first, die)
				return false
			}
			for one := 1; ; one++ {
				more := false
				for two := 1; ; two++ {
					eats := (one+two)%2 == 0
					dir := t.TempDir()
					again := dies(dir, crash{at: one, eats: eats}, true)
					more = more || again
					again = dies(dir, crash{at: two, before: one%2 == 0, eats: eats}, false)
					dies(dir, crash{eats: eats}, false)
					judge(t, dir, name)
					if t.Failed() {
						t.Fatalf("died at %d and %d, eaten at once: %t", one, two, eats)
					}
					if !again {
						break
					}
				}
				if !more {
					break
				}
			}
		})
	}
}
