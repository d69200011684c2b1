package inbox

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"wasl/pipeline"
)

// PicturesName is the name under which the list of a folder of pictures is
// dropped: the flow of pictures takes it.
const PicturesName = "shopify-images.csv"

// FromPictures is Drop.From of such a list.
const FromPictures = "pictures"

// PicturesConfig says where pictures lie. Zero durations mean those of the inbox.
type PicturesConfig struct {
	Path    string        // the folder
	Pattern string        // of their names, without the ending; "": DefaultPattern
	Settle  time.Duration // how long a picture must stand still
	Scan    time.Duration // how often Watch looks
}

// PicturesDeps is what Pictures needs of the house.
type PicturesDeps struct {
	Vault pipeline.Vault
	Put   func(ctx context.Context, name string, r io.Reader, from string) error // Inbox.Put
	State string                                                                 // the file in which it remembers the folder
	Now   func() time.Time                                                       // nil: time.Now
	Tell  func(pipeline.Event)                                                   // may be nil
}

// Pictures is a folder of pictures, named by a rule. What is new or changed in it
// is copied into the vault; where anything differs from the last list, a new list
// of the whole folder is dropped into the inbox like any file. The folder itself is
// never changed.
//
// It may die at any point: what it remembers is written after the copying and
// after the drop, and a list that is dropped twice changes nothing.
type Pictures struct {
	cfg    PicturesConfig
	deps   PicturesDeps
	naming naming
	looks  map[string]*look // what does not stand still yet, also what has just gone
	told   map[string]bool
	album  *album // nil: not read yet
}

// NewPictures makes the pictures of a folder. It touches nothing.
func NewPictures(c PicturesConfig, d PicturesDeps) (*Pictures, error) {
	n, ok := compile(c.Pattern)
	if !ok {
		return nil, &pipeline.Trouble{Rule: "pictures.pattern", With: map[string]string{"field": "shopify.images.pattern", "given": c.Pattern}}
	}
	if c.Path == "" || d.Vault == nil || d.Put == nil || d.State == "" {
		return nil, errors.New("pictures: folder, vault, inbox and state are needed")
	}
	c.Settle = cmp.Or(c.Settle, 10*time.Second)
	c.Scan = cmp.Or(c.Scan, 5*time.Second)
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Tell == nil {
		d.Tell = func(pipeline.Event) {}
	}
	return &Pictures{cfg: c, deps: d, naming: n, looks: map[string]*look{}, told: map[string]bool{}}, nil
}

// GoodPattern tells whether a pattern of names can be used.
func GoodPattern(pattern string) bool { _, ok := compile(pattern); return ok }

// Once looks into the folder, waits the settle time once where anything is to be
// waited for, looks again, and drops a list where the folder is not as it was.
func (p *Pictures) Once(ctx context.Context) error {
	wait, err := p.round(ctx)
	if err != nil {
		return err
	}
	if wait > 0 && wait <= p.cfg.Settle {
		timer := time.NewTimer(wait + 5*time.Millisecond)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		if _, err = p.round(ctx); err != nil {
			return err
		}
	}
	return p.drop(ctx)
}

// mostUnlisted is how long Watch lets pictures come in before it drops a list all
// the same: each list is of the whole folder.
const mostUnlisted = 10 * time.Minute

// Watch looks into the folder until ctx ends, and drops a list when it has become
// quiet. What goes wrong is told once, and tried again.
func (p *Pictures) Watch(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var o outage
	since := p.deps.Now() // of the last list
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		wait, err := p.round(ctx)
		if err == nil && (wait == 0 || p.deps.Now().Sub(since) >= mostUnlisted) {
			since = p.deps.Now()
			err = p.drop(ctx)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		pause := p.cfg.Scan
		if err == nil {
			o = outage{}
		} else {
			pause = o.fail(p.deps.Now(), p.cfg.Scan)
			if o.worthTelling(p.deps.Now(), err) {
				p.deps.Tell(pipeline.Event{Time: p.deps.Now(), What: pipeline.EventFailed, Note: "pictures: " + err.Error(), Wait: pause, Err: err})
			}
		}
		timer.Reset(pause)
	}
}

// round looks into the folder once and copies what stands still. wait is when
// something else may; 0: nothing is to be waited for.
func (p *Pictures) round(ctx context.Context) (wait time.Duration, err error) {
	if err := p.remember(); err != nil {
		return 0, err
	}
	root, err := os.OpenRoot(p.cfg.Path)
	if err != nil {
		return 0, p.gone(err)
	}
	defer func() { _ = root.Close() }() // only a handle on the folder
	seen, err := p.scan(root)
	if err != nil {
		return 0, p.gone(err)
	}
	if len(seen) == 0 && len(p.album.Files) > 0 {
		// A drive that is not mounted leaves an empty folder: never "all deleted".
		return 0, &pipeline.Later{Err: &pipeline.Trouble{Rule: "pictures.empty",
			With: map[string]string{"path": p.cfg.Path, "count": strconv.Itoa(len(p.album.Files))}}}
	}
	changed := false
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		rest, took, err := p.take(ctx, root, name, seen[name])
		if err != nil {
			return 0, err
		}
		changed = changed || took
		wait = sooner(wait, rest)
	}
	rest, left := p.forget(seen)
	if changed || left {
		err = p.save()
	}
	return sooner(wait, rest), err
}

// sooner is the shorter of two waits; 0 is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

func (p *Pictures) gone(err error) error {
	return &pipeline.Later{Err: &pipeline.Trouble{Rule: "pictures.gone", With: map[string]string{"path": p.cfg.Path}, Err: err}}
}

// drop puts a list of the folder into the inbox, where it is not the last one
// again. An empty list is never dropped: no file means that all is to be deleted.
func (p *Pictures) drop(ctx context.Context) error {
	rows, odd, twice := p.naming.list(p.album.Files, p.album.Rows)
	for _, name := range odd {
		p.tell(name, "pictures.name", map[string]string{"pattern": p.naming.text})
	}
	for _, name := range slices.Sorted(maps.Keys(twice)) {
		p.tell(name, "pictures.twice", map[string]string{"other": show(twice[name])})
	}
	if len(rows) == 0 {
		return nil
	}
	text, err := csvOf(rows)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	hash := hex.EncodeToString(sum[:])
	if hash == p.album.Listed {
		return nil
	}
	if err := p.deps.Put(ctx, PicturesName, bytes.NewReader(text), FromPictures); err != nil {
		return fmt.Errorf("drop the list of pictures: %w", err)
	}
	p.album.Listed, p.album.Rows = hash, map[string]bool{}
	for _, l := range rows {
		p.album.Rows[l.name] = true
	}
	return p.save()
}
