package inbox

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// roll is a folder of pictures with everything around it.
type roll struct {
	t     *testing.T
	dir   string
	state string
	now   time.Time
	vault pipeline.Vault
	lists []string
	told  []string
	die   bool // before a list is dropped
	in    *Pictures
	cfg   PicturesConfig
}

func newRoll(t *testing.T) *roll {
	t.Helper()
	r := &roll{t: t, dir: filepath.Join(t.TempDir(), "images"), state: filepath.Join(t.TempDir(), "pictures.json"),
		now: time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)}
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(filepath.Join(t.TempDir(), "vault"))
	if err != nil {
		t.Fatal(err)
	}
	r.vault, r.cfg = v, PicturesConfig{Path: r.dir}
	r.restart()
	return r
}

// restart is a new process.
func (r *roll) restart() {
	r.t.Helper()
	in, err := NewPictures(r.cfg, PicturesDeps{Vault: r.vault, State: r.state, Now: func() time.Time { return r.now },
		Put: func(_ context.Context, name string, from io.Reader, how string) error {
			if r.die {
				return errDied
			}
			text, err := io.ReadAll(from)
			if name != PicturesName || how != FromPictures {
				r.t.Errorf("dropped as %s from %s", name, how)
			}
			r.lists = append(r.lists, string(text))
			return err
		},
		Tell: func(e pipeline.Event) { r.told = append(r.told, e.Note) }})
	if err != nil {
		r.t.Fatal(err)
	}
	r.in = in
}

func (r *roll) put(name string, content []byte) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), content, 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *roll) remove(name string) {
	r.t.Helper()
	if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
		r.t.Fatal(err)
	}
}

// look is a round, and what a run drops after it.
func (r *roll) look() error {
	if _, err := r.in.round(r.t.Context()); err != nil {
		return err
	}
	return r.in.drop(r.t.Context())
}

// settled looks, waits, and looks again.
func (r *roll) settled() {
	r.t.Helper()
	for range 2 {
		if err := r.look(); err != nil {
			r.t.Fatal(err)
		}
		r.now = r.now.Add(10 * time.Second)
	}
}

// rows are the last list's code, variant and position.
func (r *roll) rows() string {
	if len(r.lists) == 0 {
		return ""
	}
	var out []string
	for _, line := range strings.Split(strings.TrimSpace(r.lists[len(r.lists)-1]), "\n")[1:] {
		cells := strings.Split(line, ",")
		out = append(out, strings.Join(cells[:3], "/"))
	}
	return strings.Join(out, " ")
}

func (r *roll) want(lists int, rows string) {
	r.t.Helper()
	if got := r.rows(); len(r.lists) != lists || got != rows {
		r.t.Errorf("%d lists, the last %q; want %d, %q; told %q", len(r.lists), got, lists, rows, r.told)
	}
}

func (r *roll) wantTold(words ...string) {
	r.t.Helper()
	for _, w := range words {
		n := 0
		for _, said := range r.told {
			if strings.Contains(said, w) {
				n++
			}
		}
		if n != 1 {
			r.t.Errorf("told %q %d times, want once: %q", w, n, r.told)
		}
	}
}

// pngOf and jpegOf are pictures of a colour.
func pngOf(shade uint8) []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, dot(shade, 3, 2))
	return b.Bytes()
}

func jpegOf(shade uint8) []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, dot(shade, int(shade)+1, 2), nil)
	return b.Bytes()
}

func dot(shade uint8, width, height int) image.Image {
	m := image.NewGray(image.Rect(0, 0, width, height))
	m.Set(0, 0, color.Gray{shade})
	return m
}

func TestPictures_AFolderIsAList(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A-1001_1.jpg", jpegOf(1))
	r.put("A-1001-RED_2.png", pngOf(2))
	r.put("كرسي_١.jpg", jpegOf(3))
	r.put("0007_10.jpg", jpegOf(4))
	if err := r.look(); err != nil {
		t.Fatal(err)
	}
	r.want(0, "") // they do not stand still yet
	r.now = r.now.Add(10 * time.Second)
	r.settled()
	r.want(1, "0007//10 A-1001//1 A-1001-RED//2 كرسي//1")
	sha := strings.Split(strings.Split(r.lists[0], "\n")[2], ",")[4]
	f, err := r.vault.Open(t.Context(), sha)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := io.ReadAll(io.NewSectionReader(f, 0, f.Size())); !bytes.Equal(got, jpegOf(1)) {
		t.Error("the vault holds other bytes")
	}

	// Nothing changed: no list, after a restart neither.
	r.settled()
	r.restart()
	r.settled()
	r.want(1, "0007//10 A-1001//1 A-1001-RED//2 كرسي//1")

	// One is replaced, one goes: a list of the whole folder.
	r.put("A-1001_1.jpg", jpegOf(9))
	r.remove("0007_10.jpg")
	r.settled()
	r.want(2, "A-1001//1 A-1001-RED//2 كرسي//1")
	if r.lists[0] == r.lists[1] || strings.Contains(r.lists[1], sha) {
		t.Errorf("the picture that was replaced is still in the list: %s", r.lists[1])
	}
}

