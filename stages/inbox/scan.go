package inbox

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"wasl/pipeline"
)

// The folders in the inbox that are ours.
const (
	takenDir    = "taken"
	rejectedDir = "rejected"
	reportsDir  = "reports"
)

// placeGone is Door.Placed of an original that somebody else removed or
// replaced before we could move it.
const placeGone = "gone"

// unfinished are endings of names under which programs write what is not ready:
// browsers, FTP servers, editors, office programs.
var unfinished = []string{".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp", ".!ut"}

// temporary tells whether a name is one of a file that is not meant for us.
func temporary(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
		return true
	}
	low := strings.ToLower(name)
	for _, end := range unfinished {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return low == "thumbs.db" || low == "desktop.ini"
}

// sight is what one scan saw.
type sight struct {
	files map[string]shape
	marks map[string]bool // names of marks, whether or not their file is there
	left  []Left
}

// scan lists the plain files of the inbox. Any error means that nothing is known:
// half a list is not a list.
func (i *Inbox) scan(root *os.Root) (sight, error) {
	s := sight{files: map[string]shape{}, marks: map[string]bool{}}
	names, err := listNames(root)
	if err != nil {
		return s, err
	}
	for _, name := range names {
		if temporary(name) {
			continue
		}
		seen, err := i.shapeOf(root, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // gone between the list and the look
		case errors.Is(err, fs.ErrInvalid):
			if name != takenDir && name != rejectedDir && name != reportsDir {
				s.left = append(s.left, i.left(name, "inbox.special"))
			}
			continue
		case errors.Is(err, fs.ErrPermission):
			s.left = append(s.left, i.left(name, "inbox.rights"))
			continue
		case err != nil:
			return s, err
		}
		if i.cfg.Done != "" && strings.HasSuffix(name, i.cfg.Done) {
			s.marks[name] = true
			continue
		}
		s.files[name] = seen
	}
	return s, nil
}

// listNames are the names in the folder, in no order.
func listNames(root *os.Root) ([]string, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // it was only read
	return dir.Readdirnames(-1)
}

// note compares what was seen with what is known. A file that changed settles
// anew; one that went away is forgotten.
func (i *Inbox) note(ctx context.Context, s sight) error {
	for name, l := range i.looks {
		if seen, ok := s.files[name]; ok && seen.same(l.shape) {
			continue
		}
		if l.drop != nil {
			// Admitted, and then removed or replaced by somebody else: what is
			// there now is another arrival.
			if err := i.deps.Door.Placed(ctx, l.drop.ID, placeGone); err != nil {
				return err
			}
		}
		delete(i.looks, name)
		i.forget(name)
	}
	now := i.deps.Now()
	for name, seen := range s.files {
		l, ok := i.looks[name]
		if !ok {
			l = &look{shape: seen, since: now}
			i.looks[name] = l
		}
		l.marked = i.cfg.Done != "" && s.marks[name+i.cfg.Done]
	}
	return nil
}

// sweepStrays moves marks away whose file is not there: after a crash between
// moving a file and moving its mark, the mark would call the next file of that
// name complete before it is.
func (i *Inbox) sweepStrays(root *os.Root, s sight) error {
	now := i.deps.Now()
	for mark := range i.strays {
		if _, file := s.files[strings.TrimSuffix(mark, i.cfg.Done)]; file || !s.marks[mark] {
			delete(i.strays, mark)
		}
	}
	for mark := range s.marks {
		if _, ok := s.files[strings.TrimSuffix(mark, i.cfg.Done)]; ok {
			continue
		}
		since, ok := i.strays[mark]
		if !ok {
			i.strays[mark] = now
			continue
		}
		if now.Sub(since) < i.cfg.Settle {
			continue
		}
		delete(i.strays, mark)
		to := i.takenPlace(pipeline.Drop{Arrived: now}, mark)
		if _, err := i.moveNew(root, mark, to); err != nil && !refused(err) && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// tell says something of a file once, until it is forgotten.
func (i *Inbox) tell(l Left) {
	key := l.Name + "\x00" + string(l.Why.Rule)
	if i.told[key] {
		return
	}
	i.told[key] = true
	i.deps.Tell(pipeline.Event{Time: i.deps.Now(), What: pipeline.EventWaiting, Note: l.Why.Error() + "; " + l.Why.Fix("en")})
}

// forget makes everything about a file worth saying again.
func (i *Inbox) forget(name string) {
	for key := range i.told {
		if strings.HasPrefix(key, show(name)+"\x00") {
			delete(i.told, key)
		}
	}
}

// moved is a file that was moved to taken/ a short while ago.
type moved struct {
	name, place string
	shape
	at time.Time
}

// late looks once more, a minute later, at what was taken: on Linux a program
// can go on writing into a file that was moved.
func (i *Inbox) late(root *os.Root) []Left {
	var out []Left
	now := i.deps.Now()
	keep := i.moved[:0]
	for _, m := range i.moved {
		if now.Sub(m.at) < time.Minute {
			keep = append(keep, m)
			continue
		}
		// A file that is not there any more was tidied away.
		if s, err := i.shapeOf(root, m.place); err == nil && (s.Size != m.Size || !s.Mod.Equal(m.Mod)) {
			out = append(out, i.left(m.name, "inbox.late"))
		}
	}
	i.moved = keep
	return out
}
