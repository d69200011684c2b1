package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"golang.org/x/text/unicode/norm"

	"wasl/pipeline"
)

// errChanged says that a file is not the one any more that was looked at.
var errChanged = errors.New("changed meanwhile")

// A remembering door can say, without the file being read, that an arrival was
// admitted and had to stay where it is. Found by type assertion; without it such
// files are read once more after each start, and not admitted again.
type remembering interface {
	Stayed(ctx context.Context, a pipeline.Arrival) (bool, error)
}

// take admits a file that has stood still, and moves its original. drop is set
// where it was admitted now. A file that is not taken, or not moved, is left with
// its reason; an error is about the house, not about this file.
func (i *Inbox) take(ctx context.Context, root *os.Root, name string, l *look, from string) (drop *pipeline.Drop, left *pipeline.Trouble, err error) {
	fresh := false
	if l.drop == nil {
		if fresh, left, err = i.admit(ctx, root, name, l, from); err != nil || left != nil || l.stays {
			return nil, left, err
		}
		if fresh {
			drop = l.drop
			i.announce(*l.drop)
		}
	}
	left, err = i.place(ctx, root, name, l, fresh)
	return drop, left, err
}

// admit copies a file into the vault and asks the ledger to admit it. l.drop is
// then its drop, and fresh tells whether it is new.
func (i *Inbox) admit(ctx context.Context, root *os.Root, name string, l *look, from string) (fresh bool, left *pipeline.Trouble, err error) {
	a := i.arrival(name, l, from)
	if door, ok := i.deps.Door.(remembering); ok {
		if l.stays, err = door.Stayed(ctx, a); err != nil || l.stays {
			return false, nil, wrap("ask after", name, err)
		}
	}
	a.SHA256, left, err = i.copy(ctx, root, name, l)
	if err != nil || left != nil {
		return false, left, wrap("copy", name, err)
	}
	if a.Claims, err = i.claims(ctx, a); err != nil {
		return false, nil, wrap("see who takes", name, err)
	}
	d, fresh, err := i.deps.Door.Admit(ctx, a)
	if err == nil && !fresh && d.SHA256 != a.SHA256 {
		// The ledger knows a file of this shape whose content was another: it was
		// written over in place and given its old date. That one is gone.
		if err = i.deps.Door.Placed(ctx, d.ID, placeGone); err == nil {
			d, fresh, err = i.deps.Door.Admit(ctx, a)
		}
	}
	if err != nil {
		return false, nil, wrap("admit", name, err)
	}
	l.drop = &d
	return fresh, nil, nil
}

// arrival is what is known of a file before it is read.
func (i *Inbox) arrival(name string, l *look, from string) pipeline.Arrival {
	now := i.deps.Now()
	return pipeline.Arrival{Inbox: inboxName, Path: norm.NFC.String(name), Name: show(name), FileID: l.ID, Size: l.Size, ModTime: l.Mod,
		From: from, Arrived: now.UTC(), Day: now.In(i.deps.Zone).Format("2006-01-02"), Patterns: i.deps.Patterns}
}

// copy brings the bytes of a file into the vault. The file is looked at before
// and after, by its handle and by its name: what changed meanwhile settles anew.
func (i *Inbox) copy(ctx context.Context, root *os.Root, name string, l *look) (sha string, left *pipeline.Trouble, err error) {
	f, err := i.sys.open(root, name)
	if err != nil {
		return "", i.unreadable(name, l, err), nil
	}
	defer func() { _ = f.Close() }() // it was only read
	if s, err := i.shapeOfOpen(f); err != nil || !s.same(l.shape) {
		return "", i.unreadable(name, l, errChanged), nil
	}
	if !l.marked && !l.doubt && !whole(f, l.Size) {
		l.doubt = true
		if wait, why := i.cfg.waits(l, i.deps.Now()); wait > 0 {
			return "", i.left(name, why).Why, nil
		}
	}
	source := &reading{r: f}
	sha, size, err := i.deps.Vault.Put(ctx, source)
	if source.err != nil {
		return "", i.unreadable(name, l, source.err), nil
	}
	if err != nil {
		return "", nil, err
	}
	byHandle, err := i.shapeOfOpen(f)
	if err != nil || size != l.Size || !byHandle.same(l.shape) {
		return "", i.unreadable(name, l, errChanged), nil
	}
	if byName, err := i.shapeOf(root, name); err != nil || !byName.same(l.shape) {
		return "", i.unreadable(name, l, errChanged), nil
	}
	return sha, nil, nil
}

