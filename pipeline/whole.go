package pipeline

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// A Whole is a file that appears whole or not at all, also where the power fails: it
// is written under a name of its own (.NAME.*.tmp) in the folder of its place, and gets
// its place when all of it is on the disk.
type Whole struct {
	*os.File
	path   string
	mode   fs.FileMode
	placed bool
}

// CreateWhole begins a file. Its folder must be there. Whoever begins one says in the
// end what becomes of it: Place, or Abandon.
func CreateWhole(path string, mode fs.FileMode) (*Whole, error) {
	path = filepath.Clean(path)
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return nil, err
	}
	return &Whole{File: temp, path: path, mode: mode}, nil
}

// Place gives the file its place, over one that is there. An *os.LinkError says that
// its place is not to be had, as on Windows while somebody has the old file open; then
// nothing is left of it.
func (w *Whole) Place() error {
	defer w.Abandon()
	var err error
	if w.mode != 0o600 {
		err = w.Chmod(w.mode)
	}
	if err = errors.Join(err, w.Sync(), w.Close()); err != nil { // Windows renames no open file
		return err
	}
	if err := os.Rename(w.Name(), w.path); err != nil {
		return err
	}
	w.placed = true
	return SyncFolder(filepath.Dir(w.path))
}

// Abandon takes a file away that has not got its place; else it does nothing.
func (w *Whole) Abandon() {
	if !w.placed {
		_ = w.Close() // it is given up: closed already, or of no interest
		_ = os.Remove(w.Name())
	}
}

// WriteWhole writes a file, whole or not at all. Its folder must be there.
func WriteWhole(path string, mode fs.FileMode, write func(io.Writer) error) error {
	w, err := CreateWhole(path, mode)
	if err != nil {
		return err
	}
	defer w.Abandon()
	if err := write(w); err != nil {
		return err
	}
	return w.Place()
}

// SyncFolder brings the names in a folder onto the disk. Windows has no such thing and
// needs none: NTFS writes names into its own log. Some network file systems cannot, and
// do not need to either: there the server answers when it is done.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) { // EINVAL is no fs.ErrInvalid
		err = nil
	}
	return errors.Join(err, d.Close())
}
