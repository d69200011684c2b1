package extract

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

// parts are the files in a ZIP that is no workbook, in the order of their names;
// nil where the file is anything else.
func (f *file) parts() ([]*zip.File, error) {
	kind, err := f.look()
	if err != nil || kind != workbook {
		return nil, err
	}
	z, err := zip.NewReader(f.in, f.drop.Size)
	if err != nil || isWorkbook(z) {
		return nil, nil // what is wrong with it shows when it is opened
	}
	if f.part {
		return nil, f.refuse("file.zip", nil) // a ZIP in a ZIP
	}
	p, err := f.unzip()
	if err != nil {
		return nil, err
	}
	if p.has("mimetype") && p.has("content.xml") { // a workbook of LibreOffice
		return nil, f.refuse("file.zip", nil)
	}
	var out []*zip.File
	for _, part := range p.byKey {
		if !passedOver(part.Name) {
			out = append(out, part)
		}
	}
	if len(out) == 0 {
		return nil, f.refuse("file.empty", nil)
	}
	slices.SortFunc(out, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

func isWorkbook(z *zip.Reader) bool {
	return slices.ContainsFunc(z.File, func(part *zip.File) bool {
		return strings.EqualFold(part.Name, "_rels/.rels") || strings.EqualFold(part.Name, "[Content_Types].xml")
	})
}

// passedOver tells whether a name is of something that systems put into a ZIP by
// themselves.
func passedOver(name string) bool {
	base := strings.ToLower(path.Base(name))
	return strings.HasSuffix(name, "/") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, ".") || base == "thumbs.db" || base == "desktop.ini"
}

// unpack is a part as a file of its own, whose name is that of the ZIP and its
// own. One part is held at a time.
func (f *file) unpack(part *zip.File) (*file, error) {
	in, err := part.Open()
	if err != nil {
		return nil, f.damage(err, partName(part))
	}
	defer func() { _ = in.Close() }() // it was only read
	b, err := io.ReadAll(&metered{in: in, left: int64(part.UncompressedSize64)})
	if err != nil {
		return nil, f.damage(err, partName(part))
	}
	d := f.drop
	d.Name, d.Size = f.drop.Name+"/"+partName(part), int64(len(b))
	child := &file{opt: f.opt, ctx: f.ctx, drop: d, in: bytes.NewReader(b), read: &pipeline.Reading{}, part: true, seen: f.seen}
	return child, nil
}

// partName is a part's name as UTF-8, which old programs do not write.
func partName(part *zip.File) string {
	if utf8.ValidString(part.Name) {
		return part.Name
	}
	if page := bestPage([]byte(part.Name)); page != nil {
		return page.text([]byte(part.Name))
	}
	return strings.ToValidUTF8(part.Name, "?")
}

// each opens the tables of a file one after another: its own, or one of each part
// of a ZIP.
func (f *file) each(take func(f *file) error) error {
	parts, err := f.parts()
	if err != nil {
		return err
	}
	if parts == nil {
		return take(f)
	}
	for _, part := range parts {
		child, err := f.unpack(part)
		if err != nil {
			return err
		}
		if err := take(child); err != nil {
			return err
		}
	}
	return nil
}

// rows reads the tables of a file, or of the parts of a ZIP. What was decided
// about the first part stands for all; what is told of rows is put together.
func (f *file) rows(emit func(pipeline.Row) bool) error {
	if ok, err := f.returned(emit); ok {
		return err
	}
	f.seen = newSeenOrders(f)
	first := true
	return f.each(func(part *file) error {
		if part == f {
			return f.one(emit)
		}
		err := part.one(func(row pipeline.Row) bool {
			part.read.Rows++
			return emit(row)
		})
		f.join(part.read, strings.TrimPrefix(part.drop.Name, f.drop.Name+"/"), first)
		first = false
		return err
	})
}

// join adds the reading of a part to that of its ZIP. What is told of rows says in
// which part they stand: each counts its own.
func (f *file) join(part *pipeline.Reading, name string, first bool) {
	for i := range part.Titles {
		part.Titles[i].Part = name
	}
	for i := range part.Controls {
		part.Controls[i].Part = name
	}
	for i := range part.Ignored {
		part.Ignored[i].Part = name
	}
	into := f.read
	if first {
		rows := into.Rows
		*into = *part
		into.Rows, into.Format = rows, "zip ("+part.Format+")"
		return
	}
	into.Titles = append(into.Titles, part.Titles...)
	into.Controls = append(into.Controls, part.Controls...)
	into.Ignored = append(into.Ignored, part.Ignored...)
	into.Notes = append(into.Notes, part.Notes...)
}
