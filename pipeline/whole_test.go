package pipeline

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// namesIn are the files of a folder.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestWriteWhole: what was there stays until the new file is whole, and nothing else
// is left, whatever fails.
func TestWriteWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	says := func(text string, end error) func(io.Writer) error {
		return func(to io.Writer) error {
			_, err := io.WriteString(to, text)
			if was, _ := os.ReadFile(path); string(was) == text {
				t.Error("half a file has its place")
			}
			return errors.Join(err, end)
		}
	}
	want := func(text string, mode os.FileMode) {
		t.Helper()
		got, err := os.ReadFile(path)
		if err != nil || string(got) != text {
			t.Errorf("the file says %q (%v), want %q", got, err, text)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("its mode is %v, want %v (%v)", info.Mode(), mode, err)
		}
		if names := namesIn(t, dir); len(names) != 1 {
			t.Errorf("the folder holds %q", names)
		}
	}
	if err := WriteWhole(path, 0o644, says("first", nil)); err != nil {
		t.Fatal(err)
	}
	want("first", 0o644)
	broke := errors.New("it broke")
	if err := WriteWhole(path, 0o644, says("second", broke)); !errors.Is(err, broke) {
		t.Errorf("a writer that failed: %v", err)
	}
	want("first", 0o644)
	if err := WriteWhole(path, 0o600, says("third", nil)); err != nil {
		t.Fatal(err)
	}
	want("third", 0o600)
	if err := WriteWhole(filepath.Join(dir, "none", "a.txt"), 0o600, says("x", nil)); err == nil {
		t.Error("a folder that is not there was written into")
	}
}

// TestWhole_PlaceTaken: where a file cannot have its place, the error says so and
// nothing of it stays.
func TestWhole_PlaceTaken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o755); err != nil { // no file can replace it
		t.Fatal(err)
	}
	w, err := CreateWhole(path, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := errors.AsType[*os.LinkError](w.Place()); !ok {
		t.Error("a file took the place of a folder")
	}
	w.Abandon() // once more does no harm
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("the folder holds %q", names)
	}
}
