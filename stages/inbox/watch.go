package inbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"wasl/pipeline"
)

const (
	// hurry is how long after an event the scan comes: writers bring more than one.
	hurry = 500 * time.Millisecond
	// mostPause is how long to wait at most before a folder is tried again.
	mostPause = time.Minute
	// goneTell is how long a folder may be away before it is said: shares come
	// and go, and nothing is lost by waiting.
	goneTell = 15 * time.Minute
)

// Watch takes what arrives until ctx ends, and calls wake after each admission.
// The rescan finds everything; events of the folder only make it come sooner.
// What time may cure (a share that went away, a full disk) is told and waited
// for; it returns early only where another installation has the folder.
func (i *Inbox) Watch(ctx context.Context, wake func()) error {
	i.mu.Lock()
	i.wake = wake
	i.mu.Unlock()
	var h hints
	defer h.close()
	var o outage
	timer := time.NewTimer(0)
	defer timer.Stop()
	hurried := false
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-h.events:
			if h.matters(e, ok) && !hurried {
				hurried = true
				timer.Reset(hurry)
			}
			continue
		case <-h.errors:
			// An overflow, or the folder is gone: events were lost.
			h.close()
			timer.Reset(0)
			continue
		case <-timer.C:
		}
		hurried = false
		pause, err := i.watchRound(ctx, &o)
		if err != nil {
			return err
		}
		if o.since.IsZero() {
			h.renew(i.cfg.Path)
		}
		timer.Reset(pause)
	}
}

// watchRound does one round and says when the next is due.
func (i *Inbox) watchRound(ctx context.Context, o *outage) (pause time.Duration, err error) {
	taken, next, err := i.round(ctx)
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	for _, l := range taken.Left {
		switch l.Why.Rule {
		case "inbox.growing", "inbox.empty", "inbox.marker", "inbox.busy":
			// The usual course of things.
		default:
			i.tell(l)
		}
	}
	if err == nil {
		*o = outage{}
		return min(i.cfg.Scan, max(next, 10*time.Millisecond)), nil
	}
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok && trouble.Rule == "inbox.owner" {
		return 0, err
	}
	pause = o.fail(i.deps.Now(), i.cfg.Scan)
	if o.worthTelling(i.deps.Now(), err) {
		i.deps.Tell(pipeline.Event{Time: i.deps.Now(), What: pipeline.EventFailed, Note: "inbox: " + err.Error(), Wait: pause, Err: err})
	}
	return pause, nil
}

// An outage is a row of rounds that failed.
type outage struct {
	since time.Time // of the first; zero: there is none
	tries int
	told  string // what was said of it
}

// fail counts one more, and says how long to wait.
func (o *outage) fail(now time.Time, scan time.Duration) time.Duration {
	if o.tries == 0 {
		o.since = now
	}
	o.tries++
	return min(scan<<min(o.tries-1, 10), max(mostPause, scan))
}

// worthTelling tells whether an error is to be said: once, and of a folder that
// is away only after a while.
func (o *outage) worthTelling(now time.Time, err error) bool {
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok && trouble.Rule == "inbox.gone" && now.Sub(o.since) < goneTell {
		return false
	}
	if o.told == err.Error() {
		return false
	}
	o.told = err.Error()
	return true
}

// hints are the folder's events, where the system has any.
type hints struct {
	watcher *fsnotify.Watcher
	dir     os.FileInfo // the folder that is watched
	events  <-chan fsnotify.Event
	errors  <-chan error
}

// renew watches the folder where it is not watched yet, or is another one than
// before under the same path: its old watch is dead then, and says nothing.
// Without events the rescan does all the work.
func (h *hints) renew(path string) {
	dir, err := os.Stat(path)
	if err != nil || h.watcher != nil && os.SameFile(dir, h.dir) {
		return
	}
	h.close()
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return
	}
	if w.Add(path) != nil {
		_ = w.Close() // nothing is watched
		return
	}
	*h = hints{watcher: w, dir: dir, events: w.Events, errors: w.Errors}
}

// matters tells whether an event is a reason to look. That a file grows is none.
func (h *hints) matters(e fsnotify.Event, ok bool) bool {
	if !ok {
		h.close()
		return true
	}
	if temporary(filepath.Base(e.Name)) {
		return false
	}
	return e.Has(fsnotify.Create) || e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename)
}

func (h *hints) close() {
	if h.watcher != nil {
		_ = h.watcher.Close() // only hints are lost
	}
	*h = hints{}
}
