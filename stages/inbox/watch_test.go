package inbox

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"wasl/pipeline"
)

// watching runs Watch until the test ends, with real time and a settle time of
// milliseconds. Nothing of the world may be touched meanwhile but its folder.
func watching(t *testing.T, w *world, scan time.Duration) (woken chan struct{}) {
	t.Helper()
	w.config.Settle, w.config.Scan = 20*time.Millisecond, scan
	w.deps.Now = time.Now
	w.restart()
	ctx, stop := context.WithCancel(t.Context())
	woken = make(chan struct{}, 100)
	ended := make(chan error)
	go func() { ended <- w.in.Watch(ctx, func() { woken <- struct{}{} }) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Watch: %v", err)
		}
	})
	return woken
}

func wait(t *testing.T, woken chan struct{}, what string) {
	t.Helper()
	select {
	case <-woken:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s: nothing was taken in 10 s", what)
	}
}

func TestWatch_TakesAndWakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.drop("stock-1.csv", "A,1\n")
	woken := watching(t, w, 50*time.Millisecond)
	wait(t, woken, "there before the start")
	w.drop("stock-2.csv", "A,2\n")
	wait(t, woken, "dropped meanwhile")
}

// With an hour between scans only the events of the folder can be quick enough.
func TestWatch_EventsHurry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	woken := watching(t, w, time.Hour)
	time.Sleep(200 * time.Millisecond) // until the folder is watched: nothing tells
	w.drop("stock-1.csv", "A,1\n")
	wait(t, woken, "an event")
}

func TestWatch_FolderMadeAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	woken := watching(t, w, 50*time.Millisecond)
	w.drop("stock-1.csv", "A,1\n")
	wait(t, woken, "before")
	if err := os.Rename(w.dir, w.dir+"-away"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(120 * time.Millisecond) // some rounds fail
	if err := os.Mkdir(w.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w.drop("stock-2.csv", "A,2\n")
	wait(t, woken, "after the folder came back")
}

func TestOutage_BacksOffAndTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.in.gone(os.ErrNotExist)
	other := errors.New("disk full")
	var o outage
	var told atomic.Int32
	for minute := range 60 {
		now := w.now.Add(time.Duration(minute) * time.Minute)
		pause := o.fail(now, 5*time.Second)
		if pause < 5*time.Second || pause > time.Minute {
			t.Errorf("pause %v", pause)
		}
		if o.worthTelling(now, gone) {
			told.Add(1)
			if minute != 15 {
				t.Errorf("told after %d minutes", minute)
			}
		}
	}
	if told.Load() != 1 {
		t.Errorf("told %d times", told.Load())
	}
	o = outage{}
	o.fail(w.now, time.Second)
	if !o.worthTelling(w.now, other) || o.worthTelling(w.now, other) {
		t.Error("another error is told at once, and once")
	}
}

func TestWatch_EndsWhereAnotherHasTheFolder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.deps.Now = time.Now
	w.restart()
	w.look()
	w.deps.Install = "two"
	w.restart()
	err := w.in.Watch(t.Context(), func() {})
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "inbox.owner" {
		t.Errorf("Watch: %v, want inbox.owner", err)
	}
}
