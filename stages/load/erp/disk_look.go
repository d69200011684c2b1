//go:build !windows

package erp

import (
	"io/fs"
	"os"
)

func lookAndMove(from, to string) error {
	if taken, err := there(to); err != nil {
		return err
	} else if taken {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrExist}
	}
	return os.Rename(from, to)
}
