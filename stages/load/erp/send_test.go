package erp

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
)

// moody is a disk that fails where a test says so.
type moody struct {
	disk
	mu   sync.Mutex
	fail func(op, path string) error // before it is done
	then func(op, path string) error // after it is done
}

// full has nothing written from now on, mend has it written again.
func (m *moody) full() {
	m.fail = func(op, path string) error {
		if op == "write" {
			return &os.PathError{Op: op, Path: path, Err: syscall.ENOSPC}
		}
		return nil
	}
}

func (m *moody) mend() { m.fail = nil }

// lose has the next move done, and told as failed.
func (m *moody) lose() {
	m.then = func(op, _ string) error {
		if op == "move" {
			m.then = nil
			return errors.New("the share went away")
		}
		return nil
	}
}

func (m *moody) do(op, path string, do func() error) error {
	m.mu.Lock()
	fail, then := m.fail, m.then
	m.mu.Unlock()
	if fail != nil {
		if err := fail(op, path); err != nil {
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	if then != nil {
		return then(op, path)
	}
	return nil
}

func (m *moody) Write(path string, data []byte) error {
	return m.do("write", path, func() error { return m.disk.Write(path, data) })
}
func (m *moody) Move(from, to string) error {
	return m.do("move", to, func() error { return m.disk.Move(from, to) })
}
func (m *moody) Remove(path string) error {
	return m.do("remove", path, func() error { return m.disk.Remove(path) })
}
func (m *moody) Sync(dir string) error {
	return m.do("sync", dir, func() error { return m.disk.Sync(dir) })
}
func (m *moody) Dir(path string) error {
	return m.do("dir", path, func() error { return m.disk.Dir(path) })
}

// TestSink puts the folder to the tests of all sinks: with and without
// done-markers, and with an importer that takes a file away at once.
func TestSink(t *testing.T) {
	t.Parallel()
	for name, layout := range map[string]string{"document": small, "marked": small + "done: .done\n"} {
		for _, eats := range []bool{false, true} {
			t.Run(name+map[bool]string{true: " eaten", false: ""}[eats], func(t *testing.T) {
				t.Parallel()
				sinktest.Run(t, func(t *testing.T) sinktest.World { return world(t, layout, eats) })
			})
		}
	}
}

func world(t *testing.T, layout string, eats bool) sinktest.World {
	s := sinkOf(t, layout)
	disk := &moody{disk: local{}}
	s.disk = disk
	folder := s.cfg.Folder
	var eaten []string
	importer := func(string, string) error {
		if eats {
			eaten = append(eaten, eat(t, folder, s.layout.done)...)
		}
		return nil
	}
	disk.then = importer
	return sinktest.World{
		Sink:   s,
		Freeze: s.Kinds()[0].Freeze,
		Docs: func(texts []string) []pipeline.Document {
			var docs []pipeline.Document
			for _, text := range texts {
				docs = append(docs, orderNamed(t, s, text))
			}
			return docs
		},
		Effects: func() []string {
			files := slices.DeleteFunc(filesIn(t, folder), func(name string) bool { return strings.HasSuffix(name, ".done") })
			return append(files, eaten...)
		},
		Lose: func() {
			disk.then = func(op, path string) error {
				_ = importer(op, path)
				if op == "move" {
					disk.then = importer
					return errors.New("the share went away")
				}
				return nil
			}
		},
		Refuse: func() {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			if eats {
				t.Skip("what is eaten is in nobody's way")
			}
			if err := os.WriteFile(filepath.Join(folder, "SO-two.csv"), []byte("somebody's"), 0o644); err != nil {
				t.Fatal(err)
			}
		},
		Full: disk.full,
		Mend: disk.mend,
	}
}

// eat does what an importer does: it takes away the files that are complete by
// its rules, and says which.
func eat(t *testing.T, folder, done string) []string {
	var eaten []string
	for _, name := range filesIn(t, folder) {
		if !strings.HasSuffix(name, ".csv") {
			continue
		}
		if done != "" {
			if err := os.Remove(filepath.Join(folder, name+done)); err != nil {
				continue
			}
		}
		if err := os.Remove(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
		eaten = append(eaten, name)
	}
	return eaten
}

func TestSend_NothingIsOverwritten(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, small)
	foreign := filepath.Join(s.cfg.Folder, "SO-1.csv")
	if err := errors.Join(os.MkdirAll(s.cfg.Folder, 0o755), os.WriteFile(foreign, []byte("somebody's"), 0o644)); err != nil {
		t.Fatal(err)
	}
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"))
	a, err := s.Send(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]pipeline.State{"order/#1": pipeline.Parked, "order/#2": pipeline.Delivered}
	if diff := cmp.Diff(want, states(a)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	if why := a.Outcomes[0].Why; len(why) != 1 || why[0].Rule != "erp.exists" || why[0].With["file"] != "SO-1.csv" {
		t.Errorf("why %v", why)
	}
	if text, _ := os.ReadFile(foreign); string(text) != "somebody's" {
		t.Errorf("the foreign file now says %q", text)
	}
	// Somebody moves it away and has the order sent again.
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	if a, err = s.Send(t.Context(), batchOf(t, s, orderNamed(t, s, "#1"))); err != nil || a.Outcomes[0].State != pipeline.Delivered {
		t.Errorf("after it was moved away: %v %v", states(a), err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Error(err)
	}
}

// TestSend_TwoOrdersOfOneName keeps the second of two orders whose names become
// one, also when the first is long gone and says the same.
func TestSend_TwoOrdersOfOneName(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, "name: '{name}.csv'\ncolumns: [{name: Total, field: line.total}]\n")
	send := func(name string) pipeline.State {
		a, err := s.Send(t.Context(), batchOf(t, s, orderNamed(t, s, name)))
		if err != nil {
			t.Fatal(err)
		}
		eat(t, s.cfg.Folder, "")
		return a.Outcomes[0].State
	}
	if got := send("A/1"); got != pipeline.Delivered {
		t.Errorf("A/1 is %s", got)
	}
	if got := send("A:1"); got != pipeline.Parked {
		t.Errorf("A:1 is %s, though its file has the name of A/1's", got)
	}
	if got := send("A/1"); got != pipeline.Delivered || len(filesIn(t, s.cfg.Folder)) != 0 {
		t.Errorf("A/1 again is %s and left %v", got, filesIn(t, s.cfg.Folder))
	}
}

// TestAsk_Archive finds a file that was imported before there were notes.
func TestAsk_Archive(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := sinkIn(t, dir, Config{Archive: []string{"imported", "elsewhere"}}, small)
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"), orderNamed(t, s, "#3"))
	files, err := s.files(b)
	if err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "imported")
	if err := errors.Join(os.MkdirAll(archive, 0o755),
		os.WriteFile(filepath.Join(archive, "20261124-done-SO-1.csv"), files[0].Data, 0o644),
		os.WriteFile(filepath.Join(archive, "SO-2.csv"), []byte("another"), 0o644)); err != nil {
		t.Fatal(err)
	}
	a, err := s.Ask(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]pipeline.State{"order/#1": pipeline.Delivered, "order/#2": pipeline.Parked, "order/#3": pipeline.Ready}
	if diff := cmp.Diff(want, states(a)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

// TestLostNotes: a share that is not mounted is an empty folder.
func TestLostNotes(t *testing.T) {
	t.Parallel()
	s := sinkOf(t, small)
	b := batchOf(t, s, orderNamed(t, s, "#1"))
	if _, err := s.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(s.cfg.Folder), os.Mkdir(s.cfg.Folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	a, err := s.Ask(t.Context(), b)
	if err != nil || a.Outcomes[0].State != pipeline.Parked || a.Outcomes[0].Why[0].Rule != "erp.unknown" {
		t.Errorf("Ask: %+v %v", a.Outcomes, err)
	}
	_, err = s.Send(t.Context(), batchOf(t, s, orderNamed(t, s, "#2")))
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "erp.lost" {
		t.Errorf("Send: %v", err)
	}
	if files := filesIn(t, s.cfg.Folder); len(files) > 0 {
		t.Errorf("written all the same: %v", files)
	}
	if err := os.Mkdir(filepath.Join(s.cfg.Folder, notes), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Send(t.Context(), b); err != nil || len(filesIn(t, s.cfg.Folder)) != 1 {
		t.Errorf("after somebody said that all is well: %v, %v", err, filesIn(t, s.cfg.Folder))
	}
}

func TestSend_Troubles(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err   error
		rule  pipeline.Rule
		later bool
	}{
		"full":   {syscall.ENOSPC, "erp.full", true},
		"quota":  {syscall.EDQUOT, "erp.full", true},
		"rights": {syscall.EACCES, "erp.rights", false},
		"locked": {syscall.EROFS, "erp.rights", false},
		"gone":   {syscall.ENOENT, "erp.folder", false},
		"away":   {syscall.EIO, "erp.away", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sinkOf(t, small)
			s.disk = &moody{disk: local{}, fail: func(op, path string) error {
				if op == "write" && strings.HasSuffix(path, "SO-2.csv.data") {
					return &os.PathError{Op: op, Path: path, Err: test.err}
				}
				return nil
			}}
			b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"), orderNamed(t, s, "#3"))
			a, err := s.Send(t.Context(), b)
			trouble, ok := errors.AsType[*pipeline.Trouble](err)
			if !ok || trouble.Rule != test.rule || trouble.With["folder"] != s.cfg.Folder || trouble.With["user"] == "" {
				t.Fatalf("error %v", err)
			}
			if _, later := errors.AsType[*pipeline.Later](err); later != test.later {
				t.Errorf("later is %t", later)
			}
			want := map[string]pipeline.State{"order/#1": pipeline.Delivered, "order/#3": pipeline.Ready}
			if diff := cmp.Diff(want, states(a)); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			s.disk = local{}
			if a, err = s.Ask(t.Context(), b); err != nil || states(a)["order/#2"] != pipeline.Ready {
				t.Errorf("Ask: %v %v", states(a), err)
			}
		})
	}
}

func TestSend_FolderMissing(t *testing.T) {
	t.Parallel()
	share := filepath.Join(t.TempDir(), "share")
	s := sinkIn(t, t.TempDir(), Config{Folder: share}, small)
	b := batchOf(t, s, orderNamed(t, s, "#1"))
	_, sent := s.Send(t.Context(), b)
	_, asked := s.Ask(t.Context(), b)
	for _, err := range []error{sent, asked} {
		if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "erp.folder" {
			t.Errorf("error %v", err)
		}
	}
	if _, err := os.Stat(share); !os.IsNotExist(err) {
		t.Errorf("a folder was made where a share should be: %v", err)
	}
	// A file in the place of the folder: no rights of ours would help.
	if err := os.WriteFile(share, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := s.Send(t.Context(), b)
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "erp.folder" {
		t.Errorf("a file in its place: %v", err)
	}
}

func TestSend_NoRights(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("rights do not bind root; the words for it are tested by TestSend_Troubles")
	}
	s := sinkOf(t, small)
	if err := os.Mkdir(s.cfg.Folder, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := s.Send(t.Context(), batchOf(t, s, orderNamed(t, s, "#1")))
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); !ok || trouble.Rule != "erp.rights" {
		t.Errorf("error %v", err)
	}
}

// TestSend_Batch writes one file for all documents, the same whenever it is
// sent, also when a person took one of them out meanwhile or changed the layout.
func TestSend_Batch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	layout := strings.Replace(small, "SO-{number}.csv", "SO-{drop}-{batch}.csv", 1) + "per: batch\n"
	s := sinkIn(t, dir, Config{}, layout)
	b := batchOf(t, s, orderNamed(t, s, "#1"), orderNamed(t, s, "#2"))
	if _, err := s.Send(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	const name = "SO-20261124-0001-7b0c5a526c0e.csv"
	text, err := os.ReadFile(filepath.Join(s.cfg.Folder, name))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("Order,Item,Qty,Total\r\n#1,A-1001,2,25.00\r\n#2,A-1001,2,25.00\r\n", string(text)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	eat(t, s.cfg.Folder, "")
	b.Docs = b.Docs[1:]
	s = sinkIn(t, dir, Config{}, layout+"quote: all\n")
	a, err := s.Send(t.Context(), b)
	if diff := cmp.Diff(map[string]pipeline.State{"order/#2": pipeline.Delivered}, states(a)); diff != "" || err != nil {
		t.Errorf("states (-want +got):\n%s%v", diff, err)
	}
	if files := filesIn(t, s.cfg.Folder); len(files) > 0 {
		t.Errorf("written twice: %v", files)
	}
}
