//go:build !linux

package inbox

import "os"

// renameNew moves a file, never onto another one: fs.ErrExist then.
func renameNew(root *os.Root, from, to string) error { return lookAndRename(root, from, to) }
