package ledger

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// placeOf is where a file lies on the disk, and since when: a copy of it has another.
// The number of the disk is not in it, as it may change when the machine starts. "" where
// it cannot be told.
func placeOf(path string) string {
	var s unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_BTIME, &s); err != nil {
		return ""
	}
	place := fmt.Sprintf("ino %d", s.Ino)
	if s.Mask&unix.STATX_BTIME != 0 {
		place += fmt.Sprintf(" born %d.%09d", s.Btime.Sec, s.Btime.Nsec)
	}
	return place
}
