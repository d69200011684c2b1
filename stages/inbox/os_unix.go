//go:build unix

package inbox

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// thisSystem is how this operating system does it.
var thisSystem = system{
	idByName: func(_ *os.Root, _ string, info fs.FileInfo) string { return inode(info) },
	idOfOpen: func(_ *os.File, info fs.FileInfo) string { return inode(info) },
	// Without O_NONBLOCK a pipe that took the file's place would hold us for ever.
	open: func(root *os.Root, name string) (*os.File, error) {
		return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	},
	rename: renameNew,
}

func inode(info fs.FileInfo) string {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return strconv.FormatUint(uint64(st.Ino), 10)
	}
	return ""
}

// busy tells whether somebody holds a file only for the moment.
func busy(err error) bool { return errors.Is(err, syscall.EBUSY) || errors.Is(err, syscall.ETXTBSY) }

// refused tells whether the folder is not ours to write in.
func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
