package inbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"wasl/pipeline"
)

// inboxName is Drop.From of what somebody dropped, and the name under which the
// ledger keeps arrivals. It stays the same when the folder moves.
const inboxName = "inbox"

// Config is the section inbox of wasl.yaml. Zero durations mean the defaults.
type Config struct {
	Path     string        `yaml:"path"`      // the folder
	Settle   time.Duration `yaml:"settle"`    // how long a file must stand still; 10s, on a share rather 60s
	Scan     time.Duration `yaml:"scan"`      // how often watch looks; 5s, on a share rather 15s
	Empty    time.Duration `yaml:"empty"`     // how long a file of zero bytes may still begin to grow; 10m
	Longer   time.Duration `yaml:"longer"`    // how long a file that looks cut off must stand still; 5m
	Done     string        `yaml:"done"`      // .done: a file is taken when NAME.done is there, at once, and not before; "": by standing still
	TakeOver bool          `yaml:"take_over"` // take the folder from another installation that still seems to run
}

// Validate finds what is wrong with the settings. Paths are of the section.
func (c Config) Validate() []pipeline.Finding {
	var found []pipeline.Finding
	if c.Path == "" {
		found = append(found, pipeline.Finding{Path: "path", Rule: "inbox.path"})
	}
	for _, d := range []struct {
		path  string
		given time.Duration
	}{{"settle", c.Settle}, {"scan", c.Scan}, {"empty", c.Empty}, {"longer", c.Longer}} {
		if d.given < 0 {
			found = append(found, pipeline.Finding{Path: d.path, Rule: "config.duration", With: map[string]string{"given": d.given.String()}})
		}
	}
	if c.Done != "" && (len(c.Done) < 2 || c.Done[0] != '.' || strings.ContainsAny(c.Done, `/\`)) {
		found = append(found, pipeline.Finding{Path: "done", Rule: "inbox.ending", With: map[string]string{"given": c.Done}})
	}
	return found
}

// Deps is what the inbox needs of the house.
type Deps struct {
	Vault    pipeline.Vault
	Door     pipeline.Door
	Claims   func(d pipeline.Drop, r io.ReaderAt) []pipeline.Claim // the flows that take a file; d has no ID yet
	Zone     *time.Location                                        // of the shop
	Now      func() time.Time                                      // nil: time.Now
	Install  string                                                // this installation's id; "": the folder's owner is not checked
	Tell     func(pipeline.Event)                                  // may be nil
	Patterns string                                                // names that flows take, for the words of drop.unclaimed
	Last     func(name string) bool                                // files that are taken after the others of a round; nil: none
}

// An Inbox is one folder into which files are dropped. Its methods may be called
// from several goroutines; they take turns.
type Inbox struct {
	cfg  Config
	deps Deps
	sys  system

	mu     sync.Mutex           // held for one round, one Put, one Reject
	looks  map[string]*look     // the files that are there, by name
	strays map[string]time.Time // marks without a file, and since when
	moved  []moved              // taken a short while ago
	told   map[string]bool      // what was said of which file
	own    ownership
	wake   func() // Watch's; nil before
}

// New makes the inbox of a folder. It does not touch the folder.
func New(c Config, d Deps) (*Inbox, error) {
	if found := c.Validate(); len(found) > 0 {
		return nil, fmt.Errorf("inbox.%s: %s", found[0].Path, found[0].In("en"))
	}
	if d.Vault == nil || d.Door == nil || d.Claims == nil {
		return nil, errors.New("inbox: vault, door and claims are needed")
	}
	c.Settle = cmp.Or(c.Settle, 10*time.Second)
	c.Scan = cmp.Or(c.Scan, 5*time.Second)
	c.Empty = cmp.Or(c.Empty, 10*time.Minute)
	c.Longer = cmp.Or(c.Longer, 5*time.Minute)
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Tell == nil {
		d.Tell = func(pipeline.Event) {}
	}
	return &Inbox{cfg: c, deps: d, sys: thisSystem,
		looks: map[string]*look{}, strays: map[string]time.Time{}, told: map[string]bool{}}, nil
}

// Taken is what came of looking into the inbox.
type Taken struct {
	Drops []pipeline.Drop // admitted now, in the order of admission
	Left  []Left          // files that are still there, by name
}

// Left is a file that was not taken, or not moved, and why.
type Left struct {
	Name string // as it may be shown
	Why  *pipeline.Trouble
}

// MarshalJSON gives the file, the rule, and its words in English.
func (l Left) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"file": l.Name, "rule": string(l.Why.Rule), "says": l.Why.Says("en"), "fix": l.Why.Fix("en")})
}

// Once looks into the inbox, waits the settle time once if there is anything to
// wait for, looks again, and admits what has stood still. What Taken tells also
// counts where an error comes with it. The Troubles inbox.gone and inbox.owner
// say that the folder cannot be used at all.
func (i *Inbox) Once(ctx context.Context) (Taken, error) {
	first, next, err := i.round(ctx)
	if err != nil || len(first.Left) == 0 || next > i.cfg.Settle {
		return first, err
	}
	i.deps.Tell(pipeline.Event{Time: i.deps.Now(), What: pipeline.EventWaiting, Lane: inboxName, Count: map[string]int{"files": len(first.Left)}, Wait: next})
	// Files may have been seen a little after the round's clock was read.
	timer := time.NewTimer(next + 5*time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return first, ctx.Err()
	case <-timer.C:
	}
	second, _, err := i.round(ctx)
	second.Drops = append(first.Drops, second.Drops...)
	// What cannot be moved is said once, by the round that tried.
	for _, l := range first.Left {
		if l.Why.Rule == "inbox.stays" {
			second.Left = append(second.Left, l)
		}
	}
	return second, err
}

// Put drops a file of our own making: it is written whole into the inbox and
// taken by the same door, at once, with from as its Drop.From. A name that is
// taken gets a number.
func (i *Inbox) Put(ctx context.Context, name string, r io.Reader, from string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	root, err := i.enter()
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }() // only a handle on the folder
	at, err := i.write(ctx, root, safeName(name), r)
	if err != nil {
		return fmt.Errorf("put %s into the inbox: %w", show(name), err)
	}
	s, err := i.shapeOf(root, at)
	if err != nil {
		return fmt.Errorf("put %s into the inbox: %w", show(name), err)
	}
	l := &look{shape: s, since: i.deps.Now(), marked: true}
	i.looks[at] = l
	_, left, err := i.take(ctx, root, at, l, from)
	if err == nil && left != nil {
		return left
	}
	return err
}

// round looks into the inbox once: it admits and moves what has stood still.
// next is when the first of the others may be ready.
func (i *Inbox) round(ctx context.Context) (taken Taken, next time.Duration, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	root, err := i.enter()
	if err != nil {
		return taken, 0, err
	}
	defer func() { _ = root.Close() }() // only a handle on the folder

	found, err := i.scan(root)
	if err != nil {
		return taken, 0, i.gone(err)
	}
	taken.Left = found.left
	if err := i.note(ctx, found); err != nil {
		return taken, 0, err
	}
	taken.Left = append(taken.Left, i.late(root)...)
	next, err = i.takeReady(ctx, root, &taken)
	if err == nil {
		err = i.sweepStrays(root, found)
	}
	slices.SortFunc(taken.Left, func(a, b Left) int { return strings.Compare(a.Name, b.Name) })
	i.keepOwner(root)
	return taken, next, err
}

// takeReady takes every file that has stood still, in the order in which they
// were seen.
func (i *Inbox) takeReady(ctx context.Context, root *os.Root, taken *Taken) (next time.Duration, err error) {
	next = i.cfg.Empty
	for _, name := range inOrder(i.looks, i.deps.Last) {
		if err := ctx.Err(); err != nil {
			return next, err
		}
		l := i.looks[name]
		if l.stays {
			continue
		}
		wait, why := i.cfg.waits(l, i.deps.Now())
		if wait > 0 {
			next = min(next, wait)
			taken.Left = append(taken.Left, i.left(name, why))
			continue
		}
		drop, left, err := i.take(ctx, root, name, l, inboxName)
		if drop != nil {
			taken.Drops = append(taken.Drops, *drop)
		}
		if err != nil {
			return next, err
		}
		if left != nil {
			next = min(next, i.cfg.Settle)
			taken.Left = append(taken.Left, Left{show(name), left})
		}
	}
	return next, nil
}

// enter opens the folder, and sees that it is ours.
func (i *Inbox) enter() (*os.Root, error) {
	root, err := os.OpenRoot(i.cfg.Path)
	if err != nil {
		return nil, i.gone(err)
	}
	if err := i.checkOwner(root); err != nil {
		_ = root.Close() // only a handle on the folder
		return nil, err
	}
	return root, nil
}

// gone is the error of a folder that cannot be looked into. It is not an empty
// folder: what is known of its files stays.
func (i *Inbox) gone(err error) error {
	return &pipeline.Later{Err: &pipeline.Trouble{Rule: "inbox.gone", With: map[string]string{"path": i.cfg.Path}, Err: err}}
}

// left says why a file is still in the inbox.
func (i *Inbox) left(name string, why pipeline.Rule) Left {
	with := map[string]string{"name": show(name)}
	switch why {
	case "inbox.growing":
		with["wait"] = i.cfg.Settle.String()
	case "inbox.empty":
		with["wait"] = i.cfg.Empty.String()
	case "inbox.cut":
		with["wait"] = i.cfg.Longer.String()
	case "inbox.marker":
		with["mark"] = show(name + i.cfg.Done)
	}
	return Left{show(name), &pipeline.Trouble{Rule: why, With: with}}
}
