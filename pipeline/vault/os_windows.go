package vault

import (
	"errors"

	"golang.org/x/sys/windows"
)

// diskFull tells whether an error is a full disk.
func diskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// syncDir does nothing: Windows has no sync of a folder, NTFS writes the names
// of files into its own log.
func syncDir(string) error { return nil }
