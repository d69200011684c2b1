package reconcile

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// The files of an archive of receipts that are about the whole of it.
const (
	archiveSums     = "SHA256SUMS"    // as sha256sum writes and checks it
	archiveManifest = "manifest.json" // what it holds, for machines
	archiveIndex    = "index.csv"     // a line a receipt, to be searched
)

// An ArchiveManifest says what an archive holds.
type ArchiveManifest struct {
	Wasl     int       `json:"wasl"` // 1: the form of the archive
	Program  string    `json:"program"`
	Shop     string    `json:"shop"`
	From     string    `json:"from"` // days of issue, in the shop's zone
	To       string    `json:"to"`
	Made     time.Time `json:"made"`
	Receipts int       `json:"receipts"`
	Answers  int       `json:"answers"`
	Files    int       `json:"files"` // beside this one and SHA256SUMS
}

// An Archived is a receipt on its way into an archive.
type Archived struct {
	UUID   string
	Issued time.Time
	Bytes  []byte   // frozen, as they left
	Index  []string // its line of the index, below the columns given
	Batch  string   // whose answers are about it; "" where none is
}

// An Archive is written file by file into a folder or a ZIP, each with its hash. Nothing
// stands under its final name before Close.
type Archive struct {
	to       archiveTo
	sums     []string
	seen     map[string]bool
	index    *csv.Writer
	indexed  strings.Builder
	manifest ArchiveManifest
	zone     *time.Location
}

// archiveTo is a folder or a ZIP.
type archiveTo interface {
	create(name string) (io.WriteCloser, error)
	finish() error
	abandon()
}

// NewArchive begins an archive at a path that does not exist: a ZIP where it ends in .zip,
// else a folder.
func NewArchive(path, from, to string, columns []string, opt Options) (*Archive, error) {
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil, &pipeline.Trouble{Rule: "archive.there", With: map[string]string{"path": path}, Err: err}
	}
	a := &Archive{seen: map[string]bool{}, zone: opt.Zone, manifest: ArchiveManifest{Wasl: 1, Program: opt.Version, Shop: opt.Shop, From: from, To: to}}
	var err error
	if strings.EqualFold(filepath.Ext(path), ".zip") {
		a.to, err = newZipArchive(path)
	} else {
		a.to, err = newFolderArchive(path)
	}
	if err != nil {
		return nil, fmt.Errorf("begin the archive: %w", err)
	}
	a.index = csv.NewWriter(&a.indexed)
	return a, a.index.Write(append(slices.Clone(columns), "file", "sha256", "answers"))
}

// Receipt puts a receipt into the archive.
func (a *Archive) Receipt(r Archived) error {
	name := path.Join("receipts", r.Issued.In(a.zone).Format("2006/01/02"), r.UUID+".json")
	sum, err := a.file(name, r.Bytes)
	if err != nil {
		return err
	}
	answers := ""
	if r.Batch != "" {
		answers = path.Join("answers", r.Batch)
	}
	a.manifest.Receipts++
	return a.index.Write(append(slices.Clone(r.Index), name, sum, answers))
}

