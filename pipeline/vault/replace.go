package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wasl/pipeline"
)

// noteEnding ends the name of the note that says what took an object's place: the hash
// of other bytes, or nothing.
const noteEnding = ".now"

// mostSteps is how often an object may be replaced, and what took its place again.
const mostSteps = 1000

// An Object is what the vault holds.
type Object struct {
	SHA256 string
	Size   int64
	Kept   time.Time // when it was put there
}

// Objects are those that the vault holds, by hash. What was replaced is none.
func (f *Folder) Objects(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		folders, err := os.ReadDir(f.dir)
		if err != nil {
			yield(Object{}, fmt.Errorf("look through the vault: %w", err))
			return
		}
		for _, folder := range folders {
			if !folder.IsDir() || len(folder.Name()) != 2 {
				continue
			}
			files, err := os.ReadDir(filepath.Join(f.dir, folder.Name()))
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(Object{}, fmt.Errorf("look through the vault: %w", err))
				return
			}
			for _, file := range files {
				sha := folder.Name() + file.Name()
				info, err := file.Info()
				if !isHash(sha) || err != nil || !info.Mode().IsRegular() {
					continue // a note, or gone meanwhile
				}
				if !yield(Object{sha, info.Size(), info.ModTime()}, nil) {
					return
				}
			}
		}
	}
}

// Replaced is the hash of what took an object's place: "" where nothing did, and it was
// taken out whole. ok is false where it was not replaced.
func (f *Folder) Replaced(sha string) (by string, ok bool, err error) {
	if !isHash(sha) {
		return "", false, nil
	}
	text, err := os.ReadFile(f.path(sha) + noteEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	by = strings.TrimSpace(string(text))
	if err == nil && by != "" && !isHash(by) {
		err = &pipeline.Trouble{Rule: "vault.damaged", With: map[string]string{"file": f.path(sha) + noteEnding}}
	}
	return by, err == nil, err
}

// now is the hash under which the bytes of a hash lie today.
func (f *Folder) now(sha string) (string, error) {
	for range mostSteps {
		by, ok, err := f.Replaced(sha)
		switch {
		case err != nil || !ok:
			return sha, err
		case by == "":
			return "", &pipeline.Trouble{Rule: "vault.forgotten", Err: pipeline.ErrNotFound}
		}
		sha = by
	}
	return "", &pipeline.Trouble{Rule: "vault.damaged", With: map[string]string{"file": f.path(sha) + noteEnding}}
}

// holdsInPlace tells whether other bytes took the place of an object, and are there. Where
// nothing did, or their time is over, whoever drops the old ones again wants them.
func (f *Folder) holdsInPlace(sha string) (bool, error) {
	_, noted, err := f.Replaced(sha)
	if err != nil || !noted {
		return false, err
	}
	now, err := f.now(sha)
	if err == nil {
		_, err = os.Stat(f.path(now))
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, pipeline.ErrNotFound) {
		return err == nil, err
	}
	return false, os.Remove(f.path(sha) + noteEnding)
}

// Replace lets other bytes take the place of an object, or nothing where r is nil. The
// order is that of a crash at any moment: the new bytes, then the note, then the old ones
// go. Called again it finishes what was begun; with the note there, r is not read.
func (f *Folder) Replace(ctx context.Context, sha string, r io.Reader) error {
	if !isHash(sha) {
		return fmt.Errorf("replace in the vault: %q is no SHA-256: %w", sha, pipeline.ErrNotFound)
	}
	_, noted, err := f.Replaced(sha)
	if err != nil {
		return fmt.Errorf("replace %s in the vault: %w", sha, err)
	}
	if !noted {
		by := ""
		if r != nil {
			if by, _, err = f.Put(ctx, r); err != nil {
				return err
			}
		}
		if by == sha {
			return nil // nothing was to be taken out
		}
		if err := f.note(sha, by); err != nil {
			return full(f.dir, fmt.Errorf("replace %s in the vault: %w", sha, err))
		}
	}
	return f.remove(sha)
}

// note writes what took an object's place, whole or not at all.
func (f *Folder) note(sha, by string) error {
	path := f.path(sha) + noteEnding
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return pipeline.WriteWhole(path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, by+"\n")
		return err
	})
}

// Remove takes an object out whose time is over. Removing it again does nothing.
func (f *Folder) Remove(sha string) error {
	if !isHash(sha) {
		return fmt.Errorf("remove from the vault: %q is no SHA-256: %w", sha, pipeline.ErrNotFound)
	}
	return f.remove(sha)
}

func (f *Folder) remove(sha string) error {
	err := os.Remove(f.path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = pipeline.SyncFolder(filepath.Dir(f.path(sha)))
	}
	if err != nil {
		return fmt.Errorf("remove %s from the vault: %w", sha, err)
	}
	return nil
}

// Notes are the hashes of the objects that were replaced.
func (f *Folder) Notes(ctx context.Context) ([]string, error) {
	notes, err := filepath.Glob(filepath.Join(f.dir, "??", "*"+noteEnding))
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("look through the vault: %w", err)
	}
	var out []string
	for _, path := range notes {
		sha := filepath.Base(filepath.Dir(path)) + strings.TrimSuffix(filepath.Base(path), noteEnding)
		if isHash(sha) {
			out = append(out, sha)
		}
	}
	return out, nil
}
