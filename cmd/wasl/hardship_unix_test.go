//go:build unix

package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// nobody is who the program runs as where the tests run as root, whom rights do
// not stop.
const nobody = 65534

// asNobody runs the program in the night's folder as somebody whom rights stop.
func (n *crashNight) asNobody(args ...string) (int, string) {
	n.t.Helper()
	program := filepath.Join(n.dir, "program")
	if _, err := os.Stat(program); err != nil {
		n.copyProgram(program)
	}
	cmd := exec.CommandContext(n.t.Context(), program, args...)
	cmd.Dir = n.dir
	cmd.Env = append(os.Environ(), programVariable+"=1", "HOME="+n.dir)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), out.String()
	}
	if err != nil {
		n.t.Fatal(err)
	}
	return 0, out.String()
}

// copyProgram puts the test binary where anybody may run it, and gives the
// night's folder to nobody.
func (n *crashNight) copyProgram(to string) {
	n.t.Helper()
	self, err := os.Executable()
	if err != nil {
		n.t.Fatal(err)
	}
	text, err := os.ReadFile(self)
	if err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o755); err != nil {
		n.t.Fatal(err)
	}
	if os.Getuid() != 0 {
		return
	}
	if err := os.Chmod(filepath.Dir(n.dir), 0o755); err != nil {
		n.t.Fatal(err)
	}
	err = filepath.WalkDir(n.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, nobody, nobody))
	})
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *crashNight) chmod(name string, mode fs.FileMode) {
	n.t.Helper()
	if err := os.Chmod(filepath.Join(n.dir, name), mode); err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = os.Chmod(filepath.Join(n.dir, name), 0o755) }) // it may be gone
}

// wants fails where the program's words lack something.
func wants(t *testing.T, what string, gotCode int, got string, code int, words ...string) {
	t.Helper()
	if gotCode != code {
		t.Errorf("%s: exit %d, want %d\n%s", what, gotCode, code, got)
	}
	for _, w := range words {
		if !strings.Contains(got, w) {
			t.Errorf("%s: %q is not said:\n%s", what, w, got)
		}
	}
}

// TestRights: a folder that must not be written and a file that must not be read
// are named, with what to do; everything else goes on, and nothing is lost.
func TestRights(t *testing.T) {
	t.Parallel()
	n := newCrashNight(t)
	n.put("secret.csv", "Item Code,Warehouse,Quantity\nC-001,01,3\n")
	if code, out := n.asNobody("version"); code != 0 {
		t.Skipf("the program cannot be run as somebody else here: exit %d\n%s", code, out)
	}
	n.chmod("erp-import", 0o555)
	n.chmod("inbox/secret.csv", 0)
	code, out := n.asNobody("run", "--patience", "2s")
	wants(t, "a folder without rights", code, out, exitCouldNot, "erp-import", "secret.csv", "fix: ")

	n.chmod("erp-import", 0o755)
	n.chmod("inbox/secret.csv", 0o644)
	if err := os.Rename(filepath.Join(n.dir, "inbox/secret.csv"), filepath.Join(n.dir, "inbox/stock_again.csv")); err != nil {
		t.Fatal(err)
	}
	code, out = n.asNobody("run")
	wants(t, "with rights again", code, out, exitDone)
	if got := len(n.documents()); got < crashFiles*crashOrders {
		t.Errorf("%d documents of the ERP", got)
	}

	// Settings that others may not read, and secrets that others may.
	n.chmod("wasl.yaml", 0)
	code, out = n.asNobody("run")
	wants(t, "settings without rights", code, out, exitCouldNot, "wasl.yaml", "permission denied")
	n.chmod("wasl.yaml", 0o644)
	n.chmod("secrets/eta.client", 0o644)
	code, out = n.asNobody("check")
	wants(t, "an open secret", code, out, exitUsage, "secrets/eta.client", "chmod 600")
}

// TestFullDisk: on a full disk the program says so and what to do, and goes on
// when there is room, with nothing lost and nothing twice.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("a small disk is mounted for this: that needs root on Linux")
	}
	want := calmNight(t)
	for _, full := range []string{"state", "erp-import", "reports"} {
		t.Run(full, func(t *testing.T) {
			n := newCrashNight(t)
			disk := filepath.Join(n.dir, full)
			mount(t, disk)
			fill(t, disk)
			code, out := n.wasl("run", "--patience", "1s")
			if code == exitDone || !strings.Contains(out, "space") && !strings.Contains(out, "full") {
				t.Errorf("on a full disk: exit %d\n%s", code, out)
			}
			if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
				t.Fatal(err)
			}
			n.recover(want)
		})
	}
}

// mount puts a small disk over a folder, until the test ends.
func mount(t *testing.T, dir string) {
	t.Helper()
	if err := exec.Command("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", dir).Run(); err != nil {
		t.Skipf("no disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := exec.Command("umount", dir).Run(); err != nil {
			t.Errorf("umount: %v", err)
		}
	})
}

// fill writes a file until nothing more fits.
func fill(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "ballast"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			return
		}
	}
}
