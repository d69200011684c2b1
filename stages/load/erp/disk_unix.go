//go:build !windows

package erp

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

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
