//go:build !windows

package erp

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// syncDir has the names in a folder on the disk. Some network file systems
// cannot, and do not need to: there the server answers when it is done.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closed := d.Close(); err == nil {
		err = closed
	}
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// isBusy tells whether another program holds the file: elsewhere than on
// Windows that does not keep a file from being moved.
func isBusy(err error) bool { return errors.Is(err, syscall.EBUSY) }

func isFull(err error) bool { return errors.Is(err, syscall.EDQUOT) }

// userName is who this program runs as, for the one who gives rights.
func userName() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return strconv.Itoa(os.Getuid())
}
