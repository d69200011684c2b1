package inbox

import (
	"errors"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

// renameNew moves a file, never onto another one: fs.ErrExist then.
func renameNew(root *os.Root, from, to string) error {
	fromDir, err := root.Open(path.Dir(from))
	if err != nil {
		return err
	}
	defer func() { _ = fromDir.Close() }() // only a handle on the folder
	toDir, err := root.Open(path.Dir(to))
	if err != nil {
		return err
	}
	defer func() { _ = toDir.Close() }() // only a handle on the folder
	err = unix.Renameat2(int(fromDir.Fd()), path.Base(from), int(toDir.Fd()), path.Base(to), unix.RENAME_NOREPLACE)
	// Shares and old kernels do not know the flag.
	if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENOTSUP) {
		return lookAndRename(root, from, to)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
