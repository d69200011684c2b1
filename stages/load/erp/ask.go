package erp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"wasl/pipeline"
)

// Ask says what became of the batch's files. The notes in the folder know, also
// when the ERP has taken the files away; only without them is the file itself
// looked for. Ready means that Send does what is still to be done. In the import folder it
// changes nothing.
func (s *Sink) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	switch {
	case isAck(b):
		return s.take(ctx, b) // taking them once more changes nothing
	case isSettled(b):
		return again(ctx, b)
	}
	var a pipeline.Answer
	files, err := s.files(b)
	if err != nil {
		return a, err
	}
	switch found, err := there(s.cfg.Folder); {
	case err != nil:
		return a, s.trouble(err)
	case !found && !s.ours():
		return a, s.trouble(fs.ErrNotExist)
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return a, err
		}
		f, booked, err := s.afresh(ctx, b, f)
		if err != nil {
			return a, err
		}
		end := f.among(booked, s.cfg.Folder)
		if booked == 0 {
			end, err = s.ask(f)
		}
		if err != nil {
			return a, s.trouble(err)
		}
		if end.state == pipeline.Ready {
			s.untouched(&a, b, []file{f})
			continue
		}
		if booked == 0 && end.state == pipeline.Delivered {
			err = s.enter(ctx, b, f)
		}
		if err == nil {
			err = s.tell(ctx, &a, b, f, looking+f.Name, end)
		}
		if err != nil {
			return a, err
		}
	}
	a.Again = s.patience(a)
	return a, nil
}

func (s *Sink) ask(f file) (ending, error) {
	at, err := s.stand(f)
	if err != nil {
		return ending{}, err
	}
	switch at {
	case written:
		return delivered, nil
	case waiting, left:
		return ending{state: pipeline.Ready}, nil
	case taken:
		return parked("erp.exists", f, s.cfg.Folder), nil
	}
	found, where, err := s.seen(f, true)
	switch {
	case err != nil:
		return ending{}, err
	case slices.Contains(found, another):
		return parked("erp.exists", f, where), nil
	case slices.Contains(found, none):
		if s.lost() {
			return parked("erp.unknown", f, s.cfg.Folder), nil
		}
		return ending{state: pipeline.Ready}, nil
	}
	if f.Mark == "" || !slices.Contains(found, offered) {
		return delivered, nil
	}
	if marked, err := there(s.paths(f).finalMark); err != nil || marked { // is its mark still to be made?
		return delivered, err
	}
	return ending{state: pipeline.Ready}, nil
}

// sighting is what was found of a file outside its notes.
type sighting int

const (
	none     sighting = iota
	offered           // in the import folder, with its bytes
	imported          // in an archive, with its bytes
	another           // another file bears its name
)

// seen looks for each part of a file in its folder and then in the archives: in
// this order, since that is the way it goes. In archives the name may have been
// changed; a deep look finds it there by its bytes. where is the folder of the last
// that was found.
func (s *Sink) seen(f file, deep bool) (found []sighting, where string, err error) {
	for _, p := range f.parts() {
		one, at, err := s.seenPart(f, p, deep)
		if err != nil {
			return nil, "", err
		}
		if found = append(found, one); at != "" {
			where = at
		}
		if one == another {
			return found, at, nil
		}
	}
	return found, where, nil
}

func (s *Sink) seenPart(f file, p part, deep bool) (sighting, string, error) {
	other := ""
	archive := s.cfg.Archive
	if f.Again != "" { // what lies there is the one that was refused
		archive = nil
	}
	for i, dir := range append([]string{filepath.Join(s.cfg.Folder, f.Dir)}, archive...) {
		same, err := s.holds(filepath.Join(dir, p.Name), p.Data)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return none, "", err
		case same && i == 0:
			return offered, dir, nil
		case same:
			return imported, dir, nil
		case other == "":
			other = dir
		}
	}
	if other != "" {
		return another, other, nil
	}
	if !deep {
		return none, "", nil
	}
	for _, dir := range archive {
		found, err := s.renamed(dir, p)
		if err != nil {
			return none, "", err
		}
		if found {
			return imported, dir, nil
		}
	}
	return none, "", nil
}

// renamed looks for a part's bytes under any name.
func (s *Sink) renamed(dir string, p part) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // the ERP makes it when it has something to put there
	}
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		same, err := s.holds(filepath.Join(dir, e.Name()), p.Data)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if same {
			return true, nil
		}
	}
	return false, nil
}

// lost tells whether the folder had notes once, as this machine remembers, and
// has none now.
func (s *Sink) lost() bool {
	if s.state == "" || !s.remembered() {
		return false
	}
	found, err := there(filepath.Join(s.cfg.Folder, notes))
	return err == nil && !found
}

// memory is the file on this machine that says that a folder has been used.
func (s *Sink) memory() string {
	sum := sha256.Sum256([]byte(s.cfg.Folder))
	return filepath.Join(s.state, "erp-"+hex.EncodeToString(sum[:6])+".used")
}

func (s *Sink) remembered() bool {
	found, err := there(s.memory())
	return err == nil && found
}

func (s *Sink) remember() error {
	if err := s.disk.Dir(s.state); err != nil {
		return err
	}
	return s.disk.Write(s.memory(), []byte(s.cfg.Folder+"\n"))
}
