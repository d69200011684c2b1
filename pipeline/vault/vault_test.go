package vault_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

func TestPut_ThenOpen(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	text := strings.Repeat("صنف,12.50\n", 20_000)
	sum := sha256.Sum256([]byte(text))
	sha, size, err := f.Put(t.Context(), iotest.HalfReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	if want := hex.EncodeToString(sum[:]); sha != want || size != int64(len(text)) {
		t.Fatalf("Put: got %s, %d bytes; want %s, %d", sha, size, want, len(text))
	}
	if got := read(t, f, sha); got != text {
		t.Errorf("Open gives other bytes: %d of them, want %d", len(got), len(text))
	}
	if got := names(t, dir); len(got) != 1 || got[0] != filepath.Join(sha[:2], sha[2:]) {
		t.Errorf("the vault holds %q", got)
	}
	if runtime.GOOS != "windows" {
		for _, p := range []string{dir, filepath.Join(dir, sha[:2]), filepath.Join(dir, sha[:2], sha[2:])} {
			if info, err := os.Stat(p); err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("others may look into %s: %v, %v", p, info.Mode(), err)
			}
		}
	}
}

func TestPut_SameContentStaysAsItIs(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	sha := put(t, f, "a,b\n")
	path := filepath.Join(dir, sha[:2], sha[2:])
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if again := put(t, f, "a,b\n"); again != sha {
		t.Errorf("the same bytes have the hashes %s and %s", sha, again)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the object was replaced by its twin (%v)", err)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the vault holds %q, want one object", got)
	}
}

func TestPut_CutShortLeavesNothing(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	broken := errors.New("share went away")
	if _, _, err := f.Put(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("Put of a broken reader: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Put(ctx, strings.NewReader("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put after the end: %v", err)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the vault holds %q, want nothing", got)
	}
}

func TestOpen_Damaged(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	for name, damage := range map[string]func(path string) error{
		"bit":  func(p string) error { return os.WriteFile(p, []byte("price,13\n"), 0o600) },
		"cut":  func(p string) error { return os.Truncate(p, 3) },
		"void": func(p string) error { return os.Truncate(p, 0) },
	} {
		sha := put(t, f, "price,12\n")
		if err := damage(filepath.Join(dir, sha[:2], sha[2:])); err != nil {
			t.Fatal(err)
		}
		_, err := f.Open(t.Context(), sha)
		trouble, ok := errors.AsType[*pipeline.Trouble](err)
		if !ok || trouble.Rule != "vault.damaged" {
			t.Errorf("%s: Open of a damaged object: %v, want vault.damaged", name, err)
		}
		// The same bytes come again: they mend it.
		put(t, f, "price,12\n")
		if got := read(t, f, sha); got != "price,12\n" {
			t.Errorf("%s: after mending it reads %q", name, got)
		}
	}
}

func TestOpen_NotThere(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sha := range []string{strings.Repeat("a", 64), "", "..", "../secret", strings.Repeat("A", 64), "../" + strings.Repeat("a", 61)} {
		if _, err := f.Open(t.Context(), sha); !errors.Is(err, pipeline.ErrNotFound) {
			t.Errorf("Open(%q): %v, want ErrNotFound", sha, err)
		}
	}
}

func TestSweep_OnlyStaleTemps(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	sha := put(t, f, "kept\n")
	for name, age := range map[string]time.Duration{".tmp-old": 2 * time.Hour, ".tmp-young": time.Minute, "note.txt": 2 * time.Hour} {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(p, then, then); err != nil {
			t.Fatal(err)
		}
	}
	n, err := f.Sweep(t.Context(), time.Hour)
	if err != nil || n != 1 {
		t.Errorf("Sweep removed %d (%v), want 1", n, err)
	}
	want := []string{".tmp-young", filepath.Join(sha[:2], sha[2:]), "note.txt"}
	if got := names(t, dir); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("after Sweep: %q, want %q", got, want)
	}
}

func TestPut_ManyAtOnce(t *testing.T) {
	t.Parallel()
	f, dir := newVault(t)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			if _, _, err := f.Put(t.Context(), bytes.NewReader(bytes.Repeat([]byte{byte(i % 4)}, 70_000))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := names(t, dir); len(got) != 4 {
		t.Errorf("32 files of 4 contents make %d objects", len(got))
	}
}

func newVault(t *testing.T) (*vault.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	f, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f, dir
}

func put(t *testing.T, f *vault.Folder, text string) string {
	t.Helper()
	sha, _, err := f.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return sha
}

func read(t *testing.T, f *vault.Folder, sha string) string {
	t.Helper()
	file, err := f.Open(t.Context(), sha)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// names are the files under dir, in order.
func names(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			out = append(out, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
