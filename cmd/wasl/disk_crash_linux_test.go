//go:build linux && (amd64 || arm64)

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"wasl/stages/load/shopify/shopifytest"
)

// diskCalls are the system calls after each of which the disk is another one for whoever
// starts next: what was written is durable, has another name, or is gone.
var diskCalls = map[uint64]bool{unix.SYS_FSYNC: true, unix.SYS_FDATASYNC: true, unix.SYS_RENAMEAT: true, unix.SYS_RENAMEAT2: true,
	unix.SYS_LINKAT: true, unix.SYS_UNLINKAT: true}

// killedAt runs the program and kills it, as kill -9 does, right before the n-th thing
// that it does to the disk. The kernel counts (ptrace), so there is neither a hook in
// the program nor a race. calls are the things that were done; code is -1 where it was
// killed.
func (n *crashNight) killedAt(at int, args ...string) (code int, calls int, out string) {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	said, err := os.Create(filepath.Join(n.t.TempDir(), "said"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = said.Close() }()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // of which the program is a child; it ends with this goroutine
		cmd := exec.Command(self, args...)
		cmd.Dir, cmd.Env = n.dir, append(os.Environ(), programVariable+"=1")
		cmd.Stdout, cmd.Stderr = said, said
		cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true}
		if err := cmd.Start(); err != nil {
			done <- err
			return
		}
		var err error
		code, calls, err = killBefore(cmd.Process.Pid, at)
		done <- errors.Join(err, cmd.Process.Release())
	}()
	if err := <-done; errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) {
		n.t.Skip("nobody may trace a program here: ", err)
	} else if err != nil {
		n.t.Fatal(err)
	}
	text, err := os.ReadFile(said.Name())
	if err != nil {
		n.t.Fatal(err)
	}
	return code, calls, string(text)
}

// killBefore follows a program that stands at its first instruction, all its threads,
// and kills it before the n-th of diskCalls. It is called by the thread that started it.
func killBefore(pid, at int) (code, calls int, err error) {
	const threads = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_EXITKILL
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		return 0, 0, err
	}
	if err := syscall.PtraceSetOptions(pid, threads); err != nil {
		return 0, 0, err
	}
	next := func(tid int, signal int) { _ = syscall.PtraceSyscall(tid, signal) } // a thread that is gone is waited for
	for next(pid, 0); ; {
		tid, err := syscall.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return 0, calls, err
		case status.Exited() || status.Signaled():
			if tid != pid {
				continue
			}
			if status.Signaled() {
				return -1, calls, nil
			}
			return status.ExitStatus(), calls, nil
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if diskCalls[enters(tid)] {
				if calls++; calls == at {
					_ = syscall.Kill(pid, syscall.SIGKILL) // the call is not made any more
					continue
				}
			}
			next(tid, 0)
		case status.StopSignal() == syscall.SIGTRAP, status.StopSignal() == syscall.SIGSTOP: // a thread was made, or begins
			next(tid, 0)
		default:
			next(tid, int(status.StopSignal()))
		}
	}
}

// enters is the number of the system call that a thread is about to make; of one that
// comes back from it, none that there is.
func enters(tid int) uint64 {
	var info struct {
		Op    uint8
		_     [3]uint8
		_     uint32
		_, _  uint64
		Which uint64
		_     [8]uint64
	}
	const getSyscallInfo, entry = 0x420e, 1
	if _, _, e := syscall.Syscall6(syscall.SYS_PTRACE, getSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0); e != 0 || info.Op != entry {
		return ^uint64(0)
	}
	return info.Which
}

// eachDiskCall is set to kill at every call; else at every seventh, another one at each
// run of the test.
const eachDiskCall = "WASL_TEST_EACH_CALL"

// An answerNight is a folder whose orders the ERP has, copied for each kill.
type answerNight struct{ dir, url string }

// newAnswerNight writes three orders into the ERP's folder, whose answers are waited for.
func newAnswerNight(t *testing.T) answerNight {
	t.Helper()
	n := newShopNight(t)
	settings := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "layout: mappings/erp/sales-csv.yaml", "layout: mappings/erp/sales-csv.yaml\n  confirm: ack", 1)
	if err := errors.Join(os.WriteFile(settings, []byte(changed), 0o644), os.Remove(filepath.Join(n.dir, "mappings", "shopify-orders-to-eta.yaml"))); err != nil {
		t.Fatal(err)
	}
	var orders strings.Builder
	orders.WriteString("Name,Id,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method\n")
	for i := 1; i <= 3; i++ {
		fmt.Fprintf(&orders, "#100%d,550%d,paid,2026-11-24 10:00:00 +0200,EGP,10.00,0.00,0.00,10.00,2026-11-24 10:00:00 +0200,1,Tea,10.00,A-1,Paymob\n", i, i)
	}
	n.put("orders_export.csv", orders.String())
	if code, out := n.wasl("run"); code != 0 {
		t.Fatalf("the day before ends with %d:\n%s", code, out)
	}
	return answerNight{n.dir, n.world.shopify.URL()}
}

