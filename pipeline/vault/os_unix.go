//go:build unix

package vault

import (
	"errors"
	"syscall"
)

// diskFull tells whether an error is a full disk, or a used-up quota.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
