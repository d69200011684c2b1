package erp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
)

// A file is one file for the ERP, or several that belong together: none of them
// counts without the others.
type file struct {
	Name  string   `json:"name"`
	Dir   string   `json:"dir,omitempty"`  // inside the import folder; "" is the folder itself
	Mark  string   `json:"mark,omitempty"` // the file that says that this one is complete; "" for none
	Shelf string   `json:"shelf"`          // folder of its notes: 2026-11
	Keys  []string `json:"keys"`           // of the documents in it
	Data  []byte   `json:"data"`
	With  []part   `json:"with,omitempty"` // what belongs to it, and leaves before it
	Again string   `json:"-"`              // the batch in which it leaves once more, because the ERP refused it; "" for the first time
}

// A part is one file of several.
type part struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// parts are all its files, in the order in which they leave. The one that it is
// named by is the last: importers begin by it.
func (f file) parts() []part { return append(slices.Clip(f.With), part{f.Name, f.Data}) }

// sum is the hash of its bytes; of several files, of their hashes.
func (f file) sum() string {
	if len(f.With) == 0 {
		return hashOf(f.Data)
	}
	var all bytes.Buffer
	for _, p := range f.parts() {
		all.WriteString(p.Name + " " + hashOf(p.Data) + "\n")
	}
	return hashOf(all.Bytes())
}

func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (f file) keys() map[string]bool {
	keys := make(map[string]bool, len(f.Keys))
	for _, key := range f.Keys {
		keys[key] = true
	}
	return keys
}

// paths are where a file and its notes stand.
type paths struct {
	dir             string // of the notes
	moves           []move // of its parts, in the order in which they leave
	mark, finalMark string // waiting, and in the import folder; "" for none
	intent          string
	folder          string // that its parts go to
}

// A move is the last step of a part: from where it waits to where the ERP looks.
type move struct {
	part
	from, to string
}

func (s *Sink) paths(f file) paths {
	dir, folder := filepath.Join(s.cfg.Folder, notes, f.Shelf, f.Dir), filepath.Join(s.cfg.Folder, f.Dir)
	p := paths{dir: dir, folder: folder, intent: filepath.Join(dir, f.Name+".intent"), mark: filepath.Join(dir, f.Name+".mark")}
	for _, one := range f.parts() {
		p.moves = append(p.moves, move{one, filepath.Join(dir, one.Name+".data"), filepath.Join(folder, one.Name)})
	}
	if f.Mark != "" {
		p.finalMark = filepath.Join(folder, f.Mark)
	}
	return p
}
