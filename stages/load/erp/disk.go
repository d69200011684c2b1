package erp

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"wasl/pipeline"
)

// A disk is what this room does to a file system, one thing a method: what
// Windows does differently is behind it, and tests stop it at any of them.
type disk interface {
	// Write makes a file, or writes it anew, and has it on the disk before it
	// returns; its folder is another matter, see Sync.
	Write(path string, data []byte) error
	// Move gives a file its other name in one step, never over another file:
	// then the error is fs.ErrExist.
	Move(from, to string) error
	// Remove takes a file away; one that is not there is no error.
	Remove(path string) error
	// Sync has the names in a folder on the disk.
	Sync(dir string) error
	// Dir makes a folder and those above it, where they are missing.
	Dir(path string) error
}

// local is the disk of this machine, and the shares that it has mounted.
type local struct{}

func (local) Write(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o664)
	if err != nil {
		return err
	}
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

func (local) Move(from, to string) error { return moveNew(from, to) }

func (local) Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (local) Sync(dir string) error { return pipeline.SyncFolder(dir) }

func (local) Dir(path string) error { return os.MkdirAll(path, 0o775) }

// there tells whether something bears the name.
func there(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// trouble puts an error of the file system into words for the operator, and
// says whether time may cure it.
func (s *Sink) trouble(err error) error {
	with := map[string]string{"folder": s.cfg.Folder, "user": userName()}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), isFull(err):
		return &pipeline.Later{Err: &pipeline.Trouble{Rule: "erp.full", With: with, Err: err}}
	case isBusy(err):
		return &pipeline.Later{Err: &pipeline.Trouble{Rule: "erp.busy", With: with, Err: err}}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &pipeline.Trouble{Rule: "erp.rights", With: with, Err: err}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return &pipeline.Trouble{Rule: "erp.folder", With: with, Err: err}
	}
	return &pipeline.Later{Err: &pipeline.Trouble{Rule: "erp.away", With: with, Err: err}}
}

// ours tells whether the import folder lies in the folder of wasl.yaml: then it
// is made where it is missing. A share that is not mounted is not.
func (s *Sink) ours() bool {
	rel, err := filepath.Rel(s.dir, s.cfg.Folder)
	return err == nil && filepath.IsLocal(rel)
}