// Killed between the copying and the drop, and between the drop and writing it
// down: the list comes, at worst twice.
func TestPictures_Killed(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A_1.jpg", jpegOf(1))
	_ = r.look()
	r.now = r.now.Add(10 * time.Second)
	r.die = true
	if err := r.look(); !errors.Is(err, errDied) {
		t.Fatalf("look: %v", err)
	}
	r.die = false
	r.restart()
	r.settled()
	r.want(1, "A//1")

	if err := os.Remove(r.state); err != nil { // the machine lost what was written last
		t.Fatal(err)
	}
	r.restart()
	r.settled()
	r.want(2, "A//1")
	if r.lists[0] != r.lists[1] {
		t.Error("the same folder gives two lists")
	}
	if err := os.WriteFile(r.state, []byte(`{"files": {"A_1`), 0o600); err != nil {
		t.Fatal(err)
	}
	r.restart()
	r.settled()
	r.want(3, "A//1")
}

// A folder that is away, or a drive that is not mounted, is never "all deleted".
func TestPictures_FolderAway(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A_1.jpg", jpegOf(1))
	r.put("B_1.jpg", jpegOf(2))
	r.settled()
	wantTrouble := func(rule pipeline.Rule) {
		t.Helper()
		for range 3 {
			err := r.look()
			trouble, ok := errors.AsType[*pipeline.Trouble](err)
			if _, later := errors.AsType[*pipeline.Later](err); !ok || !later || trouble.Rule != rule {
				t.Fatalf("look: %v, want %s", err, rule)
			}
			if words := trouble.Says("en") + trouble.Says("ar") + trouble.Fix("ar"); strings.Contains(words, "{") {
				t.Errorf("words: %s", words)
			}
			r.now = r.now.Add(time.Hour)
		}
	}
	if err := os.Rename(r.dir, r.dir+".away"); err != nil {
		t.Fatal(err)
	}
	wantTrouble("pictures.gone")
	if err := os.Mkdir(r.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	wantTrouble("pictures.empty")
	if err := os.Remove(r.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(r.dir+".away", r.dir); err != nil {
		t.Fatal(err)
	}
	r.settled()
	r.want(1, "A//1 B//1")
}

// A picture that is still being written, or replaced by deleting it first, is
// left for the next look; the others go on, and it stays in the list as it was.
func TestPictures_StillBeingWritten(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	whole := pngOf(1)
	r.put("A_1.png", whole)
	r.put("B_1.png", whole[:len(whole)-20])
	r.put("C_1.png", nil)
	r.put("D_1.jpg.part", jpegOf(1))
	r.settled()
	r.want(1, "A//1")
	r.wantTold("B_1.png is damaged or not whole")
	r.put("B_1.png", whole)
	r.settled()
	r.want(2, "A//1 B//1")

	r.remove("A_1.png")
	if err := r.look(); err != nil {
		t.Fatal(err)
	}
	r.put("A_1.png", pngOf(7))
	if err := r.look(); err != nil {
		t.Fatal(err)
	}
	r.want(2, "A//1 B//1")
	r.now = r.now.Add(10 * time.Second)
	r.settled()
	r.want(3, "A//1 B//1")

	r.put("A_1.png", []byte("not a picture any more, but text"))
	r.settled()
	r.want(3, "A//1 B//1")
}

func TestPictures_WhatIsNotTaken(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A_1.jpg", jpegOf(1))
	r.put("holiday.jpg", jpegOf(2)) // fits no rule
	r.put("B_1.jpg", []byte("<html>404 not found</html>"))
	r.put("C_1.jpg", append(jpegOf(3), make([]byte, mostBytes)...))
	var wide bytes.Buffer
	if err := png.Encode(&wide, image.NewGray(image.Rect(0, 0, 5001, 5000))); err != nil {
		t.Fatal(err)
	}
	r.put("D_1.png", wide.Bytes())
	if err := os.Mkdir(filepath.Join(r.dir, "E_1.jpg"), 0o755); err != nil {
		t.Fatal(err)
	}
	words := []string{"holiday.jpg is not named by the rule {code}_{position}", "B_1.jpg is no picture that Shopify takes, by its bytes: text/html",
		"C_1.jpg is too large: 21 MB", "D_1.png is too large: 5001 × 5000", "E_1.jpg is not a plain file"}
	if runtime.GOOS != "windows" {
		if err := os.Symlink(filepath.Join(r.dir, "A_1.jpg"), filepath.Join(r.dir, "F_1.jpg")); err != nil {
			t.Fatal(err)
		}
		words = append(words, "F_1.jpg is not a plain file")
	}
	r.settled()
	r.settled()
	r.want(1, "A//1")
	r.wantTold(words...)
}

// A PNG under the name of a JPEG is a PNG.
func TestPictures_ByTheirBytes(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A_1.jpg", pngOf(1))
	r.put("B_1", jpegOf(1))
	r.settled()
	if !strings.Contains(r.lists[0], "A_1.png,") || !strings.Contains(r.lists[0], ",image/png\n") || !strings.Contains(r.lists[0], "B_1.jpg,") {
		t.Errorf("list %s", r.lists[0])
	}
}

// Two files for one place: nobody knows which is meant. The one that was there
// before stays.
func TestPictures_TwoForOnePlace(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.put("A_1.jpg", jpegOf(1))
	r.put("B_1.jpg", jpegOf(2))
	r.put("B_١.png", pngOf(2))
	r.settled()
	r.want(1, "A//1")
	r.wantTold("B_1.jpg")
	r.put("a_1.png", pngOf(3))
	r.settled()
	r.want(1, "A//1")
	r.remove("A_1.jpg")
	r.settled()
	r.want(2, "a//1")
}

func TestPictures_Patterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pattern, name, want string }{
		{"", "A_1.jpg", "A||1"},
		{"", "A_B_٢.jpg", "A_B||2"},
		{"", "A.jpg", ""},
		{"", "A_0.jpg", ""},
		{"", "_1.jpg", ""},
		{"{code}", "A.b.jpg", "A.b||1"},
		{"{code}-{variant}_{position}", "A-10-RED_3.webp", "A-10|RED|3"},
		{"{code}__{variant} ({position})", "A__أحمر (2).png", "A|أحمر|2"},
		{"IMG {code}", "IMG 0007.jpg", "0007||1"},
	} {
		n, ok := compile(c.pattern)
		if !ok {
			t.Errorf("%q is refused", c.pattern)
			continue
		}
		got := ""
		if p, ok := n.place(c.name); ok {
			got = p.code + "|" + p.variant + "|" + string(rune('0'+p.position))
		}
		if got != c.want {
			t.Errorf("%q of %s: got %q, want %q", c.pattern, c.name, got, c.want)
		}
	}
	for _, bad := range []string{"{position}", "{code}{position}", "{code}_{code}", "{code}_{size}", "picture"} {
		if GoodPattern(bad) {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestPictures_WatchDropsWhenItIsQuiet(t *testing.T) {
	t.Parallel()
	r := newRoll(t)
	r.cfg.Settle, r.cfg.Scan = 20*time.Millisecond, 5*time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	dropped := make(chan string, 9)
	in, err := NewPictures(r.cfg, PicturesDeps{Vault: r.vault, State: r.state, Put: func(_ context.Context, _ string, from io.Reader, _ string) error {
		text, err := io.ReadAll(from)
		dropped <- string(text)
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	r.put("A_1.jpg", jpegOf(1))
	r.put("B_1.jpg", jpegOf(2))
	done := make(chan error)
	go func() { done <- in.Watch(ctx) }()
	if list := <-dropped; strings.Count(list, "\n") != 3 {
		t.Errorf("list %s", list)
	}
	stop()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Watch: %v", err)
	}
	if _, err := os.Stat(r.state); errors.Is(err, fs.ErrNotExist) {
		t.Error("nothing was written down")
	}
}

func TestInspect_WebP(t *testing.T) {
	t.Parallel()
	chunk := func(kind string, rest ...byte) []byte {
		b := append([]byte("RIFF\x20\x00\x00\x00WEBP"+kind+"\x14\x00\x00\x00"), rest...)
		return append(b, make([]byte, max(0, 40-len(b)))...)
	}
	for _, c := range []struct {
		name          string
		bytes         []byte
		width, height int
	}{
		{"extended", chunk("VP8X", 0, 0, 0, 0, 0x1f, 0x03, 0, 0x57, 0x02, 0), 800, 600},
		{"lossless", chunk("VP8L", 0x2f, 0x1f, 0xc3, 0x95, 0x00), 800, 600},
		{"lossy", chunk("VP8 ", 0, 0, 0, 0x9d, 0x01, 0x2a, 0x20, 0x03, 0x58, 0x02), 800, 600},
	} {
		width, height, ok := dimensions(bytes.NewReader(c.bytes), int64(len(c.bytes)), "image/webp")
		if !ok || width != c.width || height != c.height {
			t.Errorf("%s: %d × %d, %v", c.name, width, height, ok)
		}
	}
}
