package inbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// errDied stands for a process that ends in the middle of something.
var errDied = errors.New("died")

// memory is a Door in memory. It outlives the inboxes that use it, as the ledger
// outlives processes.
type memory struct {
	mu       sync.Mutex
	arrivals map[string]pipeline.Arrival // by drop
	drops    []pipeline.Drop
	places   map[string]string
	stays    map[string]bool
	refused  map[string][]pipeline.Problem // drops of which nothing is to be used
	die      string                        // before admit, after admit, before placed, after placed
}

func (m *memory) Admit(_ context.Context, a pipeline.Arrival) (pipeline.Drop, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.die == "before admit" {
		return pipeline.Drop{}, false, errDied
	}
	for id, b := range m.arrivals {
		if b.Inbox == a.Inbox && b.Path == a.Path && b.FileID == a.FileID && b.Size == a.Size && b.ModTime.Equal(a.ModTime) && m.places[id] == "" {
			return m.drop(id), false, nil
		}
	}
	d := pipeline.Drop{ID: fmt.Sprintf("%s-%04d", strings.ReplaceAll(a.Day, "-", ""), len(m.drops)+1),
		SHA256: a.SHA256, Name: a.Name, Size: a.Size, Arrived: a.Arrived, Day: a.Day, From: a.From}
	m.drops = append(m.drops, d)
	m.arrivals[d.ID] = a
	if m.die == "after admit" {
		return pipeline.Drop{}, false, errDied
	}
	return d, true, nil
}

func (m *memory) drop(id string) pipeline.Drop {
	return m.drops[slices.IndexFunc(m.drops, func(d pipeline.Drop) bool { return d.ID == id })]
}

func (m *memory) Placed(_ context.Context, drop, place string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.die == "before placed" {
		return errDied
	}
	m.places[drop] = place
	if m.die == "after placed" {
		return errDied
	}
	return nil
}

func (m *memory) Stays(_ context.Context, drop string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stays[drop] = true
	return nil
}

func (m *memory) Rejects(context.Context) ([]pipeline.Reject, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []pipeline.Reject
	for _, d := range m.drops {
		if why, ok := m.refused[d.ID]; ok && !strings.HasPrefix(m.places[d.ID], "rejected/") {
			place := m.places[d.ID]
			if place == "" && !m.stays[d.ID] {
				place = m.arrivals[d.ID].Path
			}
			out = append(out, pipeline.Reject{Drop: d, Place: place, Why: why})
		}
	}
	return out, nil
}

// remembers is a Door that also knows which files stayed.
type remembers struct{ *memory }

func (m remembers) Stayed(_ context.Context, a pipeline.Arrival) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, b := range m.arrivals {
		if m.stays[id] && b.Path == a.Path && b.FileID == a.FileID && b.Size == a.Size && b.ModTime.Equal(a.ModTime) {
			return true, nil
		}
	}
	return false, nil
}

// A world is a folder, a vault, a door, and a clock that stands still.
type world struct {
	t      *testing.T
	dir    string
	vault  *vault.Folder
	puts   int // files read into the vault
	door   *memory
	config Config
	deps   Deps
	in     *Inbox
	now    time.Time
	said   []pipeline.Event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "inbox")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, dir: dir, vault: v, now: time.Date(2026, 11, 24, 22, 30, 0, 0, time.UTC),
		door:   &memory{arrivals: map[string]pipeline.Arrival{}, places: map[string]string{}, stays: map[string]bool{}, refused: map[string][]pipeline.Problem{}},
		config: Config{Path: dir}}
	w.deps = Deps{Vault: w, Door: w.door, Zone: time.FixedZone("Cairo", 2*60*60), Now: func() time.Time { return w.now },
		Install: "one", Tell: func(e pipeline.Event) { w.said = append(w.said, e) }, Patterns: "stock-*.csv",
		Claims: func(d pipeline.Drop, _ io.ReaderAt) []pipeline.Claim {
			if strings.HasPrefix(d.Name, "stock") {
				return []pipeline.Claim{{Flow: "stock", Kind: "shopify.stock", Lane: "shopify"}}
			}
			return nil
		}}
	w.restart()
	return w
}

// Put and Open make the world a vault that counts.
func (w *world) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	w.puts++
	return w.vault.Put(ctx, r)
}

func (w *world) Open(ctx context.Context, sha string) (pipeline.File, error) {
	return w.vault.Open(ctx, sha)
}

// restart is the next process on the same folder, vault and ledger.
func (w *world) restart() {
	w.t.Helper()
	in, err := New(w.config, w.deps)
	if err != nil {
		w.t.Fatal(err)
	}
	w.in = in
}

// look is one round, which must not fail.
func (w *world) look() Taken {
	w.t.Helper()
	taken, _, err := w.in.round(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return taken
}

// later is a round after some time.
func (w *world) later(d time.Duration) Taken {
	w.t.Helper()
	w.now = w.now.Add(d)
	return w.look()
}

// settled is what is taken of all that lies there now.
func (w *world) settled() Taken {
	w.t.Helper()
	w.look()
	return w.later(10 * time.Second)
}

func (w *world) drop(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) add(name, text string) {
	w.t.Helper()
	f, err := os.OpenFile(filepath.Join(w.dir, name), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) remove(name string) {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
		w.t.Fatal(err)
	}
}

// wantDrops compares the drops of the ledger with name=content.
func (w *world) wantDrops(want ...string) {
	w.t.Helper()
	var got []string
	for _, d := range w.door.drops {
		file, err := w.vault.Open(w.t.Context(), d.SHA256)
		if err != nil {
			w.t.Fatal(err)
		}
		text, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
		if err = errors.Join(err, file.Close()); err != nil {
			w.t.Fatal(err)
		}
		got = append(got, d.Name+"="+string(text))
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("drops:\n got %q\nwant %q", got, want)
	}
}

// wantFiles compares everything in the inbox, the owner file aside.
func (w *world) wantFiles(want ...string) {
	w.t.Helper()
	var got []string
	err := filepath.WalkDir(w.dir, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.dir, path)
		if err == nil && !d.IsDir() && rel != ownerName {
			got = append(got, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("files:\n got %q\nwant %q", got, want)
	}
}

// wantLeft compares what was left with name: rule.
func (w *world) wantLeft(taken Taken, want ...string) {
	w.t.Helper()
	var got []string
	for _, l := range taken.Left {
		got = append(got, l.Name+": "+string(l.Why.Rule))
		if !l.Why.Rule.Known() || strings.Contains(l.Why.Says("en")+l.Why.Fix("ar"), "{") {
			w.t.Errorf("%s has no whole words: %s; %s", l.Why.Rule, l.Why.Says("en"), l.Why.Fix("ar"))
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("left:\n got %q\nwant %q", got, want)
	}
}
