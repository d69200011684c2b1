package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"wasl/stages/load/eta/etatest"
)

// TestRestore_AtAnyMoment kills the program at requests to the tax authority, takes a
// backup of the state as it lies there, lets the night go on to its end, and restores the
// backup: into its old place whole, or the file of the ledger alone. What had left since is
// taken over, or nothing had; then the same orders come again, and new ones. At the
// authority each receipt is there once, and the chain is whole.
func TestRestore_AtAnyMoment(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cp"); err != nil {
		t.Skip("no cp here")
	}
	adopted, went := 0, 0
	for at := 1; ; at += 2 { // each second one: the night is long
		killed := true
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			n := newCrashNight(t)
			killed = n.restoreAt(at, &adopted, &went)
		})
		if !killed {
			break
		}
	}
	t.Logf("%d backups were older than the world, %d were not", adopted, went)
	if adopted < 2 && !t.Failed() {
		t.Errorf("only %d backups were older than the world: this proves nothing", adopted)
	}
}

func (n *crashNight) restoreAt(at int, adopted, went *int) (killed bool) {
	t := n.t
	t.Helper()
	var fired atomic.Bool
	n.world.eta.Fault(etatest.Any, at, etatest.Fault{After: func() { fired.Store(true); n.kill() }})
	code, out := n.wasl("run")
	if !fired.Load() {
		return false
	}
	if code != -1 {
		t.Fatalf("killed, and ends with %d:\n%s", code, out)
	}
	state, backup := filepath.Join(n.dir, "state"), filepath.Join(n.dir, "backup")
	n.sh("cp", "-a", state, backup)
	n.settled()
	if at%4 == 1 {
		if err := os.RemoveAll(state); err != nil {
			t.Fatal(err)
		}
		n.sh("cp", "-a", backup, state)
	} else { // what the witness in the folder says stays there
		for _, name := range []string{"wasl.db", "wasl.db-wal", "wasl.db-shm"} {
			_ = os.Remove(filepath.Join(state, name)) // it may not be there
			if _, err := os.Stat(filepath.Join(backup, name)); err == nil {
				n.sh("cp", "-a", filepath.Join(backup, name), filepath.Join(state, name))
			}
		}
	}
	before := len(n.world.eta.Receipts())
	code, out = n.wasl("run")
	if code == 1 && strings.Contains(out, "eta.behind") || strings.Contains(out, "stays locked") {
		if got := len(n.world.eta.Receipts()); got != before {
			t.Fatalf("%d receipts were issued in a locked lane:\n%s", got-before, out)
		}
		if code, out := n.wasl("receipts", "adopt", "--by", "Mona", "--why", "restored"); code != 0 {
			t.Fatalf("adopt ends with %d:\n%s", code, out)
		}
		*adopted++
	} else {
		*went++
	}
	for f := range crashFiles + 1 { // the same orders, and new ones
		n.put(fmt.Sprintf("again_%d.csv", f), crashExport(f))
	}
	n.put("items.csv", n.itemList())
	n.settled()
	for _, v := range n.world.eta.Judge() {
		t.Errorf("eta: %s", v)
	}
	if got, want := len(n.world.eta.Receipts()), (crashFiles+1)*crashOrders; got != want {
		t.Errorf("%d receipts, want %d", got, want)
	}
	if code, out := n.wasl("receipts", "tieout", "--from", "2020-01-01"); code != 0 || !strings.Contains(out, fmt.Sprintf("%d receipts agree, 0 differences", (crashFiles+1)*crashOrders)) {
		t.Errorf("tieout ends with %d:\n%s", code, out)
	}
	return true
}

// settled runs the program until it says that it has done all.
func (n *crashNight) settled() {
	n.t.Helper()
	var out string
	for range 4 {
		var code int
		if code, out = n.wasl("run"); code == 0 {
			return
		}
	}
	n.t.Fatalf("run does not come to its end:\n%s", out)
}

func (n *crashNight) sh(name string, args ...string) {
	n.t.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		n.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// itemList is the item list of the night.
func (n *crashNight) itemList() string {
	var items strings.Builder
	items.WriteString("Item Code,Item Name,Barcode,Group,Unit,EGS Code,VAT Rate,Price\n")
	for i := range crashItems {
		fmt.Fprintf(&items, "C-%03d,Item %d,,Goods,PCS,EG-100200300-%03d,14,%d.00\n", i, i, i, 10+i)
	}
	return items.String()
}
