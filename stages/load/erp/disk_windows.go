package erp

import (
	"errors"
	"os"
	"os/user"

	"golang.org/x/sys/windows"
)

// moveNew renames without replacing: MoveFileEx does so when it is not told to
// replace. Writing through has the new name on the disk before it returns.
func moveNew(from, to string) error {
	old, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(old, name, windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// isBusy tells whether a scanner, an indexer or a backup holds the file. It
// lets go after a while, so the lane tries again: this room does not sleep.
func isBusy(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "the service's user"
}
