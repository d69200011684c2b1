package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/shopify/shopifytest"
)

// An errandNight is a folder with a job that has set A-1 to 7 at the shop, and one
// that its gate holds and that would set it to 0.
type errandNight struct {
	*crashNight
	sent, held pipeline.Job
}

func newErrandNight(t *testing.T) *errandNight {
	t.Helper()
	n := &errandNight{crashNight: &crashNight{t: t, dir: t.TempDir(), world: &world{}}}
	n.world.start([]shopifytest.Variant{{SKU: "A-1", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 3}}}})
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	mapping := filepath.Join(n.dir, "mappings", "erp-stock.yaml")
	text, err := os.ReadFile(mapping)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mapping, append([]byte("gate: {zero: 0}\n"), text...), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, quantity := range []int{7, 0} {
		n.put("stock.csv", fmt.Sprintf("Item Code,Warehouse,Quantity\nA-1,01,%d\n", quantity))
		if code, out := n.wasl("run"); code != 3*i {
			t.Fatalf("run %d: exit %d\n%s", i, code, out)
		}
	}
	jobs := n.jobs()
	if len(jobs) != 2 || !isHeld(jobs[1]) {
		t.Fatalf("jobs: %+v", jobs)
	}
	n.sent, n.held = jobs[0].Job, jobs[1].Job
	return n
}

// jobs are all jobs of the folder.
func (n *errandNight) jobs() []pipeline.Opened {
	n.t.Helper()
	l, err := ledger.Open(n.t.Context(), filepath.Join(n.dir, "state"), ledger.Options{ReadOnly: true})
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = l.Shut() }() // it was only read
	jobs, err := l.Jobs(n.t.Context(), "0000-00-00", "9999-99-99")
	if err != nil {
		n.t.Fatal(err)
	}
	return jobs
}

func (n *errandNight) counter() counter { return counter{filepath.Join(n.dir, "state", "requests")} }

// A watcher is a wasl watch of its own process.
type watcher struct {
	cmd   *exec.Cmd
	out   *lockedText
	ended sync.Once
}

type lockedText struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// watch starts a watch and waits until it answers.
func (n *errandNight) watch() *watcher {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	w := &watcher{cmd: exec.Command(self, "watch"), out: &lockedText{}}
	w.cmd.Dir = n.dir
	w.cmd.Env = append(os.Environ(), programVariable+"=1")
	w.cmd.Stdout, w.cmd.Stderr = w.out, w.out
	if err := w.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(w.kill)
	n.until("the watch answers", func() bool {
		there, _, ok := n.counter().present()
		return ok && there.PID == w.cmd.Process.Pid
	})
	return w
}

// kill is kill -9.
func (w *watcher) kill() {
	_ = w.cmd.Process.Kill() // it may have ended by itself
	w.wait()
}

// wait waits for its end; how it ended is no matter. It may be called from several
// sides.
func (w *watcher) wait() { w.ended.Do(func() { _ = w.cmd.Wait() }) }

// end is the end as the system asks for it.
func (w *watcher) end() {
	_ = w.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	w.wait()
}

