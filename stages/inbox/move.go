package inbox

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"wasl/pipeline"
)

// moveSame moves a file, if it is still the one that was looked at, to a place
// that is free: to, or to with a number. It says where it is now. errChanged
// where it is another file.
func (i *Inbox) moveSame(root *os.Root, name string, s shape, to string) (string, error) {
	now, err := i.shapeOf(root, name)
	if err != nil {
		return "", err
	}
	if !now.same(s) {
		return "", errChanged
	}
	place, err := i.moveNew(root, name, to)
	if err != nil {
		return "", err
	}
	// Somebody may have replaced it between the look and the move. The id is not
	// compared here: there are file systems that give a moved file another one.
	now, err = i.shapeOf(root, place)
	if err != nil {
		return "", err
	}
	if now.Size != s.Size || !now.Mod.Equal(s.Mod) {
		if _, err := i.moveNew(root, place, name); err != nil {
			return "", fmt.Errorf("bring back %s: %w", place, err)
		}
		return "", errChanged
	}
	return place, nil
}

// moveNew moves a file to a place that is free, and onto the disk.
func (i *Inbox) moveNew(root *os.Root, from, to string) (string, error) {
	if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		place := numbered(to, n)
		err := i.sys.rename(root, from, place)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		// Shares that cannot sync a folder say so with all sorts of errors, and
		// there is nothing else to try: after a power cut the file may be found
		// at its old place, and is a new arrival whose documents are known.
		_ = pipeline.SyncFolder(filepath.Join(root.Name(), filepath.FromSlash(path.Dir(place))))
		_ = pipeline.SyncFolder(filepath.Join(root.Name(), filepath.FromSlash(path.Dir(from))))
		return place, nil
	}
}

// write makes a file appear whole in the folder, under name or name with a
// number, and says under which. One of that name with the same bytes stays the only one:
// a program that was killed right after it had written it wrote it.
func (i *Inbox) write(ctx context.Context, root *os.Root, name string, r io.Reader) (string, error) {
	temp := path.Join(path.Dir(name), ".wasl-"+rand.Text())
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Remove(temp) }() // renamed already where all went well
	_, err = io.Copy(f, r)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if alike(root, temp, name) {
		return name, nil
	}
	return i.moveNew(root, temp, name)
}

// alike tells whether two files are there and hold the same bytes. Where that cannot be
// told they do not.
func alike(root *os.Root, a, b string) bool {
	f, err := root.Open(a)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := root.Lstat(b)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	g, err := root.Open(b)
	if err != nil {
		return false
	}
	defer func() { _ = g.Close() }() // it was only read
	one, other := bufio.NewReader(f), bufio.NewReader(g)
	for {
		x, err1 := one.ReadByte()
		y, err2 := other.ReadByte()
		if err1 != nil || err2 != nil || x != y {
			return errors.Is(err1, io.EOF) && errors.Is(err2, io.EOF)
		}
	}
}

// numbered is a path with a number before its ending: a.csv, a (2).csv.
func numbered(p string, n int) string {
	if n == 1 {
		return p
	}
	ext := path.Ext(p)
	return strings.TrimSuffix(p, ext) + " (" + strconv.Itoa(n) + ")" + ext
}

// mostName is how long a name of ours may be, in bytes: file systems allow 255,
// and the time, a number and the ending of a note are put to it.
const mostName = 220

// safeName is a name as we store it: one that every system takes, that shows as
// what it is, and that is not too long.
func safeName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "_"))
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || hidden(r) {
			return '_'
		}
		return r
	}, name)
	if cut := strings.TrimRight(name, ". "); cut != name {
		name = cut + "_" // Windows drops trailing dots and blanks
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") {
		name = "_" + name // we would skip it ourselves
	}
	if reserved(name) {
		name = "_" + name
	}
	return shorten(name)
}

// shorten cuts a name that is too long, and keeps its ending.
func shorten(name string) string {
	if len(name) <= mostName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := name[:mostName-len(ext)]
	for !utf8.ValidString(stem) {
		stem = stem[:len(stem)-1]
	}
	return stem + ext
}

// reserved tells whether Windows takes a name for a device: con, con.csv, lpt1.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	port, digit := strings.CutPrefix(stem, "COM")
	if !digit {
		port, digit = strings.CutPrefix(stem, "LPT")
	}
	return digit && len(port) == 1 && port[0] >= '1' && port[0] <= '9'
}

// show is a name as it may be shown: as it is, or quoted where it would not show
// as what it is.
func show(name string) string {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, hidden) {
		return strconv.Quote(name)
	}
	return name
}

// hidden tells whether a letter turns, hides or breaks the text around it. The
// marks of direction that Arabic names carry in good faith are none.
func hidden(r rune) bool {
	return unicode.IsControl(r) || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029'
}
