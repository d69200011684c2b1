package vault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// everything is all that lies in a folder.
func everything(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, whole := put(t, f, "mona,1\n"), put(t, f, "mona\n")
	if err := f.Replace(t.Context(), old, strings.NewReader(",1\n")); err != nil {
		t.Fatal(err)
	}
	if err := f.Replace(t.Context(), whole, nil); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, old); got != ",1\n" {
		t.Errorf("by its old hash: %q", got)
	}
	_, err = f.Open(t.Context(), whole)
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "vault.forgotten" || !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("Open of what went whole: %v", err)
	}

	// The same bytes once more do not come back; those that went whole do.
	if again := put(t, f, "mona,1\n"); again != old {
		t.Errorf("Put gives %s, want the hash of what came", again)
	}
	if all := everything(t, dir); strings.Contains(all, "mona") {
		t.Errorf("the vault holds %q", all)
	}
	put(t, f, "mona\n")
	if got := read(t, f, whole); got != "mona\n" {
		t.Errorf("what went whole, put again: %q", got)
	}
	if err := f.Remove(whole); err != nil {
		t.Fatal(err)
	}
	// And what took its place may be replaced as well.
	by, ok, err := f.Replaced(old)
	if err != nil || !ok {
		t.Fatalf("Replaced: %v, %v", ok, err)
	}
	if err := f.Replace(t.Context(), by, strings.NewReader("x\n")); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, old); got != "x\n" {
		t.Errorf("replaced twice: %q", got)
	}
	n := 0
	for o, err := range f.Objects(t.Context()) {
		if err != nil || o.Size != 2 {
			t.Errorf("Objects: %+v, %v", o, err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("%d objects, want 1", n)
	}
	// When the time of what took its place is over, the old bytes are kept again.
	now := by
	if by, _, err = f.Replaced(now); err != nil {
		t.Fatal(err)
	}
	if err := f.Remove(by); err != nil {
		t.Fatal(err)
	}
	put(t, f, "mona,1\n")
	if got := read(t, f, old); got != "mona,1\n" {
		t.Errorf("after its time: %q", got)
	}
}

// A crash between the note and the end leaves the old bytes: the next call takes them out.
func TestReplace_GoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	old := put(t, f, "mona,1\n")
	kept := filepath.Join(dir, old[:2], old[2:])
	if err := f.Replace(t.Context(), old, strings.NewReader(",1\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(kept, []byte("mona,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := read(t, f, old); got != ",1\n" {
		t.Errorf("with the note there: %q", got)
	}
	if err := f.Replace(t.Context(), old, strings.NewReader("never read")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old bytes: %v, want them gone", err)
	}
	if got := read(t, f, old); got != ",1\n" {
		t.Errorf("after the second call: %q", got)
	}
}

func TestRemove(t *testing.T) {
	t.Parallel()
	f, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sha := put(t, f, "old\n")
	for range 2 {
		if err := f.Remove(sha); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Open(t.Context(), sha); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("Open: %v, want ErrNotFound", err)
	}
	put(t, f, "old\n")
	if got := read(t, f, sha); got != "old\n" {
		t.Errorf("put again: %q", got)
	}
	if err := f.Remove("../x"); err == nil {
		t.Error("Remove took a name that is no hash")
	}
}
