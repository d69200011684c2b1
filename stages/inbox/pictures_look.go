package inbox

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"time"

	"golang.org/x/text/unicode/norm"

	"wasl/pipeline"
)

// scan lists the pictures that may be taken. Any error means that nothing is
// known.
func (p *Pictures) scan(root *os.Root) (map[string]shape, error) {
	names, err := listNames(root)
	if err != nil {
		return nil, err
	}
	seen := map[string]shape{}
	for _, name := range names {
		if temporary(name) {
			continue
		}
		info, err := root.Lstat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // gone between the list and the look
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			p.tell(name, "pictures.special", nil)
			continue
		}
		seen[name] = shape{info.Size(), info.ModTime(), thisSystem.idByName(root, name, info)}
	}
	return seen, nil
}

// take copies a picture that is new or changed into the vault when it has stood
// still. What cannot be taken stays in the list as it was.
func (p *Pictures) take(ctx context.Context, root *os.Root, name string, s shape) (wait time.Duration, took bool, err error) {
	if known, ok := p.album.Files[name]; ok && known.same(s) {
		delete(p.looks, name)
		return 0, false, nil
	}
	l := p.looks[name]
	if l == nil || !l.same(s) {
		l = &look{shape: s, since: p.deps.Now()}
		p.looks[name] = l
		p.unsay(name)
	}
	if l.stays {
		return 0, false, nil // refused as it is
	}
	if rest := p.cfg.Settle - p.deps.Now().Sub(l.since); rest > 0 {
		return rest, false, nil
	}
	took, err = p.copy(ctx, root, name, l)
	return 0, took, err
}

// copy brings a picture into the vault, if it is one that a shop takes. Errors are
// those of the house; what is wrong with the picture is told.
func (p *Pictures) copy(ctx context.Context, root *os.Root, name string, l *look) (took bool, err error) {
	f, err := thisSystem.open(root, name)
	if err != nil {
		p.tell(name, "pictures.read", nil)
		return false, nil
	}
	defer func() { _ = f.Close() }() // it was only read
	if !p.still(f, l.shape) {
		l.since = p.deps.Now()
		return false, nil
	}
	kind, rule, with := inspect(f, l.Size)
	if rule != "" {
		l.stays = true // until it changes: of one that looks cut off the rest may come
		p.tell(name, rule, with)
		return false, nil
	}
	source := &reading{r: f}
	sha, size, err := p.deps.Vault.Put(ctx, source)
	if source.err != nil {
		p.tell(name, "pictures.read", nil)
		return false, nil
	}
	if err != nil {
		return false, wrap("copy", name, err)
	}
	if size != l.Size || !p.still(f, l.shape) {
		l.since = p.deps.Now()
		return false, nil
	}
	p.album.Files[name] = shot{l.shape, sha, kind}
	delete(p.looks, name)
	return true, nil
}

// still tells whether an opened picture is the one that was looked at.
func (p *Pictures) still(f *os.File, s shape) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular() && s.same(shape{info.Size(), info.ModTime(), thisSystem.idOfOpen(f, info)})
}

// forget takes out of the album what is gone for as long as a picture has to stand
// still: programs replace a file by deleting it first.
func (p *Pictures) forget(seen map[string]shape) (wait time.Duration, left bool) {
	for name := range p.looks {
		if _, there := seen[name]; !there && p.looks[name].ID != absent {
			delete(p.looks, name)
		}
	}
	for name := range p.album.Files {
		if _, there := seen[name]; there {
			continue
		}
		l := p.looks[name]
		if l == nil {
			l = &look{shape: shape{ID: absent}, since: p.deps.Now()}
			p.looks[name] = l
		}
		if rest := p.cfg.Settle - p.deps.Now().Sub(l.since); rest > 0 {
			wait = sooner(wait, rest)
			continue
		}
		delete(p.album.Files, name)
		delete(p.looks, name)
		left = true
	}
	return wait, left
}

// absent is the id of a file that is not there.
const absent = "-"

// tell says something of a picture, once until it changes.
func (p *Pictures) tell(name string, rule pipeline.Rule, with map[string]string) {
	key := name + "\x00" + string(rule)
	if p.told[key] {
		return
	}
	p.told[key] = true
	facts := map[string]string{"name": show(norm.NFC.String(name))}
	maps.Copy(facts, with)
	t := &pipeline.Trouble{Rule: rule, With: facts}
	p.deps.Tell(pipeline.Event{Time: p.deps.Now(), What: pipeline.EventWaiting, Note: t.Error() + "; " + t.Fix("en")})
}

// unsay makes everything about a picture worth saying again.
func (p *Pictures) unsay(name string) {
	maps.DeleteFunc(p.told, func(key string, _ bool) bool { return len(key) > len(name) && key[:len(name)+1] == name+"\x00" })
}
