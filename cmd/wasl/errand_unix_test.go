//go:build unix

package main

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// A watch that stands still takes nothing up: the request is withdrawn, and is not
// done when it goes on. Its attendance tells.
func TestErrand_SilentWatch(t *testing.T) {
	t.Parallel()
	n := newErrandNight(t)
	w := n.watch()
	if err := w.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	code, out := n.wasl("release", n.held.String(), "--by", "Mona", "--why", "seen", "--patience", "300ms")
	if code != exitLocked || !strings.Contains(out, "it is withdrawn, and nothing was done") {
		t.Errorf("exit %d\n%s", code, out)
	}
	there, last, ok := n.counter().present()
	if got := there.stand(last, last.Add(silentAfter+time.Second)); !ok || got != "silent" {
		t.Errorf("stands: %v %s", ok, got)
	}
	if err := w.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	n.until("it looks again", func() bool { _, now, ok := n.counter().present(); return ok && now.After(last) })
	if jobs := n.jobs(); !isHeld(jobs[1]) {
		t.Error("what was withdrawn was done")
	}
	w.end()
}
