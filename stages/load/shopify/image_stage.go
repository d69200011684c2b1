package shopify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// stage uploads bytes of the vault, and gives the address of every picture. What
// the vault has not got cannot be sent.
func (r *round) stage(ctx context.Context, news []*lacked) (there []*lacked, sources []string, err error) {
	var files []admin.StageFile
	for _, l := range news {
		if l.picture.remote() {
			there = append(there, l)
			continue
		}
		f, err := r.bytes(ctx, l)
		if errors.Is(err, pipeline.ErrNotFound) {
			l.fails("VAULT", "the vault has no "+l.picture.SHA256)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		there, files = append(there, l), append(files, f)
	}
	var staged []string
	if len(files) > 0 {
		if staged, err = r.door.StageAll(ctx, "IMAGE", files); err != nil {
			return nil, nil, err
		}
	}
	for _, l := range there {
		if l.picture.remote() {
			sources = append(sources, l.picture.Source)
			continue
		}
		sources, staged = append(sources, staged[0]), staged[1:]
	}
	return there, sources, nil
}

// bytes are those of a picture in the vault.
func (r *round) bytes(ctx context.Context, l *lacked) (admin.StageFile, error) {
	if l.file != nil {
		return *l.file, nil
	}
	if r.content == nil {
		return admin.StageFile{}, errNoVault
	}
	f, err := r.content(ctx, l.picture.SHA256)
	if err != nil {
		return admin.StageFile{}, err
	}
	size := f.Size()
	if err := f.Close(); err != nil {
		return admin.StageFile{}, fmt.Errorf("shopify: read the vault: %w", err)
	}
	open := func() (io.ReadCloser, error) {
		f, err := r.content(ctx, l.picture.SHA256)
		if err != nil {
			return nil, err
		}
		return fileReader{io.NewSectionReader(f, 0, f.Size()), f}, nil
	}
	l.file = &admin.StageFile{Name: l.name, MIME: mimeOf(l.name), Size: size, Open: open}
	return *l.file, nil
}

// fileReader reads a file of the vault from its beginning.
type fileReader struct {
	io.Reader
	io.Closer
}

// mimeOf is the type of a picture by its name, which was made of its bytes' type.
func mimeOf(name string) string {
	switch name[strings.LastIndexByte(name, '.')+1:] {
	case "png":
		return "image/png"
	case "gif":
		return "image/gif"
	case "webp":
		return "image/webp"
	}
	return "image/jpeg"
}

var errNoVault = errors.New("shopify: there is no vault to read pictures from")
