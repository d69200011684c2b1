package erp

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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

// A file is one file for the ERP.
type file struct {
	Name  string   `json:"name"`
	Mark  string   `json:"mark,omitempty"` // the file that says that this one is complete; "" for none
	Shelf string   `json:"shelf"`          // folder of its notes: 2026-11
	Keys  []string `json:"keys"`           // of the documents in it
	Data  []byte   `json:"data"`
}

func (f file) sum() string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:])
}

func (f file) keys() map[string]bool {
	keys := make(map[string]bool, len(f.Keys))
	for _, key := range f.Keys {
		keys[key] = true
	}
	return keys
}

// paths are where a file and its notes stand.
type paths struct {
	dir              string // of the notes
	data, mark       string // waiting
	intent           string
	final, finalMark string // in the import folder
}

func (s *Sink) paths(f file) paths {
	dir := filepath.Join(s.cfg.Folder, notes, f.Shelf)
	p := paths{dir: dir, data: filepath.Join(dir, f.Name+".data"), mark: filepath.Join(dir, f.Name+".mark"),
		intent: filepath.Join(dir, f.Name+".intent"), final: filepath.Join(s.cfg.Folder, f.Name)}
	if f.Mark != "" {
		p.finalMark = filepath.Join(s.cfg.Folder, f.Mark)
	}
	return p
}

// An intent is the note that a file is about to leave, written when all that
// leaves is waiting beside it, complete. It stays for ever.
type intent struct {
	File   string   `json:"file"`
	SHA256 string   `json:"sha256"`
	Keys   []string `json:"keys"`
}

// stand is how far a file has come.
type stand int

const (
	unbegun stand = iota // nothing of it can have left
	waiting              // complete, beside its intent: it has not left
	left                 // it has left; its mark has not
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
	data, err := there(p.data)
	if err != nil {
		return unbegun, err
	}
	mark, err := there(p.mark)
	mark = mark && f.Mark != ""
	switch {
	case err != nil:
		return unbegun, err
	case data && mine:
		return waiting, nil
	case data:
		return unbegun, nil // another one that never left, and never will
	case !mine:
		return taken, nil
	case mark:
		return left, nil
	}
	return written, nil
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
		if same, err := s.holds(s.paths(f).data, f); err != nil || !same {
			at = unbegun
		}
	}
	if at == unbegun {
		found, where, err := s.seen(f, false)
		switch {
		case err != nil:
			return ending{}, s.trouble(err)
		case found == another:
			return parked("erp.exists", f, where), nil
		}
		if err := s.stage(f, found == none); err != nil {
			return ending{}, s.trouble(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return ending{}, err
	}
	return s.leave(f)
}

// stage lays a file and its mark ready, and then writes the intent. The order
// is the whole point: while an intent stands, data that is missing has left.
func (s *Sink) stage(f file, withData bool) error {
	p := s.paths(f)
	if err := s.disk.Dir(p.dir); err != nil {
		return err
	}
	if err := s.withdraw(p); err != nil {
		return err
	}
	if withData {
		if err := s.disk.Write(p.data, f.Data); err != nil {
			_ = s.disk.Remove(p.data) // half of it would fill the disk for nothing
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
	note := mustJSON(intent{File: f.Name, SHA256: f.sum(), Keys: f.Keys})
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
	return errors.Join(s.disk.Remove(p.data), s.disk.Remove(p.mark))
}

// leave moves what waits to where the ERP looks: the file, then its mark.
func (s *Sink) leave(f file) (ending, error) {
	p := s.paths(f)
	for _, step := range []struct{ from, to string }{{p.data, p.final}, {p.mark, p.finalMark}} {
		if step.to == "" {
			continue
		}
		switch waits, err := there(step.from); {
		case err != nil:
			return ending{}, s.trouble(err)
		case !waits:
			continue
		}
		err := s.disk.Move(step.from, step.to)
		if errors.Is(err, fs.ErrExist) {
			same := step.to == p.finalMark // any mark says the same
			if !same {
				if same, err = s.holds(step.to, f); err != nil {
					return ending{}, s.trouble(err)
				}
			}
			if !same {
				return parked("erp.exists", f, s.cfg.Folder), s.trouble(s.withdraw(p))
			}
			err = s.disk.Remove(step.from)
		}
		if err == nil {
			err = errors.Join(s.disk.Sync(s.cfg.Folder), s.disk.Sync(p.dir))
		}
		if err != nil {
			return ending{}, s.trouble(err)
		}
	}
	return delivered, nil
}

// holds tells whether the file at a path has exactly these bytes.
func (s *Sink) holds(path string, f file) (bool, error) {
	at, err := os.Lstat(path)
	if err != nil || !at.Mode().IsRegular() || at.Size() != int64(len(f.Data)) {
		return false, err
	}
	data, err := os.ReadFile(path)
	return err == nil && bytes.Equal(data, f.Data), err
}
