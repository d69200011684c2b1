package inbox

import (
	"cmp"
	"io/fs"
	"os"
	"slices"
	"time"

	"wasl/pipeline"
)

// A shape is what is compared of a file to tell that it stands still.
type shape struct {
	Size int64     `json:"size"`
	Mod  time.Time `json:"mod"`
	ID   string    `json:"id"` // of the file system: the inode, or its like
}

// same tells whether two looks saw the same file, unchanged.
func (s shape) same(o shape) bool { return s.Size == o.Size && s.Mod.Equal(o.Mod) && s.ID == o.ID }

// A look is what is known of a file in the inbox.
type look struct {
	shape
	since time.Time // our clock: since when it has had this shape

	marked bool           // its mark is there: it is complete
	doubt  bool           // it looks cut off
	drop   *pipeline.Drop // admitted, but not yet moved
	stays  bool           // admitted, and it may not be moved
}

// waits is how long a file has to stand still yet, and why; zero and below: it
// is ready.
func (c Config) waits(l *look, now time.Time) (time.Duration, pipeline.Rule) {
	stood := now.Sub(l.since)
	switch {
	case l.drop != nil, l.marked:
		return 0, ""
	case c.Done != "":
		return c.Scan, "inbox.marker"
	case l.Size == 0:
		return max(c.Empty, c.Settle) - stood, "inbox.empty"
	case l.doubt:
		return max(c.Longer, c.Settle) - stood, "inbox.cut"
	}
	return c.Settle - stood, "inbox.growing"
}

// inOrder are the files in the order in which they were seen, those of one scan
// by name, and behind them those that are to be last: it is the order in which they
// are admitted.
func inOrder(looks map[string]*look, last func(string) bool) []string {
	names := make([]string, 0, len(looks))
	turn := make(map[string]int, len(looks))
	for name := range looks {
		names = append(names, name)
		if last != nil && last(name) {
			turn[name] = 1
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(turn[a], turn[b]), looks[a].since.Compare(looks[b].since), cmp.Compare(a, b))
	})
	return names
}

// shapeOf looks at a file by its name, following no link.
func (i *Inbox) shapeOf(root *os.Root, name string) (shape, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return shape{}, err
	}
	if !info.Mode().IsRegular() {
		return shape{}, fs.ErrInvalid
	}
	return shape{info.Size(), info.ModTime(), i.sys.idByName(root, name, info)}, nil
}

// shapeOfOpen looks at an opened file.
func (i *Inbox) shapeOfOpen(f *os.File) (shape, error) {
	info, err := f.Stat()
	if err != nil {
		return shape{}, err
	}
	if !info.Mode().IsRegular() {
		return shape{}, fs.ErrInvalid
	}
	return shape{info.Size(), info.ModTime(), i.sys.idOfOpen(f, info)}, nil
}