// Answers puts what was said about a batch into the archive, once: a list of the
// exchanges, and each answer as it came.
func (a *Archive) Answers(batch string, said []pipeline.Said) error {
	dir := path.Join("answers", batch)
	if batch == "" || a.seen[dir] {
		return nil
	}
	a.seen[dir] = true
	type exchange struct {
		At     time.Time `json:"at"`
		What   string    `json:"what"`
		Status int       `json:"status"`
		ID     string    `json:"correlationId,omitempty"`
		File   string    `json:"file,omitempty"`
	}
	var list []exchange
	for i, s := range said {
		e := exchange{At: s.At, What: s.What, Status: s.Status, ID: s.ID}
		if len(s.Body) > 0 {
			e.File = fmt.Sprintf("%04d.json", i+1)
			if _, err := a.file(path.Join(dir, e.File), s.Body); err != nil {
				return err
			}
			a.manifest.Answers++
		}
		list = append(list, e)
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	_, err = a.file(path.Join(dir, "exchanges.json"), append(text, '\n'))
	return err
}

// file writes one file and notes its hash.
func (a *Archive) file(name string, text []byte) (string, error) {
	w, err := a.to.create(name)
	if err != nil {
		return "", fmt.Errorf("archive %s: %w", name, err)
	}
	sum := sha256.New()
	_, err = io.MultiWriter(w, sum).Write(text)
	if err = errors.Join(err, w.Close()); err != nil {
		return "", fmt.Errorf("archive %s: %w", name, err)
	}
	return a.note(name, sum), nil
}

func (a *Archive) note(name string, sum hash.Hash) string {
	text := hex.EncodeToString(sum.Sum(nil))
	a.sums = append(a.sums, text+"  "+name)
	return text
}

// Close writes index, hashes and manifest, and gives the archive its name.
func (a *Archive) Close(now time.Time) (ArchiveManifest, error) {
	a.index.Flush()
	if err := a.index.Error(); err != nil {
		return a.manifest, err
	}
	if _, err := a.file(archiveIndex, []byte(a.indexed.String())); err != nil {
		return a.manifest, err
	}
	a.manifest.Made, a.manifest.Files = now.UTC().Truncate(time.Second), len(a.sums)
	text, err := json.MarshalIndent(a.manifest, "", "  ")
	if err != nil {
		return a.manifest, err
	}
	if _, err := a.file(archiveManifest, append(text, '\n')); err != nil {
		return a.manifest, err
	}
	slices.SortFunc(a.sums, func(x, y string) int { return strings.Compare(x[66:], y[66:]) })
	w, err := a.to.create(archiveSums)
	if err != nil {
		return a.manifest, err
	}
	_, err = io.WriteString(w, strings.Join(a.sums, "\n")+"\n")
	if err = errors.Join(err, w.Close()); err != nil {
		return a.manifest, err
	}
	return a.manifest, a.to.finish()
}

// Abandon takes away what was written. After Close it does nothing.
func (a *Archive) Abandon() { a.to.abandon() }

// folderArchive is written into a folder beside its place, and moved there at the end.
type folderArchive struct {
	path, temp string
}

func newFolderArchive(path string) (*folderArchive, error) {
	path = filepath.Clean(path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	return &folderArchive{path, temp}, err
}

func (f *folderArchive) create(name string) (io.WriteCloser, error) {
	at := filepath.Join(f.temp, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
}

func (f *folderArchive) finish() error {
	err := os.Chmod(f.temp, 0o755)
	if err = errors.Join(err, os.Rename(f.temp, f.path)); err != nil {
		return err
	}
	f.temp = ""
	return pipeline.SyncFolder(filepath.Dir(f.path))
}

func (f *folderArchive) abandon() {
	if f.temp != "" {
		_ = os.RemoveAll(f.temp) // what is left of a failure
	}
}

// zipArchive is written into a file beside its place.
type zipArchive struct {
	file *pipeline.Whole
	buf  *bufio.Writer
	z    *zip.Writer
}

func newZipArchive(path string) (*zipArchive, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	file, err := pipeline.CreateWhole(path, 0o644)
	if err != nil {
		return nil, err
	}
	buf := bufio.NewWriter(file)
	return &zipArchive{file: file, buf: buf, z: zip.NewWriter(buf)}, nil
}

type kept struct{ io.Writer }

func (kept) Close() error { return nil }

func (z *zipArchive) create(name string) (io.WriteCloser, error) {
	w, err := z.z.Create(name)
	return kept{w}, err
}

func (z *zipArchive) finish() error {
	if err := errors.Join(z.z.Close(), z.buf.Flush()); err != nil {
		return err
	}
	return z.file.Place()
}

func (z *zipArchive) abandon() { z.file.Abandon() }
