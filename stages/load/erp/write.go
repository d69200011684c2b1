package erp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"wasl/pipeline"
)

// notes is the folder inside the import folder where files wait and where it is
// written down which of them have left. See doc.go.
const notes = ".wasl"

// An intent is the note that a file is about to leave, written when all that
// leaves is waiting beside it, complete. It stays for ever.
type intent struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`
	Keys   []string `json:"keys"`
	Again  string   `json:"again,omitempty"` // see file
}

// stand is how far a file has come.
type stand int

const (
	unbegun stand = iota // nothing of it can have left
	waiting              // complete, beside its intent: nothing of it has left
	left                 // some of it has left; a part or its mark has not
	written              // all of it has left
	taken                // another file left under its name
)

// stand reads how far a file has come, from its notes alone: what the ERP does
// with files that have left makes no difference.
func (s *Sink) stand(f file) (stand, error) {
	p := s.paths(f)
	text, err := os.ReadFile(p.intent)
	if errors.Is(err, fs.ErrNotExist) {
		return unbegun, nil
	}
	if err != nil {
		return unbegun, err
	}
	var in intent
	if json.Unmarshal(text, &in) != nil {
		return unbegun, nil // cut off by a crash: nothing leaves before its intent is whole
	}
	mine := in.SHA256 == f.sum() && slices.Equal(in.Keys, f.Keys)
	if f.Again != "" && in.Again != f.Again && slices.Equal(in.Keys, f.Keys) {
		return unbegun, nil // what left then was refused, and all of it is known
	}
	waits, err := p.waits()
	if err != nil {
		return unbegun, err
	}
	mark, err := there(p.mark)
	mark = mark && f.Mark != ""
	switch {
	case err != nil:
		return unbegun, err
	case waits == len(p.moves) && mine:
		return waiting, nil
	case waits == len(p.moves):
		return unbegun, nil // another one that never left, and never will
	case !mine:
		return taken, nil
	case waits > 0 || mark:
		return left, nil
	}
	return written, nil
}

// waits counts the parts that have not left.
func (p paths) waits() (n int, err error) {
	for _, m := range p.moves {
		found, err := there(m.from)
		if err != nil {
			return 0, err
		}
		if found {
			n++
		}
	}
	return n, nil
}

// open sees to it that the import folder is there, and its notes. A folder that
// had notes and has none is not the one it was: the share is not mounted, or
// somebody emptied it.
func (s *Sink) open(f file) error {
	switch found, err := there(s.cfg.Folder); {
	case err != nil:
		return s.trouble(err)
	case !found && !s.ours():
		return s.trouble(fs.ErrNotExist)
	}
	if s.lost() {
		return &pipeline.Trouble{Rule: "erp.lost", With: map[string]string{"folder": s.cfg.Folder, "file": f.Name}}
	}
	if err := s.disk.Dir(filepath.Join(s.cfg.Folder, notes)); err != nil {
		return s.trouble(err)
	}
	if s.state == "" || s.remembered() {
		return nil
	}
	if err := s.disk.Sync(s.cfg.Folder); err != nil {
		return s.trouble(err)
	}
	return s.remember()
}

// write brings one file to the ERP, from wherever it stands.
func (s *Sink) write(ctx context.Context, f file) (ending, error) {
	at, err := s.stand(f)
	if err != nil {
		return ending{}, s.trouble(err)
	}
	switch at {
	case written:
		return delivered, nil
	case taken:
		return parked("erp.exists", f, s.cfg.Folder), nil
	case waiting:
		if whole, err := s.complete(f); err != nil || !whole {
			at = unbegun
		}
	}
	if at == unbegun {
		found, where, err := s.seen(f, false)
		switch {
		case err != nil:
			return ending{}, s.trouble(err)
		case slices.Contains(found, another):
			return parked("erp.exists", f, where), nil
		}
		if err := s.stage(f, found); err != nil {
			return ending{}, s.trouble(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return ending{}, err
	}
	return s.leave(f)
}

// complete tells whether all that waits has the bytes that it should have.
func (s *Sink) complete(f file) (bool, error) {
	for _, m := range s.paths(f).moves {
		if same, err := s.holds(m.from, m.Data); err != nil || !same {
			return false, err
		}
	}
	return true, nil
}

// stage lays the parts that were not found and the mark ready, and then writes the
// intent. The order is the whole point: while an intent stands, a part that is
// missing has left.
func (s *Sink) stage(f file, found []sighting) error {
	p := s.paths(f)
	if err := s.disk.Dir(p.dir); err != nil {
		return err
	}
	if f.Dir != "" {
		if err := s.disk.Dir(p.folder); err != nil {
			return err
		}
	}
	if err := s.withdraw(p); err != nil {
		return err
	}
	for i, m := range p.moves {
		if found[i] != none {
			continue
		}
		if err := s.disk.Write(m.from, m.Data); err != nil {
			_ = s.disk.Remove(m.from) // half of it would fill the disk for nothing
			return err
		}
	}
	if f.Mark != "" {
		if err := s.disk.Write(p.mark, nil); err != nil {
			return err
		}
	}
	if err := s.disk.Sync(p.dir); err != nil {
		return err
	}
	note := mustJSON(intent{File: f.Name, SHA256: f.sum(), Keys: f.Keys, Again: f.Again})
	if err := s.disk.Write(p.intent, note); err != nil {
		_ = s.disk.Remove(p.intent) // cut off, it counts for nothing
		return err
	}
	return s.disk.Sync(p.dir)
}

// withdraw takes back what waits: the intent first, so that what goes after it
// is not taken to have left.
func (s *Sink) withdraw(p paths) error {
	switch found, err := there(p.intent); {
	case err != nil:
		return err
	case found:
		if err := errors.Join(s.disk.Remove(p.intent), s.disk.Sync(p.dir)); err != nil {
			return err
		}
	}
	err := s.disk.Remove(p.mark)
	for _, m := range p.moves {
		err = errors.Join(err, s.disk.Remove(m.from))
	}
	return err
}

// leave moves what waits to where the ERP looks: each part, then the mark. Names
// are looked at before the first of several goes, so that the others are not held
// up by a file of somebody else half way.
func (s *Sink) leave(f file) (ending, error) {
	p := s.paths(f)
	if len(p.moves) > 1 {
		switch free, err := s.free(p); {
		case err != nil:
			return ending{}, s.trouble(err)
		case !free:
			return parked("erp.exists", f, p.folder), s.trouble(s.withdraw(p))
		}
	}
	for _, m := range p.moves {
		mine := func() (bool, error) { return s.holds(m.to, m.Data) }
		switch ok, err := s.moveOne(p, m.from, m.to, mine); {
		case err != nil:
			return ending{}, s.trouble(err)
		case ok:
			continue
		}
		end := parked("erp.exists", f, p.folder)
		waits, err := p.waits()
		if err == nil && waits == len(p.moves) {
			err = s.withdraw(p)
		} // else some of it has left: the intent stays, so that sending it again goes on from there
		return end, s.trouble(err)
	}
	if p.finalMark != "" {
		anyMark := func() (bool, error) { return true, nil } // any mark says the same
		if _, err := s.moveOne(p, p.mark, p.finalMark, anyMark); err != nil {
			return ending{}, s.trouble(err)
		}
	}
	return delivered, nil
}

// free tells whether nobody else's file bears the name of a part that waits, where
// nothing has left yet.
func (s *Sink) free(p paths) (bool, error) {
	if waits, err := p.waits(); err != nil || waits < len(p.moves) {
		return true, err
	}
	for _, m := range p.moves {
		same, err := s.holds(m.to, m.Data)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if err == nil && !same {
			return false, nil
		}
	}
	return true, nil
}

// moveOne moves what waits; what has left already is left alone. false: somebody
// else's file bears its name.
func (s *Sink) moveOne(p paths, from, to string, mine func() (bool, error)) (ok bool, err error) {
	if waits, err := there(from); err != nil || !waits {
		return true, err
	}
	err = s.disk.Move(from, to)
	if errors.Is(err, fs.ErrExist) {
		if ok, err := mine(); err != nil || !ok {
			return false, err
		}
		err = s.disk.Remove(from)
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(s.disk.Sync(p.folder), s.disk.Sync(p.dir))
}

// holds tells whether the file at a path has exactly these bytes.
func (s *Sink) holds(path string, want []byte) (bool, error) {
	at, err := os.Lstat(path)
	if err != nil || !at.Mode().IsRegular() || at.Size() != int64(len(want)) {
		return false, err
	}
	data, err := os.ReadFile(path)
	return err == nil && bytes.Equal(data, want), err
}