func (n *errandNight) until(what string, is func() bool) {
	n.t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); {
		if time.Now().After(end) {
			n.t.Fatalf("in vain: until %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// ask puts an errand on the counter as a command does that dies at once.
func (n *errandNight) ask(command string, args ...string) string {
	n.t.Helper()
	e := errand{Command: command, Args: append([]string{"--"}, args...), At: time.Now(), Lang: "en"}
	if command != "plan" && command != "retry" {
		e.By, e.Why = "Mona", "seen"
	}
	id, err := n.counter().ask(e)
	if err != nil {
		n.t.Fatal(err)
	}
	return id
}

// answerOf waits for the answer of an errand.
func (n *errandNight) answerOf(id string) (code int, said string) {
	n.t.Helper()
	var got answer
	n.until("there is an answer", func() bool {
		a, ok, err := n.counter().fetch(id)
		if err != nil {
			n.t.Fatal(err)
		}
		got = a
		return ok
	})
	for _, line := range got.Lines {
		said += line.Text
	}
	return got.Exit, said
}

// balance is what the shop has of A-1.
func (n *errandNight) balance() int { return n.world.shopify.State().Quantities[0].Available }

// A request whose command died is done all the same, once; its answer lies there
// until it is swept, and then it is said that nobody came for it.
func TestErrand_CommandDiedWaiting(t *testing.T) {
	t.Parallel()
	n := newErrandNight(t)
	id := n.ask("release", n.held.String())
	w := n.watch()
	if code, said := n.answerOf(id); code != 0 || !strings.Contains(said, "is released by Mona; documents: 1") {
		t.Errorf("exit %d\n%s", code, said)
	}
	n.until("it has left", func() bool { return n.balance() == 0 })
	w.end()

	old := time.Now().Add(-2 * unreadFor)
	if err := os.Chtimes(n.counter().path(id, endAnswered), old, old); err != nil {
		t.Fatal(err)
	}
	w = n.watch()
	n.until("it is swept", func() bool { return !exists(n.counter().path(id, endAnswered)) })
	n.until("it is said", func() bool { return strings.Contains(w.out.String(), "nobody came for the answer of request "+id) })
	w.end()
	if names, err := n.counter().names(); err != nil || len(names) > 0 {
		t.Errorf("left: %v, %v", names, err)
	}
}

// A watch that is killed between doing and answering: the next start answers, and
// does not do it again. So does a run, where no watch is started any more.
func TestErrand_KilledBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"watch", "run"} {
		t.Run(next, func(t *testing.T) {
			t.Parallel()
			n := newErrandNight(t)
			w := n.watch()
			// The undo is admitted, and its plan is being made, when the shop is asked.
			n.world.shopify.Fault("graphql", 1, shopifytest.KillBefore(w.kill))
			undo := n.ask("undo", n.sent.String())
			w.wait()
			if got := len(n.jobs()); got != 3 || exists(n.counter().path(undo, endAnswered)) {
				t.Fatalf("%d jobs, want the undo's as the third and no answer", got)
			}
			after := n.ask("plan")
			if next == "watch" {
				defer n.watch().end()
			} else if code, out := n.wasl("run"); code != 3 {
				t.Fatalf("run: exit %d\n%s", code, out)
			}
			code, said := n.answerOf(undo)
			if code != 3 || !strings.Contains(said, "only the plan was asked for") {
				t.Errorf("undo: exit %d\n%s", code, said)
			}
			if code, said := n.answerOf(after); code != 3 {
				t.Errorf("plan: exit %d\n%s", code, said)
			}
			if jobs := n.jobs(); len(jobs) != 3 || !isHeld(jobs[2]) {
				t.Errorf("%d jobs, want the undo once and held", len(jobs))
			}
		})
	}
}

// What was stored and not answered is answered from what was stored: nothing is
// released twice, nothing sent twice.
func TestErrand_StoredAndNotAnswered(t *testing.T) {
	t.Parallel()
	n := newErrandNight(t)
	let, again, send := n.ask("release", n.held.String()), n.ask("retry", n.sent.Drop), n.ask("reupload", "stock")
	n.doUnanswered(let, again, send)
	jobs := len(n.jobs())
	if jobs < 4 {
		t.Fatalf("%d jobs after retry and reupload", jobs)
	}
	w := n.watch()
	defer w.end()
	for id, want := range map[string]string{let: "is released by Mona", again: "is in the inbox again", send: "reupload of erp-stock by Mona"} {
		if code, said := n.answerOf(id); code != 0 && code != 3 || !strings.Contains(said, want) {
			t.Errorf("exit %d, want %q\n%s", code, want, said)
		}
	}
	if got := len(n.jobs()); got != jobs {
		t.Errorf("%d jobs, want %d as before", got, jobs)
	}
}

// doUnanswered takes errands and does them, as a watch that dies before each answer.
func (n *errandNight) doUnanswered(ids ...string) {
	n.t.Helper()
	a := &app{out: &lockedText{}, err: &lockedText{}, getenv: os.Getenv, dir: n.dir}
	h, err := a.openHouse(n.t.Context(), func(pipeline.Event) {})
	if err != nil {
		n.t.Fatal(err)
	}
	for _, id := range ids {
		e, err := n.counter().take(id)
		if err != nil {
			n.t.Fatal(err)
		}
		var out transcript
		if code := h.do(n.t.Context(), id, e, &out); code != 0 && code != 3 {
			n.t.Fatalf("%s: exit %d\n%+v", e.what(), code, out.lines)
		}
	}
	if err := h.close(); err != nil {
		n.t.Fatal(err)
	}
}

// A watch that dies with a command waiting for it: the command does it itself, once.
func TestErrand_WatchDies(t *testing.T) {
	t.Parallel()
	n := newErrandNight(t)
	w := n.watch()
	n.world.shopify.Fault("graphql", 1, shopifytest.KillBefore(w.kill))
	code, out := n.wasl("undo", n.sent.String(), "--by", "Mona", "--why", "seen")
	if code != 3 || !strings.Contains(out, "wasl watch runs and is asked to do it") || !strings.Contains(out, "only the plan was asked for") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if got := len(n.jobs()); got != 3 {
		t.Errorf("%d jobs, want the undo once", got)
	}
	if ids, err := n.counter().waiting(); err != nil || len(ids) > 0 {
		t.Errorf("left on the counter: %v, %v", ids, err)
	}
	if _, out := n.wasl("status"); !strings.Contains(out, "it ended without a word after") {
		t.Errorf("status says\n%s", out)
	}
}

// Another wasl that is no watch is waited for, and then the command is done here.
func TestErrand_WaitsForARun(t *testing.T) {
	t.Parallel()
	n := newErrandNight(t)
	l, err := ledger.Open(t.Context(), filepath.Join(n.dir, "state"), ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	release := []string{"release", n.held.String(), "--by", "Mona", "--why", "seen", "--patience"}
	if code, out := n.wasl(append(release, "300ms")...); code != exitLocked || !strings.Contains(out, "another wasl works with the state folder") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if ids, err := n.counter().waiting(); err != nil || len(ids) > 0 {
		t.Errorf("asked of nobody: %v, %v", ids, err)
	}
	var free atomic.Bool
	time.AfterFunc(700*time.Millisecond, func() { free.Store(true); _ = l.Shut() })
	if code, out := n.wasl(append(release, "30s")...); code != 0 || !free.Load() || !strings.Contains(out, "is released by Mona") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

// Of two that want an errand at the same time, the watch and a command that waits
// no longer, one has it.
func TestCounter_TakenOrWithdrawn(t *testing.T) {
	t.Parallel()
	c := counter{filepath.Join(t.TempDir(), "requests")}
	for range 200 {
		id, err := c.ask(errand{Command: "release", Lang: "en"})
		if err != nil {
			t.Fatal(err)
		}
		back := make(chan bool)
		go func() { back <- c.withdraw(id) }()
		_, err = c.take(id)
		if took := err == nil; took == <-back || !took && !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("taken %v, %v", took, err)
		}
		if err := c.clear(id); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := c.names(); err != nil || len(names) > 0 {
		t.Errorf("left: %v, %v", names, err)
	}
}

// Errands come in the order in which they were asked for; one that was answered, and
// what is none, is not among them. What cannot be understood is no errand.
func TestCounter_Order(t *testing.T) {
	t.Parallel()
	c := counter{filepath.Join(t.TempDir(), "requests")}
	var want []string
	for range 20 {
		id, err := c.ask(errand{Command: "plan"})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	if _, err := c.take(want[3]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.answer(want[5], answer{}), c.write("note.json", 1)); err != nil {
		t.Fatal(err)
	}
	want = slices.Delete(want, 5, 6)
	if got, err := c.waiting(); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v\nwant %v", got, err, want)
	}
	for name, text := range map[string]string{"a newer form": `{"wasl":2,"command":"plan","at":"2026-11-25T00:00:00Z","lang":"en"}`,
		"another command": `{"wasl":1,"command":"run","at":"2026-11-25T00:00:00Z","lang":"en"}`, "more": `{"wasl":1,"command":"plan","more":1}`, "half": `{"wasl":1,`} {
		if err := os.WriteFile(c.path(want[0], endAsked), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if trouble, ok := errors.AsType[*pipeline.Trouble](second(c.take(want[0]))); !ok || trouble.Rule != "request.form" {
			t.Errorf("%s is understood: %v", name, trouble)
		}
	}
}

func second(_ errand, err error) error { return err }
