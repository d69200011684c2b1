package reconcile

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
)

// An archive is a zip file whose bytes follow from its parts alone: in the order
// of their names, which puts [Content_Types].xml first as readers expect, and
// without times. It holds the parts compressed until Close.
//
// excelize creates the parts of streamed sheets in the order of a map.
type archive struct {
	out     io.Writer
	parts   []*part
	deflate *flate.Writer
}

// level is how hard the parts are compressed. The usual 6 takes twice the time
// of 3 for a file that is an eighth smaller.
const level = 3

// A part is one file of an archive: compressed, or being compressed.
type part struct {
	name   string
	packed bytes.Buffer
	size   uint64 // before it was compressed
	sum    hash.Hash32
	to     *flate.Writer
}

func newArchive(out io.Writer) *archive { return &archive{out: out} }

// Create ends the part before and begins another.
func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.end(); err != nil {
		return nil, err
	}
	p := &part{name: name, sum: crc32.NewIEEE()}
	if a.deflate == nil {
		w, err := flate.NewWriter(&p.packed, level)
		if err != nil {
			return nil, err
		}
		a.deflate = w
	}
	a.deflate.Reset(&p.packed)
	p.to = a.deflate
	a.parts = append(a.parts, p)
	return p, nil
}

// Write compresses some of a part.
func (p *part) Write(b []byte) (int, error) {
	p.size += uint64(len(b))
	_, _ = p.sum.Write(b) // a hash never fails
	return p.to.Write(b)
}

func (a *archive) end() error {
	if len(a.parts) == 0 {
		return nil
	}
	return a.deflate.Close()
}

// AddFS is asked for by excelize's interface, and never called.
func (a *archive) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the file.
func (a *archive) Close() error {
	if err := a.end(); err != nil {
		return err
	}
	slices.SortFunc(a.parts, func(p, q *part) int { return cmp.Compare(p.name, q.name) })
	z := zip.NewWriter(a.out)
	for _, p := range a.parts {
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: p.sum.Sum32(),
			CompressedSize64: uint64(p.packed.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return err
		}
		if _, err := p.packed.WriteTo(w); err != nil {
			return err
		}
	}
	return z.Close()
}
