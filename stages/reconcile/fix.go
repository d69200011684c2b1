package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"wasl/pipeline"
)

// FixName is the name of the workbook of the rows of one document, to be corrected and
// dropped again: fix-1042-5501.xlsx.
func FixName(number string) string { return "fix-" + FileSafe(number) + ".xlsx" }

// WriteFile writes a file of text, whole or not at all.
func WriteFile(ctx context.Context, path string, text []byte) error {
	return save(ctx, path, func(to io.Writer) error {
		_, err := to.Write(text)
		return err
	})
}

// FileSafe is a text as the name of a file, on any system. It has no #: a link would end
// there, and a shell takes what begins with one for a remark.
func FileSafe(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '#':
			return -1
		case r < ' ', strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		}
		return r
	}, text)
}

// PackFix writes a workbook of the rows of one document of a job: the one that a
// quarantine workbook would be if nothing else had been put aside. Dropped again it goes
// the way that those go. pipeline.ErrNotFound: its rows can no longer be read.
func PackFix(ctx context.Context, to io.Writer, job pipeline.Opened, e pipeline.Entry, read Reread, opt Options) (err error) {
	a := &aside{job: job, rows: map[spot]*asideRow{}}
	a.add(e)
	if err := a.reread(ctx, read); err != nil {
		if errors.Is(err, errNoRows) {
			err = pipeline.ErrNotFound
		}
		return fmt.Errorf("read the rows of %s again: %w", e.Key, err)
	}
	part := a.parts(opt.Lang)[0]
	content, err := part.slip()
	if err != nil {
		return err
	}
	b, err := newBook(opt, job.Drop.Day, job.Drop.Day)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.quarantine(part, content, part.digest(content, opt)); err != nil {
		return fmt.Errorf("fill the workbook of %s: %w", e.Key, err)
	}
	return b.pack(to)
}

// WriteFix writes it as a file, whole or not at all.
func WriteFix(ctx context.Context, path string, job pipeline.Opened, e pipeline.Entry, read Reread, opt Options) error {
	return save(ctx, path, func(to io.Writer) error { return PackFix(ctx, to, job, e, read, opt) })
}
