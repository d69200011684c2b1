package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wasl/pipeline"
)

// tempPrefix begins the names of files that are still being written.
const tempPrefix = ".tmp-"

// A Folder is a vault in a folder of the local disk. It may be used by several
// goroutines at once.
type Folder struct {
	dir string
}

var _ pipeline.Vault = (*Folder)(nil)

// Open opens the vault in dir, and makes it where there is none. Only its owner
// may look in (mode 0700): dropped files are people's data.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, full(dir, fmt.Errorf("make the vault: %w", err))
	}
	// A crash just after the first file must not lose the vault's own entry.
	if err := pipeline.SyncFolder(filepath.Dir(dir)); err != nil {
		return nil, fmt.Errorf("make the vault: %w", err)
	}
	return &Folder{dir: dir}, nil
}

// Put copies r into the vault and says what came in. A full disk is a
// *pipeline.Later with the Trouble vault.full. Nothing stays behind of a copy
// that failed or was cancelled.
func (f *Folder) Put(ctx context.Context, r io.Reader) (sha string, size int64, err error) {
	temp, err := os.CreateTemp(f.dir, tempPrefix+"*") // mode 0600
	if err != nil {
		return "", 0, full(f.dir, fmt.Errorf("put into the vault: %w", err))
	}
	defer func() {
		_ = temp.Close()           // closed already where all went well
		_ = os.Remove(temp.Name()) // renamed already where all went well; else Sweep finds it
	}()
	sha, size, err = write(ctx, temp, r)
	if err == nil {
		err = f.keep(ctx, temp.Name(), sha)
	}
	if err != nil {
		return "", 0, full(f.dir, fmt.Errorf("put into the vault: %w", err))
	}
	return sha, size, nil
}

// write copies r into a file and onto the disk, and hashes it on the way.
func write(ctx context.Context, file *os.File, r io.Reader) (sha string, size int64, err error) {
	hash := sha256.New()
	size, err = io.Copy(io.MultiWriter(file, hash), reader{ctx, r})
	if err != nil {
		return "", 0, err
	}
	if err := file.Sync(); err != nil {
		return "", 0, err
	}
	// Windows renames no open file.
	return hex.EncodeToString(hash.Sum(nil)), size, file.Close()
}

// keep gives a written file its place, unless a sound copy is there already.
func (f *Folder) keep(ctx context.Context, temp, sha string) error {
	path := f.path(sha)
	if replaced, err := f.holdsInPlace(sha); err != nil || replaced {
		return err // the same bytes once more: those that took their place count
	}
	if file, _, err := open(ctx, path, sha); err == nil {
		return file.Close()
	} else if ctx.Err() != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return errors.Join(pipeline.SyncFolder(filepath.Dir(path)), pipeline.SyncFolder(f.dir))
}

// Open gives the bytes of a hash, after all of them were checked against it; of one that
// was replaced, those that took its place. pipeline.ErrNotFound where the vault has none,
// with the Trouble vault.forgotten where nothing took its place; the Trouble vault.damaged
// where they are not what they were.
func (f *Folder) Open(ctx context.Context, sha string) (pipeline.File, error) {
	if !isHash(sha) {
		return nil, fmt.Errorf("open in the vault: %q is no SHA-256: %w", sha, pipeline.ErrNotFound)
	}
	held, err := f.now(sha)
	if err != nil {
		return nil, fmt.Errorf("open %s in the vault: %w", sha, err)
	}
	file, size, err := open(ctx, f.path(held), held)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open %s in the vault: %w", sha, pipeline.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s in the vault: %w", sha, err)
	}
	return &object{File: file, size: size}, nil
}

// Sweep removes what copies left behind that a crash cut short: temp files
// which nobody has written to for olderThan. It says how many there were.
func (f *Folder) Sweep(ctx context.Context, olderThan time.Duration) (removed int, err error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return 0, fmt.Errorf("sweep the vault: %w", err)
	}
	before := time.Now().Add(-olderThan) // the vault is on this machine's disk: its clock is ours
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return removed, err
		}
		if !strings.HasPrefix(e.Name(), tempPrefix) || e.IsDir() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.ModTime().After(before) {
			continue // put in place meanwhile, or still being written
		}
		if err == nil {
			err = os.Remove(filepath.Join(f.dir, e.Name()))
		}
		if err != nil {
			return removed, fmt.Errorf("sweep the vault: %w", err)
		}
		removed++
	}
	return removed, nil
}

// path is where the bytes of a hash lie.
func (f *Folder) path(sha string) string { return filepath.Join(f.dir, sha[:2], sha[2:]) }

// open opens an object and reads all of it against its hash.
func open(ctx context.Context, path, sha string) (file *os.File, size int64, err error) {
	file, err = os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	hash := sha256.New()
	size, err = io.Copy(hash, reader{ctx, file})
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != sha {
		err = &pipeline.Trouble{Rule: "vault.damaged", With: map[string]string{"file": path}}
	}
	if err != nil {
		_ = file.Close() // it was only read
		return nil, 0, err
	}
	return file, size, nil
}

// isHash tells whether a text is a SHA-256 as Put writes it. Anything else
// could name a file outside the vault.
func isHash(s string) bool {
	return len(s) == hex.EncodedLen(sha256.Size) && strings.Trim(s, "0123456789abcdef") == ""
}

// full makes something that time may cure of a full disk.
func full(dir string, err error) error {
	if !diskFull(err) {
		return err
	}
	return &pipeline.Later{Err: &pipeline.Trouble{Rule: "vault.full", With: map[string]string{"dir": dir}, Err: err}}
}

// object is an opened and checked file of the vault.
type object struct {
	*os.File
	size int64
}

// Size is the object's length in bytes.
func (o *object) Size() int64 { return o.size }

// reader reads until ctx ends: a share may be slow and a file large.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