// newShopNight is a folder with a shop of three orders.
func newShopNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.openShop()
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *crashNight) openShop() {
	n.world.start([]shopifytest.Variant{{SKU: "A-1"}})
	n.t.Cleanup(n.world.close)
	for i := 1; i <= 3; i++ {
		n.world.shopify.PlaceOrder(shopifytest.Order{ID: fmt.Sprintf("gid://shopify/Order/550%d", i), Name: fmt.Sprintf("#100%d", i), Lines: []shopifytest.OrderLine{{SKU: "A-1", Price: "10.00"}}})
	}
}

// again is the same night in a folder and a shop of its own, with the ERP's answers in
// the inbox: booked, booked, refused.
func (a answerNight) again(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: filepath.Join(t.TempDir(), "shop"), world: &world{}}
	if out, err := exec.Command("cp", "-a", a.dir, n.dir).CombinedOutput(); err != nil { // modes and times as well
		t.Fatalf("copy: %v: %s", err, out)
	}
	n.openShop()
	settings := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(settings)
	if err == nil {
		err = os.WriteFile(settings, []byte(strings.ReplaceAll(string(text), a.url, n.world.shopify.URL())), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	n.put("acks-1.csv", "رقم المستند,الحالة,رقم الفاتورة,رسالة الخطأ\n#1001,تم,INV-7,\n1002,مرحل,INV-8,\n#1003,مرفوض,,no such item\n")
	return n
}

// rest starts the program until it has nothing to tell any more; a refusal is told once.
func (n *crashNight) rest() {
	n.t.Helper()
	for try := 1; ; try++ {
		code, out := n.wasl("run")
		if code == 0 && try > 1 {
			return
		}
		if code != 0 && code != exitAside || try == 4 {
			n.t.Fatalf("run %d ends with %d:\n%s", try, code, out)
		}
	}
}

// judgeAnswers counts: each answer is known once, each number is on its order, written
// by one job from one file.
func (n *crashNight) judgeAnswers() {
	n.t.Helper()
	for i, want := range []string{"delivered", "delivered", "rejected"} {
		name := fmt.Sprintf("#100%d", i+1)
		_, out := n.wasl("show", name)
		states := []string{}
		for line := range strings.Lines(out) {
			if words := strings.Fields(line); slices.Contains(words, "erp.order") && slices.Contains(words, name) {
				states = append(states, words[slices.Index(words, name)+1])
			}
		}
		if !slices.Equal(states, []string{want}) {
			n.t.Errorf("%s is %v, want %s once:\n%s", name, states, want, out)
		}
	}
	var on []string
	for _, o := range n.world.shopify.Orders(time.Now()) {
		on = append(on, fmt.Sprintf("%s %v %s", o.Name, o.Tags, o.Metafields["wasl.erp_doc_no"]))
	}
	if want := []string{"#1001 [erp-booked] INV-7", "#1002 [erp-booked] INV-8", "#1003 [] "}; !slices.Equal(on, want) {
		n.t.Errorf("on the orders: %q, want %q", on, want)
	}
	for pattern, want := range map[string]int{"inbox/taken/*/*/*/*erp-results-*": 1, "inbox/erp-results-*": 0, "inbox/*.csv": 0, "inbox/taken/*/*/*/*acks-1.csv": 1} {
		if found, _ := filepath.Glob(filepath.Join(n.dir, pattern)); len(found) != want { // the pattern is sound
			n.t.Errorf("%s: %v, want %d", pattern, found, want)
		}
	}
	for _, v := range n.world.shopify.Judge() {
		n.t.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
}

// TestCrash_Answers kills the program at all that it does to the disk in a night in
// which the ERP's answers come in, confirm and refuse documents, and go back to the shop
// as a results file (RELIABILITY 3.5, rows 1 to 8, 23 to 25).
func TestCrash_Answers(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some twenty nights")
	}
	first := newAnswerNight(t)
	calm := first.again(t)
	code, calls, out := calm.killedAt(0, "run")
	if code != exitAside || calls < 40 {
		t.Fatalf("a calm night ends with %d after %d calls:\n%s", code, calls, out)
	}
	calm.rest()
	calm.judgeAnswers()
	every := 7
	if os.Getenv(eachDiskCall) != "" {
		every = 1
	}
	begin := 1 + os.Getpid()%every
	t.Logf("%d calls, killed at %d and every %d from there", calls, begin, every)
	planned, killed := 0, 0
	for at := begin; at <= calls; at += every {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			planned++
			n := first.again(t)
			if code, _, out := n.killedAt(at, "run"); code != -1 {
				t.Skipf("there were fewer calls this time; ends with %d:\n%s", code, out)
			}
			killed++
			n.rest()
			n.judgeAnswers()
		})
	}
	if 2*killed < planned { // a night or two may have fewer calls, not most of them
		t.Errorf("killed in %d of %d nights: that proves nothing", killed, planned)
	}
}