// unreadable says why a file could not be copied. Other files go on: where the
// whole folder is the trouble, the next scan says so.
func (i *Inbox) unreadable(name string, l *look, err error) *pipeline.Trouble {
	switch {
	case errors.Is(err, errChanged), errors.Is(err, fs.ErrNotExist):
		l.since = i.deps.Now()
		return i.left(name, "inbox.growing").Why
	case busy(err):
		return i.left(name, "inbox.busy").Why
	case errors.Is(err, fs.ErrPermission):
		return i.left(name, "inbox.rights").Why
	}
	t := i.left(name, "inbox.read").Why
	t.Err = err
	return t
}

// reading remembers an error of the source, to tell it from one of the vault.
type reading struct {
	r   io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// claims asks the flows about a file, with its bytes from the vault: the very
// ones that Prepare will read.
func (i *Inbox) claims(ctx context.Context, a pipeline.Arrival) ([]pipeline.Claim, error) {
	file, err := i.deps.Vault.Open(ctx, a.SHA256)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	// Patterns are compared with the name as it is, not as it is shown.
	return i.deps.Claims(pipeline.Drop{SHA256: a.SHA256, Name: a.Path, Size: file.Size(), Arrived: a.Arrived, Day: a.Day, From: a.From}, file), nil
}

// place moves the original of an admitted file to taken/, and its mark along.
func (i *Inbox) place(ctx context.Context, root *os.Root, name string, l *look, fresh bool) (*pipeline.Trouble, error) {
	d := *l.drop
	place, err := i.moveSame(root, name, l.shape, i.takenPlace(d, name))
	switch {
	case errors.Is(err, errChanged), errors.Is(err, fs.ErrNotExist):
		// What is there now is another arrival.
		if err := i.deps.Door.Placed(ctx, d.ID, placeGone); err != nil {
			return nil, wrap("account for", name, err)
		}
		delete(i.looks, name)
		return nil, nil
	case busy(err):
		return i.left(name, "inbox.busy").Why, nil // moved by a later round
	case refused(err):
		if err := i.deps.Door.Stays(ctx, d.ID); err != nil {
			return nil, wrap("account for", name, err)
		}
		l.stays = true
		if !fresh {
			return nil, nil // it was said when it was admitted
		}
		t := i.left(name, "inbox.stays").Why
		t.Err = err
		return t, nil
	case err != nil:
		return nil, wrap("move", name, err)
	}
	if err := i.deps.Door.Placed(ctx, d.ID, place); err != nil {
		return nil, wrap("account for", name, err)
	}
	if i.cfg.Done != "" {
		// A mark that stays behind is swept by a later round.
		_, _ = i.moveNew(root, name+i.cfg.Done, place+i.cfg.Done)
	}
	i.moved = append(i.moved, moved{name, place, l.shape, i.deps.Now()})
	delete(i.looks, name)
	i.forget(name)
	return nil, nil
}

// takenPlace is where a drop's original goes: by the time of its arrival in the
// shop's zone.
func (i *Inbox) takenPlace(d pipeline.Drop, name string) string {
	return path.Join(takenDir, d.Arrived.In(i.deps.Zone).Format("2006/01/02/150405-")+safeName(name))
}

// announce tells the house of a new drop.
func (i *Inbox) announce(d pipeline.Drop) {
	i.deps.Tell(pipeline.Event{Time: i.deps.Now(), What: pipeline.EventAdmitted, Job: pipeline.Job{Drop: d.ID}, Note: d.Name})
	if i.wake != nil {
		i.wake()
	}
}

// wrap says what was being done to which file.
func wrap(doing, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", doing, show(name), err)
}
