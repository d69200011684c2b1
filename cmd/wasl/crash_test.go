package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"github.com/google/go-cmp/cmp"

	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/shopify/shopifytest"
)

// The crash tests kill the real program, as kill -9 does, and start it again.
// Whether all went well is counted at the other side: each effect once, the
// chain unbroken, every document of the ERP there and whole. There are no hooks
// in the program: the stand-ins pull the trigger at a chosen request, before or
// after they have done its work.

// programVariable makes the test binary the program itself, see TestMain.
const programVariable = "WASL_TEST_PROGRAM"

// shortLived has a program of a test, which lives for a tenth of a second, collect less
// garbage. Where memory is measured it is left as it is.
const shortLived = "GOGC=400"

// A night is a working folder, the world behind it, and the program in it.
type crashNight struct {
	t     *testing.T
	dir   string
	world *world
	child atomic.Pointer[os.Process]
}

func newCrashNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.world.start(crashVariants())
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	n.drop()
	return n
}

// wasl runs the program in the folder and gives its exit code, -1 when it was killed.
func (n *crashNight) wasl(args ...string) (int, string) {
	n.t.Helper()
	return n.within(60*time.Second, args...)
}

// within is wasl, with the time after which it hangs for certain.
func (n *crashNight) within(limit time.Duration, args ...string) (int, string) {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(n.t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = n.dir
	cmd.Env = append(os.Environ(), programVariable+"=1", shortLived)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.child.Store(cmd.Process)
	err = cmd.Wait()
	n.child.Store(nil)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return 0, out.String()
}

// kill is kill -9.
func (n *crashNight) kill() {
	if p := n.child.Load(); p != nil {
		_ = p.Kill() // it may have ended by itself
	}
}

// The night's files: the item master, 300 items at two places, four files of orders.
const crashItems, crashFiles, crashOrders = 300, 4, 4

func crashVariants() []shopifytest.Variant {
	var out []shopifytest.Variant
	for i := range crashItems {
		out = append(out, shopifytest.Variant{SKU: fmt.Sprintf("C-%03d", i), Stock: map[string]shopifytest.Levels{
			cairo: {Available: 1}, alexandria: {Available: 1}}})
	}
	return out
}

func (n *crashNight) drop() {
	n.t.Helper()
	var items, stock strings.Builder
	items.WriteString("Item Code,Item Name,Barcode,Group,Unit,EGS Code,VAT Rate,Price\n")
	stock.WriteString("Item Code;Warehouse;Quantity\n")
	for i := range crashItems {
		fmt.Fprintf(&items, "C-%03d,Item %d,,Goods,PCS,EG-100200300-%03d,14,%d.00\n", i, i, i, 10+i)
		fmt.Fprintf(&stock, "C-%03d;01;%d\nC-%03d;02;%d\n", i, i+2, i, i+3)
	}
	n.put("items.csv", items.String())
	n.put("stock.csv", stock.String())
	for f := range crashFiles {
		n.put(fmt.Sprintf("orders_%d.csv", f), crashExport(f))
	}
}

func (n *crashNight) put(name, text string) {
	n.t.Helper()
	if err := os.WriteFile(filepath.Join(n.dir, "inbox", name), []byte(text), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// crashExport is an order export: paid orders of two lines, each worth a receipt
// and a sales document.
func crashExport(file int) string {
	var b strings.Builder
	b.WriteString("Name,Id,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at," +
		"Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Payment Method,Refunded Amount,Cancelled at\n")
	for i := range crashOrders {
		number := 1000 + file*crashOrders + i
		at := fmt.Sprintf("2026-11-24 10:%02d:00 +0200", i)
		fmt.Fprintf(&b, "#%d,54%d,paid,%s,EGP,54.00,0.00,0.00,54.00,,0.00,%s,2,Item,11.00,C-001,0.00,Paymob,0.00,\n", number, number, at, at)
		fmt.Fprintf(&b, "#%d,,,,,,,,,,,%s,1,Item,32.00,C-022,0.00,,,\n", number, at)
	}
	return b.String()
}

// recover starts the program again until it says that it has done all, and
// judges what the world holds then.
func (n *crashNight) recover(want []string) {
	n.t.Helper()
	for try := 1; ; try++ {
		code, out := n.wasl("run")
		if code == 0 {
			break
		}
		if try == 3 {
			n.t.Fatalf("after the crash, run ends with %d:\n%s", code, out)
		}
	}
	n.judge(want)
}

// judge counts at the other side.
func (n *crashNight) judge(want []string) {
	n.t.Helper()
	changes := map[string]int{}
	for _, e := range n.world.shopify.State().History {
		changes[e.SKU+" "+e.Location]++
	}
	if len(changes) != 2*crashItems {
		n.t.Errorf("%d balances changed, want %d", len(changes), 2*crashItems)
	}
	for place, count := range changes {
		if count != 1 {
			n.t.Errorf("%s changed %d times", place, count)
		}
	}
	for _, v := range n.world.shopify.JudgeBut("new-key-per-try") {
		n.t.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
	for _, v := range n.world.eta.Judge() {
		n.t.Errorf("eta: %s", v)
	}
	if got := len(n.world.eta.Receipts()); got != crashFiles*crashOrders {
		n.t.Errorf("%d receipts, want %d", got, crashFiles*crashOrders)
	}
	if breaks := n.world.eta.ChainBreaks(); len(breaks) > 0 {
		n.t.Errorf("chain breaks: %v", breaks)
	}
	if diff := cmp.Diff(want, n.documents()); diff != "" {
		n.t.Errorf("documents of the ERP (-want +got):\n%s", diff)
	}
	for _, name := range []string{"items.csv", "stock.csv", "orders_0.csv"} {
		taken, _ := filepath.Glob(filepath.Join(n.dir, "inbox", "taken", "*", "*", "*", "*"+name)) // the pattern is sound
		left, _ := filepath.Glob(filepath.Join(n.dir, "inbox", name))
		if len(taken) != 1 || len(left) != 0 {
			n.t.Errorf("%s: %d in taken, %d in the inbox", name, len(taken), len(left))
		}
	}
}

// documents are the sales documents in the ERP's folder, with their content.
func (n *crashNight) documents() []string {
	n.t.Helper()
	entries, err := os.ReadDir(filepath.Join(n.dir, "erp-import"))
	if err != nil {
		n.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(n.dir, "erp-import", e.Name()))
		if err != nil {
			n.t.Fatal(err)
		}
		out = append(out, e.Name()+"\n"+string(text))
	}
	slices.Sort(out)
	return out
}

// calmNight is what the ERP's folder holds when nothing goes wrong.
func calmNight(t *testing.T) []string {
	t.Helper()
	n := newCrashNight(t)
	if code, out := n.wasl("run"); code != 0 {
		t.Fatalf("a calm night ends with %d:\n%s", code, out)
	}
	want := n.documents()
	if len(want) < crashFiles*crashOrders {
		t.Fatalf("a calm night writes %d documents: %v", len(want), want)
	}
	n.judge(want)
	return want
}

// TestCrash_AtRequest kills the program at each request of a night, before and
// after the stand-in has done its work, one night a kill.
func TestCrash_AtRequest(t *testing.T) {
	t.Parallel()
	want := calmNight(t)
	sinks := map[string]func(n *crashNight, at int, after bool, kill func()){
		"shopify": func(n *crashNight, at int, after bool, kill func()) {
			fault := shopifytest.KillBefore(kill)
			if after {
				fault = shopifytest.KillAfter(kill)
			}
			n.world.shopify.Fault("any", at, fault)
		},
		"eta": func(n *crashNight, at int, after bool, kill func()) {
			fault := etatest.Fault{Before: kill}
			if after {
				fault = etatest.Fault{After: kill}
			}
			n.world.eta.Fault(etatest.Any, at, fault)
		},
	}
	var kills atomic.Int64
	t.Cleanup(func() {
		t.Logf("%d kills", kills.Load())
		if kills.Load() < 30 && !t.Failed() {
			t.Errorf("only %d kills: the night is too short to prove anything", kills.Load())
		}
	})
	for sink, plan := range sinks {
		for _, after := range []bool{false, true} {
			when := map[bool]string{false: "before", true: "after"}[after]
			t.Run(sink+"/"+when, func(t *testing.T) {
				t.Parallel()
				for at := 1; ; at++ {
					killed := crashAt(t, plan, at, after, want)
					if !killed {
						if at < 4 {
							t.Errorf("only %d requests", at-1)
						}
						return
					}
					kills.Add(1)
				}
			})
		}
	}
}

// crashAt plays one night with one kill; false: there are not so many requests.
func crashAt(t *testing.T, plan func(*crashNight, int, bool, func()), at int, after bool, want []string) (killed bool) {
	t.Helper()
	t.Run(fmt.Sprint(at), func(t *testing.T) {
		n := newCrashNight(t)
		var fired atomic.Bool
		plan(n, at, after, func() { fired.Store(true); n.kill() })
		code, out := n.wasl("run")
		killed = fired.Load()
		switch {
		case !killed && code != 0:
			t.Fatalf("not killed, and ends with %d:\n%s", code, out)
		case killed && code != -1:
			t.Fatalf("killed, and ends with %d:\n%s", code, out)
		case killed:
			n.recover(want)
		}
	})
	return killed
}

// TestCrash_ERPFolder kills the program when the n-th name appears in the ERP's
// folder: the folder is its sink.
func TestCrash_ERPFolder(t *testing.T) {
	t.Parallel()
	want := calmNight(t)
	kills := 0
	// The program may be quicker than the one who watches; so there are more tries
	// than kills that are wanted.
	const most = 3 * crashFiles * crashOrders
	for try := 0; try < most/3 || kills < 5 && try < most; try++ {
		at := 1 + 3*try%most
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			n := newCrashNight(t)
			var fired atomic.Bool
			done := make(chan struct{})
			watching := make(chan struct{})
			names := n.watchFolder()
			go func() {
				defer close(watching)
				n.killAtName(at, names, &fired, done)
			}()
			code, out := n.wasl("run")
			close(done)
			<-watching
			if !fired.Load() || code != -1 {
				if code != 0 && code != -1 {
					t.Fatalf("ends with %d:\n%s", code, out)
				}
				return // it was quicker than the one who watches
			}
			kills++
			n.recover(want)
		})
	}
	t.Logf("%d kills", kills)
	if kills < 5 && !t.Failed() {
		t.Errorf("only %d kills", kills)
	}
}

// killAtName kills the program when so many names have been seen in the folder.
func (n *crashNight) killAtName(at int, names *fsnotify.Watcher, fired *atomic.Bool, done <-chan struct{}) {
	seen := map[string]bool{}
	for {
		select {
		case <-done:
			return
		case e := <-names.Events:
			if e.Has(fsnotify.Create) {
				seen[e.Name] = true
			}
		}
		if len(seen) >= at {
			fired.Store(true)
			n.kill()
			return
		}
	}
}

// watchFolder tells of the names that appear in the ERP's folder. Looking again and again
// took as much of the machine as the program itself.
func (n *crashNight) watchFolder() *fsnotify.Watcher {
	n.t.Helper()
	w, err := fsnotify.NewWatcher()
	if err == nil {
		n.t.Cleanup(func() { _ = w.Close() })
		err = w.Add(filepath.Join(n.dir, "erp-import"))
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return w
}
