package redact

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"

	"wasl/pipeline"
)

// mostUnpacked is how much a ZIP may unpack to, all parts together: as extract allows at
// most. One that holds more was refused, and nobody can say what is in it.
const mostUnpacked = 256 << 20

var errBig = errors.New("it unpacks to more than was ever read of it")

// unpack reads the parts of a ZIP, by their place in it.
func unpack(data []byte) (*zip.Reader, [][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, nil, err
	}
	parts := make([][]byte, len(z.File))
	left := int64(mostUnpacked)
	for i, f := range z.File {
		in, err := f.Open()
		if err != nil {
			return nil, nil, err
		}
		parts[i], err = io.ReadAll(io.LimitReader(in, left+1))
		_ = in.Close() // it was only read
		if left -= int64(len(parts[i])); err == nil && left < 0 {
			err = errBig
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return z, parts, nil
}

// pack writes a ZIP again, with new bytes in the place of some parts.
func pack(z *zip.Reader, changed map[int][]byte) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i, f := range z.File {
		text, is := changed[i]
		if !is {
			if err := w.Copy(f); err != nil {
				return nil, err
			}
			continue
		}
		part, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Comment: f.Comment, Method: f.Method, Modified: f.Modified, NonUTF8: f.NonUTF8})
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.SetComment(z.Comment); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// isBook tells whether the parts of a ZIP are a workbook.
func isBook(z *zip.Reader) bool {
	for _, f := range z.File {
		if strings.EqualFold(f.Name, "xl/workbook.xml") {
			return true
		}
	}
	return false
}

// zipped takes a person out of a ZIP: a workbook, or files. One that cannot be read goes
// whole where their mail or telephone stands in its bytes.
func zipped(p pipeline.Person, data []byte) Result {
	z, parts, err := unpack(data)
	if err != nil {
		return Result{Whole: Holds(p, data)}
	}
	var r Result
	changed := map[int][]byte{}
	if isBook(z) {
		r.Records = newBook(z, parts).redact(p, changed)
	} else {
		for i := range z.File {
			switch one := File(p, parts[i]); {
			case one.Whole:
				return Result{Records: one.Records, Whole: true}
			case one.Data != nil:
				r.Records += one.Records
				changed[i] = one.Data
			}
		}
	}
	if len(changed) == 0 {
		return Result{}
	}
	if r.Data, err = pack(z, changed); err != nil {
		return Result{Records: r.Records, Whole: true}
	}
	return r
}

// eachPart goes through the files of a ZIP; of a workbook, through its rows.
func eachPart(data []byte, file func(name string, part []byte), row func(pipeline.Traits)) {
	z, parts, err := unpack(data)
	if err != nil {
		return
	}
	if isBook(z) {
		newBook(z, parts).rows(row)
		return
	}
	for i, f := range z.File {
		file(f.Name, parts[i])
	}
}
