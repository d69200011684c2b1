package inbox

import (
	"errors"
	"io/fs"
	"os"
)

// system is what operating systems do each in their way. A test puts a broken
// one in its place.
type system struct {
	idByName func(root *os.Root, name string, info fs.FileInfo) string // "" where the file cannot be opened for it
	idOfOpen func(f *os.File, info fs.FileInfo) string

	// open opens a file for reading. Where the system can tell that somebody has
	// it open for writing, the error is busy.
	open func(root *os.Root, name string) (*os.File, error)

	// rename moves a file, never onto another one: fs.ErrExist then.
	rename func(root *os.Root, from, to string) error
}

// lookAndRename is rename where the system has no such call. Between look and
// rename somebody could put a file there; but the folders that we move to are
// ours, and nobody else writes in them.
func lookAndRename(root *os.Root, from, to string) error {
	_, err := root.Lstat(to)
	if err == nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return root.Rename(from, to)
}
