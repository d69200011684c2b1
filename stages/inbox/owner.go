package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"strings"
	"time"

	"wasl/pipeline"
)

const (
	// ownerName is the file by which installations notice each other.
	ownerName = ".wasl-owner"
	// tempPrefix begins the names of files that we are still writing.
	tempPrefix = ".wasl-"
	// ownerStale is how long an installation that is not seen keeps the folder.
	ownerStale = 15 * time.Minute
	// ownerBeat is how often we say that we are there.
	ownerBeat = time.Minute
)

// An owner is the content of the owner file: who takes files from this folder.
type owner struct {
	Install string    `json:"install"`
	Host    string    `json:"host"`
	Seen    time.Time `json:"seen"`

	// Waiting are files that must stand still for longer than one wasl run lasts
	// (empty, or cut off as it seems), since when they do. Without it a nightly
	// run would leave them there for ever.
	Waiting map[string]waiting `json:"waiting,omitempty"`
}

type waiting struct {
	shape
	Since time.Time `json:"since"`
	Doubt bool      `json:"doubt,omitempty"`
}

// ownership is what we know of the owner file.
type ownership struct {
	checked bool      // this process looked into it once
	beat    time.Time // when we wrote it last
	waiting map[string]waiting
}

// checkOwner sees that no other installation takes files from the folder. Two
// that start in the same moment may both pass; one of them notices at its next
// look, at most a minute later.
func (i *Inbox) checkOwner(root *os.Root) error {
	if i.deps.Install == "" {
		return nil
	}
	o, err := readOwner(root)
	if err != nil {
		return i.gone(err)
	}
	host, _ := os.Hostname() // "" is as good a name as another
	mine := o.Install == i.deps.Install && o.Host == host
	// A clock that is ahead of ours counts as alive: better to be asked once for
	// take_over than to take twice.
	alive := o.Install != "" && i.deps.Now().Sub(o.Seen) < ownerStale
	if !mine && alive && (i.own.checked || !i.cfg.TakeOver) {
		return &pipeline.Trouble{Rule: "inbox.owner", With: map[string]string{"path": i.cfg.Path, "host": o.Host,
			"when": o.Seen.In(i.deps.Zone).Format("2006-01-02 15:04"), "wait": ownerStale.String()}}
	}
	if !i.own.checked {
		i.own.checked = true
		sweepTemps(root, ".")
		sweepTemps(root, rejectedDir)
		i.remember(o.Waiting)
	}
	if !mine || i.deps.Now().Sub(i.own.beat) >= ownerBeat {
		i.beat(root)
	}
	return nil
}

// keepOwner writes down which files wait for long, where that has changed.
func (i *Inbox) keepOwner(root *os.Root) {
	if i.deps.Install == "" {
		return
	}
	now := map[string]waiting{}
	for name, l := range i.looks {
		if l.drop == nil && (l.Size == 0 || l.doubt) {
			now[name] = waiting{shape: l.shape, Since: l.since.Round(0), Doubt: l.doubt}
		}
	}
	if !maps.EqualFunc(now, i.own.waiting, func(a, b waiting) bool { return a.same(b.shape) && a.Doubt == b.Doubt }) {
		i.own.waiting = now
		i.beat(root)
	}
}

// remember takes up what an earlier process knew of files that wait for long.
// Its times are of the wall clock; should that have jumped, a file is taken too
// early and refused by extract, and is a new arrival when it has grown.
func (i *Inbox) remember(then map[string]waiting) {
	for name, w := range then {
		if _, ok := i.looks[name]; !ok {
			i.looks[name] = &look{shape: w.shape, since: w.Since, doubt: w.Doubt}
		}
	}
	i.own.waiting = then
}

// beat says in the owner file that we are there. A folder in which we may not
// write is read all the same: nobody can say anything there.
func (i *Inbox) beat(root *os.Root) {
	host, _ := os.Hostname() // "" is as good a name as another
	now := i.deps.Now()
	text, err := json.MarshalIndent(owner{Install: i.deps.Install, Host: host, Seen: now.UTC(), Waiting: i.own.waiting}, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("inbox: owner file: %v", err)) // texts, numbers and times
	}
	temp := ownerName + ".tmp"
	if err := root.WriteFile(temp, append(text, '\n'), 0o644); err == nil && root.Rename(temp, ownerName) == nil {
		i.own.beat = now
	}
}

// readOwner reads the owner file; the zero owner where there is none, or
// something that no wasl wrote.
func readOwner(root *os.Root) (owner, error) {
	text, err := root.ReadFile(ownerName)
	if errors.Is(err, fs.ErrNotExist) {
		return owner{}, nil
	}
	if err != nil {
		return owner{}, err
	}
	var o owner
	if json.Unmarshal(text, &o) != nil {
		return owner{}, nil
	}
	return o, nil
}

// sweepTemps removes what an earlier process was writing into a folder when it
// died. Nobody else writes such names: the folder is ours.
func sweepTemps(root *os.Root, dir string) {
	d, err := root.Open(dir)
	if err != nil {
		return // there is nothing to sweep
	}
	defer func() { _ = d.Close() }() // it was only read
	names, _ := d.Readdirnames(-1)   // what is not listed is swept another time
	for _, name := range names {
		if strings.HasPrefix(name, tempPrefix) && name != ownerName {
			_ = root.Remove(path.Join(dir, name)) // swept another time
		}
	}
}
