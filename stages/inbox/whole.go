package inbox

import (
	"archive/zip"
	"bytes"
	"io"
)

// whole tells whether a file looks complete, by checks that cost next to
// nothing. It only decides whether to wait longer: whether a file is good is for
// extract to say, which reads all of it.
func whole(r io.ReaderAt, size int64) bool {
	head := part(r, 0, min(size, 512))
	tail := part(r, max(size-64, 0), min(size, 64))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return wholeZip(r, size)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return size%512 == 0 // an old workbook is made of sectors
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return size%2 == 0 && !blank(tail)
	}
	return !blank(tail)
}

// wholeZip tells whether a zip file has its list of parts, at its end, and room
// for every part that is listed.
func wholeZip(r io.ReaderAt, size int64) bool {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return false
	}
	for _, f := range z.File {
		at, err := f.DataOffset()
		if err != nil || at+int64(f.CompressedSize64) > size {
			return false
		}
	}
	return true
}

// blank tells whether the end of a file is a run of zeros: room that was made
// for bytes which have not come.
func blank(tail []byte) bool {
	const run = 16
	return len(tail) >= run && len(bytes.Trim(tail[len(tail)-run:], "\x00")) == 0
}

// part is some of a file's bytes; fewer where it cannot be read.
func part(r io.ReaderAt, at, n int64) []byte {
	buf := make([]byte, n)
	got, _ := r.ReadAt(buf, at) // the copy will meet the same error, and says so
	return buf[:got]
}
