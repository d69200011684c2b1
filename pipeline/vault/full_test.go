//go:build linux

package vault_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// TestPut_DiskFull fills a real file system of 256 KiB.
func TestPut_DiskFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("needs the right to mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	f, err := vault.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = f.Put(t.Context(), strings.NewReader(strings.Repeat("x", 1<<20)))
	later, ok := errors.AsType[*pipeline.Later](err)
	if !ok {
		t.Fatalf("Put on a full disk: %v, want a Later", err)
	}
	if trouble, ok := errors.AsType[*pipeline.Trouble](later); !ok || trouble.Rule != "vault.full" {
		t.Errorf("Put on a full disk: %v, want vault.full", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("the full disk still holds %v (%v)", left, err)
	}
	sha, _, err := f.Put(t.Context(), strings.NewReader("small\n"))
	if err != nil {
		t.Fatalf("Put after there is room again: %v", err)
	}
	if got := read(t, f, sha); got != "small\n" {
		t.Errorf("it reads %q", got)
	}
}
