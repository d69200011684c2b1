package inbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/windows"
)

// thisSystem is how this operating system does it.
var thisSystem = system{
	idByName: func(root *os.Root, name string, _ fs.FileInfo) string {
		f, err := root.Open(name)
		if err != nil {
			return "" // held by its writer: it is not ready anyway
		}
		defer func() { _ = f.Close() }() // only a handle
		return index(f)
	},
	idOfOpen: func(f *os.File, _ fs.FileInfo) string { return index(f) },
	open:     openQuiet,
	rename:   renameNew,
}

// index is the number of a file in its volume.
func index(f *os.File) string {
	var d windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &d) != nil {
		return ""
	}
	return strconv.FormatUint(uint64(d.FileIndexHigh)<<32|uint64(d.FileIndexLow), 10)
}

// openQuiet opens a file so that nobody can write to it meanwhile. It fails with
// a sharing violation while somebody has it open for writing: the surest sign
// that it is not complete. The name is one of the folder's own entries, and links
// are not followed, so it cannot lead out of the folder.
func openQuiet(root *os.Root, name string) (*os.File, error) {
	full := filepath.Join(root.Name(), name)
	p, err := windows.UTF16PtrFromString(full)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	h, err := windows.CreateFile(p, windows.GENERIC_READ, windows.FILE_SHARE_READ|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL|windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(h), full), nil
}

// busy tells whether somebody holds a file only for the moment: its writer, a
// scanner, an indexer, a backup.
func busy(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION)
}

// refused tells whether the folder is not ours to write in.
func refused(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, windows.ERROR_WRITE_PROTECT)
}
