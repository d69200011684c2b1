package extract

import (
	"archive/zip"
	"compress/flate"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

const (
	maxParts    = 2000
	maxPrologue = 16 << 10 // bytes before a part's first element
)

// parts are the files in a workbook's zip.
type parts struct {
	file  *file
	byKey map[string]*zip.File // by name in lower case: Excel does not mind either
}

// unzip checks a zip before anything in it is believed: its directory is there,
// every part lies inside the file, their stated sizes are within the limit, and
// no part declares entities. Whether the sizes are true shows when they are read.
func (f *file) unzip() (*parts, error) {
	z, err := zip.NewReader(f.in, f.drop.Size)
	if err != nil {
		return nil, f.damage(err, "")
	}
	p := &parts{file: f, byKey: make(map[string]*zip.File, len(z.File))}
	if len(z.File) > maxParts {
		return nil, f.refuse("file.parts", nil, "parts", strconv.Itoa(len(z.File)), "limit", strconv.Itoa(maxParts))
	}
	stated, limit := uint64(0), f.limit()
	if f.opt.MaxUnpacked == 0 && isWorkbook(z) {
		limit = max(limit, min(mostUnpacked, mostRatio*f.drop.Size))
	}
	for _, part := range z.File {
		if stated += part.UncompressedSize64; stated > uint64(limit) || part.UncompressedSize64 > uint64(limit) {
			return nil, f.tooBig(limit)
		}
		at, err := part.DataOffset()
		if err != nil || at < 0 || part.CompressedSize64 > uint64(f.drop.Size) || at+int64(part.CompressedSize64) > f.drop.Size {
			return nil, f.refuse("file.cut", nil, "end", part.Name)
		}
		if part.Flags&1 != 0 {
			return nil, f.refuse("file.password", nil)
		}
		key := strings.ToLower(part.Name)
		if _, ok := p.byKey[key]; ok {
			return nil, f.refuse("file.damaged", nil, "part", part.Name)
		}
		p.byKey[key] = part
	}
	for key, part := range p.byKey {
		if strings.HasSuffix(key, ".xml") || strings.HasSuffix(key, ".rels") {
			if err := p.prologue(part); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// limit is how much may be held of a file, unpacked.
func (f *file) limit() int64 {
	if f.opt.MaxUnpacked > 0 {
		return f.opt.MaxUnpacked
	}
	return defaultUnpacked
}

func (f *file) tooBig(limit int64) error {
	return f.refuse("file.big", nil, "limit", strconv.FormatInt(limit>>20, 10))
}

// prologue refuses a part that declares a document type before its first element.
func (p *parts) prologue(part *zip.File) error {
	in, err := part.Open()
	if err != nil {
		return p.file.damage(err, part.Name)
	}
	defer func() { _ = in.Close() }() // it was only read
	x := newXML(io.LimitReader(in, maxPrologue))
	if _, err = x.next(); errors.Is(err, errDoctype) {
		return p.file.damage(err, part.Name)
	}
	return nil // what else is wrong with it shows if it is read
}

// has tells whether there is a part of that name.
func (p *parts) has(name string) bool {
	_, ok := p.byKey[strings.ToLower(name)]
	return ok
}

// open gives the XML of a part. Whoever reads it has to read it to its end: only
// then is it known to be whole.
func (p *parts) open(name string) (*xmlReader, io.Closer, error) {
	part, ok := p.byKey[strings.ToLower(name)]
	if !ok {
		return nil, nil, p.file.refuse("file.cut", nil, "end", name)
	}
	in, err := part.Open()
	if err != nil {
		return nil, nil, p.file.damage(err, name)
	}
	return newXML(&metered{in: in, left: int64(part.UncompressedSize64)}), in, nil
}

// each reads a part to its end and hands on its tokens, of which much may be kept:
// no such part is larger than what may be held.
func (p *parts) each(name string, take func(x *xmlReader, t token) error) error {
	if part, ok := p.byKey[strings.ToLower(name)]; ok && part.UncompressedSize64 > uint64(p.file.limit()) {
		return p.file.tooBig(p.file.limit())
	}
	x, in, err := p.open(name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	for {
		t, err := x.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = take(x, t)
		}
		if err != nil {
			return p.file.damage(err, name)
		}
	}
}

var errLie = errors.New("a part unpacks to more than its stated size")

// metered stops where a part is longer than it says. archive/zip notices one that
// is shorter, and one whose bytes have changed.
type metered struct {
	in   io.Reader
	left int64
}

// Read is io.Reader's.
func (m *metered) Read(p []byte) (int, error) {
	n, err := m.in.Read(p)
	if m.left -= int64(n); m.left < 0 {
		return 0, errLie
	}
	return n, err
}

// damage puts into words why a zip or a part of it cannot be read. Errors that
// are refusals already stay as they are.
func (f *file) damage(err error, part string) error {
	switch {
	case errors.Is(err, errDoctype):
		return f.refuse("file.doctype", nil, "part", part)
	case errors.Is(err, zip.ErrFormat) && part == "", errors.Is(err, io.ErrUnexpectedEOF):
		return f.refuse("file.cut", nil, "end", "ZIP")
	case errors.Is(err, errXML), errors.Is(err, errLie), errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrAlgorithm):
		return f.refuse("file.damaged", nil, "part", part)
	}
	if _, ok := errors.AsType[flate.CorruptInputError](err); ok {
		return f.refuse("file.damaged", nil, "part", part)
	}
	return err
}

// target is the name of the part that a relation of another part points to.
func target(from, to string) string {
	if strings.HasPrefix(to, "/") {
		return path.Clean(to)[1:]
	}
	return path.Join(path.Dir(from), to)
}

// relsOf is the part that holds the relations of a part.
func relsOf(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}
